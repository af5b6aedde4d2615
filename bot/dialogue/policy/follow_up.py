"""Rules on a question that goes on from what was said before, and means little without it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.acts import Away, HandOver
from bot.dialogue.cues.questions import asks, ends_as_question
from bot.dialogue.cues.wishes import wants_person
from bot.dialogue.responses import (
    answer,
    ask_on,
    carried,
    circumstances_of,
    clarify,
    hand_over,
    say_again,
    speaks_of_it,
)
from bot.dialogue.thresholds import GOES_ON_AT, LIKELY_BY_ITSELF, STAYS_AT, certainty, is_sure
from bot.dialogue.utterance import COMPLAINT_ENTRY, SHORT_CHARACTERS, SMALL_TALK, Response, is_around_a_name
from knowledge.answers.conditions import depends_on
from knowledge.answers.templates import takes_figures, variables_in
from knowledge.entities.bare_values import BareValue, bare_value_in
from knowledge.entities.dates import without_day
from knowledge.language.normalisation import fold
from knowledge.matching.matcher import ANSWER_AT
from knowledge.phrases.phrase import Phrase
from knowledge.reasons.reason import Reason, because
from knowledge.relevance.keywords import says_so, stands_in

if TYPE_CHECKING:
    from decimal import Decimal

    from bot.dialogue.utterance import Question
    from knowledge.answers.choose import Chosen
    from knowledge.manual.entry import Entry
    from knowledge.matching.matcher import Candidate

FRAGMENT_CHARACTERS = 4
GOES_ON = "那"
ELLIPSIS_CHARACTERS = 16
_AROUND_AN_ANSWER = Phrase("follow_up", "around_an_answer")
_ASKS_WHAT_TO_DO = Phrase("follow_up", "asks_what_to_do")
_ASKS_ABOUT = Phrase("follow_up", "asks_about")
AT_A_LOSS = "办"


def same_about_another(question: Question) -> Response | Reason:
    """Rule on "那新疆呢" and "保温杯呢": the last question again, about another place or product."""
    entry = question.knowledge.entry(question.memory.last_entry or "")
    if entry is None:
        return because("nothing_answered_before")
    if not question.only_names:
        return because("more_than_place_or_product")
    last = entry.id
    asked = last_question(question)
    before = question.knowledge.names_in(asked)
    now = question.names.instead_of(before, asked)
    meant = _sure_entry(question, now) or last
    if meant == last and not (question.names.place or question.names.product or before.courier):
        return because("not_about_courier")
    best = question.best
    reason = because("same_about_another", entry=meant)
    response = answer(carried(question, now), meant, confidence=1.0, reason=reason)
    may_be_another = best is not None and best.entry != last and best.confidence >= LIKELY_BY_ITSELF
    if meant == last and question.names.place and may_be_another and isinstance(response.act, HandOver | Away):
        return because("last_answer_ignores_place", entry=last)
    return response


def same_for_another(question: Question) -> Response | Reason:
    """Rule on "那170 130呢": the question about sizes again, or what it would be of the product before him."""
    last, sizes = question.knowledge.entry(question.memory.last_entry or ""), question.knowledge.size_entry
    if not question.only_tells_figures or sizes is None:
        return because("more_than_figures")
    if last is None or not takes_figures(last):
        return answer(question, sizes, confidence=1.0, reason=because("for_these_figures", entry=sizes))
    reason = because("same_for_other_figures", entry=last.id)
    return answer(carried(question), last.id, confidence=1.0, reason=reason)


def same_on_another_day(question: Question) -> Response | Reason:
    """Rule on "那周六呢" and "买100呢": the last question again, of another day or with another sum or number."""
    last = question.knowledge.entry(question.memory.last_entry or "")
    if last is None:
        return because("nothing_answered_before")
    told = bare_value_in(question.names.without(question.folded))
    if not any(told):
        return because("more_than_day_or_sum")
    if told.figure is not None:
        told = BareValue(amount_yuan=told.figure) if depends_on(last, "amount_yuan") else _pieces(told.figure)
    named = {name: str(value) for name, value in told._asdict().items() if value is not None}
    goes_by_its_price = question.names.product and told.quantity is not None and depends_on(last, "amount_yuan")
    if not (goes_by_its_price or any(depends_on(last, name) for name in named)):
        return because("last_answer_ignores_them", entry=last.id)
    again = carried(dataclasses.replace(question, named={**question.named, **named}))
    reason = because("same_on_another_day", entry=last.id)
    return answer(again, last.id, confidence=1.0, reason=reason)


def _pieces(figure: Decimal) -> BareValue:
    return BareValue(quantity=int(figure)) if figure == int(figure) else BareValue()


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
    if other and (other.id in {*SMALL_TALK, COMPLAINT_ENTRY} or _speaks_of_an_answer(question.folded, other)):
        return because("sure_and_spoken_of", entry=other.id)
    response = answer(question, last.id, confidence=1.0, reason=because("just_what_answer_is_for", entry=last.id))
    if response.chosen is None or not response.chosen.is_spoken_of:
        return because("answer_does_not_hold", entry=last.id)
    return response


def follows_a_card(question: Question) -> bool:
    """Whether a card came last, upon which we asked what he wants to know; a picture calls a person."""
    return question.memory.recent[-1:] == ("",) and question.conversation.mode == "bot"


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

    Who was not understood since, or is at a loss ("怎么办") upon all that there is to say, needs a person.
    """
    if not only_asks_what_to_do(question.folded):
        return because("not_only_what_to_do")
    last = question.knowledge.entry(question.memory.last_entry or "")
    if last is None and (question.memory.misses or question.conversation.mode == "waiting"):
        return hand_over(question, because("what_to_do_nothing_answered"), asked_for=True)
    if last is None:
        return ask_on(question, "go-on", {}, because("what_to_do_nothing_answered"))
    asked = f"{_question_about(question, last.id)} {question.folded}".strip()
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
    subjects = [_question_about(question, last)]
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
    if not subject or not is_clear or not asks(question.text) or question.typed in question.memory.recent:
        return False
    if best is None or best.entry == last or best.confidence < LIKELY_BY_ITSELF:
        return len(question.folded) <= ELLIPSIS_CHARACTERS and (best is None or best.entry not in SMALL_TALK)
    if not is_sure(best):
        return False
    is_called_so = question.knowledge.is_just_about(best.entry, subject)
    return len(question.folded) <= SHORT_CHARACTERS and best.confidence < 1 and not is_called_so


