/* What moves a key without an order: each deed, what it refuses, and who may do it. */
#include "stocking.h"

#include "desk/orderrow.h"
#include "rules/keystate.h"

static const char *file(struct unit_case *c, const char *text)
{
	return site_file(&c->site, "list.csv", text);
}

static void received_by_file(void **state)
{
	struct unit_case *c = *state;
	site_as(&c->site, c->d, "is1");
	STOCK(OK, .deed = STOCK_RECEIVE, .keys = {.path = file(c, "serial,medium\n30000001,UKEY-RS\n30000002,card\n")});
	key_is(c, "30000001", "in-stock 01");
	STOCK(OK, .deed = STOCK_RECEIVE, .keys = {.path = file(c, "\xEF\xBB\xBF" "30000003\r\n30000004\r\n")}, .medium = "card", .drawer = "02",
	      .new_drawer = true);
	key_is(c, "30000004", "in-stock 02");
}

static void received_by_scanner(void **state)
{
	struct unit_case *c = *state;
	site_as(&c->site, c->d, "is1");
	STOCK(ERR_DESK_KEY_LIST, .deed = STOCK_RECEIVE, .keys = scan("30000001 30000002"));
	assert_non_null(strstr(c->e.detail, ":2:"));
	STOCK(OK, .deed = STOCK_RECEIVE, .keys = scan("30000001 30000002"), .medium = "UKEY-RS");
	key_is(c, "30000002", "in-stock 01");
	STOCK(ERR_DESK_KEY_LIST, .deed = STOCK_RECEIVE, .keys = scan("30000003 30000002"), .medium = "UKEY-RS");
	STOCK(ERR_DESK_KEY_LIST, .deed = STOCK_RECEIVE, .keys = scan("30000003"), .medium = "UKEY-X");
	STOCK(ERR_DESK_KEY_LIST, .deed = STOCK_RECEIVE, .keys = scan(""), .medium = "UKEY-RS");
}

/* Every deed takes hostile lists the same way: each mistake by its line, and nothing done. */
static void hostile_lists_by_line_and_nothing_done(void **state)
{
	struct unit_case *c = *state;
	static const struct {
		const char *text, *says;
	} wrong[] = {
		{"serial\n10000001\n99999999\n", "list.csv:3:"},
		{"serial\n10000001\n10000002\n10000001\n", "list.csv:4:"},
		{"10000001\n10000001\n", "list.csv:2:"},
		{"serial\n1000 0001\n", "list.csv:2:"},
		{"serial\n10000001'; DROP TABLE usb_key; --\n", "list.csv:2:"},
		{"serial\n\xE5\xBC\xA0\n", "list.csv:2:"},
		{"serial,note\n10000001,a\n,b\n", "list.csv:3:"},
		{"number,medium\n10000001,UKEY-RS\n", "list.csv:1:"},
		{"serial\n", "list.csv"},
		{"", "list.csv"},
		{"\n\n\n", "list.csv"},
		{"serial\n0123456789012345678901234567890123456789012345678901234567890123456789\n", "list.csv:2:"},
		{"serial,medium\n10000001,card\n", "list.csv:2:"}, /* it is a UKEY-RS */
	};
	static const char *const broken[] = {"serial\n\"10000001\n", "serial\n1000\0010001\n", "serial\n\xFF\xFE\n"};
	site_as(&c->site, c->d, "is1");
	struct untouched before = look(c);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		STOCK(ERR_DESK_STOCK, .deed = STOCK_SPOIL, .keys = {.path = file(c, wrong[i].text)}, .reason = "x");
		if (!strstr(c->e.detail, wrong[i].says))
			fail_msg("%s: %s", wrong[i].text, c->e.detail);
		same(c, before);
	}
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
		STOCK(ERR_CSV, .deed = STOCK_SPOIL, .keys = {.path = file(c, broken[i])}, .reason = "x");
	STOCK(ERR_FILE_READ, .deed = STOCK_SPOIL, .keys = {.path = "/nowhere/list.csv"}, .reason = "x");
	same(c, before);
	key_is(c, "10000001", "in-stock 01");
	/* all mistakes at once, not only the first */
	STOCK(ERR_DESK_STOCK, .deed = STOCK_SPOIL, .keys = {.path = file(c, "serial\n99999991\n10000001\n99999992\n")}, .reason = "x");
	assert_non_null(strstr(c->e.detail, ":2:"));
	assert_non_null(strstr(c->e.detail, ":4:"));
}

