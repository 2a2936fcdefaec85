/* The shipped forms on the sample data: required, relevant, merged, judged, signed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/json_file.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "rules/form.h"

static struct code_tables *codes;
static struct form *unit, *person;
static json_t *unit_data, *person_data;
static int64_t today;

static int setup(void **state)
{
	struct error e = {0};
	(void)state;
	lang_set(LANG_ZH);
	today = civil_to_utc((struct civil){2026, 11, 22, 12, 0, 0});
	if (codes_open("forms/codes", &codes, &e) || form_load("forms/new-unit.yaml", codes, &unit, &e) ||
	    form_load("forms/new-person.yaml", codes, &person, &e) ||
	    json_read_file("tests/unit/rules/new-unit.json", &unit_data, &e) ||
	    json_read_file("tests/unit/rules/new-person.json", &person_data, &e)) {
		fprintf(stderr, "%s\n", e.detail);
		return -1;
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	json_decref(unit_data);
	json_decref(person_data);
	form_free(&unit);
	form_free(&person);
	codes_free(&codes);
	return 0;
}

static json_t *merged(const struct form *form, const json_t *data)
{
	struct error e = {0};
	json_t *values = form_defaults(form);
	if (form_merge(form, codes, data, true, today, values, &e))
		fail_msg("%s", e.detail);
	return values;
}

static json_t *sample_with(const struct form *form, const json_t *data, const char *field, json_t *value)
{
	json_t *values = merged(form, data);
	json_object_set_new(values, field, value);
	return values;
}

static void first_mistake_is(const struct form *form, json_t *values, const char *name)
{
	json_t *mistakes = NULL;
	const struct form_field *first = form_judge_all(form, codes, values, today, &mistakes);
	char *line = json_line(mistakes);
	if (strcmp(first ? first->name : "", name) != 0)
		fail_msg("expected '%s', got '%s': %s", name, first ? first->name : "", line);
	free(line);
	json_decref(mistakes);
	json_decref(values);
}

static bool required(const struct form *form, const json_t *values, const char *name)
{
	return form_required(form, form_field(form, name), values);
}

static bool relevant(const struct form *form, const json_t *values, const char *name)
{
	return form_relevant(form, form_field(form, name), values);
}

static void shipped_definitions_are_right(void **state)
{
	(void)state;
	struct error e = {0};
	if (forms_check("forms", &e))
		fail_msg("%s", e.detail);
	assert_string_equal(unit->name, "new-unit");
	assert_string_equal(unit->business, "new");
	assert_string_equal(person->customer, "person");
	assert_true(strncmp(unit->digest, "sha256:", 7) == 0);
}

static void sections_stand_in_the_order_of_the_manual(void **state)
{
	(void)state;
	static const char *const labels[] = {"数字证书渠道", "选择认证方式", "单位基本信息", "法定代表人信息", "证书商品信息", "企业账户银行付款",
	                                     "发票信息", "选择经办人认证方式", "联系人信息", "核验与同意"};
	assert_int_equal(unit->section_count, sizeof labels / sizeof *labels);
	for (size_t i = 0; i < unit->section_count; i++)
		assert_string_equal(text2_tr(&unit->sections[i].label), labels[i]);
	assert_int_equal(form_field(unit, "uscc")->section, 2);
}

static void every_field_is_explained_in_both_languages(void **state)
{
	(void)state;
	const struct form *const forms[] = {unit, person};
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < forms[k]->field_count; i++) {
			const struct form_field *f = &forms[k]->fields[i];
			assert_true(f->label.zh && *f->label.zh && f->label.en && *f->label.en);
			if (!f->help.zh || !*f->help.zh || !f->help.en || !*f->help.en)
				fail_msg("%s has no help", f->name);
		}
}

/* The taxpayer number is the credit code's until another is keyed. */
static void a_field_follows_another_while_it_is_empty(void **state)
{
	(void)state;
	json_t *values = json_pack("{ss}", "uscc", "91110105MA01ABCD5F");
	form_prefill(unit, "unit_name", values);
	assert_null(json_object_get(values, "invoice_tax_number"));
	form_prefill(unit, "uscc", values);
	assert_string_equal(json_text(values, "invoice_tax_number"), "91110105MA01ABCD5F");
	json_object_set_new(values, "uscc", json_string("91350100M000100Y43"));
	form_prefill(unit, NULL, values);
	assert_string_equal(json_text(values, "invoice_tax_number"), "91110105MA01ABCD5F");
	json_decref(values);
	values = form_defaults(unit);
	form_prefill(unit, NULL, values);
	assert_null(json_object_get(values, "invoice_tax_number"));
	json_decref(values);
}

