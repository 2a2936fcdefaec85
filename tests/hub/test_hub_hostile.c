/* What a site whose keys are stolen may post to keep a worker, its memory or the database's one writer busy: answered within bounds. */
#include "custody_case.h"

#include <time.h>

/* Seconds of processor that this process has used. */
static double spent(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void begin(struct hub_case *c)
{
	site_is(OK, store_begin(site_at(c, COUNTER)->store, &c->e), &c->e);
}

/* The row of a record as one that can be written again. */
static json_t *row_like(struct hub_case *c, const char *kind, int64_t id)
{
	json_t *row = NULL;
	site_is(OK, replica_row(c->d[COUNTER]->store, kind, id, &row, &c->e), &c->e);
	assert_non_null(row);
	json_object_del(row, "id");
	return row;
}

static void put(struct hub_case *c, const char *kind, const json_t *row)
{
	int64_t id = 0;
	site_is(OK, replica_put(c->d[COUNTER]->store, kind, row, &id, &c->e), &c->e);
}

/* What headquarters takes for the page: the site's own work isn't counted. */
static double posted_in(struct hub_case *c)
{
	double before = spent();
	SYNC(c, COUNTER);
	return spent() - before;
}

static void many_orders_in_one_entry(void **state)
{
	enum { ORDERS = 6000 };
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	SYNC(c, COUNTER);
	json_t *row = row_like(c, "orders", order_id(c, COUNTER, c->no));
	json_object_set_new(row, "status", json_string("cancelled"));
	json_object_set_new(row, "data", json_string("")); /* small: as many as a page can hold */
	begin(c);
	for (int i = 0; i < ORDERS; i++) {
		char no[40];
		snprintf(no, sizeof no, "11011401-990101-%05d", i);
		json_object_set_new(row, "no", json_string(no));
		put(c, "orders", row);
	}
	rogue_commit(c, COUNTER, "order.cancel", "op1", c->no, NULL);
	double took = posted_in(c);
	print_message("# %.2f s\n", took);
	nothing_refused();
	json_decref(row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(many_orders_in_one_entry),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
