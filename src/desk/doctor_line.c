/* Doctor's checks of what binds a site to headquarters, and to the payment provider. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "ca/cert.h"
#include "desk/finding.h"
#include "desk/provider.h"
#include "desk/publication.h"
#include "net/net.h"

enum { LINE_WARN_SECONDS = 3600, LINE_CERT_WARN_DAYS = 30, CODE_STUCK_SECONDS = 3600 };

static void check_net_program(struct finding *f, bool joined)
{
	char *program = net_program();
	if (!program) {
		found(f, joined ? MISSING : WARNING, "%s", tr("没有联网程序 certdesk-net", "certdesk-net, which speaks to headquarters, isn't there"));
		mend(f, tr("重新安装（make install）", "install again (make install)"));
	} else
		found(f, GOOD, "%s", tr("没有接入总部，单独受理", "not joined: this site works alone"));
	free(program);
}

static void found_line(struct finding *f, const json_t *state, int64_t now)
{
	int64_t contact = json_number(state, "contact_at"), backlog = json_number(state, "seq") - json_number(state, "acknowledged");
	char when[17], trouble[ERROR_DETAIL_SIZE];
	bool up = strcmp(json_text(state, "line"), "up") == 0, old = now - contact > LINE_WARN_SECONDS;
	civil_minute_text(contact, when);
	text_printable(trouble, sizeof trouble, json_text(state, "trouble"));
	if (contact == 0)
		found(f, WARNING, tr("还没有与总部联系过，待传 %lld 条。%s", "never heard yet, %lld entries to send. %s"), (long long)backlog, trouble);
	else if (up && !old && !*trouble)
		found(f, GOOD, tr("通，最近联系 %s，待传 %lld 条", "up, last contact %s, %lld entries to send"), when, (long long)backlog);
	else
		found(f, WARNING, tr("%s，最近联系 %s，待传 %lld 条。%s", "%s, last contact %s, %lld entries to send. %s"),
		      up && !old ? tr("通，有问题", "up, with trouble") : tr("断", "down"), when, (long long)backlog, trouble);
	if (f->state != GOOD)
		mend(f, up && old ? tr("没有程序在同步：systemctl enable --now certdesk-sync.timer",
			"nothing syncs: systemctl enable --now certdesk-sync.timer")
		                  : tr("检查网络，再运行 certdesk sync --once；仍不行请联系总部", "look at the network, then run certdesk sync --once; else call headquarters"));
}

static void found_revoked(struct finding *f, const json_t *state)
{
	found(f, MISSING, tr("总部已停用本受理点，或不认它的证书，不是网络问题；待传 %lld 条",
		"headquarters has revoked this site, or doesn't know its certificate: it is not the network; %lld entries to send"),
	      (long long)(json_number(state, "seq") - json_number(state, "acknowledged")));
	mend(f, tr("停止受理并联系总部：误停用或证书过期的，请总部运行 certdesk-hub renew 取得接入码，再在这里运行 certdesk hub join --again",
		"stop working and call headquarters; where it was a mistake, or the certificate is over, have them run certdesk-hub renew for a code, then run certdesk hub join --again"));
}

/* Its sentence says who has to act. */
static void found_undeclared(struct finding *f, const json_t *state)
{
	char trouble[ERROR_DETAIL_SIZE];
	text_printable(trouble, sizeof trouble, json_text(state, "trouble"));
	found(f, WARNING, "%s", trouble);
	mend(f, tr("本机不用处理；联系总部，请两个人运行 certdesk-hub declare-restore",
	           "nothing to mend here; call headquarters: two persons there run certdesk-hub declare-restore"));
}

static bool trouble_is(const json_t *state, enum err err)
{
	return strcmp(json_text(state, "trouble_code"), error_name(err)) == 0;
}

void check_line(struct desk *d, struct finding *f)
{
	json_t *state = NULL;
	struct error e = {0};
	int64_t refused;
	if (store_row(d->store, SQL_SYNC_STATE_GET, &state, &e, "")) {
		found_error(f, MISSING, &e);
		return;
	}
	bool joined = json_number(state, "joined");
	check_net_program(f, joined);
	if (joined && f->state == GOOD && trouble_is(state, ERR_SYNC_REVOKED))
		found_revoked(f, state);
	else if (joined && f->state == GOOD && (trouble_is(state, ERR_SYNC_RESTORED) || trouble_is(state, ERR_SYNC_OLDER)))
		found_undeclared(f, state);
	else if (joined && f->state == GOOD) {
		found_line(f, state, desk_now(d));
		if (f->state == GOOD && (refused = json_number(state, "refused")) > 0) {
			found(f, WARNING, tr("总部没有接收 %lld 张订单", "headquarters did not take %lld orders"), (long long)refused);
			mend(f, tr("看审核中的订单，“总部未接收”一行写明原因；不明白的联系总部", "look at the orders in review: a line says why; ask headquarters where it isn't clear"));
		}
	}
	json_decref(state);
}

