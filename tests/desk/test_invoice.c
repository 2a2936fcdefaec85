/* Invoices: asked for by itself, listed for the tax system, numbers from its list, what is open and who may. */
#include "invoicing.h"

#include <unistd.h>

#include "desk/admin.h"
#include "desk/daycheck.h"
#include "desk/query.h"

static void test_a_paid_order_asks_for_its_invoice_by_itself(void **state)
{
	struct unit_case *c = *state;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(ERR_DESK_INVOICE_NONE, invoice_show(c->d, c->no, &out, &c->e)); /* not before the money */
	EXPECT(OK, pay_take(c->d, c->no, "cash", "R1", number_of(c, "due"), &out, &c->e));
	json_t *out = shown(c);
	assert_string_equal(json_text(out, "state"), "requested");
	assert_string_equal(json_text(out, "kind"), "ordinary");
	assert_string_equal(json_text(out, "title"), "北京示例科技有限公司");
	assert_string_equal(json_text(out, "tax_number"), "91110105MA01ABCD5F");
	assert_int_equal(json_number(out, "amount"), 28000);
	assert_true(json_is_null(json_object_get(out, "number")));
	json_decref(out);
	paid(c, "new-person", NULL);
	out = shown(c);
	assert_string_equal(json_text(out, "title"), "𠮷田·李");
	assert_string_equal(json_text(out, "kind"), "ordinary");
	json_decref(out);
}

static void test_where_no_invoice_is_wanted_there_is_none(void **state)
{
	struct unit_case *c = *state;
	json_t *none = json_pack("{ss sn}", "invoice_kind", "none", "invoice_tax_number");
	paid(c, "new-unit", none);
	json_decref(none);
	EXPECT(ERR_DESK_INVOICE_NONE, invoice_show(c->d, c->no, &out, &c->e));
	EXPECT(ERR_DESK_INVOICE_UNWANTED, invoice_request(c->d, c->no, NULL, &out, &c->e));
	EXPECT(OK, invoice_request(c->d, c->no, "ordinary", &out, &c->e)); /* the customer thought again */
	state_is(c, "requested");
	EXPECT(ERR_DESK_INVOICE_UNWANTED, invoice_request(c->d, c->no, "ordinary", &out, &c->e));
}

static void test_a_price_of_0_has_no_invoice(void **state)
{
	struct unit_case *c = *state;
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, table_import(c->d, "prices", site_file(&c->site, "p.csv", "business,kind,product,item_role,code,channel,reason,amount,zh,en\n"
	       "new,certificate,,,,,,0,证书,c\nnew,medium,,,,,,0,介质,m\nnew,service,,,,,,0,章,s\nnew,postage,,,,,,0,邮,p\n"), today(c), &out,
	       &c->e));
	later(c, 1);
	paid(c, "new-unit", NULL);
	EXPECT(ERR_DESK_INVOICE_NONE, invoice_show(c->d, c->no, &out, &c->e));
	EXPECT(ERR_DESK_INVOICE_UNWANTED, invoice_request(c->d, c->no, "ordinary", &out, &c->e));
}

static void test_a_special_invoice_needs_tax_number_address_and_bank(void **state)
{
	struct unit_case *c = *state;
	static const struct {
		const char *field, *said;
	} parts[] = {{"invoice_tax_number", "纳税人识别号"}, {"invoice_address_phone", "地址及电话"}, {"invoice_bank_account", "开户行及账号"}};
	for (size_t i = 1; i < sizeof parts / sizeof *parts; i++) { /* an empty tax number is the unit's code again */
		json_t *changes = json_pack("{ss ss}", "invoice_kind", "special", parts[i].field, "");
		site_draft(&c->site, c->d, "new-unit", changes, c->no);
		json_decref(changes);
		EXPECT(ERR_DESK_MISTAKES, sign_send(c->d, c->no, &out, &c->e));
		assert_non_null(strstr(c->e.detail, parts[i].said));
	}
	json_t *special = json_pack("{ss}", "invoice_kind", "special");
	paid(c, "new-unit", special);
	json_decref(special);
	json_t *out = shown(c);
	assert_string_equal(json_text(out, "kind"), "special");
	assert_string_equal(json_text(out, "bank_account"), "北京银行 20000012345678");
	assert_string_equal(json_text(out, "tax_number"), "91110105MA01ABCD5F");
	json_decref(out);
	json_t *none = json_pack("{ss}", "invoice_kind", "none");
	paid(c, "new-person", none);
	json_decref(none);
	EXPECT(ERR_DESK_INVOICE_PARTS, invoice_request(c->d, c->no, "special", &out, &c->e));
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		assert_non_null(strstr(c->e.detail, parts[i].said));
}

