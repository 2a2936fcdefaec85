/* Text that is typed or pasted into a field of a form. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/edit_key.h"
#include "ui/form_view_private.h"

void form_view_complain_early(struct form_view *v, const struct form_field *f)
{
	struct check_result r = {0};
	const struct check *check = form_check(v->form, f, v->values);
	struct check_context context = {.today = ui_now(v->ui)};
	char sentence[512];
	if (f->fixed && edit_is_full(&v->edit)) {
		form_view_take_over(v);
		form_judge(v->form, v->o->codes, f, v->values, ui_now(v->ui), &r);
		if (r.verdict == VERDICT_INVALID)
			ui_hint(v->ui, ROLE_ERROR, form_view_about(f, r.message, sentence, sizeof sentence));
	} else if (check && v->edit.length > 0 && check_hopeless(check, v->edit.text, &context, &r)) {
		ui_hint(v->ui, ROLE_ERROR, r.message);
	}
}

/* A field of fixed width that has become full and right lets the typing go on where Enter would lead. */
static bool is_complete(struct form_view *v, const struct form_field *f)
{
	struct check_result r = {0};
	if (!f->fixed || !edit_is_full(&v->edit))
		return false;
	form_view_take_over(v);
	form_judge(v->form, v->o->codes, f, v->values, ui_now(v->ui), &r);
	return r.verdict != VERDICT_INVALID;
}

/* Goes on from a full field to where Enter would lead; what leaving brings from the file needs no visit. */
static bool lead_on(struct form_view *v)
{
	size_t next = form_next_missing(v->form, v->values, v->focus);
	if (next == FORM_NO_FIELD)
		next = form_step(v->form, v->values, v->focus, 1);
	if (next == FORM_NO_FIELD)
		return false;
	form_view_go(v, next);
	next = form_next_missing(v->form, v->values, v->focus);
	if (next != FORM_NO_FIELD && form_view_field(v) && !form_is_empty(form_view_field(v), v->values))
		form_view_go(v, next);
	v->advanced = true;
	return true;
}

/* What doesn't go into a field any more is kept off, and the clerk hears why. */
static void refuse_rest(struct form_view *v, const struct form_field *f)
{
	struct check_result r = {0};
	char text[200], sentence[512];
	if (f->fixed)
		form_judge(v->form, v->o->codes, f, v->values, ui_now(v->ui), &r);
	if (r.verdict != VERDICT_INVALID)
		snprintf(text, sizeof text, tr("已经满 %zu 位，多出的没有录入", "full with %zu characters; the rest wasn't taken"),
			edit_count(&v->edit));
	ui_error(v->ui, "%s",
		form_view_about(f, r.verdict == VERDICT_INVALID ? r.message : text, sentence, sizeof sentence));
}

/* Spaces, dashes and +86 are folded away when a field is left; where one of fixed length is full of them, before. */
static bool make_room(struct form_view *v, const struct form_field *f)
{
	const struct check *check = form_check(v->form, f, v->values);
	if (!f->fixed || !check || !edit_is_full(&v->edit) || v->edit.cursor != v->edit.length)
		return false;
	char *folded = check_normalise(check, v->edit.text);
	bool shorter = folded && strlen(folded) < v->edit.length;
	if (shorter)
		edit_set(&v->edit, folded);
	free(folded);
	return shorter;
}

static enum edit_result take_in(struct form_view *v, const struct form_field *f, const struct event *event, size_t *used)
{
	enum edit_result result = EDIT_DONE;
	struct event rest = *event;
	*used = event->length;
	edit_handle(&v->edit, event, &result, used);
	while (make_room(v, f) && *used < event->length) {
		size_t more = rest.length = event->length - *used;
		rest.text = event->text + *used;
		edit_handle(&v->edit, &rest, &result, &more);
		*used += more;
	}
	return result;
}

unsigned form_view_typed(struct form_view *v, const struct event *event)
{
	const struct form_field *f = form_view_field(v);
	size_t used = 0;
	if (!v->edit.text)
		return form_view_select_handle(v, event) | UI_DRAW;
	bool was_full = edit_is_full(&v->edit);
	enum edit_result result = take_in(v, f, event, &used);
	v->changed = true;
	v->stopped = false;
	form_view_mark_unsaved(v);
	if (!was_full && is_complete(v, f)) {
		/* before leaving: it may ask something, and the rest was typed as an answer */
		ui_give_back(v->ui, event->text + used, event->length - used);
		if (lead_on(v) || used == event->length)
			return UI_DRAW;
	}
	if (used < event->length) {
		form_view_take_over(v);
		refuse_rest(v, f);
		return UI_DRAW;
	}
	if (result == EDIT_REFUSED)
		term_beep(ui_term(v->ui));
	form_view_complain_early(v, f);
	return UI_DRAW;
}

/* A paste stays in its field: it neither jumps nor submits, and comes folded as the field's kind folds it. */
unsigned form_view_pasted(struct form_view *v, const struct event *event)
{
	const struct form_field *f = form_view_field(v);
	const struct check *check = form_check(v->form, f, v->values);
	struct event part = *event;
	enum edit_result result = EDIT_DONE;
	char *folded = NULL;
	if (!v->edit.text)
		return form_view_select_handle(v, event);
	if (check && v->edit.length == 0 && (folded = check_normalise(check, event->text))) {
		part.text = folded;
		part.length = strlen(folded);
	}
	edit_handle(&v->edit, &part, &result, NULL);
	free(folded);
	if (result == EDIT_REFUSED)
		term_beep(ui_term(v->ui));
	v->changed = true;
	v->stopped = false;
	form_view_mark_unsaved(v);
	form_view_complain_early(v, f);
	return UI_DRAW;
}
