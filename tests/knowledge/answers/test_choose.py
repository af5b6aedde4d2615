"""Which answer holds, what is filled in, and why: case by case, and as stories of the starter manual."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import combinations
from itertools import product as product_of

import pytest

from bot.dialogue.reasons import in_words
from knowledge.answers.choose import answer
from knowledge.answers.conditions import named_by
from knowledge.answers.templates import say
from knowledge.manual.entry import ORDER_STATUSES, Answer, Entry, Line, Manual, NamedDays, Product, When
from knowledge.manual.files import starter_manual
from tests.answers import AT_TEN, POSTAGE, SHANGHAI, SHOP, entry_of


def winner(*whens: When, **changes: object) -> str:
    """The number of the answer that wins, or "default"."""
    return answer(SHOP, entry_of(*whens), replace(AT_TEN, **changes)).bubbles[0]  # type: ignore[arg-type]  # any field of Circumstances


RANKS = (
    When(words=frozenset({"发货"})),
    When(first_day=date(2026, 11, 1)),
    When(order_status=frozenset({"paid"})),
    When(products=frozenset({"cup"})),
    When(regions=frozenset({"remote"})),
    When(asked_at_least=2),
)


@pytest.mark.parametrize(
    ("higher", "lower"), list(combinations(RANKS, 2)), ids=lambda when: in_words(named_by(when).said, "zh")
)
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


def test_what_the_question_mentions_chooses_within_its_rank() -> None:
    colour, water = When(mentions=frozenset({"颜色", "色号"})), When(mentions=frozenset({"防水"}))
    assert winner(colour, water, text="有哪些顏色？") == "1"
    assert winner(colour, water, text="杯子防水吗") == "2"
    assert winner(colour, water, text="怎么洗") == "default"
    assert winner(When(asked_at_least=2), colour, text="啥色号", times_asked=2) == "2"
    assert winner(colour, When(products=frozenset({"cup"})), text="啥色号", product_id="cup") == "2"


def test_what_was_told_before_counts_where_the_question_mentions_nothing() -> None:
    colour, water = When(mentions=frozenset({"颜色"})), When(mentions=frozenset({"防水", "掉水里"}))
    assert winner(colour, water, text="还能用吗", told="杯子掉水里了") == "2"
    assert winner(water, colour, text="什么颜色", told="杯子掉水里了") == "2"
    told = answer(SHOP, entry_of(water), replace(AT_TEN, text="还能用吗", told="掉水里了"))
    assert (told.bubbles, told.is_spoken_of) == (("1",), False)


@pytest.mark.parametrize(
    ("day", "expected"), [(31, "default"), (1, "1"), (11, "1"), (12, "default")], ids=["eve", "first", "last", "after"]
)
def test_both_days_of_a_period_count(day: int, expected: str) -> None:
    days = When(first_day=date(2026, 11, 1), last_day=date(2026, 11, 11))
    moment = datetime(2026, 10 if day == 31 else 11, day, 23, 59, tzinfo=SHANGHAI)
    assert winner(days, local_time=moment) == expected


# What the buyer names

TUESDAY = NamedDays(first=date(2026, 11, 24), last=date(2026, 11, 24), due=date(2026, 11, 24))


@pytest.mark.parametrize(("state", "expected"), [("working", "1"), ("closed", "2"), (None, "default")])
def test_the_day_that_the_buyer_names_chooses(state: str | None, expected: str) -> None:
    whens = (When(day=frozenset({"working"})), When(day=frozenset({"closed"})))
    letter = {"working": "1", "closed": "0", None: "?"}[state]
    assert winner(*whens, named_day="周二", named_days=TUESDAY, days_ahead=f"1{letter}") == expected


def test_what_a_sum_reaches_chooses() -> None:
    whens = (When(reaches=frozenset({"free_postage"})), When(reaches=frozenset({"below_free_postage"})))
    amounts = {name: replace(AT_TEN, amount_yuan=amount) for name, amount in (("1", Decimal(60)), ("2", Decimal(9)))}
    for expected, circumstances in amounts.items():
        assert answer(POSTAGE, entry_of(*whens), circumstances).bubbles == (expected,)
    assert answer(POSTAGE, entry_of(*whens), AT_TEN).bubbles == ("default",)


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
        ("coat", 172, 53.5, "身高172厘米、体重53.5公斤穿L", ()),
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


# Stories of the starter manual


@cache
def starter() -> Manual:
    return starter_manual()


def _entry(entry_id: str) -> Entry:
    return next(entry for entry in starter().entries if entry.id == entry_id)


def heard(entry_id: str, **changes: object) -> str:
    """What a buyer of the starter shop reads, as one text."""
    chosen = answer(starter(), _entry(entry_id), replace(AT_TEN, **changes))  # type: ignore[arg-type]  # as above
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
    assert "今天下午4点前付款的，今天就安排发货" in heard("dispatch-time")
    assert "已经过了" in heard("dispatch-time", local_time=at_four)
    assert "今天仓库休息" in heard("dispatch-time", is_working_day=False)
    assert "今天就安排发货" in heard("dispatch-time", order_status="paid")
    assert "之后付的下一个发货日发" in heard("dispatch-time", order_status="paid", local_time=at_four)
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
    off, on = {"named_days": TUESDAY, "days_ahead": "10"}, {"named_days": TUESDAY, "days_ahead": "11"}
    assert heard("holiday-dispatch", named_day="国庆", **off).startswith("国庆仓库休息，不发货")
    assert heard("holiday-dispatch", named_day="周二", **on).startswith("周二照常发货")
    assert "周末照常发货，法定节假日仓库休息" in heard("holiday-dispatch", named_day="月初")
    assert "今天下午4点前付款的，今天就安排发货" in heard("dispatch-time", named_day="明天", **off)
    at_five = datetime(2026, 11, 23, 17, 0, tzinfo=SHANGHAI)
    assert heard("dispatch-time", named_day="明天", **off, local_time=at_five).startswith("明天仓库休息")
    assert "已经发出" in heard("dispatch-time", named_day="明天", **off, order_status="shipped")


BY_THURSDAY = NamedDays(first=date(2026, 11, 23), last=date(2026, 11, 26), due=date(2026, 11, 26), one_is_enough=True)


@pytest.mark.parametrize("entry_id", ["dispatch-time", "holiday-dispatch"])
def test_whether_it_is_sent_before_a_day_is_looked_at(entry_id: str) -> None:
    friday = {"named_day": "周五前", "named_days": BY_THURSDAY}
    at_five = datetime(2026, 11, 23, 17, 0, tzinfo=SHANGHAI)
    assert heard(entry_id, **friday, days_ahead="11111").startswith("周五前能发：现在付款，今天就安排发货")
    assert heard(entry_id, **friday, days_ahead="10111", local_time=at_five).startswith(
        "周五前能发：现在付款，11月25日就安排发货"
    )
    assert heard(entry_id, **friday, days_ahead="1?111", local_time=at_five).startswith(
        "周五前能发：发货日下午4点前付款的当天安排"
    )
    assert heard(entry_id, **friday, days_ahead="00000").startswith("周五前来不及发货了")


def test_whether_it_arrives_before_a_day_is_looked_at() -> None:
    friday = {"named_day": "周五前", "named_days": BY_THURSDAY, "days_ahead": "1" * 20}
    assert heard("delivery-time", **friday, region="浙江").startswith("寄到浙江，平时11月24日到25日送达，周五前来得及")
    assert "11月25日到27日送达，周五前能不能到说不准" in heard("delivery-time", **friday, region="广东")
    assert "11月28日到12月1日送达，周五前来不及" in heard("delivery-time", **friday, region="新疆")
    assert heard("delivery-time", **friday, region="香港").startswith("港澳台和海外暂时不能直接寄")
    assert "已经在路上" in heard("delivery-time", **friday, region="新疆", order_status="shipped")
    asked = answer(starter(), _entry("delivery-time"), replace(AT_TEN, **friday))  # type: ignore[arg-type]  # as above
    assert asked.bubbles[0].startswith("从浙江杭州发出")
    assert asked.asks == say(starter(), "which-region", {})


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
        (date(2026, 11, 1), "11月1日到12月31日有效"),
        (date(2026, 12, 31), "11月1日到12月31日有效"),
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


# What is mentioned and not known


WASHED = When(products=frozenset({"*"}), mentions=frozenset({"洗"}), knows=frozenset({"washing"}))


@pytest.mark.parametrize(
    ("whens", "changes", "missing"),
    [
        ((WASHED, When(products=frozenset({"*"}))), {"text": "能水洗吗", "product_id": "cup"}, ("washing",)),
        ((WASHED, When(products=frozenset({"*"}))), {"text": "什么料子", "product_id": "cup"}, ()),
        ((WASHED,), {"text": "能水洗吗", "product_id": "cup"}, ()),
        ((WASHED, When(products=frozenset({"*"}))), {"text": "能水洗吗"}, ()),
        ((WASHED, When(mentions=frozenset({"水洗"}))), {"text": "能水洗吗", "product_id": "cup"}, ()),
    ],
)
def test_no_other_attribute_is_told_instead_of_one_that_nobody_has_set(
    whens: tuple[When, ...], changes: dict[str, str], missing: tuple[str, ...]
) -> None:
    circumstances = replace(AT_TEN, **changes)  # type: ignore[arg-type]  # any field of Circumstances
    assert answer(SHOP, entry_of(*whens), circumstances).missing == missing
