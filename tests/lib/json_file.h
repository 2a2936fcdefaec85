/* For tests: what a file of the samples, or one that the program wrote, holds as JSON. */
#ifndef CERTDESK_TESTS_JSON_FILE_H
#define CERTDESK_TESTS_JSON_FILE_H

#include "base/json.h"

/* As file_read and json_parse. */
enum err json_read_file(const char *path, json_t **out, struct error *e);

#endif
