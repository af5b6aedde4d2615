"""What people find for the knowledge editor as they answer: better answers, and entries that would have been right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, insert, select, update

from bot.storage import decisions
from bot.storage.engine.dialects import insert_new
from bot.storage.tables.desk import proposal, should_have_been
from bot.storage.tables.messages import conversation, decision

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.engine import Connection

    from bot.domain.accounts.staff import Staff

BecomesOfIt = Literal["taken", "dropped"]
Kind = Literal["answer", "correction"]
"""answer: what a person answered, for the manual · correction: a decision that should have been about another entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One thing that waits for the editor. `entry` is what it is for, None: for a new one.

    `answer` is empty where the entry answers well, and `decided` what the bot took a corrected question for.
    """

    kind: Kind
    number: int
    conversation_id: int
    channel: str
    by: str
    question: str
    answer: str
    entry: str | None
    decided: str | None
    at: datetime


def propose(
    connection: Connection,
    conversation_id: int,
    *,
    question: str,
    answer: str,
    entry: str | None,
    who: Staff,
    at: datetime,
) -> int:
    """Keep the pair for the editor; returns its number."""
    row = {"conversation_id": conversation_id, "staff_id": who.id, "staff_name": who.name, "at": at}
    pair = {"question": question, "answer": answer, "entry": entry}
    return int(connection.execute(insert(proposal).values(row | pair).returning(proposal.c.id)).scalar_one())


def correct(connection: Connection, decision_id: int, *, entry: str, who: Staff, at: datetime) -> None:
    """Keep that this decision should have been about that entry; who says so last is right."""
    said = {"entry": entry, "staff_id": who.id, "staff_name": who.name, "at": at, "state": "open"}
    connection.execute(insert_new(connection.dialect.name, should_have_been).values(decision_id=decision_id, **said))
    connection.execute(update(should_have_been).where(should_have_been.c.decision_id == decision_id).values(said))


def is_of(connection: Connection, decision_id: int, conversation_id: int) -> bool:
    """Whether this decision was made in that conversation."""
    found = select(decision.c.id).where(decision.c.id == decision_id, decision.c.conversation_id == conversation_id)
    return connection.execute(found).first() is not None


def corrected(connection: Connection, decision_ids: Collection[int]) -> dict[int, str]:
    """Decision → the entry that it should have been about, of those that somebody corrected."""
    row = should_have_been.c
    found = connection.execute(select(row.decision_id, row.entry).where(row.decision_id.in_(list(decision_ids))))
    return {each.decision_id: each.entry for each in found}


def read_open(connection: Connection, who: Staff, *, most: int) -> list[Draft]:
    """What nobody has settled of what this person may see, the newest first."""
    theirs = (*_answers(connection, who, most), *_corrections(connection, who, most, is_open=True))
    return sorted(theirs, key=lambda each: each.at, reverse=True)[:most]


def read_corrections(connection: Connection, who: Staff, *, most: int) -> list[Draft]:
    """What people said should have been, the newest first; not what an editor dropped."""
    return _corrections(connection, who, most, is_open=False)


def count_open(connection: Connection, who: Staff) -> int:
    """How many wait for the editor."""
    return sum(
        connection.execute(
            select(func.count()).select_from(query.where(table.c.state == "open").subquery())
        ).scalar_one()
        for table, query in ((proposal, _of_answers(who)), (should_have_been, _of_corrections(who)))
    )


def find(connection: Connection, who: Staff, kind: Kind, number: int) -> Draft | None:
    """One that waits still, if this person may see it."""
    if kind == "answer":
        found = _answers(connection, who, 1, proposal.c.id == number)
    else:
        found = _corrections(connection, who, 1, should_have_been.c.decision_id == number, is_open=True)
    return next(iter(found), None)


def settle(connection: Connection, draft: Draft, becomes: BecomesOfIt) -> bool:
    """The editor has taken it into the manual, or dropped it; returns whether it was still open."""
    table, number = (
        (proposal, proposal.c.id) if draft.kind == "answer" else (should_have_been, should_have_been.c.decision_id)
    )
    still = (number == draft.number, table.c.state == "open")
    return connection.execute(update(table).where(*still).values(state=becomes)).rowcount == 1


def _answers(connection: Connection, who: Staff, most: int, *which: ColumnElement[bool]) -> list[Draft]:
    query = _of_answers(who).where(proposal.c.state == "open", *which).order_by(proposal.c.id.desc()).limit(most)
    return [
        Draft(
            kind="answer",
            number=row.id,
            conversation_id=row.conversation_id,
            channel=row.channel,
            by=row.staff_name,
            question=row.question,
            answer=row.answer,
            entry=row.entry,
            decided=None,
            at=row.at,
        )
        for row in connection.execute(query)
    ]


def _corrections(
    connection: Connection, who: Staff, most: int, *which: ColumnElement[bool], is_open: bool
) -> list[Draft]:
    row = should_have_been.c
    state = row.state == "open" if is_open else row.state != "dropped"
    query = _of_corrections(who).where(state, *which).order_by(row.decision_id.desc()).limit(most)
    rows = connection.execute(query).all()
    questions = decisions.read_questions(connection, {each.decision_id: each.situation for each in rows})
    return [_correction(each, questions[each.decision_id]) for each in rows]


def _correction(row: Row[Any], question: str) -> Draft:
    return Draft(
        kind="correction",
        number=row.decision_id,
        conversation_id=row.conversation_id,
        channel=row.channel,
        by=row.staff_name,
        question=question,
        answer="",
        entry=row.entry,
        decided=row.decided,
        at=row.at,
    )


def _of_answers(who: Staff) -> Select[Any]:
    query = select(proposal, conversation.c.channel).join(conversation, conversation.c.id == proposal.c.conversation_id)
    return query.where(*_visible(who))


def _of_corrections(who: Staff) -> Select[Any]:
    query = (
        select(
            should_have_been,
            decision.c.entry.label("decided"),
            decision.c.conversation_id,
            decision.c.situation,
            conversation.c.channel,
        )
        .join(decision, decision.c.id == should_have_been.c.decision_id)
        .join(conversation, conversation.c.id == decision.c.conversation_id)
    )
    return query.where(*_visible(who))


def _visible(who: Staff) -> tuple[ColumnElement[bool], ...]:
    return () if who.channels is None else (conversation.c.channel.in_(sorted(who.channels)),)
