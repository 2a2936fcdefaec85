#include "desk/desk.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/names.h"
#include "base/text.h"
#include "base/worker.h"
#include "desk/hubca.h"
#include "desk/orderrow.h"
#include "desk/publication.h"
#include "desk/recovery.h"
#include "desk/restored.h"
#include "desk/tables.h"
#include "store/journal.h"

enum { BEHIND_MOST = 120, HUB_MOST = 300, MESSAGE_VALUES = 8, DAY = 86400, EPOCH_BLOCK = 3000 /* numbers of one day */ };

char *desk_dir(const char *dir)
{
	const char *home = getenv("CERTDESK_HOME");
	if (!dir && home && *home)
		dir = home;
	if (dir)
		return strdup(dir);
	home = getenv("HOME");
	return path_join(home && *home ? home : ".", ".local/share/certdesk");
}

/* A key of ours is for us alone; one handed to us by another owner (a service manager) may be for our group. */
static bool key_open_to_others(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && (st.st_mode & (st.st_uid == geteuid() ? S_IRWXG | S_IRWXO : S_IRWXO));
}

static enum err load_key(struct desk *d, struct secret *key, struct error *e)
{
	struct bytes raw = {0};
	if (key_open_to_others(d->config.store_key))
		return error_set(e, ERR_DESK_KEY_MODE, "%s", d->config.store_key);
	enum err r = file_read(d->config.store_key, 128, &raw, NULL);
	if (r || !store_key_parse(raw.data, raw.length, key))
		r = error_set(e, ERR_DESK_KEY, "%s", d->config.store_key);
	OPENSSL_cleanse(raw.data, raw.length);
	bytes_free(&raw);
	return r;
}

/* Another site's key would open nothing that is there, yet seal what is new. The site's own key is the first. */
enum err desk_prove(struct desk *d, struct error *e)
{
	struct bytes sealed = {0};
	enum err r = datakey_seal(d->store, 1, "site", "", 0, &sealed, e);
	bytes_free(&sealed);
	if (r)
		return r == ERR_SEALED ? error_set(e, ERR_DESK_KEY, "%s", d->config.store_key) : r;
	tables_complete(d, NULL); /* where it can't be done now (a full disk) the next opening tries again, and doctor tells */
	return OK;
}

static enum err load_site(struct desk *d, struct error *e)
{
	json_t *site = NULL;
	enum err r = store_row(d->store, SQL_SITE_GET, &site, e, "");
	if (!r && !site)
		r = error_set(e, ERR_STORE_BROKEN, "%s", d->dir);
	if (!r) {
		text_copy(d->site, sizeof d->site, json_text(site, "code"));
		text_copy(d->site_name, sizeof d->site_name, json_text(site, "name"));
		d->demonstration = json_number(site, "demonstration") != 0;
	}
	json_decref(site);
	return r;
}

/* The window: what the terminal's login says (sshd sets it from the key), else the configuration. */
static void choose_station(struct desk *d)
{
	const char *set = getenv("CERTDESK_STATION");
	text_copy(d->station, sizeof d->station, set && *set ? set : d->config.station);
}

/* Those that headquarters laid down for this version of the program go before the shipped ones. */
static enum err find_definitions(struct desk *d, char **codes, struct error *e)
{
	char *laid = publication_hold(d->store, d->dir, &d->share_held);
	if (laid) {
		free(d->share);
		d->share = laid;
	}
	if (!(*codes = path_join(d->share, "forms/codes")))
		return ERR_MEMORY;
	return access(*codes, R_OK) == 0 ? OK : error_set(e, ERR_DESK_SHARE, "%s", *codes);
}

static enum err find_site(const char *dir, char **site, char **share, char **file, struct error *e)
{
	*site = desk_dir(dir);
	*share = share_dir();
	*file = *site ? path_join(*site, "certdesk.db") : NULL;
	if (!*file || !*share)
		return *share ? ERR_MEMORY : error_set(e, ERR_DESK_SHARE, "forms/");
	return access(*file, F_OK) == 0 ? OK : error_set(e, ERR_STORE_MISSING, "%s", *site);
}

enum err desk_there(const char *dir, struct error *e)
{
	char *site = NULL, *share = NULL, *file = NULL;
	enum err r = find_site(dir, &site, &share, &file, e);
	free(site);
	free(share);
	free(file);
	return r;
}

