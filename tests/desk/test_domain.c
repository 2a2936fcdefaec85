/* Rules of the trade that no other file is about: persons two by two, what an order keeps, what is asked of whom. */
#include "case.h"

#include "base/bytes.h"
#include "base/file.h"
#include "desk/issue.h"
#include "desk/tables.h"
#include "rules/form.h"

static void password(struct secret *p)
{
	secret_set(p, SITE_PASSWORD, strlen(SITE_PASSWORD));
}

/* The newest entry about `subject`. */
static json_t *entry_of(struct unit_case *c, const char *subject)
{
	json_t *entries = NULL, *entry = NULL;
	site_is(OK, store_rows(c->d->store, SQL_JOURNAL_OF_SUBJECT, &entries, &c->e, "t", subject), &c->e);
	const char *text = json_text(json_array_get(entries, json_array_size(entries) - 1), "entry");
	assert_int_equal(json_parse(text, strlen(text), &entry, NULL), OK);
	json_decref(entries);
	return entry;
}

static void alone_is(struct unit_case *c, const char *subject, bool alone, const char *second)
{
	json_t *entry = entry_of(c, subject);
	assert_int_equal(json_flag(json_object_get(entry, "facts"), "alone"), alone);
	assert_string_equal(json_text(entry, "second"), second);
	json_decref(entry);
}

static void test_the_only_admin_grants_roles_alone_and_the_journal_says_so(void **state)
{
	struct unit_case *c = *state;
	struct secret p;
	password(&p);
	site_as(&c->site, c->d, "root1");
	EXPECT(OK, staff_add(c->d, "x1", "甲", "operator", &p, &c->e));
	alone_is(c, "x1", true, "");
	EXPECT(OK, staff_add(c->d, "root2", "乙", "admin", &p, &c->e));
	EXPECT(ERR_DESK_TWO_PERSONS, staff_roles(c->d, "x1", "operator,issuer", &c->e));
	EXPECT(OK, staff_second(c->d, "root2", &p, &c->e));
	EXPECT(OK, staff_roles(c->d, "x1", "operator,issuer", &c->e));
	alone_is(c, "x1", false, "110114-01/root2"); /* the journal names both */
}

static enum err prices(struct unit_case *c, json_t **out)
{
	char today[11];
	civil_date_text(desk_now(c->d) + 86400, today);
	c->e = (struct error){0};
	return table_import(c->d, "prices", site_file(&c->site, "prices.csv", "business,kind,product,item_role,code,channel,reason,amount,zh,en\n"
		"new,certificate,,,,,,100,单位证书,certificate\n"), today, out, &c->e);
}

static void test_prices_need_two_persons_once_there_is_a_second_manager(void **state)
{
	struct unit_case *c = *state;
	struct secret p;
	password(&p);
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, prices(c, &out)); /* the only one acts alone */
	site_as(&c->site, c->d, "root1");
	EXPECT(OK, staff_add(c->d, "mg2", "另一主管", "manager", &p, &c->e));
	site_as(&c->site, c->d, "mg1");
	EXPECT(ERR_DESK_TWO_PERSONS, prices(c, &out));
	EXPECT(OK, staff_second(c->d, "op1", &p, &c->e));
	EXPECT(ERR_DESK_TWO_PERSONS, prices(c, &out)); /* an operator is no second manager */
	EXPECT(OK, staff_second(c->d, "mg2", &p, &c->e));
	EXPECT(OK, prices(c, &out));
}

/* Somebody with every role. */
static void op1_may_all(struct unit_case *c)
{
	site_as(&c->site, c->d, "root1");
	EXPECT(OK, staff_roles(c->d, "op1", "operator,issuer,reviewer", &c->e));
	site_as(&c->site, c->d, "op1");
	c->d->actor.roles = roles_parse("operator,issuer,reviewer");
}

