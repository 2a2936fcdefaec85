/* Makes the demonstration site: staff of each role, stock, and some 200 orders in all statuses, keyed in, signed,
 * paid, reviewed and issued by the program's own use cases. usage: demo DIR COUNT */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "desk/attach.h"
#include "desk/cert.h"
#include "desk/handover.h"
#include "desk/issue.h"
#include "desk/keys.h"
#include "desk/order.h"
#include "desk/pay.h"
#include "desk/review.h"
#include "desk/sign.h"
#include "desk/staff.h"
#include "days.h"
#include "life.h"
#include "people.h"
#include "scans.h"
#include "tests/lib/pcscd.h"
#include "tests/lib/short.h"
#include "token/token.h"

#define PASSWORD "Demo-2026!"
#define DEMO_PIN "12345678"
enum { DAYS = 5, DAY = 86400, OLD_DAYS = 320, FIRST_KEY = 20000001, STOCK = 40, CARDS = 10 };

static const struct {
	const char *login, *name, *role;
} people[] = {{"op1", "王受理", "operator"}, {"op2", "李受理", "operator"}, {"rv1", "赵审核", "reviewer"},
              {"is1", "钱制证", "issuer"},   {"mg1", "孙主管", "manager"},  {"au1", "周审计", "auditor"}};

struct demo {
	const char *dir;
	struct desk *admin, *operator, *reviewer, *issuer, *manager;
	struct pcscd pcscd;
	int next_key, receipt, issued_in_reader;
	bool under_way[STOCK]; /* an order about this key isn't done */
	struct bytes scans[5];
	int64_t now;
};

static const char *const kinds[] = {"business-licence", "agent-id-head", "agent-id-emblem", "seal-sample", "legal-authorisation"};

static void check(enum err r, const struct error *e, const char *what)
{
	char text[1024];
	if (!r)
		return;
	fprintf(stderr, "demo: %s: %s\n", what, error_sentence(e, text, sizeof text));
	exit(1);
}

static struct desk *login(const char *dir, const char *user, int64_t now)
{
	struct desk *d = NULL;
	struct error e = {0};
	struct secret password;
	secret_set(&password, PASSWORD, strlen(PASSWORD));
	check(desk_open(dir, &d, &e), &e, dir);
	d->clock.fixed = now;
	check(staff_login(d, user, &password, &e), &e, user);
	secret_wipe(&password);
	return d;
}

static void make_site(struct demo *m)
{
	struct error e = {0};
	struct secret password;
	char *keys = path_join(m->dir, "keys"), *yaml = path_join(m->dir, "certdesk.yaml");
	secret_set(&password, PASSWORD, strlen(PASSWORD));
	struct init_options o = {.dir = m->dir, .site = "110114-01", .name = "昌平受理点（演示）", .admin = "root1", .admin_name = "系统管理员",
	                         .keys = keys, .password = &password, .now = m->now - OLD_DAYS * DAY};
	check(desk_init(&o, &e), &e, "init");
	static const char config[] = "# the demonstration's own: the store key lies in it, and the login screen shows the passwords\n"
	                             "store_key: keys/store.key\nphone: 010-58515511\nca_crl_url: http://crl.example.com/demo.crl\n"
	                             "demo_logins: \"口令 password: " PASSWORD ", op1 op2 受理员 operator · rv1 审核员 reviewer, "
	                             "is1 制证员 issuer · mg1 主管 manager, au1 审计员 auditor · root1 系统管理员 admin\"\n";
	check(file_write(yaml, 0600, config, strlen(config), &e), &e, yaml);
	m->admin = login(m->dir, "root1", m->now - OLD_DAYS * DAY);
	for (size_t i = 0; i < sizeof people / sizeof *people; i++)
		check(staff_add(m->admin, people[i].login, people[i].name, people[i].role, &password, &e), &e, people[i].login);
	secret_wipe(&password);
	free(keys);
	free(yaml);
}

static void receive_stock(struct demo *m)
{
	struct error e = {0};
	struct bytes csv = {0};
	json_t *out = NULL;
	char *path = path_join(m->dir, "inbox/stock.csv");
	bytes_text(&csv, "serial,medium\n");
	for (int i = 0; i < STOCK + CARDS; i++)
		bytes_format(&csv, "%d,%s\n", FIRST_KEY + i, i < STOCK ? "UKEY-RS" : "card");
	check(file_write(path, 0600, csv.data, csv.length, &e), &e, path);
	check(keys_receive(m->issuer, path, &out, &e), &e, path);
	unlink(path);
	free(path);
	json_decref(out);
	bytes_free(&csv);
}

