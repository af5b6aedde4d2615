from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from knowledge.conditions import in_words
from knowledge.entry import (
    ANY,
    ARRIVALS,
    CLOCK_STATES,
    DAY_STATES,
    ORDER_STATUSES,
    REACHES,
    Answer,
    Entry,
    Fact,
    Line,
    Manual,
    Product,
    When,
)
from knowledge.manual import starter_manual
from knowledge.regions import REGION_GROUPS, provinces
from knowledge.spreadsheet import (
    BadSpreadsheet,
    from_csv_files,
    from_workbook,
    questions_from_csv,
    to_workbook,
    with_questions,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SHEETS = ("条目", "问法", "回答", "资料", "商品", "商品属性", "机器人用语")

POSTAGE = Entry(
    id="postage",
    group="postage",
    title="包邮吗",
    questions=("包邮吗", "要邮费吗"),
    answers=(
        Answer(bubbles=("满{free_over}元包邮", "新疆除外")),
        Answer(
            bubbles=("要补差价",),
            when=When(
                words=frozenset({"新疆、西藏包邮吗", "偏远地区包邮吗"}),
                first_day=date(2026, 11, 1),
                last_day=date(2026, 11, 11),
                order_status=frozenset({"paid", "unpaid"}),
                products=frozenset({"sweater", ANY}),
                regions=frozenset({"remote", "新疆"}),
                clock=frozenset({"open", "before_cutoff"}),
                channels=frozenset({"taobao", "web"}),
                day=frozenset({"closed"}),
                arrives=frozenset({"in_time", "perhaps"}),
                reaches=frozenset({"free_postage", "below_bulk"}),
                knows=frozenset({"region", "delivery_days"}),
                mentions=frozenset({"偏远", "新疆、西藏"}),
                asked_at_least=2,
            ),
        ),
    ),
    hands_over=True,
    needs_product=True,
)
MANUAL = Manual(
    entries=(POSTAGE,),
    facts=(
        Fact(name="free_over", title="满多少包邮", value="99", unit="元"),
        Fact(name="gift", title="赠品", value=""),
    ),
    products=(Product(id="sweater", title="毛衣", aliases=("羊毛衫", "针织衫"), attributes={"size": "S到L"}),),
    lines=(Line(id="welcome", title="欢迎语", bubbles=("您好", "请讲")),),
)


def edited(change: Callable[[Workbook], object], manual: Manual = MANUAL) -> bytes:
    """The exported workbook after somebody has changed it in Excel."""
    workbook = load_workbook(io.BytesIO(to_workbook(manual)))
    change(workbook)
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def with_cell(sheet: str, cell: str, value: Any) -> bytes:
    def put(workbook: Any) -> None:
        workbook[sheet][cell] = value

    return edited(put)


def problems_of(data: bytes, name: str = "手册.xlsx") -> list[str]:
    with pytest.raises(BadSpreadsheet) as refused:
        from_workbook(data, name=name)
    return [str(row) for row in refused.value.rows]


def imported(data: bytes) -> Manual:
    return from_workbook(data, name="手册.xlsx")


# Both ways


def test_a_manual_comes_back_as_it_went_out() -> None:
    assert imported(to_workbook(MANUAL)) == MANUAL
    assert imported(to_workbook(Manual())) == Manual()


def test_the_starter_manual_comes_back_as_it_went_out() -> None:
    assert imported(to_workbook(starter_manual())) == starter_manual()


ANYTHING = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")


def trimmed(characters: st.SearchStrategy[str] = ANYTHING) -> st.SearchStrategy[str]:
    return st.text(characters, min_size=1, max_size=20).map(str.strip).filter(bool)


LINE = trimmed(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
CHANNEL = trimmed(st.characters(categories=["L", "N"], include_characters="-_"))
NAME = st.from_regex(r"[^\W\d]\w{0,8}", fullmatch=True)
BUBBLES = st.lists(
    trimmed() | st.sampled_from(("=1+1", "+", "-", "@x", "#N/A", "0012", "_x000D_", "a\r\nb")), min_size=1, max_size=3
).map(tuple)


def some(*values: str) -> st.SearchStrategy[frozenset[Any]]:
    return st.frozensets(st.sampled_from(values), max_size=3)


@st.composite
def whens(draw: st.DrawFn, products: list[str]) -> When:
    first, last = sorted(draw(st.lists(st.dates(), min_size=2, max_size=2)))
    return When(
        words=draw(st.frozensets(LINE, max_size=2)),
        first_day=draw(st.sampled_from((None, first))),
        last_day=draw(st.sampled_from((None, last))),
        order_status=draw(some(*ORDER_STATUSES)),
        products=draw(some(*products, ANY)),
        regions=draw(some(*provinces(), *REGION_GROUPS, "国外")),
        clock=draw(some(*CLOCK_STATES)),
        channels=draw(st.frozensets(CHANNEL, max_size=2)),
        day=draw(some(*DAY_STATES)),
        arrives=draw(some(*ARRIVALS)),
        reaches=draw(some(*REACHES)),
        knows=draw(st.frozensets(NAME, max_size=2)),
        mentions=draw(st.frozensets(LINE, max_size=2)),
        asked_at_least=draw(st.integers(1, 9)),
    )


@st.composite
def manuals(draw: st.DrawFn) -> Manual:
    products = draw(st.lists(LINE, max_size=2, unique=True))
    entries = draw(st.lists(trimmed(), max_size=2, unique=True))
    return Manual(
        entries=tuple(
            Entry(
                id=entry,
                group=draw(st.just("") | trimmed()),
                title=draw(trimmed()),
                questions=tuple(draw(st.lists(trimmed(), min_size=1, max_size=3))),
                answers=(
                    *(
                        Answer(bubbles=draw(BUBBLES), when=draw(whens(products)))
                        for _ in range(draw(st.integers(0, 2)))
                    ),
                    Answer(bubbles=draw(BUBBLES)),
                ),
                hands_over=draw(st.booleans()),
                needs_product=draw(st.booleans()),
            )
            for entry in entries
        ),
        facts=tuple(
            Fact(
                name=name,
                title=draw(trimmed()),
                value=draw(st.just("") | trimmed()),
                unit=draw(st.just("") | trimmed()),
            )
            for name in draw(st.lists(NAME, max_size=2, unique=True))
        ),
        products=tuple(
            Product(
                id=product,
                title=draw(trimmed()),
                aliases=tuple(draw(st.lists(LINE, max_size=2))),
                attributes=draw(st.dictionaries(NAME, st.just("") | trimmed(), max_size=2)),
            )
            for product in products
        ),
        lines=tuple(
            Line(id=line, title=draw(trimmed()), bubbles=draw(BUBBLES))
            for line in draw(st.lists(trimmed(), max_size=2, unique=True))
        ),
    )


@given(manuals())
@settings(max_examples=80, deadline=None)
def test_any_manual_at_all_comes_back_as_it_went_out(manual: Manual) -> None:
    assert imported(to_workbook(manual)) == manual


# What staff see


def test_the_workbook_has_a_guide_a_frozen_header_and_wide_columns() -> None:
    workbook = load_workbook(io.BytesIO(to_workbook(MANUAL)))
    assert tuple(workbook.sheetnames) == ("说明", *SHEETS)
    for title in SHEETS:
        assert workbook[title].freeze_panes == "A2"
        assert workbook[title].column_dimensions["A"].width > 20
    assert workbook["问法"]["C1"].value == "问法"
    assert workbook["条目"].data_validations.count == 2


def test_conditions_are_written_in_words() -> None:
    sheet = load_workbook(io.BytesIO(to_workbook(MANUAL)))["回答"]
    assert [cell.value for cell in sheet[3]][2:16] == [
        "偏远地区包邮吗\n新疆、西藏包邮吗",
        "2026-11-01",
        "2026-11-11",
        "已付款、未付款",
        "sweater\n任意商品",
        "偏远地区、新疆",
        "截单前、营业中",
        "taobao、web",
        "休息日",
        "来得及、说不准",
        "不够团购、够包邮",
        "delivery_days、region",
        "偏远\n新疆、西藏",
        "2",
    ]


def test_the_workbook_and_the_why_use_the_same_words_for_conditions() -> None:
    everything = When(
        order_status=frozenset(ORDER_STATUSES),
        clock=frozenset(CLOCK_STATES),
        regions=frozenset(REGION_GROUPS),
        day=frozenset(DAY_STATES),
        arrives=frozenset(ARRIVALS),
        reaches=frozenset(REACHES),
    )
    manual = Manual(
        entries=(
            Entry(
                id="x",
                group="",
                title="x",
                questions=("x",),
                answers=(*POSTAGE.answers[:1], Answer(bubbles=("x",), when=everything)),
            ),
        )
    )
    sheet = load_workbook(io.BytesIO(to_workbook(manual)))["回答"]
    for cell in (sheet["F3"], sheet["H3"], sheet["I3"], sheet["K3"], sheet["L3"], sheet["M3"]):
        assert all(word in in_words(everything) for word in cell.value.split("、"))


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x")', "+86", "-5", "@sum", "+", "-", "#N/A", "0012", "1e5"]
)
def test_a_text_that_looks_like_a_formula_is_written_as_text(text: str) -> None:
    manual = Manual(facts=(Fact(name="x", title="x", value=text),))
    cell = load_workbook(io.BytesIO(to_workbook(manual)))["资料"]["C2"]
    assert (cell.data_type, cell.value, cell.number_format) == ("s", text, "@")
    assert cell.quotePrefix or text[0] not in "=+-@"
    assert imported(to_workbook(manual)) == manual


def test_what_no_file_can_hold_is_left_out() -> None:
    manual = Manual(facts=(Fact(name="x", title="x", value="a\ud800b\uffff"),))
    assert imported(to_workbook(manual)).facts[0].value == "ab"


def test_a_text_too_long_for_a_cell_is_refused_by_name() -> None:
    with pytest.raises(BadSpreadsheet, match="工作表“资料”第 2 行“内容”列：有 32768 个字"):
        to_workbook(Manual(facts=(Fact(name="x", title="x", value="长" * 32768),)))


# What staff type


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (0, "0"),
        (99, "99"),
        (19.9, "19.9"),
        (0.1 + 0.2, "0.3"),
        (1e20, "100000000000000000000"),
        (time(16, 0), "16:00"),
        (time(16, 0, 30), "16:00:30"),
        (timedelta(hours=30), "30:00"),
        (timedelta(hours=30, seconds=5), "30:00:05"),
        (date(2026, 11, 11), "2026-11-11"),
        (datetime(2026, 11, 11, 16, 0), "2026-11-11 16:00"),  # noqa: DTZ001 - a cell has no zone
        (True, "是"),
        (False, "否"),
        ("  两头空  ", "两头空"),
        ("一\n二", "一\n二"),
        (None, ""),
    ],
)
def test_a_cell_is_read_as_the_text_one_sees(typed: Any, value: str) -> None:
    assert imported(with_cell("资料", "C2", typed)).facts[0].value == value


