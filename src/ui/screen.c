#include "ui/screen_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum err ui_start(const struct ui_options *options, struct ui **out, struct error *e)
{
	struct ui *ui = calloc(1, sizeof *ui);
	struct term *term = NULL;
	enum err rc = ui ? term_prepare(&term, e) : error_set(e, ERR_MEMORY, "%s", "");
	if (rc != OK) {
		free(ui);
		return rc;
	}
	ui->options = *options;
	ui->term = term;
	term_start(term, &options->term);
	ui->due = UI_DRAW | UI_BARS;
	ui->last_input = ui->last_tick = clock_monotonic_ms(); /* the terminal draws the first screen undisturbed */
	ui->minute = -1;
	*out = ui;
	return OK;
}

void ui_end(struct ui **ui)
{
	if (!*ui)
		return;
	(*ui)->ending = true;
	while ((*ui)->count > 0)
		ui_close_entry(*ui, (*ui)->count - 1);
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

bool ui_permits(struct ui *ui, const struct action *action)
{
	int needs = (int)(action->flags >> 8 & 0xfff), or = (int)(action->flags >> 20);
	if (!needs || !ui->options.may)
		return true;
	return ui->options.may(ui, ui->options.arg, needs - 1) || (or && ui->options.may(ui, ui->options.arg, or - 1));
}

static bool fits_now(struct ui *ui, const struct entry *entry, const struct action *action)
{
	return !entry->class->offered || entry->class->offered(ui, entry->data, action->id);
}

bool ui_offers(struct ui *ui, const struct entry *entry, const struct action *action)
{
	return ui_permits(ui, action) && fits_now(ui, entry, action);
}

/* ---- keys (tokens) ---- */

enum ui_token ui_wants_token(struct ui *ui)
{
	struct entry *top = ui_top(ui);
	if (!top || !top->class->token)
		return TOKEN_NOT_WANTED;
	return ui->overlays || top->typing || ui->opening || ui->idling ? TOKEN_LATER : TOKEN_WANTED;
}

void ui_tell_token(struct ui *ui, const char *serial, bool in)
{
	struct entry *top = ui_top(ui);
	if (top && ui_wants_token(ui) == TOKEN_WANTED)
		ui->due |= top->class->token(ui, top->data, serial, in) & (UI_DRAW | UI_BARS);
}

/* ---- dispatch ---- */

/* Two actions may share a key where only one of them is ever offered; `entry` NULL: the first one is it. */
static const struct action *find_action(struct ui *ui, const struct entry *entry, const struct action *actions, const struct event *event,
	bool typing)
{
	int key = event->kind == EVENT_KEY ? event->key : 0;
	if (event->kind == EVENT_TEXT && event->length == 1 && !typing)
		key = event->text[0];
	for (; key && actions && actions->id; actions++)
		if (actions->key == key && (!entry || ((ui_permits(ui, actions) || actions->flags & ACTION_SPOT) && fits_now(ui, entry, actions))))
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
	const struct action *action = event->action ? NULL : find_action(ui, top, top->class->actions, event, top->typing);
	if (action)
		event->action = action->id;
	if (top->class->handle)
		flags = top->class->handle(ui, top->data, event);
	if (flags & UI_PASS) {
		action = find_action(ui, NULL, ui->options.actions, event, top->typing);
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
	if (ui->held_at >= ui->held.length) {
		bytes_free(&ui->held); /* it may have been a PIN */
		return false;
	}
	const char *text = (const char *)ui->held.data + ui->held_at;
	size_t length = typing_now(ui) ? ui->held.length - ui->held_at : text_cluster(text);
	*event = (struct event){.kind = EVENT_TEXT, .text = text, .length = length};
	ui->held_at += length;
	return true;
}

static void hold(struct ui *ui, const struct event *event)
{
	bytes_free(&ui->held);
	ui->held_at = 0;
	bytes_add(&ui->held, event->text, event->length);
}

void ui_give_back(struct ui *ui, const char *text, size_t length)
{
	struct bytes all = {0}, *held = &ui->held;
	bytes_add(&all, text, length);
	if (ui->held_at < held->length)
		bytes_add(&all, held->data + ui->held_at, held->length - ui->held_at);
	bytes_free(held);
	*held = all;
	ui->held_at = 0;
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
		if (ui->options.every)
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

void ui_configure(struct ui *ui, const struct ui_options *options)
{
	ui->options = *options;
	term_configure(ui->term, &options->term);
	ui->due |= UI_DRAW | UI_BARS;
}

static bool show_first(struct ui *ui)
{
	void (*shown)(struct ui *ui, void *arg) = ui->options.shown;
	ui->options.shown = NULL;
	ui_paint(ui);
	shown(ui, ui->options.arg);
	return !ui->ending;
}

void ui_tick_soon(struct ui *ui)
{
	ui->last_tick = clock_monotonic_ms() - TICK_MS;
}

void ui_completed(struct ui *ui)
{
	ui->completed = true;
	ui->completed_at = 0;
}

static bool is_habit(struct ui *ui, const struct event *event)
{
	bool right_behind = ui->completed && clock_monotonic_ms() - ui->completed_at < HABIT_MS;
	if (is_input(event))
		ui->completed = false;
	return right_behind && event->kind == EVENT_KEY && event->key == UI_KEY_ENTER;
}

bool ui_next(struct ui *ui, struct event *event)
{
	struct entry *top = ui_top(ui);
	*event = (struct event){.kind = EVENT_END};
	if (ui->completed && !ui->completed_at)
		ui->completed_at = clock_monotonic_ms();
	if (ui->ending || ui->abandoned || (ui->options.shown && !show_first(ui)))
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
	if (ui->ending || ui->abandoned)
		return false;
out:
	if (is_habit(ui, event))
		event->kind = EVENT_NONE;
	if (is_input(event) && ui->message[0]) {
		ui->message[0] = '\0';
		ui->message_due = true;
	}
	return true;
}
