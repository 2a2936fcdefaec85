/* The steps behind the reservation: what each does on the key and what it puts into the store (issuing.h). */
#include <openssl/crypto.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "ca/request.h"
#include "desk/cert.h"
#include "desk/effect.h"
#include "desk/hubca.h"
#include "desk/issuing.h"
#include "desk/keys.h"
#include "desk/puk.h"
#include "desk/tell.h"
#include "rules/term.h"

enum { PUK_DIGITS = 8, DRAFT_SECONDS = 60 };

static enum err load_secrets(struct journey *j, struct error *e)
{
	return j->secrets.puk.length ? OK : key_secrets_load(j->d, &j->key, &j->secrets, e);
}

/* Only to try what is surely on the key: the reservation loads them again, where no other session comes between. */
enum err step_reserve_load(struct journey *j, struct error *e)
{
	struct key_secrets there = {0};
	enum err r = j->again ? OK : key_secrets_load(j->d, &j->key, &there, e);
	if (!r && !there.puk_next.length)
		j->surely = there.management;
	key_secrets_wipe(&there);
	return r;
}

/* The new ones are in the store before they are on the key. */
enum err journey_next_secrets(struct journey *j, struct error *e)
{
	char digits[PUK_DIGITS + 1];
	enum err r = load_secrets(j, e);
	if (r || j->secrets.puk_next.length || (r = token_new_management_key(j->token, &j->secrets.management_next, e)))
		return r;
	random_digits(digits, PUK_DIGITS);
	secret_set(&j->secrets.puk_next, digits, PUK_DIGITS);
	OPENSSL_cleanse(digits, sizeof digits);
	j->new_made = true;
	return key_secrets_save(j->d, &j->key, &j->secrets, e);
}

/* An order that was reserved by a program that made them later. */
static enum err record_next(struct journey *j, struct error *e)
{
	enum err r = store_begin(j->d->store, e);
	if (r)
		return r;
	if (!(r = journey_next_secrets(j, e)))
		r = journey_commit(j, "issue.secrets", e);
	store_rollback(j->d->store);
	return r;
}

/* Authenticates with the old or the new key, whichever is on the card; *is_new tells. The likelier one goes first: the
 * old one where the new one was made just now. */
static enum err open_management(struct journey *j, bool just_made, bool *is_new, struct error *e)
{
	const struct secret *old = &j->secrets.management, *new = &j->secrets.management_next;
	enum err r = token_authenticate_management(j->token, just_made ? old : new, e);
	*is_new = !just_made;
	if (r == ERR_TOKEN_MANAGEMENT) {
		*is_new = just_made;
		r = token_authenticate_management(j->token, just_made ? new : old, e);
	}
	return r;
}

enum err step_secure_load(struct journey *j, struct error *e)
{
	enum err r = load_secrets(j, e);
	return r || j->secrets.puk_next.length ? r : record_next(j, e);
}

enum err step_secure_open(struct journey *j, struct error *e)
{
	j->managed = j->surely.length && token_authenticate_management(j->token, &j->surely, NULL) == OK;
	return token_expect_write(j->token, e);
}

enum err step_secure_work(struct journey *j, struct error *e)
{
	bool is_new = false, next = false;
	enum err r = token_begin(j->token, e);
	if (r)
		return r;
	if ((j->managed || !(r = open_management(j, j->new_made, &is_new, e))) &&
	    !(r = puk_try(j->token, &j->secrets, j->new_made, token_set_puk, &j->secrets.puk_next, &next, e)) && !is_new &&
	    !(r = token_set_management_key(j->token, &j->secrets.management_next, e)))
		r = token_authenticate_management(j->token, &j->secrets.management_next, e);
	token_end(j->token);
	if (r)
		return r;
	j->managed = j->held;
	j->secrets.puk = j->secrets.puk_next;
	j->secrets.management = j->secrets.management_next;
	secret_wipe(&j->secrets.puk_next);
	secret_wipe(&j->secrets.management_next);
	return OK;
}

static enum err load_pin(struct journey *j, struct error *e)
{
	return j->first_pin.id ? OK : pin_load(j->d, &j->o, j->item.id, j->item.key_serial, &j->first_pin, e);
}

