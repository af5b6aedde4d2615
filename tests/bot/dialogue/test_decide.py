"""What several questions, or the pieces of one, come to in one turn, with the starter manual and the rules alone."""

from __future__ import annotations

import dataclasses

import pytest

from bot.dialogue.acts import Answer, Clarify, Dismiss, HandOver, StayQuiet
from knowledge.base import KnowledgeBase
from knowledge.manual.entry import Entry, Product
from knowledge.reasons.reason import because
from tests.small_manual import PRODUCTS, small_entry, small_manual
from tests.talk import OPEN, Talk, entries, rule_of

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


def test_all_sides_of_one_answer_that_are_asked_for_at_once_are_one_question(talk: Talk) -> None:
    decision = talk.turn("羊毛衫会起球吗，会缩水吗，怎么洗")
    assert entries(decision) == ["material"]
    assert isinstance(decision.act, Answer)
    assert ["毛球修剪器" in bubble.text for bubble in decision.bubbles] == [True, False]
    assert "冷水手洗" in decision.bubbles[1].text


def heard_by(talk: Talk, words: str) -> str:
    return "\n".join(talk.says(words))


@pytest.mark.parametrize(
    ("words", "each"),
    [
        ("毛衣多久能到新疆，包邮吗，起球吗", ("寄到新疆，发出后一般5到8天", "新疆满199元包邮", "毛球修剪器")),
        ("在吗，毛衣多少钱，包邮吗", ("毛衣：269元", "满59元包邮")),
        ("毛衣起球吗？掉色吗？", ("毛球修剪器", "浮色")),
        ("毛衣和杯子多少钱，包邮吗", ("毛衣：269元", "保温杯：99元", "满59元包邮")),
        ("毛衣有XL吗，能贴现吗", ("“毛衣有XL吗”", "“能贴现吗”")),
        ("地址写错了能改吗，能贴现吗", ("修改地址", "“能贴现吗”")),
        ("转人工，能贴现吗，包邮吗", ("满59元包邮", "“能贴现吗”", "转给人工")),
        (
            "毛衣多少钱？能便宜吗？什么时候发货？发什么快递？能开发票吗？能退吗？保修吗？",
            ("269元", "满299减30元", "安排发货", "中通", "电子普通发票", "无理由退", "免费修补"),
        ),
    ],
)
def test_each_of_several_questions_is_answered_or_named_in_order(talk: Talk, words: str, each: tuple[str, ...]) -> None:
    said = heard_by(talk, words)
    places = [said.find(part) for part in each]
    assert -1 not in places
    assert places == sorted(places)


def test_who_waits_hears_of_each_too(talk: Talk) -> None:
    talk.turn("转人工")
    said = heard_by(talk, "毛衣起球吗，能贴现吗")
    assert "毛球修剪器" in said
    assert "“能贴现吗”" in said
    assert "排第" not in said


@pytest.mark.parametrize(
    "words", ["怎么退货，好不好", "怎么退货，可以吗", "怎么退货，你说呢", "退货的话，运费谁出，是你们吗"]
)
def test_what_only_asks_whether_we_agree_is_no_further_question(talk: Talk, words: str) -> None:
    talk.turn(words)
    assert talk.conversation.mode == "bot"


def test_an_unclear_question_beside_its_likely_answer_is_not_handed_on(talk: Talk) -> None:
    assert entries(talk.turn("什么时候发货", "能今天发吗"))[0] == "dispatch-time"
    assert talk.conversation.mode == "bot"


def test_a_part_that_leads_clearly_is_answered_beside_a_sure_one(base: KnowledgeBase) -> None:
    words = "毛衣多少钱，有没有L的，今天能发吗"
    assert rule_of(Talk(base).turn(words)) == "left over"  # the quick matcher's likelihood is not enough
    decision = Talk(base.with_matcher(base.matcher)).turn(words)
    assert entries(decision) == ["price-ask", "stock", "dispatch-time"]
    assert isinstance(decision.act, Answer)


