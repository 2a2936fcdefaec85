/* What a card answers: the input is its answers, one after the other, each a byte of length, the data and the status
 * word; where it ends, the key is pulled out. */
#include "fuzz.h"

#include <string.h>

#include "token/driver.h"
#include "base/tlv.h"

struct answers {
	const uint8_t *data;
	size_t left;
};

static enum err next(
	void *context, const uint8_t *command, size_t length, uint8_t *answer, size_t *answer_length, struct error *e)
{
	struct answers *a = context;
	(void)command, (void)length;
	if (a->left < 3)
		return error_set(e, ERR_TOKEN_REMOVED, "%s", "");
	size_t n = a->data[0] + 2u;
	n = n < a->left - 1 ? n : a->left - 1;
	memcpy(answer, a->data + 1, n);
	a->data += 1 + n;
	a->left -= 1 + n;
	*answer_length = n;
	return OK;
}

static const struct token_driver *const piv = &token_driver_piv;
static struct secret pin = {6, "123456"};

static void run_generate(const struct apdu_transport *card, struct bytes *out)
{
	piv->generate(card, TOKEN_SLOT_SIGN, TOKEN_RSA_2048, out, NULL);
	piv->generate(card, TOKEN_SLOT_SIGN, TOKEN_P256, out, NULL);
	piv->generate(card, TOKEN_SLOT_SIGN, TOKEN_SM2, out, NULL);
}

static void run_sign(const struct apdu_transport *card, struct bytes *out)
{
	piv->sign(card, TOKEN_SLOT_SIGN, TOKEN_P256, (uint8_t[32]){0}, out, NULL);
	piv->sign(card, TOKEN_SLOT_SIGN, TOKEN_RSA_2048, (uint8_t[32]){0}, out, NULL);
}

static void run_certificate(const struct apdu_transport *card, struct bytes *out)
{
	piv->read_certificate(card, TOKEN_SLOT_SIGN, out, NULL);
	piv->write_certificate(card, TOKEN_SLOT_SIGN, pin.data, pin.length, NULL);
}

static void run_codes(const struct apdu_transport *card, struct bytes *out)
{
	(void)out;
	int tries;
	piv->tries_left(card, TOKEN_PIN, &tries, NULL);
	piv->verify_pin(card, &pin, NULL);
	piv->unblock(card, &pin, &pin, NULL);
	piv->reset(card, NULL);
}

static void run_management(const struct apdu_transport *card, struct bytes *out)
{
	(void)out;
	struct secret key;
	token_factory_management_key(&key);
	must(piv->authenticate_management(card, &key, NULL)); /* no input knows the answer to our challenge */
	piv->set_management_key(card, &key, NULL);
}

static void run_identity(const struct apdu_transport *card, struct bytes *out)
{
	(void)out;
	char serial[TOKEN_SERIAL_SIZE], version[16];
	bool mine;
	piv->probe(card, &mine, NULL);
	must(piv->serial(card, serial, NULL) || memchr(serial, 0, sizeof serial));
	piv->version(card, version, sizeof version);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const runs[])(const struct apdu_transport *, struct bytes *) = {
		run_generate, run_sign, run_certificate, run_codes, run_management, run_identity};
	if (size < 1)
		return 0;
	struct answers a = {data + 1, size - 1};
	struct apdu_transport card = {.context = &a, .transmit = next};
	struct bytes out = {0};
	struct tlv in = {data, size}, value;
	unsigned tag;
	while (tlv_next(&in, &tag, &value))
		must(value.data >= data && value.data + value.length <= data + size);
	runs[data[0] % (sizeof runs / sizeof *runs)](&card, &out);
	bytes_free(&out);
	return 0;
}
