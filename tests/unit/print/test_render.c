/* Papers as PDF: every shipped template with what hostile people key in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/lang.h"
#include "print/render.h"

static struct print_templates *all;

static int load(void **state)
{
	(void)state;
	lang_set(LANG_ZH);
	return print_load("forms/print", NULL, NULL, &all, NULL) == OK ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	print_free(&all);
	return 0;
}

static json_t *rows_of(const char *value, int count)
{
	static const char *const names[] = {"position", "role", "product", "medium", "key_serial", "certificate", "subject", "not_before",
	                                    "not_after", "title", "amount", "method", "receipt", "taken_at", "staff", "form", "attached",
	                                    "order", "recipient", "phone", "address", "keys", "tracking"};
	json_t *rows = json_array();
	for (int i = 0; i < count; i++) {
		json_t *row = json_object();
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			json_object_set_new(row, names[k], json_string(value));
		json_array_append_new(rows, row);
	}
	return rows;
}

/* Facts in which every text is `value`, and lists have `count` rows. */
static json_t *facts_of(const char *value, int count)
{
	static const char *const names[] = {"site", "order", "name", "customer_number", "business_title", "agent", "legal_name", "unit_name",
	                                    "uscc", "form_title", "paid_words", "phone", "agent_phone", "agent_number"};
	json_t *texts = json_object(), *lists = json_object(), *fields = json_array();
	static const char *const list_names[] = {"items", "lines", "payments", "documents", "parcels"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		json_object_set_new(texts, names[i], json_string(value));
	for (size_t i = 0; i < sizeof list_names / sizeof *list_names; i++)
		json_object_set_new(lists, list_names[i], rows_of(value, count));
	for (int i = 0; i < 8; i++)
		json_array_append_new(fields, json_pack("{ssssss}", "name", "x", "label", "名称", "value", value));
	return json_pack("{s{ss} so so s[{ss so}] s[{ssssssss}]}", "values", "customer", "unit", "texts", texts, "lists", lists, "sections",
	                 "title", "单位", "fields", fields, "agreements", "id", "declaration", "version", "1", "digest", "sha256:00", "body",
	                 "# 声明\n\n一、二、三。\n\n# Declaration\n\nOne.\n");
}

static struct print_made made_of(const struct print_template *t, const char *value, int count)
{
	const struct print_marks marks = {.head = value, .subject = "订单号 1", .foot = value, .reprint = "补打 REPRINT 第 2 次", .demonstration = true};
	struct bytes pdf = {0};
	struct error e = {0};
	struct print_made made = {0};
	json_t *facts = facts_of(value, count);
	enum err r = print_render(t, facts, &marks, &pdf, &made, &e);
	if (r)
		fail_msg("%s: %s %s", t->kind, error_name(r), e.detail);
	assert_true(pdf.length > 500 && memcmp(pdf.data, "%PDF-", 5) == 0);
	bytes_free(&pdf);
	json_decref(facts);
	return made;
}

static int pages_of(const struct print_template *t, const char *value, int count)
{
	return made_of(t, value, count).pages;
}

static char *repeated(const char *text, size_t times)
{
	char *out = calloc(times, strlen(text) + 1);
	for (size_t i = 0; i < times; i++)
		strcat(out, text);
	return out;
}

/* U+F0000 and its like are nobody's letters. */
static void letters_that_no_font_has_are_named(void **state)
{
	(void)state;
	assert_string_equal(made_of(print_find(all, "acceptance", ""), "张三", 2).lacking, "");
	assert_string_equal(made_of(print_find(all, "acceptance", ""), "张\xf3\xb0\x80\x80三", 2).lacking, "\xf3\xb0\x80\x80");
	assert_string_equal(made_of(print_find(all, "label", ""), "\xf3\xb0\x80\x80张\xf3\xb0\x80\x81", 2).lacking, "\xf3\xb0\x80\x80\xf3\xb0\x80\x81");
}

static void no_name_breaks_a_layout(void **state)
{
	char *endless = repeated("长", 600), *word = repeated("W", 2000), *marks = repeated("e\xcc\x81\xcc\x82", 200);
	const char *const names[] = {"", "张三", "\x01\x02\x1b[2J\x7f", "𠮷野家𠮷", "محمد عبد الله", "שלום \xe2\x80\xaeמהפך", "a\nb\tc\r\nd",
	                             "\xef\xbf\xbe\xef\xb7\x90\xf4\x8f\xbf\xbf", "<b>&amp;</b>", "%s%n", "👩‍👩‍👧‍👦", endless, word, marks};
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (size_t k = 0; k < all->count; k++) {
			int pages = pages_of(all->all[k], names[i], 2);
			assert_in_range(pages, 1, 60);
			if (all->all[k]->label)
				assert_int_equal(pages, 2); /* one for each item, whatever is on it */
		}
	free(endless);
	free(word);
	free(marks);
}

static void a_long_table_goes_on_over_pages(void **state)
{
	(void)state;
	const struct print_template *t = print_find(all, "courier-day", "");
	assert_int_equal(pages_of(t, "张三", 3), 1);
	int pages = pages_of(t, "张三", 200);
	assert_in_range(pages, 5, 12);
	assert_int_equal(pages_of(print_find(all, "label", ""), "x", 12), 12);
}

static void there_are_letters_for_chinese(void **state)
{
	(void)state;
	assert_true(print_has_letters());
}

/* A counter doesn't wait for a paper. */
static void a_page_takes_no_time(void **state)
{
	struct timespec a, b;
	(void)state;
	pages_of(print_find(all, "acceptance", ""), "张三", 5);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	pages_of(print_find(all, "acceptance", ""), "张三", 5);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	assert_true((double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9 < 5.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_name_breaks_a_layout),
		cmocka_unit_test(a_long_table_goes_on_over_pages),
		cmocka_unit_test(letters_that_no_font_has_are_named),
		cmocka_unit_test(there_are_letters_for_chinese),
		cmocka_unit_test(a_page_takes_no_time),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
