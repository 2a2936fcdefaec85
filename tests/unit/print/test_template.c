/* Print templates: the shipped ones, and every mistake by file and line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/lang.h"
#include "print/fill.h"
#include "print/template.h"

static char dir[] = "/tmp/certdesk-print-XXXXXX";

static int make_dir(void **state)
{
	(void)state;
	lang_set(LANG_EN);
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	rmdir(dir);
	return 0;
}

static bool no_field(const char *name, void *arg)
{
	(void)arg;
	return strcmp(name, "unit_name") == 0;
}

/* The mistakes of one file; what is before FILE: is cut off. */
static void mistakes_are(const char *file, const char *text, const char *const *wanted)
{
	char path[200];
	struct mistakes m = {0};
	struct print_templates *all = NULL;
	snprintf(path, sizeof path, "%s/%s", dir, file);
	assert_int_equal(file_write(path, 0600, text, strlen(text), NULL), OK);
	assert_int_equal(print_read(dir, no_field, NULL, &m, &all), OK);
	unlink(path);
	size_t count = 0;
	for (; wanted[count]; count++) {
		char line[300];
		snprintf(line, sizeof line, "%s%s", path, wanted[count]);
		if (!m.lines.data || !strstr((char *)m.lines.data, line))
			fail_msg("no “%s” in\n%s", line, m.lines.data ? (char *)m.lines.data : "(nothing)");
	}
	if (m.count != count)
		fail_msg("%zu mistakes, not %zu:\n%s", m.count, count, m.lines.data ? (char *)m.lines.data : "");
	if (count)
		assert_null(all);
	print_free(&all);
	mistakes_free(&m);
}

#define MISTAKES(file, text, ...) mistakes_are(file, text, (const char *const[]){__VA_ARGS__, NULL})
#define TITLE "title: {zh: 一, en: one}\n"

static void shipped_templates_are_right(void **state)
{
	static const char *const kinds[] = {"application", "acceptance", "receipt", "handover-sheet", "label", "courier", "courier-day",
	                                    "seal-sample", "legal-authorisation", "revocation-form", "loss-statement"};
	struct print_templates *all = NULL;
	struct error e = {0};
	(void)state;
	if (print_load("forms/print", NULL, NULL, &all, &e))
		fail_msg("%s", e.detail);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!print_find(all, kinds[i], "general"))
			fail_msg("no %s", kinds[i]);
	assert_null(print_find(all, "shoe", "general"));
	assert_string_equal(all->all[0]->kind, "application"); /* by position */
	print_free(&all);
}

static void each_mistake_has_file_and_line(void **state)
{
	(void)state;
	MISTAKES("a.yaml", TITLE "about: ordr\nblocks:\n  - {type: title}\n", ":2: 'about' can't be 'ordr'; is 'order' meant?");
	MISTAKES("a.yaml", "about: blank\nblocks:\n  - {type: title}\n", ":1: ");
	MISTAKES("a.yaml", TITLE "about: blank\nshoe: 1\nblocks:\n  - {type: title}\n", ":3: ");
	MISTAKES("a.yaml", TITLE "about: order\nstatuses: [draft, lost]\ncustomers: [dog]\nbusinesses: [walk]\nblocks:\n  - {type: title}\n",
	         ":3: statuses: there is no 'lost'", ":4: customers: there is no 'dog'", ":5: businesses: there is no 'walk'");
	MISTAKES("a.yaml", TITLE "about: order\nblocks:\n  - {type: title}\n", ":1: a print about an order needs statuses");
	MISTAKES("a.yaml", TITLE "about: blank\nblocks: []\n", ":3: 'blocks' must not be empty");
	MISTAKES("a.yaml", TITLE "about: blank\nwidth: 100\nblocks:\n  - {type: title}\n", ":1: only a label");
	MISTAKES("a.yaml", TITLE "about: blank\npaper: label\nmargin: 30\nblocks:\n  - {type: title}\n", ":4: the margin is too large");
	MISTAKES("a.yaml", "title: {zh: 一}\nabout: blank\nblocks:\n  - {type: title}\n", ":1: ");
}

static void blocks_are_checked_by_their_type(void **state)
{
	(void)state;
	MISTAKES("a.yaml", TITLE "about: blank\nblocks:\n  - {type: titel}\n  - {type: line, text: x}\n  - {type: space}\n",
	         ":4: 'type' can't be 'titel'; is 'title' meant?", ":5: ", ":6: ");
	MISTAKES("a.yaml", TITLE "about: blank\nblocks:\n  - type: table\n    list: shoes\n    columns: [{label: {zh: 一, en: one}, value: x, width: 1}]\n",
	         ":5: 'list' can't be 'shoes'");
	MISTAKES("a.yaml", TITLE "about: blank\nblocks:\n  - type: pairs\n    rows:\n      - {label: {zh: 一, en: one}}\n",
	         ":6: one of value and text is needed");
	MISTAKES("a.yaml", TITLE "about: blank\nblocks:\n  - type: sign\n    places: []\n", ":5: 'places' must not be empty");
	MISTAKES("a.yaml", TITLE "about: blank\nblocks:\n  - {type: fields, leave_out: [unit_name]}\n  - type: sign\n    places: [{zh: 一, en: one},{zh: 一, en: one},{zh: 一, en: one},{zh: 一, en: one},{zh: 一, en: one},{zh: 一, en: one},{zh: 一, en: one},{zh: 一, en: one},{zh: 一, en: one},{zh: 一, en: one},{zh: 一, en: one},{zh: 一, en: one},{zh: 一, en: one},{zh: 一, en: one},{zh: 一, en: one},{zh: 一, en: one},{zh: 一, en: one}]\n", ":6: 1 to 16 are needed");
	MISTAKES("a.yaml", TITLE "about: blank\nblocks:\n  - {type: boxes, height: 900, boxes: [{zh: 一, en: one}]}\n", ":4: ");
}

