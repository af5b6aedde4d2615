"""The whole manual as an Excel workbook that staff edit, and back; example questions from a CSV file.

What goes out comes in again as the same manual (blanks at the ends of texts aside). A file is taken whole or not at
all: `BadSpreadsheet` names every bad row at once.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar, cast

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from knowledge.entry import ANY, BUBBLES_PER_ANSWER, Answer, BadEntry, Entry, Fact, Line, Manual, Product, When
from knowledge.regions import place_in, region_names
from knowledge.sheets import BadSpreadsheet, RowProblem, rows_of_csv, sheets_of_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from knowledge.entry import Arrival, ClockState, DayState, Reach
    from knowledge.sheets import Rows

__all__ = [
    "BadSpreadsheet",
    "RowProblem",
    "from_csv_files",
    "from_workbook",
    "questions_from_csv",
    "to_workbook",
    "with_questions",
]

T = TypeVar("T")


def to_workbook(manual: Manual) -> bytes:
    """The manual as an .xlsx file. Every cell is text, so that nothing in it is ever computed.

    Raises `BadSpreadsheet` for a text longer than an Excel cell can hold (32,767 characters).
    """
    problems: list[RowProblem] = []
    workbook = Workbook()
    workbook.add_named_style(
        NamedStyle(name=_TEXT_STYLE, number_format="@", alignment=Alignment(wrap_text=True, vertical="top"))
    )
    _write_guide(workbook.active)
    for layout, cells in _CELLS.items():
        _write_sheet(workbook.create_sheet(layout), _LAYOUTS[layout], list(cells(manual)), problems)
    _stop_at(problems)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def from_workbook(data: bytes, *, name: str) -> Manual:
    """Read a workbook that `to_workbook` wrote and staff edited. `name` is the file's name, for messages.

    Raises `BadSpreadsheet` with every problem of every row; then nothing of it counts.
    """
    return _manual(sheets_of_workbook(data, name=name))


def from_csv_files(files: Mapping[str, bytes]) -> Manual:
    """Read a manual from CSV files named like the workbook's sheets ("问法.csv"). Raises `BadSpreadsheet`."""
    return _manual({name.removesuffix(".csv"): rows_of_csv(data, name=name) for name, data in files.items()})


def questions_from_csv(
    data: bytes, *, name: str, known: Collection[str] | None = None, blank_entry: bool = False
) -> tuple[tuple[str, str], ...]:
    """The (entry id, example question) pairs of a CSV file with the columns `entry,question`, in its order.

    `known`: the entries that may be named; any when None. `blank_entry`: a line may leave its entry empty, which means
    that nobody should answer it. Raises `BadSpreadsheet` with every bad row.
    """
    problems: list[RowProblem] = []
    rows = _table(_QUESTIONS_CSV, rows_of_csv(data, name=name), problems, sheet=name, strict=False)
    for row in rows:
        if not row.text(ID) and not blank_entry:
            row.note(ID, "没有写是哪一条的问法")
        if row.text(ID) and known is not None and row.text(ID) not in known:
            row.note(ID, f"没有编号是“{row.text(ID)}”的条目")
        if not row.text(QUESTION):
            row.note(QUESTION, "没有写问法")
    _stop_at(problems)
    return tuple((row.text(ID), row.text(QUESTION)) for row in rows)


def with_questions(manual: Manual, pairs: Iterable[tuple[str, str]], *, instead: bool = False) -> Manual:
    """The manual with more example questions; `instead`: in place of the old ones of every entry that is named."""
    asked: dict[str, dict[str, None]] = {}
    for entry_id, question in pairs:
        asked.setdefault(entry_id, {})[question] = None
    return replace(
        manual,
        entries=tuple(
            replace(entry, questions=tuple(dict.fromkeys((*(() if instead else entry.questions), *asked[entry.id]))))
            if entry.id in asked
            else entry
            for entry in manual.entries
        ),
    )


