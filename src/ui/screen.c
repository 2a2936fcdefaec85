#include "ui/screen_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum err ui_start(const struct ui_options *options, struct ui **out, struct error *e)
{
	struct ui *ui = calloc(1, sizeof *ui);
	if (!ui)
		return error_set(e, ERR_MEMORY, "%s", "");
	ui->options = *options;
	enum err rc = term_start(&options->term, &ui->term, e);
	if (rc != OK) {
		free(ui);
		return rc;
	}
	ui->due = UI_DRAW | UI_BARS;
	ui->last_input = clock_monotonic_ms();
	ui->minute = -1;
	*out = ui;
	return OK;
}

static void close_entry(struct ui *ui, size_t i)
{
	struct entry gone = ui->stack[i];
	memmove(&ui->stack[i], &ui->stack[i + 1], (ui->count - i - 1) * sizeof gone);
	ui->count--;
	if (gone.class->close)
		gone.class->close(ui, gone.data);
	ui->due |= UI_DRAW | UI_BARS;
}

void ui_end(struct ui **ui)
{
	if (!*ui)
		return;
	(*ui)->ending = true;
	while ((*ui)->count > 0)
		close_entry(*ui, (*ui)->count - 1);
	term_end(&(*ui)->term);
	bytes_free(&(*ui)->held);
	free(*ui);
	*ui = NULL;
}

void *ui_arg(struct ui *ui)
{
	return ui->options.arg;
}

struct term *ui_term(struct ui *ui)
{
	return ui->term;
}

int64_t ui_now(struct ui *ui)
{
	return clock_now(&ui->options.clock);
}

bool ui_ending(const struct ui *ui)
{
	return ui->ending;
}

void ui_quit(struct ui *ui)
{
	ui->ending = true;
}

struct entry *ui_top(struct ui *ui)
{
	for (size_t i = ui->count; i-- > 0;)
		if (!ui->stack[i].closing)
			return &ui->stack[i];
	return NULL;
}

bool ui_offers(struct ui *ui, const struct entry *entry, const struct action *action)
{
	return !entry->class->offered || entry->class->offered(ui, entry->data, action->id);
}

/* ---- the stack ---- */

static enum err push(struct ui *ui, const struct screen_class *class, void *arg, struct error *e)
{
	struct entry fresh = {.class = class, .data = arg}, *outer = ui->opening;
	ui->opening = &fresh;
	enum err rc = class->open ? class->open(ui, arg, &fresh.data, e) : OK;
	ui->opening = outer;
	if (rc == OK && ui->count == SCREEN_MOST) {
		rc = error_set(e, ERR_INTERNAL, "%s", "screens");
		if (class->close)
			class->close(ui, fresh.data);
	}
	if (rc != OK)
		return rc;
	fresh.serial = ++ui->serial;
	ui->stack[ui->count++] = fresh;
	ui->due |= UI_DRAW | UI_BARS;
	return OK;
}

enum err ui_push(struct ui *ui, const struct screen_class *class, void *arg)
{
	struct error e = {0};
	enum err rc = push(ui, class, arg, &e);
	if (rc != OK)
		ui_fail(ui, &e);
	return rc;
}

void ui_pop(struct ui *ui)
{
	struct entry *top = ui_top(ui);
	if (top)
		top->closing = true;
	ui->due |= UI_DRAW | UI_BARS;
}

void ui_pop_to(struct ui *ui, const struct screen_class *class)
{
	bool found = false;
	for (size_t i = 0; i < ui->count; i++)
		found |= ui->stack[i].class == class;
	for (struct entry *top; found && (top = ui_top(ui)) && top->class != class;)
		top->closing = true;
	ui->due |= UI_DRAW | UI_BARS;
}

enum err ui_replace(struct ui *ui, const struct screen_class *class, void *arg)
{
	struct entry *old = ui_top(ui);
	unsigned long serial = old ? old->serial : 0;
	enum err rc = ui_push(ui, class, arg);
	for (size_t i = 0; rc == OK && i < ui->count; i++)
		if (ui->stack[i].serial == serial)
			ui->stack[i].closing = true;
	return rc;
}

/* Closes what was popped; the screen that comes to light is told. */
static void reap(struct ui *ui)
{
	unsigned long before = ui->count ? ui->stack[ui->count - 1].serial : 0;
	for (size_t i = ui->count; i-- > 0;)
		if (i < ui->count && ui->stack[i].closing)
			close_entry(ui, i);
	struct entry *top = ui_top(ui);
	if (top && top->serial < before && top->class->back)
		ui->due |= top->class->back(ui, top->data) | UI_DRAW | UI_BARS;
}

static bool is_open(const struct ui *ui, unsigned long serial)
{
	for (size_t i = 0; i < ui->count; i++)
		if (ui->stack[i].serial == serial)
			return true;
	return false;
}

/* ---- dispatch ---- */

