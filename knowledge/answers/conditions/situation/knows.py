"""What the answer needs is known: all of these variables can be filled here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.answers.conditions.condition import Cell, Condition
from knowledge.answers.facts import PROMOTION_FACTS
from knowledge.answers.size_charts import read_chart
from knowledge.answers.templates import COMPUTED, FITTING_SIZE
from knowledge.reasons.faults import fault
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.answers.conditions.condition import Shop
    from knowledge.manual.entry import When
    from knowledge.reasons.faults import Fault


def _facts(when: When) -> frozenset[str]:
    """A promotion may be unset: there is none then, and the bot says so."""
    computed = (COMPUTED[name].facts for name in when.knows if name in COMPUTED)
    return frozenset[str]().union(*computed) - set(PROMOTION_FACTS)


def _errors(when: When, shop: Shop) -> Iterator[Fault]:
    attributes = {name for product in shop.manual.products for name in product.attributes}
    facts = {fact.name for fact in shop.manual.facts}
    unknown = sorted(when.knows - COMPUTED.keys() - attributes - facts)
    return (fault("condition_never_known", name=name) for name in unknown)


def _warnings(when: When, shop: Shop) -> Iterator[Fault]:
    texts = (text for product in shop.manual.products for text in product.attributes.values())
    if FITTING_SIZE in when.knows and not any(map(read_chart, texts)):
        yield fault("no_chart_to_read", like=fault("chart_like"))


KNOWS = Condition(
    cells=(Cell(field="knows", form="names", faults=("name_to_know",)),),
    said=lambda when: because("knows", names=tuple(sorted(when.knows))),
    against=lambda _, __, ___: None,
    needs=lambda when, _, __: when.knows,
    facts=_facts,
    errors=_errors,
    warnings=_warnings,
)