static void samples_are_complete(void **state)
{
	(void)state;
	first_mistake_is(unit, merged(unit, unit_data), "");
	first_mistake_is(person, merged(person, person_data), "");
}

static void each_required_field_of_the_samples_is_missed(void **state)
{
	(void)state;
	static const char *const fields[] = {"channel", "enterprise_auth", "unit_name", "uscc", "region", "legal_name",
		"legal_mobile",
	                                     "legal_id_number", "product", "medium", "invoice_tax_number", "agent_auth",
		"agent_name",
	                                     "agent_id_number", "agent_mobile", "agent_email", "identity_seen", "consent"};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		json_t *values = merged(unit, unit_data);
		json_object_del(values, fields[i]);
		first_mistake_is(unit, values, fields[i]);
	}
	static const char *const optional[] = {"department", "unit_phone", "seal_services", "account_number",
		"account_bank",
	                                       "invoice_address_phone", "invoice_bank_account", "mail_region",
		"mail_address"};
	for (size_t i = 0; i < sizeof optional / sizeof *optional; i++) {
		json_t *values = merged(unit, unit_data);
		json_object_del(values, optional[i]);
		first_mistake_is(unit, values, "");
	}
}

static void the_method_decides_what_is_required(void **state)
{
	(void)state;
	json_t *values = merged(unit, unit_data);
	assert_true(required(unit, values, "legal_mobile"));
	assert_false(required(unit, values, "account_number"));
	assert_false(relevant(unit, values, "legal_bank_card"));
	json_object_set_new(values, "enterprise_auth", json_string("legal-bank-card"));
	assert_true(required(unit, values, "legal_mobile"));
	assert_true(relevant(unit, values, "legal_bank_card"));
	assert_true(required(unit, values, "legal_bank_card"));
	json_object_set_new(values, "enterprise_auth", json_string("bank-account"));
	assert_false(required(unit, values, "legal_mobile"));
	assert_true(required(unit, values, "account_number"));
	assert_true(required(unit, values, "account_bank"));
	assert_false(relevant(unit, values, "agent_bank_card"));
	json_object_set_new(values, "agent_auth", json_string("bank-card"));
	assert_true(required(unit, values, "agent_bank_card"));
	json_object_set_new(values, "invoice_kind", json_string("special"));
	assert_true(required(unit, values, "invoice_address_phone"));
	json_object_set_new(values, "delivery", json_string("mail"));
	assert_true(required(unit, values, "mail_address"));
	json_decref(values);
}

static void representatives_from_elsewhere_use_the_account(void **state)
{
	(void)state;
	static const char *const kinds[] = {"taiwan-permit", "home-return-permit", "passport", "residence-permit",
	                                    "permanent-residence"};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		first_mistake_is(unit, sample_with(unit, unit_data, "legal_id_kind", json_string(kinds[i])), "legal_id_kind");
	json_t *values = sample_with(unit, unit_data, "legal_id_kind", json_string("taiwan-permit"));
	json_object_set_new(values, "legal_id_number", json_string("12345678"));
	json_object_set_new(values, "enterprise_auth", json_string("bank-account"));
	first_mistake_is(unit, values, "");
}

static void a_section_hides_its_fields(void **state)
{
	(void)state;
	json_t *values = merged(person, person_data);
	assert_false(relevant(person, values, "agent_name"));
	assert_false(required(person, values, "agent_name"));
	json_object_set_new(values, "agent_is_holder", json_false());
	assert_true(required(person, values, "agent_name"));
	first_mistake_is(person, values, "agent_name");
}

