/* libFuzzer on json_read beside jansson, whose reading is the rule. */
#include "fuzz.h"

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_look look = {.most = SIZE_MAX};
	json_t *ours = json_read_look((const char *)data, size, &look, NULL);
	json_t *theirs = json_loadb((const char *)data, size, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	must(!ours == !theirs);
	must(!ours || (json_equal(ours, theirs) && look.canonical == json_is_canonical(ours, (const char *)data, size)));
	json_decref(ours);
	json_decref(theirs);
	return 0;
}