enum err desk_open_unproven(const char *dir, struct desk **out, struct error *e)
{
	struct desk *d = calloc(1, sizeof *d);
	struct secret key = {0};
	char *file = NULL, *codes = NULL;
	*out = NULL;
	if (!d)
		return ERR_MEMORY;
	d->clock = CLOCK_SYSTEM;
	d->share_held = -1;
	enum err r = find_site(dir, &d->dir, &d->share, &file, e);
	if (!r && !(r = config_load(d->dir, &d->config, e)) && !(r = load_key(d, &key, e)) &&
	    !(r = store_open(file, &key, &d->store, e)) && !(r = load_site(d, e)) && !(r = restored_waits(d, &d->restored, e)) && !(r = find_definitions(d, &codes, e)) &&
	    !(r = codes_open(codes, &d->codes, e)))
		choose_station(d);
	secret_wipe(&key);
	free(file);
	free(codes);
	if (r)
		desk_close(&d);
	*out = d;
	return r;
}

enum err desk_open(const char *dir, struct desk **out, struct error *e)
{
	enum err r = desk_open_unproven(dir, out, e);
	if (!r && (r = desk_prove(*out, e)))
		desk_close(out);
	return r;
}

void desk_close(struct desk **desk)
{
	struct desk *d = *desk;
	if (!d)
		return;
	worker_end(&d->worker);
	worker_end(&d->clerk);
	for (size_t i = 0; i < DESK_FORMS; i++)
		form_free(&d->forms[i]);
	texts_free(&d->texts);
	messages_free(&d->messages);
	notify_close(&d->notify);
	ca_close(&d->ca);
	ca_close(&d->own_ca);
	profiles_free(&d->profiles);
	codes_free(&d->codes);
	store_close(&d->store);
	config_free(&d->config);
	free(d->dir);
	free(d->share);
	if (d->share_held >= 0)
		close(d->share_held);
	free(d);
	*desk = NULL;
}

int64_t desk_now(const struct desk *d)
{
	return clock_now(&d->clock);
}

static char *share_path(const struct desk *d, const char *below, const char *name, const char *suffix)
{
	char *out = NULL;
	return asprintf(&out, "%s/%s%s%s", d->share, below, name, suffix) < 0 ? NULL : out;
}

enum err desk_form(struct desk *d, const char *name, const struct form **out, struct error *e)
{
	size_t i = 0;
	*out = NULL;
	for (; i < DESK_FORMS && d->forms[i]; i++)
		if (strcmp(d->forms[i]->name, name) == 0) {
			*out = d->forms[i];
			return OK;
		}
	char *path = definition_name_good(name) && i < DESK_FORMS ? share_path(d, "forms/", name, ".yaml") : NULL;
	enum err r = !path || access(path, R_OK) != 0 ? error_set(e, ERR_DESK_NO_FORM, "%s", name)
	                                              : form_load(path, d->codes, &d->forms[i], e);
	*out = r ? NULL : d->forms[i];
	free(path);
	return r;
}

enum err desk_form_for(struct desk *d, const char *business, const char *customer, const struct form **out, struct error *e)
{
	char both[80];
	const char *const names[] = {both, business}; /* one for this kind, or one for any */
	enum err r = OK;
	snprintf(both, sizeof both, "%s-%s", business, customer);
	for (size_t i = 0; i < 2; i++) {
		r = desk_form(d, names[i], out, e);
		if (!r && strcmp((*out)->business, business) == 0 &&
		    (strcmp((*out)->customer, "any") == 0 || strcmp((*out)->customer, customer) == 0))
			return OK;
		if (r && r != ERR_DESK_NO_FORM)
			return r;
	}
	*out = NULL;
	return error_set(e, ERR_DESK_NO_FORM, "%s", both);
}

enum err desk_texts(struct desk *d, const struct texts **out, struct error *e)
{
	enum err r = OK;
	if (!d->texts) {
		char *dir = share_path(d, "forms/texts", "", "");
		r = dir ? texts_load(dir, &d->texts, e) : ERR_MEMORY;
		free(dir);
	}
	*out = d->texts;
	return r;
}

/* Roles as they are now: who was disabled or lost a role since the login stops at the next action. */
static enum err look_again(struct desk *d, struct staff *s, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = s->id ? store_query(d->store, SQL_STAFF_BY_ID, &rows, e, "i", s->id) : OK;
	if (r || !rows)
		return r;
	bool there = rows_next(rows) && !rows_int(rows, 5);
	unsigned roles = there ? roles_parse(rows_text(rows, 3)) : 0;
	if ((r = rows_end(&rows, e))) /* that it can't be looked at says nothing of them */
		return r;
	if (there)
		s->roles = roles;
	else
		*s = (struct staff){0};
	return OK;
}

enum err desk_allow(struct desk *d, enum permission permission, const struct staff **who, struct error *e)
{
	unsigned needed = permission_roles(permission);
	if (who)
		*who = &d->actor;
	if (d->timer)
		return OK;
	enum err r = look_again(d, &d->actor, e);
	if (r || (r = look_again(d, &d->second, e)))
		return r;
	if (!d->actor.id)
		return error_set(e, ERR_DESK_LOGIN, "%s", "");
	if (d->actor.roles & needed)
		return OK;
	if (d->second.id && (d->second.roles & needed)) {
		if (who)
			*who = &d->second;
		return OK;
	}
	return error_set(e, ERR_DESK_FORBIDDEN, "%s", permission_title(permission));
}

