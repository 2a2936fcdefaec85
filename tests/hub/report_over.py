"""Headquarters' workbook against the workbooks of the sites, block by block:
report_over.py ALL.xlsx CODE=BOOK.xlsx … ; each CODE in the order in which its rows must stand."""
import sys

import openpyxl

HEADING = "FFDDEBF7"
OVER = {"按区域和网点合计", "各网点数据截至"}
ALL = "：全部网点"  # a block's chart is drawn of the sums over all of them


def heads(row):
    return row[0].value is not None and row[0].fill.fgColor.rgb == HEADING


def blocks(path):
    """[(sheet, title, columns, rows, total)] of a workbook, as it stands."""
    out = []
    for sheet in openpyxl.load_workbook(path, data_only=True):
        rows, title, i = list(sheet.iter_rows()), "", 0
        while i < len(rows):
            if not heads(rows[i]):
                title = rows[i][0].value if rows[i][0].font.b else ""
                i += 1
                continue
            columns = [c.value for c in rows[i] if c.value is not None]
            body, total = [], None
            i += 1
            while i < len(rows) and any(c.value is not None for c in rows[i]):
                values = [c.value for c in rows[i][: len(columns)]]
                if rows[i][0].value == "合计" and rows[i][0].font.b:
                    total = values
                else:
                    body.append(values)
                i += 1
            out.append((sheet.title, title, columns, body, total))
    return out


def number(x):
    return x if isinstance(x, (int, float)) else 0


everything = blocks(sys.argv[1])
sites = [(code, blocks(path)) for code, path in (a.split("=", 1) for a in sys.argv[2:])]
over = {b[1]: b for b in everything if b[1] in OVER}
together = {b[1][: -len(ALL)]: b for b in everything if str(b[1]).endswith(ALL)}
both = [b for b in everything if b[1] not in OVER and not str(b[1]).endswith(ALL)]
assert set(over) == OVER, over.keys()
assert len(both) == len(sites[0][1]), (len(both), len(sites[0][1]))

filled = 0
for k, (sheet, title, columns, rows, total) in enumerate(both):
    where = f"{sheet}/{title}"
    assert columns[:2] == ["区域", "网点"], (where, columns)
    place = {code: i for i, (code, _) in enumerate(sites)}
    assert [place[r[1]] for r in rows] == sorted(place[r[1]] for r in rows), where
    sums = [0] * len(columns)
    for code, own in sites:
        assert own[k][:2] == (sheet, title) and own[k][2] == columns[2:], (where, own[k])
        have = [r[2:] for r in rows if r[1] == code]
        assert have == own[k][3], f"{where} {code}:\n{have}\nis not\n{own[k][3]}"
        if own[k][4]:
            sums = [s + number(v) for s, v in zip(sums, [0, 0] + own[k][4])]
    assert sum(len(own[k][3]) for _, own in sites) == len(rows), where
    filled += bool(rows)
    if total:
        for name, have, want in list(zip(columns, total, sums))[2:]:
            assert abs(number(have) - want) < 0.001, (where, name, have, want)

# sums by region and site, of columns that stand in the blocks too
_, _, columns, rows, _ = over["按区域和网点合计"]
every = {r[1]: dict(zip(columns, r)) for r in rows if r[1]}
assert list(every) == [code for code, _ in sites] + [c for c in every if c not in dict(sites)], every.keys()
NAMES = {"当日订单数": "当日订单数", "当日应收": "当日应收", "实收合计": "实收合计", "已退金额": "已退金额", "介质结存": "结存", "按时": "按时", "未到期": "未到期"}
checked = 0
for code, own in sites:
    for name, of in NAMES.items():
        found = [b for b in own if of in b[2] and b[4]]
        if name in columns and found:
            want = number(found[0][4][found[0][2].index(of)])
            assert abs(number(every[code][name]) - want) < 0.001, (code, name, every[code][name], want)
            checked += 1
for name in columns[3:]:
    whole = sum(number(r[columns.index(name)]) for r in rows if r[1])
    regions = sum(number(r[columns.index(name)]) for r in rows if str(r[0]).startswith("小计"))
    last = next(r for r in rows if r[0] == "全部合计")
    assert abs(whole - number(last[columns.index(name)])) < 0.001 and abs(whole - regions) < 0.001, (name, whole, regions)
assert checked, columns

# all sites together, by what the chart's bars are; and charts
for title, (_, _, columns, rows, _) in together.items():
    of = next(b for b in both if b[1] == title)
    for row in rows:
        for name, value in list(zip(columns, row))[1:]:
            want = sum(number(r[of[2].index(name)]) for r in of[3] if r[2] == row[0])
            assert abs(number(value) - want) < 0.001, (title, row[0], name, value, want)
    assert sorted(r[0] for r in rows) == sorted({r[2] for r in of[3]}), (title, rows)
charts = sum(len(s._charts) for s in openpyxl.load_workbook(sys.argv[1]))
assert charts == len(together) + (len(every) > 1 and len(together)), (charts, together.keys())
print(f"ok: {filled} blocks with rows, {checked} sums")
