"""The shop's settings: one TOML file, checked whole, with every problem told at once and in words.

`load` is the door: past it every setting has its type and makes sense by itself. Any text value written as
"${NAME}" is taken from the environment variable NAME, so that secrets need not stand in the file.
"""

from __future__ import annotations

from bot.config.hours import MINUTES_A_DAY, WEEKDAYS, DailySpan, Hours, OwnDates, Span, Weekday
from bot.config.problems import BadConfig
from bot.config.reading import load
from bot.config.sections import (
    ALERT_EVENTS,
    HOURS_A_YEAR,
    LONGEST_PATIENCE_SECONDS,
    SECONDS_A_WEEK,
    SECTIONS,
    TRY_OUT_CHANNEL,
    AlertEvent,
    AlertPeer,
    BotMode,
    Channel,
    Config,
    Conversation,
    Database,
    Invites,
    Retention,
    Semantic,
    Server,
    Shop,
)
from bot.config.values import Number, Section, Whole

__all__ = [
    "ALERT_EVENTS",
    "HOURS_A_YEAR",
    "LONGEST_PATIENCE_SECONDS",
    "MINUTES_A_DAY",
    "SECONDS_A_WEEK",
    "SECTIONS",
    "TRY_OUT_CHANNEL",
    "WEEKDAYS",
    "AlertEvent",
    "AlertPeer",
    "BadConfig",
    "BotMode",
    "Channel",
    "Config",
    "Conversation",
    "DailySpan",
    "Database",
    "Hours",
    "Invites",
    "Number",
    "OwnDates",
    "Retention",
    "Section",
    "Semantic",
    "Server",
    "Shop",
    "Span",
    "Weekday",
    "Whole",
    "load",
]