static void a_transfer_changes_the_drawer_and_nothing_else(void **state)
{
	struct unit_case *c = *state;
	site_as(&c->site, c->d, "is1");
	struct untouched before = look(c);
	STOCK(ERR_DESK_DRAWER, .deed = STOCK_TRANSFER, .keys = scan("10000001"), .drawer = "02");
	STOCK(ERR_DESK_DRAWER, .deed = STOCK_TRANSFER, .keys = scan("10000001"));
	STOCK(ERR_DESK_DRAWER, .deed = STOCK_TRANSFER, .keys = scan("10000001"), .drawer = "a\nb", .new_drawer = true);
	STOCK(ERR_DESK_DRAWER, .deed = STOCK_TRANSFER, .keys = scan("10000001"), .drawer = "01\u200b", .new_drawer = true);
	STOCK(ERR_DESK_DRAWER, .deed = STOCK_TRANSFER, .keys = scan("10000001"), .drawer = " ", .new_drawer = true);
	STOCK(ERR_DESK_STOCK, .deed = STOCK_TRANSFER, .keys = scan("10000001"), .drawer = "01"); /* it is there */
	same(c, before);
	STOCK(OK, .deed = STOCK_TRANSFER, .keys = scan("10000001 10000002"), .drawer = "02", .new_drawer = true);
	key_is(c, "10000001", "in-stock 02");
	key_is(c, "10000003", "in-stock 01");
	assert_int_equal(moves_of(c, "10000001"), 2);
	STOCK(OK, .deed = STOCK_TRANSFER, .keys = scan("10000001"), .drawer = "01"); /* known now */
	order_moves(c, "10000004", "reserved", 0);
	STOCK(ERR_DESK_STOCK, .deed = STOCK_TRANSFER, .keys = scan("10000004"), .drawer = "02");
	order_moves(c, "10000004", "made", 0);
	STOCK(OK, .deed = STOCK_TRANSFER, .keys = scan("10000004"), .drawer = "02");
	key_is(c, "10000004", "made 02");
}

static void to_another_point_and_back(void **state)
{
	struct unit_case *c = *state;
	site_as(&c->site, c->d, "is1");
	STOCK(ERR_DESK_POINT, .deed = STOCK_SEND, .keys = scan("10000001"));
	STOCK(ERR_DESK_POINT, .deed = STOCK_SEND, .keys = scan("10000001"), .site = "110114-01"); /* ourselves */
	STOCK(ERR_DESK_POINT, .deed = STOCK_SEND, .keys = scan("10000001"), .site = "no such/point");
	STOCK(OK, .deed = STOCK_SEND, .keys = scan("10000001 10000002"), .site = "110105-02");
	key_is(c, "10000001", "in-transit 01");
	STOCK(ERR_DESK_STOCK, .deed = STOCK_SEND, .keys = scan("10000001"), .site = "110105-02");
	STOCK(ERR_DESK_STOCK, .deed = STOCK_RETURN, .keys = scan("10000001"), .reason = "x"); /* no customer had it */
	STOCK(OK, .deed = STOCK_ARRIVE, .keys = scan("10000001"), .drawer = "02", .new_drawer = true);
	key_is(c, "10000001", "in-stock 02");
	STOCK(ERR_DESK_STOCK, .deed = STOCK_ARRIVE, .keys = scan("10000001"), .site = "110105-02");
	/* another point's keys: from where, and what they are */
	STOCK(ERR_DESK_STOCK, .deed = STOCK_ARRIVE, .keys = scan("40000001"), .medium = "card");
	STOCK(ERR_DESK_STOCK, .deed = STOCK_ARRIVE, .keys = scan("40000001"), .site = "110105-02");
	STOCK(OK, .deed = STOCK_ARRIVE, .keys = {.path = file(c, "serial,medium\n40000001,card\n10000002,UKEY-RS\n")}, .site = "110105-02");
	key_is(c, "40000001", "in-stock 01");
	key_is(c, "10000002", "in-stock 01");
}

