#include "print/apart.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/helper.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"

enum { PDF_LIMIT = 64 << 20 };

static enum err code_named(const char *name)
{
	int i = ERR_COUNT - 1;
	while (i > OK && strcmp(error_name((enum err)i), name) != 0)
		i--;
	return *name ? (i > OK ? (enum err)i : ERR_PRINT_FAULT) : OK;
}

/* The answer is a line of JSON, {"error","detail","pages","lacking"}, and the PDF behind it, which stays in `answer`. */
static enum err take_line(struct bytes *answer, json_t **line, struct error *e)
{
	char *end = answer->data ? memchr(answer->data, '\n', answer->length) : NULL;
	size_t n = end ? (size_t)(end - (char *)answer->data) : 0;
	*line = NULL;
	if (!end || json_parse((char *)answer->data, n, line, NULL))
		return error_set(e, ERR_PRINT_FAULT, "certdesk-paper");
	answer->length -= n + 1;
	memmove(answer->data, end + 1, answer->length + 1);
	enum err r = code_named(json_text(*line, "error"));
	return r ? error_set(e, r, "%s", json_text(*line, "detail")) : OK;
}

static enum err ask(json_t *request, struct bytes *answer, json_t **line, struct error *e)
{
	static const struct helper_errors errors = {ERR_PRINT_PROGRAM, ERR_PRINT_FAULT, ERR_PRINT_LONG};
	struct bytes in = {0};
	*line = NULL;
	json_object_set_new(request, "lang", json_string(lang_now() == LANG_EN ? "en" : "zh"));
	char *text = json_dumps(request, JSON_COMPACT);
	enum err r = text ? bytes_text(&in, text) : error_set(e, ERR_MEMORY, "certdesk-paper");
	free(text);
	if (!r && !(r = helper_run("certdesk-paper", &in, PDF_LIMIT, &errors, answer, e)))
		r = take_line(answer, line, e);
	bytes_free(&in);
	return r;
}

/* The template as it was when it was read: its text goes along, so that both sides mean the same. */
static enum err template_text(const struct print_template *t, struct bytes *out, struct error *e)
{
	char digest[DIGEST_TEXT_SIZE];
	enum err r = file_read(yaml_name(yaml_root(t->doc)), YAML_FILE_LIMIT, out, e);
	if (r)
		return r;
	digest_text(out->data, out->length, digest);
	return strcmp(digest, t->digest) == 0 ? OK : error_set(e, ERR_PRINT_TEMPLATE, tr("%s：读入之后被改动", "%s: changed since it was read"), t->file);
}

enum err apart_render(const struct print_template *t, const json_t *facts, const struct print_marks *marks, struct bytes *out,
                      struct print_made *made, struct error *e)
{
	struct bytes text = {0};
	json_t *request = NULL, *line = NULL;
	enum err r = template_text(t, &text, e);
	*made = (struct print_made){0};
	if (!r && !(request = json_pack("{ss ss# sO s{ss ss ss ss sb sI}}", "file", t->file, "template", (char *)text.data, (int)text.length,
	                                "facts", facts, "marks", "head", marks->head, "subject", marks->subject, "foot", marks->foot,
	                                "reprint", marks->reprint, "demonstration", marks->demonstration, "now", (json_int_t)marks->now)))
		r = error_set(e, ERR_MEMORY, "%s", t->file);
	if (!r && !(r = ask(request, out, &line, e))) {
		made->pages = (int)json_number(line, "pages");
		text_copy(made->lacking, sizeof made->lacking, json_text(line, "lacking"));
	}
	if (!r && (made->pages < 1 || out->length < 5 || memcmp(out->data, "%PDF-", 5) != 0))
		r = error_set(e, ERR_PRINT_FAULT, "%s", t->file);
	json_decref(line);
	json_decref(request);
	bytes_free(&text);
	return r;
}

enum err apart_has_letters(bool *there, struct error *e)
{
	struct bytes nothing = {0};
	json_t *line = NULL, *request = json_object();
	enum err r = request ? ask(request, &nothing, &line, e) : error_set(e, ERR_MEMORY, "certdesk-paper");
	*there = r == OK;
	json_decref(line);
	json_decref(request);
	bytes_free(&nothing);
	return r == ERR_PRINT_FONT ? OK : r;
}
