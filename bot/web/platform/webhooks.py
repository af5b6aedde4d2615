"""Where platforms deliver: the signature is checked on the raw bytes, and "accepted" is said once it is on disk."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from adapters.contract import BadPayload, BadSignature, Message, Problem, Request
from bot.domain.channels.channel import WEB
from bot.errors import StorageDown, in_short
from bot.web.shared.doors import LARGEST_BODY_BYTES
from bot.web.shared.http_outcomes import SWITCHED_OFF_SECONDS, accept, invalid, too_fast, try_later
from bot.web.shared.rate_limit import ALLOWED, RateLimit, take_all

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from adapters.contract import Inbound, Received
    from bot.actions.messages.receive_messages import Receiver
    from bot.clock import Clock
    from bot.domain.channels.channel import Channel
    from bot.standing import Standing

UNREADABLE = BadPayload((Problem("", "the adapter of this channel cannot read it; the log says where it failed"),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """Everything that `/webhooks/{channel}` touches.

    What may come after it in the address is the adapter's: a secret, where the platform signs nothing.
    """

    find: Callable[[str], Awaitable[Channel | None]]
    """The channel of a name. Raises `StorageDown` where it is not known here, and cannot be looked for."""
    standings: Mapping[str, Standing]
    receiver: Receiver
    is_with_person: Callable[[str, str], Awaitable[bool]]
    """Whether a person is wanted in a conversation of a channel, or has it."""
    wake: Callable[[str, str], None]
    """A platform that is pulled says that there is news on this channel, and brings a word for whoever asks."""
    clock: Clock
    buyers: dict[str, RateLimit] = field(default_factory=dict)
    """Channel → how fast one buyer may write: a noisy one waits, with the platform, and the others do not."""

    async def receive(self, request: web.Request) -> web.Response:
        """One delivery, answered as the contract says (docs/webhook.md)."""
        name = request.match_info["channel"]
        channel = await self.find(name)
        if channel is None or channel.platform == WEB:
            return _refused(404, f"there is no channel {name} that takes webhooks")
        if not channel.takes_in:
            return try_later("this channel is switched off", SWITCHED_OFF_SECONDS)
        return await self._receive(request, channel, self.standings[name])

    async def _receive(self, request: web.Request, channel: Channel, standing: Standing) -> web.Response:
        name = channel.name
        if request.method == "GET" and not channel.adapter.capabilities.handshake:
            raise web.HTTPMethodNotAllowed("GET", ["POST"])
        if "Content-Encoding" in request.headers:
            return _refused(415, "send the body as it is: no Content-Encoding")
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _refused(413, f"the body is larger than {LARGEST_BODY_BYTES // 1024} kB")
        try:
            received = channel.adapter.receive(_as_it_came(request, body), now=self.clock.now())
        except Exception as problem:  # noqa: BLE001 - what an adapter fails at is its own trouble
            return _turned_away(problem, standing)
        standing.delivery_taken()
        wait_seconds = self._wait_seconds(channel, received)
        if wait_seconds > ALLOWED:
            return too_fast(math.ceil(wait_seconds))
        if received.wake is not None:
            self.wake(name, received.wake)
        if await self._goes_on(name, received):
            received = dataclasses.replace(received, reply=received.with_person)
        return await accept(self.receiver, name, received)

    async def _goes_on(self, channel: str, received: Received) -> bool:
        """Whether what came goes on to people of the platform's own: by the answer, while they have the buyer."""
        buyers = {each.conversation_id for each in received.events if _is_by_buyer(each)}
        if received.with_person is None or not buyers:
            return False
        try:
            return await self.is_with_person(channel, *buyers)
        except StorageDown:
            return False  # it cannot be kept either, and the platform will bring it again

    def _wait_seconds(self, channel: Channel, received: Received) -> float:
        """How long the fastest writer in this delivery has to wait; then it counts for none of them."""
        limit = self.buyers.get(channel.name)
        if limit is None:
            per_minute = channel.adapter.messages_per_minute
            limit = self.buyers[channel.name] = RateLimit(per_minute=per_minute, clock=self.clock)
        buyers = {each.conversation_id for each in received.events if _is_by_buyer(each)}
        return take_all([(limit, buyer) for buyer in buyers])


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
    return [
        web.post(path, webhooks.receive),
        web.get(path, webhooks.receive, allow_head=False),
        web.post(path + "/{secret}", webhooks.receive),
    ]
