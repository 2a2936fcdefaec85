/* Certificates as Alipay numbers them, for the applications that sign with one: the MD5 of the issuer's name (the last part first) and the
 * serial number in decimal, in hex. */
#ifndef CERTDESK_PAY_ALIPAY_SN_H
#define CERTDESK_PAY_ALIPAY_SN_H

#include <openssl/x509.h>

#include "base/bytes.h"

/* The number of the first certificate in `pem`; with `roots` those of all that are signed with RSA, joined by "_". False where there is none,
 * or one can't be read. Adds to `out`. */
bool alipay_sn(const struct bytes *pem, bool roots, struct bytes *out);
/* The first certificate; NULL where there is none. Free with X509_free. */
X509 *alipay_certificate(const struct bytes *pem);

#endif
