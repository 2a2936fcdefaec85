/* What headquarters lays down reaches every site that it is for, those that join later too; who refuses is known; an order goes from one
 * review site to the next. */
#include "hubcase.h"

#include "desk/admin.h"
#include "desk/publication.h"
#include "desk/staff.h"
#include "desk/staffnumber.h"
#include "desk/stock.h"
#include "hub/publication.h"
#include "hub/publish.h"
#include "hub/share.h"
#include "store/replica.h"

static json_t *out;

static char *write_file(struct hub_case *c, const char *name, const char *text)
{
	char *path = path_join(c->root, name);
	site_is(OK, file_write(path, 0600, text, strlen(text), &c->e), &c->e);
	return path;
}

static enum err lay(struct hub_case *c, const struct publish_parts *p)
{
	json_decref(out);
	c->e = (struct error){0};
	return publish(hub, p, &out, &c->e);
}

/* "prices" of the shipped tables with one product's certificate at another price, in fen. */
static char *prices(struct hub_case *c, const char *amount)
{
	struct bytes text = {0};
	char *share = share_dir(), *path = path_join(share, "forms/tables/prices.csv"), *at;
	site_is(OK, file_read(path, 1 << 20, &text, &c->e), &c->e);
	assert_non_null(at = strstr((char *)text.data, ",20000,"));
	memcpy(at + 1, amount, 5);
	free(path);
	path = write_file(c, amount, (char *)text.data);
	bytes_free(&text);
	free(share);
	return path;
}

static enum err lay_prices(struct hub_case *c, const char *amount, const char *from)
{
	char *path = prices(c, amount), word[200];
	snprintf(word, sizeof word, "prices=%s", path);
	struct publish_parts p = {.tables = {word}, .table_count = 1, .from = from};
	enum err r = lay(c, &p);
	free(path);
	return r;
}

static bool has_price(struct hub_case *c, int i, const char *amount)
{
	struct bytes text = {0};
	char wanted[20];
	snprintf(wanted, sizeof wanted, ",%s,", amount);
	struct desk *d = site_at(c, i);
	site_as(&c->site[i], d, "mg1");
	site_is(OK, table_export(d, "prices", &text, &c->e), &c->e);
	bool found = strstr((char *)text.data, wanted) != NULL;
	bytes_free(&text);
	return found;
}

static const char *state_at(struct hub_case *c, const char *number, int i)
{
	static char state[16];
	json_t *rows = NULL, *row;
	size_t k;
	state[0] = '\0';
	site_is(OK, publish_sites(hub, number, &rows, &c->e), &c->e);
	json_array_foreach(rows, k, row)
		if (strcmp(json_text(row, "site"), codes[i]) == 0)
			snprintf(state, sizeof state, "%s", json_text(row, "state"));
	json_decref(rows);
	return state;
}

static void everybody_takes_it(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	site_at(c, REVIEW);
	site_is(OK, lay_prices(c, "23400", "2020-01-01"), &c->e);
	assert_int_equal(json_array_size(json_object_get(out, "sent_to")), 2);
	assert_string_equal(state_at(c, "1", COUNTER), "sent");
	SYNC(c, COUNTER);
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	SYNC(c, REVIEW);
	assert_true(has_price(c, COUNTER, "23400"));
	assert_true(has_price(c, REVIEW, "23400"));
	assert_string_equal(state_at(c, "1", COUNTER), "taken");
	assert_string_equal(state_at(c, "1", REVIEW), "taken");
	assert_int_equal(refused_at(COUNTER), 0);
	assert_int_equal(refused_at(REVIEW), 0);
}

