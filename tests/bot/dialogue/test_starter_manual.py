"""What buyers hear from the starter manual: what they asked for, of the product they mean, and no promise of ours."""

from __future__ import annotations

import dataclasses
import re

import pytest

from adapters.contract import ProductCard
from bot.dialogue.acts import HandOver
from bot.dialogue.cues.wishes import wants_person
from bot.dialogue.decide import decide
from bot.dialogue.state import Memory
from knowledge.base import KnowledgeBase
from knowledge.manual.entry import Product
from knowledge.manual.files import starter_manual
from tests.talk import NEW, OPEN, Talk, entries, heard

# One thing about one product


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("毛衣有什么颜色", "驼色、燕麦色"),
        ("耳机有哪些颜色", "黑色、白色"),
        ("毛衣多重", "320克"),
        ("毛衣衣长多少", "胸围和衣长"),
        ("毛衣起球吗", "毛球修剪器"),
        ("毛衣怎么洗", "冷水手洗"),
        ("耳机怎么洗", "软布"),
        ("耳机续航多久", "续航6小时"),
        ("耳机蓝牙几点几", "蓝牙5.3"),
        ("耳机防水吗", "IPX4"),
        ("毛衣防水吗", "不防水"),
        ("杯子有没有异味", "热水烫洗"),
        ("保温杯怎么洗", "洗碗机"),
        ("保温杯保温多久", "95度"),
    ],
)
def test_a_question_about_one_thing_is_answered_with_that(talk: Talk, words: str, said: str) -> None:
    bubbles = talk.says(words)
    assert said in "".join(bubbles)
    assert len(bubbles) <= 2


DOWN = Product(
    id="down",
    title="轻薄羽绒服",
    aliases=("羽绒服",),
    attributes={"price": "399元", "material": "90%白鸭绒，充绒量150克", "stock": "有现货"},
)


@pytest.mark.parametrize("words", ["羽绒服能水洗吗", "羽绒服防水吗", "羽绒服掉毛吗", "羽绒服多重", "羽绒服有异味吗"])
def test_what_nobody_has_told_of_a_product_is_answered_by_no_other_attribute_of_it(words: str) -> None:
    starter = starter_manual()
    manual = dataclasses.replace(starter, products=(*starter.products, DOWN))
    decision = Talk(KnowledgeBase.build(revision=1, manual=manual)).turn(words)
    assert isinstance(decision.act, HandOver)
    assert [bubble.kind for bubble in decision.bubbles] == ["handoff"]


def test_what_was_asked_is_answered_once_the_product_is_named(talk: Talk) -> None:
    assert "哪一款" in talk.says("防水吗")[0]
    assert talk.says("耳机") == ["Pro无线降噪耳机：IPX4防泼溅，出汗和小雨可以用，不能泡水。"]
    again = Talk(talk.knowledge)
    assert "哪一款" in again.says("有什么颜色")[0]
    assert "白色、墨绿" in again.says(ProductCard(product_id="thermos-500"))[0]


def test_what_was_asked_of_one_product_is_answered_of_the_next(talk: Talk) -> None:
    talk.turn("毛衣怎么洗")
    assert "软布" in talk.says("那耳机呢")[0]
    assert "洗碗机" in talk.says("保温杯呢")[0]


def test_another_question_about_the_same_product_is_no_repetition(talk: Talk) -> None:
    heard_before = talk.says("毛衣会起球吗")
    assert talk.says("会缩水吗") != heard_before
    assert talk.conversation.mode == "bot"


def test_the_picked_choice_answers_what_was_asked(talk: Talk) -> None:
    memory = dataclasses.replace(
        NEW.memory, choice=("material", "size"), recent=("耳机蓝牙",), product_id="earphones-pro"
    )
    talk.conversation = dataclasses.replace(NEW, memory=memory)
    assert "蓝牙5.3" in talk.says("1")[0]


def test_the_promotion_is_told_with_the_price_of_what_it_is_for(talk: Talk) -> None:
    assert "羊毛袜" in "".join(talk.says("毛衣多少钱"))
    assert talk.says("杯子多少钱") == ["500毫升保温杯：99元，以商品页为准。"]


def test_what_the_shop_does_not_sell_is_not_offered_with_the_rest(talk: Talk) -> None:
    assert "店里没有卖" in talk.says("毛衣配什么裤子")[0]


