/* A report over several sites: what stands on its first sheet, and the charts that are drawn of it. */
#include "book_case.h"
#include "report/over.h"

enum { SITES_MOST = 40 };

static struct report_site sites[SITES_MOST];
static char names[SITES_MOST][3][32];

/* Rows of (kind, cash, card) of a site. */
struct sample {
	size_t site;
	const char *kind;
	int64_t cash, card;
};
struct feed {
	const struct sample *rows;
	size_t count, at;
};

static enum err feed_open(void *arg, const char *name, const char *sql, struct error *e)
{
	(void)name, (void)sql, (void)e;
	((struct feed *)arg)->at = 0;
	return OK;
}

static int feed_column(void *arg, const char *key)
{
	static const char *const keys[] = {REPORT_REGION, REPORT_SITE, "kind", "cash", "card"};
	(void)arg;
	for (int i = 0; i < 5; i++)
		if (strcmp(keys[i], key) == 0)
			return i;
	return -1;
}

static bool feed_next(void *arg)
{
	struct feed *f = arg;
	return f->at++ < f->count;
}

static struct report_cell feed_cell(void *arg, int column)
{
	const struct sample *s = &((struct feed *)arg)->rows[((struct feed *)arg)->at - 1];
	const char *texts[] = {sites[s->site].region, sites[s->site].code, s->kind};
	if (column < 3)
		return (struct report_cell){.kind = REPORT_CELL_TEXT, .text = texts[column]};
	return (struct report_cell){.kind = REPORT_CELL_NUMBER, .number = column == 3 ? s->cash : s->card};
}

static enum err feed_close(void *arg, struct error *e)
{
	(void)arg, (void)e;
	return OK;
}

static size_t feed_site(void *arg)
{
	struct feed *f = arg;
	return f->rows[f->at - 1].site;
}

static void writes(const struct sample *rows, size_t count, size_t site_count)
{
	struct feed feed = {.rows = rows, .count = count};
	struct report_over over = {sites, site_count, feed_site};
	struct report_facts facts = {.site = "", .site_name = "总部", .by = "王经理", .from = "2026-11-22", .to = "2026-11-22", .printed_at = 1795300000,
	                             .head = "", .over = &over};
	struct report_source source = {&feed, NULL, feed_open, feed_column, feed_next, feed_cell, feed_close};
	struct report_result out;
	struct error e = {0};
	assert_int_equal(OK, report_write(report, &facts, &source, NULL, path, &out, &e));
}

/* Sites "S01" … of so many regions. */
static void has_sites(size_t count, size_t regions)
{
	for (size_t i = 0; i < count; i++) {
		snprintf(names[i][0], sizeof names[i][0], "区域%02zu", i * regions / count + 1);
		snprintf(names[i][1], sizeof names[i][1], "S%02zu", i + 1);
		snprintf(names[i][2], sizeof names[i][2], "网点%zu", i + 1);
		sites[i] = (struct report_site){.region = names[i][0], .code = names[i][1], .name = names[i][2], .seq = 1, .at = 1795300000, .closed = "", .note = ""};
	}
}

