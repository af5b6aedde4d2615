"""The whole manual as an Excel workbook that staff edit.

What goes out comes in again (`importing.py`) as the same manual, blanks at the ends of texts aside.
"""

from __future__ import annotations

import io
import re
from types import MappingProxyType
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from knowledge.columns import (
    ANY_PRODUCT,
    ARRIVAL_WORDS,
    CLOCK_WORDS,
    DAY_WORDS,
    GROUP_WORDS,
    LAYOUTS,
    OF_ENTRY,
    REACH_WORDS,
    STATUS_WORDS,
    UNIT_WORDS,
    Layout,
    attribute_titles,
)
from knowledge.entry import ANY, BUBBLES_PER_ANSWER, Manual, When
from knowledge.lint import RELIED_ON
from knowledge.rows import cell_of
from knowledge.sheets import BadSpreadsheet, RowProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

_GUIDE = (
    "怎么改这个表格",
    "1. 每个工作表的第一行是列名，不要改；下面的行可以改、可以加、可以删。",
    "　 改完存成 .xlsx，用 xiaoer knowledge import 导入。",
    "2. 有一行写错，整个表格都不会生效，导入时会告诉您是哪个工作表、哪一行、哪一列，改好再导入就行。",
    "3. 编号是条目的名字，买家看不到。改标题可以，改编号等于换了一条新的。下面几个编号机器人认得，请留着：",
    *(f"　 {id_}（{title}）：没有它，{loss}。" for id_, (title, loss) in RELIED_ON.items()),
    "4. 条目：一行是买家会问的一件事。答完转人工、需要先知道商品：写“是”，或者空着。",
    "　 需要先知道商品的，买家没说是哪款，就先问他是哪款，他说了再答；店里只有一款就不问。",
    "5. 问法：买家的一种说法写一行，每个条目至少 8 种。条目标题只是给人看的，导入时不看。",
    "6. 回答：一行是一种回答，最多 3 条消息，消息里的 {名称} 会换成资料或商品属性里的内容。",
    "　 条件都空着的那一行是兜底，每个条目都要有。",
    "7. 一格里写几个，用顿号“、”隔开，也可以一行写一个（Alt+回车换行），别名和每种条件都一样。",
    "　 一句话里本来就有顿号的，前后加上引号，如 “新疆、西藏包邮吗”，就不会拆开。",
    "8. 订单状态：未付款、已付款、已发货、已签收、退款中、已关闭。时间：截单前、截单后、休息日、营业中、已打烊。",
    "9. 收货地区：省份的简称（如 新疆），或省内、普通地区、偏远地区、港澳台及海外，也可以写江浙沪、京津冀、东三省。",
    "　 商品：写商品的编号、名称或别名（几款都这么叫的写编号），或“任意商品”。",
    "10. 第几次问起：写 2，就是买家第二次问同一件事时才这样答。",
    "11. 问到的那天：买家问到别的日子（如“周日发货吗”）时才这样答，写发货日或休息日；{named_day} 就是那天。",
    "12. 按时到货：买家问“周五前能到吗”时，按截单时间、发货日和到货天数算，写来得及、说不准或来不及；",
    "　 {arrival_days} 是平时哪天到。不知道寄到哪里时，会问买家。",
    "13. 金额数量：买家说了买多少时才这样答：够包邮、不够包邮、够团购、不够团购，和资料里的数比。",
    "14. 已经知道：写消息里用到的名称，如 fitting_size（合适的码）；都有内容可填时才这样答，差身高体重会问买家。",
    "15. 资料和商品属性：回答里写 {名称}，买家看到的就是内容。商品属性的“回答里这样写”那一列就是它的写法；",
    "　 自己加的属性可以空着这一列，属性叫什么，回答里就写 {什么}。单位只是提醒内容怎么填。",
    "16. 提到：买家的问题里有其中一个词时才这样答，如同一条里问“防水吗”答防水、问“怎么洗”答洗护。",
)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
LINE_POINTS = 16
_MOST_LINES = 25
_LONGEST_CELL_CHARACTERS = 32_767
_LOOKS_COMPUTED = ("=", "+", "-", "@")
_TEXT_STYLE = "text"
_HEADER_FILL = PatternFill("solid", fgColor="E8EEF7")
_NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_TO_ESCAPE = re.compile(r"[\x00-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")


def to_workbook(manual: Manual) -> bytes:
    """The manual as an .xlsx file. Every cell is text, so that nothing in it is ever computed.

    Raises `BadSpreadsheet` for a text longer than an Excel cell can hold (32,767 characters).
    """
    problems: list[RowProblem] = []
    workbook = Workbook()
    workbook.add_named_style(NamedStyle(name=_TEXT_STYLE, number_format="@", alignment=_WRAPPED))
    _write_guide(workbook.active)
    for layout, cells in _CELLS.items():
        _write_sheet(workbook.create_sheet(layout), LAYOUTS[layout], list(cells(manual)), problems)
    if problems:
        raise BadSpreadsheet(problems)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _write_guide(sheet: Worksheet) -> None:
    sheet.title = "说明"
    sheet.column_dimensions["A"].width = 110
    for number, sentence in enumerate(_GUIDE, start=1):
        cell = sheet.cell(row=number, column=1, value=sentence)
        cell.alignment = _WRAPPED
        cell.font = Font(bold=number == 1)