static bool holds(const struct staff *s, enum permission permission)
{
	return s->id && (s->roles & permission_roles(permission));
}

enum err desk_two(struct desk *d, enum permission first, enum permission other, struct error *e)
{
	const struct staff *a = &d->actor, *b = &d->second;
	enum err r = desk_allow(d, first, NULL, e);
	bool two = a->id != b->id && ((holds(a, first) && holds(b, other)) || (holds(b, first) && holds(a, other)));
	if (r || two)
		return r;
	bool neither = !holds(a, first) && !holds(a, other); /* the second one was all that allowed it */
	return neither ? error_set(e, ERR_DESK_OWN_RIGHT, "%s", permission_title(first)) : error_set(e, ERR_DESK_TWO_PERSONS, "%s", permission_title(other));
}

enum err desk_logged_in(struct desk *d, struct error *e)
{
	return d->actor.id || d->timer ? OK : error_set(e, ERR_DESK_LOGIN, "%s", "");
}

enum err desk_clock_right(struct desk *d, struct error *e)
{
	int64_t seq, newest, now = desk_now(d);
	char hash[DIGEST_TEXT_SIZE];
	int64_t off = 0;
	enum err r = journal_head(d->store, &seq, &newest, hash, e);
	if (!r && newest - now > BEHIND_MOST)
		r = error_set(e, ERR_DESK_CLOCK, "%lld", (long long)(newest - now));
	if (!r && !(r = store_int(d->store, SQL_SYNC_CLOCK, 0, &off, e, "")) && (off > HUB_MOST || off < -HUB_MOST))
		r = error_set(e, ERR_DESK_CLOCK_HUB, "%lld", (long long)(off < 0 ? -off : off));
	return r;
}

static void person_text(const struct desk *d, const struct staff *s, char *out, size_t size)
{
	snprintf(out, size, "%s/%s", d->site, s->login);
}

enum err desk_commit(struct desk *d, enum permission permission, const char *name, const char *subject, const json_t *files,
                     const json_t *facts, struct error *e)
{
	char actor[80] = "", second[80] = "";
	if (d->timer)
		text_copy(actor, sizeof actor, "system");
	else if (d->actor.id)
		person_text(d, &d->actor, actor, sizeof actor);
	if (d->second.id)
		person_text(d, &d->second, second, sizeof second);
	struct step step = {.action = name ? name : permission_name(permission), .subject = subject, .site = d->site,
	                    .station = d->station, .actor = actor, .second = second, .program = "certdesk " CERTDESK_VERSION,
	                    .files = files, .facts = facts, .now = desk_now(d)};
	enum err r = d->restored ? restored_waits(d, &d->restored, e) : OK;
	bool waits = d->restored && strcmp(step.action, "site.epoch") != 0; /* which ends what came back */
	if (!r && waits && strcmp(step.action, "login.failed") == 0) /* tries count, whatever may be recorded */
		r = store_commit_plain(d->store, e);
	else if (!r)
		r = waits ? error_set(e, ERR_DESK_RESTORED, "%s", "") : store_commit(d->store, &step, e);
	d->second = (struct staff){0}; /* their credential was for this one step, done or not */
	return r;
}

/* A frozen date takes no more: what comes in the evening after the close counts to the next. Should the store not answer,
 * today stands, and whoever moves money asks again (till_shift). */
void desk_business_date(const struct desk *d, char out[11])
{
	struct rows *rows = NULL;
	int64_t day;
	civil_date_text(desk_now(d), out);
	if (store_query(d->store, SQL_DAY_FROZEN, &rows, NULL, "") == OK && rows_next(rows) && strcmp(rows_text(rows, 0), out) >= 0 &&
	    civil_parse_date(rows_text(rows, 0), &day))
		civil_date_text(day + DAY, out);
	rows_end(&rows, NULL);
}

enum err desk_count(struct desk *d, const char *name, int64_t *out, struct error *e)
{
	return store_int(d->store, SQL_COUNTER_NEXT, 0, out, e, "ti", name, (int64_t)EPOCH_BLOCK);
}

static enum err open_local_ca(struct desk *d, struct ca **out, struct error *e)
{
	struct secret passphrase = {0}, raw = {0};
	char *dir = path_join(d->dir, "ca");
	enum err r = dir ? key_derive(store_key(d->store), "ca-key", &raw) : ERR_MEMORY;
	if (!r) {
		char hex[65];
		hex_encode(hex, (uint8_t *)raw.data, 32);
		secret_set(&passphrase, hex, 64);
		OPENSSL_cleanse(hex, sizeof hex);
		r = ca_open(dir, &passphrase, out, e);
	}
	secret_wipe(&raw);
	secret_wipe(&passphrase);
	free(dir);
	return r;
}

