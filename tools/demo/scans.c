#include "scans.h"

#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "picture/picture.h"

static void write_text(cairo_t *c, double x, double y, double size, double width, bool centred, const char *text)
{
	PangoLayout *layout = pango_cairo_create_layout(c);
	PangoFontDescription *font = pango_font_description_from_string("Noto Sans CJK SC");
	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	pango_layout_set_alignment(layout, centred ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
	pango_layout_set_text(layout, text, -1);
	cairo_move_to(c, x, y);
	pango_cairo_show_layout(c, layout);
	cairo_new_path(c); /* the point moved to must not become the beginning of what is drawn next */
	pango_font_description_free(font);
	g_object_unref(layout);
}

static void frame(cairo_t *c, double w, double h, double r, double g, double b)
{
	cairo_set_source_rgb(c, r, g, b);
	cairo_set_line_width(c, 8);
	cairo_rectangle(c, 30, 30, w - 60, h - 60);
	cairo_stroke(c);
	cairo_set_source_rgb(c, 0.1, 0.1, 0.1);
}

/* A round red seal with a star, the unit's name below it. */
static void seal_at(cairo_t *c, double x, double y, double radius, const char *unit)
{
	cairo_save(c);
	cairo_set_source_rgba(c, 0.85, 0.1, 0.1, 0.85);
	cairo_set_line_width(c, radius / 16);
	cairo_arc(c, x, y, radius, 0, 6.2832);
	cairo_stroke(c);
	write_text(c, x - radius, y - radius * 0.45, radius * 0.6, radius * 2, true, "★");
	write_text(c, x - radius * 0.9, y + radius * 0.3, radius * 0.16, radius * 1.8, true, unit);
	cairo_restore(c);
}

static void draw_licence(cairo_t *c, double w, double h, const char *unit, const char *number, const char *person)
{
	char text[800];
	frame(c, w, h, 0.75, 0.6, 0.2);
	write_text(c, 0, 120, 90, w, true, "营 业 执 照");
	snprintf(text, sizeof text, "统一社会信用代码　%s\n\n名　　称　%s\n类　　型　有限责任公司\n法定代表人　%s\n成立日期　2019年03月15日\n登记机关　市场监督管理局（演示）",
	         number, unit, person);
	write_text(c, 160, 320, 46, w - 320, false, text);
	seal_at(c, w - 380, h - 330, 170, "市场监督管理局（演示）");
}

static void draw_head(cairo_t *c, double w, double h, const char *unit, const char *number, const char *person)
{
	char text[400], day[5] = "0307";
	(void)unit;
	if (strlen(number) == 18)
		memcpy(day, number + 10, 4);
	int birth = atoi(day);
	frame(c, w, h, 0.4, 0.6, 0.8);
	snprintf(text, sizeof text, "姓　名　%s\n性　别　男　　民　族　汉\n出　生　%.4s 年 %d 月 %d 日\n住　址　北京市东城区示例街1号\n\n公民身份号码　%s",
	         person, strlen(number) == 18 ? number + 6 : "1990", birth / 100, birth % 100, number);
	write_text(c, 90, 110, 46, w * 0.62, false, text);
	cairo_set_source_rgb(c, 0.6, 0.68, 0.75);
	cairo_arc(c, w - 300, 330, 110, 0, 6.2832);
	cairo_fill(c);
	cairo_arc(c, w - 300, 680, 200, 3.1416, 6.2832);
	cairo_fill(c);
	cairo_set_source_rgb(c, 0.5, 0.1, 0.1);
	write_text(c, 90, h - 110, 40, w, false, "演示图像，非真实证件");
}

static void draw_emblem(cairo_t *c, double w, double h, const char *unit, const char *number, const char *person)
{
	(void)unit;
	(void)number;
	(void)person;
	frame(c, w, h, 0.8, 0.4, 0.4);
	write_text(c, 0, 180, 76, w, true, "居 民 身 份 证（演示）");
	write_text(c, 140, h - 300, 50, w - 200, false, "签发机关　示例市公安局\n有效期限　2020.01.01-2040.01.01");
}

static void draw_seals(cairo_t *c, double w, double h, const char *unit, const char *number, const char *person)
{
	(void)number;
	frame(c, w, h, 0.3, 0.3, 0.3);
	write_text(c, 0, 120, 70, w, true, "单位电子签章采样表");
	write_text(c, 120, 260, 44, w - 240, false, unit);
	for (int i = 0; i < 4; i++)
		seal_at(c, w * (i % 2 ? 0.72 : 0.28), h * (i < 2 ? 0.36 : 0.66), 210, unit);
	write_text(c, 120, h - 220, 44, w - 240, false, person);
}

static void draw_authorisation(cairo_t *c, double w, double h, const char *unit, const char *number, const char *person)
{
	char text[900];
	frame(c, w, h, 0.3, 0.3, 0.3);
	write_text(c, 0, 160, 76, w, true, "法 人 授 权 书");
	snprintf(text, sizeof text, "　　兹授权 %s（身份证号 %s）代表 %s 办理数字证书申请、领取及相关事宜，由此产生的法律责任由本单位承担。\n\n　　特此授权。",
	         person, number, unit);
	write_text(c, 140, 360, 48, w - 280, false, text);
	seal_at(c, w - 420, h - 520, 200, unit);
}

static const struct kind {
	const char *name;
	int width, height;
	void (*draw)(cairo_t *c, double w, double h, const char *unit, const char *number, const char *person);
} kinds[] = {
	{"business-licence", 1600, 1130, draw_licence}, {"agent-id-head", 1200, 760, draw_head},
	{"agent-id-emblem", 1200, 760, draw_emblem},    {"seal-sample", 1180, 1670, draw_seals},
	{"legal-authorisation", 1180, 1670, draw_authorisation},
};

static void to_rgb(cairo_surface_t *surface, struct picture *out)
{
	const unsigned char *from = cairo_image_surface_get_data(surface);
	int stride = cairo_image_surface_get_stride(surface);
	for (int y = 0; y < out->height; y++)
		for (int x = 0; x < out->width; x++) {
			uint32_t pixel;
			uint8_t *to = out->pixels + 3 * ((size_t)y * (size_t)out->width + (size_t)x);
			memcpy(&pixel, from + (size_t)y * (size_t)stride + 4 * (size_t)x, 4);
			to[0] = (uint8_t)(pixel >> 16);
			to[1] = (uint8_t)(pixel >> 8);
			to[2] = (uint8_t)pixel;
		}
}

enum err scan_draw(const char *kind, const char *unit, const char *number, const char *person, struct bytes *jpeg, struct error *e)
{
	size_t i = 0;
	while (i + 1 < sizeof kinds / sizeof *kinds && strcmp(kinds[i].name, kind) != 0)
		i++;
	struct picture p = {kinds[i].width, kinds[i].height, NULL};
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, p.width, p.height);
	cairo_t *c = cairo_create(surface);
	cairo_set_source_rgb(c, 0.99, 0.985, 0.96);
	cairo_paint(c);
	cairo_set_source_rgb(c, 0.1, 0.1, 0.1);
	kinds[i].draw(c, p.width, p.height, unit, number, person);
	cairo_surface_flush(surface);
	enum err r = cairo_status(c) == CAIRO_STATUS_SUCCESS ? OK : error_set(e, ERR_INTERNAL, "cairo");
	p.pixels = r ? NULL : malloc(3 * (size_t)p.width * (size_t)p.height);
	if (p.pixels) {
		to_rgb(surface, &p);
		r = picture_encode(&p, 82, jpeg, e);
	}
	free(p.pixels);
	cairo_destroy(c);
	cairo_surface_destroy(surface);
	return r;
}
