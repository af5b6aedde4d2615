"""The `shop` fixture: a whole bot on a scratch database, SQLite and PostgreSQL in turn, with fakes only outside it."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import itertools
import os
import shutil
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from aiohttp.web_app import _cached_build_middleware
from hypothesis import HealthCheck, settings

from knowledge.base import KnowledgeBase
from knowledge.fitting import shipped_fit
from tests.databases import DATABASES
from tests.fakes import FakeClock, FakePlatform
from tests.own_starter import own_starter
from tests.postgres import Postgres
from tests.shop import Settings, Shop, stock
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterator
    from pathlib import Path

_numbers = itertools.count(1)

settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")


class OpenShop(Protocol):
    """`await open_shop(hours={...}, mode="cover")`: a shop with settings of its own, closed after the test."""

    async def __call__(self, **settings: Any) -> Shop: ...


def pytest_collection_finish() -> None:
    """What was imported for the tests stays: it is not looked through again each time a shop is cleared away."""
    gc.collect()
    gc.freeze()


def pytest_runtest_logfinish() -> None:
    """Let go of the bots of this test: aiohttp remembers handlers of a thousand routes, and these their whole bot."""
    _cached_build_middleware.cache_clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make captured text fit for the wire: one lone surrogate in it stops a worker and the whole run with it."""
    report = yield
    report.sections = [(name, text.encode(errors="backslashreplace").decode()) for name, text in report.sections]
    return report


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for all tests of this process."""
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def stocked_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database, up to date and with the small manual, to be copied."""
    path = tmp_path_factory.mktemp("stocked") / "shop.db"
    asyncio.run(stock(f"sqlite:///{path}", small_manual()))
    return path


@pytest.fixture(scope="session")
def stocked_template(postgres: Postgres) -> str:
    """The same as a PostgreSQL template."""
    asyncio.run(postgres.run("CREATE DATABASE stocked"))
    asyncio.run(stock(postgres.url("stocked"), small_manual()))
    return "stocked"


@pytest.fixture(scope="session")
def refined(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """The starter manual with the better matcher, as it ships.

    While the shipped fit is out of date, a fresh one takes its place: the processes of one run share it.
    """
    quick = KnowledgeBase.build(revision=1, manual=own_starter())
    shipped = shipped_fit(quick.fit_key)
    if shipped is not None:
        return quick.with_fit(shipped)
    own = tmp_path_factory.getbasetemp()
    fresh = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "fit"
    with fresh.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not fresh.exists():
            fresh.write_bytes(quick.fitted())
    return quick.with_fit(fresh.read_bytes())


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of this test's own, up to date and stocked: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("stocked_file"), tmp_path / "shop.db")
        yield f"sqlite:///{tmp_path / 'shop.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    template, name = request.getfixturevalue("stocked_template"), f"shop_{next(_numbers)}"
    asyncio.run(server.run(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield server.url(name)
    asyncio.run(server.run(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def open_shop(database_url: str, clock: FakeClock) -> AsyncIterator[OpenShop]:
    """Open a shop with settings of its own."""
    async with AsyncExitStack() as stack:

        async def opening(**settings: Any) -> Shop:
            platform = await stack.enter_async_context(FakePlatform(clock=clock))
            shop = Shop(url=database_url, clock=clock, platform=platform, settings=Settings.make(**settings))
            return await stack.enter_async_context(shop)

        yield opening


@pytest.fixture
async def shop(open_shop: OpenShop) -> Shop:
    """A shop as it comes: open from 9 to 21 in Shanghai, on a Sunday morning, with one webhook channel."""
    return await open_shop()


@pytest.fixture
async def patient_shop(open_shop: OpenShop) -> Shop:
    """A shop that waits up to four seconds for the rest of a question, as it comes."""
    return await open_shop(conversation={"patience_seconds": 4})
