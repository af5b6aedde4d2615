"""Read all that is kept of one buyer of a channel, for whoever asks what the shop knows of them, and log it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.storage import buyers
from bot.storage.accounts import audit

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.storage.engine.database import Connection, Database


async def export_buyer(
    *, database: Database, clock: Clock, channel: str, buyer: str
) -> dict[str, list[dict[str, Any]]]:
    """Every row of theirs by its table; {} for a buyer whom nobody knows. Raises `StorageDown`."""
    return await database.write(_read, clock, channel, buyer)


def _read(connection: Connection, clock: Clock, channel: str, buyer: str) -> dict[str, list[dict[str, Any]]]:
    found = buyers.read_all(connection, channel=channel, buyer=buyer)
    if found:
        numbers = [row["id"] for row in found["conversation"]]
        detail = {"conversations": numbers}
        audit.note(connection, "buyer.exported", by=None, at=clock.now(), about=channel, detail=detail)
    return found
