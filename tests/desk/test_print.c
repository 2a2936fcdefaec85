/* 打印: what is offered when and to whom, the count, the mark of a reprint, the journal, and what goes wrong on the way out. */
#include "case.h"

#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/file.h"
#include "desk/print.h"

static enum err print(struct unit_case *c, const char *kind, bool printer, json_t **out)
{
	const struct print_wish wish = {.no = c->no, .kind = kind, .printer = printer};
	return print_run(c->d, &wish, out, &c->e);
}

/* Whether the kind is offered; *printed (may be NULL) is its count. */
static bool offered(struct unit_case *c, const char *no, const char *kind, int64_t *printed)
{
	json_t *out = NULL, *row;
	size_t i;
	bool found = false;
	struct error e = {0};
	site_is(OK, print_list(c->d, no, &out, &e), &e);
	json_array_foreach(out, i, row)
		if (strcmp(json_text(row, "kind"), kind) == 0) {
			found = true;
			if (printed)
				*printed = json_number(row, "printed");
		}
	json_decref(out);
	return found;
}

/* Entries of the order's history with this action. */
static int journalled(struct unit_case *c, const char *action)
{
	json_t *out = NULL, *row;
	size_t i;
	int n = 0;
	struct error e = {0};
	site_is(OK, order_history(c->d, c->no, &out, &e), &e);
	json_array_foreach(out, i, row)
		n += strcmp(json_text(row, "action"), action) == 0;
	json_decref(out);
	return n;
}

static void test_status_decides_what_is_offered(void **state)
{
	struct unit_case *c = *state;
	site_draft(&c->site, c->d, "new-unit", NULL, c->no);
	assert_true(offered(c, c->no, "application", NULL));
	assert_true(offered(c, c->no, "legal-authorisation", NULL));
	assert_false(offered(c, c->no, "acceptance", NULL));
	EXPECT(ERR_DESK_PRINT_OFFER, print(c, "acceptance", false, &out));
	EXPECT(ERR_DESK_PRINT_OFFER, print(c, "label", false, &out));
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	assert_true(offered(c, c->no, "acceptance", NULL));
	assert_false(offered(c, c->no, "receipt", NULL)); /* nothing paid */
	EXPECT(ERR_DESK_PRINT_OFFER, print(c, "receipt", false, &out));
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	assert_true(offered(c, c->no, "receipt", NULL));
	assert_false(offered(c, c->no, "handover-sheet", NULL));
	assert_false(offered(c, c->no, "courier", NULL));
	EXPECT(OK, print(c, "receipt", false, &out));
}

static void test_persons_have_no_seals(void **state)
{
	struct unit_case *c = *state;
	site_draft(&c->site, c->d, "new-person", NULL, c->no);
	assert_false(offered(c, c->no, "seal-sample", NULL));
	EXPECT(OK, print(c, "application", false, &out));
}

static void test_roles(void **state)
{
	static const struct {
		const char *who;
		enum err wanted;
	} rows[] = {{"op1", OK}, {"rv1", OK}, {"is1", OK}, {"mg1", OK}, {"root1", ERR_DESK_FORBIDDEN}, {"au1", ERR_DESK_FORBIDDEN}};
	struct unit_case *c = *state;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		site_as(&c->site, c->d, rows[i].who);
		EXPECT(rows[i].wanted, print(c, "acceptance", false, &out));
		EXPECT(rows[i].wanted, print_list(c->d, c->no, &out, &c->e));
	}
	c->d->actor = (struct staff){0};
	EXPECT(ERR_DESK_LOGIN, print(c, "acceptance", false, &out));
}

