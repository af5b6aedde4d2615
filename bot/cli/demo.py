"""`xiaoer demo`: a whole shop to look at, with staff, three channels and buyers; nothing of it is real."""

from __future__ import annotations

import asyncio
import base64
import random
import secrets
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adapters.simulation import load_driver
from adapters.simulation.contract import BUYERS_AT_MOST, RUNS
from bot import logs
from bot.actions.accounts.accept_invite import accept_invite
from bot.actions.accounts.invite_staff import invite_staff
from bot.actions.simulate_buyers import simulate_buyers
from bot.app import running
from bot.cli import examples
from bot.cli.shared.options import run
from bot.clock import SystemClock
from bot.config import load
from bot.domain.accounts.signing_in import LetIn, Visit
from bot.domain.simulation import from_manual, plan
from bot.errors import CannotStart
from bot.hashing import Hasher
from bot.web.simulated_peers import serving_peers
from bot.wiring.channels import open_channels
from knowledge.manual.files import starter_manual

if TYPE_CHECKING:
    from bot.app import Running
    from bot.config import Config
    from bot.domain.accounts.staff import Role
    from bot.domain.channels.channel import Channel
    from bot.domain.simulation import Turn
    from bot.storage.engine.database import Database

FOLDER = Path("var/demo")
SHOP = "小满生活馆"
STAFF: tuple[tuple[str, Role], ...] = (("店主", "owner"), ("小李", "agent"), ("小陈", "agent"))
TALKING = ("market", "telegram", "site")
BUYERS_A_ROUND = 30
TWICE_PERCENT, USUAL_PER_MINUTE = 5.0, 20.0
CONFIG = """# made by `xiaoer demo`, anew each time; nothing of it is real
[server]
port = {port}
[database]
url = "sqlite:///{folder}/demo.db"
[shop]
name = "{shop}"
[invites]
delay_minutes = 1
[[channels]]
name = "site"
platform = "web"
messages_per_minute = 600
[[channels]]
name = "market"
platform = "webhook"
secret = "{secret}"
reply_url = "{peers}/replies/market"
allow_private_reply_url = true
reply_windows = ["douyin"]
[[channels]]
name = "telegram"
platform = "telegram"
token = "1:demo"
secret_token = "{hush}"
api_url = "{peers}"
allow_private_api_url = true
"""


@click.command("demo", epilog=examples("xiaoer demo", "xiaoer demo --per-minute 120 --port 8090"))
@click.option("--port", type=click.IntRange(0, 65_535), default=8080, show_default=True, help="0 takes any free one.")
@click.option(
    "--per-minute",
    type=click.FloatRange(min=0.1),
    default=USUAL_PER_MINUTE,
    show_default=True,
    help="How many messages a minute buyers write on each channel.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same buyers.")
def command(port: int, per_minute: float, seed: int) -> None:
    """Open a shop to look at, until Ctrl-C: three people, a chat window, a market and Telegram, and buyers who write.

    It has a database of its own, var/demo/demo.db, which begins anew each time. Nothing leaves this machine.
    """
    logs.configure(level="ERROR")
    run(_demo(port or _free_port(), per_minute, seed))


async def _demo(port: int, per_minute: float, seed: int) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for asked in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(asked, stop.set)
    async with serving_peers(_heard) as peers:
        config, clock = _new_shop(port, peers), SystemClock()
        async with running(config, clock=clock) as bot, asyncio.TaskGroup() as tasks:
            for line in await _welcome(bot, config):
                click.echo(line)
            channels = open_channels(config)
            talks = [
                tasks.create_task(_buyers(channels[name], bot.url, per_minute, seed), name=f"buyers of {name}")
                for name in TALKING
            ]
            await stop.wait()
            for talk in talks:
                talk.cancel()


def _new_shop(port: int, peers: str) -> Config:
    """The settings, in a folder of their own, and no database from before."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for former in FOLDER.glob("demo.db*"):
        former.unlink()
    file = FOLDER / "config.toml"
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    values = {"secret": secret, "hush": secrets.token_hex(16), "shop": SHOP}
    file.write_text(CONFIG.format(port=port, folder=FOLDER, peers=peers, **values), "utf-8")
    return load(file, {})


async def _welcome(bot: Running, config: Config) -> list[str]:
    password = f"demo-{secrets.token_hex(4)}"
    for name, role in STAFF:
        await _join(bot.database, name, role, password)
    who = "、".join(f"{name} ({role})" for name, role in STAFF)
    return [
        f"{config.shop.name} 已开张 / is open:  {bot.url}/console",
        f"账号 / accounts:  {who}",
        f"密码 / password:  {password}",
        f"聊天窗口 / chat window:  {bot.url}/chat/site",
        "都是假的：按 Ctrl-C 关门 / nothing of it is real: Ctrl-C closes it",
    ]


async def _join(database: Database, name: str, role: Role, password: str) -> None:
    clock = SystemClock()
    token = await invite_staff(database=database, clock=clock, by=None, role=role)
    joined = await accept_invite(
        database=database,
        hasher=Hasher(),
        clock=clock,
        token=token,
        name=name,
        password=password,
        shop_name=SHOP,
        visit=Visit(address="127.0.0.1", browser="xiaoer demo"),
    )
    if not isinstance(joined, LetIn):
        raise CannotStart(f"{name} could not be given an account: {joined}")


async def _buyers(channel: Channel, url: str, per_minute: float, seed: int) -> None:
    """Round after round of them, each with buyers of its own."""
    chance = random.Random(f"{seed} {channel.name}")  # noqa: S311 - repeatable, protects nothing
    while True:
        lines = from_manual(starter_manual(), buyers=min(BUYERS_A_ROUND, BUYERS_AT_MOST - 1), chance=chance)
        apart = 60 / per_minute
        turns = plan(lines, apart_seconds=apart, again_percent=TWICE_PERCENT, shuffled=False, chance=chance)
        await simulate_buyers(
            turns=turns,
            channel=channel,
            driver=load_driver(channel.platform),
            url=url,
            run=secrets.randbelow(RUNS),
            clock=SystemClock(),
            tell=lambda turn, answer: _asked(channel.name, turn, answer),
        )


def _asked(channel: str, turn: Turn, answer: str) -> None:
    click.echo(f"{channel:<9} {turn.name}：{turn.words}" + ("" if answer == "accepted" else f"  ({answer})"))


def _heard(channel: str, conversation: str, words: str) -> None:
    click.echo(f"{channel:<9} ↳ 买家{int(conversation[-3:])}：{' '.join(words.split())}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
