"""An owner's list of questions and answers becomes a manual, whatever it looks like."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook

from knowledge.lint.whole_manual import RELIED_ON, lint
from knowledge.manual.entry import Fact, Product
from knowledge.manual.files import starter_manual
from knowledge.workbook.lists import id_of, read_list, wordings_in
from knowledge.workbook.spreadsheets.reading import sheets_of
from knowledge.workbook.spreadsheets.sheets import BadSpreadsheet
from tests.workbooks import saved

if TYPE_CHECKING:
    from knowledge.manual.entry import Entry, Manual
    from knowledge.workbook.importing import Reading

STARTER = starter_manual()
TODAY = datetime(2026, 11, 30, tzinfo=UTC).date()


def workbook_of(*rows: tuple[Any, ...], **more_sheets: list[tuple[Any, ...]]) -> Workbook:
    workbook = Workbook()
    workbook.active.title = "随便什么名字"
    for row in rows:
        workbook.active.append(row)
    for title, cells in more_sheets.items():
        sheet = workbook.create_sheet(title)
        for row in cells:
            sheet.append(row)
    return workbook


def read(workbook: Workbook, base: Manual = STARTER) -> Reading:
    return read_list(sheets_of(saved(workbook), name="表.xlsx"), name="表.xlsx", base=base, shipped=STARTER)


def noted(reading: Reading) -> tuple[str, ...]:
    return tuple(map(str, reading.notes))


def own(reading: Reading) -> tuple[Entry, ...]:
    return tuple(entry for entry in reading.checked().entries if entry.id not in RELIED_ON)


def pairs(reading: Reading) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {entry.questions: entry.answers[0].bubbles for entry in own(reading)}


KITCHEN = (
    ("小家电客服常见问题汇总（内部用）",),
    ("序号", "分类", "客户问题", "标准回复", "关键词", "备注"),
    (1, "物流", "什么时候发货？", "当天发", "发货，寄出", "仓库四点截单"),
    (2, None, "发哪家快递？\n发什么快递", "京东", "发货", None),
    (None, None, None, None, None, None),
    (3, "售后", "坏了怎么办/坏了管修吗", "保修一年", None, "改价找小陈"),
)


def test_a_list_is_taken_as_it_stands() -> None:
    workbook = workbook_of(*KITCHEN)
    workbook.active.merge_cells("A1:F1")
    workbook.active.merge_cells("B3:B5")
    reading = read(workbook)
    assert pairs(reading) == {
        ("什么时候发货？", "寄出"): ("当天发",),
        ("发哪家快递？", "发什么快递"): ("京东",),
        ("坏了怎么办", "坏了管修吗"): ("保修一年",),
    }
    assert [(entry.group, entry.title) for entry in own(reading)] == [
        ("物流", "什么时候发货？"),
        ("物流", "发哪家快递？"),
        ("售后", "坏了怎么办"),
    ]
    assert noted(reading) == (
        "工作表“随便什么名字”第 2 行是列名：取了“分类”、“客户问题”、“标准回复”、“关键词”，没有取“序号”、“备注”",
        "几行都有的关键词没有取：发货",
        "取了 3 条，6 种问法",
        (
            "照旧留着：机器人用语，和 投诉、要说法、打招呼、道谢、再见、找人工客服、你是机器人吗、客服什么时候上班；"
            "手册里原来的其他条目由这张表代替"
        ),
    )


def test_what_a_list_makes_can_be_published() -> None:
    manual = read(workbook_of(*KITCHEN)).checked()
    assert [each for each in lint(manual, today=TODAY) if each.level == "error"] == []
    assert {entry.id for entry in manual.entries} >= set(RELIED_ON)
    assert manual.products == ()
    assert (
        {"shop_name", "working_hours"} <= {fact.name for fact in manual.facts} < {fact.name for fact in STARTER.facts}
    )
    assert "return_address" not in {fact.name for fact in manual.facts}


def test_what_the_owner_wrote_before_stays_beside_a_list() -> None:
    own_fact, own_product = Fact(name="ours", title="自己的", value="1"), Product(id="tea", title="龙井")
    base = dataclasses.replace(STARTER, facts=(*STARTER.facts, own_fact), products=(*STARTER.products, own_product))
    manual = read(workbook_of(*KITCHEN), base).checked()
    assert own_fact in manual.facts
    assert manual.products == (own_product,)
    assert read(workbook_of(*KITCHEN), manual).checked() == manual


def test_an_id_does_not_change_when_rows_are_reordered() -> None:
    rows = [("包邮吗", "包邮"), ("发货？", "当天"), ("几天到/多久到", "三天")]
    there, back = (read(workbook_of(("问题", "答案"), *order)) for order in (rows, rows[::-1]))
    assert {entry.id: entry for entry in own(there)} == {entry.id: entry for entry in own(back)}
    assert id_of("长" * 300) == id_of("长" * 300) != id_of("长" * 299)
    assert len(id_of("长" * 300)) == 40


@pytest.mark.parametrize(
    ("cell", "wordings"),
    [
        ("什么时候发货/多久发货/今天能发吗", ("什么时候发货", "多久发货", "今天能发吗")),
        ("新疆西藏包邮吗\n偏远地区邮费", ("新疆西藏包邮吗", "偏远地区邮费")),
        ("主要原料是什么/配料表/成分", ("主要原料是什么", "配料表", "成分")),
        ("猫/狗可以吃一样的粮吗", ("猫/狗可以吃一样的粮吗",)),
        ("1.5kg/10kg怎么选", ("1.5kg/10kg怎么选",)),
        ("有味道/冒烟正常吗？", ("有味道/冒烟正常吗？",)),
        ("空气炸锅多少瓦？费电吗？", ("空气炸锅多少瓦？", "费电吗？")),
        ("1、包邮吗\n2、要运费吗", ("包邮吗", "要运费吗")),
        ("包邮吗；要运费吗", ("包邮吗", "要运费吗")),
        ("？？", ()),
        ("", ()),
    ],
)
def test_a_cell_may_hold_several_wordings(cell: str, wordings: tuple[str, ...]) -> None:
    assert wordings_in(cell) == wordings


@pytest.mark.parametrize(
    "heads",
    [
        ("問題", "答案"),
        ("Question", "Answer"),
        ("Q", "A"),
        ("买家问题（必填）", "客服话术"),
        ("标准问", "回复内容"),
        ("提问", "回答1"),
    ],
)
def test_heads_have_their_usual_names(heads: tuple[str, str]) -> None:
    assert pairs(read(workbook_of(heads, ("包邮吗", "包邮")))) == {("包邮吗",): ("包邮",)}


def test_similar_questions_and_several_answers_have_columns_of_their_own() -> None:
    workbook = workbook_of(
        ("问题", "相似问法1", "相似问法2", "答案1", "答案2"), ("包邮吗", "要运费吗", None, "包邮", "新疆除外")
    )
    assert pairs(read(workbook)) == {("包邮吗", "要运费吗"): ("包邮", "新疆除外")}


def test_keywords_stand_in_for_questions_where_a_list_has_none() -> None:
    workbook = workbook_of(
        ("关键词", "回复内容", "京东话术"), ("发货，寄出 多久发", "当天发", "京东当天发"), ("退", "不明白")
    )
    reading = read(workbook)
    assert pairs(reading) == {("发货", "寄出", "多久发"): ("当天发",)}
    assert noted(reading)[0] == "工作表“随便什么名字”第 3 行没有写问题，没有取"
    assert noted(reading)[1].endswith("取了“关键词”、“回复内容”，没有取“京东话术”")


def test_every_sheet_with_a_list_is_taken_and_the_others_are_named() -> None:
    workbook = workbook_of(
        ("问题", "答案"),
        ("包邮吗", "包邮"),
        售后=[("问题", "答案"), ("能退吗", "七天内能退")],
        价格=[("商品名", "价格")],
        空=[],
        旧的=[("问题", "答案"), ("x", "y")],
    )
    workbook["旧的"].sheet_state = "hidden"
    reading = read(workbook)
    assert [(entry.title, entry.group) for entry in own(reading)] == [("包邮吗", "随便什么名字"), ("能退吗", "售后")]
    assert {note for note in noted(reading) if "没有取：" in note} == {
        "工作表“价格”没有取：没有“问题”和“答案”两列",
        "工作表“空”没有取：是空的",
        "工作表“旧的”没有取：是隐藏的",
    }


def test_rows_without_a_question_or_an_answer_are_left_out_and_named() -> None:
    workbook = workbook_of(
        ("问题", "答案"), ("一、售前",), ("包邮吗", "包邮"), (None, "没有问题"), ("问题", "答案"), ("能退吗",)
    )
    workbook.active.row_dimensions[3].hidden = True
    reading = read(workbook)
    assert pairs(reading) == {("包邮吗",): ("包邮",)}
    assert [note for note in noted(reading) if "行" in note][:3] == [
        "工作表“随便什么名字”第 2、6 行没有写答案，没有取",
        "工作表“随便什么名字”第 4 行没有写问题，没有取",
        "工作表“随便什么名字”第 1 行是列名：取了“问题”、“答案”",
    ]
    assert "工作表“随便什么名字”有 1 行是隐藏的，也读进来了" in noted(reading)


def test_rows_merged_in_their_question_or_answer_are_one() -> None:
    workbook = workbook_of(
        ("问题", "答案"), ("包邮吗", "包邮"), ("要运费吗", None), ("几天到", "省内两天"), (None, "省外三天")
    )
    workbook.active.merge_cells("B2:B3")
    workbook.active.merge_cells("A4:A5")
    assert pairs(read(workbook)) == {("包邮吗", "要运费吗"): ("包邮",), ("几天到",): ("省内两天", "省外三天")}


def test_the_same_question_of_two_categories_is_told_apart_by_them() -> None:
    rows = (
        ("商品", "问题", "答案"),
        ("毛衣", "什么材质", "羊毛"),
        ("杯子", "什么材质", "不锈钢"),
        ("杯子", "杯子漏水吗", "不漏"),
    )
    assert list(pairs(read(workbook_of(*rows)))) == [("毛衣什么材质",), ("杯子什么材质",), ("杯子漏水吗",)]


def test_one_question_with_two_answers_and_too_many_answers_are_refused_by_row() -> None:
    heads = ("问题", "答案1", "答案2", "答案3", "答案4")
    workbook = workbook_of(
        heads, ("包邮吗", "包邮"), ("包邮嗎？", "不包邮"), ("能退吗", "1", "2", "3", "4"), ("包邮吗", "包邮")
    )
    with pytest.raises(BadSpreadsheet) as refused:
        read(workbook).checked()
    assert [str(row) for row in refused.value.rows] == [
        "工作表“随便什么名字”第 3 行“问题”列：“包邮嗎？”在第 2 行也有，答案不一样：只留一个，或者把问题写得不一样",
        "工作表“随便什么名字”第 4 行“答案4”列：有 4 个答案，最多 3 个，会一条一条发出去",
    ]


def test_a_cell_that_cannot_be_taken_is_named_unless_nobody_needs_it() -> None:
    workbook = workbook_of(("问题", "答案", "备注"), ("包邮吗", "=1+1", "=1/0"), ("能退吗", "能", "=1/0"))
    with pytest.raises(BadSpreadsheet) as refused:
        read(workbook).checked()
    (problem,) = refused.value.rows
    assert (problem.row, problem.column) == (2, "答案")


def test_a_keyword_that_is_another_rows_question_stays_with_that_row() -> None:
    rows = (("问题", "关键词", "答案"), ("包邮吗", "能退吗、运费", "包邮"), ("能退吗", None, "能"))
    assert list(pairs(read(workbook_of(*rows)))) == [("包邮吗", "运费"), ("能退吗",)]


def test_a_question_of_the_list_is_taken_from_the_entries_that_stay() -> None:
    greeting = next(entry for entry in STARTER.entries if entry.id == "human")
    manual = read(workbook_of(("问题", "答案"), (greeting.questions[0], "请打电话"))).checked()
    assert [entry.id for entry in manual.entries if greeting.questions[0] in entry.questions] == [
        id_of(greeting.questions[0])
    ]


def test_pictures_in_a_list_are_named() -> None:
    sheets = sheets_of(saved(workbook_of(("问题", "答案"), ("包邮吗", "包邮"))), name="表.xlsx")
    pictured = [dataclasses.replace(sheets[0], has_pictures=True)]
    reading = read_list(pictured, name="表.xlsx", base=STARTER, shipped=STARTER)
    assert "工作表“随便什么名字”里有图片，没有导入：机器人发不了表格里的图片" in noted(reading)


def test_without_a_list_the_first_words_say_what_to_do() -> None:
    with pytest.raises(BadSpreadsheet, match="在第一行写上列名“问题”和“答案”") as refused:
        read(workbook_of(("商品", "价格"), ("茶", 9)))
    assert "xiaoer knowledge export" in str(refused.value)
