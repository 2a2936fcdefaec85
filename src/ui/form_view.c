#include "ui/form_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "ui/dialog.h"
#include "ui/edit_key.h"
#include "ui/form_view_private.h"

#define SAVE_MS 700 /* after the first key that isn't saved; ticks come every 250 */

const struct form_field *form_view_field(const struct form_view *v)
{
	return v->focus == FORM_NO_FIELD ? NULL : &v->form->fields[v->focus];
}

/* ---- values ---- */

/* A sentence, or "". */
static const char *advice_on(const struct form_view *v, const struct form_field *f)
{
	return f && form_relevant(v->form, f, v->values) ? json_text(v->advice, f->name) : "";
}

static void judge(struct form_view *v, size_t field)
{
	struct check_result r = {0};
	const struct form_field *f = &v->form->fields[field];
	if (form_relevant(v->form, f, v->values) && !form_is_empty(f, v->values))
		form_judge(v->form, v->o->codes, f, v->values, ui_now(v->ui), &r);
	v->verdicts[field] = r.verdict == VERDICT_VALID && *advice_on(v, f) ? VERDICT_WARN : r.verdict;
}

static void say_advice(struct form_view *v, const struct form_field *f)
{
	char sentence[700];
	if (*advice_on(v, f))
		ui_warn(v->ui, "%s", form_view_about(f, advice_on(v, f), sentence, sizeof sentence));
}

/* Asked anew; what was not said before is said, but not at the start, where the caller may have said something. */
static void advise(struct form_view *v)
{
	json_t *before = v->advice;
	if (!v->o->advice || v->o->show_only)
		return;
	v->advice = v->o->advice(v->o->arg, v->values);
	for (size_t i = 0; i < v->form->field_count; i++) {
		const struct form_field *f = &v->form->fields[i];
		const char *said = advice_on(v, f);
		if (*said && v->focus != FORM_NO_FIELD && strcmp(said, json_text(before, f->name)) != 0) {
			v->news = i;
			say_advice(v, f);
		}
	}
	json_decref(before);
}

static void count(struct form_view *v)
{
	v->missing = form_count_missing(v->form, v->values);
	v->wrong = 0;
	for (size_t i = 0; i < v->form->field_count; i++) /* a confirmation that isn't given is missing, and counted so */
		v->wrong += v->verdicts[i] == VERDICT_INVALID && v->form->fields[i].type != FIELD_BOOLEAN &&
		            form_relevant(v->form, &v->form->fields[i], v->values);
}

static void judge_all(struct form_view *v)
{
	advise(v);
	for (size_t i = 0; i < v->form->field_count; i++)
		judge(v, i);
	count(v);
}

void form_view_mark_unsaved(struct form_view *v)
{
	if (!v->unsaved)
		v->unsaved_since = clock_monotonic_ms();
	v->unsaved = true;
}

void form_view_value_changed(struct form_view *v)
{
	v->stopped = false;
	form_view_mark_unsaved(v);
	if (v->columns > 0)
		form_layout_make(v->form, v->values, v->columns, &v->layout);
	judge_all(v);
}

void form_view_take_over(struct form_view *v)
{
	const struct form_field *f = form_view_field(v);
	if (!v->edit.text || !v->changed)
		return;
	form_set(v->form, f, v->edit.text, v->values);
	v->changed = false;
	form_view_mark_unsaved(v);
}

static void save(struct form_view *v)
{
	const struct form_field *f = form_view_field(v);
	struct error e = {0};
	form_view_take_over(v);
	if (!v->unsaved || !v->o->save) {
		v->unsaved = false;
		return;
	}
	if (v->o->save(v->o->arg, v->values, f ? f->name : "", v->edit.text ? v->edit.cursor : 0, &e) == OK) {
		v->unsaved = false;
	} else {
		v->unsaved_since = clock_monotonic_ms(); /* tried again a second later */
		if (!ui_ending(v->ui))
			ui_fail(v->ui, &e);
	}
}