@pytest.mark.parametrize("typed", ["2026-11-11", "2026/11/11", "2026.11.11", "2026年11月11日", date(2026, 11, 11)])
def test_a_day_may_be_written_in_the_usual_ways(typed: Any) -> None:
    assert imported(with_cell("回答", "E3", typed)).entries[0].answers[1].when.last_day == date(2026, 11, 11)


@pytest.mark.parametrize(
    ("typed", "flag"), [("是", True), ("√", True), (True, True), ("Y", True), (None, False), ("否", False)]
)
def test_a_yes_may_be_written_in_the_usual_ways(typed: Any, *, flag: bool) -> None:
    assert imported(with_cell("条目", "D2", typed)).entries[0].hands_over is flag


@pytest.mark.parametrize(
    ("cell", "typed", "field", "value"),
    [
        ("F3", "paid，已签收", "order_status", {"paid", "signed"}),
        ("G3", "sweater、任意商品", "products", {"sweater", ANY}),
        ("G3", "*", "products", {ANY}),
        ("H3", "新疆维吾尔自治区、内蒙", "regions", {"新疆", "内蒙古"}),
        ("H3", "省内;overseas", "regions", {"same_province", "overseas"}),
        ("J3", "a,b", "channels", {"a", "b"}),
        ("K3", "休息日", "day", {"closed"}),
        ("K3", "发货日、closed", "day", {"working", "closed"}),
        ("L3", "来得及、late", "arrives", {"in_time", "late"}),
        ("M3", "够包邮,不够团购", "reaches", {"free_postage", "below_bulk"}),
        ("N3", "fitting_size、product", "knows", {"fitting_size", "product"}),
        ("O3", "防水\n怕水", "mentions", {"防水", "怕水"}),
        ("P3", 3, "asked_at_least", 3),
        ("P3", None, "asked_at_least", 1),
    ],
)
def test_conditions_are_read_from_words_and_codes(cell: str, typed: Any, field: str, value: Any) -> None:
    assert getattr(imported(with_cell("回答", cell, typed)).entries[0].answers[1].when, field) == value


