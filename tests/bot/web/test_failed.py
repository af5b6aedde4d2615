"""What went wrong is seen, tried again or given up by people, each on their own channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.storage.accounts import audit
from bot.web.shared.signed_in import COOKIE
from tests.console import Visitor
from tests.people import joins

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from bot.domain.accounts.staff import Role
    from tests.console import Shown
    from tests.shop import Shop

BROKEN_MEMORY = b'{"stale_turns": "many"}'


async def _comes(shop: Shop, role: Role, channels: Collection[str] | None = None) -> Visitor:
    person = await joins(shop.bot.database, role, clock=shop.clock, channels=channels)
    visitor = Visitor(shop.bot.url)
    visitor.has_cookie(COOKIE, person.token)
    return visitor


@pytest.fixture
async def editor(shop: Shop) -> AsyncIterator[Visitor]:
    async with await _comes(shop, "editor") as visitor:
        yield visitor


async def _a_message_that_cannot_be_decided(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.change("UPDATE conversation SET memory = :bad", bad=BROKEN_MEMORY)
    await shop.buyer_says("发什么快递")


async def _actions(shop: Shop) -> list[str]:
    return [each.entry.action for each in await shop.bot.database.read(audit.newest, most=5)]


async def test_while_nothing_fails_the_page_says_so(shop: Shop, editor: Visitor) -> None:
    assert "没有失败的消息" in (await editor.goes_to("/console/failed")).text
    assert (await editor.goes_to("/console/failed")).status == 200
    del shop


async def test_a_message_is_tried_again(shop: Shop, editor: Visitor) -> None:
    await _a_message_that_cannot_be_decided(shop)
    page = await editor.goes_to("/console/failed")
    assert "发什么快递" in page.text

    done = await editor.sends("/console/failed/messages/2/retry", page)
    await shop.settles()

    assert "已交给机器人重新处理" in done.text
    assert shop.buyer_heard[-1] == "默认发中通。"
    assert "没有失败的消息" in (await editor.goes_to("/console/failed")).text
    assert (await _actions(shop))[0] == "message.retried"


async def test_a_message_that_is_given_up_is_gone_from_the_list(shop: Shop, editor: Visitor) -> None:
    await _a_message_that_cannot_be_decided(shop)
    heard = len(shop.buyer_heard)
    page = await editor.goes_to("/console/failed")

    done = await editor.sends("/console/failed/messages/2/give-up", page)
    await shop.settles()

    assert "没有失败的消息" in done.text
    assert len(shop.buyer_heard) == heard
    again = await editor.sends("/console/failed/messages/2/give-up", page)
    assert again.status == 404
    assert (await _actions(shop))[0] == "message.given_up"


async def test_a_refused_reply_is_sent_again_in_the_persons_name(shop: Shop, editor: Visitor) -> None:
    shop.platform.next_answers(422)
    await shop.buyer_says("什么时候发货")
    heard = len(shop.buyer_heard)
    page = await editor.goes_to("/console/failed")
    assert "平台拒收" in page.text

    done = await editor.sends("/console/failed/replies/1/again", page)
    await shop.settles()

    assert "已再发一次" in done.text
    assert shop.buyer_heard[heard:] == [shop.welcome]
    assert await shop.mode() == "human"
    repeated = await editor.sends("/console/failed/replies/1/again", page)
    assert repeated.status == 404, "it is no longer among those that failed"
    assert shop.buyer_heard[heard:] == [shop.welcome]


async def test_why_a_reply_did_not_arrive_is_said_in_the_readers_language(shop: Shop, editor: Visitor) -> None:
    shop.platform.next_answers(422)
    await shop.buyer_says("什么时候发货")

    theirs = '<small class="detail" dir="auto" lang="en">the receiver answered 422</small>'
    assert f"对方没有收下。请看对方程序的日志。 {theirs}" in (await editor.goes_to("/console/failed")).text
    assert f"Look at the log of the program there. {theirs}" in (await editor.goes_to("/console/failed?lang=en")).text
    await shop.change("UPDATE outbox SET fault = ''")
    assert '<span class="detail">the receiver answered 422</span>' in (await editor.goes_to("/console/failed")).text


async def test_a_reply_is_crossed_off(shop: Shop, editor: Visitor) -> None:
    shop.platform.next_answers(422)
    heard = await shop.buyer_says("什么时候发货")

    done = await editor.sends("/console/failed/replies/1/give-up", await editor.goes_to("/console/failed"))

    assert "已划掉" in done.text
    assert "没有失败的消息" in done.text
    assert shop.buyer_heard == heard


async def test_what_is_another_channels_is_not_there(shop: Shop) -> None:
    await _a_message_that_cannot_be_decided(shop)
    shop.platform.next_answers(422)
    await shop.buyer_says("什么时候发货", buyer="小张")
    async with await _comes(shop, "editor", ["coffee"]) as stranger, await _comes(shop, "agent") as agent:
        page = await stranger.goes_to("/console/failed")
        assert "没有失败的消息" in page.text
        proof = page.hidden("sign-out")["proof"]
        paths = ["messages/2/retry", "messages/2/give-up", "messages/x/retry", "replies/1/again", "replies/0/give-up"]
        answers: list[Shown] = [await stranger.sends(f"/console/failed/{each}", None, proof=proof) for each in paths]
        assert [each.status for each in answers] == [404] * len(paths)
        assert (await agent.goes_to("/console/failed")).status == 403
