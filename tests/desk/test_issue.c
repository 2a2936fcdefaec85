/* Issuing onto a key: the whole way, and what is refused before anything is half-done. */
#include "issuing.h"

static void record_step(void *arg, const struct issue_progress *p)
{
	char *steps = arg;
	assert_true(*p->title && p->of == 10);
	snprintf(steps + strlen(steps), 256 - strlen(steps), "%s ", p->step);
}

static void judge_certificate(struct try *t)
{
	struct bytes pem = {0}, chain = {0}, crl = {0};
	struct error e = {0};
	char out[4096];
	site_is(OK, cert_export(t->d, order, NULL, &pem, &e), &e);
	site_is(OK, cert_chain(t->d, &chain, &e), &e);
	site_is(OK, cert_crl(t->d, &crl, &e), &e);
	const char *c = site_file(&t->site, "c.pem", (char *)pem.data),
			   *a = site_file(&t->site, "a.pem", (char *)chain.data),
			   *l = site_file(&t->site, "l.pem", (char *)crl.data);
	assert_int_equal(
		shell(out, sizeof out, "openssl verify -x509_strict -crl_check -CRLfile %s -CAfile %s %s 2>&1", l, a, c), 0);
	assert_int_equal(
		shell(out, sizeof out, "openssl x509 -in %s -noout -subject -enddate -serial -nameopt utf8,sep_comma_plus", c),
		0);
	assert_non_null(strstr(out, "北京示例科技有限公司"));
	assert_non_null(strstr(out, "ST=北京市"));
	assert_non_null(strstr(out, "L=昌平区"));
	assert_non_null(strstr(out, "15:59:59"));
	assert_int_equal(shell(out, sizeof out, "openssl x509 -in %s -noout -ext crlDistributionPoints,authorityInfoAccess", c), 0);
	assert_non_null(strstr(out, "URI:http://ca.example.com/desk.crl"));
	assert_non_null(strstr(out, "CA Issuers - URI:http://ca.example.com/desk.cer"));
	assert_non_null(strstr(out, "OCSP - URI:https://ocsp.example.com/"));
	bytes_free(&pem);
	bytes_free(&chain);
	bytes_free(&crl);
}

/* A line more in the site's certdesk.yaml. */
static void configure(const struct try *t, const char *line)
{
	char out[256];
	assert_int_equal(shell(out, sizeof out, "echo '%s' >>%s/certdesk.yaml", line, t->site.dir), 0);
}

/* A profile's ${ca_crl_url} and the like are the configuration's: an address that no certificate may carry is found at the start. */
static void addresses_come_from_the_configuration(void **state)
{
	(void)state;
	struct try t;
	struct desk *d = NULL;
	struct error e = {0};
	static const char *const wrong[] = {"ca_crl_url: file:///etc/passwd", "ca_issuer_url: \"http://ca.example.com/a b\"", "ca_ocsp_url: http://例子.com/"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char line[32];
		try_begin(&t);
		configure(&t, wrong[i]);
		try_end(&t);
		assert_int_equal(desk_open(t.site.dir, &d, &e), ERR_YAML);
		text_copy(line, sizeof line, wrong[i]);
		line[strcspn(line, ":")] = '\0';
		assert_non_null(strstr(e.detail, line));
	}
}

static void whole_journey(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL;
	char steps[256] = "", pin[32], text[512];
	try_begin(&t);
	try_end(&t);
	configure(&t, "ca_crl_url: http://ca.example.com/desk.crl");
	configure(&t, "ca_issuer_url: http://ca.example.com/desk.cer");
	configure(&t, "ca_ocsp_url: https://ocsp.example.com/");
	t.d = site_open(&t.site);
	site_as(&t.site, t.d, "is1");
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue_run(t.d, order, NULL, record_step, steps, &out, &e), &e);
	assert_string_equal(steps, "reserved secured generated requested certified written proven pin-set sent issued ");
	assert_string_equal(json_text(out, "status"), "issued");
	assert_string_equal(json_text(out, "issuer"), "钱制证");
	json_decref(out);
	check_issued(&t, "active");
	check_key(&t, KEY, "made");
	judge_certificate(&t);
	site_message(&t.site, "sms", "证书密码", pin);
	assert_int_equal(shell(text, sizeof text, "grep -rlaF --exclude-dir=outbox -e %s %s", pin, t.site.dir), 1);
	assert_int_equal(shell(text, sizeof text, "yubico-piv-tool -r '' -a change-puk -P 12345678 -N 12345678 2>&1"), 1);
	site_is(ERR_DESK_STATUS, issue(&t, NULL, &e), &e);
	check_journal(&t);
	try_end(&t);
}

