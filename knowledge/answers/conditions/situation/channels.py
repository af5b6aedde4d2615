"""The buyer writes in one of these channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.answers.conditions.condition import Cell, Condition, either
from knowledge.reasons.faults import fault
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.answers.conditions.condition import Shop
    from knowledge.manual.entry import Circumstances, Manual, When
    from knowledge.reasons.faults import Fault
    from knowledge.reasons.reason import Reason


def _against(when: When, _: Manual, circumstances: Circumstances) -> Reason | None:
    return None if circumstances.channel in when.channels else because("another_channel")


def _warnings(when: When, shop: Shop) -> Iterator[Fault]:
    not_open = when.channels - set(when.channels if shop.channels is None else shop.channels)
    return (fault("channel_not_open", channel=channel) for channel in sorted(not_open))


CHANNELS = Condition(
    cells=(Cell(field="channels", form="names"),),
    said=lambda when: because("channel_is", channels=either(sorted(when.channels))),
    against=_against,
    warnings=_warnings,
)
