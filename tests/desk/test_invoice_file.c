/* An invoice's own document: filed with number, date and PDF, sent, and taken back by a red one. */
#include "invoicing.h"

#include "../lib/json_file.h"
#include "base/file.h"

static json_t *newest_mail(struct unit_case *c)
{
	char command[200], path[300] = "";
	json_t *mail = NULL;
	snprintf(command, sizeof command, "ls -t %s/outbox/mail/*.json | head -1", c->site.dir);
	FILE *f = popen(command, "r");
	assert_int_equal(fscanf(f, "%299s", path), 1);
	pclose(f);
	assert_int_equal(json_read_file(path, &mail, NULL), OK);
	return mail;
}

static void check_mail(struct unit_case *c, const char *to)
{
	json_t *mail = newest_mail(c);
	const json_t *file = json_array_get(json_object_get(mail, "attachments"), 0);
	struct bytes content = {0};
	char path[300], digest[DIGEST_TEXT_SIZE];
	assert_string_equal(json_text(mail, "to"), to);
	assert_non_null(strstr(json_text(mail, "text"), NUMBER));
	assert_non_null(strstr(json_text(file, "name"), NUMBER ".pdf"));
	snprintf(path, sizeof path, "%s/outbox/mail/%s", c->site.dir, json_text(file, "path"));
	assert_int_equal(file_read(path, 1 << 20, &content, NULL), OK);
	assert_string_equal((char *)content.data, PDF);
	digest_text(content.data, content.length, digest);
	assert_string_equal(json_text(file, "digest"), digest);
	bytes_free(&content);
	json_decref(mail);
}

static void test_the_invoice_goes_to_the_agents_mail_unless_another_is_given(void **state)
{
	struct unit_case *c = *state;
	struct bytes back = {0};
	paid(c, "new-unit", NULL);
	filed(c, NUMBER);
	check_mail(c, "lisi@example.com");
	json_t *other = json_pack("{ss}", "invoice_email", "tax@example.com"); /* isn't signed: may change at any time */
	EXPECT(OK, draft_edit(c->d, c->no, other, &c->e));
	json_decref(other);
	EXPECT(OK, invoice_send(c->d, c->no, NULL, &out, &c->e));
	check_mail(c, "tax@example.com");
	EXPECT(OK, invoice_send(c->d, c->no, "boss@example.com", &out, &c->e));
	check_mail(c, "boss@example.com");
	EXPECT(ERR_NOTIFY_RECIPIENT, invoice_send(c->d, c->no, "no address", &out, &c->e));
	EXPECT(OK, invoice_pdf(c->d, c->no, &back, &c->e));
	assert_string_equal((char *)back.data, PDF);
	bytes_free(&back);
	json_t *order = NULL;
	site_is(OK, order_show(c->d, c->no, &order, &c->e), &c->e);
	assert_string_equal(json_text(json_object_get(order, "invoice"), "state"), "sent");
	assert_string_equal(json_text(json_object_get(order, "invoice"), "number"), NUMBER);
	json_decref(order);
}

static void test_a_persons_invoice_goes_to_the_holder(void **state)
{
	struct unit_case *c = *state;
	paid(c, "new-person", NULL);
	filed(c, NUMBER);
	check_mail(c, "person@example.com");
}

static void test_a_mail_that_fails_is_sent_later(void **state)
{
	struct unit_case *c = *state;
	char command[200];
	json_t *out = NULL;
	paid(c, "new-unit", NULL);
	snprintf(command, sizeof command, "rm -rf %s/outbox/mail && : >%s/outbox/mail", c->site.dir, c->site.dir);
	assert_int_equal(system(command), 0);
	site_is(OK, invoice_file(c->d, c->no, NUMBER, today(c), pdf(c), &out, &c->e), &c->e);
	assert_string_equal(json_text(out, "notice"), "FILE_WRITE");
	assert_string_equal(json_text(out, "state"), "issued");
	json_decref(out);
	snprintf(command, sizeof command, "rm %s/outbox/mail", c->site.dir);
	assert_int_equal(system(command), 0);
	EXPECT(OK, invoice_send(c->d, c->no, NULL, &out, &c->e));
	state_is(c, "sent");
}

