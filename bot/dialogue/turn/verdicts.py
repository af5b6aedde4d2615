"""What of a turn answers the invite to rate, kept apart from what needs more than thanks: a question, a wish, anger."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from adapters.contract import Text
from bot.dialogue.acts import Rate
from bot.dialogue.cues.dangers import tells_of_danger
from bot.dialogue.cues.ratings import read_rating
from bot.dialogue.cues.tempers import is_upset, looks_furious
from bot.dialogue.cues.wishes import wants_person
from bot.dialogue.utterance import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dialogue.state import Conversation
    from bot.dialogue.utterance import Utterance


def apart_from_verdict(
    said: Sequence[Utterance], conversation: Conversation
) -> tuple[Rate | None, Sequence[Utterance]]:
    """The mark of a turn that wants something besides, and what it wants; else no mark, and the turn as it stands.

    Of "3分" and "发货太慢" one message is made, so that the words stay with the mark.
    """
    if conversation.open_invite is None or not _may_rate(conversation):
        return None, said
    ratings = [(each, read_rating(each.text)) for each in said]
    rated = [(each, rating) for each, rating in ratings if rating is not None and rating.score is not None]
    if not rated:
        return None, said
    mark, rating = rated[0]
    others = [other for other in said if other is not mark]
    beside = [_with_text(mark, rating.comment), *others]
    wanted = [each for each in beside if _wants_something(each)]
    if wanted:
        comment = "，".join(filter(None, (each.text for each in beside)))
        return _rate(rating.score, comment, conversation.open_invite), wanted
    texts = filter(None, (each.text for each in (mark, *others)))
    return None, [_with_text(mark, "，".join(texts))] if others else said


def _may_rate(conversation: Conversation) -> bool:
    """Whether the rules would hear a mark: no person leads, and no number is a choice."""
    is_open = conversation.mode == "closed" or not conversation.memory.choice
    return conversation.mode != "human" and conversation.blocked_at is None and is_open


def _rate(score: int | None, comment: str, episode: int) -> Rate | None:
    return None if score is None else Rate(score=score, episode=episode, comment=comment)


def _with_text(said: Utterance, text: str) -> Utterance:
    return read(dataclasses.replace(said.heard, content=Text(text)), said.knowledge)


def _wants_something(said: Utterance) -> bool:
    """Whether somebody has to answer it; a card or a picture has no words, and always has."""
    if not isinstance(said.heard.content, Text):
        return True
    is_heated = is_upset(said.typed) or looks_furious(said.text) or tells_of_danger(said.typed, said.text)
    return bool(said.text) and (said.asks or said.wishes or wants_person(said.typed) or is_heated)
