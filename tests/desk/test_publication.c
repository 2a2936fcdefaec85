/* What headquarters lays down is carried out whole; what is wrong writes nothing but the refusal. */
#include <unistd.h>

#include "case.h"
#include "base/file.h"
#include "desk/publication.h"
#include "desk/stock.h"
#include "store/journal.h"

static json_t *out;

static enum err take(struct unit_case *c, json_t *body, int64_t feed)
{
	c->e = (struct error){0};
	c->d->timer = true;
	enum err r = publication_take(c->d, body, "sha256:0", feed, &c->e);
	c->d->timer = false;
	json_decref(body);
	return r;
}

/* The newest entry's action, and how many entries there are. */
static int64_t newest(struct unit_case *c, char action[64])
{
	struct rows *rows = NULL;
	int64_t seq = 0, at;
	char hash[DIGEST_TEXT_SIZE];
	site_is(OK, journal_head(c->d->store, &seq, &at, hash, &c->e), &c->e);
	site_is(OK, store_query(c->d->store, SQL_PUSH_ENTRIES, &rows, &c->e, "ii", seq - 1, (int64_t)1), &c->e);
	action[0] = '\0';
	if (rows_next(rows)) {
		json_t *entry = json_loads(rows_text(rows, 1), 0, NULL);
		snprintf(action, 64, "%s", json_text(entry, "action"));
		json_decref(entry);
	}
	rows_end(&rows, NULL);
	return seq;
}

static char *csv_of(struct unit_case *c, const char *name)
{
	struct bytes text = {0};
	site_as(&c->site, c->d, "mg1");
	site_is(OK, table_export(c->d, name, &text, &c->e), &c->e);
	char *copy = strdup((char *)text.data);
	bytes_free(&text);
	return copy;
}

static json_t *table(const char *name, const char *from, const char *csv)
{
	return json_pack("{ss ss ss}", "name", name, "from", from, "csv", csv);
}

static json_t *good_staff(void)
{
	return json_pack("[{ss ss ss sb}, {ss ss ss sb}]", "login", "op9", "name", "新来的", "roles", "operator", "disabled", 0, "login", "rv1", "name", "赵审核",
	                 "roles", "reviewer,issuer", "disabled", 0);
}

static int64_t staff_count(struct unit_case *c, const char *role)
{
	int64_t n = 0;
	site_is(OK, store_int(c->d->store, SQL_STAFF_COUNT_ROLE, 0, &n, &c->e, "t", role), &c->e);
	return n;
}

static const char *state_of(struct unit_case *c, const char *serial)
{
	static char state[32];
	json_t *rows = NULL, *row;
	size_t i;
	state[0] = '\0';
	site_as(&c->site, c->d, "is1");
	site_is(OK, stock_list(c->d, NULL, NULL, &rows, &c->e), &c->e);
	json_array_foreach(rows, i, row)
		if (strcmp(json_text(row, "serial"), serial) == 0)
			snprintf(state, sizeof state, "%s", json_text(row, "state"));
	json_decref(rows);
	return state;
}

/* Every file of the shipped forms/ and reports/, `path` in place of the one of that name. */
static void add_files(json_t *files, const char *root, const char *name, const char *path, const char *text)
{
	char command[600], line[300];
	snprintf(command, sizeof command, "cd '%s' && find -L %s -type f", root, name);
	FILE *list = popen(command, "r");
	assert_non_null(list);
	while (fgets(line, sizeof line, list)) {
		struct bytes raw = {0};
		struct error e = {0};
		line[strcspn(line, "\n")] = '\0';
		char *whole = path_join(root, line);
		site_is(OK, file_read(whole, 8 << 20, &raw, &e), &e);
		bool this = strcmp(line, path) == 0;
		json_array_append_new(files, json_pack("{ss ss}", "path", line, "text", this ? text : raw.data ? (char *)raw.data : ""));
		bytes_free(&raw);
		free(whole);
	}
	pclose(list);
}

