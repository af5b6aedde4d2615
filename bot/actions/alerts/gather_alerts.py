"""Gather what people of the shop should hear of: troubles of the program itself, and for which peers each alert is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.alerts import Alert
from bot.storage.alerting import alert_queue, alerts
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.clock import Clock
    from bot.config import AlertEvent
    from bot.live import Bell
    from bot.standing import Standing
    from bot.storage.engine.database import Database

GIVE_UP_HOURS = 24
"""What no peer has taken by then helps nobody any more."""


async def gather_alerts(
    *,
    database: Database,
    peers: Mapping[str, Sequence[AlertEvent]],
    standings: Mapping[str, Standing],
    manual_failed: Callable[[], tuple[int, str] | None],
    clock: Clock,
    bells: Iterable[Bell],
) -> None:
    """One look. `peers` says which events each wants; the `bells` ring for those who wait for something to tell.

    They ring at every look: what waits may be due now, as a peer has rested long enough.
    """
    now = clock.now()
    troubles = [*_channels_that_stopped(standings, now), *_manuals_that_failed(manual_failed(), now)]
    if troubles:
        await database.write(alerts.insert, troubles)
    while await database.write(alert_queue.route, peers):
        pass
    await database.write(alert_queue.expire, before=now - timedelta(hours=GIVE_UP_HOURS), now=now)
    for bell in bells:
        bell.ring()


def _channels_that_stopped(standings: Mapping[str, Standing], now: datetime) -> list[Alert]:
    """Those that neither take replies nor say what is new: told once an hour at most, however many nodes see it."""
    return [
        Alert(
            key=f"channel-down:{name}:{_hour(trouble.since)}",
            event="channel_down",
            channel=name,
            words=name if trouble.fault else f"{name}: {trouble.reason}",
            reason=because(trouble.fault) if trouble.fault else None,
            at=now,
        )
        for name, standing in standings.items()
        if (trouble := standing.stands_still) is not None
    ]


def _hour(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H")


def _manuals_that_failed(failed: tuple[int, str] | None, now: datetime) -> list[Alert]:
    if failed is None:
        return []
    revision, problem = failed
    return [Alert(key=f"manual-failed:{revision}", event="manual_failed", words=f"#{revision}: {problem}", at=now)]
