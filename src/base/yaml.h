/* YAML definition files, checked whole: libyaml reads, this keeps the tree with its
 * lines, and one walker compares it with a table. Every mistake is reported with file
 * and line, not only the first. Refused for all files: more than 1 MiB, not UTF-8,
 * duplicate keys, anchors, aliases and tags, more than one document, nesting over 32.
 * Scalars are text; "true"/"false" and whole numbers are told apart by the schema. */
#ifndef CERTDESK_BASE_YAML_H
#define CERTDESK_BASE_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mistakes.h"

#define YAML_FILE_LIMIT (1u << 20)

struct yaml;
/* A place in a document; `node` < 0 is "nothing there", and every function takes it. */
struct yaml_at {
	const struct yaml *doc;
	int node;
};

/* Reads a file; NULL where it can't be read, and `m` says why. A file with a key twice is read, so that what else is
 * wrong with it can be found too: nothing is used of it where `m` has a mistake. */
struct yaml *yaml_read(const char *path, struct mistakes *m);
/* The same from memory; `name` is what mistakes call it. */
struct yaml *yaml_parse(const char *name, const char *text, size_t length, struct mistakes *m);
void yaml_close(struct yaml **doc);
const char *yaml_name(struct yaml_at at); /* the file's name as given */

enum yaml_kind { YAML_NOTHING, YAML_TEXT, YAML_BOOL, YAML_INT, YAML_LIST, YAML_MAP, YAML_ANY };

struct yaml_at yaml_root(const struct yaml *doc);
enum yaml_kind yaml_kind(struct yaml_at at); /* NOTHING, TEXT (any scalar), LIST or MAP */
size_t yaml_line(struct yaml_at at);         /* from 1 */
size_t yaml_count(struct yaml_at at);        /* of a list's items or a map's pairs; else 0 */
struct yaml_at yaml_item(struct yaml_at at, size_t i); /* i-th item, or value of the i-th pair */
struct yaml_at yaml_key(struct yaml_at at, size_t i);  /* key of the i-th pair */
struct yaml_at yaml_get(struct yaml_at at, const char *key); /* value in a map */
/* Scalar values. Text is "" for nothing; it belongs to the document. A bool or number
 * that is absent or ill-formed is `preset`. */
const char *yaml_text(struct yaml_at at);
bool yaml_bool(struct yaml_at at, bool preset);
int64_t yaml_int(struct yaml_at at, int64_t preset);

/* One key of a map. Unset members are "no restriction". */
struct yaml_rule {
	const char *name; /* "*" is any other key, for maps whose keys are data */
	enum yaml_kind kind;
	bool required;                     /* must be there; a required text must not be empty */
	int64_t least, most;               /* YAML_INT, where most > 0 */
	const char *const *words;          /* YAML_TEXT: the words allowed, ended by NULL */
	const struct yaml_schema *inside;  /* YAML_MAP: its keys; YAML_LIST: the keys of each item, which is a map */
	enum yaml_kind items;              /* YAML_LIST without `inside`: what each item is; YAML_NOTHING is any */
};
struct yaml_schema {
	size_t count;
	const struct yaml_rule *rules;
};
#define YAML_SCHEMA(table) {sizeof(table) / sizeof *(table), table}

/* Compares a map with its schema and adds a mistake for every unknown key (with the nearest
 * known one), missing key, and value of a wrong kind, range or word, at any depth. */
void yaml_check(struct yaml_at at, const struct yaml_schema *schema, struct mistakes *m);
/* Adds a mistake at a place. */
void yaml_mistake(struct mistakes *m, struct yaml_at at, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The word nearest to `word`, or NULL where none is near enough to be meant.
 * `next` gives the i-th candidate, NULL at the end. */
const char *yaml_nearest(const char *word, const char *(*next)(size_t i, const void *arg), const void *arg);

#endif
