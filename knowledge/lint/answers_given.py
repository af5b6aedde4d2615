"""Answers that are never given, and answers and lines with a variable that nobody can fill."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from knowledge.answers.facts import PROMOTION_FACTS
from knowledge.answers.size_charts import is_unread_chart
from knowledge.answers.templates import COMPUTED, LINE_VARIABLES, variables_in
from knowledge.lint.facts_filled import lacks_fact
from knowledge.lint.finding import answers_of, at_answer, at_entry, at_line, at_product, error, warning
from knowledge.manual.entry import ANY
from knowledge.phrases.phrase import Phrase
from knowledge.reasons.faults import fault, some

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from knowledge.lint.finding import Finding
    from knowledge.manual.entry import Answer, Entry, Line, Manual, Product, When
    from knowledge.reasons.faults import Fault

_PROMOTION_LINE = "promotion-on"
_CHART_LIKE = fault("chart_like")
_VARIABLE_OR_BRACE = re.compile(r"[{｛][^\W\d]\w*[}｝]|[{}｛｝]")

_PROMISES_PERSON = Phrase("forbidden", "promises_person")


def lint_answers(manual: Manual) -> Iterator[Finding]:
    """Answers that are never given, and variables without a value."""
    yield from _variables(manual)
    yield from _incomplete_products(manual)
    yield from _without_products(manual)
    yield from _unread_charts(manual)
    yield from _shadowed(manual)
    yield from _promised_persons(manual)


def _shadowed(manual: Manual) -> Iterator[Finding]:
    for entry in manual.entries:
        first: dict[When, int] = {}
        for number, answer in enumerate(entry.answers, start=1):
            same = first.setdefault(answer.when, number)
            if same != number:
                yield warning(at_answer(entry, number), fault("answer_shadowed", number=same))


def _promised_persons(manual: Manual) -> Iterator[Finding]:
    for entry, answer, where in answers_of(manual):
        promise = _PROMISES_PERSON.pattern.search("\n".join(answer.bubbles))
        if promise and not entry.hands_over:
            yield warning(where, fault("person_promised", promise=promise[0]))


def _without_products(manual: Manual) -> Iterator[Finding]:
    for entry in manual.entries:
        if entry.needs_product and not manual.products:
            yield error(at_entry(entry), fault("no_product_at_all"))


def _unread_charts(manual: Manual) -> Iterator[Finding]:
    for product in manual.products:
        for name, text in product.attributes.items():
            if is_unread_chart(text):
                yield warning(at_product(product), fault("chart_unread", name=name, like=_CHART_LIKE))


def _variables(manual: Manual) -> Iterator[Finding]:
    facts = {fact.name: fact.value.strip() for fact in manual.facts}
    for entry, answer, where in answers_of(manual):
        yield from _stray_braces(where, answer.bubbles)
        for name in variables_in(answer.bubbles):
            if name in COMPUTED:
                yield from _unset(where, COMPUTED[name].facts, facts, manual)
                yield from _untold(where, name, answer.when)
            elif name not in answer.when.knows:
                about = _products_of(manual, entry, answer)
                yield from _unfilled(where, name, facts, about, manual, is_named=bool(answer.when.products - {ANY}))
    for line in manual.lines:
        yield from _stray_braces(at_line(line), line.bubbles)
        for name in variables_in(line.bubbles):
            yield from _unfilled_in_line(line, name, facts, manual)


def _stray_braces(where: Fault, bubbles: Iterable[str]) -> Iterator[Finding]:
    found = ((bubble, each) for bubble in bubbles for each in _VARIABLE_OR_BRACE.finditer(bubble))
    stray = next((_around(bubble, each) for bubble, each in found if each[0] in "{}｛｝"), None)
    if stray is not None:
        yield error(where, fault("stray_brace", text=stray))


def _around(text: str, found: re.Match[str]) -> str:
    """A piece of the text with what was found in it, long enough to be found again."""
    return text[max(found.start() - 6, 0) : found.end() + 6].strip()


def _unset(where: Fault, names: Iterable[str], facts: Mapping[str, str], manual: Manual) -> Iterator[Finding]:
    """A promotion may be unset: there is none then, and the bot says so."""
    for name in names:
        if not facts.get(name) and name not in PROMOTION_FACTS:
            yield lacks_fact(where, manual, name)


def _untold(where: Fault, name: str, when: When) -> Iterator[Finding]:
    if name not in when.knows and not COMPUTED[name].is_sure(when):
        yield error(where, fault("variable_needs_buyer", name=name))


def _products_of(manual: Manual, entry: Entry, answer: Answer) -> tuple[Product, ...] | None:
    """The products that an answer may be about; None when it is also given while no product is known."""
    if answer.when.products - {ANY}:
        return tuple(product for product in manual.products if product.id in answer.when.products)
    return manual.products if entry.needs_product or answer.when.products else None


def _unfilled(
    where: Fault,
    name: str,
    facts: Mapping[str, str],
    about: tuple[Product, ...] | None,
    manual: Manual,
    *,
    is_named: bool,
) -> Iterator[Finding]:
    """A variable of an answer that nobody can fill: at all, or for one of the products that the answer is about."""
    is_attribute = any(name in product.attributes for product in manual.products)
    if not is_attribute and name not in facts:
        yield error(where, fault("variable_unknown", name=name))
    elif not is_attribute and not facts[name]:
        yield lacks_fact(where, manual, name)
    elif about is None and not facts.get(name):
        yield error(where, fault("attribute_needs_product", name=name))
    elif is_attribute and is_named:
        lacking = [each.id for each in about or () if not _told_of(each, name, facts)]
        if lacking:
            yield error(where, fault("products_lack", products=some(lacking), name=name))


def _incomplete_products(manual: Manual) -> Iterator[Finding]:
    """Products that do not tell what an answer about any of them tells: those that lack the same stand together."""
    facts = {fact.name: fact.value.strip() for fact in manual.facts}
    attributes = {name for product in manual.products for name in product.attributes}
    told = dict.fromkeys(
        name
        for _, answer, _ in answers_of(manual)
        if not answer.when.products - {ANY}
        for name in variables_in(answer.bubbles)
        if name in attributes - COMPUTED.keys() - answer.when.knows
    )
    lacking: dict[tuple[str, ...], list[str]] = {}
    for product in manual.products:
        lacking.setdefault(tuple(name for name in told if not _told_of(product, name, facts)), []).append(product.id)
    for names, products in lacking.items():
        if names:
            unfilled = tuple(fault("quoted", text=name) for name in names)
            yield warning(fault("products", ids=some(products)), fault("products_tell_less", names=unfilled))


def _told_of(product: Product, name: str, facts: Mapping[str, str]) -> str:
    return product.attributes.get(name, facts.get(name, "")).strip()


def _unfilled_in_line(line: Line, name: str, facts: Mapping[str, str], manual: Manual) -> Iterator[Finding]:
    if name in LINE_VARIABLES.get(line.id, ()) or (line.id == _PROMOTION_LINE and name in PROMOTION_FACTS):
        return
    if name in COMPUTED:
        unset = tuple(_unset(at_line(line), COMPUTED[name].facts, facts, manual))
        yield from unset
        if not unset and not COMPUTED[name].fill(manual, None):
            yield error(at_line(line), fault("line_variable_empty", name=name))
    elif name not in facts:
        yield error(at_line(line), fault("line_variable_unknown", name=name))
    elif not facts[name]:
        yield lacks_fact(at_line(line), manual, name)
