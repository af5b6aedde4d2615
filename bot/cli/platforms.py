"""`xiaoer platforms`: what each platform needs, whether one takes our credentials, and having it deliver to us."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from adapters.checking import warning
from bot.actions.messages.check_channel import check_channel
from bot.actions.messages.open_wires import unsealed
from bot.cli import Trouble, examples
from bot.cli.shared.channels import all_channels
from bot.cli.shared.options import config_option, reader_language, run, settings
from bot.clock import SystemClock
from bot.config import TRY_OUT_CHANNEL
from bot.dialogue.reasons import in_words
from bot.seal import Seal
from bot.storage import channel_states
from bot.storage.engine.database import open_database
from bot.storage.engine.presence import is_there
from bot.storage.engine.schema import is_newest
from bot.wiring.channels import what_each_needs
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from adapters.checking import Finding
    from adapters.contract import AccessToken
    from bot.config import Config
    from bot.domain.channels.channel import Channel

MARKS = {"well": "ok      ", "warning": "warning ", "wrong": "wrong   "}
NO_PUBLIC_URL = (
    "the platform has to know where to deliver: set [server] public_url to the https:// address at which it reaches "
    "this machine (docs/proxies.md)"
)


@click.group(
    "platforms",
    invoke_without_command=True,
    epilog=examples("xiaoer platforms", "xiaoer platforms check my-shop", "xiaoer platforms connect my-bot"),
)
@click.pass_context
def command(context: click.Context) -> None:
    """List the platforms and what a channel of each needs in its table; or check and connect one channel."""
    if context.invoked_subcommand is None:
        for name, needs in what_each_needs().items():
            click.echo(name if needs else f"{name}: nothing")
            for setting, where in needs.items():
                click.echo(f"  {setting:<22} {where}")


@command.command("check", epilog=examples("xiaoer platforms check my-shop"))
@click.argument("name")
@config_option
def check(name: str, config_file: Path | None) -> None:
    """Call the platform of the channel NAME with its credentials, and say in words what is wrong.

    Nothing is changed there. Ends with exit code 1 when the channel cannot work like this.
    """
    config = settings(config_file)
    channel = _channel(config, name)
    found = run(check_channel(channel=channel, webhook_url=_webhook_url(config, name), clock=SystemClock()))
    if found is None:
        click.echo(f"{channel.platform}: there is nobody to ask; `xiaoer check` has looked at the settings.")
        return
    _tell((*_login(config, name), *found))


@command.command("connect", epilog=examples("xiaoer platforms connect my-bot"))
@click.argument("name")
@config_option
def connect(name: str, config_file: Path | None) -> None:
    """Have the platform of the channel NAME deliver to this bot from now on. Doing it twice does no harm."""
    config = settings(config_file)
    channel, url = _channel(config, name), _webhook_url(config, name)
    if not url:
        raise Trouble(NO_PUBLIC_URL)
    found = run(check_channel(channel=channel, webhook_url=url, clock=SystemClock(), then="connect"))
    if found is None:
        raise Trouble(f"{channel.platform} cannot be told from here: enter {url} on the platform's own pages")
    _tell(found)


def _channel(config: Config, name: str) -> Channel:
    channels = all_channels(config)
    if name not in channels or name == TRY_OUT_CHANNEL:
        known = ", ".join(each for each in channels if each != TRY_OUT_CHANNEL) or "none"
        raise Trouble(f"there is no channel {name}; there are: {known}")
    return channels[name]


def _webhook_url(config: Config, name: str) -> str:
    """Where the platform should deliver; "" while the shop has no public address."""
    public = config.server.public_url.rstrip("/")
    return f"{public}/webhooks/{name}" if public else ""


def _login(config: Config, name: str) -> tuple[Finding, ...]:
    """Until when the bot is logged in, where that ends for good; nothing where it does not, or nobody can read it."""
    token = run(_kept_token(config, name))
    if token is None or token.ends_at is None:
        return ()
    date = token.ends_at.astimezone(config.shop.timezone).date()
    return (warning(f"the last renewal is used up: the account's owner has to authorise the app anew by {date}"),)


async def _kept_token(config: Config, name: str) -> AccessToken | None:
    key, url = config.database.encryption_key, config.database.url
    if not key or not is_there(url):
        return None
    async with open_database(url) as database:
        kept = await database.read(channel_states.read, name, "token") if await database.read(is_newest) else None
    return None if kept is None else unsealed(kept, Seal.read(key))


def _tell(found: Sequence[Finding]) -> None:
    for each in found:
        fault = in_words(because(each.fault), reader_language()) if each.fault else ""
        click.echo(f"{MARKS[each.verdict]} {fault} ({each.said})" if fault else f"{MARKS[each.verdict]} {each.said}")
    if any(each.verdict == "wrong" for each in found):
        raise Trouble("Not everything is well; after each correction, ask again.")
