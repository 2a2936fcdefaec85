#include "desk/stock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/names.h"
#include "base/text.h"
#include "desk/keylist.h"
#include "desk/keyrow.h"
#include "desk/orderrow.h"
#include "desk/staffkey.h"
#include "rules/codeword.h"
#include "rules/keystate.h"

enum { WHY_SIZE = 300, CODE_MOST = 32 };

/* Beside what interfaces see: the permission, the journal's name, the event of rules/keystate.h. */
static const struct deed {
	struct stock_deed_info info;
	enum permission permission;
	const char *journal, *event;
} deeds[STOCK_DEEDS] = {
	[STOCK_RECEIVE] = {{.name = "receive", .drawer = true, .medium = true},
	                   MAY_KEY_STOCK, "key.receive", "receive"},
	[STOCK_ARRIVE] = {{.name = "arrive", .drawer = true, .site = true, .medium = true, .reason = true},
	                  MAY_KEY_STOCK, "key.arrive", "arrive"},
	[STOCK_TRANSFER] = {{.name = "transfer", .drawer = true, .reason = true},
	                    MAY_KEY_STOCK, "key.transfer", "transfer"},
	[STOCK_SEND] = {{.name = "send", .site = true, .reason = true, .need_site = true},
	                MAY_KEY_STOCK, "key.send", "send"},
	[STOCK_SPOIL] = {{.name = "spoil", .reason = true, .need_reason = true},
	                 MAY_KEY_STOCK, "key.spoil", "spoil"},
	[STOCK_LOSE] = {{.name = "lost", .reason = true, .need_reason = true},
	                MAY_KEY_STOCK, "key.lost", "lose"},
	[STOCK_FIND] = {{.name = "found", .drawer = true, .reason = true},
	                MAY_KEY_STOCK, "key.found", "find"},
	[STOCK_RETURN] = {{.name = "return", .drawer = true, .reason = true, .need_reason = true},
	                  MAY_KEY_STOCK, "key.return", "return"},
	[STOCK_DESTROY] = {{.name = "retire", .reason = true, .need_reason = true, .final = true},
	                   MAY_KEY_DESTROY, "key.retire", "destroy"},
};

const struct stock_deed_info *stock_deed_info(enum stock_deed deed)
{
	return &deeds[deed].info;
}

const char *stock_deed_title(enum stock_deed deed)
{
	return codeword_action(deeds[deed].journal);
}

/* What a key is to become; `why` is not empty where it can't. */
struct judgement {
	struct key_row key; /* id 0: it is made, as `medium` */
	const char *to, *medium;
	char why[WHY_SIZE];
};

__attribute__((format(printf, 2, 3))) static void object(struct judgement *v, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vsnprintf(v->why, sizeof v->why, format, ap);
	va_end(ap);
}

/* Nobody knows the key: a file's line isn't named but by its number. */
static void object_unknown(struct judgement *v, const struct key_line *line, const char *what)
{
	if (line->of_file)
		object(v, "%s", what);
	else
		object(v, tr("%s %s", "%s: %s"), line->serial, what);
}

static void object_state(struct judgement *v, enum stock_deed deed)
{
	size_t n;
	object(v, tr("%s 现为“%s”，不能%s", "%s is %s: it can't be done (%s)"), v->key.serial, key_state_title(v->key.state),
	       stock_deed_title(deed));
	n = strlen(v->why);
	if (v->key.order_id)
		snprintf(v->why + n, sizeof v->why - n, tr("（订单 %s）", ", order %s"), v->key.order);
}

static enum err judge_unknown(struct desk *d, const struct stock_order *o, const struct key_line *line, struct judgement *v,
                              struct error *e)
{
	int64_t known = 0;
	v->medium = *line->medium ? line->medium : o->medium ? o->medium : "";
	enum err r = store_int(d->store, SQL_KEY_MEDIUM_KNOWN, 0, &known, e, "ti", v->medium, desk_now(d));
	if (r)
		return r;
	if (!*v->medium)
		object_unknown(v, line, tr("没有写明介质型号", "its medium isn't said"));
	else if (!known)
		object(v, tr("没有介质型号 %s", "there is no medium %s"), v->medium);
	else if (o->deed == STOCK_ARRIVE && !o->site)
		object_unknown(v, line, tr("没有记录；从别的受理点来的，请说明是哪里", "there is no such key; where it comes from another point, say which"));
	return OK;
}

