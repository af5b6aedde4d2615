"""What is to be sent: to the buyer, or to the shop's own desk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.channels.channel import longest_text_of
from bot.domain.delivering.text_parts import cut

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from adapters.contract import HandedOver, Reply, Returned
    from bot.dialogue.state import Conversation
    from bot.domain.channels.channel import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message to queue, for at once or for `not_before`. `key` makes it the same one whenever it is queued again.

    `deadline` is when the reply window closes; notices have none. `asked_at` is when what it answers arrived here.
    `episode` None = the one of the conversation.
    """

    conversation: Conversation
    content: Reply | HandedOver | Returned
    key: str
    at: datetime
    deadline: datetime | None = None
    asked_at: datetime | None = None
    episode: int | None = None
    not_before: datetime | None = None


def in_bubbles(
    replies: Sequence[Reply],
    *,
    conversation: Conversation,
    channel: Channel | None,
    cause: str,
    at: datetime,
    not_before: datetime | None = None,
) -> list[Outgoing]:
    """What is said beside the bot's decisions, cut to what the platform of `channel` takes, under keys of its cause.

    The bubbles are numbered through, and the first alone has its reply's reference.
    """
    limit = longest_text_of(channel)
    cut_up = [replace(reply, text=text) for reply in replies for text in cut(reply.text, limit) or ("",)]
    return [
        Outgoing(
            conversation=conversation,
            content=replace(
                bubble, part=part, parts=len(cut_up), reply_reference=bubble.reply_reference if part == 1 else None
            ),
            key=reply_key(conversation.channel, cause, part),
            at=at,
            deadline=conversation.window_until,
            not_before=not_before,
        )
        for part, bubble in enumerate(cut_up, 1)
    ]


def reply_key(channel: str, cause: str, part: int | str) -> str:
    """The stable id of one part of what follows from one cause: the same whenever and wherever it is worked out."""
    digest = hashlib.blake2b(f"{channel}\n{cause}\n{part}".encode(), digest_size=15).hexdigest()
    return f"r-{digest}"
