"""`xiaoer check`: everything that is wrong with the settings, the database and the manual, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.actions.accounts.verify_audit import verify_audit
from bot.actions.knowledge.read_manual import STARTER, read_manual
from bot.cli import Trouble, examples
from bot.cli.shared.channels import all_channels
from bot.cli.shared.desk import desk_of
from bot.cli.shared.findings import findings
from bot.cli.shared.options import config_option, run
from bot.cli.shared.whole_config import whole_settings
from bot.clock import SystemClock
from bot.config import TRY_OUT_CHANNEL
from bot.domain.calendar import ShopCalendar
from bot.domain.channels.channel import why_no_pictures
from bot.errors import StorageDown
from bot.storage.engine.presence import is_there, what_forbids_making

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bot.actions.knowledge.read_manual import Published
    from bot.config import Config
    from bot.domain.channels.channel import Channel
    from bot.domain.desk.now import DeskNow


@click.command(
    "check",
    epilog=examples(
        "xiaoer check",
        "xiaoer check --config shop.toml",
    ),
)
@config_option
def command(config_file: Path | None) -> None:
    """Say everything that is wrong with the settings, the channels, the database, the manual and the audit log.

    Nothing is changed or made. Ends with exit code 0 when the bot can serve, 1 when something must be put right
    first. Warnings are worth reading and stop nothing.
    """
    config = whole_settings(config_file)
    _tell("settings", str(config_file or "built-in defaults"))
    channels = all_channels(config)
    named = [f"{name} ({each.platform})" for name, each in channels.items() if name != TRY_OUT_CHANNEL]
    _tell("channels", ", ".join(named) or "none but the try-out page")
    if config.alerts:
        _tell("alerts", ", ".join(f"{each.name} ({each.kind})" for each in config.alerts))
    _warn(_deskless(desk_of(config, channels)))
    _warn(_without_address(channels))
    warning = ShopCalendar(hours=config.hours, zone=config.shop.timezone).warning(SystemClock().now())
    _warn([f"Warning: {warning}"] if warning else [])
    url = config.database.url
    problems = [*_database_problems(url), *_manual_problems(config), *_audit_problems(url)]
    if problems:
        raise Trouble("\n".join(problems))
    click.echo("Nothing stands in the way of `xiaoer serve`.")


def _deskless(desk: DeskNow) -> list[str]:
    """The shop's channels on which nobody can answer a buyer who wants a person."""
    return [
        f"Warning: channel {name} ({channel.platform}): nobody of the shop can answer there. A buyer who wants a "
        f"person is asked to leave a message; `xiaoer messages` lists these. Or tell buyers where else a person answers"
        for name, channel in desk.channels.items()
        if name != TRY_OUT_CHANNEL and not desk.has_desk(name)
    ]


def _without_address(channels: Mapping[str, Channel]) -> list[str]:
    """The channels whose platform would fetch what people send, and has nowhere to fetch it from."""
    return [
        f"Warning: channel {name} ({channel.platform}): people can send no pictures there, as its platform fetches "
        f"them from us: set server.public_url to the https address at which a proxy passes it on"
        for name, channel in channels.items()
        if why_no_pictures(channel) == "pictures_need_address"
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


def _audit_problems(url: str) -> list[str]:
    """A log that was changed stops nothing by itself, but its owner must hear of it."""
    try:
        chain = run(verify_audit(database_url=url))
    except StorageDown:
        return []  # said already
    if chain is None:
        return []
    if chain.broken_at is not None:
        since = f"from entry {chain.broken_at} on"
        return [f"the audit log is not as it was written {since}: somebody changed it or it is damaged; see a backup"]
    _tell("audit log", f"{chain.entries} entries, whole; fingerprint {chain.last_digest[:16]}")
    return []


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
