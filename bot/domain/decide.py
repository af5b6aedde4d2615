"""Decide about a buyer's new messages: each is judged by the rules, and the rulings are put together. Pure."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from bot.domain.certainty import certainty
from bot.domain.conversation import RECENT_TEXTS
from bot.domain.decision import (
    Answer,
    Away,
    Clarify,
    Decision,
    Dismiss,
    HandOver,
    Part,
    Rate,
    RuleTried,
    StayQuiet,
    Why,
)
from bot.domain.patience import is_unfinished
from bot.domain.rules.judge import judge
from bot.domain.rules.matches import answer_what_leads, leads_clearly
from bot.domain.rulings import hand_over, lines
from bot.domain.turn import (
    COMPLAINT_ENTRY,
    GREETING_ENTRY,
    MATCHED_CHARACTERS,
    SMALL_TALK,
    Judged,
    asks,
    begin_episode,
    in_plain,
    is_question,
    only_names,
    question_of,
    questions_in,
    remember_names,
    remember_surroundings,
    text_of,
    worth_judging,
)
from bot.domain.wishes import is_opener, wants_all, without_refusal
from knowledge.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.conversation import Conversation, Memory
    from bot.domain.decision import Bubble, Heard, ShopNow
    from bot.domain.turn import Question
    from knowledge.base import KnowledgeBase

BUBBLES_PER_TURN = 3
NAMED_CHARACTERS = 20
FILLER_CHARACTERS = 4
ANSWERED_BESIDE_AT = 0.5
REMEMBERED = ("region", "product_id", "order_status", "height_cm", "weight_kg", "last_entry", "wanted")
"""What of a memory decides about an answer, beside what was named in passing."""
_CALL = re.compile(r"回复(?:“人工”|‘人工’|「人工」|\"人工\"|人工)")
_BOUGHT = re.compile(
    r"(?:我|是|在)?(?:今天|昨天|前天|刚刚|刚才|刚|上周|上次|之前|已经)*+(?:在你们?家)?"
    r"(?:买|拍|下单|付款|付|订)(?:过|好)?了?(?:的|单|款|个|一个|一件)?"
)


def decide(*, heard: Sequence[Heard], conversation: Conversation, shop: ShopNow, knowledge: KnowledgeBase) -> Decision:
    """Decide about all new messages of one buyer together. `heard` is in order and not empty."""
    memory = remember_names(heard, remember_surroundings(heard, begin_episode(conversation), knowledge), knowledge)
    bench = _Bench(conversation=conversation, shop=shop, knowledge=knowledge, memory=memory)
    bench.judge_messages(worth_judging(heard))
    decision = _decision(_put_together(bench.judged), [fold(text_of(message)) for message in heard])
    if len(bench.judged) == 1:
        return decision
    return dataclasses.replace(decision, why=dataclasses.replace(decision.why, parts=tuple(map(_part, bench.judged))))


@dataclass(kw_only=True)
class _Bench:
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
        if together and _says_something(together):
            self.judged = [together]
            return
        for message in thoughts:
            self._judge_message(message)
        if _answered(self.judged) - SMALL_TALK or not all(map(_is_open_or_waiting, self.judged)):
            return
        together = together or before.read_together(messages)
        if together and (in_fragments or _says_something(together)):
            self.judged = [together]

    def read_together(self, messages: Sequence[Heard]) -> Judged | None:
        """Fragments that say nothing each may say something together."""
        texts = [text for message in messages if (text := text_of(message)) and not is_opener(text)]
        return self._judge(messages[-1], " ".join(texts)[-MATCHED_CHARACTERS:]) if len(texts) > 1 else None

    def _judge_message(self, message: Heard) -> None:
        """Judge a message, as a whole or, where that gives more answers, question by question."""
        if self.memory.choice and wants_all(fold(text_of(message))):
            for entry in self.memory.choice:
                self._keep(self._judge(message, self.knowledge.title(entry)))
            return
        whole = self._judge(message, text_of(message))
        parts = questions_in(text_of(message), self.knowledge)
        if _may_say_more(parts, whole) and (_is_open_or_waiting(whole) or _wants_person(whole)):
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
        if any(map(_says_something, several)) and any(map(leads_clearly, several)):
            self.memory = before
            several = self._one_by_one(message, parts, needs_to_be_sure=False)
        if _better_apart(several, whole):
            return [each for each in several if _says_something(each) or _is_left_over(each) or _wants_person(each)]
        self.memory = before
        return []

    def _one_by_one(self, message: Heard, parts: Sequence[str], *, needs_to_be_sure: bool = True) -> list[Judged]:
        several = []
        for part in parts:
            judged = self._judge(message, part)
            if leads_clearly(judged) and not needs_to_be_sure:
                judged = answer_what_leads(judged)
            several.append(judged)
            self._remember(judged)
        return several

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
        memory = judged.ruling.memory if isinstance(judged.ruling.act, Answer) else before
        self.memory = dataclasses.replace(
            memory,
            asked=before.asked,
            last_said=before.last_said,
            choice=before.choice,
            recent=(*memory.recent, judged.question.typed),
        )


def _without_fragments(messages: Sequence[Heard], knowledge: KnowledgeBase) -> list[Heard]:
    """The messages without those that only open a question, or only name what another one is about."""
    spoken = [message for message in messages if not is_opener(text_of(message))]
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


def _adds_nothing(parts: Sequence[str], whole: Judged) -> bool:
    """Whether the parts of an answered message are about its answer and one place and product: they need no judging."""
    act, knowledge = whole.ruling.act, whole.question.knowledge
    if not isinstance(act, Answer) or len({knowledge.names_in(fold(part))[:2] for part in parts}) > 1:
        return False
    return all(_is_about_or_says_nothing(part, act.entry, knowledge) for part in parts)


def _is_about_or_says_nothing(part: str, entry: str, knowledge: KnowledgeBase) -> bool:
    best = next(iter(knowledge.find(without_refusal(part)).candidates), None)
    if best is None or certainty(best.confidence) == "none":
        return not asks(part)
    return best.entry == entry


def _better_apart(several: Sequence[Judged], whole: Judged) -> bool:
    """Whether the parts of a message say more than the message as a whole."""
    answered = {_subject(each) for each in several if _says_something(each)}
    if isinstance(whole.ruling.act, Answer) and whole.ruling.act.entry not in _answered(several):
        return False
    if any(map(_wants_person, (*several, whole))):
        return any(map(_wants_person, several))
    if len(answered) > 1:
        return True
    if isinstance(whole.ruling.act, Answer) and len(answered) == 1 and not any(map(_is_unheard_of, several)):
        return False
    others = [each for each in several if not _says_something(each)]
    if any(_is_left_over(each) and not _is_about(each, several) for each in others):
        return bool(answered)
    return (
        bool(answered)
        and not isinstance(whole.ruling.act, Answer)
        and all(_is_filler(each, several) for each in others)
    )


def _is_unheard_of(judged: Judged) -> bool:
    """Whether it is a question that nothing in the manual comes near, or that is likely a person's matter."""
    act = judged.ruling.act
    likely = judged.question.knowledge.entry(act.entries[0]) if isinstance(act, Clarify) and act.entries else None
    return _is_left_over(judged) and (likely is None or likely.hands_over)


