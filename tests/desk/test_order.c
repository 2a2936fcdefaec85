/* Drafts, lists, documents, staff; and that the audit finds one altered byte in any row. */
#include "case.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

static void test_a_draft_is_there_again(void **state)
{
	struct unit_case *c = *state;
	json_t *half = json_pack("{ss}", "unit_name", "半个名"), *draft = NULL, *list = NULL;
	EXPECT(OK, draft_new(c->d, "new-unit", NULL, c->no, &c->e));
	EXPECT(OK, draft_save(c->d, c->no, half, "unit_name", 2, &c->e));
	desk_close(&c->d); /* another program, another day */
	c->d = site_open(&c->site);
	c->d->clock = CLOCK_SYSTEM;
	site_as(&c->site, c->d, "op1");
	site_is(OK, draft_load(c->d, c->no, &draft, &c->e), &c->e);
	assert_string_equal(json_text(draft, "focus"), "unit_name");
	assert_int_equal(json_number(draft, "cursor"), 2);
	assert_true(json_equal(json_object_get(draft, "values"), half));
	site_is(OK, draft_list(c->d, &list, &c->e), &c->e);
	assert_string_equal(json_text(json_array_get(list, 0), "order"), c->no);
	json_decref(half);
	json_decref(draft);
	json_decref(list);
}

/* Two windows began with the same; each changed something, and saved all that it shows. */
static void test_two_windows_at_one_draft_lose_nothing(void **state)
{
	struct unit_case *c = *state;
	json_t *begun = json_pack("{ss ss}", "unit_name", "半个名", "notes", "原来的"), *one = json_deep_copy(begun), *two = json_deep_copy(begun);
	json_t *theirs = NULL, *draft = NULL;
	EXPECT(OK, draft_new(c->d, "new-unit", NULL, c->no, &c->e));
	EXPECT(OK, draft_save(c->d, c->no, begun, "", 0, &c->e));
	json_object_set_new(one, "unit_phone", json_string("010-58515511"));
	EXPECT(OK, draft_save_over(c->d, c->no, begun, one, "", 0, &theirs, &c->e));
	assert_int_equal(json_array_size(theirs), 0);
	json_decref(theirs);
	json_object_set_new(two, "unit_name", json_string("整个名"));
	json_object_del(two, "notes"); /* cleared here */
	EXPECT(OK, draft_save_over(c->d, c->no, begun, two, "", 0, &theirs, &c->e));
	assert_int_equal(json_array_size(theirs), 1); /* the phone, which this window doesn't show */
	json_decref(theirs);
	site_is(OK, draft_load(c->d, c->no, &draft, &c->e), &c->e);
	json_t *values = json_object_get(draft, "values");
	assert_string_equal(json_text(values, "unit_phone"), "010-58515511");
	assert_string_equal(json_text(values, "unit_name"), "整个名");
	assert_null(json_object_get(values, "notes"));
	json_object_set_new(one, "unit_name", json_string("第三个名")); /* both changed it: the last one counts, and is told */
	EXPECT(OK, draft_save_over(c->d, c->no, begun, one, "", 0, &theirs, &c->e));
	assert_int_equal(json_array_size(theirs), 2); /* the name; the notes are gone */
	json_decref(theirs);
	json_decref(draft);
	site_is(OK, draft_load(c->d, c->no, &draft, &c->e), &c->e);
	assert_string_equal(json_text(json_object_get(draft, "values"), "unit_name"), "第三个名");
	json_decref(draft);
	json_decref(begun);
	json_decref(one);
	json_decref(two);
}

