#include "desk/effect.h"
#include "desk/issuing.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "ca/address.h"
#include "ca/request.h"
#include "desk/elsewhere.h"
#include "desk/hubca.h"
#include "desk/identityrow.h"
#include "desk/keys.h"
#include "desk/mainkey.h"
#include "desk/slot.h"
#include "desk/staffkey.h"
#include "desk/tables.h"
#include "rules/region.h"
#include "rules/transition.h"

enum { FRESH = 1, AGAIN = 2, BOTH = FRESH | AGAIN };
enum { FREE, KEPT, HELD_ALONE }; /* the key while a step runs: anybody's, as it was left by the step before, ours alone */
enum { LOADED = 1, HELD = 2, OPENED = 4, WORKED = 8, ALL = LOADED | HELD | OPENED | WORKED };
/* `ahead`: what may be done while the step before is put into the store. The key's secrets and PIN are stored before they are
 * set, the certificate before it is written; all else is repeated after a cut, or would be. */
static const struct issue_step {
	const char *step, *zh, *en;
	unsigned when; /* for a fresh pair, for the one that is on the key, or for both */
	int key;
	unsigned ahead;
	bool pair; /* it can find that the pair is another */
	bool (*joins)(const struct journey *j); /* NULL: never; else whether the next step's entry is for this one, too */
	enum err (*load)(struct journey *j, struct error *e);
	enum err (*open)(struct journey *j, struct error *e);
	enum err (*work)(struct journey *j, struct error *e);
	enum err (*keep)(struct journey *j, struct error *e);
	void (*meanwhile)(void *journey); /* NULL, or what can be done at the same time as _open, _work and what comes before */
} steps[] = {
	{"reserved", "正在登记介质…", "Reserving the key…", BOTH, KEPT, 0, false, NULL, step_reserve_load, NULL, NULL, step_reserve_keep, NULL},
	{"secured", "正在更换管理密钥和解锁码，请勿拔出…", "Setting management key and PUK; do not remove the key…", FRESH, HELD_ALONE,
     HELD | OPENED, false, NULL, step_secure_load, step_secure_open, step_secure_work, step_secure_keep, NULL},
	{"generated", "正在生成密钥对，请勿拔出…", "Generating the key pair; do not remove the key…", BOTH, HELD_ALONE, ALL, false, NULL,
     step_generate_load, NULL, step_generate_work, step_generate_keep, NULL},
	{"requested", "正在生成证书请求，请勿拔出…", "Making the request; do not remove the key…", BOTH, HELD_ALONE, ALL, true,
     step_request_joins, step_request_load, NULL, step_request_work, step_request_keep, step_request_meanwhile},
	{"certified", "正在签发证书…", "Issuing the certificate…", BOTH, KEPT, ALL, false, NULL, step_certify_load, NULL,
     step_certify_work, step_certify_keep, NULL},
	{"written", "正在写入并读回证书，请勿拔出…", "Writing and reading back; do not remove the key…", BOTH, HELD_ALONE,
     LOADED | HELD | OPENED, false, NULL, step_write_load, step_write_open, step_write_work, step_write_keep, NULL},
	{"proven", "正在测试签名，请勿拔出…", "Testing the signature; do not remove the key…", BOTH, HELD_ALONE, ALL, true, NULL, step_prove_load,
     NULL, step_prove_work, step_prove_keep, NULL},
	{"pin-set", "正在设置证书密码，请勿拔出…", "Setting the PIN; do not remove the key…", FRESH, HELD_ALONE, ALL, false, NULL,
     step_set_pin_load, NULL, step_set_pin_work, step_set_pin_keep, NULL},
	{"sent", "正在核对并发送证书密码，请勿拔出…", "Checking and sending the PIN; do not remove the key…", FRESH, HELD_ALONE, ALL, false,
     step_send_pin_joins, step_send_pin_load, NULL, step_send_pin_work, NULL, NULL},
	{"issued", "正在登记制证结果…", "Recording the result…", BOTH, KEPT, 0, false, NULL, NULL, NULL, NULL, step_finish_keep, NULL},
};
enum { STEPS = sizeof steps / sizeof *steps };

static int step_index(const char *step)
{
	int i = STEPS - 1;
	while (i >= 0 && strcmp(steps[i].step, step) != 0)
		i--;
	return i;
}

static void say(struct journey *j, const char *step, const char *title)
{
	struct issue_progress p = {step, title, step_index(step), STEPS};
	if (j->progress)
		j->progress(j->arg, &p);
}