static void test_who_keyed_it_in_never_approves_it_whatever_roles_they_have(void **state)
{
	struct unit_case *c = *state;
	op1_may_all(c);
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(ERR_DESK_SEPARATION, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(ERR_DESK_SEPARATION, review_approve(c->d, c->no, &out, &c->e));
	status_is(c, "in-review");
}

/* No key is in: how far it comes tells whether the person was let. */
static void test_who_keyed_it_in_issues_it_once_another_approved_unless_the_site_forbids_it(void **state)
{
	struct unit_case *c = *state;
	json_t *out = NULL;
	site_approved(&c->site, c->d, "new-unit", NULL, c->no);
	op1_may_all(c);
	c->d->config.issue_own_forbidden = true;
	EXPECT(ERR_DESK_SEPARATION, issue_run(c->d, c->no, NULL, NULL, NULL, &out, &c->e));
	c->d->config.issue_own_forbidden = false;
	enum err r = issue_run(c->d, c->no, NULL, NULL, NULL, &out, &c->e);
	assert_true(r != OK && r != ERR_DESK_SEPARATION);
	json_decref(out);
	status_is(c, "approved");
}

static const json_t *line_of(const json_t *order, const char *kind)
{
	const json_t *row;
	size_t i;
	json_array_foreach(json_object_get(order, "lines"), i, row)
		if (strcmp(json_text(row, "kind"), kind) == 0)
			return row;
	return NULL;
}

static json_t *signed_order(struct unit_case *c, const char *form, json_t *changes)
{
	json_t *order = NULL;
	site_signed(&c->site, c->d, form, changes, c->no);
	json_decref(changes);
	site_is(OK, order_show(c->d, c->no, &order, &c->e), &c->e);
	return order;
}

static void test_a_customers_own_key_has_no_medium_line(void **state)
{
	struct unit_case *c = *state;
	json_t *order = signed_order(c, "new-unit", json_pack("{sb}", "own_medium", 1));
	int64_t amount = json_number(order, "amount");
	assert_null(line_of(order, "medium"));
	assert_non_null(line_of(order, "certificate"));
	json_decref(order);
	order = signed_order(c, "new-unit", json_pack("{sbss}", "own_medium", 0, "uscc", "91350100M000100Y43"));
	assert_non_null(line_of(order, "medium"));
	assert_int_equal(json_number(order, "amount"), amount + json_number(line_of(order, "medium"), "amount"));
	json_decref(order);
}

static void test_postage_is_a_line_of_what_is_mailed(void **state)
{
	struct unit_case *c = *state;
	json_t *order = signed_order(c, "new-unit", json_pack("{ss ss ss}", "delivery", "mail", "mail_region", "110105", "mail_address", "示例路1号"));
	assert_non_null(line_of(order, "postage"));
	json_decref(order);
	order = signed_order(c, "new-unit", json_pack("{ss ss}", "delivery", "counter", "uscc", "91350100M000100Y43"));
	assert_null(line_of(order, "postage"));
	json_decref(order);
}

static void test_each_seal_service_is_a_line_of_its_own(void **state)
{
	struct unit_case *c = *state;
	json_t *order = signed_order(c, "new-unit", json_pack("{s[ss]}", "seal_services", "personal-seal", "handwritten-seal")), *row;
	size_t i, services = 0;
	json_array_foreach(json_object_get(order, "lines"), i, row)
		services += strcmp(json_text(row, "kind"), "service") == 0;
	assert_int_equal(services, 2);
	json_decref(order);
}

/* 卡式 and UKEY-RS are RSA, UKEY-G is SM2: the channel's table says so. */
static void test_the_channel_decides_the_algorithm_of_a_medium(void **state)
{
	struct unit_case *c = *state;
	static const struct {
		const char *medium, *algorithm, *uscc;
	} media[] = {{"UKEY-RS", "rsa-2048", "91110105MA01ABCD5F"}, {"UKEY-G", "sm2", "91350100M000100Y43"}, {"card", "rsa-2048", "91110114MA00281227"}};
	for (size_t i = 0; i < sizeof media / sizeof *media; i++) {
		int64_t found = 0;
		char query[64];
		json_decref(signed_order(c, "new-unit", json_pack("{ss ss}", "medium", media[i].medium, "uscc", media[i].uscc)));
		snprintf(query, sizeof query, "%s", media[i].algorithm);
		json_t *rows = NULL, *row;
		size_t k;
		site_is(OK, store_rows(c->d->store, SQL_ALL_ITEM, &rows, &c->e, ""), &c->e);
		json_array_foreach(rows, k, row)
			found += strcmp(json_text(row, "algorithm"), query) == 0 && strcmp(json_text(row, "medium"), media[i].medium) == 0;
		json_decref(rows);
		assert_int_equal(found, 1);
	}
}

/* Whose identity, how, by which provider, for what and when; and a digest of what was seen. */
static void test_every_check_leaves_a_record(void **state)
{
	struct unit_case *c = *state;
	json_t *order = signed_order(c, "new-unit", NULL), *row;
	size_t i;
	bool unit = false, legal = false, agent = false;
	json_array_foreach(json_object_get(order, "identity_checks"), i, row) {
		assert_string_equal(json_text(row, "result"), "passed");
		assert_string_not_equal(json_text(row, "method"), "");
		assert_true(json_is_string(json_object_get(row, "checked_at")));
		assert_string_equal(json_text(row, "provider"), "face-to-face"); /* where no other is set */
		unit = unit || strcmp(json_text(row, "of"), "unit") == 0;
		legal = legal || strcmp(json_text(row, "of"), "legal") == 0;
		agent = agent || strcmp(json_text(row, "of"), "agent") == 0;
	}
	assert_true(unit && legal && agent);
	json_decref(order);
	json_t *rows = NULL;
	site_is(OK, store_rows(c->d->store, SQL_ALL_IDENTITY_CHECK, &rows, &c->e, ""), &c->e);
	assert_true(json_array_size(rows) >= 3);
	json_array_foreach(rows, i, row) {
		assert_string_equal(json_text(row, "request"), c->no);
		assert_memory_equal(json_text(row, "evidence"), "sha256:", 7);
	}
	json_decref(rows);
}

/* The default provider is staff who look and say so. */
static void test_staff_say_that_they_looked(void **state)
{
	struct unit_case *c = *state;
	json_t *unseen = json_pack("{sb}", "identity_seen", 0);
	site_draft(&c->site, c->d, "new-unit", unseen, c->no);
	EXPECT(ERR_DESK_IDENTITY, sign_send(c->d, c->no, &out, &c->e));
	json_decref(unseen);
}

static void test_consent_means_all_current_texts_and_the_order_keeps_each(void **state)
{
	struct unit_case *c = *state;
	static const char *const texts[] = {"declaration", "privacy-policy", "risk-notice", "service-agreement"};
	json_t *order = signed_order(c, "new-unit", json_pack("{sb}", "consent", 1)), *row;
	size_t i;
	assert_int_equal(json_array_size(json_object_get(order, "texts")), 4);
	json_array_foreach(json_object_get(order, "texts"), i, row) {
		assert_string_equal(json_text(row, "id"), texts[i]);
		assert_string_equal(json_text(row, "version"), "2026-1");
		assert_memory_equal(json_text(row, "digest"), "sha256:", 7);
		assert_string_not_equal(json_text(row, "how"), "");
	}
	json_decref(order);
	json_t *no = json_pack("{sb}", "consent", 0);
	site_draft(&c->site, c->d, "new-unit", no, c->no);
	EXPECT(ERR_DESK_CONSENT, sign_send(c->d, c->no, &out, &c->e));
	json_decref(no);
}

/* The kinds that are required, in their order. */
static void required_are(struct unit_case *c, const char *form, json_t *data, const char *wanted)
{
	char have[300] = "";
	json_t *kinds = NULL, *kind;
	size_t i;
	EXPECT(OK, draft_new(c->d, form, data, c->no, &c->e));
	json_decref(data);
	site_is(OK, attach_kinds(c->d, c->no, &kinds, &c->e), &c->e);
	json_array_foreach(kinds, i, kind)
		if (json_flag(kind, "required"))
			snprintf(have + strlen(have), sizeof have - strlen(have), "%s%s", *have ? " " : "", json_text(kind, "kind"));
	json_decref(kinds);
	assert_string_equal(have, wanted);
}

static void test_documents_follow_business_customer_and_item_role(void **state)
{
	struct unit_case *c = *state;
	required_are(c, "new-unit", json_pack("{ss}", "key_role", "main"), "business-licence agent-id-head agent-id-emblem seal-sample legal-authorisation");
	required_are(c, "new-unit", json_pack("{ss}", "key_role", "secondary"), "business-licence agent-id-head agent-id-emblem legal-authorisation");
	required_are(c, "new-person", NULL, "agent-id-head agent-id-emblem");
}

/* 1.5 MB are 1,572,864 bytes: that many are taken, one more is offered a re-encoding. */
static void test_a_document_has_at_most_1572864_bytes(void **state)
{
	struct unit_case *c = *state;
	enum { MOST = 1572864 };
	struct bytes picture = {0};
	char path[200];
	site_draft(&c->site, c->d, "new-unit", NULL, c->no);
	snprintf(path, sizeof path, "%s", site_picture(&c->site, "full.jpg"));
	site_is(OK, file_read(path, 1 << 24, &picture, &c->e), &c->e);
	while (picture.length < MOST)
		assert_int_equal(bytes_add(&picture, "", 1), OK); /* zeros behind a picture are no damage */
	site_is(OK, file_write(path, 0600, picture.data, picture.length, &c->e), &c->e);
	EXPECT(OK, attach_add(c->d, c->no, "business-licence", path, false, &out, &c->e));
	assert_int_equal(bytes_add(&picture, "", 1), OK);
	site_is(OK, file_write(path, 0600, picture.data, picture.length, &c->e), &c->e);
	EXPECT(ERR_DESK_TOO_BIG, attach_add(c->d, c->no, "business-licence", path, false, &out, &c->e));
	EXPECT(OK, attach_add(c->d, c->no, "business-licence", path, true, &out, &c->e)); /* re-encoded */
	bytes_free(&picture);
}

/* One agent for two units, two agents of one unit: none is bound to the other. */
static void test_a_unit_has_several_agents_and_an_agent_several_units(void **state)
{
	struct unit_case *c = *state;
	json_decref(signed_order(c, "new-unit", NULL));
	json_decref(signed_order(c, "new-unit", json_pack("{ss ss}", "uscc", "91350100M000100Y43", "unit_name", "另一单位有限公司")));
	json_decref(signed_order(c, "new-unit", json_pack("{ss ss ss ss}", "key_role", "secondary", "agent_name", "王五", "agent_id_number",
		"110101198001010010", "agent_mobile", "13700137009")));
}

static struct form *form_of(struct unit_case *c, const char *name)
{
	const struct form *form = NULL;
	site_is(OK, desk_form(c->d, name, &form, &c->e), &c->e);
	return (struct form *)form;
}

static void test_renewal_replacement_and_change_ask_for_files_that_wait(void **state)
{
	struct unit_case *c = *state;
	static const char *const ask[] = {"renew-unit", "renew-person", "replace-unit", "replace-person", "change-unit", "change-person"};
	for (size_t i = 0; i < sizeof ask / sizeof *ask; i++)
		assert_non_null(form_field(form_of(c, ask[i]), "waits_to_decrypt"));
	assert_null(form_field(form_of(c, "new-unit"), "waits_to_decrypt"));
}

static void test_the_medium_changes_only_by_replacement(void **state)
{
	struct unit_case *c = *state;
	static const char *const kept[] = {"renew-unit", "renew-person", "change-unit", "change-person", "unlock"};
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		const struct form *form = form_of(c, kept[i]);
		const struct form_field *f = form_field(form, "medium");
		json_t *values = json_object();
		assert_true(!f || form_readonly(form, f, values));
		json_decref(values);
	}
	json_t *values = json_object();
	assert_false(form_readonly(form_of(c, "replace-unit"), form_field(form_of(c, "replace-unit"), "medium"), values));
	json_decref(values);
}

