"""Keep the lines of buyers who wait: tell people, step by step, and say a word before the time is up.

Each step of a wait is claimed by its key in the transaction that takes it, so that neither a restart nor a second
process takes it again.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.contract import Reply
from bot.domain.alerts import alert_of_need
from bot.domain.calendar import NO_OPENING
from bot.domain.delivering.outgoing import in_bubbles, reply_key
from bot.domain.guarding.cover import MOST_BUBBLES, Draft, Late, Say, Withhold, counts_for, cover, cover_cause
from bot.domain.guarding.ladder import split, steps
from bot.domain.reply_windows.limits import messages_at_most
from bot.domain.reply_windows.lines import Wait
from bot.storage import outbox
from bot.storage.alerting import alerts
from bot.storage.conversations import change_one, spoken
from bot.storage.guarding import drafts, events, rungs, seats, settings
from bot.storage.guarding.events import DeskEvent
from bot.storage.guarding.seating import NO_GROUP, Seating
from bot.storage.guarding.seats import NOBODYS
from bot.storage.people import waiting
from bot.storage.people.hand_over import NeedsPerson, hand_over
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.clock import Clock
    from bot.dialogue.state import Conversation
    from bot.domain.calendar import ShopCalendar
    from bot.domain.delivering.outgoing import Outgoing
    from bot.domain.desk.now import DeskNow
    from bot.domain.guarding.cover import Word
    from bot.domain.guarding.ladder import Key, Step
    from bot.storage.engine.database import Connection, Database
    from bot.storage.guarding.seats import Seat
    from knowledge.base import KnowledgeBase

COVERED: Key = (rungs.ANY_LINE, "cover")
"""That the bot has said its word in this wait, by whichever line."""


async def keep_lines(
    *, database: Database, knowledge: KnowledgeBase, desk: DeskNow, calendar: ShopCalendar, clock: Clock
) -> None:
    """One round: every step that is due by now, for every buyer who waits. Raises `StorageDown`."""
    guard = _Guard(knowledge=knowledge, desk=desk, calendar=calendar, now=clock.now())
    while await database.write(guard.page):
        pass


@dataclass(frozen=True, kw_only=True)
class _Guard:
    """One round at one moment."""

    knowledge: KnowledgeBase
    desk: DeskNow
    calendar: ShopCalendar
    now: datetime

    def page(self, connection: Connection) -> int:
        """The steps of a page of waits, in one transaction; returns how many waits these are."""
        found = waiting.watched(connection, now=self.now)
        if not found or settings.newest(connection) != self.desk.revision:
            return 0  # where another desk was set, the bot may be silent now: the next round knows
        waits = {each.id: each.unanswered_since for each in found if each.unanswered_since is not None}
        taken, held = rungs.taken(connection, waits), seats.read(connection, list(waits))
        written = drafts.newest(connection, list(waits), since=waits)
        for each in found:
            asked_at = waits.get(each.id)
            if asked_at is None or each.mode not in {"waiting", "human"} or each.blocked_at is not None:
                change_one(connection, each.id, rung_due_at=None)
                continue
            draft = written.get(each.id)
            sure = draft is not None and draft.outcome == "answer" and draft.entry is not None
            climb = _Climb(
                guard=self,
                talk=each,
                asked_at=asked_at,
                seat=held.get(each.id, NOBODYS),
                taken=taken.get(each.id, set()),
                draft=Draft(texts=draft.texts, entry=draft.entry or "", confidence=draft.confidence)
                if draft is not None and sure
                else None,
            )
            climb.go(connection)
        return len(found)


@dataclass(frozen=True, kw_only=True)
class _Climb:
    """One buyer's wait, and what is to be done about it now."""

    guard: _Guard
    talk: Conversation
    asked_at: datetime
    seat: Seat
    taken: set[Key]
    draft: Draft | None

    def go(self, connection: Connection) -> None:
        """Take every step that is due and that nobody has taken, and note when to look again."""
        guard, talk = self.guard, self.talk
        wait = Wait(asked_at=self.asked_at, buyer_at=talk.last_buyer_at, bot_said_at=talk.last_reply_at)
        windows = guard.desk.windows(talk.channel)
        found = steps(windows, wait, ladder=guard.desk.settings.ladder, calendar=guard.calendar)
        due, next_at = split(found, done=self.taken, now=guard.now)
        ours = self._claim(connection, {step.key for step in due})
        for step in (step for step in due if step.key in ours):
            self._take(connection, step)
        reply_by = talk.reply_by or min((step.line.due_at for step in found), default=None)
        change_one(connection, talk.id, rung_due_at=next_at, reply_by=reply_by)

    def _claim(self, connection: Connection, keys: set[Key]) -> set[Key]:
        return rungs.claim(connection, self.talk.id, asked_at=self.asked_at, keys=keys, at=self.guard.now)

    def _take(self, connection: Connection, step: Step) -> None:
        match step.action:
            case "remind" if self.seat.staff_id is not None:
                self._tell(connection, "remind", step, staff_id=self.seat.staff_id)
            case "alert":
                self._tell(connection, "alert", step)
                self._alert(connection, step)
            case "reassign" if self.seat.staff_id is not None:
                self._reassign(connection, step)
            case "missed":
                self._tell(connection, "missed", step, staff_id=self.seat.staff_id)
            case "cover":
                self._cover(connection, step)
            case _:
                pass

    def _tell(
        self,
        connection: Connection,
        kind: events.Kind,
        step: Step,
        *,
        staff_id: int | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep for the desk and the shop's alerts what has happened by this line."""
        said = {"line": step.line.window.name, "due_at": step.line.due_at.isoformat(), **(detail or {})}
        event = DeskEvent(
            kind=kind,
            conversation_id=self.talk.id,
            at=self.guard.now,
            staff_id=staff_id,
            group_id=self.seat.group_id,
            detail=said,
        )
        events.add(connection, [event])

    def _reassign(self, connection: Connection, step: Step) -> None:
        """Somebody else of the group gets the buyer, where anybody can; the turn stays with whoever let it wait."""
        guard = self.guard
        seating = Seating.read(connection, guard.desk.settings, calendar=guard.calendar, now=guard.now)
        choice = seating.seat(connection, self.talk, self.seat.group_id or NO_GROUP, but=self.seat.staff_id)
        if choice is not None:
            told = {"from": self.seat.staff_id, "to": choice.staff_id}
            self._tell(connection, "reassigned", step, staff_id=choice.staff_id, detail=told)

    def _alert(self, connection: Connection, step: Step) -> None:
        """People hear wherever they are that time is running out: once in a wait, by whichever step."""
        talk = dataclasses.replace(self.talk, reply_by=step.line.due_at)
        why, key = because("nobody_has_spoken"), self._urgent_key
        alerts.insert(connection, [alert_of_need(talk, "reply_window", why, key=key, words="", at=self.guard.now)])

    @property
    def _cause(self) -> str:
        return cover_cause(self.talk.id, self.asked_at)

    @property
    def _urgent_key(self) -> str:
        return reply_key(self.talk.channel, self._cause, "urgent")

    def _cover(self, connection: Connection, step: Step) -> None:
        match cover(self._late(connection)):
            case Withhold(why):
                self._tell(connection, "withheld", step, detail={"why": why})
            case Say(word, draft):
                if self._claim(connection, {COVERED}):
                    self._say(connection, step, word, draft)

    def _late(self, connection: Connection) -> Late:
        talk, guard = self.talk, self.guard
        most = messages_at_most(guard.desk.windows(talk.channel))
        since = talk.last_buyer_at or self.asked_at
        period = guard.calendar.closed_period(guard.now)
        return Late(
            asked_at=self.asked_at,
            voice=guard.desk.voice(talk.channel, buyer=talk.buyer, group=self.seat.group_id or 0),
            led=talk.mode == "human",
            is_open=period is None,
            covered=COVERED in self.taken,
            typed_at=self.seat.typed_at,
            told_when_open=period is not None and talk.memory.away_told == period,
            draft=self.draft,
            messages_left=None if most is None else max(0, most - outbox.count_since(connection, talk.id, since)),
        )

    def _say(self, connection: Connection, step: Step, word: Word, draft: Draft | None) -> None:
        """The buyer hears a word, people hear that it is urgent, and the desk what that is good for.

        Whoever had the conversation and is late has it no longer: the buyer waits for any person.
        """
        talk, guard = self.talk, self.guard
        waiting.hand_back(connection, talk)
        channel = guard.desk.channels.get(talk.channel)
        need = NeedsPerson(
            conversation_id=talk.id,
            reason=because("nobody_has_spoken"),
            key=self._urgent_key,
            announces=channel is not None and channel.adapter.capabilities.announces,
            urgent=True,
            alert="reply_window",
        )
        hand_over(connection, need, at=guard.now)
        outbox.insert(connection, self._bubbles(word, draft))
        told = guard.calendar.closed_period(guard.now) if word == "away" else talk.memory.away_told
        spoken(connection, talk, talk.memory.knowing(away_told=told), at=guard.now)
        counts = counts_for(guard.desk.windows(talk.channel), word)
        self._tell(connection, "cover", step, detail={"word": word, "counts": counts})

    def _bubbles(self, word: Word, draft: Draft | None) -> list[Outgoing]:
        talk, guard = self.talk, self.guard
        replies = [
            Reply(
                kind="answer" if draft is not None else "away" if word == "away" else "holding",
                text=text,
                entry=draft.entry if draft is not None else None,
                confidence=draft.confidence if draft is not None else None,
            )
            for text in (draft.texts if draft is not None else self._line(word))
        ]
        channel = guard.desk.channels.get(talk.channel)
        said = in_bubbles(replies, conversation=talk, channel=channel, cause=self._cause, at=guard.now)
        return said[:MOST_BUBBLES]

    def _line(self, word: Word) -> tuple[str, ...]:
        """The line that is true now."""
        guard = self.guard
        if word != "away":
            line = "holding-led" if word == "holding-led" else "holding"
            return guard.knowledge.say(line, {})
        opening = guard.calendar.next_opening(guard.now)
        opens_at = guard.calendar.say_opening(opening, guard.now) if opening else NO_OPENING
        return guard.knowledge.say("hand-over-closed", {"opens_at": opens_at})
