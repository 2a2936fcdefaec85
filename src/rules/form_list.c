#include "rules/form_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "rules/check_kinds.h"

enum { KEY_SIZE = 400, FEW = 10, DEPTH = 4 };

struct form_words {
	struct code_tables *codes;
	json_t *tables; /* {table: {word: code, or null where several rows are called so}} */
};

/* What is left of a text where only its letters count. */
static void fold(const char *text, char out[KEY_SIZE])
{
	char *nfc = text_nfc(text), *narrow = nfc ? text_fold_width(nfc) : NULL;
	size_t n = 0;
	uint32_t code;
	const char *s = narrow ? narrow : "";
	for (size_t step; (step = text_decode(s, &code)) > 0 && n + 5 < KEY_SIZE; s += step) {
		if (code <= ' ' || code == 0xA0 || code == 0xFEFF || code == '*' || code == ':')
			continue;
		n += text_encode(code >= 'A' && code <= 'Z' ? code - 'A' + 'a' : code, out + n);
	}
	out[n] = '\0';
	free(narrow);
	free(nfc);
}

static bool cut_remark(char *key)
{
	size_t n = strlen(key);
	char *open = strrchr(key, '(');
	if (n < 2 || key[n - 1] != ')' || !open || open == key)
		return false;
	*open = '\0';
	return true;
}

bool form_list_takes(const struct form_field *field)
{
	if (field->type == FIELD_CALCULATE || field->type == FIELD_NOTE || field->type == FIELD_HIDDEN)
		return false;
	return field->type != FIELD_BOOLEAN || field->keep != KEEP_NEVER;
}

static bool is_word(const char *key, const char *word, const char *behind)
{
	char folded[KEY_SIZE], both[KEY_SIZE];
	if (!word)
		return false;
	snprintf(both, sizeof both, "%s%s", behind ? word : "", behind ? behind : word);
	fold(both, folded);
	return *folded && strcmp(key, folded) == 0;
}

static const struct form_field *find(const struct form *form, const char *key)
{
	for (size_t i = 0; i < form->field_count; i++)
		if (is_word(key, form->fields[i].name, NULL))
			return &form->fields[i];
	for (size_t i = 0; i < form->field_count; i++)
		if (is_word(key, form->fields[i].label.zh, NULL) || is_word(key, form->fields[i].label.en, NULL))
			return &form->fields[i];
	for (size_t i = 0; i < form->field_count; i++) {
		const struct form_field *f = &form->fields[i];
		const struct text2 *section = &form->sections[f->section].label;
		if (is_word(key, section->zh, f->label.zh) || is_word(key, section->en, f->label.en))
			return f;
	}
	return NULL;
}

const struct form_field *form_list_field(const struct form *form, const char *heading)
{
	char key[KEY_SIZE];
	fold(heading, key);
	const struct form_field *f = *key ? find(form, key) : NULL;
	return f || !cut_remark(key) ? f : find(form, key);
}

const struct form_field *form_list_near(const struct form *form, const char *heading)
{
	char key[KEY_SIZE], label[KEY_SIZE];
	fold(heading, key);
	for (size_t i = 0; *key && i < form->field_count; i++) {
		fold(text2_tr(&form->fields[i].label), label);
		if (form_list_takes(&form->fields[i]) && *label && (strstr(key, label) || strstr(label, key)))
			return &form->fields[i];
	}
	return NULL;
}

bool form_list_counts(const char *heading)
{
	static const char *const words[] = {"序号", "no", "no.", "#"};
	char key[KEY_SIZE];
	fold(heading, key);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(key, words[i]) == 0)
			return true;
	return false;
}

void form_list_heading(const struct form *form, const struct form_field *field, char *out, size_t size)
{
	snprintf(out, size, "%s", text2_tr(&field->label));
	if (form_list_field(form, out) != field)
		snprintf(out, size, "%s: %s", text2_tr(&form->sections[field->section].label), text2_tr(&field->label));
	if (form_list_field(form, out) != field)
		snprintf(out, size, "%s", field->name);
}

struct form_words *form_words_new(struct code_tables *codes)
{
	struct form_words *w = calloc(1, sizeof *w);
	if (w)
		*w = (struct form_words){codes, json_object()};
	return w;
}

void form_words_free(struct form_words **words)
{
	if (*words)
		json_decref((*words)->tables);
	free(*words);
	*words = NULL;
}

static void add_word(json_t *table, const char *word, const char *code)
{
	char key[KEY_SIZE];
	fold(word, key);
	const json_t *there = json_object_get(table, key);
	if (!*key)
		return;
	if (!there)
		json_object_set_new(table, key, json_string(code));
	else if (!json_is_string(there) || strcmp(json_string_value(there), code) != 0)
		json_object_set_new(table, key, json_null());
}

/* A name with those of its parents, in one language. */
static void add_whole(json_t *words, const struct code_table *table, const struct code_row *row, bool zh)
{
	const struct code_row *chain[DEPTH] = {row};
	char name[KEY_SIZE] = "";
	size_t n = 1;
	while (n < DEPTH && *chain[n - 1]->parent && (chain[n] = codes_find(table, chain[n - 1]->parent)))
		n++;
	while (n > 0 && strlen(name) < sizeof name - 1) {
		n--;
		snprintf(name + strlen(name), sizeof name - strlen(name), "%s", zh ? chain[n]->zh : chain[n]->en);
	}
	add_word(words, name, row->code);
}

