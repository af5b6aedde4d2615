"""Questions that mean little without what was said before, with the starter manual and the rules alone."""

from __future__ import annotations

import dataclasses

import pytest

from adapters.contract import Image, OrderCard, ProductCard
from bot.dialogue.acts import HandOver
from knowledge.reasons.reason import because
from tests.talk import Talk, entries, rule_of


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
    assert (rule_of(decision), entries(decision)) == ("goes on", ["coupon"])
    assert not rule_of(talk.turn("宇宙有多大呢")).startswith("goes on")


@pytest.mark.parametrize(
    ("first", "then", "entry"),
    [
        ("有运费险吗", "怎么赔", "freight-insurance"),
        ("毛衣有货吗", "红色呢", "stock"),
        ("地址填错了", "能改吗", "address-change"),
    ],
)
def test_a_few_words_are_about_the_question_before(talk: Talk, first: str, then: str, entry: str) -> None:
    talk.turn(first)
    decision = talk.turn(then)
    assert entries(decision) == [entry]
    assert rule_of(decision) == "goes on"


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


def test_a_few_words_go_on_from_the_question_before_the_last_few_words(talk: Talk) -> None:
    for words in ("毛衣有货吗", "L码呢"):
        talk.turn(words)
    assert entries(talk.turn("黑色呢")) == ["stock"]


def test_a_follow_up_in_the_same_message_knows_the_question_before_it(talk: Talk) -> None:
    said = "\n".join(talk.says("毛衣多少钱 耳机呢"))
    assert "羊毛圆领毛衣：269元" in said
    assert "Pro无线降噪耳机：299元" in said


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
    assert (rule_of(decision), entries(decision)) == ("goes on", ["postage-remote"])


@pytest.mark.parametrize(
    ("first", "then"),
    [("能寄到香港吗", "111"), ("能寄到香港吗", "很差"), ("可以发顺丰吗", "Τί ὥρα"), ("包邮吗", "怎么用")],
)
def test_words_that_the_last_entry_does_not_know_are_not_answered_with_it(talk: Talk, first: str, then: str) -> None:
    assert entries(talk.turn(first))
    assert entries(talk.turn(then)) == []


# Only what the last entry has an answer for


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("钱怎么还没退", "支付宝付的", "用什么付的就退到哪里"),
        ("退款怎么还没到", "你们昨天已经签收了", "已经签收了还没动静的"),
        ("物流一直不动", "那还要等多久呢", "还要等多久我说不准"),
        ("快递不动了", "麻烦帮忙催一下", "同事去问快递"),
        ("可以发顺丰吗", "多少钱", "补12元"),
        ("可以发顺丰吗", "那得补多少钱", "补12元"),
        ("买贵了能退差价吗", "在哪申请呀", "“价保”"),
        ("怎么取消订单", "还没发呢", "仅退款"),
        ("怎么退货", "我还没发货呢", "不用寄东西"),
        ("怎么取消订单", "都发货了", "拒收"),
        ("能便宜点吗", "那我不买了", "不便宜就不买"),
        ("太贵了", "那我不要了", "不便宜就不买"),
        ("少发了一件", "啥时候给我补", "核对清楚就补发"),
        ("人工几点上班", "那周末呢", "每天9:00到21:00"),
        ("新疆包邮吗", "那要补多少呢", "补15元"),
        ("运费多少", "一起买呢", "按一单算"),
        ("想换货", "寄回哪里", "选“换货”，通过后再寄回"),
        ("怎么退货", "地址呢", "退货地址"),
        ("我要退货", "赶紧同意", "要同事来点同意"),
    ],
)
def test_what_the_last_entry_has_an_answer_for_goes_on_from_it(talk: Talk, first: str, then: str, said: str) -> None:
    talk.turn(first)
    decision = talk.turn(then)
    assert said in "".join(bubble.text for bubble in decision.bubbles)
    assert rule_of(decision) == "goes on from an answer"


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("耳机没声音了", "能不能换个新的", "主机质保12个月"),
        ("毛衣开线了", "给我换一件新的吧", "开线、掉扣免费修补或更换"),
        ("杯子收到是碎的", "我要换新的", "补发"),
        ("发错颜色了", "能换吗", "发错货来回运费店里出"),
        ("耳机坏了", "邮费谁出呢", "店里出"),
    ],
)
def test_who_has_a_broken_thing_and_wants_another_has_a_claim(talk: Talk, first: str, then: str, said: str) -> None:
    talk.turn(first)
    heard = "".join(talk.says(then))
    assert said in heard
    assert "不影响再卖" not in heard


@pytest.mark.parametrize(
    ("first", "then", "entry"),
    [
        ("可以发顺丰吗", "毛衣多少钱", "price-ask"),
        ("可以发顺丰吗", "怎么付款", "payment-how"),
        ("退款怎么还没到", "可以用支付宝付款吗", "payment-methods"),
        ("退款怎么还没到", "能开发票吗", "invoice"),
        ("退款怎么还没到", "显示签收了没收到货", "signed-not-received"),
        ("快递不动了", "预售的要等多久", "presale-dispatch"),
        ("怎么取消订单", "发货了吗", "tracking"),
        ("怎么取消订单", "什么时候发货", "dispatch-time"),
        ("能便宜点吗", "怎么取消订单", "cancel-order"),
        ("耳机坏了", "毛衣能换码吗", "exchange"),
        ("杯子收到碎了", "想换个颜色", "exchange"),
        ("少发了一件", "怎么补差价", "postage-difference"),
        ("少发了一件", "什么时候发货", "dispatch-time"),
        ("人工几点上班", "周末发货吗", "holiday-dispatch"),
        ("能开发票吗", "没收到货", "signed-not-received"),
        ("能开发票吗", "几天能到", "delivery-time"),
        ("有赠品吗", "多少钱", "price-ask"),
        ("能换货吗", "退货地址呢", "return-how"),
    ],
)
def test_a_whole_new_question_is_not_taken_for_more_of_the_last(talk: Talk, first: str, then: str, entry: str) -> None:
    talk.turn(first)
    assert entries(talk.turn(then)) == [entry]


