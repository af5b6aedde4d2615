"""A platform takes a reply, and says a while later that the buyer does not get it: a person hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.contract import Inbound, ReplyFailed
from bot.storage.inbox import Arrival, store
from tests.databases import on_sqlite
from tests.shop import BUYER, CHANNEL, conversation_of

if TYPE_CHECKING:
    from tests.shop import Shop

REFUSES = "买家拒收"


async def _fails(shop: Shop, theirs: str) -> None:
    """The platform's word that one of our replies did not arrive, as an adapter hands it on."""
    event = ReplyFailed(platform_message_id=theirs, reason=REFUSES)
    inbound = Inbound(external_id=f"failed-{theirs}", conversation_id=conversation_of(BUYER), event=event)
    arrival = Arrival(channel=CHANNEL, inbound=inbound, received_at=shop.clock.now(), announces=True)
    assert await shop.bot.database.write(store, [arrival]) == [True]
    assert await shop.bot.database.write(store, [arrival]) == [False]
    await shop.settles()


async def test_it_is_told_to_the_desk_with_the_reason_once(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    welcome, answer = shop.replies()
    await _fails(shop, answer.platform_message_id)

    assert await shop.states() == ["sent", "failed", "sent"]
    assert shop.desk_heard == [("conversation.handed_over", BUYER)]
    assert REFUSES in str(shop.notices[0]["reason"])
    assert await shop.mode() == "waiting"
    await _fails(shop, welcome.platform_message_id)
    assert await shop.states() == ["failed", "failed", "sent", "sent"]


@on_sqlite
async def test_a_reply_is_known_by_our_own_id_too_and_what_is_not_ours_changes_nothing(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await _fails(shop, "somebody-elses")
    assert (await shop.states(), await shop.mode()) == (["sent", "sent"], "bot")

    await _fails(shop, shop.replies()[1].webhook_id)
    assert await shop.states() == ["sent", "failed", "sent"]


@on_sqlite
async def test_nobody_steps_in_for_an_invite(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    await shop.time_passes(minutes=3)
    invite = shop.replies()[-1]
    assert invite.kind == "invite"
    await _fails(shop, invite.platform_message_id)

    assert (await shop.states())[-1] == "failed"
    assert shop.desk_heard == []