def test_blank_rows_and_a_notes_column_do_not_matter() -> None:
    def change(workbook: Any) -> None:
        workbook["问法"].insert_rows(2)
        workbook["问法"]["D1"], workbook["问法"]["D3"] = "备注", "常见"
        workbook["资料"]["C9"] = "  "

    assert imported(edited(change)) == MANUAL


def test_columns_may_be_reordered_and_have_other_names() -> None:
    def change(workbook: Any) -> None:
        sheet = workbook["问法"]
        sheet.move_range("C1:C3", cols=5)
        sheet["H1"], sheet["A1"] = "相似问法", "Entry"
        workbook["资料"].title = "事实"

    assert imported(edited(change)) == MANUAL


def test_a_name_merged_over_several_rows_holds_for_each() -> None:
    def change(workbook: Any) -> None:
        workbook["问法"].merge_cells("A2:A3")
        workbook["回答"].merge_cells("A2:A3")
        workbook["资料"].merge_cells("J10:L12")

    data = edited(change)
    assert load_workbook(io.BytesIO(data))["问法"]["A3"].value is None
    assert imported(data) == MANUAL


def test_a_chart_on_a_sheet_of_its_own_does_not_matter() -> None:
    assert imported(edited(lambda workbook: workbook.create_chartsheet("图"))) == MANUAL


