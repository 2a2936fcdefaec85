#include "rules/deadline.h"

#include <string.h>

static const char *const steps[] = {"review", "issue"};

/* An empty delivery is every delivery. What has no row here is DEADLINE_NONE. */
static const struct {
	const char *step, *status, *delivery;
	enum deadline_stand stand;
} rows[] = {
	{"review", "in-review", "", DEADLINE_RUNS},
	{"review", "approved", "", DEADLINE_DONE},
	{"review", "returned", "", DEADLINE_DONE},
	{"review", "rejected", "", DEADLINE_DONE},
	{"issue", "approved", "", DEADLINE_RUNS},
	{"issue", "issuing", "", DEADLINE_RUNS},
	{"issue", "issued", "mail", DEADLINE_RUNS},
	{"issue", "issued", "counter", DEADLINE_DONE},
	{"issue", "mailed", "", DEADLINE_DONE},
	{"issue", "handed-over", "", DEADLINE_DONE}, /* fetched after all */
	{"issue", "done", "", DEADLINE_DONE},
};

size_t deadline_step_count(void)
{
	return sizeof steps / sizeof *steps;
}

const char *deadline_step_at(size_t i)
{
	return i < deadline_step_count() ? steps[i] : NULL;
}

enum deadline_stand deadline_stands(const char *step, const char *status, const char *delivery)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].step, step) == 0 && strcmp(rows[i].status, status) == 0 &&
		    (!*rows[i].delivery || strcmp(rows[i].delivery, delivery) == 0))
			return rows[i].stand;
	return DEADLINE_NONE;
}
