#include <openssl/x509v3.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/lang.h"
#include "ca/profiles.h"

enum { FILE_MAX = 1 << 20, MISTAKES_MAX = 8 };

struct walk {
	yaml_document_t document;
	const char *file;
	struct bytes mistakes;
	size_t count;
};

__attribute__((format(printf, 3, 4))) static void mistake(
	struct walk *w, const yaml_node_t *at, const char *format, ...)
{
	char text[256];
	va_list ap;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	const char *slash = strrchr(w->file, '/');
	if (w->count++ < MISTAKES_MAX)
		bytes_format(&w->mistakes, "%s%s:%zu: %s", w->mistakes.length ? "\n" : "", slash ? slash + 1 : w->file,
			at ? at->start_mark.line + 1 : 1, text);
}

static yaml_node_t *node(struct walk *w, int index)
{
	return yaml_document_get_node(&w->document, index);
}

/* The text of a scalar, or NULL after saying so. */
static const char *scalar(struct walk *w, const yaml_node_t *n, const char *key)
{
	if (n->type == YAML_SCALAR_NODE && strlen((char *)n->data.scalar.value) == n->data.scalar.length)
		return (const char *)n->data.scalar.value;
	mistake(w, n, tr("%s 应是一个值", "%s must be one value"), key);
	return NULL;
}

static char *copy(struct walk *w, const char *text)
{
	char *out = strdup(text ? text : "");
	if (!out)
		mistake(w, NULL, "%s", tr("内存不足", "out of memory"));
	return out;
}

typedef void read_fn(struct walk *w, const yaml_node_t *value, const char *key, void *to);

struct field {
	const char *key;
	read_fn *read;
	size_t offset;
	bool required;
};

/* Reads a mapping by a table of its keys. `fields` ends with a row without key; at most 32 rows. */
static void read_mapping(struct walk *w, const yaml_node_t *n, const struct field *fields, const char *what, void *to)
{
	unsigned seen = 0;
	if (n->type != YAML_MAPPING_NODE) {
		mistake(w, n, tr("%s 应是“键: 值”", "%s must be a mapping"), what);
		return;
	}
	for (yaml_node_pair_t *pair = n->data.mapping.pairs.start; pair < n->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = node(w, pair->key);
		const char *name = scalar(w, key, what);
		unsigned i = 0;
		while (name && fields[i].key && strcmp(fields[i].key, name) != 0)
			i++;
		if (name && !fields[i].key)
			mistake(w, key, tr("不认识的键 %.60s", "unknown key %.60s"), name);
		else if (name && (seen & 1u << i))
			mistake(w, key, tr("键 %s 重复", "key %s stands twice"), name);
		else if (name) {
			seen |= 1u << i;
			fields[i].read(w, node(w, pair->value), name, (char *)to + fields[i].offset);
		}
	}
	for (unsigned i = 0; fields[i].key; i++)
		if (fields[i].required && !(seen & 1u << i))
			mistake(w, n, tr("%s 缺少 %s", "%s needs %s"), what, fields[i].key);
}

static bool is_template(const char *s)
{
	char name[PROFILE_FIELD_SIZE];
	for (; (s = strchr(s, '$')); s++)
		if (profile_placeholder(s, name, sizeof name) == 0)
			return false;
	return true;
}

static void read_template(struct walk *w, const yaml_node_t *n, const char *key, void *to)
{
	const char *text = scalar(w, n, key);
	if (text && !is_template(text))
		mistake(w, n, tr("%s 的占位符应写作 ${name}", "%s: a placeholder is written ${name}"), key);
	free(*(char **)to);
	*(char **)to = copy(w, text);
}

static void read_usage(struct walk *w, const yaml_node_t *n, const char *key, void *to)
{
	const char *text = scalar(w, n, key);
	X509V3_CTX ctx;
	X509V3_set_ctx(&ctx, NULL, NULL, NULL, NULL, X509V3_CTX_TEST);
	X509_EXTENSION *extension = NULL;
	if (text && *text &&
		!(extension =
				X509V3_EXT_nconf_nid(NULL, &ctx, strncmp(key, "key", 3) ? NID_ext_key_usage : NID_key_usage, text)))
		mistake(w, n, tr("%s 的用途写错了", "%s: unknown usage"), key);
	ERR_clear_error();
	X509_EXTENSION_free(extension);
	free(*(char **)to);
	*(char **)to = copy(w, text);
}