static void a_person_may_be_checked_by_card(void **state)
{
	(void)state;
	json_t *values = sample_with(person, person_data, "agent_auth", json_string("bank-card"));
	assert_true(required(person, values, "agent_bank_card"));
	json_object_set_new(values, "agent_bank_card", json_string("6222021234567890128"));
	first_mistake_is(person, values, "");
}

static void account_and_invoice_follow_the_name(void **state)
{
	(void)state;
	json_t *values = merged(unit, unit_data);
	static const char *const fields[] = {"account_name", "invoice_title"};
	for (size_t i = 0; i < 2; i++) {
		const struct form_field *f = form_field(unit, fields[i]);
		char *text = form_value_text(unit, f, values);
		assert_string_equal(text, "北京示例科技有限公司");
		assert_true(form_readonly(unit, f, values));
		assert_int_not_equal(form_set(unit, f, "别的公司", values), OK);
		free(text);
	}
	json_decref(values);
}

static void an_expired_document_is_refused(void **state)
{
	(void)state;
	first_mistake_is(unit, sample_with(unit, unit_data, "agent_id_valid_until", json_string("2026-11-21")),
		"agent_id_valid_until");
	first_mistake_is(unit, sample_with(unit, unit_data, "agent_id_valid_until", json_string("2026-11-22")), "");
	first_mistake_is(unit, sample_with(unit, unit_data, "agent_id_valid_until", json_string("长期")), "");
}

/* A person's agent: an identity card has a date, and one that is over is refused. */
static void a_persons_agents_card_has_a_valid_date(void **state)
{
	static const char *const agent[][2] = {{"agent_name", "李四"}, {"agent_mobile", "13900139000"}, {"agent_id_kind", "resident-id"},
		{"agent_id_number", "110101199003071233"}};
	static const char *const names[] = {"", "2026-11-21", "2026-11-22", "长期"}, *const wrong[] = {"agent_id_valid_until", "agent_id_valid_until", "", ""};
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		json_t *values = sample_with(person, person_data, "agent_is_holder", json_false());
		for (size_t k = 0; k < sizeof agent / sizeof *agent; k++)
			json_object_set_new(values, agent[k][0], json_string(agent[k][1]));
		if (*names[i])
			json_object_set_new(values, "agent_id_valid_until", json_string(names[i]));
		first_mistake_is(person, values, wrong[i]);
	}
}

static void a_number_is_judged_by_the_kind_of_document(void **state)
{
	(void)state;
	json_t *values = merged(unit, unit_data);
	const struct form_field *number = form_field(unit, "agent_id_number");
	assert_string_equal(check_name(form_check(unit, number, values)), "resident_id");
	assert_int_equal(form_limit(unit, number, values), 18);
	json_object_set_new(values, "agent_id_kind", json_string("taiwan-permit"));
	assert_string_equal(check_name(form_check(unit, number, values)), "taiwan_permit");
	json_object_set_new(values, "agent_id_number", json_string("12345678"));
	first_mistake_is(unit, values, "");
	values = sample_with(unit, unit_data, "agent_id_kind", json_string("passport"));
	json_object_set_new(values, "agent_id_number", json_string("ABCDEFG"));
	first_mistake_is(unit, values, "agent_id_number");
}

static void warnings_are_told_and_do_not_count(void **state)
{
	(void)state;
	json_t *mistakes = NULL, *values = sample_with(unit, unit_data, "agent_id_number",
		json_string("440524188001010014"));
	assert_null(form_judge_all(unit, codes, values, today, &mistakes));
	assert_int_equal(json_array_size(mistakes), 1);
	const json_t *warning = json_array_get(mistakes, 0);
	assert_string_equal(json_text(warning, "field"), "agent_id_number");
	assert_string_equal(json_text(warning, "verdict"), "warn");
	assert_non_null(strstr(json_text(warning, "message"), "440524"));
	json_decref(mistakes);
	json_decref(values);
}

