"""Bring a database up to date (or back), whatever it holds now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

ONE_AT_A_TIME = 20_261_122  # an advisory lock's number: nodes that start together migrate one after the other


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run every migration that is missing. Safe to call at every start, on every node."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
    command.upgrade(_config(connection), to)


def downgrade(connection: Connection, to: str) -> None:
    """Undo migrations down to `to` ("base" for an empty database)."""
    command.downgrade(_config(connection), to)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    return config
