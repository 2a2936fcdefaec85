/* Print templates: forms/print/KIND.yaml, or KIND.CHANNEL.yaml for one channel alone. Read and checked whole; every mistake
 * is told with file and line. certdesk-forms(5) describes the words. */
#ifndef CERTDESK_PRINT_TEMPLATE_H
#define CERTDESK_PRINT_TEMPLATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/crypt.h"
#include "base/yaml.h"
#include "rules/expr.h"

enum { PRINT_CELLS = 16 };

/* In both languages, with ${name} in it; the definition owns it. */
struct print_text {
	const char *zh, *en;
};
const char *print_say(const struct print_text *text); /* in the program's language */

enum print_about {
	PRINT_ORDER, /* one order */
	PRINT_DAY,   /* the parcels of a day of the calendar */
	PRINT_BLANK  /* to be filled in by hand: with an order what is known stands in it, without one nothing */
};
enum print_align { PRINT_LEFT, PRINT_CENTRE, PRINT_RIGHT };
enum print_block_type {
	PRINT_TITLE,     /* `text`, or the template's own title; in Chinese the English one stands small below */
	PRINT_PARAGRAPH, /* `text` */
	PRINT_PAIRS,     /* `cells`: label and value, in one column or two; `qr` stands at their right */
	PRINT_TABLE,     /* the rows of `list`, a column for each of `cells`; `text` where there is none */
	PRINT_FIELDS,    /* the form as it was keyed in, section by section, without those of `leave_out`, and those of `only_yes` that say no */
	PRINT_TEXTS,     /* the agreements */
	PRINT_SIGN,      /* places to sign: `cells` */
	PRINT_BOXES,     /* empty frames for seals: `cells` */
	PRINT_SPACE,     /* `height` */
	PRINT_LINE,
	PRINT_BREAK /* a new page */
};

struct print_cell {
	struct print_text label;
	const char *value;      /* the same in both languages; "" in a pair that has … */
	struct print_text text;
	int width; /* of a table's column: its share */
	enum print_align align;
	bool wide; /* of a pair: a row of its own */
};

struct print_block {
	enum print_block_type type;
	struct expr *when; /* NULL: always */
	struct print_text text;
	struct print_cell cells[PRINT_CELLS];
	size_t cell_count;
	const char *list, *qr;
	int height;  /* mm: of a space, a frame, the QR code's side */
	int columns; /* of pairs and frames */
	int rows;    /* of a table: at least so many, empty ones at the end */
	double scale; /* of the letters, 1: the template's own size */
	enum print_align align;
	bool bold;
	struct yaml_at leave_out, only_yes;
};

struct print_template {
	struct yaml *doc;
	char *file;            /* its name, "receipt.yaml" */
	char *kind, *channel;  /* from it; channel "" fits any */
	char digest[DIGEST_TEXT_SIZE];
	struct print_text title;
	enum print_about about;
	struct yaml_at statuses, customers, businesses; /* lists of words; nothing: any */
	struct expr *when;     /* NULL: always */
	int width, height;     /* mm */
	int margin;
	double size;           /* points of the letters */
	bool whole;            /* personal numbers whole, not masked */
	bool complete;         /* of a draft only when nothing is wrong in it */
	bool reprint;          /* a second one is marked as such */
	bool label;            /* for the label printer, without head and foot */
	const char *repeat;    /* "items": a page for each; "" once */
	struct print_block *blocks;
	size_t block_count;
};

struct print_templates {
	struct print_template **all; /* in order of `position`, then of the files' names */
	size_t count;
};

/* Reads every *.yaml of `dir`. `known` says whether a ${name} that isn't the program's own is a form's field; NULL takes any.
 * *out is NULL where there is a mistake (each in `m`) or memory ended (ERR_MEMORY). */
enum err print_read(const char *dir, bool (*known)(const char *name, void *arg), void *arg, struct mistakes *m,
                    struct print_templates **out);
/* The same as an error: ERR_PRINT_TEMPLATE. */
enum err print_load(const char *dir, bool (*known)(const char *name, void *arg), void *arg, struct print_templates **out,
                    struct error *e);
void print_free(struct print_templates **templates);
/* One template from its text; `file` is its name, KIND.yaml. ERR_PRINT_TEMPLATE, ERR_MEMORY. Free with print_free_one. */
enum err print_parse(const char *file, const char *text, size_t length, struct print_template **out, struct error *e);
void print_free_one(struct print_template **template);
/* The kind's template for a channel (one made for it before one that fits any), or NULL. */
const struct print_template *print_find(const struct print_templates *templates, const char *kind, const char *channel);
/* Whether a list of the definition holds a word; an absent list holds any. */
bool print_listed(struct yaml_at list, const char *word);
/* Whether it is offered for what `values` says ("status", "customer", "business", and what `when` asks for). */
bool print_offered(const struct print_template *t, const json_t *values);

#endif
