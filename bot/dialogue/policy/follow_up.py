"""Rules on a question that goes on from what was said before, and means little without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.dialogue.policy.last_question import follows_a_card, last_question, question_about
from bot.dialogue.policy.said_before import ELLIPSIS_CHARACTERS, speaks_of_an_answer
from bot.dialogue.question import SHORT_CHARACTERS, Response
from bot.dialogue.responses.answer import answer
from bot.dialogue.responses.ask_back import ask_on
from bot.dialogue.responses.circumstances import carried
from bot.dialogue.responses.hand_over import hand_over
from bot.dialogue.responses.said_already import speaks_of_it
from bot.dialogue.thresholds import GOES_ON_AT, LIKELY_BY_ITSELF, STAYS_AT, certainty, is_sure
from bot.dialogue.utterance import COMPLAINT_ENTRY, SMALL_TALK
from knowledge.answers.templates import variables_in
from knowledge.entities.dates import without_day
from knowledge.language.normalisation import fold
from knowledge.matching.matcher import ANSWER_AT
from knowledge.phrases.phrase import Phrase
from knowledge.reasons.reason import Reason, because

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.dialogue.question import Question
    from knowledge.manual.entry import Entry


FRAGMENT_CHARACTERS = 4

GOES_ON = "那"

_AROUND_AN_ANSWER = Phrase("follow_up", "around_an_answer")

_ASKS_WHAT_TO_DO = Phrase("follow_up", "asks_what_to_do")

_ASKS_ABOUT = Phrase("follow_up", "asks_about")

AT_A_LOSS = "办"


def with_the_last_answer(question: Question) -> Response | Reason:
    """Rule on "加多少钱" after "能发顺丰吗" and "微信付的" after a refund: only what the last entry has an answer for.

    It goes on from that entry whatever the words are about by themselves, unless they are kind or angry ones, or for
    an answer of that other entry too.
    """
    last, best = question.knowledge.entry(question.memory.last_entry or ""), question.best
    if last is None or follows_a_card(question):
        return because("nothing_answered_or_card")
    if is_sure(best) and best.entry == last.id:
        return because("sure_by_itself", entry=last.id)
    if not _says_only_what_is_answered(question.folded, last):
        return because("more_than_answer_is_for", entry=last.id)
    other = question.knowledge.entry(best.entry) if is_sure(best) else None
    if other and (other.id in {*SMALL_TALK, COMPLAINT_ENTRY} or speaks_of_an_answer(question.folded, other)):
        return because("sure_and_spoken_of", entry=other.id)
    response = answer(question, last.id, confidence=1.0, reason=because("just_what_answer_is_for", entry=last.id))
    if response.chosen is None or not response.chosen.is_spoken_of:
        return because("answer_does_not_hold", entry=last.id)
    return response


def _says_only_what_is_answered(said: str, entry: Entry) -> bool:
    """Whether these words are what the entry's answers are for, with the small words of a follow-up and a day."""
    if len(said) > ELLIPSIS_CHARACTERS:
        return False
    rest, words = said, {fold(word) for each in entry.answers for word in each.when.mentions}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        rest = rest.replace(word, " ")
    return rest != said and _AROUND_AN_ANSWER.says(without_day(rest))


def only_asks_what_to_do(said: str) -> bool:
    """Whether these words have no subject of their own: "那怎么办", "怎么弄"."""
    return _ASKS_WHAT_TO_DO.says(said)


def what_to_do(question: Question) -> Response | Reason:
    """Rule on "那怎么办" and "怎么弄": they have no subject of their own, but the one that was answered last.

    A buyer who was not understood since, or is at a loss ("怎么办") after all that there is to say, needs a person.
    """
    if not only_asks_what_to_do(question.folded):
        return because("not_only_what_to_do")
    last = question.knowledge.entry(question.memory.last_entry or "")
    if last is None and (question.memory.misses or question.conversation.mode == "waiting"):
        return hand_over(question, because("what_to_do_nothing_answered"), asked_for=True)
    if last is None:
        return ask_on(question, "go-on", {}, because("what_to_do_nothing_answered"))
    asked = f"{question_about(question, last.id)} {question.folded}".strip()
    response = answer(
        carried(question, asked), last.id, confidence=1.0, reason=because("what_to_do_about", entry=last.id)
    )
    is_said = response.chosen is not None and set(response.chosen.bubbles) <= set(question.memory.last_said)
    if question.memory.misses or (is_said and AT_A_LOSS in question.folded):
        reason = because("asks_what_to_do_all_said", entry=last.id)
        return hand_over(question, reason, asked_for=True)
    return response