static void test_the_title_equals_the_units_name_and_cant_be_edited(void **state)
{
	struct unit_case *c = *state;
	site_draft(&c->site, c->d, "new-unit", NULL, c->no);
	json_t *other = json_pack("{ss}", "invoice_title", "别的单位");
	assert_int_not_equal(draft_edit(c->d, c->no, other, &c->e), OK);
	json_decref(other);
	site_draft(&c->site, c->d, "new-person", NULL, c->no);
	other = json_pack("{ss}", "invoice_title", "别的人");
	assert_int_not_equal(draft_edit(c->d, c->no, other, &c->e), OK);
	json_decref(other);
}

static int judge(struct unit_case *c, int64_t batch)
{
	char command[400];
	snprintf(command, sizeof command, "/usr/bin/python3 tests/desk/invoice_list.py %s %s/certdesk.db %lld >&2", book(c), c->site.dir,
	         (long long)batch);
	int status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_the_list_for_the_tax_system(void **state)
{
	struct unit_case *c = *state;
	json_t *out = NULL, *special = json_pack("{ss ss}", "invoice_kind", "special", "delivery", "mail");
	EXPECT(ERR_DESK_INVOICE_EMPTY, invoice_export(c->d, book(c), false, &out, &c->e));
	assert_int_not_equal(access(book(c), F_OK), 0);
	paid(c, "new-unit", NULL);
	paid(c, "new-unit", special);
	json_decref(special);
	paid(c, "new-person", NULL);
	site_is(OK, invoice_export(c->d, book(c), false, &out, &c->e), &c->e);
	assert_int_equal(json_number(out, "invoices"), 3);
	assert_int_equal(judge(c, json_number(out, "batch")), 0);
	json_decref(out);
	state_is(c, "exported");
	out = shown(c); /* what the list said stays with the invoice */
	const json_t *line = json_array_get(json_object_get(out, "lines"), 0);
	assert_int_equal(json_number(line, "net") + json_number(line, "tax"), json_number(line, "amount"));
	assert_int_equal(json_number(line, "net"), 7547); /* 80.00 at 6 percent */
	json_decref(out);
	EXPECT(ERR_DESK_INVOICE_EMPTY, invoice_export(c->d, book(c), false, &out, &c->e)); /* nothing goes twice */
	site_is(OK, invoice_export(c->d, book(c), true, &out, &c->e), &c->e);
	assert_int_equal(json_number(out, "invoices"), 3);
	assert_int_equal(judge(c, json_number(out, "batch")), 0);
	json_decref(out);
	filed(c, NUMBER);
	site_is(OK, invoice_export(c->d, book(c), true, &out, &c->e), &c->e);
	assert_int_equal(json_number(out, "invoices"), 2); /* what has a number isn't asked for again */
	json_decref(out);
}

static void test_a_list_that_cant_be_written_marks_nothing(void **state)
{
	struct unit_case *c = *state;
	paid(c, "new-unit", NULL);
	EXPECT(ERR_REPORT_PATH, invoice_export(c->d, "/nonexistent/list.xlsx", false, &out, &c->e));
	state_is(c, "requested");
}

static void test_net_and_tax_are_the_amount_at_every_rate(void **state)
{
	struct unit_case *c = *state;
	static const int rates[] = {0, 100, 150, 300, 600, 900, 1300, 9999};
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		char text[500];
		json_t *out = NULL;
		site_as(&c->site, c->d, "mg1");
		snprintf(text, sizeof text, "kind,code,name,tax_code,unit,rate\ncertificate,,证书,3040203000000000000,年,%d\n"
		         "medium,,介质,1090512990000000000,个,%d\nservice,,章,3040203000000000000,次,%d\npostage,,邮,3040407000000000000,次,%d\n",
		         rates[i], rates[i], rates[i], rates[i]);
		later(c, 1);
		EXPECT(OK, table_import(c->d, "taxes", site_file(&c->site, "taxes.csv", text), today(c), &out, &c->e));
		snprintf(text, sizeof text, "business,kind,product,item_role,code,channel,reason,amount,zh,en\nnew,certificate,,,,,,%zu,证书,c\n"
		         "new,medium,,,,,,%zu,介质,m\nnew,service,,,,,,1,章,s\nnew,postage,,,,,,0,邮,p\n", 9999 + i, 333 * i + 7);
		EXPECT(OK, table_import(c->d, "prices", site_file(&c->site, "prices.csv", text), today(c), &out, &c->e));
		later(c, 1);
		paid(c, "new-unit", NULL);
		site_is(OK, invoice_export(c->d, book(c), false, &out, &c->e), &c->e);
		assert_int_equal(judge(c, json_number(out, "batch")), 0);
		json_decref(out);
	}
}

