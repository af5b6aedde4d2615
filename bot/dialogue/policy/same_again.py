"""Rules on nothing but a name, a size or a day: the last question again, for that."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.acts import Away, HandOver
from bot.dialogue.policy.last_question import last_question, sure_entry
from bot.dialogue.responses.answer import answer
from bot.dialogue.responses.circumstances import carried
from bot.dialogue.thresholds import LIKELY_BY_ITSELF
from knowledge.answers.conditions import depends_on
from knowledge.answers.templates import takes_figures
from knowledge.entities.bare_values import BareValue, bare_value_in
from knowledge.reasons.reason import Reason, because

if TYPE_CHECKING:
    from decimal import Decimal

    from bot.dialogue.question import Question, Response


def same_about_another(question: Question) -> Response | Reason:
    """Rule on "那新疆呢" and "保温杯呢": the last question again, about another place or product."""
    entry = question.knowledge.entry(question.memory.last_entry or "")
    if entry is None:
        return because("nothing_answered_before")
    if not question.said.only_names:
        return because("more_than_place_or_product")
    last = entry.id
    asked = last_question(question)
    before = question.knowledge.names_in(asked)
    now = question.said.names.instead_of(before, asked)
    meant = sure_entry(question, now) or last
    if meant == last and not (question.said.names.place or question.said.names.product or before.courier):
        return because("not_about_courier")
    best = question.best
    reason = because("same_about_another", entry=meant)
    response = answer(carried(question, now), meant, confidence=1.0, reason=reason)
    may_be_another = best is not None and best.entry != last and best.confidence >= LIKELY_BY_ITSELF
    if meant == last and question.said.names.place and may_be_another and isinstance(response.act, HandOver | Away):
        return because("last_answer_ignores_place", entry=last)
    return response


def same_for_another(question: Question) -> Response | Reason:
    """Rule on "那170 130呢": the question about sizes again, or of the product in view."""
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
    told = bare_value_in(question.said.names.without(question.folded))
    if not any(told):
        return because("more_than_day_or_sum")
    if told.figure is not None:
        told = BareValue(amount_yuan=told.figure) if depends_on(last, "amount_yuan") else _pieces(told.figure)
    named = {name: str(value) for name, value in told._asdict().items() if value is not None}
    goes_by_its_price = question.said.names.product and told.quantity is not None and depends_on(last, "amount_yuan")
    if not (goes_by_its_price or any(depends_on(last, name) for name in named)):
        return because("last_answer_ignores_them", entry=last.id)
    again = carried(dataclasses.replace(question, named={**question.named, **named}))
    reason = because("same_on_another_day", entry=last.id)
    return answer(again, last.id, confidence=1.0, reason=reason)


def _pieces(figure: Decimal) -> BareValue:
    return BareValue(quantity=int(figure)) if figure == int(figure) else BareValue()
