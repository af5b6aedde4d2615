"""The buyer's order is in one of these states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.answers.conditions.condition import Cell, Condition, Rank, States, either
from knowledge.manual.entry import ORDER_STATUSES
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from knowledge.manual.entry import Circumstances, Manual, When
    from knowledge.reasons.reason import Reason

_STATES = States(prefix="order_", names=ORDER_STATUSES)


def _against(when: When, _: Manual, circumstances: Circumstances) -> Reason | None:
    if circumstances.order_status in when.order_status:
        return None
    if circumstances.order_status is None:
        return because("order_unknown")
    return because("order_is", status=_STATES.said(circumstances.order_status))


ORDER_STATUS = Condition(
    cells=(Cell(field="order_status", form="states", states=_STATES),),
    rank=Rank.ORDER_STATUS,
    said=lambda when: because("order_is", status=either(map(_STATES.said, sorted(when.order_status)))),
    against=_against,
)
