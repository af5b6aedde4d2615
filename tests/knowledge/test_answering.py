"""Which answer holds, what is filled in, and why: case by case, and as stories of the starter manual."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import cache
from itertools import combinations
from itertools import product as product_of
from zoneinfo import ZoneInfo

import pytest

from knowledge.answering import COMPUTED, Chosen, answer, clock_states, in_words, region_group, say, variables_in
from knowledge.entry import ORDER_STATUSES, Answer, Circumstances, Entry, Fact, Line, Manual, Product, When
from knowledge.manual import starter_manual

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT_TEN = Circumstances(local_time=datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI))

SHOP = Manual(
    facts=(
        Fact(name="dispatch_cutoff", title="截单", value="16:00"),
        Fact(name="remote_regions", title="偏远", value="新疆、西藏"),
        Fact(name="ships_from", title="发货地", value="浙江杭州"),
        Fact(name="delivery_days_same_province", title="省内", value="1"),
        Fact(name="delivery_days_ordinary", title="普通", value="3"),
        Fact(name="delivery_days_remote", title="偏远", value="7"),
        Fact(name="warranty", title="质保", value="一般一年"),
        Fact(name="unset", title="没填", value=" "),
    ),
    products=(
        Product(id="cup", title="保温杯", attributes={"warranty": "两年", "colour": " "}),
        Product(id="sock", title="袜子"),
    ),
)


def entry_of(*whens: When) -> Entry:
    answers = tuple(Answer(bubbles=(str(place),), when=when) for place, when in enumerate(whens, 1))
    return Entry(id="e", group="g", title="t", questions=("q",), answers=(*answers, Answer(bubbles=("default",))))


def winner(*whens: When, **changes: object) -> str:
    """The number of the answer that wins, or "default"."""
    return answer(SHOP, entry_of(*whens), replace(AT_TEN, **changes)).bubbles[0]  # type: ignore[arg-type]  # any field of Circumstances


def filled(bubble: str, *, manual: Manual = SHOP, **changes: object) -> Chosen:
    entry = Entry(id="e", group="g", title="t", questions=("q",), answers=(Answer(bubbles=(bubble,)),))
    return answer(manual, entry, replace(AT_TEN, **changes))  # type: ignore[arg-type]  # as above


RANKS = (
    When(words=frozenset({"发货"})),
    When(first_day=date(2026, 11, 1)),
    When(order_status=frozenset({"paid"})),
    When(products=frozenset({"cup"})),
    When(regions=frozenset({"remote"})),
    When(asked_at_least=2),
)


@pytest.mark.parametrize(("higher", "lower"), list(combinations(RANKS, 2)), ids=in_words)
def test_a_higher_rank_wins_wherever_it_stands_in_the_entry(higher: When, lower: When) -> None:
    all_true = {"text": "发货", "order_status": "paid", "product_id": "cup", "region": "新疆", "times_asked": 2}
    assert winner(higher, lower, **all_true) == "1"
    assert winner(lower, higher, **all_true) == "2"


def test_one_condition_of_a_higher_rank_beats_any_number_of_lower_ones() -> None:
    many = When(regions=frozenset({"remote"}), clock=frozenset({"open"}), channels=frozenset({"web"}), asked_at_least=3)
    product = When(products=frozenset({"cup"}))
    assert winner(many, product, region="新疆", channel="web", times_asked=3, product_id="cup") == "2"


def test_at_one_rank_more_conditions_win_over_fewer() -> None:
    region = When(regions=frozenset({"remote"}))
    region_and_clock = When(regions=frozenset({"remote"}), clock=frozenset({"before_cutoff"}))
    assert winner(region, region_and_clock, region="新疆") == "2"


def test_conditions_of_the_next_rank_decide_between_equals() -> None:
    paid = When(order_status=frozenset({"paid"}))
    paid_and_asked_twice = When(order_status=frozenset({"paid"}), asked_at_least=2)
    assert winner(paid, paid_and_asked_twice, order_status="paid", times_asked=2) == "2"
    assert winner(paid, paid_and_asked_twice, order_status="paid") == "1"


def test_the_very_province_wins_over_its_group_and_the_very_product_over_any() -> None:
    assert winner(When(regions=frozenset({"remote"})), When(regions=frozenset({"新疆"})), region="新疆") == "2"
    assert winner(When(products=frozenset({"*"})), When(products=frozenset({"cup"})), product_id="cup") == "2"
    assert winner(When(products=frozenset({"*"})), When(products=frozenset({"cup"})), product_id="sock") == "1"


def test_the_earlier_of_two_alike_wins() -> None:
    assert winner(When(clock=frozenset({"open"})), When(clock=frozenset({"before_cutoff"}))) == "1"


def test_the_default_answers_when_nothing_holds() -> None:
    assert winner(*(when for when in RANKS if when.first_day is None)) == "default"


def test_all_conditions_of_an_answer_must_hold() -> None:
    both = When(order_status=frozenset({"paid"}), products=frozenset({"cup"}))
    assert winner(both, order_status="paid") == "default"
    assert winner(both, product_id="cup") == "default"
    assert winner(both, order_status="paid", product_id="cup") == "1"


def test_exact_words_are_compared_folded() -> None:
    words = When(words=frozenset({"在吗"}))
    assert winner(words, text="在吗") == "1"
    assert winner(words, text="在嗎？？") == "1"
    assert winner(words, text="在吗发什么快递") == "default"


@pytest.mark.parametrize(
    ("day", "expected"), [(31, "default"), (1, "1"), (11, "1"), (12, "default")], ids=["eve", "first", "last", "after"]
)
def test_both_days_of_a_period_count(day: int, expected: str) -> None:
    days = When(first_day=date(2026, 11, 1), last_day=date(2026, 11, 11))
    moment = datetime(2026, 10 if day == 31 else 11, day, 23, 59, tzinfo=SHANGHAI)
    assert winner(days, local_time=moment) == expected


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [(0, 0, "before_cutoff"), (15, 59, "before_cutoff"), (16, 0, "after_cutoff"), (23, 59, "after_cutoff")],
)
def test_four_sharp_is_after_the_cutoff(hour: int, minute: int, expected: str) -> None:
    moment = replace(AT_TEN, local_time=datetime(2026, 11, 23, hour, minute, tzinfo=SHANGHAI))
    assert clock_states(SHOP, moment) == {expected, "open"}


def test_on_a_closed_day_there_is_no_cutoff() -> None:
    assert clock_states(SHOP, replace(AT_TEN, is_working_day=False, is_open=False)) == {"closed_day", "closed"}


def test_without_a_readable_cutoff_only_the_opening_hours_are_known() -> None:
    broken = Manual(facts=(Fact(name="dispatch_cutoff", title="截单", value="下午四点"),))
    assert clock_states(broken, AT_TEN) == {"open"}
    assert clock_states(Manual(), AT_TEN) == {"open"}


def test_regions_fall_into_the_groups_that_the_facts_say() -> None:
    groups = {name: region_group(SHOP, replace(AT_TEN, region=name)) for name in ("浙江", "广东", "新疆", "香港")}
    assert groups == {"浙江": "same_province", "广东": "ordinary", "新疆": "remote", "香港": "overseas"}
    assert region_group(SHOP, AT_TEN) is None
    assert region_group(Manual(), replace(AT_TEN, region="新疆")) == "ordinary"


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
    assert chosen.rule == "订单已付款或已发货"
    assert chosen.lost == (
        "第2条（原话是“在吗”，日期在2027-01-01到不限，第2次问起）：原话不一样；不在日期内；现在是第1次问",
        "第3条（商品是cup）：不是这款商品",
        "第4条（知道是哪款商品，收货地是偏远地区）：收货地是广东",
        "第5条（收货地是新疆，时间是休息日，渠道是web）：收货地是广东；时间不符；渠道不符",
        "第6条（默认）：也符合，但优先级较低",
    )


def test_what_nobody_knows_is_said_so_in_the_why() -> None:
    whens = (RANKS[2], RANKS[3], RANKS[4])
    chosen = answer(SHOP, entry_of(*whens), AT_TEN)
    assert chosen.rule == "默认"
    assert [lost.split("：")[1] for lost in chosen.lost] == ["不知道订单状态", "不知道是哪款商品", "不知道收货地"]
    elsewhere = answer(SHOP, entry_of(*whens), replace(AT_TEN, order_status="held"))
    assert elsewhere.lost[0].endswith("订单held")


def test_an_open_start_is_put_in_words_too() -> None:
    assert in_words(When(last_day=date(2026, 11, 11))) == "日期在不限到2026-11-11"


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
    names = ("region", "delivery_days", "product", "promotion_now")
    line = Line(id="l", title="t", bubbles=("".join(f"{{{name}}}" for name in names),))
    assert say(replace(SHOP, lines=(line,)), "l", {}) == ()


# Stories of the starter manual


@cache
def starter() -> Manual:
    return starter_manual()


def heard(entry_id: str, **changes: object) -> str:
    """What a buyer of the starter shop reads, as one text."""
    entry = next(entry for entry in starter().entries if entry.id == entry_id)
    chosen = answer(starter(), entry, replace(AT_TEN, **changes))  # type: ignore[arg-type]  # as above
    assert chosen.missing == ()
    return "\n".join(chosen.bubbles)


@pytest.mark.parametrize("entry_id", ["postage-remote", "free-postage", "remote-areas"])
def test_a_buyer_in_xinjiang_reads_the_remote_line_whichever_entry_matches(entry_id: str) -> None:
    text = heard(entry_id, region="新疆")
    assert "满199元包邮，不满补15元" in text
    assert "59元" not in text


def test_postage_to_remote_regions_is_right_even_before_the_region_is_known() -> None:
    assert heard("postage-remote").startswith("新疆、西藏、内蒙古、青海、宁夏、甘肃、海南：满199元包邮，不满补15元")


def test_a_region_that_is_not_remote_is_told_so() -> None:
    assert heard("postage-remote", region="广东") == "广东不算偏远地区：满59元包邮，不满运费8元。"


@pytest.mark.parametrize("entry_id", ["free-postage", "postage-cost", "postage-remote", "remote-areas", "courier"])
def test_abroad_no_postage_is_promised(entry_id: str) -> None:
    assert "暂时不能直接寄" in heard(entry_id, region="香港")


def test_when_will_it_be_sent_depends_on_the_order_and_on_the_clock() -> None:
    at_four = datetime(2026, 11, 23, 16, 0, tzinfo=SHANGHAI)
    assert "今天下午4点前付款，今天就安排发货" in heard("dispatch-time")
    assert "已经过了" in heard("dispatch-time", local_time=at_four)
    assert "今天仓库休息" in heard("dispatch-time", is_working_day=False)
    assert "今天就安排发货" in heard("dispatch-time", order_status="paid")
    assert "之后付的下一个工作日发" in heard("dispatch-time", order_status="paid", local_time=at_four)
    assert "今天仓库休息" in heard("dispatch-time", order_status="paid", is_working_day=False)
    assert "已经发出" in heard("dispatch-time", order_status="shipped")
    assert "还没有付款" in heard("dispatch-time", order_status="unpaid")


def test_days_on_the_way_follow_the_region() -> None:
    assert "新疆，发出后一般5到8天到" in heard("delivery-time", region="新疆")
    assert "浙江，发出后一般1到2天到" in heard("delivery-time", region="浙江")
    assert "告诉我您的收货省份" in heard("delivery-time")


def test_a_question_that_needs_the_product_asks_for_it_and_then_answers() -> None:
    assert "您问的是哪一款" in heard("size")
    assert "M：158到164厘米、48到55公斤" in heard("size", product_id="sweater-wool")
    assert "容量500毫升" in heard("size", product_id="thermos-500")
    assert "316不锈钢" in heard("material", product_id="thermos-500")
    assert "质保12个月" in heard("warranty", product_id="earphones-pro")
    assert "S到XXL都有现货" in heard("stock", product_id="sweater-wool")


def test_a_product_without_the_attribute_leaves_it_missing() -> None:
    manual = replace(starter(), products=(Product(id="socks", title="羊毛袜"),))
    entry = next(entry for entry in manual.entries if entry.id == "size")
    assert answer(manual, entry, replace(AT_TEN, product_id="socks")).missing == ("size_chart",)


@pytest.mark.parametrize("entry_id", [entry.id for entry in starter_manual().entries])
def test_whatever_the_circumstances_nothing_is_missing(entry_id: str) -> None:
    statuses, regions = (None, *ORDER_STATUSES), (None, "浙江", "广东", "新疆", "香港", "国外")
    products = (None, *(product.id for product in starter().products))
    for status, region, product_id, times in product_of(statuses, regions, products, (1, 2)):
        assert heard(entry_id, order_status=status, region=region, product_id=product_id, times_asked=times)
    for working, opened, hour in product_of((True, False), (True, False), (9, 16)):
        moment = AT_TEN.local_time.replace(hour=hour)
        assert heard(entry_id, is_working_day=working, is_open=opened, local_time=moment, channel="web")


def test_the_second_time_a_buyer_asks_he_reads_something_new() -> None:
    assert heard("dispatch-urge") != heard("dispatch-urge", times_asked=2)
    assert heard("discount") != heard("discount", times_asked=2)


def test_hello_gets_a_short_word_when_that_is_all_he_said() -> None:
    assert heard("greeting", text="在吗", order_status="paid") == "在的，我是自动客服小二，您请说。"
    assert "小满生活馆" in heard("greeting", text="你好呀")


def test_a_coupon_cannot_be_fetched_in_the_web_window() -> None:
    assert "领不了" in heard("coupon", channel="web")
    assert "领不了" not in heard("coupon", channel="app")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 10, 31), "现在没有限时活动"),
        (date(2026, 11, 1), "2026-11-01到2026-12-31有效"),
        (date(2026, 12, 31), "2026-11-01到2026-12-31有效"),
        (date(2027, 1, 1), "现在没有限时活动"),
    ],
)
def test_a_promotion_is_offered_on_its_days_only(day: date, expected: str) -> None:
    moment = datetime(day.year, day.month, day.day, 12, 0, tzinfo=SHANGHAI)
    assert expected in heard("coupon", local_time=moment)


@pytest.mark.parametrize("broken", ["promotion", "promotion_first_day", "promotion_last_day"])
def test_a_promotion_without_its_days_or_words_is_none(broken: str) -> None:
    facts = tuple(replace(fact, value="") if fact.name == broken else fact for fact in starter().facts)
    entry = next(entry for entry in starter().entries if entry.id == "coupon")
    assert "现在没有限时活动" in "".join(answer(replace(starter(), facts=facts), entry, AT_TEN).bubbles)


def test_every_computed_variable_is_explained() -> None:
    facts = {fact.name for fact in starter().facts}
    for name, computed in COMPUTED.items():
        assert computed.meaning, name
        assert set(computed.facts) <= facts, name
