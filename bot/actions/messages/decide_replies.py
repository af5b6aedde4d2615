"""Decide about what buyers wrote: claim conversations, ask the rules, and write all decisions in one transaction."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from functools import partial
from itertools import filterfalse
from typing import TYPE_CHECKING, Protocol

from bot.config import TRY_OUT_CHANNEL
from bot.dialogue.utterance import text_of
from bot.domain.planning.head import head_of, is_quick
from bot.domain.planning.plan import InDoubt, Plan, heard_of
from bot.domain.planning.planner import Beside, Planner
from bot.errors import StorageDown, in_short
from bot.storage import conversations, decisions
from bot.storage.conversations import UNREAD_AT_ONCE
from bot.storage.guarding import seats
from bot.storage.packing import NAMES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
    from datetime import timedelta

    from bot.clock import Clock
    from bot.dialogue.state import Conversation
    from bot.domain.calendar import ShopCalendar
    from bot.domain.desk.now import DeskNow
    from bot.domain.planning.plan import Claimed, Unread
    from bot.domain.planning.same_words import SameWords
    from bot.domain.planning.slow_lane import SlowLane
    from bot.live import Live
    from bot.metrics import Metrics
    from bot.storage.engine.database import Connection, Database
    from bot.storage.outbox import ToSend
    from knowledge.base import KnowledgeBase
    from knowledge.matching.embeddings import Meant

log = logging.getLogger(__name__)

LONGEST_ROUND_SECONDS = 0.02


async def decide_replies(
    *,
    database: Database,
    node: str,
    knowledge: KnowledgeBase,
    calendar: ShopCalendar,
    desk: DeskNow,
    invite_delay: timedelta | None,
    clock: Clock,
    live: Live,
    metrics: Metrics,
    sender: Sender,
    same_words: SameWords,
    slow_lane: SlowLane,
    read_meanings: Callable[[Sequence[str]], Awaitable[Mapping[str, tuple[Meant, ...]]]] | None = None,
    patience_seconds: float = 0,
    answer_within: timedelta | None = None,
    own_hosts: tuple[str, ...] = (),
    limit: int = 16,
) -> Round:
    """Decide about up to `limit` conversations. `invite_delay` None = no invites, `patience_seconds` 0 = never wait.

    What was sent longer ago than `answer_within` goes to a person (None = however long); links to `own_hosts` are ours.

    `read_meanings` is asked about the texts in doubt, after all sure decisions are written; None = no model.
    A buyer who has written much waits while the `slow_lane` rests.
    A conversation that somebody else changed meanwhile is left for the next round, which sees it as it is then.
    Raises `StorageDown`; then nothing was decided and the rows wait. A message that the rules fail at is set aside, its
    buyer gets a person, and the messages beside it are decided about.
    """
    now = clock.now()
    claimed, stolen = await database.write_lightly(conversations.claim_unread, node=node, now=now, limit=limit)
    if not claimed:
        return Round(more=False)
    metrics.lease_steals.inc(stolen)
    ids = [each.conversation.id for each in claimed]
    planner = Planner(
        knowledge=knowledge,
        calendar=calendar,
        desk=desk,
        groups=await database.read(seats.groups, ids) if desk.asks_for_groups else {},
        invite_delay=invite_delay,
        patience_seconds=patience_seconds,
        answer_within=answer_within,
        own_hosts=own_hosts,
        now=now,
    )
    planning = _Planning(planner=planner, clock=clock, same_words=same_words, asks_model=read_meanings is not None)
    writing = _Writing(planning=planning, database=database, node=node, live=live, metrics=metrics, sender=sender)
    quick, slow = list(filter(is_quick, claimed)), list(filterfalse(is_quick, claimed))
    lost = await writing.write(await planning.plans(quick))
    rests_for_seconds = slow_lane.rests_for_seconds() if slow else 0
    if rests_for_seconds > 0:
        planning.look_again_in(rests_for_seconds)
    elif slow:
        with slow_lane.at_work():
            lost += await writing.write(await planning.plans(slow))
    if read_meanings is not None and planning.doubts:
        planning.hear(await read_meanings([text for texts in planning.doubts.values() for text in texts]))
        in_doubt = [each for each in claimed if each.conversation.id in planning.doubts]
        lost += await writing.write(await planning.plans(in_doubt))
    return Round(
        more=planning.leaves_some or lost > 0 or (len(claimed) == limit and rests_for_seconds == 0),
        look_again_in_seconds=planning.look_again_in_seconds,
        lost=lost,
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Round:
    """Whether more may be waiting already; and when to look again at one whose rest is awaited, if any is."""

    more: bool
    look_again_in_seconds: float | None = None
    lost: int = 0
    """How many were not written, as something had changed since they were read."""


class Sender(Protocol):
    """What sends the replies: those that may go out at once leave with the commit that wrote them."""

    def take_along(self, channels: Collection[str]) -> Callable[[Connection], list[ToSend]]:
        """Return what to call last inside the transaction that queues rows."""
        ...

    def start(self, rows: Sequence[ToSend]) -> None:
        """Send what was taken, after the commit."""
        ...

    def show_reading(self, channel: str, *, conversation_id: str, message_id: str) -> None:
        """Show a buyer whose answer takes a moment that they are read, where the platform can."""
        ...


@dataclasses.dataclass(kw_only=True)
class _Planning:
    """The plans of one round, and what one of them means for those after it.

    While it `asks_model`, conversations that a model could help with are left out and noted, until it was heard.
    """

    planner: Planner
    clock: Clock
    same_words: SameWords
    asks_model: bool
    doubts: dict[int, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    meant: Mapping[str, tuple[Meant, ...]] = dataclasses.field(default_factory=dict)
    look_again_in_seconds: float | None = None
    leaves_some: bool = False
    first_unread: dict[int, Unread] = dataclasses.field(default_factory=dict)
    newly_waiting: dict[bool, int] = dataclasses.field(default_factory=dict)
    """By queue: that of the try-out page is another than the shop's."""

    def hear(self, meant: Mapping[str, tuple[Meant, ...]]) -> None:
        """Keep what a model takes the texts in doubt for; texts that it was not asked about are missing."""
        self.meant, self.asks_model = meant, False

    def look_again_in(self, seconds: float) -> None:
        """Have another round after this time at the latest."""
        self.look_again_in_seconds = min(seconds, self.look_again_in_seconds or seconds)

    async def plans(self, claimed: Sequence[Claimed]) -> list[Plan]:
        """A plan for each conversation, or for as many as there is time for: a newer one may then be first.

        Whatever else waits for the loop has its turn after each of them.
        """
        plans: list[Plan] = []
        left_seconds = LONGEST_ROUND_SECONDS
        for done, each in enumerate(claimed, 1):
            began = self.clock.monotonic()
            plans += self._plan_or_set_aside(each)
            left_seconds -= self.clock.monotonic() - began
            await asyncio.sleep(0)
            if left_seconds < 0:
                self.leaves_some |= done < len(claimed)
                break
        return plans

    def refused(self, plan: Plan, problem: Exception) -> Plan:
        """What to write instead of a plan that the database refuses."""
        return self.planner.set_aside(plan.conversation, self.first_unread[plan.conversation.id], in_short(problem))

    def _plan_or_set_aside(self, claimed: Claimed) -> list[Plan]:
        """No plan where there is nothing to decide about, or a model is to be heard first."""
        if not claimed.unread:
            return []
        conversation, first = claimed.conversation, claimed.unread[0]
        self.first_unread[conversation.id] = first
        try:
            made = self._first_that_can_be(claimed)
        except Exception as problem:  # noqa: BLE001 - whatever the rules fail at, what stands beside it goes on
            made = self.planner.set_aside(conversation, first, in_short(problem))
        if isinstance(made, InDoubt):
            self.doubts[conversation.id] = made.texts
            return []
        self._note(made, claimed)
        return [made]

    def _first_that_can_be(self, claimed: Claimed) -> Plan | InDoubt:
        """A plan for all that belongs together at the head or, where the rules fail at that, for the first alone."""
        head = head_of(claimed.unread)
        try:
            return self._plan(claimed, head)
        except Exception:  # whatever the rules fail at: the first message alone may still be decided about
            if len(head) == 1:
                raise
            return self._plan(claimed, head[:1])

    def _plan(self, claimed: Claimed, head: tuple[Unread, ...]) -> Plan | InDoubt:
        conversation = claimed.conversation
        beside = Beside(
            joined=self.newly_waiting.get(_queue(conversation), 0),
            more_has_come=len(head) < len(claimed.unread),
            said_by_others=self._said_by_others(conversation, head),
            meant=None if self.asks_model else self._meant(conversation),
        )
        return self.planner.plan(conversation, head, beside)

    def _said_by_others(self, conversation: Conversation, head: tuple[Unread, ...]) -> Mapping[int, int]:
        texts = {row.id: text_of(heard_of(row)) for row in head if row.is_message}
        others = partial(self.same_words.others, conversation_id=conversation.id, at=self.planner.now)
        return {row: count for row, text in texts.items() if (count := others(text))}

    def _meant(self, conversation: Conversation) -> Mapping[str, tuple[Meant, ...]]:
        return {text: self.meant[text] for text in self.doubts.get(conversation.id, ()) if text in self.meant}

    def _note(self, plan: Plan, claimed: Claimed) -> None:
        settled = len(plan.inbox_ids)
        self.leaves_some |= 0 < settled < len(claimed.unread) or settled == UNREAD_AT_ONCE
        if plan.awaits is not None:
            self.look_again_in((plan.awaits.until - self.planner.now).total_seconds())
        if plan.joins_queue:
            queue = _queue(plan.conversation)
            self.newly_waiting[queue] = self.newly_waiting.get(queue, 0) + 1


