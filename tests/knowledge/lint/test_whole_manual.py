from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge.lint.whole_manual import LINES, RELIED_ON, lint, loss_of, topic_of
from knowledge.manual.entry import ANY, Answer, Entry, Fact, Line, Manual, Product, When
from knowledge.manual.files import starter_manual

TODAY = date(2026, 11, 22)
QUESTIONS = ("包邮吗", "免运费吗", "邮费多少", "运费谁出", "要邮费吗", "多少钱包邮", "几件包邮", "满多少免邮")
POSTAGE = Entry(
    id="postage", group="", title="包邮吗", questions=QUESTIONS, answers=(Answer(bubbles=("满{free_over}元包邮",)),)
)
SIZE = Entry(
    id="size",
    group="",
    title="穿什么码",
    questions=tuple(f"{question}穿多大" for question in QUESTIONS),
    answers=(Answer(bubbles=("{size}",)),),
    needs_product=True,
)
MANY = "每条至少写 8 个才认得准，各条差不多多最好"
MORE = "现成的问法用 xiaoer knowledge suggest 加上编号来找"
GONE = "工作表“资料”里没有这一行了：把它补上，或者把用到它的地方改掉"
PEOPLE = tuple(
    Entry(
        id=id_,
        group="",
        title=title,
        questions=tuple(f"{title}{question}" for question in QUESTIONS),
        answers=(Answer(bubbles=("好的",)),),
    )
    for id_, title in ((id_, str(topic_of(id_))) for id_ in RELIED_ON)
)
SHOP = Manual(
    entries=(POSTAGE,),
    facts=(Fact(name="free_over", title="满多少包邮", value="0", unit="元"),),
    lines=tuple(Line(id=line, title=line, bubbles=("好的",)) for line in LINES),
)
SWEATER = Product(id="sweater", title="毛衣", attributes={"size": "S到L"})
CHARTED = Product(id="coat", title="外套", attributes={"size": "M：90到110斤；L：110到130斤"})
SOCKS = Product(id="socks", title="袜子")
PAID = When(order_status=frozenset({"paid"}))


def said(manual: Manual, *, channels: tuple[str, ...] | None = None) -> list[str]:
    """What is wrong with a manual that has all the entries which the bot knows by their ids."""
    whole = replace(manual, entries=(*manual.entries, *PEOPLE))
    return findings_in(whole, channels=channels)


def findings_in(manual: Manual, *, channels: tuple[str, ...] | None = None) -> list[str]:
    return [f"{each.level} {each.where}：{each.problem}" for each in lint(manual, today=TODAY, channels=channels)]


def answering(*bubbles: str, when: When | None = None) -> Manual:
    """The shop with one more answer of the postage entry."""
    answer = Answer(bubbles=bubbles, when=when or When(asked_at_least=2))
    return replace(SHOP, entries=(replace(POSTAGE, answers=(*POSTAGE.answers, answer)),))


def with_fact(name: str, value: str, unit: str = "", manual: Manual = SHOP) -> Manual:
    return replace(manual, facts=(*manual.facts, Fact(name=name, title=name, value=value, unit=unit)))


def saying(line_id: str, bubble: str) -> Manual:
    """The shop with other words for one of the bot's own lines."""
    lines = (replace(line, bubbles=(bubble,)) if line.id == line_id else line for line in SHOP.lines)
    return replace(SHOP, lines=tuple(lines))


def test_the_starter_manual_has_nothing_wrong_with_it() -> None:
    assert lint(starter_manual(), today=TODAY) == ()


def test_the_starter_manual_has_every_line_that_the_bot_says() -> None:
    assert {line.id for line in starter_manual().lines} >= set(LINES)


def test_a_manual_in_order_has_no_findings() -> None:
    assert said(SHOP) == []


def test_errors_come_before_warnings() -> None:
    few = replace(POSTAGE, questions=("包邮吗",), answers=(Answer(bubbles=("{nothing}",)),))
    assert findings_in(replace(SHOP, entries=(few, *PEOPLE))) == [
        "error 条目 postage 第 1 条回答：“{nothing}”不是资料，也不是商品属性，也不是能算出来的内容",
        f"warning 条目：问法太少，{MANY}：postage（1 个）。{MORE}",
        "warning 资料：没有一条回答用到，改了也不起作用：free_over（满多少包邮）",
    ]


