"""The secret of each channel by which addresses of its pictures are signed: it opens nothing but these pictures."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.storage.engine.dialects import insert_new
from bot.storage.tables.channels import channel_state

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

WHAT = "picture_key"
KEY_BYTES = 32


def make(connection: Connection, channel: str) -> bytes:
    """The channel's secret. It is made when it is first asked for, once for all nodes, and stays."""
    row = {"channel": channel, "what": WHAT, "body": secrets.token_bytes(KEY_BYTES), "lease_until_ms": 0}
    connection.execute(insert_new(connection.dialect.name, channel_state), [row])
    key = find(connection, channel)
    if key is None:
        raise RuntimeError(f"the secret for pictures of {channel} is not there although it was just made")
    return key


def find(connection: Connection, channel: str) -> bytes | None:
    """The channel's secret; None where nothing was signed with it yet."""
    table = channel_state.c
    key: bytes | None = connection.execute(
        select(table.body).where(table.channel == channel, table.what == WHAT)
    ).scalar_one_or_none()
    return key
