/* The table of how long what is kept: five years at least, each kind by itself. */
#include "life.h"

#include "desk/admin.h"
#include "desk/identity.h"
#include "desk/invoice.h"
#include "desk/tables.h"
#include "rules/retention.h"

static enum err import(struct life *l, const char *rows)
{
	char text[900], date[11];
	json_t *out = NULL;
	snprintf(text, sizeof text, "kind,years,zh,en\n%s", rows);
	for (int k = 0; k < RETAINED_KINDS; k++) { /* of the others: the least */
		char head[32];
		snprintf(head, sizeof head, "\n%s,", retained_name((enum retained)k));
		if (!strstr(text, head))
			snprintf(text + strlen(text), sizeof text - strlen(text), "%s,5,其他,others\n", retained_name((enum retained)k));
	}
	civil_date_text(desk_now(l->d), date);
	as(l, "mg1");
	l->e = (struct error){0};
	enum err r = table_import(l->d, "retention", site_file(&l->t.site, "retention.csv", text), date, &out, &l->e);
	json_decref(out);
	return r;
}

static void years_after(struct life *l, int64_t end, int years, int64_t seconds)
{
	struct civil c = civil_from_utc(end);
	c.year += years;
	l->d->clock.fixed = civil_to_utc(c) + seconds;
}

static int64_t tick(struct life *l)
{
	json_t *out = NULL;
	site_is(OK, tick_run(l->d, &out, &l->e), &l->e);
	int64_t n = json_number(out, "expired");
	json_decref(out);
	return n;
}

static void invoiced(struct life *l)
{
	static const char pdf[] = "%PDF-1.7\n1 0 obj <<>> endobj xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nstartxref\n9\n%%EOF\n";
	char date[11];
	civil_date_text(desk_now(l->d), date);
	as(l, "op1");
	IS(OK, invoice_file(l->d, order, "26112000000012345678", date, site_file(&l->t.site, "invoice.pdf", pdf), &out, &l->e));
}

static bool lies_in_file(struct life *l, const char *text)
{
	char out[64];
	return shell(out, sizeof out, "cat '%s'/certdesk.db* | grep -qaF '%s'", l->t.site.dir, text) == 0;
}

static void test_less_than_five_years_is_not_taken(void **state)
{
	struct life *l = *state;
	static const char *const wrong[] = {"order,4,订单,orders\n", "order,0,订单,orders\n", "order,100,订单,orders\n", "order,,订单,orders\n",
	                                    "secret,9,秘密,secrets\n", "order,5,订单,orders\norder,6,订单,orders\n"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(import(l, wrong[i]), ERR_DESK_TABLE);
		assert_non_null(strstr(l->e.detail, i == 5 ? "retention.csv:3" : "retention.csv:2"));
	}
	site_is(OK, import(l, "order,5,订单,orders\n"), &l->e);
	as(l, "op1");
	IS(ERR_DESK_FORBIDDEN, table_import(l->d, "retention", "/dev/null", "2026-01-01", &out, &l->e));
}

static void test_a_table_without_every_kind_is_not_taken(void **state)
{
	struct life *l = *state;
	char date[11];
	const char *partial = site_file(&l->t.site, "partial.csv", "kind,years,zh,en\norder,10,订单,orders\nstatement,10,对账单,statements\nmessage,5,短信,messages\n");
	struct retention kept;
	civil_date_text(desk_now(l->d), date);
	as(l, "mg1");
	IS(ERR_DESK_TABLE, table_import(l->d, "retention", partial, date, &out, &l->e));
	assert_non_null(strstr(l->e.detail, "copy"));
	assert_non_null(strstr(l->e.detail, "customer"));
	assert_non_null(strstr(l->e.detail, "identity"));
	assert_null(strstr(l->e.detail, "message"));
	site_is(OK, tables_retention(l->d, &kept, &l->e), &l->e);
	assert_int_equal(kept.years[RETAIN_ORDER], 5); /* nothing of it counts */
}

/* One that was taken before import looked. */
static void test_doctor_names_the_kinds_that_a_stored_table_lacks(void **state)
{
	struct life *l = *state;
	json_t *list = NULL, *each;
	size_t i;
	const char *said = "";
	as(l, "mg1");
	site_is(OK, store_begin(l->d->store, &l->e), &l->e);
	site_is(OK, store_insert(l->d->store, SQL_RETENTION_INSERT, NULL, &l->e, "ititt", desk_now(l->d), "order", (int64_t)10, "订单", "orders"), &l->e);
	site_is(OK, desk_commit(l->d, MAY_TABLES, NULL, "retention", NULL, NULL, &l->e), &l->e);
	site_is(OK, doctor_run(l->d, &list, &l->e), &l->e);
	json_array_foreach(list, i, each)
		if (strstr(json_text(each, "detail"), "保存年限表缺") && strcmp(json_text(each, "state"), "warning") == 0)
			said = json_text(each, "detail");
	assert_non_null(strstr(said, "copy、customer、statement、identity、message"));
	json_decref(list);
}

