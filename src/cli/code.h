/* Payment by a code at the command line. */
#ifndef CERTDESK_CLI_CODE_H
#define CERTDESK_CLI_CODE_H

#include "cli/cli.h"

/* `pay` and `visit pay`: by a code where --method says so, else by `take` with --receipt and --amount, which are needed then (ERR_USAGE). */
enum err cli_pay(struct cli *c, bool visit,
                 enum err (*take)(struct desk *d, const char *no, const char *method, const char *receipt, int64_t amount, json_t **out,
                                  struct error *e),
                 struct error *e);
extern const struct option cli_pay_table[];

#endif