# The layout: which sheets, and which columns each has

ID, TITLE, GROUP, QUESTION = "编号", "标题", "分组", "问法"
HANDS_OVER, NEEDS_PRODUCT = "答完转人工", "需要先知道商品"
WORDS, FIRST_DAY, LAST_DAY, STATUS, PRODUCT = "原话是", "开始日期", "结束日期", "订单状态", "商品"
REGION, CLOCK, CHANNEL, ASKED = "收货地区", "时间", "渠道", "第几次问起"
DAY, ARRIVES, REACHES, KNOWS, MENTIONS = "问到的那天", "按时到货", "金额数量", "已经知道", "提到"
NAME, VALUE, UNIT, ALIASES, ATTRIBUTE, OF_ENTRY = "名称", "内容", "单位", "别名", "属性", "条目标题"
BUBBLES = tuple(f"消息{number}" for number in range(1, BUBBLES_PER_ANSWER + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    title: str
    width_characters: int = 14
    needed: bool = True
    also: tuple[str, ...] = ()
    """Other names that a header may have."""
    yes_or_no: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    columns: tuple[_Column, ...]
    also: tuple[str, ...] = ()


_ID = _Column(title=ID, width_characters=22, also=("id", "entry", "条目", "条目编号"))
_OF_ENTRY = _Column(title=OF_ENTRY, width_characters=26, needed=False)
_QUESTION = _Column(
    title=QUESTION, width_characters=60, also=("question", "问题", "相似问法", "用户问法", "买家问法", "买家问题")
)
_BUBBLES = tuple(_Column(title=title, width_characters=50, needed=title == BUBBLES[0]) for title in BUBBLES)
_QUESTIONS_CSV = _Layout(columns=(_ID, _QUESTION))
_LAYOUTS: Mapping[str, _Layout] = MappingProxyType(
    {
        "条目": _Layout(
            columns=(
                _ID,
                _Column(title=GROUP, also=("类目", "分类")),
                _Column(title=TITLE, width_characters=36, also=("标准问",)),
                _Column(title=HANDS_OVER, yes_or_no=True, also=("转人工",)),
                _Column(title=NEEDS_PRODUCT, yes_or_no=True, also=("需要商品",)),
            )
        ),
        "问法": _Layout(columns=(_ID, _OF_ENTRY, _QUESTION), also=("相似问法",)),
        "回答": _Layout(
            columns=(
                _ID,
                _OF_ENTRY,
                _Column(title=WORDS, width_characters=18),
                *(_Column(title=title) for title in (FIRST_DAY, LAST_DAY, STATUS)),
                _Column(title=PRODUCT, width_characters=18),
                *(
                    _Column(title=title)
                    for title in (REGION, CLOCK, CHANNEL, DAY, ARRIVES, REACHES, KNOWS, MENTIONS, ASKED)
                ),
                *_BUBBLES,
            )
        ),
        "资料": _Layout(
            columns=(
                _Column(title=NAME, width_characters=26),
                _Column(title=TITLE, width_characters=36),
                _Column(title=VALUE, width_characters=60),
                _Column(title=UNIT),
            ),
            also=("事实", "店铺资料"),
        ),
        "商品": _Layout(
            columns=(
                _ID,
                _Column(title=NAME, width_characters=36),
                _Column(title=ALIASES, width_characters=36, also=("叫法",)),
            )
        ),
        "商品属性": _Layout(
            columns=(
                _Column(title=PRODUCT, width_characters=22),
                _Column(title=ATTRIBUTE, width_characters=22),
                _Column(title=VALUE, width_characters=70),
            )
        ),
        "机器人用语": _Layout(columns=(_ID, _Column(title=TITLE, width_characters=40), *_BUBBLES)),
    }
)

_GUIDE = (
    "怎么改这个表格",
    "1. 每个工作表的第一行是列名，不要改；下面的行可以改、可以加、可以删。改完存成 .xlsx，在后台导入。",
    "2. 有一行写错，整个表格都不会生效，后台会告诉您是哪个工作表、哪一行、哪一列，改好再导入就行。",
    "3. 编号是条目的名字，只给系统认。改标题可以，改编号等于换了一条新的。",
    "4. 条目：一行是买家会问的一件事。答完转人工、需要先知道商品：写“是”，或者空着。",
    "5. 问法：买家的一种说法写一行，每个条目至少 8 种。条目标题只是给人看的，导入时不看。",
    "6. 回答：一行是一种回答，最多 3 条消息，消息里的 {名称} 会换成资料或商品属性里的内容。",
    "　 条件都空着的那一行是兜底，每个条目都要有。",
    "7. 一格里写几个时用顿号“、”隔开；原话、提到、商品、别名一行写一个（Alt+回车换行）。",
    "8. 订单状态：未付款、已付款、已发货、已签收、退款中、已关闭。时间：截单前、截单后、休息日、营业中、已打烊。",
    "9. 收货地区：省份的简称（如 新疆），或省内、普通地区、偏远地区、港澳台及海外。商品：写商品的编号，或“任意商品”。",
    "10. 第几次问起：写 2，就是买家第二次问同一件事时才这样答。",
    "11. 问到的那天：买家问到别的日子（如“周日发货吗”）时才这样答，写发货日或休息日；{named_day} 就是那天。",
    "12. 按时到货：买家问“周五前能到吗”时，按截单时间、发货日和到货天数算，写来得及、说不准或来不及；",
    "　 {arrival_days} 是平时哪天到。不知道寄到哪里时，会问买家。",
    "13. 金额数量：买家说了买多少时才这样答：够包邮、不够包邮、够团购、不够团购，和资料里的数比。",
    "14. 已经知道：写消息里用到的名称，如 fitting_size（合适的码）；都有内容可填时才这样答，差身高体重会问买家。",
    "15. 提到：买家的问题里有其中一个词时才这样答，如同一条里问“防水吗”答防水、问“怎么洗”答洗护。",
)

_STATUS_WORDS = MappingProxyType(
    {
        "未付款": "unpaid",
        "已付款": "paid",
        "已发货": "shipped",
        "已签收": "signed",
        "退款中": "refunding",
        "已关闭": "closed",
    }
)
_CLOCK_WORDS = MappingProxyType(
    {
        "截单前": "before_cutoff",
        "截单后": "after_cutoff",
        "休息日": "closed_day",
        "营业中": "open",
        "已打烊": "closed",
    }
)
_DAY_WORDS = MappingProxyType({"发货日": "working", "休息日": "closed"})
_ARRIVAL_WORDS = MappingProxyType({"来得及": "in_time", "说不准": "perhaps", "来不及": "late"})
_REACH_WORDS = MappingProxyType(
    {"够包邮": "free_postage", "不够包邮": "below_free_postage", "够团购": "bulk", "不够团购": "below_bulk"}
)
_GROUP_WORDS = MappingProxyType(
    {"省内": "same_province", "普通地区": "ordinary", "偏远地区": "remote", "港澳台及海外": "overseas"}
)
_ANY_PRODUCT = "任意商品"
_YES = frozenset({"是", "y", "yes", "true", "1", "√", "✓"})
_NO = frozenset({"", "否", "n", "no", "false", "0", "×"})
_APART = re.compile(r"[、,，;；\n]")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00(?::00)?)?")


# Writing

_LONGEST_CELL_CHARACTERS = 32_767
_LOOKS_COMPUTED = ("=", "+", "-", "@")
_TEXT_STYLE = "text"
_HEADER_FILL = PatternFill("solid", fgColor="E8EEF7")
_NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_TO_ESCAPE = re.compile(r"[\x00-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")


def _write_guide(sheet: Worksheet) -> None:
    sheet.title = "说明"
    sheet.column_dimensions["A"].width = 110
    for number, sentence in enumerate(_GUIDE, start=1):
        cell = sheet.cell(row=number, column=1, value=sentence)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(bold=number == 1)


def _write_sheet(sheet: Worksheet, layout: _Layout, rows: Sequence[Sequence[str]], problems: list[RowProblem]) -> None:
    sheet.freeze_panes = "A2"
    for number, column in enumerate(layout.columns, start=1):
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width, dimension.number_format = column.width_characters, "@"
        header = sheet.cell(row=1, column=number, value=column.title)
        header.font, header.fill = Font(bold=True), _HEADER_FILL
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
        "\n".join(sorted(when.words)),
        "" if when.first_day is None else when.first_day.isoformat(),
        "" if when.last_day is None else when.last_day.isoformat(),
        _in_words(when.order_status, _STATUS_WORDS),
        "\n".join(sorted(_ANY_PRODUCT if product == ANY else product for product in when.products)),
        _in_words(when.regions, _GROUP_WORDS),
        _in_words(when.clock, _CLOCK_WORDS),
        "、".join(sorted(when.channels)),
        _in_words(when.day, _DAY_WORDS),
        _in_words(when.arrives, _ARRIVAL_WORDS),
        _in_words(when.reaches, _REACH_WORDS),
        "、".join(sorted(when.knows)),
        "\n".join(sorted(when.mentions)),
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
        "资料": lambda manual: ((fact.name, fact.title, fact.value, fact.unit) for fact in manual.facts),
        "商品": lambda manual: ((one.id, one.title, "\n".join(one.aliases)) for one in manual.products),
        "商品属性": lambda manual: (
            (product.id, name, value) for product in manual.products for name, value in product.attributes.items()
        ),
        "机器人用语": lambda manual: ((line.id, line.title, *_bubble_cells(line.bubbles)) for line in manual.lines),
    }
)


# Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One row with something in it: hands out its cells and notes what is wrong with them."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    problems: list[RowProblem] = field(repr=False)

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    def lines(self, column: str) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.text(column).split("\n") if line.strip())

    def parts(self, column: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in _APART.split(self.text(column)) if part.strip())

    def flag(self, column: str) -> bool:
        said = self.text(column).lower()
        if said not in _YES | _NO:
            self.note(column, f"“{self.text(column)}”看不懂：写“是”，或者空着")
        return said in _YES

    def day(self, column: str) -> date | None:
        found = _DAY.fullmatch(self.text(column))
        try:
            if found:
                return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            found = None
        if self.text(column):
            self.note(column, f"“{self.text(column)}”不是日期：要写成 2026-11-11 这样")
        return None

    def number_of_times(self, column: str) -> int:
        said = self.text(column) or "1"
        if re.fullmatch(r"[0-9]{1,4}", said):
            return int(said)
        self.note(column, f"“{said}”不是次数：要写成 2 这样的数字")
        return 1

    def codes(self, column: str, words: Mapping[str, str]) -> frozenset[str]:
        said = {part: words.get(part, part) for part in self.parts(column)}
        for part, code in said.items():
            if code not in words.values():
                self.note(column, f"不认识“{part}”，可以写：{'、'.join(words)}")
        return frozenset(code for code in said.values() if code in words.values())

    def bubbles(self) -> tuple[str, ...]:
        return tuple(self.text(column) for column in BUBBLES if self.text(column))

    def make(self, build: Callable[[], T]) -> T | None:
        """Build a value from the row; None, with its problems noted, when it refuses to exist."""
        try:
            return build()
        except BadEntry as bad:
            for problem in bad.problems:
                self.note("", problem)
            return None

    def note(self, column: str, problem: str) -> None:
        self.problems.append(RowProblem(sheet=self.sheet, row=self.number, column=column, problem=problem))


