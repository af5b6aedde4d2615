"""How often was tried, counted in the database so that several nodes count together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from bot.storage.engine.dialects import insert_new
from bot.storage.tables.staff import throttle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.domain.accounts.throttle import Limit


def spend(connection: Connection, limits: Mapping[str, Limit], *, now: datetime) -> float:
    """Count one try under each key and return 0.0; or, where one has none left, count none and return how long to wait.

    The rows are held until the end of the transaction, so tries at the same moment are counted one after the other.
    """
    keys = sorted(limits)
    empty = [{"key": key, "level": 0.0, "at": now} for key in keys]
    connection.execute(insert_new(connection.dialect.name, throttle), empty)
    held = select(throttle).where(throttle.c.key.in_(keys)).order_by(throttle.c.key).with_for_update()
    rows = connection.execute(held).all()
    spent = {row.key: limits[row.key].spent_now(row.level, at=row.at, now=now) for row in rows}
    wait_seconds = max(limits[key].wait_seconds(level) for key, level in spent.items())
    if wait_seconds == 0.0:
        _keep(connection, {key: level + 1 for key, level in spent.items()}, now)
    return wait_seconds


def give_back(connection: Connection, limits: Mapping[str, Limit], *, now: datetime) -> None:
    """The try was right, so it does not count."""
    held = select(throttle).where(throttle.c.key.in_(limits)).order_by(throttle.c.key).with_for_update()
    rows = connection.execute(held).all()
    spent = {row.key: limits[row.key].spent_now(row.level, at=row.at, now=now) for row in rows}
    _keep(connection, {key: max(0.0, level - 1) for key, level in spent.items()}, now)


def erase_unused(connection: Connection, *, before: datetime) -> None:
    """Forget what nobody has tried since then."""
    connection.execute(delete(throttle).where(throttle.c.at < before))


def _keep(connection: Connection, levels: Mapping[str, float], now: datetime) -> None:
    for key, level in levels.items():
        connection.execute(update(throttle).where(throttle.c.key == key).values(level=level, at=now))
