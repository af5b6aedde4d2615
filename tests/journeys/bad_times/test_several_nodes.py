"""Two processes on one PostgreSQL database: one may die or freeze, and nothing is lost, doubled or out of order."""

from __future__ import annotations

import asyncio
import re
import signal
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientError, ClientSession

from bot.clock import SystemClock
from bot.config import Config
from bot.domain.delivering.picture_addresses import addresses
from bot.errors import AlreadyRunning
from bot.storage.answering.pictures import Picture, keep, new_name
from bot.storage.channels import picture_keys
from bot.storage.engine.database import open_database
from bot.web.shared.signed_in import COOKIE
from tests.console import Visitor
from tests.fakes import FakePlatform
from tests.nodes import two_nodes
from tests.people import joins

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from tests.console import Shown
    from tests.fakes import Answered
    from tests.nodes import Node
    from tests.postgres import Postgres

QUESTIONS = ("什么时候发货", "发什么快递", "新疆包邮吗")
ANSWERS = ["下单后48小时内发货。", "默认发中通。", "新疆满199元包邮。"]
NEW_WEBHOOK, COFFEE = "/console/settings/new-webhook", "/console/settings/channels/coffee"
HEARD_WITHIN_SECONDS = 10
BUYERS = [f"c-{n}" for n in range(30)]


@pytest.fixture
async def platform() -> AsyncIterator[FakePlatform]:
    async with FakePlatform(clock=SystemClock()) as fake:
        yield fake


@pytest.fixture
async def nodes(postgres: Postgres, stocked_template: str, platform: FakePlatform) -> AsyncIterator[tuple[Node, Node]]:
    await postgres.run(f"CREATE DATABASE nodes TEMPLATE {stocked_template}")
    async with two_nodes(postgres.url("nodes"), platform.reply_url) as both:
        yield both
    await postgres.run("DROP DATABASE nodes WITH (FORCE)")


async def _story(
    platform: FakePlatform, buyer: str, post: Callable[[Callable[[], Awaitable[Answered]]], Awaitable[None]]
) -> None:
    """One buyer asks these questions one after the other, each delivered until somebody has taken it."""
    for number, words in enumerate(QUESTIONS):

        def deliver(words: str = words, number: int = number) -> Awaitable[Answered]:
            return platform.buyer_says(words, conversation=buyer, buyer=buyer, message_id=f"{buyer}-{number}")

        await post(deliver)


async def _ask_all(platform: FakePlatform, nodes: tuple[Node, Node], at_half: Callable[[], None]) -> None:
    """All buyers at once, spread over the nodes; when half of the deliveries are made, something happens."""
    made = 0
    alive = list(nodes)

    async def post(deliver: Callable[[], Awaitable[Answered]]) -> None:
        nonlocal made
        made += 1
        if made == len(BUYERS) * len(QUESTIONS) // 2:
            at_half()
            alive.remove(nodes[0])
        while True:
            platform.webhook_url = f"{alive[made % len(alive)].url}/webhooks/tea"
            try:
                async with asyncio.timeout(2):
                    answered = await deliver()
            except (ClientError, TimeoutError):
                continue  # the platform tries again
            if answered.status in {200, 202}:
                return

    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        for buyer in BUYERS:
            tasks.create_task(_story(platform, buyer, post))


async def _all_answered(platform: FakePlatform) -> None:
    await platform.until(lambda: all(len(platform.heard(buyer)) >= 4 for buyer in BUYERS), within_seconds=40)
    for buyer in BUYERS:
        assert platform.heard(buyer)[1:] == ANSWERS, buyer
        assert [each.kind for each in platform.replies(buyer)] == ["welcome", "answer", "answer", "answer"]


async def test_one_node_dies_and_the_other_takes_over(nodes: tuple[Node, Node], platform: FakePlatform) -> None:
    await _ask_all(platform, nodes, at_half=lambda: nodes[0].sends(signal.SIGKILL))
    await _all_answered(platform)


async def test_one_node_freezes_beyond_its_lease_and_wakes_again(
    nodes: tuple[Node, Node], platform: FakePlatform
) -> None:
    await _ask_all(platform, nodes, at_half=lambda: nodes[0].sends(signal.SIGSTOP))
    await _all_answered(platform)
    heard = {buyer: platform.heard(buyer) for buyer in BUYERS}
    nodes[0].sends(signal.SIGCONT)
    platform.webhook_url = f"{nodes[0].url}/webhooks/tea"
    await platform.buyer_says("什么时候发货", conversation="c-late", buyer="c-late")
    await platform.hears(2, "c-late", within_seconds=20)
    assert {buyer: platform.heard(buyer) for buyer in BUYERS} == heard


