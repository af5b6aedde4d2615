"""Buyers, as a platform delivers them: signed, in order, again and again until accepted, and then some more.

This is a real-time program: it waits for what a real process does and gives up at a deadline.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import ClientError, ClientSession, ClientTimeout

from knowledge.entities.dates import days_in
from knowledge.entities.regions import group_of, place_in
from knowledge.language.normalisation import fold
from tests.fakes import Posted, Reaction
from tests.reliability.judge import Delivery, answers

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from knowledge.manual.entry import Manual
    from tests.fakes import FakePlatform

CHANNEL = "shop"
BUYERS_AT_ONCE = 24
REDELIVERERS = 6
LONGEST_ANSWER_SECONDS = 2.0
AGAIN_AFTER_SECONDS = 0.1
LOOK_EVERY_SECONDS = 0.02
SMALL_TALK = {"greeting", "farewell", "human"}
EXAMPLES_EACH = 12
ACCEPTED_OR_KNOWN = {200, 202}
COPIES = (0, 0, 0, 1, 3, 3, 5, 6, 6, 6)
"""How often a message comes again after it was accepted: three times on average, and a third of them never."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One buyer: the questions of each episode, all different, so that none of them is set aside as stale."""

    conversation: str
    episodes: tuple[tuple[str, ...], ...]

    @property
    def messages(self) -> int:
        return sum(map(len, self.episodes))


def plan_visits(manual: Manual, messages: int, chance: random.Random) -> list[Visit]:
    """Share out so many questions over visits of two to seven; every fourth buyer comes back after the end."""
    topics = [
        [each for each in entry.questions[:EXAMPLES_EACH] if not (_from_abroad(each) or _names_a_day(each))]
        for entry in manual.entries
        if not (entry.hands_over or entry.needs_product or entry.id in {*SMALL_TALK, "ship-overseas"})
    ]
    visits: list[Visit] = []
    left = messages
    while left > 0:
        asked = [chance.choice(topic) for topic in chance.sample(topics, min(left, chance.randint(2, 7)))]
        left -= len(asked)
        middle = len(asked) // 2 if len(asked) > 3 and chance.random() < 0.25 else 0
        episodes = (tuple(asked[:middle]), tuple(asked[middle:])) if middle else (tuple(asked),)
        visits.append(Visit(conversation=f"c-{len(visits) + 1}", episodes=episodes))
    return visits


def _from_abroad(question: str) -> bool:
    """Whether the buyer lives where the shop sends nothing: they would hear only that, then be given to a person."""
    place = place_in(fold(question))
    return place is not None and group_of(place.region, remote=(), ships_from="") == "overseas"


def _names_a_day(question: str) -> bool:
    """Whether the answer is another on each day, and may ask back where they live: "周五之前能到吗"."""
    return any(days_in(fold(question)))


def plan_faults(count: int, faulty: float, chance: random.Random) -> Iterator[Reaction]:
    """How the platform takes its next requests: mostly well, and in this share not."""
    faults = (
        Reaction(status=500),
        Reaction(status=429, headers={"Retry-After": "1"}),
        Reaction(status=503),
        Reaction(fault="timeout"),
        Reaction(fault="reset"),
        Reaction(fault="reset_after"),
    )
    return (chance.choice(faults) if chance.random() < faulty else Reaction() for _ in range(count))


class Gate:
    """Lets messages through only as fast as the kills keep up, so that these are spread over all of them."""

    def __init__(self, *, messages: int, kills: int) -> None:
        self._each = messages / max(kills, 1)
        self._let_through = 0
        self._kills = kills
        self._moved = asyncio.Event()
        self.killed = 0

    async def pass_through(self) -> None:
        while self.killed < self._kills and self._let_through >= (self.killed + 1) * self._each:
            self._moved.clear()
            await self._moved.wait()
        self._let_through += 1

    def count_kill(self) -> None:
        self.killed += 1
        self._moved.set()


@dataclass(kw_only=True)
class Ear:
    """What buyers have heard so far, read off the platform's ledger as it grows."""

    platform: FakePlatform
    answered: set[str] = field(default_factory=set)
    invited: dict[str, int] = field(default_factory=dict)
    _read: int = 0

    def listen(self) -> None:
        news = self.platform.ledger[self._read :]
        self._read += len(news)
        for each in news:
            if each.taken and each.kind == "invite":
                self.invited[each.conversation_id] = self.invited.get(each.conversation_id, 0) + 1
            elif each.taken and each.kind == "answer" and each.data.get("part") == each.data.get("parts"):
                self.answered.update(answers(each))

    async def hears_answer(self, message: str, *, at_most_seconds: float) -> bool:
        return await self.until(lambda: message in self.answered, at_most_seconds)

    async def hears_invite(self, conversation: str, number: int, *, at_most_seconds: float) -> bool:
        return await self.until(lambda: self.invited.get(conversation, 0) >= number, at_most_seconds)

    async def hears_more(self, answers: int, *, at_most_seconds: float) -> bool:
        """Wait until buyers have had so many answers more: then both nodes are at work."""
        wanted = len(self.answered) + answers
        return await self.until(lambda: len(self.answered) >= wanted, at_most_seconds)

    async def until(self, condition: Callable[[], bool], at_most_seconds: float) -> bool:
        try:
            async with asyncio.timeout(at_most_seconds):
                while not condition():
                    await asyncio.sleep(LOOK_EVERY_SECONDS)
                    self.listen()
        except TimeoutError:
            return False
        return True