static void names_must_be_known(void **state)
{
	(void)state;
	MISTAKES("a.yaml", TITLE "about: blank\nblocks:\n  - type: text\n    text:\n      zh: '${unit_nam}'\n      en: '${ordr} ${unit_name} ${name'\n",
	         ":6: there is no ${unit_nam}", ":7: there is no ${ordr}; is ${order} meant?", ":7: ${ takes a name and }");
	MISTAKES("a.yaml", TITLE "about: blank\nwhen: ${dog} = 'x'\nblocks:\n  - {type: title, when: '${status'}\n", ":3: there is no ${dog}",
	         ":5: when: ");
	MISTAKES("a.yaml", TITLE "about: blank\nblocks:\n  - {type: fields, leave_out: [unit_name, dog]}\n", ":4: there is no ${dog}");
	MISTAKES("a.yaml", TITLE "about: blank\nblocks:\n  - {type: fields, only_yes: [dog]}\n", ":4: there is no ${dog}");
	/* a row's names are known in its own table only */
	MISTAKES("a.yaml", TITLE "about: blank\nblocks:\n  - type: table\n    list: lines\n    columns:\n      - {label: {zh: 一, en: one}, value: '${title} ${tracking}', width: 1}\n",
	         ":7: there is no ${tracking}");
}

static void files_are_named_by_kind_and_channel(void **state)
{
	struct print_templates *all = NULL;
	char a[200], b[200];
	struct error e = {0};
	static const char text[] = TITLE "about: blank\nblocks:\n  - {type: title}\n";
	(void)state;
	MISTAKES("A b.yaml", text, ": the file is named KIND.yaml");
	snprintf(a, sizeof a, "%s/seal.yaml", dir);
	snprintf(b, sizeof b, "%s/seal.general.yaml", dir);
	file_write(a, 0600, text, strlen(text), NULL);
	file_write(b, 0600, text, strlen(text), NULL);
	assert_int_equal(print_load(dir, no_field, NULL, &all, &e), OK);
	assert_string_equal(print_find(all, "seal", "general")->file, "seal.general.yaml");
	assert_string_equal(print_find(all, "seal", "public-resources")->file, "seal.yaml");
	print_free(&all);
	unlink(a);
	unlink(b);
}

static void statuses_and_conditions_decide_what_is_offered(void **state)
{
	struct print_templates *all = NULL;
	(void)state;
	assert_int_equal(print_load("forms/print", NULL, NULL, &all, NULL), OK);
	json_t *values = json_pack("{ssssssssss}", "business", "new", "status", "issued", "delivery", "counter", "customer", "unit", "paid", "0");
	assert_true(print_offered(print_find(all, "handover-sheet", ""), values));
	assert_false(print_offered(print_find(all, "courier", ""), values));
	assert_false(print_offered(print_find(all, "receipt", ""), values)); /* nothing was paid */
	json_object_set_new(values, "paid", json_string("26000"));
	assert_true(print_offered(print_find(all, "receipt", ""), values));
	json_object_set_new(values, "delivery", json_string("mail"));
	assert_false(print_offered(print_find(all, "handover-sheet", ""), values));
	assert_true(print_offered(print_find(all, "courier", ""), values));
	json_object_set_new(values, "status", json_string("draft"));
	assert_false(print_offered(print_find(all, "courier", ""), values));
	json_object_set_new(values, "customer", json_string("person"));
	assert_false(print_offered(print_find(all, "seal-sample", ""), values));
	json_decref(values);
	print_free(&all);
}

static void names_are_filled_and_made_harmless(void **state)
{
	struct bytes out = {0};
	(void)state;
	json_t *texts = json_pack("{ssssss}", "name", "张\x1b[31m三", "order", "1", "agent", ""), *row = json_pack("{ss}", "order", "2");
	assert_int_equal(print_fill("${name}/${order}/${agent:4}/$5 ${x}", texts, row, &out), OK);
	assert_string_equal((char *)out.data, "张·[31m三/2/＿＿/$5 ");
	assert_int_equal(print_fill("${order} ${", texts, NULL, &out), OK);
	assert_string_equal((char *)out.data, "1 ${");
	bytes_free(&out);
	json_decref(texts);
	json_decref(row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_templates_are_right),
		cmocka_unit_test(each_mistake_has_file_and_line),
		cmocka_unit_test(blocks_are_checked_by_their_type),
		cmocka_unit_test(names_must_be_known),
		cmocka_unit_test(files_are_named_by_kind_and_channel),
		cmocka_unit_test(statuses_and_conditions_decide_what_is_offered),
		cmocka_unit_test(names_are_filled_and_made_harmless),
	};
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
