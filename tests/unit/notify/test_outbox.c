#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../lib/json_file.h"
#include "base/crypt.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "notify/notify.h"

static char dir[] = "/tmp/certdesk-outbox-XXXXXX";
static struct notify *outbox;
enum { NOW = 1795352700 }; /* 2026-11-22T13:05:00Z */

static enum err send_text(
	enum notify_channel channel, const char *to, const char *text, int64_t now, char id[NOTIFY_ID_SIZE])
{
	struct bytes b = {0};
	assert_int_equal(bytes_text(&b, text), OK);
	enum err r = notify_send(outbox, channel, to, "sign-code", &b, now, id, NULL);
	bytes_free(&b);
	return r;
}

/* The names in a folder as `ls` prints them. */
static size_t list(const char *options, char names[][64], size_t most)
{
	char command[256];
	snprintf(command, sizeof command, "ls %s %s/outbox/sms", options, dir);
	FILE *f = popen(command, "r");
	size_t n = 0;
	while (n < most && fscanf(f, "%63s", names[n]) == 1)
		n++;
	assert_int_equal(pclose(f), 0);
	return n;
}

static void one_object_a_file(void **state)
{
	(void)state;
	char id[NOTIFY_ID_SIZE], path[256];
	json_t *message = NULL;
	struct stat st;
	assert_int_equal(send_text(NOTIFY_MAIL, "李@例子.中国", "解锁授权码：\"012345\"\\\n第二行", NOW, id), OK);
	assert_string_equal(id, "mail-20261122T130500Z-000001");
	snprintf(path, sizeof path, "%s/outbox/mail/%s.json", dir, id + 5);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(json_read_file(path, &message, NULL), OK);
	assert_int_equal(json_object_size(message), 4);
	assert_string_equal(json_text(message, "to"), "李@例子.中国");
	assert_string_equal(json_text(message, "template"), "sign-code");
	assert_string_equal(json_text(message, "text"), "解锁授权码：\"012345\"\\\n第二行");
	assert_string_equal(json_text(message, "sent_at"), "2026-11-22T13:05:00Z");
	json_decref(message);
}

static void newest_is_first(void **state)
{
	(void)state;
	enum { COUNT = 40 };
	char id[NOTIFY_ID_SIZE], by_time[64][64], by_name[64][64], last[96];
	for (int i = 0; i < COUNT; i++) /* the clock goes back once: names and times must not */
		assert_int_equal(
			send_text(NOTIFY_SMS, "13800138000", "验证码：123456", NOW + (i > 20 ? -3600 : i / 5), id), OK);
	snprintf(last, sizeof last, "%s.json", id + 4);
	assert_int_equal(list("-t", by_time, 64), COUNT);
	assert_int_equal(list("-r", by_name, 64), COUNT);
	assert_string_equal(by_time[0], last);
	for (int i = 0; i < COUNT; i++)
		assert_string_equal(by_time[i], by_name[i]);
}

static void times_rise_behind_a_file_from_the_future(void **state)
{
	(void)state;
	char id[NOTIFY_ID_SIZE], names[64][64], path[256], name[96];
	assert_int_equal(send_text(NOTIFY_SMS, "13800138000", "验证码：123456", NOW + 100, id), OK);
	snprintf(path, sizeof path, "%s/outbox/sms/%s.json", dir, id + 4);
	assert_int_equal(
		utimensat(AT_FDCWD, path, (struct timespec[]){{1900000000, 999999999}, {1900000000, 999999999}}, 0), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(send_text(NOTIFY_SMS, "13800138000", "验证码：123456", NOW + 100, id), OK);
		snprintf(name, sizeof name, "%s.json", id + 4);
		assert_true(list("-t", names, 64) > 1);
		assert_string_equal(names[0], name);
	}
}

static void processes_do_not_collide(void **state)
{
	(void)state;
	char before[256][64], after[256][64], id[NOTIFY_ID_SIZE];
	size_t count = list("", before, 256);
	for (int p = 0; p < 4; p++) {
		pid_t child = fork();
		if (child == 0) {
			for (int i = 0; i < 10; i++)
				if (send_text(NOTIFY_SMS, "13800138000", "验证码：654321", NOW + 200, id))
					_exit(1);
			_exit(0);
		}
	}
	for (int p = 0; p < 4; p++) {
		int status = -1;
		wait(&status);
		assert_int_equal(status, 0);
	}
	assert_int_equal(list("", after, 256), count + 40);
}

