"""Write ratings as an Excel workbook or a CSV file, in which nothing is ever computed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from bot.domain.desk.masking import masked
from bot.storage.satisfaction import ratings
from knowledge.workbook.tables import to_csv, to_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import tzinfo

    from bot.domain.accounts.staff import Staff
    from bot.domain.ratings import Filter, RatedEpisode
    from bot.storage.engine.database import Database

Form = Literal["xlsx", "csv"]


async def export_ratings(
    *,
    database: Database,
    who: Staff,
    which: Filter,
    form: Form,
    heads: Sequence[str],
    title: str,
    zone: tzinfo,
    title_of: Callable[[str], str],
) -> bytes:
    """The ratings that are meant, a row each below these eleven `heads`; moments in the shop's zone."""
    rated = await database.read(ratings.read, which, who=who)
    rows = [_cells(each, who=who, zone=zone, title_of=title_of) for each in rated]
    if form == "csv":
        return await asyncio.to_thread(to_csv, heads, rows)
    return await asyncio.to_thread(to_xlsx, title, heads, rows)


def _cells(rated: RatedEpisode, *, who: Staff, zone: tzinfo, title_of: Callable[[str], str]) -> tuple[str, ...]:
    private = who.may_in("see_private", rated.channel)
    return (
        rated.rated_at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
        str(rated.score),
        rated.comment if private else masked(rated.comment),
        rated.channel,
        rated.buyer_name,
        "、".join(name for _, name in rated.staff),
        "、".join(map(str, rated.groups)),
        "、".join(rated.products),
        "、".join(map(title_of, rated.entries)),
        "、".join(rated.causes),
        f"{rated.conversation_id}/{rated.episode}",
    )
