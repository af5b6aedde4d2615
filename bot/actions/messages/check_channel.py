"""Ask a channel's platform whether it takes the credentials of the settings, or have it deliver to us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from adapters.checking import Checks, Connects
from adapters.http import open_session

if TYPE_CHECKING:
    from adapters.checking import Finding
    from bot.clock import Clock
    from bot.domain.channels.channel import Channel


async def check_channel(
    *, channel: Channel, webhook_url: str, clock: Clock, then: Literal["look", "connect"] = "look"
) -> tuple[Finding, ...] | None:
    """Return what was found, or None where this platform offers nothing of the kind.

    `webhook_url` is where the platform should deliver, "" where the shop has no public address. "look" changes
    nothing; "connect" makes the platform deliver there from now on.
    """
    adapter, now = channel.adapter, clock.now()
    async with open_session() as session:
        if then == "look" and isinstance(adapter, Checks):
            return await adapter.check(session=session, webhook_url=webhook_url, now=now)
        if then == "connect" and isinstance(adapter, Connects):
            return await adapter.connect(session=session, webhook_url=webhook_url, now=now)
    return None
