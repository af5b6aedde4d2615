"""Messages that are no questions yet: they only open one, or only name what another one is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.dialogue.cues.wishes import is_opener
from bot.dialogue.policy.small_talk import tells_that_he_bought
from bot.dialogue.utterance import only_names, text_of
from knowledge.language.normalisation import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dialogue.acts import Heard
    from knowledge.base import KnowledgeBase


def without_fragments(messages: Sequence[Heard], knowledge: KnowledgeBase) -> list[Heard]:
    """The messages without those that only open a question, or only name what another one is about."""
    spoken = [message for message in messages if not _only_opens(message, knowledge)]
    names = {message.inbox_id: knowledge.names_in(fold(text_of(message))) for message in spoken}
    bare = [message for message in spoken if only_names(fold(text_of(message)), names[message.inbox_id])]
    whole = [message for message in spoken if message not in bare]
    if not whole:
        return spoken or list(messages)
    named = [any(kind) for kind in zip(*(names[message.inbox_id] for message in whole), strict=True)]
    apart = [
        message
        for message in bare
        if any(name and taken for name, taken in zip(names[message.inbox_id], named, strict=True))
    ]
    return [message for message in spoken if message in whole or message in apart]


def _only_opens(message: Heard, knowledge: KnowledgeBase) -> bool:
    text = text_of(message)
    return is_opener(text) or tells_what_he_bought(fold(text), knowledge)


def tells_what_he_bought(folded: str, knowledge: KnowledgeBase) -> bool:
    return tells_that_he_bought(knowledge.names_in(folded).without(folded))
