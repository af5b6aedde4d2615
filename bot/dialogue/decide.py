"""Decide about a buyer's new messages: each is judged by the rules, and the responses are put together. Pure."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.remembering import begin_episode, remember_names, remember_surroundings
from bot.dialogue.trace import part_of
from bot.dialogue.turn.deciding import decision_of
from bot.dialogue.turn.judging import Turn
from bot.dialogue.turn.merging import put_together
from bot.dialogue.turn.verdicts import apart_from_verdict
from bot.dialogue.utterance import read, worth_judging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dialogue.acts import Decision, Heard, ShopNow
    from bot.dialogue.state import Conversation
    from bot.dialogue.utterance import Utterance
    from knowledge.base import KnowledgeBase


EFFORT_A_MESSAGE = 800
"""What one message may take (`KnowledgeBase.within`), finding and judging together: more than five questions do."""
EFFORT_A_TURN = 1_600
"""What a turn may take, however many messages it has."""


def decide(*, heard: Sequence[Heard], conversation: Conversation, shop: ShopNow, knowledge: KnowledgeBase) -> Decision:
    """Decide about all new messages of one buyer together. `heard` is in order and not empty.

    However long and many they are, they take `EFFORT_A_TURN` at most; what is left unread goes to a person.
    """
    knowledge = knowledge.within(min(EFFORT_A_MESSAGE * len(heard), EFFORT_A_TURN))
    rated, said = apart_from_verdict([read(message, knowledge) for message in heard], conversation)
    decision = _decide(said, conversation, shop, knowledge)
    return decision if rated is None else dataclasses.replace(decision, rated=rated)


def _decide(said: Sequence[Utterance], conversation: Conversation, shop: ShopNow, knowledge: KnowledgeBase) -> Decision:
    memory = remember_names(said, remember_surroundings(said, begin_episode(conversation), knowledge), knowledge)
    turn = Turn(conversation=conversation, shop=shop, knowledge=knowledge, memory=memory)
    turn.judge_messages(worth_judging(said))
    decision = decision_of(put_together(turn.judged), said)
    if len(turn.judged) == 1:
        return decision
    return dataclasses.replace(decision, why=dataclasses.replace(decision.why, parts=tuple(map(part_of, turn.judged))))
