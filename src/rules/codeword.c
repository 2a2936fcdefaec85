#include "rules/codeword.h"

#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "rules/identity.h"
#include "rules/permission.h"

struct codeword {
	const char *code, *zh, *en;
};

static const struct codeword methods[] = {
	{"cash", "现金", "cash"},
	{"pos", "POS 刷卡", "POS"},
	{"cheque", "支票", "cheque"},
	{"transfer", "对公转账", "transfer"},
	{"alipay", "支付宝", "Alipay"},
	{"sms", "短信验证码", "code by SMS"},
	{"key", "UKEY 签名", "key"},
	{"paper", "纸质签名", "on paper"},
	{0},
};

static const struct codeword people[] = {
	{"unit", "单位", "unit"},
	{"legal", "法定代表人", "legal representative"},
	{"agent", "经办人", "agent"},
	{"person", "本人", "in person"},
	{"other", "其他人", "somebody else"},
	{"mail", "邮寄", "by mail"},
	{0},
};

static const struct codeword customers[] = {
	{"unit", "单位", "unit"},
	{"person", "个人", "person"},
	{0},
};

static const struct codeword pins[] = {
	{"recorded", "已登记", "recorded"},
	{"set", "已写入介质", "set on the key"},
	{"sent", "已发送", "sent"},
	{"delivered", "已送达", "delivered"},
	{"replaced", "已更换", "replaced"},
	{"failed", "已作废", "void"},
	{0},
};

static const struct codeword providers[] = {
	{"face-to-face", "当面核对", "face to face"},
	{"provider", "核验机构", "provider"},
	{"sms", "短信验证码", "code by SMS"},
	{"key", "UKEY", "key"},
	{0},
};

static const struct codeword results[] = {
	{"passed", "通过", "passed"},
	{"failed", "未通过", "failed"},
	{"open", "待定", "open"},
	{0},
};

static const struct codeword channels[] = {
	{"sms", "短信", "SMS"},
	{"remark", "1 分钱付款的附言", "remark of 0.01 yuan"},
	{0},
};

static const struct codeword payments[] = {
	{"open", "待核实", "open"},
	{"verified", "已核实", "verified"},
	{"void", "已作废", "void"},
	{"unclaimed", "待认领", "unclaimed"},
	{0},
};

static const struct codeword signatures[] = {
	{"valid", "有效", "valid"},
	{"void", "已作废", "void"},
	{0},
};

static const struct codeword texts[] = {
	{"service-agreement", "电子认证服务协议", "service agreement"},
	{"privacy-policy", "个人信息保护政策", "privacy policy"},
	{"risk-notice", "风险知情书", "risk notice"},
	{"declaration", "申请声明", "declaration"},
	{0},
};

static const struct codeword sites[] = {
	{"HQ", "总部", "headquarters"}, /* as whose an order is */
	{"counter", "受理点", "counter"},
	{"review", "审核点", "review site"},
	{"enrolled", "待接入", "to join"},
	{"joined", "已接入", "has joined"},
	{"revoked", "已停用", "revoked"},
	{"sent", "已下发", "sent"}, /* of what is published to it */
	{"taken", "已生效", "taken"},
	{"refused", "未采用", "refused"},
	{0},
};

static const struct codeword actions[] = {
#define ACTION(name, zh, en) {name, zh, en},
#include "rules/actions.def"
#undef ACTION
	{0},
};

static const char *title(const struct codeword *table, const char *code)
{
	for (; table->code; table++)
		if (strcmp(table->code, code) == 0)
			return tr(table->zh, table->en);
	return code;
}

const char *codeword_method(const char *code)
{
	const char *word = title(methods, code);
	return word == code ? codeword_check(code) : word;
}

const char *codeword_text(const char *code)
{
	return title(texts, code);
}

const char *codeword_person(const char *code)
{
	return title(people, code);
}

const char *codeword_check(const char *code)
{
	const struct identity_word *how = identity_method_find(code);
	return how ? tr(how->zh, how->en) : title(providers, code);
}

const char *codeword_pin(const char *code)
{
	return title(pins, code);
}

const char *codeword_result(const char *code)
{
	return title(results, code);
}

const char *codeword_failure(const char *code)
{
	const struct identity_word *why = identity_reason_find(code);
	return why ? tr(why->zh, why->en) : code;
}

const char *codeword_customer(const char *code)
{
	return title(customers, code);
}

const char *codeword_channel(const char *code)
{
	return title(channels, code);
}

const char *codeword_payment(const char *code)
{
	return title(payments, code);
}

const char *codeword_signature(const char *code)
{
	return title(signatures, code);
}

const char *codeword_action(const char *code)
{
	const char *word = title(actions, code);
	for (int i = 0; i < MAY_COUNT && word == code; i++)
		if (strcmp(permission_name((enum permission)i), code) == 0)
			word = permission_title((enum permission)i);
	return word;
}

const char *codeword_step(const char *code)
{
	char action[40];
	snprintf(action, sizeof action, "issue.%s", code);
	const char *word = codeword_action(action);
	return word == action ? code : word;
}

const char *codeword_site(const char *code)
{
	return title(sites, code);
}
