"""Words around a question, with the starter manual and the rules alone."""

from __future__ import annotations

import dataclasses

import pytest

from adapters.contract import OrderCard
from bot.dialogue.acts import HandOver, StayQuiet
from bot.dialogue.utterance import SMALL_TALK
from knowledge.base import KnowledgeBase
from tests.small_manual import small_manual
from tests.talk import Talk, entries, rule_of

NOTED = "好的，还有问题随时说。"


# Nods


@pytest.mark.parametrize(
    "words", ["噢噢", "行吧", "好哒", "好", "okk", "嘿嘿", "看到了 不用回", "知道啦", "那等吧", "行 我再等等"]
)
def test_a_nod_after_an_answer_gets_one_kind_line_and_then_nothing(talk: Talk, words: str) -> None:
    talk.turn("什么时候发货")
    assert talk.says(words) == [NOTED]
    for again in (words, "嗯嗯"):
        assert isinstance(talk.turn(again).act, StayQuiet)
    assert talk.conversation.mode == "bot"
    assert entries(talk.turn("发什么快递")) == ["courier"]


@pytest.mark.parametrize("words", ["那我再看看", "考虑一下吧", "好吧 我先想想", "我回去对比一下再买", "先看看 谢谢"])
def test_who_wants_to_think_it_over_is_let_go(talk: Talk, words: str) -> None:
    talk.turn("毛衣多少钱")
    assert talk.says(words) == [NOTED]


def test_a_nod_leaves_open_what_was_asked(talk: Talk) -> None:
    talk.turn("有货吗")
    assert rule_of(talk.turn("嗯")) == "courtesy"
    assert entries(talk.turn("保温杯")) == ["stock"]


def test_a_nod_while_a_person_is_on_his_way_is_left_to_him(talk: Talk) -> None:
    talk.turn("转人工")
    assert talk.says("好滴") == []


@pytest.mark.parametrize(
    "words",
    [
        "行 那我拍了",
        "那我再拍一个吧",
        "我买两件毛衣和1个保温杯",
        "已经下单啦",
        "我拍这款了",
        "那我先等着哈",
        "毛衣要两件",
        "算了 要三件吧",
        "算了一件",
    ],
)
def test_who_says_that_he_buys_gets_a_kind_line_and_no_instructions(talk: Talk, words: str) -> None:
    talk.turn("什么时候发货")
    assert talk.says(words) == [NOTED]


@pytest.mark.parametrize(
    "words",
    [
        "下单",
        "怎么买",
        "我买了没",
        "能拍两个吗",
        "拍错了",
        "不买了",
        "买了两个 来了一个",
        "要一个月",
        "算了一下",
        "要退两件",
    ],
)
def test_who_asks_or_means_something_else_does_not_just_say_that_he_buys(talk: Talk, words: str) -> None:
    assert "buys" not in rule_of(talk.turn(words))


def test_who_buys_more_hears_what_the_number_changes(talk: Talk) -> None:
    talk.turn("能便宜点吗")
    assert "30件可以单独报价" in talk.says("那我买30件")[0]


def test_who_says_that_he_buys_while_a_person_is_on_his_way_is_left_to_him(talk: Talk) -> None:
    talk.turn("转人工")
    assert talk.says("那我下单了") == []


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
    assert talk.says("好的") == list(talk.knowledge.say("courtesy", {}))


def test_letting_it_be_is_haggling_only_where_the_talk_is_about_the_price(talk: Talk) -> None:
    talk.turn("毛衣有什么尺码")
    assert talk.says("那算了") == list(talk.knowledge.say("courtesy", {}))
    talk.turn("能便宜点吗")
    assert rule_of(talk.turn("那算了吧")) != "courtesy"


def test_who_refuses_a_person_gets_none(talk: Talk) -> None:
    assert talk.says("先别转人工") == [NOTED]
    assert entries(talk.turn("不用找人工了，你们发什么快递")) == ["courier"]
    assert talk.conversation.mode == "bot"


# Kind words, whatever the manual calls its entries


