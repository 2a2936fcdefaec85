/* Fills a site with orders: fill DIR ORDERS [day]. Makes the site where there is none. The rows go through the store's own
 * steps, a thousand orders to a step, so that the journal proves every one. Without "day" orders lie over the days before
 * today, 2,000 on each, with what lists and queues need; with "day" all are today's, with payments, keys and certificates,
 * as a report needs them. Prints the date of the newest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/orderrow.h"
#include "desk/staff.h"

enum { STEP = 1000, PER_DAY = 2000, OPEN_DAYS = 3, PRICE = 25000, DAY = 86400 };

static const char *const places[] = {"北京", "上海", "昌平", "海淀", "成都", "哈尔滨", "呼和浩特", "深圳", "杭州", "兰州"};
static const char *const trades[] = {"示例科技", "方圆建筑工程", "青禾医药", "远帆物流", "东篱文化传媒", "星河电子", "木兰服饰", "同舟咨询"};
static const char *const forms[] = {"有限公司", "（集团）有限公司", "股份有限公司", "合伙企业", "中心"};
/* Of a hundred orders of the last days: most are done, a few wait somewhere. What is older has ended. */
static const struct {
	const char *status;
	int upto;
} statuses[] = {{"done", 90}, {"cancelled", 94}, {"in-review", 95}, {"awaiting-payment", 97}, {"approved", 98}, {"issued", 100}};
static const char *const methods[] = {"cash", "pos", "transfer", "cheque", "pos"};

struct fill {
	struct desk *d;
	bool day;
	int64_t orders, now, dk, visit, customer, shift, statement;
	char date[11];
	struct staff operator, reviewer, issuer;
	struct bytes sealed;
};

static void must(enum err r, const struct error *e)
{
	char text[1024];
	if (!r)
		return;
	fprintf(stderr, "fill: %s\n", error_sentence(e, text, sizeof text));
	exit(1);
}

static void add_person(struct fill *f, const char *login, const char *name, const char *role, struct staff *out, struct error *e)
{
	struct secret password = {0};
	struct rows *rows = NULL;
	secret_set(&password, "Correct-Horse-7!", 16);
	must(staff_add(f->d, login, name, role, &password, e), e);
	must(store_query(f->d->store, SQL_STAFF_BY_LOGIN, &rows, e, "t", login), e);
	*out = (struct staff){.id = rows_next(rows) ? rows_int(rows, 0) : 0};
	text_copy(out->login, sizeof out->login, login);
	must(rows_end(&rows, e), e);
}

static void make_site(struct fill *f, const char *dir, struct error *e)
{
	struct secret password = {0};
	secret_set(&password, "Correct-Horse-7!", 16);
	struct init_options options = {.dir = dir, .site = "110114-01", .name = "昌平受理点", .admin = "root1", .password = &password};
	must(desk_init(&options, e), e);
	must(desk_open(dir, &f->d, e), e);
	must(staff_login(f->d, "root1", &password, e), e);
	add_person(f, "op1", "王受理", "operator", &f->operator, e);
	add_person(f, "rv1", "赵审核", "reviewer", &f->reviewer, e);
	add_person(f, "is1", "钱制证", "issuer", &f->issuer, e);
	struct staff manager;
	add_person(f, "mg1", "孙主管", "manager", &manager, e);
	secret_wipe(&password);
}

/* A data key and a sealed form for the orders of the next step: both are costly and none of them is measured here. */
static void next_key(struct fill *f, struct error *e)
{
	json_t *values = json_pack("{ss}", "uscc", "91110114MA0000000X");
	must(store_begin(f->d->store, e), e);
	must(datakey_new(f->d->store, &f->dk, e), e);
	must(store_commit_plain(f->d->store, e), e);
	bytes_free(&f->sealed);
	must(datakey_seal_json(f->d->store, f->dk, "orders.data", values, &f->sealed, e), e);
	json_decref(values);
}