/* With the first PIN, for which there is time while the key makes its pair: it is in the store long before it is on the key. */
enum err step_secure_keep(struct journey *j, struct error *e)
{
	enum err r = load_pin(j, e);
	if (r || (r = store_begin(j->d->store, e)))
		return r;
	r = key_secrets_save(j->d, &j->key, &j->secrets, e);
	if (!r && !j->first_pin.id)
		r = pin_record(j->d, &j->o, j->item.id, j->item.key_serial, e);
	if (!r)
		r = journey_finish(j, "secured", e);
	store_rollback(j->d->store);
	return r;
}

/* Opens the key for writing. Inside a PC/SC transaction. */
static enum err open_key(struct journey *j, struct error *e)
{
	enum err r = j->managed ? OK : token_authenticate_management(j->token, &j->secrets.management, e);
	if (!r)
		j->managed = j->held;
	return r;
}

/* Until the customer's first PIN is set the key answers to the factory's; a key that doesn't is brought back to it by
 * its PUK. */
static enum err open_pin(struct journey *j, struct error *e)
{
	struct secret pin = {0};
	if (j->again)
		return token_verify_pin(j->token, j->pin, e);
	secret_set(&pin, TOKEN_FACTORY_PIN, strlen(TOKEN_FACTORY_PIN));
	enum err r = token_verify_pin(j->token, &pin, e);
	if ((r == ERR_TOKEN_PIN_WRONG || r == ERR_TOKEN_PIN_BLOCKED) && !(r = token_unblock(j->token, &j->secrets.puk, &pin, e)))
		r = token_verify_pin(j->token, &pin, e);
	secret_wipe(&pin);
	return r;
}

/* What needs the PIN. One that was verified since the key is held counts still, unless this slot wants it for each use. */
static enum err with_pin(struct journey *j, enum err (*use)(struct journey *j, struct error *e), struct error *e)
{
	enum err r = token_begin(j->token, e);
	if (r)
		return r;
	r = j->verified ? use(j, e) : ERR_TOKEN_LOCKED;
	if (r == ERR_TOKEN_LOCKED && !(r = open_pin(j, e))) {
		j->verified = j->held;
		r = use(j, e);
	}
	token_end(j->token);
	return r;
}

static enum err save_request(struct journey *j, const struct bytes *b, const char *step, struct error *e)
{
	enum err r = store_begin(j->d->store, e);
	if (r)
		return r;
	if (!(r = store_run(j->d->store, SQL_ITEM_SET_REQUEST, NULL, e, "ib", j->item.id, (const void *)b->data,
	                    b->length)))
		r = journey_finish(j, step, e);
	store_rollback(j->d->store);
	return r;
}

/* The pair that is there, as the certificate names it. */
static enum err load_pair(struct journey *j, struct error *e)
{
	struct bytes der = {0};
	struct cert_info info = {0};
	enum err r = blob_load(j->d, SQL_CERT_DER, j->about.id, &der, e);
	if (!r && !(r = cert_info(der.data, der.length, &info, e)))
		r = bytes_add(&j->pair, info.spki.data, info.spki.length) ? error_set(e, ERR_MEMORY, "pair") : OK;
	cert_info_free(&info);
	bytes_free(&der);
	return r;
}

/* A new pair destroys the old one on the customer's key, so the CA must have answered before; from then on the order only goes forward. */
static enum err reach_ca(struct journey *j, struct error *e)
{
	char sentence[ERROR_DETAIL_SIZE * 3], short_one[ERROR_DETAIL_SIZE / 2];
	struct ca *ca = NULL;
	enum err r = desk_ca(j->d, &ca, e);
	if (!r)
		r = ca_reach(ca, e);
	if (!r || error_exit(r) != EXIT_RETRY || r == ERR_DESK_CA_UNREACHED || r == ERR_DESK_CA_UNKNOWN)
		return r;
	text_copy(short_one, sizeof short_one, error_sentence(e, sentence, sizeof sentence));
	return error_set(e, ERR_DESK_CA_UNREACHED, "%s%s", short_one, tr("。", ". "));
}

enum err step_generate_load(struct journey *j, struct error *e)
{
	if (j->again && !j->rekey)
		return load_pair(j, e);
	enum err r = j->again ? reach_ca(j, e) : OK;
	return r ? r : load_secrets(j, e);
}