@pytest.mark.parametrize(
    ("first", "then", "entry"),
    [
        ("毛衣开线了", "要干洗不", "material"),
        ("少发了一件", "还会补吗", "stock"),
        ("支持花呗吗", "收到货啦", "farewell"),
    ],
)
def test_words_that_are_sure_for_another_entry_that_answers_them_too_are_about_that(
    talk: Talk, first: str, then: str, entry: str
) -> None:
    talk.turn(first)
    assert entries(talk.turn(then)) == [entry]


def test_an_answer_for_what_this_product_has_not_is_none(talk: Talk) -> None:
    talk.turn("毛衣会起球吗")
    assert rule_of(talk.turn("多久")) != "goes on from an answer"  # that is for a battery


def test_more_about_the_last_answer_leaves_out_the_day_of_that(talk: Talk) -> None:
    talk.turn("明天能发货吗")
    assert "想晚几天发的" in "".join(talk.says("那晚几天呢"))


def test_after_a_card_the_same_words_are_about_what_it_shows(talk: Talk) -> None:
    talk.turn("可以发顺丰吗")
    talk.turn(ProductCard(product_id="sweater-wool"))
    assert entries(talk.turn("多少钱")) == ["price-ask"]


def test_after_a_picture_the_talk_is_still_about_the_same(talk: Talk) -> None:
    talk.turn("少发了一件")
    talk.turn(Image(url="https://pictures.example/1.jpg"))
    assert entries(talk.turn("多久补给我")) == ["missing-item"]


def test_the_state_of_the_order_weighs_more_than_the_words_that_go_on(talk: Talk) -> None:
    talk.turn(OrderCard(order_id="2300000001", status="paid"))
    talk.turn("怎么取消订单")
    assert entries(talk.turn("还没发呢")) == ["cancel-order"]


def test_a_row_of_small_words_takes_no_time(talk: Talk) -> None:
    talk.turn("可以发顺丰吗")
    assert rule_of(talk.turn("那" * 500)) != "goes on from an answer"


# What has no subject of its own


def test_what_to_do_is_asked_about_what_was_answered_even_after_words_that_speak_of_something_else(talk: Talk) -> None:
    for words in ("怎么退货", "还没发"):
        talk.turn(words)
    assert entries(talk.turn("那怎么弄呢")) == ["return-how"]


def test_what_he_buys_is_priced_for_an_answer_that_goes_by_the_sum(talk: Talk) -> None:
    talk.turn("包邮吗")
    decision = talk.turn("我买俩杯子呢")
    assert (rule_of(decision), entries(decision)) == ("same on another day", ["free-postage"])
    assert "够了" in "".join(bubble.text for bubble in decision.bubbles)


def test_how_to_do_it_is_asked_about_what_was_answered(talk: Talk) -> None:
    talk.turn("能开发票吗")
    decision = talk.turn("怎么弄")
    assert (rule_of(decision), entries(decision)) == ("what to do", ["invoice"])


def test_who_is_at_a_loss_when_all_was_said_gets_a_person(talk: Talk) -> None:
    talk.turn("能开发票吗")
    decision = talk.turn("那怎么办")
    assert isinstance(decision.act, HandOver)
    assert rule_of(decision) == "what to do"


def test_what_to_do_before_anything_was_answered_is_asked_about_what(talk: Talk) -> None:
    assert talk.says("怎么办") == list(talk.knowledge.say("go-on", {}))


@pytest.mark.parametrize("before", ["转人工", "毛衣和杯子哪个配我家的猫"])
def test_who_waits_or_was_not_understood_and_asks_what_to_do_is_a_persons_matter(talk: Talk, before: str) -> None:
    talk.turn(before)
    memory = dataclasses.replace(talk.conversation.memory, misses=1)
    talk.conversation = dataclasses.replace(talk.conversation, memory=memory)
    decision = talk.turn("怎么办")
    assert rule_of(decision) == "what to do"
    assert talk.conversation.mode == "waiting"


def test_a_place_after_a_wish_for_a_person_is_about_the_question_before_it(talk: Talk) -> None:
    for words in ("几天到", "转人工"):
        talk.turn(words)
    assert entries(talk.turn("到长沙")) == ["delivery-time"]


def test_after_asking_back_a_few_words_no_longer_go_on_from_the_last_answer(talk: Talk) -> None:
    talk.turn("两个订单能放一个包裹吗")
    memory = dataclasses.replace(talk.conversation.memory, choice=("price-ask",), recent=("一起多少钱",))
    talk.conversation = dataclasses.replace(talk.conversation, memory=memory)
    assert entries(talk.turn("能分开退吗")) != ["combine-orders"]


def test_the_bare_subject_of_another_entry_is_about_that(talk: Talk) -> None:
    talk.turn("几天到")
    decision = talk.turn("那退款呢")
    assert (rule_of(decision), entries(decision)) == ("another subject", ["refund-time"])


def test_it_goes_on_to_the_next_step_only_where_both_tell_a_fact_in_common(talk: Talk) -> None:
    talk.turn("什么时候发货")
    assert talk.turn("那什么时候到").why.rules[-1].reason == because("goes_on_from", entry="dispatch-time")
    talk = Talk(talk.knowledge)
    talk.turn("能开发票吗")
    assert talk.turn("那什么时候到").why.rules[-1].reason != because("goes_on_from", entry="invoice")