static json_t *definitions(struct unit_case *c, const char *path, const char *text)
{
	json_t *files = json_array();
	char *share = share_dir();
	(void)c;
	add_files(files, share, "forms", path, text);
	add_files(files, share, "reports", path, text);
	free(share);
	return files;
}

static void test_tables_staff_and_keys_are_taken_in_one_step(void **state)
{
	struct unit_case *c = *state;
	char action[64], *csv = csv_of(c, "prices");
	int64_t before = newest(c, action);
	site_is(OK, take(c, json_pack("{si s[o] so ss s[{ss ss}]}", "number", 1, "tables", table("prices", "2020-01-01", csv), "staff", good_staff(), "site",
	                              c->d->site, "stock", "serial", "20000001", "medium", "UKEY-RS"), 1), &c->e);
	assert_int_equal(newest(c, action), before + 1);
	assert_string_equal(action, "publication.take");
	assert_int_equal(staff_count(c, "operator"), 2);
	assert_int_equal(staff_count(c, "issuer"), 2);
	assert_string_equal(state_of(c, "20000001"), "in-transit");
	free(csv);
}

static void test_a_new_table_counts_at_once(void **state)
{
	struct unit_case *c = *state;
	char *csv = csv_of(c, "channels"), *grown = NULL;
	assert_true(asprintf(&grown, "%sNEWCH,新渠道,new channel,UKEY-NEW,SM2\n", csv) > 0);
	site_is(OK, take(c, json_pack("{si s[o]}", "number", 1, "tables", table("channels", "2020-01-01", grown)), 1), &c->e);
	site_as(&c->site, c->d, "is1");
	site_is(OK, stock_media(c->d, &out, &c->e), &c->e);
	bool found = false;
	json_t *row;
	size_t i;
	json_array_foreach(out, i, row)
		found |= strcmp(json_string_value(row), "UKEY-NEW") == 0;
	assert_true(found);
	json_decref(out);
	free(csv);
	free(grown);
}

static void test_somebody_new_cannot_log_in_without_a_password(void **state)
{
	struct unit_case *c = *state;
	struct secret password = {0};
	site_is(OK, take(c, json_pack("{si so}", "number", 1, "staff", good_staff()), 1), &c->e);
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	assert_int_not_equal(OK, staff_login(c->d, "op9", &password, &c->e));
	secret_wipe(&password);
}

static void test_announced_keys_arrive_or_are_received(void **state)
{
	struct unit_case *c = *state;
	const char *one[] = {"20000001"}, *two[] = {"20000002"}, *three[] = {"20000003"};
	struct stock_order arrive = {.deed = STOCK_ARRIVE, .keys = {.serials = one, .count = 1}};
	struct stock_order receive = {.deed = STOCK_RECEIVE, .keys = {.serials = two, .count = 1}, .medium = "UKEY-RS"};
	struct stock_order sent = {.deed = STOCK_RECEIVE, .keys = {.serials = three, .count = 1}, .medium = "UKEY-RS"};
	struct stock_order send = {.deed = STOCK_SEND, .keys = {.serials = three, .count = 1}, .site = "110114-09"};
	site_is(OK, take(c, json_pack("{si ss s[{ss ss}, {ss ss}]}", "number", 1, "site", c->d->site, "stock", "serial", one[0], "medium", "UKEY-RS", "serial",
	                              two[0], "medium", "UKEY-RS"), 1), &c->e);
	site_as(&c->site, c->d, "is1");
	EXPECT(OK, stock_do(c->d, &arrive, &out, &c->e));
	EXPECT(OK, stock_do(c->d, &receive, &out, &c->e));
	assert_string_equal(state_of(c, one[0]), "in-stock");
	assert_string_equal(state_of(c, two[0]), "in-stock");
	/* one that this site sent away is no new one */
	EXPECT(OK, stock_do(c->d, &sent, &out, &c->e));
	EXPECT(OK, stock_do(c->d, &send, &out, &c->e));
	assert_int_not_equal(OK, stock_do(c->d, &sent, &out, &c->e));
	assert_string_equal(state_of(c, three[0]), "in-transit");
}