static void merging_folds_what_comes(void **state)
{
	(void)state;
	json_t *data = json_pack("{s:s, s:s, s:s, s:s, s:[s,s,s], s:s, s:n}", "uscc", " ９1350100m000100y43",
		"legal_mobile", "+86 138-0013-8000",
	                         "legal_id_kind", "resident-id", "legal_id_number", "11010519491231002x", "seal_services",
	                         "personal-seal", "handwritten-seal", "personal-seal", "department", "  ", "unit_phone");
	json_t *values = merged(unit, unit_data);
	assert_int_equal(form_merge(unit, codes, data, true, today, values, NULL), OK);
	assert_string_equal(json_text(values, "uscc"), "91350100M000100Y43");
	assert_string_equal(json_text(values, "legal_mobile"), "13800138000");
	assert_string_equal(json_text(values, "legal_id_number"), "11010519491231002X");
	assert_int_equal(json_array_size(json_object_get(values, "seal_services")), 2);
	assert_null(json_object_get(values, "department"));
	assert_null(json_object_get(values, "unit_phone"));
	assert_string_equal(json_text(values, "unit_name"), "北京示例科技有限公司");
	json_decref(data);
	json_decref(values);
}

static void a_number_may_be_one_in_json(void **state)
{
	(void)state;
	static const struct {
		const char *data, *kept, *says; /* says: why it is refused, or NULL */
	} rows[] = {
		{"{\"secondary_keys\": 2}", "2", NULL}, {"{\"secondary_keys\": \"3\"}", "3", NULL}, {"{\"secondary_keys\": null}", "", NULL},
		{"{\"secondary_keys\": -1}", "", "另加副锁"}, {"{\"secondary_keys\": 9223372036854775807}", "", "另加副锁"},
		{"{\"secondary_keys\": 1.5}", "", "应为整数"}, {"{\"secondary_keys\": true}", "", "应为整数"},
		{"{\"agent_mobile\": 13900139000}", "", "应为文字"}, /* a telephone number counts nothing */
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct error e = {0};
		json_t *data = NULL, *values = merged(unit, unit_data);
		json_object_del(values, "secondary_keys");
		assert_int_equal(json_parse(rows[i].data, strlen(rows[i].data), &data, &e), OK);
		enum err r = form_merge(unit, codes, data, true, today, values, &e);
		if (r != (rows[i].says ? ERR_RULES_FIELD : OK) || (rows[i].says && !strstr(e.detail, rows[i].says)))
			fail_msg("%s: %d '%s'", rows[i].data, r, e.detail);
		assert_string_equal(json_text(values, "secondary_keys"), rows[i].kept);
		json_decref(data);
		json_decref(values);
	}
}

static void merging_refuses_and_changes_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *data, *says;
	} rows[] = {
		{"{\"unit_nam\": \"x\"}", "没有字段“unit_nam”"}, {"[]", "JSON 对象"}, {"{\"uscc\": 5}", "应为文字"},
		{"{\"own_medium\": \"yes\"}", "true 或 false"}, {"{\"seal_services\": \"personal-seal\"}", "数组"},
		{"{\"seal_services\": [1]}", "数组"}, {"{\"medium\": \"UKEY-X\"}", "没有“UKEY-X”这一项"},
		{"{\"seal_services\": [\"personal-seal\", \"x\"]}", "没有“x”这一项"}, {"{\"region\": \"110199\"}", "110199"},
		{"{\"account_name\": \"甲\"}", "由程序得出"}, {"{\"uscc\": \"91350100M000100Y44\"}", "校验不对"},
		{"{\"enterprise_auth\": \"legal-bank-card\", \"legal_bank_card\": \"6222021234567890129\"}", "银行卡号"},
			{"{\"unit_name\": \"a\\u202eb\"}", "单位名称"},
		{"{\"unit_name\": {\"a\": 1}}", "应为文字"}, {"{\"department\": \"\\u0007\"}", "部门"},
	};
	json_t *values = merged(unit, unit_data), *before = json_deep_copy(values);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct error e = {0};
		json_t *data = NULL;
		assert_int_equal(json_parse(rows[i].data, strlen(rows[i].data), &data, &e), OK);
		assert_int_equal(form_merge(unit, codes, data, true, today, values, &e), ERR_RULES_FIELD);
		if (!strstr(e.detail, rows[i].says))
			fail_msg("%s: '%s' is not in '%s'", rows[i].data, rows[i].says, e.detail);
		assert_true(json_equal(values, before));
		json_decref(data);
	}
	char huge[5001];
	memset(huge, 'a', sizeof huge - 1);
	huge[sizeof huge - 1] = '\0';
	json_t *data = json_pack("{s:s}", "notes", huge);
	struct error e = {0};
	assert_int_equal(form_merge(unit, codes, data, false, today, values, &e), ERR_RULES_FIELD);
	assert_non_null(strstr(e.detail, "太长"));
	json_decref(data);
	json_decref(before);
	json_decref(values);
}

