#include <openssl/bn.h>
#include <string.h>

#include "vkey.h"

enum {
	SMALL = 17864,           /* the primes below it divide nine of ten numbers */
	WINDOW = 4096,           /* odd numbers that are sieved at a time */
	NUMBERS_PER_PRIME = 355, /* odd ones, of 1024 bits: ln(2^1024) / 2 */
};

/* Marks those of `from`, from + 2, from + 4, … that a small prime divides. */
static void sieve(const BIGNUM *from, uint8_t marks[WINDOW])
{
	static uint8_t composite[SMALL]; /* kept: the same each time */
	memset(marks, 0, WINDOW);
	for (unsigned p = 3; p < SMALL; p += 2) {
		if (composite[p])
			continue;
		for (unsigned q = p * p; q < SMALL; q += 2 * p)
			composite[q] = 1;
		unsigned to = (p - (unsigned)BN_mod_word(from, p)) % p; /* from + to is its multiple */
		for (unsigned at = (to % 2 ? to + p : to) / 2; at < WINDOW; at += p)
			marks[at] = 1;
	}
}

/* Fermat's test by 2: of random numbers of this size next to none passes that is no prime. */
static bool likely(const BIGNUM *n, BIGNUM *less, BIGNUM *power, BN_CTX *ctx)
{
	return BN_copy(less, n) && BN_sub_word(less, 1) && BN_mod_exp_mont_word(power, 2, less, n, ctx, NULL) && BN_is_one(power);
}

/* Moves `n`, which is odd, on to the next prime, or to `known`, which is one: then it passes by others. */
static bool search(BIGNUM *n, const BIGNUM *known, BN_CTX *ctx)
{
	static uint8_t marks[WINDOW];
	BIGNUM *less = BN_new(), *power = BN_new();
	bool good = less && power, found = false;
	for (unsigned i = WINDOW; good && !found; good = found || BN_add_word(n, 2)) {
		if (i == WINDOW) {
			sieve(n, marks);
			i = 0;
		}
		if (!marks[i++] && likely(n, less, power, ctx) && (!known || BN_cmp(n, known) == 0))
			found = BN_check_prime(n, ctx, NULL) == 1;
		else if (known && BN_cmp(n, known) > 0)
			good = false;
	}
	BN_clear_free(less);
	BN_clear_free(power);
	return good;
}

BIGNUM *prime_make(int bits)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = BN_new();
	bool good = ctx && n && BN_priv_rand(n, bits, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD) && search(n, NULL, ctx) && BN_num_bits(n) == bits;
	BN_CTX_free(ctx);
	if (good)
		return n;
	BN_clear_free(n);
	return NULL;
}

void prime_pass_time(const BIGNUM *known)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = BN_dup(known);
	if (ctx && n && BN_sub_word(n, 2 * NUMBERS_PER_PRIME))
		search(n, known, ctx);
	BN_clear_free(n);
	BN_CTX_free(ctx);
}