def _manual(base: KnowledgeBase, *, prefix: str | None) -> KnowledgeBase:
    """The starter manual with ids of the owner's own for small talk, or without it."""
    entries_ = [
        dataclasses.replace(each, id=f"{prefix or ''}{each.id}" if each.id in SMALL_TALK else each.id)
        for each in base.manual.entries
        if prefix is not None or each.id not in SMALL_TALK
    ]
    return KnowledgeBase.build(revision=1, manual=dataclasses.replace(base.manual, entries=tuple(entries_)))


def test_without_a_farewell_kind_words_get_the_bots_own_line_once(base: KnowledgeBase) -> None:
    for words in ("谢谢老板", "拜拜", "好的", "我下单了", "快递到了"):
        talk = Talk(_manual(base, prefix=None))
        talk.turn("发什么快递")
        assert talk.says(words) == list(base.say("courtesy", {}))
        assert talk.says("辛苦了") == []
        assert talk.conversation.mode == "bot"


def test_kind_words_are_answered_in_the_words_of_the_owners_own_entry(base: KnowledgeBase) -> None:
    talk = Talk(_manual(base, prefix="my-"))
    assert entries(talk.turn("你好")) == ["my-greeting"]
    assert entries(talk.turn("谢谢")) == ["my-farewell"]
    assert talk.says("再见") == []
    assert entries(talk.turn("明白了")) == ["my-farewell"]


@pytest.mark.parametrize("words", ["收到啦 很保暖", "毛衣穿着特别舒服", "好喝 五星好评", "质量很好"])
def test_who_is_pleased_is_thanked(base: KnowledgeBase, words: str) -> None:
    for knowledge in (base, _manual(base, prefix=None)):
        talk = Talk(knowledge)
        talk.turn("发什么快递")
        assert talk.says(words) == list(base.say("thanks-good", {}))
        assert talk.conversation.mode == "bot"


def test_thanks_from_the_queue_are_left_to_the_person(base: KnowledgeBase) -> None:
    talk = Talk(_manual(base, prefix=None))
    talk.turn("转人工")
    assert talk.says("谢谢") == []


# Greetings and farewells


def test_openings_alone_are_a_greeting(talk: Talk) -> None:
    assert entries(talk.turn("你好", "在吗")) == ["greeting"]
    for words in ("有没有人啊", "在不在呀亲", "客服呢", "？？"):
        assert entries(Talk(talk.knowledge).turn(words)) == ["greeting"]


def test_looking_for_somebody_in_the_words_of_an_entry_is_that_entrys_matter() -> None:
    manual = small_manual()
    courier = next(each for each in manual.entries if each.id == "courier")
    asked = dataclasses.replace(courier, questions=(*courier.questions, "有没有人在"))
    entries_with_it = tuple(asked if each is courier else each for each in manual.entries)
    talk = Talk(KnowledgeBase.build(revision=1, manual=dataclasses.replace(manual, entries=entries_with_it)))
    assert entries(talk.turn("有没有人在")) == ["courier"]


def test_a_farewell_is_said_once_and_a_greeting_always_answered(talk: Talk) -> None:
    assert talk.says("再见") != []
    goodbye = talk.turn("拜拜")
    assert isinstance(goodbye.act, StayQuiet)
    talk = Talk(talk.knowledge)
    for words in ("你好", "您好呀", "哈喽", "下午好"):
        assert talk.says(words) != []


@pytest.mark.parametrize("words", ["睡了吗", "你们都睡觉了么", "老板睡了没"])
def test_who_asks_if_somebody_is_still_up_looks_for_anybody(talk: Talk, words: str) -> None:
    assert entries(talk.turn(words)) == ["greeting"]


# News that opens the talk


@pytest.mark.parametrize(
    "words", ["快递到了", "收到了", "东西到啦", "我收到货了", "我的包裹到了", "我买了毛衣和保温杯", "已经下单了"]
)
def test_news_before_any_answer_opens_the_talk_and_is_no_goodbye(talk: Talk, words: str) -> None:
    assert talk.says(words) == list(talk.knowledge.say("go-on", {}))
    assert entries(talk.turn("什么时候发货")) == ["dispatch-time"]
    assert talk.says(words) == [NOTED]


@pytest.mark.parametrize("words", ["收到了", "货到了", "我已经拍了"])
def test_news_after_a_card_opens_a_question_about_it(talk: Talk, words: str) -> None:
    talk.turn("什么时候发货")
    talk.turn(OrderCard(order_id="2300000001", status="signed"))
    assert talk.says(words) == list(talk.knowledge.say("go-on", {}))


