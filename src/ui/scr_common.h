/* What the business screens share: the desk behind the ui, use cases with a second person on the spot, and how values
 * read for an operator. */
#ifndef CERTDESK_UI_SCR_COMMON_H
#define CERTDESK_UI_SCR_COMMON_H

#include <jansson.h>

#include "desk/desk.h"
#include "ui/scr_line.h"
#include "ui/scr_watch.h"
#include "ui/screen.h"

struct opening;
struct app {
	struct desk *desk; /* NULL while the first screen is drawn */
	struct opening *opening;
	struct ui *ui;
	bool leaving;      /* the session ends: screens may still save what was keyed, and nothing else is done */
	struct staff left; /* whose it was */
	struct staff here; /* who logged in: where the desk knows nobody any more, their login was ended from elsewhere */
	char ended[128];   /* … by name, until they have heard it */
	bool proven;       /* the store key is this site's */
	struct error unproven;
	struct watch watch;
	struct line_watch line; /* to headquarters */
	char receipts[8][64]; /* the last receipt of this session by way of payment: the next number is proposed */
	json_t *scans; /* attached from this window: scr_used.h */
};
struct desk *app_desk(struct ui *ui);
/* Proves the store key once; false ends the program with the sentence. */
bool app_prove(struct ui *ui);
/* True where the actor has one of the roles (ROLE_* bits). */
bool app_is(struct ui *ui, unsigned roles);
bool app_may(struct ui *ui, enum permission permission);
enum { APP_JOINED = 2000 }; /* for ACTION_NEEDS: what can only be done where the site has joined headquarters */
void app_log_out(struct ui *ui); /* when the last screen has gone */
/* What a form shows of a draft, as it was read or last written. */
struct draft_seen {
	json_t *values;
	char told[300]; /* fields that another window changed, as they were last told of */
};
/* draft_save_over from what was seen, also for what stands in a form whose session has just ended; says so where another window is
 * at the same draft. */
enum err app_save_draft(struct ui *ui, const char *no, struct draft_seen *seen, const json_t *values, const char *focus, size_t cursor,
	struct error *e);
void app_show_person(struct ui *ui); /* the title line, after a login or logout */

/* What a use case takes and gives; a screen fills what its use case needs. */
struct call {
	const char *no, *a, *b;
	int64_t amount;
	bool flag;
	const json_t *data;
	const struct secret *secret;
	void *more;
	json_t *out; /* new reference */
};
typedef enum err use_case(struct desk *d, struct call *c, struct error *e);
/* Runs a use case. Where the actor may not do it alone (ERR_DESK_FORBIDDEN, ERR_DESK_TWO_PERSONS) a second
 * person can authorise it on the spot, and it is run again. */
enum err app_attempt(struct ui *ui, use_case *run, struct call *c, struct error *e);
/* The same, with a failure shown; true when it was done. */
bool app_do(struct ui *ui, use_case *run, struct call *c);

/* order_show's object, or NULL with the failure shown. */
json_t *app_order(struct ui *ui, const char *no);
/* Where a file of this name goes unless somebody says otherwise. */
void app_home_path(char *out, size_t size, const char *name);
/* The path of a file to write, from the operator, checked for nothing; "~/" is the home directory. */
bool app_ask_path(struct ui *ui, const char *title, const char *text, char *out, size_t size);
/* … of a file to read, asked for until there is one. The second takes a folder too, the third none, where `none`. */
bool app_ask_file(struct ui *ui, const char *title, const char *text, char *out, size_t size);
bool app_ask_file_or_folder(struct ui *ui, const char *title, const char *text, char *out, size_t size);
bool app_ask_file_or_none(struct ui *ui, const char *title, const char *text, bool none, char *out, size_t size);

/* Below the sentence of an empty list: the folder that it reads, `dir` or with "" the inbox. */
struct pane;
void scr_draw_folder(struct ui *ui, const struct pane *list, const char *dir);

/* The name of a business's form for that kind of customer; where there is none, one that opening it complains of. */
const char *scr_form_name(struct ui *ui, const char *business, const char *customer);
/* A business date from the operator, or "" for the one of now (scr_till.c). */
bool scr_ask_date(struct ui *ui, char date[11]);

/* "2026-11-22T13:05:00Z" to "2026-11-22 21:05" in China time; "" for anything else. */
#define SCR_TIME_SIZE 17
const char *scr_time(const char *rfc3339, char out[SCR_TIME_SIZE]);
/* "¥1,234.50" */
#define SCR_MONEY_SIZE 40
const char *scr_money(int64_t fen, char out[SCR_MONEY_SIZE]);
const char *scr_money_below(int64_t fen, char out[SCR_MONEY_SIZE]); /* … to the right of ten columns: sums below each other */
/* "1.4 MB", "812 kB" */
const char *scr_size(int64_t bytes, char out[32]);
/* A field's value as it reads: names of codes, yes and no. */
void scr_field_value(struct desk *d, const struct form *form, const struct form_field *field, const json_t *values,
	char *out, size_t size);
/* scr_words.c: a code of the store in the operator's words; what is unknown stays as it is. */
enum scr_words {
	WORD_FORM,        /* of a document */
	WORD_PICTURE,     /* its format */
	WORD_FACT         /* names of the journal's facts */
};
const char *scr_word(enum scr_words kind, const char *name);
const char *scr_key_state(const char *state);     /* 在库 */
const char *scr_medium(const char *medium);       /* 卡式纪念版介质; product names stay */
const char *scr_cert_state(const char *state);    /* 有效 */
const char *scr_order_short(const char *order);   /* 261127-00116: without its site, for where names need the room */
const char *scr_role(const char *role);           /* 主锁 */
enum { SCR_BRIEF = 9 };
const char *scr_brief(const char *title); /* an English status in SCR_BRIEF columns of a list, or a business in one less; else as it is */
const char *scr_destroyed(void);                  /* in place of a name that the rules had destroyed */

#endif
