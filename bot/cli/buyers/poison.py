"""`xiaoer poison`: the messages that the bot could not decide about, and one more try at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.actions.failures.retry_messages import retry_messages, set_aside_messages
from bot.cli import Trouble, examples
from bot.cli.shared.databases import run_on
from bot.cli.shared.options import config_option, settings
from bot.storage.engine.presence import is_there

if TYPE_CHECKING:
    from pathlib import Path

    from bot.storage.people.poisoned import Poison

SHOWN_CHARACTERS = 60
AT_MOST = 200


@click.group("poison", epilog=examples("xiaoer poison list", "xiaoer poison retry", "xiaoer poison retry 17 18"))
def command() -> None:
    """Show the messages that the bot could not decide about, whose buyers wait for a person, or try them again."""


@command.command("list", epilog=examples("xiaoer poison list"))
@config_option
def list_(config_file: Path | None) -> None:
    """List the messages that are set aside, oldest first: number, when, channel, buyer, what went wrong, the words."""
    url = settings(config_file).database.url
    found = run_on(url, lambda database: set_aside_messages(database=database, most=AT_MOST)) if is_there(url) else []
    for each in found:
        click.echo(_line(each))
    if not found:
        click.echo("No message is set aside.")
    elif len(found) == AT_MOST:
        click.echo(f"These are the oldest {AT_MOST}; there may be more.")


@command.command("retry", epilog=examples("xiaoer poison retry", "xiaoer poison retry 17 18"))
@click.argument("numbers", metavar="[NUMBER]...", nargs=-1, type=click.IntRange(min=1))
@config_option
def retry(numbers: tuple[int, ...], config_file: Path | None) -> None:
    """Have the messages of these NUMBERs decided about once more; without a number, all that are set aside.

    A bot that is serving does it at once, another one when it starts.
    """
    url = settings(config_file).database.url
    many = run_on(url, lambda database: retry_messages(database=database, numbers=numbers)) if is_there(url) else 0
    if not many:
        raise Trouble("no such message is set aside; `xiaoer poison list` shows those that are")
    click.echo("1 message is decided about again." if many == 1 else f"{many} messages are decided about again.")


def _line(each: Poison) -> str:
    words = " ".join(each.words.split())
    shown = words if len(words) <= SHOWN_CHARACTERS else words[: SHOWN_CHARACTERS - 1] + "…"
    when = each.received_at.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"{each.number}  {when}  {each.channel}  {each.buyer}  {each.problem}  {shown}".rstrip()