static void what_is_mailed_to_a_customer_does_not_arrive(void **state)
{
	struct unit_case *c = *state;
	struct order o = {0};
	site_approved(&c->site, c->d, "new-unit", NULL, c->no);
	site_is(OK, order_load(c->d, c->no, &o, &c->e), &c->e);
	site_as(&c->site, c->d, "is1");
	order_moves(c, "10000001", "reserved", o.id);
	order_moves(c, "10000001", "made", o.id);
	order_moves(c, "10000001", "in-transit", o.id);
	STOCK(ERR_DESK_STOCK, .deed = STOCK_ARRIVE, .keys = scan("10000001"));
	assert_non_null(strstr(c->e.detail, c->no));
	STOCK(ERR_DESK_STOCK, .deed = STOCK_LOSE, .keys = scan("10000001"), .reason = "x");
	STOCK(OK, .deed = STOCK_RETURN, .keys = scan("10000001"), .reason = "拒收退回");
	key_is(c, "10000001", "returned 01");
	order_free(&o);
}

static void spoiled_with_a_reason_and_never_an_orders(void **state)
{
	struct unit_case *c = *state;
	site_as(&c->site, c->d, "is1");
	STOCK(ERR_DESK_REASON, .deed = STOCK_SPOIL, .keys = scan("10000001"));
	STOCK(ERR_DESK_REASON, .deed = STOCK_SPOIL, .keys = scan("10000001"), .reason = "");
	STOCK(ERR_DESK_REASON, .deed = STOCK_SPOIL, .keys = scan("10000001"), .reason = "\xFF");
	order_moves(c, "10000002", "reserved", 0);
	STOCK(ERR_DESK_STOCK, .deed = STOCK_SPOIL, .keys = scan("10000001 10000002"), .reason = "外壳破裂");
	key_is(c, "10000001", "in-stock 01");
	order_moves(c, "10000002", "made", 0);
	STOCK(ERR_DESK_STOCK, .deed = STOCK_SPOIL, .keys = scan("10000002"), .reason = "外壳破裂");
	STOCK(OK, .deed = STOCK_SPOIL, .keys = scan("10000001"), .reason = "外壳破裂");
	key_is(c, "10000001", "damaged 01");
	STOCK(ERR_DESK_STOCK, .deed = STOCK_SPOIL, .keys = scan("10000001"), .reason = "again");
}

static void lost_and_found_again(void **state)
{
	struct unit_case *c = *state;
	site_as(&c->site, c->d, "is1");
	STOCK(ERR_DESK_REASON, .deed = STOCK_LOSE, .keys = scan("10000001"));
	STOCK(OK, .deed = STOCK_LOSE, .keys = scan("10000001"), .reason = "盘点未见");
	STOCK(ERR_DESK_STOCK, .deed = STOCK_FIND, .keys = scan("10000002"));
	STOCK(OK, .deed = STOCK_FIND, .keys = scan("10000001"), .drawer = "02", .new_drawer = true);
	key_is(c, "10000001", "in-stock 02");
	/* what was returned is no blank when it is found */
	for (size_t i = 0; i < 3; i++)
		order_moves(c, "10000003", (const char *[]){"reserved", "made", "handed-over"}[i], 0);
	STOCK(OK, .deed = STOCK_RETURN, .keys = scan("10000003"), .reason = "保修");
	STOCK(OK, .deed = STOCK_LOSE, .keys = scan("10000003"), .reason = "盘点未见");
	STOCK(OK, .deed = STOCK_FIND, .keys = scan("10000003"));
	key_is(c, "10000003", "returned 01");
	/* what a customer lost is not ours to find, but to take back */
	for (size_t i = 0; i < 4; i++)
		order_moves(c, "10000004", (const char *[]){"reserved", "made", "handed-over", "lost"}[i], 0);
	STOCK(ERR_DESK_STOCK, .deed = STOCK_FIND, .keys = scan("10000004"));
	STOCK(OK, .deed = STOCK_RETURN, .keys = scan("10000004"), .reason = "客户找到后交回");
	key_is(c, "10000004", "returned 01");
}