static void test_old_drafts_go(void **state)
{
	struct unit_case *c = *state;
	int64_t gone;
	site_draft(&c->site, c->d, "new-unit", NULL, c->no);
	later(c, 90 * 86400 + 1);
	c->d->timer = true;
	EXPECT(OK, draft_purge(c->d, &gone, &c->e));
	c->d->timer = false;
	assert_int_equal(gone, 1);
	EXPECT(ERR_DESK_NO_ORDER, order_show(c->d, c->no, &out, &c->e));
	char command[160];
	snprintf(command, sizeof command, "test -z \"$(find %s/files -type f)\"", c->site.dir);
	assert_int_equal(system(command), 0); /* and so do its pictures */
}

static void test_wrong_data_is_refused_and_named(void **state)
{
	struct unit_case *c = *state;
	json_t *data = json_pack("{ss}", "uscc", "91350100M000100Y4Z");
	EXPECT(ERR_RULES_FIELD, draft_new(c->d, "new-unit", data, c->no, &c->e));
	assert_non_null(strstr(c->e.detail, "统一社会信用代码"));
	json_decref(data);
	data = json_pack("{ss}", "no_such_field", "x");
	EXPECT(ERR_RULES_FIELD, draft_new(c->d, "new-unit", data, c->no, &c->e));
	json_decref(data);
	EXPECT(ERR_DESK_NO_FORM, draft_new(c->d, "../../etc/passwd", NULL, c->no, &c->e));
	EXPECT(ERR_DESK_NO_ORDER, order_show(c->d, "11011401-261122-00000", &out, &c->e));
}

static void test_a_known_customer_is_offered(void **state)
{
	struct unit_case *c = *state;
	json_t *values = NULL;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	site_is(OK, customer_known(c->d, "unit", "91110105MA01ABCD5F", &values, &c->e), &c->e);
	assert_string_equal(json_text(values, "legal_name"), "欧阳·建国");
	assert_null(json_object_get(values, "consent")); /* asked anew each time */
	assert_null(json_object_get(values, "identity_seen"));
	json_decref(values);
	site_is(OK, customer_known(c->d, "unit", "91350100M000100Y43", &values, &c->e), &c->e);
	assert_null(values);
}

static void test_lists_find(void **state)
{
	struct unit_case *c = *state;
	static const struct {
		const char *key, *value;
		size_t count;
	} tries[] = {
		{"status", "awaiting-payment", 1}, {"status", "draft", 1},     {"status", "done", 0},
		{"text", "示例", 1},               {"text", "例", 2},          {"text", "凤凰", 0},
		{"text", "\"", 0},                 {"text", "北京示例科技", 1}, {"text", "91110105MA01ABCD5F", 1},
		{"business", "new", 2},            {"business", "renew", 0},
	};
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	json_t *data = json_pack("{ss}", "unit_name", "另一个例子");
	char other[ORDER_NO_SIZE];
	EXPECT(OK, draft_new(c->d, "new-unit", data, other, &c->e));
	json_decref(data);
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		json_t *filter = json_pack("{ss}", tries[i].key, tries[i].value), *list = NULL;
		site_is(OK, order_list(c->d, filter, &list, &c->e), &c->e);
		if (json_array_size(list) != tries[i].count)
			fail_msg("%s=%s: %zu", tries[i].key, tries[i].value, json_array_size(list));
		json_decref(filter);
		json_decref(list);
	}
}

static size_t page_of(struct unit_case *c, const char *text, int64_t before, char first[ORDER_NO_SIZE], int64_t *last)
{
	json_t *filter = json_pack("{ss si sI}", "text", text, "limit", 2, "before", (json_int_t)before), *list = NULL;
	site_is(OK, order_list(c->d, filter, &list, &c->e), &c->e);
	size_t n = json_array_size(list);
	text_copy(first, ORDER_NO_SIZE, json_text(json_array_get(list, 0), "order"));
	*last = n ? json_number(json_array_get(list, n - 1), "id") : 0;
	json_decref(list);
	json_decref(filter);
	return n;
}

