/* Certificate profiles are data (forms/tables/profiles.yaml): for each product what
 * stands in the certificate. Values are templates over the order's fields: "${unit_name}". */
#ifndef CERTDESK_CA_PROFILE_H
#define CERTDESK_CA_PROFILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "ca/name.h"

enum profile_key { PROFILE_KEY_RSA = 1, PROFILE_KEY_P256 = 2, PROFILE_KEY_SM2 = 4 };

struct profile_part { /* of the subject, or an identity extension */
	char *type;       /* attribute's short name or OID; for an extension its OID */
	enum name_string string;
	char *value;   /* template */
	bool optional; /* left out where the value is empty */
	bool critical; /* extensions only */
};

struct profile {
	char *product; /* "unit-1y" */
	unsigned keys; /* PROFILE_KEY_* that the product takes */
	struct profile_part *subject;
	size_t subject_count;
	struct profile_part *identity;
	size_t identity_count;
	char *key_usage;          /* OpenSSL's words: "critical,digitalSignature,nonRepudiation" */
	char *key_usage_rsa;      /* replaces it for RSA keys; "" for none */
	char *extended_key_usage; /* the same, "" for none */
	char **policies;          /* OIDs */
	size_t policy_count;
	char *crl_url, *issuer_url, *ocsp_url; /* templates, "" for none */
};

struct profiles;

/* Loads the file. ERR_CA_PROFILE lists the mistakes, one "file:line: …" a line: what can't be read, unknown, double
 * or missing keys, bad OIDs, wrong usages, open placeholders. */
enum err profiles_load(const char *path, struct profiles **out, struct error *e);
void profiles_free(struct profiles **p);
/* The profile of a product, or NULL. Owned by `p`. */
const struct profile *profiles_find(const struct profiles *p, const char *product);

/* Fills a template from the object's strings (integers are written in decimal; missing and null are ""). New
 * string. ERR_CA_FIELD where a value that fills it has control characters. */
enum err profile_fill(const char *template, const json_t *values, char **out, struct error *e);
/* The subject for an order's fields (the region's names are in region_province and region_city). ERR_CA_FIELD
 * names the attribute that is missing or breaks its legal length. */
enum err profile_subject(const struct profile *p, const json_t *values, struct name *out, struct error *e);

#endif
