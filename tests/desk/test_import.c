/* Many customers at once: each rule of a list by the use case. */
#include "case.h"

#include <unistd.h>

#include "base/file.h"
#include "desk/import.h"

#define HEAD "姓名,证件号,手机号,电子邮箱,认证方式\n"
#define ONE "张三,110105200002290013,13700137001,a@example.com,mobile\n"
#define TWO "李四,110101198001010010,13700137002,b@example.com,个人手机实名认证\n"

static json_t *list(struct unit_case *c, enum err wanted, const char *text, const struct import *how)
{
	json_t *out = NULL;
	struct import what = how ? *how : (struct import){0};
	what.form = what.form ? what.form : "new-person";
	what.path = what.path ? what.path : site_file(&c->site, "list.csv", text);
	c->e = (struct error){0};
	site_is(wanted, import_list(c->d, &what, &out, &c->e), &c->e);
	return out;
}

static size_t draft_number(struct unit_case *c)
{
	json_t *out = NULL;
	site_is(OK, draft_list(c->d, &out, &c->e), &c->e);
	size_t n = json_array_size(out);
	json_decref(out);
	return n;
}

/* The message of the field's mistake (or warning) on a line; fails where there is none. */
static const char *said(const json_t *out, const char *where, int line, const char *field)
{
	const json_t *m;
	size_t i;
	json_array_foreach(json_object_get(out, where), i, m)
		if (json_number(m, "line") == line && strcmp(json_text(m, "field"), field) == 0)
			return json_text(m, "message");
	char *all = json_line(out);
	fail_msg("no %s on line %d of %s: %s", where, line, field, all);
	return "";
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("“%s” has no “%s”", text, part);
}

static void is_only_mistake(struct unit_case *c, const char *text, int line, const char *field, const char *why)
{
	json_t *out = list(c, ERR_DESK_LIST, text, NULL);
	has(said(out, "mistakes", line, field), why);
	assert_int_equal(json_array_size(json_object_get(out, "mistakes")), 1);
	assert_int_equal(draft_number(c), 0);
	json_decref(out);
}

static json_t *values_of(struct unit_case *c, const json_t *out, size_t i)
{
	json_t *loaded = NULL;
	site_is(OK, draft_load(c->d, json_string_value(json_array_get(json_object_get(out, "drafts"), i)), &loaded, &c->e), &c->e);
	json_t *values = json_incref(json_object_get(loaded, "values"));
	json_decref(loaded);
	return values;
}

static void a_list_becomes_drafts_as_if_keyed(void **state)
{
	struct unit_case *c = *state;
	json_t *out = list(c, OK, HEAD ONE TWO, NULL);
	assert_int_equal(json_number(out, "lines"), 2);
	assert_int_equal(json_number(out, "good"), 2);
	assert_int_equal(json_array_size(json_object_get(out, "drafts")), 2);
	json_t *listed = values_of(c, out, 0), *keyed = NULL, *by_hand = NULL;
	json_t *data = json_pack("{ss ss ss ss ss}", "person_name", "张三", "person_id_number", "110105200002290013", "person_mobile",
	                         "13700137001", "person_email", "a@example.com", "agent_auth", "mobile");
	site_is(OK, draft_new(c->d, "new-person", data, c->no, &c->e), &c->e);
	site_is(OK, draft_load(c->d, c->no, &keyed, &c->e), &c->e);
	by_hand = json_object_get(keyed, "values");
	assert_true(json_equal(listed, by_hand));
	json_decref(data);
	json_decref(keyed);
	json_decref(listed);
	json_decref(out);
}

static void order_numbers_go_on_from_the_counter(void **state)
{
	struct unit_case *c = *state;
	json_t *out = list(c, OK, HEAD ONE TWO, NULL);
	const char *first = json_string_value(json_array_get(json_object_get(out, "drafts"), 0));
	const char *second = json_string_value(json_array_get(json_object_get(out, "drafts"), 1));
	assert_true(strcmp(first, second) < 0);
	site_is(OK, draft_new(c->d, "new-person", NULL, c->no, &c->e), &c->e);
	assert_true(strcmp(second, c->no) < 0);
	json_decref(out);
}

static void one_mistake_imports_nothing(void **state)
{
	is_only_mistake(*state, HEAD ONE "李四,110101198001010010,1370013,b@example.com,mobile\n", 3, "person_mobile", "");
}