static void begin_step(struct fill *f, int64_t done, struct error *e)
{
	char no[64], digest[DIGEST_TEXT_SIZE];
	int64_t back = f->day ? 0 : (f->orders - 1 - done) / PER_DAY;
	int64_t at = f->now - back * DAY;
	next_key(f, e);
	civil_date_text(at, f->date);
	snprintf(no, sizeof no, "V%s-%06lld", f->date, (long long)done);
	digest_text(no, strlen(no), digest);
	must(store_begin(f->d->store, e), e);
	must(store_insert(f->d->store, SQL_VISIT_INSERT, &f->visit, e, "itttit", f->dk, no, "", "01", at, f->date), e);
	must(store_insert(f->d->store, SQL_CUSTOMER_INSERT, &f->customer, e, "itttbti", f->dk, "unit", digest, "北京示例科技有限公司",
	                  (const void *)f->sealed.data, f->sealed.length, no, at), e);
	if (f->day && !f->shift) {
		must(store_insert(f->d->store, SQL_SHIFT_INSERT, &f->shift, e, "titi", "01", f->operator.id, f->date, at), e);
		must(store_insert(f->d->store, SQL_STATEMENT_INSERT, &f->statement, e, "ittii", f->dk, digest, "two-columns", f->operator.id, at),
		     e);
	}
}

static const char *status_of(const struct fill *f, int64_t i)
{
	size_t k = 0;
	if (!f->day && f->orders - i > OPEN_DAYS * PER_DAY)
		return i % 20 ? "done" : "cancelled";
	while (i * 37 % 100 >= statuses[k].upto)
		k++;
	return statuses[k].status;
}

static void add_payment(struct fill *f, int64_t i, int64_t order, int64_t at, struct error *e)
{
	const char *method = methods[i % 5];
	char receipt[32], reference[32];
	int64_t payment = 0, entry = 0;
	snprintf(receipt, sizeof receipt, "R%08lld", (long long)i);
	must(store_insert(f->d->store, SQL_PAYMENT_INSERT, &payment, e, "ittitiitii", f->dk, method, receipt, (int64_t)PRICE, "verified", f->shift,
	                  f->operator.id, f->date, at, at), e);
	must(store_insert(f->d->store, SQL_PAYMENT_ALLOCATE, NULL, e, "iiii", f->dk, payment, order, (int64_t)PRICE), e);
	if (strcmp(method, "transfer") != 0)
		return;
	snprintf(reference, sizeof reference, "S%08lld", (long long)i);
	must(store_insert(f->d->store, SQL_STATEMENT_ENTRY_INSERT, &entry, e, "iittib", f->dk, f->statement, reference, f->date, (int64_t)PRICE,
	                  (const void *)f->sealed.data, f->sealed.length), e);
	must(store_run(f->d->store, SQL_STATEMENT_ENTRY_MATCH, NULL, e, "ii", entry, payment), e);
}

/* A key that came the day before and went with its certificate. */
static void add_key(struct fill *f, int64_t i, int64_t order, int64_t item, int64_t at, struct error *e)
{
	static const char *const life[] = {"", "in-stock", "reserved", "made", "handed-over"};
	char serial[24], certificate[33], receipt[32];
	char before[11];
	int64_t key = 0;
	civil_date_text(at - DAY, before);
	snprintf(serial, sizeof serial, "%08lld", (long long)(20000000 + i));
	snprintf(certificate, sizeof certificate, "5A%014llXB7", (long long)i);
	snprintf(receipt, sizeof receipt, "H%08lld", (long long)i);
	must(store_insert(f->d->store, SQL_KEY_INSERT, &key, e, "ittttiti", f->dk, serial, "UKEY-RS", "handed-over", "01", order, f->d->site, at),
	     e);
	for (int k = 1; k < 5; k++)
		must(store_insert(f->d->store, SQL_KEY_MOVE_INSERT, NULL, e, "iitttiitit", f->dk, key, life[k - 1], life[k], "01", order,
		                  f->issuer.id, k == 1 ? before : f->date, k == 1 ? at - DAY : at, ""), e);
	must(store_insert(f->d->store, SQL_CERT_INSERT, NULL, e, "ittiiittt" "iiitb", f->dk, "CN=CA", certificate, order, item, f->customer, serial,
	                  "unit-1y", "CN=x", at, at + 365 * (int64_t)DAY, at, f->d->site, (const void *)f->sealed.data, f->sealed.length),
	     e);
	must(store_insert(f->d->store, SQL_HANDOVER_INSERT, NULL, e, "iiitttbii", f->dk, order, item, serial, "agent", receipt,
	                  (const void *)f->sealed.data, f->sealed.length, f->operator.id, at), e);
}

