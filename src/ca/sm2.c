#include <openssl/ec.h>
#include <openssl/evp.h>
#include <string.h>

#include "ca/ossl.h"

enum { SIZE = 32 };

/* a, b and the generator of the curve, each 32 bytes, as Z takes them in. */
static bool curve_numbers(uint8_t out[4 * SIZE])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_sm2);
	BIGNUM *n[4] = {BN_new(), BN_new(), BN_new(), BN_new()};
	bool good = group && n[0] && n[1] && n[2] && n[3] && EC_GROUP_get_curve(group, NULL, n[0], n[1], NULL) &&
	            EC_POINT_get_affine_coordinates(group, EC_GROUP_get0_generator(group), n[2], n[3], NULL);
	for (int i = 0; i < 4; i++) {
		good = good && BN_bn2binpad(n[i], out + i * SIZE, SIZE) == SIZE;
		BN_free(n[i]);
	}
	EC_GROUP_free(group);
	return good;
}

static bool sm3(const void *first, size_t first_length, const void *second, size_t second_length, uint8_t out[SIZE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx && EVP_DigestInit_ex(ctx, EVP_sm3(), NULL) && EVP_DigestUpdate(ctx, first, first_length) &&
	            EVP_DigestUpdate(ctx, second, second_length) && EVP_DigestFinal_ex(ctx, out, NULL);
	EVP_MD_CTX_free(ctx);
	return good;
}

bool sm2_digest(const uint8_t point[64], const uint8_t *message, size_t length, uint8_t e[32])
{
	/* Z = SM3(bits of the ID, ID, a, b, xG, yG, xA, yA) */
	uint8_t head[2 + SM2_ID_LENGTH + 4 * SIZE] = {0, 8 * SM2_ID_LENGTH}, z[SIZE];
	memcpy(head + 2, SM2_ID, SM2_ID_LENGTH);
	return curve_numbers(head + 2 + SM2_ID_LENGTH) && sm3(head, sizeof head, point, 2 * SIZE, z) &&
	       sm3(z, sizeof z, message, length, e);
}