static void the_good_part_is_imported_when_confirmed(void **state)
{
	struct unit_case *c = *state;
	struct import good = {.good_part = true};
	json_t *out = list(c, OK, HEAD ONE "李四,110101198001010010,1370013,b@example.com,mobile\n", &good);
	assert_int_equal(json_array_size(json_object_get(out, "drafts")), 1);
	assert_int_equal(json_array_size(json_object_get(out, "mistakes")), 1);
	assert_int_equal(draft_number(c), 1);
	json_decref(out);
}

static void no_good_line_is_no_good_part(void **state)
{
	struct unit_case *c = *state;
	struct import good = {.good_part = true};
	json_decref(list(c, ERR_DESK_LIST, HEAD "李四,1,1,1,1\n", &good));
	assert_int_equal(draft_number(c), 0);
}

static void checking_makes_nothing(void **state)
{
	struct unit_case *c = *state;
	struct import check = {.check = true};
	json_t *out = list(c, OK, HEAD ONE, &check);
	assert_int_equal(json_number(out, "good"), 1);
	assert_int_equal(draft_number(c), 0);
	json_decref(out);
}

static void every_mistake_of_a_line_is_named(void **state)
{
	struct unit_case *c = *state;
	json_t *out = list(c, ERR_DESK_LIST, HEAD ",110105200002290014,1370013,nobody,pigeon\n", NULL);
	has(said(out, "mistakes", 2, "person_name"), "请填写");
	has(said(out, "mistakes", 2, "person_id_number"), "校验");
	said(out, "mistakes", 2, "person_mobile");
	said(out, "mistakes", 2, "person_email");
	has(said(out, "mistakes", 2, "agent_auth"), "个人银行卡信息认证");
	assert_int_equal(json_array_size(json_object_get(out, "mistakes")), 5);
	json_decref(out);
}

static void columns_go_by_name_or_label_in_any_order(void **state)
{
	struct unit_case *c = *state;
	json_t *out = list(c, OK, "某公司名单\n\n序号,Method,E-mail,手机号*, person_id_number ,姓名（必填）\n"
		"1,mobile,a@example.com,13700137001,110105200002290013,张三\n2,,,,,\n", NULL);
	assert_int_equal(json_number(out, "lines"), 1);
	json_decref(out);
}

static void an_unknown_column_is_named(void **state)
{
	struct unit_case *c = *state;
	struct import good = {.good_part = true};
	const char *text = "姓名,证件号,手机号,电子邮箱,认证方式,工号\n张三,110105200002290013,13700137001,a@example.com,mobile,77\n";
	json_t *out = list(c, ERR_DESK_LIST, text, NULL);
	assert_string_equal(json_text(json_array_get(json_object_get(out, "mistakes"), 0), "label"), "工号");
	assert_int_equal(json_number(json_array_get(json_object_get(out, "mistakes"), 0), "line"), 1);
	json_decref(out);
	out = list(c, OK, text, &good);
	assert_int_equal(json_array_size(json_object_get(out, "drafts")), 1);
	json_decref(out);
}

static void a_heading_that_is_nearly_right_is_proposed(void **state)
{
	struct unit_case *c = *state;
	json_t *out = list(c, ERR_DESK_LIST, "姓名,证件号码,手机号,电子邮箱,认证方式\n" ONE, NULL);
	const json_t *m = json_array_get(json_object_get(out, "mistakes"), 0);
	assert_string_equal(json_text(m, "label"), "证件号码");
	has(json_text(m, "message"), "“证件号”");
	has(said(out, "mistakes", 1, "person_id_number"), "缺少");
	assert_int_equal(json_number(out, "good"), 0);
	json_decref(out);
}

static void a_required_column_that_is_missing_is_named_once(void **state)
{
	is_only_mistake(*state, "姓名,证件号,手机号,电子邮箱\n张三,110105200002290013,13700137001,a@example.com\n"
		"李四,110101198001010010,13700137002,b@example.com\n", 1, "agent_auth", "缺少");
}

static void two_columns_of_one_field_are_a_mistake(void **state)
{
	struct unit_case *c = *state;
	struct import good = {.good_part = true};
	json_decref(list(c, ERR_DESK_LIST, "姓名,person_name,证件号,手机号,电子邮箱,认证方式\n张三,李四,110105200002290013,13700137001,a@example.com,mobile\n", &good));
}

static void a_column_without_a_heading_is_named(void **state)
{
	is_only_mistake(*state, "姓名,证件号,手机号,电子邮箱,认证方式,\n张三,110105200002290013,13700137001,a@example.com,mobile,x\n", 1, "", "没有表头");
}

