#include "desk/staff.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/names.h"
#include "base/text.h"

enum { TRIES = 5, LOCK_SECONDS = 15 * 60 };

struct record {
	struct staff staff;
	char password[PASSWORD_RECORD_SIZE];
	bool disabled;
	int64_t failed, locked_until;
};

static enum err read_record(struct rows *rows, struct record *out, struct error *e)
{
	*out = (struct record){0};
	if (rows_next(rows)) {
		out->staff.id = rows_int(rows, 0);
		text_copy(out->staff.login, sizeof out->staff.login, rows_text(rows, 1));
		text_copy(out->staff.name, sizeof out->staff.name, rows_text(rows, 2));
		out->staff.roles = roles_parse(rows_text(rows, 3));
		text_copy(out->password, sizeof out->password, rows_text(rows, 4));
		out->disabled = rows_int(rows, 5) != 0;
		out->failed = rows_int(rows, 6);
		out->locked_until = rows_int(rows, 7);
	}
	return rows_end(&rows, e);
}

static enum err find(struct desk *d, const char *login, struct record *out, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query(d->store, SQL_STAFF_BY_LOGIN, &rows, e, "t", login);
	return r ? r : read_record(rows, out, e);
}

static enum err not_locked(struct desk *d, const struct record *who, struct error *e)
{
	char until[17];
	if (who->locked_until <= desk_now(d))
		return OK;
	civil_minute_text(who->locked_until, until);
	return error_set(e, ERR_DESK_LOCKED, "%s", until);
}

/* A wrong try: counted, journalled, and the fifth locks, and says so. */
static enum err wrong_try(struct desk *d, struct record *who, const char *login, struct error *e)
{
	int64_t failed = 0;
	/* an unknown name may be a password typed one field too early */
	const char *subject = who->staff.id ? login : "?";
	enum err r = store_begin(d->store, e);
	if (!r && who->staff.id)
		r = store_int(d->store, SQL_ATTEMPT_FAILED, 0, &failed, e, "i", who->staff.id);
	if (failed >= TRIES)
		who->locked_until = desk_now(d) + LOCK_SECONDS;
	if (!r && failed >= TRIES)
		r = store_run(d->store, SQL_ATTEMPT_LOCK, NULL, e, "ii", who->staff.id, who->locked_until);
	json_t *facts = json_pack("{sb}", "locked", failed >= TRIES);
	if (!r)
		r = desk_commit(d, 0, "login.failed", subject, NULL, facts, e);
	else
		store_rollback(d->store);
	json_decref(facts);
	if (!r)
		r = not_locked(d, who, e);
	return r ? r : error_set(e, ERR_DESK_PASSWORD, "%s", "");
}

/* A password takes its time: tries at once, each begun before the fifth wrong one, are no more than five. */
static enum err right_try(struct desk *d, const char *login, struct error *e)
{
	struct record now;
	enum err r = find(d, login, &now, e);
	if (!r && !now.failed && !now.locked_until) /* a login that went well before writes nothing and waits for nobody */
		goto out;
	if (!r)
		r = store_begin(d->store, e);
	if (!r && !(r = find(d, login, &now, e)) && !(r = not_locked(d, &now, e)) &&
	    !(r = store_run(d->store, SQL_ATTEMPT_CLEAR, NULL, e, "i", now.staff.id)))
		r = store_commit_plain(d->store, e);
	store_rollback(d->store);
out:
	OPENSSL_cleanse(now.password, sizeof now.password);
	return r;
}

static enum err authenticate(struct desk *d, const char *login, const struct secret *password, struct staff *out, struct error *e)
{
	/* an unknown login costs the same time as a wrong password */
	static const char nobody[] = "scrypt:15:8:1:00000000000000000000000000000000:"
	                             "0000000000000000000000000000000000000000000000000000000000000000";
	struct record who;
	enum err r = find(d, login, &who, e);
	if (r)
		return r;
	if ((r = not_locked(d, &who, e)))
		return r;
	bool right = password_matches(password, who.staff.id ? who.password : nobody) && who.staff.id && !who.disabled;
	OPENSSL_cleanse(who.password, sizeof who.password);
	if (!right)
		return wrong_try(d, &who, login, e);
	*out = who.staff;
	return right_try(d, login, e);
}