enum err journey_commit(struct journey *j, const char *action, struct error *e)
{
	json_t *facts = json_pack("{sI ss ss}", "item", (json_int_t)j->item.position, "key", j->item.key_serial,
	                          "certificate", j->item.serial);
	j->d->second = j->second;
	enum err r =
		facts ? desk_commit(j->d, MAY_ISSUE, action, j->o.no, NULL, facts, e) : error_set(e, ERR_MEMORY, "facts");
	json_decref(facts);
	store_rollback(j->d->store); /* after a commit there is nothing to roll back */
	return r;
}

enum err journey_finish(struct journey *j, const char *step, struct error *e)
{
	int64_t changed = 0;
	char action[32] = "issue.";
	strcat(action, step);
	enum err r =
		store_run(j->d->store, SQL_ITEM_SET_STEP, &changed, e, "itti", j->item.id, j->item.step, step, desk_now(j->d));
	if (!r && changed != 1)
		r = error_set(e, ERR_DESK_STATUS, "%s", tr("别处正在为这张订单制证", "another session is issuing this order"));
	if (r)
		store_rollback(j->d->store);
	else
		r = journey_commit(j, action, e);
	if (!r)
		text_copy(j->item.step, sizeof j->item.step, step);
	return r;
}

void item_read(const json_t *row, struct item *out)
{
	*out = (struct item){.id = json_number(row, "id"),
	                     .position = json_number(row, "position"),
	                     .not_before = json_number(row, "not_before"),
	                     .not_after = json_number(row, "not_after"),
	                     .own_medium = json_number(row, "own_medium") != 0};
	text_copy(out->role, sizeof out->role, json_text(row, "role"));
	text_copy(out->product, sizeof out->product, json_text(row, "product"));
	text_copy(out->medium, sizeof out->medium, json_text(row, "medium"));
	text_copy(out->algorithm, sizeof out->algorithm, json_text(row, "algorithm"));
	text_copy(out->key_serial, sizeof out->key_serial, json_text(row, "key_serial"));
	text_copy(out->step, sizeof out->step, json_text(row, "step"));
	text_copy(out->serial, sizeof out->serial, json_text(row, "serial"));
}

/* The first item that isn't issued yet. */
static enum err load_item(struct journey *j, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	enum err r = store_rows(j->d->store, SQL_ITEM_OF_ORDER, &rows, e, "i", j->o.id);
	json_array_foreach(rows, i, row)
		if (!j->item.id && strcmp(json_text(row, "step"), "issued") != 0)
			item_read(row, &j->item);
	json_decref(rows);
	if (!r && !j->item.id)
		r = error_set(e, ERR_DESK_STATUS, "%s", tr("没有要制的证书", "nothing to issue"));
	return r;
}

static enum err choose_algorithm(struct journey *j, struct error *e)
{
	static const unsigned keys[] = {[TOKEN_RSA_2048] = PROFILE_KEY_RSA, [TOKEN_P256] = PROFILE_KEY_P256, [TOKEN_SM2] = PROFILE_KEY_SM2};
	bool good = token_algorithm_named(j->item.algorithm, &j->algorithm) && (j->profile->keys & keys[j->algorithm]);
	return good ? OK : error_set(e, ERR_DESK_ALGORITHM, "%s", j->item.algorithm);
}

/* What could go wrong without a key is found before one is touched: product, profile, subject, CA, the PIN's target. */
static enum err prepare(struct journey *j, struct error *e)
{
	struct ca *ca;
	const struct config *c = &j->d->config;
	enum err r = tables_product(j->d, j->item.product, &j->product, e);
	if (r)
		return r;
	const json_t *product = j->product;
	j->term_months = (int)json_number(product, "term_months");
	j->rekey = j->again && json_number(product, "rekey") != 0;
	j->slot = slot_in(product);
	j->values = json_copy(j->o.values);
	r = j->values ? desk_profile(j->d, json_text(product, "profile"), &j->profile, e)
	              : error_set(e, ERR_MEMORY, "values");
	if (!r && !(r = choose_algorithm(j, e)) && !(r = region_add_names(j->d->codes, j->values, e)) &&
	    !(r = address_add(j->values, c->ca_crl_url, c->ca_issuer_url, c->ca_ocsp_url, e)) &&
	    !(r = profile_subject(j->profile, j->values, &j->subject, e)) && (j->again || !(r = pin_check_target(&j->o, e))))
		r = desk_ca(j->d, &ca, e);
	return r;
}