enum err step_generate_work(struct journey *j, struct error *e)
{
	if (j->again && !j->rekey)
		return OK;
	enum err r = token_begin(j->token, e);
	if (r)
		return r;
	if (!(r = open_key(j, e)))
		r = token_generate(j->token, j->slot, j->algorithm, &j->pair, e);
	token_end(j->token);
	return r;
}

/* item.request holds the public key until there is a request. */
enum err step_generate_keep(struct journey *j, struct error *e)
{
	return save_request(j, &j->pair, "generated", e);
}

static enum err sign_on_key(void *arg, const uint8_t digest[32], struct bytes *signature, struct error *e)
{
	struct journey *j = arg;
	return token_sign(j->token, j->slot, j->algorithm, digest, signature, e);
}

/* What an earlier run left in item.request, where this one hasn't made it. */
static enum err load_made(struct journey *j, struct bytes *out, struct error *e)
{
	return out->length ? OK : blob_load(j->d, SQL_ITEM_REQUEST, j->item.id, out, e);
}

enum err step_request_load(struct journey *j, struct error *e)
{
	enum err r = j->again ? OK : load_secrets(j, e); /* for a PIN that is to be the factory's again */
	if (!r)
		r = load_made(j, &j->pair, e);
	if (!r && !j->again && !hubca_chosen(j->d) && desk_ca(j->d, &j->ca, NULL) == OK && journey_choose_end(j, NULL) == OK) {
		j->draft_from = j->item.not_before;
		j->draft_to = j->item.not_after;
	}
	return r;
}

static enum err make_request(struct journey *j, struct error *e)
{
	bytes_free(&j->request);
	request_free(&j->proven);
	return request_make(j->pair.data, j->pair.length, &j->subject, sign_on_key, j, &j->proven, &j->request, e);
}

enum err step_request_work(struct journey *j, struct error *e)
{
	return with_pin(j, make_request, e);
}

/* A CA of one's own signs at once: after a cut the key signs a new request. Headquarters is asked for what is in the store. */
bool step_request_joins(const struct journey *j)
{
	return !hubca_chosen(j->d);
}

enum err step_request_keep(struct journey *j, struct error *e)
{
	return save_request(j, &j->request, "requested", e);
}

bool step_pair_is_other(enum err r)
{
	return r == ERR_CA_SIGNATURE || r == ERR_TOKEN_NO_KEY || r == ERR_TOKEN_MISMATCH || r == ERR_TOKEN_NO_CERTIFICATE ||
	       r == ERR_TOKEN_CERTIFICATE;
}

enum err step_certify_load(struct journey *j, struct error *e)
{
	enum err r = load_made(j, &j->request, e);
	if (!r && !j->ca)
		r = desk_ca(j->d, &j->ca, e);
	if (r || hubca_chosen(j->d) || (r = journey_may_certify(j, e)))
		return r;
	r = journey_choose_end(j, e);
	bool fits = j->clerk && j->draft_from && j->item.not_after == j->draft_to && j->item.not_before - j->draft_from < DRAFT_SECONDS;
	if (!r && fits)
		j->item.not_before = j->draft_from;
	return r;
}

static struct ca_order order_to_ca(const struct journey *j, int64_t from, int64_t to)
{
	return (struct ca_order){.profile = j->profile, .values = j->values, .not_before = from, .not_after = to};
}

/* The local CA's signature takes as long as the key's: what it will be asked for is signed beside, and is a certificate only when the
 * request has come. */
void step_request_meanwhile(void *journey)
{
	struct journey *j = journey;
	struct ca_order order = order_to_ca(j, j->draft_from, j->draft_to);
	if (j->draft_from)
		ca_draft_make(j->ca, &order, j->pair.data, j->pair.length, &j->draft, NULL);
}

/* A CA of one's own signs at once; headquarters' is asked when the request is in the store. */
enum err step_certify_work(struct journey *j, struct error *e)
{
	struct ca_order order = order_to_ca(j, j->item.not_before, j->item.not_after);
	worker_wait(j->clerk);
	order.request = j->request.data, order.request_length = j->request.length;
	order.proven = j->proven;
	order.draft = j->draft;
	cert_info_free(&j->made);
	return hubca_chosen(j->d) ? OK : ca_issue(j->ca, &order, &j->made, &j->certificate, e);
}