# Names that stand once


def test_an_id_that_stands_twice_is_an_error() -> None:
    manual = replace(
        SHOP,
        entries=(POSTAGE, replace(SIZE, id="postage", needs_product=False, answers=POSTAGE.answers)),
        facts=SHOP.facts * 2,
        products=(SWEATER, SWEATER),
        lines=(*SHOP.lines, SHOP.lines[0]),
    )
    assert [problem.partition("：")[0] for problem in said(manual)] == [
        "error 条目 postage",
        "error 资料 free_over",
        "error 商品 sweater",
        "error 机器人用语 welcome",
    ]


def test_a_question_of_two_entries_is_an_error_however_it_is_written() -> None:
    other = replace(SIZE, answers=POSTAGE.answers, needs_product=False, questions=(*SIZE.questions, "包郵嗎？"))
    assert said(replace(SHOP, entries=(POSTAGE, other))) == [
        "error 条目 size 问法“包郵嗎？”：“包郵嗎？”在条目 postage 里也有，只能放在一个条目里"
    ]


def test_a_question_that_stands_twice_in_its_entry_is_a_warning() -> None:
    twice = replace(POSTAGE, questions=(*QUESTIONS, "亲，包邮吗？？"))
    assert said(replace(SHOP, entries=(twice,))) == ["warning 条目 postage：有 1 个问法和别的问法其实一样"]


@pytest.mark.parametrize(("number", "warned"), [(7, True), (8, False)])
def test_fewer_than_eight_questions_are_a_warning(number: int, *, warned: bool) -> None:
    manual = replace(SHOP, entries=(replace(POSTAGE, questions=QUESTIONS[:number]),))
    assert bool(said(manual)) is warned


def test_a_line_that_the_bot_says_no_more_may_be_left_out_and_stops_nothing() -> None:
    old = Line(id="old-line", title="以前的话", bubbles=("{named}也是。",))
    assert said(replace(SHOP, lines=(*SHOP.lines, old))) == [
        "warning 机器人用语 old-line：机器人没有地方用这句话，这一行可以删掉"
    ]


def test_a_line_that_the_bot_needs_and_nobody_wrote_is_an_error() -> None:
    written = starter_manual().lines[0].bubbles[0]
    back = f"在工作表“机器人用语”里补一行，编号写 welcome，消息可以写：{written}"
    assert said(replace(SHOP, lines=SHOP.lines[1:])) == [
        f"error 机器人用语 welcome：没有这句话，机器人到这一步就说不出话。{back}"
    ]


# What the bot knows by its id or its name


@pytest.mark.parametrize("id_", RELIED_ON)
def test_each_entry_that_the_bot_knows_by_its_id_is_missed(id_: str) -> None:
    title, loss = topic_of(id_), loss_of(id_)
    renamed = tuple(replace(entry, id=f"my-{id_}") if entry.id == id_ else entry for entry in PEOPLE)
    back = f"把管“{title}”的那一条的编号写成 {id_}，没有就补一条"
    assert findings_in(replace(SHOP, entries=(POSTAGE, *renamed))) == [
        f"warning 条目 {id_}：没有编号是这个的条目：{loss}。{back}"
    ]


def test_a_name_of_two_products_is_a_warning() -> None:
    scarf = Product(id="scarf", title="围巾", aliases=("襪子", "厚袜"))
    assert said(replace(SHOP, products=(SWEATER, SOCKS, scarf))) == [
        "warning 商品 socks、scarf：都叫“袜子”，买家只这样说认不出是哪一款；给每款写个不一样的名称或别名"
    ]
    assert said(replace(SHOP, products=(SWEATER, replace(SOCKS, aliases=("袜子",))))) == []


# One line for many


def test_many_findings_of_a_kind_are_one_that_names_the_first() -> None:
    few = tuple(replace(entry, questions=entry.questions[:1]) for entry in (POSTAGE, *PEOPLE))
    manual = replace(SHOP, entries=few)
    for number in range(9):
        manual = with_fact(f"gift_{number}", "贴纸", manual=manual)
    people = "、".join(f"{id_}（1 个）" for id_ in RELIED_ON)
    gifts = "、".join(f"gift_{number}（gift_{number}）" for number in range(8))
    assert findings_in(manual) == [
        f"warning 条目：问法太少，{MANY}：postage（1 个）、{people}。{MORE}",
        f"warning 资料：没有一条回答用到，改了也不起作用：{gifts} 等 9 个",
    ]


