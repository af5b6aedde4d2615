"""`xiaoer check`: everything that is wrong with the settings, the database and the manual, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.actions.read_manual import STARTER, read_manual
from bot.channels import open_channels
from bot.cli import Trouble, examples
from bot.cli.findings import findings
from bot.cli.options import config_option, run
from bot.cli.whole_config import whole_settings
from bot.clock import SystemClock
from bot.config import TRY_OUT_CHANNEL
from bot.domain.calendar import ShopCalendar
from bot.errors import StorageDown
from bot.storage.engine.presence import is_there, what_forbids_making

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bot.actions.read_manual import Published
    from bot.config import Config
    from bot.domain.channel import Channel


@click.command(
    "check",
    epilog=examples(
        "xiaoer check",
        "xiaoer check --config shop.toml",
    ),
)
@config_option
def command(config_file: Path | None) -> None:
    """Say everything that is wrong with the settings, the channels, the database and the manual.

    Nothing is changed or made. Ends with exit code 0 when the bot can serve, 1 when something must be put right
    first. Warnings are worth reading and stop nothing.
    """
    config = whole_settings(config_file)
    _tell("settings", str(config_file or "built-in defaults"))
    channels = [f"{each.name} ({each.platform})" for each in config.channels]
    _tell("channels", ", ".join(channels) or "none but the try-out page")
    _warn(_deskless(open_channels(config)))
    warning = ShopCalendar(hours=config.hours, zone=config.shop.timezone).warning(SystemClock().now())
    _warn([f"Warning: {warning}"] if warning else [])
    problems = [*_database_problems(config.database.url), *_manual_problems(config)]
    if problems:
        raise Trouble("\n".join(problems))
    click.echo("Nothing stands in the way of `xiaoer serve`.")


def _deskless(channels: Mapping[str, Channel]) -> list[str]:
    """The shop's channels on which nobody can answer a buyer who wants a person."""
    return [
        f"Warning: channel {name} ({channel.platform}): nobody of the shop can answer there. A buyer who wants a "
        f"person is asked to leave a message; `xiaoer messages` lists these. Or tell buyers where else a person answers"
        for name, channel in channels.items()
        if name != TRY_OUT_CHANNEL and not channel.has_desk
    ]


def _database_problems(url: str) -> list[str]:
    forbidden = None if is_there(url) else what_forbids_making(url)
    return [forbidden] if forbidden else []


def _manual_problems(config: Config) -> list[str]:
    try:
        published = run(read_manual(database_url=config.database.url))
    except StorageDown as down:
        return [str(down)]
    _tell("manual", _manual(published))
    errors, warnings = findings(published.manual, config)
    _warn(warnings)
    return errors


def _manual(published: Published) -> str:
    entries = f"{len(published.manual.entries)} entries"
    if published.revision == STARTER:
        return f"the starter manual, {entries}; the shop's own begins with the first `xiaoer serve`"
    return f"revision {published.revision}, {entries}"


def _tell(what: str, said: str) -> None:
    click.echo(f"{what:<10} {said}")


def _warn(warnings: Sequence[str]) -> None:
    for warning in warnings:
        click.echo(warning, err=True)
