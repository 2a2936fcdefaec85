/* One document over the whole screen: zoom, pan, and sharp by sixel where the terminal can. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "desk/attach.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_thumb.h"

enum { SIDE = 3000, ZOOM_MOST = 4 }; /* pixels decoded; each step of zoom halves the part shown */

struct picture_screen {
	char title[200];
	struct picture picture;
	int zoom, x, y;              /* corner of the part, in thousandths */
	struct picture_cells cells;
	int rows, columns;           /* the cells were made for; 0: make them again */
};

static void close_picture(struct ui *ui, void *data)
{
	struct picture_screen *s = data;
	(void)ui;
	picture_free(&s->picture);
	picture_cells_free(&s->cells);
	free(s);
}

static enum err open_picture(struct ui *ui, void *arg, void **data, struct error *e)
{
	const struct picture_arg *what = arg;
	struct bytes content = {0};
	struct picture_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	text_printable(s->title, sizeof s->title, what->title ? what->title : "");
	enum err rc = what->content ? OK
	              : what->path  ? file_read(what->path, PICTURE_READ_LIMIT, &content, e)
	                            : attach_read(app_desk(ui), what->order, what->kind, &content, e);
	const struct bytes *all = what->content ? what->content : &content;
	if (rc == OK)
		rc = picture_decode(all->data, all->length, SIDE, SIDE, &s->picture, e);
	bytes_free(&content);
	if (rc != OK)
		close_picture(ui, s);
	else
		*data = s;
	return rc;
}

static int part(const struct picture_screen *s)
{
	return 1000 >> s->zoom;
}

static enum err cut(const struct picture_screen *s, struct picture *out)
{
	return picture_crop(&s->picture, s->x, s->y, part(s), part(s), out, NULL);
}

static void make_cells(struct ui *ui, struct picture_screen *s, const struct pane *p)
{
	struct picture piece = {0};
	if (s->rows == p->rows && s->columns == p->columns)
		return;
	picture_cells_free(&s->cells);
	if (cut(s, &piece) == OK && picture_cells(&piece, p->columns, p->rows, thumb_colors(ui), &s->cells, NULL) == OK) {
		s->rows = p->rows;
		s->columns = p->columns;
	}
	picture_free(&piece);
}

static void draw_picture(struct ui *ui, void *data, struct pane *pane)
{
	struct picture_screen *s = data;
	struct pane below = pane_part(pane, 1, 0, pane->rows - 1, pane->columns);
	make_cells(ui, s, &below);
	char size[32] = ""; /* of a larger one only what fits was decoded: that isn't its size */
	if (s->picture.width < SIDE && s->picture.height < SIDE)
		snprintf(size, sizeof size, "  %d×%d", s->picture.width, s->picture.height);
	pane_format(pane, 0, 1, ROLE_STRONG, tr("%s%s  放大 %d 倍", "%s%s  zoom %d"), s->title, size, 1 << s->zoom);
	if (s->rows)
		thumb_draw_cells(ui, &s->cells, &below, 0, (below.columns - s->cells.columns) / 2);
	pane_cursor(pane, 0, 0);
}

static void clamp(struct picture_screen *s)
{
	int most = 1000 - part(s);
	s->x = s->x < 0 ? 0 : s->x > most ? most : s->x;
	s->y = s->y < 0 ? 0 : s->y > most ? most : s->y;
	s->rows = 0;
}

static unsigned zoom(struct picture_screen *s, int by)
{
	int centre_x = s->x + part(s) / 2, centre_y = s->y + part(s) / 2, to = s->zoom + by;
	if (to < 0 || to > ZOOM_MOST)
		return UI_NONE;
	s->zoom = to;
	s->x = centre_x - part(s) / 2;
	s->y = centre_y - part(s) / 2;
	clamp(s);
	return UI_DRAW;
}

