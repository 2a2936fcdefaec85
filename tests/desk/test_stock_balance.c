/* Each day, by drawer and by point: opening + received + transferred in + returned = handed over + mailed + transferred
 * out + spoiled + made and not collected + left, or the difference is named. */
#include "stocking.h"

#include "desk/orderrow.h"

enum { DAY = 86400 };

static json_t *balance(struct unit_case *c, const char *from, const char *to)
{
	json_t *out = NULL;
	site_is(OK, stock_balance(c->d, from, to, &out, &c->e), &c->e);
	return out;
}

/* One line as a row of figures: opening, received, in, returned, handed over, mailed, out, spoiled, made, left, difference. */
static void figures(const json_t *line, char *out, size_t size)
{
	static const char *const names[] = {"opening", "received", "transferred_in", "returned", "handed_over", "mailed",
	                                    "transferred_out", "spoiled", "made", "remaining", "difference"};
	out[0] = '\0';
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		snprintf(out + strlen(out), size - strlen(out), "%s%lld", i ? " " : "", (long long)json_number(line, names[i]));
}

static const json_t *line_of(const json_t *lines, const char *drawer, const char *medium)
{
	json_t *line;
	size_t i;
	json_array_foreach((json_t *)lines, i, line)
		if (strcmp(json_text(line, "drawer"), drawer) == 0 && strcmp(json_text(line, "medium"), medium) == 0)
			return line;
	return NULL;
}

static void line_is(const json_t *b, const char *drawer, const char *medium, const char *wanted)
{
	char got[200];
	const json_t *line = line_of(json_object_get(b, *drawer ? "drawers" : "point"), drawer, medium);
	assert_non_null(line);
	figures(line, got, sizeof got);
	if (strcmp(got, wanted) != 0)
		fail_msg("%s %s, drawer %s: %s, not %s", json_text(b, "date"), medium, drawer, got, wanted);
}

static int64_t ins(const json_t *l)
{
	return json_number(l, "opening") + json_number(l, "received") + json_number(l, "transferred_in") + json_number(l, "returned");
}

static int64_t outs(const json_t *l)
{
	return json_number(l, "handed_over") + json_number(l, "mailed") + json_number(l, "transferred_out") + json_number(l, "spoiled") +
	       json_number(l, "made") + json_number(l, "remaining");
}

/* The rule itself, on every line; and each day opens with what the day before had left. */
static void balances(struct unit_case *c, const char *date, const json_t *before)
{
	json_t *b = balance(c, date, NULL), *line;
	size_t i;
	assert_true(json_flag(b, "balanced"));
	json_array_foreach(json_object_get(b, "drawers"), i, line) {
		assert_int_equal(ins(line), outs(line));
		assert_int_equal(json_number(line, "difference"), 0);
		const json_t *was = line_of(json_object_get(before, "drawers"), json_text(line, "drawer"), json_text(line, "medium"));
		assert_int_equal(json_number(line, "opening"), before ? json_number(was, "made") + json_number(was, "remaining") : 0);
	}
	json_array_foreach(json_object_get(b, "point"), i, line)
		assert_int_equal(ins(line), outs(line));
	json_decref(b);
}

static void at(struct unit_case *c, const char *station)
{
	snprintf(c->d->station, sizeof c->d->station, "%s", station);
}

static void orders_key(struct unit_case *c, const char *serial, int64_t order, const char *last)
{
	order_moves(c, serial, "reserved", order);
	if (strcmp(last, "reserved") == 0)
		return;
	order_moves(c, serial, "made", order);
	if (strcmp(last, "made") != 0)
		order_moves(c, serial, last, order);
}

