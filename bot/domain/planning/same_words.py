"""Which buyers have lately sent the same words: what many send alike is hardly a question of their own."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING

from knowledge.language.normalisation import fold

if TYPE_CHECKING:
    from datetime import datetime

LATELY = timedelta(days=1)
SHORTEST_CHARACTERS = 12
"""Shorter texts ("什么时候发货") are the same because the question is."""
TEXTS_REMEMBERED = 5_000
SENDERS_REMEMBERED = 8


class SameWords:
    """The long texts of the last day and whose conversations they came in. Kept in memory only, by each process."""

    def __init__(self) -> None:
        self._senders: OrderedDict[str, dict[int, datetime]] = OrderedDict()

    def others(self, text: str, conversation_id: int, *, at: datetime) -> int:
        """How many other conversations have brought the same text within a day; this one is noted."""
        folded = fold(text)
        if len(folded) < SHORTEST_CHARACTERS:
            return 0
        before = self._senders.pop(folded, {})
        senders = {sender: said for sender, said in before.items() if at - said < LATELY and sender != conversation_id}
        self._senders[folded] = dict([*senders.items(), (conversation_id, at)][-SENDERS_REMEMBERED:])
        if len(self._senders) > TEXTS_REMEMBERED:
            self._senders.popitem(last=False)
        return len(senders)
