"""Send a test alert to one of the shop's peers, at once, and say what became of it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from adapters.http import open_session
from bot.domain.alerts import Alert

if TYPE_CHECKING:
    from adapters.alerts.contract import NoteOutcome
    from bot.clock import Clock
    from bot.domain.alerts import Peer, Telling


async def send_test_alert(*, peer: Peer, telling: Telling, clock: Clock) -> NoteOutcome:
    """Hand one message over. It is a test and nothing else: no row is written, and nothing is tried again."""
    now, key = clock.now(), f"test-{secrets.token_hex(6)}"
    note = telling.note([Alert(key=key, event="test", at=now)], key=key, now=now)
    async with open_session() as session:
        return await peer.messenger.send(session=session, note=note, now=now)