/* Data on file for a value that was keyed: offered, and merged after a yes. */
static void offer_known(struct form_view *v, const struct form_field *f)
{
	char question[512] = "";
	struct error e = {0};
	if (!v->o->known || f->type != FIELD_TEXT || form_is_empty(f, v->values) ||
		v->verdicts[v->focus] == VERDICT_INVALID)
		return;
	json_t *data = v->o->known(v->o->arg, f->name, json_text(v->values, f->name), question, sizeof question);
	if (!data)
		return;
	if (dialog_yes(v->ui, tr("已有资料", "Data on file"), question)) {
		if (form_merge(v->form, v->o->codes, data, false, ui_now(v->ui), v->values, &e) != OK)
			ui_fail(v->ui, &e);
		form_view_value_changed(v);
	}
	json_decref(data);
}

/* ---- focus ---- */

static enum term_input input_of(const struct form_field *f)
{
	if (f->type != FIELD_TEXT || f->input == INPUT_LATIN)
		return TERM_INPUT_LATIN;
	return f->input == INPUT_CHINESE ? TERM_INPUT_CHINESE : TERM_INPUT_ANY;
}

/* What isn't of fixed width may be typed with spaces and dashes, which are folded away on leaving. */
static size_t limit_of(const struct form_view *v, const struct form_field *f)
{
	int limit = form_limit(v->form, f, v->values);
	return (size_t)(f->fixed ? limit : f->input == INPUT_LATIN ? f->limit + 8 : f->limit);
}

static unsigned flags_of(const struct form_view *v, const struct form_field *f)
{
	const struct check *check = form_check(v->form, f, v->values);
	static const char *const capitals[] = {"uscc", "resident_id", "taxpayer"};
	unsigned flags = f->input == INPUT_LATIN ? EDIT_FOLD : 0;
	for (size_t i = 0; check && i < sizeof capitals / sizeof *capitals; i++)
		if (strcmp(check_name(check), capitals[i]) == 0)
			flags |= EDIT_UPPER;
	return flags;
}

static void put_focus(struct form_view *v, size_t field)
{
	edit_end(&v->edit);
	free(v->before);
	v->before = NULL;
	v->focus = field;
	v->changed = v->stopped = false;
	const struct form_field *f = form_view_field(v);
	if (!f)
		return;
	v->before = form_value_text(v->form, f, v->values);
	ui_typing(v->ui, true, input_of(f));
	if (f->type != FIELD_TEXT) {
		form_view_select_start(v);
		return;
	}
	if (edit_start(&v->edit, limit_of(v, f), flags_of(v, f)) == OK)
		edit_set(&v->edit, v->before ? v->before : "");
}

const char *form_view_about(const struct form_field *f, const char *message, char *out, size_t size)
{
	const char *label = text2_tr(&f->label);
	bool named = strstr(message, label) != NULL;
	snprintf(out, size, "%s%s%s", named ? "" : label, named ? "" : tr("：", ": "), message);
	return out;
}

/* The clerk stays at the field, which shows the value as it was folded: it may be longer. */
static void hold(struct form_view *v, const struct form_field *f, const char *message)
{
	char sentence[512], *kept = v->before;
	size_t cursor = v->edit.cursor;
	bool at_end = cursor == v->edit.length;
	v->before = NULL;
	put_focus(v, v->focus);
	if (!at_end)
		edit_seek(&v->edit, cursor);
	free(v->before);
	v->before = kept;
	v->stopped = true;
	save(v);
	ui_error(v->ui, "%s", form_view_about(f, message, sentence, sizeof sentence));
}

/* Takes over what was typed, judges, saves. A mistake holds the clerk once, who may then go on and mend it later. */
bool form_view_leave(struct form_view *v, bool may_stop)
{
	const struct form_field *f = form_view_field(v);
	struct check_result r = {0};
	char sentence[512];
	if (!f)
		return true;
	form_view_take_over(v);
	char *now = form_value_text(v->form, f, v->values);
	bool changed = !now || !v->before || strcmp(now, v->before) != 0;
	bool stopped = v->stopped;
	if (!changed) {
		free(now);
		return true;
	}
	form_view_value_changed(v);
	if (!form_is_empty(f, v->values))
		form_judge(v->form, v->o->codes, f, v->values, ui_now(v->ui), &r);
	if (r.verdict == VERDICT_INVALID && may_stop && !stopped) {
		free(now);
		hold(v, f, r.message);
		return false;
	}
	free(v->before);
	v->before = now;
	if (r.verdict != VERDICT_INVALID)
		form_prefill(v->form, f->name, v->values);
	offer_known(v, f);
	save(v);
	if (v->news != FORM_NO_FIELD) /* again: a question may have stood over it */
		say_advice(v, &v->form->fields[v->news]);
	if (r.verdict == VERDICT_WARN)
		ui_warn(v->ui, "%s", form_view_about(f, r.message, sentence, sizeof sentence));
	return true;
}

