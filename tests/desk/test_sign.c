/* 申请签名确认: what must be there before, the code's tries and times, paper, and what a later change does. */
#include "case.h"

#include <unistd.h>

static void code_of(struct unit_case *c, char out[32])
{
	site_message(&c->site, "sms", "验证码", out);
	assert_int_equal(strlen(out), 6);
}

static void sent(struct unit_case *c, char code[32])
{
	site_draft(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(OK, sign_send(c->d, c->no, &out, &c->e));
	code_of(c, code);
}

static void other_code(const char *code, char out[32])
{
	snprintf(out, 32, "%06d", (atoi(code) + 1) % 1000000);
}

static void test_a_code_signs(void **state)
{
	struct unit_case *c = *state;
	char code[32];
	sent(c, code);
	EXPECT(OK, sign_code(c->d, c->no, code, &out, &c->e));
	status_is(c, "awaiting-payment");
	assert_int_equal(number_of(c, "amount"), number_of(c, "due"));
	EXPECT(ERR_DESK_STATUS, sign_code(c->d, c->no, code, &out, &c->e)); /* it works once */
}

/* What the customer signs says what each amount is for, in the language of the screen. */
static void test_a_preview_names_what_is_charged(void **state)
{
	struct unit_case *c = *state;
	size_t i;
	json_t *out = NULL, *line;
	site_draft(&c->site, c->d, "new-unit", NULL, c->no);
	site_is(OK, sign_preview(c->d, c->no, &out, &c->e), &c->e);
	assert_true(json_array_size(json_object_get(out, "lines")) > 1);
	json_array_foreach(json_object_get(out, "lines"), i, line)
		assert_string_not_equal(json_text(line, "title"), "");
	json_decref(out);
}

static void test_full_width_digits_are_folded(void **state)
{
	struct unit_case *c = *state;
	char code[32], wide[64] = "";
	sent(c, code);
	for (const char *s = code; *s; s++) {
		char digit[4] = {(char)0xEF, (char)0xBC, (char)(0x90 + (*s - '0')), 0};
		strcat(wide, digit);
	}
	EXPECT(OK, sign_code(c->d, c->no, wide, &out, &c->e));
}

static void test_five_tries(void **state)
{
	struct unit_case *c = *state;
	char code[32], wrong[32];
	sent(c, code);
	other_code(code, wrong);
	for (int left = 4; left >= 0; left--) {
		char text[12];
		EXPECT(left ? ERR_DESK_CODE : ERR_DESK_CODE_SPENT, sign_code(c->d, c->no, wrong, &out, &c->e));
		snprintf(text, sizeof text, "%d", left);
		assert_string_equal(c->e.detail, text);
	}
	EXPECT(ERR_DESK_CODE_ENDED, sign_code(c->d, c->no, code, &out, &c->e));
	status_is(c, "draft");
}

static void test_five_minutes(void **state)
{
	struct unit_case *c = *state;
	char code[32];
	sent(c, code);
	later(c, 301);
	EXPECT(ERR_DESK_CODE_ENDED, sign_code(c->d, c->no, code, &out, &c->e));
}

static void test_resend_after_sixty_seconds(void **state)
{
	struct unit_case *c = *state;
	char code[32], again[32];
	sent(c, code);
	later(c, 59);
	EXPECT(ERR_DESK_RESEND, sign_send(c->d, c->no, &out, &c->e));
	later(c, 1);
	EXPECT(OK, sign_send(c->d, c->no, &out, &c->e));
	code_of(c, again);
	if (strcmp(code, again) != 0)
		EXPECT(ERR_DESK_CODE, sign_code(c->d, c->no, code, &out, &c->e)); /* the first one has ended */
	EXPECT(OK, sign_code(c->d, c->no, again, &out, &c->e));
}

static void test_ten_codes_a_day(void **state)
{
	struct unit_case *c = *state;
	char code[32];
	sent(c, code);
	for (int i = 1; i < 10; i++) {
		later(c, 61);
		EXPECT(OK, sign_send(c->d, c->no, &out, &c->e));
	}
	later(c, 61);
	EXPECT(ERR_DESK_CODES, sign_send(c->d, c->no, &out, &c->e));
	later(c, 86400);
	EXPECT(OK, sign_send(c->d, c->no, &out, &c->e));
}

static void test_a_change_after_sending_needs_a_new_code(void **state)
{
	struct unit_case *c = *state;
	char code[32];
	sent(c, code);
	json_t *data = json_pack("{ss}", "department", "财务部");
	EXPECT(OK, draft_edit(c->d, c->no, data, &c->e));
	json_decref(data);
	EXPECT(ERR_DESK_CHANGED, sign_code(c->d, c->no, code, &out, &c->e));
}

static void test_a_document_changed_after_sending_needs_a_new_code(void **state)
{
	struct unit_case *c = *state;
	char code[32];
	sent(c, code);
	EXPECT(OK, attach_remove(c->d, c->no, "seal-sample", &c->e));
	EXPECT(ERR_DESK_DOCUMENTS, sign_code(c->d, c->no, code, &out, &c->e));
	EXPECT(OK, attach_add(c->d, c->no, "seal-sample", site_picture(&c->site, "licence-2.jpg"), false, &out, &c->e));
	EXPECT(ERR_DESK_CHANGED, sign_code(c->d, c->no, code, &out, &c->e));
}

static void refused_without(struct unit_case *c, const char *field, json_t *value, enum err wanted)
{
	json_t *changes = json_pack("{so}", field, value);
	site_draft(&c->site, c->d, "new-unit", changes, c->no);
	EXPECT(wanted, sign_send(c->d, c->no, &out, &c->e));
	json_decref(changes);
}

static void test_identity_consent_and_fields_are_asked(void **state)
{
	struct unit_case *c = *state;
	refused_without(c, "identity_seen", json_false(), ERR_DESK_IDENTITY);
	refused_without(c, "identity_seen", json_null(), ERR_DESK_IDENTITY);
	refused_without(c, "consent", json_false(), ERR_DESK_CONSENT);
	refused_without(c, "legal_name", json_null(), ERR_DESK_MISTAKES);
}

static void test_a_changed_signed_field_voids_the_signature(void **state)
{
	struct unit_case *c = *state;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	json_t *unsigned_field = json_pack("{ss}", "agent_email", "other@example.com");
	json_t *signed_field = json_pack("{ss}", "legal_name", "司马·光");
	EXPECT(OK, draft_edit(c->d, c->no, unsigned_field, &c->e));
	status_is(c, "awaiting-payment"); /* the mail address is not signed */
	EXPECT(OK, draft_edit(c->d, c->no, signed_field, &c->e));
	status_is(c, "returned");
	later(c, 61);
	EXPECT(OK, sign_send(c->d, c->no, &out, &c->e));
	char code[32];
	code_of(c, code);
	EXPECT(OK, sign_code(c->d, c->no, code, &out, &c->e));
	status_is(c, "awaiting-payment");
	json_decref(unsigned_field);
	json_decref(signed_field);
}

static void second(struct unit_case *c, const char *login)
{
	struct secret password;
	struct error e = {0};
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_is(OK, staff_second(c->d, login, &password, &e), &e);
}

static void test_paper_needs_a_scan_and_a_second_person(void **state)
{
	struct unit_case *c = *state;
	site_draft(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(ERR_DESK_DOCUMENTS, sign_paper(c->d, c->no, &out, &c->e)); /* nobody is called in vain */
	second(c, "rv1");
	EXPECT(ERR_DESK_DOCUMENTS, sign_paper(c->d, c->no, &out, &c->e));
	c->d->second = (struct staff){0};
	EXPECT(OK, attach_add(c->d, c->no, "signed-form", site_picture(&c->site, "signed.jpg"), false, &out, &c->e));
	EXPECT(ERR_DESK_TWO_PERSONS, sign_paper(c->d, c->no, &out, &c->e));
	second(c, "is1");
	EXPECT(ERR_DESK_TWO_PERSONS, sign_paper(c->d, c->no, &out, &c->e)); /* one who may not confirm */
	/* an operator who is called by somebody that is none does both, alone */
	struct secret password;
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&c->site, c->d, "root1");
	EXPECT(OK, staff_add(c->d, "op2", "某", "operator", &password, &c->e));
	site_as(&c->site, c->d, "au1");
	second(c, "op2");
	EXPECT(ERR_DESK_OWN_RIGHT, sign_paper(c->d, c->no, &out, &c->e));
	site_as(&c->site, c->d, "op1");
	second(c, "rv1");
	EXPECT(OK, sign_paper(c->d, c->no, &out, &c->e));
	status_is(c, "awaiting-payment");
	json_t *history = NULL;
	site_is(OK, order_history(c->d, c->no, &history, &c->e), &c->e);
	assert_string_equal(json_text(json_array_get(history, 0), "second"), "110114-01/rv1"); /* the journal names both */
	json_decref(history);
}

static void test_signing_stops_while_the_clock_is_behind_the_journal(void **state)
{
	struct unit_case *c = *state;
	char code[32];
	site_signed(&c->site, c->d, "new-person", NULL, c->no); /* the journal's newest entry is of now, however old the site is */
	sent(c, code);
	later(c, -200);
	EXPECT(ERR_DESK_CLOCK, sign_code(c->d, c->no, code, &out, &c->e));
	later(c, 200);
	EXPECT(OK, sign_code(c->d, c->no, code, &out, &c->e));
}

static void test_price_zero_goes_on_to_review(void **state)
{
	struct unit_case *c = *state;
	char code[32], date[11];
	static const char free_of_charge[] = "business,kind,product,item_role,code,channel,reason,amount,zh,en\n"
	                                     "new,certificate,,,,,,0,单位证书,certificate\nnew,medium,,,,,,0,介质,medium\n"
	                                     "new,service,,,,,,0,签章,seal\nnew,postage,,,,,,0,邮费,postage\n";
	site_as(&c->site, c->d, "mg1");
	civil_date_text(desk_now(c->d), date);
	EXPECT(OK, table_import(c->d, "prices", site_file(&c->site, "prices.csv", free_of_charge), date, &out, &c->e));
	site_as(&c->site, c->d, "op1");
	sent(c, code);
	EXPECT(OK, sign_code(c->d, c->no, code, &out, &c->e));
	status_is(c, "in-review");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_code_signs), CASE(test_a_preview_names_what_is_charged), CASE(test_full_width_digits_are_folded), CASE(test_five_tries), CASE(test_five_minutes),
		CASE(test_resend_after_sixty_seconds), CASE(test_ten_codes_a_day), CASE(test_a_change_after_sending_needs_a_new_code),
		CASE(test_a_document_changed_after_sending_needs_a_new_code), CASE(test_identity_consent_and_fields_are_asked),
		CASE(test_a_changed_signed_field_voids_the_signature), CASE(test_paper_needs_a_scan_and_a_second_person),
		CASE(test_signing_stops_while_the_clock_is_behind_the_journal), CASE(test_price_zero_goes_on_to_review),
	};
	return RUN(tests);
}