/* The commands of the key's trace: "NUMBER > HEX", instruction and class of each; returns how many. */
static int read_commands(const char *path, uint8_t (*out)[2], int most)
{
	char line[2048];
	unsigned cla, ins;
	int n = 0;
	FILE *f = fopen(path, "re");
	assert_non_null(f);
	while (n < most && fgets(line, sizeof line, f))
		if (sscanf(line, "%*d > %2x%2x", &cla, &ins) == 2) {
			out[n][0] = (uint8_t)cla;
			out[n++][1] = (uint8_t)ins;
		}
	fclose(f);
	return n;
}

static void serial_before_every_write(void **state)
{
	(void)state;
	enum { SELECT = 0xA4, SERIAL = 0xF8, COMMANDS_MOST = 400 };
	static const uint8_t writing[] = {0x24, 0x2C, 0x47, 0xDB, 0xFF};
	static uint8_t commands[COMMANDS_MOST][2];
	struct try t;
	struct error e = {0};
	char path[160];
	int writes = 0, selects = 0;
	try_begin(&t);
	snprintf(path, sizeof path, "%s/trace-order", readers.dir);
	assert_true(pcscd_insert(&readers, 0, KEY, "--trace", path, NULL));
	site_is(OK, issue(&t, KEY, &e), &e);
	assert_true(pcscd_pull(&readers, 0));
	int n = read_commands(path, commands, COMMANDS_MOST);
	for (int i = 1; i < n; i++) {
		bool goes_on = commands[i - 1][0] == 0x10; /* a chain's next piece */
		selects += commands[i][1] == SELECT;
		if (!memchr(writing, commands[i][1], sizeof writing) || goes_on)
			continue;
		assert_int_equal(commands[i - 1][1], SERIAL);
		writes++;
	}
	assert_int_equal(writes, 5); /* PUK, management key, pair, certificate, PIN */
	assert_int_equal(selects, 0); /* besides the first: from the look at it to the PIN nobody comes between */
	assert_in_range(n, 20, 38);
	unlink(path);
	fresh_key(KEY);
	try_end(&t);
}

static void hand_over(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL;
	try_begin(&t);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue(&t, KEY, &e), &e);
	site_is(ERR_DESK_FORBIDDEN, handover_take(t.d, order, KEY, "agent", "H1", &out, &e), &e);
	site_as(&t.site, t.d, "op1");
	site_is(OK, handover_preview(t.d, order, &out, &e), &e);
	assert_string_equal(json_text(out, "key_serial"), KEY);
	assert_string_equal(json_text(out, "expected_serial"), KEY);
	assert_string_equal(json_text(json_object_get(out, "certificate"), "status"), "active");
	json_decref(out);
	site_is(ERR_DESK_TAKER, handover_take(t.d, order, KEY, "nobody", "H1", &out, &e), &e);
	site_is(ERR_DESK_RECEIPT, handover_take(t.d, order, KEY, "agent", "", &out, &e), &e);
	site_is(ERR_DESK_RECEIPT, handover_take(t.d, order, KEY, "agent", "H1\u200b", &out, &e), &e);
	site_is(ERR_DESK_OTHER_KEY, handover_take(t.d, order, OTHER, "agent", "H1", &out, &e), &e);
	site_is(ERR_DESK_STATUS, handover_mail(t.d, order, "SF1234567", &out, &e), &e);
	assert_true(pcscd_pull(&readers, 0));
	assert_true(pcscd_insert(&readers, 0, OTHER, NULL));
	site_is(ERR_TOKEN_OTHER, handover_take(t.d, order, KEY, "agent", "H1", &out, &e), &e);
	assert_true(pcscd_pull(&readers, 0));
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, handover_take(t.d, order, KEY, "agent", "H1", &out, &e), &e);
	assert_string_equal(json_text(out, "status"), "done");
	json_decref(out);
	check_key(&t, KEY, "handed-over");
	site_is(ERR_DESK_STATUS, handover_take(t.d, order, KEY, "agent", "H2", &out, &e), &e);
	check_journal(&t);
	try_end(&t);
}

