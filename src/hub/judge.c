#include "hub/judge.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "hub/giving.h"
#include "hub/grant.h"
#include "hub/holding.h"
#include "hub/judge_order.h"
#include "hub/publication.h"
#include "hub/purge.h"
#include "rules/permission.h"

enum { CLOCKS_APART = 600 };

static enum err judge_states(struct judging *j)
{
	for (size_t i = 0; i < j->entry->state_count; i++) {
		const struct posted_state *s = &j->entry->states[i];
		if (!j->view.opened[i])
			return judge_refuse(j, j->view.key_missing ? REFUSAL_KEY : REFUSAL_STATE, "%s %lld", s->kind, (long long)s->record);
	}
	return OK;
}

/* "SITE/LOGIN" of somebody who works here now, and can log in. */
static enum err roles_of(struct judging *j, const char *actor, unsigned *roles, bool *known, struct error *e)
{
	struct db_rows *rows = NULL;
	size_t n = strlen(j->view.site);
	*known = false;
	*roles = 0;
	if (strncmp(actor, j->view.site, n) != 0 || actor[n] != '/')
		return OK;
	enum err r = db_query(j->view.hub->db, HUB_SQL_PERSON_GET, &rows, e, "tt", j->view.site, actor + n + 1);
	if (r)
		return r;
	if (db_rows_next(rows) && !db_rows_int(rows, 1) && db_rows_int(rows, 2)) {
		*known = true;
		*roles = roles_parse(db_rows_text(rows, 0));
	}
	return db_rows_end(&rows, e);
}

static enum err judge_actor(struct judging *j, struct error *e)
{
	const char *actor = json_text(j->entry->entry, "actor"), *second = json_text(j->entry->entry, "second");
	bool known = true, second_known = true;
	enum err r = OK;
	if (!deed_find(json_text(j->entry->entry, "action"), &j->deed))
		return judge_refuse(j, REFUSAL_ACTION, "%s", json_text(j->entry->entry, "action"));
	j->system = strcmp(actor, "system") == 0;
	if (j->system)
		return j->deed.system ? OK : judge_refuse(j, REFUSAL_ROLE, "system %s", json_text(j->entry->entry, "action"));
	if (*actor)
		r = roles_of(j, actor, &j->actor_roles, &known, e);
	if (!r && *second)
		r = roles_of(j, second, &j->second_roles, &second_known, e);
	if (r)
		return r;
	j->roles = j->actor_roles | j->second_roles;
	if (!known || !second_known || (*second && strcmp(actor, second) == 0) || (!*actor && j->deed.permission != DEED_NOBODY))
		return judge_refuse(j, REFUSAL_ACTOR, "%s", known ? second : actor);
	if (j->deed.permission != DEED_NOBODY && !(j->roles & permission_roles((enum permission)j->deed.permission)))
		return judge_refuse(j, REFUSAL_ROLE, "%s %s", actor, json_text(j->entry->entry, "action"));
	return OK;
}

/* One number is one person's. */
static enum err judge_number(struct judging *j, int64_t record, const json_t *now, struct error *e)
{
	int64_t taken = 0;
	enum err r = db_int(j->view.hub->db, HUB_SQL_PERSON_NUMBER_TAKEN, 0, &taken, e, "titt", j->view.site, record, json_text(now, "number"),
	                    json_text(now, "name"));
	return r || !taken ? r : judge_refuse(j, REFUSAL_STAFF_NUMBER, "%s %s", json_text(now, "login"), json_text(now, "number"));
}

static bool rules_over_staff(const json_t *row)
{
	return roles_parse(json_text(row, "roles")) & (ROLE_ADMIN | ROLE_MANAGER);
}

/* By an entry's own time, which a site may not have ahead of headquarters'. */
static int64_t judge_time(const struct judging *j)
{
	int64_t most = hub_now(j->view.hub) + CLOCKS_APART;
	return j->entry->time < most ? j->entry->time : most;
}

/* Who acted as administrator: the second, where the actor is none. */
static const char *first_admin(const struct judging *j)
{
	bool theirs = (j->actor_roles & ROLE_ADMIN) || !(j->second_roles & ROLE_ADMIN);
	const char *slash = strrchr(json_text(j->entry->entry, theirs ? "actor" : "second"), '/');
	return slash ? slash + 1 : "";
}

/* Programs that didn't ask yet what the first may do alone wrote such entries in good faith: one that any second one stands behind is told of. */
static enum err one_too_few(struct judging *j, const char *login, bool second, struct error *e)
{
	const char *actor = json_text(j->entry->entry, "actor");
	char detail[128];
	if (!second)
		return judge_refuse(j, REFUSAL_STAFF, "%s: %s", login, actor);
	snprintf(detail, sizeof detail, "%.30s: %.45s, %.45s", login, actor, json_text(j->entry->entry, "second"));
	return hub_alarm_once(j->view.hub, j->view.site, "second", detail, HUB_ALARMS_A_DAY, e);
}