static void read_type(struct walk *w, const yaml_node_t *n, const char *key, void *to)
{
	const char *text = scalar(w, n, key);
	ASN1_OBJECT *object = text ? OBJ_txt2obj(text, 0) : NULL;
	if (text && !object)
		mistake(w, n, tr("不认识的名称或 OID %.60s", "unknown name or OID %.60s"), text);
	ERR_clear_error();
	ASN1_OBJECT_free(object);
	*(char **)to = copy(w, text);
}

static void read_string(struct walk *w, const yaml_node_t *n, const char *key, void *to)
{
	const char *text = scalar(w, n, key);
	if (text && strcmp(text, "utf8") != 0 && strcmp(text, "printable") != 0)
		mistake(w, n, tr("%s 应为 utf8 或 printable", "%s must be utf8 or printable"), key);
	*(enum name_string *)to = text && strcmp(text, "printable") == 0 ? NAME_PRINTABLE : NAME_UTF8;
}

static void read_flag(struct walk *w, const yaml_node_t *n, const char *key, void *to)
{
	const char *text = scalar(w, n, key);
	if (text && strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		mistake(w, n, tr("%s 应为 true 或 false", "%s must be true or false"), key);
	*(bool *)to = text && strcmp(text, "true") == 0;
}

static const struct field part_fields[] = {
	{"type", read_type, offsetof(struct profile_part, type), true},
	{"string", read_string, offsetof(struct profile_part, string), true},
	{"value", read_template, offsetof(struct profile_part, value), true},
	{"optional", read_flag, offsetof(struct profile_part, optional), false},
	{"critical", read_flag, offsetof(struct profile_part, critical), false},
	{NULL, NULL, 0, false},
};

/* The items of a sequence, or 0 after saying so. */
static size_t items(struct walk *w, const yaml_node_t *n, const char *key)
{
	if (n->type == YAML_SEQUENCE_NODE)
		return (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
	mistake(w, n, tr("%s 应是一个列表", "%s must be a list"), key);
	return 0;
}

struct part_list {
	struct profile_part *parts;
	size_t count;
};

/* `to` is the pointer with its count behind it, in struct profile. */
static void read_parts(struct walk *w, const yaml_node_t *n, const char *key, void *to)
{
	struct part_list *list = to;
	size_t count = items(w, n, key);
	if (count && !(list->parts = calloc(count, sizeof *list->parts)))
		return;
	list->count = count;
	for (size_t i = 0; i < count; i++)
		read_mapping(w, node(w, n->data.sequence.items.start[i]), part_fields, key, &list->parts[i]);
}

struct text_list {
	char **texts;
	size_t count;
};

static void read_policies(struct walk *w, const yaml_node_t *n, const char *key, void *to)
{
	struct text_list *list = to;
	size_t count = items(w, n, key);
	if (count && !(list->texts = calloc(count, sizeof *list->texts)))
		return;
	list->count = count;
	for (size_t i = 0; i < count; i++)
		read_type(w, node(w, n->data.sequence.items.start[i]), key, &list->texts[i]);
}

static unsigned kind_of(const char *word)
{
	static const struct {
		const char *word;
		unsigned kind;
	} kinds[] = {{"rsa", PROFILE_KEY_RSA}, {"p256", PROFILE_KEY_P256}, {"sm2", PROFILE_KEY_SM2}};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].word, word) == 0)
			return kinds[i].kind;
	return 0;
}

static void read_keys(struct walk *w, const yaml_node_t *n, const char *key, void *to)
{
	size_t count = items(w, n, key);
	for (size_t i = 0; i < count; i++) {
		const yaml_node_t *item = node(w, n->data.sequence.items.start[i]);
		const char *text = scalar(w, item, key);
		unsigned kind = text ? kind_of(text) : 0;
		if (text && !kind)
			mistake(w, item, tr("%s 只能是 rsa、p256 和 sm2", "%s are rsa, p256 and sm2"), key);
		*(unsigned *)to |= kind;
	}
}

