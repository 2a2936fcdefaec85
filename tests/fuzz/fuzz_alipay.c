/* libFuzzer on a payment provider's answers: none of them is signed, so none may be believed. */
#include <stdint.h>
#include <stdlib.h>

#include <openssl/rsa.h>

#include "pay/alipay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct alipay_merchant merchant;
	struct alipay_answer answer;
	if (!merchant.provider && !(merchant.provider = EVP_RSA_gen(2048)))
		abort();
	for (int method = 0; method < ALIPAY_METHODS; method++)
		if (alipay_answer_read(&merchant, (enum alipay_method)method, data, size, &answer, NULL) == OK)
			abort();
	return 0;
}