@pytest.mark.parametrize("mention", ["酒精,香精", "酒精，香精", "酒精；香精", "香精 色素"])
def test_words_that_were_meant_apart_are_a_warning(mention: str) -> None:
    apart = "买家不会这样说；是几个词的话，中间用“、”分开"
    manual = answering("不含的", when=When(mentions=frozenset({mention, "iphone 15", "无酒精"})))
    assert said(manual) == [f"warning 条目 postage 第 2 条回答：“{mention}”算一个词，{apart}"]
    called = replace(SWEATER, aliases=(mention, "v 领"))
    assert said(replace(SHOP, products=(called,))) == [f"warning 商品 sweater：“{mention}”算一个词，{apart}"]


@pytest.mark.parametrize("promise", ["马上给您转人工处理", "别急，这就请同事来看", "拍张照片，同事会尽快联系您"])
def test_a_person_who_is_promised_and_never_called_is_a_warning(promise: str) -> None:
    [warning] = said(answering(promise))
    assert warning.endswith("可是没有人会知道：在这个条目的“答完转人工”里写“是”")
    calls = replace(POSTAGE, answers=(*POSTAGE.answers, Answer(bubbles=(promise,), when=PAID)), hands_over=True)
    assert said(replace(SHOP, entries=(calls,))) == []


@pytest.mark.parametrize(
    "offer", ["要找人就回复“人工”", "人工几点都在", "客服会看的", "给您开发票", "联系快递公司改地址"]
)
def test_offering_a_person_is_no_promise(offer: str) -> None:
    assert said(answering(offer)) == []


def test_products_that_lack_the_same_are_named_together() -> None:
    gloves = Product(id="gloves", title="手套")
    manual = replace(SHOP, entries=(POSTAGE, SIZE), products=(SWEATER, SOCKS, gloves))
    assert said(manual) == ["warning 商品 socks、gloves：没有填“size”，回答里用到了：买家问到只能转人工"]


# Answers and their conditions


def test_an_answer_with_the_conditions_of_an_earlier_one_is_a_warning() -> None:
    assert said(answering("又一个兜底", when=When())) == [
        "warning 条目 postage 第 2 条回答：条件和第 1 条一样，永远轮不到它"
    ]


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        (When(products=frozenset({"hat"})), "条件里的商品“hat”不存在"),
        (When(regions=frozenset({"火星"})), "条件里的地区“火星”不认识，要写省份的简称，如“新疆”"),
        (When(regions=frozenset({"喀什"})), "条件里的地区“喀什”不认识，要写省份的简称，如“新疆”"),
        (When(regions=frozenset({"remote"})), f"条件要用到资料“remote_regions”（偏远地区），{GONE}"),
        (When(regions=frozenset({"same_province"})), f"条件要用到资料“ships_from”（发货地），{GONE}"),
        (When(clock=frozenset({"before_cutoff"})), f"条件要用到资料“dispatch_cutoff”（每天截单时间），{GONE}"),
        (When(reaches=frozenset({"bulk"})), f"条件要用到资料“bulk_from”（多少件起算团购），{GONE}"),
        (When(reaches=frozenset({"free_postage"})), f"条件要用到资料“free_postage_over”（满多少包邮），{GONE}"),
        (When(knows=frozenset({"cutoff"})), f"条件要用到资料“dispatch_cutoff”（每天截单时间），{GONE}"),
        (When(knows=frozenset({"hat"})), "条件“已经知道 hat”：没有这个资料、商品属性或能算出来的内容"),
    ],
)
def test_a_condition_that_can_never_hold_is_an_error(when: When, problem: str) -> None:
    assert said(answering("好的", when=when)) == [f"error 条目 postage 第 2 条回答：{problem}"]