static void refusals(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	char draft[ORDER_NO_SIZE];
	json_t *out = NULL;
	try_begin(&t);
	enum err none = issue(&t, KEY, &e);
	assert_int_equal(error_exit(none), EXIT_RETRY);
	assert_true(pcscd_insert(&readers, 0, "10000009", NULL));
	site_is(ERR_DESK_KEY_MEDIUM, issue(&t, NULL, &e), &e); /* a card, where the order wants UKEY-RS */
	site_is(ERR_TOKEN_OTHER, issue(&t, KEY, &e), &e);
	assert_true(pcscd_insert(&readers, 1, "77777777", NULL));
	site_is(ERR_TOKEN_SEVERAL, issue(&t, NULL, &e), &e);
	site_is(ERR_DESK_NOT_STOCK, issue(&t, "77777777", &e), &e);
	site_as(&t.site, t.d, "op1");
	site_is(ERR_DESK_FORBIDDEN, issue(&t, NULL, &e), &e);
	site_draft(&t.site, t.d, "new-unit", NULL, draft);
	site_as(&t.site, t.d, "is1");
	site_is(ERR_DESK_STATUS, issue_run(t.d, draft, NULL, NULL, NULL, &out, &e), &e);
	site_is(ERR_DESK_NO_ORDER, issue_run(t.d, "X-1", NULL, NULL, NULL, &out, &e), &e);
	check_item_step(&t, "");
	check_states(&t, "");
	try_end(&t);
}

static void blocked_pin(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	char out[512];
	try_begin(&t);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	for (int i = 0; i < 3; i++)
		shell(out, sizeof out, "yubico-piv-tool -r '' -a verify-pin -P 999999 2>&1");
	site_is(ERR_DESK_KEY_BLOCKED, issue(&t, NULL, &e), &e);
	check_key(&t, KEY, "in-stock");
	check_item_step(&t, "");
	try_end(&t);
}

/* Somebody changed the PIN of a key in stock: its PUK brings it back. */
static void foreign_pin(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	char out[512];
	try_begin(&t);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	assert_int_equal(shell(out, sizeof out, "yubico-piv-tool -r '' -a change-pin -P 123456 -N 654321 2>&1"), 0);
	site_is(OK, issue(&t, NULL, &e), &e);
	check_issued(&t, "active");
	try_end(&t);
}

static void ca_unreadable(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	char from[160], to[160];
	try_begin(&t);
	snprintf(from, sizeof from, "%s/ca/local-ca.pem", t.site.dir);
	snprintf(to, sizeof to, "%s/ca/away", t.site.dir);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	assert_int_equal(rename(from, to), 0);
	site_is(ERR_CA_KEY, issue(&t, NULL, &e), &e);
	check_key(&t, KEY, "in-stock");
	check_item_step(&t, "");
	assert_int_equal(rename(to, from), 0);
	site_is(OK, issue(&t, NULL, &e), &e);
	check_issued(&t, "active");
	try_end(&t);
}

