"""The workbook of a day against the store, read by other programs than ours: report_sums.py BOOK.xlsx STORE.db DATE"""
import datetime
import sqlite3
import sys
import unicodedata

import openpyxl

book = openpyxl.load_workbook(sys.argv[1], data_only=True)
formulas = openpyxl.load_workbook(sys.argv[1])
store = sqlite3.connect(f"file:{sys.argv[2]}?mode=ro", uri=True)
day = sys.argv[3]


def one(sql, *values):
    return store.execute(sql, values).fetchone()[0] or 0


def table(sheet, heading):
    """The rows under the first row that holds this heading, as dicts, and the total's row."""
    rows = [row for row in book[sheet].iter_rows()]
    top = next(i for i, row in enumerate(rows) if heading in [c.value for c in row])
    names = [c.value for c in rows[top]]
    out = []
    for row in rows[top + 1 :]:
        if row[0].value == "合计":
            return top + 1, out, dict(zip(names, (c.value for c in row)))
        if all(c.value is None for c in row):
            return top + 1, out, None
        out.append(dict(zip(names, row)))
    return top + 1, out, None


def same(what, have, want):
    assert abs((have or 0) - want) < 0.001, f"{what}: {have} is not {want}"


assert book.sheetnames == ["汇总", "订单", "支付核对", "退款", "证书与介质"], book.sheetnames

verified = "SELECT sum(amount) FROM payment WHERE state = 'verified' AND business_date = ?"
_, businesses, total = table("汇总", "业务类型")
same("paid", total["实收合计"], one(verified, day) / 100)
for method, name in (("cash", "现金"), ("pos", "POS"), ("cheque", "支票"), ("transfer", "转账")):
    same(method, total[name], one(verified + " AND method = ?", day, method) / 100)
same("orders", total["当日订单数"], one("SELECT count(*) FROM orders WHERE business_date = ?", day))
same("due", total["当日应收"], one("SELECT sum(amount) FROM orders WHERE business_date = ?", day) / 100)
same("rows of totals", sum(r["实收合计"].value for r in businesses), total["实收合计"])
assert len(formulas["汇总"]._charts) == 1

_, invoices, _ = table("汇总", "张数")
counts = {r["发票"].value: r["张数"].value for r in invoices}
same("invoices asked for", counts["当日申请"], one("SELECT count(*) FROM invoice"))
same("not issued", counts["现未开具"], one("SELECT count(*) FROM invoice WHERE state = 'requested'"))
same("their amount", next(r["价税合计"].value for r in invoices if r["发票"].value == "现未开具"),
     one("SELECT sum(amount) FROM invoice WHERE state = 'requested'") / 100)
same("red due", counts["现应红冲"], 0)

heading, orders, total = table("订单", "订单号")
assert (heading, formulas["订单"].freeze_panes) == (1, "A2"), (heading, formulas["订单"].freeze_panes)
assert formulas["订单"].auto_filter.ref == f"A1:Q{len(orders) + 1}", formulas["订单"].auto_filter.ref
assert [r["订单号"].value for r in orders] == [r[0] for r in store.execute("SELECT no FROM orders WHERE business_date = ? ORDER BY id", (day,))]
same("orders' due", sum(r["应收金额"].value for r in orders), one("SELECT sum(amount) FROM orders WHERE business_date = ?", day) / 100)
same("its total", total["应收金额"], sum(r["应收金额"].value for r in orders))
for r in orders:
    assert r["应收金额"].number_format == "¥#,##0.00", r["应收金额"].number_format
    assert isinstance(r["业务日期"].value, datetime.datetime) and r["业务日期"].value.strftime("%F") == day
    signed = one("SELECT signed_at FROM orders WHERE no = ?", r["订单号"].value)
    local = datetime.datetime.fromtimestamp(signed, datetime.timezone(datetime.timedelta(hours=8))).replace(tzinfo=None)
    assert abs(r["签名时间"].value - local) < datetime.timedelta(seconds=1), (r["签名时间"].value, local)