static void test_a_line_without_a_tax_code_stops_the_list(void **state)
{
	struct unit_case *c = *state;
	paid(c, "new-unit", NULL);
	site_as(&c->site, c->d, "mg1");
	later(c, 1);
	EXPECT(OK, table_import(c->d, "taxes", site_file(&c->site, "taxes.csv", "kind,code,name,tax_code,unit,rate\n"
	       "certificate,,证书,3040203000000000000,年,600\n"), today(c), &out, &c->e));
	later(c, 1);
	EXPECT(ERR_DESK_INVOICE_TAX, invoice_export(c->d, book(c), false, &out, &c->e));
	assert_non_null(strstr(c->e.detail, "medium/"));
	state_is(c, "requested");
	EXPECT(ERR_DESK_TABLE, table_import(c->d, "taxes", site_file(&c->site, "taxes.csv", "kind,code,name,tax_code,unit,rate\n"
	       "certificate,,证书,30402,年,600\n"), today(c), &out, &c->e));
}

static void test_a_voided_receipt_takes_the_request_back(void **state)
{
	struct unit_case *c = *state;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	int64_t due = number_of(c, "due");
	EXPECT(OK, pay_take(c->d, c->no, "cash", "R1", due, &out, &c->e));
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, pay_void(c->d, c->no, "R1", "记错", &out, &c->e));
	state_is(c, "cancelled");
	site_as(&c->site, c->d, "op1");
	EXPECT(OK, pay_take(c->d, c->no, "cash", "R2", due, &out, &c->e));
	state_is(c, "requested");
	json_t *out = shown(c);
	assert_int_equal(json_array_size(json_object_get(out, "earlier")), 1);
	json_decref(out);
}

/* Returned, changed, signed and paid again: the request follows what is signed. */
static void test_a_request_follows_the_corrected_application(void **state)
{
	struct unit_case *c = *state;
	paid(c, "new-unit", NULL);
	site_as(&c->site, c->d, "rv1");
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(OK, review_return(c->d, c->no, "专票", &out, &c->e));
	site_as(&c->site, c->d, "op1");
	EXPECT(ERR_DESK_INVOICE_EMPTY, invoice_export(c->d, book(c), false, &out, &c->e)); /* not while it is being corrected */
	json_t *changes = json_pack("{ss ss}", "invoice_kind", "special", "invoice_bank_account", "另一银行 1");
	EXPECT(OK, draft_edit(c->d, c->no, changes, &c->e));
	json_decref(changes);
	sign_again(c);
	json_t *out = shown(c);
	assert_string_equal(json_text(out, "state"), "requested");
	assert_string_equal(json_text(out, "kind"), "special");
	assert_string_equal(json_text(out, "bank_account"), "另一银行 1");
	assert_int_equal(json_array_size(json_object_get(out, "earlier")), 0);
	json_decref(out);
}

