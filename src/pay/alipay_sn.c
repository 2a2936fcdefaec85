#include "pay/alipay_sn.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

enum { CERTIFICATES_MOST = 64 };

static bool add_issuer(const X509 *x, struct bytes *out)
{
	const X509_NAME *name = X509_get_issuer_name(x);
	bool good = true;
	for (int i = X509_NAME_entry_count(name) - 1; good && i >= 0; i--) {
		const X509_NAME_ENTRY *part = X509_NAME_get_entry(name, i);
		const char *of = OBJ_nid2sn(OBJ_obj2nid(X509_NAME_ENTRY_get_object(part)));
		unsigned char *text = NULL;
		int n = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(part));
		good = n >= 0 && of && bytes_format(out, "%s=", of) == OK && bytes_add(out, text, (size_t)n) == OK && (!i || bytes_text(out, ",") == OK);
		OPENSSL_free(text);
	}
	return good;
}

static bool add_number(const X509 *x, struct bytes *out)
{
	struct bytes text = {0};
	unsigned char digest[EVP_MAX_MD_SIZE];
	char hex[2 * EVP_MAX_MD_SIZE + 1];
	unsigned n = 0;
	BIGNUM *serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
	char *decimal = serial ? BN_bn2dec(serial) : NULL;
	bool good = decimal && add_issuer(x, &text) && bytes_text(&text, decimal) == OK &&
	            EVP_Digest(text.data, text.length, digest, &n, EVP_md5(), NULL) == 1;
	if (good)
		hex_encode(hex, digest, n);
	OPENSSL_free(decimal);
	BN_free(serial);
	bytes_free(&text);
	return good && bytes_text(out, hex) == OK;
}

static bool by_rsa(const X509 *x)
{
	int key = NID_undef;
	return OBJ_find_sigid_algs(X509_get_signature_nid(x), NULL, &key) == 1 && key == NID_rsaEncryption;
}

X509 *alipay_certificate(const struct bytes *pem)
{
	BIO *in = pem->length ? BIO_new_mem_buf(pem->data, (int)pem->length) : NULL;
	X509 *x = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
	BIO_free(in);
	ERR_clear_error();
	return x;
}

bool alipay_sn(const struct bytes *pem, bool roots, struct bytes *out)
{
	BIO *in = pem->length ? BIO_new_mem_buf(pem->data, (int)pem->length) : NULL;
	X509 *x = NULL;
	size_t before = out->length;
	bool good = in;
	for (int i = 0; good && i < CERTIFICATES_MOST && (x = PEM_read_bio_X509(in, NULL, NULL, NULL)); i++) {
		if (!roots || by_rsa(x))
			good = (out->length == before || bytes_text(out, "_") == OK) && add_number(x, out);
		X509_free(x);
		if (!roots)
			break;
	}
	BIO_free(in);
	ERR_clear_error();
	return good && out->length > before;
}
