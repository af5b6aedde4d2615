"""The command `xiaoer`. Each command is a module of its own, loaded when it is called for.

That is on purpose, against the habit of importing at the top: what all commands need together (a web server, Excel,
SQL, numbers) takes a second and more to load, and `--help` or `knowledge` should not wait for the web server, nor
`serve` for Excel.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import click

from bot import logs
from bot.errors import CannotStart, StorageDown, Unpublishable

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Command(NamedTuple):
    module: str
    purpose: str


COMMANDS: Mapping[str, _Command] = MappingProxyType(
    {
        "serve": _Command("bot.cli.serve", "Answer buyers until stopped; prints the address of the try-out page."),
        "ask": _Command("bot.cli.ask", "Ask the bot one question and read why it answers so."),
        "eval": _Command("bot.cli.eval", "Ask a file of questions and print how good the answers are."),
        "knowledge": _Command("bot.cli.knowledge", "Take the manual out to Excel, check a file, bring it back in."),
        "platforms": _Command("bot.cli.platforms", "List the platforms; check a channel's credentials; connect it."),
        "alerts": _Command("bot.cli.alerts", "Show where people of the shop are told of what happens; send a test."),
        "block": _Command(
            "bot.cli.buyers.block", "Let one buyer hear nothing from the bot any more, or let them in again."
        ),
        "buyer": _Command("bot.cli.buyers.buyer", "Take out all that is kept of one buyer, or erase it."),
        "messages": _Command("bot.cli.buyers.messages", "List what buyers have left for people of the shop."),
        "poison": _Command(
            "bot.cli.buyers.poison", "Show the messages that the bot could not decide about; try them again."
        ),
        "staff": _Command("bot.cli.staff", "Show who may come into the console, invite, reset or remove somebody."),
        "demo": _Command(
            "bot.cli.demo", "Open a shop to look at: staff, three channels, buyers; nothing of it is real."
        ),
        "simulate": _Command("bot.cli.simulate", "Play buyers who are not real against a running bot."),
        "migrate": _Command("bot.cli.migrate", "Bring the database up to date."),
        "check": _Command("bot.cli.check", "Say everything that is wrong with the configuration and the shop."),
    }
)


class Trouble(click.ClickException):
    """What the owner must put right, in plain sentences on stderr; the command ends with exit code 1."""

    def show(self, file: object = None) -> None:
        del file
        click.echo(logs.redact(self.message), err=True)


class Xiaoer(click.Group):
    """Knows its commands by name and purpose, and turns what stands in their way into sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        known = COMMANDS.get(cmd_name)
        return None if known is None else _load(known.module)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.purpose) for name, command in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (CannotStart, StorageDown, Unpublishable) as problem:
            raise Trouble(str(problem)) from problem


def _load(module: str) -> click.Command:
    """Load a command. What is loaded stays for good, so nobody need search it for garbage, now or later.

    Python would search it half a dozen times while it grows, which takes a third of the time.
    """
    if module not in sys.modules:
        gc.disable()
        try:
            import_module(module)
        finally:
            gc.freeze()
            gc.enable()
    command: click.Command = sys.modules[module].command
    return command


def examples(*lines: str) -> str:
    """The end of a command's help: lines as they are typed."""
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))


@click.group(
    cls=Xiaoer,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=examples(
        "xiaoer serve                         then open the address it prints",
        'xiaoer ask "新疆包邮吗"              what a buyer would hear, and why',
        "xiaoer knowledge export shop.xlsx    the whole manual, to edit in Excel",
        "xiaoer check --config shop.toml      what is wrong with the settings, all at once",
    ),
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The shop's settings; may stand here or after the command. Without it config.toml in this folder, if there "
    "is one, or else the built-in defaults.",
)
@click.version_option(package_name="xiaoer", prog_name="xiaoer")
def main(config: Path | None) -> None:
    """小二 (Xiaoer) answers an online shop's buyers from the shop's own manual, and calls a person when it should.

    `xiaoer COMMAND --help` says more about each.
    """
    del config  # read by the commands, see bot.cli.shared.options
    logs.configure(level="WARNING")


__all__ = ["COMMANDS", "Trouble", "examples", "main"]
