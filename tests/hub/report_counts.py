"""Each of these orders stands once on the sheet of orders: report_counts.py BOOK.xlsx ORDER …"""
import sys

import openpyxl

numbers = [r[2].value for r in openpyxl.load_workbook(sys.argv[1])["订单"].iter_rows()]
for order in sys.argv[2:]:
    assert numbers.count(order) == 1, (order, numbers)
print("ok")
