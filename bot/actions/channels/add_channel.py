"""Make a channel in the console. It is open at once, on every node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.contract import BadSettings
from bot.config import TRY_OUT_CHANNEL
from bot.domain.channels.channel import WEB
from bot.domain.channels.made import problem_with
from bot.storage.accounts import audit
from bot.storage.channels import left_over, made

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.domain.channels.made import ChannelProblem, MadeChannel
    from bot.seal import Seal
    from bot.storage.channels.made import Kept
    from bot.storage.engine.database import Connection, Database


async def add_channel(
    *,
    database: Database,
    seal: Seal | None,
    clock: Clock,
    by: Staff,
    channel: MadeChannel,
    of_file: Collection[str],
    check: Callable[[MadeChannel, datetime], object],
) -> ChannelProblem | None:
    """None once it is made. `check` raises `BadSettings` as opening it would; names `of_file` are the file's.

    Raises `StorageDown`; then nothing was made.
    """
    if channel.name == TRY_OUT_CHANNEL:
        return "name_taken"
    if channel.name in of_file:
        return "name_in_file"
    now = clock.now()
    try:
        check(channel, now)
    except BadSettings as bad:
        return problem_with([each.field for each in bad.problems])
    return await database.write(_add, channel, seal=seal, by=by, at=now)


def _add(
    connection: Connection, channel: MadeChannel, *, seal: Seal | None, by: Staff, at: datetime
) -> ChannelProblem | None:
    former = made.former(connection, channel.name)
    if _lets_others_read(connection, channel, former):
        return "name_used"
    if not made.add(connection, channel, seal=seal, staff_id=by.id, at=at):
        return "name_taken"
    if former is not None:
        while left_over.fail_removed(connection, channel.name, until=at, now=at):
            pass  # page by page: what was said on the former one never leaves by this one
    audit.note(connection, "channel.added", by=by, at=at, about=channel.name, detail={"kind": channel.platform})
    return None


def _lets_others_read(connection: Connection, channel: MadeChannel, former: Kept | None) -> bool:
    """Whether it would lead to conversations of another kind: a window shows each to whoever knows its id."""
    if former is not None:
        return former.platform != channel.platform
    return channel.platform == WEB and left_over.has_conversations(connection, channel.name)
