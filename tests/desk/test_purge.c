/* Five years after a certificate ends: what is destroyed, what stays, and that the chain still verifies. */
#include "life.h"
#include "desk/invoice.h"
#include "desk/purge.h"
#include "rules/term.h"
#include "store/store.h"

static void five_years_after(struct life *l, int64_t end, int64_t seconds)
{
	struct civil c = civil_from_utc(end);
	c.year += PURGE_YEARS;
	l->d->clock.fixed = civil_to_utc(c) + seconds;
}

/* Until then the order has something open. */
static void invoiced(struct life *l, const char *no, const char *number)
{
	static const char pdf[] = "%PDF-1.7\n1 0 obj <<>> endobj xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nstartxref\n9\n%%EOF\n";
	char date[11];
	civil_date_text(desk_now(l->d), date);
	as(l, "op1");
	IS(OK, invoice_file(l->d, no, number, date, site_file(&l->t.site, "invoice.pdf", pdf), &out, &l->e));
}

static int64_t tick(struct life *l)
{
	json_t *out = NULL;
	site_is(OK, tick_run(l->d, &out, &l->e), &l->e);
	int64_t n = json_number(out, "expired");
	json_decref(out);
	return n;
}

static int files_of_order(struct life *l)
{
	char out[32];
	assert_int_equal(shell(out, sizeof out, "find '%s/files' -type f ! -name '.*' | wc -l", l->t.site.dir), 0);
	return atoi(out);
}

/* In the database and what lies beside it. */
static bool lies_in_file(struct life *l, const char *text)
{
	char out[64];
	return shell(out, sizeof out, "cat '%s'/certdesk.db* | grep -qaF '%s'", l->t.site.dir, text) == 0;
}

static void verifies(struct life *l)
{
	as(l, "au1");
	IS(OK, audit_verify(l->d, NULL, NULL, &out, &l->e));
}

static void test_five_years_after_its_end_a_certificate_is_nobodys(void **state)
{
	struct life *l = *state;
	json_t *sample = site_sample("new-unit", NULL), *list = NULL;
	const char *name = json_text(sample, "unit_name");
	assert_true(strlen(name) > 6);
	assert_true(lies_in_file(l, name));
	assert_true(files_of_order(l) > 0);
	invoiced(l, order, "26112000000012345678");
	five_years_after(l, l->end, 0);
	assert_int_equal(tick(l), 0); /* not a second before */
	as(l, "op1");
	IS(OK, order_show(l->d, order, &out, &l->e));
	later(l, 1);
	assert_int_equal(tick(l), 1);
	IS(ERR_DESK_PURGED, order_show(l->d, order, &out, &l->e));
	verifies(l);
	assert_false(lies_in_file(l, name));
	static const char *const fields[] = {"uscc", "legal_name", "legal_mobile", "legal_id_number", "agent_name", "agent_id_number", "agent_mobile",
	                                     "agent_email", "invoice_bank_account", "mail_address"};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		assert_false(lies_in_file(l, json_text(sample, fields[i])));
	assert_int_equal(files_of_order(l), 0);
	as(l, "op1");
	IS(OK, certs_list(l->d, order, NULL, &list, &l->e)); /* numbers and dates stay */
	json_decref(list);
	list = NULL;
	site_is(OK, store_rows(l->d->store, SQL_PURGE_ORDERS, &list, &l->e, "iti", desk_now(l->d), l->d->site, (int64_t)10), &l->e);
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
	assert_int_equal(tick(l), 0); /* once */
	json_decref(sample);
}

static void test_a_customer_with_a_later_certificate_is_kept(void **state)
{
	struct life *l = *state;
	int64_t customers = 0;
	json_t *sample = site_sample("new-unit", NULL);
	insert(KEY);
	left(l, 10 * DAY);
	site_is(OK, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	sign(l);
	pay(l);
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	char renewal[ORDER_NO_SIZE];
	snprintf(renewal, sizeof renewal, "%s", l->no);
	int64_t end = active_of(l, renewal, NULL);
	assert_true(end > l->end + 300 * DAY);
	invoiced(l, order, "26112000000012345678");
	invoiced(l, renewal, "26112000000012345679");
	five_years_after(l, l->end, 1);
	assert_int_equal(tick(l), 1); /* the first order */
	IS(ERR_DESK_PURGED, order_show(l->d, order, &out, &l->e));
	as(l, "op1");
	IS(OK, order_show(l->d, renewal, &out, &l->e));
	verifies(l);
	assert_true(lies_in_file(l, json_text(sample, "unit_name")));
	five_years_after(l, end, 1);
	assert_int_equal(tick(l), 1);
	verifies(l);
	assert_false(lies_in_file(l, json_text(sample, "unit_name")));
	site_is(OK, store_int(l->d->store, SQL_PURGE_DUE, 0, &customers, &l->e, ""), &l->e);
	assert_int_equal(customers, 0);
	json_decref(sample);
}

static void test_the_same_customer_begins_anew_after_a_purge(void **state)
{
	struct life *l = *state;
	char no[ORDER_NO_SIZE];
	invoiced(l, order, "26112000000012345678");
	five_years_after(l, l->end, 1);
	assert_int_equal(tick(l), 1);
	site_signed(&l->t.site, l->d, "new-unit", NULL, no);
	verifies(l);
}

static void test_what_is_open_is_not_purged(void **state)
{
	struct life *l = *state;
	char no[ORDER_NO_SIZE];
	json_t *other = json_pack("{ss}", "key_role", "secondary");
	site_paid(&l->t.site, l->d, "new-unit", other, no); /* in review, and forgotten */
	json_decref(other);
	five_years_after(l, l->end, DAY);
	assert_int_equal(tick(l), 0); /* an invoice that nobody has filed */
	as(l, "op1");
	IS(OK, order_show(l->d, order, &out, &l->e));
	l->d->clock.fixed = l->end;
	invoiced(l, order, "26112000000012345678");
	five_years_after(l, l->end, DAY);
	assert_int_equal(tick(l), 1);
	as(l, "op1");
	IS(OK, order_show(l->d, no, &out, &l->e));
	verifies(l);
}

static void test_a_lost_journal_state_without_a_purge_is_found(void **state)
{
	struct life *l = *state;
	char out[64];
	invoiced(l, order, "26112000000012345678");
	five_years_after(l, l->end, 1);
	assert_int_equal(tick(l), 1);
	desk_close(&l->d);
	assert_int_equal(shell(out, sizeof out, "sqlite3 '%s/certdesk.db' 'UPDATE journal_state SET body = NULL WHERE kind = \"staff\"'", l->t.site.dir), 0);
	l->d = l->t.d = site_open(&l->t.site);
	as(l, "au1");
	IS(ERR_STORE_ALTERED, audit_verify(l->d, NULL, NULL, &out, &l->e));
	/* life_end verifies: the site as it was */
	site_copy(&base, "again", &l->t.site);
	desk_close(&l->d);
	l->d = l->t.d = site_open(&l->t.site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_five_years_after_its_end_a_certificate_is_nobodys),
		LIFE(test_a_customer_with_a_later_certificate_is_kept),
		LIFE(test_the_same_customer_begins_anew_after_a_purge),
		LIFE(test_what_is_open_is_not_purged),
		LIFE(test_a_lost_journal_state_without_a_purge_is_found),
	};
	return RUN_LIFE(tests);
}