static const struct action *find_action(const struct action *actions, const struct event *event, bool typing)
{
	int key = event->kind == EVENT_KEY ? event->key : 0;
	if (event->kind == EVENT_TEXT && event->length == 1 && !typing)
		key = event->text[0];
	for (; key && actions && actions->id; actions++)
		if (actions->key == key)
			return actions;
	return NULL;
}

static unsigned by_default(struct ui *ui, const struct event *event)
{
	if (event->kind != EVENT_KEY)
		return UI_NONE;
	switch (event->key) {
	case UI_KEY_F(1):
		ui_help(ui);
		break;
	case UI_KEY_F(9):
		ui_menu(ui);
		break;
	case UI_KEY_ESC:
		if (ui->count <= 1)
			break;
		/* fall through */
	case UI_KEY_F(10):
		ui_pop(ui);
		break;
	case UI_CTRL('l'):
		term_repaint(ui->term);
		return UI_DRAW | UI_BARS;
	default:
		break;
	}
	return UI_NONE;
}

void ui_dispatch(struct ui *ui, struct event *event)
{
	struct entry *top = ui_top(ui);
	unsigned flags = UI_PASS;
	if (!top || event->kind == EVENT_NONE)
		return;
	const struct action *action = event->action ? NULL : find_action(top->class->actions, event, top->typing);
	if (action && ui_offers(ui, top, action))
		event->action = action->id;
	if (top->class->handle)
		flags = top->class->handle(ui, top->data, event);
	if (flags & UI_PASS) {
		action = find_action(ui->options.actions, event, top->typing);
		int id = event->action >= 1000 ? event->action : action ? action->id : 0;
		flags |= id && ui->options.act ? ui->options.act(ui, ui->options.arg, id) : by_default(ui, event);
	}
	ui->due |= flags & (UI_DRAW | UI_BARS);
}

static bool typing_now(struct ui *ui)
{
	struct entry *top = ui_top(ui);
	return ui->overlays ? ui->overlays->typing : top && top->typing;
}

/* Outside fields a letter is a key: text typed ahead is given one by one, so that the rest still finds
 * the field that the first opens. */
static bool take_held(struct ui *ui, struct event *event)
{
	if (ui->held_at >= ui->held.length)
		return false;
	const char *text = (const char *)ui->held.data + ui->held_at;
	size_t length = typing_now(ui) ? ui->held.length - ui->held_at : text_cluster(text);
	*event = (struct event){.kind = EVENT_TEXT, .text = text, .length = length};
	ui->held_at += length;
	return true;
}

static void hold(struct ui *ui, const struct event *event)
{
	ui->held.length = ui->held_at = 0;
	bytes_add(&ui->held, event->text, event->length);
}

static void click_to_key(struct ui *ui, struct event *event)
{
	if (event->kind != EVENT_CLICK || event->row != term_rows(ui->term) - 1)
		return;
	for (size_t i = 0; i < ui->bar_count; i++)
		if (event->column >= ui->bar[i].from && event->column < ui->bar[i].to) {
			int key = ui->bar[i].key;
			*event = (struct event){.kind = EVENT_KEY, .key = key};
			if (key >= ' ' && key < 127) { /* a letter: as if typed */
				char letter = (char)key;
				ui->held.length = ui->held_at = 0;
				bytes_add(&ui->held, &letter, 1);
				take_held(ui, event);
			}
			return;
		}
}

static void run_timers(struct ui *ui)
{
	int64_t now = clock_monotonic_ms();
	struct entry *top = ui_top(ui);
	if (now - ui->last_tick >= TICK_MS) {
		ui->last_tick = now;
		if (top && top->class->tick)
			ui->due |= top->class->tick(ui, top->data) & (UI_DRAW | UI_BARS);
		int minute = (int)(ui_now(ui) / 60 % 60);
		if (minute != ui->minute)
			ui->due |= UI_BARS;
		ui->minute = minute;
	}
	if (ui->options.every && now - ui->last_every >= 1000) {
		ui->last_every = now;
		ui->options.every(ui, ui->options.arg);
	}
	if (ui->options.idle && ui->options.idle_seconds > 0 && !ui->idling &&
	    now - ui->last_input >= ui->options.idle_seconds * 1000LL) {
		ui->idling = true;
		ui->options.idle(ui, ui->options.arg);
		ui->idling = false;
		ui->last_input = clock_monotonic_ms();
		ui->due |= UI_DRAW | UI_BARS;
	}
}

static bool is_input(const struct event *event)
{
	return event->kind != EVENT_NONE && event->kind != EVENT_RESIZE && event->kind != EVENT_END;
}

static bool too_small(const struct ui *ui)
{
	return term_rows(ui->term) < ROWS_LEAST || term_columns(ui->term) < COLUMNS_LEAST;
}