static const char *numbers(struct unit_case *c, const char *head, const char *a, const char *na, const char *b, const char *nb)
{
	char text[600];
	snprintf(text, sizeof text, "%s\n%s,%s,%s\n%s,%s,%s\n", head, a, na, today(c), b, nb, today(c));
	return site_file(&c->site, "numbers.csv", text);
}

static void test_numbers_come_by_list_whole_or_not_at_all(void **state)
{
	struct unit_case *c = *state;
	char first[ORDER_NO_SIZE];
	json_t *out = NULL;
	paid(c, "new-unit", NULL);
	memcpy(first, c->no, sizeof first);
	paid(c, "new-unit", NULL);
	EXPECT(OK, invoice_export(c->d, book(c), false, &out, &c->e));
	const char *head = "备注,发票号码,开票日期";
	EXPECT(ERR_DESK_INVOICE_LIST, invoice_import(c->d, numbers(c, head, first, NUMBER, c->no, "12"), &out, &c->e));
	assert_non_null(strstr(c->e.detail, "numbers.csv:3"));
	EXPECT(ERR_DESK_INVOICE_LIST, invoice_import(c->d, numbers(c, head, first, NUMBER, "no-such-order", NUMBER), &out, &c->e));
	EXPECT(ERR_DESK_INVOICE_LIST, invoice_import(c->d, numbers(c, head, first, NUMBER, c->no, NUMBER), &out, &c->e));
	EXPECT(ERR_DESK_INVOICE_LIST, invoice_import(c->d, numbers(c, head, first, NUMBER, first, "26112000000012345679"), &out, &c->e));
	EXPECT(ERR_DESK_INVOICE_LIST, invoice_import(c->d, numbers(c, "a,b,c", first, NUMBER, c->no, NUMBER), &out, &c->e));
	EXPECT(ERR_DESK_INVOICE_LIST, invoice_import(c->d, site_picture(&c->site, "numbers.jpg"), &out, &c->e));
	state_is(c, "exported");
	const char *good = numbers(c, head, first, NUMBER, c->no, "26112000000012345679");
	site_is(OK, invoice_import(c->d, good, &out, &c->e), &c->e);
	assert_int_equal(json_number(out, "new"), 2);
	json_decref(out);
	good = numbers(c, "订单号,发票号码,开票日期", first, NUMBER, c->no, "26112000000012345679"); /* keyed by hand */
	site_is(OK, invoice_import(c->d, good, &out, &c->e), &c->e);
	assert_int_equal(json_number(out, "new"), 0); /* again changes nothing */
	json_decref(out);
	state_is(c, "issued");
	EXPECT(ERR_DESK_INVOICE_STATE, invoice_send(c->d, c->no, NULL, &out, &c->e)); /* no PDF yet */
	EXPECT(OK, invoice_file(c->d, c->no, NULL, NULL, pdf(c), &out, &c->e));
	state_is(c, "sent");
}

static void test_a_list_in_gbk_with_dates_as_excel_writes_them(void **state)
{
	struct unit_case *c = *state;
	char text[300], command[400];
	int year, month, day;
	paid(c, "new-unit", NULL);
	sscanf(today(c), "%d-%d-%d", &year, &month, &day);
	snprintf(text, sizeof text, "发票号码,开票日期,购方名称,备注\r\n" NUMBER ",%d/%d/%d 10:00,某单位,%s\r\n", year, month, day, c->no);
	const char *path = site_file(&c->site, "utf8.csv", text);
	snprintf(command, sizeof command, "iconv -f UTF-8 -t GBK %s >%s/gbk.csv", path, c->site.root);
	assert_int_equal(system(command), 0);
	snprintf(command, sizeof command, "%s/gbk.csv", c->site.root);
	EXPECT(OK, invoice_import(c->d, command, &out, &c->e));
	state_is(c, "issued");
}

