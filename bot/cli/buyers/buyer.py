"""`xiaoer buyer`: all that is kept of one buyer, taken out or erased."""

from __future__ import annotations

import base64
from functools import partial
from typing import TYPE_CHECKING, Any

import click
import orjson

from bot.actions.erase_buyer import erase_buyer
from bot.actions.export_buyer import export_buyer
from bot.cli import Trouble, examples
from bot.cli.shared.databases import run_on
from bot.cli.shared.options import config_option, settings
from bot.clock import SystemClock
from bot.storage.buyers import write_file_anew
from bot.storage.desk import same_buyer
from bot.storage.engine.presence import is_there

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping
    from pathlib import Path

    from bot.storage.desk.same_buyer import Buyer
    from bot.storage.engine.database import Database


@click.group("buyer", epilog=examples("xiaoer buyer export tea b-9 > b-9.json", "xiaoer buyer erase tea b-9"))
def command() -> None:
    """Take out all that is kept of one buyer, or erase it. The audit log says that it was done."""


_MERGED = click.option(
    "--merged/--alone",
    default=None,
    help="With the buyers of other channels who people at the desk said are the same one, or without [default: ask].",
)


@command.command("export", epilog=examples("xiaoer buyer export tea b-9 > b-9.json"))
@click.argument("channel")
@click.argument("buyer")
@_MERGED
@config_option
def export(channel: str, buyer: str, *, merged: bool | None, config_file: Path | None) -> None:
    """Print all that is kept of BUYER of CHANNEL as JSON: every row by its table. BUYER is the platform's id."""
    url = settings(config_file).database.url
    if not is_there(url):
        raise _unknown(channel, buyer)
    found: dict[str, list[dict[str, Any]]] = {}
    for each in [(channel, buyer), *_also(url, channel, buyer, merged=merged, verb="Take out")]:
        for table, rows in run_on(url, partial(_export, each)).items():
            found.setdefault(table, []).extend(rows)
    if not found:
        raise _unknown(channel, buyer)
    click.echo(orjson.dumps(found, default=_readable, option=orjson.OPT_INDENT_2))


@command.command("erase", epilog=examples("xiaoer buyer erase tea b-9", "xiaoer buyer erase tea b-9 --yes"))
@click.argument("channel")
@click.argument("buyer")
@click.option("--yes", is_flag=True, help="Do not ask whether this is meant.")
@_MERGED
@config_option
def erase(channel: str, buyer: str, *, yes: bool, merged: bool | None, config_file: Path | None) -> None:
    """Erase all that is kept of BUYER of CHANNEL, for good, and print how much of what it was.

    The marks they gave stay, without a name. Copies of the database keep what they have. Writes the whole SQLite file
    anew, which needs as much free space again, and buyers wait meanwhile.
    """
    url = settings(config_file).database.url
    if not is_there(url):
        raise _unknown(channel, buyer)
    if not yes:
        click.confirm(
            f"Erase all that is kept of {buyer} of {channel}? It cannot be brought back", abort=True, err=True
        )

    others = _also(url, channel, buyer, merged=False if yes and merged is None else merged, verb="Erase")
    kept = [each for each in _others(url, channel, buyer) if each not in others]
    for each in [(channel, buyer), *others]:
        gone = run_on(url, partial(_erase, each))
        if not gone:
            raise _unknown(*each)
        for name, many in gone.items():
            click.echo(f"{many:>7}  {name.replace('_', ' ')}")
    if not write_file_anew(url):
        raise Trouble(
            "All of it is erased, but traces may be left in the file's free space, as somebody else was writing: "
            "stop the bot and run `VACUUM` on the file."
        )
    for each in kept:
        click.echo(f"{each[1]} of {each[0]}, who is said to be the same buyer, is kept.", err=True)
    for each in [(channel, buyer), *others]:
        click.echo(f"All that was kept of {each[1]} of {each[0]} is erased.")


def _also(url: str, channel: str, buyer: str, *, merged: bool | None, verb: str) -> list[Buyer]:
    """Those of the buyers who are said to be this one that are meant too."""
    others = _others(url, channel, buyer)
    if merged is not None:
        return others if merged else []
    question = "{name} of {channel} is said to be the same buyer. {verb} what is kept of that one as well?"
    return [
        each
        for each in others
        if click.confirm(question.format(name=each[1], channel=each[0], verb=verb), default=False, err=True)
    ]


def _others(url: str, channel: str, buyer: str) -> list[Buyer]:
    return run_on(url, lambda database: database.read(same_buyer.others, (channel, buyer)))


def _export(whose: Buyer, database: Database) -> Awaitable[dict[str, list[dict[str, Any]]]]:
    return export_buyer(database=database, clock=SystemClock(), channel=whose[0], buyer=whose[1])


def _erase(whose: Buyer, database: Database) -> Awaitable[Mapping[str, int]]:
    return erase_buyer(database=database, clock=SystemClock(), channel=whose[0], buyer=whose[1])


def _readable(value: object) -> object:
    """Say what JSON has no form for: packed values as what they hold, pictures in base64."""
    if not isinstance(value, bytes):
        raise TypeError
    try:
        held: object = orjson.loads(value)
    except orjson.JSONDecodeError:
        return base64.b64encode(value).decode()
    return held


def _unknown(channel: str, buyer: str) -> Trouble:
    return Trouble(f"there is no buyer {buyer} on the channel {channel}")
