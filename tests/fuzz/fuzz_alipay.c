/* libFuzzer on a payment provider's answers: none of them is signed, so none may be believed. */
#include "fuzz.h"

#include <openssl/rsa.h>

#include "pay/alipay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct alipay_merchant merchant;
	struct alipay_answer answer;
	must(merchant.provider || (merchant.provider = EVP_RSA_gen(2048)));
	for (int method = 0; method < ALIPAY_METHODS; method++)
		must(alipay_answer_read(&merchant, (enum alipay_method)method, data, size, &answer, NULL));
	return 0;
}
