/* The workbook that a list is filled in with, as the form and its code tables are now. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/listing.h"
#include "desk/output.h"
#include "report/template.h"

enum { HEADING = 200, NOTE = 800, NAME = 200, LINES = 8 };

struct plan {
	struct template_column *columns;
	size_t count;
	char (*headings)[HEADING], (*notes)[NOTE];
};

static void plan_free(struct plan *p)
{
	for (size_t i = 0; i < p->count; i++) {
		for (size_t k = 0; k < p->columns[i].choice_count; k++)
			free((char *)(uintptr_t)p->columns[i].choices[k]);
		free(p->columns[i].choices);
	}
	free(p->columns);
	free(p->headings);
	free(p->notes);
}

static enum err add_choices(struct desk *d, const struct form_field *f, struct template_column *c, struct error *e)
{
	const struct code_table *table = NULL;
	char name[NAME];
	if (f->type == FIELD_BOOLEAN) {
		if (!(c->choices = calloc(2, sizeof *c->choices)))
			return error_set(e, ERR_MEMORY, "%s", f->name);
		c->choices[c->choice_count++] = strdup(tr("是", "yes"));
		c->choices[c->choice_count++] = strdup(tr("否", "no"));
		return c->choices[0] && c->choices[1] ? OK : error_set(e, ERR_MEMORY, "%s", f->name);
	}
	if (!f->choices)
		return OK;
	enum err r = codes_table(d->codes, f->choices, &table, e);
	if (!r && !(c->choices = calloc(codes_count(table) + 1, sizeof *c->choices)))
		r = error_set(e, ERR_MEMORY, "%s", f->name);
	for (size_t i = 0; !r && i < codes_count(table); i++) {
		codes_full_name(table, codes_at(table, i), name, sizeof name);
		if (!(c->choices[c->choice_count] = strdup(name)))
			r = error_set(e, ERR_MEMORY, "%s", f->name);
		else
			c->choice_count++;
	}
	return r;
}

static enum err plan_columns(struct desk *d, const struct form *form, struct plan *p, struct error *e)
{
	json_t *defaults = form_defaults(form);
	enum err r = OK;
	p->columns = calloc(form->field_count, sizeof *p->columns);
	p->headings = calloc(form->field_count, sizeof *p->headings);
	p->notes = calloc(form->field_count, sizeof *p->notes);
	if (!p->columns || !p->headings || !p->notes || !defaults)
		r = error_set(e, ERR_MEMORY, "%s", form->name);
	for (size_t i = 0; !r && i < form->field_count; i++) {
		const struct form_field *f = &form->fields[i];
		if (!form_list_takes(f))
			continue;
		struct template_column *c = &p->columns[p->count];
		form_list_heading(form, f, p->headings[p->count], HEADING);
		snprintf(p->notes[p->count], NOTE, "%s%s%s", text2_tr(&f->hint), f->hint.zh && f->help.zh ? tr("。", ". ") : "", text2_tr(&f->help));
		*c = (struct template_column){.heading = p->headings[p->count], .note = p->notes[p->count], .width = f->width,
		                              .required = form_required(form, f, defaults) && !json_object_get(defaults, f->name),
		                              .several = f->type == FIELD_SELECT_MANY};
		p->count++;
		r = add_choices(d, f, c, e);
	}
	json_decref(defaults);
	return r;
}

enum err import_template(struct desk *d, const char *name, const char *path, json_t **out, struct error *e)
{
	const struct form *form = NULL;
	struct plan p = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_NEW, NULL, e);
	if (!r)
		r = output_place(d, path, e);
	if (!r)
		r = import_form(d, name, &form, e);
	if (!r)
		r = plan_columns(d, form, &p, e);
	if (!r) {
		const char *lines[LINES] = {
			text2_tr(&form->title),
			tr("在“名单”表里填写，一人（单位）一行，最多 2000 行；不要改表头。", "Fill in the sheet “List”, a line for each customer, at most 2,000; leave the head row as it is."),
			tr("带 * 的栏目必填；其他栏目不填时取申请表的默认值。用不上的列可以删去。", "Columns with * are needed; what is empty elsewhere takes the form's default. Delete columns that you don't need."),
			tr("有下拉选项的栏目可以选名称，也可以写代码；多选时用“、”隔开。", "Where there is a drop-down, choose a name or write the code; several go with commas between them."),
			tr("证件号、手机号、银行卡号按文本填写。表格里的数字只保留 15 位，粘贴时请选“只粘贴文本”。", "Numbers of documents, phones and cards are text: a spreadsheet keeps 15 digits of a number. Paste them as text only."),
			tr("日期写成 2030-01-31，长期有效的写“长期”。", "Write dates as 2030-01-31; 长期 where there is no end."),
			tr("核验证件原件、同意协议在窗口当面确认，不在名单里。", "Originals and consent are confirmed at the counter and not in the list."),
		};
		struct template t = {.sheet = tr("名单", "List"), .explanation = tr("说明", "How to"), .choices = tr("选项", "Choices"), .columns = p.columns,
		                     .count = p.count, .rows = IMPORT_LINES_MAX, .lines = lines, .line_count = LINES - 1};
		r = template_write(&t, path, e);
	}
	if (!r && !(*out = json_pack("{so sI}", "path", json_printable(path), "columns", (json_int_t)p.count)))
		r = error_set(e, ERR_MEMORY, "%s", path);
	plan_free(&p);
	return r;
}
