"""Decide about what buyers wrote: claim conversations, ask the rules, and write all decisions in one transaction."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import logging
from contextlib import contextmanager
from itertools import accumulate, filterfalse, takewhile
from typing import TYPE_CHECKING, Any, Protocol

from adapters.contract import ConversationClosed, Message, RatingCreated, Reply, Surroundings, Text
from bot.dialogue.acts import Dismiss, Heard, Rate, ShopNow, Situation
from bot.dialogue.decide import decide
from bot.dialogue.doubts import doubts
from bot.dialogue.state import TURNS
from bot.dialogue.turn_taking import wait_until
from bot.dialogue.utterance import MATCHED_CHARACTERS, text_of
from bot.domain import reply_window
from bot.domain.calendar import shop_at
from bot.domain.desk_notices import desk_notice
from bot.domain.giving_up import give_up
from bot.errors import StorageDown, in_short
from bot.storage import conversations, decisions, outbox
from bot.storage.conversations import NOT_WAITING, TRY_OUT, UNREAD_AT_ONCE, heard_of
from bot.storage.decisions import Plan
from bot.storage.invites import Closing, Rated
from bot.storage.outbox import reply_key
from bot.storage.packing import NAMES, pack_memory, pack_situation, pack_why
from knowledge.answers.facts import fact_value
from knowledge.answers.spoken_manual import NAME_FACT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from bot.clock import Clock
    from bot.dialogue.acts import Bubble, Decision
    from bot.dialogue.state import Conversation, Mode
    from bot.domain.calendar import ShopCalendar
    from bot.domain.channel import Channel
    from bot.domain.same_words import SameWords
    from bot.live import Live
    from bot.metrics import Metrics
    from bot.storage.conversations import Claimed, Unread
    from bot.storage.engine.database import Connection, Database
    from bot.storage.outbox import ToSend
    from knowledge.base import KnowledgeBase
    from knowledge.matching.embeddings import Meant

log = logging.getLogger(__name__)

LONGEST_ROUND_SECONDS = 0.02
QUICK_CHARACTERS = 100
"""A conversation with more characters to read than this takes long, and is decided about in the slow lane."""
CHARACTERS_AT_ONCE = 1_500
"""What is decided about together is no longer than this, unless it is one message; the rest has its turn after it."""


@dataclasses.dataclass(slots=True, kw_only=True)
class SlowLane:
    """Where the bot decides about conversations that take long to read, a few at a time.

    It rests as long as it was at work: what arrived meanwhile is accepted, and answered where that is quickly done.
    """

    clock: Clock
    _rests_until_seconds: float = 0.0

    def rests_for_seconds(self) -> float:
        return max(0.0, self._rests_until_seconds - self.clock.monotonic())

    @contextmanager
    def at_work(self) -> Iterator[None]:
        began = self.clock.monotonic()
        yield
        ended = self.clock.monotonic()
        self._rests_until_seconds = ended + (ended - began)


async def decide_replies(
    *,
    database: Database,
    node: str,
    knowledge: KnowledgeBase,
    calendar: ShopCalendar,
    channels: Mapping[str, Channel],
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
    planner = _Planner(
        knowledge=knowledge,
        calendar=calendar,
        channels=channels,
        invite_delay=invite_delay,
        patience_seconds=patience_seconds,
        answer_within=answer_within,
        own_hosts=own_hosts,
        now=now,
        clock=clock,
        same_words=same_words,
        notes_doubts=read_meanings is not None,
    )
    writing = _Writing(planner=planner, database=database, node=node, live=live, metrics=metrics, sender=sender)
    quick, slow = list(filter(_is_quick, claimed)), list(filterfalse(_is_quick, claimed))
    lost = await writing.write(await planner.plans(quick))
    rests_for_seconds = slow_lane.rests_for_seconds() if slow else 0
    if rests_for_seconds > 0:
        planner.look_again_in(rests_for_seconds)
    elif slow:
        with slow_lane.at_work():
            lost += await writing.write(await planner.plans(slow))
    if read_meanings is not None and planner.doubts:
        planner.hear(await read_meanings([text for texts in planner.doubts.values() for text in texts]))
        in_doubt = [each for each in claimed if each.conversation.id in planner.doubts]
        lost += await writing.write(await planner.plans(in_doubt))
    return Round(
        more=planner.leaves_some or lost > 0 or (len(claimed) == limit and rests_for_seconds == 0),
        look_again_in_seconds=planner.look_again_in_seconds,
    )


def _is_quick(claimed: Claimed) -> bool:
    """Whether there is little to read in a conversation."""
    return sum(map(_characters, claimed.unread)) <= QUICK_CHARACTERS


def _code_of(decision: Decision) -> str:
    """Why a person is called or nothing is said, as a code; empty for other acts."""
    reason = getattr(decision.act, "reason", None)
    return "" if reason is None else reason.code


def _log(plan: Plan) -> None:
    """Log who has the conversation now, where that has changed, and which messages cannot be decided about."""
    before, now = plan.conversation.mode, plan.change["mode"]
    facts = {"channel": plan.conversation.channel, "conversation": plan.conversation.id}
    if plan.problem:
        facts |= {"messages": list(plan.inbox_ids), "problem": plan.problem}
        log.error("a message cannot be decided about: a person is called, see `xiaoer poison list`", extra=facts)
        return
    if now == "waiting" and before != "waiting":
        log.info("handed over to a person", extra=facts | {"reason": plan.reason})
    if now == "closed" and before != "closed":
        log.info("conversation closed", extra=facts)


class Sender(Protocol):
    """What sends the replies: those that may go out at once leave with the commit that wrote them."""

    def take_along(self, channels: Collection[str]) -> Callable[[Connection], list[ToSend]]:
        """Return what to call last inside the transaction that queues rows."""
        ...

    def start(self, rows: Sequence[ToSend]) -> None:
        """Send what was taken, after the commit."""
        ...


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Writing:
    """Writes what a round has decided, and starts what is to be sent."""

    planner: _Planner
    database: Database
    node: str
    live: Live
    metrics: Metrics
    sender: Sender

    async def write(self, plans: Sequence[Plan]) -> int:
        """Write them; returns how many are to be looked at again, as somebody else changed what they were made upon.

        What the database refuses is set aside, as is what the rules fail at; the others are written without it.
        """
        channels = {plan.conversation.channel for plan in plans if plan.rows}
        take = self.sender.take_along(channels)
        try:
            written, taken = await self.database.write(_write_and_take, plans, self.node, take)
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
            return await self.write([self.planner.refused(plan, problem)])
        await self.database.write(decisions.abandon, plan, at=self.planner.now)
        self._tell(plan)
        return 0

    def _tell(self, plan: Plan) -> None:
        _log(plan)
        self.live.changed(plan.conversation.channel, plan.conversation.external_id)
        if plan.decided is not None:
            self.metrics.decisions.labels(outcome=plan.decided["outcome"]).inc()


def _write_and_take(
    connection: Connection, plans: Sequence[Plan], node: str, take: Callable[[Connection], list[ToSend]]
) -> tuple[list[Plan], list[ToSend]]:
    return decisions.write(connection, plans, node=node), take(connection)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Round:
    """Whether more may be waiting already; and when to look again at one whose rest is awaited, if any is."""

    more: bool
    look_again_in_seconds: float | None = None


@dataclasses.dataclass(kw_only=True)
class _Planner:
    """One round of decisions, at one moment, on one knowledge revision.

    With `notes_doubts`, conversations that a model could help with are left out and noted, until it was heard.
    """

    knowledge: KnowledgeBase
    calendar: ShopCalendar
    channels: Mapping[str, Channel]
    invite_delay: timedelta | None
    patience_seconds: float
    answer_within: timedelta | None
    own_hosts: tuple[str, ...]
    now: datetime
    clock: Clock
    same_words: SameWords
    notes_doubts: bool
    doubts: dict[int, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    meant: Mapping[str, tuple[Meant, ...]] = dataclasses.field(default_factory=dict)
    look_again_in_seconds: float | None = None
    leaves_some: bool = False
    unread: dict[int, tuple[Unread, ...]] = dataclasses.field(default_factory=dict)
    newly_waiting: dict[bool, int] = dataclasses.field(default_factory=dict)

    @functools.cached_property
    def shop(self) -> ShopNow:
        """What holds for the shop in this round."""
        return shop_at(self.calendar, self.now)

    def hear(self, meant: Mapping[str, tuple[Meant, ...]]) -> None:
        """Keep what a model takes the texts in doubt for; texts that it was not asked about are missing."""
        self.meant, self.notes_doubts = meant, False

    async def plans(self, claimed: Sequence[Claimed]) -> list[Plan]:
        """A plan for each conversation, or for as many as there is time for: a newer one may then be first.

        Whatever else waits for the loop has its turn after each of them.
        """
        plans: list[Plan | None] = []
        ends = self.clock.monotonic() + LONGEST_ROUND_SECONDS
        for each in claimed:
            plans.append(self._plan_or_set_aside(each))
            await asyncio.sleep(0)
            if self.clock.monotonic() > ends:
                break
        self.leaves_some |= len(plans) < len(claimed)
        return [plan for plan in plans if plan is not None]

    def refused(self, plan: Plan, problem: Exception) -> Plan:
        """What to write instead of a plan that the database refuses."""
        return self._set_aside(plan.conversation, self.unread[plan.conversation.id][0], in_short(problem))

    def _plan_or_set_aside(self, claimed: Claimed) -> Plan | None:
        if not claimed.unread:
            return None
        self.unread[claimed.conversation.id] = claimed.unread
        try:
            plan = self._first_that_can_be(claimed)
        except Exception as problem:  # noqa: BLE001 - whatever the rules fail at, what stands beside it goes on
            plan = self._set_aside(claimed.conversation, claimed.unread[0], in_short(problem))
        settled = 0 if plan is None else len(plan.inbox_ids)
        self.leaves_some |= 0 < settled < len(claimed.unread) or settled == UNREAD_AT_ONCE
        return plan

    def _first_that_can_be(self, claimed: Claimed) -> Plan | None:
        """A plan for all that belongs together at the head or, where the rules fail at that, for the first alone."""
        try:
            return self._plan(claimed)
        except Exception:  # whatever the rules fail at: the first message alone may still be decided about
            if len(claimed.unread) == 1:
                raise
            return self._plan(claimed, most=1)

    def _plan(self, claimed: Claimed, most: int | None = None) -> Plan | None:
        """One plan for the rows at the head that belong together; what comes after them has its turn next."""
        first = claimed.unread[0]
        if first.problem:
            return self._set_aside(claimed.conversation, first, first.problem)
        match first.event:
            case ConversationClosed():
                return self._closed(claimed.conversation, first)
            case RatingCreated():
                return self._rated(claimed.conversation, first)
            case _:
                head = _portion(tuple(takewhile(_is_readable_message, claimed.unread)))[:most]
                return self._answered(claimed.conversation, head, over=len(head) < len(claimed.unread))

    def _set_aside(self, conversation: Conversation, row: Unread, problem: str) -> Plan:
        """Leave this message to a person, and let the buyer hear so."""
        decision = give_up(conversation, self.shop, self.knowledge)
        bubbles = [  # under keys of their own: when the message is tried again, its answer has those of the message
            dataclasses.replace(bubble, once=f"poison:{row.external_id}:{part}")
            for part, bubble in enumerate(decision.bubbles, 1)
        ]
        decision = dataclasses.replace(decision, bubbles=tuple(bubbles))
        words = row.event.content if isinstance(row.event, Message) else Text("")
        heard = Heard(
            inbox_id=row.id,
            external_id=row.external_id,
            content=words,
            surroundings=Surroundings(),
            sent_at=row.received_at,
            arrived_at=row.received_at,
        )
        change = self._change(conversation, [dataclasses.replace(heard, content=Text(""))], decision)
        return Plan(
            conversation=conversation,
            inbox_ids=(row.id,),
            change=change,
            rows=self._rows(conversation, [heard], decision, change, row.received_at),
            problem=problem,
        )

    def _answered(self, conversation: Conversation, rows: tuple[Unread, ...], *, over: bool) -> Plan | None:
        """None when a model is to be heard first. `over`: more has come that is not among these: await nothing."""
        is_late = self.answer_within is not None and rows[-1].sent_at < self.now - self.answer_within
        heard = [self._heard(row, conversation, is_late=is_late) for row in rows]
        queue = conversation.channel == TRY_OUT
        placed = self._placed(conversation, queue)
        pretended = heard[-1].surroundings.pretend_at
        shop = self.shop if pretended is None else shop_at(self.calendar, pretended)
        meant = {text: self.meant[text] for text in self.doubts.get(conversation.id, ()) if text in self.meant}
        knowledge = self.knowledge.with_meant(meant) if meant else self.knowledge
        decision = decide(heard=heard, conversation=placed, shop=shop, knowledge=knowledge)
        if self.notes_doubts and (texts := doubts(heard, decision, knowledge)):
            self.doubts[conversation.id] = texts
            return None
        until = wait_until(heard, decision, now=self.now, longest_seconds=self.patience_seconds)
        if until is not None and not over:
            return self._awaits(conversation, rows[-1].id, until)
        if decision.mode == "waiting" and conversation.mode != "waiting":
            self.newly_waiting[queue] = self.newly_waiting.get(queue, 0) + 1
        change = self._change(conversation, heard, decision)
        return Plan(
            conversation=conversation,
            inbox_ids=tuple(row.id for row in rows),
            change=change,
            rows=self._rows(conversation, heard, decision, change, rows[0].received_at),
            decided=_decided(
                Situation(
                    conversation=placed,
                    shop=shop,
                    inbox_ids=tuple(row.id for row in rows),
                    refined=knowledge.is_refined,
                    shop_name=fact_value(knowledge.manual, NAME_FACT),
                    meant=meant,
                    said_by_others={each.inbox_id: each.said_by_others for each in heard if each.said_by_others},
                    own_hosts=self.own_hosts,
                    is_late=is_late,
                ),
                decision,
                self.knowledge,
                self.now,
            ),
            rated=_verdict(conversation, decision, self.now),
            reason=_code_of(decision),
        )

    def _heard(self, row: Unread, conversation: Conversation, *, is_late: bool) -> Heard:
        message = dataclasses.replace(heard_of(row), own_hosts=self.own_hosts, is_late=is_late)
        others = self.same_words.others(text_of(message), conversation.id, at=self.now)
        return dataclasses.replace(message, said_by_others=others) if others else message

    def look_again_in(self, seconds: float) -> None:
        """Have another round after this time at the latest."""
        self.look_again_in_seconds = min(seconds, self.look_again_in_seconds or seconds)

    def _awaits(self, conversation: Conversation, newest_inbox_id: int, until: datetime) -> Plan:
        """Leave the rows as they are; a new message, or the end of patience, brings them back."""
        seconds = (until - self.now).total_seconds()
        self.look_again_in(seconds)
        waits = {"patient_until": until, "looked_at_inbox_id": newest_inbox_id}
        return Plan(conversation=conversation, inbox_ids=(), change=_unchanged(conversation) | waits)

    def _placed(self, conversation: Conversation, queue: bool) -> Conversation:  # noqa: FBT001 - as below
        """With its true place; where there is no desk nobody waits, whatever was said there before."""
        channel = self.channels.get(conversation.channel)
        if channel is not None and not channel.has_desk:
            mode: Mode = "bot" if conversation.mode == "waiting" else conversation.mode
            return dataclasses.replace(conversation, mode=mode, has_desk=False)
        ahead = conversation.waiting_ahead + self._joined(conversation, queue)
        return dataclasses.replace(conversation, waiting_ahead=ahead)

    def _joined(self, conversation: Conversation, queue: bool) -> int:  # noqa: FBT001 - a queue, not a switch
        return 0 if conversation.waiting_since else self.newly_waiting.get(queue, 0)

    def _change(self, conversation: Conversation, heard: Sequence[Heard], decision: Decision) -> dict[str, Any]:
        """The columns that this turn moves."""
        channel = self.channels.get(conversation.channel)
        begins = conversation.mode == "closed" and not isinstance(decision.act, Rate)
        waits = decision.mode == "waiting"
        unanswered = reply_window.unanswered_since(conversation, heard, decision)
        reply_by = self._reply_by(channel, unanswered) if waits else None
        starts_waiting = waits and conversation.mode != "waiting"
        last_buyer_at = max(message.sent_at for message in heard)
        return {
            "key": conversation.id,
            "mode": decision.mode,
            "episode": conversation.episode + begins,
            "memory": pack_memory(decision.memory),
            "last_staff_at": None if begins else conversation.last_staff_at,
            "last_buyer_at": last_buyer_at,
            "last_reply_at": self.now if decision.bubbles else conversation.last_reply_at,
            "window_until": reply_window.window_until(
                last_buyer_at, reply_window_hours=channel.reply_window_hours if channel else None
            ),
            "unanswered_since": unanswered,
            "waiting_since": (conversation.waiting_since or self.now) if waits else None,
            "reply_by": reply_by,
            "holding_due_at": self._holding_at(channel, reply_by) if starts_waiting else conversation.holding_due_at,
            "patient_until": None,
            "looked_at_inbox_id": 0,
        }

    def _reply_by(self, channel: Channel | None, unanswered_since: datetime | None) -> datetime | None:
        if channel is None or unanswered_since is None:
            return None
        return reply_window.reply_by(
            unanswered_since,
            human_reply_seconds=channel.human_reply_seconds,
            human_reply_hours=channel.human_reply_hours,
            zone=self.calendar.zone,
        )

    def _holding_at(self, channel: Channel | None, reply_by: datetime | None) -> datetime | None:
        if channel is None or channel.human_reply_seconds is None or reply_by is None:
            return None
        return reply_window.holding_at(reply_by=reply_by, human_reply_seconds=channel.human_reply_seconds)

    def _rows(
        self,
        conversation: Conversation,
        heard: Sequence[Heard],
        decision: Decision,
        change: Mapping[str, Any],
        arrived_at: datetime,
    ) -> tuple[dict[str, Any], ...]:
        """The outbox rows: each bubble, and the notice to the shop's desk when a person is wanted."""
        key, name, episode = heard[-1].external_id, conversation.channel, change["episode"]
        rows = [
            outbox.new_row(
                conversation,
                _reply(bubble, heard, part, parts),
                key=reply_key(name, key, part) if bubble.once is None else reply_key(name, bubble.once, "once"),
                at=self.now,
                deadline=change["window_until"],
                asked_at=arrived_at,
                episode=episode,
            )
            for bubble, part, parts in _numbered(decision.bubbles)
        ]
        notice = desk_notice(
            conversation, heard, decision, channel=self.channels.get(name), reply_by=change["reply_by"]
        )
        if notice is not None:
            once = next((bubble.once for bubble in decision.bubbles if isinstance(decision.act, Dismiss)), None)
            handed = reply_key(name, once or key, "handed_over")
            rows.append(outbox.new_row(conversation, notice, key=handed, at=self.now, episode=episode))
        return tuple(rows)

    def _closed(self, conversation: Conversation, row: Unread) -> Plan:
        delay = self.invite_delay
        closing = (
            None
            if delay is None or conversation.mode == "closed"
            else Closing(
                conversation_id=conversation.id,
                episode=conversation.episode,
                closed_at=self.now,
                due_at=self.now + delay,
            )
        )
        change = _unchanged(conversation) | {"mode": TURNS["ended"][conversation.mode], **NOT_WAITING}
        return Plan(conversation=conversation, inbox_ids=(row.id,), change=change, closing=closing)

    def _rated(self, conversation: Conversation, row: Unread) -> Plan:
        rated = None
        if conversation.open_invite is not None and isinstance(row.event, RatingCreated):
            rated = Rated(
                conversation_id=conversation.id,
                episode=conversation.open_invite,
                score=row.event.score,
                comment=row.event.comment,
                source="platform",
                rated_at=self.now,
            )
        return Plan(conversation=conversation, inbox_ids=(row.id,), change=_unchanged(conversation), rated=rated)


