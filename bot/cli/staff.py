"""`xiaoer staff`: who may come into the console; for whoever has the shell of the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from bot.actions.accounts.invite_staff import invite_staff
from bot.actions.accounts.list_staff import list_staff
from bot.actions.accounts.remove_staff import remove_staff
from bot.actions.accounts.reset_staff import reset_staff
from bot.cli import Trouble, examples
from bot.cli.shared.addresses import invite_link
from bot.cli.shared.channels import all_channels
from bot.cli.shared.databases import run_on
from bot.cli.shared.options import config_option, settings
from bot.clock import SystemClock
from bot.config import TRY_OUT_CHANNEL
from bot.domain.accounts.signing_in import Problem
from bot.domain.accounts.staff import ROLES
from bot.live import Live
from bot.storage.engine.presence import is_there

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path

    from bot.config import Config
    from bot.domain.accounts.staff import Role
    from bot.storage.accounts.people import Listed
    from bot.storage.engine.database import Database

WHY_NOT = {
    "last_owner": "they are the last owner: make somebody else an owner first",
    "no_such_person": "there is no such person",
}


@click.group(
    "staff",
    epilog=examples(
        "xiaoer staff list", "xiaoer staff invite --role agent", "xiaoer staff reset 小李", "xiaoer staff remove 小李"
    ),
)
def command() -> None:
    """Show who may come into the console; invite somebody, help with a forgotten password, or let somebody go."""


@command.command("list", epilog=examples("xiaoer staff list"))
@config_option
def list_(config_file: Path | None) -> None:
    """List who may come in: name, role, channels, whether a code is asked for, when last seen."""
    url = settings(config_file).database.url
    found = run_on(url, lambda database: list_staff(database=database)) if is_there(url) else []
    for each in found:
        click.echo(_line(each))
    if not found:
        click.echo("Nobody has an account yet; `xiaoer staff invite --role owner` makes a link for the first one.")


@command.command(
    "invite", epilog=examples("xiaoer staff invite --role agent", "xiaoer staff invite --role agent --channel my-shop")
)
@click.option("--role", type=click.Choice(ROLES), required=True, help="What they may do.")
@click.option(
    "--channel", "channels", multiple=True, metavar="NAME", help="Only this channel; may be given several times."
)
@config_option
def invite(role: str, channels: tuple[str, ...], config_file: Path | None) -> None:
    """Print a link that works once within 24 hours. Whoever opens it chooses a name and a password."""
    config = settings(config_file)
    known = set(all_channels(config)) - {TRY_OUT_CHANNEL}
    unknown = [each for each in channels if each not in known]
    if unknown:
        raise Trouble(f"there is no channel {unknown[0]}; there are: {', '.join(sorted(known)) or 'none'}")
    only = channels if channels and role != "owner" else None

    def work(database: Database) -> Awaitable[str]:
        return invite_staff(database=database, clock=SystemClock(), by=None, role=cast("Role", role), channels=only)

    click.echo(invite_link(config.server, run_on(config.database.url, work)))


@command.command("reset", epilog=examples("xiaoer staff reset 小李", "xiaoer staff reset 店主 --code-off"))
@click.argument("name")
@click.option("--code-off", is_flag=True, help="Ask them for no code any more: their phone is lost.")
@config_option
def reset(name: str, code_off: bool, config_file: Path | None) -> None:  # noqa: FBT001 - click names it
    """Print a link by which NAME sets a new password; it works once within 24 hours."""
    config = settings(config_file)
    who = _find(config, name)

    def work(database: Database) -> Awaitable[str | Problem]:
        return reset_staff(database=database, clock=SystemClock(), by=None, staff_id=who, code_off=code_off)

    made = run_on(config.database.url, work)
    if isinstance(made, Problem):
        raise Trouble(f"{name}: {WHY_NOT[made.code]}; nothing was changed")
    click.echo(invite_link(config.server, made))


@command.command("remove", epilog=examples("xiaoer staff remove 小李"))
@click.argument("name")
@config_option
def remove(name: str, config_file: Path | None) -> None:
    """Sign NAME out everywhere for good. What they wrote keeps their name."""
    config = settings(config_file)
    who = _find(config, name)

    def work(database: Database) -> Awaitable[Problem | None]:
        return remove_staff(database=database, live=Live(), clock=SystemClock(), by=None, staff_id=who)

    problem = run_on(config.database.url, work)
    if problem is not None:
        raise Trouble(f"{name}: {WHY_NOT[problem.code]}; nothing was changed")
    click.echo(f"{name} is removed.")


def _find(config: Config, name: str) -> int:
    """The id of somebody by name. Raises `Trouble`."""
    url = config.database.url
    found = run_on(url, lambda database: list_staff(database=database, name=name)) if is_there(url) else []
    if not found:
        raise Trouble(f"nobody is called {name}; `xiaoer staff list` shows who there is")
    return found[0].staff.id


def _line(each: Listed) -> str:
    who = each.staff
    channels = "all channels" if who.channels is None else ", ".join(sorted(who.channels))
    code = "code" if each.has_code else "no code"
    seen = f"seen {each.seen_at.astimezone():%Y-%m-%d %H:%M}" if each.seen_at else "not signed in"
    return f"{who.name}  {who.role}  {channels}  {code}  {seen}"
