from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.metrics import Metrics
from bot.storage.engine.database import open_database
from bot.web.platform.health import Health, Pulse, health_routes
from bot.web.shared.doors import Doors
from tests.fakes import FakeClock
from tests.small_manual import NONSENSE

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp.pytest_plugin import AiohttpClient

    from tests.shop import Shop

NAMES = (
    "xiaoer_messages_accepted_total",
    "xiaoer_duplicates_refused_total",
    "xiaoer_decisions_total",
    "xiaoer_sends_total",
    "xiaoer_lease_steals_total",
    "xiaoer_first_answer_seconds_bucket",
    "xiaoer_oldest_unanswered_seconds",
    "xiaoer_oldest_queued_seconds",
    "xiaoer_unknown_sends",
    "xiaoer_loop_lag_seconds",
)


async def test_a_bot_at_work_is_alive_and_ready(shop: Shop) -> None:
    assert await shop.asks("/livez") == (200, "ok\n")
    assert await shop.asks("/readyz") == (200, "ready\nmatcher: quick, until the refined one is fitted\n")


async def test_until_it_is_ready_it_says_what_is_missing(tmp_path: Path, aiohttp_client: AiohttpClient) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'empty.db'}") as database:
        missing = ["starting"]
        health = Health(
            pulse=Pulse(database=database, node="n", clock=FakeClock()),
            metrics=Metrics(),
            doors=Doors(),
            not_ready=lambda: missing[0],
        )
        app = web.Application()
        app.add_routes(health_routes(health))
        browser = await aiohttp_client(app)
        starting = await browser.get("/readyz")
        assert (starting.status, await starting.text()) == (503, "starting\n")
        assert (await browser.get("/livez")).status == 200


async def test_beside_the_word_it_tells_what_people_want_to_know(tmp_path: Path, aiohttp_client: AiohttpClient) -> None:
    facts = {"matcher": lambda: "quick", "channel tea": lambda: ""}
    async with open_database(f"sqlite:///{tmp_path / 'empty.db'}") as database:
        health = Health(
            pulse=Pulse(database=database, node="n", clock=FakeClock()),
            metrics=Metrics(),
            doors=Doors(),
            not_ready=lambda: "starting",
            facts=facts,
        )
        app = web.Application()
        app.add_routes(health_routes(health))
        browser = await aiohttp_client(app)
        assert await (await browser.get("/readyz")).text() == "starting\nmatcher: quick\n"
        stranger = await browser.get("/readyz", headers={"X-Forwarded-For": "203.0.113.9"})
        assert (stranger.status, await stranger.text()) == (503, "not ready\n")


@pytest.mark.parametrize(
    ("doors", "headers", "sees"),
    [
        (Doors(), {}, True),
        (Doors(), {"X-Forwarded-For": "203.0.113.9"}, False),
        (Doors(listens_here_only=False), {}, False),
        (Doors(metrics_token="open"), {}, False),
        (Doors(metrics_token="open"), {"Authorization": "Bearer shut"}, False),
        (Doors(metrics_token="open", listens_here_only=False), {"Authorization": "Bearer open"}, True),
        (Doors(metrics_token="open"), {"Authorization": "bearer open", "Host": "bot.example", "Via": "1.1 x"}, True),
        (Doors(listens_here_only=False), {"Authorization": "Bearer "}, False),
    ],
)
async def test_figures_are_for_who_runs_the_shop(
    tmp_path: Path, aiohttp_client: AiohttpClient, doors: Doors, headers: dict[str, str], *, sees: bool
) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'empty.db'}") as database:
        health = Health(
            pulse=Pulse(database=database, node="n", clock=FakeClock()),
            metrics=Metrics(),
            doors=doors,
            not_ready=lambda: "starting",
        )
        app = web.Application()
        app.add_routes(health_routes(health))
        browser = await aiohttp_client(app)
        shown = await browser.get("/metrics", headers=headers)
        assert shown.status == (200 if sees else 403)
        assert await (await browser.get("/readyz", headers=headers)).text() == ("starting\n" if sees else "not ready\n")


async def test_figures_are_shown_as_prometheus_reads_them(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货", message_id="m-1")
    await shop.delivers("什么时候发货", message_id="m-1")
    await shop.buyer_says(NONSENSE)
    await shop.runs_jobs()
    status, metrics = await shop.asks("/metrics")
    assert status == 200
    for name in NAMES:
        assert f"\n{name}" in metrics, name
    assert "xiaoer_messages_accepted_total 2.0" in metrics
    assert "xiaoer_duplicates_refused_total 1.0" in metrics


async def test_the_oldest_reply_that_waits_is_measured(shop: Shop) -> None:
    shop.platform.from_now_on(503)
    await shop.buyer_says("什么时候发货")
    shop.clock.advance(minutes=2)
    await shop.bot.jobs["figures"].work()
    _, metrics = await shop.asks("/metrics")
    assert "xiaoer_oldest_queued_seconds 120.0" in metrics
    assert "xiaoer_oldest_unanswered_seconds 0.0" in metrics


async def test_however_many_ask_whether_it_is_ready_it_is_tried_once_a_second(shop: Shop) -> None:
    if shop.url.startswith("sqlite"):
        await shop.change("CREATE TABLE beats (at)")
        await shop.change(
            "CREATE TRIGGER count AFTER UPDATE ON pulse BEGIN INSERT INTO beats VALUES (new.beat_at); END"
        )
    else:
        await shop.change("CREATE TABLE beats (at bigint)")
        await shop.change(COUNT_BEATS)
        await shop.change("CREATE TRIGGER count AFTER UPDATE ON pulse FOR EACH ROW EXECUTE FUNCTION count_beats()")
    await shop.time_passes(seconds=1)
    await shop.asks("/readyz")
    await shop.time_passes(seconds=1)
    before = len(await shop.rows("SELECT at FROM beats"))
    assert {status for status, _ in await asyncio.gather(*(shop.asks("/readyz") for _ in range(20)))} == {200}
    assert len(await shop.rows("SELECT at FROM beats")) == before + 1
    await shop.time_passes(seconds=1)
    await shop.asks("/readyz")
    assert len(await shop.rows("SELECT at FROM beats")) == before + 2


COUNT_BEATS = """
CREATE FUNCTION count_beats() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO beats VALUES (new.beat_at); RETURN new; END $$
"""