# Many pieces


@pytest.mark.parametrize("words", ["买30件毛衣能便宜多少", "我要两百个，能便宜吗", "30件毛衣多少钱"])
def test_a_number_that_is_enough_for_a_bulk_order_is_not_haggled_over(talk: Talk, words: str) -> None:
    assert "单独报价" in "".join(talk.says(words))


def test_a_few_pieces_are_haggled_over(talk: Talk) -> None:
    assert "单件价格我改不了" in talk.says("两件能便宜多少")[0]


# Couriers


@pytest.mark.parametrize("words", ["发申通吗", "我们这只有邮政能到", "给我改成EMS吧", "能不能用德邦"])
def test_a_courier_that_the_shop_does_not_use_is_told_to_be_none_of_them(talk: Talk, words: str) -> None:
    assert "别家快递暂时不发" in talk.says(words)[0]


# What buyers are told to write is understood


INVITED = re.compile(r"(?:告诉我|问我|跟我说|回复)“(.+?)”")


def test_every_reply_that_the_manual_invites_is_understood(base: KnowledgeBase) -> None:
    said = [bubble for entry in starter_manual().entries for each in entry.answers for bubble in each.bubbles]
    invited = {words for bubble in said for words in INVITED.findall(bubble)}
    assert len(invited) > 3
    for words in sorted(invited):
        assert wants_person(words) or entries(Talk(base).turn(words)), words


def test_details_are_asked_for_only_after_the_word_that_calls_a_person() -> None:
    """Alone, the bot can do nothing with an address or the number of an order."""
    said = [bubble for entry in starter_manual().entries for each in entry.answers for bubble in each.bubbles]
    details = [bubble for bubble in said if re.search(r"发(?:两个)?订单号|发新地址|新地址发来|订单号发来", bubble)]
    assert details
    assert [bubble for bubble in details if not re.search(r"“人工”，再", bubble)] == []


def test_nobody_who_has_not_said_that_he_waits_is_told_that_he_does(talk: Talk) -> None:
    assert "让您等急了" not in "".join(talk.says("我等着急用，能快点发吗"))


def test_what_was_not_sent_need_not_be_sent_back(talk: Talk) -> None:
    assert "还没发货的" in "".join(talk.says("怎么退款"))
    assert entries(talk.turn("还没发货，怎么退")) != []


# An order changes what is true


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ("要本人签收吗", "shipped", "不用本人签收"),
        ("要本人签收吗", None, "不用本人签收"),
        ("拍错颜色了能换吗", None, "还没发货的"),
        ("拍错颜色了能换吗", "signed", "签收7天内"),
        ("发邮政吗", "shipped", "已经发出"),
        ("怎么退货", "unpaid", "还没付款"),
        ("催发货", "closed", "已经关闭"),
    ],
)
def test_what_is_mentioned_never_hides_what_the_order_makes_true(
    talk: Talk, words: str, status: str | None, said: str
) -> None:
    memory = dataclasses.replace(NEW.memory, order_status=status)
    talk.conversation = dataclasses.replace(NEW, memory=memory)
    assert said in "".join(talk.says(words))


def test_who_haggles_on_hears_the_way_to_somebody_who_may_decide(talk: Talk) -> None:
    talk.turn("毛衣能便宜点吗")
    assert "跟我说“不便宜就不买”" in "".join(talk.says("再便宜点嘛"))
    assert isinstance(talk.turn("不便宜就不买").act, HandOver)


def test_how_a_garment_falls_is_told_with_the_size_that_fits(talk: Talk) -> None:
    talk.turn("毛衣穿什么码")
    said = "".join(talk.says("身高165体重110斤，偏大还是偏小"))
    assert "建议选L" in said
    assert "标准版型" in said
    assert "没有合适的码" in "".join(talk.says("男朋友身高195体重240斤穿什么码"))


# What was said before helps, and does not get in the way


@pytest.mark.parametrize(
    ("first", "then", "entry"),
    [
        ("我要退货", "地址呢", "return-how"),
        ("退货运费谁承担", "那换货呢", "exchange"),
        ("毛衣有现货吗", "尺码", "size"),
        ("包邮吗", "尺码", "size"),
        ("你们从哪发货", "运费呢", "postage-cost"),
        ("想退货怎么退", "不想要了", "cancel-order"),
        ("能开发票吗", "换货呢", "exchange"),
    ],
)
def test_a_few_words_that_are_sure_by_themselves_stay_so(
    refined: KnowledgeBase, first: str, then: str, entry: str
) -> None:
    talk = Talk(refined)
    talk.turn(first)
    assert entries(talk.turn(then)) == [entry]


