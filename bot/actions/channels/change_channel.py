"""Change a channel of the console: its settings, its secret, whether it takes anything in. It holds at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from adapters.contract import BadSettings
from bot.domain.channels.made import problem_with
from bot.storage.accounts import audit
from bot.storage.channels import made

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.domain.channels.made import ChannelProblem, MadeChannel
    from bot.seal import Seal
    from bot.storage.engine.database import Connection, Database

Change = Literal[
    "channel.settings_changed",
    "channel.secret_changed",
    "channel.former_secret_ended",
    "channel.switched_on",
    "channel.switched_off",
]


async def change_channel(
    *,
    database: Database,
    seal: Seal | None,
    clock: Clock,
    by: Staff,
    name: str,
    seen: int,
    change: Change,
    how: Callable[[MadeChannel, datetime], MadeChannel],
    check: Callable[[MadeChannel, datetime], object],
) -> ChannelProblem | None:
    """None once it is `how` it should be, upon the version that was `seen`.

    `check` raises `BadSettings` as opening it would. Raises `StorageDown`; then nothing was changed.
    """
    now = clock.now()

    def work(connection: Connection) -> ChannelProblem | None:
        kept = made.find(connection, name)
        if kept is None or kept.version != seen:
            return "somebody_was_faster"
        channel = made.unpacked(kept, seal)
        if channel is None:
            return "without_key"
        changed = how(channel, now)
        try:
            check(changed, now)
        except BadSettings as bad:
            return problem_with([each.field for each in bad.problems])
        if not made.change(connection, changed, seal=seal, staff_id=by.id, at=now):
            return "somebody_was_faster"
        audit.note(connection, change, by=by, at=now, about=name)
        return None

    return await database.write(work)