@pytest.mark.parametrize(
    "when",
    [
        When(products=frozenset({"sweater", ANY})),
        When(regions=frozenset({"新疆", "ordinary", "国外"})),
        When(regions=frozenset({"remote", "same_province"})),
        When(clock=frozenset({"before_cutoff"})),
        When(clock=frozenset({"open"})),
        When(order_status=frozenset({"paid"})),
        When(channels=frozenset({"anything"})),
    ],
)
def test_a_condition_that_can_hold_is_none(when: When) -> None:
    manual = replace(answering("好的{dispatch_cutoff}{remote_regions}{ships_from}", when=when), products=(SWEATER,))
    for name, value in (("dispatch_cutoff", "16:00"), ("remote_regions", "新疆"), ("ships_from", "杭州")):
        manual = with_fact(name, value, manual=manual)
    assert said(manual) == []


def test_a_channel_that_the_shop_does_not_have_is_a_warning() -> None:
    manual = answering("好的", when=When(channels=frozenset({"taobao", "web"})))
    assert said(manual, channels=("web",)) == [
        "warning 条目 postage 第 2 条回答：条件里的渠道“taobao”没有开通，这条回答用不上"
    ]
    assert said(manual, channels=("web", "taobao")) == []


def test_an_entry_that_needs_a_product_in_a_shop_without_any_is_an_error() -> None:
    manual = replace(SHOP, entries=(POSTAGE, replace(SIZE, answers=POSTAGE.answers)))
    assert said(manual) == ["error 条目 size：要先知道是哪款商品，可是店里一款商品也没有"]


# Variables


@pytest.mark.parametrize(
    "bubble", ["满{free over}元", "满{free_over元", "满}元", "{}", "{1st}", "｛｝", "满｛free_over元"]
)
def test_a_brace_that_a_buyer_would_read_is_an_error(bubble: str) -> None:
    assert any("里的花括号不成对" in problem for problem in said(answering(bubble)))
    assert any(
        "里的花括号不成对" in problem and "机器人用语 away" in problem for problem in said(saying("away", bubble))
    )


def test_a_fact_that_an_answer_needs_and_nobody_set_is_an_error() -> None:
    assert said(with_fact("gift", "  ", manual=answering("送{gift}"))) == [
        "error 条目 postage 第 2 条回答：要用到资料“gift”（gift），还没有填"
    ]
    assert said(with_fact("gift", "0", manual=answering("送{gift}件"))) == []


def test_a_fact_whose_row_is_gone_is_told_from_one_that_is_empty() -> None:
    assert said(saying("welcome", "{cutoff}")) == [
        f"error 机器人用语 welcome：要用到资料“dispatch_cutoff”（每天截单时间），{GONE}"
    ]
    emptied = with_fact("dispatch_cutoff", "", manual=saying("welcome", "{cutoff}"))
    assert said(emptied) == ["error 机器人用语 welcome：要用到资料“dispatch_cutoff”（dispatch_cutoff），还没有填"]


def test_braces_of_a_chinese_keyboard_are_braces() -> None:
    assert said(answering("满｛free_over｝元，{free_over｝元")) == []
    assert said(answering("满｛free_ovr｝元")) == [
        "error 条目 postage 第 2 条回答：“{free_ovr}”不是资料，也不是商品属性，也不是能算出来的内容"
    ]


def test_a_fact_behind_a_computed_variable_that_nobody_set_is_an_error() -> None:
    assert said(answering("{cutoff}前付款今天发")) == [
        f"error 条目 postage 第 2 条回答：要用到资料“dispatch_cutoff”（每天截单时间），{GONE}"
    ]
    assert said(with_fact("dispatch_cutoff", "16:00", manual=answering("{cutoff}前付款今天发"))) == []


def test_a_shop_without_a_promotion_may_still_be_asked_for_one() -> None:
    assert said(answering("{promotion_now}")) == []


def test_a_products_attribute_needs_a_known_product() -> None:
    unknown = replace(SIZE, needs_product=False)
    assert said(replace(SHOP, entries=(POSTAGE, unknown), products=(SWEATER,))) == [
        "error 条目 size 第 1 条回答：“size”是商品属性：请勾选“需要先知道商品”，或给这条回答加上商品条件"
    ]
    assert said(replace(SHOP, entries=(POSTAGE, SIZE), products=(SWEATER,))) == []
    for products in ({ANY}, {"sweater"}):
        manual = answering("{size}", when=When(products=frozenset(products)))
        assert said(replace(manual, products=(SWEATER,))) == []