/* A customer of many years, page by page: no order twice, and none behind the drafts that stand before them. */
static void test_what_is_found_is_paged_to_its_end(void **state)
{
	struct unit_case *c = *state;
	char oldest[ORDER_NO_SIZE], first[ORDER_NO_SIZE], draft[ORDER_NO_SIZE];
	int64_t last = 0;
	json_t *again = json_pack("{ss}", "key_role", "secondary");
	site_signed(&c->site, c->d, "new-unit", NULL, oldest);
	site_signed(&c->site, c->d, "new-unit", again, c->no);
	site_signed(&c->site, c->d, "new-unit", again, c->no);
	json_decref(again);
	assert_int_equal(page_of(c, "91110105MA01ABCD5F", 0, first, &last), 2);
	assert_string_equal(first, c->no);
	assert_int_equal(page_of(c, "91110105MA01ABCD5F", last, first, &last), 1);
	assert_string_equal(first, oldest);
	json_t *data = json_pack("{ss}", "unit_name", "北京示例科技有限公司分部");
	EXPECT(OK, draft_new(c->d, "new-unit", data, draft, &c->e));
	json_decref(data);
	assert_int_equal(page_of(c, "示例科技", 0, first, &last), 3);
	assert_string_equal(first, draft);
	assert_int_equal(page_of(c, "示例科技", last, first, &last), 1);
	assert_string_equal(first, oldest);
}

/* As people read it out: the number of today, or with its day. */
static void test_an_order_is_found_by_the_end_of_its_number(void **state)
{
	struct unit_case *c = *state;
	char other[ORDER_NO_SIZE];
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(OK, draft_new(c->d, "new-unit", NULL, other, &c->e));
	const char *tail = strrchr(c->no, '-') + 1, *day = strchr(c->no, '-') + 1;
	const struct {
		const char *text, *no;
	} tries[] = {{tail, c->no}, {tail + strspn(tail, "0"), c->no}, {day, c->no}, {strrchr(other, '-') + 1, other}, {strchr(other, '-') + 1, other},
		{"99999", NULL}, {"200101-00015", NULL}, {"261122-", NULL}, {"-00015", NULL}, {"12345678", NULL}};
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		json_t *filter = json_pack("{ss}", "text", tries[i].text), *list = NULL;
		site_is(OK, order_list(c->d, filter, &list, &c->e), &c->e);
		if (json_array_size(list) != (tries[i].no ? 1 : 0))
			fail_msg("%s: %zu", tries[i].text, json_array_size(list));
		if (tries[i].no)
			assert_string_equal(json_text(json_array_get(list, 0), "order"), tries[i].no);
		json_decref(filter);
		json_decref(list);
	}
}

static void test_numbers_are_masked_and_a_look_is_journalled(void **state)
{
	struct unit_case *c = *state;
	json_t *order = NULL, *history = NULL;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	site_is(OK, order_show(c->d, c->no, &order, &c->e), &c->e);
	assert_string_equal(json_text(json_object_get(order, "fields"), "legal_id_number"), "110105********002X");
	assert_string_equal(json_text(json_object_get(order, "fields"), "legal_name"), "欧阳·建国"); /* a reviewer compares it with the document */
	json_decref(order);
	site_is(OK, order_reveal(c->d, c->no, &order, &c->e), &c->e);
	assert_string_equal(json_text(json_object_get(order, "fields"), "legal_id_number"), "11010519491231002X");
	json_decref(order);
	site_is(OK, order_history(c->d, c->no, &history, &c->e), &c->e);
	assert_string_equal(json_text(json_array_get(history, 1), "action"), "order.reveal");
	json_decref(history);
}

static void test_nothing_personal_is_readable_in_the_directory(void **state)
{
	struct unit_case *c = *state;
	static const char *const secrets[] = {"11010519491231002X", "110101199003071233", "13900139000", "20000012345678"};
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		char command[256];
		snprintf(command, sizeof command, "! grep -rqaF --exclude-dir=outbox -e %s %s", secrets[i], c->site.dir);
		assert_int_equal(system(command), 0);
	}
}

