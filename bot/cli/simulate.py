"""`xiaoer simulate`: buyers who are not real, played against a running bot."""

from __future__ import annotations

import asyncio
import random
import secrets
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adapters.simulation import DRIVERS, load_driver
from adapters.simulation.contract import BUYERS_AT_MOST, RUNS, Asked
from bot.actions.knowledge.read_manual import read_manual
from bot.actions.simulate_buyers import simulate_buyers
from bot.cli import Trouble, examples
from bot.cli.shared.channels import all_channels
from bot.cli.shared.options import config_option, run, settings
from bot.clock import SystemClock
from bot.config import TRY_OUT_CHANNEL
from bot.domain.simulation import from_manual, plan, read_script
from bot.storage.engine.database import open_database
from bot.storage.engine.presence import is_there
from bot.storage.simulated import has_real_buyers
from bot.web.simulated_peers import serving_platform

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.actions.simulate_buyers import Played
    from bot.config import Config
    from bot.domain.channels.channel import Channel
    from bot.domain.simulation import Line, Turn

LOOPBACK = ("127.0.0.1", "::1", "localhost")
ASKS_WITHIN_SECONDS, ANSWERS_WITHIN_SECONDS, LOOK_EVERY_SECONDS = 60.0, 3.0, 0.1
ASKED = (
    "{platform} is asked for its messages by the bot: to play it, set api_url of {name} to a free address of this "
    'machine such as "http://127.0.0.1:8090", with allow_private_api_url = true, and start the bot with that'
)
USUAL_BUYERS, USUAL_PER_MINUTE = 20, 60.0
MIXED = (
    "real buyers have written to this shop, and simulated ones would count among them: take settings that name a "
    "database of their own, or add --beside-real-buyers (ids of simulated buyers begin with simulated- or with 9000)"
)


@click.command(
    "simulate",
    epilog=examples(
        "xiaoer simulate --channel my-shop",
        "xiaoer simulate --platform telegram --buyers 200 --per-minute 600 --again 10 --shuffled",
        "xiaoer simulate --channel my-shop --script talk.txt",
    ),
)
@click.option("--channel", "name", metavar="NAME", help="The channel that they write to.")
@click.option("--platform", type=click.Choice(sorted(DRIVERS)), help="Instead: the first channel of this platform.")
@click.option(
    "--script",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help='What they say: lines like "小王: 在吗" and "wait 30". Without it, questions of the manual.',
)
@click.option(
    "--buyers",
    type=click.IntRange(1, BUYERS_AT_MOST - 1),
    default=USUAL_BUYERS,
    show_default=True,
    help="How many, without a script.",
)
@click.option(
    "--per-minute",
    type=click.FloatRange(min=0),
    default=USUAL_PER_MINUTE,
    show_default=True,
    help="How many messages a minute, all buyers together; 0 is as fast as it goes.",
)
@click.option("--again", type=click.FloatRange(0, 100), default=0.0, help="How many of 100 are delivered twice.")
@click.option("--shuffled", is_flag=True, help="Deliver neighbours out of their order.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same buyers.")
@click.option("--url", default="", metavar="URL", help="Where the bot listens [default: by the settings].")
@click.option("--beside-real-buyers", is_flag=True, help="Play although real buyers write to this shop.")
@config_option
def command(
    *,
    name: str | None,
    platform: str | None,
    script: Path | None,
    buyers: int,
    per_minute: float,
    again: float,
    shuffled: bool,
    seed: int,
    url: str,
    beside_real_buyers: bool,
    config_file: Path | None,
) -> None:
    """Play buyers against a running bot, in the wire form of their platform and signed with the channel's secrets.

    Each delivery is printed with what the door answered; in the end how many there were of each, and how long
    it took. Ends with exit code 1 when any was refused.
    """
    config = settings(config_file)
    channel = _channel(config, name, platform)
    if not beside_real_buyers and is_there(config.database.url) and run(_has_real_buyers(config)):
        raise Trouble(MIXED)
    chance = random.Random(seed)  # noqa: S311 - repeatable, protects nothing
    turns = plan(
        _lines(config, script, buyers, chance),
        apart_seconds=60 / per_minute if per_minute else 0.0,
        again_percent=again,
        shuffled=shuffled,
        chance=chance,
    )
    driver = load_driver(channel.platform)
    playing = partial(
        simulate_buyers,
        turns=turns,
        channel=channel,
        driver=driver,
        url=url.rstrip("/") or f"http://{config.server.host}:{config.server.port}",
        run=secrets.randbelow(RUNS),
        clock=SystemClock(),
        tell=_tell,
    )
    played = run(_beside_its_server(channel, driver, playing) if isinstance(driver, Asked) else playing())
    click.echo(_summary(played))
    if set(played.answers) - {"accepted", "duplicate"}:
        raise Trouble("not all was taken; the log of the bot says why")


