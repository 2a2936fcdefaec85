/* What the tests of the stock share. */
#ifndef CERTDESK_TESTS_STOCKING_H
#define CERTDESK_TESTS_STOCKING_H

#include "case.h"
#include "desk/keys.h"
#include "desk/stock.h"

/* Serials in one text, separated by spaces; lasts until the next call. */
static inline struct key_source scan(const char *serials)
{
	static char text[1200], *list[100];
	struct key_source out = {.serials = (const char *const *)list};
	snprintf(text, sizeof text, "%s", serials);
	for (char *s = strtok(text, " "); s; s = strtok(NULL, " ")) {
		assert_true(out.count < 100);
		list[out.count++] = s;
	}
	return out;
}

static inline enum err stock_try(struct unit_case *c, struct stock_order o)
{
	json_t *out = NULL;
	c->e = (struct error){0};
	enum err r = stock_do(c->d, &o, &out, &c->e);
	assert_int_equal(out != NULL, r == OK);
	if (!r) {
		assert_string_equal(json_text(out, "action"), stock_deed_info(o.deed)->name);
		assert_int_equal(json_number(out, "keys"), json_array_size(json_object_get(out, "serials")));
	}
	json_decref(out);
	return r;
}

#define STOCK(wanted, ...) site_is(wanted, stock_try(c, (struct stock_order){__VA_ARGS__}), &c->e)

/* "in-stock 01": state and drawer. */
static inline void key_is(struct unit_case *c, const char *serial, const char *wanted)
{
	json_t *key = NULL;
	char is[80];
	site_is(OK, keys_info(c->d, serial, &key, &c->e), &c->e);
	snprintf(is, sizeof is, "%s %s", json_text(key, "state"), json_text(key, "drawer"));
	assert_string_equal(is, wanted);
	json_decref(key);
}

static inline size_t moves_of(struct unit_case *c, const char *serial)
{
	json_t *key = NULL;
	site_is(OK, keys_info(c->d, serial, &key, &c->e), &c->e);
	size_t n = json_array_size(json_object_get(key, "moves"));
	json_decref(key);
	return n;
}

/* A move of an order's, as issuing and handing over make it. */
static inline void order_moves(struct unit_case *c, const char *serial, const char *state, int64_t order)
{
	site_is(OK, store_begin(c->d->store, &c->e), &c->e);
	site_is(OK, key_move(c->d, serial, state, order, "", NULL, &c->e), &c->e);
	site_is(OK, desk_commit(c->d, MAY_KEY_STOCK, "test.move", serial, NULL, NULL, &c->e), &c->e);
}

/* Somebody's credential on the spot. */
static inline void second(struct unit_case *c, const char *login)
{
	struct staff actor = c->d->actor;
	site_as(&c->site, c->d, login);
	c->d->second = c->d->actor;
	c->d->actor = actor;
}

/* How many keys there are in all, and the newest journal entry: nothing was touched where they stay. */
struct untouched {
	size_t keys;
	int64_t seq;
};

static inline struct untouched look(struct unit_case *c)
{
	struct untouched u;
	json_t *stock = NULL;
	int64_t at;
	char hash[DIGEST_TEXT_SIZE];
	site_is(OK, keys_stock(c->d, &stock, &c->e), &c->e);
	u.keys = json_array_size(stock);
	json_decref(stock);
	site_is(OK, journal_head(c->d->store, &u.seq, &at, hash, &c->e), &c->e);
	return u;
}

static inline void same(struct unit_case *c, struct untouched before)
{
	struct error kept = c->e;
	struct untouched now = look(c);
	c->e = kept;
	assert_int_equal(now.keys, before.keys);
	assert_int_equal(now.seq, before.seq);
}

#endif