def _may_say_more(parts: Sequence[str], whole: Judged) -> bool:
    """Whether there may be several questions: not if the rest is courtesy, or the manual has these very words."""
    own_words = isinstance(whole.ruling.act, Answer) and whole.ruling.act.confidence == 1
    return len(parts) > 1 and not own_words and all(fold(part) != whole.question.folded for part in parts)


def _is_said_around(part: str, knowledge: KnowledgeBase) -> bool:
    """Whether a part of a message only leads to its question: "请问", "我昨天买的毛衣"."""
    folded = fold(part)
    return is_opener(part) or bool(_BOUGHT.fullmatch(knowledge.names_in(folded).without(folded)))


def _is_filler(judged: Judged, answers: Sequence[Judged]) -> bool:
    """Whether a part of a message says nothing that needs an answer: "急用", or more about what is answered."""
    question = judged.question
    return _is_about(judged, answers) or len(question.names.without(question.folded)) <= FILLER_CHARACTERS


def _wants_person(judged: Judged) -> bool:
    """Whether a person is wanted as such, rather than because nothing was understood."""
    return isinstance(judged.ruling.act, HandOver | Away) and not _is_open(judged)


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


def _is_about(judged: Judged, answers: Sequence[Judged]) -> bool:
    """Whether an unclear question is most likely about what one of these answers says."""
    best = judged.question.best
    return best is not None and best.confidence >= ANSWERED_BESIDE_AT and best.entry in _answered(answers)


