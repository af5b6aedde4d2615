"""Files of strangers: what is read of them, and what is refused, in words, before anything is built of it."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from knowledge.workbook.spreadsheets.reading import read_spreadsheet, sheets_of
from knowledge.workbook.spreadsheets.sheets import LARGEST_FILE_BYTES, BadSpreadsheet, Sheet
from tests.workbooks import saved

SHEET, TEXTS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
LIST = "问题,答案\n包邮吗,满99元包邮\n什么时候发货,下午四点前付款的当天发\n"


def zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def plain() -> bytes:
    workbook = Workbook()
    workbook.active.append(["问题", "答案"])
    workbook.active.append(["包邮吗", "满99元包邮"])
    return saved(workbook)


def with_part(path: str, content: bytes) -> bytes:
    return zipped({**parts_of(plain()), path: content})


def with_rows(rows: bytes, after: bytes = b"") -> bytes:
    return with_part(SHEET, b"<worksheet><sheetData>" + rows + b"</sheetData>" + after + b"</worksheet>")


def first_sheet(data: bytes) -> Sheet:
    return sheets_of(data, name="表.xlsx")[0]


async def refusal(data: bytes, name: str = "表.xlsx") -> str:
    with pytest.raises(BadSpreadsheet) as refused:
        await read_spreadsheet(data, name=name)
    (problem,) = refused.value.rows
    return str(problem)


# What a cell says


@pytest.mark.parametrize(
    ("value", "number_format", "seen"),
    [
        (0.95, "0%", "95%"),
        (date(2026, 11, 30), 'm"月"d"日"', "11月30日"),
        (123, "000000", "000123"),
        (1234.5, "¥#,##0.00", "¥1,234.50"),
        (13800138000, "General", "13800138000"),
        ("0013", "@", "0013"),
        (True, "General", "是"),
    ],
)
async def test_a_cell_says_what_its_reader_sees(value: Any, number_format: str, seen: str) -> None:
    workbook = Workbook()
    workbook.active["A1"] = value
    workbook.active["A1"].number_format = number_format
    (sheet,) = await read_spreadsheet(saved(workbook), name="表.xlsx")
    assert sheet.rows == {1: {0: seen}}


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (b'<c r="B2" t="e"><v>#REF!</v></c>', "公式错误 #REF!"),
        (b'<c r="B2" t="e"><f>1/0</f><v>#VALUE!</v></c>', "公式错误 #VALUE!"),
        (b'<c r="B2"><f>A1+1</f></c>', "还没有算出结果"),
        (b'<c r="B2" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>', "是图片"),
        (b'<c r="B2" t="e" vm="1"><v>#VALUE!</v></c>', "是图片"),
        (b'<c r="B2"><v>6222021234567890123</v></c>', "超过 15 位"),
        (b'<c r="B2" s="1"><v>0.5</v></c>', "数字格式读不懂"),
    ],
)
def test_a_cell_that_cannot_be_taken_says_why(cell: bytes, problem: str) -> None:
    styles = b'<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs></styleSheet>'
    named = b'<styleSheet><numFmts><numFmt numFmtId="200" formatCode="# ?/?"/></numFmts>' + styles[12:]
    data = zipped({**parts_of(with_rows(b'<row r="2">' + cell + b"</row>")), STYLES: named})
    sheet = first_sheet(data)
    assert problem in str(sheet.faults[2, 1])
    assert sheet.rows == {2: {1: ""}}


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        (b'<c t="str"><f>A1</f><v>x_x000D_y</v></c>', "x\ry"),
        (b'<c t="inlineStr"><is><r><t>one</t></r><r><t> two</t></r><rPh><t>no</t></rPh></is></c>', "one two"),
        (b"<c><f>A1</f><v>7</v></c>", "7"),
        (b'<c t="d"><v>2026-11-30T16:00:00</v></c>', "2026-11-30 16:00:00"),
        (b"<c><v>none</v></c>", "none"),
        (b'<c t="str"><f>A1</f></c>', None),
        (b'<c s="9"><v>7</v></c>', "7"),
        (b"<c/>", None),
    ],
)
def test_cells_of_every_kind_are_read(cell: bytes, seen: str | None) -> None:
    assert first_sheet(with_rows(b"<row>" + cell + b"</row>")).rows == ({1: {0: seen}} if seen else {})


def test_shared_texts_come_without_their_pronunciation() -> None:
    parts = parts_of(with_rows(b'<row r="3"><c r="C3" t="s"><v>0</v></c></row>'))
    parts[TEXTS] = b"<sst><si><r><t>one</t></r><r><t>two</t></r><rPh><t>no</t></rPh></si></sst>"
    assert first_sheet(zipped(parts)).rows == {3: {2: "onetwo"}}


def test_days_and_times_are_kept_beside_what_is_shown() -> None:
    workbook = Workbook()
    workbook.active["B2"] = date(2026, 11, 30)
    workbook.active["B2"].number_format = 'm"月"d"日"'
    assert first_sheet(saved(workbook)).moments == {(2, 1): "2026-11-30 00:00:00"}


def test_what_is_hidden_merged_or_a_picture_is_told() -> None:
    workbook = Workbook()
    sheet = workbook.active
    for row in range(1, 5):
        sheet.append([f"{row}", "x"])
    sheet.merge_cells("A2:A4")
    sheet.row_dimensions[3].hidden = True
    workbook.create_sheet("藏起来的").sheet_state = "hidden"
    shown, hidden = sheets_of(saved(workbook), name="表.xlsx")
    assert {row: cells[0] for row, cells in shown.rows.items()} == {1: "1", 2: "2", 3: "2", 4: "2"}
    assert shown.merged == {(3, 0), (4, 0)}
    assert shown.hidden_rows == (3,)
    assert (shown.is_hidden, hidden.is_hidden) == (False, True)
    parts = parts_of(with_rows(b"<row><c><v>1</v></c></row>", b'<drawing r:id="rId1"/>'))
    assert first_sheet(zipped({**parts, "xl/media/image1.png": b"x"})).has_pictures


def test_a_fault_in_merged_cells_stands_in_each() -> None:
    rows = b'<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row><row r="2"><c r="B2"><v>1</v></c></row>'
    sheet = first_sheet(with_rows(rows, b'<mergeCells><mergeCell ref="A1:A2"/></mergeCells>'))
    assert set(sheet.faults) == {(1, 0), (2, 0)}


# What is no spreadsheet


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"PK\x03\x04",
        b"%PDF-1.7",
        zipped({"a.txt": b"hello"}),
        zipped({}),
        b"\x00" * 1000,
        b"<html><table><tr><td>x</td></tr></table></html>",
    ],
)
async def test_a_file_that_is_no_workbook_is_refused(data: bytes) -> None:
    assert await refusal(data, "图.xlsx") == "“图.xlsx”不是 Excel 文件。请用 Excel 或 WPS 打开，另存为 .xlsx 再导入"


async def test_an_old_or_locked_workbook_is_refused_with_what_to_do() -> None:
    assert await refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧.xlsx") == (
        "“旧.xlsx”是旧版 .xls，或者加了密码。请用 Excel 或 WPS 打开，另存为没有密码的 .xlsx 再导入"
    )


async def test_a_workbook_named_csv_is_read_as_what_it_is() -> None:
    (sheet,) = await read_spreadsheet(plain(), name="表.csv")
    assert sheet.rows[1] == {0: "问题", 1: "答案"}


@pytest.mark.parametrize(
    "broken", [b"<workbook", b"<workbook/>", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>']
)
async def test_a_damaged_workbook_is_refused(broken: bytes) -> None:
    assert "打不开" in await refusal(with_part("xl/workbook.xml", broken))


async def test_an_archive_that_lies_or_is_broken_is_refused() -> None:
    data = zipped({**parts_of(plain()), SHEET: b"0" * 60_000})
    size = struct.pack("<I", 60_000)
    assert size in data
    assert "打不开" in await refusal(data.replace(size, struct.pack("<I", 10)))
    newer = bytearray(plain())
    newer[newer.index(b"PK\x01\x02") + 6] = 255
    assert "不是 Excel 文件" in await refusal(bytes(newer))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    assert "打不开" in await refusal(packed.getvalue())


async def test_a_file_larger_than_ten_megabytes_is_refused() -> None:
    assert (
        await refusal(b"x" * (LARGEST_FILE_BYTES + 1)) == "“表.xlsx”有 10.0 MB，超过了 10 MB。请删掉图片和用不着的内容"
    )


# What would take the machine


def rows_of(number: int, cell: bytes = b"<c><v>1</v></c>") -> bytes:
    return (b"<row>" + cell + b"</row>") * number


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (with_rows(b"<!--" + b"0" * 60_000_000 + b"-->"), "展开后太大"),
        (with_rows(rows_of(60_000)), "超过了 50000 行"),
        (with_rows(b"<row/>" * 1_300_000), "格子太多"),
        (with_rows(rows_of(500, b"<c><v>1</v></c>" * 500)), "格子太多"),
        (with_rows(b"<a>" * 1_300_000), "格子太多"),
        (
            with_rows(
                rows_of(20_000),
                b"<mergeCells>"
                + b"".join(b'<mergeCell ref="A%d:A20001"/>' % row for row in range(1, 20_000))
                + b"</mergeCells>",
            ),
            "格子太多",
        ),
        (
            with_rows(
                rows_of(20_000, b'<c r="B1"><v>1</v></c>'),
                b"<mergeCells>" + b'<mergeCell ref="A1:A20001"/>' * 20_000 + b"</mergeCells>",
            ),
            "格子太多",
        ),
        (
            zipped(
                {
                    **parts_of(with_rows(rows_of(1_000, b'<c t="s"><v>0</v></c>'))),
                    TEXTS: b"<sst><si><t>" + b"x" * 30_000 + b"</t></si></sst>",
                }
            ),
            "文字超过了 1000 万字",
        ),
        (with_part(TEXTS, b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'), "打不开"),
    ],
    ids=["unpacked", "rows", "blank rows", "wide", "deep", "merges", "blank merges", "shared texts", "entities"],
)
async def test_a_small_file_that_holds_too_much_is_refused(data: bytes, problem: str) -> None:
    assert problem in await refusal(data)


async def test_one_cell_at_the_far_end_costs_nothing() -> None:
    (sheet,) = await read_spreadsheet(
        with_rows(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), name="表.xlsx"
    )
    assert sheet.rows == {1_048_576: {16_383: "1"}}


async def test_what_no_limit_foresees_ends_by_the_limits_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.workbook.spreadsheets.reading.WAITING_SECONDS", 0.0)
    assert "读了一会儿还没有读完" in await refusal(plain())


# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_csv_is_read_in_the_usual_encodings(encoding: str) -> None:
    rows = sheets_of(LIST.encode(encoding), name="表.csv")[0].rows
    assert rows[2] == {0: "包邮吗", 1: "满99元包邮"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_has_commas_semicolons_or_tabs(delimiter: str) -> None:
    text = LIST.replace(",", delimiter)
    for data in (text, f"sep={delimiter}\n{text}"):
        assert list(sheets_of(data.encode(), name="表.csv")[0].rows.values())[1] == {0: "包邮吗", 1: "满99元包邮"}


def test_the_rows_of_a_csv_are_counted_as_excel_counts_them() -> None:
    data = '问题,答案\n\n"几天到\n多久到","三天, 左右"\n'
    assert sheets_of(data.encode(), name="表.csv")[0].rows == {
        1: {0: "问题", 1: "答案"},
        3: {0: "几天到\n多久到", 1: "三天, 左右"},
    }


TRADITIONAL = "問題,答案\n運費怎麼算,滿九十九元包郵\n什麼時候發貨,下午四點前付款的當天發\n"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (TRADITIONAL.encode("big5"), "文字编码认不出来"),
        ("商品はいつ届きますか,送料はいくらですか\n".encode("shift_jis"), "文字编码认不出来"),
        (LIST.encode()[:-3], "有的字只剩了一半"),
        (LIST.encode().replace("包".encode(), b"\xe5\x8c"), "有的字只剩了一半"),
        (LIST.encode("utf-16")[2:], "文字"),
        (LIST.encode("gbk")[:-2], "文字编码认不出来"),
        (b"\xff\xfe\x00", "文字编码认不出来"),
        (b"\x81\xff\xff\x80", "文字编码认不出来"),
        (LIST.replace("包邮吗", "锟斤拷").encode(), "第 2 行的文字已经坏了"),
        (LIST.replace("包邮吗", "�").encode(), "第 2 行的文字已经坏了"),
        (b'a,b\nc,"' + b"x" * 200_000, "引号没有成对"),
        (b"a,b\n" * 60_000, "超过了 50000 行"),
        (b"," * 2_000_000, "空格子太多"),
    ],
)
async def test_letters_that_cannot_be_trusted_are_refused(data: bytes, problem: str) -> None:
    assert problem in await refusal(data, "表.csv")


def test_traditional_letters_are_read_where_their_encoding_is_known() -> None:
    for encoding in ("utf-8", "gbk"):
        assert sheets_of(TRADITIONAL.encode(encoding), name="表.csv")[0].rows[2][0] == "運費怎麼算"


def test_plain_english_is_text_in_any_encoding() -> None:
    assert sheets_of(b"question,answer\nhow much,9\n", name="q.csv")[0].rows[2] == {0: "how much", 1: "9"}
