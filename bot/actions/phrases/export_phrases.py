"""Write quick phrases as an Excel workbook, which comes in again as the same phrases."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.domain.desk.phrases import may_use
from bot.storage.answering import phrases
from knowledge.workbook.phrase_lists import ListedPhrase, cells_of, heads_for
from knowledge.workbook.tables import to_xlsx

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.phrases import Phrase, Scope
    from bot.storage.engine.database import Database


async def export_phrases(
    *, database: Database, who: Staff, groups: Collection[int], scope: Scope, owner_id: int
) -> bytes:
    """The workbook; one without rows where this person has none such."""
    theirs = await database.read(phrases.read_of, (scope, owner_id))
    return await asyncio.to_thread(_workbook, [phrase for phrase in theirs if may_use(phrase, who, groups)])


def _workbook(listed: Sequence[Phrase]) -> bytes:
    most = max((len(phrase.bubbles) for phrase in listed), default=1)
    rows = [cells_of(ListedPhrase(title=each.title, bubbles=each.bubbles), most) for each in listed]
    return to_xlsx("快捷短语", heads_for(most), rows)
