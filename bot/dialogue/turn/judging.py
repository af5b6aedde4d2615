"""Where the messages of one turn are judged, one after the other, each as a whole, in parts or together."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from bot.dialogue.acts import Answer
from bot.dialogue.cues.questions import asks
from bot.dialogue.cues.wishes import is_opener, wants_all
from bot.dialogue.policy.judge import judge
from bot.dialogue.policy.matched import answer_what_leads, leads_clearly
from bot.dialogue.turn.deciding import only_told
from bot.dialogue.turn.fragments import tells_what_he_bought, without_fragments
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
from bot.dialogue.utterance import MATCHED_CHARACTERS, SMALL_TALK, Judged, question_of, questions_in, text_of
from knowledge.language.normalisation import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.dialogue.acts import Heard, ShopNow
    from bot.dialogue.state import Conversation, Memory
    from knowledge.base import KnowledgeBase


Thing = TypeVar("Thing")


@dataclass(kw_only=True)
class Turn:
    """Where the messages of one turn are judged, one after the other; what an answer sets is known to the next."""

    conversation: Conversation
    shop: ShopNow
    knowledge: KnowledgeBase
    memory: Memory
    judged: list[Judged] = field(default_factory=list)

    def judge_messages(self, messages: Sequence[Heard]) -> None:
        """Judge what stands by itself, and together what came in fragments or is not understood otherwise."""
        thoughts = without_fragments(messages, self.knowledge)
        in_fragments = len(thoughts) == 1 and bool(text_of(thoughts[0]))
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

    def read_together(self, messages: Sequence[Heard]) -> Judged | None:
        """Fragments that say nothing each may say something together, or with the opening words before."""
        texts = [text for message in messages if (text := text_of(message)) and not is_opener(text)]
        texts = [*self._opened_with(), *texts] if texts else []
        return self._judge(messages[-1], " ".join(texts)[-MATCHED_CHARACTERS:]) if len(texts) > 1 else None

    def _opened_with(self) -> list[str]:
        """What the buyer told in the turn before, "我前天买的粉底", upon which we asked what about it."""
        said = [text for text in self.conversation.memory.recent[-1:] if tells_what_he_bought(text, self.knowledge)]
        return said if self.conversation.mode == "bot" else []

    def _judge_message(self, message: Heard) -> None:
        """Judge a message, as a whole or, where that gives more answers, question by question."""
        if self.memory.choice and wants_all(fold(text_of(message))):
            for entry in self.memory.choice:
                self._keep(self._judge(message, self.knowledge.title(entry)))
            return
        whole = self._judge(message, text_of(message))
        parts = questions_in(text_of(message), self.knowledge)
        if may_say_more(parts, whole) and (is_open_or_waiting(whole) or wants_person(whole)):
            several = self._parts(message, parts, whole)
            if several:
                self.judged += several
                return
        self._keep(whole)

    def _parts(self, message: Heard, parts: Sequence[str], whole: Judged) -> list[Judged]:
        """The questions of a message that count beside each other; none when it is better taken as a whole."""
        before = self.memory
        parts = [part for part in parts if not is_said_around(part, self.knowledge)] or parts
        if adds_nothing(parts, whole):
            return []
        several = self._one_by_one(message, parts)
        if is_worth_more(several):
            self.memory = before
            several = self._one_by_one(message, parts, needs_to_be_sure=False)
        if better_apart(several, whole):
            return list(filter(counts, several))
        self.memory = before
        return []

    def _one_by_one(self, message: Heard, parts: Sequence[str], *, needs_to_be_sure: bool = True) -> list[Judged]:
        several = []
        for part, following in self._while_there_is_effort(list(zip(parts, (*parts[1:], ""), strict=True))):
            judged = self._judge_part(message, part, parts)
            if not says_something(judged) and is_a_reason(part, following):
                continue
            if leads_clearly(judged) and not needs_to_be_sure:
                judged = answer_what_leads(judged)
            several.append(judged)
            self._remember(judged)
        return several

    def _judge_part(self, message: Heard, part: str, parts: Sequence[str]) -> Judged:
        """A part, about the one product that is named beside it where that makes it likelier: "膜贴坏了 有没有教程"."""
        judged = self._judge(message, part)
        products = {self.knowledge.names_in(fold(each)).product for each in parts} - {""}
        if says_something(judged) or not asks(part) or judged.question.names.product or len(products) != 1:
            return judged
        about_it = self._judge(message, "".join(products) + part)
        is_likelier = may_be_asked_back(about_it) and not may_be_asked_back(judged)
        return about_it if is_likelier or says_something(about_it) else judged

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
        self._remember(judged)

    def _remember(self, judged: Judged) -> None:
        """What was asked and answered is known to the rest of the turn, but the buyer has not heard it yet."""
        before = self.memory
        memory = judged.response.memory if isinstance(judged.response.act, Answer) else before
        self.memory = dataclasses.replace(
            memory,
            asked=before.asked,
            last_said=before.last_said,
            choice=before.choice,
            recent=(*memory.recent, judged.question.typed),
            told=(*before.told, judged.question.typed) if only_told(judged.question.text) else before.told,
        )