enum err journey_same_product(struct journey *j, struct error *e)
{
	json_t *now = NULL;
	enum err r = tables_product(j->d, j->item.product, &now, e);
	if (!r && !json_equal(now, j->product)) /* the next run goes by the new one */
		r = error_set(e, ERR_STORE_BUSY, "products");
	json_decref(now);
	return r;
}

/* Two windows on one order would undo each other's work on the key. */
enum err journey_lock(struct journey *j, struct error *e)
{
	return key_lock(j->d, &j->lock, LOCK_ORDER, j->o.id, tr("别处正在为这张订单制证", "another session is issuing this order"), e);
}

enum err journey_lock_key(struct journey *j, struct error *e)
{
	return j->key.id ? key_lock(j->d, &j->lock, LOCK_KEY, j->key.id, key_busy(), e) : OK; /* of one that nobody knows there are no secrets */
}

void journey_close(struct journey *j)
{
	worker_wait(j->worker);
	worker_wait(j->clerk);
	token_close(&j->ahead);
	token_close(&j->token);
	key_secrets_wipe(&j->secrets);
	secret_wipe(&j->surely);
	pin_free(&j->first_pin);
	name_free(&j->subject);
	bytes_free(&j->pair);
	bytes_free(&j->request);
	request_free(&j->proven);
	bytes_free(&j->certificate);
	bytes_free(&j->replaced);
	cert_info_free(&j->made);
	ca_draft_free(&j->draft);
	json_decref(j->values);
	json_decref(j->product);
	subject_free(&j->about);
	order_free(&j->o);
	if (j->lock >= 0)
		close(j->lock);
}

enum err journey_subject(struct journey *j, struct error *e)
{
	enum err r = subject_load(j->d, &j->o, &j->about, e);
	j->business = business_find(j->o.business);
	j->again = j->about.id && j->business->makes == MAKES_AGAIN;
	return r;
}

/* Revoked since: only by the loss that this replacement is for. What the CA or its holder withdrew isn't made anew. */
static bool withdrawn(const struct journey *j, const struct subject *about)
{
	const struct replacement *how = replacement_find(j->o.reason);
	return about->status == CERT_REVOKED && (!how || strcmp(how->revocation, about->reason) != 0);
}

static enum err judge_subject(const struct journey *j, const struct subject *about, struct error *e)
{
	bool counts = about->status == CERT_ACTIVE || (about->status == CERT_EXPIRED && j->business->end == END_RENEWED);
	if (*about->custodian)
		return site_has_taken(j->d, about->custodian, e);
	if (subject_own_ground(about))
		return error_set(e, ERR_DESK_OWN_GROUND_ISSUE, "%s", about->serial);
	return (j->again ? !counts : withdrawn(j, about)) ? error_set(e, ERR_DESK_CERT_GONE, "%s", about->serial) : OK;
}

enum err journey_subject_stands(struct journey *j, struct error *e)
{
	struct subject now = {0};
	enum err r = j->about.id ? subject_from_certificate(j->d, j->about.serial, &now, e) : OK;
	if (!r && now.id == j->about.id && now.id) {
		j->about.status = now.status;
		r = judge_subject(j, &now, e);
	}
	subject_free(&now);
	return r;
}

/* Which certificate it renews, changes or replaces: it must still count. */
static enum err load_subject(struct journey *j, struct error *e)
{
	enum err r = journey_subject(j, e);
	if (!r && !j->about.id && j->business->about != ABOUT_NOTHING)
		r = elsewhere_awaited(j->d, &j->o, e);
	if (!r && j->about.id)
		r = judge_subject(j, &j->about, e);
	if (r || !j->again)
		return r;
	if (!j->pin || !j->pin->length)
		return error_set(e, ERR_DESK_PIN_NEEDED, "%s", j->about.key_serial);
	return OK;
}

static struct worker *worker_of(struct worker **kept)
{
	if (!*kept)
		*kept = worker_start();
	return *kept;
}

static void open_ahead(void *journey)
{
	struct journey *j = journey;
	j->ahead = token_open_ahead(j->named);
}

