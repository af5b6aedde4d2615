"""The channels that owners made in the console. Secrets lie here encrypted where the shop has a key for that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import orjson
from sqlalchemy import select, update

from bot.domain.channels.made import MadeChannel
from bot.storage.announcing import announce
from bot.storage.engine.dialects import insert_new
from bot.storage.tables.channels import made_channel

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Row, Select
    from sqlalchemy.engine import Connection

    from bot.domain.channels.made import State
    from bot.seal import Seal

CHANNELS_SET = "channels set"
"""The topic under which every node hears that a channel was made, changed or removed."""
_TABLE = made_channel.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A row as it lies here. `at` is when it was changed last."""

    name: str
    platform: str
    body: bytes = field(repr=False)
    sealed: bool
    former_until: datetime | None
    state: State
    version: int
    at: datetime


def read_all(connection: Connection) -> tuple[Kept, ...]:
    """All of them by name, those that were removed as well."""
    return tuple(map(_kept, connection.execute(_rows().order_by(_TABLE.name))))


def find(connection: Connection, name: str) -> Kept | None:
    """One that is not removed."""
    row = connection.execute(_rows().where(_TABLE.name == name, _TABLE.state != "removed")).one_or_none()
    return None if row is None else _kept(row)


def former(connection: Connection, name: str) -> Kept | None:
    """The removed one whose name this was, whose conversations may still be here."""
    row = connection.execute(_rows().where(_TABLE.name == name, _TABLE.state == "removed")).one_or_none()
    return None if row is None else _kept(row)


def unpacked(kept: Kept, seal: Seal | None) -> MadeChannel | None:
    """The channel; None where it was closed with a key that the shop does not have any more."""
    body = kept.body
    if kept.sealed:
        opened = None if seal is None else seal.open(kept.body)
        if opened is None:
            return None
        body = opened
    said = orjson.loads(body) if body else {}
    return MadeChannel(
        name=kept.name,
        platform=kept.platform,
        settings=said.get("settings", {}),
        secret=said.get("secret", ""),
        former_secrets=tuple(said.get("former_secrets", ())),
        former_until=kept.former_until,
        state=kept.state,
        version=kept.version,
    )


def add(connection: Connection, channel: MadeChannel, *, seal: Seal | None, staff_id: int, at: datetime) -> bool:
    """Make it; False where there is one of this name. That of one which was removed is free."""
    values = _columns(channel, seal) | {"staff_id": staff_id, "at": at}
    adding = insert_new(connection.dialect.name, made_channel).values(name=channel.name, version=1, **values)
    instead = update(made_channel).where(_TABLE.name == channel.name, _TABLE.state == "removed")
    added = (
        connection.execute(adding).rowcount > 0
        or connection.execute(instead.values(version=_TABLE.version + 1, **values)).rowcount > 0
    )
    announce(connection, [CHANNELS_SET])
    return added


def change(connection: Connection, channel: MadeChannel, *, seal: Seal | None, staff_id: int, at: datetime) -> bool:
    """Have it be like this, upon its version; False when somebody was faster."""
    it = (_TABLE.name == channel.name, _TABLE.version == channel.version, _TABLE.state != "removed")
    values = _columns(channel, seal) | {"staff_id": staff_id, "at": at, "version": channel.version + 1}
    announce(connection, [CHANNELS_SET])
    return connection.execute(update(made_channel).where(*it).values(values)).rowcount > 0


def remove(connection: Connection, name: str, *, seen: int, staff_id: int, at: datetime) -> bool:
    """Forget all but its name, upon the version that was `seen`; False when somebody was faster."""
    it = (_TABLE.name == name, _TABLE.version == seen, _TABLE.state != "removed")
    gone = {"body": b"", "sealed": False, "former_until": None, "state": "removed", "version": seen + 1}
    announce(connection, [CHANNELS_SET])
    return (
        connection.execute(update(made_channel).where(*it).values(gone | {"staff_id": staff_id, "at": at})).rowcount > 0
    )


def seal_all(connection: Connection, seal: Seal) -> None:
    """Encrypt what lies here from before there was a key."""
    for row in connection.execute(_rows().where(~_TABLE.sealed, _TABLE.state != "removed")).all():
        it = (_TABLE.name == row.name, _TABLE.version == row.version)
        connection.execute(update(made_channel).where(*it).values(body=seal.close(row.body), sealed=True))


def _rows() -> Select[*tuple[Any, ...]]:
    return select(made_channel)


def _kept(row: Row[*tuple[Any, ...]]) -> Kept:
    return Kept(
        name=row.name,
        platform=row.platform,
        body=row.body,
        sealed=row.sealed,
        former_until=row.former_until,
        state=cast("State", row.state),
        version=row.version,
        at=row.at,
    )


def _columns(channel: MadeChannel, seal: Seal | None) -> dict[str, object]:
    said = {"settings": dict(channel.settings), "secret": channel.secret, "former_secrets": channel.former_secrets}
    body = orjson.dumps(said)
    return {
        "platform": channel.platform,
        "body": body if seal is None else seal.close(body),
        "sealed": seal is not None,
        "former_until": channel.former_until,
        "state": channel.state,
    }