def after_what_he_told(question: Question) -> Response | Reason:
    """Rule on "还能保修吗" after "耳机进水了": what he told is about an entry that speaks of it too, so ask which."""
    best, about = question.best, _may_be_about(question)
    if about is None or not asks(question.text) or not is_sure(best) or best.entry in {about.id, *SMALL_TALK}:
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
    """The entry that was answered, or asked back about, when he told something, and that a few words may be about."""
    memory = question.memory
    about = memory.choice[0] if len(memory.choice) == 1 else memory.last_entry
    if not memory.told or about is None or len(question.folded) > ELLIPSIS_CHARACTERS:
        return None
    entry = question.knowledge.entry(about)
    return None if entry is None or entry.hands_over else entry


def _was_told_about(question: Question, entry: Entry) -> bool:
    """Whether what he told last is about that entry, by itself and, likely, with his question behind it."""
    last, find = question.memory.told[-1], question.knowledge.find
    told = next(iter(find(last).candidates), None)
    together = {each.entry: each.confidence for each in find(f"{last} {question.folded}").candidates}
    return told is not None and told.entry == entry.id and certainty(together.get(entry.id, 0.0)) != "none"


def _is_about_its_own(question: Question, best: Candidate, about: str) -> bool:
    """Whether the entry that is sure is asked in these very words, and no other is, or has an answer for them."""
    is_its_question = best.confidence == 1 and about not in question.knowledge.asked_with(question.folded)
    entry = question.knowledge.entry(best.entry)
    return is_its_question or (entry is not None and _speaks_of_an_answer(question.folded, entry))


def _speaks_of(question: Question, entry: Entry) -> bool:
    """Whether an entry is asked about what these words ask about, or has it in an answer."""
    subject, said = (
        question.subject,
        (bubble for each in entry.answers for bubble in each.bubbles),
    )
    return bool(subject) and speaks_of_it(question, entry.id, said)


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
    if entry is None or (likelihood < STAYS_AT and _speaks_of_an_answer(said, entry)):
        return entry is not None
    if likelihood >= LIKELY_BY_ITSELF and entry_id == question.memory.last_entry:
        return False
    is_figure = any(bare_value_in(question.names.without(said))) or not any(map(str.isalpha, said))
    if not is_sure(best) and not is_figure and len(said) <= FRAGMENT_CHARACTERS and asks(question.text):
        return True
    return entry_id in question.knowledge.asked_with(said)


def _speaks_of_an_answer(said: str, entry: Entry) -> bool:
    """Whether one of the entry's answers is for a thing that these words hold."""
    return any(fold(word) in said for each in entry.answers for word in each.when.mentions)


def more_about_the_same(question: Question) -> Response | Reason:
    """Rule on "多少钱" after "能发顺丰吗": a short question about what the last one named."""
    if question.memory.last_entry is None or is_sure(question.best):
        return because("understood_or_first")
    names = question.knowledge.names_in(last_question(question))
    if any(question.names) or not any(names) or len(question.folded) > SHORT_CHARACTERS:
        return because("no_short_question")
    meant = _sure_entry(question, "".join(names) + question.folded)
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


def _sure_entry(question: Question, text: str) -> str | None:
    best = next(iter(question.knowledge.find(text).candidates), None)
    return best.entry if is_sure(best) else None


def last_question(question: Question) -> str:
    return next(iter(_last_questions(question)), "")


def _last_questions(question: Question) -> list[str]:
    """The buyer's words that asked something, rather than only named another place or a person; the last ones first."""
    names_in, said = question.knowledge.names_in, reversed(question.memory.recent)
    return [text for text in said if not (is_around_a_name(names_in(text).without(text)) or wants_person(text))]


def _question_about(question: Question, entry_id: str) -> str:
    """The buyer's last words that asked something, unless they are surely about another entry than was answered."""
    about = (None, entry_id)
    return next((text for text in _last_questions(question) if _sure_entry(question, text) in about), "")