static size_t listed(struct unit_case *c, const char *state, const char *date)
{
	json_t *out = NULL, *filter = json_pack("{ss ss}", "state", state, "date", date);
	c->e = (struct error){0};
	site_is(OK, invoice_list(c->d, filter, &out, &c->e), &c->e);
	size_t n = json_array_size(out);
	json_decref(out);
	json_decref(filter);
	return n;
}

static void test_the_list_by_state_and_day(void **state)
{
	struct unit_case *c = *state;
	paid(c, "new-unit", NULL);
	paid(c, "new-unit", NULL);
	filed(c, NUMBER);
	assert_int_equal(listed(c, "", ""), 2);
	assert_int_equal(listed(c, "requested", ""), 1);
	assert_int_equal(listed(c, "sent", today(c)), 1);
	assert_int_equal(listed(c, "sent", "2001-01-01"), 0);
	assert_int_equal(listed(c, "open", ""), 1);
	assert_int_equal(listed(c, "red-due", ""), 0);
	EXPECT(OK, move(c, "reject"));
	EXPECT(OK, move(c, "refund"));
	assert_int_equal(listed(c, "red-due", ""), 1);
	assert_int_equal(listed(c, "open", ""), 2);
	json_t *filter = json_pack("{ss}", "state", "lost");
	EXPECT(ERR_DESK_FILTER, invoice_list(c->d, filter, &out, &c->e));
	json_decref(filter);
}

static void test_who_may(void **state)
{
	struct unit_case *c = *state;
	static const char *const others[] = {"rv1", "is1", "root1", "au1"};
	paid(c, "new-unit", NULL);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		site_as(&c->site, c->d, others[i]);
		EXPECT(ERR_DESK_FORBIDDEN, invoice_export(c->d, book(c), false, &out, &c->e));
		EXPECT(ERR_DESK_FORBIDDEN, invoice_file(c->d, c->no, NUMBER, today(c), pdf(c), &out, &c->e));
		EXPECT(ERR_DESK_FORBIDDEN, invoice_import(c->d, "/dev/null", &out, &c->e));
		EXPECT(ERR_DESK_FORBIDDEN, invoice_send(c->d, c->no, NULL, &out, &c->e));
		EXPECT(ERR_DESK_FORBIDDEN, invoice_request(c->d, c->no, NULL, &out, &c->e));
		EXPECT(strcmp(others[i], "au1") == 0 ? OK : ERR_DESK_FORBIDDEN, invoice_show(c->d, c->no, &out, &c->e));
	}
	/* a second person on the spot files it, and is named */
	c->d->second = c->site.people[1];
	site_as(&c->site, c->d, "is1");
	for (size_t i = 0; i < c->site.count; i++)
		if (strcmp(c->site.people[i].login, "op1") == 0)
			c->d->second = c->site.people[i];
	EXPECT(OK, invoice_file(c->d, c->no, NUMBER, today(c), pdf(c), &out, &c->e));
	site_as(&c->site, c->d, "op1");
	state_is(c, "sent");
}

static void test_the_query_shows_the_invoice(void **state)
{
	struct unit_case *c = *state;
	json_t *out = NULL;
	paid(c, "new-unit", NULL);
	filed(c, NUMBER);
	site_as(&c->site, c->d, "mg1");
	site_is(OK, query_look(c->d, "uscc", "91110105MA01ABCD5F", "客户来电询问发票", &out, &c->e), &c->e);
	const json_t *invoice = json_object_get(json_array_get(json_object_get(out, "orders"), 0), "invoice");
	assert_string_equal(json_text(invoice, "number"), NUMBER);
	assert_string_equal(json_text(invoice, "state"), "sent");
	assert_true(json_flag(invoice, "pdf"));
	json_decref(out);
}

/* The day's checklist counts what is still to be done with invoices. */
static void day_says(struct unit_case *c, const char *state, const char *detail)
{
	json_t *items = NULL, *item;
	size_t i;
	bool ready, seen = false;
	site_is(OK, day_check(c->d, today(c), &items, &ready, &c->e), &c->e);
	json_array_foreach(items, i, item)
		if (strcmp(json_text(item, "item"), "invoices") == 0) {
			seen = true;
			assert_string_equal(json_text(item, "state"), state);
			assert_non_null(strstr(json_text(item, "detail"), detail));
		}
	assert_true(seen);
	json_decref(items);
}

