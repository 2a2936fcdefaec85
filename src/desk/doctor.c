#include <langinfo.h>
#include <locale.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>
#include <wchar.h>

#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "ca/cert.h"
#include "desk/admin.h"
#include "desk/backup.h"
#include "desk/finding.h"
#include "desk/till.h"
#include "desk/refund.h"
#include "print/apart.h"
#include "print/spool.h"
#include "token/token.h"

enum {
	DISK_LEAST_MB = 256,
	DISK_FEW_MB = 2048,
	CA_WARN_SECONDS = 90 * 86400
};

static bool over_ssh(void)
{
	const char *from = getenv("SSH_CONNECTION");
	return from && *from;
}

static bool is_program(const char *name)
{
	char path[128];
	snprintf(path, sizeof path, "/usr/bin/%s", name);
	return access(path, X_OK) == 0;
}

/* Keys and readers --------------------------------------------------------------------------------- */

/* Whom polkit has to let in. A window's reader is asked by the account that runs ssh at the window; over SSH nobody counts as sitting at the
 * machine. */
static void mend_refused(struct finding *f, bool window)
{
	const struct passwd *who = getpwuid(geteuid());
	if (window)
		mend(f, tr("在插读卡器的窗口机器上，在 /etc/polkit-1/rules.d/ 里为运行 ssh 的账号放行 org.debian.pcsc-lite.access_pcsc 和 access_card（见 INSTALL 第 2、4 部分），再重新连接",
			"at the window's machine, allow org.debian.pcsc-lite.access_pcsc and access_card in /etc/polkit-1/rules.d/ to the account that runs ssh (see INSTALL, parts 2 and 4), and connect again"));
	else
		snprintf(f->mend, sizeof f->mend, tr("在 /etc/polkit-1/rules.d/ 里为账号 %.32s 放行 org.debian.pcsc-lite.access_pcsc 和 access_card（见 INSTALL 第 2 部分）%s",
			"allow org.debian.pcsc-lite.access_pcsc and access_card in /etc/polkit-1/rules.d/ to the account %.32s (see INSTALL, part 2)%s"), who ? who->pw_name : "?",
		         over_ssh() ? tr("；SSH 登录不算坐在这台机器前", "; over SSH nobody counts as sitting at the machine") : "");
}

static void check_service(struct desk *d, struct finding *f)
{
	const char *socket = getenv("PCSCLITE_CSOCK_NAME");
	bool window = over_ssh() && socket && *socket;
	struct token_info *list = NULL;
	struct error e = {0};
	size_t count = 0;
	(void)d;
	enum err r = token_list(&list, &count, &e);
	free(list);
	if (!r)
		found(f, GOOD, "%s", tr("pcscd 在运行，可以访问", "pcscd is running and answers"));
	else
		found_error(f, MISSING, &e);
	if (r == ERR_TOKEN_NO_SERVICE)
		mend(f, window ? tr("窗口的读卡器没有转发过来：在窗口机器上启动 pcscd，再重新连接（ssh 的 RemoteForward，见 INSTALL 第 4 部分）",
			"the window's reader isn't forwarded: start pcscd at the window's machine, then connect again (ssh's RemoteForward, see INSTALL, part 4)")
		               : "apt install pcscd && systemctl enable --now pcscd.socket");
	else if (r == ERR_TOKEN_REFUSED)
		mend_refused(f, window);
}

static void check_reader(struct desk *d, struct finding *f)
{
	struct token_info *list = NULL;
	struct token *token = NULL;
	struct error e = {0};
	size_t count = 0;
	(void)d;
	enum err r = token_list(&list, &count, &e);
	free(list);
	if (!r && count > 0) {
		found(f, GOOD, tr("插着 %zu 个介质", "keys that are in: %zu"), count);
		return;
	}
	if (!r && (r = token_open(NULL, &token, &e)) == OK)
		token_close(&token);
	if (r == OK || r == ERR_TOKEN_NONE)
		found(f, GOOD, "%s", tr("有读卡器，没有插介质", "there is a reader, no key is in"));
	else if (r == ERR_TOKEN_NO_READER) {
		found(f, MISSING, "%s", tr("没有读卡器", "there is no reader"));
		mend(f, tr("插上读卡器或 UKEY；CCID 设备需要 apt install libccid",
			"plug in a reader or a key; CCID devices need apt install libccid"));
	} else {
		found(f, MISSING, "%s", tr("智能卡服务不可用，看不到读卡器", "no reader is seen without the smart card service"));
		mend(f, tr("先处理上一项", "mend the item above first"));
	}
}

