"""What is wrong with a manual in this shop, in sentences for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.config import TRY_OUT_CHANNEL
from knowledge.lint import lint

if TYPE_CHECKING:
    from bot.config import Config
    from knowledge.entry import Manual


def findings(manual: Manual, config: Config) -> tuple[list[str], list[str]]:
    """The errors, which keep a manual from being published, and the warnings."""
    today = SystemClock().now().astimezone(config.shop.timezone).date()
    channels = {TRY_OUT_CHANNEL, *(channel.name for channel in config.channels)}
    found = lint(manual, today=today, channels=channels)
    errors = [f"{each.where}: {each.problem}" for each in found if each.level == "error"]
    return errors, [f"Warning: {each.where}: {each.problem}" for each in found if each.level == "warning"]
