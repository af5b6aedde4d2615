"""Where the messages of one turn are judged, one after the other, each as a whole, in parts or together."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeVar

from bot.dialogue.acts import Answer
from bot.dialogue.cues.wishes import wants_all
from bot.dialogue.policy.judge import judge
from bot.dialogue.policy.matched import answer_what_leads, leads_clearly
from bot.dialogue.question import Judged, question_of
from bot.dialogue.turn.fragments import without_fragments
from bot.dialogue.turn.merging import may_be_asked_back
from bot.dialogue.turn.outcomes import entries_answered, is_open_or_waiting, says_something, wants_person
from bot.dialogue.turn.parts import (
    adds_nothing,
    better_apart,
    counts,
    is_a_reason,
    is_said_around,
    is_worth_more,
    may_say_more,
)
from bot.dialogue.utterance import MATCHED_CHARACTERS, SMALL_TALK, says_what_was_bought

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.dialogue.acts import ShopNow
    from bot.dialogue.state import Conversation, Memory
    from bot.dialogue.utterance import Utterance
    from knowledge.base import KnowledgeBase


Thing = TypeVar("Thing")

EFFORT_A_JUDGEMENT = 25
"""What the rules take for one question, in the coin in which finding is paid (`KnowledgeBase.within`)."""


@dataclass(kw_only=True)
class Turn:
    """Where the messages of one turn are judged, one after the other; what an answer sets is known to the next."""

    conversation: Conversation
    shop: ShopNow
    knowledge: KnowledgeBase
    memory: Memory
    judged: list[Judged] = field(default_factory=list)
    judged_upon: dict[Utterance, tuple[Memory, Judged]] = field(default_factory=dict)
    """What was judged last of some words, and what was remembered by then."""

    def judge_messages(self, messages: Sequence[Utterance]) -> None:
        """Judge what stands by itself, and together what came in fragments or is not understood otherwise."""
        thoughts = without_fragments(messages)
        in_fragments = len(thoughts) == 1 and bool(thoughts[0].text)
        before = dataclasses.replace(self, judged=[])  # so that what is read together knows nothing of the parts
        together = before.read_together(messages) if in_fragments else None
        if together and says_something(together):
            self.judged = [together]
            return
        for message in self._while_there_is_effort(thoughts):
            self._judge_message(message)
        if entries_answered(self.judged) - SMALL_TALK or not all(map(is_open_or_waiting, self.judged)):
            return
        together = together or before.read_together(messages)
        if together and ((in_fragments and len(messages) > 1) or says_something(together)):
            self.judged = [together]

    def _while_there_is_effort(self, things: Sequence[Thing]) -> Iterator[Thing]:
        """One after the other; the first that nothing can be found for is the last: for its sake a person is called."""
        for thing in things:
            is_last = self.knowledge.is_spent
            yield thing
            if is_last:
                return

    def read_together(self, messages: Sequence[Utterance]) -> Judged | None:
        """Fragments that say nothing each may say something together, or with the opening words before."""
        texts = [each.text for each in messages if each.text and not each.opens]
        texts = [*self._opened_with(), *texts] if texts else []
        together = " ".join(texts)[-MATCHED_CHARACTERS:]
        return self._judge(messages[-1].saying(together)) if len(texts) > 1 else None

    def _opened_with(self) -> list[str]:
        """What the buyer told in the turn before, "我前天买的粉底", upon which we asked what about it."""
        names_in, before = self.knowledge.names_in, self.conversation.memory.recent[-1:]
        said = [text for text in before if says_what_was_bought(text, names_in(text))]
        return said if self.conversation.mode == "bot" else []

    def _judge_message(self, message: Utterance) -> None:
        """Judge a message, as a whole or, where that gives more answers, question by question."""
        if self.memory.choice and wants_all(message.typed):
            for entry in self.memory.choice:
                self._keep(self._judge(message.saying(self.knowledge.title(entry))))
            return
        whole = self._judge(message)
        if may_say_more(message.parts, whole) and (is_open_or_waiting(whole) or wants_person(whole)):
            several = self._parts(message.parts, whole)
            if several:
                self.judged += several
                return
        self._keep(whole)

    def _parts(self, parts: Sequence[Utterance], whole: Judged) -> list[Judged]:
        """The questions of a message that count beside each other; none when it is better taken as a whole."""
        before = self.memory
        parts = [part for part in parts if not is_said_around(part)] or parts
        if adds_nothing(parts, whole):
            return []
        several = self._one_by_one(parts)
        if is_worth_more(several):
            self.memory = before
            several = self._one_by_one(parts, again=True)
        if better_apart(several, whole):
            return list(filter(counts, several))
        self.memory = before
        return []

    def _one_by_one(self, parts: Sequence[Utterance], *, again: bool = False) -> list[Judged]:
        """Each part judged; `again`, what leads clearly is answered, and what was answered before is not lost."""
        several = []
        in_order = list(zip_longest(parts, parts[1:]))
        for part, following in in_order if again else self._while_there_is_effort(in_order):
            judged = self._judge_part(part, parts)
            if not says_something(judged) and is_a_reason(part, following):
                continue
            if leads_clearly(judged) and again:
                judged = answer_what_leads(judged)
            several.append(judged)
            self._remember(judged)
        return several

    def _judge_part(self, part: Utterance, parts: Sequence[Utterance]) -> Judged:
        """A part, about the one product that is named beside it where that makes it likelier: "膜贴坏了 有没有教程"."""
        judged = self._judge(part)
        products = {each.typed_names.product for each in parts} - {""}
        if says_something(judged) or not part.asks or part.names.product or len(products) != 1:
            return judged
        about_it = self._judge(part.saying("".join(products) + part.text))
        is_likelier = may_be_asked_back(about_it) and not may_be_asked_back(judged)
        return about_it if is_likelier or says_something(about_it) else judged

    def _judge(self, said: Utterance) -> Judged:
        memory, judged = self.judged_upon.get(said, (None, None))
        if judged is None or memory != self.memory:
            self.knowledge.spend(EFFORT_A_JUDGEMENT)
            judged = judge(question_of(said, conversation=self.conversation, memory=self.memory, shop=self.shop))
            self.judged_upon[said] = self.memory, judged
        return judged

    def _keep(self, judged: Judged) -> None:
        self.judged.append(judged)
        self._remember(judged)

    def _remember(self, judged: Judged) -> None:
        """What was asked and answered is known to the rest of the turn, but the buyer has not heard it yet."""
        before, said = self.memory, judged.question.said
        memory = judged.response.memory if isinstance(judged.response.act, Answer) else before
        self.memory = dataclasses.replace(
            memory,
            asked=before.asked,
            last_said=before.last_said,
            choice=before.choice,
            recent=(*memory.recent, said.typed),
            told=(*before.told, said.typed) if said.tells else before.told,
        )