/* Terminal and language ---------------------------------------------------------------------------- */

/* The one that the environment asks for. */
static const char *locale_named(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	const char *value = NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names && !(value && *value); i++)
		value = getenv(names[i]);
	return value && *value ? value : "C";
}

static void check_locale(struct desk *d, struct finding *f)
{
	locale_t own = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	const char *codeset = own ? nl_langinfo_l(CODESET, own) : "";
	(void)d;
	if (strcmp(codeset, "UTF-8") == 0)
		found(f, GOOD, "%s", "UTF-8");
	else {
		char name[64];
		text_printable(name, sizeof name, locale_named());
		found(f, WARNING, own ? tr("%s 的字符集是 %s，程序自行改用 C.UTF-8", "the codeset of %s is %s, the program uses C.UTF-8 instead")
		                      : tr("没有安装 %s%s，程序自行改用 C.UTF-8", "%s isn't installed%s, the program uses C.UTF-8 instead"),
		      name, codeset);
		mend(f, tr("设置 LANG=C.UTF-8 或 zh_CN.UTF-8（dpkg-reconfigure locales）",
			"set LANG=C.UTF-8 or zh_CN.UTF-8 (dpkg-reconfigure locales)"));
	}
	if (own)
		freelocale(own);
}

static void check_widths(struct desk *d, struct finding *f)
{
	int han = wcwidth(L'汉'), dash = wcwidth(L'—'), dots = wcwidth(L'…');
	bool right = han == 2 && dash == 1 && dots == 1;
	(void)d;
	found(f, right ? GOOD : WARNING, tr("“汉”%d 列，“—”%d 列，“…”%d 列", "columns: 汉 %d, — %d, … %d"), han, dash, dots);
	if (!right)
		mend(f, tr("用 C.UTF-8 或 zh_CN.UTF-8；终端里把宽度不定的字符设为窄",
			"use C.UTF-8 or zh_CN.UTF-8, and narrow ambiguous characters in the terminal"));
}

/* Where terminfo is looked up on Debian; the entry lies under its first letter. */
static bool terminal_known(const char *term)
{
	static const char *const places[] = {"/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo"};
	char path[256];
	const char *home = getenv("HOME"), *own = getenv("TERMINFO");
	if (strchr(term, '/'))
		return false;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		snprintf(path, sizeof path, "%s/%c/%s", places[i], term[0], term);
		if (access(path, R_OK) == 0)
			return true;
	}
	snprintf(path, sizeof path, "%s%s/%c/%s", own ? own : home ? home : "", own ? "" : "/.terminfo", term[0], term);
	return access(path, R_OK) == 0;
}

static void check_terminal(struct desk *d, struct finding *f)
{
	const char *term = getenv("TERM"), *colours = getenv("COLORTERM"), *none = getenv("NO_COLOR");
	char shown[64];
	(void)d;
	text_printable(shown, sizeof shown, term ? term : "");
	if (!term || !*term || strcmp(term, "dumb") == 0 || !terminal_known(term)) {
		found(f, isatty(STDIN_FILENO) ? MISSING : WARNING, tr("终端类型 TERM=%s 不能打开界面",
			"TERM=%s can't show the screens"), shown);
		mend(f, tr("设置 TERM，如 xterm-256color；缺少定义时 apt install ncurses-term",
		           "set TERM, for example xterm-256color; apt install ncurses-term where the entry is missing"));
	} else
		found(f, GOOD, "TERM=%s%s%s", shown,
		      none && *none                                   ? tr("，按 NO_COLOR 不用颜色", ", no colours (NO_COLOR)")
		      : colours && strcmp(colours, "truecolor") == 0 ? tr("，真彩色", ", true colour")
		      : strstr(term, "256color")                     ? tr("，256 色", ", 256 colours")
		                                                     : "",
		      isatty(STDIN_FILENO) ? "" : tr("（现在不在终端里）", " (not on a terminal now)"));
}