/* A blank comes back as one, another as returned; what a customer lost isn't the stock's to find. */
static enum err judge_found(struct desk *d, struct judgement *v, struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_STOCK_BEFORE, &row, e, "it", v->key.id, "lost");
	const char *before = row ? json_text(row, "from_state") : "";
	if (strcmp(before, "returned") == 0)
		v->to = key_event_to("find-returned", v->key.state);
	else if (!r && strcmp(before, "in-stock") != 0 && strcmp(before, "in-transit") != 0)
		object(v, tr("%s 是客户丢失的，请用“%s”", "%s was lost by its customer; use “%s”"), v->key.serial,
		       stock_deed_title(STOCK_RETURN));
	json_decref(row);
	return r;
}

static enum err judge_destroyed(struct desk *d, struct judgement *v, struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_STOCK_LIVING, &row, e, "ti", v->key.serial, desk_now(d));
	if (row)
		object(v, tr("%s 里有仍然有效的证书 %s，请先吊销", "%s holds certificate %s, which still counts; revoke it first"),
		       v->key.serial, json_text(row, "serial"));
	json_decref(row);
	return r;
}

static enum err judge_known(struct desk *d, const struct stock_order *o, const struct key_line *line, struct judgement *v,
                            struct error *e)
{
	bool mailed = strcmp(v->key.state, "in-transit") == 0 && v->key.order_id;
	enum err r = OK;
	v->to = key_event_to(deeds[o->deed].event, v->key.state);
	int64_t announced = 0;
	if (o->deed == STOCK_RECEIVE && (r = store_int(d->store, SQL_STOCK_ANNOUNCED, 0, &announced, e, "it", v->key.id, (const char *)d->site)))
		return r;
	if (announced) /* headquarters said that it would come */
		v->to = key_event_to("arrive", v->key.state);
	if (o->deed == STOCK_RECEIVE && !announced)
		object(v, tr("%s 已有记录（%s）", "%s is known already (%s)"), line->serial, key_state_title(v->key.state));
	else if (!v->to || (mailed && o->deed != STOCK_RETURN))
		object_state(v, o->deed);
	else if (*line->medium && strcmp(line->medium, v->key.medium) != 0)
		object(v, tr("%s 的介质是 %s，不是 %s", "%s is %s, not %s"), line->serial, v->key.medium, line->medium);
	else if (o->deed == STOCK_RETURN && strcmp(v->key.state, "in-transit") == 0 && !mailed)
		object_state(v, o->deed);
	else if (o->deed == STOCK_TRANSFER && o->drawer && strcmp(v->key.drawer, o->drawer) == 0)
		object(v, tr("%s 已经在抽屉 %s", "%s is in drawer %s already"), line->serial, o->drawer);
	else if (o->deed == STOCK_FIND)
		r = judge_found(d, v, e);
	else if (o->deed == STOCK_DESTROY)
		r = judge_destroyed(d, v, e);
	return r;
}

static enum err judge(struct desk *d, const struct stock_order *o, const struct key_line *line, struct judgement *v, struct error *e)
{
	bool makes = o->deed == STOCK_RECEIVE || o->deed == STOCK_ARRIVE;
	*v = (struct judgement){0};
	enum err r = key_load(d, line->serial, &v->key, e);
	if (r)
		return r;
	if (v->key.id)
		return judge_known(d, o, line, v, e);
	bool staffs = false;
	if ((r = staff_key_owner(d, line->serial, NULL, &staffs, e)))
		return r;
	if (!staffs && makes)
		return judge_unknown(d, o, line, v, e);
	if (staffs)
		object(v, tr("%s 是人员的介质", "%s is a member of staff's own"), line->serial);
	else
		object_unknown(v, line, tr("没有记录", "there is no such key"));
	return OK;
}

/* Doing it --------------------------------------------------------------------------------------------------- */

static void add_reason(char *out, size_t size, const char *reason)
{
	size_t n = strlen(out);
	if (reason && *reason)
		snprintf(out + n, size - n, "%s%s", n ? tr("；", "; ") : "", reason);
}

/* What the move's record says: from where to where first. */
static void say_reason(const struct desk *d, const struct stock_order *o, const struct judgement *v, char *out, size_t size)
{
	const char *drawer = o->drawer ? o->drawer : d->station;
	out[0] = '\0';
	if (o->deed == STOCK_TRANSFER)
		snprintf(out, size, "%s → %s", v->key.drawer, drawer);
	else if (o->deed == STOCK_SEND)
		snprintf(out, size, "→ %s", o->site);
	else if (o->deed == STOCK_ARRIVE && o->site)
		snprintf(out, size, "← %s", o->site);
	else if (!o->reason || !*o->reason)
		snprintf(out, size, "%s", stock_deed_title(o->deed));
	add_reason(out, size, o->reason);
}