def test_two_parts_that_are_very_likely_are_answered_both(base: KnowledgeBase) -> None:
    talk = Talk(base.with_matcher(base.matcher))
    assert rule_of(talk.turn("退货申请要从哪个页面进去")) == "suggest"
    decision = Talk(talk.knowledge).turn("退货申请要从哪个页面进去，能提供什么证明不是假货")
    assert isinstance(decision.act, Answer)
    assert entries(decision) == ["return-how", "authenticity"]


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


def test_what_is_told_beside_a_question_is_not_left_over(talk: Talk) -> None:
    assert entries(talk.turn("包邮吗，孩子急着穿呢")) == ["free-postage"]
    assert isinstance(talk.turn("包邮吗，宇宙有多大呢").act, HandOver)


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
    waiting = talk.turn("包邮吗，你们公司股票代码是多少")  # waits already: what is sure is answered all the same
    assert waiting.bubbles[0].entry == "free-postage"
    assert "“你们公司股票代码是多少”" in waiting.bubbles[-1].text


def test_a_wish_for_a_person_outweighs_what_nobody_understands(talk: Talk) -> None:
    assert rule_of(talk.turn("宇宙有多大呢", "转人工")) == "person wanted"


def test_an_advertisement_outweighs_a_question_beside_it(talk: Talk) -> None:
    assert isinstance(talk.turn("包邮吗", "我们专业刷单，加V：abc12345").act, Dismiss)


def test_a_greeting_beside_what_is_not_understood_is_no_answer_to_it(talk: Talk) -> None:
    assert entries(talk.turn("谢谢", "宇宙有多大呢")) == []


def _with_its_matcher(base: KnowledgeBase) -> KnowledgeBase:
    """The same knowledge, whose quick matcher passes for the refined one."""
    return base.with_matcher(base.matcher)


def _small(*more: Entry, products: tuple[Product, ...] = PRODUCTS) -> KnowledgeBase:
    manual = dataclasses.replace(small_manual(), entries=(*more, *small_manual().entries), products=products)
    return _with_its_matcher(KnowledgeBase.build(revision=1, manual=manual))


@pytest.mark.parametrize("words", ["几天能送到 发什么快递", "发什么快递 几天能送到", "发什么快递，路上走走停停吗"])
def test_a_part_that_lacks_only_a_place_is_asked_for_it_beside_the_answer(words: str) -> None:
    talk = Talk(_small())
    decision = talk.turn(words)
    assert entries(decision) == ["courier"]
    assert decision.bubbles[-1].text == talk.knowledge.say("which-region", {})[0]
    assert talk.says("新疆") == ["到新疆要5到8天。"]


def test_two_parts_that_lack_something_are_not_asked_back_at_once() -> None:
    decision = Talk(_small()).turn("发什么快递，路上走走停停吗，今天的口令几位数呢")
    assert sum(bubble.kind == "clarify" for bubble in decision.bubbles) < 2


def test_a_likely_part_is_asked_back_about_beside_the_answer(base: KnowledgeBase) -> None:
    words = "包邮吗 衣服厚不厚"
    talk = Talk(_with_its_matcher(base))
    decision = talk.turn(words)
    assert isinstance(decision.act, Answer)
    won = next(tried.reason for tried in decision.why.rules if tried.won)
    assert won == because("answers_some_asks_back", answered=1, count=2, named="“衣服厚不厚”")
    assert decision.bubbles[-1].choices == (base.title("material"),)
    assert len(decision.bubbles) <= 3
    assert entries(talk.turn("是")) == ["material"]
    assert rule_of(Talk(base).turn(words)) == "left over"  # the quick matcher's likelihood is not enough


def test_what_is_very_likely_is_answered_beside_another_message_and_yes_to_it_needs_no_answer(
    base: KnowledgeBase,
) -> None:
    talk = Talk(_with_its_matcher(base))
    decision = talk.turn("包邮吗", "退货申请要从哪个页面进去")
    assert list(dict.fromkeys(bubble.entry for bubble in decision.bubbles)) == ["free-postage", "return-how"]
    assert decision.bubbles[-1].text.startswith("您是想问“")
    assert isinstance(talk.turn("是的").act, StayQuiet)