static void test_every_kind_is_shipped(void **state)
{
	struct life *l = *state;
	struct bytes csv = {0};
	char row[40];
	as(l, "mg1");
	IS(OK, table_export(l->d, "retention", &csv, &l->e));
	for (int k = 0; k < RETAINED_KINDS; k++) {
		snprintf(row, sizeof row, "\n%s,%d,", retained_name((enum retained)k), RETENTION_LEAST);
		assert_non_null(strstr((char *)csv.data, row));
	}
	bytes_free(&csv);
}

static void test_an_order_is_kept_as_long_as_the_table_says(void **state)
{
	struct life *l = *state;
	invoiced(l);
	site_is(OK, import(l, "order,7,订单,orders\n"), &l->e);
	years_after(l, l->end, 5, 1);
	assert_int_equal(tick(l), 0);
	years_after(l, l->end, 7, 0);
	assert_int_equal(tick(l), 0); /* not a second before */
	years_after(l, l->end, 7, 1);
	assert_int_equal(tick(l), 1);
	IS(ERR_DESK_PURGED, order_show(l->d, order, &out, &l->e));
}

static void test_a_customer_may_be_kept_longer_than_their_orders(void **state)
{
	struct life *l = *state;
	json_t *sample = site_sample("new-unit", NULL);
	const char *name = json_text(sample, "unit_name");
	invoiced(l);
	site_is(OK, import(l, "customer,9,客户,customers\n"), &l->e);
	years_after(l, l->end, 5, 1);
	assert_int_equal(tick(l), 1); /* what the table doesn't name is kept for the least */
	tick(l);
	assert_true(lies_in_file(l, name));
	years_after(l, l->end, 9, 1);
	tick(l);
	tick(l);
	assert_false(lies_in_file(l, name));
	json_decref(sample);
}

static void test_messages_have_their_own_years(void **state)
{
	struct life *l = *state;
	size_t sent = site_messages(&l->t.site, "sms");
	assert_true(sent > 0);
	site_is(OK, import(l, "message,6,短信,messages\norder,20,订单,orders\n"), &l->e);
	years_after(l, desk_now(l->d), 5, DAY);
	tick(l);
	assert_int_equal(site_messages(&l->t.site, "sms"), sent);
	later(l, 366 * DAY);
	tick(l);
	assert_true(site_messages(&l->t.site, "sms") < sent);
}

static void test_failed_checks_have_their_own_years(void **state)
{
	struct life *l = *state;
	json_t *secondary = data("{'key_role': 'secondary'}"), *rows = NULL, *row = NULL;
	char evidence[DIGEST_TEXT_SIZE];
	int64_t left_over = 0;
	as(l, "op1");
	site_draft(&l->t.site, l->d, "new-unit", secondary, l->no);
	json_decref(secondary);
	const struct identity_refused what = {"agent", "bank-card", "declined", "BK-7788"};
	IS(OK, identity_refuse(l->d, l->no, &what, &out, &l->e));
	IS(OK, order_cancel(l->d, l->no, &l->e));
	int64_t checked = desk_now(l->d);
	site_is(OK, import(l, "identity,6,核验,checks\norder,20,订单,orders\n"), &l->e);
	years_after(l, checked, 5, DAY);
	tick(l);
	tick(l);
	assert_true(lies_in_file(l, "BK-7788"));
	IS(OK, store_row(l->d->store, SQL_STATE_IDENTITY_REFUSAL, &row, &l->e, "i", (int64_t)1));
	snprintf(evidence, sizeof evidence, "%s", json_text(row, "evidence"));
	json_decref(row);
	assert_true(lies_in_file(l, evidence)); /* of all that the form said */
	years_after(l, checked, 6, 1);
	tick(l);
	tick(l);
	assert_false(lies_in_file(l, "BK-7788"));
	assert_false(lies_in_file(l, evidence));
	site_is(OK, store_int(l->d->store, SQL_PURGE_DUE, 0, &left_over, &l->e, ""), &l->e);
	assert_int_equal(left_over, 0);
	as(l, "op1");
	IS(OK, identity_list(l->d, l->no, &rows, &l->e)); /* that it failed stays */
	assert_int_equal(json_array_size(rows), 1);
	json_decref(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_less_than_five_years_is_not_taken), LIFE(test_a_table_without_every_kind_is_not_taken), LIFE(test_doctor_names_the_kinds_that_a_stored_table_lacks), LIFE(test_every_kind_is_shipped), LIFE(test_an_order_is_kept_as_long_as_the_table_says),
		LIFE(test_a_customer_may_be_kept_longer_than_their_orders), LIFE(test_messages_have_their_own_years),
		LIFE(test_failed_checks_have_their_own_years),
	};
	return RUN_LIFE(tests);
}