static void check_fonts(struct desk *d, struct finding *f)
{
	static const char *const files[] = {"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
	                                    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
		"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"};
	(void)d;
	if (over_ssh() || !getenv("DISPLAY")) {
		found(f, GOOD, "%s", tr("字体由您面前的终端决定；汉字应正好占两个字母的宽度",
			"fonts are your own terminal's; a Chinese character must be as wide as two letters"));
		return;
	}
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (access(files[i], R_OK) == 0) {
			found(f, GOOD, "%s", files[i]);
			return;
		}
	found(f, WARNING, "%s", tr("没有找到等宽中文字体，汉字可能不齐", "no Chinese monospace font was found, columns may not line up"));
	mend(f, "apt install fonts-noto-cjk fonts-dejavu-core; xterm -fa 'DejaVu Sans Mono' -fd 'Noto Sans Mono CJK SC'");
}

static void check_input_method(struct desk *d, struct finding *f)
{
	const char *modifiers = getenv("XMODIFIERS");
	(void)d;
	if (over_ssh() || !getenv("DISPLAY"))
		found(f, GOOD, "%s", tr("输入法在您面前的机器上", "the input method is on the machine before you"));
	else if (is_program("fcitx5") && modifiers && strstr(modifiers, "@im=fcitx"))
		found(f, GOOD, "fcitx5, XMODIFIERS=@im=fcitx");
	else {
		found(f, WARNING, "%s", is_program("fcitx5") ? tr("装了 fcitx5，但没有设置 XMODIFIERS",
			"fcitx5 is there, XMODIFIERS is not set")
		                                             : tr("没有装 fcitx5，不能输入汉字",
			"fcitx5 is missing, Chinese can't be typed"));
		mend(f, "apt install fcitx5 fcitx5-pinyin; export XMODIFIERS=@im=fcitx");
	}
}

/* Papers are set in these letters, whatever the terminal shows. */
static void check_print(struct desk *d, struct finding *f)
{
	const char *queue = d ? d->config.printer : "";
	struct error e = {0};
	char text[512];
	bool letters = false;
	if (apart_has_letters(&letters, &e)) {
		found(f, MISSING, "%s", error_sentence(&e, text, sizeof text));
		mend(f, tr("重新安装 certdesk", "install certdesk again"));
	} else if (!letters) {
		found(f, MISSING, "%s", tr("没有中文字体，不能打印", "no Chinese font, nothing can be printed"));
		mend(f, "apt install fonts-noto-cjk");
	} else if (*queue && !spool_present()) {
		found(f, MISSING, tr("设置了打印机 %s，但没有打印命令 lp", "printer %s is named, but there is no lp"), queue);
		mend(f, "apt install cups-client");
	} else if (*queue)
		found(f, GOOD, tr("打印机 %s", "printer %s"), queue);
	else
		found(f, GOOD, "%s", tr("保存为文件；打印机由 certdesk.yaml 的 printer 指定", "saved as files; printer in certdesk.yaml names a printer"));
}

/* The machine and the site ------------------------------------------------------------------------- */

static void check_clock(struct desk *d, struct finding *f)
{
	struct timex now = {0};
	struct error e = {0};
	enum err r = d ? desk_clock_right(d, &e) : OK;
	if (r)
		found_error(f, MISSING, &e);
	else if (adjtimex(&now) == TIME_ERROR)
		found(f, WARNING, "%s", tr("时钟没有与时间服务器同步", "the clock isn't synchronised with a time server"));
	else
		found(f, GOOD, "%s", tr("已同步，不早于日志，与总部一致", "synchronised, not behind the journal, and headquarters'"));
	if (r == ERR_DESK_CLOCK || r == ERR_DESK_CLOCK_HUB)
		mend(f, tr("校准时钟：timedatectl set-ntp true", "set the clock: timedatectl set-ntp true"));
	else if (f->state == WARNING)
		mend(f, "apt install systemd-timesyncd && timedatectl set-ntp true");
}

static void check_disk(struct desk *d, struct finding *f)
{
	struct statvfs fs;
	(void)d;
	if (statvfs(f->dir, &fs) != 0 && statvfs("/", &fs) != 0) { /* no site yet */
		found(f, WARNING, "%s", tr("看不到磁盘空间", "the disk's space can't be seen"));
		return;
	}
	unsigned long long free_mb = (unsigned long long)fs.f_bavail * fs.f_frsize >> 20;
	found(f, free_mb < DISK_LEAST_MB ? MISSING : free_mb < DISK_FEW_MB ? WARNING : GOOD, tr("剩余 %llu MB",
		"%llu MB free"), free_mb);
	if (free_mb < DISK_FEW_MB)
		mend(f, tr("清理磁盘或把数据目录移到大些的分区", "free some space, or move the data to a larger partition"));
}

