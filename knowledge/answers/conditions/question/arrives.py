"""What is paid now usually arrives by the day that the buyer names, perhaps, or too late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.answers.conditions.condition import NOTHING, Cell, Condition, States, either
from knowledge.answers.delivery_dates import arrival, waits_for_region
from knowledge.answers.templates import ARRIVAL_FACTS
from knowledge.manual.entry import ARRIVALS
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from knowledge.manual.entry import Circumstances, Manual, When
    from knowledge.reasons.reason import Reason

_STATES = States(prefix="arrival_", names=ARRIVALS)


def _lacks_region(manual: Manual, circumstances: Circumstances) -> bool:
    """Whether all that is missing is where the buyer lives."""
    is_due = circumstances.named_days is not None and circumstances.named_days.due is not None
    return is_due and waits_for_region(manual, circumstances)


def _against(when: When, manual: Manual, circumstances: Circumstances) -> Reason | None:
    state = arrival(manual, circumstances)
    if state in when.arrives or _lacks_region(manual, circumstances):
        return None
    if circumstances.named_day is None:
        return because("no_day_of_arrival")
    return because("named_arrival", day=circumstances.named_day, arrival=because(f"arrival_{state or 'unknown'}"))


def _needs(_: When, manual: Manual, circumstances: Circumstances) -> frozenset[str]:
    return frozenset({"region"}) if _lacks_region(manual, circumstances) else NOTHING


ARRIVES = Condition(
    cells=(Cell(field="arrives", form="states", states=_STATES),),
    said=lambda when: because("arrival_is", arrival=either(map(_STATES.said, sorted(when.arrives)))),
    against=_against,
    needs=_needs,
    goes_by=lambda _: frozenset({"day", "region"}),
    facts=lambda _: frozenset(ARRIVAL_FACTS),
)
