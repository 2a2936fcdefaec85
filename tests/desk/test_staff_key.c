/* Keys of staff: they don't count beside a customer's, and are never taken for one. */
#include "life.h"

#include "desk/staffkey.h"

#define STAFFS "90000001"

static void beside(void)
{
	assert_true(pcscd_insert(&readers, 1, STAFFS, NULL));
}

static void enrol(struct life *l, const char *login, const char *serial)
{
	as(l, "root1");
	IS(OK, staff_key(l->d, login, serial, &l->e));
	as(l, "op1");
}

static void test_a_staff_key_beside_the_customers_does_not_count(void **state)
{
	struct life *l = *state;
	static const struct {
		const char *form, *values;
	} businesses[] = {{"renew-unit", NULL}, {"change-unit", "{'agent_email': 'new@example.com'}"}, {"unlock", NULL}};
	left(l, 60 * DAY);
	insert(KEY);
	beside();
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(about(l, businesses[i].form, KEY, &l->pin, businesses[i].values), ERR_DESK_ONE_KEY);
	enrol(l, "is1", STAFFS);
	for (size_t i = 0; i < 3; i++)
		site_is(OK, about(l, businesses[i].form, KEY, &l->pin, businesses[i].values), &l->e);
	assert_int_equal(about(l, "renew-unit", NULL, NULL, NULL), ERR_DESK_ABOUT); /* by its certificate alone */
	assert_non_null(strstr(l->e.detail, "要用客户的介质办理"));
	IS(OK, about_key(l->d, NULL, &out, &l->e)); /* the one key that is in is the customer's */
	enrol(l, "is1", "");
	assert_int_equal(about(l, "renew-unit", KEY, &l->pin, NULL), ERR_DESK_ONE_KEY);
}

static void test_a_renewal_is_written_with_a_staff_key_beside_it(void **state)
{
	struct life *l = *state;
	left(l, 60 * DAY);
	insert(KEY);
	beside();
	enrol(l, "op1", STAFFS);
	site_is(OK, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	sign(l);
	pay(l);
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	certs_are(l, NULL, KEY, "active superseded");
}

static void own_medium(struct life *l)
{
	json_t *changes = data("{'key_role': 'secondary', 'own_medium': true}");
	site_approved(&l->t.site, l->d, "new-unit", changes, l->no);
	json_decref(changes);
	as(l, "is1");
}

static void test_a_staff_key_is_never_written(void **state)
{
	struct life *l = *state;
	beside();
	enrol(l, "rv1", STAFFS);
	own_medium(l);
	IS(ERR_TOKEN_NONE, issue_run(l->d, l->no, NULL, NULL, NULL, &out, &l->e)); /* it isn't there to be chosen */
	IS(ERR_DESK_STAFF_KEY, issue_run(l->d, l->no, STAFFS, NULL, NULL, &out, &l->e));
	status_of(l, "approved");
	assert_true(pcscd_insert(&readers, 0, "90000002", NULL)); /* the customer's own */
	IS(OK, issue_run(l->d, l->no, NULL, NULL, NULL, &out, &l->e));
	certs_are(l, l->no, "90000002", "active");
	as(l, "op1");
	IS(OK, handover_take(l->d, l->no, "90000002", "agent", "H9", &out, &l->e));
	assert_true(pcscd_pull(&readers, 0));
	assert_int_equal(shell((char[64]){0}, 64, "rm -f %s/key-9000000?", readers.dir), 0);
}

static void test_a_staff_key_is_never_a_customers(void **state)
{
	struct life *l = *state;
	json_t *rows = NULL;
	beside();
	enrol(l, "rv1", STAFFS);
	assert_int_equal(about(l, "renew-unit", STAFFS, &l->pin, NULL), ERR_DESK_STAFF_KEY);
	IS(ERR_DESK_STAFF_KEY, about_key(l->d, STAFFS, &out, &l->e));
	IS(OK, keys_inserted(l->d, &rows, &l->e));
	assert_string_equal(json_text(json_array_get(rows, 0), "staff"), "rv1");
	json_decref(rows);
	as(l, "is1");
	IS(ERR_DESK_KEY_LIST, keys_receive(l->d, site_file(&l->t.site, "keys.csv", "serial,medium\n" STAFFS ",UKEY-RS\n"), &out, &l->e));
}

/* What was typed by hand is the key all the same: small letters, zeros in front. */
static void test_a_staff_key_is_known_however_its_serial_was_typed(void **state)
{
	struct life *l = *state;
	char owner[33];
	bool is = false;
	left(l, 60 * DAY);
	insert(KEY);
	beside();
	enrol(l, "is1", "000" STAFFS);
	site_is(OK, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	as(l, "root1");
	IS(ERR_DESK_STAFF_KEY, staff_key(l->d, "rv1", STAFFS, &l->e));
	IS(ERR_DESK_STAFF_KEY, staff_key(l->d, "rv1", "00" KEY, &l->e)); /* the customer's */
	IS(OK, staff_key(l->d, "rv1", "a0b1-c2d3", &l->e));
	IS(OK, staff_key_owner(l->d, "A0B1-C2D3", owner, &is, &l->e));
	assert_true(is);
	assert_string_equal(owner, "rv1");
	IS(OK, staff_key_owner(l->d, "A0B1-C2D4", owner, &is, &l->e));
	assert_false(is);
}

static void test_a_customers_key_or_one_of_the_stock_is_not_enrolled(void **state)
{
	struct life *l = *state;
	as(l, "root1");
	IS(ERR_DESK_STAFF_KEY, staff_key(l->d, "rv1", KEY, &l->e));
	IS(ERR_DESK_STAFF_KEY, staff_key(l->d, "rv1", OTHER, &l->e));
	IS(ERR_DESK_SERIAL, staff_key(l->d, "rv1", "9000 0001", &l->e));
	IS(ERR_DESK_NO_STAFF, staff_key(l->d, "nobody", STAFFS, &l->e));
	IS(OK, staff_key(l->d, "rv1", STAFFS, &l->e));
	IS(ERR_DESK_STAFF_KEY, staff_key(l->d, "op1", STAFFS, &l->e)); /* one person's */
	IS(OK, staff_key(l->d, "rv1", STAFFS, &l->e));
	as(l, "mg1");
	IS(ERR_DESK_FORBIDDEN, staff_key(l->d, "rv1", "", &l->e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_a_staff_key_beside_the_customers_does_not_count), LIFE(test_a_renewal_is_written_with_a_staff_key_beside_it),
		LIFE(test_a_staff_key_is_never_written), LIFE(test_a_staff_key_is_never_a_customers),
		LIFE(test_a_staff_key_is_known_however_its_serial_was_typed),
		LIFE(test_a_customers_key_or_one_of_the_stock_is_not_enrolled),
	};
	return RUN_LIFE(tests);
}
