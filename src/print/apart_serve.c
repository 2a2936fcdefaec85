/* certdesk-paper's side: the only part of src/print that is not in certdesk itself but for what it calls. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "print/apart.h"

static bool read_all(int fd, struct bytes *out)
{
	uint8_t buffer[16384];
	ssize_t n;
	while ((n = read(fd, buffer, sizeof buffer)) != 0)
		if ((n < 0 && errno != EINTR) || (n > 0 && bytes_add(out, buffer, (size_t)n)))
			return false;
	return true;
}

static enum err render(const json_t *request, struct bytes *pdf, struct print_made *made, struct error *e)
{
	const json_t *marks = json_object_get(request, "marks");
	const struct print_marks m = {.head = json_text(marks, "head"), .subject = json_text(marks, "subject"), .foot = json_text(marks, "foot"),
	                              .reprint = json_text(marks, "reprint"), .demonstration = json_flag(marks, "demonstration"),
	                              .now = json_number(marks, "now")};
	const char *text = json_text(request, "template");
	struct print_template *t = NULL;
	enum err r = print_parse(json_text(request, "file"), text, strlen(text), &t, e);
	if (!r)
		r = print_render(t, json_object_get(request, "facts"), &m, pdf, made, e);
	print_free_one(&t);
	return r;
}

/* Without a template it is asked for letters only. */
static enum err work(const struct bytes *in, struct bytes *pdf, struct print_made *made, struct error *e)
{
	json_t *request = json_read((char *)in->data, in->length, NULL);
	enum err r = json_is_object(request) ? OK : error_set(e, ERR_PRINT_FAULT, "certdesk-paper");
	if (!r)
		lang_set(strcmp(json_text(request, "lang"), "en") == 0 ? LANG_EN : LANG_ZH);
	if (!r && json_object_get(request, "template"))
		r = render(request, pdf, made, e);
	else if (!r && !print_has_letters())
		r = error_set(e, ERR_PRINT_FONT, "%s", "");
	json_decref(request);
	return r;
}

int apart_serve(int in, int out)
{
	struct bytes asked = {0}, pdf = {0};
	struct error e = {0};
	struct print_made made = {0};
	if (!read_all(in, &asked))
		return EXIT_FAILURE;
	enum err r = work(&asked, &pdf, &made, &e);
	json_t *line = json_pack("{ss ss si ss}", "error", r ? error_name(r) : "", "detail", e.detail, "pages", made.pages, "lacking", made.lacking);
	char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
	bool sent = text && file_write_all(out, text, strlen(text)) && file_write_all(out, "\n", 1) && (r || file_write_all(out, pdf.data, pdf.length));
	free(text);
	json_decref(line);
	bytes_free(&asked);
	bytes_free(&pdf);
	return sent ? EXIT_SUCCESS : EXIT_FAILURE;
}