unsigned form_view_go(struct form_view *v, size_t field)
{
	if (field == FORM_NO_FIELD) {
		term_beep(ui_term(v->ui));
		return UI_NONE;
	}
	if (!form_view_leave(v, true))
		return UI_DRAW;
	put_focus(v, field);
	const struct form_field *f = form_view_field(v);
	if (*advice_on(v, f))
		say_advice(v, f);
	else if (v->news == FORM_NO_FIELD && v->layout.columns >= FORM_TWO_COLUMNS && *text2_tr(&f->hint))
		ui_hint(v->ui, ROLE_HINT, text2_tr(&f->hint));
	return UI_DRAW;
}

/* After leaving, since what was typed decides which fields there are. */
static unsigned go_by(struct form_view *v, int by, size_t (*step)(const struct form *, const json_t *, size_t, int))
{
	if (!form_view_leave(v, true))
		return UI_DRAW;
	return form_view_go(v, step(v->form, v->values, v->focus, by)) | UI_DRAW;
}

void form_view_next_missing(struct form_view *v)
{
	size_t next = form_next_missing(v->form, v->values, v->focus);
	if (next != FORM_NO_FIELD) {
		form_view_go(v, next);
		return;
	}
	const struct form_field *f = form_view_field(v);
	if (f && form_required(v->form, f, v->values) && form_is_empty(f, v->values))
		ui_hint(v->ui, ROLE_WARN, tr("只剩这一项必填。", "Only this one is still required."));
	else
		ui_hint(v->ui, ROLE_GOOD, tr("必填项都已填好，按 F2 完成。", "All required fields are filled; F2 finishes."));
}

/* ---- keys ---- */

unsigned form_view_finish(struct form_view *v)
{
	json_t *mistakes = NULL;
	form_view_leave(v, false);
	const struct form_field *f = form_judge_all(v->form, v->o->codes, v->values, ui_now(v->ui), &mistakes);
	json_decref(mistakes);
	judge_all(v);
	if (!f) {
		save(v); /* of a value that went and came back the store may know the one between */
		if (v->o->may_finish && !v->o->may_finish(v->o->arg, v->ui))
			return UI_DRAW | UI_BARS;
		v->end = FORM_FINISHED;
		ui_pop(v->ui);
	} else {
		struct check_result r = {0};
		char sentence[512];
		form_judge(v->form, v->o->codes, f, v->values, ui_now(v->ui), &r);
		size_t at = (size_t)(f - v->form->fields);
		v->verdicts[at] = VERDICT_INVALID;
		count(v);
		if (form_can_focus(v->form, v->values, at))
			put_focus(v, at);
		ui_error(v->ui, "%s", form_view_about(f, r.message, sentence, sizeof sentence));
	}
	return UI_DRAW;
}

static unsigned act(struct form_view *v, int action)
{
	switch (action) {
	case FORM_HELP:
		form_view_help(v);
		return UI_DRAW;
	case FORM_FINISH:
		return v->o->show_only ? UI_NONE : form_view_finish(v);
	case FORM_CHOOSE:
		form_view_choose(v, "");
		return UI_DRAW;
	default:
		break;
	}
	const struct form_field *f = form_view_field(v);
	form_view_leave(v, false);
	if (v->o->act && v->o->act(v->o->arg, v->ui, action, f ? f->name : "", v->values)) {
		v->o->action = action;
		v->end = FORM_ACTION;
		ui_pop(v->ui);
	} else {
		form_view_value_changed(v); /* the action may have changed values */
		put_focus(v, v->focus != FORM_NO_FIELD && form_can_focus(v->form, v->values, v->focus)
		                           ? v->focus
		                           : form_step(v->form, v->values, FORM_NO_FIELD, 1));
	}
	return UI_DRAW;
}

