#include "ui/term_private.h"

#include <stdlib.h>

#include "base/text.h"

/* One row for each role: attributes without colour, then colours (-1: the terminal's own) with
 * attributes for 8, and for 256 and more. Chosen to be read on dark and on light backgrounds. */
static const struct {
	attr_t mono;
	short fg8, bg8;
	attr_t extra8;
	short fg256, bg256;
	attr_t extra256;
} scheme[ROLE_COUNT] = {
	[ROLE_NORMAL] = {A_NORMAL, -1, -1, 0, -1, -1, 0},
	[ROLE_TITLE] = {A_REVERSE, COLOR_WHITE, COLOR_BLUE, A_BOLD, 231, 24, 0},
	[ROLE_MARK] = {A_REVERSE | A_BOLD, COLOR_BLACK, COLOR_YELLOW, 0, 16, 220, 0},
	[ROLE_KEY] = {A_BOLD, -1, -1, A_BOLD, -1, -1, A_BOLD},
	[ROLE_KEY_TEXT] = {A_REVERSE, COLOR_BLACK, COLOR_CYAN, 0, 231, 24, 0},
	[ROLE_GROUP] = {A_BOLD, COLOR_CYAN, -1, A_BOLD, 31, -1, A_BOLD},
	[ROLE_LABEL] = {A_NORMAL, -1, -1, 0, -1, -1, 0},
	[ROLE_LABEL_FOCUS] = {A_BOLD, -1, -1, A_BOLD, -1, -1, A_BOLD},
	[ROLE_REQUIRED] = {A_BOLD, COLOR_RED, -1, A_BOLD, 160, -1, A_BOLD},
	[ROLE_FIELD] = {A_UNDERLINE, -1, -1, A_UNDERLINE, -1, -1, A_UNDERLINE},
	[ROLE_FOCUS] = {A_REVERSE, COLOR_BLACK, COLOR_CYAN, 0, 0, 229, 0}, /* black as one of the first eight: few bytes a key */
	[ROLE_LOCKED] = {A_DIM, -1, -1, A_DIM, 244, -1, 0},
	[ROLE_HINT] = {A_DIM, -1, -1, A_DIM, 244, -1, 0},
	[ROLE_ERROR] = {A_REVERSE | A_BOLD, COLOR_WHITE, COLOR_RED, A_BOLD, 231, 160, A_BOLD},
	[ROLE_WARN] = {A_BOLD, COLOR_BLACK, COLOR_YELLOW, 0, 16, 214, 0},
	[ROLE_GOOD] = {A_BOLD, COLOR_GREEN, -1, A_BOLD, 34, -1, A_BOLD},
	[ROLE_HEAD] = {A_BOLD | A_UNDERLINE, -1, -1, A_BOLD | A_UNDERLINE, -1, -1, A_BOLD | A_UNDERLINE},
	[ROLE_SELECTED] = {A_REVERSE, COLOR_BLACK, COLOR_CYAN, 0, 16, 153, 0},
	[ROLE_BOX] = {A_NORMAL, COLOR_CYAN, -1, 0, 31, -1, 0},
	[ROLE_DIALOG] = {A_NORMAL, -1, -1, 0, -1, -1, 0},
	[ROLE_STRONG] = {A_BOLD, -1, -1, A_BOLD, -1, -1, A_BOLD},
	[ROLE_PAPER] = {A_REVERSE, COLOR_BLACK, COLOR_WHITE, 0, 16, 231, 0},
};

static const int levels[6] = {0, 95, 135, 175, 215, 255};

static int rgb_of_256(int colour)
{
	static const int basic[16] = {0x000000, 0x800000, 0x008000, 0x808000, 0x000080, 0x800080, 0x008080, 0xc0c0c0,
	                              0x808080, 0xff0000, 0x00ff00, 0xffff00, 0x0000ff, 0xff00ff, 0x00ffff, 0xffffff};
	if (colour < 16)
		return basic[colour];
	if (colour >= 232)
		return (8 + (colour - 232) * 10) * 0x010101;
	colour -= 16;
	return levels[colour / 36] << 16 | levels[colour / 6 % 6] << 8 | levels[colour % 6];
}

static int distance(int a, int b)
{
	int r = (a >> 16 & 255) - (b >> 16 & 255), g = (a >> 8 & 255) - (b >> 8 & 255), l = (a & 255) - (b & 255);
	return 3 * r * r + 4 * g * g + 2 * l * l;
}

