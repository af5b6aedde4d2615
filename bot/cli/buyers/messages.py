"""`xiaoer messages`: what buyers have left for people of the shop, where no desk shows it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from bot.actions.reception.list_messages import list_messages
from bot.cli import examples
from bot.cli.shared.channels import all_channels
from bot.cli.shared.databases import run_on
from bot.cli.shared.desk import desk_of
from bot.cli.shared.options import config_option, settings
from bot.clock import SystemClock
from bot.storage.engine.presence import is_there

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from bot.storage.engine.database import Database
    from bot.storage.people.left_messages import LeftMessage

AT_MOST = 500
USUAL_DAYS = 30


@click.command("messages", epilog=examples("xiaoer messages", "xiaoer messages --days 2"))
@click.option(
    "--days",
    metavar="DAYS",
    type=click.IntRange(min=1),
    default=USUAL_DAYS,
    show_default=True,
    help="How far back to look.",
)
@config_option
def command(days: int, config_file: Path | None) -> None:
    """List what buyers have left for people of the shop, oldest first: when, channel, buyer, the words.

    On channels where nobody of the shop can answer, the list begins with the message by which a buyer wanted a person.
    On other channels, it has what buyers write while they wait for one. Answered messages are left out.
    """
    config = settings(config_file)
    url, desk = config.database.url, desk_of(config, all_channels(config))
    deskless = [name for name in desk.channels if not desk.has_desk(name)]

    def work(database: Database) -> Awaitable[list[LeftMessage]]:
        return list_messages(
            database=database, deskless=deskless, within=timedelta(days=days), most=AT_MOST, clock=SystemClock()
        )

    found = run_on(url, work) if is_there(url) else []
    for each in found:
        click.echo(_line(each, config.shop.timezone))
    if not found:
        click.echo("No message waits for a person.")
    elif len(found) == AT_MOST:
        click.echo(f"These are the newest {AT_MOST}; there may be more.")


def _line(each: LeftMessage, zone: ZoneInfo) -> str:
    when = each.received_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    who = f"{each.buyer} ({each.buyer_name})" if each.buyer_name not in {"", each.buyer} else each.buyer
    words = " ".join(each.words.split())
    return "  ".join((when, each.channel, who, "waits" if each.waits else "left", words)).rstrip()
