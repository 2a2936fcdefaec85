#include "hub/options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "base/yaml.h"
#include "ca/address.h"

static const struct row {
	const char *name;
	enum yaml_kind kind;
	size_t offset;
	const char *text;
	int64_t number, least, most;
	bool required, path;
} rows[] = {
#define AT(member) offsetof(struct hub_options, member)
	{"url", YAML_TEXT, AT(url), "", 0, 0, 0, true, false},
	{"listen", YAML_TEXT, AT(listen), "", 0, 0, 0, false, false},
	{"database", YAML_TEXT, AT(database), "sqlite:hub.db", 0, 0, 0, false, false},
	{"files", YAML_TEXT, AT(files), "files", 0, 0, 0, false, true},
	{"spool", YAML_TEXT, AT(spool), "spool", 0, 0, 0, false, true},
	{"s3_endpoint", YAML_TEXT, AT(s3_endpoint), "", 0, 0, 0, false, false},
	{"s3_region", YAML_TEXT, AT(s3_region), "us-east-1", 0, 0, 0, false, false},
	{"s3_key", YAML_TEXT, AT(s3_key), "", 0, 0, 0, false, false},
	{"s3_secret", YAML_TEXT, AT(s3_secret), "keys/s3.secret", 0, 0, 0, false, true},
	{"s3_ca", YAML_TEXT, AT(s3_ca), "", 0, 0, 0, false, true},
	{"s3_style", YAML_TEXT, AT(s3_style), "path", 0, 0, 0, false, false},
	{"s3_timeout", YAML_INT, AT(s3_timeout), NULL, 20, 1, 60, false, false},
	{"ca_crl_url", YAML_TEXT, AT(ca_crl_url), "", 0, 0, 0, false, false},
	{"crl_file", YAML_TEXT, AT(crl_file), "", 0, 0, 0, false, true},
	{"ca_issuer_url", YAML_TEXT, AT(ca_issuer_url), "", 0, 0, 0, false, false},
	{"ca_ocsp_url", YAML_TEXT, AT(ca_ocsp_url), "", 0, 0, 0, false, false},
	{"user", YAML_TEXT, AT(user), "", 0, 0, 0, false, false},
	{"nginx", YAML_TEXT, AT(nginx), "nginx", 0, 0, 0, false, false},
	{"workers", YAML_INT, AT(workers), NULL, 0, 1, 512, false, false},
	{"file_workers", YAML_INT, AT(file_workers), NULL, 16, 1, 512, false, false},
	{"requests_a_second", YAML_INT, AT(requests_a_second), NULL, 1000, 1, 1000000, false, false},
	{"connections", YAML_INT, AT(connections), NULL, 200, 1, 100000, false, false},
};
enum { ROWS = sizeof rows / sizeof *rows };

const char *hub_option_name(size_t i)
{
	return i < ROWS ? rows[i].name : NULL;
}

enum err hub_url_split(const char *url, char host[256], int *port, struct error *e)
{
	const char *p = url + 8, *end;
	bool bracket = text_starts(url, "https://[");
	if (!text_starts(url, "https://"))
		return error_set(e, ERR_HUB_URL, "%s", url);
	if (bracket) {
		p++;
		end = p + strspn(p, "0123456789abcdefABCDEF:.");
	} else
		end = p + strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
	size_t n = (size_t)(end - p);
	if (n == 0 || n > 253 || (bracket && *end++ != ']'))
		return error_set(e, ERR_HUB_URL, "%s", url);
	memcpy(host, p, n);
	host[n] = '\0';
	*port = 443;
	if (*end == ':') {
		char *after;
		size_t digits = strspn(end + 1, "0123456789");
		long number = strtol(end + 1, &after, 10);
		if (digits < 1 || digits > 5 || number < 1 || number > 65535)
			return error_set(e, ERR_HUB_URL, "%s", url);
		*port = (int)number;
		end = after;
	}
	return *end == '\0' || strcmp(end, "/") == 0 ? OK : error_set(e, ERR_HUB_URL, "%s", url);
}

enum err hub_site_check(const char *code, struct error *e)
{
	return site_code_good(code) ? OK : error_set(e, ERR_HUB_SITE, "%s", code);
}

static enum err apply(const struct row *o, struct yaml_at value, const char *dir, struct hub_options *out)
{
	void *place = (char *)out + o->offset;
	if (o->kind == YAML_INT) {
		*(int *)place = (int)yaml_int(value, o->number);
		return OK;
	}
	const char *text = yaml_kind(value) != YAML_NOTHING ? yaml_text(value) : o->text;
	*(char **)place = o->path && text[0] && text[0] != '/' && !text_starts(text, "s3://") ? path_join(dir, text) : strdup(text);
	return *(char **)place ? OK : ERR_MEMORY;
}

/* "sqlite:hub.db" is below the directory. */
static enum err settle_database(const char *dir, struct hub_options *o)
{
	if (!text_starts(o->database, "sqlite:") || o->database[7] == '/')
		return OK;
	struct bytes whole = {0};
	enum err r = bytes_format(&whole, "sqlite:%s/%s", dir, o->database + 7);
	if (r)
		return r;
	free(o->database);
	o->database = (char *)whole.data;
	return OK;
}

enum err hub_options_load(const char *dir, struct hub_options *out, struct error *e)
{
	struct yaml_rule rules[ROWS] = {0};
	struct yaml_schema schema = {ROWS, rules};
	struct mistakes m = {0};
	char *path = path_join(dir, "hub.yaml");
	*out = (struct hub_options){0};
	if (!path)
		return error_set(e, ERR_MEMORY, "%s", dir);
	for (size_t i = 0; i < ROWS; i++)
		rules[i] = (struct yaml_rule){.name = rows[i].name, .kind = rows[i].kind, .required = rows[i].required, .least = rows[i].least, .most = rows[i].most};
	struct yaml *doc = yaml_read(path, &m);
	if (doc) {
		yaml_check(yaml_root(doc), &schema, &m);
		address_check(yaml_root(doc), &m);
	}
	enum err r = mistakes_error(&m, ERR_YAML, e);
	for (size_t i = 0; !r && i < ROWS; i++)
		r = apply(&rows[i], yaml_get(yaml_root(doc), rows[i].name), dir, out);
	if (!r && !(r = hub_url_split(out->url, out->host, &out->port, e)))
		r = settle_database(dir, out);
	if (r)
		hub_options_free(out);
	yaml_close(&doc);
	mistakes_free(&m);
	free(path);
	return r;
}

void hub_options_free(struct hub_options *o)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].kind == YAML_TEXT)
			free(*(char **)((char *)o + rows[i].offset));
	*o = (struct hub_options){0};
}
