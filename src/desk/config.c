#include "desk/config.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lang.h"
#include "base/text.h"
#include "base/yaml.h"
#include "ca/address.h"

/* One row for each option: where it goes and what it is without the file. */
static const struct option {
	const char *name;
	enum yaml_kind kind;
	size_t offset;
	const char *text; /* preset; a path is made whole below DIR */
	int64_t number, least, most;
	bool path;
} options[] = {
#define AT(member) offsetof(struct config, member)
	{"store_key", YAML_TEXT, AT(store_key), "keys/store.key", 0, 0, 0, true},
	{"ca", YAML_TEXT, AT(ca), "local", 0, 0, 0, false},
	{"station", YAML_TEXT, AT(station), "01", 0, 0, 0, false},
	{"phone", YAML_TEXT, AT(phone), "010-00000000", 0, 0, 0, false},
	{"manager_mobile", YAML_TEXT, AT(manager_mobile), "", 0, 0, 0, false},
	{"manager_mail", YAML_TEXT, AT(manager_mail), "", 0, 0, 0, false},
	{"inbox", YAML_TEXT, AT(inbox), "inbox", 0, 0, 0, true},
	{"bank_certificate", YAML_TEXT, AT(bank_certificate), "", 0, 0, 0, false},
	{"alipay_app_id", YAML_TEXT, AT(alipay_app_id), "", 0, 0, 0, false},
	{"alipay_key", YAML_TEXT, AT(alipay_key), "", 0, 0, 0, true},
	{"alipay_public_key", YAML_TEXT, AT(alipay_public_key), "", 0, 0, 0, true},
	{"alipay_certificate", YAML_TEXT, AT(alipay_certificate), "", 0, 0, 0, true},
	{"alipay_root_certificates", YAML_TEXT, AT(alipay_root_certificates), "", 0, 0, 0, true},
	{"alipay_gateway", YAML_TEXT, AT(alipay_gateway), "https://openapi.alipay.com/gateway.do", 0, 0, 0, false},
	{"alipay_root", YAML_TEXT, AT(alipay_root), "/etc/ssl/certs/ca-certificates.crt", 0, 0, 0, true},
	{"alipay_minutes", YAML_INT, AT(alipay_minutes), NULL, 5, 1, 120, false},
	{"printer", YAML_TEXT, AT(printer), "", 0, 0, 0, false},
	{"label_printer", YAML_TEXT, AT(label_printer), "", 0, 0, 0, false},
	{"input_method", YAML_TEXT, AT(input_method), "auto", 0, 0, 0, false},
	{"demo_logins", YAML_TEXT, AT(demo_logins), "", 0, 0, 0, false},
	{"idle_seconds", YAML_INT, AT(idle_seconds), NULL, 600, 0, 86400, false},
	{"escape_ms", YAML_INT, AT(escape_ms), NULL, 25, 1, 2000, false},
	{"pin_digits", YAML_INT, AT(pin_digits), NULL, 8, 6, 8, false},
	{"issue_own_forbidden", YAML_BOOL, AT(issue_own_forbidden), NULL, 0, 0, 0, false},
	{"review_days_new", YAML_INT, AT(review_days_new), NULL, 0, 1, 60, false},
	{"review_days_replace", YAML_INT, AT(review_days_replace), NULL, 0, 1, 60, false},
	{"unpaid_hours", YAML_INT, AT(unpaid_hours), NULL, 24, 1, 720, false},
	{"lost_hours", YAML_INT, AT(lost_hours), NULL, 24, 1, 720, false},
	{"unlock_minutes", YAML_INT, AT(unlock_minutes), NULL, 120, 5, 1440, false},
	{"crl_file", YAML_TEXT, AT(crl_file), "", 0, 0, 0, true},
	{"ca_crl_url", YAML_TEXT, AT(ca_crl_url), "", 0, 0, 0, false},
	{"ca_issuer_url", YAML_TEXT, AT(ca_issuer_url), "", 0, 0, 0, false},
	{"ca_ocsp_url", YAML_TEXT, AT(ca_ocsp_url), "", 0, 0, 0, false},
	{"crl_days", YAML_INT, AT(crl_days), NULL, 7, 1, 60, false},
};
enum { OPTIONS = sizeof options / sizeof *options };

/* Options that take one of some words. */
static const char *const ca_words[] = {"local", "hub", NULL};
static const struct {
	const char *name;
	const char *const *words;
} worded[] = {{"ca", ca_words}};

static const char *const *words_of(const char *name)
{
	for (size_t i = 0; i < sizeof worded / sizeof *worded; i++)
		if (strcmp(worded[i].name, name) == 0)
			return worded[i].words;
	return NULL;
}

static enum err apply(const struct option *o, struct yaml_at value, const char *dir, struct config *c)
{
	void *place = (char *)c + o->offset;
	bool given = yaml_kind(value) != YAML_NOTHING;
	if (o->kind == YAML_INT)
		*(int *)place = (int)yaml_int(value, o->number);
	else if (o->kind == YAML_BOOL)
		*(bool *)place = yaml_bool(value, o->number);
	else {
		const char *text = given ? yaml_text(value) : o->text;
		char *made = o->path && *text && text[0] != '/' ? path_join(dir, text) : strdup(text);
		if (!made)
			return ERR_MEMORY;
		*(char **)place = made;
	}
	return OK;
}

