from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from knowledge.manual.entry import ANY
from knowledge.workbook.importing import questions_in, with_questions
from knowledge.workbook.spreadsheets.reading import sheets_of
from knowledge.workbook.spreadsheets.sheets import BadSpreadsheet
from tests.workbooks import MANUAL, edited, imported, reading_of, with_cell

CSV = 'entry,question\npostage,要运费吗\npostage,"包邮,是吗"\n\nsize,穿多大\n'
PAIRS = (("postage", "要运费吗"), ("postage", "包邮,是吗"), ("size", "穿多大"))


# What staff type


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (0, "0"),
        (99, "99"),
        (19.9, "19.9"),
        (0.1 + 0.2, "0.3"),
        (202611290001, "202611290001"),
        (time(16, 0), "16:00:00"),
        (time(16, 0, 30), "16:00:30"),
        (timedelta(hours=30), "30:00:00"),
        (timedelta(hours=30, seconds=5), "30:00:05"),
        (date(2026, 11, 11), "2026-11-11"),
        (datetime(2026, 11, 11, 16, 0), "2026-11-11 16:00:00"),  # noqa: DTZ001 - a cell has no zone
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
        ("I3", "新疆维吾尔自治区、内蒙", "regions", {"新疆", "内蒙古"}),
        ("I3", "省内;overseas", "regions", {"same_province", "overseas"}),
        ("K3", "a,b", "channels", {"a", "b"}),
        ("L3", "休息日", "day", {"closed"}),
        ("L3", "发货日、closed", "day", {"working", "closed"}),
        ("M3", "来得及、late", "arrives", {"in_time", "late"}),
        ("N3", "够包邮,不够团购", "reaches", {"free_postage", "below_bulk"}),
        ("O3", "fitting_size、product", "knows", {"fitting_size", "product"}),
        ("H3", "防水\n怕水", "mentions", {"防水", "怕水"}),
        ("H3", "冰箱、冷藏\n 保鲜 ", "mentions", {"冰箱", "冷藏", "保鲜"}),
        ("H3", "“冷藏、冷冻”、 保鲜", "mentions", {"冷藏、冷冻", "保鲜"}),
        ("H3", "“大号”的吗、“、、", "mentions", {"“大号”的吗", "“"}),
        ("H3", "亲，包邮吗", "mentions", {"亲，包邮吗"}),
        ("C3", "包邮吗、要邮费吗", "words", {"包邮吗", "要邮费吗"}),
        ("G3", "毛衣、针织衫", "products", {"sweater"}),
        ("I3", "江浙沪、东三省", "regions", {"江苏", "浙江", "上海", "辽宁", "吉林", "黑龙江"}),
        ("I3", "京津冀，偏远地区", "regions", {"北京", "天津", "河北", "remote"}),
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


def problems_of(data: bytes) -> list[str]:
    return [str(row) for row in reading_of(data).problems]


def questions_from_csv(data: bytes, **known: Any) -> tuple[tuple[str, str], ...]:
    return questions_in(sheets_of(data, name="q.csv"), **known)


