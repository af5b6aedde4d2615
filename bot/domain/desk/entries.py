"""Entries of the manual, found by whoever says where a question belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.desk.phrases import as_typed, looks_of, rank_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.manual.entry import Entry


def found(entries: Iterable[Entry], query: str, *, most: int) -> list[Entry]:
    """Those whose title, questions or initials hold what was typed, the best first."""
    typed = as_typed(query)
    ranked = [(rank_of(looks_of(each.title, " ".join(each.questions)), typed), each) for each in entries]
    return [entry for rank, entry in sorted(ranked, key=lambda each: each[0]) if rank][:most]
