"""Buyers write as people do: in fragments, several questions at once, in follow-ups, in anger; and some advertise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.databases import on_sqlite
from tests.small_manual import NONSENSE

if TYPE_CHECKING:
    from tests.shop import Shop

pytestmark = on_sqlite

DISPATCH = "下单后48小时内发货。"
COURIER = "默认发中通。"


async def test_an_opening_waits_for_the_question_that_follows(patient_shop: Shop) -> None:
    shop = patient_shop
    assert await shop.buyer_says("请问一下") == []
    shop.clock.advance(seconds=2)
    assert await shop.buyer_says("什么时候发货") == [shop.welcome, DISPATCH]
    assert shop.replies()[-1].data["in_reply_to"] == ["m-1001", "m-1002"]
    assert await shop.outcomes() == ["answer"]


async def test_an_opening_that_nothing_follows_is_answered_in_time(patient_shop: Shop) -> None:
    shop = patient_shop
    assert await shop.buyer_says("请问一下，") == []
    assert await shop.time_passes(seconds=2.9) == []
    heard = await shop.time_passes(seconds=0.1)
    assert heard[0] == shop.welcome


async def test_fragments_never_wait_longer_than_the_cap(patient_shop: Shop) -> None:
    shop = patient_shop
    for _ in range(3):
        assert await shop.buyer_says("那个，") == []
        shop.clock.advance(seconds=1.3)
    assert (await shop.time_passes(seconds=0.1))[0] == shop.welcome


async def test_what_the_bot_is_sure_of_does_not_wait(patient_shop: Shop) -> None:
    assert await patient_shop.buyer_says("什么时候发货") == [patient_shop.welcome, DISPATCH]
    assert (await patient_shop.buyer_says("", content={"kind": "image", "url": "https://shop.example/a.jpg"})) != []


async def test_what_the_bot_is_not_sure_of_waits_a_moment(patient_shop: Shop) -> None:
    shop = patient_shop
    assert await shop.buyer_says(NONSENSE) == []
    assert await shop.time_passes(seconds=1.2) == [shop.welcome, shop.say("hand-over-open", queue_position="1")]


async def test_patience_survives_a_restart(patient_shop: Shop) -> None:
    shop = patient_shop
    assert await shop.buyer_says("请问一下") == []
    await shop.restarts()
    assert await shop.buyer_says("什么时候发货") == [shop.welcome, DISPATCH]


async def test_a_person_who_speaks_while_the_bot_waits_is_not_interrupted(patient_shop: Shop) -> None:
    shop = patient_shop
    await shop.buyer_says(NONSENSE)
    await shop.staff_says("我来")
    assert await shop.time_passes(seconds=5) == []


async def test_several_questions_in_one_message_get_their_answers_in_order(shop: Shop) -> None:
    assert await shop.buyer_says("什么时候发货？发什么快递？") == [shop.welcome, DISPATCH, COURIER]
    assert shop.replies()[-1].data["parts"] == 2


async def test_what_is_left_over_beside_an_answer_is_named_and_handed_on(shop: Shop) -> None:
    heard = await shop.buyer_says(f"什么时候发货？怎么{NONSENSE}？")
    handed = shop.say("handed-on", question=f"“怎么{NONSENSE}”") + shop.say("hand-over-open", queue_position="1")
    assert heard == [shop.welcome, DISPATCH, handed]
    assert await shop.outcomes() == ["hand_over"]
    assert NONSENSE in str(shop.notices[0]["reason"])


async def test_a_short_follow_up_is_about_the_last_question(shop: Shop) -> None:
    assert (await shop.buyer_says("新疆包邮吗"))[1:] == ["新疆满199元包邮。"]
    assert await shop.buyer_says("那浙江呢") == ["江浙沪包邮。"]


async def test_the_same_answer_to_other_words_is_not_repeated(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    assert await shop.buyer_says("几时能寄出去") == [shop.say("as-said")]


async def test_anger_brings_a_person_with_a_calm_word(shop: Shop) -> None:
    assert await shop.buyer_says("你们是骗子") == [
        shop.welcome,
        shop.say("calm"),
        shop.say("hand-over-open", queue_position="1"),
    ]
    assert shop.notices[0]["reason_code"] == "upset"


async def test_an_advertisement_gets_one_neutral_line_a_day_and_no_invite(shop: Shop) -> None:
    assert await shop.buyer_says("专业代运营，加微信 abc12345") == [shop.say("ad-reply")]
    assert await shop.buyer_says("我们是专业代运营，有需要加微信 abc12345") == []
    assert await shop.mode() == "bot"
    assert shop.desk_heard == [("conversation.handed_over", "小王")]
    assert shop.notices[0]["reason_code"] == "report_advertisement"
    assert shop.notices[0]["queue_position"] == 0
    assert "代运营" in str(shop.notices[0]["summary"])
    assert (await shop.rows("SELECT unanswered_since FROM conversation"))[0].unanswered_since is None
    await shop.closes()
    assert await shop.time_passes(minutes=5) == []
    assert await shop.rows("SELECT state, reason FROM invite") == [("skipped", "it was an advertisement")]
    await shop.time_passes(days=1)
    assert await shop.buyer_says("专业代运营，加微信 abc12345") == [shop.say("ad-reply")]


async def test_what_several_send_word_for_word_is_an_advertisement(shop: Shop) -> None:
    offer = "老板您好，欢迎了解我们公司最新推出的各种服务"
    for buyer in ("小王", "小李"):
        await shop.buyer_says(offer, buyer=buyer)
        assert await shop.outcomes(buyer) != ["stay_quiet"]
    await shop.buyer_says(offer, buyer="小张")
    assert shop.heard("小张") == [shop.say("ad-reply")]


async def test_a_buyer_who_gives_his_account_is_no_advertisement(shop: Shop) -> None:
    assert (await shop.buyer_says("能加微信吗"))[1:] == [shop.say("hand-over-open", queue_position="1")]
    assert shop.notices[0]["reason_code"] == "leads_outside"


async def test_a_region_that_an_answer_needs_is_asked_for(shop: Shop) -> None:
    assert await shop.buyer_says("几天能送到") == [shop.welcome, shop.say("which-region")]
    assert await shop.buyer_says("新疆") == ["到新疆要5到8天。"]


async def test_a_region_that_was_asked_for_in_vain_brings_a_person(shop: Shop) -> None:
    await shop.buyer_says("几天能送到")
    assert await shop.buyer_says("几天能送到") == [shop.say("hand-over-open", queue_position="1")]


async def test_an_advertisement_to_a_waiting_desk_leaves_the_queue_as_it_is(shop: Shop) -> None:
    await shop.buyer_says("转人工")
    await shop.buyer_says("专业代运营，加微信 abc12345")
    assert await shop.mode() == "waiting"
    assert [notice["queue_position"] for notice in shop.notices] == [1, 0]


async def test_a_question_in_pinyin_is_answered_and_read_in_the_account(shop: Shop) -> None:
    assert await shop.buyer_says("sm shihou fahuo") == [shop.welcome, DISPATCH]


async def test_the_same_question_in_other_words_goes_to_a_person_the_third_time(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    assert await shop.buyer_says("几时能寄出去") == [shop.say("as-said")]
    assert await shop.buyer_says("多久可以发出") == [shop.say("hand-over-open", queue_position="1")]


async def test_the_same_words_for_the_third_time_go_to_a_person(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    assert await shop.buyer_says("什么时候发货") == [DISPATCH]
    assert await shop.buyer_says("什么时候发货") == [shop.say("hand-over-open", queue_position="1")]


async def test_what_is_taken_back_waits_for_what_is_meant(patient_shop: Shop) -> None:
    shop = patient_shop
    await shop.buyer_says("什么时候发货")
    assert await shop.buyer_says("啊不是") == []
    shop.clock.advance(seconds=2)
    assert await shop.buyer_says("我是问发什么快递") == [COURIER]


async def test_a_smile_is_no_question_that_waits_for_an_answer(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    assert await shop.buyer_says("😊") == []
    assert (await shop.rows("SELECT unanswered_since FROM conversation"))[0].unanswered_since is None
    await shop.closes()
    assert await shop.time_passes(minutes=30) == [shop.say("invite")]
