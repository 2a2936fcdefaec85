#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/lang.h"
#include "base/yaml.h"
#include "rules/expr.h"
#include "rules/form.h"
#include "rules/form_load.h"

enum { WIDTH_DEFAULT = 40, LIMIT_DEFAULT = 200, WIDTH_MOST = 200, LIMIT_MOST = 4000, FIELDS_MOST = 400 };

static const char *const type_words[] = {"text", "select_one", "select_multiple", "acknowledge", "note", "hidden",
	"calculate", "yes_no", NULL};
enum { TYPE_YES_NO = FIELD_CALCULATE + 1 }; /* an acknowledgement that either answer satisfies */
static const char *const keep_words[] = {"customer", "order", "never", NULL};
static const char *const input_words[] = {"any", "latin", "chinese", NULL};
static const char *const customer_words[] = {"unit", "person", "any", NULL};

static const char *const business_words[] = {
#define BUSINESS(name, ...) name,
#include "rules/business.def"
#undef BUSINESS
	NULL};

static const struct yaml_rule text2_rules[] = {
	{.name = "zh", .kind = YAML_TEXT, .required = true},
	{.name = "en", .kind = YAML_TEXT, .required = true},
};
static const struct yaml_schema text2_schema = YAML_SCHEMA(text2_rules);
static const struct yaml_rule field_rules[] = {
	{.name = "name", .kind = YAML_TEXT, .required = true},
	{.name = "type", .kind = YAML_TEXT, .required = true, .words = type_words},
	{.name = "label", .kind = YAML_MAP, .required = true, .inside = &text2_schema},
	{.name = "hint", .kind = YAML_MAP, .inside = &text2_schema},
	{.name = "help", .kind = YAML_MAP, .inside = &text2_schema},
	{.name = "check", .kind = YAML_TEXT},
	{.name = "check_by", .kind = YAML_TEXT},
	{.name = "choices", .kind = YAML_TEXT},
	{.name = "required", .kind = YAML_TEXT},
	{.name = "relevant", .kind = YAML_TEXT},
	{.name = "readonly", .kind = YAML_TEXT},
	{.name = "constraint", .kind = YAML_TEXT},
	{.name = "constraint_message", .kind = YAML_MAP, .inside = &text2_schema},
	{.name = "calculation", .kind = YAML_TEXT},
	{.name = "default", .kind = YAML_TEXT},
	{.name = "width", .kind = YAML_INT, .least = 1, .most = WIDTH_MOST},
	{.name = "limit", .kind = YAML_INT, .least = 1, .most = LIMIT_MOST},
	{.name = "fixed", .kind = YAML_BOOL},
	{.name = "signed", .kind = YAML_BOOL},
	{.name = "personal", .kind = YAML_BOOL},
	{.name = "input", .kind = YAML_TEXT, .words = input_words},
	{.name = "keep", .kind = YAML_TEXT, .words = keep_words},
};
static const struct yaml_schema field_schema = YAML_SCHEMA(field_rules);
static const struct yaml_rule section_rules[] = {
	{.name = "name", .kind = YAML_TEXT, .required = true},
	{.name = "label", .kind = YAML_MAP, .inside = &text2_schema},
	{.name = "relevant", .kind = YAML_TEXT},
	{.name = "use", .kind = YAML_TEXT},
	{.name = "without", .kind = YAML_LIST, .items = YAML_TEXT},
	{.name = "readonly", .kind = YAML_TEXT},
	{.name = "fields", .kind = YAML_LIST, .inside = &field_schema},
};
static const struct yaml_schema section_schema = YAML_SCHEMA(section_rules);
static const struct yaml_rule form_rules[] = {
	{.name = "form", .kind = YAML_TEXT, .required = true},
	{.name = "business", .kind = YAML_TEXT, .required = true, .words = business_words},
	{.name = "customer", .kind = YAML_TEXT, .required = true, .words = customer_words},
	{.name = "version", .kind = YAML_INT, .required = true, .least = 1, .most = 1000000},
	{.name = "title", .kind = YAML_MAP, .required = true, .inside = &text2_schema},
	{.name = "sections", .kind = YAML_LIST, .required = true, .inside = &section_schema},
};
static const struct yaml_schema form_schema = YAML_SCHEMA(form_rules);

static void text2_free(struct text2 *t)
{
	free(t->zh);
	free(t->en);
}

static void field_free(struct form_field *f)
{
	struct expr **const expressions[] = {&f->required, &f->relevant, &f->readonly, &f->constraint, &f->calculation};
	struct text2 *const texts[] = {&f->label, &f->hint, &f->help, &f->constraint_message};
	for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++)
		expr_free(expressions[i]);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		text2_free(texts[i]);
	free(f->name);
	free(f->check_by);
	free(f->choices);
	free(f->preset);
}