static json_t *gather(const struct code_table *table)
{
	json_t *words = json_object();
	for (size_t i = 0; words && i < codes_count(table); i++) {
		const struct code_row *row = codes_at(table, i);
		add_word(words, row->zh, row->code);
		add_word(words, row->en, row->code);
		if (*row->parent) {
			add_whole(words, table, row, true);
			add_whole(words, table, row, false);
		}
	}
	/* a code is a code, whatever else is called so */
	for (size_t i = 0; words && i < codes_count(table); i++) {
		char key[KEY_SIZE];
		fold(codes_at(table, i)->code, key);
		json_object_set_new(words, key, json_string(codes_at(table, i)->code));
	}
	return words;
}

static const struct code_table *table_of(struct form_words *w, const struct form_field *field)
{
	struct mistakes m = {0};
	const struct code_table *table = codes_read(w->codes, field->choices, &m);
	mistakes_free(&m);
	return table;
}

static const json_t *words_of(struct form_words *w, const struct form_field *field)
{
	json_t *words = json_object_get(w->tables, field->choices);
	const struct code_table *table = words ? NULL : table_of(w, field);
	if (!words && table) {
		words = gather(table);
		json_object_set_new(w->tables, field->choices, words);
	}
	return words;
}

static void say_unknown(struct form_words *w, const struct form_field *field, const char *text, bool several, struct check_result *out)
{
	const struct code_table *table = table_of(w, field);
	char names[sizeof out->message] = "";
	for (size_t i = 0; table && codes_count(table) <= FEW && i < codes_count(table); i++) {
		const struct code_row *row = codes_at(table, i);
		lang_list_add(names, sizeof names, tr(row->zh, *row->en ? row->en : row->zh));
	}
	if (several)
		check_say(out, VERDICT_INVALID, tr("有几个“%s”，请连同上级一起写，或写代码", "there are several “%s”; write it with its parents, or the code"), text);
	else if (*names)
		check_say(out, VERDICT_INVALID, tr("没有“%s”，可填：%s", "there is no “%s”; possible are: %s"), text, names);
	else
		check_say(out, VERDICT_INVALID, tr("没有“%s”，请写代码或全名", "there is no “%s”; write the code or the whole name"), text);
}

/* The code that a word means: new string value, or NULL. `several`: more than one row is called so. */
static json_t *code_of(const json_t *words, const char *text, bool *several)
{
	char key[KEY_SIZE];
	fold(text, key);
	const json_t *code = *key ? json_object_get(words, key) : NULL;
	*several = json_is_null(code);
	return json_is_string(code) ? json_deep_copy(code) : NULL;
}

/* Names may hold spaces and commas themselves, so the whole text is tried first. */
static json_t *codes_of(struct form_words *w, const struct form_field *field, const json_t *words, const char *text, struct check_result *out)
{
	static const char *const marks[] = {"、", "，", ",", "；", ";", "|", "\n", "\t"};
	bool several;
	json_t *list = json_array(), *whole = code_of(words, text, &several);
	if (whole) {
		json_array_append_new(list, whole);
		return list;
	}
	for (const char *at = text; *at;) {
		size_t n = strlen(at), skip = 0;
		for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
			const char *mark = strstr(at, marks[i]);
			if (mark && (size_t)(mark - at) < n) {
				n = (size_t)(mark - at);
				skip = strlen(marks[i]);
			}
		}
		char *part = strndup(at, n);
		if (part)
			text_trim(part);
		json_t *code = part ? code_of(words, part, &several) : NULL;
		if (code)
			json_array_append_new(list, code);
		else if (part && *part) {
			say_unknown(w, field, part, several, out);
			free(part);
			json_decref(list);
			return NULL;
		}
		free(part);
		at += n + skip;
	}
	return list;
}

static json_t *boolean_of(const char *text, struct check_result *out)
{
	static const char *const yes[] = {"是", "对", "有", "√", "✓", "✔", "yes", "y", "true", "1"};
	static const char *const no[] = {"否", "不", "不是", "无", "×", "✗", "no", "n", "false", "0"};
	char key[KEY_SIZE];
	fold(text, key);
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		if (strcmp(key, yes[i]) == 0)
			return json_true();
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (strcmp(key, no[i]) == 0)
			return json_false();
	check_say(out, VERDICT_INVALID, tr("“%s”应写“是”或“否”", "“%s” must be yes or no"), text);
	return NULL;
}

/* A field has one line; a cell may have several. */
static json_t *one_line(const char *text)
{
	char *copy = strdup(text);
	for (char *c = copy; c && *c; c++)
		if (*c == '\n' || *c == '\r' || *c == '\t')
			*c = ' ';
	json_t *value = copy ? json_string(copy) : NULL;
	free(copy);
	return value;
}

json_t *form_words_value(struct form_words *w, const struct form_field *field, const char *text, struct check_result *out)
{
	*out = (struct check_result){.verdict = VERDICT_VALID};
	if (field->type == FIELD_TEXT)
		return one_line(text);
	if (field->type == FIELD_BOOLEAN)
		return boolean_of(text, out);
	const json_t *words = words_of(w, field);
	if (!words) {
		check_say(out, VERDICT_INVALID, tr("代码表“%s”读不了，请联系管理员", "code table '%s' can't be read; tell the administrator"), field->choices);
		return NULL;
	}
	if (field->type == FIELD_SELECT_MANY)
		return codes_of(w, field, words, text, out);
	bool several;
	json_t *code = code_of(words, text, &several);
	if (!code)
		say_unknown(w, field, text, several, out);
	return code;
}
