#include "cli/args.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/text.h"
#include "base/yaml.h"

const struct option args_globals[] = {
	{"-C", OPTION_FILE, "DIR", false, "受理点数据目录", "the site's data directory"},
	{"--json", OPTION_FLAG, NULL, false, "输出 JSON", "print JSON"},
	{"--user", OPTION_TEXT, "USER", false, "以此用户执行这一条命令", "run this one command as USER"},
	{"--password-file", OPTION_FILE, "FILE", false,
	 "口令文件（仅本人可读）", "file with the password, readable by its owner alone"},
	{"--with", OPTION_TEXT, "USER", false, "当场授权的第二人", "the second person on the spot"},
	{"--with-password-file", OPTION_FILE, "FILE", false, "第二人的口令文件", "file with the second person's password"},
	{"--lang", OPTION_TEXT, "LANG", false, "语言：zh 或 en", "language: zh or en"},
	{"--help", OPTION_FLAG, NULL, false, "显示帮助", "show help"},
	{"--version", OPTION_FLAG, NULL, false, "显示版本", "show the version"},
	{NULL, OPTION_FLAG, NULL, false, NULL, NULL},
};

/* The parser's place. */
struct parse {
	const struct command *const *table;
	struct args *args;
	bool fixed;             /* the command is known; what follows are its arguments */
	bool plain;             /* after "--" */
};

static const struct command *command_find(const struct command *const *table, const char *words)
{
	for (; *table; table++)
		for (const struct command *c = *table; c->words; c++)
			if (strcmp(c->words, words) == 0)
				return c;
	return NULL;
}

/* True where `words` begin a longer command. */
static bool is_group(const struct command *const *table, const char *words)
{
	size_t n = strlen(words);
	for (; *table; table++)
		for (const struct command *c = *table; c->words; c++)
			if (strncmp(c->words, words, n) == 0 && c->words[n] == ' ')
				return true;
	return false;
}

static const char *next_words(size_t i, const void *arg)
{
	const struct command *const *table = arg;
	for (; *table; table++)
		for (const struct command *c = *table; c->words; c++)
			if (i-- == 0)
				return c->words;
	return NULL;
}

enum { FIRST_MOST = 64, FIRST_SIZE = 24 };

/* Every command's first word. */
struct first_words {
	size_t count;
	char text[FIRST_MOST][FIRST_SIZE];
};

static const char *next_first(size_t i, const void *arg)
{
	const struct first_words *first = arg;
	return i < first->count ? first->text[i] : NULL;
}

static const char *next_option(size_t i, const void *arg)
{
	const struct command *c = *(const struct command *const *)arg;
	const struct option *o = c && c->options ? c->options : args_globals;
	for (; o->name; o++)
		if (i-- == 0)
			return o->name;
	if (o == args_globals || !c || !c->options)
		return NULL;
	for (o = args_globals; o->name; o++)
		if (i-- == 0)
			return o->name;
	return NULL;
}

static enum err unknown(const char *what, const char *word, const char *near, struct error *e)
{
	return near ? error_set(e, ERR_USAGE, tr("没有%s“%s”，是不是“%s”", "there is no %s “%s”; is “%s” meant"), what, word,
		near)
	            : error_set(e, ERR_USAGE, tr("没有%s“%s”", "there is no %s “%s”"), what, word);
}

static enum err unknown_command(const struct parse *p, const char *word, struct error *e)
{
	char words[ARGS_WORDS * 4];
	struct first_words first = {.count = 0};
	const char *near = NULL, *known;
	snprintf(words, sizeof words, "%s%s%s", p->args->words, *p->args->words ? " " : "", word);
	for (size_t i = 0; first.count < FIRST_MOST && (known = next_words(i, p->table)); i++)
		snprintf(first.text[first.count++], FIRST_SIZE, "%.*s", (int)strcspn(known, " "), known);
	if (!*p->args->words)
		near = yaml_nearest(words, next_first, &first);
	if (!near)
		near = yaml_nearest(words, next_words, p->table);
	return unknown(tr("命令", "command"), words, near, e);
}