/* Half of what a provider needs is a mistake that is seen now and not with the first customer. */
static void check_together(struct yaml_at root, const char *const *needed, size_t count, struct mistakes *m)
{
	struct yaml_at any = {NULL, -1};
	for (size_t i = 0; i < count; i++)
		if (*yaml_text(yaml_get(root, needed[i])))
			any = yaml_get(root, needed[i]);
	for (size_t i = 0; any.node >= 0 && i < count; i++)
		if (!*yaml_text(yaml_get(root, needed[i])))
			yaml_mistake(m, any, tr("支付宝还缺 %s", "Alipay needs %s too"), needed[i]);
}

static void check_provider(struct yaml_at root, struct mistakes *m)
{
	static const char *const keys[] = {"alipay_app_id", "alipay_key", "alipay_public_key"};
	static const char *const certificates[] = {"alipay_certificate", "alipay_root_certificates", "alipay_app_id"};
	struct yaml_at gateway = yaml_get(root, "alipay_gateway");
	check_together(root, keys, 3, m);
	if (*yaml_text(yaml_get(root, certificates[0])) || *yaml_text(yaml_get(root, certificates[1])))
		check_together(root, certificates, 3, m);
	if (gateway.node >= 0 && (strncmp(yaml_text(gateway), "https://", 8) != 0 || !strchr(yaml_text(gateway) + 8, '/')))
		yaml_mistake(m, gateway, "%s", tr("alipay_gateway 应为 https://主机/路径", "alipay_gateway is https://HOST/PATH"));
}

enum err config_load(const char *dir, struct config *out, struct error *e)
{
	struct yaml_rule rules[OPTIONS] = {0};
	struct mistakes m = {0};
	struct yaml *doc = NULL;
	char *path = path_join(dir, "certdesk.yaml");
	enum err r = path ? OK : ERR_MEMORY;
	*out = (struct config){0};
	if (!r && access(path, F_OK) == 0) {
		for (size_t i = 0; i < OPTIONS; i++)
			rules[i] = (struct yaml_rule){.name = options[i].name, .kind = options[i].kind, .least = options[i].least,
			                              .most = options[i].most, .words = words_of(options[i].name)};
		struct yaml_schema schema = {OPTIONS, rules};
		if ((doc = yaml_read(path, &m))) {
			yaml_check(yaml_root(doc), &schema, &m);
			check_provider(yaml_root(doc), &m);
			address_check(yaml_root(doc), &m);
		}
		r = mistakes_error(&m, ERR_YAML, e);
	}
	struct yaml_at root = doc ? yaml_root(doc) : (struct yaml_at){NULL, -1};
	for (size_t i = 0; !r && i < OPTIONS; i++)
		r = apply(&options[i], yaml_get(root, options[i].name), dir, out);
	if (r)
		config_free(out);
	yaml_close(&doc);
	mistakes_free(&m);
	free(path);
	return r;
}

void config_free(struct config *c)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (options[i].kind == YAML_TEXT)
			free(*(char **)((char *)c + options[i].offset));
	*c = (struct config){0};
}

enum err config_key_line(struct bytes *out, const char *key_file, struct error *e)
{
	if (!text_valid(key_file, strlen(key_file)))
		return error_set(e, ERR_USAGE, tr("路径 %s 不是 UTF-8 文字", "the path %s is not UTF-8 text"), key_file);
	enum err r = bytes_text(out, "store_key: \"");
	for (const char *s = key_file; !r && *s; s++) {
		bool plain = (unsigned char)*s >= ' ' && *s != '"' && *s != '\\' && *s != 0x7F;
		r = plain ? bytes_add(out, s, 1) : bytes_format(out, "\\x%02X", (unsigned char)*s);
	}
	return r ? r : bytes_text(out, "\"\n");
}

/* The option's line, without what stands in deeper ones. */
static const char *find_line(const char *text, const char *name)
{
	size_t n = strlen(name);
	for (const char *p = text; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (strncmp(p, name, n) == 0 && p[n] == ':')
			return p;
	return NULL;
}

enum err config_choose(const char *dir, const char *name, const char *value, struct error *e)
{
	struct bytes before = {0}, after = {0};
	struct stat st;
	char *path = path_join(dir, "certdesk.yaml");
	bool there = path && stat(path, &st) == 0;
	enum err r = !path ? ERR_MEMORY : there ? file_read(path, YAML_FILE_LIMIT, &before, e) : OK;
	const char *text = before.data ? (char *)before.data : "", *line = find_line(text, name);
	size_t head = line ? (size_t)(line - text) : strlen(text);
	if (!r && !(r = bytes_add(&after, text, head)) && head && text[head - 1] != '\n')
		r = bytes_text(&after, "\n");
	if (!r && !(r = bytes_format(&after, "%s: %s\n", name, value)) && line) {
		const char *rest = line + strcspn(line, "\n");
		r = bytes_text(&after, rest + (*rest == '\n'));
	}
	if (!r)
		r = file_write(path, there ? st.st_mode & 0777 : 0600, after.data, after.length, e);
	bytes_free(&before);
	bytes_free(&after);
	free(path);
	return r;
}