static void returned_by_a_customer_into_the_stations_drawer(void **state)
{
	struct unit_case *c = *state;
	site_as(&c->site, c->d, "is1");
	STOCK(ERR_DESK_STOCK, .deed = STOCK_RETURN, .keys = scan("10000001"), .reason = "坏"); /* nobody had it */
	for (size_t i = 0; i < 3; i++)
		order_moves(c, "10000001", (const char *[]){"reserved", "made", "handed-over"}[i], 0);
	STOCK(ERR_DESK_REASON, .deed = STOCK_RETURN, .keys = scan("10000001"));
	snprintf(c->d->station, sizeof c->d->station, "02");
	STOCK(OK, .deed = STOCK_RETURN, .keys = scan("10000001"), .reason = "读不出");
	key_is(c, "10000001", "returned 02");
	/* never issued again */
	site_is(OK, store_begin(c->d->store, &c->e), &c->e);
	site_is(ERR_DESK_KEY_MOVE, key_move(c->d, "10000001", "reserved", 0, "", NULL, &c->e), &c->e);
	store_rollback(c->d->store);
}

static void destroyed_by_two_persons(void **state)
{
	struct unit_case *c = *state;
	site_as(&c->site, c->d, "is1");
	STOCK(ERR_DESK_STOCK, .deed = STOCK_SPOIL, .keys = scan("10000009 99999999"), .reason = "x");
	STOCK(OK, .deed = STOCK_SPOIL, .keys = scan("10000001 10000002"), .reason = "碎裂");
	STOCK(ERR_DESK_TWO_PERSONS, .deed = STOCK_DESTROY, .reason = "剪碎", .keys = scan("10000001"));
	second(c, "rv1"); /* somebody, but no manager */
	STOCK(ERR_DESK_TWO_PERSONS, .deed = STOCK_DESTROY, .reason = "剪碎", .keys = scan("10000001"));
	key_is(c, "10000001", "damaged 01");
	second(c, "mg1");
	STOCK(ERR_DESK_REASON, .deed = STOCK_DESTROY, .keys = scan("10000001")); /* why is never left out */
	second(c, "mg1");
	STOCK(ERR_DESK_STOCK, .deed = STOCK_DESTROY, .reason = "剪碎", .keys = scan("10000003")); /* in stock: spoiled first */
	second(c, "mg1");
	STOCK(OK, .deed = STOCK_DESTROY, .reason = "剪碎", .keys = scan("10000001"));
	key_is(c, "10000001", "destroyed 01");
	assert_int_equal(c->d->second.id, 0); /* for this once */
	STOCK(ERR_DESK_TWO_PERSONS, .deed = STOCK_DESTROY, .reason = "剪碎", .keys = scan("10000002"));
	site_as(&c->site, c->d, "mg1"); /* the manager's screen, the issuer's word */
	STOCK(ERR_DESK_FORBIDDEN, .deed = STOCK_DESTROY, .reason = "剪碎", .keys = scan("10000002"));
	second(c, "is1");
	STOCK(OK, .deed = STOCK_DESTROY, .reason = "剪碎", .keys = scan("10000002"));
	second(c, "is1");
	STOCK(ERR_DESK_STOCK, .deed = STOCK_DESTROY, .reason = "剪碎", .keys = scan("10000002"));
	site_as(&c->site, c->d, "is1");
	STOCK(ERR_DESK_KEY_LIST, .deed = STOCK_RECEIVE, .keys = scan("10000001"), .medium = "UKEY-RS"); /* it stays known */
}