enum err staff_login(struct desk *d, const char *login, const struct secret *password, struct error *e)
{
	struct staff staff = {0};
	d->actor = d->second = staff;
	enum err r = authenticate(d, login, password, &staff, e);
	if (!r)
		d->actor = staff;
	return r;
}

enum err staff_second(struct desk *d, const char *login, const struct secret *password, struct error *e)
{
	struct staff staff = {0};
	d->second = staff;
	if (!d->actor.id)
		return error_set(e, ERR_DESK_LOGIN, "%s", "");
	enum err r = authenticate(d, login, password, &staff, e);
	if (!r && staff.id == d->actor.id)
		r = error_set(e, ERR_DESK_SEPARATION, "%s", tr("当场授权的第二人", "the second person on the spot"));
	if (!r)
		d->second = staff;
	return r;
}

void staff_logout(struct desk *d)
{
	d->actor = d->second = (struct staff){0};
}

/* The terminal session: its leader and when it started, so that a number used again isn't taken for it. */
static void terminal_name(char out[96])
{
	char path[64], line[1024] = "";
	unsigned long long started = 0;
	pid_t leader = getsid(0);
	snprintf(path, sizeof path, "/proc/%d/stat", (int)leader);
	FILE *f = fopen(path, "re");
	if (f && fgets(line, sizeof line, f)) {
		char *at = strrchr(line, ')'); /* the program's name may hold anything */
		for (int field = 2; at && field < 22; field++)
			at = strchr(at + 1, ' ');
		if (at)
			started = strtoull(at, NULL, 10);
	}
	if (f)
		fclose(f);
	char boot[40] = "";
	if ((f = fopen("/proc/sys/kernel/random/boot_id", "re"))) {
		if (!fgets(boot, sizeof boot, f))
			boot[0] = '\0';
		fclose(f);
	}
	boot[strcspn(boot, "\n")] = '\0';
	snprintf(out, 96, "%s-%d-%llu", boot, (int)leader, started);
}

enum err session_start(struct desk *d, struct error *e)
{
	char terminal[96];
	enum err r = desk_logged_in(d, e);
	terminal_name(terminal);
	return r ? r : store_run(d->store, SQL_SESSION_SET, NULL, e, "titi", terminal, d->actor.id, d->station, desk_now(d));
}

enum err session_resume(struct desk *d, struct error *e)
{
	char terminal[96];
	int64_t id = 0;
	struct rows *rows = NULL;
	struct record who;
	terminal_name(terminal);
	enum err r = store_int(d->store, SQL_SESSION_GET, 0, &id, e, "t", terminal);
	if (!r && !id)
		r = error_set(e, ERR_DESK_LOGIN, "%s", "");
	if (!r && !(r = store_query(d->store, SQL_STAFF_BY_ID, &rows, e, "i", id)))
		r = read_record(rows, &who, e);
	if (!r && (!who.staff.id || who.disabled))
		r = error_set(e, ERR_DESK_LOGIN, "%s", "");
	if (!r)
		d->actor = who.staff;
	return r;
}

enum err session_end(struct desk *d, struct error *e)
{
	char terminal[96];
	terminal_name(terminal);
	staff_logout(d);
	return store_run(d->store, SQL_SESSION_DELETE, NULL, e, "t", terminal);
}

/* Who has the role besides `besides` ("": nobody), with `with` though they be disabled; *lately: those of them too whom one person
 * disabled in the last days, so that nobody becomes the only one by disabling the others. */
static enum err count_role(struct desk *d, const char *role, const char *besides, const char *with, int64_t *now, int64_t *lately, struct error *e)
{
	int64_t since = desk_now(d) - SECOND_LATELY_SECONDS;
	enum err r = store_int(d->store, SQL_STAFF_COUNT_BESIDES, 0, now, e, "ttti", role, besides, with, INT64_MAX);
	return r ? r : store_int(d->store, SQL_STAFF_COUNT_BESIDES, 0, lately, e, "ttti", role, besides, with, since);
}