static unsigned click(struct form_view *v, const struct event *event)
{
	int row = event->row - v->pane_top + v->top;
	for (size_t i = 0; i < v->layout.count && event->row >= v->pane_top; i++) {
		const struct form_item *item = &v->layout.items[i];
		if (item->kind != ITEM_FIELD || item->row != row || event->column < item->left ||
		    event->column > item->field + item->room || !form_can_focus(v->form, v->values, item->index))
			continue;
		size_t index = item->index;
		int column = event->column - item->field;
		if (index != v->focus)
			form_view_go(v, index);
		if (v->focus == index && v->edit.text && column >= 0)
			edit_seek_column(&v->edit, column);
		return UI_DRAW;
	}
	return UI_NONE;
}

static unsigned scroll_only(struct form_view *v, const struct event *event)
{
	int key = event->kind == EVENT_KEY || event->kind == EVENT_WHEEL ? event->key : 0;
	int by = key == UI_KEY_UP          ? -1
			 : key == UI_KEY_DOWN      ? 1
			 : key == UI_KEY_PAGE_UP   ? -v->page
			 : key == UI_KEY_PAGE_DOWN ? v->page
									   : 0;
	v->top += by;
	return by ? UI_DRAW : UI_PASS;
}

static unsigned navigate(struct form_view *v, int key)
{
	switch (key) {
	case UI_KEY_ENTER:
		form_view_take_shown(v); /* the option that stands there is what Enter means */
		if (form_view_leave(v, true))
			form_view_next_missing(v);
		return UI_DRAW;
	case UI_KEY_TAB:
	case UI_KEY_DOWN:
		return go_by(v, 1, form_step);
	case UI_KEY_BACKTAB:
	case UI_KEY_UP:
		return go_by(v, -1, form_step);
	case UI_KEY_PAGE_DOWN:
		return go_by(v, 1, form_step_section);
	case UI_KEY_PAGE_UP:
		return go_by(v, -1, form_step_section);
	case UI_KEY_FIRST:
		return form_view_go(v, form_step(v->form, v->values, FORM_NO_FIELD, 1));
	case UI_KEY_LAST:
		return form_view_go(v, form_step(v->form, v->values, FORM_NO_FIELD, -1));
	default:
		return UI_PASS;
	}
}

static unsigned handle(struct ui *ui, void *data, const struct event *event)
{
	struct form_view *v = data;
	enum edit_result result = EDIT_DONE;
	v->news = FORM_NO_FIELD;
	if (event->action && event->action < 1000)
		return act(v, event->action);
	if (event->kind == EVENT_KEY && (event->key == UI_KEY_ESC || event->key == UI_KEY_F(10))) {
		form_view_leave(v, false);
		ui_pop(ui);
		return UI_DRAW;
	}
	bool advanced = v->advanced;
	v->advanced = false;
	if (v->focus == FORM_NO_FIELD)
		return scroll_only(v, event);
	if (event->kind == EVENT_CLICK)
		return click(v, event);
	if (event->kind == EVENT_WHEEL)
		return go_by(v, event->key == UI_KEY_UP ? -1 : 1, form_step);
	if (event->kind == EVENT_TEXT)
		return form_view_typed(v, event);
	if (event->kind == EVENT_PASTE)
		return form_view_pasted(v, event);
	if (event->kind != EVENT_KEY)
		return UI_PASS;
	if (advanced && event->key == UI_KEY_ENTER)
		return UI_NONE; /* a habit, or a scanner's: it belongs to the field that was just full */
	unsigned flags = navigate(v, event->key);
	if (!(flags & UI_PASS))
		return flags;
	if (!v->edit.text)
		return form_view_select_handle(v, event);
	if (!edit_handle(&v->edit, event, &result, NULL))
		return UI_PASS;
	if (result == EDIT_NOTHING)
		return UI_NONE;
	v->changed = true;
	v->stopped = false;
	form_view_mark_unsaved(v);
	form_view_complain_early(v, form_view_field(v));
	return UI_DRAW;
}