static void test_the_pdf_is_judged_by_its_content(void **state)
{
	struct unit_case *c = *state;
	static const char *const wrong[] = {"", "PK\3\4", "%PDF-1.7\n", "%PDF-x.7\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nstartxref\n9\n%%EOF\n",
	                                    "%PDF-1.7 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx startxref 9",
	                                    "<html>%PDF-1.7 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx startxref 9 %%EOF"};
	paid(c, "new-unit", NULL);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		EXPECT(ERR_DESK_PDF, invoice_file(c->d, c->no, NUMBER, today(c), site_file(&c->site, "x.pdf", wrong[i]), &out, &c->e));
	EXPECT(ERR_DESK_PDF, invoice_file(c->d, c->no, NUMBER, today(c), site_picture(&c->site, "photo.pdf"), &out, &c->e));
	EXPECT(ERR_FILE_READ, invoice_file(c->d, c->no, NUMBER, today(c), "/nonexistent/\x1b[2J.pdf", &out, &c->e));
	char *big = malloc((5 << 20) + 2), sentence[1024];
	memset(big, ' ', (5 << 20) + 1);
	memcpy(big, "%PDF-1.7", 8);
	memcpy(big + (5 << 20) - 20, "startxref 9 %%EOF", 17);
	big[(5 << 20) + 1] = '\0';
	EXPECT(ERR_FILE_TOO_BIG, invoice_file(c->d, c->no, NUMBER, today(c), site_file(&c->site, "big.pdf", big), &out, &c->e));
	free(big);
	EXPECT(ERR_DESK_PDF, invoice_file(c->d, c->no, NUMBER, today(c), site_file(&c->site, "a\x1b[31m.pdf", "no"), &out, &c->e));
	assert_null(strchr(error_sentence(&c->e, sentence, sizeof sentence), '\x1b'));
	state_is(c, "requested");
	/* any name will do */
	EXPECT(OK, invoice_file(c->d, c->no, NUMBER, today(c), site_file(&c->site, "..\xff;rm -rf.exe", PDF), &out, &c->e));
	state_is(c, "sent");
}

static void test_the_pdf_lies_encrypted_and_goes_with_its_last_row(void **state)
{
	struct unit_case *c = *state;
	char command[300];
	paid(c, "new-unit", NULL);
	filed(c, NUMBER);
	snprintf(command, sizeof command, "grep -rq 'PDF-1.7' %s/files", c->site.dir);
	assert_int_not_equal(system(command), 0);
	snprintf(command, sizeof command, "test $(find %s/files -type f | wc -l) = 6", c->site.dir);
	int before = system(command);
	/* another PDF for the same number is a correction: the first one's file goes */
	const char *other = site_file(&c->site, "other.pdf", "%PDF-1.4\nother xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nstartxref\n9\n%%EOF\n");
	EXPECT(OK, invoice_file(c->d, c->no, NULL, NULL, other, &out, &c->e));
	assert_int_equal(system(command), before);
	state_is(c, "sent");
	EXPECT(ERR_DESK_INVOICE_STATE, invoice_file(c->d, c->no, "26112000000000000001", today(c), pdf(c), &out, &c->e));
	assert_int_equal(system(command), before); /* refused: nothing is left of it */
	struct bytes back = {0};
	EXPECT(OK, invoice_pdf(c->d, c->no, &back, &c->e));
	assert_non_null(strstr((char *)back.data, "other"));
	bytes_free(&back);
	snprintf(command, sizeof command, "find %s/files -type f -newermt @0 -size -2 -exec sh -c 'printf x >>{}' ';'", c->site.dir);
	assert_int_equal(system(command), 0);
	EXPECT(ERR_DESK_FILE, invoice_pdf(c->d, c->no, &back, &c->e));
	EXPECT(ERR_DESK_FILE, invoice_send(c->d, c->no, NULL, &out, &c->e));
}

static void test_a_number_counts_once(void **state)
{
	struct unit_case *c = *state;
	static const char *const bad[] = {"", "1234567", "123456789012345678901", "2611200000001234567x", "-1234567890"};
	paid(c, "new-unit", NULL);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		EXPECT(ERR_DESK_INVOICE_NUMBER, invoice_file(c->d, c->no, bad[i], today(c), pdf(c), &out, &c->e));
	EXPECT(ERR_DESK_INVOICE_NUMBER, invoice_file(c->d, c->no, NULL, today(c), pdf(c), &out, &c->e));
	filed(c, NUMBER);
	paid(c, "new-unit", NULL);
	EXPECT(ERR_DESK_INVOICE_NUMBER, invoice_file(c->d, c->no, NUMBER, today(c), pdf(c), &out, &c->e));
	EXPECT(ERR_DESK_INVOICE_NUMBER, invoice_file(c->d, c->no, "２６１１２００００００００１２３４５６７８", today(c), pdf(c), &out, &c->e));
	filed(c, "26112000000012345679");
}

static void test_the_date_lies_between_signature_and_today(void **state)
{
	struct unit_case *c = *state;
	char date[11];
	paid(c, "new-unit", NULL);
	civil_date_text(desk_now(c->d) - 86400, date);
	EXPECT(ERR_DESK_INVOICE_DATE, invoice_file(c->d, c->no, NUMBER, date, pdf(c), &out, &c->e));
	civil_date_text(desk_now(c->d) + 86400, date);
	EXPECT(ERR_DESK_INVOICE_DATE, invoice_file(c->d, c->no, NUMBER, date, pdf(c), &out, &c->e));
	EXPECT(ERR_DESK_DATE, invoice_file(c->d, c->no, NUMBER, "22.11.2026", pdf(c), &out, &c->e));
	filed(c, NUMBER);
}