def about_another_subject(question: Question) -> Response | Reason:
    """Rule on "发货呢" after "几天到": the bare subject of another entry, which its title names."""
    best, last = question.best, question.memory.last_entry
    named = _ASKS_ABOUT.pattern.fullmatch(question.folded)
    if last is None or best is None or named is None or is_sure(best) or certainty(best.confidence) == "none":
        return because("no_other_subject")
    subject = named["subject"]
    if subject in question.knowledge.title(last) or subject not in question.knowledge.title(best.entry):
        return because("subject_not_named", entry=best.entry)
    reason = because("another_subject", entry=best.entry, entry_before=last)
    return answer(question, best.entry, confidence=best.confidence, reason=reason)


def in_context(question: Question) -> Response | Reason:
    """Rule on "运费呢" after "我要退货" and "多少钱" after "能发顺丰吗": words that go on from what was said before.

    They are read in full in several ways, and the first counts that is sure and about an entry that knows the words.
    """
    last = question.memory.last_entry
    if last is None:
        return because("nothing_answered_before")
    if is_sure(question.best) and question.said.ends_as_question:
        return because("whole_question_and_sure", entry=question.best.entry)
    if is_sure(question.best) and not _is_also_asked_for_others(question, question.best.entry):
        return because("sure_and_none_other", entry=question.best.entry)
    for asked in _in_full(question, last):
        meant = next(iter(question.knowledge.find(asked).candidates), None)
        if is_sure(meant) and _knows_the_words(question, meant.entry):
            reason = because("belongs_to", asked=asked)
            response = answer(question, meant.entry, confidence=meant.confidence, reason=reason)
            said = (*question.memory.last_said, *(response.chosen.bubbles if response.chosen else ()))
            if not question.said.asks or speaks_of_it(question, meant.entry, said):
                return response
    return _by_itself(question, last)


def _in_full(question: Question, last: str) -> Iterator[str]:
    """What a few words may come to in full: behind the last question, behind what that is called, of what it named."""
    if not 0 < len(question.folded) <= SHORT_CHARACTERS or question.said.only_names:
        return
    yield f"{question_about(question, last)} {question.folded}"
    if question.memory.choice in {(), (last,)}:  # nothing else was asked back since
        yield f"{question.knowledge.title(last)} {question.folded}"
    names = question.knowledge.names_in(last_question(question))
    if any(names) and not any(question.said.names) and not is_sure(question.best):
        yield "".join(names) + question.folded


def _by_itself(question: Question, last: str) -> Response | Reason:
    """Words that are less than sure, which will do where they stay with the last answer or go on to the next step."""
    best = question.best
    if best is None or is_sure(best):
        return because("belongs_to_none")
    is_next = question.said.typed.startswith(GOES_ON) and _facts(question, best.entry) & _facts(question, last)
    needed = STAYS_AT if best.entry == last else GOES_ON_AT if is_next else ANSWER_AT
    if best.confidence < needed:
        return because("belongs_to_none")
    return answer(question, best.entry, confidence=best.confidence, reason=because("goes_on_from", entry=last))


def _is_also_asked_for_others(question: Question, sure: str) -> bool:
    """Whether buyers ask in these words for an entry other than the one that is sure."""
    others = question.knowledge.asked_with(question.folded.removeprefix(GOES_ON)) - {sure}
    return sure not in SMALL_TALK and bool(others)


def _knows_the_words(question: Question, entry_id: str) -> bool:
    """Whether an entry that a few words are only taken for behind others knows these very words.

    They come nearest to it by themselves, one of its answers is for them, buyers ask for it with them, or they are a
    fragment that asks for something. Courtesy belongs to nothing, and what is likely about another entry says no more
    about the one that was answered last.
    """
    best, said, entry = question.best, question.folded.removeprefix(GOES_ON), question.knowledge.entry(entry_id)
    if best is not None and (best.entry in SMALL_TALK or best.entry == entry_id):
        return best.entry == entry_id and not is_sure(best)
    likelihood = best.confidence if best else 0.0
    is_for_it = entry is not None and speaks_of_an_answer(said, entry)
    if likelihood >= LIKELY_BY_ITSELF and entry_id == question.memory.last_entry:
        return is_for_it and likelihood < STAYS_AT
    is_fragment = len(said) <= FRAGMENT_CHARACTERS and question.said.asks and bool(question.subject)
    return is_for_it or entry_id in question.knowledge.asked_with(said) or (is_fragment and not is_sure(best))


def _facts(question: Question, entry_id: str) -> set[str]:
    """The facts that the answers of an entry tell; the answers to two steps of one matter have some in common."""
    entry = question.knowledge.entry(entry_id)
    return {name for each in entry.answers for name in variables_in(each.bubbles)} if entry else set()
