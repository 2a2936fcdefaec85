/* Papers from certdesk-paper: the same as in this process, and what can go wrong between the two. */
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
#include "base/helper.h"
#include "base/lang.h"
#include "print/apart.h"

static const struct print_marks marks = {.head = "昌平受理点", .subject = "订单号 1", .foot = "打印", .reprint = "", .demonstration = true};

static json_t *facts(int items)
{
	json_t *rows = json_array();
	for (int i = 0; i < items; i++)
		json_array_append_new(rows, json_pack("{ss}", "order", "12345678-261126-00019"));
	return json_pack("{s{} s{ss} s{so} s[] s[]}", "values", "texts", "name", "北京示例科技有限公司 \"<&>\" 𠮷", "lists", "parcels", rows, "sections",
	                 "agreements");
}

static void the_same_paper_comes_from_apart(void **state)
{
	(void)state;
	static const enum lang langs[] = {LANG_ZH, LANG_EN};
	for (size_t i = 0; i < 2; i++) {
		struct print_templates *all = NULL;
		struct bytes here = {0}, apart = {0};
		struct error e = {0};
		struct print_made made = {0}, too = {0};
		json_t *f = facts(120);
		lang_set(langs[i]);
		assert_int_equal(print_load("forms/print", NULL, NULL, &all, NULL), OK);
		const struct print_template *t = print_find(all, "courier-day", "");
		assert_int_equal(print_render(t, f, &marks, &here, &made, &e), OK);
		assert_int_equal(apart_render(t, f, &marks, &apart, &too, &e), OK);
		assert_true(made.pages > 2 && too.pages == made.pages);
		assert_int_equal(apart.length, here.length);
		json_decref(f);
		bytes_free(&here);
		bytes_free(&apart);
		print_free(&all);
	}
	lang_set(LANG_ZH);
}

static void letters_are_there(void **state)
{
	(void)state;
	bool there = false;
	assert_int_equal(apart_has_letters(&there, NULL), OK);
	assert_true(there);
}

static void without_fonts_it_says_so(void **state)
{
	(void)state;
	char path[] = "/tmp/certdesk-fonts-XXXXXX";
	bool there = true;
	int fd = mkstemp(path);
	assert_true(fd >= 0 && dprintf(fd, "<?xml version=\"1.0\"?><fontconfig></fontconfig>\n") > 0);
	close(fd);
	setenv("FONTCONFIG_FILE", path, 1);
	enum err r = apart_has_letters(&there, NULL);
	unsetenv("FONTCONFIG_FILE");
	unlink(path);
	assert_int_equal(r, OK);
	assert_false(there);
}

static void a_changed_template_is_refused(void **state)
{
	(void)state;
	char dir[] = "/tmp/certdesk-apart-XXXXXX", path[64], copy[128];
	struct print_templates *all = NULL;
	struct bytes pdf = {0};
	struct error e = {0};
	struct print_made made = {0};
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/label.yaml", dir);
	snprintf(copy, sizeof copy, "cp forms/print/label.yaml %s", path);
	assert_int_equal(system(copy), 0);
	assert_int_equal(print_load(dir, NULL, NULL, &all, NULL), OK);
	FILE *f = fopen(path, "ae");
	assert_non_null(f);
	fputs("# later\n", f);
	fclose(f);
	json_t *said = facts(1);
	assert_int_equal(apart_render(all->all[0], said, &marks, &pdf, &made, &e), ERR_PRINT_TEMPLATE);
	assert_int_equal(pdf.length, 0);
	json_decref(said);
	print_free(&all);
	unlink(path);
	rmdir(dir);
}

static const struct helper_errors errors = {ERR_PRINT_PROGRAM, ERR_PRINT_FAULT, ERR_PRINT_LONG};

static void a_helper_that_is_missing_or_fails(void **state)
{
	(void)state;
	struct bytes in = {0}, out = {0};
	struct error e = {0};
	assert_int_equal(helper_run("certdesk-nothing", &in, 100, &errors, &out, &e), ERR_PRINT_PROGRAM);
	assert_string_equal(e.detail, "certdesk-nothing");
	assert_int_equal(helper_run("vkey", &in, 100, &errors, &out, &e), ERR_PRINT_FAULT); /* exits 2 */
	assert_null(out.data);
	bytes_text(&in, "no request");
	assert_int_equal(helper_run("certdesk-paper", &in, 4096, &errors, &out, &e), OK);
	assert_non_null(strstr((char *)out.data, "PRINT_FAULT"));
	assert_int_equal(helper_run("certdesk-paper", &in, 10, &errors, &out, &e), ERR_PRINT_FAULT); /* says more than it may */
	assert_null(out.data);
	bytes_free(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_paper_comes_from_apart),
		cmocka_unit_test(letters_are_there),
		cmocka_unit_test(without_fonts_it_says_so),
		cmocka_unit_test(a_changed_template_is_refused),
		cmocka_unit_test(a_helper_that_is_missing_or_fails),
	};
	lang_set(LANG_ZH);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