static enum err act(struct desk *d, const struct stock_order *o, const char *serial, const struct judgement *v, struct error *e)
{
	const struct stock_deed_info *info = &deeds[o->deed].info;
	const char *drawer = info->drawer ? o->drawer ? o->drawer : d->station : v->key.drawer;
	struct key_row made = {0};
	char reason[1200];
	bool changes_hands = o->deed == STOCK_SEND || o->deed == STOCK_ARRIVE;
	enum err r = OK;
	say_reason(d, o, v, reason, sizeof reason);
	if (v->key.id && changes_hands)
		r = store_run(d->store, SQL_STOCK_SET_CUSTODIAN, NULL, e, "it", v->key.id, o->deed == STOCK_SEND ? o->site : d->site);
	if (v->key.id) /* sent away or come, it is for no order any more */
		return r ? r : key_put(d, &v->key, v->to, drawer, changes_hands ? 0 : v->key.order_id, reason, e);
	if (o->deed == STOCK_RECEIVE)
		return key_make(d, serial, v->medium, key_event_to("receive", ""), drawer, 0, reason, NULL, e);
	r = key_make(d, serial, v->medium, key_event_to("expect", ""), drawer, 0, reason, &made, e);
	return r ? r : key_put(d, &made, key_event_to("arrive", made.state), drawer, 0, reason, e);
}

static bool code_good(const char *s)
{
	return s[strspn(s, " ")] && strlen(s) <= CODE_MOST && text_visible(s);
}

static enum err check_drawer(struct desk *d, const char *drawer, bool new_drawer, struct error *e)
{
	int64_t known = 0;
	if (!drawer || strcmp(drawer, d->station) == 0)
		return OK;
	enum err r = store_int(d->store, SQL_STOCK_DRAWER_KNOWN, 0, &known, e, "t", drawer);
	return r || (code_good(drawer) && (known || new_drawer)) ? r : error_set(e, ERR_DESK_DRAWER, "%s", drawer);
}

static bool site_good(const struct desk *d, const char *site)
{
	return site_code_good(site) && strcmp(site, d->site) != 0;
}

static enum err check_order(struct desk *d, const struct stock_order *o, struct error *e)
{
	const struct stock_deed_info *info = &deeds[o->deed].info;
	if (info->need_site ? !o->site || !site_good(d, o->site) : o->site && !site_good(d, o->site))
		return error_set(e, ERR_DESK_POINT, "%s", o->site ? o->site : "");
	if (info->need_reason || (o->reason && *o->reason))
		if (!o->reason || !reason_good(o->reason))
			return error_set(e, ERR_DESK_REASON, "%s", stock_deed_title(o->deed));
	if (o->deed == STOCK_TRANSFER && !o->drawer)
		return error_set(e, ERR_DESK_DRAWER, "%s", "");
	return check_drawer(d, o->drawer, o->new_drawer, e);
}

static enum err judge_all(struct desk *d, const struct stock_order *o, const struct key_list *list, struct mistakes *m, struct error *e)
{
	struct judgement v;
	enum err r = OK;
	for (size_t i = 0; !r && i < list->count; i++)
		if (key_list_line(list, i, m) && !(r = judge(d, o, &list->lines[i], &v, e)) && *v.why)
			mistakes_add(m, list->name, list->lines[i].line, "%s", v.why);
	return r;
}

static enum err act_all(struct desk *d, const struct stock_order *o, const struct key_list *list, json_t *serials, struct error *e)
{
	struct judgement v;
	enum err r = OK;
	for (size_t i = 0; !r && i < list->count; i++)
		if (!(r = judge(d, o, &list->lines[i], &v, e)) && !(r = act(d, o, list->lines[i].serial, &v, e)))
			json_array_append_new(serials, json_string(list->lines[i].serial));
	return r;
}

static json_t *text_or_null(const char *s)
{
	return s ? json_string(s) : json_null();
}

static enum err commit(struct desk *d, const struct stock_order *o, const struct key_list *list, json_t *out, struct error *e)
{
	const char *subject = list->count == 1 ? list->lines[0].serial : o->drawer ? o->drawer : d->station;
	char name[160];
	if (list->count > 1 && o->keys.path) { /* a file's name can be any bytes */
		text_printable(name, sizeof name, list->name);
		subject = name;
	}
	json_t *facts = json_pack("{sO sO sO ss}", "keys", json_object_get(out, "keys"), "drawer", json_object_get(out, "drawer"), "site",
	                          json_object_get(out, "site"), "reason", o->reason ? o->reason : "");
	enum err r = facts ? desk_commit(d, deeds[o->deed].permission, deeds[o->deed].journal, subject, NULL, facts, e)
	                   : error_set(e, ERR_MEMORY, "%s", subject);
	json_decref(facts);
	return r;
}

