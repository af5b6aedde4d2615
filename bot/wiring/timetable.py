"""What the clock looks after in one running bot."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.actions.alerts.gather_alerts import gather_alerts
from bot.actions.alerts.warn_of_ends import warn_of_ends
from bot.actions.erase_old import erase_old
from bot.actions.index_messages import index_messages
from bot.actions.ratings.invite_ratings import invite_ratings
from bot.actions.reception.close_conversations import close_conversations
from bot.actions.reception.guard_windows import guard_windows
from bot.actions.reception.keep_lines import keep_lines
from bot.actions.reception.route_conversations import route_conversations
from bot.actions.watch_figures import watch_figures
from bot.wiring.jobs import Job

if TYPE_CHECKING:
    from bot.actions.knowledge.keep_knowledge import KnowledgeInUse
    from bot.wiring.parts import Parts


def timetable(parts: Parts, in_use: KnowledgeInUse) -> tuple[Job, ...]:
    """What the clock looks after."""
    config, database, clock = parts.config, parts.database, parts.clock
    talk = config.conversation

    async def erase() -> None:
        await erase_old(database=database, retention=parts.settings.retention, clock=clock)

    async def guard() -> None:
        await guard_windows(database=database, knowledge=in_use.base, desk=parts.desk, clock=clock)
        parts.to_send.ring()

    async def share() -> None:
        await route_conversations(database=database, desk=parts.desk, calendar=parts.calendar, clock=clock)

    async def keep() -> None:
        calendar = parts.calendar
        await keep_lines(database=database, knowledge=in_use.base, desk=parts.desk, calendar=calendar, clock=clock)
        parts.to_send.ring()

    async def alerts() -> None:
        await gather_alerts(
            database=database,
            peers={name: peer.events for name, peer in parts.alert_peers.items()},
            standings=parts.standings,
            manual_failed=in_use.failed_revision,
            clock=clock,
            bells=parts.to_alert.values(),
        )

    async def warn() -> None:
        await warn_of_ends(
            database=database,
            log_in_where_due=parts.wires.log_in_where_due,
            zone=config.shop.timezone,
            clock=clock,
        )

    async def close() -> None:
        await close_conversations(
            database=database,
            desk=parts.desk,
            quiet_close=timedelta(minutes=talk.quiet_close_minutes),
            hand_back_after=timedelta(minutes=talk.hand_back_after_minutes),
            invite_delay=parts.invite_delay,
            clock=clock,
        )

    async def invite() -> None:
        await invite_ratings(
            database=database,
            knowledge=in_use.base,
            desk=parts.desk,
            settings=config.invites,
            zone=config.shop.timezone,
            clock=clock,
        )
        parts.to_send.ring()

    return (
        Job(name="manual", every_seconds=1, work=partial(parts.refresh_manual, in_use)),
        Job(name="matcher", every_seconds=1, work=in_use.refine),
        *_model_jobs(parts, in_use),
        Job(name="settings", every_seconds=2, work=parts.refresh_settings),
        Job(name="desk", every_seconds=1, work=parts.follow_console),
        Job(name="left over", every_seconds=5, work=parts.clear_away),
        Job(name="windows", every_seconds=1, work=guard),
        Job(name="routing", every_seconds=1, work=share),
        Job(name="lines", every_seconds=1, work=keep),
        Job(name="alerts", every_seconds=1, work=alerts),
        Job(name="logins", every_seconds=600, work=warn),
        Job(name="close", every_seconds=5, work=close),
        Job(name="invites", every_seconds=5, work=invite),
        Job(name="index", every_seconds=1, work=partial(index_messages, database=database, clock=clock)),
        Job(
            name="erase",
            every_seconds=600,
            work=erase,
        ),
        Job(
            name="figures",
            every_seconds=5,
            work=partial(watch_figures, database=database, clock=clock, metrics=parts.metrics),
        ),
    )


def _model_jobs(parts: Parts, in_use: KnowledgeInUse) -> tuple[Job, ...]:
    if parts.embeddings is None:
        return ()
    return (Job(name="meanings", every_seconds=1, work=partial(in_use.learn_meanings, parts.embeddings)),)
