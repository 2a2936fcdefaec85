/* libFuzzer on json_read beside jansson, whose reading is the rule. */
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *ours = json_read((const char *)data, size, NULL);
	json_t *theirs = json_loadb((const char *)data, size, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	if (!ours != !theirs || (ours && !json_equal(ours, theirs)))
		abort();
	json_decref(ours);
	json_decref(theirs);
	return 0;
}