/* A word that is no option: of the command's name, or an argument. */
static enum err take_word(struct parse *p, const char *word, struct error *e)
{
	char longer[ARGS_WORDS * 2];
	if (!p->fixed) {
		int n = snprintf(longer, sizeof longer, "%s%s%s", p->args->words, *p->args->words ? " " : "", word);
		if (n < ARGS_WORDS && (command_find(p->table, longer) || is_group(p->table, longer))) {
			text_copy(p->args->words, sizeof p->args->words, longer);
			p->args->command = command_find(p->table, longer);
			p->fixed = !is_group(p->table, longer);
			return OK;
		}
		if (!p->args->command)
			return unknown_command(p, word, e);
		p->fixed = true;
	}
	p->args->positional[p->args->count++] = word;
	return OK;
}

static const struct option *option_find(const struct option *table, const char *name, size_t length, size_t *index)
{
	for (size_t i = 0; table && table[i].name; i++)
		if (strlen(table[i].name) == length && memcmp(table[i].name, name, length) == 0) {
			*index = i;
			return &table[i];
		}
	return NULL;
}

static bool value_right(enum option_type type, const char *value)
{
	int64_t day;
	size_t n = strlen(value);
	switch (type) {
	case OPTION_NUMBER:
		return n > 0 && n < 16 && value[strspn(value, "0123456789")] == '\0';
	case OPTION_DATE:
		return civil_parse_date(value, &day);
	case OPTION_TEXT:
		return n > 0 && text_valid(value, n);
	default:
		return n > 0;
	}
}

static enum err wrong_value(const struct option *o, const char *value, struct error *e)
{
	const char *wanted = o->type == OPTION_NUMBER ? tr("一个非负整数", "a whole number from 0")
	                     : o->type == OPTION_DATE ? tr("日期，如 2026-11-22", "a date such as 2026-11-22")
	                                              : tr("非空的 UTF-8 文本", "text in UTF-8, not empty");
	return error_set(e, ERR_USAGE, tr("%s 的值“%s”不对，应为%s", "%s has the value “%s”, it takes %s"), o->name, value,
		wanted);
}

/* An option at argv[*i]; takes its value too. */
static enum err take_option(struct parse *p, int argc, char **argv, int *i, struct error *e)
{
	const char *word = argv[*i], *equals = word[1] == '-' ? strchr(word, '=') : NULL, *value = NULL;
	size_t length = equals ? (size_t)(equals - word) : strlen(word), index = 0;
	const struct command *command = p->args->command;
	const char **values = p->args->options;
	const struct option *o = option_find(command ? command->options : NULL, word, length, &index);
	if (o)
		p->fixed = true;
	else if ((o = option_find(args_globals, word, length, &index)))
		values = p->args->globals;
	if (!o) {
		char name[ARGS_WORDS];
		snprintf(name, sizeof name, "%.*s", (int)length, word);
		return unknown(tr("选项", "option"), name, yaml_nearest(name, next_option, &command), e);
	}
	if (values[index] && o->type != OPTION_LIST)
		return error_set(e, ERR_USAGE, tr("选项 %s 出现了两次", "option %s is given twice"), o->name);
	if (o->type == OPTION_FLAG)
		value = equals ? NULL : o->name;
	else
		value = equals ? equals + 1 : *i + 1 < argc ? argv[++*i] : NULL;
	if (!value)
		return error_set(e, ERR_USAGE, o->type == OPTION_FLAG ? tr("选项 %s 不带值", "option %s takes no value")
		                                                      : tr("选项 %s 缺少值", "option %s lacks its value"), o->name);
	if (!value_right(o->type, value))
		return wrong_value(o, value, e);
	values[index] = value;
	if (o->type != OPTION_LIST)
		return OK;
	if (p->args->listed_count == ARGS_LISTED)
		return error_set(e, ERR_USAGE, tr("选项 %s 太多", "too many of option %s"), o->name);
	p->args->listed[p->args->listed_count].option = o;
	p->args->listed[p->args->listed_count++].value = value;
	return OK;
}