def _is_readable_message(row: Unread) -> bool:
    return isinstance(row.event, Message) and not row.problem


def _portion(rows: tuple[Unread, ...]) -> tuple[Unread, ...]:
    """As many from the head as are read at once, at least one."""
    read = accumulate(map(_characters, rows))
    return rows[: max(1, sum(characters <= CHARACTERS_AT_ONCE for characters in read))]


def _characters(row: Unread) -> int:
    """How much of a message is read."""
    match row.event:
        case Message(content=Text(text=text)):
            return min(len(text), MATCHED_CHARACTERS)
        case _:
            return 0


def _numbered(bubbles: Sequence[Bubble]) -> list[tuple[Bubble, int, int]]:
    """Each bubble with its part and how many parts there are; what is said once only is a message of its own."""
    parts = sum(bubble.once is None for bubble in bubbles)
    places = accumulate(int(bubble.once is None) for bubble in bubbles)  # a bool would be written as `true`
    return [
        (bubble, place, parts) if bubble.once is None else (bubble, 1, 1)
        for bubble, place in zip(bubbles, places, strict=True)
    ]


def _reply(bubble: Bubble, heard: Sequence[Heard], part: int, parts: int) -> Reply:
    return Reply(
        kind=bubble.kind,
        text=bubble.text,
        part=part,
        parts=parts,
        in_reply_to=tuple(message.external_id for message in heard),
        entry=bubble.entry,
        confidence=bubble.confidence,
        choices=bubble.choices,
    )