static void test_definitions_count_from_the_next_start(void **state)
{
	struct unit_case *c = *state;
	char path[200];
	json_t *body = json_pack("{si ss so}", "number", 4, "program", CERTDESK_VERSION, "files", definitions(c, "", ""));
	char *before = strdup(c->d->share);
	site_is(OK, take(c, body, 1), &c->e);
	assert_string_equal(c->d->share, before);
	assert_true(publication_waits(c->d));
	struct desk *next = site_open(&c->site);
	snprintf(path, sizeof path, "%s/definitions/4", c->site.dir);
	assert_string_equal(next->share, path);
	assert_false(publication_waits(next));
	desk_close(&next);
	free(before);
}

static void test_definitions_of_another_version_wait_for_it(void **state)
{
	struct unit_case *c = *state;
	site_is(OK, take(c, json_pack("{si ss so}", "number", 4, "program", "99.0.0", "files", definitions(c, "", "")), 1), &c->e);
	assert_false(publication_waits(c->d));
}

static void test_doctor_tells_of_definitions_that_are_lost(void **state)
{
	struct unit_case *c = *state;
	char command[300];
	int64_t number = 0;
	site_is(OK, take(c, json_pack("{si ss so}", "number", 4, "program", CERTDESK_VERSION, "files", definitions(c, "", "")), 1), &c->e);
	assert_false(publication_lost(c->d, &number));
	snprintf(command, sizeof command, "rm -rf '%s/definitions'", c->site.dir);
	assert_int_equal(0, system(command));
	assert_true(publication_lost(c->d, &number));
	assert_int_equal(number, 4);
}

/* Refused, and nothing of it done: one entry more, which says so, and the feed goes on. */
static void refused(struct unit_case *c, json_t *body)
{
	char action[64];
	int64_t before = newest(c, action), number = json_number(body, "number"), there = 0, feed = 0, operators = staff_count(c, "operator");
	char *prices = csv_of(c, "prices"), *after, dir[200];
	json_t *sync = NULL;
	site_is(ERR_DESK_PUBLICATION, take(c, body, 77), &c->e);
	assert_int_equal(newest(c, action), before + 1);
	assert_string_equal(action, "publication.refuse");
	site_is(OK, store_int(c->d->store, SQL_PUBLICATION_HAS, 0, &there, &c->e, "i", number), &c->e);
	assert_int_equal(there, 0);
	assert_int_equal(staff_count(c, "operator"), operators);
	after = csv_of(c, "prices");
	assert_string_equal(after, prices);
	assert_string_equal(state_of(c, "20000001"), "");
	snprintf(dir, sizeof dir, "%s/definitions/%lld", c->site.dir, (long long)number);
	assert_int_not_equal(0, access(dir, F_OK));
	snprintf(dir, sizeof dir, "%s/definitions/%lld.new", c->site.dir, (long long)number);
	assert_int_not_equal(0, access(dir, F_OK));
	site_is(OK, store_row(c->d->store, SQL_SYNC_STATE_GET, &sync, &c->e, ""), &c->e);
	feed = json_number(sync, "feed");
	assert_int_equal(feed, 77);
	json_decref(sync);
	free(prices);
	free(after);
}

/* A right table before the wrong part: it must not stay. */
static json_t *with_good(struct unit_case *c, const char *name, json_t *part)
{
	char *csv = csv_of(c, "prices"), *dearer = NULL;
	assert_true(asprintf(&dearer, "%snew,certificate,unit-1y,main,,,,77700,多余,more\n", csv) > 0);
	json_t *body = json_pack("{si s[o] so}", "number", 5, "tables", table("prices", "2020-01-01", dearer), "staff", good_staff());
	if (strcmp(name, "tables") == 0)
		json_array_append_new(json_object_get(body, "tables"), part);
	else
		json_object_set_new(body, name, part);
	free(csv);
	free(dearer);
	return body;
}