/* Each chart as {series: [what its categories and values point to]}, by openpyxl. */
static void python(const char *program)
{
	char command[6000];
	snprintf(command, sizeof command,
	         "/usr/bin/python3 - %s >&2 <<'EOF'\nimport openpyxl, sys\n"
	         "sheet = openpyxl.load_workbook(sys.argv[1])['甲']\n"
	         "def at(ref):\n"
	         "    parts = ref.strip('()').split(',')\n"
	         "    assert all(p.startswith(\"'甲'!$\") for p in parts), ref\n"
	         "    return [c.value for p in parts for row in sheet[p.split('!')[1].replace('$', '')] for c in row]\n"
	         "def seen(chart):\n"
	         "    return [(s.tx.v, at((s.cat.strRef or s.cat.numRef).f), at(s.val.numRef.f)) for s in chart.ser]\n"
	         "charts = [seen(c) for c in sheet._charts]\n"
	         "titles = [''.join(r.t for p in c.title.tx.rich.p for r in p.r) for c in sheet._charts]\n"
	         "rows = [[c.value for c in r] for r in sheet.iter_rows()]\n"
	         "%s\nEOF\n",
	         path, program);
	int status = system(command);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int begin(void **state)
{
	(void)state;
	static const char text[] =
		"title: {zh: 表, en: T}\nsheets:\n  - title: {zh: 甲, en: A}\n    facts: true\n    blocks:\n"
		"      - title: {zh: 按种类, en: By kind}\n        query: q.sql\n        columns:\n"
		"          - {key: kind, title: {zh: 种类, en: kind}, type: text}\n"
		"          - {key: cash, title: {zh: 现金, en: cash}, type: money, total: true, sums: {zh: 实收现金, en: cash paid}}\n"
		"          - {key: card, title: {zh: 刷卡, en: card}, type: money, total: true, sums: {zh: 实收刷卡, en: by card}}\n"
		"        chart: {type: stacked-column, title: {zh: 各种类实收, en: C}, places: {zh: 各网点实收, en: P}, categories: kind, values: [cash, card]}\n";
	return book_start(text);
}

static const struct sample three[] = {
	{0, "新办", 100, 20}, {0, "其他", 5, 0}, {1, "新办", 200, 30}, {1, "更新", 40, 0}, {1, "其他", 7, 0}, {2, "变更", 1, 2},
};

static void a_chart_by_site(void **state)
{
	(void)state;
	has_sites(3, 2);
	writes(three, 6, 3);
	python("assert titles == ['各网点实收', '各种类实收'], titles\n"
	       "assert charts[0] == [('现金', ['网点1', '网点2', '网点3'], [1.05, 2.47, 0.01]), ('刷卡', ['网点1', '网点2', '网点3'], [0.2, 0.3, 0.02])], charts[0]");
}

static void a_chart_of_all_sites_together(void **state)
{
	(void)state;
	has_sites(3, 2);
	writes(three, 6, 3);
	python("head = rows.index(next(r for r in rows if r[0] == '按种类：全部网点'))\n"
	       "assert [r[:3] for r in rows[head + 1:head + 6]] == [['种类', '现金', '刷卡'], ['变更', 0.01, 0.02], ['新办', 3, 0.5], ['更新', 0.4, 0], ['其他', 0.12, 0]], "
	       "rows[head:head + 6]\n"
	       "assert charts[1] == [('现金', ['变更', '新办', '更新', '其他'], [0.01, 3, 0.4, 0.12]), ('刷卡', ['变更', '新办', '更新', '其他'], [0.02, 0.5, 0, 0])], charts[1]");
}

static void many_sites_are_charted_by_region(void **state)
{
	(void)state;
	struct sample rows[SITES_MOST];
	has_sites(SITES_MOST, 4);
	for (size_t i = 0; i < SITES_MOST; i++)
		rows[i] = (struct sample){i, "新办", 100, 0};
	writes(rows, SITES_MOST, SITES_MOST);
	python("assert titles[0] == '各网点实收' and charts[0][0] == ('现金', ['小计 区域01', '小计 区域02', '小计 区域03', '小计 区域04'], [10, 10, 10, 10]), charts[0]");
}

/* Sites right below a province stand under its own name: their sum isn't the province's. */
static void a_region_with_others_below_says_that_its_sum_is_without_them(void **state)
{
	(void)state;
	has_sites(3, 3);
	snprintf(names[1][0], sizeof names[1][0], "区域01 下级");
	writes(three, 6, 3);
	python("assert [r[0] for r in rows if str(r[0]).startswith('小计')] == ['小计 区域01（不含下级）', '小计 区域01 下级', '小计 区域03'], rows");
}

static void one_site_has_no_chart_by_site(void **state)
{
	(void)state;
	has_sites(1, 1);
	writes(three, 2, 1);
	python("assert titles == ['各种类实收'], titles");
}

static void too_many_regions_have_no_chart_by_site(void **state)
{
	(void)state;
	has_sites(SITES_MOST, SITES_MOST);
	writes(three, 6, SITES_MOST);
	python("assert titles == ['各种类实收'], titles");
}

static void nothing_is_drawn_of_nothing(void **state)
{
	(void)state;
	has_sites(3, 2);
	writes(three, 0, 3);
	python("assert charts == [] and any(r[0] == '全部合计' for r in rows)");
}

/* What stands at the right keeps away from what follows at the left, and days stand under their headings. */
static void cells_stand_apart(void **state)
{
	(void)state;
	has_sites(3, 2);
	writes(three, 6, 3);
	python("money = [c for r in sheet.iter_rows() for c in r if c.number_format == '¥#,##0.00']\n"
	       "assert money and all(c.alignment.horizontal == 'right' and c.alignment.indent == 1 for c in money)\n"
	       "days = [c for r in sheet.iter_rows() for c in r if c.number_format.startswith('yyyy')]\n"
	       "assert len(days) > 3 and all(c.alignment.horizontal == 'left' for c in days)\n"
	       "assert sheet.sheet_format.defaultRowHeight > 15");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chart_by_site),
		cmocka_unit_test(a_chart_of_all_sites_together),
		cmocka_unit_test(many_sites_are_charted_by_region),
		cmocka_unit_test(a_region_with_others_below_says_that_its_sum_is_without_them),
		cmocka_unit_test(one_site_has_no_chart_by_site),
		cmocka_unit_test(too_many_regions_have_no_chart_by_site),
		cmocka_unit_test(nothing_is_drawn_of_nothing),
		cmocka_unit_test(cells_stand_apart),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
