"""Workbooks for the tests of lists: what openpyxl makes and judges, and what no honest program would write."""
import datetime, io, struct, sys, zipfile
import openpyxl

HEAD = ["姓名", "证件号", "手机号", "电子邮箱", "认证方式"]
LINE = ["张三丰", "110105200002290013", "13700137001", "a@example.com", "个人手机实名认证"]


def number(region, birth, serial):
    body = f"{region}{birth}{serial:03d}"
    total = sum(int(d) * w for d, w in zip(body, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)))
    return body + "10X98765432"[total % 11]


def line(i):
    return [f"钱{chr(0x4e00 + i)}", number("110105", "19800101", i % 1000) if i < 1000 else number("110101", "19790203", i % 1000),
            f"1370{1000000 + i:07d}", f"p{i}@example.com", "mobile"]


def book(rows, head=HEAD):
    b = openpyxl.Workbook()
    for r in [head] + rows:
        b.active.append(r)
    return b


def parts(b):
    out = io.BytesIO()
    b.save(out)
    with zipfile.ZipFile(out) as z:
        return {n: z.read(n) for n in z.namelist()}


def pack(path, content):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in content.items():
            z.writestr(name, data)


def changed(path, part, change, b=None):
    content = parts(b or book([line(7)]))
    content[part] = change(content[part])
    pack(path, content)


SHEET = "xl/worksheets/sheet1.xml"


def judge_template(path):
    b = openpyxl.load_workbook(path)
    s = b.worksheets[0]
    head = [c.value for c in s[1]]
    assert [w.title for w in b] == ["名单", "说明", "选项"], b.sheetnames
    assert {"姓名*", "证件号*", "手机号*", "电子邮箱*", "认证方式*", "证件类型", "邮寄省市"} <= set(head), head
    assert not any("已核验" in h or "同意" in h or "抬头" in h for h in head), head
    assert s.freeze_panes == "A2" and s.max_row == 1
    for i in range(1, len(head) + 1):
        assert s.column_dimensions[openpyxl.utils.get_column_letter(i)].number_format == "@", head[i - 1]
    lists = {str(v.sqref).split(":")[0][:-1]: v for v in s.data_validations.dataValidation if v.type == "list"}
    column = openpyxl.utils.get_column_letter(head.index("证件类型") + 1)
    sheet, area = lists[column].formula1.lstrip("=").split("!")
    names = [c.value for (c,) in b[sheet.strip("'")][area.replace("$", "")]]
    assert names[0] == "居民身份证" and len(names) == 8, names
    assert "长期" in "".join(str(r[0].value) for r in b["说明"].rows)


def fill_template(path, out):
    b = openpyxl.load_workbook(path)
    s = b.worksheets[0]
    head = [c.value for c in s[1]]
    english = "Name*" in head
    keys = ["Name*", "Document number*", "Mobile*", "E-mail*", "Method*"] if english else [h + "*" for h in HEAD]
    for row, i in ((2, 501), (4, 502)):
        for key, value in zip(keys, line(i)):
            s.cell(row, head.index(key) + 1, value)
    b.save(out)


def number_lost(path):
    row = line(1)
    row[1] = int(row[1].replace("X", "1"))
    row[2] = int(row[2])
    book([row]).save(path)


def with_value(value):
    def make(path):
        row = line(2)
        row[3] = value
        book([row]).save(path)
    return make


def macros(path):
    content = parts(book([line(3)]))
    content["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0"
    pack(path, content)


def macro_type(path):
    changed(path, "[Content_Types].xml", lambda x: x.replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"))


def bomb(path):
    changed(path, SHEET, lambda x: x.replace(b"<sheetData>", b"<sheetData>" + b" " * (300 << 20)))


def entities(path):
    dtd = b'<!DOCTYPE x [<!ENTITY a "lol">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(10)) + b"]>"
    changed(path, SHEET, lambda x: b'<?xml version="1.0"?>' + dtd + x[x.index(b"<worksheet"):].replace(
        b"<sheetData>", b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&k;</t></is></c></row>', 1))


def encrypted(path):
    open(path, "wb").write(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 200)


def old(path):
    open(path, "wb").write(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "Workbook".encode("utf-16-le") + b"\0" * 200)


def truncated(path):
    book([line(4)] * 50).save(path)
    data = open(path, "rb").read()
    open(path, "wb").write(data[:len(data) // 2])


def wide(path):
    b = book([line(5)])
    b.active["XFD2"] = "x"
    b.save(path)


def too_many(path):
    book([line(i) for i in range(2001)]).save(path)


def word(path):
    pack(path, {"[Content_Types].xml": "<Types/>", "_rels/.rels": '<Relationships><Relationship Id="r" Type="x/officeDocument" '
                'Target="word/document.xml"/></Relationships>', "word/document.xml": "<document><body/></document>"})


def zip_password(path):
    book([line(6)]).save(path)
    data = bytearray(open(path, "rb").read())
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(mark, at + 4)
    open(path, "wb").write(data)


def deep(path):
    changed(path, SHEET, lambda x: x.replace(b"<sheetData>", b"<sheetData>" + b"<a>" * 100000))


def bad_string(path):
    changed(path, SHEET, lambda x: x.replace(b"</sheetData>", b'<row r="9"><c r="A9" t="s"><v>99999</v></c></row></sheetData>'))


def far(path):
    """A dimension of the whole sheet, and a head row further down."""
    b = openpyxl.Workbook()
    s = b.active
    s["B2"] = "某某公司员工名单"
    for i, (key, value) in enumerate(zip(["序号"] + HEAD, [1] + line(8))):
        s.cell(5, 2 + i, key)
        s.cell(1048576, 2 + i, value)
    changed(path, SHEET, lambda x: x.replace(b'ref="B2:G1048576"', b'ref="A1:XFD1048576"'), b)


def dates(path):
    rows = [line(9) + [datetime.date(2030, 1, 31), True], line(10) + [20300131, "否"]]
    rows[0][2] = int(rows[0][2])
    rows[1] += ["王代办", "13700137999", number("110105", "19700101", 5), "居民身份证", datetime.date(2031, 5, 1)]
    book(rows, HEAD + ["证件有效期至", "本人办理", "代办人姓名", "代办人手机号", "代办人证件号", "代办人证件类型", "代办人证件有效期至"]).save(path)


def hidden_first(path):
    b = book([line(11)])
    s = b.create_sheet("隐藏", 0)
    s.append(["没用的"])
    s.sheet_state = "hidden"
    b.active = 1
    b.save(path)


MAKE = {"judge-template": judge_template, "fill-template": fill_template, "number-lost": number_lost, "macros": macros,
        "formula-without-value": with_value('="a"&"@example.com"'), "error-value": with_value("#N/A"), "macro-type": macro_type, "bomb": bomb,
        "entities": entities, "encrypted": encrypted, "old": old, "truncated": truncated, "wide": wide, "too-many": too_many, "word": word,
        "zip-password": zip_password, "deep": deep, "bad-string": bad_string, "far": far, "dates": dates, "hidden-first": hidden_first}
MAKE[sys.argv[1]](*sys.argv[2:])
