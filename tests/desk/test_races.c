/* Two at once: what one has read is changed by another before it may write. One stops where it waits for the store, the
 * other does its own step, then the first goes on: no time decides. Each has its own connection, as processes have. */
#include "invoicing.h"

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "desk/attach.h"

typedef enum err late_step(struct desk *d, const char *no, const char *text, struct error *e);

static struct late {
	pthread_t thread;
	sem_t waits, go;
	struct desk *d;
	late_step *step;
	const char *no, *text;
	struct error e;
	bool waited;
} late;
static _Thread_local bool is_late;

/* SQLite sleeps here where the store is taken: the first time says so, and waits to be told. */
static int wait_to_be_told(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	if (is_late && !late.waited) {
		late.waited = true;
		sem_post(&late.waits);
		sem_wait(&late.go);
	}
	usleep((useconds_t)microseconds);
	return microseconds;
}

static void *run_late(void *arg)
{
	(void)arg;
	is_late = true;
	late.step(late.d, late.no, late.text, &late.e);
	if (!late.waited)
		sem_post(&late.waits); /* it never came to write */
	return NULL;
}

/* Starts `step` beside this and returns when it waits for the store. */
static void late_begin(struct unit_case *c, late_step *step, const char *text)
{
	struct error e = {0};
	struct desk *lock = site_open(&c->site);
	late = (struct late){.d = site_open(&c->site), .step = step, .no = c->no, .text = text};
	late.d->clock = c->d->clock;
	late.d->actor = c->d->actor;
	sem_init(&late.waits, 0, 0);
	sem_init(&late.go, 0, 0);
	sqlite3_vfs_find(NULL)->xSleep = wait_to_be_told;
	site_is(OK, store_begin(lock->store, &e), &e);
	assert_int_equal(pthread_create(&late.thread, NULL, run_late, NULL), 0);
	sem_wait(&late.waits);
	store_rollback(lock->store);
	desk_close(&lock);
}

/* Lets it go on and looks at what it returned. */
static void late_end(enum err wanted)
{
	sem_post(&late.go);
	pthread_join(late.thread, NULL);
	desk_close(&late.d);
	site_is(wanted, late.e.code, &late.e);
}

static enum err late_sign(struct desk *d, const char *no, const char *code, struct error *e)
{
	json_t *out = NULL;
	enum err r = sign_code(d, no, code, &out, e);
	json_decref(out);
	return r;
}

static enum err late_cancel(struct desk *d, const char *no, const char *text, struct error *e)
{
	(void)text;
	return order_cancel(d, no, e);
}

static enum err late_attach(struct desk *d, const char *no, const char *path, struct error *e)
{
	json_t *out = NULL;
	enum err r = attach_add(d, no, "business-licence", path, false, &out, e);
	json_decref(out);
	return r;
}

static enum err late_save(struct desk *d, const char *no, const char *text, struct error *e)
{
	json_t *values = json_pack("{ss}", "unit_name", text);
	enum err r = draft_save(d, no, values, "unit_name", 0, e);
	json_decref(values);
	return r;
}

static enum err late_edit(struct desk *d, const char *no, const char *mail, struct error *e)
{
	json_t *values = json_pack("{ss}", "agent_email", mail);
	enum err r = draft_edit(d, no, values, e);
	json_decref(values);
	return r;
}

static enum err late_unpaid(struct desk *d, const char *no, const char *text, struct error *e)
{
	int64_t gone;
	(void)no, (void)text;
	return pay_cancel_unpaid(d, &gone, e);
}

static enum err late_verify(struct desk *d, const char *no, const char *text, struct error *e)
{
	json_t *out = NULL;
	(void)text;
	enum err r = pay_verify(d, no, &out, e);
	json_decref(out);
	return r;
}

static enum err late_numbers(struct desk *d, const char *no, const char *path, struct error *e)
{
	json_t *out = NULL;
	(void)no;
	enum err r = invoice_import(d, path, &out, e);
	json_decref(out);
	return r;
}