static void drafts_may_be_wrong_but_not_nonsense(void **state)
{
	(void)state;
	json_t *values = form_defaults(unit), *data = json_pack("{s:s, s:s}", "uscc", "9135", "unit_name", "北");
	assert_int_equal(form_merge(unit, codes, data, false, today, values, NULL), OK);
	assert_string_equal(json_text(values, "uscc"), "9135");
	struct check_result r;
	form_judge(unit, codes, form_field(unit, "uscc"), values, today, &r);
	assert_int_equal(r.verdict, VERDICT_INVALID);
	json_decref(data);
	json_decref(values);
}

static void what_was_not_chosen_is_kept_but_not_signed(void **state)
{
	(void)state;
	json_t *data = json_pack("{s:s}", "legal_bank_card", "6222"), *values = merged(unit, unit_data);
	assert_int_equal(form_merge(unit, codes, data, true, today, values, NULL), OK);
	assert_string_equal(json_text(values, "legal_bank_card"), "6222");
	assert_null(form_judge_all(unit, codes, values, today, NULL));
	assert_string_equal(json_text(values, "mail_address"), "北京市海淀区示例街2号");
	json_t *content = form_signed_values(unit, values);
	assert_null(json_object_get(content, "legal_bank_card"));
	static const char *const unsigned_fields[] = {"mail_address", "mail_region", "notes", "agent_email"};
	for (size_t i = 0; i < 4; i++)
		assert_null(json_object_get(content, unsigned_fields[i]));
	assert_string_equal(json_text(content, "account_name"), "北京示例科技有限公司");
	assert_string_equal(json_text(content, "agent_mobile"), "13900139000");
	assert_true(json_flag(content, "consent"));
	json_object_set_new(values, "mail_address", json_string("别处"));
	json_t *again = form_signed_values(unit, values);
	assert_true(json_equal(content, again));
	json_object_set_new(values, "agent_mobile", json_string("13900139001"));
	json_t *changed = form_signed_values(unit, values);
	assert_false(json_equal(content, changed));
	json_decref(content);
	json_decref(again);
	json_decref(changed);
	json_decref(values);
	json_decref(data);
}

static void typing_sets_one_field(void **state)
{
	(void)state;
	json_t *values = form_defaults(unit);
	assert_string_equal(json_text(values, "channel"), "public-resources");
	assert_string_equal(json_text(values, "medium"), "card");
	assert_false(json_flag(values, "own_medium"));
	assert_int_equal(form_set(unit, form_field(unit, "uscc"), "9135 0100m", values), OK);
	assert_string_equal(json_text(values, "uscc"), "91350100M");
	assert_int_equal(form_set(unit, form_field(unit, "uscc"), "", values), OK);
	assert_null(json_object_get(values, "uscc"));
	assert_int_equal(form_set(unit, form_field(unit, "own_medium"), "true", values), OK);
	assert_true(json_flag(values, "own_medium"));
	assert_int_equal(form_set(unit, form_field(unit, "seal_services"), "personal-seal handwritten-seal", values), OK);
	assert_int_equal(json_array_size(json_object_get(values, "seal_services")), 2);
	char *text = form_value_text(unit, form_field(unit, "seal_services"), values);
	assert_string_equal(text, "personal-seal handwritten-seal");
	free(text);
	assert_int_equal(form_set(unit, form_field(unit, "seal_services"), "", values), OK);
	assert_null(json_object_get(values, "seal_services"));
	assert_int_equal(form_set(unit, form_field(unit, "unit_name"), "\xd5\xc5", values), ERR_RULES_FIELD);
	json_decref(values);
}

