"""Whether the parts of a message say more than the message as a whole, and which of them count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.dialogue.acts import Answer, Clarify, Suggest
from bot.dialogue.policy.follow_up import only_asks_what_to_do
from bot.dialogue.policy.matched import leads_clearly
from bot.dialogue.thresholds import ASKED_BACK_AT, certainty
from bot.dialogue.turn.merging import may_be_asked_back
from bot.dialogue.turn.outcomes import (
    entries_answered,
    is_about,
    is_answered_apart,
    is_left_over,
    says_something,
    subject_of,
    wants_person,
)
from knowledge.language.normalisation import fold
from knowledge.language.splitting import split
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dialogue.question import Judged
    from bot.dialogue.utterance import Utterance
    from knowledge.manual.entry import Entry


FILLER_CHARACTERS = 4

_WONDERS_WHY = Phrase("own_line", "wonders_why")

_GUESSES = ("是不是", "不会是", "该不会", "难道")


def adds_nothing(parts: Sequence[Utterance], whole: Judged) -> bool:
    """Whether the parts of an answered message are about its answer and one place and product: they need no judging."""
    act, knowledge = whole.response.act, whole.question.knowledge
    if not isinstance(act, Answer):
        return False
    if sum(part.is_question for part in parts) > 1 and _tells_several(knowledge.entry(act.entry)):
        return False
    if len({part.typed_names[:2] for part in parts}) > 1:
        return False
    return all(_is_about_or_says_nothing(part, act.entry) for part in parts)


def _tells_several(entry: Entry | None) -> bool:
    """Whether an entry has an answer for each of several things, so that two questions about it may get two."""
    return entry is not None and any(each.when.mentions for each in entry.answers)


def _is_about_or_says_nothing(part: Utterance, entry: str) -> bool:
    best = next(iter(part.knowledge.find(part.unrefused).candidates), None)
    if best is not None and best.entry == entry and certainty(best.confidence) != "none":
        return True
    return not part.asks and (best is None or best.confidence < ASKED_BACK_AT)


def is_worth_more(several: Sequence[Judged]) -> bool:
    """Whether what leads clearly is sure enough: beside an answer, or beside another part that is very likely."""
    very_likely = sum(isinstance(each.response.act, Suggest) for each in several)
    return very_likely > 1 or (any(map(says_something, several)) and any(map(leads_clearly, several)))


def better_apart(several: Sequence[Judged], whole: Judged) -> bool:
    """Whether the parts of a message say more than the message as a whole."""
    act, apart = whole.response.act, list(filter(says_something, several))
    if isinstance(act, Answer) and act.entry not in entries_answered(several):
        return _say_several_things(apart) and all(each.question.said.is_question for each in apart)
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


def counts(judged: Judged) -> bool:
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
    if sum(each.question.said.asks for each in several) > 1:
        return _is_unheard_of(judged) or (may_be_asked_back(judged) and not is_about(judged, several))
    best = judged.question.best
    return _is_unheard_of(judged) and (best is None or best.entry != answered)


def may_say_more(parts: Sequence[Utterance], whole: Judged) -> bool:
    """Whether there may be several questions: not if the rest is courtesy, or the manual has these very words.

    "毛衣多少钱，包邮吗" is two, though "多少钱包邮" may be one.
    """
    if len(parts) <= 1 or any(part.typed == whole.question.folded for part in parts):
        return False
    entry = whole.question.knowledge.entry(getattr(whole.response.act, "entry", None) or "")
    asked = entry.questions if entry else ()
    return not any(fold(each) == whole.question.said.typed and len(split(each)) > 1 for each in asked)


def is_said_around(part: Utterance) -> bool:
    """Whether a part of a message only leads to its question, or has none of its own: "我昨天买的毛衣", "怎么办"."""
    return part.opens or only_asks_what_to_do(part.typed) or part.tells_what_was_bought


def is_a_reason(part: Utterance, following: Utterance | None) -> bool:
    """Whether a part only says why the buyer asks what follows: "怎么比专柜便宜 是不是假的"."""
    return following is not None and following.text.startswith(_GUESSES) and _WONDERS_WHY.says(part.text)


def _is_filler(judged: Judged, answers: Sequence[Judged]) -> bool:
    """Whether a part of a message needs no answer: "急用", "等着穿呢", or more about what is answered."""
    said = judged.question.said
    is_short = len(said.nameless) <= FILLER_CHARACTERS
    return is_short or said.only_tells or is_about(judged, answers)