static void test_reprints_are_counted_and_journalled(void **state)
{
	struct unit_case *c = *state;
	int64_t count = -1;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	for (int i = 1; i <= 3; i++) {
		json_t *out = NULL;
		struct stat st;
		site_is(OK, print(c, "acceptance", false, &out), &c->e);
		assert_int_equal(json_number(out, "number"), i);
		assert_int_equal(json_flag(out, "reprint"), i > 1);
		assert_int_equal(json_number(out, "pages"), 1);
		assert_non_null(strstr(json_text(out, "file"), "/print/"));
		assert_int_equal(stat(json_text(out, "file"), &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		json_decref(out);
	}
	assert_true(offered(c, c->no, "acceptance", &count));
	assert_int_equal(count, 3);
	assert_int_equal(journalled(c, "print"), 3);
	assert_true(offered(c, c->no, "application", &count)); /* each kind has its own */
	assert_int_equal(count, 0);
}

static void test_an_application_must_be_complete(void **state)
{
	struct unit_case *c = *state;
	json_t *confirmations = json_pack("{sbsb}", "identity_seen", 0, "consent", 0);
	json_t *gap = json_pack("{ss}", "agent_email", "");
	EXPECT(OK, (draft_new(c->d, "new-unit", NULL, c->no, &c->e)));
	EXPECT(ERR_DESK_MISTAKES, print(c, "application", false, &out));
	site_draft(&c->site, c->d, "new-unit", NULL, c->no);
	/* what the desk confirms is confirmed when the signed paper is there */
	EXPECT(OK, draft_edit(c->d, c->no, confirmations, &c->e));
	EXPECT(OK, print(c, "application", false, &out));
	EXPECT(OK, draft_save(c->d, c->no, gap, "", 0, &c->e));
	EXPECT(ERR_DESK_MISTAKES, print(c, "application", false, &out));
	json_decref(confirmations);
	json_decref(gap);
}

static enum err sign_on_paper(struct unit_case *c, json_t **out)
{
	site_as(&c->site, c->d, "op1");
	for (size_t i = 0; i < c->site.count; i++)
		if (strcmp(c->site.people[i].login, "rv1") == 0)
			c->d->second = c->site.people[i];
	return sign_paper(c->d, c->no, out, &c->e);
}

static void test_a_signed_paper_is_of_the_data_as_they_are(void **state)
{
	struct unit_case *c = *state;
	json_t *change = json_pack("{ss}", "department", "另一部门");
	site_draft(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(OK, print(c, "application", false, &out));
	EXPECT(OK, attach_add(c->d, c->no, "signed-form", site_picture(&c->site, "signed-form.jpg"), false, &out, &c->e));
	EXPECT(OK, draft_edit(c->d, c->no, change, &c->e));
	EXPECT(ERR_DESK_PAPER_OLD, sign_on_paper(c, &out));
	status_is(c, "draft");
	EXPECT(OK, print(c, "application", false, &out));
	EXPECT(OK, sign_on_paper(c, &out));
	status_is(c, "awaiting-payment");
	json_decref(change);
}

static void test_unknown_kinds_and_orders(void **state)
{
	struct unit_case *c = *state;
	site_draft(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(ERR_PRINT_UNKNOWN, print(c, "shoe", false, &out));
	EXPECT(ERR_PRINT_UNKNOWN, print(c, "../tables/prices", false, &out));
	strcpy(c->no, "11011401-261123-00016");
	EXPECT(ERR_DESK_NO_ORDER, print(c, "application", false, &out));
	strcpy(c->no, "-");
	EXPECT(ERR_DESK_PRINT_OFFER, print(c, "application", false, &out));
}

static void test_blank_forms_need_no_order_and_are_no_reprints(void **state)
{
	struct unit_case *c = *state;
	strcpy(c->no, "-");
	assert_true(offered(c, "-", "seal-sample", NULL));
	assert_false(offered(c, "-", "receipt", NULL));
	for (int i = 1; i <= 2; i++) {
		json_t *out = NULL;
		site_is(OK, print(c, "seal-sample", false, &out), &c->e);
		assert_int_equal(json_number(out, "number"), i);
		assert_false(json_flag(out, "reprint"));
		json_decref(out);
	}
}

static void test_a_days_list_needs_parcels_and_a_date(void **state)
{
	struct unit_case *c = *state;
	struct print_wish wish = {.no = "-", .kind = "courier-day"};
	EXPECT(ERR_DESK_PRINT_EMPTY, print_run(c->d, &wish, &out, &c->e));
	wish.date = "2026-02-30";
	EXPECT(ERR_DESK_DATE, print_run(c->d, &wish, &out, &c->e));
}

static void test_what_could_not_be_put_out_does_not_count(void **state)
{
	struct unit_case *c = *state;
	int64_t count = -1;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	struct print_wish wish = {.no = c->no, .kind = "acceptance", .path = "/nowhere/at/all.pdf"};
	EXPECT(ERR_FILE_PATH, print_run(c->d, &wish, &out, &c->e));
	assert_true(offered(c, c->no, "acceptance", &count));
	assert_int_equal(count, 0);
	assert_int_equal(journalled(c, "print"), 1); /* asked for … */
	assert_int_equal(journalled(c, "print.failed"), 1);
	json_t *out = NULL;
	site_is(OK, print(c, "acceptance", false, &out), &c->e);
	assert_false(json_flag(out, "reprint"));
	json_decref(out);
}

static void test_a_printer_must_be_named(void **state)
{
	struct unit_case *c = *state;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(ERR_PRINT_NO_PRINTER, print(c, "acceptance", true, &out));
	free(c->d->config.printer);
	c->d->config.printer = strdup("-o raw; rm x");
	EXPECT(ERR_PRINT_REFUSED, print(c, "acceptance", true, &out));
	assert_int_equal(journalled(c, "print"), 0); /* it never began */
}

/* An lp of our own in front of PATH, which does `script`. */
static void fake_lp(struct unit_case *c, const char *script)
{
	char dir[120], path[160], all[400];
	snprintf(dir, sizeof dir, "%s/bin", c->site.dir);
	snprintf(path, sizeof path, "%s/lp", dir);
	snprintf(all, sizeof all, "#!/bin/sh\n%s\n", script);
	assert_int_equal(dir_make(dir, NULL), OK);
	assert_int_equal(file_write(path, 0700, all, strlen(all), NULL), OK);
	snprintf(all, sizeof all, "%s:/usr/bin:/bin", dir);
	setenv("PATH", all, 1);
	free(c->d->config.printer);
	c->d->config.printer = strdup("office");
}

static void test_a_printer_gets_the_document(void **state)
{
	struct unit_case *c = *state;
	char script[300], path[200];
	struct bytes got = {0}, args = {0};
	char *before = strdup(getenv("PATH"));
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	snprintf(script, sizeof script, "printf '%%s\\n' \"$@\" >%s/args; cat >%s/document", c->site.dir, c->site.dir);
	fake_lp(c, script);
	json_t *out = NULL;
	site_is(OK, print(c, "acceptance", true, &out), &c->e);
	assert_string_equal(json_text(out, "printer"), "office");
	assert_true(json_is_null(json_object_get(out, "file")));
	json_decref(out);
	snprintf(path, sizeof path, "%s/document", c->site.dir);
	assert_int_equal(file_read(path, 10 << 20, &got, NULL), OK);
	assert_memory_equal(got.data, "%PDF-", 5);
	snprintf(path, sizeof path, "%s/args", c->site.dir);
	assert_int_equal(file_read(path, 4096, &args, NULL), OK);
	assert_true(strncmp((char *)args.data, "-d\noffice\n-t\ncertdesk ", 22) == 0);
	free(c->d->config.printer); /* a window's own */
	c->d->config.printer = strdup("desk-${station}-a4");
	site_is(OK, print(c, "acceptance", true, &out), &c->e);
	assert_string_equal(json_text(out, "printer"), "desk-01-a4");
	json_decref(out);
	bytes_free(&got);
	bytes_free(&args);
	setenv("PATH", before, 1);
	free(before);
}

static void test_a_printer_that_refuses_or_is_missing(void **state)
{
	struct unit_case *c = *state;
	int64_t count = -1;
	char *before = strdup(getenv("PATH"));
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	fake_lp(c, "echo 'lp: The printer or class does not exist.' >&2; exit 1"); /* reads nothing */
	EXPECT(ERR_PRINT_REFUSED, print(c, "acceptance", true, &out));
	assert_string_equal(c->e.detail, "lp: The printer or class does not exist"); /* the sentence has a full stop of its own */
	setenv("PATH", "/nowhere", 1);
	EXPECT(ERR_PRINT_NO_LP, print(c, "acceptance", true, &out));
	setenv("PATH", before, 1);
	assert_true(offered(c, c->no, "acceptance", &count));
	assert_int_equal(count, 0);
	assert_int_equal(error_exit(ERR_PRINT_NO_LP), EXIT_RETRY);
	free(before);
}

static void test_saved_prints_go_after_a_week(void **state)
{
	struct unit_case *c = *state;
	json_t *out = NULL;
	char path[400];
	int64_t gone = -1;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	site_is(OK, print(c, "acceptance", false, &out), &c->e);
	snprintf(path, sizeof path, "%s", json_text(out, "file"));
	json_decref(out);
	print_purge(c->d, &gone);
	assert_int_equal(gone, 0);
	const struct timeval old[2] = {{desk_now(c->d) - 8 * 86400, 0}, {desk_now(c->d) - 8 * 86400, 0}};
	assert_int_equal(utimes(path, old), 0);
	print_purge(c->d, &gone);
	assert_int_equal(gone, 1);
	assert_int_not_equal(access(path, F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_status_decides_what_is_offered),
		CASE(test_persons_have_no_seals),
		CASE(test_roles),
		CASE(test_reprints_are_counted_and_journalled),
		CASE(test_an_application_must_be_complete),
		CASE(test_a_signed_paper_is_of_the_data_as_they_are),
		CASE(test_unknown_kinds_and_orders),
		CASE(test_blank_forms_need_no_order_and_are_no_reprints),
		CASE(test_a_days_list_needs_parcels_and_a_date),
		CASE(test_what_could_not_be_put_out_does_not_count),
		CASE(test_a_printer_must_be_named),
		CASE(test_a_printer_gets_the_document),
		CASE(test_a_printer_that_refuses_or_is_missing),
		CASE(test_saved_prints_go_after_a_week),
	};
	return RUN(tests);
}