/* The request, where an earlier run hasn't. */
static enum err keep_request(struct journey *j, struct error *e)
{
	bool there = strcmp(j->item.step, "requested") == 0;
	return there ? OK : store_run(j->d->store, SQL_ITEM_SET_REQUEST, NULL, e, "ib", j->item.id, (const void *)j->request.data, j->request.length);
}

/* The certificate is none before it is in the store: a cut leaves none that the store doesn't know. */
enum err step_certify_keep(struct journey *j, struct error *e)
{
	if (hubca_chosen(j->d))
		return hubca_certify(j, j->ca, &j->request, e);
	enum err r = store_begin(j->d->store, e);
	if (r)
		return r;
	if (!(r = journey_may_certify(j, e)) && !(r = keep_request(j, e)) && !(r = journey_insert_certificate(j, &j->made, &j->certificate, e)))
		r = journey_finish(j, "certified", e);
	store_rollback(j->d->store);
	return r;
}

static enum err load_certificate(struct journey *j, struct error *e)
{
	json_t *row = NULL;
	if (j->certificate.length)
		return OK;
	enum err r = store_row(j->d->store, SQL_CERT_OF_ITEM, &row, e, "it", j->item.id, j->item.key_serial);
	if (!r)
		r = row ? blob_load(j->d, SQL_CERT_DER, json_integer_value(json_object_get(row, "id")), &j->certificate, e)
		        : error_set(e, ERR_DESK_NO_CERT, "%s", j->item.serial);
	json_decref(row);
	return r;
}

static enum err finish_plain(struct journey *j, const char *step, struct error *e)
{
	enum err r = store_begin(j->d->store, e);
	return r ? r : journey_finish(j, step, e);
}

enum err step_write_load(struct journey *j, struct error *e)
{
	enum err r = load_secrets(j, e);
	if (!r)
		r = load_certificate(j, e);
	return r || !j->again ? r : blob_load(j->d, SQL_CERT_DER, j->about.id, &j->replaced, e);
}

enum err step_write_open(struct journey *j, struct error *e)
{
	enum err r = open_key(j, e);
	return r ? r : token_expect_write(j->token, e);
}

enum err step_write_work(struct journey *j, struct error *e)
{
	enum err r = token_begin(j->token, e);
	if (r)
		return r;
	if (!(r = open_key(j, e)) && (r = token_write_certificate(j->token, j->slot, j->certificate.data, j->certificate.length, e)) && j->again &&
	    !j->rekey)
		token_write_certificate(j->token, j->slot, j->replaced.data, j->replaced.length, NULL); /* the customer can go on working */
	token_end(j->token);
	return r;
}

enum err step_write_keep(struct journey *j, struct error *e)
{
	return finish_plain(j, "written", e);
}

enum err journey_put_back(struct journey *j, struct error *e)
{
	struct bytes old = {0};
	enum err r = load_secrets(j, e);
	if (!r)
		r = blob_load(j->d, SQL_CERT_DER, j->about.id, &old, e);
	if (!r && !(r = token_begin(j->token, e))) {
		if (!(r = open_key(j, e)))
			r = token_write_certificate(j->token, j->slot, old.data, old.length, e);
		token_end(j->token);
	}
	bytes_free(&old);
	return r;
}

enum err step_prove_load(struct journey *j, struct error *e)
{
	enum err r = j->again ? OK : load_secrets(j, e);
	return r ? r : load_certificate(j, e);
}

static enum err test(struct journey *j, struct error *e)
{
	return token_test_signature(j->token, j->slot, &j->certificate, e);
}

enum err step_prove_work(struct journey *j, struct error *e)
{
	return with_pin(j, test, e);
}

/* The PIN's message is written while the key sets the PIN. */
static void make_message_ready(struct journey *j)
{
	if (j->first_pin.id)
		pin_make_ready(j->d, &j->o, j->item.key_serial, &j->first_pin);
}

enum err step_prove_keep(struct journey *j, struct error *e)
{
	enum err r = finish_plain(j, "proven", e);
	if (!r)
		make_message_ready(j);
	return r;
}

/* Recorded with the key's secrets, unless that was by a program that did it later. */
enum err step_set_pin_load(struct journey *j, struct error *e)
{
	enum err r = load_secrets(j, e);
	if (!r)
		r = load_pin(j, e);
	if (r || j->first_pin.id || (r = store_begin(j->d->store, e)))
		return r;
	if (!(r = pin_record(j->d, &j->o, j->item.id, j->item.key_serial, e)))
		r = journey_commit(j, "issue.pin", e);
	store_rollback(j->d->store);
	return r ? r : load_pin(j, e);
}

