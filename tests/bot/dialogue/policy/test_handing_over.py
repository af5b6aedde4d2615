"""When a person is called, with the starter manual and the rules alone."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from bot.dialogue.acts import Answer, HandOver, StayQuiet
from knowledge.base import KnowledgeBase
from knowledge.manual.entry import Answer as EntryAnswer
from knowledge.manual.entry import Entry, When
from knowledge.matching.matcher import ANSWER_AT
from tests.small_manual import small_manual
from tests.talk import NEW, NOW, OPEN, Talk, entries, rule_of

if TYPE_CHECKING:
    from bot.dialogue.state import Conversation

# Persons and machines


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
        "人工上蜡的吗",
        "有没有人工加水",
    ],
)
def test_work_and_goods_are_no_wish_for_a_person(talk: Talk, words: str) -> None:
    decision = talk.turn(words)
    assert rule_of(decision) != "person wanted"
    assert "human" not in (*entries(decision), *getattr(decision.act, "entries", ()))


@pytest.mark.parametrize("words", ["没有人工污染吧", "人工织的不", "人工费要多少"])
def test_work_and_goods_lend_no_confidence_to_what_is_left(talk: Talk, words: str) -> None:
    decision = talk.turn(words)
    found = {each.entry: each.confidence for each in talk.knowledge.find(words).candidates}
    assert all(each.confidence <= found[each.entry] for each in decision.why.candidates)
    assert rule_of(decision) != "person wanted"


@pytest.mark.parametrize("words", ["你是机器人吧", "是真人客服吗", "are you a bot?", "你是人是机器"])
def test_the_bot_says_honestly_what_it_is(talk: Talk, words: str) -> None:
    (said,) = talk.says(words)
    assert "自动客服小二，不是真人" in said
    assert "人工" in said
    assert talk.conversation.mode == "bot"


# Danger


@pytest.mark.parametrize("words", ["杯子炸裂了", "毛衣烤火的时候着火了", "手被杯口划破了", "喝完就吐了 送医院了"])
def test_a_danger_calls_a_person_at_once_and_nothing_is_asked_back(talk: Talk, words: str) -> None:
    for _ in range(2):
        decision = talk.turn(words)
        assert rule_of(decision) == "danger"
        assert isinstance(decision.act, HandOver)
        assert not any(bubble.choices or bubble.kind == "clarify" for bubble in decision.bubbles)
    assert talk.conversation.mode == "waiting"


def test_a_danger_is_heard_before_what_is_asked_back_is_filled_in(talk: Talk) -> None:
    talk.turn("有货吗")
    assert rule_of(talk.turn("保温杯炸开了")) == "danger"


@pytest.mark.parametrize("words", ["保温杯会炸开吗", "毛衣容易着火吗", "杯子防烫伤吗", "防不防漏电"])
def test_whether_there_may_be_a_danger_is_a_question_like_any_other(talk: Talk, words: str) -> None:
    assert rule_of(talk.turn(words)) != "danger"


def _with_care(*, hands_over: bool = False, words: frozenset[str] = frozenset()) -> KnowledgeBase:
    manual = small_manual()
    first = EntryAnswer(bubbles=("请先断电，不要再充。",))
    bound = (EntryAnswer(bubbles=("收到，马上看。",), when=When(words=words)),) if words else ()
    care = Entry(
        id="swollen",
        group="售后",
        title="电池鼓包",
        questions=("电池鼓包了", "充电宝鼓包了怎么办"),
        answers=(first, *bound),
        hands_over=hands_over,
    )
    return KnowledgeBase.build(revision=1, manual=dataclasses.replace(manual, entries=(*manual.entries, care)))


def test_what_the_manual_surely_says_about_a_danger_is_said_before_the_person_comes() -> None:
    talk = Talk(_with_care())
    decision = talk.turn("电池鼓包了")
    assert (decision.bubbles[0].entry, decision.bubbles[0].text) == ("swollen", "请先断电，不要再充。")
    assert isinstance(decision.act, HandOver)
    assert (decision.act.entry, decision.mode) == ("swollen", "waiting")


def test_who_waits_already_is_told_what_to_do_about_a_danger() -> None:
    talk = Talk(_with_care())
    talk.turn("转人工")
    talk.turn("人呢")
    decision = talk.turn("电池鼓包了")
    place = talk.knowledge.say("waiting-still", {"queue_position": "1"})
    assert [bubble.text for bubble in decision.bubbles] == ["请先断电，不要再充。", *place]
    assert isinstance(decision.act, HandOver)


def test_a_danger_for_which_the_manual_calls_a_person_itself_is_left_to_it() -> None:
    decision = Talk(_with_care(hands_over=True)).turn("电池鼓包了")
    assert isinstance(decision.act, HandOver)
    assert decision.act.entry == "swollen"
    assert [bubble.text for bubble in decision.bubbles].count("请先断电，不要再充。") == 1


def test_words_that_staff_bound_an_answer_to_are_answered_with_it_even_about_a_danger() -> None:
    talk = Talk(_with_care(words=frozenset({"电池鼓包了"})))
    assert rule_of(talk.turn("电池鼓包了")) == "exact words"


# What was promised


@pytest.mark.parametrize("words", ["说好送杯刷的", "你们客服答应过补给我的", "主播说送袜子的"])
def test_what_was_promised_is_for_a_person(talk: Talk, words: str) -> None:
    talk.turn("发什么快递")
    decision = talk.turn(words)
    assert rule_of(decision) == "holds to a promise"
    assert isinstance(decision.act, HandOver)


@pytest.mark.parametrize("words", ["那说好了哈", "客服没说", "答应不了", "说好送的东西呢"])
def test_an_agreement_and_a_question_hold_nobody_to_a_promise(talk: Talk, words: str) -> None:
    talk.turn("有赠品吗")
    assert rule_of(talk.turn(words)) != "holds to a promise"


# Waiting


@pytest.mark.parametrize("words", ["人呢", "还要等多久", "转人工", "有人吗"])
def test_who_waits_hears_his_place_as_often_as_he_calls(talk: Talk, words: str) -> None:
    talk.turn("人工")
    assert talk.says(words) == list(talk.knowledge.say("waiting-still", {"queue_position": "1"}))
    assert talk.says("人呢？？？") == list(talk.knowledge.say("waiting-still", {"queue_position": "1"}))
    talk.conversation = dataclasses.replace(talk.conversation, waiting_ahead=1)
    assert talk.says("客服呢") == list(talk.knowledge.say("waiting-still", {"queue_position": "2"}))


def test_the_opening_time_is_said_to_who_calls_while_the_shop_is_closed(base: KnowledgeBase) -> None:
    talk = Talk(base, dataclasses.replace(OPEN, is_open=False, closed_period="night", opens_at="明天9:00"))
    talk.turn("人工")
    assert talk.says("人呢") == list(base.say("hand-over-closed", {"opens_at": "明天9:00"}))
    assert talk.says("在吗") == list(base.say("hand-over-closed", {"opens_at": "明天9:00"}))
    talk.shop = OPEN
    assert talk.says("人呢") == list(base.say("waiting-still", {"queue_position": "1"}))


def test_nobody_is_asked_after_before_he_was_called(talk: Talk) -> None:
    assert isinstance(talk.turn("有人吗").act, Answer)


@pytest.mark.parametrize("words", ["转人工", "我要投诉", "Ποῦ εἶναι", "不便宜就不买了"])
def test_what_is_said_out_of_hours_is_true_before_opening_and_on_holidays_too(base: KnowledgeBase, words: str) -> None:
    early = dataclasses.replace(OPEN, is_open=False, closed_period="night", opens_at="今天9:00")
    said = "".join(Talk(base, early).says(words))
    assert "下班" not in said
    assert "马上" not in said
    assert said.count("今天9:00上班") == 1
    assert said.count("记下") == 1


# Anger


@pytest.mark.parametrize("words", ["我要投诉", "打12315了", "你们是骗子吧", "垃圾", "再不处理我找平台了"])
def test_anger_goes_to_a_person_with_a_calm_word(talk: Talk, words: str) -> None:
    decision = talk.turn(words)
    assert rule_of(decision) == "upset"
    assert decision.bubbles[0].text == talk.knowledge.say("calm", {})[0]


@pytest.mark.parametrize(
    "words",
    [
        "你是猪吗",
        "说人话行吗",
        "半天都没人理我",
        "有货就说别磨磨叽叽",
        "你们有病吧",
        "😠",
        "怎么还没到[愤怒]",
        "真tm能拖",
        "什么狗屁服务",
    ],
)
def test_insults_and_angry_faces_go_to_a_person_with_a_calm_word(talk: Talk, words: str) -> None:
    decision = talk.turn(words)
    assert rule_of(decision) == "upset"
    assert decision.bubbles[0].text == talk.knowledge.say("calm", {})[0]


@pytest.mark.parametrize("words", ["客服态度真好", "你们态度很好", "差评多吗", "没有差评吧", "不会投诉你们的 放心"])
def test_praise_worry_and_denial_are_no_complaint(talk: Talk, words: str) -> None:
    decision = talk.turn(words)
    assert "complaint" not in {each.entry for each in decision.why.candidates}
    assert talk.knowledge.say("calm", {})[0] not in [bubble.text for bubble in decision.bubbles]


def _likely_complaint(base: KnowledgeBase) -> str:
    words = (
        "这服务真是够了",
        "你们这样做合适吗",
        "也太欺负顾客",
        "赔偿怎么不给",
        "就知道敷衍",
        "推卸责任",
        "谁来负责",
        "说话不算",
    )
    likely = (each for each in words if 0.4 <= base.find(each).candidates[0].confidence < ANSWER_AT)
    return next(each for each in likely if base.find(each).candidates[0].entry == "complaint")


def test_what_is_likely_a_complaint_goes_to_a_person_calmly(talk: Talk) -> None:
    decision = talk.turn(_likely_complaint(talk.knowledge))
    assert rule_of(decision) == "upset"
    assert isinstance(decision.act, HandOver)


def test_the_apology_comes_before_the_answer(talk: Talk) -> None:
    said = talk.says("投诉你们！发什么快递！")
    assert said[0] == talk.knowledge.say("calm", {})[0]
    assert len(said) == 3
    assert said[2].startswith("默认")


# What only a person can do


def test_a_way_around_the_platform_is_a_persons_matter(talk: Talk) -> None:
    assert rule_of(talk.turn("能加微信吗")) == "outside the platform"


@pytest.mark.parametrize(
    "words",
    [
        "123456789012345678",
        "订单号：123456789012345678",
        "我的订单是123456789012345678",
        "帮我查一下单号ZTO00000000001",
        "圆通 70000000000001",
        "SF0000000000001",
    ],
)
def test_the_number_of_an_order_or_a_parcel_goes_to_a_person_who_can_look_it_up(talk: Talk, words: str) -> None:
    talk.turn("快递丢了")
    decision = talk.turn(words)
    assert isinstance(decision.act, HandOver)
    assert rule_of(decision) == "order number"


@pytest.mark.parametrize("words", ["123", "订单123456789012345678什么时候发货", "YT0000000000001到哪了", "圆通吗"])
def test_a_short_number_and_a_question_about_an_order_are_no_bare_number(talk: Talk, words: str) -> None:
    assert rule_of(talk.turn(words)) != "order number"


# The same question again


def test_a_buyer_who_repeats_himself_hears_it_again_and_then_gets_a_person(talk: Talk) -> None:
    assert talk.says("什么时候发货") == talk.says("什么时候发货")
    assert rule_of(talk.turn("什么时候发货")) == "same question again"


def test_pinyin_repeated_counts_as_the_same_question(talk: Talk) -> None:
    for _ in range(2):
        assert entries(talk.turn("shenme shihou fahuo")) == ["dispatch-time"]
    assert rule_of(talk.turn("shenme shihou fahuo")) == "same question again"


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


# No person after all


@pytest.mark.parametrize(
    "words", ["算了不用了", "不用人工了", "算了，别转人工了", "算了不用真人客服", "没事了", "算了", "不等了"]
)
def test_who_wants_no_person_after_all_leaves_the_queue_with_a_kind_line(talk: Talk, words: str) -> None:
    talk.turn("转人工")
    assert talk.says(words) == list(talk.knowledge.say("left-queue", {}))
    assert talk.conversation.mode == "bot"
    assert isinstance(talk.turn("什么时候发货").act, Answer)
    assert isinstance(talk.turn("人工").act, HandOver)


@pytest.mark.parametrize(
    ("before", "words"), [("转人工", "好的"), ("转人工", "退款不用了吗"), ("我要投诉", "算了"), ("Ποῦ εἶναι", "没事了")]
)
def test_who_did_not_take_a_wish_for_a_person_back_keeps_his_place(talk: Talk, before: str, words: str) -> None:
    talk.turn(before)
    talk.turn(words)
    assert talk.conversation.mode == "waiting"


@pytest.mark.parametrize(
    "conversation", [dataclasses.replace(NEW, last_staff_at=NOW), dataclasses.replace(NEW, reply_by=NOW)]
)
def test_whom_a_person_has_spoken_to_or_must_answer_keeps_his_place(talk: Talk, conversation: Conversation) -> None:
    talk.conversation = conversation
    talk.turn("转人工")
    assert isinstance(talk.turn("算了").act, StayQuiet)
    assert talk.conversation.mode == "waiting"


@pytest.mark.parametrize("words", ["喂", "？？", "你好", "在不在"])
def test_a_call_from_the_queue_is_no_greeting(talk: Talk, words: str) -> None:
    talk.turn("人工")
    assert talk.says(words) == list(talk.knowledge.say("waiting-still", {"queue_position": "1"}))


@pytest.mark.parametrize("words", ["算了给我找人吧", "那算了，帮我转人工吧", "唉，找个人来"])
def test_giving_up_on_the_bot_is_a_wish_for_a_person(talk: Talk, words: str) -> None:
    assert rule_of(talk.turn(words)) == "person wanted"


def test_giving_up_on_the_shop_is_none(talk: Talk) -> None:
    assert rule_of(talk.turn("算了找别家买")) != "person wanted"