# Bad rows


@pytest.mark.parametrize(
    ("sheet", "cell", "typed", "problem"),
    [
        ("条目", "A2", None, "工作表“条目”第 2 行“编号”列：没有写编号"),
        ("条目", "A3", "postage", "工作表“条目”第 3 行“编号”列：“postage”在第 2 行已经有了"),
        ("条目", "C2", None, "工作表“条目”第 2 行：没有标题"),
        ("条目", "D2", "也许", "工作表“条目”第 2 行“答完转人工”列：“也许”看不懂：写“是”，或者空着"),
        ("条目", "A3", "new", "工作表“条目”第 3 行：没有问法：至少写一句买家会怎么问"),
        ("问法", "A3", "没这条", "工作表“问法”第 3 行“编号”列：没有编号是“没这条”的"),
        ("问法", "A3", None, "工作表“问法”第 3 行“编号”列：没有写编号"),
        ("问法", "C3", None, "工作表“问法”第 3 行“问法”列：没有写问法"),
        ("回答", "D3", "双十一", "工作表“回答”第 3 行“开始日期”列：“双十一”不是日期：要写成 2026-11-11 这样"),
        ("回答", "D3", "2026-13-01", "工作表“回答”第 3 行“开始日期”列：“2026-13-01”不是日期：要写成 2026-11-11 这样"),
        ("回答", "D3", "2027-01-01", "工作表“回答”第 3 行：结束日期 2026-11-11 早于开始日期 2027-01-01"),
        (
            "回答",
            "F3",
            "已飞走",
            "工作表“回答”第 3 行“订单状态”列：不认识“已飞走”，可以写：未付款、已付款、已发货、已签收、退款中、已关闭",
        ),
        ("回答", "G3", "裤子", "工作表“回答”第 3 行“商品”列：没有编号是“裤子”的商品；每款商品都行就写“任意商品”"),
        (
            "回答",
            "H3",
            "火星",
            "工作表“回答”第 3 行“收货地区”列：不认识“火星”，可以写省份的简称（如 新疆），或省内",
        ),
        (
            "回答",
            "H3",
            "喀什",
            "工作表“回答”第 3 行“收货地区”列：不认识“喀什”，可以写省份的简称（如 新疆），或省内",
        ),
        (
            "回答",
            "I3",
            "半夜",
            "工作表“回答”第 3 行“时间”列：不认识“半夜”，可以写：截单前、截单后、休息日、营业中、已打烊",
        ),
        ("回答", "P3", "很多", "工作表“回答”第 3 行“第几次问起”列：“很多”不是次数：要写成 2 这样的数字"),
        ("回答", "P3", 0, "工作表“回答”第 3 行：“问到第几次”要从 1 开始"),
        ("回答", "Q3", None, "工作表“回答”第 3 行：没有内容：至少写一条消息"),
        ("回答", "P2", 2, "工作表“条目”第 2 行：没有兜底回答：要有一条不带任何条件的回答"),
        ("资料", "A2", "2价格", "工作表“资料”第 2 行：资料名“2价格”只能用文字、数字和下划线，不能以数字开头"),
        ("资料", "B2", None, "工作表“资料”第 2 行：没有标题"),
        ("商品", "B2", None, "工作表“商品”第 2 行：没有名称"),
        ("商品属性", "A2", "裤子", "工作表“商品属性”第 2 行“商品”列：没有商品是“裤子”的"),
        ("商品属性", "B2", None, "工作表“商品属性”第 2 行“属性”列：没有写属性"),
        ("机器人用语", "C2", None, None),
        ("机器人用语", "B2", None, "工作表“机器人用语”第 2 行：没有标题"),
        ("问法", "C1", "说法", "工作表“问法”第 1 行“说法”列：不认识这个列名；自己记的内容请放在“备注”列"),
        ("问法", "B1", "编号", "工作表“问法”第 1 行“编号”列：这一列出现了两次"),
    ],
)
def test_a_bad_row_is_named_with_its_sheet_row_and_column(
    sheet: str, cell: str, typed: Any, problem: str | None
) -> None:
    data = with_cell(sheet, cell, typed)
    if problem is None:
        assert imported(data).lines[0].bubbles == ("请讲",)
    else:
        assert any(each.startswith(problem) for each in problems_of(data))