static void test_a_wrong_table_is_refused(void **state)
{
	struct unit_case *c = *state;
	refused(c, with_good(c, "tables", table("channels", "2020-01-01", "code,zh\nX,y\n")));
}

static void test_a_table_with_a_wrong_row_is_refused(void **state)
{
	struct unit_case *c = *state;
	refused(c, with_good(c, "tables", table("deadlines", "2020-01-01", "business,step,days,zh,en\nnew,review,soon,审核,review\n")));
}

static void test_an_unknown_table_is_refused(void **state)
{
	struct unit_case *c = *state;
	refused(c, with_good(c, "tables", table("staff", "2020-01-01", "login\nroot\n")));
}

static void test_a_wrong_date_is_refused(void **state)
{
	struct unit_case *c = *state;
	char *csv = csv_of(c, "channels");
	refused(c, with_good(c, "tables", table("channels", "2020-02-31", csv)));
	free(csv);
}

static void test_paths_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const paths[] = {"../certdesk.yaml", "forms/../../certdesk.yaml", "/etc/passwd", "forms/.hidden", "forms//x", "forms/x/",
	                                    "ca/key.pem", "forms/a b", "forms/..", ""};
	struct unit_case *c = *state;
	char before[300];
	snprintf(before, sizeof before, "%s/certdesk.yaml", c->site.dir);
	struct bytes was = {0}, is = {0};
	site_is(OK, file_read(before, 1 << 16, &was, &c->e), &c->e);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		json_t *body = with_good(c, "files", json_pack("[{ss ss}]", "path", paths[i], "text", "store_key: x\n"));
		json_object_set_new(body, "program", json_string(CERTDESK_VERSION));
		refused(c, body);
	}
	site_is(OK, file_read(before, 1 << 16, &is, &c->e), &c->e);
	assert_string_equal((char *)was.data, (char *)is.data);
	bytes_free(&was);
	bytes_free(&is);
}

static void test_a_form_with_a_mistake_is_refused(void **state)
{
	struct unit_case *c = *state;
	json_t *body = with_good(c, "files", definitions(c, "forms/new-unit.yaml", "form: new-unit\nfields: [\n"));
	json_object_set_new(body, "program", json_string(CERTDESK_VERSION));
	refused(c, body);
	assert_false(publication_waits(c->d));
}

static void test_right_definitions_beside_a_wrong_table_leave_nothing(void **state)
{
	struct unit_case *c = *state;
	json_t *body = with_good(c, "files", definitions(c, "", ""));
	json_object_set_new(body, "program", json_string(CERTDESK_VERSION));
	json_array_append_new(json_object_get(body, "tables"), table("channels", "2020-01-01", "code,zh\nX,y\n"));
	refused(c, body);
	assert_false(publication_waits(c->d));
}

static void refused_with(struct unit_case *c, const char *path, const char *text)
{
	json_t *body = with_good(c, "files", definitions(c, path, text));
	json_object_set_new(body, "program", json_string(CERTDESK_VERSION));
	refused(c, body);
	assert_false(publication_waits(c->d));
}

static void test_a_report_with_a_mistake_is_refused(void **state)
{
	struct unit_case *c = *state;
	refused_with(c, "reports/deadlines.yaml", "title: {zh: 时限\nsheets: [\n");
	refused_with(c, "reports/daily/shifts.sql", "SELECT no_such_column AS x FROM shift");
	refused_with(c, "reports/daily/shifts.sql", "SELECT 1 AS something_else");
	refused_with(c, "reports/daily/stock.sql", "SELECT nothing FROM nowhere");
	refused_with(c, "reports/lists/invoices/totals.sql", "SELECT password AS x FROM staff");
}

static void test_a_report_that_reads_what_is_sealed_is_refused(void **state)
{
	struct unit_case *c = *state;
	refused_with(c, "reports/daily/orders-count.sql", "SELECT length(data) FROM orders");
	refused_with(c, "reports/daily/orders-count.sql", "DELETE FROM orders");
}

