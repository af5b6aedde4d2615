"""Erase all that is kept of one buyer of a channel, and log that it was done."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bot.storage import buyers
from bot.storage.accounts import audit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.clock import Clock
    from bot.storage.engine.database import Connection, Database


async def erase_buyer(*, database: Database, clock: Clock, channel: str, buyer: str) -> Mapping[str, int]:
    """How many rows of each table went; {} for a buyer whom nobody knows. Raises `StorageDown`.

    `buyer` is the platform's id; the log keeps a fingerprint of it alone.
    """
    return await database.write(_erase, clock, channel, buyer)


def _erase(connection: Connection, clock: Clock, channel: str, buyer: str) -> Mapping[str, int]:
    gone = buyers.erase(connection, channel=channel, buyer=buyer, at=clock.now())
    if gone:
        print_of = hashlib.sha256(f"{channel} {buyer}".encode()).hexdigest()[:16]
        about = f"{channel} {print_of}"
        audit.note(connection, "buyer.erased", by=None, at=clock.now(), about=about, detail=gone)
    return gone
