"""Keep logged in at the platforms, and warn people weeks ahead where that ends: an owner has to authorise us anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.alerts import Alert
from bot.storage.alerting import alerts
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.clock import Clock
    from bot.storage.engine.database import Database

WARN_DAYS_AHEAD = (30, 7, 1)
"""People are told once within each of these."""


async def warn_of_ends(
    *,
    database: Database,
    log_in_where_due: Callable[[], Awaitable[Mapping[str, datetime]]],
    zone: ZoneInfo,
    clock: Clock,
) -> None:
    """One look. `log_in_where_due` gives the channels whose last renewal is used up, and when their logins end."""
    now = clock.now()
    ends = await log_in_where_due()
    if ends:
        await database.write(alerts.insert, [_alert(name, ends_at, zone, now) for name, ends_at in ends.items()])


def _alert(channel: str, ends_at: datetime, zone: ZoneInfo, now: datetime) -> Alert:
    date = ends_at.astimezone(zone).date().isoformat()
    days = min((each for each in WARN_DAYS_AHEAD if (ends_at - now).days < each), default=WARN_DAYS_AHEAD[0])
    return Alert(
        key=f"login-ends:{channel}:{date}:{days}",
        event="login_ends",
        channel=channel,
        words=channel,
        reason=because("login_ends", date=date),
        at=now,
    )
