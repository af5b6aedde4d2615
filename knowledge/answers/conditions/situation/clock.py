"""It is before or after the cut-off, a day off, or the shop is open or closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.answers.conditions.condition import NOTHING, Cell, Condition, States, either
from knowledge.answers.facts import CUTOFF_FACT, clock_states
from knowledge.manual.entry import CLOCK_STATES
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from knowledge.manual.entry import Circumstances, Manual, When
    from knowledge.reasons.reason import Reason

_STATES = States(prefix="time_", names=CLOCK_STATES)


def _against(when: When, manual: Manual, circumstances: Circumstances) -> Reason | None:
    return None if when.clock & clock_states(manual, circumstances) else because("not_at_this_time")


def _facts(when: When) -> frozenset[str]:
    return frozenset({CUTOFF_FACT}) if when.clock & {"before_cutoff", "after_cutoff"} else NOTHING


CLOCK = Condition(
    cells=(Cell(field="clock", form="states", states=_STATES),),
    said=lambda when: because("time_is", clock=either(map(_STATES.said, sorted(when.clock)))),
    against=_against,
    facts=_facts,
)