def test_news_with_thanks_or_praise_is_answered_kindly_at_once(talk: Talk) -> None:
    assert talk.says("收到了 谢谢") == [NOTED]
    assert Talk(talk.knowledge).says("收到啦 很暖和") == list(talk.knowledge.say("thanks-good", {}))


def test_news_from_the_queue_is_left_to_the_person(talk: Talk) -> None:
    talk.turn("转人工")
    assert [talk.says(words) for words in ("收到了", "我下单了")] == [[], []]


# Done, and thanks


@pytest.mark.parametrize("words", ["会了", "好的会了 谢谢啦", "弄好了", "知道怎么用了", "自己搞定了 谢谢", "连上啦"])
def test_who_is_done_is_let_go(talk: Talk, words: str) -> None:
    talk.turn("杯子怎么洗")
    assert talk.says(words) == [NOTED]
    assert talk.conversation.mode == "bot"


@pytest.mark.parametrize("words", ["按您说的晾干啦 谢谢", "亮堂多啦，多谢老板"])
def test_thanks_for_something_done_call_nobody(talk: Talk, words: str) -> None:
    talk.turn("杯子怎么洗")
    assert talk.says(words) == [NOTED]


@pytest.mark.parametrize(
    "words", ["连不上了 谢谢", "盖子坏了 谢谢", "帮我备注好了 谢谢", "藏青的 谢谢", "修好了吗 谢谢"]
)
def test_thanks_with_trouble_or_a_wish_are_no_mere_thanks(talk: Talk, words: str) -> None:
    talk.turn("杯子怎么洗")
    assert rule_of(talk.turn(words)) not in {"thanks", "courtesy", "kind words"}


def test_thanks_before_any_answer_are_judged_like_any_words(talk: Talk) -> None:
    assert rule_of(talk.turn("按您说的晾干啦 谢谢")) != "thanks"


# Beginnings


def test_a_bare_number_that_answers_nothing_only_tries_the_bot(talk: Talk) -> None:
    assert talk.says("1") == list(talk.knowledge.say("go-on", {}))
    talk.turn("包邮吗")
    assert rule_of(talk.turn("2")) != "only opens"


def test_a_beginning_that_nothing_follows_is_asked_for_the_rest(talk: Talk) -> None:
    for words in ("那个", "嗯就是", "我想咨询一下那个"):
        decision = talk.turn(words)
        assert [bubble.text for bubble in decision.bubbles] == list(talk.knowledge.say("go-on", {}))
    talk.turn("转人工")
    assert talk.says("那个") == list(talk.knowledge.say("waiting-still", {"queue_position": "1"}))
    assert talk.says("那个") == []


def test_taking_back_alone_is_no_question(talk: Talk) -> None:
    talk.turn("什么时候发货")
    for words in ("不对不对", "说错了", "不好意思打错了"):
        assert talk.says(words) == list(talk.knowledge.say("go-on", {}))


@pytest.mark.parametrize("words", ["的", "了", "呀", "啥", "吗？"])
def test_a_lone_particle_says_nothing_yet(talk: Talk, words: str) -> None:
    assert rule_of(talk.turn(words)) == "only opens"
    assert entries(talk.turn("嗨")) == ["greeting"]


# Good news, and more of the same


@pytest.mark.parametrize("words", ["我拍了哈", "已拍", "付好了", "下单了", "刚付款了", "已经下单啦", "我买了"])
def test_good_news_of_an_order_gets_a_kind_line(talk: Talk, words: str) -> None:
    assert rule_of(talk.turn(words)) == "buys"
    assert talk.conversation.mode == "bot"


@pytest.mark.parametrize("words", ["我拍错了", "付了两次", "已拍？", "拍了不想要", "付款失败了", "不买了", "买了没到"])
def test_trouble_with_an_order_is_no_good_news(talk: Talk, words: str) -> None:
    assert rule_of(talk.turn(words)) != "buys"


@pytest.mark.parametrize("words", ["我上周买的那件", "我昨天买的毛衣", "上次拍的那个", "前天下的单", "刚买的那瓶"])
def test_which_one_he_means_only_opens_a_question(talk: Talk, words: str) -> None:
    assert rule_of(talk.turn(words)) == "only opens"