/* Granting, and setting a password by which somebody could act as an administrator or a manager, need two persons once a second
 * administrator besides the first, and whose row it is, could have been there: also one whom one person alone has disabled lately. */
static enum err judge_two(struct judging *j, const json_t *before, const json_t *now, bool granted, bool password, struct error *e)
{
	const char *actor = json_text(j->entry->entry, "actor"), *slash = strrchr(actor, '/');
	unsigned seconds = granted ? ROLE_ADMIN : ROLE_ADMIN | ROLE_MANAGER;
	int64_t others = 0;
	bool own = slash && strcmp(slash + 1, json_text(now, "login")) == 0;
	if (j->system || permission_two(MAY_STAFF, j->actor_roles, j->second_roles, seconds) ||
	    !(granted || (password && !own && rules_over_staff(before))))
		return OK;
	enum err r = db_int(j->view.hub->db, HUB_SQL_PERSON_ADMINS_BESIDES, 0, &others, e, "ttti", j->view.site, first_admin(j),
	                    granted ? "" : json_text(now, "login"), judge_time(j) - SECOND_LATELY_SECONDS);
	return r || !others ? r : one_too_few(j, json_text(now, "login"), j->second_roles & seconds, e);
}

/* Roles come and go by an administrator's hand alone; somebody of another site is here by name only. */
static enum err judge_staff(struct judging *j, int64_t record, const json_t *now, struct error *e)
{
	json_t *before = NULL;
	enum err r = view_before(&j->view, "staff", record, &before, e);
	bool same = before && now && strcmp(json_text(before, "roles"), json_text(now, "roles")) == 0 &&
	            strcmp(json_text(before, "login"), json_text(now, "login")) == 0 && json_number(before, "disabled") == json_number(now, "disabled") &&
	            strcmp(json_text(before, "number"), json_text(now, "number")) == 0 &&
	            strcmp(json_text(before, "key_serial"), json_text(now, "key_serial")) == 0;
	bool nobody = now && !*json_text(now, "roles") && json_number(now, "disabled") == 1;
	bool admin = j->deed.permission == MAY_STAFF && (j->system || (j->roles & ROLE_ADMIN));
	bool granted = now && !nobody && (!before || strcmp(json_text(before, "roles"), json_text(now, "roles")) != 0);
	bool password = before && now && strcmp(json_text(before, "password"), json_text(now, "password")) != 0;
	if (!r && now && !same && !nobody && *json_text(now, "number"))
		r = judge_number(j, record, now, e);
	if (!r && !*j->why && (granted || password))
		r = judge_two(j, before, now, granted, password, e);
	json_decref(before);
	if (r || *j->why || same || nobody || admin)
		return r;
	return judge_refuse(j, REFUSAL_STAFF, "%s", json_text(now, "login"));
}

static enum err judge_kind(struct judging *j, const char *kind)
{
	unsigned roles = deed_kind_roles(kind);
	if (!roles || j->system || (j->roles & roles))
		return OK;
	return judge_refuse(j, REFUSAL_ROLE, "%s %s", json_text(j->entry->entry, "actor"), kind);
}

/* NULL: removed, or purged. */
static const json_t *row_now(const struct judging *j, size_t at)
{
	return json_is_object(j->view.opened[at]) ? j->view.opened[at] : NULL;
}

static enum err judge_part(struct judging *j, size_t at, struct error *e)
{
	const struct posted_state *s = &j->entry->states[at];
	int64_t order = 0, was = 0;
	enum err r = view_order_of(&j->view, s->kind, s->record, row_now(j, at), &order, e);
	if (!r && s->version > 1)
		r = db_int(j->view.hub->db, HUB_SQL_PART_GET, 0, &was, e, "tti", j->view.site, s->kind, s->record);
	if (r || (!order && !was))
		return r;
	if (*j->fetched && !was) /* what came with a certificate is a copy to look at: holding_judge_take has seen to it */
		return OK;
	if (was && order != was)
		return judge_refuse(j, REFUSAL_PART, "%s %lld", s->kind, (long long)s->record);
	bool left = false;
	enum err moved = strcmp(s->kind, "orders") == 0 ? judge_left_order(j, at, &left, e) : OK;
	return moved || left ? moved : judge_holds_order(j, order, e);
}

void judging_end(struct judging *j)
{
	view_end(&j->view);
	json_decref(j->numbers);
	j->numbers = NULL;
}