/* Room in pixels: what the terminal says, else of cells 8 by 16. The last row is the hint's. */
static void show_sixel(int fd, void *arg)
{
	struct picture_screen *s = arg;
	struct winsize w = {0};
	struct picture piece = {0};
	struct bytes out = {0};
	const char *hint = tr("按任意键返回", "Press a key to go back");
	ioctl(fd, TIOCGWINSZ, &w);
	int rows = w.ws_row ? w.ws_row : 24, width = w.ws_xpixel ? w.ws_xpixel : (w.ws_col ? w.ws_col : 80) * 8;
	int height = picture_sixel_room(rows, w.ws_ypixel ? w.ws_ypixel : rows * 16);
	if (cut(s, &piece) == OK && picture_sixel(&piece, width, height, 0, &out, NULL) == OK) {
		bytes_format(&out, "\033[%d;1H%s", rows, hint);
		for (size_t at = 0; at < out.length;) {
			ssize_t n = write(fd, out.data + at, out.length - at);
			if (n <= 0)
				break;
			at += (size_t)n;
		}
	}
	picture_free(&piece);
	bytes_free(&out);
}

enum { DO_IN = 1, DO_OUT, DO_SHARP, DO_LEFT, DO_RIGHT, DO_UP, DO_DOWN, DO_WHOLE };

static unsigned handle_picture(struct ui *ui, void *data, const struct event *event)
{
	struct picture_screen *s = data;
	int step = part(s) / 3;
	switch (event->action) {
	case DO_IN: return zoom(s, 1);
	case DO_OUT: return zoom(s, -1);
	case DO_LEFT: s->x -= step; break;
	case DO_RIGHT: s->x += step; break;
	case DO_UP: s->y -= step; break;
	case DO_DOWN: s->y += step; break;
	case DO_WHOLE: s->zoom = 0; break;
	case DO_SHARP:
		if (!term_has_sixel(ui_term(ui))) {
			ui_warn(ui, "%s",
				tr("这个终端不能显示清晰图（sixel）。请用 + 放大查看",
					"This terminal can't draw sharp pictures (sixel). Zoom with +"));
			return UI_NONE;
		}
		term_outside(ui_term(ui), show_sixel, s);
		return UI_DRAW | UI_BARS;
	default:
		if (event->kind == EVENT_TEXT && event->length == 1 && event->text[0] == '=')
			return zoom(s, 1);
		if (event->kind == EVENT_WHEEL)
			return zoom(s, event->key == UI_KEY_UP ? 1 : -1);
		if (event->kind == EVENT_KEY && event->key == UI_KEY_ENTER)
			ui_pop(ui);
		return UI_PASS;
	}
	clamp(s);
	return UI_DRAW;
}

static const struct action actions[] = {
	{DO_IN, '+', "放大", "Zoom in", "图片", "Picture", NULL, NULL, ACTION_FIRST},
	{DO_OUT, '-', "缩小", "Zoom out", NULL, NULL, NULL, NULL, ACTION_FIRST},
	{DO_SHARP, 's', "清晰图", "Sharp", NULL, NULL, "离开字符界面，用 sixel 显示（终端支持时）",
		"By sixel, where the terminal can", ACTION_FIRST},
	{DO_LEFT, UI_KEY_LEFT, "左移", "Left", NULL, NULL, NULL, NULL, 0},
	{DO_RIGHT, UI_KEY_RIGHT, "右移", "Right", NULL, NULL, NULL, NULL, 0},
	{DO_UP, UI_KEY_UP, "上移", "Up", NULL, NULL, NULL, NULL, 0},
	{DO_DOWN, UI_KEY_DOWN, "下移", "Down", NULL, NULL, NULL, NULL, 0},
	{DO_WHOLE, '0', "全图", "Whole", NULL, NULL, NULL, NULL, 0},
	{0},
};

const struct screen_class scr_picture = {.zh = "查看资料",
	.en = "Picture",
	.actions = actions,
	.open = open_picture,
	.draw = draw_picture,
	.handle = handle_picture,
	.close = close_picture};