def _is_open_or_waiting(judged: Judged) -> bool:
    return _is_open(judged) or judged.question.conversation.mode == "waiting"


# Putting it together


def _put_together(judged: Sequence[Judged]) -> Judged:
    """One ruling for the turn: a person where one is wanted, with the answers there are; else what was answered."""
    if len(judged) == 1:
        return judged[0]
    dismissed = [each for each in judged if isinstance(each.ruling.act, Dismiss)]
    answers = [each for each in judged if _says_something(each)]
    wanted = [each for each in judged if _wants_person(each)]
    left_over = [each for each in judged if _is_left_over(each) and not _is_about(each, answers)]
    if dismissed:
        return dismissed[-1]
    if wanted:
        return _with_answers(wanted[-1], answers)
    if len(answers) + len(left_over) > 1 and left_over and judged[0].question.conversation.mode != "waiting":
        return _handed_on(answers, left_over)
    if answers:
        return _several_answers(answers)
    firm = [each for each in judged if isinstance(each.ruling.act, Clarify | Rate)]
    said = [each for each in judged if isinstance(each.ruling.act, Answer)]
    return (left_over or firm or said or list(judged))[-1]


def _with_answers(last: Judged, answers: Sequence[Judged]) -> Judged:
    """The answers, and then a person; to somebody angry the apology comes first."""
    if not answers:
        return last
    together = _several_answers(answers, room=max(1, BUBBLES_PER_TURN - len(last.ruling.bubbles))).ruling
    memory = dataclasses.replace(last.ruling.memory, asked=together.memory.asked, last_said=together.memory.last_said)
    said = (together.bubbles, last.ruling.bubbles)
    first, then = reversed(said) if getattr(last.ruling.act, "entry", None) == COMPLAINT_ENTRY else said
    ruling = dataclasses.replace(last.ruling, bubbles=(*first, *then), memory=memory)
    return dataclasses.replace(last, ruling=ruling)


def _handed_on(answers: Sequence[Judged], left_over: Sequence[Judged]) -> Judged:
    """Answer what can be answered, and name to the buyer what a person will answer."""
    base = _several_answers(answers) if answers else left_over[0]
    memory = base.ruling.memory if answers else base.question.memory
    named = "、".join(f"“{each.question.text.strip()[:NAMED_CHARACTERS]}”" for each in left_over)
    reason = f"answers {len(answers)} of {len(answers) + len(left_over)} questions, a person is wanted for {named}"
    asked = dataclasses.replace(left_over[-1].question, memory=memory)
    handed = hand_over(asked, reason, first="handed-on", values={"question": named})
    said = _in_one(handed.bubbles)
    answered = _several_answers(answers, room=BUBBLES_PER_TURN - len(said)).ruling.bubbles if answers else ()
    ruling = dataclasses.replace(handed, bubbles=(*answered, *said), chosen=base.ruling.chosen)
    lost = [RuleTried(each.rule, won=False, reason=each.reason) for each in base.tried]
    won = RuleTried("left over", won=True, reason=reason)
    return Judged(question=base.question, ruling=ruling, tried=(*lost, won))


def _in_one(bubbles: Sequence[Bubble]) -> tuple[Bubble, ...]:
    """Bubbles as one, so that much fits into a turn; what is said once only stays by itself."""
    free = [bubble for bubble in bubbles if bubble.once is None]
    joined = (dataclasses.replace(free[0], text="".join(bubble.text for bubble in free)),) if free else ()
    return (*joined, *(bubble for bubble in bubbles if bubble.once is not None))


def _several_answers(answers: Sequence[Judged], *, room: int = BUBBLES_PER_TURN) -> Judged:
    """Each question once, in order, in so many bubbles at most: nothing that was asked is left out."""
    distinct: dict[tuple[str, str, str], Judged] = {}
    unsaid: list[tuple[Bubble, ...]] = []
    for each in answers:
        said = {bubble.text for bubbles in unsaid for bubble in bubbles}
        new = tuple(bubble for bubble in each.ruling.bubbles if bubble.text not in said)
        if _subject(each) not in distinct and (not distinct or any(bubble.entry is not None for bubble in new)):
            distinct[_subject(each)] = each
            unsaid.append(new)
    first, last = next(iter(distinct.values())), answers[-1]
    bubbles = _packed(unsaid, room)
    act = cast("Answer", first.ruling.act)  # none but answers come here
    also = dict.fromkeys(entry for entry, *_ in distinct if entry != act.entry)
    act = dataclasses.replace(act, also=tuple(also))
    memories = [each.ruling.memory for each in distinct.values()]
    memory = dataclasses.replace(
        last.ruling.memory,
        asked={entry: max(each.asked.get(entry, 0) for each in memories) for one in memories for entry in one.asked},
        last_said=tuple(dict.fromkeys(text for each in memories for text in each.last_said)),
    )
    ruling = dataclasses.replace(first.ruling, act=act, bubbles=bubbles, memory=memory)
    return dataclasses.replace(first, ruling=ruling)


