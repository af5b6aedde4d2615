"""What is wrong with a manual as a whole: errors keep it from being published, warnings are for staff to weigh.

A single value that makes no sense (an entry without a default, a blank question) cannot exist; see `entry.py`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from knowledge.answers.conditions.condition import Shop
from knowledge.answers.conditions.question.mentions import not_apart
from knowledge.answers.spoken_manual import NEWER_LINES
from knowledge.language.normalisation import fold
from knowledge.lint.answers_given import lint_answers
from knowledge.lint.conditions_met import lint_conditions
from knowledge.lint.facts_filled import lint_facts
from knowledge.lint.finding import at_entry, at_fact, at_line, at_product, at_question, error, warning
from knowledge.lint.texts_allowed import lint_texts
from knowledge.manual.entry import EXAMPLES_AT_LEAST
from knowledge.manual.files import starter_manual
from knowledge.reasons.faults import fault, some

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from knowledge.lint.finding import Finding
    from knowledge.manual.entry import Entry, Manual
    from knowledge.reasons.faults import Fault

LINES = (
    "welcome",
    "choice",
    "choice-one",
    "suggested",
    "choice-unclear",
    "hand-over-open",
    "hand-over-closed",
    "holding",
    "away",
    "waiting-still",
    "left-queue",
    "in-queue",
    "after-misses",
    "unsupported-content",
    "product-card",
    "order-card",
    "which-product",
    "which-region",
    "which-size",
    "as-said",
    "noted",
    "courtesy",
    "go-on",
    "handed-on",
    "calm",
    "invite",
    "thanks-good",
    "thanks-bad",
    "ad-reply",
    "expired",
    "promotion-on",
    "promotion-off",
)
"""The bot's own lines that a manual must have; without one of them the bot would fall silent where it should speak."""
SAID = NEWER_LINES.union(LINES)
"""All lines that the bot may say: the newer ones come from the starter manual where a manual lacks them."""

RELIED_ON = ("greeting", "farewell", "human", "complaint", "robot-question", "working-hours")
"""The entries that the bot knows by their ids."""


def lint(manual: Manual, *, today: date, channels: Collection[str] | None = None) -> tuple[Finding, ...]:
    """Everything that is wrong with a manual, errors first. An empty tuple means that nothing is.

    `today` is the day in the shop's zone; `channels` the names of the shop's channels, when they are known.
    """
    found = [
        *_twins(manual),
        *_missing_lines(manual),
        *_lines_never_said(manual),
        *_relied_on(manual),
        *_shared_names(manual),
        *_questions(manual),
        *_odd_aliases(manual),
        *lint_answers(replace(manual, lines=tuple(line for line in manual.lines if line.id in SAID))),
        *lint_conditions(Shop(manual=manual, today=today, channels=channels)),
        *lint_facts(manual),
        *lint_texts(manual, today),
    ]
    return tuple(sorted(found, key=lambda finding: finding.level != "error"))


def _twins(manual: Manual) -> Iterator[Finding]:
    named = (
        *map(at_entry, manual.entries),
        *map(at_fact, manual.facts),
        *map(at_product, manual.products),
        *map(at_line, manual.lines),
    )
    for where, times in Counter(named).items():
        if times > 1:
            yield error(where, fault("twins", count=times))


def topic_of(relied_on: str) -> Fault:
    """What an entry is about that the bot relies on."""
    return fault(f"topic_{relied_on.replace('-', '_')}")


def loss_of(relied_on: str) -> Fault:
    """What the bot does without that entry."""
    return fault(f"loss_{relied_on.replace('-', '_')}")


def _relied_on(manual: Manual) -> Iterator[Finding]:
    ids = {entry.id for entry in manual.entries}
    for id_ in RELIED_ON:
        if id_ not in ids:
            missing = fault("relied_on_missing", loss=loss_of(id_), topic=topic_of(id_), id=id_)
            yield warning(fault("entry", id=id_), missing)


def _shared_names(manual: Manual) -> Iterator[Finding]:
    called: dict[str, dict[str, str]] = {}
    for product in manual.products:
        for name in (product.title, *product.aliases):
            called.setdefault(fold(name), {})[product.id] = name
    for products in called.values():
        if len(products) > 1:
            name = next(iter(products.values()))
            yield warning(fault("products", ids=tuple(products)), fault("shared_name", name=name))


def _questions(manual: Manual) -> Iterator[Finding]:
    """A question that two entries claim has no right answer; one that an entry lists twice only looks like two."""
    first: dict[str, Entry] = {}
    few: dict[str, int] = {}
    for entry in manual.entries:
        asked = {fold(question): question for question in entry.questions}
        for folded, question in asked.items():
            holder = first.setdefault(folded, entry)
            if holder is not entry:
                yield error(at_question(entry, question), fault("question_elsewhere", question=question, id=holder.id))
        if len(asked) < len(entry.questions):
            yield warning(at_entry(entry), fault("same_questions", count=len(entry.questions) - len(asked)))
        if len(asked) < EXAMPLES_AT_LEAST:
            few[entry.id] = len(asked)
    if few:
        named = some([fault("entry_with_count", id=id_, count=number) for id_, number in few.items()])
        yield warning(fault("entries"), fault("few_questions", least=EXAMPLES_AT_LEAST, entries=named))


def _odd_aliases(manual: Manual) -> Iterator[Finding]:
    for product in manual.products:
        yield from (warning(at_product(product), odd) for odd in not_apart(product.aliases))


def _lines_never_said(manual: Manual) -> Iterator[Finding]:
    for line in manual.lines:
        if line.id not in SAID:
            yield warning(at_line(line), fault("line_never_said"))


def _missing_lines(manual: Manual) -> Iterator[Finding]:
    for line_id in LINES:
        if line_id not in {line.id for line in manual.lines}:
            wording = " ".join(next(line.bubbles for line in starter_manual().lines if line.id == line_id))
            yield error(fault("line", id=line_id), fault("line_missing", id=line_id, wording=wording))
