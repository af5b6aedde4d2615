"""Our own words come back from many platforms as a person's: whose they are, and what a channel's habit is.

Each bubble is recognised once. By the platform's id it is certain; by its words only where the channel may echo, and
only for a while. What is learned stands in `echo_habit`: a channel that gives our ids back is known by them, one that
has not given back its last hundred bubbles does not echo.
"""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, func, or_, select, update

from bot.storage.engine.dialects import insert_new
from bot.storage.outbox import NOTICES
from bot.storage.tables.messages import echo_habit, outbox

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from adapters.contract import Echoes

Habit = Literal["unknown", "no", "ids", "words"]

ECHO_SECONDS = 120
"""A staff message that says what we said this recently may be our own echo."""
BUBBLES_TO_KNOW = 100
ECHOED_AT_LEAST = 20
"""Fewer echoes than this are persons who happened to say the same."""
SOON_SECONDS = 10
"""A bubble that arrived less long ago may still come back."""
ROWS_LOOKED_AT = 50_000


def is_our_echo(
    connection: Connection,
    *,
    channel: str,
    conversation_id: int,
    external_id: str,
    text: str | None,
    at: datetime,
    echoes: Echoes,
) -> bool:
    """Whether a staff message is one of our bubbles coming back; that bubble is recognised by it, now and never again.

    An echo also proves that a reply of unknown outcome arrived.
    """
    bubbles = _not_yet_recognised(connection, conversation_id, external_id, at)
    by_id = next((row for row in bubbles if row.platform_message_id == external_id), None)
    if by_id is not None:
        _learn(connection, channel, "ids")
    said = _plain(text or "")
    alike = [row for row in bubbles if said and _plain(row.text) == said]
    found = by_id or _by_words(alike, _habit(connection, channel, at, echoes) if alike else "no")
    if found is None:
        return False
    their_id = found.platform_message_id or external_id
    connection.execute(
        update(outbox)
        .where(outbox.c.id == found.id)
        .values(
            platform_message_id=their_id,
            state="sent",
            settled_at=found.settled_at if found.state == "sent" else at,
            echoed_at=at,
        )
    )
    return True


def _not_yet_recognised(connection: Connection, conversation_id: int, external_id: str, at: datetime) -> list[Row[Any]]:
    """Bubbles that went out, or may have gone out, a short time ago; and the one with this very id."""
    table = outbox.c
    tried = and_(table.first_sent_at.is_not(None), table.state.in_(("sending", "queued")))
    recent = and_(table.state.in_(("sent", "unknown")), table.settled_at >= at - timedelta(seconds=ECHO_SECONDS))
    return list(
        connection.execute(
            select(table.id, table.state, table.text, table.settled_at, table.platform_message_id)
            .where(table.conversation_id == conversation_id, table.kind.not_in(NOTICES), table.echoed_at.is_(None))
            .where(or_(table.platform_message_id == external_id, tried, recent))
            .order_by(table.id)
        )
    )


def _by_words(alike: list[Row[Any]], habit: Habit) -> Row[Any] | None:
    """The first bubble of these words that may come back under an id we do not know."""
    if habit == "no":
        return None
    return next((row for row in alike if row.platform_message_id is None or habit != "ids"), None)


def _plain(text: str) -> str:
    """The words alone: platforms trim, wrap and fold what they pass on."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _habit(connection: Connection, channel: str, at: datetime, echoes: Echoes) -> Habit:
    """What the owner says, or what is known, or what the last bubbles show."""
    if echoes == "no":
        return "no"
    known: Habit | None = connection.execute(
        select(echo_habit.c.habit).where(echo_habit.c.channel == channel)
    ).scalar_one_or_none()
    if echoes == "yes":
        return "ids" if known == "ids" else "words"
    return known or _shown_by_the_last_bubbles(connection, channel, at)


def _shown_by_the_last_bubbles(connection: Connection, channel: str, at: datetime) -> Habit:
    newest = connection.execute(select(func.max(outbox.c.id))).scalar_one() or 0
    echoed = (
        connection.execute(
            select(outbox.c.echoed_at)
            .where(outbox.c.id > newest - ROWS_LOOKED_AT, outbox.c.channel == channel, outbox.c.kind.not_in(NOTICES))
            .where(outbox.c.state == "sent", outbox.c.settled_at <= at - timedelta(seconds=SOON_SECONDS))
            .order_by(outbox.c.id.desc())
            .limit(BUBBLES_TO_KNOW)
        )
        .scalars()
        .all()
    )
    if len(echoed) < BUBBLES_TO_KNOW:
        return "unknown"
    habit: Habit = "words" if sum(each is not None for each in echoed) >= ECHOED_AT_LEAST else "no"
    _learn(connection, channel, habit)
    return habit


def _learn(connection: Connection, channel: str, habit: Habit) -> None:
    """Keep what is known. That one of our ids came back proves more than any count that found nothing."""
    connection.execute(insert_new(connection.dialect.name, echo_habit), [{"channel": channel, "habit": habit}])
    connection.execute(
        update(echo_habit).where(echo_habit.c.channel == channel, echo_habit.c.habit == "no").values(habit=habit)
    )