void form_free(struct form **form)
{
	struct form *f = *form;
	if (!f)
		return;
	for (size_t i = 0; f->fields && i < f->field_count; i++)
		field_free(&f->fields[i]);
	for (size_t i = 0; f->sections && i < f->section_count; i++) {
		expr_free(&f->sections[i].relevant);
		text2_free(&f->sections[i].label);
		free(f->sections[i].name);
	}
	text2_free(&f->title);
	free(f->fields);
	free(f->sections);
	free(f->name);
	free(f->business);
	free(f->customer);
	free(f);
	*form = NULL;
}

const char *text2_tr(const struct text2 *t)
{
	const char *s = tr(t->zh ? t->zh : "", t->en ? t->en : "");
	return s;
}

static char *copy(struct loader *l, struct yaml_at at)
{
	char *s = yaml_kind(at) == YAML_NOTHING ? NULL : strdup(yaml_text(at));
	l->memory_ended = l->memory_ended || (!s && yaml_kind(at) != YAML_NOTHING);
	return s;
}

static struct text2 copy_text2(struct loader *l, struct yaml_at at)
{
	return (struct text2){copy(l, yaml_get(at, "zh")), copy(l, yaml_get(at, "en"))};
}

static struct expr *copy_expr(struct loader *l, struct yaml_at at)
{
	struct expr *x = NULL;
	struct error e = {0};
	if (yaml_kind(at) == YAML_NOTHING)
		return NULL;
	enum err r = expr_parse(yaml_text(at), &x, &e);
	if (r == ERR_RULES_EXPR)
		yaml_mistake(l->m, at, "%s", e.detail);
	l->memory_ended = l->memory_ended || r == ERR_MEMORY;
	return x;
}

static int word_index(const char *const *words, const char *word, int preset)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return preset;
}

/* Where the definition is silent: names and addresses are Chinese, what has a check of digits is Latin. */
static enum field_input input_of(const struct form_field *f, struct yaml_at at)
{
	static const char *const chinese[] = {"name", "unit_name", "text", NULL};
	enum field_input preset = INPUT_ANY;
	if (f->type == FIELD_TEXT)
		preset = f->check && word_index(chinese, check_name(f->check), -1) >= 0 ? INPUT_CHINESE : INPUT_LATIN;
	return (enum field_input)word_index(input_words, yaml_text(at), (int)preset);
}

static const struct check *check_of(struct loader *l, const struct form_field *f, struct yaml_at at)
{
	const struct check *check = NULL;
	if (f->type != FIELD_TEXT)
		return NULL;
	if (yaml_kind(at) == YAML_NOTHING)
		return f->check_by ? NULL : check_find("text");
	if (!(check = check_find(yaml_text(at))))
		yaml_mistake(l->m, at, tr("没有检查“%s”", "there is no check '%s'"), yaml_text(at));
	return check;
}

static void fill_field(struct loader *l, struct form_field *f, struct yaml_at at)
{
	f->line = (int)yaml_line(yaml_get(at, "name"));
	f->name = copy(l, yaml_get(at, "name"));
	int type = (int)word_index(type_words, yaml_text(yaml_get(at, "type")), FIELD_TEXT);
	f->either = type == TYPE_YES_NO;
	f->type = f->either ? FIELD_BOOLEAN : (enum field_type)type;
	f->label = copy_text2(l, yaml_get(at, "label"));
	f->hint = copy_text2(l, yaml_get(at, "hint"));
	f->help = copy_text2(l, yaml_get(at, "help"));
	f->check_by = copy(l, yaml_get(at, "check_by"));
	f->choices = copy(l, yaml_get(at, "choices"));
	f->check = check_of(l, f, yaml_get(at, "check"));
	f->required = copy_expr(l, yaml_get(at, "required"));
	f->relevant = copy_expr(l, yaml_get(at, "relevant"));
	f->readonly = copy_expr(l, yaml_get(at, "readonly"));
	f->constraint = copy_expr(l, yaml_get(at, "constraint"));
	f->constraint_message = copy_text2(l, yaml_get(at, "constraint_message"));
	f->calculation = copy_expr(l, yaml_get(at, "calculation"));
	f->preset = copy(l, yaml_get(at, "default"));
	int most = f->check ? (int)check_most(f->check) : 0;
	f->limit = (int)yaml_int(yaml_get(at, "limit"), most ? most : LIMIT_DEFAULT);
	f->width = (int)yaml_int(yaml_get(at, "width"), f->limit < WIDTH_DEFAULT ? f->limit : WIDTH_DEFAULT);
	f->fixed = yaml_bool(yaml_get(at, "fixed"), false);
	f->is_signed = yaml_bool(yaml_get(at, "signed"), true);
	f->personal = yaml_bool(yaml_get(at, "personal"), false);
	f->input = input_of(f, yaml_get(at, "input"));
	f->keep = (enum field_keep)word_index(keep_words, yaml_text(yaml_get(at, "keep")), KEEP_CUSTOMER);
}