/* By the PUK, which needs no PIN that is known: so the step can be repeated whatever the key answers to by now. */
enum err step_set_pin_work(struct journey *j, struct error *e)
{
	return token_unblock(j->token, &j->secrets.puk, &j->first_pin.pin, e);
}

enum err step_set_pin_keep(struct journey *j, struct error *e)
{
	enum err r = store_begin(j->d->store, e);
	if (r)
		return r;
	if (!(r = store_run(j->d->store, SQL_PIN_SET_STATE, NULL, e, "it", j->first_pin.id, "set")))
		r = journey_finish(j, "pin-set", e);
	store_rollback(j->d->store);
	if (!r) /* where an earlier run proved the key */
		make_message_ready(j);
	return r;
}

enum err step_send_pin_load(struct journey *j, struct error *e)
{
	enum err r = load_secrets(j, e);
	return r ? r : load_pin(j, e);
}

/* No PIN is sent that the key doesn't answer to. */
enum err step_send_pin_work(struct journey *j, struct error *e)
{
	const struct secret *pin = &j->first_pin.pin;
	enum err r = token_verify_pin(j->token, pin, e);
	if ((r == ERR_TOKEN_PIN_WRONG || r == ERR_TOKEN_PIN_BLOCKED) && !(r = token_unblock(j->token, &j->secrets.puk, pin, e)))
		r = token_verify_pin(j->token, pin, e);
	j->to_send = !r && !j->first_pin.remark; /* that for the remark of the bank's transfer stays "set" until the list is made */
	return r;
}

/* It is sent when nothing can keep the order from being issued any more. */
bool step_send_pin_joins(const struct journey *j)
{
	(void)j;
	return true;
}

/* With the last item: the old certificate gives way, as long as nothing else was said of it meanwhile. */
static enum err all_issued(struct journey *j, struct error *e)
{
	int64_t now = desk_now(j->d);
	enum err r = journey_subject_stands(j, e);
	if (!r)
		r = order_advance(j->d, &j->o, "issue", e);
	if (!r)
		r = store_run(j->d->store, SQL_ITEM_ORDER_ISSUED, NULL, e, "iii", j->o.id, j->who.id, now);
	return r ? r : effect_issued(j->d, &j->o, e);
}

/* Who waits at the desk sees it, and who gets it by post hears when it is on its way. */
static void tell_ready(struct journey *j)
{
	json_t *facts = NULL;
	if (j->again || strcmp(j->o.delivery, "counter") != 0 || store_row(j->d->store, SQL_ORDER_FACTS, &facts, NULL, "i", j->o.id) != OK)
		return;
	if (!json_number(facts, "waiting") || term_day(json_number(facts, "signed_at")) != term_day(desk_now(j->d)))
		tell_customer(j->d, &j->o, "issued", NULL, 0, NULL);
	json_decref(facts);
}

static void close_key(void *journey)
{
	struct journey *j = journey;
	token_close(&j->token);
}

/* Nothing more is done on the key, which forgets its PIN beside the store. */
static void let_key_go(struct journey *j)
{
	j->held = j->managed = j->verified = false;
	worker_give(j->worker, close_key, j);
}

enum err step_finish_keep(struct journey *j, struct error *e)
{
	int64_t open = 0;
	let_key_go(j);
	enum err r = crl_refresh(j->d, e);
	if (r || (r = store_begin(j->d->store, e)))
		return r;
	if (!j->item.own_medium)
		r = key_move(j->d, j->item.key_serial, "made", j->o.id, "", NULL, e);
	if (!r)
		r = store_int(j->d->store, SQL_ITEM_OPEN_COUNT, 0, &open, e, "ii", j->o.id, j->item.id);
	if (!r && open == 0)
		r = all_issued(j, e);
	if (!r && j->to_send)
		r = pin_send(j->d, &j->o, j->item.key_serial, &j->first_pin, e);
	if (!r)
		r = journey_finish(j, "issued", e);
	store_rollback(j->d->store);
	if (!r && open == 0)
		tell_ready(j);
	return r;
}
