"""Decide about a buyer's new messages: each is judged by the rules, and the responses are put together. Pure."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.trace import part_of
from bot.dialogue.turn.deciding import decision_of
from bot.dialogue.turn.judging import Turn
from bot.dialogue.turn.merging import put_together
from bot.dialogue.turn.verdicts import apart_from_verdict
from bot.dialogue.utterance import begin_episode, remember_names, remember_surroundings, text_of, worth_judging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dialogue.acts import Decision, Heard, ShopNow
    from bot.dialogue.state import Conversation
    from knowledge.base import KnowledgeBase


EFFORT_A_TURN = 1_000
"""What one turn may ask of the knowledge (`KnowledgeBase.within`): more than six questions at once take."""


def decide(*, heard: Sequence[Heard], conversation: Conversation, shop: ShopNow, knowledge: KnowledgeBase) -> Decision:
    """Decide about all new messages of one buyer together. `heard` is in order and not empty.

    However long and many they are, reading them takes `EFFORT_A_TURN` at most; what is left goes to a person.
    """
    knowledge = knowledge.within(EFFORT_A_TURN)
    rated, heard = apart_from_verdict(heard, conversation)
    decision = _decide(heard, conversation, shop, knowledge)
    return decision if rated is None else dataclasses.replace(decision, rated=rated)


def _decide(heard: Sequence[Heard], conversation: Conversation, shop: ShopNow, knowledge: KnowledgeBase) -> Decision:
    memory = remember_names(heard, remember_surroundings(heard, begin_episode(conversation), knowledge), knowledge)
    turn = Turn(conversation=conversation, shop=shop, knowledge=knowledge, memory=memory)
    turn.judge_messages(worth_judging(heard))
    decision = decision_of(put_together(turn.judged), [text_of(message) for message in heard])
    if len(turn.judged) == 1:
        return decision
    return dataclasses.replace(decision, why=dataclasses.replace(decision.why, parts=tuple(map(part_of, turn.judged))))
