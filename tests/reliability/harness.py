"""Runs the fake platform, the buyers and the program that is killed under them, and lets the judge speak.

A real-time program: it waits for real processes, with deadlines. Run it by `kill.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import text

from bot.clock import SystemClock
from bot.storage.engine.database import open_database
from tests.fakes import FakePlatform
from tests.own_starter import own_starter
from tests.postgres import Postgres
from tests.reliability.judge import Verdict, judge
from tests.reliability.lives import UNHARMED, Doom, Node, free_port
from tests.reliability.traffic import CHANNEL, Gate, Street, plan_faults, plan_visits
from tests.reliability.victim import ANY_MOMENT, FAIL_POINTS, PLANTS
from tests.shop import stock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection

LONGEST_LIFE_SECONDS = 3.0
CALM_AFTER_KILLS = 4
CALM_WITHIN_SECONDS = 15
BUSY_ANSWERS = 3
QUIET_SECONDS = 1.5
LOOK_EVERY_SECONDS = 0.1
LEASE_MS = 2_000
FROZEN_SECONDS = LEASE_MS / 1000 + 5
FAULTY = 0.10
PLATFORM_AWAY = "channel cannot deliver"
"""What is rightly said of a platform that leaves a request without an answer, as this one does on purpose."""
STORAGE_DOWN = "storage is down"
"""What is rightly said by a node that was frozen: the server ends its transactions meanwhile, so that others go on."""
SHARED = 4
"""Where two nodes share the work, so many times fewer passages of a point are reached in one life."""
SETTLED = {"inbox": {"done"}, "outbox": {"sent"}, "invite": {"sent", "skipped"}}
"""The states in which every row must end here: all is sure, nobody takes over, and an invite comes once a day."""

CONFIG = """
[server]
port = {port}
[database]
url = "{database}"
[hours]
country = ""
every_day = ["00:00-24:00"]
[invites]
delay_minutes = 0
hours = "00:00-24:00"
[[channels]]
name = "{channel}"
platform = "webhook"
secret = "{secret}"
reply_url = "{reply_url}"
allow_private_reply_url = true
"""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What to do. `freezes` is how often a second node on the same database is frozen beyond its lease."""

    messages: int
    kills: int
    seed: int = 1
    database: str = "sqlite"
    plant: str | None = None
    points: tuple[str, ...] = tuple(FAIL_POINTS)
    freezes: int = 0
    keep: Path | None = None
    patience_seconds: float = 60.0


