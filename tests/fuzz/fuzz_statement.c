/* libFuzzer on bank statements with the shipped maps. Input that is far from a statement gets a head row in front. */
#include "fuzz.h"

#include <string.h>

#include "pay/statement.h"

static const char *const heads[] = {
	"date,amount,payer_name,payer_account,remark,reference\n",
	"交易日期,交易金额,借贷标志,对方户名,对方账号,摘要\n",
	"日期\t收入金额\t支出金额\t户名\t账号\t备注\n",
	"",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct statement_maps *maps;
	const struct statement_candidate order = {"110114-01-261122-0012-5", 30000, "示例公司", "62220200", 0};
	struct bytes text = {0};
	struct statement s;
	must(maps || !statement_maps_load("forms/tables/statements.tsv", &maps, NULL));
	if (size > 0 && !bytes_text(&text, heads[data[0] % 4]) && !bytes_add(&text, data + 1, size - 1) &&
		!statement_parse(maps, text.data, text.length, &s, NULL)) {
		for (size_t i = 0; i < s.count; i++) {
			must(s.entries[i].amount_fen > 0 && *s.entries[i].id);
			statement_match(&s.entries[i], &order);
		}
		statement_free(&s);
	}
	bytes_free(&text);
	return 0;
}