def test_every_bad_row_is_named_at_once_in_the_order_of_the_workbook() -> None:
    def change(workbook: Any) -> None:
        workbook["资料"]["B2"] = None
        workbook["回答"]["P3"] = "很多"
        workbook["回答"]["F2"] = "已飞走"
        workbook["条目"]["D2"] = "也许"

    with pytest.raises(BadSpreadsheet) as refused:
        imported(edited(change))
    assert [(row.sheet, row.row, row.column) for row in refused.value.rows] == [
        ("条目", 2, "答完转人工"),
        ("回答", 2, "订单状态"),
        ("回答", 3, "第几次问起"),
        ("资料", 2, ""),
    ]


def test_a_missing_sheet_and_an_empty_one_are_named() -> None:
    def change(workbook: Any) -> None:
        workbook.remove(workbook["商品"])
        workbook["机器人用语"].delete_rows(1, 9)

    assert problems_of(edited(change)) == [
        "工作表“商品”：没有这个工作表",
        "工作表“机器人用语”第 1 行“编号”列：没有这一列：第一行要写列名",
        "工作表“机器人用语”第 1 行“标题”列：没有这一列：第一行要写列名",
        "工作表“机器人用语”第 1 行“消息1”列：没有这一列：第一行要写列名",
    ]


# CSV

