#include "desk/effect.h"
#include "desk/issuing.h"

#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "ca/address.h"
#include "desk/elsewhere.h"
#include "desk/hubca.h"
#include "desk/identityrow.h"
#include "desk/mainkey.h"
#include "desk/slot.h"
#include "desk/staffkey.h"
#include "desk/tables.h"
#include "rules/region.h"

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

/* Which certificate it renews, changes or replaces: it must still count. */
static enum err load_subject(struct journey *j, struct error *e)
{
	enum err r = journey_subject(j, e);
	if (!r && !j->about.id && j->business->about != ABOUT_NOTHING)
		r = elsewhere_awaited(j->d, &j->o, e);
	if (!r && j->about.id)
		r = journey_subject_fits(j, &j->about, e);
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