static void a_site_that_joins_later_gets_what_is_in_force(void **state)
{
	struct hub_case *c = *state;
	char *staff = write_file(c, "staff.csv", "login,name,roles,disabled\nop8,新来的,operator,0\n");
	struct publish_parts people = {.staff = staff};
	site_at(c, COUNTER);
	site_is(OK, lay_prices(c, "23400", "2020-01-01"), &c->e);
	site_is(OK, lay(c, &people), &c->e);
	hub->clock.fixed = clock_now(&CLOCK_SYSTEM) + 5; /* the second version begins later than the first */
	site_is(OK, lay_prices(c, "23500", "2020-01-01"), &c->e);
	site_is(OK, lay_prices(c, "23600", "2099-01-01"), &c->e); /* comes in force one day */
	site_at(c, OTHER);
	assert_string_equal(state_at(c, "1", OTHER), ""); /* replaced: never sent */
	assert_string_equal(state_at(c, "2", OTHER), "sent");
	assert_string_equal(state_at(c, "3", OTHER), "sent");
	assert_string_equal(state_at(c, "4", OTHER), "sent");
	SYNC(c, OTHER);
	SYNC(c, OTHER);
	assert_string_equal(state_at(c, "4", OTHER), "taken");
	assert_true(has_price(c, OTHER, "23500"));
	int64_t there = 0;
	site_is(OK, store_int(c->d[OTHER]->store, SQL_PUBLICATION_STAFF_HAS, 0, &there, &c->e, "t", "op8"), &c->e);
	assert_true(there > 0);
	assert_int_equal(refused_at(OTHER), 0);
	free(staff);
}

static void what_is_for_named_sites_goes_to_them_alone(void **state)
{
	struct hub_case *c = *state;
	json_t *enrolled = NULL;
	char *stock = write_file(c, "stock.csv", "serial,medium\n30000001,UKEY-RS\n30000002,UKEY-RS\n");
	struct publish_parts p = {.stock = stock, .sites = {codes[COUNTER]}, .site_count = 1};
	site_at(c, COUNTER);
	site_at(c, OTHER);
	site_is(OK, lay(c, &p), &c->e);
	assert_string_equal(state_at(c, "1", OTHER), "");
	SYNC(c, COUNTER);
	SYNC(c, COUNTER);
	assert_string_equal(state_at(c, "1", COUNTER), "taken");
	assert_int_equal(refused_at(COUNTER), 0);
	site_as(&c->site[COUNTER], c->d[COUNTER], "is1");
	json_decref(out);
	site_is(OK, stock_list(c->d[COUNTER], "in-transit", NULL, &out, &c->e), &c->e);
	assert_int_equal(json_array_size(out), 2);
	/* to one that is enrolled, when it joins */
	site_is(OK, site_enrol(hub, codes[REVIEW], "review", "", "110000", &enrolled, &c->e), &c->e);
	json_decref(enrolled);
	p.sites[0] = codes[REVIEW];
	site_is(OK, lay(c, &p), &c->e);
	assert_string_equal(state_at(c, "2", REVIEW), "");
	site_at(c, REVIEW);
	assert_string_equal(state_at(c, "2", REVIEW), "sent");
	/* two sites, none, one that there isn't */
	p.sites[1] = codes[COUNTER];
	p.site_count = 2;
	site_is(ERR_USAGE, lay(c, &p), &c->e);
	p.site_count = 0;
	site_is(ERR_USAGE, lay(c, &p), &c->e);
	p.sites[0] = "999999-99";
	p.site_count = 1;
	site_is(ERR_HUB_NO_SITE, lay(c, &p), &c->e);
	free(stock);
}