static void counted_against_the_book(void **state)
{
	struct unit_case *c = *state;
	json_t *out = NULL, *counts = NULL;
	site_as(&c->site, c->d, "is1");
	struct key_source all = scan("10000001 10000002 10000003 10000004 10000005 10000006 10000007 10000008 10000009");
	site_is(OK, stock_count(c->d, &all, NULL, NULL, &out, &c->e), &c->e);
	assert_int_equal(json_number(out, "expected"), 9);
	assert_int_equal(json_number(out, "counted"), 9);
	assert_int_equal(json_array_size(json_object_get(out, "missing")) + json_array_size(json_object_get(out, "surplus")), 0);
	json_decref(out);
	STOCK(OK, .deed = STOCK_TRANSFER, .keys = scan("10000007"), .drawer = "02", .new_drawer = true);
	for (size_t i = 0; i < 3; i++)
		order_moves(c, "10000008", (const char *[]){"reserved", "made", "handed-over"}[i], 0);
	order_moves(c, "10000009", "reserved", 0); /* still in the drawer */
	/* 2 isn't there; 7 is the other drawer's, 8 a customer's, 5… nobody's */
	const char *list = file(c, "serial\n10000001\n10000003\n10000004\n10000005\n10000006\n10000007\n10000008\n10000009\n50000001\n");
	site_is(OK, stock_count(c->d, &(struct key_source){.path = list}, "01", "晚班", &out, &c->e), &c->e);
	assert_int_equal(json_number(out, "expected"), 7);
	assert_int_equal(json_number(out, "counted"), 9);
	const json_t *missing = json_object_get(out, "missing"), *surplus = json_object_get(out, "surplus");
	assert_int_equal(json_array_size(missing), 1);
	assert_string_equal(json_text(json_array_get(missing, 0), "serial"), "10000002");
	assert_int_equal(json_array_size(surplus), 3);
	assert_string_equal(json_text(json_array_get(surplus, 0), "drawer"), "02");
	assert_string_equal(json_text(json_array_get(surplus, 1), "state"), "handed-over");
	assert_true(json_is_null(json_object_get(json_array_get(surplus, 2), "state")));
	json_decref(out);
	key_is(c, "10000002", "in-stock 01"); /* counting moves nothing */
	key_is(c, "10000007", "in-stock 02");
	site_is(OK, stock_counts(c->d, NULL, &counts, &c->e), &c->e);
	assert_int_equal(json_array_size(counts), 2);
	const json_t *last = json_array_get(counts, 0);
	assert_string_equal(json_text(last, "reason"), "晚班");
	assert_string_equal(json_text(last, "staff"), "钱制证");
	assert_int_equal(json_number(last, "missing"), 1);
	assert_int_equal(json_number(last, "surplus"), 3);
	assert_int_equal(json_array_size(json_object_get(last, "differences")), 4);
	json_decref(counts);
	site_is(OK, stock_counts(c->d, "2001-01-01", &counts, &c->e), &c->e);
	assert_int_equal(json_array_size(counts), 0);
	json_decref(counts);
	site_is(ERR_DESK_DATE, stock_counts(c->d, "2001-13-01", &counts, &c->e), &c->e);
}

static void an_empty_drawer_and_a_bad_count(void **state)
{
	struct unit_case *c = *state;
	json_t *out = NULL;
	site_as(&c->site, c->d, "is1");
	struct key_source none = {0}, twice = scan("10000001 10000001");
	site_is(OK, stock_count(c->d, &none, NULL, NULL, &out, &c->e), &c->e);
	assert_int_equal(json_array_size(json_object_get(out, "missing")), 9);
	json_decref(out);
	struct untouched before = look(c);
	site_is(ERR_DESK_STOCK, stock_count(c->d, &twice, NULL, NULL, &out, &c->e), &c->e);
	site_is(ERR_DESK_DRAWER, stock_count(c->d, &none, "17", NULL, &out, &c->e), &c->e);
	site_is(ERR_DESK_STOCK, stock_count(c->d, &(struct key_source){.path = file(c, "serial\n1000 0001\n")}, NULL, NULL, &out, &c->e), &c->e);
	site_is(ERR_CSV, stock_count(c->d, &(struct key_source){.path = file(c, "serial\n\"1\n")}, NULL, NULL, &out, &c->e), &c->e);
	same(c, before);
}