static void sent(struct unit_case *c, char code[32])
{
	site_draft(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(OK, sign_send(c->d, c->no, &out, &c->e));
	site_message(&c->site, "sms", "验证码", code);
}

static void edit(struct unit_case *c, const char *field, const char *value)
{
	json_t *data = json_pack("{ss}", field, value);
	EXPECT(OK, draft_edit(c->d, c->no, data, &c->e));
	json_decref(data);
}

static void test_what_is_signed_is_what_is_stored(void **state)
{
	struct unit_case *c = *state;
	char code[32];
	sent(c, code);
	late_begin(c, late_sign, code);
	edit(c, "department", "财务部");
	late_end(ERR_DESK_CHANGED);
	status_is(c, "draft");
}

static const char *number_list(struct unit_case *c, const char *number)
{
	char text[200];
	snprintf(text, sizeof text, "order,number,date\n%s,%s,%s\n", c->no, number, today(c));
	return site_file(&c->site, "numbers.csv", text);
}

/* A list is judged before the store is held, and what another window may have changed since once more inside. */
static void test_a_number_that_came_meanwhile_is_not_written_over(void **state)
{
	struct unit_case *c = *state;
	paid(c, "new-unit", NULL);
	late_begin(c, late_numbers, number_list(c, NUMBER));
	filed(c, "26112000000012345679");
	late_end(ERR_DESK_INVOICE_LIST);
	json_t *invoice = shown(c);
	assert_string_equal(json_text(invoice, "number"), "26112000000012345679");
	json_decref(invoice);
}

static void test_a_list_with_mistakes_never_waits_for_the_store(void **state)
{
	struct unit_case *c = *state;
	paid(c, "new-unit", NULL);
	struct desk *lock = site_open(&c->site);
	site_is(OK, store_begin(lock->store, &c->e), &c->e);
	EXPECT(ERR_DESK_INVOICE_LIST, invoice_import(c->d, number_list(c, "12"), &out, &c->e));
	store_rollback(lock->store);
	desk_close(&lock);
}

static void test_a_code_signs_once(void **state)
{
	struct unit_case *c = *state;
	char code[32];
	sent(c, code);
	late_begin(c, late_sign, code);
	EXPECT(OK, sign_code(c->d, c->no, code, &out, &c->e));
	late_end(ERR_DESK_STATUS);
	status_is(c, "awaiting-payment");
}

static void test_tries_are_counted_over_all_windows(void **state)
{
	struct unit_case *c = *state;
	char code[32], wrong[32];
	sent(c, code);
	snprintf(wrong, sizeof wrong, "%06d", (atoi(code) + 1) % 1000000);
	late_begin(c, late_sign, code);
	for (int i = 0; i < 5; i++)
		EXPECT(i < 4 ? ERR_DESK_CODE : ERR_DESK_CODE_SPENT, sign_code(c->d, c->no, wrong, &out, &c->e));
	late_end(ERR_DESK_CODE_ENDED);
}

static void test_a_cancelled_order_is_not_signed_again(void **state)
{
	struct unit_case *c = *state;
	char code[32];
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	edit(c, "department", "财务部");
	later(c, 61);
	EXPECT(OK, sign_send(c->d, c->no, &out, &c->e));
	site_message(&c->site, "sms", "验证码", code);
	late_begin(c, late_sign, code);
	EXPECT(OK, order_cancel(c->d, c->no, &c->e));
	late_end(ERR_DESK_STATUS);
	status_is(c, "cancelled");
}

static void test_an_order_paid_meanwhile_is_not_cancelled(void **state)
{
	struct unit_case *c = *state;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	late_begin(c, late_cancel, NULL);
	EXPECT(OK, pay_take(c->d, c->no, "cash", "R1", number_of(c, "due"), &out, &c->e));
	late_end(ERR_DESK_STATUS);
	status_is(c, "in-review");
}

static void test_a_draft_signed_meanwhile_keeps_its_documents(void **state)
{
	struct unit_case *c = *state;
	char code[32];
	struct bytes picture = {0};
	sent(c, code);
	late_begin(c, late_cancel, NULL);
	EXPECT(OK, sign_code(c->d, c->no, code, &out, &c->e));
	late_end(OK); /* what waits for payment can be cancelled, too */
	status_is(c, "cancelled");
	EXPECT(OK, attach_export(c->d, c->no, "seal-sample", &picture, &c->e));
	bytes_free(&picture);
}

static void test_a_document_comes_too_late(void **state)
{
	struct unit_case *c = *state;
	char code[32];
	sent(c, code);
	late_begin(c, late_attach, site_picture(&c->site, "other-one.jpg"));
	EXPECT(OK, sign_code(c->d, c->no, code, &out, &c->e));
	late_end(ERR_DESK_STATUS);
}

static void test_a_saved_field_is_not_lost_silently(void **state)
{
	struct unit_case *c = *state;
	char code[32];
	sent(c, code);
	late_begin(c, late_save, "北京示例科技有限公司");
	EXPECT(OK, sign_code(c->d, c->no, code, &out, &c->e));
	late_end(ERR_DESK_STATUS);
}

static void test_two_edits_are_both_kept(void **state)
{
	struct unit_case *c = *state;
	json_t *order = NULL;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	late_begin(c, late_edit, "late@example.com");
	edit(c, "department", "财务部");
	late_end(OK);
	site_is(OK, draft_load(c->d, c->no, &order, &c->e), &c->e);
	assert_string_equal(json_text(json_object_get(order, "values"), "department"), "财务部");
	assert_string_equal(json_text(json_object_get(order, "values"), "agent_email"), "late@example.com");
	json_decref(order);
}

static void test_time_given_meanwhile_counts(void **state)
{
	struct unit_case *c = *state;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	later(c, 24 * 3600);
	late_begin(c, late_unpaid, NULL);
	EXPECT(OK, attach_add(c->d, c->no, "payment-voucher", site_picture(&c->site, "voucher.jpg"), false, &out, &c->e));
	late_end(OK);
	status_is(c, "awaiting-payment");
	late_begin(c, late_unpaid, NULL);
	EXPECT(OK, order_cancel(c->d, c->no, &c->e));
	late_end(OK); /* nothing to do is no mistake */
}

/* Two orders of one customer wait for the same amount: one entry of the statement pays for one of them. */
static void test_an_entry_pays_once(void **state)
{
	struct unit_case *c = *state;
	char first[ORDER_NO_SIZE], text[400];
	site_signed(&c->site, c->d, "new-unit", NULL, first);
	int64_t due = 28000;
	snprintf(text, sizeof text, "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n"
	         "2026-11-20,E1,%lld.%02lld,,北京示例科技有限公司,20000012345678,\n", (long long)due / 100, (long long)due % 100);
	EXPECT(OK, order_cancel(c->d, first, &c->e));
	EXPECT(OK, statement_import(c->d, site_file(&c->site, "e.csv", text), &out, &c->e));
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	assert_int_equal(number_of(c, "due"), due);
	late_begin(c, late_verify, NULL);
	EXPECT(OK, pay_verify(c->d, c->no, &out, &c->e));
	late_end(ERR_DESK_NOT_MATCHED);
	assert_int_equal(number_of(c, "paid"), due);
}

static enum err late_import(struct desk *d, const char *no, const char *path, struct error *e)
{
	json_t *out = NULL;
	(void)no;
	enum err r = statement_import(d, path, &out, e);
	json_decref(out);
	return r;
}

static void test_one_statement_of_two_windows_is_imported_once(void **state)
{
	struct unit_case *c = *state;
	const char *path = site_file(&c->site, "e.csv", "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n2026-11-20,E1,280.00,,某某,2000,\n");
	late_begin(c, late_import, path);
	EXPECT(OK, statement_import(c->d, path, &out, &c->e));
	late_end(OK);
}

static enum err late_disable(struct desk *d, const char *no, const char *login, struct error *e)
{
	(void)no;
	return staff_disable(d, login, e);
}

static void test_two_administrators_do_not_disable_each_other(void **state)
{
	struct unit_case *c = *state;
	struct secret password = {0};
	struct staff first;
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&c->site, c->d, "root1");
	first = c->d->actor;
	EXPECT(OK, staff_add(c->d, "root2", "新管理", "admin", &password, &c->e));
	late_begin(c, late_disable, "root2");
	EXPECT(OK, staff_login(c->d, "root2", &password, &c->e));
	EXPECT(OK, staff_disable(c->d, "root1", &c->e));
	late_end(ERR_DESK_LAST_ADMIN);
	later(c, 7 * 86400); /* until then root1 counts as a second person */
	EXPECT(OK, staff_login(c->d, "root2", &password, &c->e));
	EXPECT(ERR_DESK_LAST_ADMIN, staff_roles(c->d, "root2", "operator", &c->e));
	c->d->actor = first;
	secret_wipe(&password);
}