@dataclass(frozen=True, kw_only=True)
class Report:
    """The verdict and what stood behind it; `deaths` counts where lives ended."""

    verdict: Verdict
    deaths: Mapping[str, int]
    figures: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything that one trial goes on in."""

    trial: Trial
    chance: random.Random
    gate: Gate
    street: Street
    traffic: asyncio.Task[None]
    database_url: str


async def hold(trial: Trial, folder: Path, database_url: str) -> Report:
    """One whole trial. Leaves logs and the database in the folder."""
    chance = random.Random(trial.seed)  # noqa: S311 - repeatable, protects nothing
    manual = own_starter()
    await stock(database_url, manual)
    visits = plan_visits(manual, trial.messages, chance)
    gate = Gate(messages=trial.messages, kills=trial.kills)
    began = time.perf_counter()
    async with FakePlatform(clock=SystemClock()) as platform:
        platform.next_answers(*plan_faults(trial.messages * 6, FAULTY, chance))
        nodes = [_node(number, trial, folder, database_url, platform) for number in range(2 if trial.freezes else 1)]
        street = Street(
            platform=platform,
            urls=[node.url for node in nodes],
            visits=visits,
            gate=gate,
            chance=chance,
            patience_seconds=trial.patience_seconds,
        )
        async with asyncio.TaskGroup() as tasks:
            traffic = tasks.create_task(street.run(), name="buyers")
            scene = Scene(
                trial=trial, chance=chance, gate=gate, street=street, traffic=traffic, database_url=database_url
            )
            tasks.create_task(_die_often(nodes[0], scene), name="the killed node")
            for node in nodes[1:]:
                tasks.create_task(_freeze_often(node, scene), name="the frozen node")
        rows, unknown = await _look_into(database_url)
        troubles = [
            *platform.rejected,
            *_troubles(nodes[0]),
            *itertools.chain(*(_troubles(node, STORAGE_DOWN) for node in nodes[1:])),
        ]
        verdict = judge(
            deliveries=street.deliveries, received=platform.ledger, rows=rows, unknown=unknown, troubles=troubles
        )
        figures = {
            "seconds": round(time.perf_counter() - began, 1),
            "messages": trial.messages,
            "events": len(street.deliveries),
            "redeliveries": street.redeliveries,
            "kills": sum(nodes[0].deaths.values()),
            "killed at": dict(nodes[0].deaths.most_common()),
            "freezes": trial.freezes,
            "requests to the platform": len(platform.ledger),
            "faulty answers": sum(not each.reaction.startswith("2") for each in platform.ledger),
            "repeats dropped": sum(each.repeat for each in platform.ledger),
            "seed": trial.seed,
        }
    return Report(verdict=verdict, deaths=nodes[0].deaths, figures=figures)


async def _die_often(node: Node, scene: Scene) -> None:
    """So many lives that end at fail points, then one that lasts until all is settled."""
    async with node:
        for number, doom in enumerate(_dooms(scene.trial, scene.chance), 1):
            await node.live_and_die(doom)
            if number % CALM_AFTER_KILLS == 0 and scene.trial.plant is None:
                async with node.alive(UNHARMED):
                    await _find_calm(node, doom, scene)
            scene.gate.count_kill()
        async with node.alive(UNHARMED) as life:
            await _settle(scene)
            await node.stop(life)


async def _find_calm(node: Node, doom: Doom, scene: Scene) -> None:
    """A life without harm puts all right that the deaths before it have left, and soon, not at the next start."""
    patience_seconds = min(CALM_WITHIN_SECONDS, scene.trial.patience_seconds)
    if not await scene.street.hears_all(at_most_seconds=patience_seconds):
        silent = ", ".join(scene.street.unheard())
        node.troubles.append(f"{patience_seconds:g} s after a death at {doom.point!r} nobody has answered {silent}")


async def _freeze_often(node: Node, scene: Scene) -> None:
    """One life of a second node, which is stopped in mid-step beyond its lease and goes on as if nothing happened."""
    async with node, node.alive(UNHARMED) as life:
        for _ in range(scene.trial.freezes):
            await scene.street.ear.hears_more(BUSY_ANSWERS, at_most_seconds=CALM_WITHIN_SECONDS)
            await node.freeze(life, seconds=FROZEN_SECONDS)
        await _settle(scene)
        await node.stop(life)


async def _settle(scene: Scene) -> None:
    """Wait until every buyer has heard all that is due and the program knows it, and a little for what is too much.

    A reply whose receipt was lost waits to be sent once more although the buyer has it.
    """
    await asyncio.wait([scene.traffic])
    with suppress(TimeoutError):
        async with asyncio.timeout(scene.trial.patience_seconds):
            await scene.street.hears_all(at_most_seconds=scene.trial.patience_seconds)
            rows, _ = await _look_into(scene.database_url)
            while rows:
                await asyncio.sleep(LOOK_EVERY_SECONDS)
                rows, _ = await _look_into(scene.database_url)
    await asyncio.sleep(QUIET_SECONDS)


def _dooms(trial: Trial, chance: random.Random) -> Iterator[Doom]:
    """Every point in its turn, early or late in the life."""
    for point in itertools.islice(itertools.cycle(trial.points), trial.kills):
        yield Doom(
            point=point,
            passage=chance.randint(1, max(1, FAIL_POINTS[point] // (SHARED if trial.freezes else 1))),
            at_most_seconds=chance.random() * LONGEST_LIFE_SECONDS if point == ANY_MOMENT else LONGEST_LIFE_SECONDS,
        )


def _node(number: int, trial: Trial, folder: Path, database_url: str, platform: FakePlatform) -> Node:
    port = free_port()
    config = folder / f"node-{number}.toml"
    config.write_text(
        CONFIG.format(
            port=port,
            database=database_url,
            channel=CHANNEL,
            secret=platform.secret,
            reply_url=platform.reply_url,
        )
    )
    plant = ("--plant", trial.plant) if trial.plant else ()
    lease = ("--lease-ms", str(LEASE_MS)) if trial.database == "postgresql" else ()
    log = folder / f"node-{number}.log"
    return Node(config=config, url=f"http://127.0.0.1:{port}", log=log, options=(*plant, *lease))


def _troubles(node: Node, *rightly_said: str) -> Iterator[str]:
    """What the node itself complained of, beyond being killed and what it says rightly."""
    yield from node.troubles
    if not node.log.exists():
        return
    for line in node.log.read_text().splitlines():
        is_said_rightly = any(said in line for said in (PLATFORM_AWAY, *rightly_said))
        if ('"level":"error"' in line and not is_said_rightly) or line.startswith("Traceback"):
            yield f"{node.log.name}: {line[:400]}"


async def _look_into(database_url: str) -> tuple[dict[str, int], list[str]]:
    async with open_database(database_url) as database:
        return await database.read(_read_rows)


def _read_rows(connection: Connection) -> tuple[dict[str, int], list[str]]:
    """What the database holds in the end: rows that are not settled, and conversations of unknown outcomes.

    Where a person has taken over, the one who has to know leads already.
    """
    rows: dict[str, int] = {}
    for table, settled in SETTLED.items():
        counted = connection.execute(text(f"SELECT state, count(*) FROM {table} GROUP BY state"))  # noqa: S608 - ours
        rows |= {f"{table} rows {state}": count for state, count in counted if state not in settled}
    unknown = connection.execute(
        text(
            "SELECT DISTINCT external_id FROM conversation JOIN outbox ON outbox.conversation_id = conversation.id"
            " WHERE outbox.state = 'unknown' AND outbox.last_error <> 'a person took over'"
        )
    )
    return rows, list(unknown.scalars())


async def run(trial: Trial) -> Report:
    """One trial on a database of its own, in a folder that goes unless one was named."""
    with ExitStack() as kept:
        folder = trial.keep or Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="xiaoer-kill-")))
        folder.mkdir(parents=True, exist_ok=True)
        if trial.database == "postgresql":
            return await hold(trial, folder, kept.enter_context(Postgres()).url())
        return await hold(trial, folder, f"sqlite:///{folder}/shop.db")


def _read_arguments(arguments: Sequence[str]) -> Trial:
    parser = argparse.ArgumentParser(prog="kill.py", description="Kill the program under load; see who was wronged.")
    parser.add_argument("--messages", type=int, default=400)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--freezes", type=int, default=0, help="a second node (PostgreSQL) is frozen so many times")
    parser.add_argument("--keep", type=Path, help="a new folder for the database and the logs, to look at afterwards")
    parser.add_argument("--plant", choices=tuple(PLANTS), help="a bug that must be found")
    return Trial(**vars(parser.parse_args(arguments)))


def main(arguments: Sequence[str]) -> int:
    """Print the verdict, then the figures as one JSON line; 0 when nobody was wronged."""
    report = asyncio.run(run(_read_arguments(arguments)))
    sys.stdout.write(f"{report.verdict}\n{orjson.dumps(report.figures).decode()}\n")
    return 0 if report.verdict.clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