static void test_a_picture_comes_back_and_an_altered_one_is_found(void **state)
{
	struct unit_case *c = *state;
	struct bytes out_bytes = {0}, in = {0};
	site_draft(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(OK, attach_export(c->d, c->no, "seal-sample", &out_bytes, &c->e));
	assert_true(out_bytes.length > 100 && memcmp(out_bytes.data, "\xFF\xD8", 2) == 0);
	bytes_free(&out_bytes);
	bytes_free(&in);
	char command[256];
	snprintf(command, sizeof command, "for f in $(find %s/files -type f); do printf X >>$f; done", c->site.dir);
	assert_int_equal(system(command), 0);
	EXPECT(ERR_DESK_FILE, attach_export(c->d, c->no, "seal-sample", &out_bytes, &c->e));
}

static void test_odd_file_names_do_no_harm(void **state)
{
	struct unit_case *c = *state;
	json_t *list = NULL;
	char path[512], sentence[1024];
	EXPECT(OK, draft_new(c->d, "new-unit", NULL, c->no, &c->e));
	snprintf(path, sizeof path, "%s/inbox/\x1b]0;x\x07\x1b[2J扫描.jpg", c->site.dir);
	assert_int_equal(rename(site_picture(&c->site, "odd.jpg"), path), 0);
	site_is(OK, attach_inbox(c->d, NULL, &list, &c->e), &c->e);
	const char *name = json_text(json_array_get(list, 0), "name");
	assert_null(strchr(name, '\x1b'));
	assert_non_null(strstr(name, "扫描.jpg"));
	EXPECT(OK, attach_add(c->d, c->no, "seal-sample", json_text(json_array_get(list, 0), "path"), false, &out, &c->e));
	json_decref(list);
	assert_int_equal(unlink(path), 0);
	EXPECT(ERR_FILE_READ, attach_add(c->d, c->no, "seal-sample", path, false, &out, &c->e));
	assert_null(strchr(error_sentence(&c->e, sentence, sizeof sentence), '\x1b'));
}

static void test_lists_in_the_inbox_are_no_scans(void **state)
{
	struct unit_case *c = *state;
	static const char *const names[] = {"名单.csv", "LIST.XLSX", "scan.jpg", "scan.pdf"};
	json_t *list = NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[512];
		snprintf(path, sizeof path, "%s/inbox/%s", c->site.dir, names[i]);
		assert_int_equal(rename(site_picture(&c->site, "any.jpg"), path), 0);
	}
	site_is(OK, attach_inbox(c->d, NULL, &list, &c->e), &c->e);
	assert_int_equal(json_array_size(list), 4);
	json_decref(list);
	site_is(OK, attach_scans(c->d, NULL, &list, &c->e), &c->e);
	assert_int_equal(json_array_size(list), 2);
	json_decref(list);
}

/* A scanner writes the pages of a stack within a second; what came at the same moment goes by name. */
static void test_scans_of_one_second_stand_newest_first(void **state)
{
	struct unit_case *c = *state;
	static const struct {
		const char *name;
		long ns;
	} scans[] = {{"p1", 100}, {"p4", 400}, {"p2", 200}, {"p5", 100}, {"p3", 300}, {"p0", 400}};
	const char *wanted[] = {"p0", "p4", "p3", "p2", "p1", "p5"};
	json_t *list = NULL;
	for (size_t i = 0; i < sizeof scans / sizeof *scans; i++) {
		char path[512];
		struct timespec at[2] = {{1795359900, scans[i].ns}, {1795359900, scans[i].ns}};
		snprintf(path, sizeof path, "%s/inbox/%s", c->site.dir, scans[i].name);
		assert_int_equal(file_write(path, 0600, "x", 1, NULL), OK);
		assert_int_equal(utimensat(AT_FDCWD, path, at, 0), 0);
	}
	site_is(OK, attach_inbox(c->d, NULL, &list, &c->e), &c->e);
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		assert_string_equal(json_text(json_array_get(list, i), "name"), wanted[i]);
	assert_null(json_object_get(json_array_get(list, 0), "modified_ns"));
	json_decref(list);
}

