#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

#include "vkey.h"

static const struct kind {
	uint8_t algorithm;
	int bits;	   /* RSA: of the modulus; curves: 0 */
	const char *curve; /* OpenSSL's name of the group */
	int nid;
	size_t size; /* bytes of a coordinate or of the modulus */
} kinds[] = {
	{ALG_RSA_1024, 1024, NULL, 0, 128},
	{ALG_RSA_2048, 2048, NULL, 0, 256},
	{ALG_RSA_3072, 3072, NULL, 0, 384},
	{ALG_RSA_4096, 4096, NULL, 0, 512},
	{ALG_P256, 0, "P-256", NID_X9_62_prime256v1, 32},
	{ALG_P384, 0, "P-384", NID_secp384r1, 48},
	{ALG_SM2, 0, "SM2", NID_sm2, 32},
};

static const struct kind *kind_of(uint8_t algorithm)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].algorithm == algorithm)
			return &kinds[i];
	return NULL;
}

static void add_number(struct buffer *out, unsigned tag, const EVP_PKEY *key, const char *name)
{
	BIGNUM *n = NULL;
	uint8_t raw[512];
	if (EVP_PKEY_get_bn_param(key, name, &n) && BN_num_bytes(n) <= (int)sizeof raw)
		buffer_tlv(out, tag, raw, (size_t)BN_bn2bin(n, raw));
	else
		out->over = true;
	BN_free(n);
}

void key_public(const struct slot *s, struct buffer *out)
{
	if (kind_of(s->algorithm)->bits) {
		add_number(out, 0x81, s->key, OSSL_PKEY_PARAM_RSA_N);
		add_number(out, 0x82, s->key, OSSL_PKEY_PARAM_RSA_E);
		return;
	}
	uint8_t *point = NULL;
	size_t length = EVP_PKEY_get1_encoded_public_key(s->key, &point);
	buffer_tlv(out, 0x86, point, length);
	OPENSSL_free(point);
}

static EVP_PKEY *from_builder(OSSL_PARAM_BLD *b, const char *type)
{
	EVP_PKEY *key = NULL;
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	if (!params || !ctx || EVP_PKEY_fromdata_init(ctx) <= 0 ||
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) <= 0)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return key;
}

static EVP_PKEY *rsa_from_primes(const BIGNUM *p, const BIGNUM *q)
{
	enum { N, E, D, DP, DQ, INVERSE, NUMBERS };
	static const char *const names[] = {OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_EXPONENT1,
		OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
	BIGNUM *n[NUMBERS] = {0}, *p1 = BN_dup(p), *q1 = BN_dup(q), *phi = BN_new();
	BN_CTX *ctx = BN_CTX_new();
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;
	bool good = p1 && q1 && phi && ctx && b;
	for (int i = 0; i < NUMBERS; i++)
		good = (n[i] = BN_new()) && good;
	good = good && BN_mul(n[N], p, q, ctx) && BN_set_word(n[E], 65537) && BN_sub_word(p1, 1) && BN_sub_word(q1, 1) &&
		BN_mul(phi, p1, q1, ctx) && BN_mod_inverse(n[D], n[E], phi, ctx) && BN_mod(n[DP], n[D], p1, ctx) &&
		BN_mod(n[DQ], n[D], q1, ctx) && BN_mod_inverse(n[INVERSE], q, p, ctx) &&
		OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_FACTOR1, p) && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_FACTOR2, q);
	for (int i = 0; i < NUMBERS; i++)
		good = good && OSSL_PARAM_BLD_push_BN(b, names[i], n[i]);
	if (good)
		key = from_builder(b, "RSA");
	for (int i = 0; i < NUMBERS; i++)
		BN_clear_free(n[i]);
	BN_clear_free(p1), BN_clear_free(q1), BN_clear_free(phi);
	OSSL_PARAM_BLD_free(b);
	BN_CTX_free(ctx);
	return key;
}

static EVP_PKEY *rsa_from_parts(struct view p, struct view q)
{
	BIGNUM *a = BN_bin2bn(p.data, (int)p.length, NULL), *b = BN_bin2bn(q.data, (int)q.length, NULL);
	EVP_PKEY *key = a && b && !BN_is_zero(a) && !BN_is_zero(b) ? rsa_from_primes(a, b) : NULL;
	BN_clear_free(a), BN_clear_free(b);
	return key;
}