@pytest.mark.parametrize(("first", "then"), [("毛衣160 100斤穿啥", "黑色有吗"), ("今天几点前下单能发", "到成都呢")])
def test_a_few_words_about_something_else_do_not_bring_the_last_answer_again(
    refined: KnowledgeBase, first: str, then: str
) -> None:
    talk = Talk(refined)
    last = entries(talk.turn(first))
    assert entries(talk.turn(then)) != last


@pytest.mark.parametrize("words", ["我在广州 几天到", "人在上海，能退货吗", "我们在北京的 包邮吗"])
def test_what_only_tells_where_somebody_is_gets_no_answer_of_its_own(refined: KnowledgeBase, words: str) -> None:
    assert len(entries(Talk(refined).turn(words))) == 1


@pytest.mark.parametrize(
    ("first", "then", "entry"),
    [
        ("能不能指定发顺丰", "钱扣了 订单还是待付款", "payment-how"),
        ("能不能指定发顺丰", "我自己开店的，从你这进货是什么价", "bulk-order"),
        ("发票抬头写错了怎么办", "寄错地方了，应该寄到我公司", "address-change"),
    ],
)
def test_parts_that_add_nothing_to_their_whole_do_not_bring_back_the_last_answer(
    refined: KnowledgeBase, first: str, then: str, entry: str
) -> None:
    talk = Talk(refined)
    talk.turn(first)
    assert entries(talk.turn(then)) == [entry]


def test_a_whole_question_that_begins_like_an_opening_is_answered(refined: KnowledgeBase) -> None:
    assert entries(Talk(refined).turn("这个还有吗")) == ["stock"]


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("还有吗", ["welcome", "answer", "answer"]),
        ("我要这个", ["welcome", *["answer"] * 3]),
        ("那个", ["welcome"]),
        ("你好", ["welcome"]),
        ("嗯嗯", ["welcome"]),
    ],
)
def test_a_welcome_takes_the_place_of_no_answer(refined: KnowledgeBase, words: str, kinds: list[str]) -> None:
    stranger = dataclasses.replace(NEW, memory=Memory())
    decision = decide(heard=heard(words), conversation=stranger, shop=OPEN, knowledge=refined)
    assert [bubble.kind for bubble in decision.bubbles] == kinds


@pytest.mark.parametrize(
    ("turn", "answered"),
    [
        (("毛衣", "还有吗"), ["stock"]),
        (("毛衣", "这个还有吗"), ["stock"]),
        (("发什么快递，还有吗",), ["courier", "stock"]),
        (("还有", "发什么快递"), ["courier"]),
        (("我要这个，发什么快递",), ["courier"]),
    ],
)
def test_whether_there_is_any_left_is_a_question_also_beside_others(
    refined: KnowledgeBase, turn: tuple[str, ...], answered: list[str]
) -> None:
    assert entries(Talk(refined).turn(*turn)) == answered


def test_a_greeting_in_it_does_not_swallow_the_question(refined: KnowledgeBase) -> None:
    assert "material" in entries(Talk(refined).turn("客服还在吗？我想问下毛衣会不会起球"))


# Whoever says that it took long already


def with_order(knowledge: KnowledgeBase, status: str | None) -> Talk:
    """A talk about an order in this state, as far as anyone knows."""
    talk = Talk(knowledge)
    talk.conversation = dataclasses.replace(NEW, memory=dataclasses.replace(NEW.memory, order_status=status))
    return talk


@pytest.mark.parametrize(
    ("words", "status", "promised"),
    [
        ("付款5天了怎么还没发货", "paid", "付款后一般48小时内发出"),
        ("付款五天了怎么还没发货", None, "付款后一般48小时内发出"),
        ("都等一个星期了还不发", None, "付款后一般48小时内发出"),
        ("付款四天了什么时候发货", "paid", "付款后一般48小时内发出"),
        ("物流六天没动了", "shipped", "超过72小时没有动"),
        ("快递停在那里好几天了", None, "超过72小时没有动"),
        ("都半个月了怎么还没收到货", None, "超过72小时没有动"),
    ],
)
def test_whoever_waited_long_hears_an_apology_and_a_way_on(
    refined: KnowledgeBase, words: str, status: str | None, promised: str
) -> None:
    said = "".join(with_order(refined, status).says(words))
    assert "抱歉" in said
    assert promised in said
    assert "回复“人工”" in said
    assert "今天" not in said


