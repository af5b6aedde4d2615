"""What is refused before anything of it is read; how cells and encodings are read is told in test_importing.py."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from knowledge.entry import Fact, Manual
from knowledge.exporting import to_workbook
from knowledge.sheets import LARGEST_FILE_BYTES, BadSpreadsheet, rows_of_csv, sheets_of_workbook

WORKBOOK = to_workbook(Manual(facts=(Fact(name="free_over", title="满多少包邮", value="99"),)))


def problems_of(data: bytes, name: str = "手册.xlsx") -> list[str]:
    with pytest.raises(BadSpreadsheet) as refused:
        sheets_of_workbook(data, name=name)
    return [str(row) for row in refused.value.rows]


def saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def test_a_workbook_in_order_is_read() -> None:
    sheets = sheets_of_workbook(WORKBOOK, name="手册.xlsx")
    assert sheets["资料"][1][:3] == ["free_over", "满多少包邮", "99"]


def zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"PK\x03\x04", b"%PDF-1.7", zipped({"a.txt": b"hello"}), zipped({}), b"\x00" * 1000],
)
def test_a_file_that_is_no_workbook_is_refused(data: bytes) -> None:
    assert problems_of(data, "图.png") == ["“图.png”不是 Excel 文件。请导入 .xlsx 文件"]


def test_an_old_or_locked_workbook_is_refused_with_what_to_do() -> None:
    assert problems_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧.xls") == [
        "“旧.xls”是旧版 .xls，或者加了密码。请另存为没有密码的 .xlsx 再导入"
    ]


def test_a_damaged_workbook_is_refused() -> None:
    parts = parts_of(WORKBOOK)
    parts["xl/workbook.xml"] = b"<workbook"
    assert "打不开" in problems_of(zipped(parts))[0]
    whole = bytearray(WORKBOOK)
    whole[60:100] = b"\xff" * 40
    assert "已损坏" in problems_of(bytes(whole))[0]


def test_an_archive_of_an_unknown_version_is_refused() -> None:
    data = bytearray(WORKBOOK)
    directory = data.index(b"PK\x01\x02")
    data[directory + 6] = 255
    assert "不是 Excel 文件" in problems_of(bytes(data))[0]


def test_a_file_larger_than_ten_megabytes_is_refused() -> None:
    assert problems_of(b"x" * (LARGEST_FILE_BYTES + 1)) == [
        "“手册.xlsx”有 10.0 MB，超过了 10 MB。请删掉图片和用不着的内容"
    ]


def test_an_archive_that_unpacks_to_far_more_than_it_is_is_refused() -> None:
    bomb = zipped({"xl/workbook.xml": b"x", "xl/worksheets/sheet1.xml": b"0" * 60_000_000})
    assert len(bomb) < 100_000
    assert "展开后太大" in problems_of(bomb)[0]


def test_an_archive_that_unpacks_to_more_than_a_hundred_megabytes_is_refused() -> None:
    noise = bytes(range(256)) * 4
    block = b"".join(noise[shift:] + noise[:shift] for shift in range(0, 1024, 7)) * 40
    with_stored = io.BytesIO()
    with zipfile.ZipFile(with_stored, "w") as archive:
        archive.writestr("xl/workbook.xml", b"x")
        archive.writestr("stored.bin", b"s" * 1_500_000)
        for number in range(18):
            archive.writestr(f"{number}.bin", block, zipfile.ZIP_DEFLATED)
    assert len(with_stored.getvalue()) * 200 > 100 * 1024 * 1024
    assert "展开后太大" in problems_of(with_stored.getvalue())[0]


def test_a_lie_about_the_unpacked_size_does_not_help() -> None:
    bomb = bytearray(zipped({"xl/workbook.xml": b"x", "big.xml": b"0" * 60_000_000}))
    size = struct.pack("<I", 60_000_000)
    assert size in bomb
    assert "展开后太大" in problems_of(bytes(bomb).replace(size, struct.pack("<I", 10)))[0]


def test_one_cell_at_the_far_end_is_refused_not_allocated() -> None:
    parts = parts_of(WORKBOOK)
    parts["xl/worksheets/sheet2.xml"] = parts["xl/worksheets/sheet2.xml"].replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    assert problems_of(zipped(parts)) == [
        "“手册.xlsx”里有内容远在 XFD1048576，超出了能导入的范围。请删掉表格右边和下边的空行空列"
    ]


def test_a_cell_with_an_error_is_refused_since_it_would_read_as_empty() -> None:
    workbook = load_workbook(io.BytesIO(WORKBOOK))
    workbook["回答"]["H3"] = "#N/A"
    workbook["回答"]["H3"].data_type = "e"
    assert problems_of(saved(workbook)) == ["“手册.xlsx”的单元格 H3 是公式错误（如 #N/A）。请改成文字再导入"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\xff\xfe\x00", "文字编码认不出来"),
        (b"\x81\xff\xff\x80", "文字编码认不出来"),
        (b'entry,question\na,"' + b"x" * 200_000, "不是正确的 CSV 文件"),
        (b"x" * (LARGEST_FILE_BYTES + 1), "超过了 10 MB"),
    ],
)
def test_a_file_that_is_no_csv_is_refused(data: bytes, problem: str) -> None:
    with pytest.raises(BadSpreadsheet, match=problem):
        rows_of_csv(data, name="q.csv")