/* Counts what `arguments` wants; *most is SIZE_MAX for "[X...]". */
static void arguments_count(const char *arguments, size_t *least, size_t *most)
{
	*least = *most = 0;
	for (const char *at = arguments; *at;) {
		size_t n = strcspn(at, " ");
		bool optional = *at == '[', many = n > 4 && memcmp(at + n - 4, "...]", 4) == 0;
		*least += optional ? 0 : 1;
		*most = many ? SIZE_MAX : *most + 1;
		at += n + strspn(at + n, " ");
	}
}

/* A group alone ("order"): says what may follow. */
static enum err half_command(const struct parse *p, struct error *e)
{
	char list[256] = "";
	size_t n = strlen(p->args->words);
	const char *words;
	for (size_t i = 0; (words = next_words(i, p->table)); i++)
		if (strncmp(words, p->args->words, n) == 0 && words[n] == ' ')
			lang_list_add(list, sizeof list, words + n + 1);
	return error_set(e, ERR_USAGE, tr("%s 后面应为：%s", "%s is followed by one of: %s"), p->args->words, list);
}

/* What a whole line must have: a command, its arguments, its required options. */
static enum err check_whole(const struct parse *p, struct error *e)
{
	const struct args *a = p->args;
	const struct command *c = a->command;
	size_t least, most;
	const char *lang = args_text(a, "--lang");
	if (lang && strcmp(lang, "zh") != 0 && strcmp(lang, "en") != 0)
		return error_set(e, ERR_USAGE, tr("--lang 应为 zh 或 en", "--lang is zh or en"));
	if (args_flag(a, "--help") || args_flag(a, "--version"))
		return OK;
	if (!c)
		return *a->words ? half_command(p, e) : OK;
	arguments_count(c->arguments, &least, &most);
	if (a->count < least)
		return error_set(e, ERR_USAGE, tr("%s 缺少参数，应为：%s", "%s lacks arguments, it takes: %s"), c->words, c->arguments);
	if (a->count > most)
		return error_set(e, ERR_USAGE, tr("%s 的参数“%s”多余", "%s: “%s” is one argument too many"), c->words,
			a->positional[most]);
	for (size_t i = 0; c->options && c->options[i].name; i++)
		if (c->options[i].required && !a->options[i])
			return error_set(e, ERR_USAGE, tr("%s 缺少选项 %s", "%s needs the option %s"), c->words, c->options[i].name);
	return OK;
}

enum err args_parse(const struct command *const *table, int argc, char **argv, struct args *out, struct error *e)
{
	struct parse p = {.table = table, .args = out};
	enum err r = OK;
	*out = (struct args){0};
	if (!(out->positional = calloc((size_t)argc + 1, sizeof *out->positional)))
		return ERR_MEMORY;
	for (int i = 0; !r && i < argc; i++) {
		const char *word = argv[i];
		if (p.plain || word[0] != '-' || word[1] == '\0')
			r = take_word(&p, word, e);
		else if (strcmp(word, "--") == 0)
			p.plain = true;
		else
			r = take_option(&p, argc, argv, &i, e);
	}
	if (!r)
		r = check_whole(&p, e);
	if (r)
		args_free(out);
	return r;
}

void args_free(struct args *a)
{
	free(a->positional);
	*a = (struct args){0};
}

const char *args_at(const struct args *a, size_t i)
{
	return i < a->count ? a->positional[i] : NULL;
}

const char *args_text(const struct args *a, const char *name)
{
	size_t index;
	if (a->command && option_find(a->command->options, name, strlen(name), &index))
		return a->options[index];
	return args_global(a, name);
}

const char *args_each(const struct args *a, const char *name, size_t i)
{
	for (size_t k = 0; k < a->listed_count; k++)
		if (strcmp(a->listed[k].option->name, name) == 0 && i-- == 0)
			return a->listed[k].value;
	return NULL;
}

const char *args_global(const struct args *a, const char *name)
{
	size_t index;
	return option_find(args_globals, name, strlen(name), &index) ? a->globals[index] : NULL;
}

bool args_flag(const struct args *a, const char *name)
{
	return args_text(a, name) != NULL;
}

int64_t args_number(const struct args *a, const char *name, int64_t preset)
{
	const char *value = args_text(a, name);
	return value ? strtoll(value, NULL, 10) : preset;
}