bool ui_next(struct ui *ui, struct event *event)
{
	struct entry *top = ui_top(ui);
	*event = (struct event){.kind = EVENT_END};
	if (ui->ending)
		return false;
	if (ui->overlays || top)
		term_input(ui->term, ui->overlays ? ui->overlays->input : top->input);
	if (take_held(ui, event))
		goto out;
	if ((ui->due || ui->message_due) && !term_pending(ui->term))
		ui_paint(ui);
	int64_t wait = ui->last_tick + TICK_MS - clock_monotonic_ms();
	term_next(ui->term, wait < 0 ? 0 : wait > TICK_MS ? TICK_MS : (int)wait, event);
	if (event->kind == EVENT_END) {
		ui->ending = true;
		return false;
	}
	if (event->kind == EVENT_RESIZE)
		ui->due |= UI_DRAW | UI_BARS;
	if (is_input(event))
		ui->last_input = clock_monotonic_ms();
	if (is_input(event) && too_small(ui)) {
		term_beep(ui->term);
		event->kind = EVENT_NONE;
	}
	if (event->kind == EVENT_TEXT && !typing_now(ui) && text_cluster(event->text) < event->length) {
		hold(ui, event);
		take_held(ui, event);
	}
	click_to_key(ui, event);
	run_timers(ui);
	if (ui->ending)
		return false;
out:
	if (is_input(event) && ui->message[0]) {
		ui->message[0] = '\0';
		ui->message_due = true;
	}
	return true;
}

enum err ui_run(struct ui *ui, const struct screen_class *class, void *arg, struct error *e)
{
	struct event event;
	enum err rc = push(ui, class, arg, e);
	if (rc != OK)
		return rc;
	unsigned long serial = ui->serial;
	struct entry *outer = ui->opening;
	ui->opening = NULL; /* a screen that asks by another one while it opens */
	while (is_open(ui, serial) && ui_next(ui, &event)) {
		ui_dispatch(ui, &event);
		reap(ui);
	}
	for (size_t i = ui->count; i-- > 0;) /* ending: close ours and what lies above it */
		if (ui->stack[i].serial >= serial)
			close_entry(ui, i);
	ui->opening = outer;
	return OK;
}

/* ---- what screens say ---- */

void ui_redraw(struct ui *ui, unsigned flags)
{
	ui->due |= flags & (UI_DRAW | UI_BARS);
}

void ui_draw_now(struct ui *ui)
{
	if (!ui->ending)
		ui_paint(ui);
}

void ui_set_place(struct ui *ui, const char *place, const char *station, const char *person)
{
	if (place)
		text_copy(ui->place, sizeof ui->place, place);
	if (station)
		text_copy(ui->station, sizeof ui->station, station);
	if (person)
		text_copy(ui->person, sizeof ui->person, person);
	ui->due |= UI_BARS;
}

void ui_set_mark(struct ui *ui, const char *mark)
{
	if (strcmp(ui->mark, mark ? mark : "") != 0)
		ui->due |= UI_BARS;
	text_copy(ui->mark, sizeof ui->mark, mark ? mark : "");
}

void ui_hint(struct ui *ui, enum role role, const char *text)
{
	text = text ? text : "";
	if (strcmp(text, ui->message) == 0 && role == ui->message_role)
		return;
	text_copy(ui->message, sizeof ui->message, text);
	for (char *at = ui->message; *at; at++)
		if (*at == '\n')
			*at = ' ';
	ui->message_role = role;
	ui->message_due = true;
}

static void say(struct ui *ui, enum role role, const char *format, va_list args)
{
	char text[sizeof ui->message];
	vsnprintf(text, sizeof text, format, args);
	ui_hint(ui, role, text);
}

#define SAY(name, role)                                    \
	void name(struct ui *ui, const char *format, ...)  \
	{                                                  \
		va_list args;                              \
		va_start(args, format);                    \
		say(ui, role, format, args);               \
		va_end(args);                              \
	}
SAY(ui_say, ROLE_NORMAL)
SAY(ui_good, ROLE_GOOD)
SAY(ui_warn, ROLE_WARN)

void ui_error(struct ui *ui, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	say(ui, ROLE_ERROR, format, args);
	va_end(args);
	term_beep(ui->term);
	term_drop_typeahead(ui->term);
	ui->held_at = ui->held.length;
}

void ui_fail(struct ui *ui, const struct error *e)
{
	char sentence[1024];
	ui_error(ui, "%s", error_sentence(e, sentence, sizeof sentence));
}

void ui_typing(struct ui *ui, bool typing, enum term_input input)
{
	struct entry *top = ui->opening ? ui->opening : ui_top(ui);
	if (!top)
		return;
	top->typing = typing;
	top->input = input;
}

void ui_overlay_push(struct ui *ui, struct overlay *overlay)
{
	overlay->below = ui->overlays;
	ui->overlays = overlay;
	ui->due |= UI_DRAW | UI_BARS;
}

void ui_overlay_pop(struct ui *ui)
{
	if (ui->overlays)
		ui->overlays = ui->overlays->below;
	ui->due |= UI_DRAW | UI_BARS;
}