static void test_the_days_checklist_names_open_invoices(void **state)
{
	struct unit_case *c = *state;
	day_says(c, "done", "");
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	site_as(&c->site, c->d, "mg1");
	day_says(c, "done", ""); /* not paid: no list takes it */
	paid(c, "new-unit", NULL);
	day_says(c, "warn", "待导出 1，");
	EXPECT(OK, invoice_export(c->d, book(c), false, &out, &c->e));
	day_says(c, "warn", "待号码 1，");
	filed(c, NUMBER);
	day_says(c, "done", "");
	EXPECT(OK, move(c, "reject"));
	EXPECT(OK, move(c, "refund"));
	day_says(c, "warn", "应红冲 1");
}

static bool doctor_names(struct unit_case *c, const char *word)
{
	json_t *list = NULL, *each;
	size_t i;
	bool named = false;
	site_is(OK, doctor_run(c->d, &list, &c->e), &c->e);
	json_array_foreach(list, i, each)
		named = named || (strcmp(json_text(each, "state"), "warning") == 0 && strstr(json_text(each, "detail"), word));
	json_decref(list);
	return named;
}

static void test_a_request_that_is_never_issued_is_named_and_withdrawn(void **state)
{
	struct unit_case *c = *state;
	paid(c, "new-unit", NULL);
	assert_false(doctor_names(c, c->no));
	later(c, 31 * 86400);
	assert_true(doctor_names(c, c->no));
	EXPECT(ERR_DESK_FORBIDDEN, invoice_withdraw(c->d, c->no, "客户不要了", &out, &c->e));
	site_as(&c->site, c->d, "mg1");
	EXPECT(ERR_DESK_REASON, invoice_withdraw(c->d, c->no, " ", &out, &c->e));
	EXPECT(OK, invoice_withdraw(c->d, c->no, "客户不要了", &out, &c->e));
	state_is(c, "cancelled");
	assert_false(doctor_names(c, c->no));
	EXPECT(ERR_DESK_INVOICE_STATE, invoice_withdraw(c->d, c->no, "再来一次", &out, &c->e));
	EXPECT(OK, invoice_request(c->d, c->no, NULL, &out, &c->e)); /* the customer comes back */
	EXPECT(OK, invoice_export(c->d, book(c), false, &out, &c->e));
	EXPECT(OK, invoice_withdraw(c->d, c->no, "税务系统里没有开", &out, &c->e));
	filed(c, NUMBER); /* it was issued all the same */
	EXPECT(ERR_DESK_INVOICE_STATE, invoice_withdraw(c->d, c->no, "已经开了", &out, &c->e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_paid_order_asks_for_its_invoice_by_itself),
		CASE(test_where_no_invoice_is_wanted_there_is_none),
		CASE(test_a_price_of_0_has_no_invoice),
		CASE(test_a_special_invoice_needs_tax_number_address_and_bank),
		CASE(test_the_title_equals_the_units_name_and_cant_be_edited),
		CASE(test_the_list_for_the_tax_system),
		CASE(test_a_list_that_cant_be_written_marks_nothing),
		CASE(test_net_and_tax_are_the_amount_at_every_rate),
		CASE(test_a_line_without_a_tax_code_stops_the_list),
		CASE(test_a_voided_receipt_takes_the_request_back),
		CASE(test_a_request_follows_the_corrected_application),
		CASE(test_numbers_come_by_list_whole_or_not_at_all),
		CASE(test_a_list_in_gbk_with_dates_as_excel_writes_them),
		CASE(test_the_list_by_state_and_day),
		CASE(test_who_may),
		CASE(test_the_query_shows_the_invoice),
		CASE(test_the_days_checklist_names_open_invoices),
		CASE(test_a_request_that_is_never_issued_is_named_and_withdrawn),
	};
	return RUN(tests);
}
