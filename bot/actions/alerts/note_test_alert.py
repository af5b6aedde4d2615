"""Write down that somebody sends a test alert to a peer, and take the peer's turn for it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.storage.accounts import audit
from bot.storage.alerting import alert_queue

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.domain.alerts import Peer
    from bot.storage.engine.database import Connection, Database


async def note_test_alert(*, database: Database, peer: Peer, by: Staff, clock: Clock) -> bool:
    """Keep the peer's pace, as a test is a message too; False while it rests, or is being told something.

    Raises `StorageDown`; then nothing may be sent.
    """
    return await database.write(_note, peer, by=by, at=clock.now())


def _note(connection: Connection, peer: Peer, *, by: Staff, at: datetime) -> bool:
    rests_until = at + timedelta(seconds=peer.messenger.seconds_between)
    if not alert_queue.take_turn(connection, peer=peer.name, now=at, rests_until=rests_until):
        return False
    audit.note(connection, "alert.tested", by=by, at=at, about=peer.name)
    return True
