#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "hub/judge.h"

enum err judge_refuse(struct judging *j, enum refusal refusal, const char *format, ...)
{
	char detail[REFUSAL_SIZE];
	va_list ap;
	va_start(ap, format);
	vsnprintf(detail, sizeof detail, format, ap);
	va_end(ap);
	if (!*j->why)
		refusal_set(j->why, refusal, "%s", detail);
	return OK;
}

enum err judge_custodian(struct hub *hub, const char *order, char custodian[SITE_CODE_SIZE], char home[SITE_CODE_SIZE], struct error *e)
{
	struct db_rows *rows = NULL;
	custodian[0] = home[0] = '\0';
	enum err r = db_query(hub->db, HUB_SQL_CUSTODY_GET, &rows, e, "t", order);
	if (r)
		return r;
	if (db_rows_next(rows)) {
		text_copy(home, SITE_CODE_SIZE, db_rows_text(rows, 0));
		text_copy(custodian, SITE_CODE_SIZE, db_rows_text(rows, 1));
	}
	return db_rows_end(&rows, e);
}

bool judge_own_number(const char *site, const char *order)
{
	size_t n = 0;
	for (const char *s = site; *s && n < 16; s++)
		if (*s != '-' && order[n++] != *s)
			return false;
	return order[n] == '-';
}