/* Inside a step, so that what is judged is what is moved. */
static enum err run(struct desk *d, const struct stock_order *o, const struct key_list *list, struct mistakes *m, json_t **out,
                    struct error *e)
{
	json_t *serials = json_array();
	const char *drawer = !deeds[o->deed].info.drawer ? NULL : o->drawer ? o->drawer : d->station;
	enum err r = judge_all(d, o, list, m, e);
	if (!r)
		r = mistakes_error(m, o->deed == STOCK_RECEIVE ? ERR_DESK_KEY_LIST : ERR_DESK_STOCK, e);
	if (!r && !(r = act_all(d, o, list, serials, e))) {
		*out = json_pack("{ss sI so so sO}", "action", deeds[o->deed].info.name, "keys", (json_int_t)list->count, "drawer",
		                 text_or_null(drawer), "site", text_or_null(o->site), "serials", serials);
		r = *out ? commit(d, o, list, *out, e) : error_set(e, ERR_MEMORY, "%s", "");
		if (!r)
			json_object_set_new(*out, "action_title", json_string(stock_deed_title(o->deed)));
	}
	json_decref(serials);
	return r;
}

enum err stock_do(struct desk *d, const struct stock_order *o, json_t **out, struct error *e)
{
	struct key_list list = {0};
	struct mistakes m = {0};
	*out = NULL;
	enum err r = o->deed == STOCK_DESTROY ? desk_two(d, MAY_KEY_DESTROY, MAY_KEY_DESTROY_CONFIRM, e) : desk_allow(d, deeds[o->deed].permission, NULL, e);
	if (!r && !(r = check_order(d, o, e)) && !(r = key_list_read(&o->keys, false, &list, &m, e)) && !(r = store_begin(d->store, e))) {
		r = run(d, o, &list, &m, out, e);
		store_rollback(d->store);
	}
	if (r) {
		json_decref(*out);
		*out = NULL;
	}
	key_list_free(&list);
	mistakes_free(&m);
	return r;
}

enum err stock_judge(struct desk *d, const struct stock_order *o, const char *serial, json_t **out, struct error *e)
{
	const struct key_line line = {.serial = serial, .medium = "", .line = 1};
	struct judgement v = {0};
	enum err r = desk_allow(d, MAY_KEY_VIEW, NULL, e);
	if (!r && !key_serial_valid(serial))
		return error_set(e, ERR_DESK_SERIAL, "%s", serial);
	if (!r && !(r = judge(d, o, &line, &v, e)) && *v.why)
		r = error_set(e, ERR_DESK_SERIAL, "%s", v.why);
	if (!r && out)
		*out = json_pack("{ss ss ss ss}", "serial", serial, "medium", v.key.id ? v.key.medium : v.medium, "state", v.key.state,
		                 "drawer", v.key.drawer);
	return r;
}

/* Lists ------------------------------------------------------------------------------------------------------ */

enum err stock_list(struct desk *d, const char *state, const char *drawer, json_t **out, struct error *e)
{
	json_t *row;
	size_t i;
	*out = NULL;
	enum err r = desk_allow(d, MAY_KEY_VIEW, NULL, e);
	if (!r && state && !key_state_known(state) && strcmp(state, "held") != 0)
		r = error_set(e, ERR_DESK_FILTER, "%s", state);
	if (!r)
		r = store_rows(d->store, SQL_STOCK_LIST, out, e, "tt", state ? state : "", drawer ? drawer : "");
	json_array_foreach(*out, i, row)
		desk_time(row, "updated_at", json_number(row, "updated_at"));
	return r;
}

/* The first column of each row, as an array of texts. */
static enum err texts(struct desk *d, enum sql q, const char *column, json_t **out, struct error *e, const char *types, int64_t now)
{
	json_t *rows = NULL, *row;
	size_t i;
	*out = NULL;
	enum err r = desk_allow(d, MAY_KEY_VIEW, NULL, e);
	if (!r)
		r = store_rows(d->store, q, &rows, e, types, now);
	if (!r) {
		*out = json_array();
		json_array_foreach(rows, i, row)
			json_array_append(*out, json_object_get(row, column));
	}
	json_decref(rows);
	return r;
}

enum err stock_drawers(struct desk *d, json_t **out, struct error *e)
{
	return texts(d, SQL_STOCK_DRAWERS, "drawer", out, e, "", 0);
}

enum err stock_media(struct desk *d, json_t **out, struct error *e)
{
	return texts(d, SQL_STOCK_MEDIA, "medium", out, e, "i", desk_now(d));
}
