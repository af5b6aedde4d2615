"""What is filled in for each variable, and what stays missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from knowledge.answers.conditions import depends_on
from knowledge.answers.templates import COMPUTED, say, takes_figures, variables_in
from knowledge.manual.entry import Fact, Line, Manual, NamedDays, Product, When
from knowledge.manual.files import starter_manual
from tests.answers import POSTAGE, SHOP, entry_of, filled


def test_variables_are_names_between_braces_each_once() -> None:
    assert variables_in(("{a} {b}", "{a}{ c }{1}{}", "{满减}")) == ("a", "b", "满减")


def test_a_products_attribute_comes_before_the_shops_fact() -> None:
    assert filled("{warranty}").bubbles == ("一般一年",)
    assert filled("{warranty}", product_id="sock").bubbles == ("一般一年",)
    assert filled("{product}：{warranty}", product_id="cup").bubbles == ("保温杯：两年",)


def test_what_nobody_can_fill_is_missing_and_stays_visible() -> None:
    chosen = filled("{colour}、{unset}、{nobody}、{product}、{region}", product_id="gone")
    assert chosen.missing == ("colour", "unset", "nobody", "product", "region")
    assert chosen.bubbles == ("{colour}、{unset}、{nobody}、{product}、{region}",)
    assert filled("{colour}", product_id="cup").missing == ("colour",)


def test_braces_of_a_chinese_keyboard_are_filled_too() -> None:
    assert filled("｛warranty｝，{warranty｝").bubbles == ("一般一年，一般一年",)
    assert filled("｛nobody｝").missing == ("nobody",)
    assert filled("｛ x ｝").bubbles == ("｛ x ｝",)


def test_braces_that_are_no_variable_are_left_alone() -> None:
    assert filled("{}{ x }").bubbles == ("{}{ x }",)


@pytest.mark.parametrize(("region", "days"), [("浙江", "1"), ("广东", "3"), ("新疆", "7")])
def test_delivery_days_are_those_of_the_buyers_region(region: str, days: str) -> None:
    assert filled("{region}{delivery_days}天", region=region).bubbles == (f"{region}{days}天",)


def test_delivery_days_abroad_or_unknown_are_missing() -> None:
    assert filled("{delivery_days}", region="香港").missing == ("delivery_days",)
    assert filled("{delivery_days}").missing == ("delivery_days",)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("16:00", "下午4点"),
        ("9:05", "上午9点05分"),
        ("12:30", "中午12点30分"),
        ("00:00", "凌晨0点"),
        ("20:00", "晚上8点"),
        ("17：30", "下午5点30分"),
    ],
)
def test_the_cutoff_is_spoken_as_people_say_it(written: str, spoken: str) -> None:
    manual = Manual(facts=(Fact(name="dispatch_cutoff", title="截单", value=written),))
    assert filled("{cutoff}", manual=manual).bubbles == (spoken,)


def test_a_cutoff_that_is_no_time_is_missing() -> None:
    manual = Manual(facts=(Fact(name="dispatch_cutoff", title="截单", value="25:00"),))
    assert filled("{cutoff}", manual=manual).missing == ("cutoff",)


def test_a_shop_with_many_products_names_the_first_few() -> None:
    assert filled("{products}").bubbles == ("保温杯、袜子",)
    many = Manual(products=tuple(Product(id=str(n), title=f"商品{n}") for n in range(1, 8)))
    assert filled("{products}", manual=many).bubbles == ("商品1、商品2、商品3、商品4、商品5等",)
    assert filled("{products}", manual=Manual()).missing == ("products",)


def test_a_line_is_filled_from_what_it_is_given_and_from_facts() -> None:
    manual = Manual(
        facts=SHOP.facts,
        lines=(Line(id="open", title="排队", bubbles=("排第{queue_position}位", "从{ships_from}发", "{unset}")),),
    )
    assert say(manual, "open", {"queue_position": "3"}) == ("排第3位", "从浙江杭州发")
    assert say(manual, "open", {}) == ("从浙江杭州发",)
    assert say(manual, "open", {"queue_position": " "}) == ("从浙江杭州发",)
    assert say(manual, "nobody-wrote-it", {}) == ()


def test_variables_of_the_moment_have_no_place_in_a_line() -> None:
    names = tuple(name for name in COMPUTED if name not in {"cutoff", "products"})
    line = Line(id="l", title="t", bubbles=("".join(f"{{{name}}}" for name in names),))
    assert say(replace(SHOP, lines=(line,)), "l", {}) == ()


def test_a_named_day_is_said_as_he_said_it() -> None:
    assert filled("{named_day}", named_day="周日").bubbles == ("周日",)
    assert filled("{named_day}").missing == ("named_day",)


@pytest.mark.parametrize(
    ("region", "text"), [(None, "50元还差9元到59元"), ("新疆", "50元还差149元到199元"), ("浙江", "50元还差9元到59元")]
)
def test_how_much_is_left_to_free_postage_is_worked_out(region: str | None, text: str) -> None:
    bubble = "{amount_yuan}元还差{to_free_postage}元到{free_postage_from}元"
    assert filled(bubble, manual=POSTAGE, amount_yuan=Decimal("50.00"), region=region).bubbles == (text,)


def test_sums_are_written_as_people_do_and_none_is_made_up() -> None:
    assert filled("{amount_yuan}", amount_yuan=Decimal("1E+2")).bubbles == ("100",)
    assert filled("{amount_yuan}", amount_yuan=Decimal("9.90")).bubbles == ("9.9",)
    assert filled("{quantity}", quantity=3).bubbles == ("3",)
    nothing = filled("{amount_yuan}{quantity}{to_free_postage}", manual=POSTAGE)
    assert nothing.missing == ("amount_yuan", "quantity", "to_free_postage")
    enough = {"amount_yuan": Decimal(59), "manual": POSTAGE}
    assert filled("{to_free_postage}", **enough).missing == ("to_free_postage",)  # type: ignore[arg-type]  # as above
    abroad = filled("{free_postage_from}", manual=POSTAGE, region="香港")
    assert abroad.missing == ("free_postage_from",)


def test_an_entry_that_speaks_of_sizes_takes_figures() -> None:
    assert takes_figures(entry_of(When(knows=frozenset({"fitting_size"}))))
    assert not takes_figures(entry_of(When(order_status=frozenset({"paid"}))))


def test_an_entry_may_go_by_a_day_a_sum_or_a_number() -> None:
    goes_by = {
        "day": When(arrives=frozenset({"late"})),
        "amount_yuan": When(reaches=frozenset({"free_postage"})),
        "quantity": When(reaches=frozenset({"bulk"})),
    }
    for name, when in goes_by.items():
        assert [each for each in (*goes_by, "courier") if depends_on(entry_of(when), each)] == [name]
    assert depends_on(entry_of(When(day=frozenset({"closed"}))), "day")


def test_every_computed_variable_comes_of_facts_that_there_are() -> None:
    facts = {fact.name for fact in starter_manual().facts}
    for name, computed in COMPUTED.items():
        assert set(computed.facts) <= facts, name


# Days


def thursday(**changes: object) -> dict[str, Any]:
    """What is asked "by Thursday" at ten on Monday, with nothing but working days ahead."""
    by = NamedDays(first=date(2026, 11, 23), last=date(2026, 11, 26), due=date(2026, 11, 26), one_is_enough=True)
    return {"named_day": "周五前", "named_days": by, "days_ahead": "1" * 30, **changes}


def test_a_deadline_is_the_last_day_of_a_bound() -> None:
    assert filled("{deadline}", **thursday()).bubbles == ("11月26日",)
    day = NamedDays(first=date(2026, 11, 26), last=date(2026, 11, 26))
    open_end = NamedDays(first=date(2026, 11, 26), last=None, one_is_enough=True)
    for named in (day, open_end, None):
        assert filled("{deadline}", **thursday(named_days=named)).missing == ("deadline",)


@pytest.mark.parametrize(
    ("days_ahead", "said"), [("1", "今天"), ("01", "明天"), ("001", "11月25日"), ("0?1", ""), ("", "")]
)
def test_the_day_of_dispatch_is_said_where_it_is_sure(days_ahead: str, said: str) -> None:
    chosen = filled("{dispatch_day}", **thursday(days_ahead=days_ahead))
    assert chosen.bubbles == (said or "{dispatch_day}",)


@pytest.mark.parametrize(
    ("taken", "said"),
    [("3", "11月26日"), ("2到4", "11月25日到27日"), ("7-9", "11月30日到12月2日"), ("要几天", "")],
)
def test_the_days_of_arrival_are_said_as_dates(taken: str, said: str) -> None:
    facts = tuple(replace(fact, value=taken) if fact.name == "delivery_days_ordinary" else fact for fact in SHOP.facts)
    chosen = filled("{arrival_days}", manual=replace(SHOP, facts=facts), **thursday(region="广东"))
    assert chosen.bubbles == (said or "{arrival_days}",)
