#include "hub/h_data.h"

#include <string.h>

const struct route routes_data[] = {
	{"GET", "/v1/head", NEEDS_SITE, h_head},
	{"POST", "/v1/journal", NEEDS_SITE, h_journal_post},
	{"GET", "/v1/journal", NEEDS_SITE, h_journal_get},
	{"GET", "/v1/feed", NEEDS_SITE, h_feed_get},
	{"POST", "/v1/certificates/challenge", NEEDS_SITE, h_certificate_challenge},
	{"POST", "/v1/certificates/code", NEEDS_SITE, h_certificate_code},
	{"POST", "/v1/certificates/prove", NEEDS_SITE, h_certificate_prove},
	{"GET", "/v1/ca", NEEDS_SITE, h_ca_reach},
	{"POST", "/v1/ca/issue", NEEDS_SITE, h_ca_post},
	{"GET", "/v1/ca/issue", NEEDS_SITE, h_ca_get},
	{"HEAD", "/v1/files/", NEEDS_SITE, h_file_head},
	{"PUT", "/v1/files/", NEEDS_SITE, h_file_put},
	{"GET", "/v1/files/", NEEDS_SITE, h_file_get},
	{0},
};
