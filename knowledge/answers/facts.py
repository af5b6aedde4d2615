"""What the shop's facts say under some circumstances: the cut-off, where a region belongs, what a sum is enough for."""

from __future__ import annotations

import re
from datetime import time
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from knowledge.answers.size_charts import read_chart
from knowledge.entities.regions import group_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.answers.size_charts import SizeChart
    from knowledge.manual.entry import Circumstances, ClockState, Manual, Product, Reach, RegionGroup

CUTOFF_FACT = "dispatch_cutoff"
"""The fact, as HH:MM, that parts `before_cutoff` from `after_cutoff`; the cut-off minute itself is after."""
REMOTE_FACT = "remote_regions"
SHIPS_FROM_FACT = "ships_from"
DELIVERY_DAYS_FACTS: Mapping[RegionGroup, str] = MappingProxyType(
    {
        "same_province": "delivery_days_same_province",
        "ordinary": "delivery_days_ordinary",
        "remote": "delivery_days_remote",
    }
)
FREE_POSTAGE_FACT = "free_postage_over"
REMOTE_FREE_POSTAGE_FACT = "remote_free_postage_over"
BULK_FACT = "bulk_from"
POSTAGE_REACHES: frozenset[Reach] = frozenset({"free_postage", "below_free_postage"})
BULK_REACHES: frozenset[Reach] = frozenset({"bulk", "below_bulk"})
PROMOTION_FACTS = ("promotion", "promotion_first_day", "promotion_last_day")

_HOURS_AND_MINUTES = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
_PRICE = re.compile(r"\s*(\d{1,9}(?:\.\d{1,2})?)元")
_PLAIN_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,2})?")


def fact_value(manual: Manual, name: str) -> str:
    """What buyers read of a fact; "" when it is not set, or there is none of that name."""
    return next((fact.value.strip() for fact in manual.facts if fact.name == name), "")


def figure(manual: Manual, name: str) -> Decimal | None:
    """A fact as a number; None when it is none."""
    found = _PLAIN_NUMBER.fullmatch(fact_value(manual, name))
    return Decimal(found[0]) if found else None


def product_of(manual: Manual, product_id: str | None) -> Product | None:
    """The product of that id, if the shop has it."""
    return next((product for product in manual.products if product.id == product_id), None)


def cutoff(manual: Manual) -> time | None:
    """Until when on a working day what is paid is made ready the same day; None when the fact is no time."""
    written = _HOURS_AND_MINUTES.fullmatch(fact_value(manual, CUTOFF_FACT))
    return None if written is None else time(int(written[1]), int(written[2]))


def clock_states(manual: Manual, circumstances: Circumstances) -> frozenset[ClockState]:
    """Every clock state that holds now: at most one of cut-off and closed day, and one of open and closed."""
    return frozenset({"open" if circumstances.is_open else "closed", *_dispatch_state(manual, circumstances)})


def _dispatch_state(manual: Manual, circumstances: Circumstances) -> tuple[ClockState, ...]:
    if not circumstances.is_working_day:
        return ("closed_day",)
    closes = cutoff(manual)
    if closes is None:
        return ()
    return ("before_cutoff" if circumstances.local_time.time() < closes else "after_cutoff",)


def region_group(manual: Manual, circumstances: Circumstances) -> RegionGroup | None:
    """The group of the buyer's region by the shop's facts, or None while nobody knows where they live."""
    return None if circumstances.region is None else group_of_region(manual, circumstances.region)


def group_of_region(manual: Manual, region: str) -> RegionGroup:
    """The group of a province by the shop's facts."""
    remote = next((fact.items for fact in manual.facts if fact.name == REMOTE_FACT), ())
    return group_of(region, remote=remote, ships_from=fact_value(manual, SHIPS_FROM_FACT))


def reached(manual: Manual, circumstances: Circumstances) -> frozenset[Reach]:
    """What the named sum and number of pieces are enough for, and not; nothing of what was not named or has no fact."""
    amount, needed = circumstances.amount_yuan, free_postage_from(manual, circumstances)
    pieces, many = circumstances.quantity, figure(manual, BULK_FACT)
    found: set[Reach] = set()
    if amount is not None and needed is not None:
        found.add("free_postage" if amount >= needed else "below_free_postage")
    if pieces is not None and many is not None:
        found.add("bulk" if pieces >= many else "below_bulk")
    return frozenset(found)


def free_postage_from(manual: Manual, circumstances: Circumstances) -> Decimal | None:
    """From how many yuan on the buyer pays no postage; that of ordinary regions while nobody knows where they live."""
    group = region_group(manual, circumstances)
    if group == "overseas":
        return None
    return figure(manual, REMOTE_FREE_POSTAGE_FACT if group == "remote" else FREE_POSTAGE_FACT)


def price_yuan(manual: Manual, product_id: str | None) -> Decimal | None:
    """What one piece of a product costs, where its price begins with a sum: "269元，以商品页显示的为准"."""
    attributes = next((product.attributes for product in manual.products if product.id == product_id), {})
    found = _PRICE.match(attributes.get("price", ""))
    return Decimal(found[1]) if found else None


def only_product_with_chart(manual: Manual) -> str | None:
    """The id of the product that has a size chart, where only one has."""
    charted = [product.id for product in manual.products if _chart_of(product) is not None]
    return charted[0] if len(charted) == 1 else None


def size_chart(manual: Manual, product_id: str | None) -> SizeChart | None:
    """The size chart of a product: the first of its attributes that can be read as one."""
    product = product_of(manual, product_id)
    return _chart_of(product) if product else None


def _chart_of(product: Product) -> SizeChart | None:
    charts = map(read_chart, product.attributes.values())
    return next((chart for chart in charts if chart is not None), None)
