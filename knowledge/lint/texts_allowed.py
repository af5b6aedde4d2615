"""Texts that no shop should send: days gone by, and words that are forbidden."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from knowledge.answers.facts import PROMOTION_FACTS
from knowledge.lint.finding import at_fact, error, texts_of, warning
from knowledge.phrases.phrase import Phrase
from knowledge.reasons.faults import fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.lint.finding import Finding
    from knowledge.manual.entry import Manual

_WRITTEN_DAY = re.compile(r"(?<!\d)(20\d\d)(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})(?!\d)")
_FORBIDDEN = (
    (Phrase("forbidden", "paid_reviews"), "why_paid_reviews"),
    (Phrase("forbidden", "pushed_back"), "why_pushed_back"),
    (Phrase("forbidden", "pretends_person"), "why_pretends_person"),
)
_ABSOLUTE = Phrase("forbidden", "absolute_claim")


def lint_texts(manual: Manual, today: date) -> Iterator[Finding]:
    """Days in the texts that have gone by on this day, and words that no shop should send."""
    yield from _banned(manual)
    yield from _past(manual, today)


def _past(manual: Manual, today: date) -> Iterator[Finding]:
    begun = {at_fact(fact) for fact in manual.facts if fact.unit == "date" and fact.name != PROMOTION_FACTS[-1]}
    for where, text in texts_of(manual):
        days = (date_of(found[0]) for found in _WRITTEN_DAY.finditer(text) if where not in begun)
        yield from (warning(where, fault("day_gone", day=str(day))) for day in days if day is not None and day < today)


def date_of(text: str) -> date | None:
    found = _WRITTEN_DAY.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _banned(manual: Manual) -> Iterator[Finding]:
    for where, text in texts_of(manual):
        for phrase, why in _FORBIDDEN:
            found = phrase.pattern.search(text)
            if found:
                yield error(where, fault("forbidden", text=found[0], why=fault(why)))
        claim = _ABSOLUTE.pattern.search(text)
        if claim:
            yield warning(where, fault("absolute_claim", text=claim[0]))