class Street:
    """All buyers and their platform's sending side. `urls` are the front doors of the nodes under test."""

    def __init__(
        self,
        *,
        platform: FakePlatform,
        urls: Sequence[str],
        visits: Sequence[Visit],
        gate: Gate,
        chance: random.Random,
        patience_seconds: float,
    ) -> None:
        self.deliveries: list[Delivery] = []
        self.redeliveries = 0
        self.ear = Ear(platform=platform)
        self._platform = platform
        self._urls = urls
        self._visits = iter(visits)
        self._gate = gate
        self._chance = chance
        self._patience_seconds = patience_seconds
        self._again: asyncio.PriorityQueue[tuple[float, int, Delivery, Posted]] = asyncio.PriorityQueue()
        self._numbers = iter(range(1, 10**9))

    async def run(self) -> None:
        """Return when every visit is over and every copy was delivered."""
        async with ClientSession(timeout=ClientTimeout(total=4)) as self._session, asyncio.TaskGroup() as tasks:
            copies = [tasks.create_task(self._redeliver(), name=f"redeliverer {n}") for n in range(REDELIVERERS)]
            async with asyncio.TaskGroup() as buyers:
                for number in range(BUYERS_AT_ONCE):
                    buyers.create_task(self._visit_all(), name=f"buyer {number}")
            await self._again.join()
            for each in copies:
                each.cancel()

    def unheard(self) -> list[str]:
        """What was accepted and has had no answer, or no invite, so far; a buyer is invited once a day."""
        self.ear.listen()
        return [
            each.id
            for each in self.deliveries
            if each.accepted
            and (
                each.id not in self.ear.answered
                if each.what == "question"
                else self.ear.invited.get(each.conversation, 0) == 0
            )
        ]

    async def hears_all(self, *, at_most_seconds: float) -> bool:
        """Wait until nothing is owed for what was accepted so far; False when that takes too long."""
        return await self.ear.until(lambda: not self.unheard(), at_most_seconds)

    async def _visit_all(self) -> None:
        for visit in self._visits:
            await self._visit(visit)

    async def _visit(self, visit: Visit) -> None:
        place = 0
        for number, questions in enumerate(visit.episodes):
            for text in questions:
                await self._gate.pass_through()
                asked = await self._ask(visit, number, place, text)
                place += 1
                patience = LONGEST_ANSWER_SECONDS if self._chance.random() < 0.5 else self._chance.random() / 20
                await self.ear.hears_answer(asked.id, at_most_seconds=patience)
            await self._close(visit, number, place)
            place += 1
            if number == 0 and len(visit.episodes) > 1:
                await self.ear.hears_invite(visit.conversation, 1, at_most_seconds=self._patience_seconds)

    async def _ask(self, visit: Visit, episode: int, place: int, text: str) -> Delivery:
        message = f"m-{visit.conversation}-{place}"
        data = {
            "message_id": message,
            "conversation_id": visit.conversation,
            "author": {"kind": "buyer", "id": f"b-{visit.conversation}"},
            "content": {"kind": "text", "text": text},
        }
        asked = Delivery(id=message, what="question", conversation=visit.conversation, episode=episode, place=place)
        await self._deliver(asked, "message.created", data)
        return asked

    async def _close(self, visit: Visit, episode: int, place: int) -> None:
        closing = Delivery(
            id=f"closed-{visit.conversation}-{episode}",
            what="closed",
            conversation=visit.conversation,
            episode=episode,
            place=place,
        )
        data = {"conversation_id": visit.conversation, "closed_by": "buyer"}
        await self._deliver(closing, "conversation.closed", data)

    async def _deliver(self, delivery: Delivery, kind: str, data: Mapping[str, object]) -> None:
        """Deliver until it is accepted, and put copies of it on the heap; one of them may race with the first."""
        self.deliveries.append(delivery)
        envelope = {"type": kind, "timestamp": self._platform.clock.now().isoformat(), "data": data}
        posted = Posted(webhook_id=f"msg_{delivery.id}", body=json.dumps(envelope, ensure_ascii=False).encode())
        for _ in range(self._chance.choice(COPIES)):
            due = asyncio.get_running_loop().time() + self._chance.choice((0.0, 0.05, 0.5, 4.0))
            self._again.put_nowait((due, next(self._numbers), delivery, posted))
        await self._post_until_taken(delivery, posted)

    async def _redeliver(self) -> None:
        while True:
            due, _, delivery, posted = await self._again.get()
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            await self._post_until_taken(delivery, posted)
            self.redeliveries += 1
            self._again.task_done()

    async def _post_until_taken(self, delivery: Delivery, posted: Posted) -> None:
        while True:
            if await self._post(delivery, posted):
                return
            await asyncio.sleep(AGAIN_AFTER_SECONDS)

    async def _post(self, delivery: Delivery, posted: Posted) -> bool:
        """One delivery to one of the nodes; False when nobody took it."""
        url = f"{self._chance.choice(self._urls)}/webhooks/{CHANNEL}"
        headers = self._platform.sign(posted)
        try:
            async with self._session.post(url, data=posted.body, headers=headers) as response:
                await response.read()
        except (ClientError, TimeoutError):
            return False
        delivery.statuses.append(response.status)
        return response.status in ACCEPTED_OR_KNOWN