/* A known pair takes the time of any: only the luck is gone. */
static EVP_PKEY *known_pair(EVP_PKEY *key)
{
	static const char *const factors[] = {OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2};
	for (int i = 0; i < 2; i++) {
		BIGNUM *prime = NULL;
		if (EVP_PKEY_get_bn_param(key, factors[i], &prime))
			prime_pass_time(prime);
		BN_clear_free(prime);
	}
	EVP_PKEY_up_ref(key);
	return key;
}

static EVP_PKEY *new_pair(int bits)
{
	enum { TRIES = 8 };
	EVP_PKEY *key = NULL;
	for (int i = 0; !key && i < TRIES; i++) { /* the exponent fits nearly any two primes */
		BIGNUM *p = prime_make(bits / 2), *q = prime_make(bits / 2);
		if (p && q && BN_cmp(p, q) != 0)
			key = rsa_from_primes(p, q);
		BN_clear_free(p);
		BN_clear_free(q);
	}
	return key;
}

static EVP_PKEY *make(const struct card *c, const struct kind *k)
{
	if (k->bits == 2048 && c->rsa_key)
		return known_pair(c->rsa_key);
	if (k->bits)
		return new_pair(k->bits);
	return k->nid == NID_sm2 ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2") : EVP_EC_gen(k->curve);
}

/* Puts a pair into a slot; policies as asked for, else the slot's own. */
static unsigned install(
	struct card *c, uint8_t reference, const struct kind *k, EVP_PKEY *key, uint8_t origin, struct view policies)
{
	struct slot *s = &c->slots[slot_index(reference)];
	struct view pin, touch;
	uint8_t usual = reference == 0x9C ? 3 : reference == 0x9E ? 1 : 2; /* always, never, once */
	EVP_PKEY_free(s->key);
	*s = (struct slot){k->algorithm, usual, 1, origin, key};
	if (view_find(policies, 0xAA, &pin) && pin.length == 1 && pin.data[0])
		s->pin_policy = pin.data[0];
	if (view_find(policies, 0xAB, &touch) && touch.length == 1 && touch.data[0])
		s->touch_policy = touch.data[0];
	return state_save(c) ? SW_OK : SW_FAULT;
}

unsigned do_generate(struct card *c, const struct command *a, struct buffer *out)
{
	if (!c->managed)
		return SW_SECURITY;
	if (a->p1 != 0 || slot_index(a->p2) < 0)
		return SW_P1P2;
	struct view in = a->data, template, algorithm;
	unsigned tag;
	if (!view_next(&in, &tag, &template) || tag != 0xAC || !view_find(template, 0x80, &algorithm) ||
		algorithm.length != 1)
		return SW_DATA;
	const struct kind *k = kind_of(algorithm.data[0]);
	if (!k)
		return SW_DATA;
	EVP_PKEY *key = make(c, k);
	if (!key)
		return SW_FAULT;
	unsigned sw = install(c, a->p2, k, key, 1, template);
	if (sw != SW_OK)
		return sw;
	struct buffer inner = {.length = 0};
	key_public(&c->slots[slot_index(a->p2)], &inner);
	buffer_tlv(out, 0x7F49, inner.data, inner.length);
	return SW_OK;
}

static EVP_PKEY *curve_from_value(const struct kind *k, struct view value)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(k->nid);
	BIGNUM *d = BN_bin2bn(value.data, (int)value.length, NULL);
	EC_POINT *point = group ? EC_POINT_new(group) : NULL;
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	uint8_t raw[2 * 48 + 1];
	size_t length = 0;
	EVP_PKEY *key = NULL;
	if (d && point && b && !BN_is_zero(d) && BN_cmp(d, EC_GROUP_get0_order(group)) < 0 &&
		EC_POINT_mul(group, point, d, NULL, NULL, NULL))
		length = EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, raw, sizeof raw, NULL);
	if (length && OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, k->curve, 0) &&
		OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, raw, length) &&
		OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, d))
		key = from_builder(b, k->nid == NID_sm2 ? "SM2" : "EC");
	OSSL_PARAM_BLD_free(b);
	EC_POINT_free(point);
	BN_clear_free(d);
	EC_GROUP_free(group);
	return key;
}