@pytest.mark.parametrize(
    ("sheet", "cell", "typed", "problem"),
    [
        ("条目", "A2", None, "工作表“条目”第 2 行“编号”列：没有写编号"),
        ("条目", "A3", "postage", "工作表“条目”第 3 行“编号”列：“postage”在第 2 行已经有了"),
        ("条目", "C2", None, "工作表“条目”第 2 行“标题”列：没有标题"),
        ("条目", "D2", "也许", "工作表“条目”第 2 行“答完转人工”列：“也许”看不懂：写“是”，或者空着"),
        ("条目", "A3", "new", "工作表“条目”第 3 行：没有问法：至少写一句买家会怎么问"),
        (
            "问法",
            "A3",
            "没这条",
            (
                "工作表“问法”第 3 行“编号”列：工作表“条目”里没有“没这条”，而“问法”第 3 行写的是它："
                "要么在“条目”里补上，要么改掉或删掉这一行"
            ),
        ),
        ("问法", "A3", None, "工作表“问法”第 3 行“编号”列：没有写编号"),
        ("问法", "C3", None, "工作表“问法”第 3 行“问法”列：没有写问法"),
        ("回答", "D3", "双十一", "工作表“回答”第 3 行“开始日期”列：“双十一”不是日期：要写成 2026-11-11 这样"),
        ("回答", "D3", "2026-13-01", "工作表“回答”第 3 行“开始日期”列：“2026-13-01”不是日期：要写成 2026-11-11 这样"),
        ("回答", "D3", "2027-01-01", "工作表“回答”第 3 行“结束日期”列：结束日期 2026-11-11 早于开始日期 2027-01-01"),
        (
            "回答",
            "F3",
            "已飞走",
            "工作表“回答”第 3 行“订单状态”列：不认识“已飞走”，可以写：未付款、已付款、已发货、已签收、退款中、已关闭",
        ),
        (
            "回答",
            "G3",
            "裤子",
            "工作表“回答”第 3 行“商品”列：没有编号、名称或别名是“裤子”的商品；每款商品都行就写“任意商品”",
        ),
        (
            "回答",
            "I3",
            "火星",
            "工作表“回答”第 3 行“收货地区”列：不认识“火星”，可以写省份的简称（如 新疆），或省内",
        ),
        (
            "回答",
            "I3",
            "珠三角",
            (
                "工作表“回答”第 3 行“收货地区”列：不认识“珠三角”，可以写省份的简称（如 新疆），或省内、普通地区、"
                "偏远地区、港澳台及海外、江浙沪、江浙沪皖、京津冀、东三省、东北三省"
            ),
        ),
        (
            "回答",
            "I3",
            "喀什",
            "工作表“回答”第 3 行“收货地区”列：不认识“喀什”，可以写省份的简称（如 新疆），或省内",
        ),
        (
            "回答",
            "J3",
            "半夜",
            "工作表“回答”第 3 行“时间”列：不认识“半夜”，可以写：截单前、截单后、休息日、营业中、已打烊",
        ),
        ("回答", "P3", "很多", "工作表“回答”第 3 行“第几次问起”列：“很多”不是次数：要写成 2 这样的数字"),
        ("回答", "P3", 0, "工作表“回答”第 3 行“第几次问起”列：“问到第几次”要从 1 开始"),
        ("回答", "Q3", None, "工作表“回答”第 3 行“消息1”列：没有内容：至少写一条消息"),
        ("回答", "P2", 2, "工作表“条目”第 2 行：没有兜底回答：要有一条不带任何条件的回答"),
        ("资料", "A2", "2价格", "工作表“资料”第 2 行“名称”列：资料名“2价格”只能用文字、数字和下划线，不能以数字开头"),
        ("资料", "B2", None, "工作表“资料”第 2 行“标题”列：没有标题"),
        ("商品", "B2", None, "工作表“商品”第 2 行“名称”列：没有名称"),
        ("商品属性", "A2", "裤子", "工作表“商品属性”第 2 行“商品”列：工作表“商品”里没有“裤子”，"),
        ("商品属性", "B2", None, "工作表“商品属性”第 2 行“属性”列：没有写属性"),
        ("机器人用语", "C2", None, None),
        ("机器人用语", "B2", None, "工作表“机器人用语”第 2 行“标题”列：没有标题"),
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


def test_rows_of_an_entry_that_is_gone_are_named_once() -> None:
    def change(workbook: Any) -> None:
        workbook["条目"]["A2"] = "postage-new"
        for number in range(4, 7):
            workbook["问法"][f"A{number}"], workbook["问法"][f"C{number}"] = "postage", f"{number}元包邮吗"
        workbook["回答"]["A4"], workbook["回答"]["Q4"] = "gone", "好"

    assert [each for each in problems_of(edited(change)) if "补上" in each] == [
        (
            "工作表“问法”第 2 行“编号”列：工作表“条目”里没有“postage”，"
            "而“问法”第 2 到 6 行里的 5 行、“回答”第 2、3 行写的是它：要么在“条目”里补上，要么把这些行删掉"
        ),
        (
            "工作表“回答”第 4 行“编号”列：工作表“条目”里没有“gone”，"
            "而“回答”第 4 行写的是它：要么在“条目”里补上，要么改掉或删掉这一行"
        ),
    ]


def test_a_product_may_be_written_by_its_name_in_its_attributes_too() -> None:
    assert imported(with_cell("商品属性", "A2", "羊毛衫")) == MANUAL


def test_an_attribute_without_its_written_name_has_that_of_its_title() -> None:
    def change(workbook: Any) -> None:
        workbook["商品"].append(["vest", "马甲", None])
        workbook["商品属性"]["B2"] = "尺码"
        for attribute in ("尺码", "厚度"):
            workbook["商品属性"].append(["vest", attribute, "M"])

    assert imported(edited(change)).products[1].attributes == {"size": "M", "厚度": "M"}


def test_a_name_of_two_products_stands_for_none() -> None:
    def change(workbook: Any) -> None:
        workbook["商品"].append(["vest", "马甲", "针织衫、毛衣"])
        workbook["商品属性"]["A2"] = "毛衣"
        workbook["回答"]["G3"] = "针织衫"

    assert problems_of(edited(change)) == [
        "工作表“回答”第 3 行“商品”列：“针织衫”是 sweater、vest 都有的名字：写商品的编号",
        "工作表“商品属性”第 2 行“商品”列：“毛衣”是 sweater、vest 都有的名字：写商品的编号",
    ]


def test_an_id_means_its_own_product_whatever_others_are_called() -> None:
    def change(workbook: Any) -> None:
        workbook["商品"].append(["毛衣", "马甲", None])

    assert imported(edited(change)).products[0].attributes == {"size": "S到L"}


def test_a_bad_row_leaves_the_rest_to_be_looked_over() -> None:
    def change(workbook: Any) -> None:
        workbook["回答"]["I3"] = "火星"
        workbook["问法"]["C3"] = None
        workbook["资料"]["B2"] = None
        workbook["商品"]["B2"] = None
        workbook["机器人用语"]["B2"] = None

    reading = reading_of(edited(change))
    assert [problem.row for problem in reading.problems] == [3, 3, 2, 2, 2]
    (entry,) = reading.manual.entries
    assert [answer.bubbles for answer in entry.answers] == [MANUAL.entries[0].answers[0].bubbles, ("—",)]
    assert [fact.name for fact in reading.manual.facts] == ["free_over", "gift"]
    assert [product.id for product in reading.manual.products] == ["sweater"]
    assert [line.id for line in reading.manual.lines] == ["welcome"]


def test_every_bad_row_is_named_at_once_in_the_order_of_the_workbook() -> None:
    def change(workbook: Any) -> None:
        workbook["资料"]["B2"] = None
        workbook["回答"]["P3"] = "很多"
        workbook["回答"]["F2"] = "已飞走"
        workbook["条目"]["D2"] = "也许"

    assert [(row.sheet, row.row, row.column) for row in reading_of(edited(change)).problems] == [
        ("条目", 2, "答完转人工"),
        ("回答", 2, "订单状态"),
        ("回答", 3, "第几次问起"),
        ("资料", 2, "标题"),
    ]


def test_a_missing_sheet_and_an_empty_one_are_named() -> None:
    def change(workbook: Any) -> None:
        workbook.remove(workbook["商品"])
        workbook["机器人用语"].delete_rows(1, 9)

    assert problems_of(edited(change)) == [
        "工作表“商品”：没有这个工作表",
        "工作表“机器人用语”第 1 行“编号、标题、消息1”列：没有这一列：第一行要写列名",
    ]


# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_questions_are_read_from_a_csv_in_any_usual_encoding(encoding: str) -> None:
    assert questions_from_csv(CSV.encode(encoding)) == PAIRS


@pytest.mark.parametrize(
    "text",
    [
        CSV.replace("\n", "\r\n"),
        '问法,编号,备考\n要运费吗,postage,1\n"包邮,是吗", postage ,2\n穿多大,size\n',
        "entry\tquestion\npostage\t要运费吗\npostage\t包邮,是吗\nsize\t穿多大",
    ],
)
def test_a_csv_may_have_other_line_ends_columns_and_tabs(text: str) -> None:
    assert questions_from_csv(text.encode()) == PAIRS


def test_every_bad_line_of_a_csv_is_named() -> None:
    with pytest.raises(BadSpreadsheet) as refused:
        questions_from_csv(b"entry,question\nno-such,a\n,b\npostage,\n", known={"postage"})
    assert [str(row) for row in refused.value.rows] == [
        "工作表“q.csv”第 2 行“编号”列：没有编号是“no-such”的条目",
        "工作表“q.csv”第 3 行“编号”列：没有写是哪一条的问法",
        "工作表“q.csv”第 4 行“问法”列：没有写问法",
    ]


def test_a_question_that_nobody_should_answer_has_no_entry() -> None:
    pairs = questions_from_csv(b"entry,question\n,weather\n", known=(), blank_entry=True)
    assert pairs == (("", "weather"),)


@pytest.mark.parametrize("data", [b"", b"postage,abc\n"])
def test_a_csv_without_column_names_is_refused(data: bytes) -> None:
    with pytest.raises(BadSpreadsheet, match="第 1 行“编号、问法”列：没有这一列：第一行要写列名"):
        questions_from_csv(data)


def test_questions_are_added_to_the_old_ones_or_put_in_their_place() -> None:
    pairs = (("postage", "包邮吗"), ("postage", "运费谁出"), ("nobody", "x"))
    assert with_questions(MANUAL, pairs).entries[0].questions == ("包邮吗", "要邮费吗", "运费谁出")
    assert with_questions(MANUAL, pairs, instead=True).entries[0].questions == ("包邮吗", "运费谁出")
    assert with_questions(MANUAL, ()) == MANUAL