static void key_used_already(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	char second[ORDER_NO_SIZE];
	json_t *out = NULL, *secondary = json_pack("{ss}", "key_role", "secondary");
	try_begin(&t);
	site_approved(&t.site, t.d, "new-unit", secondary, second);
	json_decref(secondary);
	site_as(&t.site, t.d, "is1");
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue(&t, NULL, &e), &e);
	site_is(ERR_DESK_KEY_STATE, issue_run(t.d, second, NULL, NULL, NULL, &out, &e), &e);
	check_issued(&t, "active");
	try_end(&t);
	/* the same at a site that doesn't know the key's certificate */
	try_begin(&t);
	site_is(ERR_DESK_KEY_USED, issue(&t, NULL, &e), &e);
	check_key(&t, KEY, "in-stock");
	try_end(&t);
}

/* The customer's own key: unknown to the store, and no stock. */
static void own_key(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL, *changes = json_pack("{sbss}", "own_medium", 1, "key_role", "secondary");
	char no[ORDER_NO_SIZE];
	try_begin(&t);
	site_approved(&t.site, t.d, "new-unit", changes, no);
	site_as(&t.site, t.d, "is1");
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(ERR_DESK_KEY_STATE, issue_run(t.d, no, NULL, NULL, NULL, &out, &e), &e);
	assert_true(pcscd_pull(&readers, 0));
	assert_true(pcscd_insert(&readers, 0, "88888888", NULL));
	site_is(OK, issue_run(t.d, no, NULL, NULL, NULL, &out, &e), &e);
	json_decref(out);
	check_key(&t, "88888888", "customer-owned");
	assert_true(pcscd_pull(&readers, 0));
	/* one of the stock only where the issuer names it, and with the reason on record */
	site_approved(&t.site, t.d, "new-unit", changes, no);
	site_as(&t.site, t.d, "is1");
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue_run(t.d, no, KEY, NULL, NULL, &out, &e), &e);
	json_decref(out);
	check_key(&t, KEY, "customer-owned");
	site_is(OK, keys_info(t.d, KEY, &out, &e), &e);
	char *text = json_dumps(out, JSON_COMPACT);
	assert_non_null(strstr(text, "自备介质"));
	free(text);
	json_decref(out);
	check_journal(&t);
	json_decref(changes);
	try_end(&t);
}

/* UKEY-G makes SM2 pairs; OpenSSL reads what was written. */
static void sm2_key(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL, *changes = json_pack("{ss}", "medium", "UKEY-G");
	char no[ORDER_NO_SIZE], text[4096];
	try_begin(&t);
	site_approved(&t.site, t.d, "new-unit", changes, no);
	site_as(&t.site, t.d, "is1");
	site_is(OK, keys_receive(t.d, site_file(&t.site, "g.csv", "serial,medium\n20000001,UKEY-G\n"), &out, &e), &e);
	json_decref(out);
	assert_true(pcscd_insert(&readers, 0, "20000001", NULL));
	site_is(OK, issue_run(t.d, no, NULL, NULL, NULL, &out, &e), &e);
	assert_string_equal(json_text(out, "status"), "issued");
	json_decref(out);
	assert_int_equal(shell(text, sizeof text,
	                       "yubico-piv-tool -r '' -s 9a -a read-certificate 2>/dev/null | openssl x509 -noout -text"),
	                 0);
	assert_non_null(strstr(text, "SM2"));
	check_journal(&t);
	json_decref(changes);
	try_end(&t);
}

static void mailed(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL, *changes = json_pack("{ss sb}", "delivery", "mail", "own_medium", 0);
	char no[ORDER_NO_SIZE], tracking[32];
	try_begin(&t);
	site_approved(&t.site, t.d, "new-person", changes, no);
	site_as(&t.site, t.d, "is1");
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue_run(t.d, no, NULL, NULL, NULL, &out, &e), &e);
	json_decref(out);
	site_as(&t.site, t.d, "op1");
	site_is(ERR_DESK_TRACKING, handover_mail(t.d, no, "SF 1", &out, &e), &e);
	site_is(OK, handover_mail(t.d, no, "SF1234567", &out, &e), &e);
	assert_string_equal(json_text(out, "status"), "mailed");
	json_decref(out);
	check_key(&t, KEY, "in-transit");
	site_message(&t.site, "sms", "运单号SF", tracking);
	assert_string_equal(tracking, "1234567");
	check_journal(&t);
	json_decref(changes);
	try_end(&t);
}