static void add_order(struct fill *f, int64_t i, struct error *e)
{
	struct store *s = f->d->store;
	char no[64], name[160];
	const char *status = status_of(f, i);
	int64_t order = 0, item = 0, at = f->now - (f->day ? 0 : (f->orders - 1 - i) / PER_DAY * DAY) - (f->orders - i) % PER_DAY;
	bool done = strcmp(status, "done") == 0;
	snprintf(no, sizeof no, "110114-01-%s-%07lld", f->date, (long long)i);
	snprintf(name, sizeof name, "%s%s%lld%s", places[i % 10], trades[i / 10 % 8], (long long)i, forms[i / 80 % 5]);
	must(store_insert(s, SQL_ORDER_INSERT, &order, e, "itittti" "tttttt" "iititiit" "b", f->dk, no, f->visit, "new", "new-unit", "sha256:0",
	                  f->customer, "unit", name, "RS", "", "counter", status, (int64_t)PRICE, (int64_t)(strcmp(status, "in-review") == 0),
	                  f->d->site, f->operator.id, "01", at, at, f->date, (const void *)f->sealed.data, f->sealed.length), e);
	must(store_insert(s, SQL_ITEM_INSERT, &item, e, "iiitttit", f->dk, order, (int64_t)1, "main", "unit-1y", "UKEY-RS", (int64_t)0,
	                  "rsa-2048"), e);
	if (!f->day || strcmp(status, "cancelled") == 0 || strcmp(status, "awaiting-payment") == 0)
		return;
	add_payment(f, i, order, at, e);
	if (strcmp(status, "in-review") != 0)
		must(store_run(s, SQL_REVIEW_DECIDE, NULL, e, "iiit", order, f->reviewer.id, at, "approved"), e);
	if (done) {
		must(store_run(s, SQL_ITEM_ORDER_ISSUED, NULL, e, "iii", order, f->issuer.id, at), e);
		must(store_run(s, SQL_ORDER_SET_DONE, NULL, e, "ii", order, at), e);
		add_key(f, i, order, item, at, e);
	}
}

int main(int argc, char **argv)
{
	struct error e = {0};
	lang_start();
	if (argc < 3 || argc > 4 || (argc == 4 && strcmp(argv[3], "day") != 0)) {
		fprintf(stderr, "usage: fill DIR ORDERS [day]\n");
		return 2;
	}
	struct fill f = {.orders = atoll(argv[2]), .day = argc == 4};
	make_site(&f, argv[1], &e);
	f.now = desk_now(f.d);
	f.d->actor = f.operator;
	for (int64_t i = 0; i < f.orders; i++) {
		if (i % STEP == 0)
			begin_step(&f, i, &e);
		add_order(&f, i, &e);
		if (i % STEP == STEP - 1 || i == f.orders - 1)
			must(desk_commit(f.d, MAY_SIGN, "bench.fill", f.date, NULL, NULL, &e), &e);
	}
	puts(f.date);
	bytes_free(&f.sealed);
	desk_close(&f.d);
	return 0;
}