static void what_is_wrong_never_goes_out(void **state)
{
	struct hub_case *c = *state;
	static const char *const staffs[] = {"login,name,roles\nx,y,operator\n", "login,name,roles,disabled\nX,y,operator,0\n",
	                                     "login,name,roles,disabled\nx,y,emperor,0\n", "login,name,roles,disabled\nx,y,operator,perhaps\n",
	                                     "login,name,roles,disabled\nx,y,operator,0\nx,z,operator,0\n", "login,name,roles,disabled\n110114-01/x,y,operator,0\n"};
	struct publish_parts p = {0};
	site_at(c, COUNTER);
	site_is(ERR_USAGE, lay(c, &p), &c->e);
	for (size_t i = 0; i < sizeof staffs / sizeof *staffs; i++) {
		char *path = write_file(c, "staff.csv", staffs[i]);
		p = (struct publish_parts){.staff = path};
		site_is(ERR_HUB_PUBLICATION, lay(c, &p), &c->e);
		free(path);
	}
	char *table = write_file(c, "wrong.csv", "code,zh\nX,y\n"), word[300];
	snprintf(word, sizeof word, "channels=%s", table);
	p = (struct publish_parts){.tables = {word}, .table_count = 1, .from = "2030-01-01"};
	site_is(ERR_HUB_PUBLICATION, lay(c, &p), &c->e);
	p.from = NULL;
	site_is(ERR_USAGE, lay(c, &p), &c->e);
	snprintf(word, sizeof word, "spoons=%s", table);
	p.from = "2030-01-01";
	site_is(ERR_HUB_PUBLICATION, lay(c, &p), &c->e);
	p = (struct publish_parts){.definitions = c->root}; /* no forms/ there */
	assert_int_not_equal(OK, lay(c, &p));
	json_t *list = NULL;
	site_is(OK, publish_list(hub, &list, &c->e), &c->e);
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
	/* and nothing lies about */
	char command[300];
	snprintf(command, sizeof command, "test -z \"$(ls -d '%s'/trial.* 2>/dev/null)\"", c->dir);
	assert_int_equal(0, system(command));
	free(table);
}

/* By the names that whoever laid them down knows, and all of them. */
static void a_mistake_in_definitions_names_their_file(void **state)
{
	struct hub_case *c = *state;
	char *share = share_dir(), command[700], shown[700];
	snprintf(command, sizeof command, "cp -rL '%s' '%s/wrong' && sed -i '0,/required/s//requird/' '%s/wrong/forms/new-unit.yaml' '%s/wrong/forms/new-person.yaml'", share,
	         c->root, c->root, c->root);
	assert_int_equal(0, system(command));
	snprintf(shown, sizeof shown, "%s/wrong", c->root);
	struct publish_parts p = {.definitions = shown};
	site_at(c, COUNTER);
	site_is(ERR_HUB_PUBLICATION, lay(c, &p), &c->e);
	assert_non_null(strstr(c->e.detail, "forms/new-unit.yaml:"));
	assert_non_null(strstr(c->e.detail, "; forms/") ? strstr(c->e.detail, "requird") : NULL);
	assert_null(strstr(c->e.detail, c->root));
	free(share);
}

static void definitions_reach_a_site_and_count_from_its_next_start(void **state)
{
	struct hub_case *c = *state;
	char *share = share_dir();
	struct publish_parts p = {.definitions = share};
	site_at(c, COUNTER);
	site_is(OK, lay(c, &p), &c->e);
	SYNC(c, COUNTER);
	assert_true(publication_waits(c->d[COUNTER]));
	SYNC(c, COUNTER);
	assert_string_equal(state_at(c, "1", COUNTER), "taken");
	free(share);
}

static void a_refusal_is_known_and_alarms(void **state)
{
	struct hub_case *c = *state;
	char *staff = write_file(c, "staff.csv", "login,name,roles,disabled\nroot1,管理,admin,1\nroot2,新管理,operator,0\n");
	struct publish_parts p = {.staff = staff};
	site_at(c, COUNTER);
	site_is(OK, lay(c, &p), &c->e); /* a site with another administrator could take it */
	SYNC(c, COUNTER);
	SYNC(c, COUNTER);
	assert_string_equal(state_at(c, "1", COUNTER), "refused");
	assert_true(alarmed(COUNTER, "publication", "1: "));
	assert_int_equal(refused_at(COUNTER), 0);
	free(staff);
}