def _decided(situation: Situation, decision: Decision, knowledge: KnowledgeBase, now: datetime) -> dict[str, Any]:
    """The row that keeps the decision and its why."""
    return {
        "conversation_id": situation.conversation.id,
        "first_inbox_id": situation.inbox_ids[0],
        "outcome": NAMES[type(decision.act)],
        "entry": getattr(decision.act, "entry", None),
        "confidence": getattr(decision.act, "confidence", None),
        "revision": decision.why.revision,
        "body": pack_why(decision, knowledge.title),
        "situation": pack_situation(situation),
        "created_at": now,
    }


def _verdict(conversation: Conversation, decision: Decision, now: datetime) -> Rated | None:
    rate = decision.act if isinstance(decision.act, Rate) else decision.rated
    if rate is None:
        return None
    return Rated(
        conversation_id=conversation.id,
        episode=rate.episode,
        score=rate.score,
        comment=rate.comment,
        source="buyer",
        rated_at=now,
    )


def _unchanged(conversation: Conversation) -> dict[str, Any]:
    """The columns that a plan writes, as they stand."""
    return {
        "key": conversation.id,
        "mode": conversation.mode,
        "episode": conversation.episode,
        "memory": pack_memory(conversation.memory),
        "last_staff_at": conversation.last_staff_at,
        "last_buyer_at": conversation.last_buyer_at,
        "last_reply_at": conversation.last_reply_at,
        "window_until": conversation.window_until,
        "unanswered_since": conversation.unanswered_since,
        "waiting_since": conversation.waiting_since,
        "reply_by": conversation.reply_by,
        "holding_due_at": conversation.holding_due_at,
        "patient_until": None,
        "looked_at_inbox_id": 0,
    }