/* Neither the mail address nor the notes are what is signed. */
static void test_fields_say_whether_they_are_signed(void **state)
{
	struct unit_case *c = *state;
	static const char *const not[] = {"agent_email", "mail_address", "notes"};
	const struct form *form = form_of(c, "new-unit");
	json_t *values = site_sample("new-unit", NULL), *part = NULL;
	for (size_t i = 0; i < sizeof not / sizeof *not; i++)
		json_object_set_new(values, not[i], json_string("x"));
	part = form_signed_values(form, values);
	for (size_t i = 0; i < sizeof not / sizeof *not; i++)
		assert_null(json_object_get(part, not[i]));
	assert_non_null(json_object_get(part, "unit_name"));
	assert_non_null(json_object_get(part, "agent_mobile"));
	json_decref(part);
	json_decref(values);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_the_only_admin_grants_roles_alone_and_the_journal_says_so), CASE(test_prices_need_two_persons_once_there_is_a_second_manager),
		CASE(test_who_keyed_it_in_never_approves_it_whatever_roles_they_have),
		CASE(test_who_keyed_it_in_issues_it_once_another_approved_unless_the_site_forbids_it), CASE(test_a_customers_own_key_has_no_medium_line),
		CASE(test_postage_is_a_line_of_what_is_mailed), CASE(test_each_seal_service_is_a_line_of_its_own),
		CASE(test_the_channel_decides_the_algorithm_of_a_medium), CASE(test_every_check_leaves_a_record), CASE(test_staff_say_that_they_looked),
		CASE(test_consent_means_all_current_texts_and_the_order_keeps_each), CASE(test_documents_follow_business_customer_and_item_role),
		CASE(test_a_document_has_at_most_1572864_bytes), CASE(test_a_unit_has_several_agents_and_an_agent_several_units),
		CASE(test_renewal_replacement_and_change_ask_for_files_that_wait), CASE(test_the_medium_changes_only_by_replacement),
		CASE(test_fields_say_whether_they_are_signed),
	};
	return RUN(tests);
}