/* A site says that it has taken what it was never sent, or something else under its number. */
static void a_site_takes_only_what_it_was_sent(void **state)
{
	struct hub_case *c = *state;
	struct desk *d = site_at(c, COUNTER);
	json_t *body = json_pack("{si s[{ss ss ss sb}]}", "number", 9, "staff", "login", "op9", "name", "自己加的", "roles", "reviewer", "disabled", 0);
	d->timer = true;
	site_is(OK, publication_take(d, body, "sha256:0", 0, &c->e), &c->e);
	d->timer = false;
	json_decref(body);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "PUBLICATION");
	assert_int_equal(refused_at(COUNTER), 1);
}

static void in_review_at(struct hub_case *c, int i)
{
	site_at(c, COUNTER);
	site_at(c, REVIEW);
	site_at(c, REVIEW2);
	site_is(OK, share_set(hub, "", "", codes[i], 1, &c->e), &c->e);
	SYNC(c, COUNTER);
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	SYNC(c, COUNTER);
	SYNC(c, i);
}

static const char *status_there(struct hub_case *c, int i)
{
	static char status[32];
	json_t *shown = NULL;
	site_as(&c->site[i], c->d[i], "rv1");
	site_is(OK, order_show(c->d[i], c->no, &shown, &c->e), &c->e);
	snprintf(status, sizeof status, "%s", json_text(shown, "status"));
	json_decref(shown);
	return status;
}

static void an_order_goes_on_to_another_review_site_and_home(void **state)
{
	struct hub_case *c = *state;
	json_t *shown = NULL;
	in_review_at(c, REVIEW);
	site_as(&c->site[REVIEW], c->d[REVIEW], "rv1");
	site_is(OK, review_pass(c->d[REVIEW], c->no, codes[REVIEW2], "超出本点范围", &shown, &c->e), &c->e);
	json_decref(shown);
	SYNC(c, REVIEW);
	SYNC(c, REVIEW2);
	assert_int_equal(refused_at(REVIEW), 0);
	assert_string_equal(status_there(c, REVIEW2), "in-review");
	site_is(OK, review_list(c->d[REVIEW2], &shown, &c->e), &c->e);
	assert_string_equal(json_text(json_array_get(shown, 0), "passed_from"), codes[REVIEW]);
	assert_string_equal(json_text(json_array_get(shown, 0), "passed_reason"), "超出本点范围");
	json_decref(shown);
	site_is(OK, review_claim(c->d[REVIEW2], c->no, &shown, &c->e), &c->e);
	const json_t *passed = json_object_get(shown, "passed");
	assert_string_equal(json_text(passed, "site"), codes[REVIEW]);
	assert_string_equal(json_text(passed, "staff"), "赵审核");
	assert_string_equal(json_text(passed, "reason"), "超出本点范围");
	assert_non_null(strchr(json_text(passed, "passed_at"), 'T'));
	json_decref(shown);
	site_is(OK, review_approve(c->d[REVIEW2], c->no, &shown, &c->e), &c->e);
	json_decref(shown);
	SYNC(c, REVIEW2);
	SYNC(c, COUNTER);
	for (int i = 0; i < SITES; i++)
		if (c->d[i] && refused_at(i))
			fail_msg("%s: %s", codes[i], why_refused(i));
	assert_string_equal(status_there(c, COUNTER), "approved");
}

