/* The command line: a table of commands, read by one parser. Pure: no store, no terminal. */
#ifndef CERTDESK_CLI_ARGS_H
#define CERTDESK_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum option_type {
	OPTION_FLAG,   /* no value */
	OPTION_TEXT,   /* any text that is UTF-8 and not empty */
	OPTION_FILE,   /* a path: any bytes */
	OPTION_NUMBER, /* a whole number from 0 */
	OPTION_DATE,   /* 2026-11-22 */
	OPTION_LIST    /* as text or a path, and may be given several times */
};

/* One option, as written ("--data", "-o"). */
struct option {
	const char *name;
	enum option_type type;
	const char *value; /* what help calls its value; NULL for a flag */
	bool required;
	const char *zh, *en;
};

enum command_flag {
	COMMAND_NO_SITE = 1,    /* runs without a site's data */
	COMMAND_MAYBE_SITE = 2, /* opens the site if there is one */
	COMMAND_NO_LOGIN = 4    /* nobody need be logged in; --user is still obeyed */
};

struct cli;

/* One command. A table of commands ends with a row without words. */
struct command {
	const char *words;            /* "order new" */
	const char *arguments;        /* "ORDER KIND FILE"; "[X]" may be left out, "[X...]" is any number; "" for none */
	const struct option *options; /* ended by a row without name; NULL for none */
	unsigned flags;               /* enum command_flag */
	enum err (*run)(struct cli *cli, struct error *e);
	const char *columns; /* of a list on the screen, "order,name"; NULL: every plain member */
	const char *zh, *en; /* one line for help */
};

enum {
	ARGS_OPTIONS = 16, /* most options of one command, and most global ones */
	ARGS_WORDS = 64,
	ARGS_LISTED = 64   /* most values of a command's OPTION_LISTs together */
};

/* What was given. Strings are argv's. */
struct args {
	const struct command *command; /* NULL where no command was named */
	char words[ARGS_WORDS];        /* what was taken as the command's name, also where it is only a group ("order") */
	const char **positional;       /* freed by args_free */
	size_t count;
	const char *options[ARGS_OPTIONS]; /* values beside command->options; a flag's value is its name */
	const char *globals[ARGS_OPTIONS]; /* values beside args_globals */
	struct {
		const struct option *option;
		const char *value;
	} listed[ARGS_LISTED]; /* of OPTION_LISTs, as they came */
	size_t listed_count;
};

/* -C, --json, --user …: taken before, between and after the words. Ended as an options table. */
extern const struct option args_globals[];

/* Reads the arguments after the program's name by `table`, a list of command tables that ends with NULL. Options may
 * stand anywhere after their command's words, as "--name value", "--name=value" or "-o value"; "--" ends them.
 * ERR_USAGE says what is wrong and names the nearest known word. With --help or --version nothing is missed. */
enum err args_parse(const struct command *const *table, int argc, char **argv, struct args *out, struct error *e);
void args_free(struct args *a);

/* The i-th positional argument; NULL where it wasn't given. */
const char *args_at(const struct args *a, size_t i);
/* An option's value by name, the command's own or a global one; NULL where it wasn't given. */
const char *args_text(const struct args *a, const char *name);
/* A global option's value, also where the command has an option of the same name. */
const char *args_global(const struct args *a, const char *name);
/* The i-th value of an OPTION_LIST; NULL past the last. */
const char *args_each(const struct args *a, const char *name, size_t i);
bool args_flag(const struct args *a, const char *name);
int64_t args_number(const struct args *a, const char *name, int64_t preset);

#endif
