"""Decide about a buyer's new messages: each is judged by the rules, and the rulings are put together. Pure."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from adapters.contract import Text
from bot.domain.conversation import RECENT_TEXTS
from bot.domain.decision import Answer, Away, Clarify, Decision, HandOver, Rate, StayQuiet, Why
from bot.domain.rules import judge
from bot.domain.rulings import lines
from bot.domain.turn import GREETING_ENTRY, begin_episode, question_of, remember_surroundings, worth_judging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.conversation import Conversation, Memory
    from bot.domain.decision import Bubble, Heard, ShopNow
    from bot.domain.turn import Judged, Question
    from knowledge.base import KnowledgeBase

BUBBLES_PER_TURN = 3


def decide(*, heard: Sequence[Heard], conversation: Conversation, shop: ShopNow, knowledge: KnowledgeBase) -> Decision:
    """Decide about all new messages of one buyer together. `heard` is in order and not empty."""
    memory = remember_surroundings(heard, begin_episode(conversation), knowledge)
    judged: list[Judged] = []
    for message in worth_judging(heard):
        each = judge(question_of(message, conversation, memory, shop, knowledge))
        judged.append(each)
        if isinstance(each.ruling.act, Answer):
            memory = each.ruling.memory
    return _decision(_put_together(judged, memory), [each.question.folded for each in judged])


def _put_together(judged: Sequence[Judged], memory: Memory) -> Judged:
    """One ruling for the turn: whoever needs a person is heard; else what was answered; else the last word."""
    answers = [each for each in judged if isinstance(each.ruling.act, Answer)]
    handed = [each for each in judged if isinstance(each.ruling.act, HandOver | Away) and _decisive(each, answers)]
    rest = [each for each in judged if each not in answers]
    if len(judged) == 1:
        return judged[0]
    if handed:
        return _with_answers(handed[-1], answers, memory)
    if answers:
        return _several_answers(answers)
    clarifying = [each for each in rest if isinstance(each.ruling.act, Clarify | Rate)]
    return (clarifying or rest)[-1]


def _decisive(judged: Judged, answers: Sequence[Judged]) -> bool:
    """Beside an answer, only an express wish, an entry or a picture brings in a person; a stray fragment does not."""
    act = judged.ruling.act
    not_text = not isinstance(judged.question.heard.content, Text)
    return not answers or not_text or (isinstance(act, HandOver | Away) and act.entry is not None)


def _with_answers(last: Judged, answers: Sequence[Judged], memory: Memory) -> Judged:
    said = [bubble for each in answers for bubble in each.ruling.bubbles][:BUBBLES_PER_TURN]
    ruling = dataclasses.replace(
        last.ruling,
        bubbles=(*said, *last.ruling.bubbles),
        memory=dataclasses.replace(last.ruling.memory, asked=memory.asked),
    )
    return dataclasses.replace(last, ruling=ruling)


def _several_answers(answers: Sequence[Judged]) -> Judged:
    """Each question once, in order; with several, the first bubble of each."""
    by_entry = {each.ruling.bubbles[0].entry: each for each in answers}
    first, last = next(iter(by_entry.values())), answers[-1]
    bubbles = first.ruling.bubbles
    if len(by_entry) > 1:
        bubbles = tuple(each.ruling.bubbles[0] for each in list(by_entry.values())[:BUBBLES_PER_TURN])
    act = first.ruling.act
    if isinstance(act, Answer):
        act = dataclasses.replace(act, also=tuple(entry for entry in by_entry if entry and entry != act.entry))
    ruling = dataclasses.replace(first.ruling, act=act, bubbles=bubbles, memory=last.ruling.memory)
    return dataclasses.replace(first, ruling=ruling)


def _decision(judged: Judged, folded: Sequence[str]) -> Decision:
    question, ruling = judged.question, judged.ruling
    memory = ruling.memory if isinstance(ruling.act, Rate) else _remember_texts(ruling.memory, folded)
    bubbles = ruling.bubbles
    if not isinstance(ruling.act, StayQuiet | Rate):
        memory, bubbles = _welcome(question, memory, bubbles)
    mode = question.conversation.mode
    return Decision(
        act=ruling.act,
        bubbles=bubbles,
        mode=ruling.mode or ("bot" if mode == "closed" else mode),
        memory=memory,
        why=_why(judged),
    )


def _remember_texts(memory: Memory, folded: Sequence[str]) -> Memory:
    new = any(text not in memory.recent for text in folded)
    recent = (*memory.recent, *folded)[-RECENT_TEXTS:]
    return dataclasses.replace(memory, recent=recent, stale_turns=0 if new else memory.stale_turns + 1)


def _welcome(question: Question, memory: Memory, bubbles: tuple[Bubble, ...]) -> tuple[Memory, tuple[Bubble, ...]]:
    """Greet once for each buyer, channel and local day; a bare greeting is answered by the welcome alone."""
    today = question.shop.local_time.date().isoformat()
    if memory.welcomed_on == today:
        return memory, bubbles
    once = f"welcome:{question.conversation.channel}:{question.conversation.buyer}:{today}"
    greeting = [
        dataclasses.replace(bubble, once=f"{once}:{part}")
        for part, bubble in enumerate(lines(question, "welcome", "welcome"), 1)
    ]
    if greeting and bubbles and all(bubble.entry == GREETING_ENTRY for bubble in bubbles):
        bubbles = ()
    return dataclasses.replace(memory, welcomed_on=today), (*greeting, *bubbles)


def _why(judged: Judged) -> Why:
    question, chosen = judged.question, judged.ruling.chosen
    return Why(
        text=question.folded,
        words=question.findings.words,
        named=question.named,
        candidates=question.findings.candidates,
        rules=judged.tried,
        answer_rule=chosen.rule if chosen else "",
        answer_lost=chosen.lost if chosen else (),
        revision=question.knowledge.revision,
        local_time=question.shop.local_time,
        is_open=question.shop.is_open,
    )
