"""The chat window's channel. Messages come from our own page; replies wait in the outbox until the page asks."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yarl import URL

from adapters.contract import Capabilities, Received, Sent
from adapters.fields import Fields, Reading
from adapters.web.payloads import read_inbound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from adapters.contract import Outbound, Request, SendOutcome, Wire

SETTINGS = ("origins", "messages_per_minute", "try_out")
NEEDS: Mapping[str, str] = {}
MESSAGES_PER_MINUTE = 20
CAPABILITIES = Capabilities(resend="same_key", pictures=True, echoes="no")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAdapter:
    """One chat window. `origins` may embed it; `messages_per_minute` holds for each visitor, in the web layer.

    `try_out` is set by the program for its own page, which may pretend another time.
    """

    channel: str
    origins: tuple[str, ...] = ()
    messages_per_minute: int = MESSAGES_PER_MINUTE
    try_out: bool = False
    capabilities: Capabilities = CAPABILITIES

    @classmethod
    def configure(cls, *, channel: str, settings: Mapping[str, object]) -> WebAdapter:
        with Reading(settings, SETTINGS) as fields:
            return cls(
                channel=channel,
                messages_per_minute=fields.messages_per_minute(usually=MESSAGES_PER_MINUTE),
                origins=_read_origins(fields),
                try_out=fields.flag("try_out"),
            )

    def receive(self, request: Request, *, now: datetime) -> Received:  # noqa: ARG002 - no signature: the visitor's id is the proof
        return Received((read_inbound(request.body, try_out=self.try_out),))

    async def send(self, *, wire: Wire, outbound: Outbound, now: datetime) -> SendOutcome:  # noqa: ARG002 - the page fetches it from the outbox
        return Sent()


def _read_origins(fields: Fields) -> tuple[str, ...]:
    value = fields.raw("origins")
    if value is None:
        return ()
    if not isinstance(value, list):
        fields.note("origins", 'must be a list such as ["https://shop.example"]')
        return ()
    for origin in value:
        problem = _find_origin_problem(origin)
        if problem is not None:
            fields.note("origins", problem)
    return tuple(str(origin) for origin in value)


def _find_origin_problem(origin: object) -> str | None:
    """Say how an origin differs from what a browser sends: it is compared letter by letter."""
    if not isinstance(origin, str) or "*" in origin or not origin.isprintable():
        return 'each must be one whole origin such as "https://shop.example"; there is no wildcard'
    try:
        url = URL(origin)
        right = str(url.origin()) if _may_frame(url) else None
    except ValueError:
        right = None
    if right is None:
        return (
            f'{origin[:200]} cannot be used; write an https origin such as "https://shop.example" '
            "(http only for this machine, such as http://localhost:3000)"
        )
    return None if origin == right else f"write {right} instead of {origin[:200]}: scheme, host and port only"


def _may_frame(url: URL) -> bool:
    """Over the network only a page on https; for a first try also one on this very machine."""
    return bool(url.host) and (url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.host or "")))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or host.endswith(".localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