static enum err begin(struct journey *j, const char *no, struct error *e)
{
	const struct staff *who;
	const char *to;
	enum err r = desk_allow(j->d, MAY_ISSUE, &who, e);
	if (r)
		return r;
	j->who = *who;
	j->second = j->d->second;
	if ((r = order_load(j->d, no, &j->o, e)) || (r = order_next(&j->o, "start-issue", &to, e)) ||
	    (r = order_separate(j->d, &j->o, &j->who, MAY_ISSUE, e)))
		return r;
	j->worker = worker_of(&j->d->worker); /* for an order that can be issued by its state, and not sooner */
	if (business_find(j->o.business)->makes != MAKES_AGAIN) /* of a key that is with the customer there may be no other in */
		worker_give(j->worker, open_ahead, j);
	if ((r = identity_settled(j->d, &j->o, e)) || (r = desk_clock_right(j->d, e)) || (r = journey_lock(j, e)) || (r = load_item(j, e)) || (r = load_subject(j, e)) ||
	    (r = subject_number_free(j->d, &j->about, j->o.values, e)) ||
	    (r = main_key_free(j->d, &j->o, &j->about, j->item.role, j->item.product, e)))
		return r;
	return prepare(j, e);
}

/* Steps on the key that follow each other are one transaction, so that nobody comes between them and nothing is selected
 * and proven anew. While a CA over a line or a message is waited for, the key is free; one of our own signs at once. */
static enum err hold(struct journey *j, int key, struct error *e)
{
	enum err r = OK;
	if (key == HELD_ALONE && !j->held && !(r = token_begin(j->token, e)))
		j->held = true;
	else if ((key == FREE || (key == KEPT && hubca_chosen(j->d))) && j->held) {
		j->held = j->managed = j->verified = false;
		token_end(j->token);
	}
	return r;
}

static enum err other_key(const struct journey *j, struct error *e)
{
	return error_set(e, ERR_DESK_OTHER_KEY, tr("应为 %s", "%s is needed"), j->item.key_serial);
}

/* Opens the key: the one that the item remembers, or a fit one. Another one, named, takes the place of one that is lost
 * or broken. */
static enum err choose_key(struct journey *j, struct error *e)
{
	struct token *ahead = j->ahead;
	bool begun = *j->item.key_serial != '\0';
	bool change = begun && j->named && strcmp(j->named, j->item.key_serial) != 0;
	j->ahead = NULL;
	enum err r = customer_key_open(j->d, j->named ? j->named : begun ? j->item.key_serial : NULL, ahead, &j->token, e);
	if (r == ERR_TOKEN_OTHER && begun && !change)
		return other_key(j, e);
	if (r)
		return r;
	j->held = true;
	if (change)
		hold(j, FREE, NULL); /* the other one is looked for */
	if (change && key_is_in(j->item.key_serial))
		return other_key(j, e);
	if ((r = key_load(j->d, token_serial(j->token), &j->key, e)))
		return r;
	if ((r = journey_lock_key(j, e)))
		return r;
	if (begun && !change)
		return j->key.id && j->key.order_id == j->o.id ? OK
		                                               : error_set(e, ERR_DESK_KEY_STATE, "%s", j->item.key_serial);
	if ((r = journey_check_key(j, e)) || (r = journey_check_card(j, e)))
		return r;
	return change ? journey_release(j, e) : OK;
}

/* The one key that the order is about, with its certificate on it, or the new one where the journey was cut behind the
 * write. */
static enum err choose_same_key(struct journey *j, struct error *e)
{
	struct bytes there = {0};
	struct cert_info info = {0};
	if (j->named && strcmp(j->named, j->about.key_serial) != 0)
		return error_set(e, ERR_DESK_OTHER_KEY, tr("应为 %s", "%s is needed"), j->about.key_serial);
	enum err r = subject_only_key(j->d, e);
	if (!r && !(r = token_open(j->about.key_serial, &j->token, e)) && !(r = key_load(j->d, j->about.key_serial, &j->key, e)))
		r = token_read_certificate(j->token, j->slot, &there, e);
	if (r == ERR_TOKEN_NO_CERTIFICATE || r == ERR_TOKEN_CERTIFICATE) /* the write was cut */
		r = *j->item.serial ? OK : error_set(e, ERR_DESK_CERT_GONE, "%s", j->about.serial);
	else if (!r && !(r = cert_info(there.data, there.length, &info, e)) && strcmp(info.serial, j->about.serial) != 0 &&
	         strcmp(info.serial, j->item.serial) != 0)
		r = error_set(e, ERR_DESK_CERT_GONE, "%s", j->about.serial);
	cert_info_free(&info);
	bytes_free(&there);
	return r;
}