static bool there(struct unit_case *c, int number)
{
	char path[200];
	snprintf(path, sizeof path, "%s/definitions/%d", c->site.dir, number);
	return access(path, F_OK) == 0;
}

static void lay_down(struct unit_case *c, int number, const char *program, int feed)
{
	site_is(OK, take(c, json_pack("{si ss so}", "number", number, "program", program, "files", definitions(c, "", "")), feed), &c->e);
}

static void test_old_definitions_go_when_nobody_works_with_them(void **state)
{
	struct unit_case *c = *state;
	lay_down(c, 1, "0.0.7", 1);
	lay_down(c, 2, "0.0.8", 2);
	lay_down(c, 3, CERTDESK_VERSION, 3);
	struct desk *session = site_open(&c->site);
	lay_down(c, 4, "0.0.9", 4);
	lay_down(c, 5, CERTDESK_VERSION, 5);
	struct desk *newer = site_open(&c->site);
	site_is(OK, publication_sweep(c->d, &c->e), &c->e);
	assert_false(there(c, 1)); /* of N-3 */
	assert_true(there(c, 2) && there(c, 4) && there(c, 5)); /* of N-2, N-1, N */
	assert_true(there(c, 3)); /* replaced, and a session has it */
	const struct form *form = NULL;
	site_is(OK, desk_form(session, "renew-unit", &form, &c->e), &c->e);
	desk_close(&session);
	site_is(OK, publication_sweep(c->d, &c->e), &c->e);
	assert_false(there(c, 3));
	assert_true(there(c, 5));
	desk_close(&newer);
	site_is(OK, publication_sweep(c->d, &c->e), &c->e);
	assert_true(there(c, 2) && there(c, 4) && there(c, 5));
}

static void test_half_of_the_definitions_are_refused(void **state)
{
	struct unit_case *c = *state;
	json_t *files = json_array();
	char *share = share_dir();
	add_files(files, share, "reports", "", "");
	free(share);
	json_t *body = with_good(c, "files", files);
	json_object_set_new(body, "program", json_string(CERTDESK_VERSION));
	refused(c, body);
}

static void test_a_person_named_like_one_of_another_site_is_refused(void **state)
{
	struct unit_case *c = *state;
	refused(c, with_good(c, "staff", json_pack("[{ss ss ss sb}]", "login", "110114-02/x", "name", "别处的", "roles", "operator", "disabled", 0)));
	refused(c, with_good(c, "staff", json_pack("[{ss ss ss sb}]", "login", "op9", "name", "新来的", "roles", "emperor", "disabled", 0)));
	refused(c, with_good(c, "staff", json_pack("[{ss ss ss sb}]", "login", "", "name", "新来的", "roles", "operator", "disabled", 0)));
}

static void test_the_only_administrator_stays(void **state)
{
	struct unit_case *c = *state;
	refused(c, with_good(c, "staff", json_pack("[{ss ss ss sb}]", "login", "root1", "name", "管理", "roles", "admin", "disabled", 1)));
	refused(c, with_good(c, "staff", json_pack("[{ss ss ss sb}]", "login", "root1", "name", "管理", "roles", "operator", "disabled", 0)));
	/* another one who has no password yet can let nobody in */
	refused(c, with_good(c, "staff", json_pack("[{ss ss ss sb}, {ss ss ss sb}]", "login", "root1", "name", "管理", "roles", "admin", "disabled", 1, "login",
	                                           "root2", "name", "新管理", "roles", "admin", "disabled", 0)));
	/* with one who can log in it may go */
	struct secret password = {0};
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&c->site, c->d, "root1");
	site_is(OK, staff_add(c->d, "root2", "新管理", "admin", &password, &c->e), &c->e);
	secret_wipe(&password);
	site_is(OK, take(c, json_pack("{si s[{ss ss ss sb}]}", "number", 6, "staff", "login", "root1", "name", "管理", "roles", "admin", "disabled", 1), 1), &c->e);
}

