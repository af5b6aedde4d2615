"""The manual as files and as JSON: read whole or not at all; and the starter manual, complete and honest."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as some

from knowledge.answers.templates import COMPUTED, LINE_VARIABLES, variables_in
from knowledge.entities.regions import REGION_GROUPS, region_names
from knowledge.language.normalisation import fold
from knowledge.manual.entry import (
    ANY,
    ARRIVALS,
    BUBBLES_PER_ANSWER,
    CLOCK_STATES,
    DAY_STATES,
    EXAMPLES_AT_LEAST,
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
from knowledge.manual.files import GROUPS, BadManual, from_json, read_manual, starter_manual, to_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DESIGNED = {
    "dispatch": "dispatch-time dispatch-urge presale-dispatch holiday-dispatch ship-from combine-orders",
    "courier": "courier courier-choose ship-overseas remote-areas",
    "delivery": "delivery-time tracking tracking-stalled signed-not-received address-change delivery-method "
    "refuse-parcel damaged missing-item wrong-item",
    "postage": "free-postage postage-cost postage-remote return-postage freight-insurance postage-difference",
    "after-sale": "return-policy return-how exchange refund-time cancel-order quality-issue warranty complaint",
    "before-sale": "authenticity stock size material recommendation gift bulk-order",
    "price": "price-ask discount bargain-walkaway too-expensive coupon price-protection",
    "paying": "payment-how payment-methods invoice",
    "talk": "greeting farewell human robot-question working-hours",
}
LINES_OF_THE_BOT = (
    "welcome choice choice-one suggested choice-unclear hand-over-open hand-over-closed no-desk message-noted "
    "leave-message holding holding-led away waiting-still left-queue in-queue after-misses unsupported-content "
    "product-card order-card invite thanks-good thanks-bad ad-reply expired quota-ends which-product which-region "
    "which-size as-said noted courtesy go-on handed-on calm promotion-on promotion-off"
)
NEVER_SAID = ("最", "返现", "好评", "您自己多试", "假装", "100%正品", "第一品牌", "！", "!")


@cache
def starter() -> Manual:
    return starter_manual()


def everything_said() -> list[tuple[str, tuple[str, ...]]]:
    answers = [(entry.id, each.bubbles) for entry in starter().entries for each in entry.answers]
    return answers + [(line.id, line.bubbles) for line in starter().lines]


def attributes() -> set[str]:
    return {name for product in starter().products for name in product.attributes}


# The starter manual


def test_the_starter_manual_has_every_entry_of_the_design_in_its_group() -> None:
    shipped = {group: " ".join(entry.id for entry in starter().entries if entry.group == group) for group in GROUPS}
    assert shipped == DESIGNED
    assert len(starter().entries) == sum(len(ids.split()) for ids in DESIGNED.values())


def test_the_starter_manual_has_every_line_that_the_bot_says() -> None:
    assert [line.id for line in starter().lines] == LINES_OF_THE_BOT.split()


@pytest.mark.parametrize("entry", starter_manual().entries, ids=lambda entry: entry.id)
def test_every_entry_has_enough_examples_that_are_as_short_as_buyers_type(entry: Entry) -> None:
    assert len({fold(question) for question in entry.questions}) == len(entry.questions) >= EXAMPLES_AT_LEAST
    assert all(1 <= len(question) <= 40 for question in entry.questions)
    assert sorted(map(len, entry.questions))[len(entry.questions) // 2] <= 12


def test_no_question_belongs_to_two_entries() -> None:
    owners = Counter(fold(question) for entry in starter().entries for question in entry.questions)
    assert [question for question, times in owners.items() if times > 1] == []


def test_every_variable_can_be_filled() -> None:
    known = {fact.name for fact in starter().facts} | attributes() | set(COMPUTED)
    lacking = [
        (where, name)
        for where, bubbles in everything_said()
        for name in variables_in(bubbles)
        if name not in known.union(LINE_VARIABLES.get(where, ()))
    ]
    assert lacking == []


def test_attributes_are_used_only_where_every_product_in_question_has_them() -> None:
    for entry in starter().entries:
        for each in entry.answers:
            certain = {fact.name for fact in starter().facts} | each.when.knows
            needed = (set(variables_in(each.bubbles)) & attributes()) - certain
            wanted = each.when.products
            meant = [product for product in starter().products if ANY in wanted or product.id in wanted]
            assert bool(meant) or not needed, entry.id
            assert all(needed <= set(product.attributes) for product in meant), entry.id


def test_every_fact_and_every_attribute_is_used_by_something_said() -> None:
    used = {name for _, bubbles in everything_said() for name in variables_in(bubbles)}
    used |= {fact for name in used & set(COMPUTED) for fact in COMPUTED[name].facts}
    assert {fact.name for fact in starter().facts} | attributes() <= used


def test_every_fact_is_set_and_has_a_title_for_staff() -> None:
    assert all(fact.value.strip() and fact.title.strip() for fact in starter().facts)


@pytest.mark.parametrize("said", everything_said(), ids=lambda said: said[0])
def test_what_is_said_is_short_and_uses_no_word_that_the_trade_forbids(said: tuple[str, tuple[str, ...]]) -> None:
    _, bubbles = said
    assert 1 <= len(bubbles) <= BUBBLES_PER_ANSWER
    assert all(len(bubble) <= 120 for bubble in bubbles)
    assert [word for word in NEVER_SAID if word in "".join(bubbles)] == []


def test_the_bot_says_what_it_is() -> None:
    said = dict(everything_said())
    assert "自动客服" in said["welcome"][0]
    assert "自动客服" in said["human"][0]
    assert "自动客服小二，不是真人" in said["robot-question"][0]


def test_conditions_name_things_that_exist() -> None:
    products = {product.id for product in starter().products} | {ANY}
    for entry in starter().entries:
        for each in entry.answers:
            assert each.when.products <= products, entry.id
            assert each.when.regions <= REGION_GROUPS | region_names(), entry.id


def test_no_two_answers_of_an_entry_hold_under_the_same_conditions() -> None:
    for entry in starter().entries:
        assert len({each.when for each in entry.answers}) == len(entry.answers), entry.id


def test_variants_of_every_kind_are_shown() -> None:
    whens = [each.when for entry in starter().entries for each in entry.answers]
    fields = ("words", "order_status", "products", "regions", "clock", "channels")
    assert all(any(getattr(when, name) for when in whens) for name in fields)
    assert any(when.asked_at_least > 1 for when in whens)


def test_a_person_is_called_where_only_a_person_can_help() -> None:
    assert {entry.id for entry in starter().entries if entry.hands_over} == {"complaint", "bargain-walkaway", "human"}


def test_questions_about_one_product_wait_for_its_name() -> None:
    waiting = {entry.id for entry in starter().entries if entry.needs_product}
    assert waiting == {"size", "material", "warranty", "stock", "price-ask"}


def test_three_products_with_the_names_that_buyers_use() -> None:
    products = {product.id: product for product in starter().products}
    assert set(products) == {"sweater-wool", "thermos-500", "earphones-pro"}
    aliases = [fold(alias) for product in products.values() for alias in product.aliases]
    assert len(set(aliases)) == len(aliases)
    assert "毛衣" in products["sweater-wool"].aliases


# Files


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def problems_of(act: Callable[[], Manual]) -> list[str]:
    with pytest.raises(BadManual) as refused:
        act()
    assert str(refused.value) == "\n".join(map(str, refused.value.problems))
    return [str(problem) for problem in refused.value.problems]


ENTRY = """
[hello]
title = "问好"
questions = ["你好"]
[[hello.answers]]
bubbles = ["您好。"]
"""


def test_a_folder_is_read_into_what_it_says(tmp_path: Path) -> None:
    write(tmp_path, "talk.toml", ENTRY)
    write(
        tmp_path,
        "aaa.toml",
        """
