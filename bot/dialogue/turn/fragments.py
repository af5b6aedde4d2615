"""Messages that are no questions yet: they only open one, or only name what another one is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dialogue.utterance import Utterance


def without_fragments(messages: Sequence[Utterance]) -> list[Utterance]:
    """The messages without those that only open a question, or only name what another one is about."""
    spoken = [each for each in messages if not (each.opens or each.tells_what_was_bought)]
    whole = [each for each in spoken if not each.only_names_as_typed]
    if not whole:
        return spoken or list(messages)
    named = [any(kind) for kind in zip(*(each.typed_names for each in whole), strict=True)]
    return [each for each in spoken if each in whole or _names_one_more(each, named)]


def _names_one_more(bare: Utterance, named: Sequence[bool]) -> bool:
    """Whether it names a thing of a kind that is named beside it already, so that it asks of one more."""
    return any(name and taken for name, taken in zip(bare.typed_names, named, strict=True))
