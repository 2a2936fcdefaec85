/* Main and secondary keys: one order of several items, each with a certificate, a key and a price of its own. */
#include "life.h"

#include "desk/print.h"

static json_t *show(struct life *l)
{
	json_t *o = NULL;
	IS(OK, order_show(l->d, l->no, &o, &l->e));
	return o;
}

static void test_a_unit_has_one_main_key(void **state)
{
	struct life *l = *state;
	as(l, "op1");
	site_draft(&l->t.site, l->d, "new-unit", NULL, l->no);
	IS(ERR_DESK_MAIN_KEY, sign_send(l->d, l->no, &out, &l->e));
	json_t *second = data("{'key_role':'secondary'}");
	IS(OK, draft_edit(l->d, l->no, second, &l->e));
	json_decref(second);
	sign(l);
	status_of(l, "awaiting-payment");
}

/* Said where it is chosen, of what stands on the screen and isn't saved. */
static void advice_is(struct life *l, const char *changes, const char *wanted)
{
	json_t *draft = NULL, *advice = NULL, *more = data(changes);
	IS(OK, draft_load(l->d, l->no, &draft, &l->e));
	json_t *values = json_object_get(draft, "values");
	json_object_update(values, more);
	IS(OK, draft_advice(l->d, l->no, values, &advice, &l->e));
	const char *said = json_text(advice, "key_role");
	if (*wanted ? !strstr(said, wanted) : json_object_size(advice) > 0)
		fail_msg("%s: %s, not %s", changes, said, wanted);
	json_decref(advice);
	json_decref(more);
	json_decref(draft);
}

static void test_a_second_main_key_is_told_in_the_form(void **state)
{
	struct life *l = *state;
	char first[ORDER_NO_SIZE];
	json_t *advice = NULL, *other = data("{'uscc':'91350100M000100Y43'}");
	as(l, "op1");
	site_draft(&l->t.site, l->d, "new-unit", NULL, l->no);
	advice_is(l, "{}", "该单位已有主锁");
	advice_is(l, "{'key_role':'secondary'}", "");
	advice_is(l, "{'uscc':'91350100M000100Y43'}", "");
	advice_is(l, "{'uscc':''}", "");
	site_draft(&l->t.site, l->d, "new-unit", other, l->no);
	sign(l);
	snprintf(first, sizeof first, "%s", l->no);
	site_draft(&l->t.site, l->d, "new-unit", other, l->no);
	advice_is(l, "{}", first); /* which one asks for it */
	json_decref(other);
	site_draft(&l->t.site, l->d, "new-person", NULL, l->no);
	advice_is(l, "{}", "");
	as(l, "au1");
	IS(ERR_DESK_FORBIDDEN, draft_advice(l->d, l->no, NULL, &advice, &l->e));
	as(l, "op1");
	IS(ERR_DESK_NO_ORDER, draft_advice(l->d, "1", NULL, &advice, &l->e));
}

static void test_secondary_keys_have_their_own_items_and_prices(void **state)
{
	struct life *l = *state;
	json_t *more = data("{'uscc':'91350100M000100Y43','secondary_keys':'2'}");
	as(l, "op1");
	site_draft(&l->t.site, l->d, "new-unit", more, l->no);
	json_decref(more);
	sign(l);
	json_t *o = show(l), *items = json_object_get(o, "items");
	assert_int_equal(json_array_size(items), 3);
	assert_string_equal(json_text(json_array_get(items, 0), "role"), "main");
	assert_string_equal(json_text(json_array_get(items, 1), "role"), "secondary");
	assert_string_equal(json_text(json_array_get(items, 2), "role"), "secondary");
	/* main 200 + UKEY-RS 50 + personal seal 30, twice secondary 150 + UKEY-RS 50 */
	assert_int_equal(json_number(o, "amount"), 20000 + 5000 + 3000 + 2 * (15000 + 5000));
	json_decref(o);
}

static void sheet_says(struct life *l, int taken, int waiting)
{
	char out[64], wanted[16];
	json_t *paper = NULL;
	const struct print_wish wish = {.no = l->no, .kind = "handover-sheet"};
	site_is(OK, print_run(l->d, &wish, &paper, &l->e), &l->e);
	assert_int_equal(shell(out, sizeof out, "f=$(mktemp); pdftotext -raw '%s' $f; echo $(grep -o H7 $f | wc -l) $(grep -o 未领取 $f | wc -l); rm $f",
		json_text(paper, "file")), 0);
	snprintf(wanted, sizeof wanted, "%d %d", taken, waiting);
	assert_string_equal(strtok(out, "\n"), wanted);
	json_decref(paper);
}

static void test_an_order_of_several_keys_is_done_with_the_last_one(void **state)
{
	struct life *l = *state;
	json_t *more = data("{'uscc':'91350100M000100Y43','secondary_keys':'1'}"), *o;
	as(l, "op1");
	site_draft(&l->t.site, l->d, "new-unit", more, l->no);
	json_decref(more);
	sign(l);
	pay(l);
	approve(l);
	insert("10000003");
	site_is(OK, issue_again(l, NULL, NULL), &l->e);
	status_of(l, "issuing");
	site_is(ERR_DESK_KEY_STATE, issue_again(l, "10000003", NULL), &l->e); /* one key each */
	pull();
	insert("10000004");
	site_is(OK, issue_again(l, NULL, NULL), &l->e);
	status_of(l, "issued");
	certs_are(l, l->no, NULL, "active active");
	as(l, "op1");
	IS(OK, handover_take(l->d, l->no, "10000004", "agent", "H7", &out, &l->e));
	status_of(l, "issued");
	sheet_says(l, 2, 1); /* at the one that was taken, and below; the other is nobody's receipt yet */
	pull();
	insert("10000003");
	IS(OK, handover_take(l->d, l->no, "10000003", "agent", "H7", &out, &l->e));
	status_of(l, "done");
	sheet_says(l, 3, 0);
	o = show(l);
	assert_int_equal(json_array_size(json_object_get(o, "pin_deliveries")), 2);
	json_decref(o);
}

static void test_a_number_of_keys_that_is_none_is_refused(void **state)
{
	struct life *l = *state;
	const char *wrong[] = {"{'secondary_keys':'99'}", "{'secondary_keys':'-1'}", "{'secondary_keys':'zwei'}"};
	as(l, "op1");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		json_t *v = data(wrong[i]);
		IS(ERR_RULES_FIELD, draft_new(l->d, "new-unit", v, l->no, &l->e));
		json_decref(v);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_a_unit_has_one_main_key),
		LIFE(test_a_second_main_key_is_told_in_the_form),
		LIFE(test_secondary_keys_have_their_own_items_and_prices),
		LIFE(test_an_order_of_several_keys_is_done_with_the_last_one),
		LIFE(test_a_number_of_keys_that_is_none_is_refused),
	};
	return RUN_LIFE(tests);
}