def test_a_fact_stands_in_for_an_attribute_that_a_product_lacks() -> None:
    manual = with_fact("size", "均码", manual=replace(SHOP, entries=(POSTAGE, SIZE), products=(SWEATER, SOCKS)))
    assert said(manual) == []
    blank = replace(SOCKS, attributes={"size": " "})
    assert said(replace(manual, products=(SWEATER, blank))) == [
        "warning 商品 socks：没有填“size”，回答里用到了：买家问到只能转人工"
    ]


def test_a_product_without_the_attribute_is_a_warning_and_an_error_when_the_answer_names_it() -> None:
    manual = replace(SHOP, entries=(POSTAGE, SIZE), products=(SWEATER, SOCKS))
    assert said(manual) == ["warning 商品 socks：没有填“size”，回答里用到了：买家问到只能转人工"]
    named = answering("{size}", when=When(products=frozenset({"socks"})))
    assert said(replace(named, products=(SWEATER, SOCKS))) == [
        "error 条目 postage 第 2 条回答：商品 socks 没有填“size”，买家问到它只能转人工"
    ]


@pytest.mark.parametrize(
    ("bubble", "problem"),
    [
        ("{nothing}", "“{nothing}”不是资料，也不是这句话能用的内容"),
        ("{queue_position}", "“{queue_position}”不是资料，也不是这句话能用的内容"),
        ("{blank}", "要用到资料“blank”（blank），还没有填"),
        ("{cutoff}", f"要用到资料“dispatch_cutoff”（每天截单时间），{GONE}"),
        ("{region}", "“{region}”在这句话里没有内容可填"),
    ],
)
def test_a_line_that_needs_what_it_cannot_have_is_an_error(bubble: str, problem: str) -> None:
    manual = with_fact("blank", "", manual=saying("welcome", bubble))
    assert f"error 机器人用语 welcome：{problem}" in said(manual)


@pytest.mark.parametrize(
    ("line", "bubble"),
    [
        ("welcome", "满{free_over}元包邮"),
        ("away", "{opens_at}回复您"),
        ("promotion-on", "{promotion}到{promotion_last_day}"),
        ("which-region", "{products}"),
    ],
)
def test_a_line_may_use_facts_and_what_the_bot_gives_it(line: str, bubble: str) -> None:
    assert said(replace(saying(line, bubble), products=(SWEATER,))) == []


# What only the buyer can tell


@pytest.mark.parametrize(
    ("bubble", "when"),
    [
        ("{named_day}", When(day=frozenset({"closed"}))),
        ("{named_day}", When(knows=frozenset({"named_day"}))),
        ("{deadline}{dispatch_day}", When(knows=frozenset({"deadline", "dispatch_day"}))),
        ("{amount_yuan}", When(reaches=frozenset({"free_postage", "below_free_postage"}))),
        ("{free_postage_from}{to_free_postage}", When(reaches=frozenset({"below_free_postage"}))),
        ("{quantity}", When(reaches=frozenset({"below_bulk"}))),
        ("{fitting_size}{height_and_weight}", When(knows=frozenset({"fitting_size"}))),
        ("{size}", When(knows=frozenset({"size"}))),
        ("{promotion_now}", When(knows=frozenset({"promotion_now"}))),
    ],
)
def test_what_the_buyer_has_told_may_be_said(bubble: str, when: When) -> None:
    manual = answering(bubble, when=when)
    for name, value in (
        ("dispatch_cutoff", "16:00"),
        ("free_postage_over", "59"),
        ("remote_free_postage_over", "199"),
        ("bulk_from", "20"),
    ):
        manual = with_fact(name, value, manual=manual)
    found = said(replace(manual, products=(CHARTED,)))
    assert [problem for problem in found if "没有一条回答用到" not in problem] == []


@pytest.mark.parametrize(
    ("bubble", "when", "name"),
    [
        ("{named_day}", When(clock=frozenset({"open"})), "named_day"),
        ("{deadline}", When(day=frozenset({"working"})), "deadline"),
        ("{dispatch_day}", When(day=frozenset({"working"})), "dispatch_day"),
        ("{amount_yuan}", When(reaches=frozenset({"free_postage", "bulk"})), "amount_yuan"),
        ("{height_and_weight}", When(asked_at_least=2), "height_and_weight"),
        ("{fitting_size}", When(products=frozenset({ANY})), "fitting_size"),
    ],
)
def test_what_only_the_buyer_can_tell_needs_its_condition(bubble: str, when: When, name: str) -> None:
    manual = replace(answering(bubble, when=when), products=(CHARTED,))
    for fact in ("free_postage_over", "remote_free_postage_over", "bulk_from"):
        manual = with_fact(fact, "20", manual=manual)
    problem = f"“{{{name}}}”要买家说了才有：给这条回答加上条件“已经知道 {name}”"
    assert f"error 条目 postage 第 2 条回答：{problem}" in said(manual)


