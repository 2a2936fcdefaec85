/* What screens say and show beside their own pane: title, message line, the input method, overlays. */
#include "ui/plain.h"
#include "ui/screen_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

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

void ui_set_line(struct ui *ui, enum role role, const char forms[UI_LINE_FORMS][UI_LINE_SIZE])
{
	bool same = ui->line_role == role;
	for (size_t i = 0; i < UI_LINE_FORMS; i++) {
		same = same && strcmp(ui->line[i], forms[i]) == 0;
		text_copy(ui->line[i], UI_LINE_SIZE, forms[i]);
	}
	ui->line_role = role;
	if (!same)
		ui->due |= UI_BARS;
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
	error_sentence(e, sentence, sizeof sentence);
	plain_sentence(sentence);
	ui_error(ui, "%s", sentence);
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
