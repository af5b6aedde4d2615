"""All tables, the same on SQLite and PostgreSQL. Change them together with a migration.

A module for each part of the shop's life; whoever wants the list of all tables gets it here.
"""

from __future__ import annotations

from bot.storage.tables import alerts, channels, desk, messages, routing, staff
from bot.storage.tables.base import metadata

ALL_PARTS = (messages, desk, staff, routing, channels, alerts)
"""Importing them puts their tables into `metadata`."""

__all__ = ["ALL_PARTS", "metadata"]