static void what_is_confirmed_at_the_counter_is_no_column(void **state)
{
	struct unit_case *c = *state;
	json_t *out = list(c, ERR_DESK_LIST, "姓名,证件号,手机号,电子邮箱,认证方式,identity_seen\n张三,110105200002290013,13700137001,a@example.com,mobile,是\n", NULL);
	has(said(out, "mistakes", 1, "identity_seen"), "当面确认");
	json_decref(out);
	json_t *common = json_pack("{sb}", "consent", true);
	struct import with = {.common = common};
	list(c, ERR_DESK_LIST_COMMON, HEAD ONE, &with);
	json_decref(common);
}

static void a_number_twice_is_a_mistake_of_the_later_line(void **state)
{
	is_only_mistake(*state, HEAD ONE "王五,１１０１０５20000229 0013,13700137003,c@example.com,mobile\n", 3, "person_id_number", "第 2 行");
}

static void who_has_a_draft_is_a_mistake(void **state)
{
	struct unit_case *c = *state;
	json_decref(list(c, OK, HEAD ONE, NULL));
	json_t *out = list(c, ERR_DESK_LIST, HEAD TWO ONE, NULL);
	has(said(out, "mistakes", 3, "person_id_number"), "草稿");
	assert_int_equal(draft_number(c), 1);
	json_decref(out);
}

static void who_has_an_order_under_way_is_a_warning(void **state)
{
	struct unit_case *c = *state;
	site_signed(&c->site, c->d, "new-person", NULL, c->no);
	json_t *sample = site_sample("new-person", NULL);
	char text[400];
	snprintf(text, sizeof text, HEAD "某人,%s,13700137009,z@example.com,mobile\n", json_text(sample, "person_id_number"));
	json_t *out = list(c, OK, text, NULL);
	has(said(out, "warnings", 2, "person_id_number"), c->no);
	json_decref(sample);
	json_decref(out);
}

static void codes_go_by_code_or_name(void **state)
{
	struct unit_case *c = *state;
	json_t *out = list(c, OK, "姓名,证件号,手机号,电子邮箱,认证方式,证件类型,签章服务,领取方式,邮寄省市,邮寄地址,自备介质\n"
		"张三,110105200002290013,13700137001,a@example.com,Own mobile，real-name,居民身份证,个人章、个人章(手写签字),邮寄,上海市 浦东新区,示例路3号,是\n"
		"李四,110101198001010010,13700137002,b@example.com,MOBILE,Resident identity card,handwritten-seal,mail,310115,示例路4号,no\n", NULL);
	json_t *a = values_of(c, out, 0), *b = values_of(c, out, 1);
	assert_string_equal(json_text(a, "person_id_kind"), "resident-id");
	assert_string_equal(json_text(a, "mail_region"), "310115");
	assert_string_equal(json_text(b, "mail_region"), "310115");
	assert_int_equal(json_array_size(json_object_get(a, "seal_services")), 2);
	assert_int_equal(json_array_size(json_object_get(b, "seal_services")), 1);
	assert_true(json_flag(a, "own_medium"));
	assert_false(json_flag(b, "own_medium"));
	json_decref(a);
	json_decref(b);
	json_decref(out);
}

static void a_name_of_several_regions_asks_for_its_parents(void **state)
{
	is_only_mistake(*state, "姓名,证件号,手机号,电子邮箱,认证方式,邮寄省市\n张三,110105200002290013,13700137001,a@example.com,mobile,朝阳区\n", 2,
		"mail_region", "有几个");
}

static void yes_and_no_are_all_a_confirmation_takes(void **state)
{
	is_only_mistake(*state, "姓名,证件号,手机号,电子邮箱,认证方式,自备介质\n张三,110105200002290013,13700137001,a@example.com,mobile,也许\n", 2, "own_medium", "“是”或“否”");
}

static void dates_are_folded_and_an_expired_document_refused(void **state)
{
	struct unit_case *c = *state;
	json_t *out = list(c, ERR_DESK_LIST, "姓名,证件号,手机号,电子邮箱,认证方式,证件有效期至\n"
		"张三,110105200002290013,13700137001,a@example.com,mobile,2040年1月31日\n"
		"李四,110101198001010010,13700137002,b@example.com,mobile,2001/1/31\n", NULL);
	has(said(out, "mistakes", 3, "person_id_valid_until"), "过期");
	assert_int_equal(json_number(out, "good"), 1);
	json_decref(out);
}

static void a_line_that_asks_for_more_is_judged_by_it(void **state)
{
	is_only_mistake(*state, HEAD ONE "李四,110101198001010010,13700137002,b@example.com,bank-card\n", 3, "agent_bank_card", "请填写");
}