/* Nobody clears an inbox: what came last is there however much lies below it. */
static void test_the_newest_scans_are_shown_of_many(void **state)
{
	enum { MANY = 540, SHOWN = 500 };
	struct unit_case *c = *state;
	json_t *list = NULL;
	char path[512], name[32];
	for (int i = 0; i < MANY; i++) {
		struct timespec at[2] = {{1795359900 + i, 0}, {1795359900 + i, 0}};
		snprintf(path, sizeof path, "%s/inbox/%s-%03d.%s", c->site.dir, i ? "scan" : "list", i, i ? "jpg" : "csv");
		assert_int_equal(close(open(path, O_CREAT | O_WRONLY | O_EXCL, 0600)), 0);
		assert_int_equal(utimensat(AT_FDCWD, path, at, 0), 0);
	}
	site_is(OK, attach_scans(c->d, NULL, &list, &c->e), &c->e);
	assert_int_equal(json_array_size(list), SHOWN);
	for (int i = 0; i < SHOWN; i++) {
		snprintf(name, sizeof name, "scan-%03d.jpg", MANY - 1 - i);
		assert_string_equal(json_text(json_array_get(list, (size_t)i), "name"), name);
	}
	json_decref(list);
	site_is(OK, attach_lists(c->d, NULL, &list, &c->e), &c->e); /* the oldest of all */
	assert_int_equal(json_array_size(list), 1);
	json_decref(list);
}

static void test_a_huge_file_is_refused_unread(void **state)
{
	struct unit_case *c = *state;
	EXPECT(OK, draft_new(c->d, "new-unit", NULL, c->no, &c->e));
	const char *path = site_file(&c->site, "huge.jpg", "\xFF\xD8\xFF");
	assert_int_equal(truncate(path, 200L << 20), 0);
	EXPECT(ERR_FILE_TOO_BIG, attach_add(c->d, c->no, "seal-sample", path, true, &out, &c->e));
	assert_non_null(strstr(c->e.detail, "huge.jpg 超过 64 MB"));
}

/* What the refusal advises works: the picture is kept, and nothing of what followed it. */
static void test_fit_keeps_the_picture_alone(void **state)
{
	struct unit_case *c = *state;
	struct bytes content = {0};
	const char *path = site_picture(&c->site, "polyglot.jpg");
	FILE *f = fopen(path, "ab");
	assert_non_null(f);
	assert_true(fputs("<html>more</html>", f) >= 0);
	assert_int_equal(fclose(f), 0);
	EXPECT(OK, draft_new(c->d, "new-unit", NULL, c->no, &c->e));
	EXPECT(ERR_PICTURE_MORE, attach_add(c->d, c->no, "seal-sample", path, false, &out, &c->e));
	EXPECT(OK, attach_add(c->d, c->no, "seal-sample", path, true, &out, &c->e));
	site_is(OK, attach_read(c->d, c->no, "seal-sample", &content, &c->e), &c->e);
	assert_null(memmem(content.data, content.length, "<html>", 6));
	bytes_free(&content);
}