/* Where somebody could be asked, and where only those could who were disabled lately. */
static enum err two_needed(bool now, bool lately, unsigned roles, struct desk *d, enum permission action, struct error *e)
{
	if ((!now && !lately) || permission_two(action, d->actor.roles, d->second.roles, roles))
		return OK;
	if (now && d->second.id && (d->second.roles & roles))
		return error_set(e, ERR_DESK_OWN_RIGHT, "%s", permission_title(action));
	return error_set(e, now ? ERR_DESK_TWO_PERSONS : ERR_DESK_TWO_LATELY, "%s", permission_title(action));
}

enum err staff_two(struct desk *d, enum permission action, const char *role, unsigned seconds, struct error *e)
{
	int64_t now = 0, lately = 0;
	enum err r = count_role(d, role, "", "", &now, &lately, e);
	return r ? r : two_needed(now > 1, lately > 1, seconds, d, action, e);
}

enum err staff_two_admins(struct desk *d, enum permission action, bool *alone, struct error *e)
{
	*alone = !d->second.id;
	return staff_two(d, action, "admin", ROLE_ADMIN, e);
}

static enum err commit_staff(struct desk *d, const char *name, const char *login, bool alone, const char *roles, struct error *e)
{
	json_t *facts = json_pack("{sbss}", "alone", alone, "roles", roles);
	enum err r = desk_commit(d, MAY_STAFF, name, login, NULL, facts, e);
	json_decref(facts);
	return r;
}

static enum err clean_roles(const char *roles, char out[128], struct error *e)
{
	unsigned bits = roles_parse(roles);
	roles_text(bits, out, 128);
	return bits ? OK : error_set(e, ERR_DESK_ROLES, "%s", roles);
}

static enum err new_password(const struct secret *password, char record[PASSWORD_RECORD_SIZE], struct error *e)
{
	if (password->length < PASSWORD_LEAST)
		return error_set(e, ERR_DESK_PASSWORD_WEAK, "%s", "");
	enum err r = password_make(password, record);
	return r ? error_set(e, r, "scrypt") : OK;
}

enum err name_clean(const char *name, char **out, struct error *e)
{
	const struct check *text = check_find("text");
	struct check_result result = {0};
	*out = check_normalise(text, name);
	if (!*out)
		return ERR_MEMORY;
	check_judge(text, *out, &(struct check_context){0}, &result);
	if (result.verdict != VERDICT_INVALID && strlen(*out) < sizeof((struct staff *)0)->name)
		return OK;
	free(*out);
	*out = NULL;
	return error_set(e, ERR_DESK_NAME, "%s", *result.message ? result.message : name);
}

enum err staff_add(struct desk *d, const char *login, const char *name, const char *roles, const struct secret *password,
                   struct error *e)
{
	struct record have;
	char clean[128], record[PASSWORD_RECORD_SIZE], *nfc = NULL;
	bool alone = true;
	int64_t dk = 0;
	enum err r = desk_allow(d, MAY_STAFF, NULL, e);
	if (r || (r = login_good(login) ? OK : error_set(e, ERR_DESK_LOGIN_NAME, "%s", login)) || (r = clean_roles(roles, clean, e)) || (r = find(d, login, &have, e)) ||
	    (r = staff_two_admins(d, MAY_STAFF, &alone, e)))
		return r;
	if (have.staff.id)
		return error_set(e, ERR_DESK_STAFF_EXISTS, "%s", login);
	if ((r = new_password(password, record, e)))
		return r;
	if (!(r = name_clean(name, &nfc, e)) && !(r = store_begin(d->store, e))) {
		if (!(r = datakey_new(d->store, &dk, e)) &&
		    !(r = store_insert(d->store, SQL_STAFF_INSERT, NULL, e, "itttti", dk, login, nfc, clean, record, desk_now(d))))
			r = commit_staff(d, "staff.add", login, alone, clean, e);
		store_rollback(d->store);
	}
	free(nfc);
	return r;
}

