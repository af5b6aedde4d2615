"""Alerts to people of the shop: a row is written with what it tells of, in the same transaction, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete

from bot.config import TRY_OUT_CHANNEL
from bot.storage.engine.dialects import insert_new
from bot.storage.engine.prepared import Prepared
from bot.storage.tables.alerts import alert, alert_delivery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from bot.domain.alerts import Alert


def insert(connection: Connection, alerts: Sequence[Alert]) -> None:
    """Keep these, to be told soon. One whose key is there already was told; whoever tries the bot out is no buyer."""
    _INSERT.run_each(connection, [_row(each) for each in alerts if each.channel != TRY_OUT_CHANNEL])


def erase(connection: Connection, ids: Sequence[int]) -> None:
    """Forget these, and what became of them."""
    connection.execute(delete(alert_delivery).where(alert_delivery.c.alert_id.in_(ids)))
    connection.execute(delete(alert).where(alert.c.id.in_(ids)))


def _row(given: Alert) -> dict[str, Any]:
    return {
        "key": given.key,
        "event": given.event,
        "conversation_id": given.conversation_id,
        "body": _pack(given),
        "created_at": given.at,
    }


def _pack(given: Alert) -> bytes:
    return orjson.dumps(
        {
            "channel": given.channel,
            "buyer": given.buyer,
            "words": given.words,
            "reason": None if given.reason is None else given.reason.to_plain(),
            "since": given.since,
            "reply_by": given.reply_by,
            "score": given.score,
        }
    )


_INSERT = Prepared(lambda dialect: insert_new(dialect, alert))
