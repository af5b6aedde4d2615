"""What buyers say beside their questions: thanks, nods, anger, wishes for a person; with the rules alone."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from bot.domain.decision import Answer, Clarify, HandOver, StayQuiet
from knowledge.base import KnowledgeBase
from knowledge.manual import starter_manual
from knowledge.matching import ANSWER_AT
from tests.small_manual import small_manual
from tests.talk import OPEN, Talk, entries, rule_of

if TYPE_CHECKING:
    from bot.domain.decision import Decision

NOTED = "好的，还有问题随时说。"


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase.build(revision=1, manual=starter_manual())


@pytest.fixture
def talk(base: KnowledgeBase) -> Talk:
    return Talk(base)


# Nods


@pytest.mark.parametrize("words", ["噢噢", "行吧", "好哒", "好", "okk", "嘿嘿", "看到了 不用回", "知道啦"])
def test_a_nod_after_an_answer_gets_one_kind_line_and_then_nothing(talk: Talk, words: str) -> None:
    talk.turn("什么时候发货")
    assert talk.says(words) == [NOTED]
    for again in (words, "嗯嗯"):
        assert isinstance(talk.turn(again).act, StayQuiet)
    assert talk.conversation.mode == "bot"
    assert entries(talk.turn("发什么快递")) == ["courier"]


def test_a_nod_leaves_open_what_was_asked(talk: Talk) -> None:
    talk.turn("有货吗")
    assert rule_of(talk.turn("嗯")) == "courtesy"
    assert entries(talk.turn("保温杯")) == ["stock"]


def test_a_nod_while_a_person_is_on_his_way_is_left_to_him(talk: Talk) -> None:
    talk.turn("转人工")
    assert talk.says("好滴") == []


def test_words_that_staff_bound_to_an_answer_are_no_mere_nod() -> None:
    manual = small_manual()
    (code,) = (each for each in manual.entries if each.id == "secret-word")
    bound = dataclasses.replace(
        code.answers[1], when=dataclasses.replace(code.answers[1].when, words=frozenset({"收到"}))
    )
    code = dataclasses.replace(code, answers=(code.answers[0], bound))
    manual = dataclasses.replace(
        manual, entries=(*(each for each in manual.entries if each.id not in {"secret-word", "farewell"}), code)
    )
    talk = Talk(KnowledgeBase.build(revision=1, manual=manual))
    assert entries(talk.turn("收到")) == ["secret-word"]
    assert isinstance(talk.turn("好的").act, StayQuiet)  # without a farewell there is nothing to say to it


def test_letting_it_be_is_haggling_only_where_the_talk_is_about_the_price(talk: Talk) -> None:
    talk.turn("毛衣有什么尺码")
    assert talk.says("那算了") == [NOTED]
    talk.turn("能便宜点吗")
    assert rule_of(talk.turn("那算了吧")) != "courtesy"


@pytest.mark.parametrize("words", ["现在有人吗", "老板好"])
def test_a_greeting_is_answered_rather_than_offered(talk: Talk, words: str) -> None:
    assert entries(talk.turn(words)) == ["greeting"]


def _offered(decision: Decision) -> tuple[str, ...]:
    return decision.act.entries if isinstance(decision.act, Clarify) else ()


def test_small_talk_is_no_choice(talk: Talk) -> None:
    for words in ("好像可以", "没事你说", "那我走", "有人知道不", "打扰你们一会", "谢你们的礼物", "我问一个事情"):
        assert not {"greeting", "farewell"} & {*_offered(Talk(talk.knowledge).turn(words))}, words


# Anger


@pytest.mark.parametrize("words", ["你们有病吧", "😠", "怎么还没到[愤怒]", "真tm能拖", "什么狗屁服务"])
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


# Links


def test_a_question_about_a_products_link_is_answered(talk: Talk) -> None:
    assert entries(talk.turn("https://item.taobao.com/item.htm?id=12315 包邮吗")) == ["free-postage"]


def test_a_bare_link_is_as_good_as_a_card(talk: Talk) -> None:
    (product, *_) = talk.knowledge.manual.products
    link = f"https://detail.tmall.com/item.htm?id={product.id}"
    assert product.title in talk.says(link)[0]
    assert talk.conversation.memory.product_id == product.id
    assert "这款" in talk.says("https://m.tb.cn/h.6xYzAbC")[0]
    assert "桑蚕丝围巾" in talk.says("【淘宝】https://m.tb.cn/h.6xYzAbC CZ3457 「桑蚕丝围巾」点击链接直接打开")[0]
    assert talk.conversation.mode == "bot"


# Persons and machines


@pytest.mark.parametrize("words", ["你是机器人吧", "是真人客服吗", "are you a bot?", "你是人是机器"])
def test_the_bot_says_honestly_what_it_is(talk: Talk, words: str) -> None:
    (said,) = talk.says(words)
    assert "自动客服小二，不是真人" in said
    assert "人工" in said
    assert talk.conversation.mode == "bot"


def test_who_refuses_a_person_gets_none(talk: Talk) -> None:
    assert talk.says("先别转人工") == [NOTED]
    assert entries(talk.turn("不用找人工了，你们发什么快递")) == ["courier"]
    assert talk.conversation.mode == "bot"


@pytest.mark.parametrize("words", ["没有人工污染吧", "人工织的不", "人工费要多少"])
def test_work_and_goods_lend_no_confidence_to_what_is_left(talk: Talk, words: str) -> None:
    decision = talk.turn(words)
    found = {each.entry: each.confidence for each in talk.knowledge.find(words).candidates}
    assert all(each.confidence <= found[each.entry] for each in decision.why.candidates)
    assert rule_of(decision) != "person wanted"


# Waiting


@pytest.mark.parametrize("words", ["人呢", "还要等多久", "转人工", "有人吗"])
def test_who_waits_hears_his_place_once_more_and_then_nothing(talk: Talk, words: str) -> None:
    talk.turn("人工")
    assert talk.says(words) == list(talk.knowledge.say("waiting-still", {"queue_position": "1"}))
    assert talk.says("人呢？？？") == []
    talk.conversation = dataclasses.replace(talk.conversation, waiting_ahead=1)
    assert talk.says("客服呢") == list(talk.knowledge.say("waiting-still", {"queue_position": "2"}))


def test_the_opening_time_is_not_said_again_while_the_shop_is_closed(base: KnowledgeBase) -> None:
    talk = Talk(base, dataclasses.replace(OPEN, is_open=False, closed_period="night", opens_at="明天9:00"))
    talk.turn("人工")
    assert talk.says("人呢") == []
    talk.shop = OPEN
    assert talk.says("人呢") == list(base.say("waiting-still", {"queue_position": "1"}))


def test_nobody_is_asked_after_before_he_was_called(talk: Talk) -> None:
    assert isinstance(talk.turn("有人吗").act, Answer)


# Hours


@pytest.mark.parametrize("words", ["转人工", "我要投诉", "Ποῦ εἶναι", "不便宜就不买了"])
def test_what_is_said_out_of_hours_is_true_before_opening_and_on_holidays_too(base: KnowledgeBase, words: str) -> None:
    early = dataclasses.replace(OPEN, is_open=False, closed_period="night", opens_at="今天9:00")
    said = "".join(Talk(base, early).says(words))
    assert "下班" not in said
    assert "马上" not in said
    assert said.count("今天9:00上班") == 1
    assert said.count("记下") == 1


def test_looking_for_somebody_in_the_words_of_an_entry_is_that_entrys_matter() -> None:
    manual = small_manual()
    courier = next(each for each in manual.entries if each.id == "courier")
    asked = dataclasses.replace(courier, questions=(*courier.questions, "有没有人在"))
    entries_with_it = tuple(asked if each is courier else each for each in manual.entries)
    talk = Talk(KnowledgeBase.build(revision=1, manual=dataclasses.replace(manual, entries=entries_with_it)))
    assert entries(talk.turn("有没有人在")) == ["courier"]
