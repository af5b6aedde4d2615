"""`xiaoer messages`: what buyers have left for people of the shop, where no desk shows it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from bot.actions.list_messages import list_messages
from bot.channels import open_channels
from bot.cli import examples
from bot.cli.options import config_option, run, settings
from bot.clock import SystemClock
from bot.storage.engine.database import open_database
from bot.storage.engine.presence import is_there
from bot.storage.engine.schema import upgrade

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path
    from zoneinfo import ZoneInfo

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
    url, deskless = config.database.url, [name for name, each in open_channels(config).items() if not each.has_desk]
    found = run(_read(url, deskless, timedelta(days=days))) if is_there(url) else []
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


async def _read(url: str, deskless: Collection[str], within: timedelta) -> list[LeftMessage]:
    async with open_database(url) as database:
        await database.write(upgrade)
        return await list_messages(
            database=database, deskless=deskless, within=within, most=AT_MOST, clock=SystemClock()
        )
