/* What the files of the form on the screen share. */
#ifndef CERTDESK_UI_FORM_VIEW_PRIVATE_H
#define CERTDESK_UI_FORM_VIEW_PRIVATE_H

#include "ui/edit.h"
#include "ui/form_layout.h"
#include "ui/form_view.h"

#define FORM_ACTIONS_MOST 32
#define FORM_INLINE_MOST 6 /* options shown beside each other; longer tables open the chooser */

enum form_view_action { FORM_HELP = 1, FORM_FINISH, FORM_CHOOSE, FORM_MISSING };

struct form_view {
	struct ui *ui;
	struct form_view_options *o;
	const struct form *form;
	json_t *values;
	struct screen_class class;
	struct action actions[FORM_ACTIONS_MOST];
	struct form_layout layout;
	int columns, page, top;  /* of the pane; rows of the form shown, from `top` on */
	int pane_top;            /* screen row of the form's first row */
	size_t focus;            /* field, or FORM_NO_FIELD */
	struct edit edit;        /* the focused text field; text is NULL elsewhere */
	bool changed;            /* the edit holds what `values` doesn't */
	bool unsaved;            /* there is something that `save` hasn't seen */
	int64_t unsaved_since;
	bool stopped;            /* leaving was refused once for what stands there */
	bool advanced;           /* a full field has just led on: an Enter that follows is not for this one */
	char *before;            /* the field's value when the focus came, to know whether it was changed */
	char sought[32];         /* letters typed so far to find an option */
	size_t option;           /* the option under the cursor in selects */
	enum verdict *verdicts;  /* of each field, when last judged */
	size_t missing, wrong;
	json_t *advice;          /* {field: sentence} of what the form takes, or NULL */
	size_t news;             /* the field of which this key's doing made it say something, or FORM_NO_FIELD */
	json_t *opened;          /* the values as they came, where one question with yes and no is all that is asked; or NULL */
	enum form_end end;
};

/* form_view.c */
const struct form_field *form_view_field(const struct form_view *v); /* the focused one, or NULL */
void form_view_value_changed(struct form_view *v);                   /* lays out and counts anew, marks as unsaved */
bool form_view_leave(struct form_view *v, bool may_stop);            /* takes over what was typed; false: stays */
unsigned form_view_go(struct form_view *v, size_t field); /* leaves and goes there, unless a mistake holds */
void form_view_next_missing(struct form_view *v);
unsigned form_view_finish(struct form_view *v); /* F2 */
void form_view_take_over(struct form_view *v); /* what is being typed becomes the field's value */
void form_view_mark_unsaved(struct form_view *v);
/* A sentence about a field, with its name in front where it doesn't begin with it already. */
const char *form_view_about(const struct form_field *f, const char *message, char *out, size_t size);

/* form_view_type.c: text into the focused field */
unsigned form_view_typed(struct form_view *v, const struct event *event);
unsigned form_view_pasted(struct form_view *v, const struct event *event);
void form_view_complain_early(struct form_view *v, const struct form_field *f);

/* form_view_select.c: fields that are chosen */
const struct code_table *form_view_table(const struct form_view *v, const struct form_field *field);
bool form_view_is_inline(const struct form_view *v, const struct form_field *field);
bool form_view_has_option(const struct form_view *v, const struct form_field *field, const char *code);
void form_view_value_name(const struct form_view *v, const struct form_field *field, char *out, size_t size);
void form_view_choose(struct form_view *v, const char *typed);
unsigned form_view_select_handle(struct form_view *v, const struct event *event);
void form_view_take_shown(struct form_view *v);   /* the option shown in an empty, required choice becomes its value */
void form_view_select_start(struct form_view *v); /* puts the cursor on what is chosen */

/* form_view_draw.c */
void form_view_draw(struct ui *ui, void *data, struct pane *pane);
void form_view_help(struct form_view *v);

#endif
