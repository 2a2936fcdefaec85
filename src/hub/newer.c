#include "hub/newer.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/desk.h"
#include "hub/deeds.h"
#include "store/journal.h"

#define PROGRAM "certdesk "

const char *newer_unknown(const struct posted_entry *p)
{
	const char *program = json_text(p->entry, "program"), *action = json_text(p->entry, "action");
	struct deed deed;
	if (!text_starts(program, PROGRAM) || strverscmp(program + strlen(PROGRAM), CERTDESK_VERSION) <= 0)
		return NULL;
	if (!deed_find(action, &deed))
		return action;
	for (size_t i = 0; i < p->state_count; i++)
		if (!journal_has_table(p->states[i].kind) && strcmp(p->states[i].kind, CUSTODY_KIND) != 0)
			return p->states[i].kind;
	return NULL;
}
