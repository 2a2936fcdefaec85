#include "ui/scr_digits.h"

#include <string.h>

static const struct {
	const char *of, *rows[DIGITS_ROWS];
} figures[] = {
	{"0", {"█▀█", "█ █", "▀▀▀"}},
	{"1", {"▄█ ", " █ ", "▀▀▀"}},
	{"2", {"▀▀█", "█▀▀", "▀▀▀"}},
	{"3", {"▀▀█", " ▀█", "▀▀▀"}},
	{"4", {"█ █", "▀▀█", "  ▀"}},
	{"5", {"█▀▀", "▀▀█", "▀▀▀"}},
	{"6", {"█▀▀", "█▀█", "▀▀▀"}},
	{"7", {"▀▀█", "  █", "  ▀"}},
	{"8", {"█▀█", "█▀█", "▀▀▀"}},
	{"9", {"█▀█", "▀▀█", "▀▀▀"}},
	{".", {" ", " ", "▄"}},
	{",", {" ", "▄", "▀"}},
	{"-", {"   ", "▀▀▀", "   "}},
	{"¥", {"█ █", "▄█▄", "▀█▀"}},
};

int digits_draw(const struct pane *p, int row, int column, enum role role, const char *text)
{
	int at = column;
	while (*text) {
		size_t used = 1;
		for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
			size_t n = strlen(figures[i].of);
			if (strncmp(text, figures[i].of, n) != 0)
				continue;
			int width = 0;
			for (int k = 0; k < DIGITS_ROWS; k++)
				width = pane_text(p, row + k, at, role, figures[i].rows[k]);
			at += width + 1;
			used = n;
			break;
		}
		text += used;
	}
	return at - column;
}