static void test_a_refund_before_the_invoice_cancels_the_request(void **state)
{
	struct unit_case *c = *state;
	paid(c, "new-unit", NULL);
	site_as(&c->site, c->d, "rv1");
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(OK, review_reject(c->d, c->no, "单位已注销", &out, &c->e));
	site_as(&c->site, c->d, "op1");
	state_is(c, "cancelled");
	EXPECT(ERR_DESK_INVOICE_EMPTY, invoice_export(c->d, book(c), false, &out, &c->e));
	EXPECT(ERR_DESK_INVOICE_STATE, invoice_file(c->d, c->no, NUMBER, today(c), pdf(c), &out, &c->e));
	EXPECT(ERR_DESK_INVOICE_UNWANTED, invoice_request(c->d, c->no, NULL, &out, &c->e));
	EXPECT(OK, move(c, "refunded"));
}

static void test_a_refund_after_the_invoice_needs_a_red_one(void **state)
{
	struct unit_case *c = *state;
	paid(c, "new-unit", NULL);
	filed(c, NUMBER);
	EXPECT(OK, move(c, "reject"));
	EXPECT(OK, move(c, "refund"));
	json_t *out = shown(c);
	assert_string_equal(json_text(out, "state"), "sent");
	assert_true(json_flag(out, "red_due"));
	json_decref(out);
	EXPECT(ERR_DESK_INVOICE_RED, move(c, "refunded"));
	assert_non_null(strstr(c->e.detail, NUMBER));
	status_is(c, "refunding");
	EXPECT(ERR_DESK_INVOICE_STATE, invoice_send(c->d, c->no, NULL, &out, &c->e)); /* not to the customer any more */
	EXPECT(ERR_DESK_FORBIDDEN, invoice_red(c->d, c->no, "26112000000099999999", today(c), NULL, &out, &c->e));
	site_as(&c->site, c->d, "mg1");
	EXPECT(ERR_DESK_INVOICE_NUMBER, invoice_red(c->d, c->no, NUMBER, today(c), NULL, &out, &c->e)); /* the red one has its own */
	EXPECT(ERR_DESK_INVOICE_DATE, invoice_red(c->d, c->no, "26112000000099999999", "2001-01-01", NULL, &out, &c->e));
	EXPECT(OK, invoice_red(c->d, c->no, "26112000000099999999", today(c), NULL, &out, &c->e));
	out = shown(c);
	assert_string_equal(json_text(out, "state"), "red");
	assert_string_equal(json_text(out, "red_number"), "26112000000099999999");
	assert_false(json_flag(out, "red_due"));
	json_decref(out);
	EXPECT(ERR_DESK_INVOICE_STATE, invoice_red(c->d, c->no, "26112000000099999998", today(c), NULL, &out, &c->e));
	EXPECT(OK, move(c, "refunded"));
	paid(c, "new-unit", NULL);
	EXPECT(ERR_DESK_INVOICE_NUMBER, invoice_file(c->d, c->no, "26112000000099999999", today(c), pdf(c), &out, &c->e));
}

static void test_an_invoice_of_a_list_that_comes_after_the_refund_is_filed_not_sent(void **state)
{
	struct unit_case *c = *state;
	paid(c, "new-unit", NULL);
	EXPECT(OK, invoice_export(c->d, book(c), false, &out, &c->e));
	EXPECT(OK, move(c, "reject"));
	EXPECT(OK, move(c, "refund"));
	state_is(c, "cancelled");
	size_t mails = site_messages(&c->site, "mail");
	EXPECT(OK, invoice_file(c->d, c->no, NUMBER, today(c), pdf(c), &out, &c->e));
	json_t *out = shown(c);
	assert_string_equal(json_text(out, "state"), "issued");
	assert_true(json_flag(out, "red_due"));
	json_decref(out);
	assert_int_equal(site_messages(&c->site, "mail"), mails);
	EXPECT(ERR_DESK_INVOICE_RED, move(c, "refunded"));
}

static void test_a_red_invoice_of_a_living_order_asks_for_a_new_one(void **state)
{
	struct unit_case *c = *state;
	paid(c, "new-unit", NULL);
	filed(c, NUMBER);
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, invoice_red(c->d, c->no, "26112000000099999999", today(c), NULL, &out, &c->e));
	state_is(c, "requested");
	filed(c, "26112000000012345680");
}

#define RED "26112000000099999999"