static void several_days_of_everything(void **state)
{
	struct unit_case *c = *state;
	struct order o = {0};
	char days[5][11];
	json_t *b, *before = NULL;
	site_approved(&c->site, c->d, "new-unit", NULL, c->no);
	site_is(OK, order_load(c->d, c->no, &o, &c->e), &c->e);
	site_as(&c->site, c->d, "is1");
	for (int i = 0; i < 5; i++)
		civil_date_text(desk_now(c->d) + i * DAY, days[i]);

	/* the first day: 8 and a card were received; two go to window 02, one is sent away */
	STOCK(OK, .deed = STOCK_TRANSFER, .keys = scan("10000001 10000002"), .drawer = "02", .new_drawer = true);
	STOCK(OK, .deed = STOCK_SEND, .keys = scan("10000003"), .site = "110105-02");
	orders_key(c, "10000004", o.id, "made");
	b = balance(c, NULL, NULL);
	line_is(b, "01", "UKEY-RS", "0 8 0 0 0 0 3 0 1 4 0");
	line_is(b, "02", "UKEY-RS", "0 0 2 0 0 0 0 0 0 2 0");
	line_is(b, "01", "card", "0 1 0 0 0 0 0 0 0 1 0");
	line_is(b, "", "UKEY-RS", "0 8 0 0 0 0 1 0 1 6 0"); /* by the point only one went out */
	json_decref(b);
	assert_int_equal(look(c).keys, 9);

	/* the second: handed over, one made at 02 of a key of 01, one of 02; one spoiled, one lost; the parcel comes back */
	later(c, DAY);
	order_moves(c, "10000004", "handed-over", o.id);
	at(c, "02");
	orders_key(c, "10000005", o.id, "handed-over");
	orders_key(c, "10000001", o.id, "made");
	at(c, "01");
	STOCK(OK, .deed = STOCK_SPOIL, .keys = scan("10000006"), .reason = "x");
	STOCK(OK, .deed = STOCK_LOSE, .keys = scan("10000007"), .reason = "x");
	STOCK(OK, .deed = STOCK_ARRIVE, .keys = scan("10000003"), .drawer = "02");
	b = balance(c, NULL, NULL);
	line_is(b, "01", "UKEY-RS", "5 0 0 0 2 0 0 2 0 1 0");
	line_is(b, "02", "UKEY-RS", "2 0 1 0 0 0 0 0 1 2 0");
	line_is(b, "", "UKEY-RS", "7 0 1 0 2 0 0 2 1 3 0");
	json_decref(b);

	/* the third: found again, a customer's comes back into 02, the made one of 02 moves to 01 and is mailed; more arrive */
	later(c, DAY);
	STOCK(OK, .deed = STOCK_FIND, .keys = scan("10000007"));
	at(c, "02");
	STOCK(OK, .deed = STOCK_RETURN, .keys = scan("10000004"), .reason = "x");
	at(c, "01");
	STOCK(OK, .deed = STOCK_TRANSFER, .keys = scan("10000001"), .drawer = "01");
	order_moves(c, "10000001", "in-transit", o.id);
	STOCK(OK, .deed = STOCK_ARRIVE, .keys = scan("40000001 40000002"), .medium = "UKEY-RS", .site = "110105-02");
	b = balance(c, NULL, NULL);
	line_is(b, "01", "UKEY-RS", "1 0 3 1 0 1 0 0 0 4 0");
	line_is(b, "02", "UKEY-RS", "3 0 0 1 0 0 1 0 0 3 0");
	line_is(b, "", "UKEY-RS", "4 0 2 2 0 1 0 0 0 7 0");
	json_decref(b);

	/* the fourth: nothing. The fifth: what was returned and what was spoiled is destroyed; one is taken and given back */
	later(c, 2 * DAY);
	second(c, "mg1");
	STOCK(OK, .deed = STOCK_DESTROY, .reason = "剪碎", .keys = scan("10000004 10000006"));
	orders_key(c, "40000001", o.id, "reserved");
	order_moves(c, "40000001", "in-stock", 0);
	order_moves(c, "10000001", "handed-over", o.id); /* the parcel is there */
	b = balance(c, NULL, NULL);
	line_is(b, "01", "UKEY-RS", "4 0 0 0 0 0 0 0 0 4 0");
	line_is(b, "02", "UKEY-RS", "3 0 0 0 0 0 0 1 0 2 0");
	json_decref(b);

	for (int i = 0; i < 5; i++) {
		balances(c, days[i], before);
		json_decref(before);
		before = balance(c, days[i], NULL);
	}
	line_is(before, "", "UKEY-RS", "7 0 0 0 0 0 0 1 0 6 0");
	json_decref(before);
	/* all five days in one, and the days behind keep their figures */
	b = balance(c, days[0], days[4]);
	assert_true(json_flag(b, "balanced"));
	line_is(b, "", "UKEY-RS", "0 8 3 2 2 1 1 3 0 6 0");
	line_is(b, "01", "UKEY-RS", "0 8 3 1 2 1 3 2 0 4 0");
	json_decref(b);
	b = balance(c, days[0], NULL);
	line_is(b, "01", "UKEY-RS", "0 8 0 0 0 0 3 0 1 4 0");
	line_is(b, "02", "UKEY-RS", "0 0 2 0 0 0 0 0 0 2 0");
	json_decref(b);
	order_free(&o);
}

