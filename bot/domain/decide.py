"""Decide about a buyer's new messages: each is judged by the rules, and the rulings are put together. Pure."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.conversation import RECENT_TEXTS
from bot.domain.decision import (
    Answer,
    Away,
    Clarify,
    Decision,
    Dismiss,
    HandOver,
    Rate,
    RuleTried,
    StayQuiet,
    Why,
)
from bot.domain.patience import is_unfinished
from bot.domain.rules import judge
from bot.domain.rulings import hand_over, lines
from bot.domain.turn import (
    GREETING_ENTRY,
    MATCHED_CHARACTERS,
    SMALL_TALK,
    Judged,
    begin_episode,
    is_question,
    question_of,
    remember_surroundings,
    text_of,
    worth_judging,
)
from knowledge.splitting import split
from knowledge.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.conversation import Conversation, Memory
    from bot.domain.decision import Bubble, Heard, ShopNow
    from bot.domain.turn import Question
    from knowledge.base import KnowledgeBase

BUBBLES_PER_TURN = 3
NAMED_CHARACTERS = 20


def decide(*, heard: Sequence[Heard], conversation: Conversation, shop: ShopNow, knowledge: KnowledgeBase) -> Decision:
    """Decide about all new messages of one buyer together. `heard` is in order and not empty."""
    memory = remember_surroundings(heard, begin_episode(conversation), knowledge)
    bench = _Bench(conversation=conversation, shop=shop, knowledge=knowledge, memory=memory)
    for message in worth_judging(heard):
        bench.judge_message(message)
    bench.judge_together(heard)
    return _decision(_put_together(bench.judged), [fold(text_of(message)) for message in heard])


@dataclass(kw_only=True)
class _Bench:
    """Where the messages of one turn are judged, one after the other; what an answer sets is known to the next."""

    conversation: Conversation
    shop: ShopNow
    knowledge: KnowledgeBase
    memory: Memory
    judged: list[Judged] = field(default_factory=list)

    def judge_message(self, message: Heard) -> None:
        """Judge a message, as a whole or, where that gives more answers, question by question."""
        whole = self._judge(message, text_of(message))
        parts = split(text_of(message))
        if len(parts) > 1 and _is_open(whole):
            several = self._parts(message, parts)
            if several and not (
                isinstance(whole.ruling.act, Answer) and whole.ruling.act.entry not in _answered(several)
            ):
                self.judged += several
                return
        self._keep(whole)

    def judge_together(self, heard: Sequence[Heard]) -> None:
        """Fragments that say nothing each may say something together."""
        texts = [text_of(message) for message in heard if text_of(message)]
        if len(texts) > 1 and not _answered(self.judged) and all(map(_is_open, self.judged)):
            together = self._judge(heard[-1], " ".join(texts)[-MATCHED_CHARACTERS:])
            if isinstance(together.ruling.act, Answer):
                self.judged = [together]

    def _parts(self, message: Heard, parts: Sequence[str]) -> list[Judged]:
        """The questions of a message, when two of them have different answers, or one has and another stays open."""
        before = self.memory
        several: list[Judged] = []
        for part in parts:
            each = self._judge(message, part)
            if isinstance(each.ruling.act, Answer):
                self.memory = each.ruling.memory
            several.append(each)
        answered = _answered(several) - SMALL_TALK
        if len(answered) > 1 or (answered and any(map(_is_left_over, several))):
            return [each for each in several if _says_something(each) or _is_left_over(each)]
        self.memory = before
        return []

    def _judge(self, message: Heard, text: str) -> Judged:
        question = question_of(
            message,
            text,
            conversation=self.conversation,
            memory=self.memory,
            shop=self.shop,
            knowledge=self.knowledge,
        )
        return judge(question)

    def _keep(self, judged: Judged) -> None:
        self.judged.append(judged)
        if isinstance(judged.ruling.act, Answer):
            self.memory = judged.ruling.memory


def _is_open(judged: Judged) -> bool:
    """Whether the ruling is about what is asked, rather than a command, a card or silence."""
    act, in_words = judged.ruling.act, bool(text_of(judged.question.heard))
    return in_words and (isinstance(act, Answer | Clarify) or (isinstance(act, HandOver | Away) and act.entry is None))


def _answered(judged: Sequence[Judged]) -> set[str]:
    return {each.ruling.act.entry for each in judged if isinstance(each.ruling.act, Answer)}


def _says_something(judged: Judged) -> bool:
    act = judged.ruling.act
    return isinstance(act, Answer) and act.entry not in SMALL_TALK


def _is_left_over(judged: Judged) -> bool:
    """Whether it is a question that nobody has answered: a person hears of it by name."""
    text = judged.question.text
    unanswered = isinstance(judged.ruling.act, Clarify | HandOver | Away | StayQuiet) and _is_open_or_waiting(judged)
    return unanswered and is_question(text) and not is_unfinished(text)


def _is_open_or_waiting(judged: Judged) -> bool:
    return _is_open(judged) or judged.question.conversation.mode == "waiting"


# Putting it together


def _put_together(judged: Sequence[Judged]) -> Judged:
    """One ruling for the turn: a person where one is wanted, with the answers there are; else what was answered."""
    if len(judged) == 1:
        return judged[0]
    answers = [each for each in judged if _says_something(each)]
    answers = answers or [each for each in judged if isinstance(each.ruling.act, Answer)]
    wanted = [each for each in judged if isinstance(each.ruling.act, HandOver | Away) and not _is_open(each)]
    if wanted:
        return _with_answers(wanted[-1], answers)
    left_over = [each for each in judged if _is_left_over(each)]
    if answers and left_over:
        return _handed_on(answers, left_over)
    if answers:
        return _several_answers(answers)
    firm = [each for each in judged if isinstance(each.ruling.act, Clarify | Rate | Dismiss)]
    return (firm or list(judged))[-1]


def _with_answers(last: Judged, answers: Sequence[Judged]) -> Judged:
    if not answers:
        return last
    together = _several_answers(answers).ruling
    memory = dataclasses.replace(last.ruling.memory, asked=together.memory.asked, last_said=together.memory.last_said)
    ruling = dataclasses.replace(last.ruling, bubbles=(*together.bubbles, *last.ruling.bubbles), memory=memory)
    return dataclasses.replace(last, ruling=ruling)


def _handed_on(answers: Sequence[Judged], left_over: Sequence[Judged]) -> Judged:
    """Answer what can be answered, and name to the buyer what a person will answer."""
    first = _several_answers(answers)
    named = "、".join(f"“{each.question.text.strip()[:NAMED_CHARACTERS]}”" for each in left_over)
    asked = dataclasses.replace(left_over[-1].question, memory=first.ruling.memory)
    reason = f"answers {len(answers)} of {len(answers) + len(left_over)} questions, a person is wanted for {named}"
    handed = hand_over(asked, reason, first="handed-on", values={"question": named})
    ruling = dataclasses.replace(handed, bubbles=(*first.ruling.bubbles, *handed.bubbles), chosen=first.ruling.chosen)
    tried = (*first.tried, RuleTried("left over", won=True, reason=reason))
    return Judged(question=first.question, ruling=ruling, tried=tried)


def _several_answers(answers: Sequence[Judged]) -> Judged:
    """Each question once, in order; with several, the first bubble of each."""
    by_entry: dict[str | None, Judged] = {}
    for each in answers:
        by_entry.setdefault(each.ruling.bubbles[0].entry if each.ruling.bubbles else None, each)
    first, last = next(iter(by_entry.values())), answers[-1]
    bubbles = first.ruling.bubbles
    if len(by_entry) > 1:
        bubbles = tuple(each.ruling.bubbles[0] for each in by_entry.values() if each.ruling.bubbles)[:BUBBLES_PER_TURN]
    act = first.ruling.act
    if isinstance(act, Answer):
        act = dataclasses.replace(act, also=tuple(entry for entry in by_entry if entry and entry != act.entry))
    ruling = dataclasses.replace(first.ruling, act=act, bubbles=bubbles, memory=last.ruling.memory)
    return dataclasses.replace(first, ruling=ruling)


def _decision(judged: Judged, folded: Sequence[str]) -> Decision:
    question, ruling = judged.question, judged.ruling
    memory = ruling.memory if isinstance(ruling.act, Rate) else _remember_texts(ruling.memory, folded)
    bubbles = ruling.bubbles
    if not isinstance(ruling.act, StayQuiet | Rate | Dismiss):
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