static void check_directory(struct desk *d, struct finding *f)
{
	struct stat st;
	char shown[256];
	text_printable(shown, sizeof shown, d->dir);
	if (stat(d->dir, &st) != 0 || access(d->dir, R_OK | W_OK | X_OK) != 0) {
		found(f, MISSING, tr("%s 不能写入", "%s can't be written"), shown);
		mend(f, tr("用受理点的账号运行，或修正目录的属主和权限", "run as the site's account, or mend owner and mode"));
	} else if (st.st_mode & 077) {
		found(f, WARNING, tr("%s 别人也能进入（权限 %04o）", "others can enter %s (mode %04o)"), shown,
			(unsigned)(st.st_mode & 07777));
		mend(f, "chmod 700 DIR");
	} else
		found(f, GOOD, "%s", shown);
}

/* Whatever either is called by. */
static bool lies_in(const char *path, const char *dir)
{
	char *file = realpath(path, NULL), *whole = realpath(dir, NULL);
	size_t n = whole ? strlen(whole) : 0;
	bool in = file && whole && strncmp(file, whole, n) == 0 && file[n] == '/';
	free(file);
	free(whole);
	return in;
}

static void check_store_key(struct desk *d, struct finding *f)
{
	struct stat st;
	const char *path = d->config.store_key;
	char shown[256];
	text_printable(shown, sizeof shown, path);
	if (stat(path, &st) != 0)
		found(f, MISSING, tr("%s 不存在", "%s is missing"), shown);
	else if (st.st_mode & 077) {
		found(f, MISSING, tr("%s 别人也能读（权限 %04o）", "others can read %s (mode %04o)"), shown,
			(unsigned)(st.st_mode & 07777));
		mend(f, tr("chmod 600，并检查谁读过它", "chmod 600, and find out who may have read it"));
	} else if (!d->demonstration && lies_in(path, d->dir)) {
		found(f, WARNING, tr("%s 在数据目录里，复制目录就能打开数据",
			"%s lies in the data directory: a copy of the directory opens the data"), shown);
		mend(f, tr("移到别处并改 certdesk.yaml 的 store_key", "move it elsewhere and change store_key in certdesk.yaml"));
	} else
		found(f, GOOD, "%s", shown);
}

static void check_ca(struct desk *d, struct finding *f)
{
	struct error e = {0};
	struct ca *ca = NULL;
	char end[11];
	enum err r = desk_ca(d, &ca, &e);
	if (r) {
		found_error(f, MISSING, &e);
		mend(f, tr("从备份恢复数据目录里的 ca/", "restore ca/ in the data directory from the backup"));
		return;
	}
	int64_t left = ca_info(ca)->not_after - desk_now(d);
	civil_date_text(ca_info(ca)->not_after, end);
	found(f, left < 0 ? MISSING : left < CA_WARN_SECONDS || ca_demonstration(ca) ? WARNING : GOOD,
	      ca_demonstration(ca) ? tr("演示 CA，有效到 %s；证书没有法律效力",
		"a demonstration CA until %s; its certificates mean nothing in law")
	                           : tr("有效到 %s", "valid until %s"), end);
	if (left < CA_WARN_SECONDS)
		mend(f, tr("联系总部换发 CA 证书", "have headquarters renew the CA's certificate"));
	else if (ca_demonstration(ca))
		mend(f, tr("生产环境请接入正式 CA", "connect a real CA for production"));
}

static void check_forms(struct desk *d, struct finding *f)
{
	struct error e = {0};
	char *share = d ? strdup(d->share) : share_dir(), *forms = share ? path_join(share, "forms") : NULL;
	if (!forms) {
		found(f, MISSING, "%s", tr("找不到 forms/", "forms/ isn't found"));
		mend(f, tr("重新安装，或设置 CERTDESK_SHARE", "install again, or set CERTDESK_SHARE"));
	} else if (forms_check(forms, &e)) {
		found_error(f, MISSING, &e);
		mend(f, tr("改正后用 certdesk conf check 再查", "correct them, then run certdesk conf check"));
	} else {
		text_printable(f->detail, sizeof f->detail, forms);
		f->state = GOOD;
	}
	free(forms);
	free(share);
}