[sale]
title = "活动"
hands_over = true
questions = ["有活动吗"]
[[sale.answers]]
bubbles = ["没有。"]
[[sale.answers]]
when = { first_day = 2026-11-01, last_day = "2026-11-11", words = ["活动"], asked_at_least = 2 }
bubbles = ["有。"]
""",
    )
    write(tmp_path, "facts.toml", '[postage]\ntitle = "运费"\nvalue = "8"\nunit = "元"')
    write(tmp_path, "products.toml", '[cup]\ntitle = "杯子"\naliases = ["水杯"]\nattributes = { material = "钢" }')
    write(tmp_path, "lines.toml", '[welcome]\ntitle = "欢迎"\nbubbles = ["欢迎。"]')
    write(tmp_path, "notes.txt", "not read")
    sale = When(first_day=date(2026, 11, 1), last_day=date(2026, 11, 11), words=frozenset({"活动"}), asked_at_least=2)
    assert read_manual(tmp_path) == Manual(
        entries=(
            Entry(id="hello", group="talk", title="问好", questions=("你好",), answers=(Answer(bubbles=("您好。",)),)),
            Entry(
                id="sale",
                group="aaa",
                title="活动",
                questions=("有活动吗",),
                answers=(Answer(bubbles=("没有。",)), Answer(bubbles=("有。",), when=sale)),
                hands_over=True,
            ),
        ),
        facts=(Fact(name="postage", title="运费", value="8", unit="元"),),
        products=(Product(id="cup", title="杯子", aliases=("水杯",), attributes={"material": "钢"}),),
        lines=(Line(id="welcome", title="欢迎", bubbles=("欢迎。",)),),
    )


def test_a_file_saved_by_notepad_is_read(tmp_path: Path) -> None:
    (tmp_path / "talk.toml").write_bytes(ENTRY.replace("\n", "\r\n").encode("utf-8-sig"))
    assert [entry.id for entry in read_manual(tmp_path).entries] == ["hello"]


def test_all_problems_of_all_files_are_told_at_once_with_their_places(tmp_path: Path) -> None:
    write(
        tmp_path,
        "talk.toml",
        """stray = "x"
