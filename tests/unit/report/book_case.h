/* For tests of workbooks: one definition, "x", in a directory of its own, and where the book goes. */
#ifndef CERTDESK_TESTS_BOOK_CASE_H
#define CERTDESK_TESTS_BOOK_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lang.h"
#include "report/workbook.h"

static char dir[] = "/tmp/certdesk-book-XXXXXX", path[64];
static struct report *report;

static inline int book_start(const char *definition)
{
	char name[64];
	lang_start();
	lang_set(LANG_ZH);
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/b.xlsx", dir);
	snprintf(name, sizeof name, "%s/x", dir);
	mkdir(name, 0700);
	snprintf(name, sizeof name, "%s/x/q.sql", dir);
	file_write(name, 0600, "SELECT 1\n", 9, NULL);
	snprintf(name, sizeof name, "%s/x.yaml", dir);
	file_write(name, 0600, definition, strlen(definition), NULL);
	return report_load(dir, "x", &report, NULL) ? -1 : 0;
}

static inline int end(void **state)
{
	(void)state;
	char command[128];
	report_free(&report);
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

#endif
