"""Conditions that never hold in this shop, or that staff should look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.answers.conditions import facts_behind, named_by
from knowledge.lint.facts_filled import lacks_fact
from knowledge.lint.finding import answers_of, error, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.answers.conditions.condition import Shop
    from knowledge.lint.finding import Finding


def lint_conditions(shop: Shop) -> Iterator[Finding]:
    """What each condition of each answer finds wrong with itself, and the facts that it needs and nobody filled in."""
    filled = {fact.name for fact in shop.manual.facts if fact.value.strip()}
    for _, answer, where in answers_of(shop.manual):
        for each in named_by(answer.when).conditions:
            yield from (error(where, problem) for problem in each.errors(answer.when, shop))
            yield from (warning(where, problem) for problem in each.warnings(answer.when, shop))
        for name in sorted(facts_behind(answer.when) - filled):
            yield lacks_fact(where, shop.manual, name, of_condition=True)
