"""What a decision sends: its bubbles, and the notice to the shop's desk when a person is wanted."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from adapters.contract import Reply
from bot.dialogue.acts import Dismiss
from bot.domain.delivering.outgoing import Outgoing, reply_key
from bot.domain.desk.notices import desk_notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from adapters.contract import ReplyReference
    from bot.dialogue.acts import Bubble, Decision, Heard
    from bot.dialogue.state import Conversation
    from bot.domain.channels.channel import Channel


def outgoing_of(
    decision: Decision,
    heard: Sequence[Heard],
    *,
    conversation: Conversation,
    becomes: Conversation,
    channel: Channel | None,
    now: datetime,
    reference: ReplyReference | None = None,
) -> tuple[Outgoing, ...]:
    """All of it, in order, under keys that are the same whenever the same messages are decided about.

    `reference` is what the platform handed out for the answer: the first bubble has it.
    """
    notice = _notice(decision, heard, conversation=conversation, becomes=becomes, channel=channel, now=now)
    replies = _replies(
        decision.bubbles, heard, conversation=conversation, becomes=becomes, now=now, reference=reference
    )
    return (*replies, *notice)


def _replies(
    bubbles: Sequence[Bubble],
    heard: Sequence[Heard],
    *,
    conversation: Conversation,
    becomes: Conversation,
    now: datetime,
    reference: ReplyReference | None,
) -> Iterator[Outgoing]:
    name, cause = conversation.channel, heard[-1].external_id
    for place, (bubble, part, parts) in enumerate(_numbered(bubbles)):
        yield Outgoing(
            conversation=conversation,
            content=_reply(bubble, heard, part, parts, reference=None if place else reference),
            key=reply_key(name, cause, part) if bubble.once is None else reply_key(name, bubble.once, "once"),
            at=now,
            deadline=becomes.window_until,
            asked_at=heard[0].arrived_at,
            episode=becomes.episode,
        )


def _notice(
    decision: Decision,
    heard: Sequence[Heard],
    *,
    conversation: Conversation,
    becomes: Conversation,
    channel: Channel | None,
    now: datetime,
) -> list[Outgoing]:
    notice = desk_notice(conversation, heard, decision, channel=channel, reply_by=becomes.reply_by)
    if notice is None:
        return []
    once = next((bubble.once for bubble in decision.bubbles if isinstance(decision.act, Dismiss)), None)
    key = reply_key(conversation.channel, once or heard[-1].external_id, "handed_over")
    return [Outgoing(conversation=conversation, content=notice, key=key, at=now, episode=becomes.episode)]


def _numbered(bubbles: Sequence[Bubble]) -> list[tuple[Bubble, int, int]]:
    """Each bubble with its part and how many parts there are; what is said once only is a message of its own."""
    parts = sum(bubble.once is None for bubble in bubbles)
    places = accumulate(int(bubble.once is None) for bubble in bubbles)  # a bool would be written as `true`
    return [
        (bubble, place, parts) if bubble.once is None else (bubble, 1, 1)
        for bubble, place in zip(bubbles, places, strict=True)
    ]


def _reply(bubble: Bubble, heard: Sequence[Heard], part: int, parts: int, *, reference: ReplyReference | None) -> Reply:
    return Reply(
        kind=bubble.kind,
        text=bubble.text,
        part=part,
        parts=parts,
        in_reply_to=tuple(message.external_id for message in heard),
        entry=bubble.entry,
        confidence=bubble.confidence,
        choices=bubble.choices,
        reply_reference=reference,
    )
