"""The pages of the shop's people, each put together from what it touches; nothing else of the console is served."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.actions.phrases.find_phrases import PhraseShelf
from bot.domain.channels.made import MADE_PLATFORMS
from bot.hashing import Hasher
from bot.web.console.app import app_routes
from bot.web.console.components import components_routes
from bot.web.console.drafts import draft_routes
from bot.web.console.failed import FailedPages, failed_routes
from bot.web.console.home import home_routes
from bot.web.console.inbox.routes import inbox_routes
from bot.web.console.inbox.shop import Shop
from bot.web.console.inbox.together import Together
from bot.web.console.people.audit import AuditPages, audit_routes
from bot.web.console.people.invite import InvitePages, invite_routes
from bot.web.console.people.me import MyPages, my_routes
from bot.web.console.people.sign_in import SignInPages, sign_in_routes
from bot.web.console.people.staff import StaffPages, staff_routes
from bot.web.console.phrases import phrase_routes
from bot.web.console.ratings import rating_routes
from bot.web.console.settings.alerts import AlertPages, alert_routes
from bot.web.console.settings.answering import Answering
from bot.web.console.settings.channels import ChannelPages, channel_routes
from bot.web.console.settings.desk_setter import DeskSetter
from bot.web.console.settings.pages import SettingsPages, settings_routes
from bot.web.console.settings.shop import ShopSettingsPages, shop_settings_routes
from bot.web.console.supervisor import supervisor_routes
from bot.web.console.try_page import staff_try_routes
from bot.web.console.wording import load_wording
from bot.wiring.alert_peers import telling_of
from bot.wiring.channels import open_made, platforms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp import web

    from bot.web.console.try_page import TryOut
    from bot.web.shared.signed_in import ConsoleRoute, SignedIn
    from bot.web.shared.streams import Streams
    from bot.wiring.parts import Parts


def console_routes(parts: Parts, signed_in: SignedIn, try_out: TryOut, streams: Streams) -> list[web.RouteDef]:
    """Every page of the console behind its guard; the samples of its parts stand outside, and say nothing."""
    samples = components_routes(signed_in.console) if parts.config.server.development else []
    return [*signed_in.routes(_pages(parts, signed_in, try_out, streams)), *samples]


def _pages(parts: Parts, signed_in: SignedIn, try_out: TryOut, streams: Streams) -> Iterator[ConsoleRoute]:
    """Each page's own routes."""
    yield from home_routes()
    yield from app_routes(signed_in.console)
    desk = _desk(parts, signed_in, streams)
    yield from inbox_routes(desk)
    yield from phrase_routes(desk)
    yield from draft_routes(desk)
    yield from supervisor_routes(desk)
    yield from rating_routes(desk)
    yield from failed_routes(
        FailedPages(
            database=parts.database,
            clock=parts.clock,
            signed_in=signed_in,
            clicks=parts.clicks,
            channels=parts.channels,
            to_decide=parts.to_decide,
        )
    )
    yield from staff_try_routes(try_out)
    yield from desk_settings_routes(parts, signed_in)
    yield from account_routes(parts, signed_in)


def account_routes(parts: Parts, signed_in: SignedIn) -> Iterator[ConsoleRoute]:
    """The door, and what is about the shop's people."""
    database, live, clock, hasher, seal = parts.database, parts.live, parts.clock, Hasher(), parts.seal
    shop_name = signed_in.console.shop_name
    yield from sign_in_routes(
        SignInPages(database=database, live=live, hasher=hasher, seal=seal, clock=clock, signed_in=signed_in)
    )
    yield from invite_routes(
        InvitePages(database=database, live=live, hasher=hasher, clock=clock, signed_in=signed_in, shop_name=shop_name)
    )
    yield from my_routes(
        MyPages(
            database=database,
            live=live,
            hasher=hasher,
            seal=seal,
            clock=clock,
            signed_in=signed_in,
            shop_name=shop_name,
        )
    )
    yield from staff_routes(
        StaffPages(database=database, live=live, clock=clock, signed_in=signed_in, channels=parts.channels)
    )
    yield from audit_routes(AuditPages(database=database, clock=clock, signed_in=signed_in))


def desk_settings_routes(parts: Parts, signed_in: SignedIn) -> Iterator[ConsoleRoute]:
    """What owners set for the desk."""
    setter = DeskSetter(
        database=parts.database, clock=parts.clock, desk=lambda: parts.desk, refresh=parts.follow_console
    )
    channels = ChannelPages(
        database=parts.database,
        clock=parts.clock,
        signed_in=signed_in,
        seal=parts.seal,
        keeper=parts.keeper,
        channels=parts.channels,
        standings=parts.standings,
        refresh=parts.follow_console,
        check=partial(open_made, public_url=parts.config.server.public_url),
        answering=Answering(setter=setter),
    )
    yield from channel_routes(channels)
    yield from settings_routes(
        SettingsPages(
            database=parts.database,
            clock=parts.clock,
            signed_in=signed_in,
            setter=setter,
            title_of=parts.title_of,
            lines=channels.lines,
            other_platforms=tuple(each for each in platforms() if each not in MADE_PLATFORMS),
        )
    )
    yield from alert_routes(
        AlertPages(
            database=parts.database,
            clock=parts.clock,
            signed_in=signed_in,
            peers=parts.alert_peers,
            kinds={each.name: each.kind for each in parts.config.alerts},
            telling=partial(telling_of, parts.config),
        )
    )
    yield from shop_settings_routes(
        ShopSettingsPages(
            database=parts.database,
            clock=parts.clock,
            signed_in=signed_in,
            calendar=parts.calendar,
            settings=lambda: parts.settings,
            refresh=parts.refresh_settings,
        )
    )


def _desk(parts: Parts, signed_in: SignedIn, streams: Streams) -> Shop:
    return Shop(
        console=signed_in.console,
        signed_in=signed_in,
        clicks=parts.clicks,
        together=Together(parts.live.rounds),
        streams=streams,
        channels=parts.channels,
        manual=lambda: parts.manual,
        knowledge=lambda: parts.knowledge,
        standing=lambda: parts.desk,
        wires=parts.wires,
        redrawer=parts.redrawer,
        phrases=PhraseShelf(database=parts.database),
        wording=load_wording(parts.title_of),
        calendar=parts.calendar,
        undo_seconds=parts.config.desk.undo_seconds,
        invite_delay=parts.invite_delay,
    )
