"""The sum or the number of pieces that the buyer names is enough for free postage or a bulk order, or is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.answers.conditions.condition import Cell, Condition, States, either
from knowledge.answers.facts import (
    BULK_FACT,
    BULK_REACHES,
    FREE_POSTAGE_FACT,
    POSTAGE_REACHES,
    REMOTE_FREE_POSTAGE_FACT,
    reached,
)
from knowledge.manual.entry import REACHES as REACH_NAMES
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from knowledge.manual.entry import Circumstances, Manual, When
    from knowledge.reasons.reason import Reason

_STATES = States(prefix="reach_", names=REACH_NAMES)


def _said(when: When) -> Reason:
    return because("reaches", amount=either(map(_reach, sorted(when.reaches))))


def _reach(name: str) -> Reason:
    return because("sum_is" if name in POSTAGE_REACHES else "number_is", reach=_STATES.said(name))


def _against(when: When, manual: Manual, circumstances: Circumstances) -> Reason | None:
    if when.reaches & reached(manual, circumstances):
        return None
    is_unnamed = circumstances.amount_yuan is None and circumstances.quantity is None
    return because("nothing_reached" if is_unnamed else "another_amount")


def _of(when: When, *, postage: tuple[str, ...], bulk: tuple[str, ...]) -> frozenset[str]:
    """What goes with those of both kinds that are named."""
    return frozenset(
        (*(postage if when.reaches & POSTAGE_REACHES else ()), *(bulk if when.reaches & BULK_REACHES else ()))
    )


REACHES = Condition(
    cells=(Cell(field="reaches", form="states", states=_STATES),),
    said=_said,
    against=_against,
    is_spoken_of=lambda _, __, ___: True,
    goes_by=lambda when: _of(when, postage=("amount_yuan", "region"), bulk=("quantity",)),
    facts=lambda when: _of(when, postage=(FREE_POSTAGE_FACT,), bulk=(BULK_FACT,)),
    compared=lambda when: _of(when, postage=(FREE_POSTAGE_FACT, REMOTE_FREE_POSTAGE_FACT), bulk=(BULK_FACT,)),
)
