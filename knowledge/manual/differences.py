"""What is different between two manuals, for whoever is about to put one in the place of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.manual.entry import Manual


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Names that came, that stayed with another content, and that went, each in its manual's order."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All differences. Entries, products and lines go by their ids, facts by their names."""

    entries: Difference
    facts: Difference
    products: Difference
    lines: Difference
    questions_before: int
    questions_after: int


def changes(before: Manual, after: Manual) -> Changes:
    """Compare two manuals. The order of things counts for nothing here."""
    return Changes(
        entries=_difference({each.id: each for each in before.entries}, {each.id: each for each in after.entries}),
        facts=_difference({each.name: each for each in before.facts}, {each.name: each for each in after.facts}),
        products=_difference({each.id: each for each in before.products}, {each.id: each for each in after.products}),
        lines=_difference({each.id: each for each in before.lines}, {each.id: each for each in after.lines}),
        questions_before=_questions(before),
        questions_after=_questions(after),
    )


def _difference(before: Mapping[str, object], after: Mapping[str, object]) -> Difference:
    return Difference(
        added=tuple(name for name in after if name not in before),
        changed=tuple(name for name in after if name in before and after[name] != before[name]),
        removed=tuple(name for name in before if name not in after),
    )


def _questions(manual: Manual) -> int:
    return sum(len(entry.questions) for entry in manual.entries)
