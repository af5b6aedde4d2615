"""`xiaoer serve`: the bot at work, until somebody asks it to stop."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import resource
import secrets
import signal
import socket
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from bot import logs
from bot.actions.accounts.offer_first_account import offer_first_account
from bot.app import running
from bot.cli import Trouble, examples
from bot.cli.shared.addresses import console_link, invite_link, try_link
from bot.cli.shared.options import config_option, run
from bot.cli.shared.whole_config import whole_settings
from bot.clock import SystemClock
from bot.errors import CannotStart, StorageDown, Unpublishable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bot.app import Running
    from bot.config import Config, Server

log = logging.getLogger(__name__)

SEARCHES_FOR_GARBAGE = (50_000, 50, 50)
"""After how many new objects: at Python's 700 an eighth of the time under load goes into finding nothing."""
STOP_WITHIN_SECONDS = 12
TOKEN_BYTES = 24
PORT_PROBLEMS: Mapping[int, str] = MappingProxyType(
    {
        errno.EADDRINUSE: "port {port} on {host} is in use by another program; stop that one, or set another port "
        "([server] port, or XIAOER_PORT)",
        errno.EACCES: "this user may not open port {port}; choose one above 1023 ([server] port, or XIAOER_PORT)",
        errno.EADDRNOTAVAIL: "{host} is not an address of this machine; set [server] host to 127.0.0.1 or 0.0.0.0",
    }
)


@click.command(
    "serve",
    epilog=examples(
        "xiaoer serve",
        "xiaoer serve --config shop.toml",
        "XIAOER_PORT=9000 xiaoer serve",
    ),
)
@config_option
def command(config_file: Path | None) -> None:
    """Answer buyers until stopped by Ctrl-C or SIGTERM.

    Brings the database up to date, puts the starter manual into an empty database, and prints where to go once
    everything is ready. While nobody has an account that is the link to the try-out page, valid until the next
    start, and one that makes the owner's account; then it is the console. The log goes to stderr.
    """
    logs.configure()
    config = whole_settings(config_file)
    _open_as_many_files_as_allowed()
    try:
        with logs.held() as tell:  # the first line is the friendly one
            run(_serve(config, tell))
    except TimeoutError as late:
        raise Trouble(f"not all was finished within {STOP_WITHIN_SECONDS} s; it goes on at the next start") from late
    except ExceptionGroup as died:  # whatever ends a background task comes in one; what it holds is told apart below
        raise _what_ended_it(died, config.server) from died


async def _serve(config: Config, tell: Callable[[], None]) -> None:
    loop, stop, token = asyncio.get_running_loop(), asyncio.Event(), secrets.token_urlsafe(TOKEN_BYTES)
    for asked in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(asked, stop.set)
    async with asyncio.timeout(None) as deadline, running(config, clock=SystemClock(), try_token=token) as bot:
        gc.freeze()  # what is there now stays: no search for garbage need look through it again
        gc.set_threshold(*SEARCHES_FOR_GARBAGE)
        for line in await _welcome(bot, config.server, token):
            click.echo(line)
        tell()
        await stop.wait()
        log.info("stopping")
        deadline.reschedule(loop.time() + STOP_WITHIN_SECONDS)
    log.info("stopped")


async def _welcome(bot: Running, server: Server, token: str) -> list[str]:
    """What the owner reads first: where to go, and while nobody has an account the link that makes the first one."""
    first = await offer_first_account(database=bot.database, clock=SystemClock())
    if first is None:
        return [f"小二已就绪 / Xiaoer is ready:  {console_link(server, at=bot.url)}"]
    return [
        f"小二已就绪 / Xiaoer is ready:  {try_link(server, token, at=bot.url)}",
        f"创建店主账号 / Make the owner's account (once, 24 h):  {invite_link(server, first, at=bot.url)}",
    ]


def _open_as_many_files_as_allowed() -> None:
    """Each connection is an open file, and many systems allow 1,024 until one asks for more."""
    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, allowed))


def _what_ended_it(died: ExceptionGroup[Exception], server: Server) -> Trouble:
    """Say in a sentence what an owner can put right; anything else is a mistake of ours, logged with its trace."""
    causes = list(_leaves(died))
    sentences = [sentence for cause in causes if (sentence := _sentence(cause, server))]
    if len(sentences) == len(causes):
        return Trouble("\n".join(sentences))
    log.error("a background task died", exc_info=died)
    return Trouble(
        "stopped by the error above; what was accepted is stored, and the next `xiaoer serve` goes on with it"
    )


def _leaves(group: ExceptionGroup[Exception]) -> list[Exception]:
    return [
        leaf for each in group.exceptions for leaf in (_leaves(each) if isinstance(each, ExceptionGroup) else [each])
    ]


def _sentence(cause: Exception, server: Server) -> str:
    if isinstance(cause, CannotStart | StorageDown | Unpublishable):
        return str(cause)
    if isinstance(cause, socket.gaierror):
        return f"nobody knows the address of {server.host}; set [server] host to 127.0.0.1 or 0.0.0.0"
    known = PORT_PROBLEMS.get(cause.errno or 0, "") if isinstance(cause, OSError) else ""
    return known.format(host=server.host, port=server.port)
