"""Report how buyers were routed: which rule took each of the last ones, and how fairly people shared them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.routing.fairness import fairness
from bot.storage.guarding import events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.clock import Clock
    from bot.domain.routing.fairness import Fairness
    from bot.storage.engine.database import Database
    from bot.storage.guarding.events import DeskEvent

DAYS = 30
MOST = 10_000
NEWEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingReport:
    """The newest buyers with the rule that took each, and the shares of people over the last days.

    Whoever went back to the person they know is left out of the shares: no weight chose them.
    """

    newest: Sequence[DeskEvent]
    shares: Fairness


async def report_routing(*, database: Database, clock: Clock) -> RoutingReport:
    """What became of routing in the last days."""
    since = clock.now() - timedelta(days=DAYS)
    routed = await database.read(events.of_kind, "routed", since=since, most=MOST)
    by_weight = [each for each in routed if each.staff_id is not None and not each.detail.get("sticky")]
    assigned = [
        (each.staff_id, {int(staff_id): weight for staff_id, weight in each.detail["weights"].items()})
        for each in by_weight
        if each.staff_id is not None and each.detail.get("weights")
    ]
    return RoutingReport(newest=routed[-NEWEST:][::-1], shares=fairness(assigned))