static enum err judge_row(struct judging *j, size_t at, struct error *e)
{
	const struct posted_state *s = &j->entry->states[at];
	enum err r = strcmp(s->kind, "staff") == 0 ? judge_staff(j, s->record, row_now(j, at), e) : view_is_part(s->kind) ? judge_part(j, at, e) : OK;
	return r ? r : judge_kind(j, s->kind);
}

static enum err judge_step(struct judging *j, size_t at, struct error *e)
{
	static const struct {
		const char *kind;
		enum err (*judge)(struct judging *j, int64_t record, const json_t *now, struct error *e);
		bool held; /* by one site, which alone may change it */
	} kinds[] = {{"orders", judge_order, false}, {"certificate", judge_certificate, true}, {"ca_request", grant_judge_recorded, false}, {"usb_key", NULL, true}};
	const struct posted_state *s = &j->entry->states[at];
	enum err r = OK;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !r; i++)
		if (strcmp(s->kind, kinds[i].kind) == 0) {
			if (kinds[i].judge)
				r = kinds[i].judge(j, s->record, row_now(j, at), e);
			if (!r && !*j->why && kinds[i].held)
				r = holding_judge(j, at, e);
		}
	return r;
}

enum err judge_entry(struct judging *j, struct error *e)
{
	bool purge = purge_is(j->entry);
	enum err r = purge ? OK : judge_states(j);
	if (!r && !*j->why)
		r = judge_actor(j, e);
	if (purge)
		return r || *j->why ? r : purge_judge(j, e);
	if (!r && !*j->why)
		r = holding_judge_take(j, e);
	for (size_t i = 0; !r && !*j->why && i < j->entry->state_count; i++)
		r = judge_row(j, i, e);
	if (!r && !*j->why)
		r = publication_judge(j, e);
	if (!r && !*j->why)
		r = giving_judge_take(j, e); /* before the transitions: a decision that came allows one */
	for (size_t i = 0; !r && !*j->why && i < j->entry->state_count; i++)
		r = judge_step(j, i, e);
	return r;
}

/* Two persons, or headquarters itself, end somebody's part at once. */
static bool alone(const struct judging *j, const json_t *row)
{
	const char *second = strchr(json_text(j->entry->entry, "second"), '/');
	bool two = permission_two(MAY_STAFF, j->actor_roles, j->second_roles, ROLE_ADMIN | ROLE_MANAGER) && second && strcmp(second + 1, json_text(row, "login")) != 0;
	return !j->system && !two && strcmp(j->deed.action, "publication.take") != 0;
}

static enum err note_person(const struct judging *j, int64_t record, const json_t *row, struct error *e)
{
	return db_run_later(j->view.hub->db, HUB_SQL_PERSON_PUT, NULL, e, "titti" "ttii", j->view.site, record, json_text(row, "login"), json_text(row, "roles"),
	                    (int64_t)(json_number(row, "disabled") != 0), json_text(row, "number"), json_text(row, "name"),
	                    (int64_t)(strcmp(json_text(row, "password"), PASSWORD_NONE) != 0), alone(j, row) ? judge_time(j) : (int64_t)0);
}

static enum err note_state(const struct judging *j, size_t at, struct error *e)
{
	const struct posted_state *s = &j->entry->states[at];
	const json_t *row = j->view.opened[at];
	struct db *db = j->view.hub->db;
	int64_t order = 0;
	if (!json_is_object(row) || strcmp(s->kind, "custody") == 0)
		return OK;
	if (strcmp(s->kind, "orders") == 0)
		return db_run_later(db, HUB_SQL_ORDER_RECORD_INSERT, NULL, e, "tit", j->view.site, s->record, json_text(row, "no"));
	if (strcmp(s->kind, "staff") == 0)
		return note_person(j, s->record, row, e);
	enum err r = view_order_of(&j->view, s->kind, s->record, row, &order, e);
	if (!r && order)
		r = db_run_later(db, HUB_SQL_PART_INSERT, NULL, e, "ttii", j->view.site, s->kind, s->record, order);
	return r;
}

enum err judge_note(const struct judging *j, struct error *e)
{
	enum err r = OK;
	for (size_t i = 0; !r && i < j->entry->state_count; i++)
		if (!(r = note_state(j, i, e)))
			r = holding_note(j, i, e);
	if (!r && *j->fetched)
		r = db_run(j->view.hub->db, HUB_SQL_FEED_DONE, NULL, e, "ti", j->view.site, j->taken_item);
	if (!r && *j->fetched)
		r = holding_note_map(j, e);
	return r ? r : publication_note(j, e);
}
