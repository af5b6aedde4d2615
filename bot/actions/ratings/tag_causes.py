"""Say what was wrong in a conversation that was rated badly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.clean import clean_text
from bot.storage.accounts.people import channel_of
from bot.storage.satisfaction import ratings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Unable
    from bot.storage.engine.database import Connection, Database

LONGEST_CAUSE = 30
MOST_CAUSES = 10


async def tag_causes(
    *, database: Database, clock: Clock, who: Staff, conversation_id: int, episode: int, causes: Sequence[str]
) -> Unable | None:
    """These causes and no others from now on; otherwise why not."""
    tags = tuple(dict.fromkeys(tag for each in causes if (tag := clean_text(each).strip())))
    if len(tags) > MOST_CAUSES or any(len(tag) > LONGEST_CAUSE for tag in tags):
        return "too_long"
    return await database.write(_tag, (conversation_id, episode), tags, who, clock)


def _tag(connection: Connection, key: ratings.Key, causes: Sequence[str], who: Staff, clock: Clock) -> Unable | None:
    channel = channel_of(connection, key[0])
    if channel is None or not who.may_in("see", channel):
        return "no_such_rating"
    if not who.may_in("answer", channel):
        return "not_allowed"
    done = ratings.set_causes(connection, key, causes, who=who, at=clock.now())
    return None if done else "no_such_rating"
