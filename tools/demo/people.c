#include "people.h"

#include <stdio.h>
#include <string.h>

static const char *const places[] = {"北京", "昌平", "海淀", "通州", "怀柔", "密云", "延庆", "顺义", "大兴", "房山"};
static const char *const words[] = {"凤凰", "长城", "同心", "云帆", "明德", "华岳", "启航", "金穗", "远山", "清源", "博雅", "瑞祥", "天工", "九州"};
static const char *const trades[] = {"科技", "建筑工程", "商贸", "信息技术", "医疗器械", "园林绿化", "咨询", "物流"};
static const char *const surnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "欧阳", "司马"};
static const char *const given[] = {"建国", "秀英", "伟", "芳", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "军", "杰"};

#define PICK(list, n) list[(unsigned)(n) % (sizeof list / sizeof *list)]

static void credit_code(int i, char out[19])
{
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	static const int organisation[] = {3, 7, 9, 10, 5, 8, 4, 2};
	char body[10];
	int sum = 0, weight = 1, all = 0;
	snprintf(body, sizeof body, "MA%06u", (unsigned)i * 37 % 1000000);
	for (int k = 0; k < 8; k++)
		sum += organisation[k] * (body[k] >= 'A' ? body[k] - 'A' + 10 : body[k] - '0');
	int check = (11 - sum % 11) % 11;
	snprintf(out, 19, "91110114%.8s%c", body, check == 10 ? 'X' : (char)('0' + check));
	for (int k = 0; k < 17; k++, weight = weight * 3 % 31)
		all += weight * (int)(strchr(alphabet, out[k]) - alphabet);
	out[17] = alphabet[(31 - all % 31) % 31];
	out[18] = '\0';
}

static void identity(int i, char out[19])
{
	static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	int sum = 0;
	unsigned u = (unsigned)i;
	snprintf(out, 19, "110105%04u%02u%02u%03u", (1962 + u % 40) % 10000, (1 + u % 12) % 100, (1 + u % 28) % 100, u % 1000);
	for (int k = 0; k < 17; k++)
		sum += weights[k] * (out[k] - '0');
	out[17] = "10X98765432"[sum % 11];
	out[18] = '\0';
}

void people_unit(int i, struct unit *out)
{
	snprintf(out->name, sizeof out->name, "%s%s%s%s", PICK(places, i), PICK(words, i * 5 + i / 10), PICK(trades, i * 3 + i / 14),
	         i % 4 ? "有限公司" : "股份有限公司");
	credit_code(i + 11, out->uscc);
	snprintf(out->legal, sizeof out->legal, "%s%s", PICK(surnames, i * 3), PICK(given, i * 5 + 1));
	identity(i * 7 + 3, out->legal_id);
	snprintf(out->agent, sizeof out->agent, "%s%s", PICK(surnames, i * 5 + 2), PICK(given, i * 3 + 4));
	identity(i * 7 + 5, out->agent_id);
	snprintf(out->mobile, sizeof out->mobile, "139%08u", ((unsigned)i * 7919 + 10007) % 100000000);
	snprintf(out->account, sizeof out->account, "2000%010u", (unsigned)i * 104729 % 1000000000);
}
