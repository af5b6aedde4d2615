"""The rules of answering, pure and in order: what to do about a buyer's new messages, and why.

Each rule looks at one message in its turn and returns a `Ruling`, or says in words why it does not apply; the first
ruling wins, and all that was tried is kept. Several messages at once are judged one after the other and then put
together, so a burst gets one turn of answers.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from adapters.contract import Image, OrderCard, ProductCard, Text, Unsupported
from bot.domain.certainty import certainty
from bot.domain.conversation import RECENT_TEXTS, Memory
from bot.domain.decision import (
    Answer,
    Away,
    Bubble,
    Clarify,
    Decision,
    HandOver,
    Rate,
    RuleTried,
    StayQuiet,
    Why,
)
from bot.domain.satisfaction import read_rating
from bot.domain.wishes import number_picked, wants_person
from knowledge.entry import Circumstances
from knowledge.matching import ANSWER_AT, CLARIFY_AT
from knowledge.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from adapters.contract import ReplyKind
    from bot.domain.conversation import Conversation, Mode
    from bot.domain.decision import Act, Heard, ShopNow
    from knowledge.answering import Chosen
    from knowledge.base import KnowledgeBase
    from knowledge.matching import Candidate, Findings

STALE_TURNS = 6
"""So many bot turns without a new word from the other side, and it is likely another bot."""
SAME_QUESTION = 3
"""The third identical question goes to a person."""
CHOICES = 3
QUESTIONS_PER_TURN = 10
BUBBLES_PER_TURN = 3
MATCHED_CHARACTERS = 500
ALTERNATIVE = 0.35
"""A further entry is offered in a choice when it has at least this share of the best one's confidence."""
MISSES = 2
"""So many turns without an answer, and a person is called instead of asking back once more."""
SATISFIED = 4
PERSON_ENTRY = "human"
GREETING_ENTRY = "greeting"
FAREWELL_ENTRY = "farewell"
SMALL_TALK = {GREETING_ENTRY, FAREWELL_ENTRY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One message in its turn: what it says, what is known around it, and what was found for it."""

    heard: Heard
    text: str
    folded: str
    findings: Findings
    conversation: Conversation
    memory: Memory
    shop: ShopNow
    knowledge: KnowledgeBase
    named: Mapping[str, str]

    @property
    def best(self) -> Candidate | None:
        """The entry that fits best, if any comes near."""
        return self.findings.candidates[0] if self.findings.candidates else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What one rule decided."""

    act: Act
    bubbles: tuple[Bubble, ...] = ()
    mode: Mode | None = None
    memory: Memory
    reason: str
    chosen: Chosen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A message, the ruling on it and all the rules that were tried."""

    question: Question
    ruling: Ruling
    tried: tuple[RuleTried, ...]


def decide(*, heard: Sequence[Heard], conversation: Conversation, shop: ShopNow, knowledge: KnowledgeBase) -> Decision:
    """Decide about all new messages of one buyer together. `heard` is in order and not empty."""
    memory = _surroundings(heard, _begin_episode(conversation), knowledge)
    judged: list[Judged] = []
    for message in _worth_judging(heard):
        each = _judge(_question(message, conversation, memory, shop, knowledge))
        judged.append(each)
        if isinstance(each.ruling.act, Answer):
            memory = each.ruling.memory
    return _decision(_put_together(judged, memory), [each.question.folded for each in judged])


# Taking the messages apart


def _begin_episode(conversation: Conversation) -> Memory:
    """A closed conversation that the buyer takes up again starts anew, but is not welcomed or told twice."""
    memory = conversation.memory
    if conversation.mode != "closed":
        return memory
    return Memory(welcomed_on=memory.welcomed_on, away_told=memory.away_told)


def _surroundings(heard: Sequence[Heard], memory: Memory, knowledge: KnowledgeBase) -> Memory:
    """Remember the product, order state and region that the messages carry with them; the newest wins."""
    for message in heard:
        around, content = message.surroundings, message.content
        product = content.product_id if isinstance(content, ProductCard) else around.product_id
        status = content.status if isinstance(content, OrderCard) else around.order_status
        memory = dataclasses.replace(
            memory,
            product_id=product if product in knowledge.product_titles else memory.product_id,
            order_status=status or memory.order_status,
            region=around.region or memory.region,
        )
    return memory


def _worth_judging(heard: Sequence[Heard]) -> list[Heard]:
    """The messages to judge one by one: the last few different texts and the last picture, or else the last card."""
    texts = {fold(message.content.text): message for message in heard if isinstance(message.content, Text)}
    others = [message for message in heard if isinstance(message.content, Image | Unsupported)]
    return [*list(texts.values())[-QUESTIONS_PER_TURN:], *others[-1:]] or [heard[-1]]


def _question(
    message: Heard, conversation: Conversation, memory: Memory, shop: ShopNow, knowledge: KnowledgeBase
) -> Question:
    text = message.content.text[:MATCHED_CHARACTERS] if isinstance(message.content, Text) else ""
    findings, named = knowledge.find(text), knowledge.notice(text)
    return Question(
        heard=message,
        text=text,
        folded=findings.text,
        findings=findings,
        named={
            each.name: str(value)
            for each in dataclasses.fields(named)
            if (value := getattr(named, each.name)) is not None
        },
        conversation=conversation,
        memory=dataclasses.replace(
            memory, product_id=named.product_id or memory.product_id, region=named.region or memory.region
        ),
        shop=shop,
        knowledge=knowledge,
    )


# The rules, each with the message in its hands


def _blocked(question: Question) -> Ruling | str:
    if question.conversation.blocked_at is None:
        return "the buyer is not blocked"
    return _quiet(question, "the buyer is blocked")


def _person_has_spoken(question: Question) -> Ruling | str:
    if question.conversation.mode != "human":
        return "no person leads this conversation"
    return _quiet(question, "a person leads this conversation")


def _nothing_new(question: Question) -> Ruling | str:
    turns = question.memory.stale_turns
    if turns < STALE_TURNS or question.folded not in question.memory.recent:
        return f"{turns} turns without a new word, {STALE_TURNS} are the limit"
    return _quiet(question, f"{turns} turns without a new word: likely another bot")


def _picked_from_choice(question: Question) -> Ruling | str:
    choice = question.memory.choice
    if not choice:
        return "no choice was offered"
    number = number_picked(question.folded, choices=len(choice))
    if number is None or question.knowledge.entry(choice[number - 1]) is None:
        return f"names none of the {len(choice)} choices"
    return _answer(question, choice[number - 1], confidence=1.0, reason=f"picked number {number} of the choice")


def _rating(question: Question) -> Ruling | str:
    episode = question.conversation.open_invite
    if episode is None:
        return "no satisfaction invite is open"
    score = read_rating(question.folded)
    if score is None:
        return "the message is not a rating"
    line = "thanks-good" if score >= SATISFIED else "thanks-bad"
    return Ruling(
        act=Rate(score=score, episode=episode),
        bubbles=_lines(question, "thanks", line),
        mode=question.conversation.mode,
        memory=question.conversation.memory,
        reason=f"answers the invite with {score} of 5",
    )


def _product_named(question: Question) -> Ruling | str:
    wanted = question.memory.wanted
    if wanted is None or question.knowledge.entry(wanted) is None:
        return "no answer waits for a product"
    if question.memory.product_id is None:
        return "still no product is named"
    if _sure(question.best) and question.best.entry != wanted:
        return f"asks for {question.best.entry} instead"
    return _answer(question, wanted, confidence=1.0, reason="names the product that was asked for")


def _card_or_picture(question: Question) -> Ruling | str:
    content = question.heard.content
    if isinstance(content, Image | Unsupported):
        return _hand_over(question, "sent something that is not text", first=("unsupported-content",))
    if isinstance(content, ProductCard):
        return _about_product(question, content)
    if isinstance(content, OrderCard):
        return _ask_on(question, "order-card", {}, "an order card opens a question about that order")
    return "plain text"


def _about_product(question: Question, card: ProductCard) -> Ruling:
    title = question.knowledge.product_titles.get(card.product_id) or card.title
    if not title:
        return _hand_over(question, f"the manual has no product {card.product_id}")
    return _ask_on(question, "product-card", {"product": title}, "a product card opens a question about it")


def _person_wanted(question: Question) -> Ruling | str:
    best = question.best
    if wants_person(question.folded):
        return _hand_over(question, "the buyer asks for a person", entry=PERSON_ENTRY, asked_for=True)
    if best and best.entry == PERSON_ENTRY and _sure(best):
        return _hand_over(question, "the buyer asks for a person", entry=PERSON_ENTRY, asked_for=True)
    return "no wish for a person"


def _exact_words(question: Question) -> Ruling | str:
    entry = question.knowledge.exact_words.get(question.folded)
    if entry is None:
        return "no answer is bound to exactly these words"
    return _answer(question, entry, confidence=1.0, reason="exactly the words that staff bound to this answer")


def _asked_again_and_again(question: Question) -> Ruling | str:
    times = question.memory.recent.count(question.folded) + 1
    if times < SAME_QUESTION or not question.folded or (question.best and question.best.entry in SMALL_TALK):
        return f"asked {times} times in the same words, {SAME_QUESTION} go to a person"
    if question.conversation.mode == "waiting":
        return "already waits for a person"
    return _hand_over(question, f"asked {times} times in the same words")


def _sure_answer(question: Question) -> Ruling | str:
    best = question.best
    if best is None:
        return "nothing in the manual comes near"
    if not _sure(best):
        return f"{best.entry} at {best.confidence:.2f}, an answer needs {ANSWER_AT:.2f}"
    return _answer(question, best.entry, confidence=best.confidence, reason=_ahead(question))


def _already_waiting(question: Question) -> Ruling | str:
    if question.conversation.mode != "waiting":
        return "does not wait for a person"
    return _quiet(question, "waits for a person, and the bot is not sure of an answer")


def _close_candidates(question: Question) -> Ruling | str:
    best, memory = question.best, question.memory
    if best is None or certainty(best.confidence) == "none":
        return f"{best.confidence if best else 0:.2f} at best, a choice needs {CLARIFY_AT:.2f}"
    if memory.misses >= MISSES:
        return f"missed {memory.misses} times already"
    offered = [each for each in question.findings.candidates if each.confidence >= ALTERNATIVE * best.confidence]
    entries = tuple(each.entry for each in offered[:CHOICES])
    if len(entries) == 1:
        entries = tuple(each.entry for each in question.findings.candidates[:2])
    return _clarify(question, entries, best)


def _no_match(question: Question) -> Ruling:
    missed = question.memory.misses
    if missed:
        return _hand_over(question, f"not understood {missed + 1} times", first=("after-misses",))
    return _hand_over(question, "nothing in the manual answers this")


RULES: tuple[tuple[str, Callable[[Question], Ruling | str]], ...] = (
    ("blocked buyer", _blocked),
    ("a person has spoken", _person_has_spoken),
    ("nothing new", _nothing_new),
    ("choice picked", _picked_from_choice),
    ("rating", _rating),
    ("card or picture", _card_or_picture),
    ("person wanted", _person_wanted),
    ("exact words", _exact_words),
    ("product named", _product_named),
    ("same question again", _asked_again_and_again),
    ("answer", _sure_answer),
    ("already waiting", _already_waiting),
    ("clarify", _close_candidates),
    ("no match", _no_match),
)
"""In order of precedence; the last one always rules."""


def _judge(question: Question) -> Judged:
    tried: list[RuleTried] = []
    for name, rule in RULES[:-1]:
        outcome = rule(question)
        if isinstance(outcome, Ruling):
            return Judged(
                question=question, ruling=outcome, tried=(*tried, RuleTried(name, won=True, reason=outcome.reason))
            )
        tried.append(RuleTried(name, won=False, reason=outcome))
    ruling = _no_match(question)
    return Judged(
        question=question, ruling=ruling, tried=(*tried, RuleTried("no match", won=True, reason=ruling.reason))
    )


def _sure(candidate: Candidate | None) -> TypeGuard[Candidate]:
    return candidate is not None and certainty(candidate.confidence) == "answer"


def _ahead(question: Question) -> str:
    best, *others = question.findings.candidates
    words = f"{best.confidence:.2f}, an answer needs {ANSWER_AT:.2f}"
    return f"{words}; {best.confidence - others[0].confidence:.2f} ahead of {others[0].entry}" if others else words


# What the rules rule


def _quiet(question: Question, reason: str) -> Ruling:
    return Ruling(act=StayQuiet(reason=reason), memory=question.memory, reason=reason)


def _answer(question: Question, entry_id: str, *, confidence: float, reason: str) -> Ruling:
    """Say what the entry says here, or hand over when the manual itself asks for a person or lacks a fact."""
    entry = question.knowledge.entry(entry_id)
    times = question.memory.asked.get(entry_id, 0) + 1
    chosen = question.knowledge.answer(entry_id, _circumstances(question, times))
    if entry is None or chosen.missing:
        return _hand_over(
            question, f"{entry_id} needs what nobody has set: {', '.join(chosen.missing)}", entry=entry_id
        )
    memory = dataclasses.replace(
        question.memory,
        misses=0,
        choice=(),
        asked={**question.memory.asked, entry_id: times},
        wanted=entry_id if entry.needs_product and question.memory.product_id is None else None,
    )
    bubbles = tuple(
        Bubble(kind=_kind(entry_id), text=text, entry=entry_id, confidence=confidence) for text in chosen.bubbles
    )
    answered = dataclasses.replace(question, memory=memory)
    if entry.hands_over:
        why = f"{reason}; the manual hands {entry_id} to a person"
        ruling = _hand_over(answered, why, entry=entry_id, confidence=confidence)
        return dataclasses.replace(ruling, bubbles=(*bubbles, *ruling.bubbles), chosen=chosen)
    act = Answer(entry=entry_id, confidence=confidence)
    return Ruling(act=act, bubbles=bubbles, memory=memory, reason=reason, chosen=chosen)


def _kind(entry_id: str) -> ReplyKind:
    return "farewell" if entry_id == FAREWELL_ENTRY else "answer"


def _circumstances(question: Question, times: int) -> Circumstances:
    return Circumstances(
        local_time=question.shop.local_time,
        is_open=question.shop.is_open,
        is_working_day=question.shop.is_working_day,
        text=question.text,
        region=question.memory.region,
        order_status=question.memory.order_status,
        channel=question.conversation.channel,
        product_id=question.memory.product_id,
        times_asked=times,
    )


def _clarify(question: Question, entries: tuple[str, ...], best: Candidate) -> Ruling:
    numbers = [str(number) for number in range(1, len(entries) + 1)]
    titles = [question.knowledge.title(entry) for entry in entries]
    values = {
        "choices": "\n".join(f"{number}. {title}" for number, title in zip(numbers, titles, strict=True)),
        "numbers": "或".join(filter(None, ["、".join(numbers[:-1]), numbers[-1]])),
    }
    bubbles = _lines(question, "clarify", "choice", values)
    if question.memory.misses:  # he did not pick from the last one: the same titles, and a plainer way out
        bubbles = (*bubbles[:1], *_lines(question, "clarify", "choice-unclear", values))
    return Ruling(
        act=Clarify(entries=entries, confidence=best.confidence),
        bubbles=tuple(dataclasses.replace(bubble, choices=tuple(titles)) for bubble in bubbles[:1]) + bubbles[1:],
        memory=dataclasses.replace(question.memory, choice=entries, misses=question.memory.misses + 1),
        reason=f"{best.entry} at {best.confidence:.2f} is likely, not sure",
    )


def _ask_on(question: Question, line: str, values: Mapping[str, str], reason: str) -> Ruling:
    """A card was sent without words: name it and ask what the buyer wants to know."""
    bubbles = _lines(question, "clarify", line, values)
    return Ruling(act=Clarify(entries=(), confidence=1.0), bubbles=bubbles, memory=question.memory, reason=reason)


def _hand_over(
    question: Question,
    reason: str,
    *,
    entry: str | None = None,
    confidence: float | None = None,
    first: tuple[str, ...] = (),
    asked_for: bool = False,
) -> Ruling:
    """Bring in a person, with a line that is true now: the place in the queue, or when the shop opens."""
    if question.conversation.mode == "waiting":
        return _still_waiting(question, reason, asked_for=asked_for)
    memory = dataclasses.replace(question.memory, choice=(), misses=0)
    apology = tuple(bubble for line in first for bubble in _lines(question, "handoff", line))
    if question.shop.is_open:
        place = question.conversation.waiting_ahead + 1
        bubbles = _lines(question, "handoff", "hand-over-open", {"queue_position": str(place)})
        return Ruling(
            act=HandOver(reason=reason, entry=entry, confidence=confidence),
            bubbles=(*apology, *bubbles),
            mode="waiting",
            memory=dataclasses.replace(memory, position_told=place),
            reason=reason,
        )
    return Ruling(
        act=Away(reason=reason, entry=entry, confidence=confidence),
        bubbles=(*apology, *_away(question, "hand-over-closed" if asked_for or apology else "away")),
        mode="waiting",
        memory=dataclasses.replace(memory, away_told=question.shop.closed_period, position_told=None),
        reason=reason,
    )


def _away(question: Question, line: str) -> tuple[Bubble, ...]:
    """The opening time, once for each closed period."""
    period = question.shop.closed_period
    if question.memory.away_told == period:
        return ()
    once = f"away:{question.conversation.id}:{period}"
    bubbles = _lines(question, "away", line, {"opens_at": question.shop.opens_at})
    return tuple(dataclasses.replace(bubble, once=f"{once}:{part}") for part, bubble in enumerate(bubbles, 1))


def _still_waiting(question: Question, reason: str, *, asked_for: bool) -> Ruling:
    """He waits already and keeps his place; he hears it again only when it has changed."""
    place = question.conversation.waiting_ahead + 1
    quiet = _quiet(question, f"{reason}; already waits for a person at place {place}")
    if not (asked_for and question.shop.is_open) or question.memory.position_told == place:
        return quiet
    bubbles = _lines(question, "handoff", "waiting-still", {"queue_position": str(place)})
    memory = dataclasses.replace(question.memory, position_told=place)
    return dataclasses.replace(quiet, act=HandOver(reason=reason, entry=PERSON_ENTRY), bubbles=bubbles, memory=memory)


def _lines(
    question: Question, kind: ReplyKind, line: str, values: Mapping[str, str] | None = None
) -> tuple[Bubble, ...]:
    return tuple(Bubble(kind=kind, text=text) for text in question.knowledge.say(line, values or {}))


# Putting it together


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
        for part, bubble in enumerate(_lines(question, "welcome", "welcome"), 1)
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
