/* The CA that headquarters holds: what follows from the product and the business that was applied for. */
#include "ca_case.h"

/* It is noted, and refused there already; asked for all the same, and refused with the reason. */
static void refused_for(struct hub_case *c, struct asked *a, const char *key, const char *why)
{
	int64_t before = refused_at(a->site);
	note(c, a, key);
	assert_int_equal(before + 1, refused_at(a->site));
	REFUSED(a->site, "GRANT");
	says_no(c, a->site, a, key, "order", why);
	assert_true(alarmed(a->site, "refused", "GRANT"));
	assert_true(alarmed(a->site, "ca", why));
}

static void the_end_follows_from_the_products_term(void **state)
{
	struct hub_case *c = *state;
	authority(c);
	struct asked a = requested(c, COUNTER);
	a.to = term_last(a.from, 24);
	refused_for(c, &a, key_one, "term");
	a.to = term_last(a.from, 12) - 1;
	refused_for(c, &a, key_two, "term");
	assert_int_equal(0, issued_count());
	asked_free(&a);
}

static void the_profile_is_the_products(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	struct asked a = to_ask(c, COUNTER);
	assert_int_equal(409, ask_for(c, COUNTER, &a, "person-1y", key_one, &out));
	assert_string_equal("profile", json_text(out, "why"));
	assert_true(alarmed(COUNTER, "ca", "profile"));
	assert_int_equal(0, issued_count());
	json_decref(out);
	asked_free(&a);
}

static void the_product_is_what_was_applied_for(void **state)
{
	struct hub_case *c = *state;
	authority(c);
	struct asked a = requested(c, COUNTER);
	begin(c, COUNTER);
	put(c, COUNTER, "item", json_pack("{ss}", "product", "person-1y"), a.item);
	rogue_commit(c, COUNTER, "issue.requested", "is1", a.no, NULL);
	refused_for(c, &a, key_one, "product");
	assert_int_equal(0, issued_count());
	asked_free(&a);
}

static void products(struct hub_case *c, int months)
{
	char path[200], word[220], from[11];
	json_t *out = NULL;
	snprintf(path, sizeof path, "%s/products.csv", c->root);
	snprintf(word, sizeof word, "products=%s", path);
	FILE *f = fopen(path, "w");
	fprintf(f, "code,zh,en,customer,term_months,profile,slot,rekey\nunit-1y,单位证书,unit certificate,unit,%d,unit-1y,9a,0\n"
	           "person-1y,个人证书,personal certificate,person,12,person-1y,9a,0\n", months);
	fclose(f);
	civil_date_text(clock_now(&CLOCK_SYSTEM), from);
	struct publish_parts p = {.tables = {word}, .table_count = 1, .from = from};
	site_is(OK, publish(hub, &p, &out, &c->e), &c->e);
	json_decref(out);
}

/* A site's own table says nothing to headquarters; its word counts from when the site has taken it. */
static void the_table_is_what_headquarters_laid_down(void **state)
{
	struct hub_case *c = *state;
	authority(c);
	struct asked a = requested(c, COUNTER), b = requested(c, OTHER);
	begin(c, COUNTER);
	put(c, COUNTER, "product", json_pack("{si ss ss ss ss si ss ss si sI}", "dk", 1, "code", "unit-1y", "zh", "单位证书", "en", "unit", "customer", "unit",
	                                     "term_months", 36, "profile", "unit-1y", "slot", "9a", "rekey", 0, "valid_from", (json_int_t)a.from), 0);
	rogue_commit(c, COUNTER, "table.import", "mg1", "products", NULL);
	a.to = term_last(a.from, 36);
	refused_for(c, &a, key_one, "product");
	/* recorded by the shipped one, before another is taken: taken with the same line */
	products(c, 24);
	noted(c, &b, key_two);
	SYNC(c, OTHER);
	issued(c, &b, key_two);
	give_up(c, &b); /* the unit's one main key is the other counter's to make */
	/* taken */
	SYNC(c, COUNTER);
	a.from = desk_now(c->d[COUNTER]) + 2;
	a.to = term_last(a.from, 12);
	refused_for(c, &a, "00112233445566778899aabbccddee00", "term");
	a.to = term_last(a.from, 24);
	note(c, &a, "00112233445566778899aabbccddee01");
	issued(c, &a, "00112233445566778899aabbccddee01");
	assert_int_equal(2, issued_count());
	asked_free(&a);
	asked_free(&b);
}

