"""The front door of one running bot: its pages and endpoints, served from the first moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.web.adapter import WebAdapter
from bot.clock import SystemClock
from bot.storage.conversations import TRY_OUT
from bot.web.console.try_page import TryOut
from bot.web.console.wording import load_wording
from bot.web.platform.health import Health, Pulse
from bot.web.platform.webhooks import Webhooks
from bot.web.server import application, connections_at_most, serving
from bot.web.shared.connections import Connections
from bot.web.shared.doors import Doors, is_loopback
from bot.web.shared.pages import load_pages
from bot.web.shared.rate_limit import RateLimit
from bot.web.widget.chat import STREAMS_AT_MOST, Chat, Streams

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from bot.background import AtWork
    from bot.parts import Parts


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
    web_channels = {
        name: channel.adapter for name, channel in parts.channels.items() if isinstance(channel.adapter, WebAdapter)
    }
    health = Health(
        pulse=Pulse(database=parts.database, node=parts.node, clock=parts.clock),
        metrics=parts.metrics,
        not_ready=lambda: parts.not_ready,
        doors=doors,
        facts=parts.facts,
    )
    signed = {name: channel for name, channel in parts.channels.items() if name not in web_channels}
    chat = Chat(
        pages=pages,
        wording=load_wording(parts.title_of),
        channels=web_channels,
        receiver=parts.receiver,
        database=parts.database,
        live=parts.live,
        clock=parts.clock,
        shop_name=parts.config.shop.name,
        doors=doors,
        streams=Streams(at_most=min(STREAMS_AT_MOST, connections.at_most // 2)),
    )
    try_out = TryOut(
        pages=pages,
        channel=TRY_OUT,
        adapter=web_channels[TRY_OUT],
        receiver=parts.receiver,
        manual=lambda: parts.manual,
        calendar=parts.calendar,
        clock=parts.clock,
        shop_name=parts.config.shop.name,
        doors=doors,
    )
    webhooks = Webhooks(
        channels=signed,
        standings=parts.standings,
        receiver=parts.receiver,
        clock=parts.clock,
        buyers={
            name: RateLimit(per_minute=channel.adapter.messages_per_minute, clock=parts.clock)
            for name, channel in signed.items()
        },
    )
    return serving(
        application(health=health, webhooks=webhooks, chat=chat, try_out=try_out, doors=doors),
        host=server.host,
        port=server.port,
        connections=connections,
        at_work=at_work,
    )