static json_t *application(const struct unit *u, int i)
{
	return json_pack("{ss ss ss ss ss ss ss ss ss ss ss ss ss sb s[s] ss ss ss ss ss ss ss ss ss ss ss ss ss sb sb}", "channel",
	                 i % 5 ? "public-resources" : "general", "enterprise_auth", "legal-mobile", "unit_name", u->name, "department",
	                 "综合部", "uscc", u->uscc, "unit_phone", "010-58515511", "region", "110114", "legal_name", u->legal, "legal_mobile",
	                 "13800138000", "legal_id_kind", "resident-id", "legal_id_number", u->legal_id, "product", "unit-1y", "medium",
	                 "UKEY-RS", "own_medium", 0, "seal_services", "personal-seal", "account_number", u->account, "account_bank", "北京银行",
	                 "account_region", "110000", "invoice_tax_number", u->uscc, "agent_auth", "mobile", "agent_name", u->agent,
	                 "agent_id_kind", "resident-id", "agent_id_number", u->agent_id, "agent_mobile", u->mobile, "agent_email",
	                 "jingban@example.com", "delivery", i % 7 ? "counter" : "mail", "mail_region", "110114", "mail_address",
	                 "北京市昌平区示例路1号", "identity_seen", 1, "consent", 1);
}

static void attach_all(struct demo *m, const char *no, const struct unit *u)
{
	struct error e = {0};
	for (size_t k = 0; k < 5; k++) {
		struct bytes jpeg = {0};
		json_t *out = NULL;
		char *path = path_join(m->dir, "inbox/scan.jpg");
		bool own = k != 2; /* the emblem side looks the same for everybody */
		if (own)
			check(scan_draw(kinds[k], u->name, k == 0 ? u->uscc : u->agent_id, k == 0 ? u->legal : u->agent, &jpeg, &e), &e, kinds[k]);
		const struct bytes *scan = own ? &jpeg : &m->scans[k];
		check(file_write(path, 0600, scan->data, scan->length, &e), &e, path);
		check(attach_add(m->operator, no, kinds[k], path, false, &out, &e), &e, kinds[k]);
		unlink(path);
		free(path);
		json_decref(out);
		bytes_free(&jpeg);
	}
}

/* With the first order of a day the one before is ended, by its last order's clock. */
static void set_clock(struct demo *m, int64_t now)
{
	struct error e = {0};
	char before[11], date[11];
	desk_business_date(m->operator, before);
	civil_date_text(now, date);
	m->manager->clock.fixed = m->operator->clock.fixed;
	if (strcmp(before, date) < 0)
		check(days_end(m->manager, &e), &e, "day's end");
	m->operator->clock.fixed = m->reviewer->clock.fixed = m->issuer->clock.fixed = now;
}

/* How far the i-th order goes. */
enum goal { DRAFT, AWAITING, IN_REVIEW, RETURNED, REJECTED, CANCELLED, APPROVED, ISSUED, DONE };

static enum goal goal_of(int i, int count)
{
	static const enum goal early[] = {DRAFT, AWAITING, IN_REVIEW, RETURNED, REJECTED, CANCELLED, APPROVED, IN_REVIEW, APPROVED, AWAITING};
	if (i == 0) /* an old customer, whose certificate is due for renewal */
		return DONE;
	if (i >= count - 3)
		return ISSUED;
	if (i % 12 == 5)
		return DONE;
	return early[i % 10];
}

/* One PIN for all of them, so that whoever tries the program needn't look for it in the outbox. */
static void easy_pin(struct demo *m, const char *serial)
{
	struct error e = {0};
	struct token *t = NULL;
	struct secret old, easy;
	char sent[16];
	life_message(m->dir, "证书密码", sent);
	secret_set(&old, sent, strlen(sent));
	secret_set(&easy, DEMO_PIN, strlen(DEMO_PIN));
	check(token_open(serial, &t, &e), &e, serial);
	check(token_set_pin(t, &old, &easy, &e), &e, serial);
	token_close(&t);
	secret_wipe(&old);
}

static void issue(struct demo *m, const char *no, bool leave)
{
	struct error e = {0};
	json_t *out = NULL;
	char serial[16], receipt[32];
	snprintf(serial, sizeof serial, "%d", m->next_key++);
	if (m->issued_in_reader && !pcscd_pull(&m->pcscd, 0))
		check(ERR_INTERNAL, &e, "reader");
	if (!pcscd_insert(&m->pcscd, 0, serial, NULL))
		check(ERR_INTERNAL, &e, "reader");
	m->issued_in_reader = 1;
	check(issue_run(m->issuer, no, serial, NULL, NULL, &out, &e), &e, "issue");
	json_decref(out);
	easy_pin(m, serial);
	if (leave)
		return;
	snprintf(receipt, sizeof receipt, "L%05d", m->receipt++);
	check(handover_take(m->operator, no, serial, "agent", receipt, &out, &e), &e, "handover");
	json_decref(out);
}