static enum err late_login(struct desk *d, const char *no, const char *login, struct error *e)
{
	struct secret password = {0};
	(void)no;
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	enum err r = staff_login(d, login, &password, e);
	secret_wipe(&password);
	return r;
}

static void test_many_tries_at_once_are_no_more_tries(void **state)
{
	struct unit_case *c = *state;
	struct secret wrong = {0};
	secret_set(&wrong, "wrong password", 14);
	EXPECT(ERR_DESK_PASSWORD, staff_login(c->d, "op1", &wrong, &c->e));
	late_begin(c, late_login, "op1");
	for (int i = 0; i < 4; i++)
		EXPECT(i < 3 ? ERR_DESK_PASSWORD : ERR_DESK_LOCKED, staff_login(c->d, "op1", &wrong, &c->e));
	late_end(ERR_DESK_LOCKED);
	EXPECT(ERR_DESK_LOCKED, late_login(c->d, NULL, "op1", &c->e));
	secret_wipe(&wrong);
}

static struct removal {
	struct desk *beside;
	int count;
	enum err writes;
} removal;

static int no_sleep(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	return microseconds;
}

/* Before a document's file goes: whether another window could put a row for it into the store just then. */
static void before_removal(const char *path)
{
	size_t n = strlen(path);
	if (!removal.beside || n < 62 || strspn(path + n - 62, "0123456789abcdef") != 62)
		return;
	removal.count++;
	removal.writes = store_begin(removal.beside->store, NULL);
	store_rollback(removal.beside->store);
}