@pytest.mark.parametrize(
    "words", ["三天内能发货吗", "三天能到吗", "一周能到吗", "付款后几天发货", "物流怎么不更新", "三天后能发货吗"]
)
def test_who_asks_how_long_it_takes_hears_no_apology(refined: KnowledgeBase, words: str) -> None:
    assert "久等" not in "".join(Talk(refined).says(words))


def test_what_was_sent_is_not_spoken_of_as_late_to_send(refined: KnowledgeBase) -> None:
    assert "已经发出了" in "".join(with_order(refined, "shipped").says("都三天了还不发"))


def test_a_refund_that_took_long_is_not_told_its_usual_time_again(refined: KnowledgeBase) -> None:
    talk = with_order(refined, "refunding")
    talk.turn("退款怎么还没到")
    assert "要是已经过了，就不正常了" in "".join(talk.says("都两个礼拜了"))


@pytest.mark.parametrize("words", ["买了有十来天了还能退吗", "收货十二天了还能无理由退吗"])
def test_who_bought_long_ago_hears_until_when_things_go_back(refined: KnowledgeBase, words: str) -> None:
    assert "过了就不能无理由退了" in "".join(Talk(refined).says(words))


@pytest.mark.parametrize("words", ["七天无理由退货吗", "收到货能退吗"])
def test_who_has_not_said_when_he_bought_hears_what_goes_back(refined: KnowledgeBase, words: str) -> None:
    assert "可以无理由退" in "".join(Talk(refined).says(words))


# What is to be paid to a buyer


@pytest.mark.parametrize("words", ["你们补点钱给我吧", "补我点钱也行"])
def test_what_the_shop_pays_is_not_paid_by_the_buyer(refined: KnowledgeBase, words: str) -> None:
    talk = Talk(refined)
    talk.turn("杯子磕了个坑")
    said = "".join(talk.says(words))
    assert "由同事来定" in said
    assert "拍几件" not in said


@pytest.mark.parametrize("words", ["补差价怎么拍", "我要补钱给你们怎么补", "补运费怎么付"])
def test_what_the_buyer_pays_is_paid_as_ever(refined: KnowledgeBase, words: str) -> None:
    assert "差几元就拍几件" in "".join(Talk(refined).says(words))


# A shop that cannot be visited


@pytest.mark.parametrize("words", ["店在哪里啊 能上门看不", "衣服能去你们那试穿吗", "有没有实体店", "能去店里看看吗"])
def test_who_wants_to_come_hears_that_he_cannot(refined: KnowledgeBase, words: str) -> None:
    said = "".join(Talk(refined).says(words))
    assert "只在网上卖" in said
    assert "送上门" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("能送货上门吗", "送上门"),
        ("快递能放到门店吗", "驿站"),
        ("你们从哪发货", "只有这一个仓库"),
        ("店里还有别的吗", "店里现在有"),
    ],
)
def test_who_does_not_want_to_come_hears_nothing_of_it(refined: KnowledgeBase, words: str, said: str) -> None:
    heard = "".join(Talk(refined).says(words))
    assert said in heard
    assert "只在网上卖" not in heard


# A second parcel


@pytest.mark.parametrize("words", ["是分开寄的吗", "分两个包裹吗", "还有一个包裹吧"])
def test_what_is_missing_may_be_in_another_parcel(refined: KnowledgeBase, words: str) -> None:
    talk = Talk(refined)
    talk.turn("我买了两件只收到一件")
    assert "有可能是分开寄的" in talk.says(words)[0]


@pytest.mark.parametrize("words", ["能分开寄吗", "能分两个地址寄吗"])
def test_who_misses_nothing_hears_how_to_have_it_sent_apart(refined: KnowledgeBase, words: str) -> None:
    assert "一个订单只寄一个地址" in Talk(refined).says(words)[0]


# A deposit


@pytest.mark.parametrize("words", ["预售的定金退不退", "定金能退吗", "付了定金不想要了能退吗"])
def test_nothing_is_promised_about_a_deposit(refined: KnowledgeBase, words: str) -> None:
    said = "".join(Talk(refined).says(words))
    assert "按商品页上写的预售规则来" in said
    assert "7天" not in said


