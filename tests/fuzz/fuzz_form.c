/* libFuzzer on what rules read: identity data, expressions, form definitions, and data merged into a shipped form.
 * The first byte chooses. A definition is the shipped one with a piece of it replaced by the input. */
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "rules/check.h"
#include "rules/expr.h"
#include "rules/form.h"

static struct code_tables *codes;
static struct form *form;
static struct bytes definition;

static void start(void)
{
	must(!codes_open("forms/codes", &codes, NULL) && !form_load("forms/new-unit.yaml", codes, &form, NULL) &&
	     !file_read("forms/new-unit.yaml", 1 << 20, &definition, NULL));
}

static void try_checks(const char *text)
{
	const struct check_context context = {.today = 1795305600};
	for (size_t i = 0; i < check_count(); i++) {
		struct check_result r, again;
		char *v = check_normalise(check_at(i), text);
		check_judge(check_at(i), text, &context, &r);
		if (v) { /* folding once is folding for good */
			check_judge(check_at(i), v, &context, &again);
			must(again.verdict == r.verdict);
		}
		check_hopeless(check_at(i), text, &context, &r);
		free(v);
	}
}

static void try_expression(const char *text)
{
	struct expr *x = NULL;
	json_t *values = json_pack("{s:s, s:b, s:[s]}", "a", "x", "b", 1, "c", "y");
	if (!expr_parse(text, &x, NULL)) {
		expr_true(x, values);
		free(expr_text(x, values));
	}
	expr_free(&x);
	json_decref(values);
}

static void try_definition(const uint8_t *data, size_t size)
{
	struct mistakes m = {0};
	char path[32];
	size_t at = size > 2 ? (data[0] << 8 | data[1]) % definition.length : 0;
	int fd = memfd_create("form", MFD_CLOEXEC);
	if (fd < 0 || size < 3 || write(fd, definition.data, at) < 0 || write(fd, data + 2, size - 2) < 0 ||
	    write(fd, definition.data + at, definition.length - at) < 0)
		goto out;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	struct form *read = form_read(path, codes, &m);
	form_free(&read);
out:
	mistakes_free(&m);
	if (fd >= 0)
		close(fd);
}

static void try_data(const char *text, size_t size)
{
	json_t *data = NULL, *values = form_defaults(form), *mistakes = NULL;
	if (!json_parse(text, size, &data, NULL) && !form_merge(form, codes, data, size % 2, 1795305600, values, NULL)) {
		form_judge_all(form, codes, values, 1795305600, &mistakes);
		json_decref(form_signed_values(form, values));
	}
	json_decref(mistakes);
	json_decref(values);
	json_decref(data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!form)
		start();
	if (size < 1)
		return 0;
	char *text = strndup((const char *)data + 1, size - 1);
	if (!text)
		return 0;
	if (data[0] % 4 == 0)
		try_checks(text);
	else if (data[0] % 4 == 1)
		try_expression(text);
	else if (data[0] % 4 == 2)
		try_definition(data + 1, size - 1);
	else
		try_data(text, strlen(text));
	free(text);
	return 0;
}