def test_a_chart_that_cannot_be_read_is_a_warning() -> None:
    odd = replace(SWEATER, attributes={**SWEATER.attributes, "sizes": "S：身高150左右，M：身高高一点的，L：都行"})
    (found,) = said(replace(answering("好"), products=(odd,)))
    assert found.startswith(f"warning 商品 {SWEATER.id}：“sizes”像是尺码表，可是读不懂")


def test_a_fitting_size_without_a_chart_that_can_be_read_is_a_warning() -> None:
    manual = answering("穿{fitting_size}", when=When(knows=frozenset({"fitting_size"})))
    (found,) = said(replace(manual, products=(SWEATER,)))
    assert found.startswith("warning 条目 postage 第 2 条回答：没有一款商品的尺码表能读懂，这条回答用不上")


def test_what_is_compared_with_a_buyers_figures_must_be_a_number() -> None:
    manual = with_fact("bulk_from", "二十", manual=answering("好", when=When(reaches=frozenset({"bulk"}))))
    assert said(manual) == ["error 资料 bulk_from：“二十”不是数字，没法和买家说的金额或数量比"]
    postage = answering("好", when=When(reaches=frozenset({"free_postage"})))
    postage = with_fact("free_postage_over", "59", manual=postage)
    assert len(said(with_fact("remote_free_postage_over", "不包邮", manual=postage))) == 1
    assert said(with_fact("bulk_from", "二十", manual=answering("{bulk_from}件起"))) == []


def test_days_on_the_way_that_cannot_be_counted_are_a_warning() -> None:
    names = ("delivery_days_same_province", "delivery_days_remote", "ships_from", "remote_regions")
    for answers in (
        answering("好", when=When(arrives=frozenset({"late"}))),
        answering("{arrival_days}到", when=When(knows=frozenset({"arrival_days"}))),
    ):
        manual = with_fact("delivery_days_ordinary", "两三天", manual=answers)
        for name in names:
            manual = with_fact(name, "3", manual=manual)
        assert said(manual) == [
            "warning 资料 delivery_days_ordinary：“两三天”看不出是几天，算不出哪天到货；写成 3-5 或 3"
        ]


def test_what_depends_on_arrival_needs_the_facts_that_it_is_counted_from() -> None:
    found = said(answering("好", when=When(arrives=frozenset({"in_time"}))))
    needed = ("delivery_days_ordinary", "delivery_days_remote", "delivery_days_same_province", "remote_regions")
    assert [each.split("“")[1].split("”")[0] for each in found] == [*needed, "ships_from"]


# Facts


@pytest.mark.parametrize(
    ("name", "value", "unit", "problem"),
    [
        ("at", "四点", "HH:MM", "“四点”不是时间，要写成 16:00 这样"),
        ("at", "25:00", "HH:MM", "“25:00”不是时间，要写成 16:00 这样"),
        ("dispatch_cutoff", "下午", "", "“下午”不是时间，要写成 16:00 这样"),
        ("on", "双十一", "date", "“双十一”不是日期，要写成 2026-11-11 这样"),
        ("on", "2026-02-30", "date", "“2026-02-30”不是日期，要写成 2026-11-11 这样"),
    ],
)
def test_a_fact_not_in_its_format_is_an_error(name: str, value: str, unit: str, problem: str) -> None:
    assert said(with_fact(name, value, unit, answering(f"{{{name}}}"))) == [f"error 资料 {name}：{problem}"]


@pytest.mark.parametrize(
    ("value", "unit"), [("9:30", "HH:MM"), ("16：00", "HH:MM"), ("2026-12-31", "date"), ("3-5", "天")]
)
def test_a_fact_in_its_format_is_fine(value: str, unit: str) -> None:
    assert said(with_fact("it", value, unit, answering("{it}"))) == []