static const struct field profile_fields[] = {
	{"keys", read_keys, offsetof(struct profile, keys), true},
	{"subject", read_parts, offsetof(struct profile, subject), true},
	{"identity", read_parts, offsetof(struct profile, identity), true},
	{"key_usage", read_usage, offsetof(struct profile, key_usage), true},
	{"key_usage_rsa", read_usage, offsetof(struct profile, key_usage_rsa), false},
	{"extended_key_usage", read_usage, offsetof(struct profile, extended_key_usage), true},
	{"policies", read_policies, offsetof(struct profile, policies), true},
	{"crl_url", read_template, offsetof(struct profile, crl_url), false},
	{"issuer_url", read_template, offsetof(struct profile, issuer_url), false},
	{"ocsp_url", read_template, offsetof(struct profile, ocsp_url), false},
	{NULL, NULL, 0, false},
};
/* read_parts and read_policies write a pointer and the count behind it */
_Static_assert(
	offsetof(struct profile, subject_count) == offsetof(struct profile, subject) + offsetof(struct part_list, count),
	"");
_Static_assert(offsetof(struct profile, identity_count) ==
				   offsetof(struct profile, identity) + offsetof(struct part_list, count),
	"");
_Static_assert(
	offsetof(struct profile, policy_count) == offsetof(struct profile, policies) + offsetof(struct text_list, count),
	"");

static void read_profile(struct walk *w, const yaml_node_t *n, struct profile *p)
{
	char **const texts[] = {
		&p->key_usage, &p->key_usage_rsa, &p->extended_key_usage, &p->crl_url, &p->issuer_url, &p->ocsp_url};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		*texts[i] = copy(w, "");
	read_mapping(w, n, profile_fields, p->product, p);
	bool named = false;
	for (size_t i = 0; i < p->subject_count; i++)
		named = named || (p->subject[i].type && strcmp(p->subject[i].type, "CN") == 0 && !p->subject[i].optional);
	if (!named)
		mistake(w, n, tr("%s 的主题里要有 CN", "the subject of %s needs a CN"), p->product);
	if (!p->keys)
		mistake(w, n, tr("%s 没有密钥种类", "%s takes no kind of key"), p->product);
}

/* The value of the file's only key "profiles". */
static void read_root(struct walk *w, const yaml_node_t *n, const char *key, void *to)
{
	struct profiles *all = to;
	if (n->type != YAML_MAPPING_NODE || n->data.mapping.pairs.start == n->data.mapping.pairs.top) {
		mistake(w, n, tr("%s 里没有商品", "%s names no product"), key);
		return;
	}
	size_t count = (size_t)(n->data.mapping.pairs.top - n->data.mapping.pairs.start);
	if (!(all->profiles = calloc(count, sizeof *all->profiles)))
		return;
	for (size_t i = 0; i < count; i++) {
		const yaml_node_t *name = node(w, n->data.mapping.pairs.start[i].key);
		const char *product = scalar(w, name, key);
		if (product && profiles_find(all, product))
			mistake(w, name, tr("商品 %.60s 重复", "product %.60s stands twice"), product);
		struct profile *p = &all->profiles[all->count];
		if (!(p->product = copy(w, product)))
			return;
		all->count++;
		read_profile(w, node(w, n->data.mapping.pairs.start[i].value), p);
	}
}

static bool load_document(struct walk *w, const struct bytes *text)
{
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser))
		return false;
	yaml_parser_set_input_string(&parser, text->data, text->length);
	bool good = yaml_parser_load(&parser, &w->document);
	if (!good) {
		yaml_node_t at = {.start_mark = parser.problem_mark};
		mistake(w, &at, "%s", parser.problem ? parser.problem : "YAML");
	}
	yaml_parser_delete(&parser);
	return good;
}

enum err profiles_load(const char *path, struct profiles **out, struct error *e)
{
	static const struct field root[] = {{"profiles", read_root, 0, true}, {NULL, NULL, 0, false}};
	struct walk w = {.file = path};
	struct bytes text = {0};
	enum err r = file_read(path, FILE_MAX, &text, e);
	struct profiles *all = NULL;
	if (r)
		goto out;
	if (!(all = calloc(1, sizeof *all))) {
		r = error_set(e, ERR_MEMORY, "%s", path);
		goto out;
	}
	if (load_document(&w, &text)) {
		yaml_node_t *top = yaml_document_get_root_node(&w.document);
		if (top)
			read_mapping(&w, top, root, "file", all);
		else
			mistake(&w, NULL, "%s", tr("文件是空的", "the file is empty"));
		yaml_document_delete(&w.document);
	}
	if (w.count)
		r = error_set(e, ERR_CA_PROFILE, "%s", (char *)w.mistakes.data);
out:
	bytes_free(&w.mistakes);
	bytes_free(&text);
	if (r)
		profiles_free(&all);
	*out = all;
	return r;
}
