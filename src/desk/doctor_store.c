/* The store's schema against this program's, and the file that the revocation list goes to. */
#include "base/lang.h"
#include "desk/cert.h"
#include "desk/finding.h"

void check_schema(struct desk *d, struct finding *f)
{
	int64_t schema = 0, works_from = 0;
	struct error e = {0};
	if (store_schema(d->store, &schema, &works_from, &e))
		found_error(f, MISSING, &e);
	else if (schema <= sql_migration_count)
		found(f, GOOD, tr("第 %lld 版，与本程序相同", "%lld, this program's"), (long long)schema);
	else {
		found(f, WARNING, tr("第 %lld 版，由更新的程序建成；本程序是第 %d 版，可以照常办理，但到期数据暂不清除", "%lld, a newer program's; this one's is %d: all work goes on, but nothing is purged"), (long long)schema, sql_migration_count);
		mend(f, tr("尽快装回更新的程序", "install the newer program again soon"));
	}
}

void check_crl_file(struct desk *d, struct finding *f)
{
	const char *path = d->config.crl_file;
	struct error e = {0};
	enum err r = *path ? crl_placed(d, &e) : OK;
	if (!*path)
		found(f, GOOD, "%s", tr("没有指定", "none is named"));
	else if (!r)
		found(f, GOOD, "%s", path);
	else
		found_error(f, r == ERR_CA_CRL_FILE ? WARNING : MISSING, &e);
	if (r == ERR_CA_CRL_FILE)
		mend(f, tr("让本账户能写那个目录（systemd 的定时任务还要在单元里写 ReadWritePaths），再运行 certdesk tick，看它说什么",
		           "let this account write to that directory (and systemd's timers, by ReadWritePaths in their unit), then see what certdesk tick says"));
}
