"""What is wrong with a manual in this shop, in sentences for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.config import TRY_OUT_CHANNEL
from knowledge.finding import told
from knowledge.lint import lint

if TYPE_CHECKING:
    from bot.config import Config
    from knowledge.entry import Manual


def findings(manual: Manual, config: Config) -> tuple[list[str], list[str]]:
    """The errors, which keep a manual from being published, and the warnings."""
    today = SystemClock().now().astimezone(config.shop.timezone).date()
    found = lint(manual, today=today, channels=channels_of(config))
    errors = told(each for each in found if each.level == "error")
    return errors, [f"Warning: {line}" for line in told(each for each in found if each.level == "warning")]


def channels_of(config: Config) -> frozenset[str]:
    """The names that a condition on a channel may have."""
    return frozenset({TRY_OUT_CHANNEL, *(channel.name for channel in config.channels)})
