"""Planning: one claimed conversation at a time, at one moment, on one revision of the knowledge."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING

from adapters.contract import ConversationClosed, ConversationOpened, Message, RatingCreated, Surroundings, Text
from bot.dialogue.acts import Heard, Rate, Situation
from bot.dialogue.decide import decide
from bot.dialogue.doubts import doubts
from bot.dialogue.state import TURNS
from bot.dialogue.turn_taking import wait_until
from bot.domain.alerts import alerts_of_decision
from bot.domain.calendar import shop_at
from bot.domain.delivering.bubbles import fitted
from bot.domain.planning.after import after
from bot.domain.planning.giving_up import give_up
from bot.domain.planning.opening import welcome
from bot.domain.planning.plan import Awaited, Closing, Decided, InDoubt, Plan, Rated, heard_of
from bot.domain.planning.replies import outgoing_of
from bot.domain.planning.unsaid import Unsaid, as_if_first, hushed, without_a_thought
from bot.domain.reply_windows.limits import messages_at_most
from bot.domain.routing.facts import facts_of
from bot.domain.routing.rules import route
from knowledge.answers.facts import fact_value
from knowledge.answers.spoken_manual import NAME_FACT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from adapters.contract import ReplyReference
    from bot.dialogue.acts import Decision, ShopNow
    from bot.dialogue.state import Conversation, Mode
    from bot.domain.calendar import ShopCalendar
    from bot.domain.channels.modes import Voice
    from bot.domain.desk.now import DeskNow
    from bot.domain.planning.plan import Unread
    from knowledge.base import KnowledgeBase
    from knowledge.matching.embeddings import Meant


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What matters for a plan beside the conversation itself.

    `joined`: how many have joined its queue since it was read. `more_has_come`: await nothing, the rest is there.
    `said_by_others`: inbox row → how many other conversations brought the same text. `meant`: what a model takes the
    texts in doubt for; None = a model can be asked.
    """

    joined: int = 0
    more_has_come: bool = False
    said_by_others: Mapping[int, int] = dataclasses.field(default_factory=dict)
    meant: Mapping[str, tuple[Meant, ...]] | None = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Planner:
    """What holds for all conversations of one round.

    `groups`: conversation → the group of people that has it, where the desk asks for that. `invite_delay` None = no
    invites; `answer_within` None = a message may be however old.
    """

    knowledge: KnowledgeBase
    calendar: ShopCalendar
    desk: DeskNow
    groups: Mapping[int, int]
    invite_delay: timedelta | None
    patience_seconds: float
    answer_within: timedelta | None
    own_hosts: tuple[str, ...]
    now: datetime

    @functools.cached_property
    def shop(self) -> ShopNow:
        """What holds for the shop in this round."""
        return shop_at(self.calendar, self.now)

    def plan(self, conversation: Conversation, head: tuple[Unread, ...], beside: Beside) -> Plan | InDoubt:
        """One plan for these rows, which belong together (`head_of`)."""
        first = head[0]
        if first.problem:
            return self.set_aside(conversation, first, first.problem)
        match first.event:
            case ConversationClosed():
                return self._closed(conversation, first)
            case RatingCreated() as rating:
                return self._rated(conversation, first, rating)
            case ConversationOpened():
                return self._opened(conversation, first)
            case _:
                return self._answered(conversation, head, beside)

    def set_aside(self, conversation: Conversation, row: Unread, problem: str) -> Plan:
        """Leave this message to a person, and let the buyer hear so, where the bot may speak."""
        decision = give_up(conversation, self.shop, self.knowledge)
        voice = self._voice(conversation, row)
        if voice != "first":
            decision = self._hushed(conversation, decision, voice)
        bubbles = [  # under keys of their own: when the message is tried again, its answer has those of the message
            dataclasses.replace(bubble, once=f"poison:{row.external_id}:{part}")
            for part, bubble in enumerate(decision.bubbles, 1)
        ]
        decision = dataclasses.replace(decision, bubbles=tuple(bubbles))
        words = row.event.content if isinstance(row.event, Message) else Text("")
        unread = [_wordless(row)]  # what it says may be what the rules failed at
        heard = [dataclasses.replace(unread[0], content=words)]
        plan = self._said(conversation, heard, decision, becomes=self._after(conversation, unread, decision))
        return dataclasses.replace(plan, reason="", problem=problem)

    def _answered(self, conversation: Conversation, rows: tuple[Unread, ...], beside: Beside) -> Plan | InDoubt:
        voice = self._voice(conversation, rows[-1])
        if voice == "off":
            return self._left(conversation, rows)
        thought_of = conversation if voice == "first" else as_if_first(conversation)
        situation = self._situation(thought_of, rows, beside)
        heard = [_heard(row, situation) for row in rows]
        knowledge = self.knowledge.with_meant(situation.meant) if situation.meant else self.knowledge
        decision = decide(heard=heard, conversation=situation.conversation, shop=situation.shop, knowledge=knowledge)
        if beside.meant is None and (texts := doubts(heard, decision, knowledge)):
            return InDoubt(texts=texts)
        until = wait_until(heard, decision, now=self.now, longest_seconds=self.patience_seconds)
        if until is not None and not beside.more_has_come:
            awaits = Awaited(until=until, after_inbox_id=rows[-1].id, external_id=rows[-1].external_id)
            return Plan(conversation=conversation, becomes=conversation, inbox_ids=(), awaits=awaits)
        unsaid = None if voice == "first" else Unsaid(voice=voice, decision=decision)
        said = (
            self._fitted(situation.conversation, decision, situation.shop)
            if voice == "first"
            else self._hushed(conversation, decision, voice)
        )
        return dataclasses.replace(
            self._said(conversation, heard, said, becomes=self._after(conversation, heard, said), by=rows[-1]),
            decided=Decided(situation=situation, decision=decision, at=self.now, title_of=self.knowledge.title),
            unsaid=unsaid,
            rated=self._verdict(conversation, decision),
        )

    def _left(self, conversation: Conversation, rows: tuple[Unread, ...]) -> Plan:
        """All of it is left to people: the bot is off."""
        heard = [heard_of(row) for row in rows]
        decision = without_a_thought(conversation, heard, self.shop, self.knowledge)
        said = self._hushed(conversation, decision, "off")
        return self._said(conversation, heard, said, becomes=self._after(conversation, heard, said))

    def _hushed(self, conversation: Conversation, decision: Decision, voice: Voice) -> Decision:
        return hushed(conversation, decision, voice=voice, has_desk=self.desk.has_desk(conversation.channel))

    def _voice(self, conversation: Conversation, row: Unread) -> Voice:
        """How much the bot says to this buyer now: where people come first, all of it while the shop is closed."""
        group = self.groups.get(conversation.id)
        if group is None and self.desk.asks_for_groups:
            message = row.event
            surroundings = message.surroundings if isinstance(message, Message) else Surroundings()
            rule = route(self.desk.settings.rules, facts_of(conversation, surroundings))
            group = rule.group if rule is not None else None
        voice = self.desk.voice(conversation.channel, buyer=conversation.buyer, group=group or 0)
        return "first" if voice == "cover" and not self.shop.is_open else voice

    def _opened(self, conversation: Conversation, row: Unread) -> Plan:
        """Welcome whoever has opened the chat, where the bot comes first."""
        if self._voice(conversation, row) != "first":
            return Plan(conversation=conversation, becomes=conversation, inbox_ids=(row.id,))
        said = self._fitted(conversation, welcome(conversation, self.shop, self.knowledge), self.shop)
        replied_at = self.now if said.bubbles else conversation.last_reply_at
        becomes = dataclasses.replace(conversation, memory=said.memory, last_reply_at=replied_at)
        plan = self._said(conversation, [_wordless(row)], said, becomes=becomes, by=row)
        return dataclasses.replace(plan, reason="")

    def _fitted(self, conversation: Conversation, decision: Decision, shop: ShopNow) -> Decision:
        """In bubbles that the platform takes, and no more of them than it takes."""
        channel = self.desk.channels.get(conversation.channel)
        if channel is None:
            return decision
        return fitted(
            decision,
            longest_text=channel.adapter.capabilities.longest_text,
            buttons=channel.adapter.capabilities.buttons,
            most=messages_at_most(self.desk.windows(conversation.channel)),
            has_desk=conversation.has_desk,
            shop=shop,
            knowledge=self.knowledge,
        )

    def _situation(self, conversation: Conversation, rows: tuple[Unread, ...], beside: Beside) -> Situation:
        """All that the decision is made from, beside the messages and the manual."""
        newest = rows[-1]
        pretended = heard_of(newest).surroundings.pretend_at
        return Situation(
            conversation=self._placed(conversation, beside.joined),
            shop=self.shop if pretended is None else shop_at(self.calendar, pretended),
            inbox_ids=tuple(row.id for row in rows),
            refined=self.knowledge.is_refined,
            shop_name=fact_value(self.knowledge.manual, NAME_FACT),
            meant=beside.meant or {},
            said_by_others={row.id: beside.said_by_others[row.id] for row in rows if row.id in beside.said_by_others},
            own_hosts=self.own_hosts,
            is_late=self.answer_within is not None and newest.sent_at < self.now - self.answer_within,
        )

    def _placed(self, conversation: Conversation, joined: int) -> Conversation:
        """With its true place; where there is no desk nobody waits, whatever was said there before."""
        if not self.desk.has_desk(conversation.channel):
            mode: Mode = "bot" if conversation.mode == "waiting" else conversation.mode
            return dataclasses.replace(conversation, mode=mode, has_desk=False)
        ahead = conversation.waiting_ahead + (0 if conversation.waiting_since else joined)
        return dataclasses.replace(conversation, waiting_ahead=ahead)

    def _said(
        self,
        conversation: Conversation,
        heard: Sequence[Heard],
        decision: Decision,
        *,
        becomes: Conversation,
        by: Unread | None = None,
    ) -> Plan:
        """What is said, with what the platform handed out `by` this event for its answer."""
        outgoing = outgoing_of(
            decision,
            heard,
            conversation=conversation,
            becomes=becomes,
            channel=self.desk.channels.get(conversation.channel),
            now=self.now,
            reference=None if by is None else by.reply_reference,
        )
        return Plan(
            conversation=conversation,
            becomes=becomes,
            inbox_ids=tuple(message.inbox_id for message in heard),
            outgoing=outgoing,
            alerts=alerts_of_decision(conversation, heard, decision, becomes=becomes, at=self.now),
            reason=_code_of(decision),
        )

    def _after(self, conversation: Conversation, heard: Sequence[Heard], decision: Decision) -> Conversation:
        return after(conversation, heard, decision, desk=self.desk, calendar=self.calendar, now=self.now)

    def _closed(self, conversation: Conversation, row: Unread) -> Plan:
        becomes = dataclasses.replace(
            conversation,
            mode=TURNS["ended"][conversation.mode],
            waiting_since=None,
            reply_by=None,
            rung_due_at=None,
        )
        closing = self._closing(conversation, row.reply_reference)
        return Plan(conversation=conversation, becomes=becomes, inbox_ids=(row.id,), closing=closing, ended_at=self.now)

    def _closing(self, conversation: Conversation, reference: ReplyReference | None) -> Closing | None:
        if self.invite_delay is None or conversation.mode == "closed":
            return None
        return Closing(
            conversation_id=conversation.id,
            episode=conversation.episode,
            closed_at=self.now,
            due_at=self.now if reference else self.now + self.invite_delay,
            reply_reference=reference,
        )

    def _rated(self, conversation: Conversation, row: Unread, rating: RatingCreated) -> Plan:
        rated, episode = None, conversation.open_invite
        channel = self.desk.channels.get(conversation.channel)
        if episode is None and channel is not None and channel.adapter.capabilities.native_survey:
            episode = conversation.episode
        if episode is not None:
            rated = Rated(
                conversation_id=conversation.id,
                episode=episode,
                score=rating.score,
                comment=rating.comment,
                source="platform",
                rated_at=self.now,
            )
        return Plan(conversation=conversation, becomes=conversation, inbox_ids=(row.id,), rated=rated)

    def _verdict(self, conversation: Conversation, decision: Decision) -> Rated | None:
        rate = decision.act if isinstance(decision.act, Rate) else decision.rated
        if rate is None:
            return None
        return Rated(
            conversation_id=conversation.id,
            episode=rate.episode,
            score=rate.score,
            comment=rate.comment,
            source="buyer",
            rated_at=self.now,
        )


def _wordless(row: Unread) -> Heard:
    """Something that happened, heard as a message without words."""
    return Heard(
        inbox_id=row.id,
        external_id=row.external_id,
        content=Text(""),
        surroundings=Surroundings(),
        sent_at=row.received_at,
        arrived_at=row.received_at,
    )


def _heard(row: Unread, situation: Situation) -> Heard:
    return dataclasses.replace(
        heard_of(row),
        said_by_others=situation.said_by_others.get(row.id, 0),
        own_hosts=situation.own_hosts,
        is_late=situation.is_late,
    )


def _code_of(decision: Decision) -> str:
    """Why a person is called or nothing is said, as a code; empty for other acts."""
    reason = getattr(decision.act, "reason", None)
    return "" if reason is None else reason.code