def _subject(judged: Judged) -> tuple[str, str, str]:
    """What an answer is about: its entry, and the place and the product that the question names."""
    names = judged.question.names
    return str(getattr(judged.ruling.act, "entry", "")), names.place, names.product


def _packed(answers: Sequence[tuple[Bubble, ...]], room: int) -> tuple[Bubble, ...]:
    """All bubbles where there is room, else each answer in one; what is still too much shares the last bubble."""
    bubbles = [bubble for each in answers for bubble in each]
    if len(bubbles) > room and len(answers) > 1:
        bubbles = [_as_one(each) for each in answers if each]
    head, tail = bubbles[: room - 1], bubbles[room - 1 :]
    return (*head, _as_one(tail)) if tail else tuple(head)


def _as_one(bubbles: Sequence[Bubble]) -> Bubble:
    return dataclasses.replace(bubbles[0], text="\n".join(bubble.text for bubble in bubbles))


def _decision(judged: Judged, folded: Sequence[str]) -> Decision:
    question, ruling = judged.question, judged.ruling
    memory = ruling.memory
    if not isinstance(ruling.act, Rate):
        before = begin_episode(question.conversation).recent
        memory = _remember_texts(memory, before, folded)
    bubbles = ruling.bubbles
    if not isinstance(ruling.act, StayQuiet | Rate | Dismiss):
        memory, bubbles = _welcome(question, memory, bubbles)
    mode = ruling.mode or ("bot" if question.conversation.mode == "closed" else question.conversation.mode)
    return Decision(
        act=ruling.act,
        bubbles=_without_calling(question, bubbles) if mode == "waiting" else bubbles,
        mode=mode,
        memory=memory,
        why=_why(judged),
    )


def _without_calling(question: Question, bubbles: tuple[Bubble, ...]) -> tuple[Bubble, ...]:
    """The bubbles for a buyer in the queue: he need not reply 人工 any more."""
    instead = "".join(question.knowledge.say("in-queue", {}))
    return tuple(dataclasses.replace(bubble, text=_CALL.sub(instead, bubble.text)) for bubble in bubbles)


def _remember_texts(memory: Memory, before: Sequence[str], folded: Sequence[str]) -> Memory:
    new = any(text not in before for text in folded)
    recent = (*before, *folded)[-RECENT_TEXTS:]
    return dataclasses.replace(memory, recent=recent, stale_turns=0 if new else memory.stale_turns + 1)


def _welcome(question: Question, memory: Memory, bubbles: tuple[Bubble, ...]) -> tuple[Memory, tuple[Bubble, ...]]:
    """Greet once for each buyer, channel and local day; a bare opening is answered by the welcome alone."""
    today = question.shop.local_time.date().isoformat()
    if memory.welcomed_on == today:
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


def _why(judged: Judged) -> Why:
    question = judged.question
    return Why(
        **_account(judged),
        revision=question.knowledge.revision,
        local_time=question.shop.local_time,
        is_open=question.shop.is_open,
        is_refined=question.knowledge.is_refined,
    )


def _part(judged: Judged) -> Part:
    return Part(**_account(judged), act=judged.ruling.act)


def _account(judged: Judged) -> dict[str, Any]:
    """The fields of an `Account`."""
    question, chosen = judged.question, judged.ruling.chosen
    return {
        "text": question.folded,
        "words": question.findings.words,
        "named": question.named,
        "remembered": _remembered(question),
        "candidates": question.findings.candidates,
        "rules": judged.tried,
        "answer_rule": chosen.rule if chosen else "",
        "answer_lost": chosen.lost if chosen else (),
    }


def _remembered(question: Question) -> dict[str, str]:
    memory = question.memory
    known = {name: getattr(memory, name) for name in REMEMBERED} | dict(memory.passing)
    return {name: in_plain(value) for name, value in known.items() if value is not None and name not in question.named}