@pytest.mark.parametrize("words", ["昨天买的什么时候发", "我上周买的那件起球了", "前天下的单到哪了"])
def test_what_about_it_is_a_question(talk: Talk, words: str) -> None:
    assert rule_of(talk.turn(words)) != "only opens"


@pytest.mark.parametrize(
    ("asked", "told"), [("毛衣还有货吗", "L的"), ("耳机没声音", "左边的"), ("显示签收但没收到", "门卫那边没有")]
)
def test_nobody_is_asked_what_he_meant_to_ask_when_he_tells_more(refined: KnowledgeBase, asked: str, told: str) -> None:
    talk = Talk(refined)
    entry = entries(talk.turn(asked))
    decision = talk.turn(told)
    assert entries(decision) == entry
    assert talk.conversation.mode == "bot"


def test_a_bare_number_after_an_answer_only_tells_more(talk: Talk) -> None:
    entry = entries(talk.turn("收到的杯子碎了"))
    assert entries(talk.turn("2个")) == entry
    assert talk.conversation.mode == "bot"


def test_a_detail_is_not_answered_with_what_suits_another_question(refined: KnowledgeBase) -> None:
    talk = Talk(refined)
    talk.turn("杯子盖子单卖不")
    assert talk.says("我的盖子丢了") == list(refined.say("noted", {}))


def test_a_detail_after_a_question_back_may_tell_what_he_meant(refined: KnowledgeBase) -> None:
    talk = Talk(refined)
    talk.turn("毛衣还有货吗")
    memory = dataclasses.replace(talk.conversation.memory, choice=("size-chart",))
    talk.conversation = dataclasses.replace(talk.conversation, memory=memory)
    assert rule_of(talk.turn("L的")) != "tells more"


@pytest.mark.parametrize("words", ["太贵了", "有点小贵啊", "别家才99", "人家卖85"])
def test_who_finds_it_dear_hears_of_the_discounts(words: str) -> None:
    manual = small_manual()
    courier = next(each for each in manual.entries if each.id == "courier")
    discount = dataclasses.replace(courier, id="discount", title="优惠", questions=("能便宜点吗", "有券吗"))
    talk = Talk(
        KnowledgeBase.build(revision=1, manual=dataclasses.replace(manual, entries=(*manual.entries, discount)))
    )
    talk.turn("怎么洗")
    decision = talk.turn(words)
    assert rule_of(decision) == "finds it dear"
    assert entries(decision) == ["discount"]


@pytest.mark.parametrize("words", ["贵吗", "不贵", "别家有吗", "贵州能到吗"])
def test_who_does_not_say_that_it_is_dear_hears_nothing_of_discounts_for_it(talk: Talk, words: str) -> None:
    assert rule_of(talk.turn(words)) != "finds it dear"


def test_without_an_entry_on_discounts_a_dear_thing_is_told_like_anything_else() -> None:
    talk = Talk(KnowledgeBase.build(revision=1, manual=small_manual()))
    talk.turn("怎么洗")
    assert rule_of(talk.turn("太贵了")) != "finds it dear"


@pytest.mark.parametrize(("asked", "then"), [("包邮吗", "想改下颜色"), ("发什么快递", "太扎不")])
def test_who_wants_or_asks_something_else_tells_no_more(refined: KnowledgeBase, asked: str, then: str) -> None:
    talk = Talk(refined)
    talk.turn(asked)
    assert rule_of(talk.turn(then)) != "tells more"


def test_nobody_tells_more_before_an_answer(refined: KnowledgeBase) -> None:
    assert rule_of(Talk(refined).turn("左边的")) != "tells more"


def test_a_buyer_who_did_not_ask_that_is_asked_what_he_means_and_then_gets_a_person(talk: Talk) -> None:
    talk.turn("什么时候发货")
    assert talk.says("我没问你发货时间") == ["嗯，您请说，想问什么？"]
    talk.turn("运费多少")
    decision = talk.turn("不是问你们运费")
    assert rule_of(decision) == "only opens"
    assert isinstance(decision.act, HandOver)


def test_what_he_says_that_he_asks_instead_is_answered(talk: Talk) -> None:
    assert entries(talk.turn("我没问发货时间，我问运费多少")) == ["postage-cost"]
