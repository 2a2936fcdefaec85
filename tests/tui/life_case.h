/* A unit's certificate that was issued 305 days ago and ends in two months, on key 10000001 in the customer's hands: what the
 * tests of its further life share. Each works on a copy of the site and of the key. */
#ifndef CERTDESK_TESTS_LIFE_CASE_H
#define CERTDESK_TESTS_LIFE_CASE_H

#include "desk_case.h"

#include <time.h>

#include "../lib/pcscd.h"
#include "desk/admin.h"
#include "desk/cert.h"
#include "desk/handover.h"
#include "desk/issue.h"
#include "desk/staff.h"
#include "token/token.h"

#define LIFE_KEY "10000001"
#define LIFE_DAYS_AGO 305

static struct site life_base, site;
static struct pcscd pcscd;
static char life_order[ORDER_NO_SIZE], life_pin[32];
static size_t life_keys;

/* A member of staff who may do everything that isn't kept apart: operator and issuer. */
static inline void life_staff(struct desk *d)
{
	struct secret password;
	struct error e = {0};
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&life_base, d, "root1");
	site_is(OK, staff_add(d, "oi1", "吴全能", "operator,issuer", &password, &e), &e);
}

static inline int life_start(void **state)
{
	struct error e = {0};
	json_t *out = NULL;
	(void)state;
	if (!pcscd_start(&pcscd))
		return -1;
	site_make_at(&life_base, (int64_t)time(NULL) - LIFE_DAYS_AGO * 86400L);
	struct desk *d = site_open(&life_base);
	life_staff(d);
	site_approved(&life_base, d, "new-unit", NULL, life_order);
	assert_true(pcscd_insert(&pcscd, 0, LIFE_KEY, NULL));
	site_as(&life_base, d, "is1");
	site_is(OK, issue_run(d, life_order, LIFE_KEY, NULL, NULL, &out, &e), &e);
	json_decref(out);
	site_message(&life_base, "sms", "证书密码", life_pin);
	site_as(&life_base, d, "op1");
	site_is(OK, handover_take(d, life_order, LIFE_KEY, "agent", "H0001", &out, &e), &e);
	json_decref(out);
	desk_close(&d);
	assert_true(pcscd_pull(&pcscd, 0));
	life_base.now = 0;
	return 0;
}

static inline int life_stop(void **state)
{
	(void)state;
	site_end(&life_base);
	pcscd_stop(&pcscd);
	return 0;
}

static inline void life_copy_key(const char *from, const char *to)
{
	char command[300];
	snprintf(command, sizeof command, "cp '%s/%s' '%s/%s'", pcscd.dir, from, pcscd.dir, to);
	assert_int_equal(system(command), 0);
}

/* Before and after each test: both readers are empty, site and key as they were. */
static inline int life_begin(void **state)
{
	static int count;
	char name[32];
	(void)state;
	snprintf(name, sizeof name, "life-%d", ++count);
	site_copy(&life_base, name, &site);
	if (count == 1)
		life_copy_key("key-" LIFE_KEY, "kept");
	life_copy_key("kept", "key-" LIFE_KEY);
	case_scans(&site);
	case_scan(&site, "licence-change.jpg");
	case_scan(&site, "revocation-form.jpg");
	life_keys = 0;
	return 0;
}

static inline int life_end(void **state)
{
	(void)state;
	for (int i = 0; i < PCSCD_READERS; i++)
		if (pcscd.keys[i] > 0)
			pcscd_pull(&pcscd, i);
	return 0;
}

/* Puts the customer's key in: 介质业务 opens by itself. */
static inline void life_insert(struct tui *t)
{
	assert_true(pcscd_insert(&pcscd, 0, LIFE_KEY, NULL));
	tui_wait_text(t, "介质业务");
	tui_wait_text(t, "北京示例科技");
	tui_settle(t);
}

/* The row of the panel that bears `title`: chosen by ↓. */
static inline void life_choose(struct tui *t, const char *title)
{
	tui_keys(t, "<Home>");
	tui_settle(t);
	for (int i = 0; i < 12; i++) {
		int row, column;
		tui_cursor(t, &row, &column);
		const char *text = tui_row(t, row) + strspn(tui_row(t, row), " ");
		if (strncmp(text, title, strlen(title)) == 0)
			return;
		tui_keys(t, "<Down>");
		tui_settle(t);
	}
	tui_dump(t);
	fail_msg("no business %s", title);
}

static inline void life_pin_in(struct tui *t, const char *pin, const char *seen)
{
	tui_wait_text(t, "由客户本人输入");
	tui_keys(t, pin);
	tui_settle(t);
	assert_false(tui_has(t, pin, 0)); /* never on the screen */
	case_step(t, "<Enter>", seen);
}

/* As tui_keys, counted: a name in brackets is one key. */
static inline void life_type(struct tui *t, const char *keys)
{
	for (const char *at = keys; *at; at++) {
		if (*at == '<')
			at = strchr(at, '>');
		life_keys++;
	}
	tui_keys(t, keys);
	tui_settle(t);
}

/* The number of the order on the screen, from its line. */
static inline void life_number(struct tui *t, char no[ORDER_NO_SIZE])
{
	char *all = tui_screen(t), *at = strstr(all, "11011401-");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "%31[0-9-]", no), 1);
	free(all);
}

/* The status of the newest certificate but `back`, by the store. */
static inline void life_states(const char *wanted)
{
	json_t *rows = NULL, *row;
	size_t i;
	char states[200] = "";
	struct desk *d = site_open(&site);
	site_as(&site, d, "au1");
	assert_int_equal(certs_list(d, NULL, NULL, &rows, NULL), OK);
	json_array_foreach(rows, i, row)
		snprintf(states + strlen(states), sizeof states - strlen(states), "%s%s", i ? " " : "", json_text(row, "status"));
	json_decref(rows);
	desk_close(&d);
	assert_string_equal(states, wanted);
}

static inline void life_code(struct tui *t, const char *seen)
{
	char code[32];
	tui_wait_text(t, "秒后可重发");
	site_message(&site, "sms", "验证码", code);
	case_step(t, code, seen);
}

static inline void life_pay(struct tui *t, const char *receipt, const char *seen)
{
	char keys[80];
	tui_wait_text(t, "应收");
	snprintf(keys, sizeof keys, "<Enter>%s<Enter>", receipt);
	tui_keys(t, keys);
	tui_settle(t);
	case_step(t, "<Enter>", "收款完成");
	tui_wait_text(t, seen);
}

static inline void life_review(struct tui **t, const char *no, const char *seen)
{
	case_change(t, &site, "rv1");
	case_find(*t, no);
	case_step(*t, "<Enter>", seen);
	case_step(*t, "a", "通过后不能撤回");
	tui_keys(*t, "y");
	tui_wait_row(*t, 0, "工作台");
	tui_settle(*t);
}

#endif
