"""The conditions of an answer in words, and why they do not hold."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.dialogue.reasons import in_words
from knowledge.answers.choose import answer
from knowledge.answers.conditions import CONDITIONS, named_by
from knowledge.manual.entry import BadEntry, Circumstances, NamedDays, When
from knowledge.reasons.conditions import sentences
from knowledge.reasons.sentences import LANGUAGES
from knowledge.workbook.columns import ANSWERS, layouts
from tests.answers import AT_TEN, POSTAGE, SHOP, entry_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.reasons.reason import Reason

SUNDAY = NamedDays(first=date(2026, 11, 29), last=date(2026, 11, 29), due=date(2026, 11, 29))
DAY_ON = replace(AT_TEN, named_day="周日", named_days=SUNDAY, days_ahead="1" * 30)


def test_the_winner_says_why_and_the_losers_say_why_not() -> None:
    entry = entry_of(
        When(order_status=frozenset({"paid", "shipped"})),
        When(words=frozenset({"在吗"}), first_day=date(2027, 1, 1), asked_at_least=2),
        When(products=frozenset({"cup"})),
        When(products=frozenset({"*"}), regions=frozenset({"remote"})),
        When(regions=frozenset({"新疆"}), clock=frozenset({"closed_day"}), channels=frozenset({"web"})),
    )
    chosen = answer(SHOP, entry, replace(AT_TEN, order_status="paid", region="广东", product_id="sock", channel="app"))
    assert chosen.number == 1
    assert in_words(chosen.rule, "zh") == "订单已付款或已发货"
    assert _said(chosen.lost) == (
        "第2条（原话是“在吗”，日期在2027-01-01到不限，第2次问起）：原话不一样；不在日期内；现在是第1次问",
        "第3条（商品是cup）：不是这款商品",
        "第4条（知道是哪款商品，收货地是偏远地区）：收货地是广东",
        "第5条（收货地是新疆，时间是休息日，渠道是web）：收货地是广东；时间不符；渠道不符",
        "第6条（默认）：也符合，但优先级较低",
    )


def test_what_nobody_knows_is_said_so_in_the_why() -> None:
    whens = (
        When(order_status=frozenset({"paid"})),
        When(products=frozenset({"cup"})),
        When(regions=frozenset({"remote"})),
    )
    chosen = answer(SHOP, entry_of(*whens), AT_TEN)
    assert in_words(chosen.rule, "zh") == "默认"
    assert [lost.split("：")[1] for lost in _said(chosen.lost)] == [
        "不知道订单状态",
        "不知道是哪款商品",
        "不知道收货地",
    ]
    elsewhere = answer(SHOP, entry_of(*whens), replace(AT_TEN, order_status="held"))
    assert _said(elsewhere.lost)[0].endswith("订单held")


def test_words_that_were_not_mentioned_are_told_in_the_why() -> None:
    entry = entry_of(When(mentions=frozenset({"怕水", "防水"}), regions=frozenset({"remote"})))
    chosen = answer(SHOP, entry, replace(AT_TEN, text="会掉色吗", region="新疆"))
    assert _said(chosen.lost) == ("第1条（提到“怕水”或“防水”，收货地是偏远地区）：没有提到",)


def test_an_open_start_is_put_in_words_too() -> None:
    assert in_words(named_by(When(last_day=date(2026, 11, 11))).said, "zh") == "日期在不限到2026-11-11"


def test_what_the_buyer_names_is_told_in_the_why() -> None:
    entry = entry_of(
        When(day=frozenset({"working", "closed"}), reaches=frozenset({"bulk", "below_free_postage"})),
        When(knows=frozenset({"region", "fitting_size"})),
    )
    assert (
        in_words(named_by(entry.answers[0].when).said, "zh")
        == "问到的那天是休息日或发货日，说到的金额不够包邮或数量够团购"
    )
    assert _said(answer(POSTAGE, entry, AT_TEN).lost) == (
        "第1条（问到的那天是休息日或发货日，说到的金额不够包邮或数量够团购）：没有问到别的日子；没有说到金额或数量",
        "第2条（已经知道fitting_size、region）：还不知道fitting_size、region",
    )
    closed = answer(POSTAGE, entry_of(When(day=frozenset({"closed"}))), DAY_ON)
    assert _said(closed.lost)[0].endswith("：周日是发货日")
    unsure = replace(DAY_ON, days_ahead="", quantity=3)
    other = answer(POSTAGE, entry_of(When(day=frozenset({"closed"}), reaches=frozenset({"bulk"}))), unsure)
    assert _said(other.lost)[0].endswith("：周日说不准是不是发货日；金额数量不符")


def test_when_a_parcel_arrives_is_told_in_the_why() -> None:
    whens = (When(arrives=frozenset({"late", "perhaps"})), When(arrives=frozenset({"in_time"})))
    assert in_words(named_by(whens[0]).said, "zh") == "到货来不及或说不准"
    first, second, _ = _lost(DAY_ON, *whens)
    assert (first, second) == ("还不知道region", "还不知道region")
    assert _lost(replace(DAY_ON, region="新疆"), *whens)[1] == "周日到货来不及"
    assert _lost(replace(DAY_ON, region="香港"), *whens)[0] == "周日到货算不出来"
    assert _lost(AT_TEN, *whens)[0] == "没有问到要哪天到"
    assert _lost(replace(DAY_ON, named_day="今天"), When(day=frozenset({"working"})))[0] == "没有问到别的日子"


def _said(reasons: Iterable[Reason]) -> tuple[str, ...]:
    return tuple(in_words(each, "zh") for each in reasons)


def _lost(circumstances: Circumstances, *whens: When) -> list[str]:
    """Why each of the answers does not hold; empty for the one that does."""
    chosen = answer(SHOP, entry_of(*whens), circumstances)
    reasons = {int(lost[1]): lost.partition("）：")[2] for lost in _said(chosen.lost)}
    return [reasons.get(number, "") for number in range(1, len(whens) + 2)]


def test_the_name_of_a_product_mentions_nothing() -> None:
    keeps_warm = entry_of(When(mentions=frozenset({"保温"})))
    assert answer(SHOP, keeps_warm, replace(AT_TEN, text="保温杯怎么洗")).number == 2
    assert answer(SHOP, keeps_warm, replace(AT_TEN, text="保温杯能保温多久")).number == 1


def test_every_field_of_a_condition_is_some_conditions_cell_and_every_cell_has_its_column() -> None:
    fields = sorted(each.name for each in dataclasses.fields(When))
    assert sorted(cell.field for condition in CONDITIONS for cell in condition.cells) == fields
    assert {column.key for column in layouts()[ANSWERS].columns} >= set(fields)


def test_an_unknown_state_of_any_condition_is_refused_in_words() -> None:
    for cell in (cell for condition in CONDITIONS for cell in condition.cells if cell.form == "states"):
        with pytest.raises(BadEntry) as refused:
            When(**{cell.field: frozenset({"no such state"})})  # type: ignore[arg-type]  # a mistake on purpose
        assert refused.value.problems[0].code == "unknown_code"
        assert dict(refused.value.problems[0].values)["known"] == cell.states.names


def test_states_of_one_condition_are_told_apart_in_each_language() -> None:
    for states in (cell.states for condition in CONDITIONS for cell in condition.cells):
        for language in LANGUAGES:
            assert len({sentences(language)[states.code(name)] for name in states.names}) == len(states.names)


def test_a_channel_is_told_by_its_own_name_whatever_else_is_called_so() -> None:
    assert in_words(named_by(When(channels=frozenset({"remote"}))).said, "zh") == "渠道是remote"
