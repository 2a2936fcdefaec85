#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/yaml.h"
#include "ca/ossl.h"
#include "ca/profiles.h"

static const char *const string_words[] = {"utf8", "printable", NULL};

static const struct yaml_rule part_rules[] = {
	{.name = "type", .kind = YAML_TEXT, .required = true},
	{.name = "string", .kind = YAML_TEXT, .required = true, .words = string_words},
	{.name = "value", .kind = YAML_TEXT, .required = true},
	{.name = "optional", .kind = YAML_BOOL},
	{.name = "critical", .kind = YAML_BOOL},
};
static const struct yaml_schema part_schema = YAML_SCHEMA(part_rules);

static const struct yaml_rule profile_rules[] = {
	{.name = "keys", .kind = YAML_LIST, .required = true, .items = YAML_TEXT},
	{.name = "subject", .kind = YAML_LIST, .required = true, .inside = &part_schema},
	{.name = "identity", .kind = YAML_LIST, .inside = &part_schema},
	{.name = "key_usage", .kind = YAML_TEXT, .required = true},
	{.name = "key_usage_rsa", .kind = YAML_TEXT},
	{.name = "extended_key_usage", .kind = YAML_TEXT},
	{.name = "policies", .kind = YAML_LIST, .items = YAML_TEXT},
	{.name = "crl_url", .kind = YAML_TEXT},
	{.name = "issuer_url", .kind = YAML_TEXT},
	{.name = "ocsp_url", .kind = YAML_TEXT},
};
static const struct yaml_schema profile_schema = YAML_SCHEMA(profile_rules);
static const struct yaml_rule product_rules[] = {{.name = "*", .kind = YAML_MAP, .inside = &profile_schema}};
static const struct yaml_schema product_schema = YAML_SCHEMA(product_rules);
static const struct yaml_rule root_rules[] = {
	{.name = "profiles", .kind = YAML_MAP, .required = true, .inside = &product_schema}};
static const struct yaml_schema root_schema = YAML_SCHEMA(root_rules);

/* The text at a place in a new string, "" for nothing. */
static char *copy(struct yaml_at at, struct mistakes *m)
{
	char *out = strdup(yaml_text(at));
	if (!out)
		yaml_mistake(m, at, "%s", tr("内存不足", "out of memory"));
	return out;
}

static char *read_template(struct yaml_at at, struct mistakes *m)
{
	char name[PROFILE_FIELD_SIZE];
	for (const char *s = yaml_text(at); (s = strchr(s, '$')); s++)
		if (profile_placeholder(s, name, sizeof name) == 0) {
			yaml_mistake(m, at, "%s", tr("占位符应写作 ${name}", "a placeholder is written ${name}"));
			break;
		}
	return copy(at, m);
}

static char *read_usage(struct yaml_at at, int nid, struct mistakes *m)
{
	X509V3_CTX ctx;
	const char *text = yaml_text(at);
	X509V3_set_ctx(&ctx, NULL, NULL, NULL, NULL, X509V3_CTX_TEST);
	X509_EXTENSION *extension = *text ? X509V3_EXT_nconf_nid(NULL, &ctx, nid, text) : NULL;
	if (*text && !extension)
		yaml_mistake(m, at, tr("用途 %s 写错了", "unknown usage %s"), text);
	ERR_clear_error();
	X509_EXTENSION_free(extension);
	return copy(at, m);
}

/* An attribute's name or an OID. */
static char *read_type(struct yaml_at at, struct mistakes *m)
{
	ASN1_OBJECT *object = OBJ_txt2obj(yaml_text(at), 0);
	if (!object)
		yaml_mistake(m, at, tr("不认识的名称或 OID %s", "unknown name or OID %s"), yaml_text(at));
	ERR_clear_error();
	ASN1_OBJECT_free(object);
	return copy(at, m);
}

static struct profile_part *read_parts(struct yaml_at list, size_t *count, struct mistakes *m)
{
	size_t n = yaml_count(list);
	struct profile_part *parts = n ? calloc(n, sizeof *parts) : NULL;
	*count = parts ? n : 0;
	for (size_t i = 0; i < *count; i++) {
		struct yaml_at at = yaml_item(list, i);
		parts[i].type = read_type(yaml_get(at, "type"), m);
		parts[i].string = strcmp(yaml_text(yaml_get(at, "string")), "printable") == 0 ? NAME_PRINTABLE : NAME_UTF8;
		parts[i].value = read_template(yaml_get(at, "value"), m);
		parts[i].optional = yaml_bool(yaml_get(at, "optional"), false);
		parts[i].critical = yaml_bool(yaml_get(at, "critical"), false);
	}
	return parts;
}