/* What a scanner's screen says at once is what the whole would say. */
static void judged_at_once_as_at_the_end(void **state)
{
	struct unit_case *c = *state;
	static const char *const serials[] = {"10000001", "10000002", "10000003", "10000004", "99999999", "bad serial", ""};
	site_as(&c->site, c->d, "is1");
	STOCK(OK, .deed = STOCK_SPOIL, .keys = scan("10000002"), .reason = "x");
	STOCK(OK, .deed = STOCK_LOSE, .keys = scan("10000003"), .reason = "x");
	STOCK(OK, .deed = STOCK_SEND, .keys = scan("10000004"), .site = "110105-02");
	for (int deed = 0; deed < STOCK_DEEDS; deed++)
		for (size_t i = 0; i < sizeof serials / sizeof *serials; i++) {
			struct stock_order o = {.deed = (enum stock_deed)deed, .keys = {.serials = &serials[i], .count = 1}, .drawer = "01",
			                        .medium = "card", .reason = "x", .site = stock_deed_info(deed)->site ? "110105-02" : NULL};
			json_t *judged = NULL, *out = NULL;
			struct error e = {0};
			enum err at_once = stock_judge(c->d, &o, serials[i], &judged, &e);
			assert_true(at_once == OK || at_once == ERR_DESK_SERIAL);
			assert_int_equal(judged != NULL, at_once == OK);
			json_decref(judged);
			if (at_once == OK && deed != STOCK_DESTROY)
				continue; /* or it would be done: each deed's own test has that */
			if (deed == STOCK_DESTROY)
				second(c, "mg1");
			enum err whole = stock_do(c->d, &o, &out, &e);
			assert_int_equal(at_once == OK, whole == OK);
			json_decref(out);
		}
}

static void only_an_issuer_moves_the_stock(void **state)
{
	struct unit_case *c = *state;
	static const char *const others[] = {"op1", "rv1", "mg1", "au1", "root1"};
	json_t *out = NULL;
	struct key_source none = {0};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		site_as(&c->site, c->d, others[i]);
		for (int deed = 0; deed < STOCK_DEEDS; deed++)
			STOCK(ERR_DESK_FORBIDDEN, .deed = (enum stock_deed)deed, .keys = scan("10000001"), .drawer = "01", .reason = "x",
			      .site = "110105-02", .medium = "card");
		site_is(ERR_DESK_FORBIDDEN, stock_count(c->d, &none, NULL, NULL, &out, &c->e), &c->e);
	}
	site_is(ERR_DESK_FORBIDDEN, stock_balance(c->d, NULL, NULL, &out, &c->e), &c->e); /* an administrator sees nothing */
	site_is(ERR_DESK_FORBIDDEN, stock_list(c->d, NULL, NULL, &out, &c->e), &c->e);
	site_as(&c->site, c->d, "op1");
	second(c, "is1"); /* on the spot, for this once */
	STOCK(OK, .deed = STOCK_SPOIL, .keys = scan("10000001"), .reason = "x");
	STOCK(ERR_DESK_FORBIDDEN, .deed = STOCK_SPOIL, .keys = scan("10000002"), .reason = "x");
	c->d->actor = (struct staff){0};
	STOCK(ERR_DESK_LOGIN, .deed = STOCK_SPOIL, .keys = scan("10000002"), .reason = "x");
}

static size_t size_of(struct unit_case *c, const char *state, const char *drawer)
{
	json_t *out = NULL;
	site_is(OK, stock_list(c->d, state, drawer, &out, &c->e), &c->e);
	size_t n = json_array_size(out);
	json_decref(out);
	return n;
}