static unsigned tick(struct ui *ui, void *data)
{
	struct form_view *v = data;
	(void)ui;
	if (v->unsaved && clock_monotonic_ms() - v->unsaved_since >= SAVE_MS)
		save(v);
	return UI_NONE;
}

static void on_close(struct ui *ui, void *data)
{
	struct form_view *v = data;
	if (ui_ending(ui))
		v->end = FORM_LOST;
	if (v->end != FORM_ACTION) /* the action may have done away with the draft */
		save(v);
	edit_end(&v->edit);
	form_layout_free(&v->layout);
}

static enum err on_open(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct form_view *v = *data = arg;
	size_t focus = FORM_NO_FIELD;
	(void)ui;
	(void)e;
	judge_all(v);
	for (size_t i = 0; v->o->focus && i < v->form->field_count; i++)
		if (strcmp(v->form->fields[i].name, v->o->focus) == 0 && form_can_focus(v->form, v->values, i))
			focus = i;
	bool asked = focus != FORM_NO_FIELD;
	if (!asked && (focus = form_next_missing(v->form, v->values, FORM_NO_FIELD)) == FORM_NO_FIELD)
		focus = form_step(v->form, v->values, FORM_NO_FIELD, 1);
	put_focus(v, v->o->show_only ? FORM_NO_FIELD : focus);
	if (asked && v->edit.text)
		edit_seek(&v->edit, v->o->cursor);
	if (v->missing == 1 && form_view_field(v) && form_view_field(v)->either && form_is_empty(form_view_field(v), v->values))
		v->opened = json_deep_copy(v->values);
	return OK;
}

static void make_actions(struct form_view *v)
{
	const char *finish = v->o->finish;
	size_t count = 0;
	v->actions[count++] = (struct action){FORM_HELP,   UI_KEY_F(1), "帮助",         "Help",
										  "填表",      "Form",      "这一项怎么填", "what goes into this field",
										  ACTION_FIRST};
	if (!v->o->show_only) {
		v->actions[count++] = (struct action){FORM_FINISH,
											  UI_KEY_F(2),
											  finish ? finish : "完成",
											  finish ? finish : "Finish",
											  NULL,
											  NULL,
											  "检查全部内容并完成，有误时跳到第一处",
											  "checks all and finishes, or goes to the first mistake",
											  ACTION_FIRST};
		v->actions[count++] = (struct action){
			FORM_CHOOSE, UI_KEY_F(4), "选择", "Choose", NULL, NULL, "从代码表里选", "choose from the table", 0};
	}
	for (const struct action *a = v->o->actions; a && a->id && count + 1 < FORM_ACTIONS_MOST; a++)
		v->actions[count++] = *a;
}

enum form_end form_view_run(struct ui *ui, struct form_view_options *options)
{
	struct form_view v = {.ui = ui,
						  .o = options,
						  .form = options->form,
						  .values = options->values,
						  .focus = FORM_NO_FIELD,
						  .news = FORM_NO_FIELD,
						  .end = FORM_BACK};
	struct error e = {0};
	v.verdicts = calloc(options->form->field_count + 1, sizeof *v.verdicts);
	if (!v.verdicts) {
		error_set(&e, ERR_MEMORY, "%s", "");
		ui_fail(ui, &e);
		return FORM_BACK;
	}
	make_actions(&v);
	v.class = (struct screen_class){.zh = options->form->title.zh,
									.en = options->form->title.en,
									.actions = v.actions,
									.open = on_open,
									.draw = form_view_draw,
									.handle = handle,
									.tick = tick,
									.close = on_close};
	if (ui_run(ui, &v.class, &v, &e) != OK)
		ui_fail(ui, &e);
	if (ui_ending(ui))
		v.end = FORM_LOST;
	json_decref(v.opened);
	json_decref(v.advice);
	free(v.before);
	free(v.verdicts);
	return v.end;
}
