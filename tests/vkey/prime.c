#include <openssl/bn.h>
#include <string.h>

#include "vkey.h"

enum {
	SMALL = 17864,           /* the primes below it divide nine of ten numbers */
	WINDOW = 4096,           /* odd numbers that are sieved at a time */
	NUMBERS_PER_PRIME = 355, /* odd ones, of 1024 bits: ln(2^1024) / 2 */
	ROUNDS = 25,             /* of Miller and Rabin's test, as GMP's next prime: random numbers need five (FIPS 186-5, B.3) */
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

/* One round of Miller and Rabin's test of n = 1 + odd * 2^twos. */
static bool passes(const BIGNUM *n, const BIGNUM *base, const BIGNUM *less, const BIGNUM *odd, int twos, BIGNUM *power, BN_CTX *ctx)
{
	if (!BN_mod_exp_mont(power, base, odd, n, ctx, NULL))
		return false;
	bool good = BN_is_one(power) || BN_cmp(power, less) == 0;
	for (int i = 1; !good && i < twos && BN_mod_sqr(power, power, n, ctx); i++)
		good = BN_cmp(power, less) == 0;
	return good;
}

/* By 2 first, which next to no composite number of this size passes. */
static bool is_prime(const BIGNUM *n, int rounds, BN_CTX *ctx)
{
	BN_CTX_start(ctx);
	BIGNUM *less = BN_CTX_get(ctx), *odd = BN_CTX_get(ctx), *base = BN_CTX_get(ctx), *power = BN_CTX_get(ctx);
	int twos = 1;
	bool good = power && BN_copy(less, n) && BN_sub_word(less, 1);
	while (good && !BN_is_bit_set(less, twos))
		twos++;
	good = good && BN_rshift(odd, less, twos) && BN_set_word(base, 2);
	for (int i = 0; good && i < rounds; i++)
		good = (i == 0 || (BN_rand_range(base, less) && !BN_is_zero(base))) && passes(n, base, less, odd, twos, power, ctx);
	BN_CTX_end(ctx);
	return good;
}

/* Moves `n`, which is odd, on to the next prime, or to `known`, which is one: then it passes by others. */
static bool search(BIGNUM *n, const BIGNUM *known, BN_CTX *ctx)
{
	static uint8_t marks[WINDOW];
	unsigned i = WINDOW;
	for (; !known || BN_cmp(n, known) <= 0; i++) {
		if (i == WINDOW) {
			sieve(n, marks);
			i = 0;
		}
		if (!marks[i] && is_prime(n, 1, ctx) && (!known || BN_cmp(n, known) == 0) && is_prime(n, ROUNDS, ctx))
			return true;
		if (!BN_add_word(n, 2))
			break;
	}
	return false;
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
