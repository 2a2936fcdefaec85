/* Dialogs with a field: one line, a secret, the lock. */
#include "ui/dialog_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "rules/check.h"
#include "ui/edit_key.h"
#include "ui/wrap.h"

struct asking {
	const char *title, *text, *label;
	struct edit *edit;
	char why[256];
	int columns;
};

static void draw_asking(struct ui *ui, void *arg, struct pane *whole)
{
	struct asking *a = arg;
	int row, label = text_width(a->label), room = a->columns, width = label + 4 + (room < 40 ? room : 40), why = 2;
	(void)ui;
	struct pane inside = dialog_box(whole, a->title, a->text, width, why + 1, &row);
	if (wrap_count(a->why, inside.columns) > why) { /* over the smaller one */
		why = wrap_count(a->why, inside.columns);
		inside = dialog_box(whole, a->title, a->text, width, why + 1, &row);
	}
	if (room > inside.columns - label - 4)
		room = inside.columns - label - 4;
	pane_text(&inside, row, 0, ROLE_LABEL_FOCUS, a->label);
	edit_draw(a->edit, &inside, row, label + 2, room, ROLE_FOCUS, true);
	if (a->why[0])
		pane_wrapped(&inside, row + 1, 0, inside.columns, why, ROLE_ERROR, a->why);
}

enum answer { ANSWER_OPEN, ANSWER_GIVEN, ANSWER_LEFT };

/* One event for a dialog with a field. */
static enum answer asking_handle(struct ui *ui, struct asking *a, const struct event *event)
{
	enum edit_result result = EDIT_DONE;
	if (event->kind == EVENT_KEY && event->key == UI_KEY_ENTER)
		return ANSWER_GIVEN;
	if (event->kind == EVENT_KEY && (event->key == UI_KEY_ESC || event->key == UI_KEY_F(10)))
		return ANSWER_LEFT;
	if (!edit_handle(a->edit, event, &result, NULL))
		return ANSWER_OPEN;
	if (result == EDIT_REFUSED)
		term_beep(ui_term(ui));
	a->why[0] = '\0';
	ui_redraw(ui, UI_DRAW);
	return ANSWER_OPEN;
}

static void complain(struct ui *ui, struct asking *a, const char *why)
{
	text_copy(a->why, sizeof a->why, why);
	term_beep(ui_term(ui));
	term_drop_typeahead(ui_term(ui));
	ui_redraw(ui, UI_DRAW);
}

static const struct action asking_actions[] = {
	{1, UI_KEY_ENTER, "确定", "OK", 0, 0, 0, 0, 0}, {2, UI_KEY_ESC, "取消", "Cancel", 0, 0, 0, 0, 0}, {0}};

/* Folds and judges an answer; false with a reason where it can't be taken. */
static bool accepted(struct ui *ui, const struct dialog_ask *ask, const char *value, char **folded, char *why,
					 size_t size)
{
	const struct check *check = ask->check ? check_find(ask->check) : NULL;
	struct check_result judged = {0};
	*folded = check ? check_normalise(check, value) : text_nfc(value);
	if (!*folded)
		return false;
	text_trim(*folded);
	if (!**folded) {
		snprintf(why, size, "%s", tr("请填写后再按回车。", "Fill this in, then press Enter."));
		return ask->may_be_empty;
	}
	if (check)
		check_judge(check, *folded, &(struct check_context){.today = ui_now(ui)}, &judged);
	if (judged.verdict == VERDICT_INVALID) {
		snprintf(why, size, "%s", judged.message);
		return false;
	}
	return !ask->judge || ask->judge(ask->arg, *folded, why, size);
}

bool dialog_ask(struct ui *ui, const struct dialog_ask *ask, char *out, size_t size)
{
	struct edit edit;
	struct asking a = {
		.title = ask->title, .text = ask->text ? ask->text : "", .label = ask->label, .edit = &edit, .columns = 60};
	struct overlay o = {.draw = draw_asking, .arg = &a, .actions = asking_actions, .typing = true, .input = ask->input};
	struct event event;
	bool given = false;
	unsigned flags = (ask->input == TERM_INPUT_LATIN ? EDIT_FOLD : 0) | (ask->digits ? EDIT_DIGITS : 0);
	if (edit_start(&edit, ask->limit ? ask->limit : 120, flags) != OK)
		return false;
	edit_set(&edit, out);
	ui_overlay_push(ui, &o);
	while (!given && ui_next(ui, &event)) {
		enum answer answer = asking_handle(ui, &a, &event);
		char why[sizeof a.why] = "", *folded = NULL;
		if (answer == ANSWER_LEFT)
			break;
		if (answer != ANSWER_GIVEN)
			continue;
		given = accepted(ui, ask, edit.text, &folded, why, sizeof why);
		if (given && strlen(folded) >= size) {
			given = false;
			snprintf(why, sizeof why, "%s", tr("太长了，请缩短。", "Too long; shorten it."));
		}
		if (given)
			text_copy(out, size, folded);
		else
			complain(ui, &a, why);
		free(folded);
	}
	ui_overlay_pop(ui);
	edit_end(&edit);
	return given;
}