def test_a_short_part_is_asked_back_about_too_but_not_words_that_only_ask_for_a_yes(base: KnowledgeBase) -> None:
    talk = Talk(_with_its_matcher(base))
    assert talk.turn("包邮吗 高不高").bubbles[-1].kind == "clarify"
    for words in ("包邮吗 可以吗", "能退吗 行不行", "能开发票吗 对吧"):
        decision = Talk(talk.knowledge).turn(words)
        assert {bubble.kind for bubble in decision.bubbles} == {"answer"}


def test_a_part_is_judged_about_the_product_named_beside_it() -> None:
    film = (
        small_entry("film-broken", "膜贴坏了", "膜贴坏了|贴歪了能补吗|有气泡", "第一次贴坏了补一张。"),
        small_entry("film-how", "膜怎么贴", "膜怎么贴|贴膜视频|手机膜怎么安装", "扫盒子上的码看视频。"),
    )
    products = (Product(id="film", title="钢化膜", aliases=("膜",)), Product(id="case", title="手机壳"))
    knowledge = _small(*film, products=products)
    assert entries(Talk(knowledge).turn("膜贴坏了能补吗 有没有教程")) == ["film-broken", "film-how"]
    assert "film-how" not in entries(Talk(knowledge).turn("贴歪了能补吗 有没有教程"))


def test_why_he_asks_is_no_question_of_its_own(base: KnowledgeBase) -> None:
    talk = Talk(_with_its_matcher(base))
    for words in ("怎么比别家便宜 是不是假的", "为什么这么便宜，不会是假货吧"):
        assert entries(talk.turn(words)) == ["authenticity"]
    assert entries(Talk(talk.knowledge).turn("怎么洗 是不是正品")) == ["material", "authenticity"]


def test_the_only_question_of_a_message_may_be_what_the_whole_is_about() -> None:
    gift = small_entry("gift", "送人、礼盒", "送人的|送女朋友|有礼盒吗", "有礼盒。")
    knowledge = _small(gift)
    assert entries(Talk(knowledge).turn("盒子好看吗 送人的")) == ["gift"]
    assert rule_of(Talk(knowledge).turn("送人的 你们在哪上班呢")) == "left over"


# Fragments


def test_what_he_told_before_asking_belongs_to_it(talk: Talk) -> None:
    assert isinstance(talk.turn("昨天拍的杯子").act, Clarify)
    assert entries(talk.turn("现在便宜了")) == ["price-protection"]
    assert entries(Talk(talk.knowledge).turn("昨天拍的杯子", "现在便宜了")) == ["price-protection"]


def test_what_he_told_before_changes_nothing_that_is_understood_without_it(talk: Talk) -> None:
    for words, entry in (("谢谢", "farewell"), ("发票能开吗", "invoice"), ("转人工", "human")):
        talk = Talk(talk.knowledge)
        talk.turn("我昨天买的毛衣")
        assert entries(talk.turn(words)) == [entry]


def test_what_was_asked_in_between_does_not_belong_to_it(talk: Talk) -> None:
    talk.turn("昨天拍的杯子")
    talk.turn("能开发票吗")
    assert entries(talk.turn("现在便宜了")) != ["price-protection"]


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


def test_a_question_that_marks_cut_in_two_is_one_question(talk: Talk) -> None:
    assert entries(talk.turn("什么时候，发货")) == ["dispatch-time"]
    assert entries(Talk(talk.knowledge).turn("羊毛衫能机洗吗 会缩水吗")) == ["material"]


def test_a_question_of_the_manual_is_one_question_commas_and_all(talk: Talk) -> None:
    whole = "不够包邮线,能通融一下吗"
    assert whole in {question for entry in talk.knowledge.manual.entries for question in entry.questions}
    decision = talk.turn(whole)
    assert isinstance(decision.act, Answer)
    assert not decision.act.also
