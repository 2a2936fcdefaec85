#include "ui/pane.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/wrap.h"

#define LINE_SIZE 1024

static int least(int a, int b)
{
	return a < b ? a : b;
}

static int most(int a, int b)
{
	return a > b ? a : b;
}

struct pane pane_part(const struct pane *p, int row, int column, int rows, int columns)
{
	struct pane part = {p->term, p->top + most(row, 0), p->left + most(column, 0), 0, 0};
	part.rows = most(least(rows, p->rows - most(row, 0)), 0);
	part.columns = most(least(columns, p->columns - most(column, 0)), 0);
	return part;
}

struct pane pane_centre(const struct pane *p, int rows, int columns)
{
	rows = least(rows, p->rows);
	columns = least(columns, p->columns);
	return pane_part(p, (p->rows - rows) / 2, (p->columns - columns) / 2, rows, columns);
}

void pane_clear(const struct pane *p, enum role role)
{
	for (int i = 0; i < p->rows; i++)
		term_fill_cells(p->term, p->top + i, p->left, p->columns, role);
}

int pane_text(const struct pane *p, int row, int column, enum role role, const char *text)
{
	if (row < 0 || row >= p->rows || column < 0 || column >= p->columns)
		return 0;
	return term_text(p->term, p->top + row, p->left + column, p->columns - column, role, text);
}

int pane_format(const struct pane *p, int row, int column, enum role role, const char *format, ...)
{
	char line[LINE_SIZE], safe[LINE_SIZE];
	va_list args;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	text_copy(safe, sizeof safe, line);
	return pane_text(p, row, column, role, safe);
}

void pane_cell(const struct pane *p, int row, int column, int columns, enum role role, const char *text, bool right)
{
	char cell[LINE_SIZE];
	columns = least(columns, p->columns - column);
	if (columns <= 0)
		return;
	int width = text_width(text);
	if (right && width < columns)
		snprintf(cell, sizeof cell, "%*s%s", columns - width, "", text);
	else
		text_pad(cell, sizeof cell, text, columns);
	pane_text(p, row, column, role, cell);
}

int pane_wrapped(const struct pane *p, int row, int column, int columns, int rows, enum role role, const char *text)
{
	char line[LINE_SIZE];
	int used = 0;
	size_t next;
	for (; *text && used < rows; text += next, used++) {
		size_t length = wrap_line(text, columns, &next);
		snprintf(line, sizeof line, "%.*s", (int)least((int)length, LINE_SIZE - 1), text);
		pane_text(p, row + used, column, role, line);
	}
	return used;
}

static void rule(const struct pane *p, int row, const char *from, const char *to, const char *title)
{
	char line[LINE_SIZE * 2];
	int at = text_width(from), length = snprintf(line, sizeof line, "%s", from);
	for (; at < p->columns - text_width(to) && length + 8 < (int)sizeof line; at++)
		length += snprintf(line + length, sizeof line - (size_t)length, "─");
	snprintf(line + length, sizeof line - (size_t)length, "%s", to);
	pane_text(p, row, 0, ROLE_BOX, line);
	if (title && *title) {
		char cut[LINE_SIZE];
		snprintf(cut, sizeof cut, "%.*s", (int)text_fit(title, p->columns - 6), title);
		int used = pane_text(p, row, 2, ROLE_BOX, " ");
		used += pane_text(p, row, 2 + used, ROLE_GROUP, cut);
		pane_text(p, row, 2 + used, ROLE_BOX, " ");
	}
}

void pane_line(const struct pane *p, int row, const char *title)
{
	rule(p, row, "", "", title);
}

struct pane pane_box(const struct pane *p, const char *title)
{
	rule(p, 0, "┌", "┐", title);
	for (int i = 1; i < p->rows - 1; i++) {
		term_fill_cells(p->term, p->top + i, p->left, p->columns, ROLE_DIALOG);
		pane_text(p, i, 0, ROLE_BOX, "│");
		pane_text(p, i, p->columns - 1, ROLE_BOX, "│");
	}
	rule(p, p->rows - 1, "└", "┘", NULL);
	return pane_part(p, 1, 2, p->rows - 2, p->columns - 4);
}

int pane_pair(const struct pane *p, int row, int label_columns, const char *label, const char *value, enum role role)
{
	pane_cell(p, row, 0, label_columns, ROLE_LABEL, label, true);
	int used = pane_wrapped(p, row, label_columns + 2, p->columns - label_columns - 2, p->rows - row, role, value);
	return used > 0 ? used : 1;
}

void pane_cursor(const struct pane *p, int row, int column)
{
	term_cursor(p->term, p->top + most(least(row, p->rows - 1), 0), p->left + most(least(column, p->columns - 1), 0));
}

void pane_paper(const struct pane *p, int row, int column, const char *lines)
{
	char line[LINE_SIZE * 2];
	for (; *lines; row++) {
		size_t length = strcspn(lines, "\n");
		snprintf(line, sizeof line, "%.*s", (int)length, lines);
		pane_text(p, row, column, ROLE_PAPER, line);
		lines += length + (lines[length] == '\n');
	}
}
