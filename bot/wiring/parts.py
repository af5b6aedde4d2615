"""What one running bot is made of, and the steps that its background work repeats."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.actions.alerts.deliver_alerts import AlertSender
from bot.actions.channels.clear_away import clear_away
from bot.actions.channels.keep_channels import ChannelKeeper
from bot.actions.knowledge.keep_knowledge import KnowledgeInUse, newest_knowledge
from bot.actions.knowledge.publish_manual import publish_manual
from bot.actions.messages.decide_replies import Round, decide_replies
from bot.actions.messages.fetch_messages import Fetcher
from bot.actions.messages.open_wires import Wires
from bot.actions.messages.read_meanings import MeaningReader
from bot.actions.messages.receive_messages import Receiver
from bot.actions.reception.read_desk import read_desk
from bot.clock import SystemClock
from bot.config import TRY_OUT_CHANNEL
from bot.domain.accounts.owner_settings import in_force
from bot.domain.calendar import ShopCalendar
from bot.domain.channels.in_use import ChannelsInUse
from bot.domain.desk.now import DeskNow
from bot.domain.planning.same_words import SameWords
from bot.domain.planning.slow_lane import SlowLane
from bot.embeddings_server import Embeddings
from bot.live import Bell, Live
from bot.metrics import Metrics
from bot.redrawing import Redrawer
from bot.standing import Standing
from bot.storage import channel_states, conversations
from bot.storage.accounts import owner_settings, people
from bot.storage.alerting import alert_queue
from bot.storage.channels import made
from bot.storage.channels.made import CHANNELS_SET
from bot.storage.desk.clicks import Clicks
from bot.storage.engine.schema import upgrade
from bot.storage.guarding.settings import DESK_SET
from bot.storage.knowledge import fits
from bot.wiring.alert_peers import open_alerts, telling_of
from bot.wiring.channels import open_made, own_hosts, seal_of
from knowledge.manual.files import starter_manual

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiohttp import ClientSession

    from bot.actions.messages.deliver_replies import Deliverer
    from bot.clock import Clock
    from bot.config import Config
    from bot.domain.channels.channel import Channel
    from bot.storage.engine.database import Database
    from knowledge.base import KnowledgeBase

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
LONGEST_UNHEARD_SECONDS = 60
"""A lost message that something was set for the desk is made good by a job sooner than this."""
AUTHOR_OF_STARTER = "starter manual"


class Parts:
    """The parts of one running bot, and the steps its background work repeats."""

    def __init__(
        self,
        *,
        config: Config,
        clock: Clock,
        node: str,
        channels: Mapping[str, Channel],
        database: Database,
        sessions: Mapping[str, ClientSession],
        try_token: str,
    ) -> None:
        self.try_token = try_token
        self.config = config
        self.clock = clock
        self.node = node
        self.channels = ChannelsInUse()
        self.database = database
        self.not_ready = "starting"
        self.settings = in_force(config, {})
        self.calendar = ShopCalendar(hours=self.settings.hours, zone=config.shop.timezone)
        self.metrics = Metrics()
        self.standings: dict[str, Standing] = {}
        self.facts: dict[str, Callable[[], str]] = {}
        self.desk = DeskNow(channels=channels)
        self.desk_set = Bell()
        self.live = Live()
        self.to_decide, self.to_send = Bell(), Bell()
        self.alert_peers = open_alerts(config)
        self.to_alert = {name: Bell() for name in self.alert_peers}
        self.redrawer = Redrawer()
        self.clicks = Clicks(database=database, live=self.live, to_send=self.to_send, clock=clock)
        self.deciding = asyncio.Lock()
        self.receiver = Receiver(
            database=database,
            channels=self.channels,
            clock=clock,
            to_decide=self.to_decide,
            live=self.live,
            metrics=self.metrics,
        )
        self.seal = seal_of(config, channels)
        self.wires = Wires(
            database=database,
            node=node,
            channels=self.channels,
            sessions=sessions,
            seal=self.seal,
            clock=clock,
        )
        self.fetcher = Fetcher(
            database=database,
            node=node,
            channels=self.channels,
            standings=self.standings,
            wires=self.wires,
            receive=self.receiver.receive,
            clock=clock,
        )
        self.keeper = ChannelKeeper(
            database=database,
            of_file=channels,
            in_use=self.channels,
            open_made=partial(open_made, public_url=config.server.public_url),
            seal=self.seal,
            clock=clock,
        )
        self.channels.follow(self)
        self.channels.replace(channels)
        self._own_hosts = own_hosts(config, channels.values())
        self.same_words = SameWords()
        self._slow_lane = SlowLane(clock=SystemClock(), received=lambda: self.receiver.received)
        self.embeddings: Embeddings | None = None
        self._meanings: MeaningReader | None = None
        self.manual = starter_manual()
        self.knowledge: KnowledgeBase | None = None
        self._titles = {entry.id: entry.title for entry in self.manual.entries}
        self.invite_delay = timedelta(minutes=config.invites.delay_minutes) if config.invites.enabled else None

    async def prepare(self) -> None:
        """Bring the database up to date, and give an empty one the starter manual."""
        await self.database.write(upgrade)
        if self.seal is not None:
            await self.database.write(people.seal_codes, self.seal)
            await self.database.write(made.seal_all, self.seal)
        if self.database.dialect == "sqlite":
            await self.database.write(conversations.release_all)
            await self.database.write(alert_queue.release_all)
            await self.database.write(fits.release_all)
            await self.database.write(channel_states.release_all)
        await publish_manual(
            database=self.database,
            manual=self.manual,
            author=AUTHOR_OF_STARTER,
            note="",
            clock=self.clock,
            only_first=True,
        )
        await self.follow_console()
        await self.refresh_settings()
        warning = self.calendar.warning(self.clock.now())
        if warning is not None:
            log.warning(warning)

    async def stock_shelf(self) -> KnowledgeInUse:
        """Take the newest manual into memory."""
        base = await newest_knowledge(self.database, shop_name=self.config.shop.own_name)
        if base is None:
            raise RuntimeError("the database holds no manual although one was just published")
        self._use(base)
        in_use = KnowledgeInUse(
            base,
            database=self.database,
            node=self.node,
            clock=self.clock,
            metrics=self.metrics,
            shop_name=self.config.shop.own_name,
        )
        self.facts["matcher"] = in_use.matcher_says
        return in_use

    def alert_sender(self, name: str, session: ClientSession) -> AlertSender:
        """What sends alerts to that peer."""
        peer = self.alert_peers[name]
        sender = AlertSender(
            peer=peer,
            telling=telling_of(self.config, peer.language),
            database=self.database,
            node=self.node,
            session=session,
            clock=self.clock,
            bell=self.to_alert[name],
            metrics=self.metrics,
        )
        self.facts[f"alerts {name}"] = sender.says
        return sender

    def connect_model(self, session: ClientSession) -> None:
        """Let a model of meaning help, if the owner has named one."""
        settings = self.config.semantic
        if settings.endpoint != "":
            self.embeddings = Embeddings(settings=settings, session=session, clock=self.clock)
            self._meanings = MeaningReader(embedder=self.embeddings, within_seconds=settings.timeout_ms / 1000)

    def title_of(self, entry_id: str) -> str:
        """What people call an entry of the manual in use."""
        return self._titles.get(entry_id, entry_id)

    def has_desk(self, channel: str) -> bool:
        """Whether people of the shop can take a buyer over there, as far as is known just now."""
        return self.desk.has_desk(channel)

    def opened(self, channel: Channel) -> None:
        """Keep how this channel is doing, and tell of it in `/readyz`."""
        standing = Standing(channel.name, clock=self.clock, metrics=self.metrics)
        self.standings[channel.name] = standing
        self.facts[f"channel {channel.name}"] = standing.says

    def closed(self, name: str) -> None:
        """It is gone: nothing is told of it any more."""
        self.standings.pop(name).closed()
        del self.facts[f"channel {name}"]

    async def refresh_channels(self) -> None:
        """Take in which channels the console has."""
        await self.keeper.refresh()
        self._take_desk(self.desk)

    async def find_channel(self, name: str) -> Channel | None:
        """The channel of this name, also when another node has just made it. Raises `StorageDown`."""
        if name not in self.channels and await self.database.read(made.find, name) is not None:
            await self.refresh_channels()
        return self.channels.get(name)

    async def clear_away(self) -> None:
        """Give up what is left of channels that are gone."""
        kept = [each for each in self.keeper.kept if each.name not in self.channels]
        removed = {each.name: each.at for each in kept if each.state == "removed"}
        known = {*self.channels, *(each.name for each in kept if each.name not in removed)}
        await clear_away(database=self.database, known=known, removed=removed, clock=self.clock)

    def product_title(self, product_id: str) -> str:
        """What the manual calls this product; "" where it knows none of this id."""
        return next((each.title for each in self.manual.products if each.id == product_id), "")

    def is_staffed(self, channel: str) -> bool:
        """Whether people of the shop answer there at this hour. Whoever tries the bot out is left no form to fill."""
        in_hours = self.calendar.is_open(self.clock.now())
        return channel == TRY_OUT_CHANNEL or (self.has_desk(channel) and in_hours)

    async def refresh_desk(self) -> None:
        """Take in what was set for the desk, and who may answer there."""
        self._take_desk(await read_desk(database=self.database, channels=self.channels.now, known=self.desk))

    def _take_desk(self, desk: DeskNow) -> None:
        """The desk, with the channels that are open now, whatever has happened while it was read."""
        if desk.channels is not self.channels.now:
            desk = dataclasses.replace(desk, channels=self.channels.now)
            self._own_hosts = own_hosts(self.config, desk.channels.values())
        self.desk = desk

    async def follow_console(self) -> None:
        """Take in what was set in the console: channels, then what was set for each."""
        await self.refresh_channels()
        await self.refresh_desk()

    async def refresh_settings(self) -> None:
        """Take in what owners have set in the console."""
        known = self.settings
        self.settings = in_force(self.config, await self.database.read(owner_settings.read))
        if self.settings.hours != known.hours:
            self.calendar.follow(self.settings.hours)

    async def follow_desk(self) -> None:
        """Take it in as soon as it is heard that something was set."""
        await self.desk_set.wait(at_most_seconds=LONGEST_UNHEARD_SECONDS)
        await self.follow_console()

    def heard(self, topic: str) -> None:
        """Another process says that this conversation has changed, or that something was set for the desk."""
        if topic in {DESK_SET, CHANNELS_SET}:
            self.desk_set.ring()
        self.live.heard(topic)
        self.to_decide.ring()
        self.to_send.ring()

    async def decide_next(self, in_use: KnowledgeInUse, deliverer: Deliverer) -> None:
        """Decide about what is new, or wait for something new."""
        async with self.deciding:
            done = await self._decide(in_use, deliverer)
            if done.lost:
                await self.refresh_desk()
        if done.look_again_in_seconds is not None:
            asyncio.get_running_loop().call_later(done.look_again_in_seconds, self.to_decide.ring)
        if not done.more:
            await self.to_decide.wait(at_most_seconds=POLL_SECONDS)

    async def _decide(self, in_use: KnowledgeInUse, deliverer: Deliverer) -> Round:
        reader, meanings = self._meanings, in_use.meanings
        return await decide_replies(
            database=self.database,
            node=self.node,
            knowledge=in_use.base,
            calendar=self.calendar,
            desk=self.desk,
            invite_delay=self.invite_delay,
            clock=self.clock,
            live=self.live,
            metrics=self.metrics,
            sender=deliverer,
            same_words=self.same_words,
            slow_lane=self._slow_lane,
            patience_seconds=self.config.conversation.patience_seconds,
            answer_within=timedelta(hours=self.config.conversation.answer_within_hours),
            own_hosts=self._own_hosts,
            read_meanings=None if reader is None or meanings is None else partial(reader.read, meanings=meanings),
        )

    async def refresh_manual(self, in_use: KnowledgeInUse) -> None:
        """Take in a manual that somebody has published."""
        if await in_use.refresh():
            self._use(in_use.base)

    def _use(self, base: KnowledgeBase) -> None:
        self.knowledge = base
        self.manual = base.manual
        self._titles = {entry.id: entry.title for entry in base.manual.entries}
