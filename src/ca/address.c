#include "ca/address.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"

enum { ADDRESS_MOST = 1024 };

static const char *const names[] = {"ca_crl_url", "ca_issuer_url", "ca_ocsp_url"};
enum { NAMES = sizeof names / sizeof *names };

bool address_good(const char *address)
{
	static const char *const schemes[] = {"http://", "https://", "ldap://", "ldaps://"};
	bool known = false;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		known = known || (text_starts(address, schemes[i]) && address[strlen(schemes[i])]);
	for (const char *s = address; *s; s++)
		known = known && *s > ' ' && *s < 0x7F;
	return known && strlen(address) <= ADDRESS_MOST;
}

void address_check(struct yaml_at configuration, struct mistakes *m)
{
	for (size_t i = 0; i < NAMES; i++) {
		struct yaml_at at = yaml_get(configuration, names[i]);
		const char *address = yaml_kind(at) == YAML_TEXT ? yaml_text(at) : "";
		if (*address && !address_good(address))
			yaml_mistake(m, at, tr("%s：证书里的地址要以 http、https、ldap 或 ldaps 开头，不含空格和中文", "%s: an address in a certificate begins with http, https, ldap or ldaps, in ASCII without spaces"), names[i]);
	}
}

enum err address_add(json_t *values, const char *crl, const char *issuer, const char *ocsp, struct error *e)
{
	const char *const addresses[NAMES] = {crl, issuer, ocsp};
	for (size_t i = 0; i < NAMES; i++)
		if (json_object_set_new(values, names[i], json_string(addresses[i])))
			return error_set(e, ERR_MEMORY, "%s", names[i]);
	return OK;
}
