"""The settings read whole: our own part, every platform's and every alert's, with all problems told together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli.shared.options import settings
from bot.config import BadConfig, Config
from bot.wiring.alert_peers import open_alerts
from bot.wiring.channels import open_channels

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from adapters.contract import Problem


def whole_settings(config_file: Path | None) -> Config:
    """Read the settings and try every channel's. Raises `BadConfig` with all that is wrong anywhere."""
    try:
        config = settings(config_file)
    except BadConfig as bad:
        raise _with_platforms(bad) from bad
    told = [*_problems(open_channels, config), *_problems(open_alerts, config)]
    if told:
        raise BadConfig(tuple(told))
    return config


def _with_platforms(bad: BadConfig) -> BadConfig:
    channels, alerts = Config(channels=bad.channels), Config(alerts=bad.alerts)
    theirs = [*_problems(open_channels, channels), *_problems(open_alerts, alerts)]
    told = {each.field for each in bad.problems}
    return BadConfig((*bad.problems, *(each for each in theirs if each.field not in told)))


def _problems(open_all: Callable[[Config], object], config: Config) -> tuple[Problem, ...]:
    """What adapters find wrong with their keys."""
    try:
        open_all(config)
    except BadConfig as bad:
        return bad.problems
    return ()