unsigned do_import(struct card *c, const struct command *a, struct buffer *out)
{
	(void)out;
	const struct kind *k = kind_of(a->p1);
	struct view p, q, value;
	EVP_PKEY *key = NULL;
	if (!c->managed)
		return SW_SECURITY;
	if (!k || slot_index(a->p2) < 0)
		return SW_P1P2;
	if (k->bits && view_find(a->data, 0x01, &p) && view_find(a->data, 0x02, &q) && p.length <= k->size / 2 &&
		q.length <= k->size / 2)
		key = rsa_from_parts(p, q);
	else if (!k->bits && view_find(a->data, 0x06, &value) && value.length <= k->size)
		key = curve_from_value(k, value);
	if (key && k->bits && EVP_PKEY_get_bits(key) != k->bits) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key ? install(c, a->p2, k, key, 2, a->data) : SW_DATA;
}

static unsigned sign(const struct slot *s, const struct kind *k, struct view data, uint8_t *out, size_t *length)
{
	if (k->bits ? data.length != k->size
		    : data.length == 0 || data.length > 64 || (k->nid == NID_sm2 && data.length != 32))
		return SW_DATA;
	if (!k->bits && k->nid != NID_sm2 && data.length > k->size)
		data.length = k->size; /* a longer digest counts by its leftmost bits */
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(s->key, NULL);
	bool good = ctx && EVP_PKEY_sign_init(ctx) > 0 &&
		(!k->bits || EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) > 0) &&
		EVP_PKEY_sign(ctx, out, length, data.data, data.length) > 0;
	EVP_PKEY_CTX_free(ctx);
	return good ? SW_OK : SW_DATA;
}

/* The x coordinate of value * point. */
static unsigned agree(const struct slot *s, const struct kind *k, struct view point, uint8_t *out, size_t *length)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(k->nid);
	EC_POINT *peer = group ? EC_POINT_new(group) : NULL, *shared = group ? EC_POINT_new(group) : NULL;
	BIGNUM *d = NULL, *x = BN_new();
	unsigned sw = SW_DATA;
	if (peer && shared && x && EVP_PKEY_get_bn_param(s->key, OSSL_PKEY_PARAM_PRIV_KEY, &d) &&
		EC_POINT_oct2point(group, peer, point.data, point.length, NULL) &&
		EC_POINT_mul(group, shared, NULL, peer, d, NULL) &&
		EC_POINT_get_affine_coordinates(group, shared, x, NULL, NULL) &&
		BN_bn2binpad(x, out, (int)k->size) == (int)k->size) {
		*length = k->size;
		sw = SW_OK;
	}
	BN_free(x);
	BN_clear_free(d);
	EC_POINT_free(shared);
	EC_POINT_free(peer);
	EC_GROUP_free(group);
	return sw;
}

unsigned do_authenticate(struct card *c, const struct command *a, struct buffer *out)
{
	if (a->p2 == 0x9B)
		return authenticate_management(c, a, out);
	int index = slot_index(a->p2);
	if (index < 0)
		return SW_P1P2;
	const struct slot *s = &c->slots[index];
	const struct kind *k = kind_of(a->p1);
	if (!s->key)
		return SW_NO_REFERENCE;
	if (!k || s->algorithm != a->p1)
		return SW_DATA;
	bool allowed = s->pin_policy == 1 || (s->pin_policy == 3 ? c->pin_fresh : c->pin_verified);
	c->pin_fresh = false;
	if (!allowed)
		return SW_SECURITY;
	struct view in = a->data, all, data;
	unsigned tag, sw = SW_DATA;
	uint8_t result[512];
	size_t length = sizeof result;
	if (!view_next(&in, &tag, &all) || tag != 0x7C)
		return SW_DATA;
	if (view_find(all, 0x81, &data) && data.length)
		sw = sign(s, k, data, result, &length);
	else if (!k->bits && view_find(all, 0x85, &data))
		sw = agree(s, k, data, result, &length);
	if (sw != SW_OK)
		return sw;
	struct buffer inner = {.length = 0};
	buffer_tlv(&inner, 0x82, result, length);
	buffer_tlv(out, 0x7C, inner.data, inner.length);
	return SW_OK;
}