async def _beside_its_server(channel: Channel, driver: Asked, playing: Callable[[], Awaitable[Played]]) -> Played:
    """Play while the bot can ask for what buyers say, and answer, at the address that the channel's settings name."""
    url = driver.address(channel.adapter)
    if url.scheme != "http" or url.host not in LOOPBACK:
        raise Trouble(ASKED.format(platform=channel.platform, name=channel.name))
    try:
        async with serving_platform(driver.answer, host=url.host, port=url.port or 80):
            played = await playing()
            await _until_heard_out(driver)
            return played
    except OSError as problem:
        raise Trouble(
            f"{url} cannot be listened at: {problem.strerror}; end what is there, or change api_url"
        ) from None


async def _until_heard_out(driver: Asked) -> None:
    """The bot asks as soon as it hears of news; its answers have a while to come."""
    with suppress(TimeoutError):
        async with asyncio.timeout(ASKS_WITHIN_SECONDS):
            while not driver.is_heard_out:  # noqa: ASYNC110 - the other side is another process
                await asyncio.sleep(LOOK_EVERY_SECONDS)
            await asyncio.sleep(ANSWERS_WITHIN_SECONDS)
    if not driver.is_heard_out:
        raise Trouble("the bot did not ask for what buyers said; its log says why")


def _channel(config: Config, name: str | None, platform: str | None) -> Channel:
    channels = {each: channel for each, channel in all_channels(config).items() if each != TRY_OUT_CHANNEL}
    found = [each for each in channels.values() if each.name == name or (name is None and each.platform == platform)]
    if not found:
        known = ", ".join(f"{each.name} ({each.platform})" for each in channels.values()) or "none"
        raise Trouble(f"name a channel of the settings or the console by --channel or --platform; there are: {known}")
    if found[0].platform not in DRIVERS:
        raise Trouble(f"{found[0].platform} cannot be played yet; there are: {', '.join(sorted(DRIVERS))}")
    return found[0]


def _lines(config: Config, script: Path | None, buyers: int, chance: random.Random) -> tuple[Line, ...]:
    if script is None:
        return from_manual(run(read_manual(database_url=config.database.url)).manual, buyers=buyers, chance=chance)
    try:
        return read_script(script.read_text("utf-8-sig"))
    except (UnicodeDecodeError, ValueError) as problem:
        raise Trouble(f"{script}: {problem}") from problem


async def _has_real_buyers(config: Config) -> bool:
    async with open_database(config.database.url) as database:
        return await database.read(has_real_buyers)


def _tell(turn: Turn, answer: str) -> None:
    again = " (again)" if turn.is_again else ""
    click.echo(f"{turn.name}: {turn.words}{again}  → {answer}")


def _summary(played: Played) -> str:
    took = sorted(played.took_seconds)
    counted = ", ".join(f"{count} {answer}" for answer, count in played.answers.most_common())
    if not took:
        return "Nobody said anything."
    middle, slow = took[len(took) // 2], took[min(len(took) - 1, len(took) * 99 // 100)]
    return f"{counted}; half were taken within {middle * 1000:.0f} ms, 99 of 100 within {slow * 1000:.0f} ms"