/* The days of a year as the calendar has them now. */
static bool calendar_year(struct desk *d, int year, int64_t *days, int64_t *workdays)
{
	char text[8];
	json_t *row = NULL;
	snprintf(text, sizeof text, "%04d", year);
	bool good = store_row(d->store, SQL_CALENDAR_YEAR, &row, NULL, "it", desk_now(d), text) == OK && row;
	*days = json_number(row, "days");
	*workdays = json_number(row, "workdays");
	json_decref(row);
	return good;
}

/* An address stands in a certificate from its issue on: one that is said later helps none of those before. */
static void check_crl_address(struct desk *d, struct finding *f)
{
	if (strcmp(d->config.ca, "hub") == 0)
		found(f, GOOD, "%s", tr("由总部签发，地址由总部写入", "headquarters issues, and writes its own"));
	else if (*d->config.ca_crl_url)
		found(f, GOOD, "%s", d->config.ca_crl_url);
	else {
		found(f, WARNING, "%s", tr("证书里没有吊销列表的地址，验证方查不到吊销", "certificates name no revocation list: whoever checks one learns of no revocation"));
		mend(f, tr("在 certdesk.yaml 里写 ca_crl_url，用 crl_file 把吊销列表放到那里", "give ca_crl_url in certdesk.yaml, and crl_file to put the list there"));
	}
}

/* In December deadlines reach into the next year. A year without make-up days isn't the official calendar yet. */
static void check_calendar(struct desk *d, struct finding *f)
{
	struct civil now = civil_from_utc(desk_now(d));
	int64_t days = 0, workdays = 0;
	for (int year = now.year; year <= now.year + (now.month == 12); year++) {
		if (!calendar_year(d, year, &days, &workdays) || days == 0)
			found(f, WARNING, tr("没有 %d 年的放假安排，工作日只按周末推算", "%d is not in the calendar: only weekends count as days off"), year);
		else if (workdays == 0)
			found(f, WARNING, tr("%d 年的放假安排里没有调休上班日，还不是国务院公布的安排",
			      "the calendar of %d has no make-up days: it isn't the official one yet"), year);
		else
			continue;
		mend(f, tr("certdesk table export calendar >calendar.csv，按国务院办公厅通知补上全年的放假和调休，"
		           "再 certdesk table import calendar calendar.csv --from 当天日期",
		           "certdesk table export calendar >calendar.csv, add the year's days from the State Council's notice, "
		           "then certdesk table import calendar calendar.csv --from TODAY"));
		return;
	}
	found(f, GOOD, tr("有 %d 年的放假和调休安排", "holidays and make-up days of %d are in"), now.year + (now.month == 12));
}

static void check_shifts(struct desk *d, struct finding *f)
{
	json_t *late = NULL;
	struct error e = {0};
	if (till_late(d, &late, &e))
		found_error(f, MISSING, &e);
	else if (json_array_size(late)) {
		const json_t *last = json_array_get(late, 0);
		const char *station = json_text(last, "station"), *date = json_text(last, "date");
		found(f, WARNING, tr("以前的班次还有 %zu 个没关，最近的：工位 %s，%s，%s", "shifts left open: %zu, the last one: window %s, %s, %s"),
		      json_array_size(late), station, date, json_text(last, "staff"));
		snprintf(f->mend, sizeof f->mend, tr("在“班次与钱箱”点款并关班（till count、till close，--station %.40s --date %.10s），再日结那一天",
			"count and close it (till count, till close, --station %.40s --date %.10s), then close that day"), station, date);
	} else
		found(f, GOOD, "%s", tr("没有留下未关的班次", "none is left open"));
	json_decref(late);
}

static void check_messages(struct desk *d, struct finding *f)
{
	(void)d;
	found(f, WARNING, "%s", tr("短信和邮件只写到 outbox/ 里的文件，不会发给客户",
		"messages only go to files under outbox/, customers get nothing"));
	mend(f, tr("演示和试用时正常；正式受理前请接入短信和邮件", "right for a demonstration; connect SMS and mail before real work"));
}