def test_who_paid_a_deposit_still_hears_when_it_is_sent(refined: KnowledgeBase) -> None:
    assert "付完尾款后15天内发出" in "".join(Talk(refined).says("付了定金什么时候发货"))


# What is true for those who have paid


def test_who_cancels_hears_that_it_is_not_sent_yet(refined: KnowledgeBase) -> None:
    talk = with_order(refined, "paid")
    talk.turn("拍重了 取消一个")
    assert "还没发出" in talk.says("还没发吧")[0]


def test_who_has_bought_is_not_asked_to_buy(refined: KnowledgeBase) -> None:
    talk = Talk(refined)
    talk.turn("好 拍了")
    said = "".join(talk.says("啥时候发"))
    assert "前付款的，今天就安排发货" in said
    assert "下单" not in said


# Two things in one question, and what follows from another


@pytest.mark.parametrize(
    ("words", "said", "unsaid"),
    [
        ("保温杯泡茶会不会有味道", "茶和咖啡都能装", "外壳304"),
        ("杯子有没有异味", "热水烫洗", "咖啡"),
        ("保温杯是316的吗", "内胆316不锈钢", "95度"),
        ("耳机跑步一身汗要紧吗", "IPX4", "戴得稳"),
        ("耳机跑步会掉吗", "戴得稳", "IPX4"),
        ("保温杯能装可乐吗，小孩能用吗", "碳酸饮料不要装", "都可以用"),
        ("保温杯小孩能用吗", "多大的孩子能用，以商品页写的为准", "95度"),
    ],
)
def test_of_two_things_the_one_that_is_asked_for_is_told(
    refined: KnowledgeBase, words: str, said: str, unsaid: str
) -> None:
    heard = "".join(Talk(refined).says(words))
    assert said in heard
    assert unsaid not in heard


def test_what_is_usual_is_told_to_whoever_complains_of_it(refined: KnowledgeBase) -> None:
    talk = with_order(refined, "signed")
    said = "".join(talk.says("毛衣穿两天就起球"))
    assert "抱歉" in said
    assert "毛球修剪器" in said
    assert "拍张照片" in said
    assert "毛球修剪器" not in "".join(with_order(refined, "signed").says("毛衣洗一次就缩水了"))


def test_what_another_one_costs_is_told_by_the_warranty_that_was_asked_for(refined: KnowledgeBase) -> None:
    talk = Talk(refined)
    talk.turn("耳机保修多久")
    assert "免费修或换" in talk.says("那换一只要钱不")[0]
    assert "申请售后" in "".join(Talk(refined).says("那换一只要钱不"))


def test_who_pays_is_told_of_the_parcel_that_is_refused(refined: KnowledgeBase) -> None:
    talk = Talk(refined)
    talk.turn("我想拒收")
    assert "拒收的运费店里出" in talk.says("运费谁出")[0]
    talk = Talk(refined)
    talk.turn("我要退货")
    assert "拒收" not in "".join(talk.says("运费谁出"))


@pytest.mark.parametrize("words", ["她平常穿宽松的", "拿大一码可以吗"])
def test_who_likes_it_loose_hears_how_it_becomes_so(refined: KnowledgeBase, words: str) -> None:
    talk = Talk(refined)
    talk.turn("毛衣165 120斤穿什么码")
    said = talk.says(words)
    assert "合适的是L；喜欢宽松，在这个基础上拿大一码" in said[0]
    assert "尺码表：" not in "".join(said)


# Prices


def test_many_pieces_are_not_priced_like_one(refined: KnowledgeBase) -> None:
    talk = Talk(refined)
    talk.turn("公司年会要一百个杯子")
    assert "20件起的，可以单独报价" in "".join(talk.says("多少钱一个"))
    assert "单独报价" not in "".join(Talk(refined).says("杯子多少钱"))


def test_a_lower_price_later_is_promised_only_for_the_days_that_it_is(refined: KnowledgeBase) -> None:
    said = "".join(Talk(refined).says("双十二会不会更便宜"))
    assert "过了再降的，就退不了了" in said
    assert "还没有消息" in said
    assert "还没有消息" not in "".join(Talk(refined).says("前天刚买的今天降了三十"))


