"""Rules on what the last answer, or what the buyer told, speaks of already."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.policy.last_question import follows_a_card
from bot.dialogue.question import SHORT_CHARACTERS, Response
from bot.dialogue.responses.answer import answer, say_again
from bot.dialogue.responses.ask_back import clarify
from bot.dialogue.responses.circumstances import circumstances_of
from bot.dialogue.responses.hand_over import hand_over
from bot.dialogue.responses.said_already import speaks_of_it
from bot.dialogue.thresholds import LIKELY_BY_ITSELF, certainty, is_sure
from bot.dialogue.utterance import SMALL_TALK
from knowledge.language.normalisation import fold
from knowledge.reasons.reason import Reason, because
from knowledge.relevance.keywords import says_so, stands_in

if TYPE_CHECKING:
    from bot.dialogue.question import Question
    from knowledge.answers.choose import Chosen
    from knowledge.manual.entry import Entry
    from knowledge.matching.matcher import Candidate


ELLIPSIS_CHARACTERS = 16


def spoken_of_just_now(question: Question) -> Response | Reason:
    """Rule on "充苹果15呢" after an answer that says how 苹果15 is charged: the whole answer, chosen anew.

    The answer may be the general one of the same entry, where the one for the product before says nothing of it.
    """
    last, memory = question.memory.last_entry, question.memory
    if last is None or question.knowledge.entry(last) is None or follows_a_card(question):
        return because("nothing_answered_or_card")
    if not _may_ask_for_a_part(question, last):
        return because("no_part_of_last", last=last)
    chosen = question.knowledge.answer(last, circumstances_of(question, last, memory.asked.get(last, 0) + 1))
    is_sure_of_it = is_sure(question.best) and question.best.entry == last
    if (chosen.is_spoken_of or is_sure_of_it) and not set(chosen.bubbles) <= set(memory.last_said):
        return because("last_has_another_answer", last=last)
    if _speaks_of_a_part(question, last, chosen):
        return say_again(question, last, chosen, because("answer_speaks_of_it", entry=last))
    general = dataclasses.replace(question, memory=dataclasses.replace(memory, product_id=None))
    chosen = question.knowledge.answer(last, circumstances_of(general, last, 1))
    if memory.product_id is not None and _speaks_of_a_part(general, last, chosen):
        return answer(general, last, confidence=1.0, reason=because("general_answer_speaks_of_it", last=last))
    return because("last_says_nothing_of_it", last=last)


def _speaks_of_a_part(question: Question, entry_id: str, chosen: Chosen) -> bool:
    """Whether an answer, not yet repeated, speaks of what is asked, which is a part of the whole matter."""
    subject, is_repeated = question.subject, question.memory.last_said.count(chosen.bubbles[0]) > 1
    if chosen.missing or is_repeated or stands_in(subject, fold(question.knowledge.title(entry_id))):
        return False
    return says_so(subject, fold("\n".join(chosen.bubbles)))


def _may_ask_for_a_part(question: Question, last: str) -> bool:
    """Whether these words ask for something, in other words than before, and are not about another entry for sure.

    A few sure words may ask for a part of the last answer all the same, if the other entry is not called so.
    """
    subject, best = question.subject, question.best
    is_clear = any(len("".join(run)) > 1 for run in subject) or question.asks_of_another
    if not subject or not is_clear or not question.said.asks or question.said.typed in question.memory.recent:
        return False
    if best is None or best.entry == last or best.confidence < LIKELY_BY_ITSELF:
        return len(question.folded) <= ELLIPSIS_CHARACTERS and (best is None or best.entry not in SMALL_TALK)
    if not is_sure(best):
        return False
    is_called_so = question.knowledge.is_just_about(best.entry, subject)
    return len(question.folded) <= SHORT_CHARACTERS and best.confidence < 1 and not is_called_so


def after_what_they_told(question: Question) -> Response | Reason:
    """Rule on "还能保修吗" after "耳机进水了": what was told is about an entry that speaks of it too, so ask which."""
    best, about = question.best, _may_be_about(question)
    if about is None or not question.said.asks or not is_sure(best) or best.entry in {about.id, *SMALL_TALK}:
        return because("told_nothing_relevant")
    if _is_about_its_own(question, best, about.id) or not _speaks_of(question, about):
        return because("by_itself_about", entry=best.entry)
    if not _was_told_about(question, about):
        return because("told_is_not_about", entry=about.id)
    chosen = question.knowledge.answer(about.id, circumstances_of(question, about.id, 1))
    if about.id == question.memory.last_entry and _speaks_of_a_part(question, about.id, chosen):
        return say_again(question, about.id, chosen, because("about_what_was_told", entry=about.id))
    reason = because("also_spoken_of_in_told", entry=best.entry, confidence=f"{best.confidence:.2f}", about=about.id)
    if question.conversation.mode == "waiting":
        return hand_over(question, reason)
    return clarify(question, (best.entry, about.id), confidence=best.confidence, reason=reason)


def _may_be_about(question: Question) -> Entry | None:
    """The entry that was answered, or asked back about, when the buyer told something that a few words may be about."""
    memory = question.memory
    about = memory.choice[0] if len(memory.choice) == 1 else memory.last_entry
    if not memory.told or about is None or len(question.folded) > ELLIPSIS_CHARACTERS:
        return None
    entry = question.knowledge.entry(about)
    return None if entry is None or entry.hands_over else entry


def _was_told_about(question: Question, entry: Entry) -> bool:
    """Whether what was told last is about that entry, by itself and, likely, with the question behind it."""
    last, find = question.memory.told[-1], question.knowledge.find
    told = next(iter(find(last).candidates), None)
    together = {each.entry: each.confidence for each in find(f"{last} {question.folded}").candidates}
    return told is not None and told.entry == entry.id and certainty(together.get(entry.id, 0.0)) != "none"


def _is_about_its_own(question: Question, best: Candidate, about: str) -> bool:
    """Whether the entry that is sure is asked in these very words, and no other is, or has an answer for them."""
    is_its_question = best.confidence == 1 and about not in question.knowledge.asked_with(question.folded)
    entry = question.knowledge.entry(best.entry)
    return is_its_question or (entry is not None and speaks_of_an_answer(question.folded, entry))


def _speaks_of(question: Question, entry: Entry) -> bool:
    """Whether an entry is asked about what these words ask about, or has it in an answer."""
    subject, said = (
        question.subject,
        (bubble for each in entry.answers for bubble in each.bubbles),
    )
    return bool(subject) and speaks_of_it(question, entry.id, said)


def speaks_of_an_answer(said: str, entry: Entry) -> bool:
    """Whether one of the entry's answers is for a thing that these words hold."""
    return any(fold(word) in said for each in entry.answers for word in each.when.mentions)