/* Checked by the unit's bank account: the PIN goes in the remark of a transfer, not by SMS. */
static void pin_in_remark(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL, *changes = json_pack("{ss sn}", "enterprise_auth", "bank-account", "legal_mobile");
	char no[ORDER_NO_SIZE], pin[32];
	try_begin(&t);
	site_approved(&t.site, t.d, "new-unit", changes, no);
	site_as(&t.site, t.d, "is1");
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue_run(t.d, no, NULL, NULL, NULL, &out, &e), &e);
	assert_string_equal(json_text(out, "status"), "issued");
	const json_t *delivery = json_array_get(json_object_get(out, "pin_deliveries"), 0);
	assert_string_equal(json_text(delivery, "channel"), "remark");
	assert_string_equal(json_text(delivery, "state"), "set");
	json_decref(out);
	site_message(&t.site, "sms", "证书密码", pin);
	assert_string_equal(pin, "");
	site_is(ERR_DESK_PIN_GONE, pin_resend(t.d, no, &out, &e), &e);
	json_decref(changes);
	try_end(&t);
}

static void pin_again(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL;
	char first[32], again[32];
	int64_t gone = 0;
	try_begin(&t);
	site_is(ERR_DESK_PIN_GONE, pin_resend(t.d, order, &out, &e), &e);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue(&t, NULL, &e), &e);
	site_message(&t.site, "sms", "证书密码", first);
	size_t before = site_messages(&t.site, "sms");
	site_is(OK, pin_resend(t.d, order, &out, &e), &e);
	assert_string_equal(json_text(json_array_get(json_object_get(out, "sent"), 0), "sent_to"), "138****8000");
	json_decref(out);
	assert_int_equal(site_messages(&t.site, "sms"), before + 1);
	site_message(&t.site, "sms", "证书密码", again);
	assert_string_equal(first, again);
	t.d->timer = true;
	site_is(OK, pin_purge(t.d, &gone, &e), &e);
	assert_int_equal(gone, 0);
	t.d->clock.fixed = desk_now(t.d) + 8 * 86400;
	site_is(OK, pin_purge(t.d, &gone, &e), &e);
	assert_int_equal(gone, 1);
	t.d->timer = false;
	site_is(ERR_DESK_PIN_GONE, pin_resend(t.d, order, &out, &e), &e);
	check_journal(&t);
	try_end(&t);
}

/* The customer says that it came: the state says so, nothing can be sent again, and nothing of it is left. */
static void a_received_pin_is_delivered_and_destroyed(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL;
	int64_t left = -1;
	try_begin(&t);
	site_as(&t.site, t.d, "op1");
	site_is(ERR_DESK_PIN_NOT_SENT, pin_received(t.d, order, NULL, &out, &e), &e);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_as(&t.site, t.d, "is1");
	site_is(OK, issue(&t, NULL, &e), &e);
	site_as(&t.site, t.d, "rv1");
	site_is(ERR_DESK_FORBIDDEN, pin_received(t.d, order, NULL, &out, &e), &e);
	site_as(&t.site, t.d, "op1");
	site_is(ERR_DESK_PIN_NOT_SENT, pin_received(t.d, order, OTHER, &out, &e), &e);
	site_is(OK, store_int(t.d->store, SQL_PIN_LATE_COUNT, 0, &left, &e, "i", INT64_MAX), &e);
	assert_int_equal(left, 1);
	site_is(OK, pin_received(t.d, order, NULL, &out, &e), &e);
	assert_string_equal(json_text(json_array_get(json_object_get(out, "pin_deliveries"), 0), "state"), "delivered");
	json_decref(out);
	site_is(OK, store_int(t.d->store, SQL_PIN_LATE_COUNT, 0, &left, &e, "i", INT64_MAX), &e);
	assert_int_equal(left, 0);
	site_is(ERR_DESK_PIN_GONE, pin_resend(t.d, order, &out, &e), &e);
	site_is(ERR_DESK_PIN_NOT_SENT, pin_received(t.d, order, NULL, &out, &e), &e);
	site_is(OK, handover_take(t.d, order, KEY, "agent", "H-88", &out, &e), &e);
	json_decref(out);
	check_journal(&t);
	try_end(&t);
}

