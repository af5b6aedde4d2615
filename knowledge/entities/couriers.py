"""The couriers of the country, as buyers name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    import re

COURIERS = ("顺丰", "中通", "圆通", "申通", "韵达", "京东", "EMS", "邮政", "极兔", "德邦")
"""What `Named.courier` can be."""

_COURIER = Phrase("courier", "courier")
_REFUSED = Phrase("courier", "refused")


def courier_named(said: str) -> re.Match[str] | None:
    """Where a folded text names a courier first."""
    return _COURIER.pattern.search(said)


def courier_in(said: str) -> str | None:
    """The first courier that a folded text names, one that is not refused ("不要韵达") before one that is."""
    found = tuple(_COURIER.pattern.finditer(said))
    wanted = (match for match in found if not _REFUSED.pattern.search(said, 0, match.start()))
    first = next(wanted, found[0] if found else None)
    return None if first is None else first.lastgroup