static void refuses_what_can_not_be_sent(void **state)
{
	(void)state;
	char id[NOTIFY_ID_SIZE] = "x", long_to[400];
	memset(long_to, '1', sizeof long_to - 1);
	long_to[sizeof long_to - 1] = '\0';
	static const char *const wrong[] = {"", "138\n00138000", "a\x1b[0m@b.cn", "\xFF", "1\xE2\x80\xAE"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(send_text(NOTIFY_SMS, wrong[i], "x", NOW, id), ERR_NOTIFY_RECIPIENT);
	assert_int_equal(send_text(NOTIFY_SMS, long_to, "x", NOW, id), ERR_NOTIFY_RECIPIENT);
	assert_int_equal(send_text(NOTIFY_SMS, "13800138000", "", NOW, id), ERR_NOTIFY_TEXT);
	assert_int_equal(send_text(NOTIFY_SMS, "13800138000", "\xFF", NOW, id), ERR_NOTIFY_TEXT);
	assert_string_equal(id, "");
	struct notify *nowhere = NULL;
	struct bytes text = {0};
	struct error e = {0};
	assert_int_equal(notify_open_outbox("/dev/null", &nowhere, NULL), OK);
	assert_string_equal(notify_driver_name(nowhere), "outbox");
	assert_int_equal(bytes_text(&text, "证书密码：12345678"), OK);
	assert_int_equal(notify_send(nowhere, NOTIFY_SMS, "1", "pin", &text, NOW, id, &e), ERR_FILE_WRITE);
	assert_null(strstr(e.detail, "12345678"));
	bytes_free(&text);
	notify_close(&nowhere);
}

static void a_mail_has_its_files_beside_it(void **state)
{
	(void)state;
	static const char pdf[] = "%PDF-1.7\n\0 binary\n%%EOF\n", note[] = "x";
	const struct notify_attachment files[] = {{"发票-1.pdf", pdf, sizeof pdf - 1}, {"note.a b", note, 1}};
	char id[NOTIFY_ID_SIZE], path[300], digest[DIGEST_TEXT_SIZE];
	struct bytes text = {0}, back = {0};
	json_t *message = NULL;
	assert_int_equal(bytes_text(&text, "见附件"), OK);
	assert_int_equal(notify_mail(outbox, "a@b.cn", "invoice", &text, files, 2, NOW + 300, id, NULL), OK);
	snprintf(path, sizeof path, "%s/outbox/mail/%s.json", dir, id + 5);
	assert_int_equal(json_read_file(path, &message, NULL), OK);
	const json_t *list = json_object_get(message, "attachments"), *first = json_array_get(list, 0);
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(json_text(first, "name"), "发票-1.pdf");
	digest_text(pdf, sizeof pdf - 1, digest);
	assert_string_equal(json_text(first, "digest"), digest);
	assert_non_null(strstr(json_text(first, "path"), ".pdf"));
	assert_null(strchr(json_text(first, "path"), '/'));
	snprintf(path, sizeof path, "%s/outbox/mail/%s", dir, json_text(first, "path"));
	assert_int_equal(file_read(path, 1 << 20, &back, NULL), OK);
	assert_int_equal(back.length, sizeof pdf - 1);
	assert_memory_equal(back.data, pdf, sizeof pdf - 1);
	assert_null(strchr(json_text(json_array_get(list, 1), "path"), ' ')); /* only a plain extension is taken over */
	json_decref(message);
	bytes_free(&back);
	bytes_free(&text);
}

static void refuses_files_that_can_not_go(void **state)
{
	(void)state;
	static const char *const names[] = {"", "../x.pdf", "a\x1b[0m.pdf", "\xFF.pdf"};
	char id[NOTIFY_ID_SIZE];
	struct bytes text = {0};
	struct notify_attachment many[NOTIFY_ATTACHMENTS + 1];
	assert_int_equal(bytes_text(&text, "x"), OK);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct notify_attachment file = {names[i], "x", 1};
		assert_int_equal(notify_mail(outbox, "a@b.cn", "invoice", &text, &file, 1, NOW, id, NULL), ERR_NOTIFY_ATTACHMENT);
	}
	for (size_t i = 0; i <= NOTIFY_ATTACHMENTS; i++)
		many[i] = (struct notify_attachment){"x", "x", 1};
	assert_int_equal(
		notify_mail(outbox, "a@b.cn", "invoice", &text, many, NOTIFY_ATTACHMENTS + 1, NOW, id, NULL), ERR_NOTIFY_ATTACHMENT);
	many[0].length = 0;
	assert_int_equal(notify_mail(outbox, "a@b.cn", "invoice", &text, many, 1, NOW, id, NULL), ERR_NOTIFY_ATTACHMENT);
	bytes_free(&text);
}

static struct notify_letter *ready(const char *text, int64_t now)
{
	struct notify_letter *letter = NULL;
	struct bytes b = {0};
	assert_int_equal(bytes_text(&b, text), OK);
	assert_int_equal(notify_prepare(outbox, NOTIFY_SMS, "13800138000", "pin", &b, now, &letter, NULL), OK);
	assert_non_null(letter);
	bytes_free(&b);
	return letter;
}

static size_t messages(void)
{
	char names[256][64];
	size_t n = list("", names, 256), count = 0;
	for (size_t i = 0; i < n; i++)
		count += strlen(names[i]) > 5 && strcmp(names[i] + strlen(names[i]) - 5, ".json") == 0;
	return count;
}

