"""What the clock looks after in one running bot."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.actions.close_conversations import close_conversations
from bot.actions.erase_old import erase_old
from bot.actions.guard_windows import guard_windows
from bot.actions.invite_ratings import invite_ratings
from bot.actions.watch_figures import watch_figures
from bot.jobs import Job

if TYPE_CHECKING:
    from bot.actions.keep_knowledge import KnowledgeInUse
    from bot.parts import Parts


def timetable(parts: Parts, in_use: KnowledgeInUse) -> tuple[Job, ...]:
    """What the clock looks after."""
    config, database, clock, channels = parts.config, parts.database, parts.clock, parts.channels
    talk = config.conversation

    async def guard() -> None:
        await guard_windows(database=database, knowledge=in_use.base, channels=channels, clock=clock)
        parts.to_send.ring()

    async def close() -> None:
        await close_conversations(
            database=database,
            channels=channels,
            quiet_close=timedelta(minutes=talk.quiet_close_minutes),
            hand_back_after=timedelta(minutes=talk.hand_back_after_minutes),
            invite_delay=parts.invite_delay,
            clock=clock,
        )

    async def invite() -> None:
        await invite_ratings(
            database=database,
            knowledge=in_use.base,
            settings=config.invites,
            zone=config.shop.timezone,
            clock=clock,
        )
        parts.to_send.ring()

    return (
        Job(name="manual", every_seconds=1, work=partial(parts.refresh_manual, in_use)),
        Job(name="matcher", every_seconds=1, work=in_use.refine),
        *_model_jobs(parts, in_use),
        Job(name="windows", every_seconds=1, work=guard),
        Job(name="close", every_seconds=5, work=close),
        Job(name="invites", every_seconds=5, work=invite),
        Job(
            name="erase",
            every_seconds=600,
            work=partial(erase_old, database=database, retention=config.retention, clock=clock),
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
