"""Where platforms deliver: the signature is checked on the raw bytes, and "accepted" is said once it is on disk."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from adapters.contract import BadPayload, BadSignature, Message, Problem, Request
from bot.errors import in_short
from bot.web.shared.http_outcomes import accept, invalid, too_fast
from bot.web.shared.rate_limit import ALLOWED, take_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.contract import Inbound, Received
    from bot.actions.receive_messages import Receiver
    from bot.clock import Clock
    from bot.domain.channel import Channel
    from bot.standing import Standing
    from bot.web.shared.rate_limit import RateLimit


UNREADABLE = BadPayload((Problem("", "the adapter of this channel cannot read it; the log says where it failed"),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """Everything that `/webhooks/{channel}` touches."""

    channels: Mapping[str, Channel]
    standings: Mapping[str, Standing]
    receiver: Receiver
    clock: Clock
    buyers: Mapping[str, RateLimit]
    """Channel → how fast one buyer may write: a noisy one waits, with the platform, and the others do not."""

    async def receive(self, request: web.Request) -> web.Response:
        """One delivery, answered as the contract says (docs/webhook.md)."""
        name = request.match_info["channel"]
        channel = self.channels.get(name)
        if channel is None:
            return _refused(404, f"there is no channel {name} that takes webhooks")
        if request.method == "GET" and not channel.adapter.capabilities.handshake:
            raise web.HTTPMethodNotAllowed("GET", ["POST"])
        if "Content-Encoding" in request.headers:
            return _refused(415, "send the body as it is: no Content-Encoding")
        body = await request.read()
        standing = self.standings[name]
        try:
            received = channel.adapter.receive(_as_it_came(request, body), now=self.clock.now())
        except Exception as problem:  # noqa: BLE001 - what an adapter fails at is its own trouble
            return _turned_away(problem, standing)
        standing.delivery_taken()
        wait_seconds = self._wait_seconds(name, received)
        if wait_seconds > ALLOWED:
            return too_fast(math.ceil(wait_seconds))
        return await accept(self.receiver, name, received)

    def _wait_seconds(self, channel: str, received: Received) -> float:
        """How long the fastest writer in this delivery has to wait; then it counts for none of them."""
        buyers = {each.conversation_id for each in received.events if _is_by_buyer(each)}
        return take_all([(self.buyers[channel], buyer) for buyer in buyers])


def _as_it_came(request: web.Request, body: bytes) -> Request:
    return Request(method=request.method, path=request.path, query=request.query, headers=request.headers, body=body)


def _is_by_buyer(inbound: Inbound) -> bool:
    return isinstance(inbound.event, Message) and inbound.event.author.kind == "buyer"


def _turned_away(problem: Exception, standing: Standing) -> web.Response:
    """The answer to a delivery that is not taken. It repeats no words of the fault: they may be a buyer's."""
    match problem:
        case BadSignature():
            standing.delivery_refused(str(problem))
            return _refused(401, str(problem))
        case BadPayload():
            standing.delivery_refused(str(problem))
            return invalid(problem)
        case _:
            standing.delivery_not_understood(in_short(problem))
            return invalid(UNREADABLE)


def _refused(status: int, problem: str) -> web.Response:
    return web.json_response({"error": problem}, status=status)


def webhook_routes(webhooks: Webhooks) -> list[web.RouteDef]:
    """The routes of all signed channels."""
    path = "/webhooks/{channel}"
    return [web.post(path, webhooks.receive), web.get(path, webhooks.receive, allow_head=False)]
