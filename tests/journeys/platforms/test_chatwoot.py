"""A shop behind Chatwoot: its inboxes' buyers are answered, handed over with a note, left to a person who speaks."""

from __future__ import annotations

import hashlib
import hmac
import itertools
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import ClientSession
from sqlalchemy import text

from bot.app import running
from bot.config import Config
from bot.live import Bell
from tests.alert_peers import FakeRobots
from tests.databases import on_sqlite
from tests.recorder import Reaction, Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from sqlalchemy.engine import Connection

    from bot.app import Running
    from tests.fakes import FakeClock

PAYLOADS = Path(__file__).parents[2] / "adapters/chatwoot/payloads"
SECRET, TALK = "of-the-bots-page", "/api/v1/accounts/1/conversations/9"


class Chatwoot:
    """The verbs of these stories: what Chatwoot delivers, and what it was asked to do."""

    def __init__(self, bot: Running, recorder: Recorder, session: ClientSession, clock: FakeClock) -> None:
        self.bot = bot
        self.recorder = recorder
        self._session = session
        self._clock = clock
        self._numbers = itertools.count(1001)

    async def delivers(self, name: str, **changed: object) -> None:
        """Sign and post one of the recorded events, with an id of its own."""
        event = orjson.loads((PAYLOADS / f"{name}.json").read_bytes()) | changed
        if event["event"] == "message_created":
            event |= {"id": next(self._numbers), "created_at": self._clock.now().isoformat()}
        body, at = orjson.dumps(event), str(int(self._clock.now().timestamp()))
        digest = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"X-Chatwoot-Timestamp": at, "X-Chatwoot-Signature": f"sha256={digest}"}
        async with self._session.post(f"{self.bot.url}/webhooks/cw", data=body, headers=headers) as answer:
            assert answer.status in {200, 202}, await answer.text()

    async def until(self, true: Callable[[Chatwoot], bool]) -> None:
        bell = Bell()
        for _ in range(500):
            if true(self):
                return
            await bell.wait(at_most_seconds=0.01)
        raise AssertionError([(call.path, call.json) for call in self.recorder.calls])

    @property
    def said(self) -> list[str]:
        """What buyers have read."""
        return [call.json["content"] for call in self.recorder.to(f"{TALK}/messages") if not call.json["private"]]

    @property
    def notes(self) -> list[str]:
        """What only agents have read."""
        return [call.json["content"] for call in self.recorder.to(f"{TALK}/messages") if call.json["private"]]

    @property
    def statuses(self) -> list[str]:
        return [call.json["status"] for call in self.recorder.to(f"{TALK}/toggle_status")]

    async def rows(self, query: str) -> list[Any]:
        return await self.bot.database.read(_rows, query)


def _rows(connection: Connection, query: str) -> list[Any]:
    return list(connection.execute(text(query)).all())


@asynccontextmanager
async def open_chatwoot(
    database_url: str, clock: FakeClock, alerts: tuple[Mapping[str, object], ...] = (), **settings: object
) -> AsyncIterator[Chatwoot]:
    with Recorder(usually={"id": 55}) as recorder:
        own = {"api_url": recorder.url, "allow_private_api_url": True, "account_id": 1, "access_token": "bot-example"}
        channel = {"name": "cw", "platform": "chatwoot", "settings": own | {"webhook_secret": SECRET, **settings}}
        config = Config.model_validate(
            {
                "server": {"port": 0},
                "database": {"url": database_url},
                "conversation": {"patience_seconds": 0},
                "channels": [channel],
                "alerts": alerts,
            }
        )
        async with running(config, clock=clock, tick=False) as bot, ClientSession() as session:
            yield Chatwoot(bot, recorder, session, clock)


@on_sqlite
async def test_a_buyer_is_answered_handed_over_and_left_to_the_person_who_speaks(
    database_url: str, clock: FakeClock
) -> None:
    async with open_chatwoot(database_url, clock) as chatwoot:
        await chatwoot.delivers("buyer_text")
        await chatwoot.until(lambda it: len(it.said) == 2)
        assert "48小时内发货" in chatwoot.said[1]
        await chatwoot.delivers("bot_text")
        await chatwoot.delivers("buyer_text", content="转人工")
        await chatwoot.until(lambda it: it.statuses == ["open"] and len(it.notes) == 1)
        assert chatwoot.notes[0].endswith("转人工")
        await chatwoot.until(lambda it: len(it.said) == 3)
        await chatwoot.delivers("agent_text")
        await chatwoot.delivers("buyer_text")
        [talk] = await chatwoot.rows("SELECT mode FROM conversation")
        assert talk.mode == "human"
        await chatwoot.delivers("resolved")
        bell = Bell()
        while (await chatwoot.rows("SELECT mode FROM conversation"))[0].mode != "closed":
            await bell.wait(at_most_seconds=0.01)
        assert len(chatwoot.said) == 3


@on_sqlite
async def test_a_mark_in_chatwoots_own_survey_is_kept(database_url: str, clock: FakeClock) -> None:
    async with open_chatwoot(database_url, clock, survey="chatwoot") as chatwoot:
        await chatwoot.delivers("buyer_text")
        await chatwoot.until(lambda it: len(it.said) == 2)
        await chatwoot.delivers("survey_answered")
        await chatwoot.delivers("survey_answered")
        bell, query = Bell(), "SELECT score, comment, source FROM rating"
        while not (found := await chatwoot.rows(query)):
            await bell.wait(at_most_seconds=0.01)
        assert found == [(2, "等太久", "platform")]


@on_sqlite
async def test_people_are_told_of_a_reply_of_which_nobody_knows(database_url: str, clock: FakeClock) -> None:
    async with FakeRobots() as robots:
        table = {"name": "desk", "kind": "slack", "settings": robots.settings("slack")}
        async with open_chatwoot(database_url, clock, (table,)) as chatwoot:
            chatwoot.recorder.answers(f"{TALK}/messages", Reaction(body=b"", status=500), Reaction(body=b'{"id": 56}'))
            await chatwoot.delivers("buyer_text")
            await chatwoot.until(lambda it: len(it.said) >= 2)
            bell = Bell()
            while not await chatwoot.rows("SELECT id FROM alert"):
                await bell.wait(at_most_seconds=0.01)
            await chatwoot.bot.jobs["alerts"].work()
            (said,) = await robots.hears(1)
            first, second, *_ = said.splitlines()
            assert first == "小二：有一条回复不知道买家收到没有，请核对"
            assert second == f"小王（cw）：{chatwoot.said[0]}"
