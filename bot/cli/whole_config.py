"""The settings read whole: our own part and every platform's, with the problems of both told together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels import open_channels
from bot.cli.options import settings
from bot.config import BadConfig, Config

if TYPE_CHECKING:
    from pathlib import Path


def whole_settings(config_file: Path | None) -> Config:
    """Read the settings and try every channel's. Raises `BadConfig` with all that is wrong anywhere."""
    try:
        config = settings(config_file)
    except BadConfig as bad:
        raise _with_platforms(bad) from bad
    open_channels(config)
    return config


def _with_platforms(bad: BadConfig) -> BadConfig:
    try:
        open_channels(Config(channels=bad.channels))
    except BadConfig as theirs:
        told = {each.field for each in bad.problems}
        return BadConfig((*bad.problems, *(each for each in theirs.problems if each.field not in told)))
    return bad
