#include "desk/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/names.h"
#include "base/text.h"
#include "store/journal.h"

enum { BEHIND_MOST = 120, HUB_MOST = 300, DAY = 86400, EPOCH_BLOCK = 3000 /* numbers of one day */ };

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

enum err desk_waits(struct desk *d, bool *waits, struct error *e)
{
	int64_t n = 0;
	enum err r = store_int(d->store, SQL_RESTORED_WAITS, 0, &n, e, "");
	*waits = r || n;
	return r;
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
	enum err r = d->restored ? desk_waits(d, &d->restored, e) : OK;
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

void desk_time(json_t *object, const char *name, int64_t utc)
{
	char text[21];
	if (utc)
		rfc3339_text(utc, text);
	json_object_set_new(object, name, utc ? json_string(text) : json_null());
}