static void listed_by_state_and_drawer(void **state)
{
	struct unit_case *c = *state;
	json_t *out = NULL;
	site_as(&c->site, c->d, "is1");
	STOCK(OK, .deed = STOCK_TRANSFER, .keys = scan("10000001 10000002 10000003"), .drawer = "保险柜", .new_drawer = true);
	STOCK(OK, .deed = STOCK_SPOIL, .keys = scan("10000001 10000004"), .reason = "x");
	assert_int_equal(size_of(c, NULL, NULL), 9);
	assert_int_equal(size_of(c, "in-stock", NULL), 7);
	assert_int_equal(size_of(c, NULL, "保险柜"), 3);
	assert_int_equal(size_of(c, "damaged", "保险柜"), 1);
	assert_int_equal(size_of(c, "destroyed", NULL), 0);
	assert_int_equal(size_of(c, "held", NULL), 7);
	order_moves(c, "10000005", "customer-owned", 0);
	assert_int_equal(size_of(c, NULL, NULL), 8);
	assert_int_equal(size_of(c, "customer-owned", NULL), 1);
	for (size_t i = 0; i < key_state_count(); i++)
		size_of(c, key_state_at(i), NULL); /* each is a filter */
	site_is(ERR_DESK_FILTER, stock_list(c->d, "melted", NULL, &out, &c->e), &c->e);
	site_is(OK, stock_drawers(c->d, &out, &c->e), &c->e);
	assert_int_equal(json_array_size(out), 2);
	json_decref(out);
	site_is(OK, stock_media(c->d, &out, &c->e), &c->e);
	assert_true(json_array_size(out) >= 3);
	json_decref(out);
}

/* It stays in its drawer's book, and the record says where it was taken. */
static void a_key_of_another_drawer_is_used_and_said_so(void **state)
{
	struct unit_case *c = *state;
	json_t *key = NULL;
	site_as(&c->site, c->d, "is1");
	snprintf(c->d->station, sizeof c->d->station, "02");
	for (size_t i = 0; i < 3; i++)
		order_moves(c, "10000001", (const char *[]){"reserved", "made", "handed-over"}[i], 0);
	site_is(OK, keys_info(c->d, "10000001", &key, &c->e), &c->e);
	const json_t *moves = json_object_get(key, "moves");
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(json_text(json_array_get(moves, i), "drawer"), "01");
	assert_non_null(strstr(json_text(json_array_get(moves, 1), "reason"), "02"));
	json_decref(key);
}

static void no_move_that_the_table_lacks(void **state)
{
	struct unit_case *c = *state;
	site_as(&c->site, c->d, "is1");
	for (size_t i = 0; i < key_state_count(); i++) {
		const char *to = key_state_at(i);
		site_is(OK, store_begin(c->d->store, &c->e), &c->e);
		site_is(key_may_move("in-stock", to) ? OK : ERR_DESK_KEY_MOVE, key_move(c->d, "10000001", to, 0, "", NULL, &c->e), &c->e);
		store_rollback(c->d->store);
	}
	site_is(OK, store_begin(c->d->store, &c->e), &c->e);
	site_is(ERR_DESK_NO_KEY, key_move(c->d, "60000001", "in-stock", 0, "", NULL, &c->e), &c->e);
	site_is(ERR_DESK_NO_KEY, key_move(c->d, "60000001", "made", 0, "", "card", &c->e), &c->e);
	site_is(OK, key_move(c->d, "60000001", "customer-owned", 0, "", "card", &c->e), &c->e);
	store_rollback(c->d->store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(received_by_file),
		CASE(received_by_scanner),
		CASE(hostile_lists_by_line_and_nothing_done),
		CASE(a_transfer_changes_the_drawer_and_nothing_else),
		CASE(to_another_point_and_back),
		CASE(what_is_mailed_to_a_customer_does_not_arrive),
		CASE(spoiled_with_a_reason_and_never_an_orders),
		CASE(lost_and_found_again),
		CASE(returned_by_a_customer_into_the_stations_drawer),
		CASE(destroyed_by_two_persons),
		CASE(counted_against_the_book),
		CASE(an_empty_drawer_and_a_bad_count),
		CASE(judged_at_once_as_at_the_end),
		CASE(only_an_issuer_moves_the_stock),
		CASE(listed_by_state_and_drawer),
		CASE(a_key_of_another_drawer_is_used_and_said_so),
		CASE(no_move_that_the_table_lacks),
	};
	return RUN(tests);
}