/* … and it stands behind what was sent since it was made ready. */
static void what_is_ready_is_seen_when_it_is_posted(void **state)
{
	(void)state;
	char id[NOTIFY_ID_SIZE], other[NOTIFY_ID_SIZE], path[256], names[256][64], name[96];
	size_t before = messages();
	json_t *message = NULL;
	struct stat st;
	struct notify_letter *letter = ready("证书密码：12345678", NOW + 400);
	assert_int_equal(messages(), before);
	assert_int_equal(send_text(NOTIFY_SMS, "13800138000", "验证码：111111", NOW + 400, other), OK);
	assert_int_equal(notify_post(&letter, id, NULL), OK);
	assert_null(letter);
	assert_int_equal(messages(), before + 2);
	assert_true(strcmp(id, other) > 0);
	snprintf(name, sizeof name, "%s.json", id + 4);
	assert_true(list("-t", names, 256) > 1);
	assert_string_equal(names[0], name);
	snprintf(path, sizeof path, "%s/outbox/sms/%s", dir, name);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(json_read_file(path, &message, NULL), OK);
	assert_int_equal(json_object_size(message), 4);
	assert_string_equal(json_text(message, "text"), "证书密码：12345678");
	json_decref(message);
}

static void what_is_dropped_leaves_nothing(void **state)
{
	(void)state;
	char names[256][64], id[NOTIFY_ID_SIZE];
	size_t before = list("", names, 256);
	struct notify_letter *letter = ready("证书密码：12345678", NOW + 500);
	assert_int_equal(list("", names, 256), before + 1);
	notify_drop(&letter);
	assert_null(letter);
	assert_int_equal(list("", names, 256), before);
	notify_drop(&letter);
	assert_int_equal(notify_post(&letter, id, NULL), OK); /* there is none */
	assert_string_equal(id, "");
}

/* A program that died between the two. */
static void what_a_cut_left_goes_with_a_later_message(void **state)
{
	(void)state;
	char names[256][64], path[256] = "", id[NOTIFY_ID_SIZE];
	size_t before = list("", names, 256), left = 0;
	struct notify_letter *young = ready("证书密码：12345678", NOW + 600), *old = ready("证书密码：87654321", NOW + 600);
	snprintf(path, sizeof path, "%s", old->draft);
	struct timespec hours_ago[2] = {{.tv_sec = time(NULL) - 7200}, {.tv_sec = time(NULL) - 7200}};
	assert_int_equal(utimensat(AT_FDCWD, path, hours_ago, 0), 0);
	assert_int_equal(send_text(NOTIFY_SMS, "13800138000", "验证码：222222", NOW + 600, id), OK);
	left = list("", names, 256);
	assert_int_equal(left, before + 2); /* the message, and the young one */
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(notify_post(&old, id, NULL), ERR_FILE_WRITE);
	assert_string_equal(id, "");
	assert_int_equal(notify_post(&young, id, NULL), OK);
}

/* What is old says the file system: a clock that was set meanwhile takes no letter away. */
static void a_clock_that_was_set_takes_no_letter(void **state)
{
	(void)state;
	char folder[256], id[NOTIFY_ID_SIZE];
	struct timespec hours_ago[2] = {{.tv_sec = time(NULL) - 7200}, {.tv_sec = time(NULL) - 7200}};
	struct notify_letter *letter = ready("证书密码：12345678", NOW + 700);
	snprintf(folder, sizeof folder, "%s/outbox/sms", dir);
	assert_int_equal(utimensat(AT_FDCWD, letter->draft, hours_ago, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, folder, hours_ago, 0), 0);
	assert_int_equal(notify_post(&letter, id, NULL), OK);
	assert_string_not_equal(id, "");
}

static void what_can_not_be_sent_is_not_made_ready(void **state)
{
	(void)state;
	struct notify_letter *letter = NULL;
	struct bytes text = {0};
	assert_int_equal(notify_prepare(outbox, NOTIFY_SMS, "13800138000", "pin", &text, NOW, &letter, NULL), ERR_NOTIFY_TEXT);
	assert_int_equal(bytes_text(&text, "x"), OK);
	assert_int_equal(notify_prepare(outbox, NOTIFY_SMS, "", "pin", &text, NOW, &letter, NULL), ERR_NOTIFY_RECIPIENT);
	assert_null(letter);
	bytes_free(&text);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st;
	(void)flag;
	(void)at;
	return remove(path);
}

static int setup(void **state)
{
	(void)state;
	lang_set(LANG_ZH);
	return !mkdtemp(dir) || notify_open_outbox(dir, &outbox, NULL);
}

static int teardown(void **state)
{
	(void)state;
	notify_close(&outbox);
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_object_a_file),
		cmocka_unit_test(newest_is_first),
		cmocka_unit_test(times_rise_behind_a_file_from_the_future),
		cmocka_unit_test(processes_do_not_collide),
		cmocka_unit_test(refuses_what_can_not_be_sent),
		cmocka_unit_test(a_mail_has_its_files_beside_it),
		cmocka_unit_test(refuses_files_that_can_not_go),
		cmocka_unit_test(what_is_ready_is_seen_when_it_is_posted),
		cmocka_unit_test(what_is_dropped_leaves_nothing),
		cmocka_unit_test(what_a_cut_left_goes_with_a_later_message),
		cmocka_unit_test(a_clock_that_was_set_takes_no_letter),
		cmocka_unit_test(what_can_not_be_sent_is_not_made_ready),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