/* Handed on, it says so; back home and in review once more, it doesn't. */
static void a_reason_belongs_to_the_coming_that_it_was_given_for(void **state)
{
	struct hub_case *c = *state;
	json_t *shown = NULL;
	in_review_at(c, REVIEW);
	site_as(&c->site[REVIEW], c->d[REVIEW], "rv1");
	site_is(OK, review_pass(c->d[REVIEW], c->no, codes[REVIEW2], "超出本点范围", &shown, &c->e), &c->e);
	json_decref(shown);
	SYNC(c, REVIEW);
	SYNC(c, REVIEW2);
	site_as(&c->site[REVIEW2], c->d[REVIEW2], "rv1");
	site_is(OK, review_pass(c->d[REVIEW2], c->no, codes[REVIEW], "", &shown, &c->e), &c->e);
	json_decref(shown);
	SYNC(c, REVIEW2);
	SYNC(c, REVIEW);
	site_as(&c->site[REVIEW], c->d[REVIEW], "rv1");
	site_is(OK, order_show(c->d[REVIEW], c->no, &shown, &c->e), &c->e);
	assert_string_equal(json_text(json_object_get(shown, "passed"), "site"), codes[REVIEW2]);
	assert_string_equal(json_text(json_object_get(shown, "passed"), "reason"), "");
	json_decref(shown);
	site_is(OK, review_claim(c->d[REVIEW], c->no, &shown, &c->e), &c->e);
	json_decref(shown);
	site_is(OK, review_return(c->d[REVIEW], c->no, "照片不清楚", &shown, &c->e), &c->e);
	json_decref(shown);
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	site_as(&c->site[COUNTER], c->d[COUNTER], "op1");
	site_is(OK, order_show(c->d[COUNTER], c->no, &shown, &c->e), &c->e);
	assert_true(json_is_null(json_object_get(shown, "passed")));
	json_decref(shown);
	for (int i = 0; i < SITES; i++)
		if (c->d[i] && refused_at(i))
			fail_msg("%s: %s", codes[i], why_refused(i));
}

/* The one who keyed it in at the counter has a reviewer's login at the review site: one person by the number. */
static void one_person_with_two_logins_does_not_approve_their_own(void **state)
{
	struct hub_case *c = *state;
	json_t *shown = NULL;
	named(c, COUNTER, "op1", "王一人");
	named(c, REVIEW, "rv1", "王一人");
	numbered(c, COUNTER, "op1", "E-1001");
	numbered(c, REVIEW, "rv1", "e-1001"); /* keyed in otherwise it is the same one */
	in_review_at(c, REVIEW);
	site_as(&c->site[REVIEW], c->d[REVIEW], "rv1");
	site_is(OK, review_list(c->d[REVIEW], &shown, &c->e), &c->e);
	assert_true(json_is_true(json_object_get(json_array_get(shown, 0), "own")));
	json_decref(shown);
	site_is(ERR_DESK_SEPARATION, review_claim(c->d[REVIEW], c->no, &shown, &c->e), &c->e);
	site_is(ERR_DESK_QUEUE_EMPTY, review_claim(c->d[REVIEW], NULL, &shown, &c->e), &c->e);
	/* by another number it is another person */
	numbered(c, REVIEW, "rv1", "E-1002");
	site_as(&c->site[REVIEW], c->d[REVIEW], "rv1");
	site_is(OK, review_claim(c->d[REVIEW], c->no, &shown, &c->e), &c->e);
	json_decref(shown);
	SYNC(c, REVIEW);
	/* a site that looks away: headquarters doesn't */
	int64_t id = 0, order = order_id(c, REVIEW, c->no);
	site_is(OK, store_int(c->d[REVIEW]->store, SQL_STAFF_BY_LOGIN_ANY, 0, &id, &c->e, "t", "rv1"), &c->e);
	numbered(c, REVIEW, "rv1", "e-1001");
	site_is(OK, store_begin(c->d[REVIEW]->store, &c->e), &c->e);
	json_t *row = json_pack("{ss sI sI}", "status", "approved", "reviewer_id", (json_int_t)id, "decided_at", (json_int_t)desk_now(c->d[REVIEW]));
	site_is(OK, replica_put(c->d[REVIEW]->store, "orders", row, &order, &c->e), &c->e);
	json_decref(row);
	rogue_commit(c, REVIEW, "review.approve", "rv1", c->no, NULL);
	SYNC(c, REVIEW);
	REFUSED(REVIEW, "REVIEWER");
}