static void review(struct demo *m, const char *no, enum goal goal)
{
	struct error e = {0};
	json_t *out = NULL;
	check(review_claim(m->reviewer, no, &out, &e), &e, "claim");
	json_decref(out);
	enum err r = goal == RETURNED ? review_return(m->reviewer, no, "营业执照扫描件不清晰，请重新上传", &out, &e)
	             : goal == REJECTED ? review_reject(m->reviewer, no, "单位已注销", &out, &e)
	                                : review_approve(m->reviewer, no, &out, &e);
	check(r, &e, "review");
	json_decref(out);
}

static void one_order(struct demo *m, int i, int count)
{
	struct error e = {0};
	struct unit u;
	char no[ORDER_NO_SIZE], code[16], receipt[32];
	json_t *data, *out = NULL;
	enum goal goal = goal_of(i, count);
	people_unit(i, &u);
	set_clock(m, i == 0 ? m->now - OLD_DAYS * DAY + 3600 : m->now - DAYS * DAY + (int64_t)(i + 1) * (DAYS * DAY - 7200) / count);
	data = application(&u, i);
	check(draft_new(m->operator, "new-unit", data, no, &e), &e, u.name);
	json_decref(data);
	if (goal == DRAFT && i % 20 == 0)
		return;
	attach_all(m, no, &u);
	if (goal == DRAFT)
		return;
	check(sign_send(m->operator, no, &out, &e), &e, "send");
	json_decref(out);
	life_message(m->dir, "验证码", code);
	check(sign_code(m->operator, no, code, &out, &e), &e, "sign");
	int64_t due = json_number(out, "due");
	json_decref(out);
	if (goal == CANCELLED)
		check(order_cancel(m->operator, no, &e), &e, "cancel");
	if (goal == AWAITING || goal == CANCELLED)
		return;
	snprintf(receipt, sizeof receipt, "R%05d", m->receipt++);
	check(pay_take(m->operator, no, i % 3 == 0 ? "pos" : i % 3 == 1 ? "cash" : "cheque", receipt, due, &out, &e), &e, "pay");
	json_decref(out);
	if (goal == IN_REVIEW)
		return;
	review(m, no, goal);
	if (goal == ISSUED || goal == DONE)
		issue(m, no, goal == ISSUED);
}

/* What becomes of certificates that were handed over: by turns. */
static void go_on_living(struct demo *m)
{
	static const struct {
		const char *form, *reason;
	} turns[] = {{"suspend", ""}, {"replace-unit", "damaged"}, {"revoke-unit", "cessation-of-operation"}, {"replace-unit", "lost"}};
	struct error e = {0};
	json_t *list = NULL, *row;
	size_t i, n = 0;
	char *scan = path_join(m->dir, "inbox/scan.jpg");
	check(file_write(scan, 0600, m->scans[2].data, m->scans[2].length, &e), &e, scan);
	check(certs_list(m->operator, NULL, NULL, &list, &e), &e, "certificates");
	json_array_foreach(list, i, row) {
		if (i < 4 || i % 2 || n == 3 * sizeof turns / sizeof *turns || i + 1 == json_array_size(list))
			continue; /* the newest wait for their hand-over, the oldest is due for renewal */
		set_clock(m, m->now - 3000 + (int64_t)n * 120);
		json_t *data = json_pack("{sb}", "consent", 1);
		if (*turns[n % 4].reason) {
			json_object_set_new(data, "reason", json_string(turns[n % 4].reason));
			json_object_set_new(data, "identity_seen", json_true());
		}
		m->under_way[atoi(json_text(row, "key_serial")) - FIRST_KEY] = strcmp(turns[n % 4].form, "suspend") != 0;
		check(life_order(m->operator, m->dir, turns[n % 4].form, json_text(row, "serial"), data, scan, &e), &e, turns[n % 4].form);
		json_decref(data);
		n++;
	}
	json_decref(list);
	unlink(scan);
	free(scan);
}

/* What can be tried with a key, one line for all of a kind. */
static const char *const tries[] = {"该更新了 / due for renewal", "变更、补办、挂失、吊销 / change, replacement, loss report, revocation",
                                    "已挂失，可解挂、补办 / lost: to be lifted or replaced", "补办或吊销办理中 / with a replacement or revocation under way",
                                    "已制证，等领取 / made, to be handed over"};
enum { TRIES = sizeof tries / sizeof *tries, DUE = 0, USED, LOST, UNDER_WAY, MADE };

