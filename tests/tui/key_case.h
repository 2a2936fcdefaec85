/* A site with scans in its inbox and two readers: what screen tests share that work with keys. */
#ifndef CERTDESK_TESTS_KEY_CASE_H
#define CERTDESK_TESTS_KEY_CASE_H

#include "desk_case.h"

#include "../lib/pcscd.h"

static struct site site;
static struct pcscd pcscd;

static inline int start(void **state)
{
	(void)state;
	if (!pcscd_start(&pcscd))
		return -1;
	site_make(&site);
	case_scans(&site);
	return 0;
}

static inline int stop(void **state)
{
	(void)state;
	site_end(&site);
	pcscd_stop(&pcscd);
	return 0;
}

#endif
