"""Decisions written down: replies queued, messages settled, the conversation moved on; together or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from bot.domain.alerts import alert_of_rating
from bot.domain.planning.plan import heard_of
from bot.storage import conversations, inbox, outbox
from bot.storage.alerting import alerts
from bot.storage.announcing import announce
from bot.storage.conversations import unread_of
from bot.storage.engine.prepared import Prepared
from bot.storage.guarding import drafts
from bot.storage.packing import NAMES, UNREADABLE, pack_situation, pack_why, unpack_situation
from bot.storage.people import poisoned, receptions
from bot.storage.satisfaction import invites
from bot.storage.tables.messages import conversation, decision
from bot.storage.tables.messages import inbox as inbox_table
from bot.storage.transcript import words_kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.dialogue.acts import Heard
    from bot.dialogue.state import Conversation
    from bot.domain.alerts import Alert
    from bot.domain.planning.plan import Decided, Plan, Rated


MESSAGES_AT_ONCE = 1_000


def write(connection: Connection, plans: Sequence[Plan], *, node: str, desk_revision: int) -> list[Plan]:
    """Write the plans whose conversation is still ours and as it was when it was read; return those written.

    A conversation that another node holds now is left to it. One that anybody changed while we were thinking (a person
    took it over or left it, it was closed, blocked, put into the queue) is looked at again: its messages wait on. So is
    every one of them when something was set for the desk after its `desk_revision`: the bot may be silent now.
    """
    held = conversations.held(connection, [plan.conversation.id for plan in plans], node=node)
    good = [plan for plan in plans if held.get(plan.conversation.id) == (plan.conversation.fence, desk_revision)]
    _write_all(connection, good)
    conversations.release(connection, [plan.conversation.id for plan in good if not plan.outgoing], node=node)
    announce(connection, {f"{plan.conversation.channel}/{plan.conversation.external_id}" for plan in good})
    return good


def abandon(connection: Connection, plan: Plan, *, at: datetime) -> None:
    """Set the messages of a plan aside and call a person, with as little as can be written."""
    poisoned.set_aside(connection, plan.inbox_ids, problem=plan.problem)
    waits = {"waiting_since": at, "unanswered_since": at, "memory": b"", "patient_until": None}
    conversations.turn(connection, "person called", conversation.c.id == plan.conversation.id, **waits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A decision as it was kept: its account as JSON, and what it was made from."""

    revision: int
    body: bytes
    situation: bytes


def read_one(connection: Connection, decision_id: int) -> Stored | None:
    """One decision, or None when there is none of that number."""
    found = connection.execute(select(decision).where(decision.c.id == decision_id)).first()
    return None if found is None else Stored(revision=found.revision, body=found.body, situation=found.situation)


def read_body(connection: Connection, conversation_id: int, decision_id: int) -> bytes | None:
    """The account of a decision about this conversation, as JSON; None when there is none of that number."""
    its = (decision.c.id == decision_id, decision.c.conversation_id == conversation_id)
    body: bytes | None = connection.execute(select(decision.c.body).where(*its)).scalar()
    return body


def read_heard(connection: Connection, inbox_ids: Sequence[int]) -> list[Heard]:
    """The buyer's messages of these rows, in order."""
    rows = connection.execute(select(inbox_table).where(inbox_table.c.id.in_(inbox_ids)).order_by(inbox_table.c.id))
    return [heard_of(unread_of(row)) for row in rows]


def read_questions(connection: Connection, situations: Mapping[int, bytes]) -> dict[int, str]:
    """Decision → what the buyer had said that it was about, a line for each message; "" where nobody can read it.

    `situations` are what the decisions were made from, as they were kept.
    """
    asked = {number: _heard_in(situation) for number, situation in situations.items()}
    ids, said = sorted({each for theirs in asked.values() for each in theirs}), dict[int, str]()
    for start in range(0, len(ids), MESSAGES_AT_ONCE):
        rows = connection.execute(_SAID.where(inbox_table.c.id.in_(ids[start : start + MESSAGES_AT_ONCE])))
        said |= {row.id: words for row in rows if (words := words_kept(row.kind, row.body))}
    return {number: "\n".join(said[each] for each in theirs if each in said) for number, theirs in asked.items()}


def _heard_in(situation: bytes) -> Sequence[int]:
    try:
        return sorted(unpack_situation(situation).inbox_ids)
    except UNREADABLE:
        return ()


def _write_all(connection: Connection, plans: Sequence[Plan]) -> None:
    inbox.settle(connection, [row for plan in plans if not plan.problem for row in plan.inbox_ids], "done")
    outbox.insert(connection, [each for plan in plans for each in plan.outgoing])
    conversations.save(connection, plans)
    _INSERT.run_each(connection, [_columns(plan.decided) for plan in plans if plan.decided is not None])
    alerts.insert(connection, [each for plan in plans for each in plan.alerts])
    drafts.add(connection, plans)
    for plan in plans:
        if plan.ended_at is not None:
            receptions.let_go(connection, [plan.conversation.id], at=plan.ended_at, how="closed")
        if plan.problem:
            poisoned.set_aside(connection, plan.inbox_ids, problem=plan.problem)
        if plan.rated is not None and invites.rate(connection, plan.rated):
            alerts.insert(connection, _told_of_rating(plan.conversation, plan.rated))
        if plan.closing is not None:
            invites.open_for(connection, plan.closing)


def _columns(decided: Decided) -> dict[str, Any]:
    """The row that keeps a decision and its why."""
    situation, made = decided.situation, decided.decision
    return {
        "conversation_id": situation.conversation.id,
        "first_inbox_id": situation.inbox_ids[0],
        "outcome": NAMES[type(made.act)],
        "entry": getattr(made.act, "entry", None),
        "confidence": getattr(made.act, "confidence", None),
        "revision": made.why.revision,
        "body": pack_why(made, decided.title_of),
        "situation": pack_situation(situation),
        "created_at": decided.at,
    }


def _told_of_rating(rater: Conversation, rated: Rated) -> tuple[Alert, ...]:
    return alert_of_rating(rater, episode=rated.episode, score=rated.score, comment=rated.comment, at=rated.rated_at)


_INSERT = Prepared(insert(decision))
_SAID = select(inbox_table.c.id, inbox_table.c.kind, inbox_table.c.body)
