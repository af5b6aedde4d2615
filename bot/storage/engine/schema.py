"""Bring a database up to date (or back), whatever it holds now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.engine import Connection

ONE_AT_A_TIME = 20_261_122  # an advisory lock's number: nodes that start together migrate one after the other
NEWEST = "0023"
"""The revision that this version of the program works with."""


def upgrade(connection: Connection, to: str = NEWEST) -> None:
    """Run every migration that is missing. Safe to call at every start, on every node."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
    if _revision(connection) != to:
        from alembic import command  # noqa: PLC0415 - a start that finds nothing to do is a twentieth quicker

        command.upgrade(_config(connection), to)


def downgrade(connection: Connection, to: str) -> None:
    """Undo migrations down to `to` ("base" for an empty database)."""
    from alembic import command  # noqa: PLC0415 - only people who go back need it

    command.downgrade(_config(connection), to)


def is_newest(connection: Connection) -> bool:
    """Whether it is as this version of the program wants it."""
    return _revision(connection) == NEWEST


def _revision(connection: Connection) -> str | None:
    """What the database is at; None for one that has never been at any."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _config(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    config.attributes["connection"] = connection
    return config