int unlink(const char *path)
{
	before_removal(path);
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int unlinkat(int dir, const char *path, int flags)
{
	before_removal(path);
	return (int)syscall(SYS_unlinkat, dir, path, flags);
}

static void test_no_file_is_swept_while_it_is_attached(void **state)
{
	struct unit_case *c = *state;
	char dir[300], path[400];
	int64_t gone = 0;
	struct timespec old[2] = {{.tv_sec = 1577836800}, {.tv_sec = 1577836800}};
	snprintf(dir, sizeof dir, "%s/files/ab", c->d->dir);
	EXPECT(OK, dir_make(dir, &c->e));
	snprintf(path, sizeof path, "%s/%062d", dir, 7);
	EXPECT(OK, file_write(path, 0600, "left", 4, &c->e));
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	sqlite3_vfs_find(NULL)->xSleep = no_sleep;
	removal = (struct removal){.beside = site_open(&c->site)};
	EXPECT(OK, attach_sweep(c->d, &gone, &c->e));
	desk_close(&removal.beside);
	assert_int_equal(removal.count, 1);
	assert_int_equal(removal.writes, ERR_STORE_BUSY);
	assert_int_equal(gone, 1);
	assert_int_not_equal(access(path, F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_what_is_signed_is_what_is_stored), CASE(test_a_code_signs_once),
		CASE(test_a_number_that_came_meanwhile_is_not_written_over), CASE(test_a_list_with_mistakes_never_waits_for_the_store),
		CASE(test_tries_are_counted_over_all_windows), CASE(test_a_cancelled_order_is_not_signed_again),
		CASE(test_an_order_paid_meanwhile_is_not_cancelled), CASE(test_a_draft_signed_meanwhile_keeps_its_documents),
		CASE(test_a_document_comes_too_late), CASE(test_a_saved_field_is_not_lost_silently), CASE(test_two_edits_are_both_kept),
		CASE(test_time_given_meanwhile_counts), CASE(test_an_entry_pays_once),
		CASE(test_one_statement_of_two_windows_is_imported_once), CASE(test_two_administrators_do_not_disable_each_other),
		CASE(test_many_tries_at_once_are_no_more_tries), CASE(test_no_file_is_swept_while_it_is_attached),
	};
	return RUN(tests);
}