/* Those of a step's `phases` that aren't done yet. */
static enum err go(struct journey *j, const struct issue_step *s, unsigned phases, struct error *e)
{
	enum err r = OK;
	for (unsigned p = LOADED; !r && p <= WORKED; p *= 2) {
		enum err (*run)(struct journey *, struct error *) = p == LOADED ? s->load : p == OPENED ? s->open : p == WORKED ? s->work : NULL;
		if (!(phases & ~j->begun & p))
			continue;
		if (p == HELD)
			r = hold(j, s->key, e);
		else if (run)
			r = run(j, e);
		if (!r)
			j->begun |= p;
	}
	return r;
}

/* The step that is begun beside the store. */
struct ahead {
	struct journey *j;
	const struct issue_step *step; /* NULL: none */
	enum err result;
	struct error e;
};

static void ahead_run(void *arg)
{
	struct ahead *a = arg;
	a->result = go(a->j, a->step, a->step->ahead, &a->e);
}

/* What it needs of the store is loaded here, where nothing else uses that. On a key that is with the customer nothing is done
 * before what came before is certain. */
static void ahead_begin(struct ahead *a, const struct issue_step *next)
{
	struct journey *j = a->j;
	*a = (struct ahead){.j = j};
	if (j->again || !next->ahead || go(j, next, next->ahead & LOADED, NULL))
		return;
	a->step = next;
	worker_give(j->worker, ahead_run, a);
	if (!next->meanwhile)
		return;
	j->clerk = worker_of(&j->d->clerk);
	worker_give(j->clerk, next->meanwhile, j);
}

static enum err ahead_end(struct ahead *a, struct error *e)
{
	if (a->step)
		worker_wait(a->j->worker);
	if (a->step && a->result && e)
		*e = a->e;
	enum err r = a->step ? a->result : OK;
	a->step = NULL;
	return r;
}

static const struct issue_step *step_after(const struct journey *j, int i)
{
	for (i++; i < STEPS; i++)
		if (steps[i].when & (j->again ? AGAIN : FRESH))
			return &steps[i];
	return NULL;
}

static enum err walk(struct journey *j, struct error *e)
{
	enum err r = OK;
	struct ahead ahead = {.j = j};
	const struct issue_step *next, *s = step_after(j, step_index(j->item.step));
	for (; s && !r; s = next) {
		next = step_after(j, (int)(s - steps));
		say(j, s->step, tr(s->zh, s->en));
		if ((r = ahead_end(&ahead, e)) || (r = go(j, s, ALL, e))) {
			if (s->pair && step_pair_is_other(r)) /* the next run makes it anew */
				journey_rewind(j, NULL);
			break;
		}
		j->begun = 0;
		if (s->joins && s->joins(j))
			continue;
		if (next)
			ahead_begin(&ahead, next);
		r = s->keep(j, e);
	}
	ahead_end(&ahead, NULL);
	hold(j, FREE, NULL);
	return r;
}

enum err issue_with_pin(struct desk *d, const char *no, const char *serial, const struct secret *pin,
                        void (*progress)(void *arg, const struct issue_progress *), void *arg, json_t **out, struct error *e)
{
	struct journey j = {.lock = -1, .named = serial && *serial ? serial : NULL, .d = d, .pin = pin, .progress = progress, .arg = arg};
	*out = NULL;
	enum err r = begin(&j, no, e);
	worker_wait(j.worker);
	if (!r)
		r = j.again ? choose_same_key(&j, e) : choose_key(&j, e);
	if (!r)
		r = walk(&j, e);
	if (!r)
		r = effect_published(d, &j.o, e);
	journey_close(&j); /* the key's row stays */
	if (r || (r = order_show(d, no, out, e)))
		return r;
	if (!j.item.own_medium && strcmp(j.key.drawer, d->station) != 0)
		json_object_set_new(*out, "from_drawer", json_string(j.key.drawer));
	return OK;
}

enum err issue_accept(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct order o = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_ISSUE, NULL, e);
	if (!r && !(r = store_begin(d->store, e))) {
		if (!(r = order_load(d, no, &o, e)) && !(r = identity_settled(d, &o, e)) && !(r = order_advance(d, &o, "accept", e)) &&
		    !(r = store_run(d->store, SQL_ITEM_ORDER_DONE, NULL, e, "ii", o.id, desk_now(d))))
			r = desk_commit(d, MAY_ISSUE, "issue.accepted", no, NULL, NULL, e);
		store_rollback(d->store);
	}
	order_free(&o);
	return r ? r : order_show(d, no, out, e);
}
