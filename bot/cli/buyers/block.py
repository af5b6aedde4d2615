"""`xiaoer block`: one buyer of one channel shut out from the bot, or let in again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.actions.block_buyer import block_buyer
from bot.cli import Trouble, examples
from bot.cli.shared.databases import run_on
from bot.cli.shared.options import config_option, settings
from bot.clock import SystemClock
from bot.storage.engine.presence import is_there

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path

    from bot.storage.engine.database import Database


@click.command(
    "block",
    epilog=examples(
        "xiaoer block tea b-9",
        "xiaoer block tea b-9 --lift",
    ),
)
@click.argument("channel")
@click.argument("buyer")
@click.option("--lift", is_flag=True, help="Let the bot answer this buyer again.")
@config_option
def command(channel: str, buyer: str, lift: bool, config_file: Path | None) -> None:  # noqa: FBT001 - click names it
    """Let BUYER of CHANNEL hear nothing from the bot any more: no answer, no invite, no word of patience.

    BUYER is the platform's id of the buyer, as notices and logs have it. What they write is still kept, and people may
    answer it. A running bot obeys at once.
    """
    url = settings(config_file).database.url

    def work(database: Database) -> Awaitable[int]:
        return block_buyer(database=database, channel=channel, buyer=buyer, lift=lift, clock=SystemClock())

    if not is_there(url) or not (many := run_on(url, work)):
        blocked = "blocked buyer" if lift else "buyer"
        raise Trouble(f"there is no {blocked} {buyer} on the channel {channel}; nothing was changed")
    conversations = "1 conversation" if many == 1 else f"{many} conversations"
    click.echo(f"{buyer} is {'answered again' if lift else 'blocked'} in {conversations} of {channel}.")