_, payments, total = table("支付核对", "收据号")
same("payments", total["已核实金额"], one(verified, day) / 100)
assert len(payments) == one("SELECT count(*) FROM payment WHERE business_date = ?", day)
for receipt, named in store.execute("SELECT receipt, state FROM payment WHERE state <> 'verified' AND business_date = ?", (day,)):
    row = next(r for r in payments if r["收据号"].value == receipt)
    assert row["差异说明"].value == {"open": "未核实", "void": "已作废", "unclaimed": "待认领"}[named], row["差异说明"].value
for reference, amount in store.execute("SELECT reference, amount FROM statement_entry WHERE payment_id IS NULL AND booked_date <= ?", (day,)):
    row = next(r for r in book["支付核对"].iter_rows() if r[0].value == reference)
    assert row[3].value == "到账未匹配"
    same("entry", row[2].value, amount / 100)

_, shifts, total = table("支付核对", "当班人")
same("shifts", len(shifts), one("SELECT count(*) FROM shift WHERE business_date = ?", day))
closed = [r for r in shifts if r["关班时间"].value]
assert len(closed) == 1 and closed[0]["点款差异原因"].value == "找零多给", shifts
same("till's difference", total["现金差异"], -10)
same("cash counted", closed[0]["实点现金"].value - closed[0]["应有现金"].value, -10)
same("float", shifts[-1]["备用金"].value, 500)
_, corrections, total = table("支付核对", "原收据号")
assert [(r["原收据号"].value, r["更正"].value, r["更正原因"].value) for r in corrections] == [("V-2", "作废", "客户改为转账")], corrections
same("corrections", total["更正金额"], one("SELECT sum(amount) FROM till_move WHERE kind = 'void' AND business_date = ?", day) / 100)
gone = "SELECT sum(amount) FROM refund WHERE state = 'done' AND business_date = ?"
_, refunds, total = table("退款", "退款凭证号")
same("refunds", total["退款金额"], one(gone, day) / 100)
assert len(refunds) == one("SELECT count(*) FROM refund WHERE state = 'done' AND business_date = ?", day) > 0
_, _, total = table("汇总", "已退金额")
same("refunds by method", total["已退金额"], one(gone, day) / 100)
_, waiting, total = table("退款", "待退金额")
same("waiting", total["待退金额"], one("SELECT sum(amount) FROM refund WHERE state IN ('asked', 'approved')") / 100)
assert len(waiting) > 0

_, stock, total = table("证书与介质", "抽屉")
media = {r["介质"].value for r in stock}
assert "卡式纪念版介质" in media and "card" not in media, media
left = "SELECT count(*) FROM usb_key WHERE state IN ('in-stock', 'reserved', 'returned')"
same("left", total["结存"], one(left))
same("made", total["已制未领"], one("SELECT count(*) FROM usb_key WHERE state = 'made'"))
inflow = sum(total[n] for n in ("期初", "入库", "调入", "收回"))
outflow = sum(total[n] for n in ("领取", "寄出", "调出", "报损", "已制未领", "结存"))
same("balance", inflow - outflow, total["差额"])
gaps = {r["差额说明（介质号）"].value for r in stock} - {None}
same("difference", total["差额"], 0)
assert not gaps, gaps
_, certificates, _ = table("证书与介质", "证书序列号")
assert {r["证书序列号"].value for r in certificates} == {r[0] for r in store.execute("SELECT serial FROM certificate")}

# no column is narrower than its heading, where a wide character takes two
for sheet in formulas:
    for row in sheet.iter_rows():
        for c in row:
            if isinstance(c.value, str) and c.font.b and c.fill.fgColor.rgb == "FFDDEBF7":
                width = sum(2 if unicodedata.east_asian_width(x) in "WF" else 1 for x in c.value)
                assert sheet.column_dimensions[c.column_letter].width >= width, (sheet.title, c.value)
            assert c.data_type != "f" or c.value.startswith("=SUBTOTAL(109,"), c.value
print("ok")
