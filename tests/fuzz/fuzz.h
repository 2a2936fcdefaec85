/* What fuzzers share: what holds whatever they are given, and a directory of their own that is gone in the end. */
#ifndef CERTDESK_TESTS_FUZZ_H
#define CERTDESK_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A macro, so that the stack says which. */
#define must(right) \
	do \
		if (!(right)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #right); \
			abort(); \
		} \
	while (0)

static char scratch[32];

static inline void scratch_remove(void)
{
	char command[80];
	snprintf(command, sizeof command, "rm -rf %s", scratch);
	must(!*scratch || system(command) == 0);
	scratch[0] = '\0';
}

static inline void scratch_make(void)
{
	static bool removes;
	snprintf(scratch, sizeof scratch, "/tmp/fuzz-XXXXXX");
	must(mkdtemp(scratch));
	if (!removes)
		atexit(scratch_remove);
	removes = true;
}

#endif