/* Inside the step that changed them: two who disable each other at once would shut everybody out. */
static enum err admin_stays(struct desk *d, const char *login, struct error *e)
{
	int64_t admins = 0;
	enum err r = store_int(d->store, SQL_STAFF_COUNT_ADMINS_ABLE, 0, &admins, e, "");
	return r || admins ? r : error_set(e, ERR_DESK_LAST_ADMIN, "%s", login);
}

/* One UPDATE by login as one step, of a text, or where that is NULL of a number. */
static enum err change(struct desk *d, enum sql q, const char *name, const char *login, const char *value, int64_t number, const char *roles,
                       bool alone, struct error *e)
{
	int64_t changed = 0;
	enum err r = store_begin(d->store, e);
	if (!r)
		r = value ? store_run(d->store, q, &changed, e, "tt", login, value) : store_run(d->store, q, &changed, e, "ti", login, number);
	if (!r && !changed)
		r = error_set(e, ERR_DESK_NO_STAFF, "%s", login);
	if (!r && q != SQL_STAFF_SET_PASSWORD)
		r = admin_stays(d, login, e);
	if (!r)
		r = store_run(d->store, SQL_SESSION_CLEAR_STAFF, NULL, e, "t", login);
	if (!r)
		r = commit_staff(d, name, login, alone, roles, e);
	store_rollback(d->store);
	return r;
}

enum err staff_disable(struct desk *d, const char *login, struct error *e)
{
	enum err r = desk_allow(d, MAY_STAFF, NULL, e);
	if (!r && strcmp(login, d->actor.login) == 0)
		r = error_set(e, ERR_DESK_SEPARATION, "%s", tr("停用自己的账号", "disabling one's own account"));
	bool two = permission_two(MAY_STAFF, d->actor.roles, d->second.roles, ROLE_ADMIN | ROLE_MANAGER) && strcmp(login, d->second.login) != 0;
	return r ? r : change(d, SQL_STAFF_SET_DISABLED, "staff.disable", login, NULL, two ? 0 : desk_now(d), "", !two, e);
}

enum err staff_roles(struct desk *d, const char *login, const char *roles, struct error *e)
{
	char clean[128];
	bool alone = true;
	enum err r = desk_allow(d, MAY_STAFF, NULL, e);
	if (r || (r = clean_roles(roles, clean, e)) || (r = staff_two_admins(d, MAY_STAFF, &alone, e)))
		return r;
	return change(d, SQL_STAFF_SET_ROLES, "staff.roles", login, clean, 0, clean, alone, e);
}

/* Whoever sets an administrator's or a manager's password can act as them: two persons, as for their roles. An administrator who
 * can't log in is no second; where there is no third, a manager is. */
static enum err two_for_reset(struct desk *d, const char *login, bool *alone, struct error *e)
{
	struct record who;
	int64_t admins[2] = {0}, others[2] = {0}, managers[2] = {0}; /* now, and with those of lately */
	unsigned roles[2];
	*alone = !d->second.id;
	enum err r = find(d, login, &who, e);
	OPENSSL_cleanse(who.password, sizeof who.password);
	if (r || !(who.staff.roles & (ROLE_ADMIN | ROLE_MANAGER)))
		return r;
	if ((r = count_role(d, "admin", "", login, &admins[0], &admins[1], e)) || (r = count_role(d, "admin", login, "", &others[0], &others[1], e)) ||
	    (r = count_role(d, "manager", login, "", &managers[0], &managers[1], e)))
		return r;
	for (int i = 0; i < 2; i++)
		roles[i] = admins[i] < 2 ? 0 : others[i] > 1 ? ROLE_ADMIN : managers[i] > 0 ? ROLE_ADMIN | ROLE_MANAGER : 0;
	return two_needed(roles[0], roles[1], roles[0] ? roles[0] : roles[1], d, MAY_STAFF, e);
}