def _manual(sheets: Mapping[str, Rows]) -> Manual:
    problems: list[RowProblem] = []
    tables = {title: _table_of(title, layout, sheets, problems) for title, layout in _LAYOUTS.items()}
    _stop_at(problems)
    entries, products = _named(tables["条目"], ID), _named(tables["商品"], ID)
    questions, answers = (_owned(tables[title], ID, entries) for title in ("问法", "回答"))
    attributes = _owned(tables["商品属性"], PRODUCT, products)
    manual = Manual(
        entries=_made(_entry(row, questions[id_], answers[id_], products) for id_, row in entries.items()),
        facts=_made(_fact(row) for row in _named(tables["资料"], NAME).values()),
        products=_made(_product(row, attributes[id_]) for id_, row in products.items()),
        lines=_made(_line(row) for row in _named(tables["机器人用语"], ID).values()),
    )
    _stop_at(problems)
    return manual


def _stop_at(problems: Sequence[RowProblem]) -> None:
    if problems:
        place = {title: number for number, title in enumerate(_LAYOUTS)}
        raise BadSpreadsheet(sorted(problems, key=lambda one: (place.get(one.sheet, -1), one.row)))


def _table_of(title: str, layout: _Layout, sheets: Mapping[str, Rows], problems: list[RowProblem]) -> tuple[_Row, ...]:
    found = next((name for name in (title, *layout.also) if name in sheets), None)
    if found is None:
        problems.append(RowProblem(sheet=title, row=0, column="", problem="没有这个工作表"))
        return ()
    return _table(layout, sheets[found], problems, sheet=found, strict=True)


