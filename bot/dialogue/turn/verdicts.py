"""What of a turn answers the invite to rate, kept apart from what needs more than thanks: a question, a wish, anger."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from adapters.contract import Text
from bot.dialogue.acts import Rate
from bot.dialogue.cues.dangers import tells_of_danger
from bot.dialogue.cues.questions import asks
from bot.dialogue.cues.ratings import read_rating
from bot.dialogue.cues.tempers import is_upset, looks_furious
from bot.dialogue.cues.wishes import wants_person, wishes
from bot.dialogue.utterance import text_of
from knowledge.language.normalisation import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dialogue.acts import Heard
    from bot.dialogue.state import Conversation


def apart_from_verdict(heard: Sequence[Heard], conversation: Conversation) -> tuple[Rate | None, Sequence[Heard]]:
    """The mark of a turn that wants something besides, and what it wants; else no mark, and the turn as it stands.

    Of "3分" and "发货太慢" one message is made, so that the words stay with the mark.
    """
    read = [(message, read_rating(text_of(message))) for message in heard]
    rated = [(message, rating) for message, rating in read if rating is not None and rating.score is not None]
    if conversation.open_invite is None or not rated or not _may_rate(conversation):
        return None, heard
    message, rating = rated[0]
    beside = [_with_text(message, rating.comment), *(other for other in heard if other is not message)]
    wanted = [each for each in beside if _wants_something(each)]
    if wanted:
        return _rate(rating.score, "，".join(filter(None, map(text_of, beside))), conversation.open_invite), wanted
    texts = [text_of(message), *(text_of(other) for other in beside[1:])]
    return None, [_with_text(message, "，".join(filter(None, texts)))] if len(heard) > 1 else heard


def _may_rate(conversation: Conversation) -> bool:
    """Whether the rules would hear a mark: no person leads, and no number is a choice."""
    is_open = conversation.mode == "closed" or not conversation.memory.choice
    return conversation.mode != "human" and conversation.blocked_at is None and is_open


def _rate(score: int | None, comment: str, episode: int) -> Rate | None:
    return None if score is None else Rate(score=score, episode=episode, comment=comment)


def _with_text(message: Heard, text: str) -> Heard:
    return dataclasses.replace(message, content=Text(text))


def _wants_something(message: Heard) -> bool:
    """Whether somebody has to answer it; a card or a picture has no words, and always has."""
    if not isinstance(message.content, Text):
        return True
    text = text_of(message)
    folded = fold(text)
    is_heated = is_upset(folded) or looks_furious(text) or tells_of_danger(folded, text)
    return bool(text) and (asks(text) or wishes(text) or wants_person(folded) or is_heated)
