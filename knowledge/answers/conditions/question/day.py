"""The buyer names a day other than today on which parcels are made ready, or are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.answers.conditions.condition import Cell, Condition, States, either
from knowledge.answers.delivery_dates import day_state
from knowledge.entities.dates import TODAY
from knowledge.manual.entry import DAY_STATES
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from knowledge.manual.entry import Circumstances, Manual, When
    from knowledge.reasons.reason import Reason

_STATES = States(prefix="day_", names=DAY_STATES)


def _against(when: When, manual: Manual, circumstances: Circumstances) -> Reason | None:
    state = day_state(manual, circumstances)
    if state in when.day:
        return None
    if circumstances.named_day is None or circumstances.named_day in TODAY:
        return because("no_other_day")
    return because(f"named_day_{state or 'unknown'}", day=circumstances.named_day)


DAY = Condition(
    cells=(Cell(field="day", form="states", states=_STATES),),
    said=lambda when: because("day_is", state=either(map(_STATES.said, sorted(when.day)))),
    against=_against,
    goes_by=lambda _: frozenset({"day"}),
)
