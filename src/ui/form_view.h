/* A form on the screen: shows `struct form` with its values and lets them be
 * keyed. Runs as a screen of its own on top of the caller's.
 *
 * Keys: Enter next required and empty field, Tab ↓ next, Shift-Tab ↑ previous,
 * F2 finish, F4 or Space choose, F1 help on the field, PgUp PgDn by section. */
#ifndef CERTDESK_UI_FORM_VIEW_H
#define CERTDESK_UI_FORM_VIEW_H

#include <jansson.h>

#include "rules/form.h"
#include "ui/screen.h"

enum form_end {
	FORM_FINISHED, /* F2, and no mistake is left */
	FORM_BACK,     /* ESC or F10: left as it is */
	FORM_ACTION,   /* one of the caller's actions asked to leave; its id in options->action */
	FORM_LOST      /* the program is ending; saved */
};

struct form_view_options {
	const struct form *form;
	struct code_tables *codes;
	json_t *values;     /* in and out; the caller's */
	const char *title;  /* NULL: the form's */
	const char *finish; /* text of F2 on the bar, NULL: 完成 / Finish */
	const char *focus;  /* field to start at, NULL or unknown: the first required and empty one */
	size_t cursor;      /* byte offset in it */
	bool show_only;     /* nothing can be keyed */
	/* Called when a field is left with a change, and at the latest a second after a key while typing. `values`
	 * holds what is being typed, too. A failure is shown and typing goes on. May be NULL. */
	enum err (*save)(void *arg, const json_t *values, const char *focus, size_t cursor, struct error *e);
	/* A valid value was keyed into a field that is new there: data known for it, as a new object to merge,
	 * and a question in `question` ("上次办理的资料：… 要带入吗？"); NULL where nothing is known. May be NULL. */
	json_t *(*known)(void *arg, const char *field, const char *value, char *question, size_t size);
	/* What is to be said of fields whose values the form takes, as a new object {field: sentence}: marked and shown as a warning, when it
	 * arises while the form is open and when the field is come to. Asked at the start and when values change. NULL: nothing. May be NULL. */
	json_t *(*advice)(void *arg, const json_t *values);
	/* F2, and no mistake is left: false keeps the form open, and has said why. May be NULL. */
	bool (*may_finish)(void *arg, struct ui *ui);
	/* The caller's further keys, ids from 100; a zeroed row ends; may be NULL. `act` may run dialogs and change
	 * values; returns true to leave the form with FORM_ACTION. */
	const struct action *actions;
	bool (*act)(void *arg, struct ui *ui, int action, const char *field, json_t *values);
	void *arg;
	int action; /* out */
};

enum form_end form_view_run(struct ui *ui, struct form_view_options *options);

#endif