static int spread(int rgb)
{
	int r = rgb >> 16 & 255, g = rgb >> 8 & 255, b = rgb & 255;
	int most = r > g ? r : g, least = r < g ? r : g;
	return (most > b ? most : b) - (least < b ? least : b);
}

/* Where there are few colours a grey stays without colour: the print of a scan isn't yellow. */
static int nearest(int rgb, int from, int to)
{
	int best = -1;
	bool grey = to <= 16 && spread(rgb) < 48;
	for (int i = from; i < to; i++)
		if ((!grey || spread(rgb_of_256(i)) == 0) &&
			(best < 0 || distance(rgb_of_256(i), rgb) < distance(rgb_of_256(best), rgb)))
			best = i;
	return best < 0 ? from : best;
}

/* The terminal's number for a colour of the 256. In direct-colour terminals all over 7 are RGB. */
static int number_of(const struct term *t, int colour)
{
	if (colour < 8 || t->colours != TERM_TRUE)
		return colour;
	int rgb = rgb_of_256(colour);
	return rgb < 8 ? 8 : rgb;
}

void term_colours_start(struct term *t)
{
	const char *no_color = getenv("NO_COLOR");
	bool mono = (no_color && *no_color) || !has_colors();
	if (!mono && (start_color() == ERR || use_default_colors() == ERR || COLOR_PAIRS < ROLE_COUNT + 1))
		mono = true;
	t->colours = mono ? TERM_MONO : COLORS >= 1 << 24 ? TERM_TRUE : COLORS >= 256 ? TERM_256 : TERM_8;
	for (int i = 0; i < ROLE_COUNT; i++) {
		bool many = t->colours >= TERM_256;
		int fg = many ? number_of(t, scheme[i].fg256) : scheme[i].fg8,
			bg = many ? number_of(t, scheme[i].bg256) : scheme[i].bg8;
		t->looks[i] = (struct look){scheme[i].mono, 0};
		if (mono || ((fg >= 0 || bg >= 0) && init_extended_pair(i + 1, fg, bg) == ERR))
			continue;
		t->looks[i].attributes = many ? scheme[i].extra256 : scheme[i].extra8;
		t->looks[i].pair = fg >= 0 || bg >= 0 ? i + 1 : 0;
	}
	t->pair_first = t->pair_next = ROLE_COUNT + 1;
}

/* A pair for a cell; 0 where there is none. The ring overwrites the oldest when it is full. */
static int cell_pair(struct term *t, int fg, int bg)
{
	int most = COLOR_PAIRS < 4096 ? COLOR_PAIRS : 4096;
	if (most <= t->pair_first)
		return 0;
	if (!t->pairs) {
		t->pairs = calloc((size_t)most, sizeof *t->pairs);
		for (int i = 0; t->pairs && i < most; i++)
			t->pairs[i] = (struct pair_colours){-2, -2};
	}
	if (!t->pairs)
		return 0;
	for (int i = t->pair_first; i < most; i++)
		if (t->pairs[i].foreground == fg && t->pairs[i].background == bg)
			return i;
		else if (t->pairs[i].foreground == -2)
			break;
	int pair = t->pair_next;
	if (init_extended_pair(pair, fg, bg) == ERR)
		return 0;
	t->pairs[pair] = (struct pair_colours){fg, bg};
	t->pair_next = pair + 1 < most ? pair + 1 : t->pair_first;
	return pair;
}

static int colour_of(const struct term *t, uint32_t rgb)
{
	int value = (int)(rgb & 0xffffff);
	switch (t->colours) {
	case TERM_TRUE:
		return value < 8 ? 8 : value;
	case TERM_256:
		return nearest(value, 16, 256);
	default:
		return nearest(value, 0, 8);
	}
}

void term_cell(struct term *t, int row, int column, const char *glyph, uint32_t foreground, uint32_t background)
{
	int pair = 0;
	uint32_t code;
	wchar_t wide[2] = {L' ', 0};
	cchar_t cell;
	if (row < 0 || row >= LINES || column < 0 || column >= COLS)
		return;
	if (text_decode(glyph, &code) > 0 && text_char_width(code) == 1)
		wide[0] = (wchar_t)code;
	if (t->colours != TERM_MONO)
		pair = cell_pair(t, colour_of(t, foreground), colour_of(t, background));
	if (setcchar(&cell, wide, A_NORMAL, 0, &pair) == OK)
		mvadd_wch(row, column, &cell);
}
