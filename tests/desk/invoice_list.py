"""The list for the tax system against the store, read by openpyxl: invoice_list.py BOOK.xlsx STORE.db BATCH"""
import sqlite3
import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1])
store = sqlite3.connect(f"file:{sys.argv[2]}?mode=ro", uri=True)
batch = int(sys.argv[3])
assert book.sheetnames == ["开票申请表", "核对"], book.sheetnames
sheet = book["开票申请表"]
rows = list(sheet.iter_rows())
names = [c.value for c in rows[0]]
assert names == ["序号", "发票种类", "购方名称", "购方税号", "购方地址电话", "购方开户行及账号", "商品名称", "税收分类编码", "单位", "数量",
                 "单价（不含税）", "金额（不含税）", "税率", "税额", "价税合计", "备注"], names
lines = [dict(zip(names, row)) for row in rows[1:]]  # nothing below them: the tax software reads all


def fen(cell):
    assert cell.data_type == "n" and cell.number_format == "¥#,##0.00", (cell.coordinate, cell.number_format)
    value = round(cell.value * 100)
    assert abs(cell.value * 100 - value) < 1e-6, cell.value
    return value


invoices = store.execute("SELECT i.kind, i.amount, o.no, o.name, o.id FROM invoice i JOIN orders o ON o.id = i.order_id "
                         "WHERE i.batch = ? ORDER BY i.id", (batch,)).fetchall()
assert [r["序号"].value for r in lines] == sorted(r["序号"].value for r in lines)
assert len({r["序号"].value for r in lines}) == len(invoices) > 0
for number, (kind, amount, no, name, order) in enumerate(invoices, 1):
    mine = [r for r in lines if r["序号"].value == number]
    parts = [a for (a,) in store.execute("SELECT amount FROM line WHERE order_id = ? AND amount > 0 ORDER BY id", (order,))]
    assert [fen(r["价税合计"]) for r in mine] == parts, (no, parts)
    assert sum(parts) == amount, (parts, amount)
    for r in mine:
        assert r["备注"].value == no and r["购方名称"].value == name, no
        assert r["发票种类"].value == {"ordinary": "普通发票", "special": "增值税专用发票"}[kind]
        whole = abs(r["税率"].value * 100 - round(r["税率"].value * 100)) < 1e-9
        assert r["税率"].data_type == "n" and r["税率"].number_format == ("0%" if whole else "0.00%"), r["税率"].number_format
        net, tax, gross = fen(r["金额（不含税）"]), fen(r["税额"]), fen(r["价税合计"])
        assert net + tax == gross, (net, tax, gross)
        assert abs(net * (1 + r["税率"].value) - gross) < 1, (net, gross)
        assert r["数量"].value == 1 and fen(r["单价（不含税）"]) == net
        assert len(r["税收分类编码"].value) == 19 and r["税收分类编码"].data_type == "s"
        if kind == "special":
            assert r["购方税号"].value and r["购方地址电话"].value and r["购方开户行及账号"].value, no
        for c in r.values():
            assert c.data_type != "f", c.coordinate
total = next(row for row in book["核对"].iter_rows() if row[0].value == "合计")
data = openpyxl.load_workbook(sys.argv[1], data_only=True)["核对"]
gross = data.cell(total[0].row, 6).value
assert round(gross * 100) == sum(a for _, a, *_ in invoices), gross
print("ok")
