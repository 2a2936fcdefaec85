#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "ca/ossl.h"
#include "ca/profiles.h"

static void free_parts(struct profile_part *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(parts[i].type);
		free(parts[i].value);
	}
	free(parts);
}

static void wipe(struct profile *p)
{
	free(p->product);
	free_parts(p->subject, p->subject_count);
	free_parts(p->identity, p->identity_count);
	for (size_t i = 0; i < p->policy_count; i++)
		free(p->policies[i]);
	free(p->policies);
	free(p->key_usage);
	free(p->key_usage_rsa);
	free(p->extended_key_usage);
	free(p->crl_url);
	free(p->issuer_url);
	free(p->ocsp_url);
	*p = (struct profile){0};
}

void profiles_free(struct profiles **p)
{
	for (size_t i = 0; *p && i < (*p)->count; i++)
		wipe(&(*p)->profiles[i]);
	if (*p)
		free((*p)->profiles);
	free(*p);
	*p = NULL;
}

const struct profile *profiles_find(const struct profiles *p, const char *product)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->profiles[i].product, product) == 0)
			return &p->profiles[i];
	return NULL;
}

size_t profile_placeholder(const char *s, char *name, size_t size)
{
	size_t n = 0;
	if (s[0] != '$' || s[1] != '{')
		return 0;
	while (islower((unsigned char)s[2 + n]) || isdigit((unsigned char)s[2 + n]) || s[2 + n] == '_')
		n++;
	if (n == 0 || n >= size || s[2 + n] != '}')
		return 0;
	memcpy(name, s + 2, n);
	name[n] = '\0';
	return n + 3;
}

static enum err add_value(struct bytes *out, const char *name, const json_t *value, struct error *e)
{
	if (json_is_integer(value))
		return bytes_format(out, "%lld", (long long)json_integer_value(value));
	if (!json_is_string(value))
		return OK;
	const char *text = json_string_value(value);
	for (const char *s = text; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7F)
			return error_set(e, ERR_CA_FIELD, tr("字段 %s 含有控制字符", "field %s has control characters"), name);
	return bytes_text(out, text);
}

enum err profile_fill(const char *template, const json_t *values, char **out, struct error *e)
{
	struct bytes text = {0};
	char name[PROFILE_FIELD_SIZE];
	enum err r = bytes_add(&text, "", 0);
	for (const char *s = template; *s && !r;) {
		size_t n = profile_placeholder(s, name, sizeof name);
		r = n ? add_value(&text, name, json_object_get(values, name), e) : bytes_add(&text, s, 1);
		s += n ? n : 1;
	}
	if (!r && !(*out = strdup((char *)text.data)))
		r = ERR_MEMORY;
	bytes_free(&text);
	return r;
}

enum err profile_subject(const struct profile *p, const json_t *values, struct name *out, struct error *e)
{
	enum err r = OK;
	for (size_t i = 0; i < p->subject_count && !r; i++) {
		const struct profile_part *part = &p->subject[i];
		char *value = NULL;
		if ((r = profile_fill(part->value, values, &value, e)))
			break;
		text_trim(value);
		if (*value || !part->optional)
			r = name_add(out, part->type, part->string, value, e);
		free(value);
	}
	if (r)
		name_free(out);
	return r;
}
