/* The use cases' context: one open site and who works at it. Every use case is one
 * function: it checks the permission, applies the rules, changes the store and
 * journals, in this order; interfaces hold no rule and can't go round one.
 *
 * Results for interfaces are JSON objects with the stable names that `--json`
 * prints (certdesk(1) lists them): money in fen, times RFC 3339 UTC, serials as
 * strings, a missing value is null. They are new references of the caller's.
 *
 * Errors that every use case can return: ERR_DESK_LOGIN (nobody logged in), ERR_DESK_FORBIDDEN (role),
 * ERR_DESK_SEPARATION, ERR_DESK_NO_ORDER, ERR_DESK_STATUS (not in this status), ERR_DESK_CLOCK, ERR_STORE_*. */
#ifndef CERTDESK_DESK_DESK_H
#define CERTDESK_DESK_DESK_H

#include <jansson.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "ca/ca.h"
#include "desk/config.h"
#include "notify/messages.h"
#include "notify/notify.h"
#include "rules/codes.h"
#include "rules/form.h"
#include "rules/permission.h"
#include "rules/texts.h"
#include "store/store.h"

#define CERTDESK_VERSION "0.1.0"
#define ORDER_NO_SIZE 40

struct staff {
	int64_t id; /* 0: nobody */
	char login[33], name[128];
	unsigned roles;
};

enum { DESK_FORMS = 32 };
struct provider_call;
struct worker;

struct desk {
	char *dir, *share; /* the site's data; forms/, reports/ */
	int share_held;    /* keeps what was laid down while this session works with it; -1: the shipped ones */
	struct config config;
	struct store *store;
	struct clock clock;
	struct code_tables *codes;
	struct form *forms[DESK_FORMS]; /* loaded when asked for */
	struct texts *texts;            /* … these too */
	struct messages *messages;
	struct notify *notify;
	struct ca *ca, *own_ca; /* the one that issues; the local one, where that is another */
	struct profiles *profiles;
	struct worker *worker, *clerk; /* issuing's, which begins with threads that are there; NULL: none was asked for yet */
	char site[33], site_name[128];
	bool demonstration;
	char station[33];
	struct staff actor, second; /* second: on the spot, for one action; cleared by every step */
	bool timer;                 /* `tick`: the actor is "system" */
	bool restored;              /* from a backup, and headquarters hasn't answered since: restored.h; when this was opened */
	/* The line to headquarters' CA (sync_ask_ca), from whoever opens the site; NULL: none. `body` is POST /v1/ca/issue's; *out is its answer. */
	enum err (*ask_ca)(struct desk *d, const json_t *body, bool asked, json_t **out, struct error *e);
	enum err (*reach_ca)(struct desk *d, struct error *e); /* sync_reach_ca; NULL: none */
	enum err (*provider_way)(struct provider_call *call, struct error *e); /* to the payment provider (provider.h); NULL: over the network */
};

/* Opens the site in `dir` (NULL: CERTDESK_HOME, else ~/.local/share/certdesk): configuration, store key, store.
 * ERR_STORE_*, ERR_YAML, ERR_DESK_KEY (the store key can't be read). */
enum err desk_open(const char *dir, struct desk **out, struct error *e);
/* Whether there is a site at all: what can be said before anything is opened. ERR_STORE_MISSING, ERR_DESK_SHARE, ERR_MEMORY. */
enum err desk_there(const char *dir, struct error *e);
/* desk_open without the proof that the store key is this site's, which costs more than all the rest: for screens, which show
 * the first one and prove it right behind. ERR_DESK_KEY. */
enum err desk_open_unproven(const char *dir, struct desk **out, struct error *e);
/* Proven, the site gets the shipped rows of tables that came with a newer program. */
enum err desk_prove(struct desk *d, struct error *e);
void desk_close(struct desk **desk);
/* The directory that would be opened; new string. */
char *desk_dir(const char *dir);

struct init_options {
	const char *dir, *site, *name, *admin, *admin_name; /* admin_name may be NULL */
	const char *keys;                                   /* where the store key goes; NULL: DIR.keys beside DIR */
	const char *recovery; /* PEM certificate that the store key is wrapped to (recovery.h); NULL: none */
	const struct secret *password;
	int64_t now; /* 0: the system's clock */
	bool without_ca; /* for a site that issues nothing */
};
/* Makes a site: directories, store key, store, signing pair, local CA, shipped tables, first admin. Whole or not at all. */
enum err desk_init(const struct init_options *options, struct error *e);

