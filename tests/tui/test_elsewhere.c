/* Certificates that another counter holds, on the screens of a counter with a real headquarters behind it: by the key, by a code, by a review, and
 * what a line is needed for. */
#include "desk_case.h"

#include "../lib/pcscd.h"

static struct pcscd pcscd;
static struct site b; /* the counter where the customer is */
static char work[64];

static bool fixture(const char *what, const char *more)
{
	char command[400];
	snprintf(command, sizeof command, "bash tests/lib/elsewhere.sh %s '%s' %s >>'%s/fixture.log' 2>&1 </dev/null", what, work, more, work);
	if (system(command) == 0)
		return true;
	snprintf(command, sizeof command, "cat '%s/fixture.log' >&2", work);
	return system(command) != 0 && false;
}

/* The words of a file there. */
static const char *word(const char *name)
{
	static char text[4][100];
	static int at;
	char path[200], *out = text[at = (at + 1) % 4];
	snprintf(path, sizeof path, "%s/%s", work, name);
	FILE *f = fopen(path, "r");
	out[0] = '\0';
	if (!f || fscanf(f, "%99s", out) != 1)
		fail_msg("%s", path);
	fclose(f);
	return out;
}

static bool with_key(const char *key, const char *what)
{
	return pcscd_insert(&pcscd, 0, key, NULL) && fixture(what, key) && pcscd_pull(&pcscd, 0);
}

static bool issue(const char *key)
{
	return with_key(key, "issue") && with_key(key, "handover");
}

static int start(void **state)
{
	(void)state;
	strcpy(work, "/tmp/certdesk-elsewhere-XXXXXX");
	if (!mkdtemp(work) || !pcscd_start(&pcscd) || !fixture("make", ""))
		return -1;
	snprintf(b.root, sizeof b.root, "%s", work);
	snprintf(b.dir, sizeof b.dir, "%s/b", work);
	return issue("10000001") ? 0 : -1;
}

static int stop(void **state)
{
	char command[100];
	(void)state;
	fixture("stop", "");
	pcscd_stop(&pcscd);
	snprintf(command, sizeof command, "rm -rf '%s'", work);
	return system(command);
}

static struct tui *begin(int rows, int columns, const char *language)
{
	const char *const env[] = {"LANG=C.UTF-8", language, NULL};
	struct tui *t = case_start_with(&b, rows, columns, env);
	case_login(t, "op1");
	return t;
}

/* The certificate's number is asked for, and then how its holder proves themselves. */
static void name_it(struct tui *t, const char *serial)
{
	case_line(t, "证书");
	case_step(t, "<Enter>", "证书内容");
	case_step(t, "q", "输入证书序列号");
	tui_keys(t, serial);
	case_step(t, "<Enter>", "验证码：总部发到留存手机");
}

static void test_without_its_key_a_review_can_be_begun(void **state)
{
	(void)state;
	struct tui *t = begin(24, 80, "LC_MESSAGES=zh_CN.UTF-8");
	name_it(t, word("serial"));
	assert_false(tui_has(t, "介质签名", 0)); /* its key isn't here */
	tui_keys(t, "2");
	tui_settle(t);
	case_step(t, "<Enter>", "补办申请表");
	case_step(t, "<Enter>", "单位证书补办");
	tui_wait_text(t, "别处证书序列号");
	tui_wait_text(t, word("serial"));
	case_step(t, "<F10>", "草稿没有保留"); /* nothing was keyed */
	tui_end(&t);
}

/* Another six digits. */
static const char *other_than(const char *code)
{
	static char other[16];
	snprintf(other, sizeof other, "%s", code);
	other[5] = other[5] == '0' ? '1' : '0';
	return other;
}

static void test_a_code_to_the_phone_brings_it(void **state)
{
	(void)state;
	struct tui *t = begin(24, 80, "LC_MESSAGES=zh_CN.UTF-8");
	tui_wait_row(t, 0, "总部通");
	name_it(t, word("serial"));
	tui_keys(t, "1");
	tui_settle(t);
	case_step(t, "<Enter>", "*"); /* masked */
	tui_wait_text(t, "五分钟内有效");
	assert_true(fixture("code", ""));
	tui_keys(t, other_than(word("code")));
	case_step(t, "<Enter>", "还可以试 4 次");
	tui_keys(t, word("code"));
	case_step(t, "<Enter>", "证书已从受理点 110114-01 取来");
	tui_wait_text(t, "证书业务");
	tui_wait_text(t, "北京示例科技有限公司");
	case_step(t, "<F10>", "证书内容");
	case_step(t, "q", "输入证书序列号"); /* named again: it is here */
	tui_keys(t, word("serial"));
	case_step(t, "<Enter>", "证书业务");
	tui_end(&t);
}

/* What is refused says why, and the other ways are offered again. */
static void test_what_headquarters_refuses_is_said(void **state)
{
	(void)state;
	struct tui *t = begin(24, 80, "LC_MESSAGES=zh_CN.UTF-8");
	tui_wait_row(t, 0, "总部通");
	name_it(t, "0BAD");
	tui_keys(t, "1");
	tui_settle(t);
	case_step(t, "<Enter>", "总部没有这张证书的记录");
	case_step(t, "<Enter>", "补办并审核");
	case_step(t, "<Esc>", "证书内容");
	tui_end(&t);
}