/* The counter's clock stands still from here on. */
static void stand_still(struct hub_case *c, int i)
{
	site_at(c, i);
	c->site[i].now = desk_now(c->d[i]);
	desk_close(&c->d[i]);
	c->d[i] = site_open(&c->site[i]);
	site_as(&c->site[i], c->d[i], "op1");
}

/* Tables that a site takes in the second in which a certificate begins: what it recorded before is by the ones before. */
static void what_was_recorded_first_goes_by_the_table_before(void **state)
{
	struct hub_case *c = *state;
	static const char third[] = "00112233445566778899aabbccddee02";
	authority(c);
	site_at(c, COUNTER);
	SYNC(c, COUNTER);
	stand_still(c, COUNTER);
	struct asked a = requested(c, COUNTER), b = requested(c, COUNTER);
	assert_int_equal(a.from, b.from);
	noted(c, &a, key_one);
	products(c, 24);
	SYNC(c, COUNTER); /* taken */
	issued(c, &a, key_one);
	/* in the same second, recorded behind it: by the new one, and by no other */
	refused_for(c, &b, key_two, "term");
	b.to = term_last(b.from, 24);
	note(c, &b, third);
	assert_int_equal(1, refused_at(COUNTER));
	/* one that takes the place of that, in this second too: its rows are gone from there */
	products(c, 36);
	SYNC(c, COUNTER);
	issued(c, &b, third);
	assert_int_equal(2, issued_count());
	asked_free(&a);
	asked_free(&b);
}

/* Another order, about a certificate: signed, free, not reviewed; up to the request, by the pair of `old` where that isn't NULL. */
static struct asked about(struct hub_case *c, const struct asked *old, const char *business, bool same_pair)
{
	struct asked a = {.site = old->site};
	struct store *s = c->d[old->site]->store;
	json_t *order = NULL, *item = NULL, *signed_order = NULL;
	struct rows *rows = NULL;
	int64_t link = 0;
	site_is(OK, store_query(s, SQL_CUSTODY_PARTS, &rows, &c->e, "i", old->order), &c->e);
	while (rows_next(rows))
		if (strcmp(rows_text(rows, 0), "signature_order") == 0)
			link = rows_int(rows, 1);
	rows_end(&rows, NULL);
	site_is(OK, replica_row(s, "orders", old->order, &order, &c->e), &c->e);
	site_is(OK, replica_row(s, "item", old->item, &item, &c->e), &c->e);
	site_is(OK, replica_row(s, "signature_order", link, &signed_order, &c->e), &c->e);
	snprintf(a.no, sizeof a.no, "11011401-261122-0%s-7", strcmp(business, "renew") == 0 ? "991" : "992");
	json_object_del(order, "id");
	json_object_set_new(order, "no", json_string(a.no));
	json_object_set_new(order, "business", json_string(business));
	bool reviewed = strcmp(business, "replace") == 0; /* by who approved the first one too */
	json_object_set_new(order, "status", json_string(reviewed ? "in-review" : "approved"));
	json_object_set_new(order, "amount", json_integer(0));
	a.from = desk_now(c->d[old->site]);
	if (same_pair) {
		bytes_add(&a.der, old->der.data, old->der.length);
		a.pem = strdup(old->pem);
	} else
		make_request(&a);
	char *hex = hex_of(&a.der);
	begin(c, old->site);
	a.order = put(c, old->site, "orders", order, 0);
	json_object_del(item, "id");
	json_object_set_new(item, "order_id", json_integer(a.order));
	json_object_set_new(item, "request", json_string(hex));
	json_object_set_new(item, "step", json_string("requested"));
	a.item = put(c, old->site, "item", item, 0);
	json_object_del(signed_order, "id");
	json_object_set_new(signed_order, "order_id", json_integer(a.order));
	put(c, old->site, "signature_order", signed_order, 0);
	put(c, old->site, "order_subject", json_pack("{sI sI sI ss ss si si ss ss}", "dk", (json_int_t)dk_of(c, old), "order_id", (json_int_t)a.order,
	                 "certificate_id", (json_int_t)old->id, "key_serial", "10000001", "proof", "key", "review", 0, "makes", 1, "changed", "",
	                 "before", "00"), 0);
	rogue_commit(c, old->site, "order.sign", "op1", a.no, NULL);
	if (reviewed) {
		begin(c, old->site);
		put(c, old->site, "orders", json_pack("{ss}", "status", "approved"), a.order);
		rogue_commit(c, old->site, "review.approve", "rv1", a.no, NULL);
	}
	begin(c, old->site);
	put(c, old->site, "orders", json_pack("{ss}", "status", "issuing"), a.order);
	rogue_commit(c, old->site, "issue.requested", "is1", a.no, NULL);
	SYNC(c, old->site);
	assert_string_equal("", why_refused(old->site));
	free(hex);
	return a;
}