def _table(layout: _Layout, rows: Rows, problems: list[RowProblem], *, sheet: str, strict: bool) -> tuple[_Row, ...]:
    """The rows below the header, blank ones left out. `strict`: a column that nobody knows is a problem."""
    columns = _columns(layout, rows[0] if rows else [], problems, sheet=sheet, strict=strict)
    named = (
        (number, {title: row[at] for title, at in columns.items() if at < len(row) and row[at]})
        for number, row in enumerate(rows[1:], start=2)
    )
    return tuple(_Row(sheet=sheet, number=number, cells=cells, problems=problems) for number, cells in named if cells)


def _columns(
    layout: _Layout, header: Sequence[str], problems: list[RowProblem], *, sheet: str, strict: bool
) -> dict[str, int]:
    """Column title → its place in the sheet."""

    def note(column: str, problem: str) -> None:
        problems.append(RowProblem(sheet=sheet, row=1, column=column, problem=problem))

    titles = {name: column.title for column in layout.columns for name in (column.title, *column.also)}
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        title = titles.get(name.lower())
        if title in places:
            note(name, "这一列出现了两次")
        elif title is not None:
            places[title] = place
        elif strict and name and not name.startswith("备注"):
            note(name, "不认识这个列名；自己记的内容请放在“备注”列")
    for column in layout.columns:
        if column.needed and column.title not in places:
            note(column.title, "没有这一列：第一行要写列名")
    return places


def _named(rows: Iterable[_Row], column: str) -> dict[str, _Row]:
    """The rows by their name; a second one of a name, and one without, are problems."""
    named: dict[str, _Row] = {}
    for row in rows:
        name = row.text(column)
        if not name:
            row.note(column, f"没有写{column}")
        elif name in named:
            row.note(column, f"“{name}”在第 {named[name].number} 行已经有了")
        else:
            named[name] = row
    return named


def _owned(rows: Iterable[_Row], column: str, owners: Collection[str]) -> dict[str, list[_Row]]:
    """The rows of each owner; one that nobody owns is a problem."""
    owned: dict[str, list[_Row]] = {owner: [] for owner in owners}
    for row in rows:
        name = row.text(column)
        if name in owned:
            owned[name].append(row)
        else:
            row.note(column, f"没有{column}是“{name}”的" if name else f"没有写{column}")
    return owned


