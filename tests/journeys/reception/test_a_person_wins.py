"""Once a person has spoken the bot is silent, whatever was on its way; our own echo is not a person."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from tests.fakes import Reaction
from tests.shop import accepted
from tests.small_manual import NONSENSE

if TYPE_CHECKING:
    from tests.conftest import OpenShop
    from tests.shop import Shop

DISPATCH = "下单后48小时内发货。"


async def test_the_bot_is_silent_once_a_person_has_spoken(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.staff_says("您好，我来为您服务")
    assert await shop.buyer_says("发什么快递") == []
    assert await shop.outcomes() == ["answer", "stay_quiet"]


async def test_a_person_may_speak_first(shop: Shop) -> None:
    await shop.staff_says("您好，您的包裹到了")
    assert await shop.buyer_says("什么时候发货") == []


async def test_the_bot_has_it_back_when_everybody_has_been_silent(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.staff_says("今天就发")
    await shop.time_passes(minutes=29)
    assert await shop.mode() == "human"
    await shop.time_passes(minutes=2)
    assert shop.desk_heard[-1] == ("conversation.returned", "小王")
    assert (await shop.buyer_says("发什么快递"))[-1] == "默认发中通。"


async def test_a_buyer_whom_the_person_left_without_an_answer_goes_back_to_the_queue(shop: Shop) -> None:
    await shop.staff_says("您好")
    await shop.buyer_says(NONSENSE)
    await shop.time_passes(minutes=31)
    assert await shop.mode() == "waiting"
    assert shop.desk_heard == [("conversation.handed_over", "小王")]
    assert shop.notices[0]["urgent"] is True
    assert await shop.buyer_says("什么时候发货") == [shop.welcome, DISPATCH]


async def test_a_thank_you_to_the_person_needs_no_answer(shop: Shop) -> None:
    await shop.buyer_says("人工")
    await shop.staff_says("给您办好了")
    await shop.buyer_says("谢谢")
    await shop.time_passes(minutes=31)
    assert await shop.mode() != "waiting"


async def test_takeover_cancels_what_the_bot_still_meant_to_say(shop: Shop) -> None:
    shop.platform.next_answers(429)  # the welcome has to wait, and with it all that follows
    await shop.buyer_says("怎么退货")
    assert shop.buyer_heard == []
    await shop.staff_says("我来说")
    await shop.time_passes(minutes=2)
    assert shop.buyer_heard == []
    assert set(await shop.states()) == {"cancelled"}


async def test_what_the_buyer_may_have_heard_before_the_takeover_is_not_said_to_be_cancelled(shop: Shop) -> None:
    shop.platform.next_answers("reset_after")  # the welcome; whether it arrived is told by the second try alone
    await shop.buyer_says("怎么退货")
    await shop.staff_says("我来说")
    await shop.time_passes(minutes=2)
    assert shop.buyer_heard == [shop.welcome]
    assert (await shop.states())[:2] == ["unknown", "cancelled"]


async def test_a_reply_on_the_wire_at_takeover_does_not_hold_up_what_comes_later(shop: Shop) -> None:
    shop.platform.next_answers("never")
    await shop.delivers("什么时候发货")
    await shop.platform.until(lambda: len(shop.platform.ledger) == 1)
    accepted(await shop.platform.staff_says("我来说", conversation="c-小王"))
    shop.platform.let_go()
    await shop.settles()
    await shop.time_passes(minutes=31)  # the bot has it back
    assert DISPATCH not in shop.buyer_heard
    assert shop.desk_heard == [("conversation.returned", "小王")]
    assert "默认发中通。" in await shop.buyer_says("发什么快递")


async def test_our_own_reply_comes_back_by_its_id_and_is_no_person(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    for reply in shop.replies():
        accepted(await shop.platform.echo(reply))
    assert await shop.buyer_says("发什么快递") == ["默认发中通。"]
    assert await shop.rows("SELECT state FROM inbox WHERE author = 'staff'") == [("ignored",), ("ignored",)]


async def test_our_own_reply_comes_back_by_its_words_when_the_platform_gave_no_id(shop: Shop) -> None:
    shop.platform.from_now_on(Reaction(body=b"{}"))
    await shop.buyer_says("什么时候发货")
    await shop.staff_says(shop.welcome)
    await shop.staff_says(DISPATCH)
    assert await shop.mode() == "bot"
    await shop.staff_says(DISPATCH)  # said once more than we said it: that was a person
    assert await shop.mode() == "human"


async def test_our_words_long_after_are_a_person(shop: Shop) -> None:
    shop.platform.from_now_on(Reaction(body=b"{}"))
    await shop.buyer_says("什么时候发货")
    await shop.time_passes(minutes=3)
    await shop.staff_says(DISPATCH)
    assert await shop.mode() == "human"


async def test_an_echo_under_another_id_is_no_person_and_is_recognised_once(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    for number, reply in enumerate(shop.replies()):
        assert await _staff_says(shop, reply.text, f"final-{number}") == "bot"
    assert await shop.buyer_says("发什么快递") == ["默认发中通。"]
    assert await _staff_says(shop, DISPATCH, "quick-phrase") == "human"


async def test_a_channel_that_gives_our_ids_back_is_known_by_them(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    accepted(await shop.platform.echo(shop.replies()[0]))
    assert await _staff_says(shop, DISPATCH, "quick-phrase") == "human"


async def test_an_echo_that_the_platform_wraps_and_trims_is_no_person(shop: Shop) -> None:
    manual = shop.bot.in_use.base.manual
    entries = [
        dataclasses.replace(
            entry, answers=(dataclasses.replace(entry.answers[0], bubbles=(" 48小时\r\n内发货 。\u200b",)),)
        )
        if entry.id == "dispatch"
        else entry
        for entry in manual.entries
    ]
    await shop.publishes(dataclasses.replace(manual, entries=tuple(entries)))
    await shop.buyer_says("什么时候发货")
    assert shop.buyer_heard[-1] == " 48小时\n内发货 。"
    assert await _staff_says(shop, "48小时\r\n内发货。", "e-1") == "bot"


async def test_a_late_echo_of_what_took_long_to_send_is_no_person(shop: Shop) -> None:
    shop.platform.next_answers(Reaction(status=429, headers={"Retry-After": "600"}))
    await shop.buyer_says("你好")
    await shop.time_passes(minutes=10)
    assert await _staff_says(shop, shop.welcome, "e-1") == "bot"


@pytest.mark.parametrize(("echoes", "mode"), [("no", "human"), ("yes", "bot")])
async def test_the_owner_may_say_whether_a_channel_echoes(open_shop: OpenShop, echoes: str, mode: str) -> None:
    shop = await open_shop(echoes=echoes)
    await shop.buyer_says("什么时候发货")
    assert await _staff_says(shop, DISPATCH, "other") == mode


@pytest.mark.parametrize("echoed", [0, 100])
async def test_a_channel_that_echoes_none_of_a_hundred_bubbles_does_not_echo(shop: Shop, echoed: int) -> None:
    shop.platform.from_now_on(Reaction(body=b"{}"))
    await shop.buyer_says("什么时候发货")
    columns = "conversation_id, channel, epoch, episode, kind, body, text, state, created_at, not_before"
    await shop.change(
        f"INSERT INTO outbox (key, settled_at, echoed_at, {columns})"  # noqa: S608 - our own columns
        f" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
        f" SELECT key || '-' || i, settled_at, CASE WHEN i <= :echoed THEN settled_at END, {columns}"
        " FROM outbox, n WHERE kind = 'answer'",
        echoed=echoed,
    )
    shop.clock.advance(seconds=30)
    assert await _staff_says(shop, DISPATCH, "quick-phrase") == ("bot" if echoed else "human")
    assert [row.habit for row in await shop.rows("SELECT habit FROM echo_habit")] == ["words" if echoed else "no"]


async def _staff_says(shop: Shop, words: str, message_id: str) -> str:
    """A person says this, or it is an echo: who leads afterwards."""
    accepted(await shop.platform.staff_says(words, conversation="c-小王", message_id=message_id))
    return await shop.mode()


async def test_an_echo_before_the_answer_settles_the_send(shop: Shop) -> None:
    shop.platform.next_answers("timeout")
    await shop.delivers("你好")
    await shop.platform.until(lambda: len(shop.platform.ledger) == 1)
    accepted(await shop.platform.echo(shop.platform.ledger[0]))
    shop.platform.let_go()
    await shop.settles()
    await shop.time_passes(minutes=2)
    assert await shop.states() == ["sent"]
    assert len(shop.platform.ledger) == 1
    assert await shop.mode() == "bot"


async def test_an_echo_is_matched_by_its_id_before_words_that_are_alike(shop: Shop) -> None:
    shop.platform.next_answers(Reaction(body=b"{}"), Reaction(body=b"{}"))
    await shop.buyer_says("什么时候发货")  # welcome and answer, both without an id
    await shop.buyer_says("什么时候发货")  # the same answer, with one
    assert shop.replies()[-1].text == DISPATCH
    accepted(await shop.platform.echo(shop.replies()[-1]))
    accepted(await shop.platform.staff_says(DISPATCH, conversation="c-小王", message_id="p-late"))
    assert await shop.mode() == "bot"


async def test_a_blocked_buyer_hears_nothing(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.change("UPDATE conversation SET blocked_at = 1")
    assert await shop.buyer_says("发什么快递") == []
    assert await shop.outcomes() == ["answer", "stay_quiet"]
