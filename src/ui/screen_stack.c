/* The stack of screens, and the loop that runs them. */
#include "ui/screen_private.h"

#include <string.h>

void ui_close_entry(struct ui *ui, size_t i)
{
	struct entry gone = ui->stack[i];
	memmove(&ui->stack[i], &ui->stack[i + 1], (ui->count - i - 1) * sizeof gone);
	ui->count--;
	if (gone.class->close)
		gone.class->close(ui, gone.data);
	ui->due |= UI_DRAW | UI_BARS;
}

struct entry *ui_top(struct ui *ui)
{
	for (size_t i = ui->count; i-- > 0;)
		if (!ui->stack[i].closing)
			return &ui->stack[i];
	return NULL;
}

static enum err push(struct ui *ui, const struct screen_class *class, void *arg, struct error *e)
{
	struct entry fresh = {.class = class, .data = arg}, *outer = ui->opening;
	if (ui->abandoned)
		return error_set(e, ERR_UI_ENDED, "%s", "");
	ui->opening = &fresh;
	enum err rc = class->open ? class->open(ui, arg, &fresh.data, e) : OK;
	ui->opening = outer;
	if (rc == OK && ui->count == SCREEN_MOST) {
		rc = error_set(e, ERR_INTERNAL, "%s", "screens");
		if (class->close)
			class->close(ui, fresh.data);
	}
	if (rc != OK)
		return rc;
	fresh.serial = ++ui->serial;
	ui->stack[ui->count++] = fresh;
	ui->due |= UI_DRAW | UI_BARS;
	return OK;
}

enum err ui_push(struct ui *ui, const struct screen_class *class, void *arg)
{
	struct error e = {0};
	enum err rc = push(ui, class, arg, &e);
	if (rc != OK)
		ui_fail(ui, &e);
	return rc;
}

void ui_pop(struct ui *ui)
{
	struct entry *top = ui_top(ui);
	if (top)
		top->closing = true;
	ui->due |= UI_DRAW | UI_BARS;
}

void ui_pop_to(struct ui *ui, const struct screen_class *class)
{
	bool found = false;
	for (size_t i = 0; i < ui->count; i++)
		found |= ui->stack[i].class == class;
	for (struct entry *top; found && (top = ui_top(ui)) && top->class != class;)
		top->closing = true;
	ui->due |= UI_DRAW | UI_BARS;
}

void ui_abandon(struct ui *ui)
{
	ui->abandoned = true;
}

enum err ui_replace(struct ui *ui, const struct screen_class *class, void *arg)
{
	struct entry *old = ui_top(ui);
	unsigned long serial = old ? old->serial : 0;
	enum err rc = ui_push(ui, class, arg);
	for (size_t i = 0; rc == OK && i < ui->count; i++)
		if (ui->stack[i].serial == serial)
			ui->stack[i].closing = true;
	return rc;
}

/* Closes what was popped; the screen that comes to light is told. */
static void reap(struct ui *ui)
{
	unsigned long before = ui->count ? ui->stack[ui->count - 1].serial : 0;
	for (size_t i = ui->count; i-- > 0;)
		if (i < ui->count && ui->stack[i].closing)
			ui_close_entry(ui, i);
	struct entry *top = ui_top(ui);
	if (top && top->serial < before && top->class->back)
		ui->due |= top->class->back(ui, top->data) | UI_DRAW | UI_BARS;
}

static bool is_open(const struct ui *ui, unsigned long serial)
{
	for (size_t i = 0; i < ui->count; i++)
		if (ui->stack[i].serial == serial)
			return true;
	return false;
}

enum err ui_run(struct ui *ui, const struct screen_class *class, void *arg, struct error *e)
{
	struct event event;
	enum err rc = push(ui, class, arg, e);
	if (rc != OK)
		return rc;
	unsigned long serial = ui->serial;
	struct entry *outer = ui->opening;
	ui->opening = NULL; /* a screen that asks by another one while it opens */
	while (is_open(ui, serial) && !ui->ending) {
		if (ui->abandoned) {
			reap(ui);
			ui->abandoned = !is_open(ui, serial); /* the loops below this one are left alone once it stays */
		} else if (ui_next(ui, &event)) {
			ui_dispatch(ui, &event);
			reap(ui);
		}
	}
	for (size_t i = ui->count; i-- > 0;) /* ending: close ours and what lies above it */
		if (ui->stack[i].serial >= serial)
			ui_close_entry(ui, i);
	ui->opening = outer;
	return OK;
}