static void test_wrong_keys_are_refused(void **state)
{
	struct unit_case *c = *state;
	static const char *const keys[][2] = {{"10000001", "UKEY-RS"}, {"2000 0001", "UKEY-RS"}, {"20000001", "SPOON"}, {"", "UKEY-RS"}, {"20000001", ""}};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		json_t *body = with_good(c, "stock", json_pack("[{ss ss}]", "serial", keys[i][0], "medium", keys[i][1]));
		json_object_set_new(body, "site", json_string(c->d->site));
		refused(c, body);
	}
	json_t *body = with_good(c, "stock", json_pack("[{ss ss}, {ss ss}]", "serial", "20000001", "medium", "UKEY-RS", "serial", "20000001", "medium", "UKEY-RS"));
	json_object_set_new(body, "site", json_string(c->d->site));
	refused(c, body); /* twice */
	body = with_good(c, "stock", json_pack("[{ss ss}]", "serial", "20000001", "medium", "UKEY-RS"));
	json_object_set_new(body, "site", json_string("110114-02"));
	refused(c, body); /* another site's */
}

static void test_what_was_taken_is_not_taken_again(void **state)
{
	struct unit_case *c = *state;
	char action[64];
	site_is(OK, take(c, json_pack("{si so}", "number", 1, "staff", good_staff()), 1), &c->e);
	int64_t before = newest(c, action);
	site_is(OK, take(c, json_pack("{si so}", "number", 1, "staff", good_staff()), 2), &c->e);
	assert_int_equal(newest(c, action), before);
}

/* Killed between the files and the store, or between two files: what lies about is written over, and doesn't count before. */
static void test_cut_between_files_and_store_it_is_taken_later(void **state)
{
	struct unit_case *c = *state;
	char command[600];
	snprintf(command, sizeof command, "mkdir -p '%s/definitions/4/forms' '%s/definitions/4.new/forms' && echo x >'%s/definitions/4/forms/left.yaml' && "
	                                  "echo x >'%s/definitions/4.new/forms/left.yaml'", c->site.dir, c->site.dir, c->site.dir, c->site.dir);
	assert_int_equal(0, system(command));
	struct desk *between = site_open(&c->site);
	assert_null(strstr(between->share, "definitions/4"));
	desk_close(&between);
	site_is(OK, take(c, json_pack("{si ss so}", "number", 4, "program", CERTDESK_VERSION, "files", definitions(c, "", "")), 1), &c->e);
	snprintf(command, sizeof command, "%s/definitions/4/forms/left.yaml", c->site.dir);
	assert_int_not_equal(0, access(command, F_OK));
	assert_true(publication_waits(c->d));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_tables_staff_and_keys_are_taken_in_one_step), CASE(test_a_new_table_counts_at_once),
		CASE(test_somebody_new_cannot_log_in_without_a_password), CASE(test_announced_keys_arrive_or_are_received),
		CASE(test_definitions_count_from_the_next_start), CASE(test_definitions_of_another_version_wait_for_it),
		CASE(test_doctor_tells_of_definitions_that_are_lost), CASE(test_a_wrong_table_is_refused), CASE(test_a_table_with_a_wrong_row_is_refused),
		CASE(test_an_unknown_table_is_refused), CASE(test_a_wrong_date_is_refused), CASE(test_paths_that_lead_elsewhere_are_refused),
		CASE(test_a_form_with_a_mistake_is_refused), CASE(test_half_of_the_definitions_are_refused), CASE(test_a_report_with_a_mistake_is_refused),
		CASE(test_a_report_that_reads_what_is_sealed_is_refused), CASE(test_old_definitions_go_when_nobody_works_with_them), CASE(test_right_definitions_beside_a_wrong_table_leave_nothing),
		CASE(test_a_person_named_like_one_of_another_site_is_refused), CASE(test_the_only_administrator_stays), CASE(test_wrong_keys_are_refused),
		CASE(test_what_was_taken_is_not_taken_again), CASE(test_cut_between_files_and_store_it_is_taken_later),
	};
	return RUN(tests);
}
