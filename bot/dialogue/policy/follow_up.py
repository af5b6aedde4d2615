"""Rules on a question that goes on from what was said before, and means little without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.dialogue.cues.questions import asks, ends_as_question
from bot.dialogue.policy.last_question import follows_a_card, last_question, question_about, sure_entry
from bot.dialogue.policy.said_before import ELLIPSIS_CHARACTERS, speaks_of_an_answer
from bot.dialogue.responses.answer import answer
from bot.dialogue.responses.ask_back import ask_on
from bot.dialogue.responses.circumstances import carried
from bot.dialogue.responses.hand_over import hand_over
from bot.dialogue.responses.said_already import speaks_of_it
from bot.dialogue.thresholds import GOES_ON_AT, LIKELY_BY_ITSELF, STAYS_AT, certainty, is_sure
from bot.dialogue.utterance import COMPLAINT_ENTRY, SHORT_CHARACTERS, SMALL_TALK, Response
from knowledge.answers.templates import variables_in
from knowledge.entities.bare_values import bare_value_in
from knowledge.entities.dates import without_day
from knowledge.language.normalisation import fold
from knowledge.matching.matcher import ANSWER_AT
from knowledge.phrases.phrase import Phrase
from knowledge.reasons.reason import Reason, because

if TYPE_CHECKING:
    from bot.dialogue.utterance import Question
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


def with_the_last_question(question: Question) -> Response | Reason:
    """Rule on "运费呢" after "我要退货" and on "怎么赔" after "有运费险吗": a few words that go on from a question."""
    last = question.memory.last_entry
    if last is None or not 0 < len(question.folded) <= SHORT_CHARACTERS or question.only_names:
        return because("no_few_words")
    if is_sure(question.best) and ends_as_question(question.text):
        return because("whole_question_and_sure", entry=question.best.entry)
    if is_sure(question.best) and not _is_also_asked_for_others(question, question.best.entry):
        return because("sure_and_none_other", entry=question.best.entry)
    subjects = [question_about(question, last)]
    if question.memory.choice in {(), (last,)}:  # nothing else was asked back since
        subjects.append(question.knowledge.title(last))
    for asked in subjects:
        meant = next(iter(question.knowledge.find(f"{asked} {question.folded}").candidates), None)
        if is_sure(meant) and _belongs(question, meant.entry):
            response = answer(
                question, meant.entry, confidence=meant.confidence, reason=because("belongs_to", asked=asked)
            )
            said = (*question.memory.last_said, *(response.chosen.bubbles if response.chosen else ()))
            if not asks(question.text) or speaks_of_it(question, meant.entry, said):
                return response
    return because("belongs_to_none")


def _is_also_asked_for_others(question: Question, sure: str) -> bool:
    """Whether buyers ask in these words for an entry other than the one that is sure, which `_belongs` insists on."""
    others = question.knowledge.asked_with(question.folded.removeprefix(GOES_ON)) - {sure}
    return sure not in SMALL_TALK and bool(others)


def _belongs(question: Question, entry_id: str) -> bool:
    """Whether these few words may be about an entry that they are taken for only after the last question.

    An answer of the entry is for what they hold, and they are not nearly sure to be about another; or they must be a
    fragment that asks something, or buyers must ask for this entry with these very words in it. What is sure by itself
    is no fragment, courtesy belongs to nothing, and what is likely about another matter adds nothing to this one.
    """
    best, said = question.best, question.folded.removeprefix(GOES_ON)
    if best is not None and (best.entry in SMALL_TALK or best.entry == entry_id):
        return best.entry == entry_id and not is_sure(best)
    entry, likelihood = question.knowledge.entry(entry_id), best.confidence if best else 0.0
    if entry is None or (likelihood < STAYS_AT and speaks_of_an_answer(said, entry)):
        return entry is not None
    if likelihood >= LIKELY_BY_ITSELF and entry_id == question.memory.last_entry:
        return False
    is_figure = any(bare_value_in(question.names.without(said))) or not any(map(str.isalpha, said))
    if not is_sure(best) and not is_figure and len(said) <= FRAGMENT_CHARACTERS and asks(question.text):
        return True
    return entry_id in question.knowledge.asked_with(said)


def more_about_the_same(question: Question) -> Response | Reason:
    """Rule on "多少钱" after "能发顺丰吗": a short question about what the last one named."""
    if question.memory.last_entry is None or is_sure(question.best):
        return because("understood_or_first")
    names = question.knowledge.names_in(last_question(question))
    if any(question.names) or not any(names) or len(question.folded) > SHORT_CHARACTERS:
        return because("no_short_question")
    meant = sure_entry(question, "".join(names) + question.folded)
    if meant is None:
        return because("not_sure_with", names="、".join(filter(None, names)))
    return answer(question, meant, confidence=1.0, reason=because("about_what_was_named", entry=meant))


def follow_up(question: Question) -> Response | Reason:
    """Rule on "怎么领" after a question about coupons, and on "那什么时候到", which goes on to the next step."""
    best, last = question.best, question.memory.last_entry
    if last is None or best is None or is_sure(best):
        return because("not_from_an_answer")
    is_next = question.typed.startswith(GOES_ON) and _facts(question, best.entry) & _facts(question, last)
    needed = STAYS_AT if best.entry == last else GOES_ON_AT if is_next else ANSWER_AT
    if best.confidence < needed:
        return because(
            "going_on_needs_more",
            entry=best.entry,
            confidence=f"{best.confidence:.2f}",
            entry_before=last,
            needed=f"{needed:.2f}",
        )
    return answer(question, best.entry, confidence=best.confidence, reason=because("goes_on_from", entry=last))


def _facts(question: Question, entry_id: str) -> set[str]:
    """The facts that the answers of an entry tell; the answers to two steps of one matter have some in common."""
    entry = question.knowledge.entry(entry_id)
    return {name for each in entry.answers for name in variables_in(each.bubbles)} if entry else set()