static void what_a_choice_leaves_out_isnt_taken(void **state)
{
	struct unit_case *c = *state;
	json_t *out = list(c, OK, "姓名,证件号,手机号,电子邮箱,认证方式,代办人姓名\n张三,110105200002290013,13700137001,a@example.com,mobile,王代办\n", NULL);
	said(out, "warnings", 2, "agent_name");
	json_t *values = values_of(c, out, 0);
	assert_null(json_object_get(values, "agent_name"));
	json_decref(values);
	json_decref(out);
}

static void common_values_hold_unless_a_line_says_otherwise(void **state)
{
	struct unit_case *c = *state;
	json_t *common = json_pack("{ss ss ss ss}", "agent_auth", "mobile", "delivery", "mail", "mail_region", "310115", "mail_address", "示例路3号");
	struct import with = {.common = common};
	json_t *out = list(c, OK, "姓名,证件号,手机号,电子邮箱,邮寄地址\n张三,110105200002290013,13700137001,a@example.com,\n"
		"李四,110101198001010010,13700137002,b@example.com,示例路9号\n", &with);
	json_t *a = values_of(c, out, 0), *b = values_of(c, out, 1);
	assert_string_equal(json_text(a, "mail_address"), "示例路3号");
	assert_string_equal(json_text(b, "mail_address"), "示例路9号");
	assert_string_equal(json_text(b, "delivery"), "mail");
	json_decref(a);
	json_decref(b);
	json_decref(out);
	json_decref(common);
}

static void a_number_in_scientific_notation_has_lost_digits(void **state)
{
	is_only_mistake(*state, HEAD "张三,1.10105E+17,13700137001,a@example.com,mobile\n", 2, "person_id_number", "文本");
}

static void any_encoding_and_separator(void **state)
{
	struct unit_case *c = *state;
	static const char utf16[] = "\xFF\xFE\xD3\x59\x0D\x54\x09\x00\xC1\x8B\xF6\x4E\xF7\x53\x0A\x00\x20\x5F\x09\x4E\x09\x00\x31\x00\x0A\x00";
	struct import check = {.check = true};
	json_decref(list(c, OK, "\xEF\xBB\xBF" HEAD ONE, &check));
	json_decref(list(c, OK, "sep=;\r\n姓名;证件号;手机号;电子邮箱;认证方式\r\n\"张三\";110105200002290013;13700137001;a@example.com;mobile\r\n", &check));
	json_decref(list(c, OK, "姓名\t证件号\t手机号\t电子邮箱\t认证方式\n张三\t=\"110105200002290013\"\t'13700137001\ta@example.com\tmobile\n", &check));
	const char *path = site_file(&c->site, "u16.csv", "");
	assert_int_equal(file_write(path, 0600, utf16, sizeof utf16 - 1, NULL), OK);
	check.path = path;
	json_t *out = list(c, ERR_DESK_LIST, NULL, &check);
	said(out, "mistakes", 2, "person_id_number"); /* the head was understood */
	json_decref(out);
	static const char open[] = HEAD "\"张三,1\n";
	json_decref(list(c, ERR_CSV, open, NULL));
}

static void two_thousand_lines_and_no_more(void **state)
{
	struct unit_case *c = *state;
	struct bytes text = {0};
	bytes_text(&text, HEAD);
	for (int i = 0; i < 2000; i++)
		bytes_format(&text, "张三,E%08d,1370%07d,p%d@example.com,mobile\n", i, i, i);
	json_t *common = json_pack("{ss}", "person_id_kind", "passport");
	struct import with = {.common = common};
	json_t *out = list(c, OK, (char *)text.data, &with);
	assert_int_equal(json_array_size(json_object_get(out, "drafts")), 2000);
	assert_int_equal(draft_number(c), 2000);
	json_decref(out);
	bytes_format(&text, "李四,E99999999,13799999999,x@example.com,mobile\n");
	list(c, ERR_DESK_LIST_LINES, (char *)text.data, &with);
	json_decref(common);
	bytes_free(&text);
}

