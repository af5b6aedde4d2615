"""The front door of one running bot: its pages and endpoints, served from the first moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.config import TRY_OUT_CHANNEL
from bot.storage import conversations
from bot.web.console.try_page import TryOut
from bot.web.console.wording import load_wording
from bot.web.platform.health import Health, Pulse
from bot.web.platform.pictures import ShownPictures
from bot.web.platform.webhooks import Webhooks
from bot.web.server import application, connections_at_most, serving
from bot.web.shared.connections import Connections
from bot.web.shared.console import PLACES, Console
from bot.web.shared.doors import Doors, is_loopback
from bot.web.shared.pages import load_pages
from bot.web.shared.signed_in import SignedIn
from bot.web.shared.streams import STREAMS_AT_MOST, Streams
from bot.web.shared.try_door import TryDoor
from bot.web.widget.chat import Chat
from bot.wiring.console_pages import console_routes

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from bot.background import AtWork
    from bot.wiring.parts import Parts


def front_door(parts: Parts, at_work: AtWork) -> AbstractAsyncContextManager[int]:
    """Open the port. It answers from the first moment; `/readyz` says no until the manual is in memory."""
    pages, server = load_pages(), parts.config.server
    connections = Connections(clock=SystemClock(), at_most=connections_at_most())
    doors = Doors(
        trusted_proxies=server.trusted_proxies,
        public_url=server.public_url,
        public_try_out=server.public_try_out,
        listens_here_only=is_loopback(server.host),
        try_token=parts.try_token,
        metrics_token=server.metrics_token,
    )
    console = Console(
        pages=pages, doors=doors, shop_name=parts.config.shop.name, places=PLACES, zone=parts.config.shop.timezone
    )
    signed_in = SignedIn(database=parts.database, clock=parts.clock, doors=doors, console=console)
    try_door = TryDoor(signed_in=signed_in)
    health = Health(
        pulse=Pulse(database=parts.database, node=parts.node, clock=parts.clock),
        metrics=parts.metrics,
        not_ready=lambda: parts.not_ready,
        doors=doors,
        facts=parts.facts,
    )
    streams = Streams(at_most=min(STREAMS_AT_MOST, connections.at_most // 2))
    chat = Chat(
        pages=pages,
        wording=load_wording(parts.title_of),
        find=parts.find_channel,
        receiver=parts.receiver,
        database=parts.database,
        live=parts.live,
        clock=parts.clock,
        shop_name=parts.config.shop.name,
        has_desk=parts.has_desk,
        is_staffed=parts.is_staffed,
        product_title=parts.product_title,
        doors=doors,
        try_door=try_door,
        streams=streams,
        redrawer=parts.redrawer,
    )
    try_out = TryOut(
        pages=pages,
        channel=TRY_OUT_CHANNEL,
        adapter=parts.channels[TRY_OUT_CHANNEL].adapter,
        receiver=parts.receiver,
        manual=lambda: parts.manual,
        calendar=parts.calendar,
        clock=parts.clock,
        shop_name=parts.config.shop.name,
        has_desk=parts.has_desk,
        doors=doors,
        door=try_door,
    )
    webhooks = Webhooks(
        find=parts.find_channel,
        standings=parts.standings,
        receiver=parts.receiver,
        is_with_person=lambda channel, buyer: parts.database.read(conversations.is_with_person, channel, buyer),
        wake=parts.fetcher.wake,
        clock=parts.clock,
    )
    return serving(
        application(
            health=health,
            webhooks=webhooks,
            pictures=ShownPictures.of(database=parts.database, redrawer=parts.redrawer, clock=parts.clock, doors=doors),
            chat=chat,
            try_out=try_out,
            console=console_routes(parts, signed_in, try_out, streams),
            doors=doors,
        ),
        host=server.host,
        port=server.port,
        connections=connections,
        at_work=at_work,
    )