/* The names of the tests' people are the same at every site. */
static void one_number_is_one_persons(void **state)
{
	struct hub_case *c = *state;
	numbered(c, COUNTER, "op1", "E-1001");
	site_is(ERR_DESK_STAFF_NUMBER, staff_number(c->d[COUNTER], "is1", "E-1001", &c->e), &c->e);
	site_is(ERR_DESK_STAFF_NUMBER, staff_number(c->d[COUNTER], "is1", "e-1001", &c->e), &c->e);
	site_is(ERR_DESK_STAFF_NUMBER, staff_number(c->d[COUNTER], "is1", "E 1", &c->e), &c->e);
	site_is(ERR_DESK_STAFF_NUMBER, staff_number(c->d[COUNTER], "is1", "123456789012345678901", &c->e), &c->e);
	site_is(ERR_DESK_NO_STAFF, staff_number(c->d[COUNTER], "nobody", "E-7", &c->e), &c->e);
	site_as(&c->site[COUNTER], c->d[COUNTER], "mg1");
	site_is(ERR_DESK_FORBIDDEN, staff_number(c->d[COUNTER], "is1", "E-7", &c->e), &c->e);
	numbered(c, OTHER, "op1", "E-1001");
	SYNC(c, COUNTER);
	SYNC(c, OTHER);
	assert_string_equal("", why_refused(COUNTER));
	assert_string_equal("", why_refused(OTHER));
	numbered(c, OTHER, "op1", "");
	numbered(c, OTHER, "is1", "e-1001"); /* of another name */
	SYNC(c, OTHER);
	REFUSED(OTHER, "STAFF_NUMBER");
	/* only an administrator gives one, whatever a site says */
	int64_t id = 0;
	site_is(OK, store_int(c->d[COUNTER]->store, SQL_STAFF_BY_LOGIN_ANY, 0, &id, &c->e, "t", "rv1"), &c->e);
	site_is(OK, store_begin(c->d[COUNTER]->store, &c->e), &c->e);
	json_t *row = json_pack("{ss}", "number", "E-9");
	site_is(OK, replica_put(c->d[COUNTER]->store, "staff", row, &id, &c->e), &c->e);
	json_decref(row);
	rogue_commit(c, COUNTER, "order.sign", "op1", "x", NULL);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "STAFF:");
}

static enum err grant(struct hub_case *c)
{
	c->e = (struct error){0};
	return staff_roles(c->d[COUNTER], "op1", "operator,issuer", &c->e);
}

/* Whom one person disabled still counts as the second one, whatever headquarters sends of them; whom headquarters disables doesn't. */
static void headquarters_word_keeps_who_was_disabled(void **state)
{
	struct hub_case *c = *state;
	struct secret word;
	char *staff = write_file(c, "staff.csv", "login,name,roles,disabled\nroot2,系统二,admin,1\nop1,王受理,operator,0\n");
	struct publish_parts p = {.staff = staff};
	struct desk *d = site_at(c, COUNTER);
	secret_set(&word, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&c->site[COUNTER], d, "root1");
	site_is(OK, staff_add(d, "root2", "系统二", "admin", &word, &c->e), &c->e);
	site_is(OK, staff_disable(d, "root2", &c->e), &c->e);
	site_is(OK, lay(c, &p), &c->e);
	SYNC(c, COUNTER);
	site_as(&c->site[COUNTER], d, "root1");
	site_is(ERR_DESK_TWO_LATELY, grant(c), &c->e);
	free(staff);
	staff = write_file(c, "staff2.csv", "login,name,roles,disabled\nroot2,系统二,admin,0\n"); /* back, and gone again by headquarters */
	p.staff = staff;
	site_is(OK, lay(c, &p), &c->e);
	SYNC(c, COUNTER);
	site_as(&c->site[COUNTER], d, "root1");
	site_is(ERR_DESK_TWO_PERSONS, grant(c), &c->e);
	free(staff);
	staff = write_file(c, "staff3.csv", "login,name,roles,disabled\nroot2,系统二,admin,1\n");
	p.staff = staff;
	site_is(OK, lay(c, &p), &c->e);
	SYNC(c, COUNTER);
	site_as(&c->site[COUNTER], d, "root1");
	site_is(OK, grant(c), &c->e);
	free(staff);
	secret_wipe(&word);
	assert_int_equal(refused_at(COUNTER), 0);
}