int64_t desk_now(const struct desk *d);
/* The form of that name, "new-unit", loaded once; the desk's. ERR_DESK_NO_FORM, ERR_RULES_FORM. */
enum err desk_form(struct desk *d, const char *name, const struct form **out, struct error *e);
/* The form of a business for that kind of customer, by what the definition says of itself. ERR_DESK_NO_FORM. */
enum err desk_form_for(struct desk *d, const char *business, const char *customer, const struct form **out, struct error *e);
enum err desk_texts(struct desk *d, const struct texts **out, struct error *e);

/* For use cases ------------------------------------------------------------------------------------- */

/* Says who does the action: the actor, or the second person where the actor may not. */
enum err desk_allow(struct desk *d, enum permission action, const struct staff **who, struct error *e);
/* Two persons: the actor and the second one on the spot, who are not the same, one with `first`, the other with `other` (in either
 * order). ERR_DESK_TWO_PERSONS, ERR_DESK_OWN_RIGHT (the actor has neither), besides desk_allow's for `first`. */
enum err desk_two(struct desk *d, enum permission first, enum permission other, struct error *e);
/* desk_allow for what any logged-in member of staff may. */
enum err desk_logged_in(struct desk *d, struct error *e);
/* Signing, issuing and closing stop while the clock is more than two minutes behind the journal, or, when it was compared last, five
 * from headquarters'. ERR_DESK_CLOCK, ERR_DESK_CLOCK_HUB. */
enum err desk_clock_right(struct desk *d, struct error *e);
/* Whether a restored site waits for headquarters still (restored.h): another process may have gone round. */
enum err desk_waits(struct desk *d, bool *waits, struct error *e);
/* Commits the step under way: action's name (or `name` where not NULL), subject, files and facts (may be NULL). The
 * second person's credential ends with it. ERR_DESK_RESTORED (restored.h). */
enum err desk_commit(struct desk *d, enum permission action, const char *name, const char *subject, const json_t *files,
                     const json_t *facts, struct error *e);
/* "2026-11-22": the business date 班次日 of now: today's, or, once that is frozen by the day's end, the next. */
void desk_business_date(const struct desk *d, char out[11]);
/* The next number of a counter; inside a step. A new epoch begins a fresh block of each. */
enum err desk_count(struct desk *d, const char *name, int64_t *out, struct error *e);
/* The CA that issues here, local or headquarters' (`ca` in certdesk.yaml); and the local one, whose list goes on with what it issued.
 * Owned by the desk. ERR_CA_KEY, ERR_DESK_CA_UNKNOWN. */
enum err desk_ca(struct desk *d, struct ca **out, struct error *e);
enum err desk_own_ca(struct desk *d, struct ca **out, struct error *e);
enum err desk_profile(struct desk *d, const char *name, const struct profile **out, struct error *e);
/* Whether the table of messages sends this one by this channel; true too where it can't be read or doesn't know it, which sending then says. */
bool desk_message_goes(struct desk *d, enum notify_channel channel, const char *template);
/* Fills the message template (${site} and ${phone} are known; at most 8 values besides) and sends it. `id` may be NULL. ERR_NOTIFY_TEMPLATE: it
 * doesn't go by this channel. */
enum err desk_message(struct desk *d, enum notify_channel channel, const char *to, const char *template,
                      const struct message_value *values, size_t count, char id[NOTIFY_ID_SIZE], struct error *e);
/* The same made ready: notify_post sends it, notify_drop never. */
enum err desk_message_ready(struct desk *d, enum notify_channel channel, const char *to, const char *template,
                            const struct message_value *values, size_t count, struct notify_letter **out, struct error *e);
/* The same as a mail with files. */
enum err desk_mail(struct desk *d, const char *to, const char *template, const struct message_value *values, size_t count,
                   const struct notify_attachment *files, size_t file_count, struct error *e);
/* Adds {"name": RFC 3339 text or null where `utc` is 0} */
void desk_time(json_t *object, const char *name, int64_t utc);

#endif
