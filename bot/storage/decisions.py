"""Decisions written down: replies queued, messages settled, the conversation moved on; together or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from bot.storage import conversations, inbox, invites, outbox
from bot.storage.announcing import announce
from bot.storage.conversations import heard_of, unread_of
from bot.storage.engine.prepared import Prepared
from bot.storage.people import poisoned
from bot.storage.tables import conversation, decision
from bot.storage.tables import inbox as inbox_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.dialogue.acts import Heard
    from bot.dialogue.state import Conversation
    from bot.storage.invites import Closing, Rated


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be written about one conversation. `change` names columns of its row; `rows` are outbox rows.

    `reason` says why a person is called, `problem` why the messages are set aside rather than decided about.
    """

    conversation: Conversation
    inbox_ids: tuple[int, ...]
    change: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...] = ()
    decided: Mapping[str, Any] | None = None
    closing: Closing | None = None
    rated: Rated | None = None
    reason: str = ""
    problem: str = ""


def write(connection: Connection, plans: Sequence[Plan], *, node: str) -> list[Plan]:
    """Write the plans whose conversation is still ours and as it was when it was read; return those written.

    A conversation that another node holds now is left to it. One that anybody changed while we were thinking (a person
    took it over or left it, it was closed, blocked, put into the queue) is looked at again: its messages wait on.
    """
    held = conversations.held(connection, [plan.conversation.id for plan in plans], node=node)
    good = [plan for plan in plans if held.get(plan.conversation.id) == plan.conversation.fence]
    _write_all(connection, good)
    conversations.release(connection, [plan.conversation.id for plan in good if not plan.rows], node=node)
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


def read_heard(connection: Connection, inbox_ids: Sequence[int]) -> list[Heard]:
    """The buyer's messages of these rows, in order."""
    rows = connection.execute(select(inbox_table).where(inbox_table.c.id.in_(inbox_ids)).order_by(inbox_table.c.id))
    return [heard_of(unread_of(row)) for row in rows]


def _write_all(connection: Connection, plans: Sequence[Plan]) -> None:
    inbox.settle(connection, [row for plan in plans if not plan.problem for row in plan.inbox_ids], "done")
    outbox.insert(connection, [row for plan in plans for row in plan.rows])
    conversations.save(connection, [plan.change for plan in plans])
    decided = [plan.decided for plan in plans if plan.decided is not None]
    _INSERT.run_each(connection, decided)
    for plan in plans:
        if plan.problem:
            poisoned.set_aside(connection, plan.inbox_ids, problem=plan.problem)
        if plan.rated is not None:
            invites.rate(connection, plan.rated)
        if plan.closing is not None:
            invites.open_for(connection, plan.closing)


_INSERT = Prepared(insert(decision))
