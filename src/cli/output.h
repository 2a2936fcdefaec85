/* Results for people and for scripts. */
#ifndef CERTDESK_CLI_OUTPUT_H
#define CERTDESK_CLI_OUTPUT_H

#include <jansson.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/error.h"
#include "cli/args.h"

/* One line of JSON. What a terminal could take for a command (C1, bidi overrides) is escaped as \uXXXX. */
void output_json(FILE *f, const json_t *value);
/* The same for people: lists as tables by display width, objects as "label: value" lines. `columns` names the members
 * of a list that are shown ("order,name"), NULL shows every plain one. Outside text is made printable. */
void output_text(FILE *f, const json_t *value, const char *columns);

/* What a command ended with, on standard output: `raw` as it stands, else `result` as JSON or for people; either may be empty. A reader that
 * has gone away (head) is no failure: what was asked for is done. ERR_FILE_WRITE. */
enum err output_result(const struct bytes *raw, const json_t *result, bool json, const char *columns, struct error *e);

/* What a member is called on the screen; the member's own name where it has no word. */
const char *output_label(const char *member);

/* The sentence of what a command ended with, on standard error; the exit status for it. */
int output_error(enum err r, struct error *e);

/* Help: all commands (`words` is ""), a group's, or one command's with its options. */
void output_help(FILE *f, const struct command *const *table, const char *words, const struct command *command);

#endif