/* No order ends paid and without goods. */
static void check_refunds(struct desk *d, struct finding *f)
{
	json_t *gaps = NULL;
	struct error e = {0};
	if (refund_gaps(d, &gaps, &e))
		found_error(f, MISSING, &e);
	else if (json_array_size(gaps) == 0)
		found(f, GOOD, "%s", tr("没有已付款而无证书又未退款的订单", "no order ended paid and without goods"));
	else {
		found(f, WARNING, tr("%zu 张订单已终止，款未退：%s", "orders that ended and still hold money: %zu, such as %s"), json_array_size(gaps),
		      json_text(json_array_get(gaps, 0), "order"));
		mend(f, tr("用 order refund 申请退款", "ask for it with order refund"));
	}
	json_decref(gaps);
}

/* What was purged here lies in them still, and the store key opens it. */
static void check_backups(struct desk *d, struct finding *f)
{
	int64_t old = 0;
	struct error e = {0};
	if (backup_old_count(d, &old, &e))
		found_error(f, MISSING, &e);
	else if (!old)
		found(f, GOOD, "%s", tr("没有存着已清除数据的备份", "none holds what was purged"));
	else {
		found(f, WARNING, tr("%lld 份备份还存有已清除的个人数据", "backups that hold personal data that was purged: %lld"), (long long)old);
		mend(f, tr("销毁它们和所有副本，再用 certdesk backups --destroyed N 登记", "destroy them with every copy, then say so: certdesk backups --destroyed N"));
	}
}

/* All checks, in the order in which they are shown. */
static const struct {
	const char *zh, *en;
	bool site; /* only with an open site */
	void (*check)(struct desk *d, struct finding *f);
} checks[] = {
	{"智能卡服务", "smart card service", false, check_service},
	{"读卡器", "reader", false, check_reader},
	{"字符集", "locale", false, check_locale},
	{"字符宽度", "character widths", false, check_widths},
	{"终端", "terminal", false, check_terminal},
	{"字体", "fonts", false, check_fonts},
	{"输入法", "input method", false, check_input_method},
	{"打印", "printing", false, check_print},
	{"时钟", "clock", false, check_clock},
	{"磁盘空间", "disk", false, check_disk},
	{"申请表和代码表", "forms and code tables", false, check_forms},
	{"数据目录", "data directory", true, check_directory},
	{"受理点密钥", "store key", true, check_store_key},
	{"数据库结构", "schema of the database", true, check_schema},
	{"CA 证书", "CA certificate", true, check_ca},
	{"吊销列表地址", "revocation list's address", true, check_crl_address},
	{"吊销列表文件", "revocation list's file", true, check_crl_file},
	{"工作日历", "working days", true, check_calendar},
	{"退款", "refunds", true, check_refunds},
	{"开票申请", "requests for invoices", true, check_invoices},
	{"保存年限", "how long records are kept", true, check_retention},
	{"短信和邮件", "messages", true, check_messages},
	{"支付宝", "Alipay", true, check_provider},
	{"付款二维码", "payment codes", true, check_codes},
	{"与总部的线路", "line to headquarters", true, check_line},
	{"总部下发的定义", "definitions laid down", true, check_publication},
	{"联网证书", "certificates for the line", true, check_line_certificate},
	{"旧备份", "old backups", true, check_backups},
	{"以前的班次", "shifts of earlier days", true, check_shifts},
};

static enum err run(struct desk *d, const char *dir, json_t **out, struct error *e)
{
	static const char *const states[] = {[GOOD] = "good", [WARNING] = "warning", [MISSING] = "missing"};
	if (!(*out = json_array()))
		return error_set(e, ERR_MEMORY, "doctor");
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		struct finding f = {.dir = dir};
		if (checks[i].site && !d)
			continue;
		checks[i].check(d, &f);
		if (f.state != GOOD && !*f.mend)
			mend(&f, tr("按提示处理后再查", "do as it says, then look again"));
		json_array_append_new(*out, json_pack("{ss ss ss ss}", "what", tr(checks[i].zh, checks[i].en), "state",
			states[f.state],
		                                      "detail", f.detail, "mend", f.mend));
	}
	return OK;
}

enum err doctor_run(struct desk *d, json_t **out, struct error *e)
{
	return run(d, d->dir, out, e);
}

enum err doctor_machine(const char *dir, json_t **out, struct error *e)
{
	char *whole = desk_dir(dir);
	enum err r = run(NULL, whole ? whole : "/", out, e);
	free(whole);
	return r;
}