def _made(values: Iterable[T | None]) -> tuple[T, ...]:
    return tuple(value for value in values if value is not None)


_UNREAD = Answer(bubbles=("—",))
"""Stands in for an answer whose problems are noted already, so that its entry is still checked for the rest."""


def _entry(row: _Row, questions: list[_Row], answers: list[_Row], products: Collection[str]) -> Entry | None:
    for asked in questions:
        if not asked.text(QUESTION):
            asked.note(QUESTION, "没有写问法")
    return row.make(
        lambda: Entry(
            id=row.text(ID),
            group=row.text(GROUP),
            title=row.text(TITLE),
            questions=tuple(asked.text(QUESTION) or "—" for asked in questions),
            answers=tuple(_answer(answer, products) or _UNREAD for answer in answers),
            hands_over=row.flag(HANDS_OVER),
            needs_product=row.flag(NEEDS_PRODUCT),
        )
    )


def _answer(row: _Row, products: Collection[str]) -> Answer | None:
    when = row.make(
        lambda: When(
            words=frozenset(row.lines(WORDS)),
            first_day=row.day(FIRST_DAY),
            last_day=row.day(LAST_DAY),
            order_status=row.codes(STATUS, _STATUS_WORDS),
            products=_products(row, products),
            regions=_regions(row),
            clock=cast("frozenset[ClockState]", row.codes(CLOCK, _CLOCK_WORDS)),
            channels=frozenset(row.parts(CHANNEL)),
            day=cast("frozenset[DayState]", row.codes(DAY, _DAY_WORDS)),
            arrives=cast("frozenset[Arrival]", row.codes(ARRIVES, _ARRIVAL_WORDS)),
            reaches=cast("frozenset[Reach]", row.codes(REACHES, _REACH_WORDS)),
            knows=frozenset(row.parts(KNOWS)),
            mentions=frozenset(row.lines(MENTIONS)),
            asked_at_least=row.number_of_times(ASKED),
        )
    )
    return row.make(lambda: Answer(bubbles=row.bubbles(), when=when or When()))


def _products(row: _Row, known: Collection[str]) -> frozenset[str]:
    named = [
        part.strip()
        for line in row.lines(PRODUCT)
        for part in ((line,) if line in known else _APART.split(line))
        if part.strip()
    ]
    for product in named:
        if product not in known and product not in {_ANY_PRODUCT, ANY}:
            row.note(PRODUCT, f"没有编号是“{product}”的商品；每款商品都行就写“{_ANY_PRODUCT}”")
    return frozenset(ANY if product == _ANY_PRODUCT else product for product in named)


def _regions(row: _Row) -> frozenset[str]:
    return frozenset(_region(row, part) for part in row.parts(REGION))


def _region(row: _Row, said: str) -> str:
    if said in region_names() or said in _GROUP_WORDS.values():
        return said
    place = place_in(said)
    if place is not None and place.city is None and (place.start, place.end) == (0, len(said)):
        return place.region
    if said not in _GROUP_WORDS:
        row.note(REGION, f"不认识“{said}”，可以写省份的简称（如 新疆），或{'、'.join(_GROUP_WORDS)}")
    return _GROUP_WORDS.get(said, said)


def _fact(row: _Row) -> Fact | None:
    return row.make(
        lambda: Fact(name=row.text(NAME), title=row.text(TITLE), value=row.text(VALUE), unit=row.text(UNIT))
    )


def _product(row: _Row, attributes: list[_Row]) -> Product | None:
    named = _named(attributes, ATTRIBUTE)
    return row.make(
        lambda: Product(
            id=row.text(ID),
            title=row.text(NAME),
            aliases=row.lines(ALIASES),
            attributes={name: attribute.text(VALUE) for name, attribute in named.items()},
        )
    )


def _line(row: _Row) -> Line | None:
    return row.make(lambda: Line(id=row.text(ID), title=row.text(TITLE), bubbles=row.bubbles()))
