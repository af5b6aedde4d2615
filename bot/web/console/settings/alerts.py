"""Where people of the shop are told: what each place hears of, how it has been lately, and a test at a click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.contract import Refused, Sent, TryLater, Unknown
from bot.actions.alerts.note_test_alert import note_test_alert
from bot.actions.alerts.send_test_alert import send_test_alert
from bot.storage.alerting import peer_standing
from bot.web.console.settings.parts import PARTS
from bot.web.shared.signed_in import ConsoleRoute, staff_of, visitor_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiohttp import web

    from adapters.alerts.contract import NoteOutcome
    from adapters.contract import Fault
    from bot.clock import Clock
    from bot.domain.alerts import Peer, Telling
    from bot.storage.engine.database import Database
    from bot.web.shared.signed_in import SignedIn
    from knowledge.reasons.sentences import Language

ALERTS = "console/settings/alerts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What became of a test: `fate` and `fault` have their words in `translations/`; `why` is what the peer said."""

    peer: str
    fate: str
    why: str = ""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPages:
    """Everything this page touches. `kinds` says of what kind each peer is."""

    database: Database
    clock: Clock
    signed_in: SignedIn
    peers: Mapping[str, Peer]
    kinds: Mapping[str, str]
    telling: Callable[[Language], Telling]

    async def show(self, request: web.Request) -> web.Response:
        return await self._page(request, None)

    async def test(self, request: web.Request) -> web.Response:
        """Send a test to the peer that the form names, and say what became of it."""
        name = str((await request.post()).get("peer", ""))
        if name not in self.peers:
            return await self._page(request, Tested(peer=name, fate="no_such_peer"))
        peer = self.peers[name]
        free = await note_test_alert(database=self.database, peer=peer, by=staff_of(request), clock=self.clock)
        if not free:
            return await self._page(request, Tested(peer=name, fate="rests"))
        outcome = await send_test_alert(peer=peer, telling=self.telling(peer.language), clock=self.clock)
        return await self._page(request, _tested(name, outcome))

    async def _page(self, request: web.Request, tested: Tested | None) -> web.Response:
        standings = await self.database.read(peer_standing.of_each, list(self.peers))
        return self.signed_in.console.page(
            request,
            "console/settings/alerts.html",
            at="settings",
            visitor=visitor_of(request),
            status=200 if tested is None or tested.fate == "sent" else 409,
            parts=PARTS,
            part="alerts",
            peers=self.peers,
            kinds=self.kinds,
            standings=standings,
            tested=tested,
        )


def alert_routes(pages: AlertPages) -> list[ConsoleRoute]:
    path = f"/{ALERTS}"
    return [
        ConsoleRoute(method="GET", path=path, handler=pages.show, right="manage"),
        ConsoleRoute(method="POST", path=path, handler=pages.test, right="manage"),
    ]


def _tested(peer: str, outcome: NoteOutcome) -> Tested:
    match outcome:
        case Sent():
            return Tested(peer=peer, fate="sent")
        case TryLater(reason, fault=fault):
            return Tested(peer=peer, fate="later", why=reason, fault=fault)
        case Refused(reason, fault=fault):
            return Tested(peer=peer, fate="refused", why=reason, fault=fault)
        case Unknown(reason, fault=fault):
            return Tested(peer=peer, fate="unknown", why=reason, fault=fault)
