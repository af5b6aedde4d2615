"""The buyer asks for this entry for the second time, the third, or a later one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.answers.conditions.condition import Cell, Condition, Rank
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from knowledge.manual.entry import Circumstances, Manual, When
    from knowledge.reasons.reason import Reason


def _against(when: When, _: Manual, circumstances: Circumstances) -> Reason | None:
    if circumstances.times_asked >= when.asked_at_least:
        return None
    return because("asked_so_far", times=circumstances.times_asked)


ASKED_AT_LEAST = Condition(
    cells=(Cell(field="asked_at_least", form="times", faults=("asked_from_one",)),),
    rank=Rank.TIMES_ASKED,
    weight=lambda when: when.asked_at_least - 1,
    said=lambda when: because("asked_at_least", times=when.asked_at_least),
    against=_against,
)
