"""What the starter manual's bot makes of buyers' own ways of writing, with the rules alone."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from adapters.contract import Image, ProductCard
from bot.config import Hours
from bot.domain.calendar import ShopCalendar
from bot.domain.conversation import Memory
from bot.domain.decision import Answer, Clarify, Dismiss, HandOver, StayQuiet
from knowledge.base import KnowledgeBase
from knowledge.entry import Answer as EntryAnswer
from knowledge.entry import When
from knowledge.manual import starter_manual
from tests.talk import OPEN, Talk, entries, rule_of

PICTURE = Image(url="https://shop.example/a.jpg")


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase.build(revision=1, manual=starter_manual())


@pytest.fixture
def talk(base: KnowledgeBase) -> Talk:
    return Talk(base)


# One question, however it is written


@pytest.mark.parametrize(
    ("words", "entry"),
    [
        ("baoyou ma", "free-postage"),
        ("bao you ma", "free-postage"),
        ("by吗", "free-postage"),
        ("包油吗", "free-postage"),
        ("包郵嗎", "free-postage"),
        ("包~邮~吗~~~？？？", "free-postage"),
        ("包邮吗😊😊[微笑]", "free-postage"),
        ("&nbsp;包邮吗&amp;", "free-postage"),
        ("亲亲在吗，请问一下包邮吗谢谢", "free-postage"),
        ("hello 包邮吗", "free-postage"),
        ("發什麼快遞", "courier"),
        ("shenme shihou fahuo", "dispatch-time"),
        ("什么时侯发货", "dispatch-time"),
        ("神马时候发货", "dispatch-time"),
        ("咋退货", "return-how"),
        ("怎么退貨", "return-how"),
        ("xinjiang baoyou ma", "postage-remote"),
        ("zaima", "greeting"),
    ],
)
def test_a_question_is_understood_however_it_is_written(talk: Talk, words: str, entry: str) -> None:
    assert entries(talk.turn(words)) == [entry]


# Several questions


@pytest.mark.parametrize(
    "words",
    [
        "包邮吗 什么时候发货 能开发票吗",
        "包邮吗？什么时候发货？能开发票吗？",
        "包邮吗还有什么时候发货，另外能开发票吗",
    ],
)
def test_several_questions_are_answered_in_order(talk: Talk, words: str) -> None:
    decision = talk.turn(words)
    assert entries(decision) == ["free-postage", "dispatch-time", "invoice"]
    assert len(decision.bubbles) == 3
    assert [bubble.entry for bubble in decision.bubbles] == entries(decision)


def test_more_questions_than_bubbles_share_the_last_one(talk: Talk) -> None:
    decision = talk.turn("包邮吗，什么时候发货，能开发票吗，可以退吗，发什么快递")
    assert entries(decision) == ["free-postage", "dispatch-time", "invoice", "return-policy", "courier"]
    assert len(decision.bubbles) == 3
    alone = [Talk(talk.knowledge).says(words) for words in ("能开发票吗", "可以退吗", "发什么快递")]
    assert decision.bubbles[-1].text.splitlines() == [text for said in alone for text in said]


def test_an_answer_of_several_bubbles_is_joined_rather_than_cut(talk: Talk) -> None:
    said = talk.says("耳机续航多久，还有现在买有优惠吗，什么时候发货")
    assert len(said) == 3
    assert "耳机单次续航6小时" in said[0]


def test_what_two_answers_share_is_said_once(talk: Talk) -> None:
    said = "\n".join(talk.says("毛衣多少钱，耳机多少钱"))
    assert "269元" in said
    assert "299元" in said
    assert said.count("现在有限时活动") == 1


def test_one_question_about_two_places_or_products_has_two_answers(talk: Talk) -> None:
    postage = talk.says("北京包邮吗 海南包邮吗")
    assert postage[0].startswith("北京满59元包邮")
    assert postage[1].startswith("海南满199元包邮")
    stock = " ".join(talk.says("毛衣有货吗 保温杯有货吗"))
    assert "毛衣" in stock
    assert "保温杯" in stock


def test_one_question_in_two_wordings_is_answered_once(talk: Talk) -> None:
    decision = talk.turn("包邮吗", "包不包邮")
    assert entries(decision) == ["free-postage"]
    assert talk.conversation.memory.asked == {"free-postage": 1}


@pytest.mark.parametrize("words", ["毛衣和保温杯多少钱", "毛衣、保温杯多少钱", "保温杯 毛衣多少钱"])
def test_what_is_asked_about_two_products_at_once_is_answered_for_both(talk: Talk, words: str) -> None:
    said = "\n".join(talk.says(words))
    assert "羊毛圆领毛衣：269元" in said
    assert "500毫升保温杯：99元" in said


def test_what_is_asked_about_two_places_at_once_is_answered_for_both(talk: Talk) -> None:
    said = "\n".join(talk.says("广东和西藏几天到"))
    assert "寄到广东" in said
    assert "寄到西藏" in said


@pytest.mark.parametrize("words", ["毛衣跟耳机包邮吗", "毛衣和杯子能一起发吗", "吉林长春几天到"])
def test_one_answer_for_two_names_is_said_once(talk: Talk, words: str) -> None:
    said = talk.says(words)
    assert len(said) == len(set(said))
    assert set(talk.conversation.memory.asked.values()) <= {1}


def test_a_part_that_leads_clearly_is_answered_beside_a_sure_one(base: KnowledgeBase) -> None:
    words = "毛衣多少钱，有没有L的，今天能发吗"
    assert rule_of(Talk(base).turn(words)) == "left over"  # the quick matcher's likelihood is not enough
    decision = Talk(base.with_matcher(base.matcher)).turn(words)
    assert entries(decision) == ["price-ask", "stock", "dispatch-time"]
    assert isinstance(decision.act, Answer)


def test_what_leads_to_a_person_is_not_answered_beside_a_sure_one(base: KnowledgeBase) -> None:
    talk = Talk(base.with_matcher(base.matcher))
    decision = talk.turn("发什么快递 你们老板是谁")
    assert rule_of(decision) == "left over"


def test_an_unclear_part_of_what_is_sure_as_a_whole_is_not_handed_on(talk: Talk) -> None:
    assert entries(talk.turn("退货邮费谁出,如果是质量问题呢")) == ["return-postage"]
    assert talk.conversation.mode == "bot"


def test_what_is_likely_a_persons_matter_is_handed_on_beside_an_answer(talk: Talk) -> None:
    decision = talk.turn("发什么快递 你们老板是谁")
    assert rule_of(decision) == "left over"
    assert "你们老板是谁" in decision.bubbles[-1].text


def test_what_nobody_knows_is_handed_on_by_name(talk: Talk) -> None:
    decision = talk.turn("包邮吗，什么时候发货，你们公司股票代码是多少")
    assert isinstance(decision.act, HandOver)
    assert rule_of(decision) == "left over"
    assert len(decision.bubbles) <= 3
    assert "你们公司股票代码是多少" in decision.bubbles[-1].text
    assert [bubble.entry for bubble in decision.bubbles] == ["free-postage", "dispatch-time", None]


def test_two_questions_that_nobody_knows_are_both_named(talk: Talk) -> None:
    decision = talk.turn("股票代码是多少", "宇宙有多大呢")
    assert isinstance(decision.act, HandOver)
    (said,) = decision.bubbles
    assert "股票代码是多少" in said.text
    assert "宇宙有多大呢" in said.text


def test_after_closing_what_is_left_over_is_promised_for_the_opening(base: KnowledgeBase) -> None:
    talk = Talk(base, dataclasses.replace(OPEN, is_open=False, closed_period="night"))
    decision = talk.turn("包邮吗，你们公司股票代码是多少")
    assert "股票代码" in decision.bubbles[-2].text
    assert "明天9:00" in decision.bubbles[-1].text
    assert len(decision.bubbles) <= 3


def test_filling_words_around_a_question_ask_nothing(talk: Talk) -> None:
    assert entries(talk.turn("我昨天买的毛衣，怎么退货，急")) == ["return-how"]


def test_a_wish_for_a_person_beside_a_question_gets_both(talk: Talk) -> None:
    decision = talk.turn("包邮吗，转人工")
    assert rule_of(decision) == "person wanted"
    assert decision.bubbles[0].entry == "free-postage"
    assert isinstance(
        talk.turn("包邮吗，你们公司股票代码是多少").act, Answer
    )  # he waits already: what is sure is answered


# Taking something back


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("什么时候发货", "不对，我是想问能开发票吗", "电子普通发票"),
        ("包邮吗", "说错了 怎么退货", "申请售后"),
        ("毛衣有货吗", "哦不，是保温杯", "500毫升保温杯"),
        ("新疆包邮吗", "不是新疆，是西藏", "西藏满199元包邮"),
        ("新疆包邮吗", "写错了 是青海", "青海满199元包邮"),
        ("毛衣多少钱", "打错了 耳机", "Pro无线降噪耳机：299元"),
    ],
)
def test_what_he_takes_back_is_not_answered_but_what_he_means_is(talk: Talk, first: str, then: str, said: str) -> None:
    talk.turn(first)
    assert said in "".join(talk.says(then))
    assert talk.conversation.mode == "bot"


def test_taking_back_alone_is_no_question(talk: Talk) -> None:
    talk.turn("什么时候发货")
    for words in ("不对不对", "说错了", "不好意思打错了"):
        assert talk.says(words) == list(talk.knowledge.say("go-on", {}))


def test_a_place_taken_back_is_forgotten(talk: Talk) -> None:
    talk.turn("我在新疆")
    talk.turn("不是新疆，是浙江")
    assert talk.conversation.memory.region == "浙江"


# Fragments


@pytest.mark.parametrize(
    "fragments",
    [
        ("我想问下", "那个", "新疆", "包邮吗"),
        ("新疆", "包邮吗"),
        ("包邮吗", "新疆的"),
        ("你好", "在吗", "我在新疆", "包邮吗"),
    ],
)
def test_fragments_are_one_question(talk: Talk, fragments: tuple[str, ...]) -> None:
    decision = talk.turn(*fragments)
    assert isinstance(decision.act, Answer)
    assert decision.bubbles[0].text.startswith("新疆满199元包邮")


def test_fragments_that_only_together_say_something(talk: Talk) -> None:
    assert entries(talk.turn("什么", "时候发货")) == ["dispatch-time"]
    assert entries(talk.turn("保温杯", "有货吗")) == ["stock"]


def test_openings_alone_are_a_greeting(talk: Talk) -> None:
    assert entries(talk.turn("你好", "在吗")) == ["greeting"]
    for words in ("有没有人啊", "在不在呀亲", "客服呢", "？？"):
        assert entries(Talk(talk.knowledge).turn(words)) == ["greeting"]


def test_a_beginning_that_nothing_follows_is_asked_for_the_rest(talk: Talk) -> None:
    for words in ("那个", "嗯就是", "我想咨询一下那个"):
        decision = talk.turn(words)
        assert [bubble.text for bubble in decision.bubbles] == list(talk.knowledge.say("go-on", {}))
    talk.turn("转人工")
    assert talk.says("那个") == []


def test_a_card_beside_a_beginning_is_seen(talk: Talk) -> None:
    assert rule_of(talk.turn("我想问下", ProductCard(product_id="thermos-500"))) == "card or picture"
    assert "500毫升保温杯" in talk.says("有货吗")[0]


def test_a_smile_needs_no_answer(talk: Talk) -> None:
    assert isinstance(talk.turn("😊[微笑]").act, StayQuiet)


def test_a_greeting_beside_what_is_not_understood_is_no_answer_to_it(talk: Talk) -> None:
    assert entries(talk.turn("谢谢", "宇宙有多大呢")) == []


def test_a_picture_beside_an_opening_goes_to_a_person(talk: Talk) -> None:
    assert rule_of(talk.turn("你好", PICTURE)) == "card or picture"


# Context


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("包邮吗", "那新疆呢", "新疆满199元包邮"),
        ("新疆包邮吗", "北京呢", "满59元包邮"),
        ("几天能到", "我在新疆", "5到8天"),
        ("毛衣有货吗", "那保温杯呢", "500毫升保温杯"),
        ("有货吗", "杯子", "500毫升保温杯"),
        ("保修多久", "耳机的", "主机质保12个月"),
    ],
)
def test_a_follow_up_is_about_the_question_before(talk: Talk, first: str, then: str, said: str) -> None:
    talk.turn(first)
    assert said in "".join(talk.says(then))


def test_a_follow_up_skips_what_only_named_another_place(talk: Talk) -> None:
    for words in ("包邮吗", "那新疆呢", "那西藏呢"):
        decision = talk.turn(words)
    assert decision.bubbles[0].text.startswith("西藏满199元包邮")


def test_when_will_it_come_after_when_is_it_sent_is_about_delivery(talk: Talk) -> None:
    talk.turn("什么时候发货")
    assert entries(talk.turn("那什么时候到")) == ["delivery-time"]


def test_an_unclear_question_that_stays_with_the_last_answer_is_about_that(talk: Talk) -> None:
    talk.turn("有优惠券吗")
    decision = talk.turn("哪领")
    assert (rule_of(decision), entries(decision)) == ("goes on from a question", ["coupon"])
    assert not rule_of(talk.turn("宇宙有多大呢")).startswith("goes on")


@pytest.mark.parametrize(
    ("first", "then", "entry"),
    [
        ("怎么退货", "地址呢", "return-how"),
        ("客服几点下班", "周末呢", "working-hours"),
        ("有运费险吗", "怎么赔", "freight-insurance"),
        ("我要退货", "寄哪", "return-how"),
        ("毛衣有货吗", "红色呢", "stock"),
        ("地址填错了", "能改吗", "address-change"),
        ("能开发票吗", "怎么弄", "invoice"),
    ],
)
def test_a_few_words_are_about_the_question_before(talk: Talk, first: str, then: str, entry: str) -> None:
    talk.turn(first)
    decision = talk.turn(then)
    assert entries(decision) == [entry]
    assert rule_of(decision) == "goes on from a question"


@pytest.mark.parametrize(
    ("first", "then", "entry"),
    [
        ("能开发票吗", "能退吗", "return-policy"),
        ("怎么退货", "包邮吗", "free-postage"),
        ("可以发顺丰吗", "包邮吗", "free-postage"),
        ("毛衣多少钱", "有货吗", "stock"),
    ],
)
def test_a_new_subject_in_a_few_words_is_understood_by_itself(talk: Talk, first: str, then: str, entry: str) -> None:
    talk.turn(first)
    assert entries(talk.turn(then)) == [entry]


@pytest.mark.parametrize("words", ["哈哈哈哈", "111", "好", "行", "那9.9呢"])
def test_what_asks_nothing_does_not_go_on_from_a_question(talk: Talk, words: str) -> None:
    talk.turn("有优惠券吗")
    assert entries(talk.turn(words)) != ["coupon"]


def test_a_complaint_is_never_offered_as_a_choice(talk: Talk) -> None:
    for words in ("怎么处理", "太久了吧", "你们老板是谁"):
        decision = Talk(talk.knowledge).turn(words)
        assert "complaint" not in getattr(decision.act, "entries", ())


def test_a_few_words_go_on_from_the_question_before_the_last_few_words(talk: Talk) -> None:
    for words in ("毛衣有货吗", "L码呢"):
        talk.turn(words)
    assert entries(talk.turn("黑色呢")) == ["stock"]


def test_a_follow_up_in_the_same_message_knows_the_question_before_it(talk: Talk) -> None:
    said = "\n".join(talk.says("毛衣多少钱 耳机呢"))
    assert "羊毛圆领毛衣：269元" in said
    assert "Pro无线降噪耳机：299元" in said


def test_an_unclear_question_beside_its_likely_answer_is_not_handed_on(talk: Talk) -> None:
    assert entries(talk.turn("什么时候发货", "能今天发吗"))[0] == "dispatch-time"
    assert talk.conversation.mode == "bot"


def test_a_courier_after_a_question_about_a_courier(talk: Talk) -> None:
    talk.turn("可以发顺丰吗")
    assert entries(talk.turn("那圆通呢"))[0] in {"courier-choose", "courier"}


def test_a_courier_after_something_else_is_not_about_that(talk: Talk) -> None:
    talk.turn("能开发票吗")
    assert entries(talk.turn("那圆通呢")) != ["invoice"]


def test_a_short_question_is_about_what_was_named(talk: Talk) -> None:
    talk.turn("可以发顺丰吗")
    assert entries(talk.turn("包邮吗")) == ["free-postage"]  # it is understood by itself
    talk = Talk(talk.knowledge)
    talk.turn("顺丰到付可以吗")
    decision = talk.turn("要加多少钱")
    assert entries(decision) == ["courier-choose"]


def test_a_short_question_without_a_subject_is_about_the_place_that_was_named(talk: Talk) -> None:
    talk.turn("新疆几天到")
    decision = talk.turn("不包邮是吧")
    assert (rule_of(decision), entries(decision)) == ("same subject", ["postage-remote"])


def test_a_card_and_a_bare_name_set_the_product(talk: Talk) -> None:
    talk.turn(ProductCard(product_id="thermos-500"))
    assert "500毫升保温杯" in talk.says("有货吗")[0]
    bare = talk.turn("毛衣")
    assert rule_of(bare) == "same about another"  # the stock of the sweater
    talk = Talk(talk.knowledge)
    assert rule_of(talk.turn("毛衣")) == "only a product"
    assert "羊毛圆领毛衣" in talk.says("有货吗")[0]


def test_the_size_is_told_from_the_chart_by_height_and_weight(talk: Talk) -> None:
    decision = talk.turn("毛衣身高165体重110穿什么码")
    assert "建议选L。尺码表：S：身高150到158厘米" in "".join(bubble.text for bubble in decision.bubbles)
    assert decision.why.named["height_cm"] == "165"
    assert decision.why.named["weight_kg"] == "55.0"


@pytest.mark.parametrize("fragments", [("毛衣穿什么码", "165", "110斤"), ("毛衣穿什么码", "身高165", "体重110")])
def test_the_size_is_told_from_fragments_too(talk: Talk, fragments: tuple[str, ...]) -> None:
    assert "建议选L" in talk.says(*fragments)[0]
    assert talk.conversation.mode == "bot"


def test_fragments_answer_what_was_asked_for(talk: Talk) -> None:
    assert talk.says("毛衣穿什么码")[-1].startswith("告诉我您的身高和体重")
    assert "建议选L" in talk.says("165", "110")[0]


def test_a_product_without_a_chart_by_height_asks_for_nothing(talk: Talk) -> None:
    assert talk.says("保温杯多大") == ["500毫升保温杯：容量500毫升，高23.5厘米，杯身直径6.8厘米，净重约290克。"]


AUTUMN = datetime(2026, 9, 28, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
DAYS_AHEAD, HOLIDAYS = ShopCalendar(hours=Hours(), zone=ZoneInfo("Asia/Shanghai")).ahead(AUTUMN)
IN_AUTUMN = dataclasses.replace(OPEN, local_time=AUTUMN, days_ahead=DAYS_AHEAD, holidays=HOLIDAYS)
"""A Monday, three days before the National Day week."""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("周三能发货吗", "周三照常发货：当天下午4点前付款的当天安排"),
        ("10月8号能发货吗", "10月8号照常发货"),
        ("周四能发货吗", "周四仓库休息，不发货"),
        ("国庆发货吗", "国庆仓库休息，不发货"),
        ("周日发货吗", "周日仓库休息，不发货"),
    ],
)
def test_the_day_that_is_asked_about_is_looked_at(talk: Talk, words: str, said: str) -> None:
    talk = Talk(talk.knowledge, IN_AUTUMN)
    assert any(each.startswith(said) for each in talk.says(words))


def test_a_day_changes_nothing_about_what_is_asked(talk: Talk) -> None:
    talk = Talk(talk.knowledge, IN_AUTUMN)
    decision = talk.turn("下周一能发货吗")
    assert (decision.why.text, decision.why.named["day"]) == ("下周一能发货", "下周一")
    assert entries(decision) == ["dispatch-time"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("买50块包邮吗", "普通地区满59元包邮，50元还差9元"),
        ("100包邮吗", "普通地区满59元包邮，100元够了"),
        ("我在广东买50块包邮吗", "寄到广东满59元包邮，50元还差9元"),
        ("新疆买100块包邮吗", "寄到新疆满199元包邮，100元还差99元"),
    ],
)
def test_a_sum_changes_nothing_about_what_is_asked(talk: Talk, words: str, said: str) -> None:
    assert talk.says(words)[0].startswith(said)


@pytest.mark.parametrize(
    ("words", "entry"),
    [
        ("昌吉能不能发", "remote-areas"),
        ("延边要多久到", "delivery-time"),
        ("攀枝花运费多少钱", "postage-cost"),
        ("买10个杯子多少钱", "price-ask"),
        ("1.68m 60kg 毛衣", "size"),
    ],
)
def test_what_a_question_names_changes_nothing_about_what_is_asked(talk: Talk, words: str, entry: str) -> None:
    assert entries(talk.turn(words)) == [entry]


def test_a_place_that_the_parcel_is_stuck_in_is_not_where_it_goes(talk: Talk) -> None:
    talk.turn("快递卡在武汉三天没动了")
    assert "湖北" not in "".join(talk.says("那包邮吗"))


def test_what_was_named_counts_for_the_choice_that_is_picked(talk: Talk) -> None:
    memory = Memory(
        welcomed_on="2026-09-28",
        choice=("free-postage", "dispatch-time"),
        passing={"day": "周四", "amount_yuan": "50"},
        passing_on="2026-09-28",
    )
    talk = Talk(talk.knowledge, IN_AUTUMN)
    talk.conversation = dataclasses.replace(talk.conversation, memory=memory)
    assert talk.says("2")[0].startswith("周四仓库休息")
    memory = dataclasses.replace(memory, passing_on="2026-09-27")
    talk.conversation = dataclasses.replace(talk.conversation, memory=memory)
    assert "50元还差9元" in talk.says("1")[0]
    talk.conversation = dataclasses.replace(talk.conversation, memory=dataclasses.replace(memory, passing={}))
    assert "50元" not in talk.says("1")[0]


def test_a_choice_may_be_picked_by_its_title(talk: Talk) -> None:
    offer = talk.turn("还有没有优惠")
    assert isinstance(offer.act, Clarify)
    title = talk.knowledge.title(offer.act.entries[-1])
    assert entries(talk.turn(title)) == [offer.act.entries[-1]]


def _offered(base: KnowledgeBase, *choice: str) -> Talk:
    """A talk in which these entries were offered just now."""
    talk = Talk(base)
    memory = Memory(welcomed_on="2026-11-23", choice=choice, misses=1, recent=("那样行吗",))
    talk.conversation = dataclasses.replace(talk.conversation, memory=memory)
    return talk


@pytest.mark.parametrize(
    ("reply", "answered"),
    [
        ("前面那个", ["return-how"]),
        ("后者", ["invoice"]),
        ("发票", ["invoice"]),
        ("第一个吧", ["return-how"]),
        ("都要", ["return-how", "invoice"]),
        ("两个都想问", ["return-how", "invoice"]),
    ],
)
def test_a_choice_is_picked_in_words(base: KnowledgeBase, reply: str, answered: list[str]) -> None:
    assert entries(_offered(base, "return-how", "invoice").turn(reply)) == answered


@pytest.mark.parametrize("reply", ["对的", "3", "嗯嗯", "是"])
def test_a_reply_that_leaves_the_choice_open_is_asked_again_and_then_a_person_is_called(
    base: KnowledgeBase, reply: str
) -> None:
    talk = _offered(base, "return-how", "invoice")
    decision = talk.turn(reply)
    assert decision.act == Clarify(entries=("return-how", "invoice"), confidence=1.0)
    assert decision.bubbles[-1].text.startswith("没听明白您选的是哪一个")
    assert isinstance(talk.turn("9").act, HandOver)


def test_none_of_a_choice_asks_for_other_words_and_then_for_a_person(base: KnowledgeBase) -> None:
    talk = _offered(base, "return-how", "invoice")
    assert talk.says("都不是") == list(talk.knowledge.say("go-on", {}))
    assert talk.conversation.memory.choice == ()
    memory = dataclasses.replace(talk.conversation.memory, choice=("return-how", "invoice"))
    talk.conversation = dataclasses.replace(talk.conversation, memory=memory)
    assert isinstance(talk.turn("不是这个").act, HandOver)


@pytest.mark.parametrize("reply", ["嗯", "是的", "对呀", "1", "没错"])
def test_yes_is_enough_where_one_thing_is_asked(base: KnowledgeBase, reply: str) -> None:
    assert entries(_offered(base, "invoice").turn(reply)) == ["invoice"]


def test_one_likely_entry_is_asked_about_and_not_padded_with_an_unlikely_one(talk: Talk) -> None:
    lone = "我刚付的钱货啥时候能走"
    offer = talk.turn(lone)
    assert isinstance(offer.act, Clarify)
    assert len(offer.act.entries) == 1
    assert "吗？" in offer.bubbles[0].text
    assert isinstance(talk.turn(lone + "呀").act, HandOver)


# People, anger, advertisements


@pytest.mark.parametrize(
    "words", ["人工", "转人工", "找真人", "rengong", "zhuan rengong", "叫你们客服出来", "别用机器人糊弄我", "找个活人"]
)
def test_a_wish_for_a_person_is_heeded(talk: Talk, words: str) -> None:
    decision = talk.turn(words)
    assert rule_of(decision) == "person wanted"
    assert isinstance(decision.act, HandOver)


@pytest.mark.parametrize(
    "words",
    [
        "人工费多少",
        "人工智能耳机有吗",
        "真人模特图有吗",
        "手工缝制的吗",
        "人工缝制的吗",
        "是手工还是机器做的",
        "安装人工费",
    ],
)
def test_work_and_goods_are_no_wish_for_a_person(talk: Talk, words: str) -> None:
    decision = talk.turn(words)
    assert rule_of(decision) != "person wanted"
    assert "human" not in (*entries(decision), *getattr(decision.act, "entries", ()))


@pytest.mark.parametrize("words", ["我要投诉", "打12315了", "你们是骗子吧", "垃圾", "再不处理我找平台了"])
def test_anger_goes_to_a_person_with_a_calm_word(talk: Talk, words: str) -> None:
    decision = talk.turn(words)
    assert rule_of(decision) == "upset"
    assert decision.bubbles[0].text == talk.knowledge.say("calm", {})[0]


def test_a_way_around_the_platform_is_a_persons_matter(talk: Talk) -> None:
    assert rule_of(talk.turn("能加微信吗")) == "outside the platform"


def test_an_advertisement_is_dismissed_even_behind_a_greeting(talk: Talk) -> None:
    decision = talk.turn("你好", "我们专业刷单，加V：abc12345")
    assert isinstance(decision.act, Dismiss)
    assert decision.memory.advertised
    assert len(decision.bubbles) == 1
    assert entries(talk.turn("包邮吗")) == ["free-postage"]


# Repeating


def test_the_same_answer_is_not_said_twice_running_in_other_words(talk: Talk) -> None:
    first = talk.says("什么时候发货")
    again = talk.says("多久发货")
    assert again == list(talk.knowledge.say("as-said", {}))
    assert first != again
    assert talk.says("几天能发货") == first
    assert talk.says("啥时候发货") == again


def test_all_sides_of_one_answer_that_are_asked_for_at_once_are_one_question(talk: Talk) -> None:
    decision = talk.turn("羊毛衫会起球吗，会缩水吗，怎么洗")
    assert entries(decision) == ["material"]
    assert isinstance(decision.act, Answer)
    asked_on = talk.turn("能机洗吗")
    assert [bubble.text for bubble in asked_on.bubbles] == list(talk.knowledge.say("as-said", {}))


def test_what_was_asked_before_he_told_where_he_lives_is_another_question_now(talk: Talk) -> None:
    for words in ("包邮吗", "包邮吗", "我在新疆"):
        talk.turn(words)
    assert talk.says("包邮吗")[0].startswith("新疆满199元包邮")


def test_an_answer_for_him_who_asks_for_the_third_time_is_given(base: KnowledgeBase) -> None:
    third = EntryAnswer(bubbles=("真的能开。",), when=When(asked_at_least=3))
    entries_ = [
        dataclasses.replace(entry, answers=(*entry.answers, third)) if entry.id == "invoice" else entry
        for entry in base.manual.entries
    ]
    manual = dataclasses.replace(base.manual, entries=tuple(entries_))
    talk = Talk(KnowledgeBase.build(revision=2, manual=manual))
    assert [talk.says("能开发票吗") for _ in range(3)][-1] == ["真的能开。"]
    assert rule_of(talk.turn("能开发票吗")) == "same question again"


def test_a_buyer_who_repeats_himself_hears_it_again_and_then_gets_a_person(talk: Talk) -> None:
    assert talk.says("什么时候发货") == talk.says("什么时候发货")
    assert rule_of(talk.turn("什么时候发货")) == "same question again"


def test_pinyin_repeated_counts_as_the_same_question(talk: Talk) -> None:
    for _ in range(2):
        assert entries(talk.turn("shenme shihou fahuo")) == ["dispatch-time"]
    assert rule_of(talk.turn("shenme shihou fahuo")) == "same question again"


def test_a_farewell_is_said_once_and_a_greeting_always_answered(talk: Talk) -> None:
    assert talk.says("再见") != []
    goodbye = talk.turn("拜拜")
    assert isinstance(goodbye.act, StayQuiet)
    talk = Talk(talk.knowledge)
    for words in ("你好", "您好呀", "哈喽", "下午好"):
        assert talk.says(words) != []


# Rarer turns


def test_a_question_that_marks_cut_in_two_is_one_question(talk: Talk) -> None:
    assert entries(talk.turn("什么时候，发货")) == ["dispatch-time"]
    assert entries(Talk(talk.knowledge).turn("羊毛衫能机洗吗 会缩水吗")) == ["material"]


def test_an_advertisement_outweighs_a_question_beside_it(talk: Talk) -> None:
    assert isinstance(talk.turn("包邮吗", "我们专业刷单，加V：abc12345").act, Dismiss)


def test_a_wish_for_a_person_outweighs_what_nobody_understands(talk: Talk) -> None:
    assert rule_of(talk.turn("宇宙有多大呢", "转人工")) == "person wanted"


def test_another_question_with_a_name_in_it_is_not_what_was_asked_for(talk: Talk) -> None:
    talk.turn("有货吗")
    assert entries(talk.turn("新疆包邮吗")) == ["postage-remote"]


def test_after_two_misses_nothing_more_is_asked_back(talk: Talk) -> None:
    talk.conversation = dataclasses.replace(talk.conversation, memory=Memory(misses=2))
    decision = talk.turn("还有没有优惠")
    assert isinstance(decision.act, HandOver)
    assert "missed 2 times already" in [tried.reason for tried in decision.why.rules]


def test_a_question_of_the_manual_is_one_question_commas_and_all(talk: Talk) -> None:
    whole = "不够包邮线,能通融一下吗"
    assert whole in {question for entry in talk.knowledge.manual.entries for question in entry.questions}
    decision = talk.turn(whole)
    assert isinstance(decision.act, Answer)
    assert not decision.act.also
