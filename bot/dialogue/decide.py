"""Decide about a buyer's new messages: each is judged by the rules, and the responses are put together. Pure."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from bot.dialogue.acts import Answer, Clarify, Decision, Dismiss, Rate, StayQuiet, Suggest
from bot.dialogue.cues.questions import asks, is_question, only_tells
from bot.dialogue.cues.wishes import is_opener, wants_all, without_refusal
from bot.dialogue.merging import may_be_asked_back, put_together
from bot.dialogue.outcomes import (
    entries_answered,
    is_about,
    is_answered_apart,
    is_left_over,
    is_open_or_waiting,
    says_something,
    subject_of,
    wants_person,
)
from bot.dialogue.policy.follow_up import only_asks_what_to_do
from bot.dialogue.policy.judge import judge
from bot.dialogue.policy.matched import answer_what_leads, leads_clearly
from bot.dialogue.policy.small_talk import tells_that_he_bought
from bot.dialogue.responses import lines
from bot.dialogue.state import RECENT_TEXTS, TOLD_TEXTS
from bot.dialogue.thresholds import ASKED_BACK_AT, certainty
from bot.dialogue.trace import part_of, why_of
from bot.dialogue.utterance import (
    GREETING_ENTRY,
    MATCHED_CHARACTERS,
    SMALL_TALK,
    Judged,
    begin_episode,
    only_names,
    question_of,
    questions_in,
    remember_names,
    remember_surroundings,
    text_of,
    worth_judging,
)
from bot.dialogue.verdicts import apart_from_verdict
from knowledge.language.normalisation import fold
from knowledge.language.splitting import split
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

    from bot.dialogue.acts import Act, Bubble, Heard, ShopNow
    from bot.dialogue.state import Conversation, Memory
    from bot.dialogue.utterance import Question
    from knowledge.base import KnowledgeBase
    from knowledge.manual.entry import Entry

Thing = TypeVar("Thing")

FILLER_CHARACTERS = 4
EFFORT_A_TURN = 1_000
"""What one turn may ask of the knowledge (`KnowledgeBase.within`): more than six questions at once take."""
_CALL = Phrase("own_line", "reply_a_word")
_WONDERS_WHY = Phrase("own_line", "wonders_why")
_GUESSES = ("是不是", "不会是", "该不会", "难道")


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
    turn = _Turn(conversation=conversation, shop=shop, knowledge=knowledge, memory=memory)
    turn.judge_messages(worth_judging(heard))
    decision = _decision(put_together(turn.judged), [text_of(message) for message in heard])
    if len(turn.judged) == 1:
        return decision
    return dataclasses.replace(decision, why=dataclasses.replace(decision.why, parts=tuple(map(part_of, turn.judged))))


@dataclass(kw_only=True)
class _Turn:
    """Where the messages of one turn are judged, one after the other; what an answer sets is known to the next."""

    conversation: Conversation
    shop: ShopNow
    knowledge: KnowledgeBase
    memory: Memory
    judged: list[Judged] = field(default_factory=list)

    def judge_messages(self, messages: Sequence[Heard]) -> None:
        """Judge what stands by itself, and together what came in fragments or is not understood otherwise."""
        thoughts = _without_fragments(messages, self.knowledge)
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
        """Fragments that say nothing each may say something together, or with what he opened with before."""
        texts = [text for message in messages if (text := text_of(message)) and not is_opener(text)]
        texts = [*self._opened_with(), *texts] if texts else []
        return self._judge(messages[-1], " ".join(texts)[-MATCHED_CHARACTERS:]) if len(texts) > 1 else None

    def _opened_with(self) -> list[str]:
        """What he told in the turn before, "我前天买的粉底", upon which he was asked what about it."""
        said = [text for text in self.conversation.memory.recent[-1:] if _tells_what_he_bought(text, self.knowledge)]
        return said if self.conversation.mode == "bot" else []

    def _judge_message(self, message: Heard) -> None:
        """Judge a message, as a whole or, where that gives more answers, question by question."""
        if self.memory.choice and wants_all(fold(text_of(message))):
            for entry in self.memory.choice:
                self._keep(self._judge(message, self.knowledge.title(entry)))
            return
        whole = self._judge(message, text_of(message))
        parts = questions_in(text_of(message), self.knowledge)
        if _may_say_more(parts, whole) and (is_open_or_waiting(whole) or wants_person(whole)):
            several = self._parts(message, parts, whole)
            if several:
                self.judged += several
                return
        self._keep(whole)

    def _parts(self, message: Heard, parts: Sequence[str], whole: Judged) -> list[Judged]:
        """The questions of a message that count beside each other; none when it is better taken as a whole."""
        before = self.memory
        parts = [part for part in parts if not _is_said_around(part, self.knowledge)] or parts
        if _adds_nothing(parts, whole):
            return []
        several = self._one_by_one(message, parts)
        if _is_worth_more(several):
            self.memory = before
            several = self._one_by_one(message, parts, needs_to_be_sure=False)
        if _better_apart(several, whole):
            return list(filter(_counts, several))
        self.memory = before
        return []

    def _one_by_one(self, message: Heard, parts: Sequence[str], *, needs_to_be_sure: bool = True) -> list[Judged]:
        several = []
        for part, following in self._while_there_is_effort(list(zip(parts, (*parts[1:], ""), strict=True))):
            judged = self._judge_part(message, part, parts)
            if not says_something(judged) and _is_a_reason(part, following):
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
            told=(*before.told, judged.question.typed) if _only_told(judged.question.text) else before.told,
        )


def _without_fragments(messages: Sequence[Heard], knowledge: KnowledgeBase) -> list[Heard]:
    """The messages without those that only open a question, or only name what another one is about."""
    spoken = [message for message in messages if not _only_opens(message, knowledge)]
    names = {message.inbox_id: knowledge.names_in(fold(text_of(message))) for message in spoken}
    bare = [message for message in spoken if only_names(fold(text_of(message)), names[message.inbox_id])]
    whole = [message for message in spoken if message not in bare]
    if not whole:
        return spoken or list(messages)
    named = [any(kind) for kind in zip(*(names[message.inbox_id] for message in whole), strict=True)]
    apart = [
        message
        for message in bare
        if any(name and taken for name, taken in zip(names[message.inbox_id], named, strict=True))
    ]
    return [message for message in spoken if message in whole or message in apart]


def _only_opens(message: Heard, knowledge: KnowledgeBase) -> bool:
    text = text_of(message)
    return is_opener(text) or _tells_what_he_bought(fold(text), knowledge)


def _tells_what_he_bought(folded: str, knowledge: KnowledgeBase) -> bool:
    return tells_that_he_bought(knowledge.names_in(folded).without(folded))


def _adds_nothing(parts: Sequence[str], whole: Judged) -> bool:
    """Whether the parts of an answered message are about its answer and one place and product: they need no judging."""
    act, knowledge = whole.response.act, whole.question.knowledge
    if not isinstance(act, Answer):
        return False
    if sum(map(is_question, parts)) > 1 and _tells_several(knowledge.entry(act.entry)):
        return False
    if len({knowledge.names_in(fold(part))[:2] for part in parts}) > 1:
        return False
    return all(_is_about_or_says_nothing(part, act.entry, knowledge) for part in parts)


def _tells_several(entry: Entry | None) -> bool:
    """Whether an entry has an answer for each of several things, so that two questions about it may get two."""
    return entry is not None and any(each.when.mentions for each in entry.answers)


def _is_about_or_says_nothing(part: str, entry: str, knowledge: KnowledgeBase) -> bool:
    best = next(iter(knowledge.find(without_refusal(part)).candidates), None)
    if best is not None and best.entry == entry and certainty(best.confidence) != "none":
        return True
    return not asks(part) and (best is None or best.confidence < ASKED_BACK_AT)


def _is_worth_more(several: Sequence[Judged]) -> bool:
    """Whether what leads clearly is sure enough: beside an answer, or beside another part that is very likely."""
    very_likely = sum(isinstance(each.response.act, Suggest) for each in several)
    return very_likely > 1 or (any(map(says_something, several)) and any(map(leads_clearly, several)))


def _better_apart(several: Sequence[Judged], whole: Judged) -> bool:
    """Whether the parts of a message say more than the message as a whole."""
    act, apart = whole.response.act, list(filter(says_something, several))
    if isinstance(act, Answer) and act.entry not in entries_answered(several):
        return _say_several_things(apart) and all(is_question(each.question.text) for each in apart)
    if any(map(wants_person, (*several, whole))):
        return any(map(wants_person, several))
    if _say_several_things(apart):
        return True
    if isinstance(act, Answer):
        return bool(apart) and any(_asks_beside(each, act.entry, several) for each in several)
    others = [each for each in several if each not in apart]
    if not apart:
        return isinstance(act, Clarify) and _asks_for_more(others, act)
    is_open = any(is_left_over(each) and not is_about(each, several) for each in others)
    return is_open or all(_is_filler(each, several) for each in others)


def _say_several_things(answers: Sequence[Judged]) -> bool:
    is_new = (is_answered_apart(each, answers[:1]) for each in answers[1:])
    return len(set(map(subject_of, answers))) > 1 or any(is_new)


def _asks_for_more(several: Sequence[Judged], asked_back: Clarify) -> bool:
    """Whether there are questions beside the one that would be asked back about: nothing is dropped for it."""
    asked = [each.question for each in several if is_left_over(each)]
    about = {each.best.entry for each in asked if each.best and certainty(each.best.confidence) != "none"}
    unknown = sum(each.best is None or certainty(each.best.confidence) == "none" for each in asked)
    return len(asked) > 1 and bool(asked_back.entries) and (unknown > 0 or not about <= set(asked_back.entries))


def _counts(judged: Judged) -> bool:
    """Whether a part must not be left out of the reply."""
    return any(counts(judged) for counts in (says_something, is_left_over, may_be_asked_back, wants_person))


def _is_unheard_of(judged: Judged) -> bool:
    """Whether it is a question that nothing in the manual comes near, or nothing but what a person does."""
    act = judged.response.act
    return is_left_over(judged) and not (isinstance(act, Clarify) and act.entries)


def _asks_beside(judged: Judged, answered: str, several: Sequence[Judged]) -> bool:
    """Whether a part asks for something else than what the message as a whole is sure to be about.

    Where no other part asks, one that is nearest to just that, however far it is, asks for nothing else.
    """
    if sum(asks(each.question.text) for each in several) > 1:
        return _is_unheard_of(judged) or (may_be_asked_back(judged) and not is_about(judged, several))
    best = judged.question.best
    return _is_unheard_of(judged) and (best is None or best.entry != answered)


def _may_say_more(parts: Sequence[str], whole: Judged) -> bool:
    """Whether there may be several questions: not if the rest is courtesy, or the manual has these very words.

    "毛衣多少钱，包邮吗" is two, though "多少钱包邮" may be one.
    """
    entry = whole.question.knowledge.entry(getattr(whole.response.act, "entry", None) or "")
    asked = entry.questions if entry else ()
    own_words = any(len(split(each)) > 1 and fold(each) == whole.question.typed for each in asked)
    return len(parts) > 1 and not own_words and all(fold(part) != whole.question.folded for part in parts)


def _is_said_around(part: str, knowledge: KnowledgeBase) -> bool:
    """Whether a part of a message only leads to its question, or has none of its own: "我昨天买的毛衣", "怎么办"."""
    folded = fold(part)
    return is_opener(part) or only_asks_what_to_do(folded) or _tells_what_he_bought(folded, knowledge)


def _is_a_reason(part: str, following: str) -> bool:
    """Whether a part only says why he asks what follows: "怎么比专柜便宜 是不是假的"."""
    return _WONDERS_WHY.says(part) and following.startswith(_GUESSES)


def _is_filler(judged: Judged, answers: Sequence[Judged]) -> bool:
    """Whether a part of a message needs no answer: "急用", "等着穿呢", or more about what is answered."""
    question = judged.question
    is_short = len(question.names.without(question.folded)) <= FILLER_CHARACTERS
    return is_short or only_tells(question.text) or is_about(judged, answers)


def _only_told(text: str) -> bool:
    return bool(text) and not asks(text)


def _told(before: Sequence[str], said: Sequence[str], act: Act) -> tuple[str, ...]:
    """What the buyer has only told since the last question that was answered."""
    if isinstance(act, Answer | Suggest) and any(map(asks, said)):
        return ()
    return (*before, *map(fold, filter(_only_told, said)))[-TOLD_TEXTS:]


def _decision(judged: Judged, said: Sequence[str]) -> Decision:
    folded = list(map(fold, said))
    question, response = judged.question, judged.response
    memory = response.memory
    if not isinstance(response.act, Rate):
        before = begin_episode(question.conversation)
        memory = _remember_texts(memory, before.recent, folded)
        memory = memory.knowing(told=_told(before.told, said, response.act))
    bubbles = response.bubbles
    if not isinstance(response.act, StayQuiet | Rate | Dismiss):
        memory, bubbles = _welcome(question, memory, bubbles)
    has_desk = question.conversation.has_desk
    mode = response.mode or ("bot" if question.conversation.mode == "closed" else question.conversation.mode)
    return Decision(
        act=response.act,
        bubbles=_without_calling(question, bubbles) if mode == "waiting" or not has_desk else bubbles,
        mode=mode,
        memory=memory,
        why=why_of(judged),
    )


def _without_calling(question: Question, bubbles: tuple[Bubble, ...]) -> tuple[Bubble, ...]:
    """The bubbles for a buyer in the queue: he need not reply 人工 any more, and does the rest once somebody comes.

    Where there is no desk nobody comes, and he leaves a message instead.
    """
    line = "in-queue" if question.conversation.has_desk else "leave-message"
    instead = "".join(question.knowledge.say(line, {}))

    def waits(call: re.Match[str]) -> str:
        apart, then = (call[name] is not None for name in ("apart", "then"))
        return f"{'，' if apart else ''}{instead}{'后' if then else ''}"

    return tuple(dataclasses.replace(bubble, text=_CALL.pattern.sub(waits, bubble.text)) for bubble in bubbles)


def _remember_texts(memory: Memory, before: Sequence[str], folded: Sequence[str]) -> Memory:
    new = any(text not in before for text in folded)
    recent = (*before, *folded)[-RECENT_TEXTS:]
    return dataclasses.replace(memory, recent=recent, stale_turns=0 if new else memory.stale_turns + 1)


def _welcome(question: Question, memory: Memory, bubbles: tuple[Bubble, ...]) -> tuple[Memory, tuple[Bubble, ...]]:
    """Greet once for each buyer, channel and local day; a bare opening is answered by the welcome alone."""
    today = question.shop.local_time.date().isoformat()
    if memory.welcomed_on == today or question.heard.is_late:
        return memory, bubbles
    once = f"welcome:{question.conversation.channel}:{question.conversation.buyer}:{today}"
    greeting = [
        dataclasses.replace(bubble, once=f"{once}:{part}")
        for part, bubble in enumerate(lines(question, "welcome", "welcome"), 1)
    ]
    only_opens = is_opener(question.text) or all(bubble.entry == GREETING_ENTRY for bubble in bubbles)
    if greeting and bubbles and only_opens:
        bubbles = ()
    return dataclasses.replace(memory, welcomed_on=today), (*greeting, *bubbles)
