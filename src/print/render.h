/* A paper as PDF, by Pango and Cairo. Lengths in the definition are millimetres; Chinese is set in Noto Sans CJK SC. */
#ifndef CERTDESK_PRINT_RENDER_H
#define CERTDESK_PRINT_RENDER_H

#include <jansson.h>

#include "base/bytes.h"
#include "print/template.h"

/* What stands on every page besides the template. */
struct print_marks {
	const char *head;       /* left above: the site; "" for none */
	const char *subject;    /* right above: the order's number */
	const char *foot;       /* left below: when, by whom */
	const char *reprint;    /* "补打 第 2 次 …" in a frame; "" for none */
	bool demonstration;     /* 演示 across every page */
	int64_t now;            /* the document's date of making */
};

enum { PRINT_LACKING = 16 }; /* of letters that no font has, so many are named */

/* What was made: how many pages, and the letters that stand on them as boxes, each once; "" where every one is there. */
struct print_made {
	int pages;
	char lacking[PRINT_LACKING * 4 + 1];
};

/* Facts: {"values":{…} for `when`, "texts":{…} for ${name}, "lists":{"items":[{…}], …}, "sections":[{"title","fields":[{"name",
 * "label","value"}]}], "agreements":[{"title","version","digest","body"}]}.
 * `out` is replaced by the PDF. ERR_PRINT_FONT (no Chinese letters here), ERR_PRINT_FAULT, ERR_MEMORY. */
enum err print_render(const struct print_template *t, const json_t *facts, const struct print_marks *marks, struct bytes *out,
                      struct print_made *made, struct error *e);
/* Whether the machine has letters for Chinese. */
bool print_has_letters(void);

#endif
