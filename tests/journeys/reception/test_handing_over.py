"""A person is wanted: what the buyer is told is true, they keep their place, and the shop's desk knows all it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.small_manual import MORE_NONSENSE, NONSENSE

if TYPE_CHECKING:
    from tests.shop import Shop


def _place(shop: Shop, number: int) -> str:
    return shop.say("hand-over-open", queue_position=str(number))


async def test_what_the_manual_does_not_answer_goes_to_a_person(shop: Shop) -> None:
    assert await shop.buyer_says(NONSENSE) == [shop.welcome, _place(shop, 1)]
    assert shop.desk_heard == [("conversation.handed_over", "小王")]
    notice = shop.notices[0]
    assert (notice["reason_code"], notice["reason"]) == ("nothing_answers", "手册里没有能回答的")
    assert notice["queue_position"] == 1
    assert notice["summary"] == NONSENSE
    assert await shop.mode() == "waiting"


async def test_each_waiting_buyer_hears_his_true_place(shop: Shop) -> None:
    assert await shop.buyer_says("人工", buyer="小王") == [shop.welcome, _place(shop, 1)]
    assert await shop.buyer_says("转人工", buyer="小李") == [shop.welcome, _place(shop, 2)]
    await shop.staff_says("您好，我是店主", buyer="小王")
    assert await shop.buyer_says("人工", buyer="小张") == [shop.welcome, _place(shop, 2)]
    assert [each["queue_position"] for each in shop.notices] == [1, 2, 2]


async def test_places_stay_apart_when_all_ask_in_the_same_moment(shop: Shop) -> None:
    buyers = ["小王", "小李", "小张"]
    for buyer in buyers:
        await shop.delivers("人工", buyer=buyer)
    await shop.settles()
    told = [shop.heard(buyer)[-1] for buyer in buyers]
    assert sorted(told) == [_place(shop, 1), _place(shop, 2), _place(shop, 3)]
    for buyer, place in zip(buyers, told, strict=True):  # nobody's place has changed since, so each hears their own
        number = place.partition("第")[2].partition("位")[0]
        for words in ("我想直接跟店主说", "还没来吗"):
            assert await shop.buyer_says(words, buyer=buyer) == [shop.say("waiting-still", queue_position=number)]


async def test_a_wish_for_a_person_comes_before_the_answer(shop: Shop) -> None:
    await shop.buyer_says("能不能换个真人")
    assert await shop.outcomes() == ["hand_over"]


async def test_a_waiting_buyer_still_gets_sure_answers_and_keeps_his_place(shop: Shop) -> None:
    await shop.buyer_says("人工", buyer="小王")
    await shop.time_passes(seconds=20)
    await shop.buyer_says("人工", buyer="小李")
    assert await shop.buyer_says("什么时候发货", buyer="小王") == ["下单后48小时内发货。"]
    assert await shop.mode("小王") == "waiting"
    assert await shop.buyer_says(NONSENSE, buyer="小王") == [shop.say("waiting-still", queue_position="1")]
    assert await shop.buyer_says(MORE_NONSENSE, buyer="小王") == []  # asks nothing, and knows that it will be read
    await shop.staff_says("来了", buyer="小王")
    assert await shop.buyer_says("我想直接跟店主说", buyer="小李") == [shop.say("waiting-still", queue_position="1")]
    assert await shop.buyer_says("转人工", buyer="小李") == [shop.say("waiting-still", queue_position="1")]


async def test_unclear_questions_of_a_waiting_buyer_are_left_to_the_person(shop: Shop) -> None:
    await shop.buyer_says("人工")
    assert await shop.buyer_says("怎么洗") == [shop.say("handed-on", question="“怎么洗”")]
    assert await shop.buyer_says("怎么洗才好") == [shop.say("handed-on", question="“怎么洗才好”")]
    picture = {"kind": "image", "url": "https://shop.example/a.jpg"}
    assert await shop.buyer_says("", content=picture) == [shop.say("waiting-still", queue_position="1")]
    assert await shop.buyer_says("", content=picture) == []
    assert await shop.outcomes() == ["hand_over"] * 4 + ["stay_quiet"]
    assert len(shop.desk_heard) == 1


async def test_who_wants_no_person_after_all_makes_room_for_the_next(shop: Shop) -> None:
    await shop.buyer_says("转人工", buyer="小王")
    await shop.time_passes(seconds=20)
    await shop.buyer_says("转人工", buyer="小李")
    assert await shop.buyer_says("算了不用了", buyer="小王") == [shop.say("left-queue")]
    assert await shop.mode("小王") == "bot"
    assert await shop.rows("SELECT mode FROM conversation WHERE unanswered_since IS NULL") == [("bot",)]
    assert await shop.buyer_says("我想直接跟店主说", buyer="小李") == [shop.say("waiting-still", queue_position="1")]
    assert await shop.buyer_says("转人工", buyer="小王") == [_place(shop, 2)]


async def test_what_the_manual_itself_hands_to_a_person_is_answered_and_handed_over_at_once(shop: Shop) -> None:
    assert await shop.buyer_says("我要团购") == [shop.welcome, "团购由同事为您报价。", _place(shop, 1)]
    assert await shop.outcomes() == ["hand_over"]


async def test_a_question_and_a_wish_for_a_person_in_one_breath_get_both(shop: Shop) -> None:
    await shop.stops()
    await shop.opens()
    for words in ("什么时候发货", "转人工"):
        await shop.delivers(words)
    await shop.settles()
    assert shop.buyer_heard == [shop.welcome, "下单后48小时内发货。", _place(shop, 1)]


async def test_the_desk_gets_the_last_words_short_enough_to_read(shop: Shop) -> None:
    await shop.buyer_says("Ποῦ " * 200)
    summary = str(shop.notices[0]["summary"])
    assert len(summary) == 200
    assert summary.endswith("…")


async def test_a_buyer_who_waits_in_vain_for_a_week_no_longer_lengthens_the_queue(shop: Shop) -> None:
    await shop.buyer_says(NONSENSE, buyer="小王")
    await shop.time_passes(days=8)
    assert await shop.mode("小王") == "closed"
    assert await shop.buyer_says(MORE_NONSENSE, buyer="小李") == [shop.welcome, _place(shop, 1)]


async def test_metrics_count_who_waits(shop: Shop) -> None:
    await shop.buyer_says(NONSENSE)
    await shop.runs_jobs()
    _, metrics = await shop.asks("/metrics")
    assert "xiaoer_waiting_for_person 1.0" in metrics
    assert 'xiaoer_decisions_total{outcome="hand_over"} 1.0' in metrics