static size_t try_of(struct demo *m, const json_t *row)
{
	struct error e = {0};
	json_t *key = NULL;
	const char *serial = json_text(row, "key_serial"), *status = json_text(row, "status");
	if (m->under_way[atoi(serial) - FIRST_KEY])
		return UNDER_WAY;
	if (strcmp(status, "active") != 0)
		return strcmp(status, "suspended") == 0 ? LOST : TRIES;
	check(keys_info(m->operator, serial, &key, &e), &e, serial);
	bool made = strcmp(json_text(key, "state"), "made") == 0;
	json_decref(key);
	return made ? MADE : atoi(serial) == FIRST_KEY ? DUE : USED;
}

/* The keys that can be put into the reader, for whoever tries the program: virtual-keys/KEYS. */
static void list_keys(struct demo *m)
{
	struct error e = {0};
	struct bytes text = {0}, serials[TRIES + 1] = {0};
	json_t *list = NULL;
	char *path = path_join(m->dir, "virtual-keys/KEYS");
	check(certs_list(m->operator, NULL, NULL, &list, &e), &e, "certificates");
	for (size_t i = json_array_size(list); i-- > 0;) {
		const json_t *row = json_array_get(list, i);
		bytes_format(&serials[try_of(m, row)], " %s", json_text(row, "key_serial"));
	}
	bytes_text(&text, "PIN " DEMO_PIN "\n");
	for (size_t i = 0; i < TRIES; i++)
		if (serials[i].length)
			bytes_format(&text, "%s:\n %s\n", tries[i], (char *)serials[i].data);
	bytes_format(&text, "在库，空白，可制证 / blank, in stock, to be issued:\n  UKEY-RS %d … %d\n  卡式纪念版介质 / commemorative card %d … %d\n",
		m->next_key, FIRST_KEY + STOCK - 1, FIRST_KEY + STOCK, FIRST_KEY + STOCK + CARDS - 1);
	check(file_write(path, 0600, text.data, text.length, &e), &e, path);
	for (size_t i = 0; i <= TRIES; i++)
		bytes_free(&serials[i]);
	bytes_free(&text);
	json_decref(list);
	free(path);
}

int main(int argc, char **argv)
{
	struct demo m = {.dir = argc > 1 ? argv[1] : "", .next_key = FIRST_KEY, .receipt = 1, .now = CLOCK_SYSTEM.fixed};
	struct error e = {0};
	int count = argc > 2 ? atoi(argv[2]) : 200;
	lang_start();
	if (argc < 2) {
		fprintf(stderr, "usage: demo DIR [COUNT]\n");
		return 2;
	}
	struct clock system_clock = CLOCK_SYSTEM;
	m.now = clock_now(&system_clock);
	make_site(&m);
	m.operator = login(m.dir, "op1", m.now - OLD_DAYS * DAY);
	m.reviewer = login(m.dir, "rv1", m.now - OLD_DAYS * DAY);
	m.issuer = login(m.dir, "is1", m.now - OLD_DAYS * DAY);
	m.manager = login(m.dir, "mg1", m.now - OLD_DAYS * DAY);
	check(scan_draw("agent-id-emblem", "", "", "", &m.scans[2], &e), &e, "scan");
	receive_stock(&m);
	if (!pcscd_start(&m.pcscd))
		return 1;
	for (int i = 0; i < count; i++) {
		one_order(&m, i, count);
		if (isatty(STDERR_FILENO) && i % 10 == 9)
			fprintf(stderr, "\r演示订单 %d/%d", i + 1, count);
	}
	go_on_living(&m);
	if (isatty(STDERR_FILENO))
		fputc('\n', stderr);
	/* the keys that were written stay: the demonstration's reader takes them again */
	char command[8500];
	snprintf(command, sizeof command, "mkdir -p '%s/virtual-keys' && cp '%s'/key-* '%s/virtual-keys/'", m.dir, m.pcscd.dir, m.dir);
	bool kept = system(command) == 0;
	pcscd_stop(&m.pcscd);
	list_keys(&m);
	/* some scans wait in the inbox for whoever tries the program, the newest for the kind that is asked for first */
	for (size_t k = 5; k-- > 0;) {
		struct bytes jpeg = {0};
		struct unit u;
		char name[64];
		people_unit(990, &u);
		snprintf(name, sizeof name, "inbox/scan-%zu.jpg", k + 1);
		char *path = path_join(m.dir, name);
		check(scan_draw(kinds[k], u.name, k == 0 ? u.uscc : u.agent_id, k == 0 ? u.legal : u.agent, &jpeg, &e), &e, kinds[k]);
		check(file_write(path, 0600, jpeg.data, jpeg.length, &e), &e, path);
		free(path);
		bytes_free(&jpeg);
	}
	bytes_free(&m.scans[2]);
	desk_close(&m.admin);
	desk_close(&m.operator);
	desk_close(&m.reviewer);
	desk_close(&m.issuer);
	desk_close(&m.manager);
	return kept ? 0 : 1;
}
