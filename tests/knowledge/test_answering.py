"""Which answer holds, what is filled in, and why: case by case, and as stories of the starter manual."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import combinations
from itertools import product as product_of
from zoneinfo import ZoneInfo

import pytest

from knowledge.answering import (
    COMPUTED,
    Chosen,
    answer,
    clock_states,
    in_words,
    reached,
    region_group,
    say,
    takes_figures,
    variables_in,
)
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
    names = tuple(name for name in COMPUTED if name not in {"cutoff", "products"})
    line = Line(id="l", title="t", bubbles=("".join(f"{{{name}}}" for name in names),))
    assert say(replace(SHOP, lines=(line,)), "l", {}) == ()


# What the buyer names

DAY_ON = replace(AT_TEN, named_day="周日", day_state="working")


@pytest.mark.parametrize(("state", "expected"), [("working", "1"), ("closed", "2"), (None, "default")])
def test_the_day_that_the_buyer_names_chooses(state: str | None, expected: str) -> None:
    whens = (When(day=frozenset({"working"})), When(day=frozenset({"closed"})))
    assert winner(*whens, named_day="周日", day_state=state) == expected


def test_a_named_day_is_said_as_he_said_it() -> None:
    assert filled("{named_day}", named_day="周日").bubbles == ("周日",)
    assert filled("{named_day}").missing == ("named_day",)


POSTAGE = Manual(
    facts=(
        *SHOP.facts,
        Fact(name="free_postage_over", title="包邮", value="59"),
        Fact(name="remote_free_postage_over", title="偏远包邮", value="199"),
        Fact(name="bulk_from", title="团购", value="20"),
    )
)


@pytest.mark.parametrize(
    ("amount", "region", "expected"),
    [
        ("59", None, {"free_postage"}),
        ("58.9", None, {"below_free_postage"}),
        ("100", "广东", {"free_postage"}),
        ("100", "新疆", {"below_free_postage"}),
        ("199", "新疆", {"free_postage"}),
        ("500", "香港", set()),
    ],
)
def test_a_sum_is_compared_with_what_free_postage_takes_there(
    amount: str, region: str | None, expected: set[str]
) -> None:
    assert reached(POSTAGE, replace(AT_TEN, amount_yuan=Decimal(amount), region=region)) == expected


@pytest.mark.parametrize(("pieces", "expected"), [(20, {"bulk"}), (19, {"below_bulk"}), (None, set())])
def test_a_number_of_pieces_is_compared_with_what_counts_as_bulk(pieces: int | None, expected: set[str]) -> None:
    assert reached(POSTAGE, replace(AT_TEN, quantity=pieces)) == expected


def test_without_a_fact_in_figures_nothing_is_reached() -> None:
    worded = Manual(facts=(Fact(name="free_postage_over", title="包邮", value="五十九元"),))
    named = replace(AT_TEN, amount_yuan=Decimal(100), quantity=100)
    assert reached(worded, named) == reached(Manual(), named) == set()


def test_what_a_sum_reaches_chooses() -> None:
    whens = (When(reaches=frozenset({"free_postage"})), When(reaches=frozenset({"below_free_postage"})))
    amounts = {name: replace(AT_TEN, amount_yuan=amount) for name, amount in (("1", Decimal(60)), ("2", Decimal(9)))}
    for expected, circumstances in amounts.items():
        assert answer(POSTAGE, entry_of(*whens), circumstances).bubbles == (expected,)
    assert answer(POSTAGE, entry_of(*whens), AT_TEN).bubbles == ("default",)


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


SIZES = Manual(
    products=(
        Product(
            id="coat",
            title="外套",
            attributes={"colour": "红", "sizes": "M 身高160-170 90-110斤;L 身高170-180 110-130斤"},
        ),
        Product(id="belt", title="腰带", attributes={"sizes": "M 80-110斤;L 110-140斤"}),
        Product(id="bag", title="包", attributes={"sizes": "均码"}),
    ),
    lines=(
        Line(id="which-size", title="问身高体重", bubbles=("告诉我您的{figures}",)),
        Line(id="which-region", title="问省份", bubbles=("寄到哪个省",)),
    ),
)
FITTING = Entry(
    id="size",
    group="",
    title="尺码",
    questions=("穿什么码",),
    answers=(
        Answer(bubbles=("哪一款？",)),
        Answer(bubbles=("看尺码表",), when=When(products=frozenset({"*"}))),
        Answer(
            bubbles=("{height_and_weight}穿{fitting_size}",),
            when=When(products=frozenset({"*"}), knows=frozenset({"fitting_size"})),
        ),
    ),
)


@pytest.mark.parametrize(
    ("product_id", "height_cm", "weight_kg", "said", "asks"),
    [
        ("coat", 165, 50, "身高165厘米、体重50公斤穿M", ()),
        ("coat", 172, 53.5, "身高172厘米、体重53.5公斤穿L或M", ()),
        ("coat", 165, None, "看尺码表", ("告诉我您的体重",)),
        ("coat", None, 50, "看尺码表", ("告诉我您的身高",)),
        ("coat", None, None, "看尺码表", ("告诉我您的身高和体重",)),
        ("coat", 200, 50, "看尺码表", ()),
        ("belt", None, 50, "体重50公斤穿M", ()),
        ("belt", None, None, "看尺码表", ("告诉我您的体重",)),
        ("bag", None, None, "看尺码表", ()),
        (None, 165, 50, "哪一款？", ()),
    ],
)
def test_the_fitting_size_is_said_where_it_is_known_and_else_asked_for(
    product_id: str | None, height_cm: int | None, weight_kg: float | None, said: str, asks: tuple[str, ...]
) -> None:
    named = replace(AT_TEN, product_id=product_id, height_cm=height_cm, weight_kg=weight_kg)
    chosen = answer(SIZES, FITTING, named)
    assert (chosen.bubbles, chosen.asks) == ((said,), asks)


def test_only_what_would_let_a_better_answer_hold_is_asked_for() -> None:
    region = When(knows=frozenset({"region"}))
    assert answer(SIZES, entry_of(region), AT_TEN).asks == ("寄到哪个省",)
    assert answer(SIZES, entry_of(region), replace(AT_TEN, region="新疆")).asks == ()
    paid = When(order_status=frozenset({"paid"}))
    assert answer(SIZES, entry_of(paid, region), replace(AT_TEN, order_status="paid")).asks == ()
    assert answer(SIZES, entry_of(replace(region, asked_at_least=2)), AT_TEN).asks == ()
    unasked = When(knows=frozenset({"colour", "region", "delivery_days"}))
    assert answer(SIZES, entry_of(When(knows=frozenset({"colour"})), unasked), AT_TEN).asks == ("寄到哪个省",)


def test_an_attribute_that_is_known_chooses() -> None:
    colour = When(knows=frozenset({"colour"}))
    assert answer(SIZES, entry_of(colour), replace(AT_TEN, product_id="coat")).bubbles == ("1",)
    assert answer(SIZES, entry_of(colour), replace(AT_TEN, product_id="bag")).bubbles == ("default",)


def test_an_entry_that_speaks_of_sizes_takes_figures() -> None:
    assert takes_figures(FITTING)
    assert not takes_figures(entry_of(*RANKS))


def test_what_the_buyer_names_is_told_in_the_why() -> None:
    entry = entry_of(
        When(day=frozenset({"working", "closed"}), reaches=frozenset({"bulk", "below_free_postage"})),
        When(knows=frozenset({"region", "fitting_size"})),
    )
    assert in_words(entry.answers[0].when) == "问到的那天是休息日或发货日，说到的数量够团购或金额不够包邮"
    assert answer(POSTAGE, entry, AT_TEN).lost == (
        "第1条（问到的那天是休息日或发货日，说到的数量够团购或金额不够包邮）：没有问到别的日子；没有说到金额或数量",
        "第2条（已经知道fitting_size、region）：还不知道fitting_size、region",
    )
    closed = answer(POSTAGE, entry_of(When(day=frozenset({"closed"}))), DAY_ON)
    assert closed.lost[0].endswith("：周日是发货日")
    unsure = replace(DAY_ON, day_state=None, quantity=3)
    other = answer(POSTAGE, entry_of(When(day=frozenset({"closed"}), reaches=frozenset({"bulk"}))), unsure)
    assert other.lost[0].endswith("：周日说不准是不是发货日；金额数量不符")


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


def test_a_day_that_is_named_is_looked_at() -> None:
    assert heard("holiday-dispatch", named_day="国庆", day_state="closed").startswith("国庆仓库休息，不发货")
    assert heard("holiday-dispatch", named_day="周日", day_state="working").startswith("周日照常发货")
    assert "周末照常发货，法定节假日仓库休息" in heard("holiday-dispatch", named_day="年底")
    tomorrow = {"named_day": "明天", "day_state": "closed"}
    assert "今天下午4点前付款的，今天就安排发货" in heard("dispatch-time", **tomorrow)
    at_five = datetime(2026, 11, 23, 17, 0, tzinfo=SHANGHAI)
    assert heard("dispatch-time", **tomorrow, local_time=at_five).startswith("明天仓库休息")
    assert "已经发出" in heard("dispatch-time", **tomorrow, order_status="shipped")


def test_a_sum_is_enough_for_free_postage_or_it_is_said_what_is_missing() -> None:
    assert "60元够了" in heard("free-postage", amount_yuan=Decimal(60))
    assert "偏远" not in heard("free-postage", amount_yuan=Decimal(60), region="广东")
    assert "50元还差9元，不满运费8元" in heard("free-postage", amount_yuan=Decimal(50), region="广东")
    for entry_id in ("free-postage", "postage-remote"):
        assert "满199元包邮，100元还差99元，不满补15元" in heard(entry_id, amount_yuan=Decimal(100), region="新疆")
        assert "200元够了" in heard(entry_id, amount_yuan=Decimal(200), region="新疆")
        assert "暂时不能直接寄" in heard(entry_id, amount_yuan=Decimal(500), region="香港")


def test_a_number_of_pieces_is_a_bulk_order_or_not_yet() -> None:
    assert heard("bulk-order", quantity=100).startswith("100件可以单独报价")
    assert heard("bulk-order", quantity=5).startswith("20件起才单独报价，5件按商品页的价格算")


def test_the_fitting_size_of_the_sweater() -> None:
    assert "建议选L" in heard("size", product_id="sweater-wool", height_cm=165, weight_kg=55.0)
    assert "尺码表：S" in heard("size", product_id="sweater-wool", height_cm=165, weight_kg=55.0)
    assert "容量500毫升" in heard("size", product_id="thermos-500", height_cm=165, weight_kg=55.0)
    assert heard("size", weight_kg=55.0).startswith("体重55公斤，记下了。您问的是哪一款")


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