def test_who_demands_the_difference_hears_how_to_get_it(refined: KnowledgeBase) -> None:
    talk = Talk(refined)
    talk.turn("前天刚买的今天降了三十")
    assert "点“价保”" in talk.says("退我差价")[0]


def test_a_few_pieces_more_are_answered_with_their_number(refined: KnowledgeBase) -> None:
    talk = Talk(refined)
    talk.turn("能少点不")
    assert "2件也是按商品页的价格算" in talk.says("那两件呢")[0]


def test_what_is_asked_of_a_present_is_answered_one_by_one(refined: KnowledgeBase) -> None:
    talk = Talk(refined)
    talk.turn("包装好看点行么")
    assert "不放价格单" in talk.says("能不放价格单子么")[0]
    assert "想带句话的" in "".join(talk.says("能代写贺卡不"))


def test_who_names_a_budget_hears_the_way_to_the_prices(refined: KnowledgeBase) -> None:
    talk = Talk(refined)
    talk.turn("送女朋友哪个好")
    assert "我告诉您价格" in "".join(talk.says("预算两百"))


def test_a_forwarding_warehouse_is_said_to_be_possible(refined: KnowledgeBase) -> None:
    talk = Talk(refined)
    talk.turn("香港寄得到吗")
    assert talk.says("转运仓可以么")[0].startswith("寄到内地的集运仓、转运仓可以")


def test_what_a_coupon_needs_is_told_again_on_its_own(refined: KnowledgeBase) -> None:
    talk = Talk(refined)
    talk.turn("券咋用不了")
    assert "满99元可用" in "".join(talk.says("满多少才能减"))


# Days that the calendar knows


@pytest.mark.parametrize(
    "entry_id", ["dispatch-time", "dispatch-urge", "holiday-dispatch", "delivery-time", "tracking"]
)
def test_when_parcels_are_sent_is_not_told_by_the_days_that_offices_work(entry_id: str) -> None:
    entry = next(each for each in starter_manual().entries if each.id == entry_id)
    assert [bubble for answer in entry.answers for bubble in answer.bubbles if "工作日" in bubble] == []


def test_a_day_that_the_calendar_decides_is_not_told_by_the_rule_too() -> None:
    entry = next(each for each in starter_manual().entries if each.id == "holiday-dispatch")
    decided = [each for each in entry.answers if each.when.day or each.when.clock]
    assert decided
    assert [bubble for answer in decided for bubble in answer.bubbles if "{holiday_dispatch}" in bubble] == []


def test_what_the_bot_says_of_itself_suits_every_shop() -> None:
    said = [bubble for line in starter_manual().lines if line.id != "which-size" for bubble in line.bubbles]
    assert [bubble for bubble in said if re.search(r"尺码|材质|颜色", bubble)] == []


# What the buyer asks somebody to do


@pytest.mark.parametrize(
    ("first", "then", "status", "said"),
    [
        ("我不要放菜鸟", "放家门口", "shipped", "跟他说放哪里就行"),
        ("地址写岔了", "电话也换一个", "paid", "电话和收件人也一样"),
        ("快递卡在武汉好几天了", "你们帮我问问快递公司", "shipped", "要同事来办"),
        ("退款怎么还没到", "你查下", "refunding", "我这里看不到"),
    ],
)
def test_a_request_is_answered_with_the_way_to_it(
    refined: KnowledgeBase, first: str, then: str, status: str, said: str
) -> None:
    talk = with_order(refined, status)
    talk.turn(first)
    assert said in "".join(talk.says(then))


def test_who_tells_where_it_was_left_wishes_for_nothing(refined: KnowledgeBase) -> None:
    assert "放哪里就行" not in "".join(with_order(refined, "shipped").says("快递员给我扔门口就走了"))


@pytest.mark.parametrize(
    ("told", "asked", "entry"),
    [
        ("想换个颜色", "节假日发货吗", "holiday-dispatch"),
        ("两单合一单", "为什么还没发货", "dispatch-urge"),
        ("帮我催催仓库", "能送点东西吗", "gift"),
    ],
)
def test_a_question_of_the_manual_is_answered_whatever_was_told_before_it(
    base: KnowledgeBase, told: str, asked: str, entry: str
) -> None:
    talk = Talk(base)
    talk.turn(told)
    assert entries(talk.turn(asked)) == [entry]