static void a_change_keeps_end_and_pair(void **state)
{
	struct hub_case *c = *state;
	struct asked a = with_certificate(c, COUNTER);
	struct asked b = about(c, &a, "change", true);
	char *pem = b.pem;
	b.to = a.to + 86400;
	refused_for(c, &b, key_two, "term");
	b.to = term_last(a.to, 12);
	refused_for(c, &b, "00112233445566778899aabbccddee00", "term");
	b.to = a.to;
	note(c, &b, "00112233445566778899aabbccddee01");
	issued(c, &b, "00112233445566778899aabbccddee01");
	assert_ptr_equal(pem, b.pem);
	assert_int_equal(2, issued_count());
	asked_free(&a);
	asked_free(&b);
}

static void another_pair_for_a_change_is_refused(void **state)
{
	struct hub_case *c = *state;
	struct asked a = with_certificate(c, COUNTER);
	struct asked b = about(c, &a, "change", false);
	b.to = a.to;
	noted(c, &b, key_two);
	says_no(c, COUNTER, &b, key_two, "order", "pair");
	/* nor for one that counts no more */
	set_state(c, &a, "revoked", "key-compromise");
	says_no(c, COUNTER, &b, key_two, "order", "about");
	assert_int_equal(1, issued_count());
	asked_free(&a);
	asked_free(&b);
}

static void nothing_is_made_in_the_place_of_what_the_ca_suspended(void **state)
{
	struct hub_case *c = *state;
	struct asked a = with_certificate(c, COUNTER);
	struct asked b = about(c, &a, "replace", false);
	b.to = a.to;
	noted(c, &b, key_two);
	set_state(c, &a, "suspended", "own-ground");
	says_no(c, COUNTER, &b, key_two, "order", "about");
	set_state(c, &a, "suspended", "own-ground-held");
	says_no(c, COUNTER, &b, key_two, "order", "about");
	set_state(c, &a, "suspended", "own-ground-undone");
	says_no(c, COUNTER, &b, key_two, "order", "about");
	set_state(c, &a, "suspended", "certificate-hold"); /* reported lost, which it is replaced for */
	issued(c, &b, key_two);
	asked_free(&a);
	asked_free(&b);
}

/* Written for a year and half a month ago … renewed within its window: the old end plus the term; before it: refused. */
static void a_renewal_adds_the_term_to_the_old_end_within_its_window(void **state)
{
	struct hub_case *c = *state;
	struct asked a = with_certificate(c, COUNTER);
	struct asked b = about(c, &a, "renew", true);
	b.to = term_last(a.to, 12);
	refused_for(c, &b, key_two, "window");
	/* ten months on */
	hub->clock.fixed = c->d[COUNTER]->clock.fixed = b.from = a.to - 60 * 86400;
	b.to = term_last(b.from, 12);
	refused_for(c, &b, "00112233445566778899aabbccddee00", "term");
	b.to = term_last(a.to, 12);
	note(c, &b, "00112233445566778899aabbccddee01");
	issued(c, &b, "00112233445566778899aabbccddee01");
	hub->clock.fixed = 0;
	assert_int_equal(2, issued_count());
	asked_free(&a);
	asked_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(the_end_follows_from_the_products_term),
		HUB_TEST(what_was_recorded_first_goes_by_the_table_before),
		HUB_TEST(the_profile_is_the_products),
		HUB_TEST(the_product_is_what_was_applied_for),
		HUB_TEST(the_table_is_what_headquarters_laid_down),
		HUB_TEST(a_change_keeps_end_and_pair),
		HUB_TEST(another_pair_for_a_change_is_refused),
		HUB_TEST(nothing_is_made_in_the_place_of_what_the_ca_suspended),
		HUB_TEST(a_renewal_adds_the_term_to_the_old_end_within_its_window),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
