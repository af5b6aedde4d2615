"""Facts that make no sense, that nothing uses, or that something uses and nobody has filled in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from knowledge.answers.conditions import facts_behind, facts_compared
from knowledge.answers.delivery_dates import days_taken
from knowledge.answers.facts import (
    CUTOFF_FACT,
    DELIVERY_DAYS_FACTS,
)
from knowledge.answers.templates import ARRIVAL_DAYS, COMPUTED, variables_in
from knowledge.lint.finding import Finding, answers_of, at_fact, error, warning
from knowledge.lint.texts_allowed import date_of
from knowledge.manual.files import starter_manual
from knowledge.reasons.faults import fault, some

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.manual.entry import Answer, Manual
    from knowledge.reasons.faults import Fault

_PLAIN_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,2})?")
_HOURS_AND_MINUTES = re.compile(r"([01]?\d|2[0-3])[:：][0-5]\d")


def lint_facts(manual: Manual) -> Iterator[Finding]:
    """Values that cannot be used as they are, and facts that nothing uses."""
    used = used_facts(manual)
    compared = set().union(*(facts_compared(answer.when) for _, answer, _ in answers_of(manual)))
    counted = (
        set(DELIVERY_DAYS_FACTS.values()) if any(_counts_days(answer) for _, answer, _ in answers_of(manual)) else ()
    )
    for fact in manual.facts:
        value = fact.value.strip()
        if value and (fact.unit == "HH:MM" or fact.name == CUTOFF_FACT) and not _HOURS_AND_MINUTES.fullmatch(value):
            yield error(at_fact(fact), fault("fact_no_time", value=value))
        if value and fact.unit == "date" and date_of(value) is None:
            yield error(at_fact(fact), fault("fact_no_date", value=value))
        if value and fact.name in compared and not _PLAIN_NUMBER.fullmatch(value):
            yield error(at_fact(fact), fault("fact_no_number", value=value))
        if value and fact.name in counted and days_taken(value) is None:
            yield warning(at_fact(fact), fault("fact_no_days", value=value))
    as_shipped = starter_manual().facts
    unused = [
        fault("fact_with_title", name=fact.name, title=fact.title)
        for fact in manual.facts
        if fact.name not in used and fact not in as_shipped
    ]
    if unused:
        yield warning(fault("facts"), fault("facts_unused", facts=some(unused)))


def _counts_days(answer: Answer) -> bool:
    """Whether an answer depends on the day on which a parcel usually arrives."""
    return bool(answer.when.arrives) or ARRIVAL_DAYS in {*answer.when.knows, *variables_in(answer.bubbles)}


def used_facts(manual: Manual) -> set[str]:
    """The names of the facts that answers, conditions or the bot's own lines read."""
    bubbles = [bubble for _, answer, _ in answers_of(manual) for bubble in answer.bubbles]
    bubbles += [bubble for line in manual.lines for bubble in line.bubbles]
    used = set(variables_in(bubbles)).union(*(answer.when.knows for _, answer, _ in answers_of(manual)))
    behind = (facts_behind(answer.when) | facts_compared(answer.when) for _, answer, _ in answers_of(manual))
    return used.union(*(COMPUTED[name].facts for name in used if name in COMPUTED), *behind)


def _lack(manual: Manual, name: str) -> Fault:
    """That a fact is needed, by its title: it stands there empty, or its row is gone."""
    title = next((fact.title for fact in manual.facts if fact.name == name), None)
    if title is not None:
        return fault("fact_empty", name=name, title=title)
    known_as = next((fact.title for fact in starter_manual().facts if fact.name == name), None)
    if known_as is None:
        return fault("fact_gone", name=name)
    return fault("fact_gone_titled", name=name, title=known_as)


def lacks_fact(where: Fault, manual: Manual, name: str, *, of_condition: bool = False) -> Finding:
    """That an answer, or its condition, cannot be for want of a fact: one fault, however many answers need it."""
    lack = _lack(manual, name)
    problem = fault("condition", problem=lack) if of_condition else lack
    return Finding(level="error", where=where, problem=problem, lacks=name)