/* What a section doesn't say itself is said by the one that it uses. */
static void fill_section(struct loader *l, size_t s, struct yaml_at at, struct yaml_at used)
{
	struct form_section *section = &l->form->sections[s];
	const char *const keys[] = {"label", "relevant"};
	struct yaml_at from[2];
	for (size_t i = 0; i < 2; i++)
		from[i] = yaml_kind(yaml_get(at, keys[i])) == YAML_NOTHING ? yaml_get(used, keys[i]) : yaml_get(at, keys[i]);
	section->name = copy(l, yaml_get(at, "name"));
	section->label = copy_text2(l, from[0]);
	section->relevant = copy_expr(l, from[1]);
	l->heads[s] = at;
}

/* The condition of a section makes its used fields read-only that have none of their own. */
static void fill_fields(struct loader *l, size_t s, struct yaml_at at, struct yaml_at *fields, size_t count)
{
	struct form_section *section = &l->form->sections[s];
	struct yaml_at readonly = yaml_get(at, "readonly");
	section->first = l->form->field_count;
	section->count = count;
	for (size_t i = 0; i < count; i++) {
		struct form_field *f = &l->form->fields[l->form->field_count];
		l->places[l->form->field_count++] = fields[i];
		f->section = s;
		fill_field(l, f, fields[i]);
		if (!f->readonly && yaml_kind(readonly) != YAML_NOTHING)
			f->readonly = copy_expr(l, readonly);
	}
}

static bool fill_form(struct loader *l, struct yaml_at root)
{
	struct form *form = l->form;
	struct yaml_at sections = yaml_get(root, "sections"), *fields = calloc(FIELDS_MOST, sizeof *fields);
	form->name = copy(l, yaml_get(root, "form"));
	form->business = copy(l, yaml_get(root, "business"));
	form->customer = copy(l, yaml_get(root, "customer"));
	form->title = copy_text2(l, yaml_get(root, "title"));
	form->version = (int)yaml_int(yaml_get(root, "version"), 0);
	form->section_count = yaml_count(sections);
	form->sections = calloc(form->section_count + 1, sizeof *form->sections);
	form->fields = calloc(FIELDS_MOST, sizeof *form->fields);
	l->places = calloc(FIELDS_MOST, sizeof *l->places);
	l->heads = calloc(form->section_count + 1, sizeof *l->heads);
	bool good = form->sections && form->fields && l->places && l->heads && fields;
	for (size_t s = 0; good && s < form->section_count; s++) {
		struct yaml_at at = yaml_item(sections, s), used = form_section_used(l, at);
		size_t room = FIELDS_MOST - form->field_count;
		fill_section(l, s, at, used);
		fill_fields(l, s, at, fields, form_section_fields(l, at, used, fields, room));
	}
	free(fields);
	return good && !l->memory_ended;
}

/* One file alone has its own digest; with others', theirs are under it. */
static void digest_form(struct loader *l, const struct bytes *text)
{
	struct bytes all = {0};
	bool whole = bytes_add(&all, text->data, text->length) == OK;
	for (size_t i = 0; whole && i < l->used_count; i++)
		whole = bytes_add(&all, l->used[i].text.data, l->used[i].text.length) == OK;
	l->memory_ended = l->memory_ended || !whole;
	digest_text(all.data, all.length, l->form->digest);
	bytes_free(&all);
}

static struct form *form_parse(const char *path, const struct bytes *text, struct code_tables *codes,
	struct mistakes *m)
{
	size_t before = m->count;
	struct yaml *doc = yaml_parse(path, (const char *)text->data, text->length, m);
	struct loader l = {.codes = codes, .m = m, .form = calloc(1, sizeof *l.form)};
	bool good = false;
	if (!doc || !l.form)
		goto out;
	yaml_check(yaml_root(doc), &form_schema, m);
	if (m->count == before || yaml_kind(yaml_get(yaml_root(doc), "sections")) == YAML_LIST) {
		bool whole = fill_form(&l, yaml_root(doc));
		if (whole && !l.lost)
			form_examine(&l, yaml_root(doc));
		if (whole && m->count == before)
			digest_form(&l, text);
		good = whole && m->count == before && !l.memory_ended;
	}
out:
	free(l.places);
	free(l.heads);
	form_used_free(&l);
	if (!good)
		form_free(&l.form);
	yaml_close(&doc);
	return l.form;
}

struct form *form_read(const char *path, struct code_tables *codes, struct mistakes *m)
{
	struct bytes text = {0};
	struct form *form = NULL;
	enum err r = file_read(path, YAML_FILE_LIMIT, &text, NULL);
	if (r == ERR_FILE_TOO_BIG)
		mistakes_add(m, path, 0, "%s", tr("文件超过 1 MiB", "the file is over 1 MiB"));
	else if (r)
		mistakes_add(m, path, 0, "%s", tr("读不了，请检查路径和权限", "can't be read; check the path and its permissions"));
	else
		form = form_parse(path, &text, codes, m);
	bytes_free(&text);
	return form;
}

enum err form_load(const char *path, struct code_tables *codes, struct form **out, struct error *e)
{
	struct mistakes m = {0};
	enum err r = OK;
	*out = form_read(path, codes, &m);
	if (!*out)
		r = m.count ? mistakes_error(&m, ERR_RULES_FORM, e) : ERR_MEMORY;
	mistakes_free(&m);
	return r;
}