static void it_is_all_or_nothing_on_a_full_disk(void **state)
{
	struct unit_case *c = *state;
	struct bytes text = {0};
	json_t *out = NULL;
	bytes_text(&text, HEAD);
	for (int i = 0; i < 500; i++)
		bytes_format(&text, "张三,E%08d,1370%07d,p%d@example.com,mobile\n", i, i, i);
	json_t *common = json_pack("{ss}", "person_id_kind", "passport");
	struct import what = {.form = "new-person", .path = site_file(&c->site, "many.csv", (char *)text.data), .common = common};
	store_limit_pages(c->d->store, 20);
	c->e = (struct error){0};
	assert_int_equal(import_list(c->d, &what, &out, &c->e), ERR_STORE_FULL);
	store_limit_pages(c->d->store, 100000);
	assert_int_equal(draft_number(c), 0);
	json_decref(out);
	json_decref(common);
	bytes_free(&text);
}

static void a_file_changed_after_it_was_judged_is_refused(void **state)
{
	struct unit_case *c = *state;
	struct import what = {.check = true};
	json_t *judged = list(c, OK, HEAD ONE, &what);
	what = (struct import){.digest = json_text(judged, "digest")};
	list(c, ERR_DESK_LIST_CHANGED, HEAD ONE TWO, &what);
	json_decref(list(c, OK, HEAD ONE, &what));
	json_decref(judged);
}

static void only_a_new_application_and_who_may_key_it_in(void **state)
{
	struct unit_case *c = *state;
	struct import what = {.form = "suspend"};
	list(c, ERR_DESK_LIST_FORM, HEAD ONE, &what);
	assert_non_null(strstr(c->e.detail, "new-unit、new-person")); /* the forms that are there */
	what.form = "new-pet";
	list(c, ERR_DESK_NO_FORM, HEAD ONE, &what);
	site_as(&c->site, c->d, "rv1");
	list(c, ERR_DESK_FORBIDDEN, HEAD ONE, NULL);
	json_t *out = NULL;
	site_is(ERR_DESK_FORBIDDEN, import_template(c->d, "new-person", "/tmp/none.xlsx", &out, &c->e), &c->e);
}

static void units_go_by_their_credit_code(void **state)
{
	struct unit_case *c = *state;
	json_t *sample = site_sample("new-unit", NULL);
	struct bytes text = {0};
	static const char *const own[] = {"uscc", "unit_name"};
	bytes_format(&text, "uscc,unit_name\n%s,%s\n%s,别的公司\n", json_text(sample, "uscc"), json_text(sample, "unit_name"), json_text(sample, "uscc"));
	for (size_t i = 0; i < 2; i++)
		json_object_del(sample, own[i]);
	json_object_del(sample, "identity_seen");
	json_object_del(sample, "consent");
	struct import what = {.form = "new-unit", .common = sample};
	json_t *out = list(c, ERR_DESK_LIST, (char *)text.data, &what);
	has(said(out, "mistakes", 3, "uscc"), "第 2 行");
	assert_int_equal(json_number(out, "good"), 1);
	json_decref(out);
	json_decref(sample);
	bytes_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_list_becomes_drafts_as_if_keyed), CASE(order_numbers_go_on_from_the_counter), CASE(one_mistake_imports_nothing),
		CASE(the_good_part_is_imported_when_confirmed), CASE(no_good_line_is_no_good_part), CASE(checking_makes_nothing),
		CASE(every_mistake_of_a_line_is_named), CASE(columns_go_by_name_or_label_in_any_order), CASE(an_unknown_column_is_named),
		CASE(a_heading_that_is_nearly_right_is_proposed), CASE(a_required_column_that_is_missing_is_named_once),
		CASE(two_columns_of_one_field_are_a_mistake), CASE(a_column_without_a_heading_is_named),
		CASE(what_is_confirmed_at_the_counter_is_no_column), CASE(a_number_twice_is_a_mistake_of_the_later_line),
		CASE(who_has_a_draft_is_a_mistake), CASE(who_has_an_order_under_way_is_a_warning), CASE(codes_go_by_code_or_name),
		CASE(a_name_of_several_regions_asks_for_its_parents), CASE(yes_and_no_are_all_a_confirmation_takes),
		CASE(dates_are_folded_and_an_expired_document_refused), CASE(a_line_that_asks_for_more_is_judged_by_it),
		CASE(what_a_choice_leaves_out_isnt_taken), CASE(common_values_hold_unless_a_line_says_otherwise),
		CASE(a_number_in_scientific_notation_has_lost_digits), CASE(any_encoding_and_separator), CASE(two_thousand_lines_and_no_more),
		CASE(it_is_all_or_nothing_on_a_full_disk), CASE(a_file_changed_after_it_was_judged_is_refused),
		CASE(only_a_new_application_and_who_may_key_it_in), CASE(units_go_by_their_credit_code),
	};
	return RUN(tests);
}