static void numbers_come_with_staff_that_are_laid_down(void **state)
{
	struct hub_case *c = *state;
	json_t *list = NULL, *row;
	size_t i, found = 0;
	char *path = write_file(c, "numbers.csv", "login,name,roles,disabled,number\nop1,李受理,operator,0,E-1001\nnew1,新人,operator,0,E-1002\n");
	struct publish_parts people = {.staff = path};
	site_at(c, COUNTER);
	site_is(OK, lay(c, &people), &c->e);
	SYNC(c, COUNTER);
	site_is(OK, staff_list(c->d[COUNTER], &list, &c->e), &c->e);
	json_array_foreach(list, i, row)
		found += strcmp(json_text(row, "number"), "E-1001") == 0 || strcmp(json_text(row, "number"), "E-1002") == 0;
	assert_int_equal(2, found);
	json_decref(list);
	free(path);
	path = write_file(c, "twice.csv", "login,name,roles,disabled,number\nnew1,新人,operator,0,E-1001\n");
	people.staff = path;
	site_is(OK, lay(c, &people), &c->e); /* a site that has op1 knows better */
	SYNC(c, COUNTER);
	SYNC(c, COUNTER);
	assert_string_equal("refused", state_at(c, "2", COUNTER));
	free(path);
}

static void where_it_may_not_go_it_comes_back(void **state)
{
	struct hub_case *c = *state;
	json_t *shown = NULL;
	in_review_at(c, REVIEW);
	site_at(c, OTHER);
	site_at(c, REVIEW2);
	SYNC(c, REVIEW);
	site_as(&c->site[REVIEW], c->d[REVIEW], "rv1");
	site_is(ERR_DESK_NO_REVIEW_SITE, review_pass(c->d[REVIEW], c->no, codes[OTHER], "", &shown, &c->e), &c->e);
	site_is(OK, site_revoke(hub, codes[REVIEW2], &c->e), &c->e); /* only headquarters knows */
	site_is(OK, review_pass(c->d[REVIEW], c->no, codes[REVIEW2], "", &shown, &c->e), &c->e);
	json_decref(shown);
	SYNC(c, REVIEW);
	SYNC(c, REVIEW);
	REFUSED(REVIEW, "RECEIVER");
	site_as(&c->site[REVIEW], c->d[REVIEW], "rv1");
	site_is(OK, review_claim(c->d[REVIEW], c->no, &shown, &c->e), &c->e);
	assert_string_not_equal("", json_text(shown, "not_taken"));
	json_decref(shown);
	site_is(ERR_DESK_NO_REVIEW_SITE, review_pass(c->d[REVIEW], c->no, codes[REVIEW2], "", &shown, &c->e), &c->e);
	site_is(OK, review_approve(c->d[REVIEW], c->no, &shown, &c->e), &c->e);
	assert_string_equal("", json_text(shown, "not_taken")); /* headquarters is asked anew */
	json_decref(shown);
}

static int finish(void **state)
{
	json_decref(out);
	return hub_sites_end(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(everybody_takes_it), HUB_TEST(a_site_that_joins_later_gets_what_is_in_force), HUB_TEST(what_is_for_named_sites_goes_to_them_alone),
		HUB_TEST(what_is_wrong_never_goes_out), HUB_TEST(a_mistake_in_definitions_names_their_file), HUB_TEST(definitions_reach_a_site_and_count_from_its_next_start), HUB_TEST(a_refusal_is_known_and_alarms),
		HUB_TEST(a_site_takes_only_what_it_was_sent), HUB_TEST(an_order_goes_on_to_another_review_site_and_home),
		HUB_TEST(a_reason_belongs_to_the_coming_that_it_was_given_for),
		HUB_TEST(one_person_with_two_logins_does_not_approve_their_own),
		HUB_TEST(one_number_is_one_persons),
		HUB_TEST(headquarters_word_keeps_who_was_disabled),
		HUB_TEST(numbers_come_with_staff_that_are_laid_down),
		HUB_TEST(where_it_may_not_go_it_comes_back),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, finish);
}
