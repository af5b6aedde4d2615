"""The bot's own lines, and saying nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.dialogue.acts import Bubble, StayQuiet
from bot.dialogue.question import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.contract import ReplyKind
    from bot.dialogue.question import Question
    from knowledge.reasons.reason import Reason


NAMED_CHARACTERS = 20
"""So much of a question is repeated to say that a person will answer it."""


def quiet(question: Question, reason: Reason) -> Response:
    return Response(act=StayQuiet(reason=reason), memory=question.memory, reason=reason)


def lines(
    question: Question, kind: ReplyKind, line: str, values: Mapping[str, str] | None = None
) -> tuple[Bubble, ...]:
    return tuple(Bubble(kind=kind, text=text) for text in question.knowledge.say(line, values or {}))