static void test_five_wrong_passwords_lock(void **state)
{
	struct unit_case *c = *state;
	struct secret right, wrong;
	bool disabled = true;
	secret_set(&right, SITE_PASSWORD, strlen(SITE_PASSWORD));
	secret_set(&wrong, "not this one", 12);
	for (int i = 0; i < 4; i++)
		EXPECT(ERR_DESK_PASSWORD, staff_login(c->d, "op1", &wrong, &c->e));
	EXPECT(ERR_DESK_LOCKED, staff_login(c->d, "op1", &wrong, &c->e)); /* the one that locks says so */
	EXPECT(ERR_DESK_LOCKED, staff_login(c->d, "op1", &right, &c->e));
	EXPECT(ERR_DESK_PASSWORD, staff_login(c->d, "nobody", &right, &c->e));
	later(c, 15 * 60 + 1);
	EXPECT(OK, staff_login(c->d, "op1", &right, &c->e));
	for (int i = 0; i < 5; i++)
		EXPECT(i < 4 ? ERR_DESK_PASSWORD : ERR_DESK_LOCKED, staff_login(c->d, "op1", &wrong, &c->e));
	site_as(&c->site, c->d, "root1");
	EXPECT(OK, staff_unlock(c->d, "op1", &disabled, &c->e));
	assert_false(disabled);
	EXPECT(OK, staff_login(c->d, "op1", &right, &c->e));
}

static void test_roles_keep_apart(void **state)
{
	struct unit_case *c = *state;
	struct secret password;
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	EXPECT(ERR_DESK_FORBIDDEN, staff_add(c->d, "x1", "某", "operator", &password, &c->e));
	site_as(&c->site, c->d, "root1");
	EXPECT(ERR_DESK_ROLES, staff_add(c->d, "x1", "某", "admin,operator", &password, &c->e));
	EXPECT(ERR_DESK_ROLES, staff_add(c->d, "x1", "某", "wizard", &password, &c->e));
	EXPECT(ERR_DESK_LOGIN_NAME, staff_add(c->d, "X 1", "某", "operator", &password, &c->e));
	EXPECT(ERR_DESK_LOGIN_NAME, staff_add(c->d, "system", "某", "operator", &password, &c->e)); /* in the journal that is nobody */
	EXPECT(ERR_DESK_FORBIDDEN, draft_new(c->d, "new-unit", NULL, c->no, &c->e)); /* no customer business at all */
	EXPECT(OK, staff_add(c->d, "root2", "某管理", "admin", &password, &c->e));
	EXPECT(ERR_DESK_TWO_PERSONS, staff_add(c->d, "x2", "某", "operator", &password, &c->e)); /* now there are two */
	EXPECT(OK, staff_second(c->d, "root2", &password, &c->e));
	EXPECT(OK, staff_add(c->d, "x2", "某", "operator", &password, &c->e));
	/* one administrator beside somebody who is none is one administrator */
	site_as(&c->site, c->d, "op1");
	EXPECT(OK, staff_second(c->d, "root1", &password, &c->e));
	EXPECT(ERR_DESK_OWN_RIGHT, staff_add(c->d, "x3", "某", "operator", &password, &c->e));
	EXPECT(ERR_DESK_OWN_RIGHT, staff_roles(c->d, "op1", "operator,manager", &c->e));
	EXPECT(OK, staff_disable(c->d, "root2", &c->e));
	site_as(&c->site, c->d, "root1");
	EXPECT(ERR_DESK_TWO_LATELY, staff_roles(c->d, "op1", "operator,manager", &c->e));
	site_as(&c->site, c->d, "au1");
	EXPECT(ERR_DESK_FORBIDDEN, order_cancel(c->d, "1", &c->e));
	EXPECT(ERR_DESK_SEPARATION, staff_second(c->d, "au1", &password, &c->e));
}

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	return st;
}

/* One value of one row a little different, in its own type; NULL where it can't be. */
static bool alter(sqlite3 *db, const char *table, const char *column, sqlite3_int64 id)
{
	char sql[600];
	snprintf(sql, sizeof sql, "UPDATE %s SET %s = CASE typeof(%s) WHEN 'integer' THEN %s + 1 WHEN 'text' THEN %s || 'x' "
	         "WHEN 'blob' THEN CAST(%s || x'00' AS BLOB) ELSE %s END WHERE id = %lld AND %s IS NOT NULL",
	         table, column, column, column, column, column, column, (long long)id, column);
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK && sqlite3_changes(db) == 1;
}

