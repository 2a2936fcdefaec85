#include "hub/hub.h"

#include <grp.h>
#include <openssl/pem.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

int64_t hub_now(const struct hub *hub)
{
	return clock_now(&hub->clock);
}

enum err hub_sign(const struct hub *hub, const char *text, size_t length, struct bytes *out, struct error *e)
{
	unsigned char signature[160];
	size_t n = sizeof signature;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good = c && EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, hub->sign_key) == 1 &&
	            EVP_DigestSign(c, signature, &n, (const unsigned char *)text, length) == 1;
	EVP_MD_CTX_free(c);
	return good ? bytes_add(out, signature, n) : error_set(e, ERR_CRYPTO, "signature");
}

static X509 *read_pem(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, "") : NULL;
	BIO_free(bio);
	return x;
}

enum err hub_certificate(const struct hub *hub, const char *site, const char *kind, X509 **out, struct error *e)
{
	struct db_rows *rows = NULL;
	enum err r = db_query(hub->db, HUB_SQL_CERTIFICATE_CURRENT, &rows, e, "tt", site, kind);
	*out = NULL;
	if (r)
		return r;
	if (db_rows_next(rows))
		*out = read_pem(db_rows_text(rows, 0));
	r = db_rows_end(&rows, e);
	return r || *out ? r : error_set(e, ERR_HUB_NO_SITE, "%s", site);
}

enum err hub_become(const struct passwd *who, struct error *e)
{
	bool good = initgroups(who->pw_name, who->pw_gid) == 0 && setgid(who->pw_gid) == 0 && setuid(who->pw_uid) == 0;
	return good ? OK : error_set(e, ERR_HUB_USER, "%s", who->pw_name);
}

const char *hub_account(void)
{
	const struct passwd *who = getpwuid(geteuid());
	return who ? who->pw_name : "";
}

enum err hub_alarm(const struct hub *hub, const char *site, const char *kind, const char *detail, struct error *e)
{
	return db_run(hub->db, HUB_SQL_ALARM_INSERT, NULL, e, "ttti", site, kind, detail, hub_now(hub));
}

enum err hub_alarm_once(const struct hub *hub, const char *site, const char *kind, const char *detail, int most, struct error *e)
{
	int64_t known = 0, today = 0;
	enum err r = most ? db_int(hub->db, HUB_SQL_ALARM_SINCE, 0, &today, e, "tti", site, kind, hub_now(hub) - 86400) : OK;
	if (r || (most && today >= most))
		return r;
	r = db_int(hub->db, HUB_SQL_ALARM_KNOWN, 0, &known, e, "ttt", site, kind, detail);
	return r || known ? r : hub_alarm(hub, site, kind, detail, e);
}

json_t *hub_time_or_null(int64_t utc)
{
	char text[21];
	if (!utc)
		return json_null();
	rfc3339_text(utc, text);
	return json_string(text);
}