/* Ends at 23:59:59 China time on the same date a year later: the last of February, and the year's last day, whatever UTC's day is. */
static void ends_on_the_same_date(void **state)
{
	(void)state;
	static const struct {
		struct civil issued; /* years behind the next leap year */
		const char *ends;    /* UTC */
	} days[] = {
		{{0, 2, 29, 0, 0, 0}, "%d-02-28T15:59:59Z"}, /* still the 28th in UTC */
		{{0, 2, 29, 23, 59, 59}, "%d-02-28T15:59:59Z"},
		{{0, 12, 31, 23, 59, 0}, "%d-12-31T15:59:59Z"},
		{{1, 1, 1, 0, 0, 0}, "%d-01-01T15:59:59Z"}, /* New Year there already */
	};
	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		struct try t;
		struct error e = {0};
		json_t *list = NULL;
		struct civil at = days[i].issued;
		char ends[32];
		try_begin(&t);
		for (at.year = civil_from_utc(desk_now(t.d)).year + 1; !civil_valid_date(at.year, 2, 29);)
			at.year++;
		at.year += days[i].issued.year;
		t.d->clock.fixed = civil_to_utc(at);
		fresh_key(KEY);
		assert_true(pcscd_insert(&readers, 0, KEY, NULL));
		site_is(OK, issue(&t, NULL, &e), &e);
		site_is(OK, certs_list(t.d, order, NULL, &list, &e), &e);
		snprintf(ends, sizeof ends, days[i].ends, at.year + 1);
		assert_string_equal(json_text(json_array_get(list, 0), "not_after"), ends);
		json_decref(list);
		assert_true(pcscd_pull(&readers, 0));
		try_end(&t);
	}
}

static void crl_grows(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	struct bytes first = {0}, second = {0}, third = {0};
	try_begin(&t);
	int64_t now = desk_now(t.d);
	site_is(OK, cert_crl(t.d, &first, &e), &e);
	t.d->clock.fixed = now + 86400;
	site_is(OK, cert_crl(t.d, &second, &e), &e);
	assert_string_equal((char *)first.data, (char *)second.data);
	t.d->clock.fixed = now + 4 * 86400;
	site_is(OK, cert_crl(t.d, &third, &e), &e);
	assert_string_not_equal((char *)first.data, (char *)third.data);
	bytes_free(&first);
	bytes_free(&second);
	bytes_free(&third);
	try_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_come_from_the_configuration), cmocka_unit_test_teardown(whole_journey, pull_all),    cmocka_unit_test_teardown(hand_over, pull_all),
		cmocka_unit_test_teardown(serial_before_every_write, pull_all),
		cmocka_unit_test_teardown(refusals, pull_all),         cmocka_unit_test_teardown(blocked_pin, pull_all),
		cmocka_unit_test_teardown(foreign_pin, pull_all),      cmocka_unit_test_teardown(ca_unreadable, pull_all),
		cmocka_unit_test_teardown(key_used_already, pull_all), cmocka_unit_test_teardown(own_key, pull_all),
		cmocka_unit_test_teardown(sm2_key, pull_all),          cmocka_unit_test_teardown(mailed, pull_all),
		cmocka_unit_test_teardown(a_received_pin_is_delivered_and_destroyed, pull_all),
		cmocka_unit_test_teardown(pin_again, pull_all),        cmocka_unit_test_teardown(pin_in_remark, pull_all),
		cmocka_unit_test_teardown(ends_on_the_same_date, pull_all), cmocka_unit_test_teardown(crl_grows, pull_all),
	};
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