static void test_a_key_of_another_counter_offers_all_three(void **state)
{
	char keys[64];
	(void)state;
	assert_true(issue("10000002"));
	struct tui *t = begin(48, 160, "LC_MESSAGES=zh_CN.UTF-8");
	tui_wait_row(t, 0, "总部通");
	assert_true(pcscd_insert(&pcscd, 0, "10000002", NULL));
	tui_wait_text(t, "介质签名：客户在场，输入证书密码");
	tui_wait_text(t, "验证码：总部发到留存手机");
	tui_wait_text(t, "补办并审核");
	tui_settle(t);
	case_step(t, "<Enter>", "证书密码"); /* the key's own way is chosen already */
	tui_settle(t);
	snprintf(keys, sizeof keys, "%s<Enter>", word("pin"));
	case_step(t, keys, "证书已从受理点 110114-01 取来");
	tui_wait_text(t, "介质业务");
	assert_true(pcscd_pull(&pcscd, 0));
	tui_end(&t);
}

static bool asked(struct tui *t, void *arg)
{
	char command[300];
	(void)t;
	(void)arg;
	snprintf(command, sizeof command, "test \"$(sqlite3 '%s/b/certdesk.db' 'SELECT count(*) FROM elsewhere_ask')\" = 1", work);
	return system(command) == 0;
}

/* What an approved order waits for, why it didn't come, and that it can be asked for again. */
static void test_the_orders_page_tells_how_far_it_is(void **state)
{
	(void)state;
	assert_true(with_key("10000003", "issue")); /* not handed over yet: under way there */
	assert_true(fixture("replace", ""));
	struct tui *t = begin(48, 160, "LC_MESSAGES=zh_CN.UTF-8");
	tui_wait_row(t, 0, "总部通");
	case_find(t, word("order"));
	case_step(t, "<Enter>", "等总部审核点审核");
	tui_wait_text(t, "别的受理点，凭总部审核取来");
	assert_true(fixture("approve", ""));
	tui_wait(t, asked, NULL, "headquarters' answer"); /* the sync behind the screens asks by itself */
	tui_end(&t);
	t = begin(48, 160, "LC_MESSAGES=zh_CN.UTF-8");
	tui_wait_row(t, 0, "总部通");
	case_find(t, word("order"));
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "没有移来");
	tui_wait_text(t, "下一步：取别处的证书（按回车）");
	case_step(t, "<Enter>", "或请那里先取消");
	tui_end(&t);
	assert_true(with_key("10000003", "handover"));
	t = begin(48, 160, "LC_MESSAGES=zh_CN.UTF-8");
	tui_wait_row(t, 0, "总部通");
	case_find(t, word("order"));
	case_step(t, "<Enter>", "下一步：取别处的证书（按回车）");
	case_step(t, "<Enter>", "证书已从受理点 110114-01 取来");
	tui_wait_text(t, "已挂失");
	tui_end(&t);
}

static void test_in_english_too(void **state)
{
	(void)state;
	const char *const env[] = {"LANG=C.UTF-8", "LC_MESSAGES=en_GB.UTF-8", NULL};
	char program[4096];
	snprintf(program, sizeof program, "%s/certdesk", getenv("CERTDESK_BUILD") ? getenv("CERTDESK_BUILD") : "build");
	const char *argv[] = {program, "-C", b.dir, NULL};
	struct tui_options o = {.argv = argv, .env = env, .rows = 24, .columns = 80};
	struct tui *t = tui_start(&o);
	tui_wait_text(t, "User");
	tui_keys(t, "op1<Enter>" SITE_PASSWORD "<Enter>");
	tui_wait_row(t, 0, "HQ up");
	tui_settle(t);
	case_line(t, "Certificates");
	case_step(t, "<Enter>", "Certificate ──");
	case_step(t, "q", "With its key at hand");
	tui_keys(t, "0BAD");
	case_step(t, "<Enter>", "A code: headquarters sends one");
	tui_wait_text(t, "A review: a replacement");
	tui_end(&t);
}

/* Without a line: what waits for it, and what works. */
static void test_without_a_line_it_says_what_works(void **state)
{
	(void)state;
	struct tui *t = begin(24, 80, "LC_MESSAGES=zh_CN.UTF-8");
	assert_true(fixture("stop", ""));
	tui_wait_row(t, 0, "总部断");
	name_it(t, "0BAD");
	tui_wait_text(t, "（等线路）");
	tui_keys(t, "1");
	tui_settle(t);
	case_step(t, "<Enter>", "现在还能办");
	tui_wait_text(t, "线路恢复后自动送审");
	tui_wait_text(t, "总部电话");
	case_step(t, "<Enter>", "补办并审核");
	tui_keys(t, "2");
	tui_settle(t);
	case_step(t, "<Enter>", "补办申请表");
	case_step(t, "<Enter>", "别处证书序列号"); /* which can be filled in, scanned and signed */
	case_step(t, "<F10>", "草稿没有保留");
	tui_end(&t);
	assert_true(fixture("serve", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_its_key_a_review_can_be_begun),
		cmocka_unit_test(test_a_code_to_the_phone_brings_it),
		cmocka_unit_test(test_what_headquarters_refuses_is_said),
		cmocka_unit_test(test_a_key_of_another_counter_offers_all_three),
		cmocka_unit_test(test_the_orders_page_tells_how_far_it_is),
		cmocka_unit_test(test_in_english_too),
		cmocka_unit_test(test_without_a_line_it_says_what_works),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