[empty]
[odd]
title = 5
question = ["你好"]
questions = ["你好", 3]
hands_over = "yes"
[[odd.answers]]
bubbles = "您好。"
[[odd.answers]]
when = { first_day = 2026-11-11T08:00:00, clock = ["night"], asked_at_least = true, region = ["新疆"] }
bubbles = ["您好。"]
""",
    )
    write(tmp_path, "facts.toml", '[a]\ntitle = "甲"\nvalue = 8')
    write(tmp_path, "products.toml", '[cup]\ntitle = "杯子"\n[cup.attributes]\nlitres = 0.5\nmaterial = "钢"')
    write(tmp_path, "lines.toml", "[broken\n")
    (tmp_path / "price.toml").write_bytes('[x]\ntitle = "价"'.encode("gbk"))
    assert problems_of(lambda: read_manual(tmp_path)) == [
        "lines.toml：不是正确的 TOML：Expected ']' at the end of a table declaration (at line 1, column 8)",
        "price.toml：不是 UTF-8 编码，请另存为 UTF-8",
        "talk.toml [stray]：“stray”不在任何一条里：要放在 [编号] 的下面",
        "talk.toml 第 2 行 [empty]：没有标题",
        "talk.toml 第 2 行 [empty]：没有问法：至少写一句买家会怎么问",
        "talk.toml 第 2 行 [empty]：没有回答",
        "talk.toml 第 3 行 [odd]：“title”要写成一段文字",
        "talk.toml 第 3 行 [odd]：“questions”要写成文字的列表",
        "talk.toml 第 3 行 [odd]：第 1 条回答：“bubbles”要写成文字的列表",
        "talk.toml 第 3 行 [odd]：第 1 条回答：没有内容：至少写一条消息",
        "talk.toml 第 3 行 [odd]：第 2 条回答：“first_day”要写成日期，如 2026-11-11",
        "talk.toml 第 3 行 [odd]：第 2 条回答：“asked_at_least”要写成一个整数",
        f"talk.toml 第 3 行 [odd]：第 2 条回答：不认识的时间条件“night”，可以用：{'、'.join(CLOCK_STATES)}",
        "talk.toml 第 3 行 [odd]：第 2 条回答：不认识的字段“region”",
        "talk.toml 第 3 行 [odd]：“hands_over”要写成 true 或 false",
        "talk.toml 第 3 行 [odd]：没有标题",
        "talk.toml 第 3 行 [odd]：不认识的字段“question”",
        "facts.toml 第 1 行 [a]：“value”要写成一段文字",
        "products.toml 第 1 行 [cup]：“attributes.litres”要写成一段文字",
    ]


def test_one_id_in_two_files_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "talk.toml", ENTRY)
    write(tmp_path, "other.toml", ENTRY)
    assert problems_of(lambda: read_manual(tmp_path)) == ["[hello]：回答“hello”出现了不止一次"]


def test_a_folder_without_a_manual_is_refused(tmp_path: Path) -> None:
    nothing = [f"{tmp_path.name}：没有这个文件夹，或里面没有 .toml 文件"]
    assert problems_of(lambda: read_manual(tmp_path)) == nothing
    assert problems_of(lambda: read_manual(tmp_path / "gone")) == ["gone：没有这个文件夹，或里面没有 .toml 文件"]


# JSON


def test_the_starter_manual_survives_json() -> None:
    assert from_json(to_json(starter())) == starter()
    assert to_json(from_json(to_json(starter()))) == to_json(starter())


def test_an_empty_manual_survives_json() -> None:
    assert from_json(to_json(Manual())) == Manual()
    assert from_json(b"{}") == Manual()


words = some.text(alphabet=some.characters(codec="utf-8"), min_size=1).filter(str.strip)
sets_of_words = some.frozensets(words, max_size=3)
days = some.none() | some.dates()


@some.composite
def whens(draw: some.DrawFn) -> When:
    first, last = draw(days), draw(days)
    if first and last:
        first, last = min(first, last), max(first, last)
    return When(
        words=draw(sets_of_words),
        first_day=first,
        last_day=last,
        order_status=draw(some.frozensets(some.sampled_from(ORDER_STATUSES))),
        products=draw(sets_of_words),
        regions=draw(sets_of_words),
        clock=draw(some.frozensets(some.sampled_from(CLOCK_STATES))),
        channels=draw(sets_of_words),
        day=draw(some.frozensets(some.sampled_from(DAY_STATES))),
        arrives=draw(some.frozensets(some.sampled_from(ARRIVALS))),
        reaches=draw(some.frozensets(some.sampled_from(REACHES))),
        knows=draw(some.frozensets(some.from_regex(r"[^\W\d]\w{0,8}", fullmatch=True))),
        mentions=draw(sets_of_words),
        asked_at_least=draw(some.integers(min_value=1, max_value=9)),
    )


@given(
    when=whens(),
    bubbles=some.lists(words, min_size=1, max_size=3),
    attribute=words,
    aliases=some.lists(words),
    flags=some.tuples(some.booleans(), some.booleans()),
)
def test_any_manual_survives_json(
    when: When, bubbles: list[str], attribute: str, aliases: list[str], flags: tuple[bool, bool]
) -> None:
    said = tuple(bubbles)
    entry = Entry(
        id="e",
        group="g",
        title="t",
        questions=said,
        answers=(Answer(bubbles=said, when=when), Answer(bubbles=said)),
        hands_over=flags[0],
        needs_product=flags[1],
    )
    product = Product(id="p", title="t", aliases=tuple(aliases), attributes={"a": attribute})
    manual = Manual(entries=(entry,), products=(product,), lines=(Line(id="l", title="t", bubbles=said),))
    assert from_json(to_json(manual)) == manual


def test_json_that_is_no_manual_is_refused_with_every_problem() -> None:
    assert problems_of(lambda: from_json(b"{"))[0].startswith("JSON：不是正确的 JSON")
    assert problems_of(lambda: from_json(b"[]")) == ["JSON：要是一个对象，里面有 entries、facts 等"]
    assert problems_of(lambda: from_json(b'{"entries": 5, "facts": [1, {"name": "a"}], "lines": [{}]}')) == [
        "entries：要是对象的列表",
        "facts：要是对象的列表",
        "facts [a]：没有标题",
        "lines：没有编号",
        "lines：没有标题",
        "lines：没有内容：至少写一条消息",
    ]


def test_json_with_a_fact_twice_is_refused() -> None:
    fact = Fact(name="postage", title="运费", value="8")
    twice = replace(Manual(), facts=(fact, fact))
    assert problems_of(lambda: from_json(to_json(twice))) == ["[postage]：资料“postage”出现了不止一次"]
