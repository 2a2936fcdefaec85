/* What stands in the store as a code, in the operator's words. */
#include <string.h>

#include "base/lang.h"
#include "rules/certstate.h"
#include "rules/keystate.h"
#include "ui/scr_common.h"

static const struct word {
	enum scr_words kind;
	const char *name, *zh, *en;
} words[] = {
	{WORD_FORM, "original-seen", "原件", "original seen"},
	{WORD_FORM, "original", "原件", "original"},
	{WORD_FORM, "sealed-copy", "复印件盖章", "sealed copy"},
	{WORD_FORM, "signed", "签字原件", "signed"},
	{WORD_PICTURE, "image/jpeg", "JPEG", "JPEG"},
	{WORD_PICTURE, "image/png", "PNG", "PNG"},
	{WORD_PICTURE, "image/gif", "GIF", "GIF"},
	{WORD_FACT, "keys", "介质数", "keys"},
	{WORD_FACT, "drawer", "抽屉", "drawer"},
	{WORD_FACT, "site", "受理点", "point"},
	{WORD_FACT, "expected", "账面", "by the book"},
	{WORD_FACT, "counted", "实盘", "counted"},
	{WORD_FACT, "missing", "缺少", "missing"},
	{WORD_FACT, "surplus", "多出", "surplus"},
	{WORD_FACT, "copy", "第几次", "copy"},
	{WORD_FACT, "kind", "种类", "kind"},
	{WORD_FACT, "target", "打印到", "printed to"},
	{WORD_FACT, "again", "重新签名", "signed again"},
	{WORD_FACT, "alone", "单人办理", "alone"},
	{WORD_FACT, "amount", "金额", "amount"},
	{WORD_FACT, "digest", "摘要", "digest"},
	{WORD_FACT, "item", "第几件", "item"},
	{WORD_FACT, "key", "介质", "key"},
	{WORD_FACT, "keys", "介质", "keys"},
	{WORD_FACT, "locked", "已锁定", "locked"},
	{WORD_FACT, "method", "方式", "method"},
	{WORD_FACT, "old_keys", "收回旧介质", "old keys"},
	{WORD_FACT, "unread", "未读出", "not read"},
	{WORD_FACT, "number", "编号", "number"},
	{WORD_FACT, "orders", "订单", "orders"},
	{WORD_FACT, "reason", "理由", "reason"},
	{WORD_FACT, "of", "对象", "of"},
	{WORD_FACT, "result", "结果", "result"},
	{WORD_FACT, "receipt", "收据/回执", "receipt"},
	{WORD_FACT, "reference", "流水号", "reference"},
	{WORD_FACT, "roles", "岗位", "roles"},
	{WORD_FACT, "serial", "证书序列号", "certificate"},
	{WORD_FACT, "certificate", "证书序列号", "certificate"},
	{WORD_FACT, "to", "领取人", "taken by"},
	{WORD_FACT, "tracking", "快递单号", "tracking"},
	{WORD_FACT, "trade", "商户订单号", "trade"},
	{WORD_FACT, "returned", "支付宝已退回", "given back"},
};

const char *scr_word(enum scr_words kind, const char *name)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].kind == kind && strcmp(words[i].name, name) == 0)
			return tr(words[i].zh, words[i].en);
	return name;
}

const char *scr_brief(const char *title)
{
	static const char *const brief[][2] = {{"awaiting payment", "to pay"}, {"handed over", "collected"}, {"replacement", "replace"},
		{"change of data", "change"}, {"revocation", "revoke"}, {"loss report", "loss"}, {"lifting of a loss report", "lifting"}};
	for (size_t i = 0; i < sizeof brief / sizeof *brief; i++)
		if (strcmp(brief[i][0], title) == 0)
			return brief[i][1];
	return title;
}

const char *scr_key_state(const char *state)
{
	return *state ? key_state_title(state) : "";
}

const char *scr_role(const char *role)
{
	return !*role ? "" : strcmp(role, "main") == 0 ? tr("主锁", "Main") : tr("副锁", "Secondary");
}

const char *scr_cert_state(const char *state)
{
	return cert_state_title(state);
}

const char *scr_destroyed(void)
{
	return tr("（已按规定销毁）", "(destroyed by the rules)");
}

const char *scr_medium(const char *medium)
{
	return strcmp(medium, "card") == 0 ? tr("卡式纪念版介质", "commemorative card") : medium;
}

const char *scr_order_short(const char *order)
{
	const char *dash = strchr(order, '-');
	return dash ? dash + 1 : order;
}
