/* One site for all tests of a file. */
#ifndef CERTDESK_TESTS_SITE_CASE_H
#define CERTDESK_TESTS_SITE_CASE_H

#include "desk_case.h"

static struct site site;

static inline int site_start(void **state)
{
	(void)state;
	site_make(&site);
	return 0;
}

static inline int site_stop(void **state)
{
	(void)state;
	site_end(&site);
	return 0;
}

#endif
