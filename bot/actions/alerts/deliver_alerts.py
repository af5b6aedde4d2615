"""Tell people of the shop what they should hear of, at one of their peers: merged as it waits, and nothing twice."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.clean import clean_line
from adapters.contract import Refused, Sent, TryLater, Unknown
from bot.storage.alerting import alert_queue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.alerts.contract import NoteOutcome
    from bot.clock import Clock
    from bot.domain.alerts import Peer, Telling
    from bot.live import Bell
    from bot.metrics import Metrics
    from bot.storage.alerting.alert_queue import State, Waiting
    from bot.storage.engine.database import Database

log = logging.getLogger(__name__)

LONGEST_UNRUNG_SECONDS = 5.0
"""The bell rings each second, after what is new was gathered; this makes a lost ring harmless."""
AT_ONCE = 50
SEND_SECONDS = 15.0
"""A send that is not over by then is given up: nobody knows whether it arrived."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, LONGEST_ASKED_PAUSE_SECONDS = 5.0, 300.0, 3600.0


class AlertSender:
    """The sending side of one peer. `deliver_next` is run by a background owner of its own, so a sick peer is alone."""

    def __init__(
        self,
        *,
        peer: Peer,
        telling: Telling,
        database: Database,
        node: str,
        session: ClientSession,
        clock: Clock,
        bell: Bell,
        metrics: Metrics,
    ) -> None:
        self._peer = peer
        self._telling = telling
        self._database = database
        self._node = node
        self._session = session
        self._clock = clock
        self._bell = bell
        self._metrics = metrics
        self._turn = asyncio.Lock()
        self._unsettled: tuple[list[int], NoteOutcome] | None = None
        self._failures = 0
        self._trouble: tuple[datetime, str] | None = None
        self._stopping = False

    async def deliver_next(self) -> None:
        """One message at most, or wait until there is something to tell. Raises `StorageDown`; nothing is lost."""
        async with self._turn:
            told = False if self._stopping else await self._tell_what_waits()
        if not told:
            await self._bell.wait(at_most_seconds=LONGEST_UNRUNG_SECONDS)

    async def finish(self, *, at_most_seconds: float) -> None:
        """Begin no further message, and give the one on the wire a while to come back."""
        self._stopping = True
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most_seconds), self._turn:
                pass

    def says(self) -> str:
        """What is wrong with this peer, and since when; empty when nothing is."""
        if self._trouble is None:
            return ""
        return f"cannot be told since {self._trouble[0].isoformat(timespec='seconds')}: {self._trouble[1]}"

    async def _tell_what_waits(self) -> bool:
        """Settle what could not be settled before; then tell as much as one message holds."""
        if self._unsettled is not None:
            await self._settle(*self._unsettled)
        now, name = self._clock.now(), self._peer.name
        found = await self._database.read(alert_queue.waiting, peer=name, now=now, most=AT_ONCE)
        if found is None:
            return False
        worth, needless = self._what_fits([each for each in found if not each.is_needless], now), _needless(found)
        ids = await self._database.write(
            alert_queue.claim, peer=name, node=self._node, ids=[each.id for each in worth], needless=needless, now=now
        )
        if not ids:
            return False
        await self._send([each for each in worth if each.id in ids])
        return True

    def _what_fits(self, found: Sequence[Waiting], now: datetime) -> Sequence[Waiting]:
        fits = self._peer.messenger.fits
        count = self._telling.how_many_fit([each.alert for each in found], fits=fits, now=now)
        return found[:count]

    async def _send(self, worth: Sequence[Waiting]) -> None:
        now = self._clock.now()
        note = self._telling.note([each.alert for each in worth], key=f"alert-{worth[0].id}", now=now)
        outcome: NoteOutcome
        try:
            async with asyncio.timeout(SEND_SECONDS):
                outcome = await self._peer.messenger.send(session=self._session, note=note, now=now)
        except TimeoutError:
            outcome = Unknown(f"no word within {SEND_SECONDS:g} seconds", fault="no_answer")
        except Exception as problem:  # the supervisor of a peer: its trouble is its own
            log.exception("an alert failed", extra={"peer": self._peer.name})
            outcome = Unknown(f"the adapter failed ({type(problem).__name__})", fault="program_trouble")
        self._unsettled = [each.id for each in worth], outcome
        self._note_how_it_is(outcome)
        await self._settle(*self._unsettled)

    async def _settle(self, ids: list[int], outcome: NoteOutcome) -> None:
        now = self._clock.now()
        await self._database.write(
            alert_queue.settle,
            peer=self._peer.name,
            node=self._node,
            ids=ids,
            state=STATES[type(outcome)],
            error="" if isinstance(outcome, Sent) else clean_line(outcome.reason),
            fault="" if isinstance(outcome, Sent) else outcome.fault or "",
            rests_until=now + timedelta(seconds=self._pause_seconds(outcome)),
            now=now,
        )
        self._unsettled = None
        self._metrics.alerts.labels(peer=self._peer.name, outcome=STATES[type(outcome)]).inc(len(ids))

    def _pause_seconds(self, outcome: NoteOutcome) -> float:
        """How long to leave the peer alone: as its limits want, longer after each failure in a row."""
        pause = self._peer.messenger.seconds_between
        if isinstance(outcome, Sent):
            return pause
        asked = (outcome.retry_after_seconds or 0.0) if isinstance(outcome, TryLater) else 0.0
        growing = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * float(2 ** min(self._failures - 1, 10)))
        return max(pause, growing, min(asked, LONGEST_ASKED_PAUSE_SECONDS))

    def _note_how_it_is(self, outcome: NoteOutcome) -> None:
        """Say once when the peer goes away, and once when it is back."""
        peer = self._peer.name
        if isinstance(outcome, Sent):
            if self._trouble is not None:
                log.warning("alerts arrive again", extra={"peer": peer, "since": self._trouble[0].isoformat()})
            self._failures, self._trouble = 0, None
            return
        self._failures += 1
        if self._trouble is None:
            problem = outcome.reason.partition(": ")[
                0
            ]  # what follows are the peer's own words, and stay out of the log
            log.error("alerts do not arrive", extra={"peer": peer, "problem": problem})
            self._trouble = (self._clock.now(), problem)


STATES: dict[type[NoteOutcome], State] = {Sent: "sent", TryLater: "queued", Refused: "failed", Unknown: "unknown"}


def _needless(found: Sequence[Waiting]) -> list[int]:
    return [each.id for each in found if each.is_needless]