enum err desk_ca(struct desk *d, struct ca **out, struct error *e)
{
	enum err r = d->ca ? OK : hubca_chosen(d) ? hubca_open(d, &d->ca, e) : open_local_ca(d, &d->ca, e);
	*out = d->ca;
	return r;
}

enum err desk_own_ca(struct desk *d, struct ca **out, struct error *e)
{
	if (!hubca_chosen(d))
		return desk_ca(d, out, e);
	enum err r = d->own_ca ? OK : open_local_ca(d, &d->own_ca, e);
	*out = d->own_ca;
	return r;
}

enum err desk_profile(struct desk *d, const char *name, const struct profile **out, struct error *e)
{
	enum err r = OK;
	if (!d->profiles) {
		char *path = share_path(d, "forms/tables/profiles.yaml", "", "");
		r = path ? profiles_load(path, &d->profiles, e) : ERR_MEMORY;
		free(path);
	}
	*out = r ? NULL : profiles_find(d->profiles, name);
	return r ? r : *out ? OK : error_set(e, ERR_CA_PROFILE, "%s", name);
}

static enum err open_messages(struct desk *d, struct error *e)
{
	if (d->messages)
		return OK;
	char *path = share_path(d, "forms/texts/messages.tsv", "", "");
	enum err r = path ? messages_load(path, &d->messages, e) : ERR_MEMORY;
	free(path);
	return r;
}

bool desk_message_goes(struct desk *d, enum notify_channel channel, const char *template)
{
	const enum notify_channel other = channel == NOTIFY_SMS ? NOTIFY_MAIL : NOTIFY_SMS;
	return open_messages(d, NULL) || messages_goes(d->messages, template, channel) || !messages_goes(d->messages, template, other);
}

/* The text of a message; opens what sends it. */
static enum err fill_message(struct desk *d, enum notify_channel channel, const char *template, const struct message_value *values, size_t count,
                             struct bytes *text, struct error *e)
{
	struct message_value all[MESSAGE_VALUES + 2];
	if (count > MESSAGE_VALUES)
		return error_set(e, ERR_INTERNAL, "%s", template);
	for (size_t i = 0; i < count; i++)
		all[i] = values[i];
	/* every text may name the service point and its phone */
	all[count] = (struct message_value){"site", d->site_name};
	all[count + 1] = (struct message_value){"phone", d->config.phone};
	enum err r = open_messages(d, e);
	if (!r && !messages_goes(d->messages, template, channel))
		r = error_set(e, ERR_NOTIFY_TEMPLATE, "messages.tsv: %s: %s", template, channel == NOTIFY_SMS ? "sms" : "mail");
	if (!r && !d->notify)
		r = notify_open_outbox(d->dir, &d->notify, e);
	return r ? r : messages_fill(d->messages, template, LANG_ZH, all, count + 2, text, e);
}

enum err desk_message(struct desk *d, enum notify_channel channel, const char *to, const char *template,
                      const struct message_value *values, size_t count, char id[NOTIFY_ID_SIZE], struct error *e)
{
	struct bytes text = {0};
	char kept[NOTIFY_ID_SIZE];
	enum err r = fill_message(d, channel, template, values, count, &text, e);
	if (!r)
		r = notify_send(d->notify, channel, to, template, &text, desk_now(d), id ? id : kept, e);
	bytes_free(&text);
	return r;
}

enum err desk_message_ready(struct desk *d, enum notify_channel channel, const char *to, const char *template,
                            const struct message_value *values, size_t count, struct notify_letter **out, struct error *e)
{
	struct bytes text = {0};
	enum err r = fill_message(d, channel, template, values, count, &text, e);
	*out = NULL;
	if (!r)
		r = notify_prepare(d->notify, channel, to, template, &text, desk_now(d), out, e);
	bytes_free(&text);
	return r;
}

enum err desk_mail(struct desk *d, const char *to, const char *template, const struct message_value *values, size_t count,
                   const struct notify_attachment *files, size_t file_count, struct error *e)
{
	struct bytes text = {0};
	char id[NOTIFY_ID_SIZE];
	enum err r = fill_message(d, NOTIFY_MAIL, template, values, count, &text, e);
	if (!r)
		r = notify_mail(d->notify, to, template, &text, files, file_count, desk_now(d), id, e);
	bytes_free(&text);
	return r;
}

void desk_time(json_t *object, const char *name, int64_t utc)
{
	char text[21];
	if (utc)
		rfc3339_text(utc, text);
	json_object_set_new(object, name, utc ? json_string(text) : json_null());
}
