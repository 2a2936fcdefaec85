#include "manual.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { ENTRIES = 400, ENTRY = 160 };

/* One line for each command ("order new ORDER"), global option ("--json") and command's option
 * ("order new|--data FILE"). */
struct entries {
	size_t count;
	char text[ENTRIES][ENTRY];
};

static void add(struct entries *list, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct entries *list, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	assert_true(list->count < ENTRIES);
	assert_true(vsnprintf(list->text[list->count++], ENTRY, format, ap) < ENTRY);
	va_end(ap);
}

static void table_entries(struct entries *list, const struct option *globals, const struct command *const *table)
{
	for (const struct option *o = globals; o->name; o++)
		add(list, "|%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
	for (const struct command *const *family = table; *family; family++)
		for (const struct command *c = *family; c->words; c++) {
			add(list, "%s%s%s", c->words, *c->arguments ? " " : "", c->arguments);
			for (const struct option *o = c->options; o && o->name; o++)
				add(list, "%s|%s%s%s", c->words, o->name, o->value ? " " : "", o->value ? o->value : "");
		}
}

/* ".It Ic cert export Op Ar SERIAL" to "cert export [SERIAL]"; *words gets what stands before the arguments. */
static void command_line(char *line, char out[ENTRY], char words[ENTRY])
{
	bool optional = false, arguments = false;
	out[0] = words[0] = '\0';
	for (char *word = strtok(line, " "); word; word = strtok(NULL, " ")) {
		if (strcmp(word, "Ar") == 0 || strcmp(word, "Op") == 0) {
			optional = strcmp(word, "Op") == 0 || (optional && strcmp(word, "Ar") == 0);
			arguments = true;
			continue;
		}
		snprintf(out + strlen(out), ENTRY - strlen(out), "%s%s%s%s", *out ? " " : "", optional ? "[" : "", word,
			optional ? "]" : "");
		if (!arguments)
			snprintf(words + strlen(words), ENTRY - strlen(words), "%s%s", *words ? " " : "", word);
	}
}

static void manual_entries(struct entries *list, const char *page)
{
	struct bytes text = {0};
	char command[ENTRY] = "", whole[ENTRY], *save = NULL;
	assert_int_equal(file_read(page, 1 << 20, &text, NULL), OK);
	for (char *line = strtok_r((char *)text.data, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char name[ENTRY] = "", value[ENTRY] = "";
		if (strncmp(line, ".It Ic ", 7) == 0) {
			command_line(line + 7, whole, command);
			add(list, "%s", whole);
		} else if (sscanf(line, ".It Fl %100s Ar %50s", name, value) >= 1)
			add(list, "%s|-%s%s%s", command, name, *value ? " " : "", value);
	}
	bytes_free(&text);
}

static size_t missing(const struct entries *from, const struct entries *in, const char *where)
{
	size_t count = 0;
	for (size_t i = 0; i < from->count; i++) {
		bool found = false;
		for (size_t j = 0; j < in->count && !found; j++)
			found = strcmp(from->text[i], in->text[j]) == 0;
		if (!found)
			print_message("# not in %s: %s\n", where, from->text[i]);
		count += !found;
	}
	return count;
}

void manual_agrees(const char *page, const struct option *globals, const struct command *const *table, size_t least)
{
	static struct entries commands, manual;
	table_entries(&commands, globals, table);
	manual_entries(&manual, page);
	assert_true(commands.count > least);
	assert_int_equal(missing(&commands, &manual, page) + missing(&manual, &commands, "the table of commands"), 0);
	assert_int_equal(commands.count, manual.count);
}

void commands_are_whole(const struct command *const *table)
{
	for (const struct command *const *family = table; *family; family++)
		for (const struct command *c = *family; c->words; c++) {
			size_t options = 0;
			assert_non_null(c->arguments);
			assert_non_null(c->run);
			assert_true(c->zh && *c->zh && c->en && *c->en);
			for (const struct option *o = c->options; o && o->name; o++, options++) {
				assert_true(o->zh && *o->zh && o->en && *o->en);
				assert_true((o->type == OPTION_FLAG) == (o->value == NULL));
			}
			assert_true(options <= ARGS_OPTIONS);
		}
}