/* One secret, once. `other` is the first one where this is its repetition. */
static bool ask_secret(struct ui *ui, const struct dialog_secret *ask, const char *label, const struct secret *other,
					   struct secret *out)
{
	struct edit edit;
	struct asking a = {
		.title = ask->title, .text = ask->text ? ask->text : "", .label = label, .edit = &edit, .columns = 32};
	struct overlay o = {
		.draw = draw_asking, .arg = &a, .actions = asking_actions, .typing = true, .input = TERM_INPUT_LATIN};
	struct event event;
	bool given = false;
	edit_start_secret(&edit, out, ask->most ? ask->most : 64, EDIT_FOLD | (ask->digits ? EDIT_DIGITS : 0));
	ui_overlay_push(ui, &o);
	while (!given && ui_next(ui, &event)) {
		enum answer answer = asking_handle(ui, &a, &event);
		char why[sizeof a.why] = "";
		if (answer == ANSWER_LEFT)
			break;
		if (answer != ANSWER_GIVEN)
			continue;
		if (edit_count(&edit) < (ask->least ? ask->least : 1)) {
			snprintf(why, sizeof why, tr("至少要 %zu 位。", "At least %zu characters."),
					 ask->least ? ask->least : (size_t)1);
			complain(ui, &a, why);
			edit_clear(&edit); /* unseen digits left in front of the next answer would cost a try of the key */
		} else if (other && !secret_equal(other, out)) {
			complain(ui, &a,
					 tr("两次输入不一样，请重新输入第二次，或按 Esc 从头来。",
						"The two differ; type the second again, or Esc to start over."));
			edit_clear(&edit);
		} else if (!other && ask->judge && !ask->judge(ask->arg, out, why, sizeof why)) {
			complain(ui, &a, why);
			edit_clear(&edit);
		} else
			given = true;
	}
	ui_overlay_pop(ui);
	edit_end(&edit);
	if (!given)
		secret_wipe(out);
	return given;
}

bool dialog_secret(struct ui *ui, const struct dialog_secret *ask, struct secret *out)
{
	struct secret again;
	bool given;
	do {
		if (!ask_secret(ui, ask, ask->label, NULL, out))
			return false;
		if (!ask->twice)
			return true;
		given = ask_secret(ui, ask, tr("再输入一次", "Once more"), out, &again);
		secret_wipe(&again);
	} while (!given && !ui_ending(ui));
	if (!given)
		secret_wipe(out);
	return given;
}

bool dialog_lock(struct ui *ui, const struct dialog_lock *lock)
{
	static const struct action stay[] = {{1, UI_KEY_ENTER, "解锁", "Unlock", 0, 0, 0, 0, 0}, {0}},
	                           leave[] = {{1, UI_KEY_ENTER, "解锁", "Unlock", 0, 0, 0, 0, 0},
	                                      {2, UI_KEY_F(10), "退出登录", "Log out", 0, 0, 0, 0, 0},
	                                      {0}};
	struct secret password;
	struct edit edit;
	struct asking a = {
		.title = lock->title, .text = lock->text, .label = tr("口令", "Password"), .edit = &edit, .columns = 32};
	struct overlay o = {.draw = draw_asking, .arg = &a, .actions = lock->may_leave ? leave : stay, .opaque = true,
	                    .typing = true, .input = TERM_INPUT_LATIN};
	struct event event;
	bool open = false;
	edit_start_secret(&edit, &password, 64, 0);
	ui_overlay_push(ui, &o);
	while (!open && ui_next(ui, &event)) {
		char why[sizeof a.why] = "";
		enum answer answer = asking_handle(ui, &a, &event);
		if (answer == ANSWER_LEFT && lock->may_leave && event.key == UI_KEY_F(10))
			break;
		if (answer != ANSWER_GIVEN || edit.length == 0)
			continue;
		open = lock->unlock(lock->arg, &password, why, sizeof why);
		edit_clear(&edit);
		if (!open)
			complain(ui, &a, why);
	}
	ui_overlay_pop(ui);
	edit_end(&edit);
	secret_wipe(&password);
	return open;
}
