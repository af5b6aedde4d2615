"""What platforms send beside plain words: odd content, notices, late messages, and links to the shop itself."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.actions.knowledge.replay_decision import replay_decision
from tests.fakes import MORNING
from tests.shop import accepted

if TYPE_CHECKING:
    from tests.conftest import OpenShop
    from tests.shop import Shop

DISPATCH = "下单后48小时内发货。"


async def test_a_person_who_answers_with_a_picture_that_nobody_can_show_has_taken_over(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    await shop.buyer_says("什么时候发货")
    for number in range(2):
        picture = {
            "message_id": f"s-{number}",
            "conversation_id": "c-小王",
            "author": {"kind": "staff", "id": 7},
            "content": {"kind": "image", "url": "/uploads/reply.png"},
        }
        accepted(await shop.platform.deliver("message.created", picture))
    assert await shop.buyer_says("发什么快递") == []
    told = [each.__dict__["field"] for each in caplog.records if each.name == "bot.actions.messages.receive_messages"]
    assert sorted(told) == ["data.author.id", "data.content.url"]
    assert 'xiaoer_fields_left_out_total{channel="tea"} 4.0' in (await shop.asks("/metrics"))[1]


@pytest.mark.parametrize("words", ["[图片]", "[视频]", "[语音]", "[文件]"])
async def test_a_bridges_word_for_a_picture_is_a_picture(shop: Shop, words: str) -> None:
    await shop.buyer_says(words)
    assert shop.desk_heard == [("conversation.handed_over", "小王")]
    assert await shop.mode() == "waiting"


async def test_a_notice_in_the_buyers_name_is_kept_and_never_answered(shop: Shop) -> None:
    assert await shop.buyer_says("[买家确认收货，交易成功]") == []
    assert await shop.buyer_says("对方撤回了一条消息") == []
    assert await shop.rows("SELECT author, state FROM inbox") == [("system", "ignored")] * 2
    assert await shop.outcomes() == []


async def test_what_comes_in_a_day_late_is_shown_to_people_and_not_answered(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert await shop.buyer_says("什么时候发货？发什么快递？", sent_at=MORNING - timedelta(hours=25)) == []
    assert await shop.outcomes() == ["hand_over"]
    assert await shop.mode() == "waiting"
    assert shop.desk_heard == [("conversation.handed_over", "小王")]
    [told] = [each for each in caplog.records if each.message == "handed over to a person"]
    assert told.__dict__["reason"] == "sent_too_long_ago"
    assert await shop.buyer_says("什么时候发货", sent_at=MORNING) == [shop.welcome, DISPATCH]
    outcomes = []
    for row in await shop.rows("SELECT id FROM decision ORDER BY id"):
        _, again, _ = await replay_decision(row.id, database=shop.bot.database)
        outcomes.append(type(again.act).__name__)
    assert outcomes == ["HandOver", "Answer"]


async def test_the_owner_says_how_late_is_too_late(open_shop: OpenShop) -> None:
    shop = await open_shop(conversation={"answer_within_hours": 1})
    assert await shop.buyer_says("什么时候发货", sent_at=MORNING - timedelta(minutes=61)) == []
    assert await shop.buyer_says("什么时候发货", "小李", sent_at=MORNING - timedelta(minutes=59)) == [
        shop.welcome,
        DISPATCH,
    ]


@pytest.mark.parametrize(
    "words",
    [
        "https://shop.example/p/88 什么时候发货",
        "我刚在 https://www.shop.example:8443/cart 下单了，什么时候发货",
        "shop.example/p/3 请提供什么时候发货",
    ],
)
async def test_a_link_to_the_shop_itself_is_no_advert(open_shop: OpenShop, words: str) -> None:
    shop = await open_shop(shop={"hosts": ["shop.example"]})
    assert (await shop.buyer_says(words))[-1] == DISPATCH


async def test_a_link_that_only_looks_like_the_shops_is_not_its_own(open_shop: OpenShop) -> None:
    shop = await open_shop(shop={"hosts": ["shop.example"]})
    for number, host in enumerate(("shop.example.evil.test", "evilshop.example", "shop.example@evil.test")):
        await shop.buyer_says(f"我们专业提供各类合作，请看 https://{host}/p/88", buyer=f"b-{number}")
        assert await shop.outcomes(f"b-{number}") == ["stay_quiet"]


async def test_hand_overs_and_closings_are_logged(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await shop.buyer_says("人工")
    await shop.closes()
    await shop.buyer_says("什么时候发货", buyer="小李")
    await shop.time_passes(minutes=31)
    told = [each.message for each in caplog.records if each.message.startswith(("handed over", "conversation closed"))]
    assert told == ["handed over to a person", "conversation closed", "conversation closed"]
