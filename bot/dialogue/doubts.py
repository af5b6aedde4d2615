"""What the bot is in doubt about in a turn: the texts for a second opinion, where the owner has connected one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.dialogue.acts import Away, Clarify, HandOver, StayQuiet
from bot.dialogue.thresholds import certainty
from bot.dialogue.utterance import MATCHED_CHARACTERS, read, worth_judging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dialogue.acts import Decision, Heard
    from knowledge.base import KnowledgeBase

MOST_DOUBTS = 8


def doubts(heard: Sequence[Heard], decision: Decision, knowledge: KnowledgeBase) -> tuple[str, ...]:
    """The texts whose meaning could change the decision: none when it is sure, or not about what is asked.

    They are the messages, the parts of each and all of them together, as `decide` looks them up.
    """
    if not _is_unsure(decision):
        return ()
    judged = worth_judging([read(message, knowledge) for message in heard])
    said = [each for each in judged if each.text and not each.opens]
    parts = [part.text for each in said for part in each.parts]
    together = " ".join(each.text for each in said)[-MATCHED_CHARACTERS:]
    readings = dict.fromkeys((*(each.text for each in said), *parts, together))
    return tuple(text for text in readings if text and not _is_sure(text, knowledge))[:MOST_DOUBTS]


def _is_unsure(decision: Decision) -> bool:
    act = decision.act
    if isinstance(act, StayQuiet):
        return decision.mode == "waiting"
    return isinstance(act, Clarify) or (isinstance(act, HandOver | Away) and act.entry is None)


def _is_sure(text: str, knowledge: KnowledgeBase) -> bool:
    candidates = knowledge.find(text).candidates
    return bool(candidates) and certainty(candidates[0].confidence) == "answer"
