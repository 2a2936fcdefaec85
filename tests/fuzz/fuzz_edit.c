/* libFuzzer on the field editor and on what lays text out: whatever is typed, the text stays whole, the cursor between characters,
 * and a field or a line as wide as it is asked to be. */
#include "fuzz.h"

#include <locale.h>
#include <string.h>

#include "base/text.h"
#include "ui/edit.h"
#include "ui/wrap.h"

static bool between(const char *s, size_t at)
{
	size_t next = 0;
	while (next < at)
		next += text_cluster(s + next);
	return next == at;
}

static void look(struct edit *e, int columns)
{
	char shown[EDIT_SHOW_SIZE(256)];
	must(e->length == strlen(e->text) && text_valid(e->text, e->length));
	must(edit_count(e) <= e->limit && e->cursor <= e->length && between(e->text, e->cursor));
	struct edit_view view = edit_show(e, columns, shown, sizeof shown);
	must(view.cursor >= 0 && view.cursor < columns && text_valid(shown, strlen(shown)));
	must(between(e->text, e->first) && e->first <= e->cursor);
	must(text_width(shown) >= columns); /* a character wider than the field goes beyond it, and the pane cuts it */
}

static void try_edit(const uint8_t *data, size_t size)
{
	static enum edit_result (*const acts[])(struct edit *) = {edit_backspace, edit_delete, edit_left, edit_right, edit_home,
		edit_end_of_text, edit_word_left, edit_word_right, edit_kill_word, edit_kill_to_end, edit_clear, edit_undo};
	enum { ACTS = sizeof acts / sizeof *acts };
	struct edit e;
	int columns = 2 + data[0] % 60;
	if (edit_start(&e, 1 + data[1] % 80, data[2] % 8) != OK)
		return;
	for (size_t at = 3; at < size;) {
		uint8_t op = data[at++];
		if (op < ACTS)
			acts[op](&e);
		else if (op == ACTS)
			edit_seek(&e, at < size ? data[at++] : 0);
		else if (op == ACTS + 1)
			edit_seek_column(&e, at < size ? data[at++] : 0);
		else if (op == ACTS + 2)
			columns = 2 + (at < size ? data[at++] : 0) % 60;
		else {
			size_t n = op % 24 < size - at ? op % 24 : size - at, used = 0;
			edit_insert(&e, (const char *)data + at, n, &used);
			must(used <= n);
			at += n;
		}
		look(&e, columns);
	}
	edit_end(&e);
}

static void try_lines(const char *text, int columns)
{
	char line[70000], pad[2048];
	size_t next;
	int lines = wrap_count(text, columns);
	for (const char *at = text; *at; at += next, lines--) {
		size_t length = wrap_line(at, columns, &next);
		must(next > 0 && length <= next);
		memcpy(line, at, length);
		line[length] = '\0';
		must(text_width(line) <= columns || text_cluster(line) == length);
	}
	must(lines == 0);
	text_printable(line, sizeof line, text);
	must(text_valid(line, strlen(line)));
	text_pad(pad, sizeof pad, line, columns);
	must(strlen(pad) == sizeof pad - 1 || text_width(pad) == columns);
	must(text_width(line) <= columns || text_fit(line, columns) < strlen(line));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 4 || size > 65000)
		return 0;
	setlocale(LC_CTYPE, "C.UTF-8");
	char *text = strndup((const char *)data + 2, size - 2);
	if (!text)
		return 0;
	if (data[0] % 2)
		try_edit(data + 1, size - 1);
	else
		try_lines(text, 2 + data[1] % 100);
	free(text);
	return 0;
}