static void audit_finds(struct unit_case *c, const char *wanted)
{
	struct journal_report report;
	struct error e = {0};
	/* not audit_verify: whose own row is altered may not ask for it */
	if (journal_verify(c->d->store, &report, NULL, NULL, &e) != ERR_STORE_ALTERED || !strstr(e.detail, wanted))
		fail_msg("%s not found: %s", wanted, e.detail);
}

/* Every column of every row of every journalled table that this store has. */
static void test_one_altered_value_anywhere_is_found_and_named(void **state)
{
	struct unit_case *c = *state;
	char path[160], sql[200], wanted[96];
	sqlite3 *db, *reader; /* a table can't be dropped under a query of the same connection */
	int altered = 0, tables = 0;
	site_approved(&c->site, c->d, "new-unit", NULL, c->no);
	site_as(&c->site, c->d, "au1");
	snprintf(path, sizeof path, "%s/certdesk.db", c->site.dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_open(path, &reader), SQLITE_OK);
	sqlite3_exec(db, "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF", NULL, NULL, NULL);
	for (size_t t = 0; journal_table(t); t++) {
		snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY id DESC LIMIT 2", journal_table(t));
		sqlite3_stmt *rows = prepared(reader, sql);
		while (sqlite3_step(rows) == SQLITE_ROW) {
			sqlite3_int64 id = sqlite3_column_int64(rows, 0);
			tables += id > 0;
			for (int i = 1; i < sqlite3_column_count(rows); i++) {
				char save[200];
				snprintf(save, sizeof save, "CREATE TEMP TABLE kept AS SELECT * FROM %s WHERE id = %lld", journal_table(t),
				         (long long)id);
				assert_int_equal(sqlite3_exec(db, save, NULL, NULL, NULL), SQLITE_OK);
				if (alter(db, journal_table(t), sqlite3_column_name(rows, i), id)) {
					snprintf(wanted, sizeof wanted, "%s %lld", journal_table(t), (long long)id);
					/* the site's own keys make the whole chain unreadable: named as the site or the first entry */
					audit_finds(c, strcmp(journal_table(t), "site") == 0 ? "" : wanted);
					altered++;
					snprintf(save, sizeof save, "REPLACE INTO %s SELECT * FROM kept", journal_table(t));
					assert_int_equal(sqlite3_exec(db, save, NULL, NULL, NULL), SQLITE_OK);
				}
				sqlite3_exec(db, "DROP TABLE kept", NULL, NULL, NULL);
			}
		}
		sqlite3_finalize(rows);
	}
	sqlite3_close(reader);
	sqlite3_close(db);
	assert_true(altered > 250);
	assert_true(tables > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_draft_is_there_again), CASE(test_two_windows_at_one_draft_lose_nothing), CASE(test_old_drafts_go), CASE(test_wrong_data_is_refused_and_named),
		CASE(test_a_known_customer_is_offered), CASE(test_lists_find), CASE(test_what_is_found_is_paged_to_its_end), CASE(test_an_order_is_found_by_the_end_of_its_number),
		CASE(test_numbers_are_masked_and_a_look_is_journalled),
		CASE(test_nothing_personal_is_readable_in_the_directory), CASE(test_a_picture_comes_back_and_an_altered_one_is_found),
		CASE(test_odd_file_names_do_no_harm), CASE(test_lists_in_the_inbox_are_no_scans), CASE(test_scans_of_one_second_stand_newest_first), CASE(test_the_newest_scans_are_shown_of_many), CASE(test_a_huge_file_is_refused_unread),
		CASE(test_fit_keeps_the_picture_alone), CASE(test_five_wrong_passwords_lock),
		CASE(test_roles_keep_apart), CASE(test_one_altered_value_anywhere_is_found_and_named),
	};
	return RUN(tests);
}
