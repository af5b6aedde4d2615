"""What is wrong with a manual in this shop, in sentences for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli.shared.channels import all_channels
from bot.cli.shared.options import reader_language
from bot.clock import SystemClock
from knowledge.answers.invented import as_shipped
from knowledge.answers.spoken_manual import spoken_manual
from knowledge.lint.whole_manual import lint
from knowledge.reasons.faults import fault, some
from knowledge.workbook.placing import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config import Config
    from knowledge.manual.entry import Fact, Manual
    from knowledge.reasons.faults import Fault


def findings(manual: Manual, config: Config) -> tuple[list[str], list[str]]:
    """The errors, which keep a manual from being published, and the warnings."""
    today = SystemClock().now().astimezone(config.shop.timezone).date()
    found = lint(manual, today=today, channels=frozenset(all_channels(config)))
    errors = told(each for each in found if each.level == "error")
    warnings = told(each for each in found if each.level == "warning")
    shipped = still_shipped(spoken_manual(manual, config.shop.own_name))
    language = reader_language()
    return (
        [each.said(language) for each in errors],
        [f"Warning: {each.said(language)}" for each in (*warnings, *shipped)],
    )


def still_shipped(manual: Manual) -> Iterator[Fault]:
    """What of a manual is still an example of the program, each kind in one sentence."""
    shipped = as_shipped(manual)
    if shipped.invented:
        yield fault("shipped_invented", facts=tuple(map(_with_value, shipped.invented)))
    if shipped.products:
        named = tuple(fault("fact_with_title", name=each.id, title=each.title) for each in shipped.products)
        yield fault("shipped_products", products=named)
    if shipped.defaults:
        yield fault("shipped_defaults", facts=some(tuple(map(_with_value, shipped.defaults))))


def _with_value(fact: Fact) -> Fault:
    return fault("fact_with_value", name=fact.name, title=fact.title, value=fact.value)
