#include "rules/codeword.h"

#include <string.h>

#include "base/lang.h"
#include "rules/identity.h"

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

static const char *title(const struct codeword *table, const char *code)
{
	for (; table->code; table++)
		if (strcmp(table->code, code) == 0)
			return tr(table->zh, table->en);
	return code;
}

const char *codeword_method(const char *code)
{
	return title(methods, code);
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
