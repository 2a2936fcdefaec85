/* From request to revocation list within 24 hours: a late one alarms. */
#include "life.h"

#include "desk/latenotice.h"

static void asked(struct life *l)
{
	site_is(OK, about(l, "revoke-unit", NULL, NULL, "{'reason':'cessation-of-operation','identity_seen':true,'consent':true}"), &l->e);
	documents(l);
	sign(l);
	status_of(l, "in-review");
}

static void manager_is(struct life *l, const char *mobile, const char *mail)
{
	free(l->d->config.manager_mobile);
	free(l->d->config.manager_mail);
	l->d->config.manager_mobile = strdup(mobile);
	l->d->config.manager_mail = strdup(mail);
}

static int64_t tick(struct life *l)
{
	json_t *out = NULL;
	site_is(OK, tick_run(l->d, &out, &l->e), &l->e);
	int64_t n = json_number(out, "late_notices");
	json_decref(out);
	return n;
}

static void test_a_manager_hears_of_a_late_revocation_once(void **state)
{
	struct life *l = *state;
	json_t *history = NULL, *each;
	size_t i, found = 0;
	asked(l);
	manager_is(l, "13911112222", "mg@example.com");
	later(l, DAY - 1);
	assert_int_equal(tick(l), 0);
	later(l, 2);
	size_t sms = site_messages(&l->t.site, "sms"), mails = site_messages(&l->t.site, "mail");
	assert_int_equal(tick(l), 1);
	assert_int_equal(site_messages(&l->t.site, "sms"), sms + 1);
	assert_int_equal(site_messages(&l->t.site, "mail"), mails + 1);
	later(l, DAY);
	assert_int_equal(tick(l), 0);
	assert_int_equal(site_messages(&l->t.site, "sms"), sms + 1);
	as(l, "mg1");
	site_is(OK, order_history(l->d, l->no, &history, &l->e), &l->e);
	json_array_foreach(history, i, each)
		found += strcmp(json_text(each, "action"), "deadline.late") == 0;
	assert_int_equal(found, 1);
	json_decref(history);
}

static bool alarms(json_t *rows, const char *no, size_t *at)
{
	const json_t *each;
	bool found = false;
	size_t i;
	json_array_foreach(rows, i, each)
		if (strcmp(json_text(each, "order"), no) == 0) {
			found = json_flag(each, "alarm");
			*at = i;
		}
	json_decref(rows);
	return found;
}

static void test_the_queue_shows_a_late_revocation_first(void **state)
{
	struct life *l = *state;
	char other[ORDER_NO_SIZE];
	json_t *rows = NULL, *filter = json_pack("{sssb}", "status", "in-review", "queue", 1);
	size_t at = 9;
	site_paid(&l->t.site, l->d, "new-person", NULL, other);
	asked(l);
	as(l, "rv1");
	site_is(OK, review_list(l->d, &rows, &l->e), &l->e);
	assert_false(alarms(rows, l->no, &at));
	later(l, DAY + 1);
	site_is(OK, review_list(l->d, &rows, &l->e), &l->e);
	assert_true(alarms(rows, l->no, &at));
	assert_int_equal(at, 0);
	site_is(OK, order_list(l->d, filter, &rows, &l->e), &l->e);
	assert_true(alarms(rows, l->no, &at));
	assert_int_equal(at, 0);
	json_decref(filter);
}

static void test_without_a_manager_named_a_late_revocation_is_journalled(void **state)
{
	struct life *l = *state;
	asked(l);
	later(l, DAY + 1);
	size_t sms = site_messages(&l->t.site, "sms");
	assert_int_equal(tick(l), 1);
	assert_int_equal(tick(l), 0);
	assert_int_equal(site_messages(&l->t.site, "sms"), sms);
}

static void test_a_revocation_in_time_alarms_nobody(void **state)
{
	struct life *l = *state;
	asked(l);
	manager_is(l, "13911112222", "");
	approve(l);
	later(l, 2 * DAY);
	assert_int_equal(tick(l), 0);
}

/* What couldn't be sent is sent the next time. */
static void test_a_notice_that_could_not_go_is_tried_again(void **state)
{
	struct life *l = *state;
	char sms[128], aside[128];
	asked(l);
	manager_is(l, "13911112222", "");
	later(l, DAY + 1);
	snprintf(sms, sizeof sms, "%s/outbox/sms", l->t.site.dir);
	snprintf(aside, sizeof aside, "%s/outbox/aside", l->t.site.dir);
	assert_int_equal(rename(sms, aside), 0);
	fclose(fopen(sms, "w")); /* no directory any more */
	assert_int_equal(tick(l), 0);
	unlink(sms);
	assert_int_equal(rename(aside, sms), 0);
	assert_int_equal(tick(l), 1);
}

static void change(struct life *l, const char *sql)
{
	char out[64];
	assert_int_equal(shell(out, sizeof out, "sqlite3 '%s/certdesk.db' \"%s\"", l->t.site.dir, sql), 0);
}

static void test_a_late_revocation_that_fails_keeps_no_other_from_being_told(void **state)
{
	struct life *l = *state;
	char first[ORDER_NO_SIZE], sql[256];
	int64_t told = 0;
	asked(l);
	memcpy(first, l->no, sizeof first);
	later(l, 1);
	second_holder(l, l->certificate);
	asked(l);
	manager_is(l, "13911112222", "");
	later(l, DAY + 1);
	change(l, "CREATE TABLE aside AS SELECT * FROM data_key");
	snprintf(sql, sizeof sql, "UPDATE data_key SET wrapped = zeroblob(40) WHERE id = (SELECT dk FROM orders WHERE no = '%s')", first);
	change(l, sql); /* nothing can be noted of it */
	size_t sms = site_messages(&l->t.site, "sms");
	l->d->timer = true;
	assert_int_equal(late_notice_tick(l->d, &told, &l->e), ERR_SEALED);
	assert_int_equal(l->e.code, ERR_SEALED);
	assert_int_equal(told, 1);
	assert_int_equal(site_messages(&l->t.site, "sms"), sms + 1);
	change(l, "UPDATE data_key SET wrapped = (SELECT wrapped FROM aside a WHERE a.id = data_key.id); DROP TABLE aside");
	site_is(OK, late_notice_tick(l->d, &told, &l->e), &l->e);
	assert_int_equal(told, 1);
	assert_int_equal(site_messages(&l->t.site, "sms"), sms + 2);
	site_is(OK, late_notice_tick(l->d, &told, &l->e), &l->e);
	assert_int_equal(told, 0);
	l->d->timer = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_a_manager_hears_of_a_late_revocation_once),
		LIFE(test_the_queue_shows_a_late_revocation_first),
		LIFE(test_without_a_manager_named_a_late_revocation_is_journalled),
		LIFE(test_a_revocation_in_time_alarms_nobody),
		LIFE(test_a_notice_that_could_not_go_is_tried_again),
		LIFE(test_a_late_revocation_that_fails_keeps_no_other_from_being_told),
	};
	return RUN_LIFE(tests);
}
