"""Rules on replies to a question of ours: to a choice, to an invite to rate, to what an answer still needed."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from adapters.contract import ProductCard
from bot.dialogue.acts import Rate
from bot.dialogue.cues.questions import asks
from bot.dialogue.cues.ratings import read_rating
from bot.dialogue.cues.wishes import OPEN, number_picked, refuses_choice
from bot.dialogue.policy.last_question import last_question
from bot.dialogue.policy.matched import no_match, only_likely, suggest
from bot.dialogue.question import Response
from bot.dialogue.responses.answer import answer
from bot.dialogue.responses.ask_back import ask_on, clarify
from bot.dialogue.responses.circumstances import carried
from bot.dialogue.responses.lines import lines, quiet
from bot.dialogue.thresholds import MISSES, TELLS_AT_MOST, is_sure
from knowledge.answers.conditions import depends_on
from knowledge.answers.templates import PRODUCTS_NAMED
from knowledge.entities.bare_values import bare_value_in
from knowledge.language.normalisation import fold
from knowledge.reasons.reason import Reason, because

if TYPE_CHECKING:
    from bot.dialogue.question import Question
    from knowledge.manual.entry import Entry

SATISFIED = 4
TITLE_CHARACTERS = 2
"""So much of a title names the choice."""
_ANOTHER = re.compile(r"\w{1,8}呢\W*")
_ANOTHER_KIND = re.compile(r"\w{1,7}的呢[?？]?")


def more_of_the_only_choice(question: Question) -> Response | Reason:
    """Rule on "那杯子呢", "1米8的呢" and "3个": the buyer tells more of the only thing that we asked back.

    Of several, a buyer who names a product means the only one that needs a product.
    """
    entry = _only_choice(question)
    if entry is None or is_sure(question.best):
        return because("no_single_asked_back")
    if not (_names_another(question, entry) if question.said.only_names else _tells_which(question)):
        return because("tells_nothing_more", entry=entry.id)
    asked = last_question(question)
    now = question.said.names.instead_of(question.knowledge.names_in(asked), asked)
    belongs = carried(question, now if question.said.only_names else f"{asked} {question.folded}")
    return answer(belongs, entry.id, confidence=1.0, reason=because("tells_more_of_asked_back", entry=entry.id))


def _only_choice(question: Question) -> Entry | None:
    entries = [entry for each in question.memory.choice if (entry := question.knowledge.entry(each)) is not None]
    if len(entries) > 1 and question.said.only_names and question.said.names.product:
        entries = [entry for entry in entries if entry.needs_product]
    return entries[0] if len(entries) == 1 else None


def more_of_a_choice(question: Question) -> Response | Reason:
    """Rule on "买成14的" after "我壳买错了": the buyer tells more instead of picking, and it fits one choice.

    A buyer who does not say no has turned nothing down, and what they tell is no question that was not understood.
    """
    choice, best = question.memory.choice, question.best
    if not choice or choice == (question.memory.last_entry,):
        return because("nothing_asked_back")
    if not question.said.is_whole or not _goes_on(question):
        return because("asks_or_part")
    if best is not None and best.entry not in choice and best.confidence > TELLS_AT_MOST:
        return because("likely_about", confidence=f"{best.confidence:.2f}", entry=best.entry)
    said = f"{last_question(question)} {question.folded}"
    together = dataclasses.replace(carried(question, said), findings=question.knowledge.find(said))
    likely = [best for best in map(only_likely, (together, question)) if best is not None and best.entry in choice]
    if not likely:
        return because("fits_none_better")
    meant = likely[0]
    reason = because("tells_more_and_fits", entry=meant.entry)
    return suggest(together, meant.entry, confidence=meant.confidence, reason=reason)


def _goes_on(question: Question) -> bool:
    """Whether the buyer only tells something, or names another thing for what they asked: "那安卓呢"."""
    return not question.said.asks or bool(_ANOTHER.fullmatch(question.said.text) and not asks(question.folded))


def _names_another(question: Question, entry: Entry) -> bool:
    return bool(question.said.names.product) or depends_on(entry, "region")


def _tells_which(question: Question) -> bool:
    return bool(_ANOTHER_KIND.fullmatch(question.said.text.strip())) or any(bare_value_in(question.folded))


def picked_from_choice(question: Question) -> Response | Reason:
    choice = question.memory.choice
    if not choice or not all(map(question.knowledge.entry, choice)):
        return because("no_choice_offered")
    if refuses_choice(question.said.typed):
        return _none_of_them(question)
    number = _title_picked(question) or number_picked(question.said.typed, choices=len(choice))
    if number is None:
        return because("names_no_choice", count=len(choice))
    if number == OPEN:
        return _offered_again(question, choice)
    if choice == (question.memory.last_entry,):
        memory = dataclasses.replace(question.memory, choice=())
        return quiet(dataclasses.replace(question, memory=memory), because("says_yes"))
    reason = because("picked", number=number)
    asked = carried(question, next(reversed(question.memory.recent), ""))
    return answer(asked, choice[number - 1], confidence=1.0, reason=reason)


def _none_of_them(question: Question) -> Response:
    """The buyer means none of the choices: let them say it in other words, unless they have already."""
    memory = dataclasses.replace(question.memory, choice=(), misses=question.memory.misses + 1)
    if memory.misses > MISSES:
        return no_match(question)
    return ask_on(dataclasses.replace(question, memory=memory), "go-on", {}, because("refuses_choices"))


def _offered_again(question: Question, choice: tuple[str, ...]) -> Response:
    """The buyer picks, but it is not clear which one: ask once more."""
    if question.memory.misses >= MISSES:
        return no_match(question)
    reason = because("picks_no_choice", count=len(choice))
    return clarify(carried(question), choice, confidence=1.0, reason=reason)


def _title_picked(question: Question) -> int | None:
    """The place of the only choice whose title the buyer wrote, or some of it."""
    titles = [fold(question.knowledge.title(entry)) for entry in question.memory.choice]
    if question.said.typed in titles:
        return titles.index(question.said.typed) + 1
    held = [place for place, title in enumerate(titles, 1) if question.said.typed in title]
    return held[0] if len(held) == 1 and len(question.said.typed) >= TITLE_CHARACTERS else None


def rating(question: Question) -> Response | Reason:
    episode = question.conversation.open_invite
    if episode is None:
        return because("no_invite_open")
    found = read_rating(question.said.text)
    if found is None:
        return because("no_rating")
    if found.score is None:
        return _rated_beyond(question)
    line = "thanks-good" if found.score >= SATISFIED else "thanks-bad"
    return Response(
        act=Rate(score=found.score, episode=episode, comment=found.comment),
        bubbles=lines(question, "thanks", line),
        mode=question.conversation.mode,
        memory=question.conversation.memory,
        reason=because("rates", score=found.score),
    )


def _rated_beyond(question: Question) -> Response | Reason:
    """A mark outside of 1 to 5, "10分": the invite says once more which there are, right after it."""
    if question.conversation.mode != "closed":
        return because("mark_out_of_range")
    return ask_on(question, "invite", {}, because("mark_out_of_range").and_also(because("asks_again")))


def named_at_last(question: Question) -> Response | Reason:
    wanted = question.memory.wanted
    if wanted is None or question.knowledge.entry(wanted) is None:
        return because("no_answer_waits")
    picked = _product_picked(question, wanted)
    tells = {"product_id", "region"} & question.named.keys() or question.only_tells_figures or picked
    if not tells and not _is_card(question):
        return because("names_none")
    is_bare = question.said.only_names or question.only_tells_figures or picked is not None
    if is_sure(question.best) and question.best.entry != wanted and not is_bare:
        return because("asks_instead", entry=question.best.entry)
    if picked is not None:
        question = dataclasses.replace(question, memory=question.memory.knowing(product_id=picked))
    asked = last_question(question) if is_bare or _is_card(question) else ""
    belongs = carried(question, asked) if is_bare or not is_sure(question.best) else question
    return answer(belongs, wanted, confidence=1.0, reason=because("names_what_was_asked"))


def _is_card(question: Question) -> bool:
    return isinstance(question.said.heard.content, ProductCard)


def _product_picked(question: Question, wanted: str) -> str | None:
    """The product that the buyer names by its place among those we named: "第二个"."""
    entry, products = question.knowledge.entry(wanted), question.knowledge.manual.products[:PRODUCTS_NAMED]
    if entry is None or not entry.needs_product or question.memory.product_id is not None:
        return None
    number = number_picked(question.said.typed, choices=len(products))
    return products[number - 1].id if number else None