CSV = 'entry,question\npostage,要运费吗\npostage,"包邮,是吗"\n\nsize,穿多大\n'
PAIRS = (("postage", "要运费吗"), ("postage", "包邮,是吗"), ("size", "穿多大"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_questions_are_read_from_a_csv_in_any_usual_encoding(encoding: str) -> None:
    assert questions_from_csv(CSV.encode(encoding), name="q.csv") == PAIRS


@pytest.mark.parametrize(
    "text",
    [
        CSV.replace("\n", "\r\n"),
        '问法,编号,备考\n要运费吗,postage,1\n"包邮,是吗", postage ,2\n穿多大,size\n',
        "entry\tquestion\npostage\t要运费吗\npostage\t包邮,是吗\nsize\t穿多大",
    ],
)
def test_a_csv_may_have_other_line_ends_columns_and_tabs(text: str) -> None:
    assert questions_from_csv(text.encode(), name="q.csv") == PAIRS


def test_every_bad_line_of_a_csv_is_named() -> None:
    with pytest.raises(BadSpreadsheet) as refused:
        questions_from_csv(b"entry,question\nno-such,a\n,b\npostage,\n", name="q.csv", known={"postage"})
    assert [str(row) for row in refused.value.rows] == [
        "工作表“q.csv”第 2 行“编号”列：没有编号是“no-such”的条目",
        "工作表“q.csv”第 3 行“编号”列：没有写是哪一条的问法",
        "工作表“q.csv”第 4 行“问法”列：没有写问法",
    ]


def test_a_question_that_nobody_should_answer_has_no_entry() -> None:
    pairs = questions_from_csv(b"entry,question\n,weather\n", name="q.csv", known=(), blank_entry=True)
    assert pairs == (("", "weather"),)


@pytest.mark.parametrize("data", [b"", b"postage,abc\n"])
def test_a_csv_without_column_names_is_refused(data: bytes) -> None:
    with pytest.raises(BadSpreadsheet, match="第 1 行“问法”列：没有这一列：第一行要写列名"):
        questions_from_csv(data, name="q.csv")


def test_questions_are_added_to_the_old_ones_or_put_in_their_place() -> None:
    pairs = (("postage", "包邮吗"), ("postage", "运费谁出"), ("nobody", "x"))
    assert with_questions(MANUAL, pairs).entries[0].questions == ("包邮吗", "要邮费吗", "运费谁出")
    assert with_questions(MANUAL, pairs, instead=True).entries[0].questions == ("包邮吗", "运费谁出")
    assert with_questions(MANUAL, ()) == MANUAL


def test_a_manual_can_be_read_from_a_folder_of_csv_files() -> None:
    files = {
        "条目.csv": "编号,分组,标题,答完转人工,需要先知道商品\npostage,a,包邮吗,,\n",
        "问法.csv": "编号,问法\npostage,包邮吗\n",
        "回答.csv": (
            "编号,原话是,开始日期,结束日期,订单状态,商品,收货地区,时间,渠道,问到的那天,按时到货,金额数量,已经知道,提到,"
            "第几次问起,消息1\npostage,,,,,,,,,,,,,,,包邮\n"
        ),
        "资料.csv": "名称,标题,内容,单位\nfree_over,满多少包邮,0,元\n",
        "商品.csv": "编号,名称,别名\n",
        "商品属性.csv": "商品,属性,内容\n",
        "机器人用语.csv": "编号,标题,消息1\n",
    }
    assert from_csv_files({name: text.encode("gbk") for name, text in files.items()}) == Manual(
        entries=(
            Entry(id="postage", group="a", title="包邮吗", questions=("包邮吗",), answers=(Answer(bubbles=("包邮",)),)),
        ),
        facts=(Fact(name="free_over", title="满多少包邮", value="0", unit="元"),),
    )