/* The refund waits for the red one; its PDF goes to the customer all the same, who has to book it. */
static void test_the_red_pdf_goes_to_the_agents_mail(void **state)
{
	struct unit_case *c = *state;
	char sent[32];
	paid(c, "new-unit", NULL);
	filed(c, NUMBER);
	EXPECT(OK, move(c, "reject"));
	EXPECT(OK, move(c, "refund"));
	site_as(&c->site, c->d, "mg1");
	size_t mails = site_messages(&c->site, "mail");
	EXPECT(ERR_DESK_PDF, invoice_red(c->d, c->no, RED, today(c), site_file(&c->site, "red.pdf", "no PDF"), &out, &c->e));
	state_is(c, "sent"); /* whole or not at all */
	EXPECT(OK, invoice_red(c->d, c->no, RED, today(c), pdf(c), &out, &c->e));
	json_t *now = shown(c);
	assert_string_equal(json_text(now, "state"), "red");
	assert_true(json_flag(now, "red_pdf"));
	assert_true(*json_text(now, "red_sent_at") != '\0');
	json_decref(now);
	assert_int_equal(site_messages(&c->site, "mail"), mails + 1);
	site_message(&c->site, "mail", "的红字发票见附件，发票号码", sent);
	assert_string_equal(sent, RED);
	EXPECT(OK, move(c, "refunded"));
}

static void test_a_red_pdf_comes_later_and_may_be_replaced(void **state)
{
	struct unit_case *c = *state;
	struct bytes have = {0};
	char text[200], path[128];
	paid(c, "new-unit", NULL);
	filed(c, NUMBER);
	site_as(&c->site, c->d, "mg1");
	EXPECT(ERR_DESK_INVOICE_NUMBER, invoice_red(c->d, c->no, NULL, NULL, pdf(c), &out, &c->e)); /* nothing is red */
	EXPECT(OK, invoice_red(c->d, c->no, RED, today(c), NULL, &out, &c->e));
	EXPECT(ERR_DESK_INVOICE_STATE, invoice_red_send(c->d, c->no, NULL, NULL, &out, &c->e));
	size_t mails = site_messages(&c->site, "mail");
	EXPECT(ERR_DESK_INVOICE_STATE, invoice_red(c->d, c->no, RED, "2001-01-01", pdf(c), &out, &c->e)); /* another date than filed */
	EXPECT(OK, invoice_red(c->d, c->no, NULL, NULL, pdf(c), &out, &c->e));
	assert_int_equal(site_messages(&c->site, "mail"), mails + 1);
	state_is(c, "requested"); /* the living order's new one is left alone */
	snprintf(text, sizeof text, "%s\n", PDF);
	EXPECT(OK, invoice_red(c->d, c->no, RED, NULL, site_file(&c->site, "red.pdf", text), &out, &c->e));
	assert_int_equal(site_messages(&c->site, "mail"), mails + 2);
	snprintf(path, sizeof path, "%s/saved.pdf", c->site.root);
	EXPECT(OK, invoice_red_save(c->d, c->no, NULL, path, &out, &c->e));
	site_is(OK, file_read(path, 1 << 20, &have, &c->e), &c->e);
	assert_int_equal(have.length, strlen(text));
	assert_memory_equal(have.data, text, have.length);
	bytes_free(&have);
	EXPECT(ERR_DESK_INVOICE_NONE, invoice_red_save(c->d, c->no, "26112000000011111111", path, &out, &c->e));
	EXPECT(OK, invoice_red_send(c->d, c->no, RED, "boss@example.com", &out, &c->e));
	EXPECT(ERR_NOTIFY_RECIPIENT, invoice_red_send(c->d, c->no, RED, "boss", &out, &c->e));
	filed(c, "26112000000012345680"); /* and the new one has its own number and file */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_the_invoice_goes_to_the_agents_mail_unless_another_is_given),
		CASE(test_a_persons_invoice_goes_to_the_holder),
		CASE(test_a_mail_that_fails_is_sent_later),
		CASE(test_the_pdf_is_judged_by_its_content),
		CASE(test_the_pdf_lies_encrypted_and_goes_with_its_last_row),
		CASE(test_a_number_counts_once),
		CASE(test_the_date_lies_between_signature_and_today),
		CASE(test_a_refund_before_the_invoice_cancels_the_request),
		CASE(test_a_refund_after_the_invoice_needs_a_red_one),
		CASE(test_an_invoice_of_a_list_that_comes_after_the_refund_is_filed_not_sent),
		CASE(test_a_red_invoice_of_a_living_order_asks_for_a_new_one),
		CASE(test_the_red_pdf_goes_to_the_agents_mail),
		CASE(test_a_red_pdf_comes_later_and_may_be_replaced),
	};
	return RUN(tests);
}