static enum err set_password(struct desk *d, const char *login, const struct secret *password, bool alone, struct error *e)
{
	char record[PASSWORD_RECORD_SIZE];
	enum err r = new_password(password, record, e);
	return r ? r : change(d, SQL_STAFF_SET_PASSWORD, "staff.passwd", login, record, 0, "", alone, e);
}

enum err staff_own_check(struct desk *d, const struct secret *old, struct error *e)
{
	struct staff again = {0};
	enum err r = desk_logged_in(d, e);
	if (!r)
		r = authenticate(d, d->actor.login, old, &again, e);
	return r == ERR_DESK_PASSWORD ? error_set(e, ERR_DESK_PASSWORD_OLD, "%s", d->actor.login) : r;
}

enum err staff_own_password(struct desk *d, const struct secret *old, const struct secret *password, struct error *e)
{
	enum err r = staff_own_check(d, old, e);
	return r ? r : set_password(d, d->actor.login, password, !d->second.id, e);
}

enum err staff_password(struct desk *d, const char *login, const struct secret *password, struct error *e)
{
	bool alone = !d->second.id;
	enum err r = desk_logged_in(d, e);
	if (!r && strcmp(login, d->actor.login) == 0)
		r = error_set(e, ERR_DESK_PASSWORD_OLD, "%s", login);
	if (!r && !(r = desk_allow(d, MAY_STAFF, NULL, e)))
		r = two_for_reset(d, login, &alone, e);
	return r ? r : set_password(d, login, password, alone, e);
}

enum err staff_unlock(struct desk *d, const char *login, bool *disabled, struct error *e)
{
	struct record who;
	*disabled = false;
	enum err r = desk_allow(d, MAY_STAFF, NULL, e);
	if (r || (r = find(d, login, &who, e)))
		return r;
	OPENSSL_cleanse(who.password, sizeof who.password);
	*disabled = who.disabled;
	if (!who.staff.id)
		return error_set(e, ERR_DESK_NO_STAFF, "%s", login);
	if ((r = store_begin(d->store, e)))
		return r;
	if (!(r = store_run(d->store, SQL_ATTEMPT_CLEAR, NULL, e, "i", who.staff.id)))
		r = commit_staff(d, "staff.unlock", login, !d->second.id, "", e);
	store_rollback(d->store);
	return r;
}

enum err staff_named(struct desk *d, const char *login, struct staff *out, struct error *e)
{
	struct record who;
	enum err r = find(d, login, &who, e);
	OPENSSL_cleanse(who.password, sizeof who.password);
	*out = who.staff;
	return r || who.staff.id ? r : error_set(e, ERR_DESK_NO_STAFF, "%s", login);
}

json_t *staff_roles_array(const char *roles)
{
	json_t *array = json_array();
	unsigned bits = roles_parse(roles);
	for (size_t i = 0; role_name(i); i++)
		if (bits & 1u << i)
			json_array_append_new(array, json_string(role_name(i)));
	return array;
}

enum err staff_list(struct desk *d, json_t **out, struct error *e)
{
	size_t i;
	json_t *row;
	*out = NULL;
	enum err r = desk_allow(d, MAY_STAFF_VIEW, NULL, e);
	if (!r)
		r = store_rows(d->store, SQL_STAFF_ALL, out, e, "");
	json_array_foreach(*out, i, row) {
		int64_t until = json_number(row, "locked_until");
		json_object_set_new(row, "roles", staff_roles_array(json_text(row, "roles")));
		json_object_set_new(row, "disabled", json_boolean(json_number(row, "disabled")));
		desk_time(row, "locked_until", until > desk_now(d) ? until : 0);
	}
	return r;
}

json_t *staff_whoami(const struct desk *d)
{
	char roles[128];
	roles_text(d->actor.roles, roles, sizeof roles);
	return json_pack("{ss ss so ss ss ss sb}", "login", d->actor.login, "name", d->actor.name, "roles", staff_roles_array(roles), "site",
	                 d->site, "station", d->station, "site_name", d->site_name, "demonstration", d->demonstration);
}