def test_a_fact_that_nothing_uses_is_a_warning() -> None:
    assert said(with_fact("gift", "贴纸")) == ["warning 资料：没有一条回答用到，改了也不起作用：gift（gift）"]
    shipped = next(fact for fact in starter_manual().facts if fact.name == "gift")
    assert said(replace(SHOP, facts=(*SHOP.facts, shipped))) == []  # it came so, nobody believes to have set it
    used = with_fact("dispatch_cutoff", "16:00", manual=answering("好", when=When(clock=frozenset({"after_cutoff"}))))
    assert said(used) == []


# Days gone by


def test_an_answer_whose_last_day_is_past_is_a_warning() -> None:
    assert said(answering("双十一见", when=When(last_day=date(2026, 11, 21)))) == [
        "warning 条目 postage 第 2 条回答：条件里的日期 2026-11-21 已经过了，这条回答用不上了"
    ]
    assert said(answering("双十一见", when=When(last_day=TODAY))) == []


@pytest.mark.parametrize("text", ["到2026年11月21日", "2026-11-21截止", "2026/11/21 止", "2026.11.21"])
def test_a_past_day_written_in_a_text_is_a_warning(text: str) -> None:
    assert said(answering(text)) == ["warning 条目 postage 第 2 条回答：里面的日期 2026-11-21 已经过了"]


@pytest.mark.parametrize("text", ["到2026年11月22日", "2026-13-40", "11月11日", "订单12026-11-21", "2020年开店"])
def test_a_day_to_come_and_what_is_no_day_are_fine(text: str) -> None:
    assert said(answering(text)) == []


def test_a_promotion_that_is_over_is_a_warning_one_that_has_begun_is_not() -> None:
    manual = answering("{promotion_now}")
    for name, value in (("promotion_first_day", "2026-11-01"), ("promotion_last_day", "2026-11-20")):
        manual = with_fact(name, value, "date", manual)
    assert said(manual) == ["warning 资料 promotion_last_day：里面的日期 2026-11-20 已经过了"]


# Words that no shop should send


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("好评返现5元", "不能写“好评返现”：好评返现违反平台规则，会被处罚"),
        ("五星晒图立返红包", "不能写“五星晒图立返红包”：好评返现违反平台规则，会被处罚"),
        ("返现哦，给个好评", "不能写“返现哦，给个好评”：好评返现违反平台规则，会被处罚"),
        ("您自己多试下", "不能写“您自己多试下”：把问题推回给买家，请写清楚怎么做，或者转人工"),
        ("你自己多试试吧", "不能写“你自己多试试”：把问题推回给买家，请写清楚怎么做，或者转人工"),
        ("我是真人哦", "不能写“我是真人”：自动回复不能冒充真人"),
    ],
)
def test_a_forbidden_wording_is_an_error(text: str, problem: str) -> None:
    assert said(answering(text)) == [f"error 条目 postage 第 2 条回答：{problem}"]


@pytest.mark.parametrize("text", ["全网最低价", "这是最好的毛衣", "质量最好", "销量第一", "价格最低", "我们最好！"])
def test_an_absolute_claim_is_a_warning(text: str) -> None:
    (problem,) = said(answering(text))
    assert problem.startswith("warning 条目 postage 第 2 条回答：“")
    assert "绝对化" in problem


@pytest.mark.parametrize(
    "text",
    [
        "最好冷水手洗",
        "最低温度零下20度",
        "第一次下单",
        "第一时间发出",
        "欢迎好评",
        "返修要多久",
        "多试几个尺码",
        "真人模特",
    ],
)
def test_an_ordinary_wording_is_fine(text: str) -> None:
    assert said(answering(text)) == []


def test_forbidden_words_are_found_wherever_a_buyer_may_read_them() -> None:
    bad = "好评返现"
    manual = replace(
        with_fact("gift", bad, manual=saying("welcome", bad)),
        entries=(replace(POSTAGE, title=bad, answers=(Answer(bubbles=("{free_over}{gift}",)),)),),
        products=(replace(SWEATER, attributes={"gift": bad}),),
    )
    assert [problem.partition("：")[0] for problem in said(manual)] == [
        "error 条目 postage",
        "error 资料 gift",
        "error 机器人用语 welcome",
        "error 商品 sweater",
    ]