static unsigned read_keys(struct yaml_at list, struct mistakes *m)
{
	static const struct {
		const char *word;
		unsigned kind;
	} kinds[] = {{"rsa", PROFILE_KEY_RSA}, {"p256", PROFILE_KEY_P256}, {"sm2", PROFILE_KEY_SM2}};
	unsigned all = 0;
	for (size_t i = 0; i < yaml_count(list); i++) {
		unsigned kind = 0;
		for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
			if (strcmp(kinds[k].word, yaml_text(yaml_item(list, i))) == 0)
				kind = kinds[k].kind;
		if (!kind)
			yaml_mistake(m, yaml_item(list, i), "%s", tr("只能是 rsa、p256 和 sm2", "rsa, p256 and sm2 are known"));
		all |= kind;
	}
	if (!all)
		yaml_mistake(m, list, "%s", tr("没有密钥种类", "there is no kind of key"));
	return all;
}

static void read_policies(struct profile *p, struct yaml_at list, struct mistakes *m)
{
	size_t n = yaml_count(list);
	p->policies = n ? calloc(n, sizeof *p->policies) : NULL;
	p->policy_count = p->policies ? n : 0;
	for (size_t i = 0; i < p->policy_count; i++)
		p->policies[i] = read_type(yaml_item(list, i), m);
}

static void read_profile(struct profile *p, struct yaml_at at, struct mistakes *m)
{
	bool named = false;
	p->keys = read_keys(yaml_get(at, "keys"), m);
	p->subject = read_parts(yaml_get(at, "subject"), &p->subject_count, m);
	p->identity = read_parts(yaml_get(at, "identity"), &p->identity_count, m);
	p->key_usage = read_usage(yaml_get(at, "key_usage"), NID_key_usage, m);
	p->key_usage_rsa = read_usage(yaml_get(at, "key_usage_rsa"), NID_key_usage, m);
	p->extended_key_usage = read_usage(yaml_get(at, "extended_key_usage"), NID_ext_key_usage, m);
	read_policies(p, yaml_get(at, "policies"), m);
	p->crl_url = read_template(yaml_get(at, "crl_url"), m);
	p->issuer_url = read_template(yaml_get(at, "issuer_url"), m);
	p->ocsp_url = read_template(yaml_get(at, "ocsp_url"), m);
	for (size_t i = 0; i < p->subject_count; i++)
		named = named || (p->subject[i].type && strcmp(p->subject[i].type, "CN") == 0 && !p->subject[i].optional);
	if (!named)
		yaml_mistake(m, at, tr("%s 的主题里要有 CN", "the subject of %s needs a CN"), p->product);
}

/* Reads what the schema found in order: only then has every value its kind. */
static void read_products(struct profiles *all, struct yaml_at map, struct mistakes *m)
{
	size_t n = yaml_count(map);
	if (n == 0)
		yaml_mistake(m, map, "%s", tr("没有商品", "there is no product"));
	if (n == 0 || !(all->profiles = calloc(n, sizeof *all->profiles)))
		return;
	for (size_t i = 0; i < n; i++) {
		struct profile *p = &all->profiles[i];
		all->count++;
		if ((p->product = copy(yaml_key(map, i), m)))
			read_profile(p, yaml_item(map, i), m);
	}
}

enum err profiles_load(const char *path, struct profiles **out, struct error *e)
{
	struct mistakes m = {0};
	struct profiles *all = calloc(1, sizeof *all);
	struct yaml *doc = all ? yaml_read(path, &m) : NULL;
	if (doc)
		yaml_check(yaml_root(doc), &root_schema, &m);
	if (doc && m.count == 0)
		read_products(all, yaml_get(yaml_root(doc), "profiles"), &m);
	enum err r = !all ? error_set(e, ERR_MEMORY, "%s", path) : mistakes_error(&m, ERR_CA_PROFILE, e);
	if (!r && (!doc || all->count == 0))
		r = error_set(e, ERR_MEMORY, "%s", path);
	yaml_close(&doc);
	mistakes_free(&m);
	if (r)
		profiles_free(&all);
	*out = all;
	return r;
}
