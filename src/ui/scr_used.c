#include "ui/scr_used.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"

enum { NUMBER_END = 5 }; /* of an order: its counter and check digit */

static const char *const known_by[] = {"path", "size", "modified_at"};

static bool same_scan(const json_t *a, const json_t *b)
{
	for (size_t i = 0; i < sizeof known_by / sizeof *known_by; i++)
		if (!json_equal(json_object_get(a, known_by[i]), json_object_get(b, known_by[i])))
			return false;
	return true;
}

void used_forget(json_t *used, const char *order, const char *title)
{
	for (size_t i = json_array_size(used); i-- > 0;) {
		const json_t *each = json_array_get(used, i);
		if (strcmp(json_text(each, "order"), order) == 0 && strcmp(json_text(each, "title"), title) == 0)
			json_array_remove(used, i);
	}
}

void used_mark(json_t **used, const json_t *scan, const char *order, const char *title)
{
	if (!*used)
		*used = json_array();
	used_forget(*used, order, title);
	json_t *mark = json_pack("{ssss}", "order", order, "title", title);
	for (size_t i = 0; i < sizeof known_by / sizeof *known_by; i++)
		json_object_set(mark, known_by[i], json_object_get(scan, known_by[i]));
	json_array_append_new(*used, mark);
}

void used_show(const json_t *used, const char *order, json_t *rows)
{
	json_t *row;
	const json_t *mark;
	size_t i, k;
	char text[200];
	json_array_foreach(rows, i, row) {
		json_object_del(row, "used");
		json_array_foreach(used, k, mark) {
			const char *no = json_text(mark, "order"), *title = json_text(mark, "title");
			size_t length = strlen(no);
			if (!same_scan(mark, row))
				continue;
			if (strcmp(no, order) == 0)
				snprintf(text, sizeof text, "%s", title);
			else
				snprintf(text, sizeof text, "%s %s", no + (length > NUMBER_END ? length - NUMBER_END : 0), title);
			json_object_set_new(row, "used", json_string(text));
		}
	}
}
