"""Pass a conversation on to a colleague or a group, which a person does, or a rule for one who is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, literal

from bot.storage.conversations import change, turn
from bot.storage.people import receptions
from bot.storage.tables.base import Moment
from bot.storage.tables.messages import conversation

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.dialogue.state import Conversation, Mode
    from bot.storage.people.receptions import EndedHow, Holder


def moves_along(mode: Mode, holder: int | None, holder_of_clicked: int | None) -> bool:
    """Whether a buyer's other conversation moves with the one that is passed on (`holder` = whose each of them is).

    It does where the buyer waits for a person and nobody has them, or the same person has them in both. What the bot
    leads, what is over, and what somebody else has by now stays where it is.
    """
    return mode in {"waiting", "human"} and holder in (None, holder_of_clicked)


def pass_on(connection: Connection, found: Conversation, to: Holder, *, at: datetime, how: EndedHow) -> None:
    """They have it from now on. Whom the bot led until now waits for a person; who is closed is left closed.

    What the buyer is owed just now stays owed by whoever had it: their reception ends with it. Whoever keeps the lines
    looks at them next.
    """
    receptions.give(connection, found, to, at=at, how=how)
    this = conversation.c.id == found.id
    if found.mode == "bot":
        waiting_since = func.coalesce(conversation.c.waiting_since, literal(at, Moment))
        turn(connection, "person called", this, waiting_since=waiting_since, rung_due_at=at)
    else:
        change(connection, this)