/* Keys of drawer 01 whose moves were recorded with the station that made them, as the program before wrote them. */
static void records_with_the_stations_name_balance_too(void **state)
{
	struct unit_case *c = *state;
	char command[600], today[11];
	civil_date_text(desk_now(c->d), today);
	site_as(&c->site, c->d, "is1");
	orders_key(c, "10000001", 0, "handed-over");
	orders_key(c, "10000002", 0, "made");
	orders_key(c, "10000003", 0, "reserved");
	struct site copy;
	site_copy(&c->site, "old", &copy); /* altered behind the journal's back: not in the case's own site */
	snprintf(command, sizeof command, "sqlite3 %s/certdesk.db \"UPDATE key_move SET drawer = '02' WHERE from_state <> ''\"", copy.dir);
	assert_int_equal(system(command), 0);
	struct desk *mine = c->d, *d = site_open(&copy);
	c->d = d;
	site_as(&copy, d, "is1");
	json_t *b = balance(c, today, NULL);
	assert_true(json_flag(b, "balanced"));
	line_is(b, "01", "UKEY-RS", "0 8 0 0 1 0 0 0 1 6 0");
	assert_null(line_of(json_object_get(b, "drawers"), "02", "UKEY-RS"));
	json_decref(b);
	d->clock.fixed = desk_now(mine) + DAY;
	b = balance(c, NULL, NULL);
	line_is(b, "01", "UKEY-RS", "7 0 0 0 0 0 0 0 1 6 0");
	json_decref(b);
	desk_close(&d);
	c->d = mine;
}

/* What the records don't explain is named by serial, in the drawer where it shows. */
static void a_difference_is_named(void **state)
{
	struct unit_case *c = *state;
	static const struct {
		const char *sql, *drawer, *serial;
		int difference;
	} gaps[] = {
		{"DELETE FROM key_move WHERE to_state = 'damaged'", "01", "10000002", 1},   /* gone, nobody knows how */
		{"DELETE FROM key_move WHERE key_id = 3", "01", "10000003", -1},            /* there, nobody knows from where */
		{"UPDATE usb_key SET drawer = '02' WHERE id = 4", "01", "10000004", 1},     /* the other drawer has it */
		{"UPDATE usb_key SET drawer = '02' WHERE id = 4", "02", "10000004", -1},
		{"UPDATE usb_key SET state = 'lost' WHERE id = 5", "01", "10000005", 1},
	};
	site_as(&c->site, c->d, "is1");
	STOCK(OK, .deed = STOCK_SPOIL, .keys = scan("10000002"), .reason = "x");
	for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++) {
		struct site copy;
		char name[20], command[600];
		snprintf(name, sizeof name, "gap-%zu", i);
		site_copy(&c->site, name, &copy);
		snprintf(command, sizeof command, "sqlite3 %s/certdesk.db \"%s\"", copy.dir, gaps[i].sql);
		assert_int_equal(system(command), 0);
		struct desk *mine = c->d, *d = site_open(&copy);
		d->clock.fixed = mine->clock.fixed;
		c->d = d;
		site_as(&copy, d, "au1");
		json_t *b = balance(c, NULL, NULL);
		assert_false(json_flag(b, "balanced"));
		const json_t *line = line_of(json_object_get(b, "drawers"), gaps[i].drawer, "UKEY-RS");
		assert_non_null(line);
		assert_int_equal(json_number(line, "difference"), gaps[i].difference);
		assert_string_equal(json_text(line, "reason"), gaps[i].serial);
		json_decref(b);
		desk_close(&d);
		c->d = mine;
	}
}

static void dates_that_are_none(void **state)
{
	struct unit_case *c = *state;
	json_t *out = NULL;
	site_is(ERR_DESK_DATE, stock_balance(c->d, "2026-02-30", NULL, &out, &c->e), &c->e);
	site_is(ERR_DESK_DATE, stock_balance(c->d, "2026-02-03", "2026-02-02", &out, &c->e), &c->e);
	out = balance(c, "2001-01-01", "2001-01-02");
	assert_int_equal(json_array_size(json_object_get(out, "drawers")), 0);
	assert_true(json_flag(out, "balanced"));
	json_decref(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(several_days_of_everything),
		CASE(records_with_the_stations_name_balance_too),
		CASE(a_difference_is_named),
		CASE(dates_that_are_none),
	};
	return RUN(tests);
}