async def test_what_one_node_does_the_other_one_hears_of(nodes: tuple[Node, Node], platform: FakePlatform) -> None:
    for number, node in enumerate((*nodes, *nodes)):
        platform.webhook_url = f"{node.url}/webhooks/tea"
        answered = await platform.buyer_says("什么时候发货", conversation=f"c-{number}", buyer=f"b-{number}")
        assert answered.status == 202
        await platform.hears(2, f"c-{number}")


async def test_a_picture_that_one_node_sends_is_fetched_from_any(nodes: tuple[Node, Node], postgres: Postgres) -> None:
    now, picture = SystemClock().now(), Picture(name=new_name(), mime="image/png", width=1, height=1, body=b"\x89PNG")
    async with open_database(postgres.url("nodes")) as database:
        await database.write(keep, picture, channel="tea", external_id="c-1", staff_id=1, at=now)
        key, same = [await database.write(picture_keys.make, "tea") for _ in nodes]
    assert key == same
    shown = addresses("", picture.name, key=key, since=now, within=timedelta(minutes=5))
    async with ClientSession() as platform:
        for node in nodes:
            for path, status in ((shown.whole, 200), (shown.preview, 200), (f"{shown.whole}x", 404)):
                async with platform.get(node.url + path) as answer:
                    assert answer.status == status


async def test_a_duplicate_at_the_other_node_is_a_duplicate(nodes: tuple[Node, Node], platform: FakePlatform) -> None:
    answered = []
    for node in nodes:
        platform.webhook_url = f"{node.url}/webhooks/tea"
        answered.append(await platform.buyer_says("什么时候发货", message_id="m-1"))
    assert [each.status for each in answered] == [202, 200]
    await platform.hears(2)


async def test_a_channel_that_is_made_changed_and_removed_on_one_node_is_so_on_the_other(
    nodes: tuple[Node, Node], platform: FakePlatform, postgres: Postgres
) -> None:
    async with open_database(postgres.url("nodes")) as database:
        person = await joins(database, "owner", clock=SystemClock())
    async with Visitor(nodes[0].url) as here, Visitor(nodes[1].url) as there:
        for owner in (here, there):
            owner.has_cookie(COOKIE, person.token)
        form = await here.goes_to(NEW_WEBHOOK)
        page = await here.sends(NEW_WEBHOOK, form, name="coffee", reply_url=platform.reply_url, private="on")
        platform.knows(_secret_on(page))
        platform.webhook_url = f"{nodes[1].url}/webhooks/coffee"
        assert (await platform.buyer_says(QUESTIONS[0], conversation="c-1")).status == 202
        assert (await platform.hears(2, "c-1", within_seconds=20))[1] == ANSWERS[0]

        changed = await there.sends(f"{COFFEE}/secret", await there.goes_to(COFFEE), former="over")
        platform.webhook_url = f"{nodes[0].url}/webhooks/coffee"
        await _until_refused(platform, 401)
        platform.knows(_secret_on(changed))
        assert (await platform.buyer_says(QUESTIONS[1], conversation="c-1")).status == 202

        assert (await here.sends(f"{COFFEE}/remove", await here.goes_to(COFFEE))).status == 200
        platform.webhook_url = f"{nodes[1].url}/webhooks/coffee"
        await _until_refused(platform, 404)


async def _until_refused(platform: FakePlatform, status: int) -> None:
    async with asyncio.timeout(HEARD_WITHIN_SECONDS):
        while (await platform.buyer_says("在吗", conversation="c-2")).status != status:
            pass


def _secret_on(page: Shown) -> str:
    (found,) = re.findall(r"whsec_[A-Za-z0-9+/]+=*", unescape(page.text))
    return str(found)


async def test_sqlite_refuses_a_second_process_in_words(tmp_path: Path) -> None:
    url = Config.model_validate({"database": {"url": f"sqlite:///{tmp_path / 'shop.db'}"}}).database.url
    async with open_database(url, exclusive=True):
        with pytest.raises(AlreadyRunning, match="use PostgreSQL to run several"):
            async with open_database(url, exclusive=True):
                pass
        async with open_database(url):  # looking is allowed
            pass