def _write_sheet(sheet: Worksheet, layout: Layout, rows: Sequence[Sequence[str]], problems: list[RowProblem]) -> None:
    is_of_entries = layout.columns[1].title == OF_ENTRY
    sheet.freeze_panes = "C2" if is_of_entries else "A2"
    for number, cells in enumerate(rows, start=2):
        sheet.row_dimensions[number].height = LINE_POINTS * _lines(cells, layout)
    for number, column in enumerate(layout.columns, start=1):
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width, dimension.number_format = column.width_characters, "@"
        header = sheet.cell(row=1, column=number, value=column.title)
        header.font, header.fill, header.alignment = Font(bold=True), _HEADER_FILL, _WRAPPED
        if column.yes_or_no:
            choice = DataValidation(type="list", formula1='"是,否"', allow_blank=True)
            choice.add(f"{get_column_letter(number)}2:{get_column_letter(number)}{len(rows) + 1000}")
            sheet.add_data_validation(choice)
        for row, cells in enumerate(rows, start=2):
            if len(cells[number - 1]) > _LONGEST_CELL_CHARACTERS:
                problem = f"有 {len(cells[number - 1])} 个字，一格最多 {_LONGEST_CELL_CHARACTERS} 个"
                problems.append(RowProblem(sheet=sheet.title, row=row, column=column.title, problem=problem))
            elif cells[number - 1]:
                _write_text(sheet, row, number, cells[number - 1])


def _lines(cells: Sequence[str], layout: Layout) -> int:
    """The lines that the fullest cell of a row takes; a Chinese letter is as wide as two others."""
    needed = (
        sum(-(-_width(line) // (column.width_characters - 1)) or 1 for line in cell.split("\n"))
        for cell, column in zip(cells, layout.columns, strict=True)
    )
    return min(max(needed, default=1), _MOST_LINES)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _write_text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """A text that stays one: "=1+1" is no formula, "0012" no number, in the file and after editing it in Excel."""
    cell = sheet.cell(row=row, column=column, value=_TO_ESCAPE.sub(_escaped, _NOT_IN_XML.sub("", text)))
    cell.data_type, cell.style = "s", _TEXT_STYLE
    if text.startswith(_LOOKS_COMPUTED):
        cell.quotePrefix = True


def _escaped(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


def _entry_cells(manual: Manual) -> Iterator[tuple[str, ...]]:
    for entry in manual.entries:
        yield entry.id, entry.group, entry.title, _yes(entry.hands_over), _yes(entry.needs_product)


def _question_cells(manual: Manual) -> Iterator[tuple[str, ...]]:
    return ((entry.id, entry.title, question) for entry in manual.entries for question in entry.questions)


def _answer_cells(manual: Manual) -> Iterator[tuple[str, ...]]:
    for entry in manual.entries:
        for answer in entry.answers:
            yield entry.id, entry.title, *_when_cells(answer.when), *_bubble_cells(answer.bubbles)


def _when_cells(when: When) -> tuple[str, ...]:
    return (
        cell_of(sorted(when.words)),
        "" if when.first_day is None else when.first_day.isoformat(),
        "" if when.last_day is None else when.last_day.isoformat(),
        _in_words(when.order_status, STATUS_WORDS),
        "\n".join(sorted(ANY_PRODUCT if product == ANY else product for product in when.products)),
        _in_words(when.regions, GROUP_WORDS),
        _in_words(when.clock, CLOCK_WORDS),
        "、".join(sorted(when.channels)),
        _in_words(when.day, DAY_WORDS),
        _in_words(when.arrives, ARRIVAL_WORDS),
        _in_words(when.reaches, REACH_WORDS),
        "、".join(sorted(when.knows)),
        cell_of(sorted(when.mentions)),
        "" if when.asked_at_least == 1 else str(when.asked_at_least),
    )


def _bubble_cells(bubbles: tuple[str, ...]) -> tuple[str, ...]:
    return (*bubbles, *("" for _ in range(BUBBLES_PER_ANSWER - len(bubbles))))


def _in_words(codes: frozenset[str], words: Mapping[str, str]) -> str:
    said = {code: word for word, code in words.items()}
    return "、".join(sorted(said.get(code, code) for code in codes))


def _yes(flag: bool) -> str:  # noqa: FBT001 - it writes one
    return "是" if flag else ""


_CELLS: Mapping[str, Callable[[Manual], Iterable[tuple[str, ...]]]] = MappingProxyType(
    {
        "条目": _entry_cells,
        "问法": _question_cells,
        "回答": _answer_cells,
        "资料": lambda manual: (
            (fact.name, fact.title, fact.value, _in_words(frozenset({fact.unit}), UNIT_WORDS)) for fact in manual.facts
        ),
        "商品": lambda manual: ((one.id, one.title, cell_of(one.aliases)) for one in manual.products),
        "商品属性": lambda manual: (
            (product.id, attribute_titles().get(name, name), value, f"{{{name}}}")
            for product in manual.products
            for name, value in product.attributes.items()
        ),
        "机器人用语": lambda manual: ((line.id, line.title, *_bubble_cells(line.bubbles)) for line in manual.lines),
    }
)
