"""Rules on words around a question: a nod, a look for anybody, a beginning that nothing follows, a detail."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from bot.dialogue.acts import Answer
from bot.dialogue.cues.corrections import asked_something_else
from bot.dialogue.cues.courtesies import (
    buys,
    gives_up,
    is_acknowledgement,
    is_pleased,
    says_it_came,
    takes_leave,
    thanks,
    thanks_for_something_done,
)
from bot.dialogue.cues.wishes import finds_dear, is_particle, looks_for_anybody
from bot.dialogue.policy.last_question import follows_a_card
from bot.dialogue.responses.answer import answer
from bot.dialogue.responses.ask_back import ask_on
from bot.dialogue.responses.circumstances import carried
from bot.dialogue.responses.hand_over import hand_over
from bot.dialogue.responses.lines import quiet
from bot.dialogue.responses.said_already import no_more_to_say
from bot.dialogue.thresholds import TELLS_AT_MOST, certainty, is_sure
from bot.dialogue.utterance import FAREWELL_ENTRY, GREETING_ENTRY, SMALL_TALK
from knowledge.answers.conditions import depends_on
from knowledge.entities.bare_values import bare_value_in
from knowledge.phrases.phrase import Phrase
from knowledge.reasons.reason import Reason, because

if TYPE_CHECKING:
    from bot.dialogue.question import Question, Response
    from knowledge.answers.choose import Chosen

ACKNOWLEDGED = "好的"
"""Every acknowledgement is answered as this one is."""
_BOUGHT_ONE = Phrase("bought", "bought_one")
_BARE_NUMBER = re.compile(r"\d{1,2}")
"""Somebody tries whether anything answers, where no choice was offered and nothing was said before."""
ASKS_FOR_LESS = "能便宜点吗"
"""What is meant by whoever finds a thing dear."""


def courtesy(question: Question) -> Response | Reason:
    """Rule on "哦", "不用人工" and, unless it is about a price, "算了": one kind line, and then nothing more."""
    if not _lets_be(question):
        return because("wants_something")
    if question.knowledge.exact_words.get(question.folded, FAREWELL_ENTRY) != FAREWELL_ENTRY:
        return because("bound_words")
    if question.best and question.best.confidence == 1 and question.best.entry not in SMALL_TALK:
        return because("example_of", entry=question.best.entry)
    memory = question.memory
    is_open = not gives_up(question.said.text) and bool(memory.choice or memory.wanted)
    if is_open or (question.conversation.mode == "waiting" and not thanks(question.said.text)):
        return quiet(question, because("still_something_open"))
    if _opens_with_news(question):
        return ask_on(question, "go-on", {}, because("came_more_may_follow"))
    return _noted(question, because("wants_nothing"))


def says_he_buys(question: Question) -> Response | Reason:
    """Rule on "那我下单啦" and "我买一件毛衣和一个杯子": it is good news, and wants no instructions."""
    rest = question.folded
    while product := question.knowledge.names_in(rest).product:
        rest = rest.replace(product, " ")
    if not buys(rest) or question.said.asks:
        return because("not_only_buys")
    meant = question.knowledge.entry(question.best.entry) if is_sure(question.best) else None
    if meant is not None and depends_on(meant, "quantity"):
        return because("sure", entry=meant.id)
    if question.conversation.mode == "waiting":
        return quiet(question, because("buys"))
    if _is_first(question):
        return ask_on(question, "go-on", {}, because("buys_more_may_follow"))
    return _noted(question, because("buys"))


def kind_words(question: Question) -> Response | Reason:
    """Rule on "谢谢" and "收到啦 很暖和": whatever the manual has for them, nobody is called for a kind word."""
    said = question.said.names.without(question.said.text)
    pleased = is_pleased(said)
    if not pleased and not takes_leave(said):
        return because("no_kind_word")
    best = question.best
    if _opens_with_news(question) and not (is_sure(best) and best.entry not in SMALL_TALK):
        return ask_on(question, "go-on", {}, because("came_more_may_follow"))
    reason = because("pleased") if pleased else because("thanks_or_leaves")
    if is_sure(best) and (best.confidence == 1 or not pleased or best.entry not in SMALL_TALK):
        again = best.entry == question.memory.last_entry
        return (
            quiet(question, reason.and_also(because("said_just_now"))) if again else because("sure", entry=best.entry)
        )
    if pleased:
        return _kindly(question, "thanks-good", reason)
    return quiet(question, reason) if question.conversation.mode == "waiting" else _noted(question, reason)


def _opens_with_news(question: Question) -> bool:
    """Whether the buyer only says that it has come, before anything was answered: the question is still to come."""
    return _is_first(question) and says_it_came(question.said.names.without(question.said.text))


def _is_first(question: Question) -> bool:
    """Whether nothing was answered yet, or a card came after it, so that no word of theirs closes the talk."""
    waits = question.conversation.mode == "waiting"
    return not waits and (question.memory.last_entry is None or follows_a_card(question))


def _noted(question: Question, reason: Reason) -> Response:
    """One kind line, and the second time nothing more: the manual's, or the bot's own where it has none.

    The manual's is for a buyer who thanks: 不客气 is said to nobody who gives up.
    """
    if question.knowledge.entry(FAREWELL_ENTRY) is None or gives_up(question.said.text):
        return _kindly(question, "courtesy", reason)
    acknowledged = dataclasses.replace(question, folded=ACKNOWLEDGED)
    response = answer(acknowledged, FAREWELL_ENTRY, confidence=1.0, reason=reason)
    return _once(question, response, reason)


def _kindly(question: Question, line: str, reason: Reason) -> Response:
    response = ask_on(question, line, {}, reason)
    memory = dataclasses.replace(question.memory, last_said=tuple(bubble.text for bubble in response.bubbles))
    return _once(question, dataclasses.replace(response, memory=memory), reason)


def _once(question: Question, response: Response, reason: Reason) -> Response:
    if tuple(bubble.text for bubble in response.bubbles) == question.memory.last_said:
        return quiet(question, reason.and_also(because("said_just_now")))
    return response


def _lets_be(question: Question) -> bool:
    """Whether nothing more is wanted: it was read, or given up, or a person is refused and nothing is asked."""
    return (
        question.said.refuses_person
        or is_acknowledgement(question.said.text)
        or (gives_up(question.said.text) and not _haggles(question))
    )


def _haggles(question: Question) -> bool:
    """Whether the talk is about the very matter, the price, that the words would break off."""
    last = question.knowledge.entry(question.memory.last_entry or "")
    meant = question.knowledge.entry(question.best.entry if question.best else "")
    return last is not None and meant is not None and last.group == meant.group


def anybody_there(question: Question) -> Response | Reason:
    if (
        not any(map(looks_for_anybody, (question.said.typed, question.said.text)))
        or question.knowledge.entry(GREETING_ENTRY) is None
    ):
        return because("looks_for_nobody")
    if is_sure(question.best) and question.best.entry not in SMALL_TALK:
        return because("sure", entry=question.best.entry)
    return answer(question, GREETING_ENTRY, confidence=1.0, reason=because("looks_for_anybody"))


def only_opens(question: Question) -> Response | Reason:
    """Rule on "那个" and "说错了": the question itself is still to come."""
    begins = question.said.opens or _BOUGHT_ONE.says(question.said.nameless)
    memory = question.memory
    tries = memory.last_entry is None and not memory.choice and _BARE_NUMBER.fullmatch(question.said.typed)
    if not (begins or tries) or question.conversation.mode == "waiting":
        return because("asks_something")
    best = None if is_particle(question.said.text) else question.best
    if is_sure(best) and (best.confidence == 1 or best.entry in SMALL_TALK or question.said.ends_as_question):
        return because("sure", entry=best.entry)
    if asked_something_else(question.said.typed) and any(map(asked_something_else, question.memory.recent)):
        return hand_over(question, because("asked_something_else_again"), first="after-misses")
    return ask_on(question, "go-on", {}, because("only_opens"))


def thanks_after_an_answer(question: Question) -> Response | Reason:
    """Rule on "按您说的调亮了 谢谢" after an answer: nobody is called because the last words are unknown."""
    if question.memory.last_entry is None or question.memory.choice or question.memory.misses:
        return because("nothing_answered_just_before")
    best = question.best
    if (best is not None and certainty(best.confidence) != "none") or question.said.wishes:
        return because("may_be_in_manual")
    if question.said.asks or not thanks_for_something_done(question.said.text):
        return because("no_thanks_for_something_done")
    return _noted(question, because("thanks_for_something_done"))


def finds_it_dear(question: Question) -> Response | Reason:
    """Rule on "太贵了" and "别家才99": as good as asking for a discount, where the manual surely has a word on that."""
    if question.said.asks or not finds_dear(question.folded):
        return because("not_dear")
    meant = next(iter(question.knowledge.find(ASKS_FOR_LESS).candidates), None)
    if not is_sure(meant):
        return because("nothing_for_dear")
    reason = because("dear", entry=meant.entry)
    return answer(question, meant.entry, confidence=meant.confidence, reason=reason)


def tells_more(question: Question) -> Response | Reason:
    """Rule on "XL的" and "门卫那里也没有" after an answer: the buyer tells more, and is not asked what they meant."""
    last, best = question.conversation.memory.last_entry, question.best
    if last is None or last != question.memory.last_entry or question.memory.wanted is not None:
        return because("nothing_answered_or_to_tell")
    if question.memory.choice:
        return because("asked_back_since")
    if not question.said.is_whole or question.said.asks or question.said.wishes:
        return because("asks_or_part_of_more")
    likely = best.confidence if best else 0.0
    if likely > TELLS_AT_MOST or (certainty(likely) == "none" and bare_value_in(question.folded).quantity is None):
        return because("unknown_or_elsewhere", confidence=f"{likely:.2f}", entry=last)
    reason = because("tells_more_of", entry=last)
    response = answer(carried(question), last, confidence=likely, reason=reason)
    if not isinstance(response.act, Answer) or response.chosen is None or _says_more(question, last, response.chosen):
        return response
    unsaid = dataclasses.replace(response, memory=question.memory, chosen=None)
    return no_more_to_say(question, last, unsaid, question.memory)


def _says_more(question: Question, entry_id: str, chosen: Chosen) -> bool:
    """Whether this answer is for what was told, or for a buyer who comes back to it."""
    entry = question.knowledge.entry(entry_id)
    return chosen.is_spoken_of or (entry is not None and entry.answers[chosen.number - 1].when.asked_at_least > 1)