static void banks_outside_the_list_are_taken(void **state)
{
	(void)state;
	const struct form_field *bank = form_field(unit, "account_bank");
	assert_string_equal(bank->choices, "banks");
	assert_int_equal(bank->type, FIELD_TEXT);
	first_mistake_is(unit, sample_with(unit, unit_data, "account_bank", json_string("某某村镇银行")), "");
}

static void fields_carry_what_the_screen_needs(void **state)
{
	(void)state;
	const struct form_field *f = form_field(unit, "uscc");
	assert_true(f->fixed && f->limit == 18 && f->input == INPUT_LATIN && f->is_signed);
	f = form_field(unit, "agent_mobile");
	assert_true(f->fixed && f->limit == 11 && f->input == INPUT_LATIN && f->personal);
	assert_int_equal(form_field(unit, "unit_name")->input, INPUT_CHINESE);
	assert_int_equal(form_field(unit, "mail_address")->input, INPUT_CHINESE);
	assert_int_equal(form_field(unit, "agent_email")->input, INPUT_LATIN);
	assert_false(form_field(unit, "agent_email")->is_signed);
	assert_null(form_field(unit, "nothing"));
}

static double milliseconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The goal is 3 ms for the first; the bound leaves room for slow machines and sanitizers. */
static void loads_quickly(void **state)
{
	(void)state;
	struct form *form = NULL;
	struct code_tables *fresh = NULL;
	double start = milliseconds();
	assert_int_equal(codes_open("forms/codes", &fresh, NULL), OK);
	assert_int_equal(form_load("forms/new-unit.yaml", fresh, &form, NULL), OK);
	double first = milliseconds() - start;
	form_free(&form);
	codes_free(&fresh);
	start = milliseconds();
	for (int i = 0; i < 10; i++) {
		assert_int_equal(form_load("forms/new-unit.yaml", codes, &form, NULL), OK);
		form_free(&form);
	}
	double loaded = (milliseconds() - start) / 10;
	start = milliseconds();
	for (int i = 0; i < 10; i++) {
		json_t *values = merged(unit, unit_data);
		assert_null(form_judge_all(unit, codes, values, today, NULL));
		json_decref(values);
	}
	print_message("# first load %.3f ms, load %.3f ms, merge and judge %.3f ms\n", first, loaded,
	              (milliseconds() - start) / 10);
	assert_true(first < 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_persons_agents_card_has_a_valid_date),
		cmocka_unit_test(shipped_definitions_are_right),
		cmocka_unit_test(sections_stand_in_the_order_of_the_manual),
		cmocka_unit_test(every_field_is_explained_in_both_languages),
		cmocka_unit_test(a_field_follows_another_while_it_is_empty), cmocka_unit_test(samples_are_complete),
		cmocka_unit_test(each_required_field_of_the_samples_is_missed),
		cmocka_unit_test(the_method_decides_what_is_required),
		cmocka_unit_test(representatives_from_elsewhere_use_the_account),
		cmocka_unit_test(a_section_hides_its_fields),
		cmocka_unit_test(a_person_may_be_checked_by_card),
		cmocka_unit_test(account_and_invoice_follow_the_name),
		cmocka_unit_test(an_expired_document_is_refused),
		cmocka_unit_test(a_number_is_judged_by_the_kind_of_document),
		cmocka_unit_test(warnings_are_told_and_do_not_count),
		cmocka_unit_test(merging_folds_what_comes),
		cmocka_unit_test(a_number_may_be_one_in_json),
		cmocka_unit_test(merging_refuses_and_changes_nothing),
		cmocka_unit_test(drafts_may_be_wrong_but_not_nonsense),
		cmocka_unit_test(what_was_not_chosen_is_kept_but_not_signed),
		cmocka_unit_test(typing_sets_one_field),
		cmocka_unit_test(banks_outside_the_list_are_taken),
		cmocka_unit_test(fields_carry_what_the_screen_needs),
		cmocka_unit_test(loads_quickly),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
