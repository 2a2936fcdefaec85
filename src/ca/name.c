#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "ca/ossl.h"

/* RFC 5280, appendix A.1: upper bounds in characters. */
static const struct bound {
	int nid;
	size_t least, most;
	int type; /* V_ASN1_…, or 0: as the profile says */
	const char *zh;
} bounds[] = {
	{NID_countryName, 2, 2, V_ASN1_PRINTABLESTRING, "国家 C"},
	{NID_stateOrProvinceName, 1, 128, 0, "省 ST"},
	{NID_localityName, 1, 128, 0, "市 L"},
	{NID_organizationName, 1, 64, 0, "单位名称 O"},
	{NID_organizationalUnitName, 1, 64, 0, "部门 OU"},
	{NID_commonName, 1, 64, 0, "证书名称 CN"},
	{NID_title, 1, 64, 0, "职务 title"},
	{NID_serialNumber, 1, 64, V_ASN1_PRINTABLESTRING, "序号 serialNumber"},
	{NID_pkcs9_emailAddress, 1, 255, V_ASN1_IA5STRING, "邮箱 emailAddress"},
};

static const struct bound *bound_of(int nid)
{
	for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
		if (bounds[i].nid == nid)
			return &bounds[i];
	return NULL;
}

static bool is_forbidden(uint32_t c)
{
	return c == TEXT_INVALID || c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
	       c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

static bool fits(int type, uint32_t c)
{
	if (type == V_ASN1_PRINTABLESTRING)
		return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		       (c && c < 128 && strchr(" '()+,-./:=?", (int)c));
	return type == V_ASN1_IA5STRING ? c < 128 : true;
}

static int type_of(const struct bound *b, enum name_string string)
{
	if (b && b->type)
		return b->type;
	return string == NAME_PRINTABLE ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING;
}

static enum err check(
	const char *type, const struct bound *b, enum name_string string, const char *value, struct error *e)
{
	const char *label = b ? tr(b->zh, type) : type;
	size_t count = 0, least = b ? b->least : 1, most = b ? b->most : 255;
	uint32_t c;
	for (size_t n; (n = text_decode(value, &c)) > 0; value += n, count++) {
		if (is_forbidden(c))
			return error_set(e, ERR_CA_FIELD, tr("%s 含有不可见的控制字符", "%s has control characters"), label);
		if (!fits(type_of(b, string), c))
			return error_set(e, ERR_CA_FIELD,
				tr("%s 只能用字母、数字和常用符号", "%s takes letters, digits and common signs only"), label);
	}
	if (count == 0)
		return error_set(e, ERR_CA_FIELD, tr("%s 是空的", "%s is empty"), label);
	if (count > most)
		return error_set(e, ERR_CA_FIELD,
			tr("%s 有 %zu 个字，最多 %zu 个", "%s has %zu characters, at most %zu are allowed"), label, count, most);
	if (count < least)
		return error_set(e, ERR_CA_FIELD,
			tr("%s 只有 %zu 个字，应为 %zu 个", "%s has %zu characters, %zu are needed"), label, count, least);
	return OK;
}

enum err name_add(struct name *name, const char *type, enum name_string string, const char *value, struct error *e)
{
	struct name_part part = {.string = string};
	enum err r = OK;
	ASN1_OBJECT *object = OBJ_txt2obj(type, 0);
	if (!object) {
		ERR_clear_error();
		return error_set(e, ERR_CA_PROFILE, tr("未知的主题项 %s", "unknown attribute %s"), type);
	}
	if (!(part.value = text_nfc(value))) {
		r = error_set(e, ERR_CA_FIELD, tr("%s 不是 UTF-8 文本", "%s is not UTF-8"), type);
		goto out;
	}
	text_trim(part.value);
	if ((r = check(type, bound_of(OBJ_obj2nid(object)), string, part.value, e)))
		goto out;
	struct name_part *parts = realloc(name->parts, (name->count + 1) * sizeof *parts);
	if (!parts || !(name->parts = parts) || !(part.type = strdup(type))) {
		r = error_set(e, ERR_MEMORY, "%s", type);
		goto out;
	}
	name->parts[name->count++] = part;
	part = (struct name_part){0};
out:
	free(part.value);
	ASN1_OBJECT_free(object);
	return r;
}

void name_free(struct name *name)
{
	for (size_t i = 0; i < name->count; i++) {
		free(name->parts[i].type);
		free(name->parts[i].value);
	}
	free(name->parts);
	*name = (struct name){0};
}

enum err name_to_x509(const struct name *name, X509_NAME **out, struct error *e)
{
	enum err r = OK;
	X509_NAME *x = X509_NAME_new();
	for (size_t i = 0; x && !r && i < name->count; i++) {
		const struct name_part *part = &name->parts[i];
		ASN1_OBJECT *object = OBJ_txt2obj(part->type, 0);
		const struct bound *b = object ? bound_of(OBJ_obj2nid(object)) : NULL;
		X509_NAME_ENTRY *entry = object ? X509_NAME_ENTRY_create_by_OBJ(NULL, object, type_of(b, part->string),
											  (const uint8_t *)part->value, (int)strlen(part->value))
		                                : NULL;
		if (!entry || !X509_NAME_add_entry(x, entry, -1, 0))
			r = error_set(e, ERR_CA_PROFILE, tr("主题项 %s 写不进证书", "attribute %s can't be written"), part->type);
		X509_NAME_ENTRY_free(entry);
		ASN1_OBJECT_free(object);
	}
	if (!x || r) {
		ERR_clear_error();
		X509_NAME_free(x);
		return r ? r : error_set(e, ERR_MEMORY, "name");
	}
	*out = x;
	return OK;
}

ASN1_STRING *string_to_asn1(enum name_string string, const char *value)
{
	int type = type_of(NULL, string);
	uint32_t c;
	const char *at = value;
	for (size_t n; (n = text_decode(at, &c)) > 0; at += n)
		if (is_forbidden(c) || !fits(type, c))
			return NULL;
	ASN1_STRING *s = ASN1_STRING_type_new(type);
	if (s && !ASN1_STRING_set(s, value, (int)strlen(value))) {
		ASN1_STRING_free(s);
		s = NULL;
	}
	return s;
}