def _queue(conversation: Conversation) -> bool:
    return conversation.channel == TRY_OUT_CHANNEL


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Writing:
    """Writes what a round has decided, and starts what is to be sent."""

    planning: _Planning
    database: Database
    node: str
    live: Live
    metrics: Metrics
    sender: Sender

    async def write(self, plans: Sequence[Plan]) -> int:
        """Write them; returns how many are to be looked at again, as somebody else changed what they were made upon.

        What the database refuses is set aside, as is what the rules fail at; the others are written without it.
        """
        channels = {plan.conversation.channel for plan in plans if plan.outgoing}
        take, revision = self.sender.take_along(channels), self.planning.planner.desk.revision
        try:
            written, taken = await self.database.write(_write_and_take, plans, self.node, revision, take)
        except StorageDown:
            raise
        except Exception as problem:  # noqa: BLE001 - whatever it is, the message beside this one must not suffer
            if len(plans) > 1:
                return sum([await self.write([plan]) for plan in plans])
            return await self._without(plans[0], problem)
        self.sender.start(taken)
        for plan in written:
            self._tell(plan)
        return len(plans) - len(written)

    async def _without(self, plan: Plan, problem: Exception) -> int:
        if not plan.problem:
            return await self.write([self.planning.refused(plan, problem)])
        await self.database.write(decisions.abandon, plan, at=self.planning.planner.now)
        self._tell(plan)
        return 0

    def _tell(self, plan: Plan) -> None:
        _log(plan)
        channel, conversation_id = plan.conversation.channel, plan.conversation.external_id
        self.live.changed(channel, conversation_id)
        if plan.awaits is not None:
            self.sender.show_reading(channel, conversation_id=conversation_id, message_id=plan.awaits.external_id)
        if plan.decided is not None:
            self.metrics.decisions.labels(outcome=NAMES[type(plan.decided.decision.act)]).inc()


def _write_and_take(
    connection: Connection,
    plans: Sequence[Plan],
    node: str,
    desk_revision: int,
    take: Callable[[Connection], list[ToSend]],
) -> tuple[list[Plan], list[ToSend]]:
    return decisions.write(connection, plans, node=node, desk_revision=desk_revision), take(connection)


def _log(plan: Plan) -> None:
    """Log who has the conversation now, where that has changed, and which messages cannot be decided about."""
    facts: dict[str, object] = {"channel": plan.conversation.channel, "conversation": plan.conversation.id}
    if plan.problem:
        facts |= {"messages": list(plan.inbox_ids), "problem": plan.problem}
        log.error("a message cannot be decided about: a person is called, see `xiaoer poison list`", extra=facts)
        return
    if plan.joins_queue:
        log.info("handed over to a person", extra=facts | {"reason": plan.reason})
    if plan.becomes.mode == "closed" and plan.conversation.mode != "closed":
        log.info("conversation closed", extra=facts)