/* The one of the site's three certificates that ends first; false where one can't be read. */
static bool first_end(const json_t *hub, int64_t *out)
{
	static const char *const names[] = {"tls_certificate", "sign_certificate", "encrypt_certificate"};
	*out = INT64_MAX;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *pem = json_text(hub, names[i]);
		struct cert_info info = {0};
		struct bytes der = {0};
		bool good = cert_from_pem(pem, strlen(pem), &der, NULL) == OK && cert_info(der.data, der.length, &info, NULL) == OK;
		if (good && info.not_after < *out)
			*out = info.not_after;
		cert_info_free(&info);
		bytes_free(&der);
		if (!good)
			return false;
	}
	return true;
}

void check_line_certificate(struct desk *d, struct finding *f)
{
	json_t *hub = NULL;
	struct error e = {0};
	int64_t end;
	char when[11];
	if (store_row(d->store, SQL_HEADQUARTERS_GET, &hub, &e, ""))
		found_error(f, MISSING, &e);
	else if (!hub)
		found(f, GOOD, "%s", tr("没有接入总部，不需要", "not joined: none is needed"));
	else if (!first_end(hub, &end))
		found(f, MISSING, "%s", tr("证书读不了", "a certificate can't be read"));
	else {
		int64_t days = (end - desk_now(d)) / 86400;
		civil_date_text(end, when);
		if (end < desk_now(d))
			found(f, MISSING, tr("%s 已到期，不能与总部联系", "ended on %s: no line to headquarters"), when);
		else
			found(f, days < LINE_CERT_WARN_DAYS ? WARNING : GOOD, tr("还有 %lld 天到期（%s）", "ends in %lld days (%s)"), (long long)days, when);
	}
	if (f->state != GOOD)
		mend(f, tr("请总部换发本受理点的证书（certdesk-hub renew），再运行 certdesk sync --once",
			"have headquarters renew this site's certificates (certdesk-hub renew), then run certdesk sync --once"));
	json_decref(hub);
}

/* What headquarters laid down counts from the next start on; a disk that was rolled back has the number of it alone. */
void check_publication(struct desk *d, struct finding *f)
{
	int64_t number = 0;
	if (publication_lost(d, &number)) {
		found(f, MISSING, tr("总部第 %lld 期下发的定义不在 definitions/ 里，现在用随程序安装的", "the definitions of headquarters' publication %lld aren't in definitions/: the shipped ones count"),
		      (long long)number);
		mend(f, tr("从备份恢复 definitions/，或请总部重新下发", "restore definitions/ from a backup, or have headquarters lay them down again"));
	} else if (publication_waits(d)) {
		found(f, WARNING, tr("总部第 %lld 期下发的定义下次启动起生效", "the definitions of headquarters' publication %lld count from the next start on"),
		      (long long)number);
		mend(f, tr("退出所有窗口后重新打开 certdesk", "leave certdesk at all windows and start it again"));
	} else if (number)
		found(f, GOOD, tr("采用总部第 %lld 期下发的定义", "headquarters' publication %lld"), (long long)number);
	else
		found(f, GOOD, "%s", tr("随程序安装的定义", "the shipped ones"));
}

void check_provider(struct desk *d, struct finding *f)
{
	struct error e = {0};
	if (!provider_configured(d))
		found(f, GOOD, "%s", tr("没有接入，不收扫码付款", "not connected: no money is taken by a code"));
	else if (provider_try(d, &e) == OK)
		found(f, GOOD, tr("应用 %s，密钥和线路正常", "application %s; keys and line are right"), d->config.alipay_app_id);
	else {
		found_error(f, error_exit(e.code) == EXIT_RETRY ? WARNING : MISSING, &e);
		mend(f, error_exit(e.code) == EXIT_RETRY
		                ? tr("检查网络和 certdesk.yaml 的 alipay_gateway、alipay_root", "look at the network, and at alipay_gateway and alipay_root in certdesk.yaml")
		                : tr("核对 certdesk.yaml 的 alipay_app_id、alipay_key、alipay_public_key 和支付宝开放平台上的应用公钥",
		                     "compare alipay_app_id, alipay_key and alipay_public_key in certdesk.yaml with the application at Alipay"));
	}
}

/* A code that has ended, and of which nobody knows whether it was paid: the line is away, or Alipay's answers contradict each other. */
void check_codes(struct desk *d, struct finding *f)
{
	json_t *row = NULL;
	struct error e = {0};
	if (store_row(d->store, SQL_QR_TRADES_STUCK, &row, &e, "i", desk_now(d) - CODE_STUCK_SECONDS))
		found_error(f, MISSING, &e);
	else if (!row)
		found(f, GOOD, "%s", tr("到期的都有结果", "all that have ended are settled"));
	else {
		found(f, WARNING, tr("%lld 个到期一小时还没有结果：%s（交易号 %s）等", "%lld ended an hour ago and nobody knows whether they were paid: %s (trade %s) first"),
		      (long long)json_number(row, "count"), json_text(row, "subject"), json_text(row, "trade"));
		mend(f, tr("certdesk pay verify 再问一次；支付宝的回答对不上时，凭交易号在支付宝商家后台核对，钱不会记两次",
		           "ask again with certdesk pay verify; where Alipay's answer can't be right, look the trade up at Alipay: nothing is booked twice"));
	}
	json_decref(row);
}
