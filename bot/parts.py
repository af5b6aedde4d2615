"""What one running bot is made of, and the steps that its background work repeats."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.actions.decide_replies import Round, SlowLane, decide_replies
from bot.actions.keep_knowledge import KnowledgeInUse, newest_knowledge
from bot.actions.publish_manual import publish_manual
from bot.actions.read_meanings import MeaningReader
from bot.actions.receive_messages import Receiver
from bot.channels import own_hosts
from bot.clock import SystemClock
from bot.domain.calendar import ShopCalendar
from bot.domain.same_words import SameWords
from bot.embeddings_server import Embeddings
from bot.live import Bell, Live
from bot.metrics import Metrics
from bot.standing import Standing
from bot.storage import conversations, fits
from bot.storage.engine.schema import upgrade
from knowledge.manual.files import starter_manual

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiohttp import ClientSession

    from bot.actions.deliver_replies import Deliverer
    from bot.clock import Clock
    from bot.config import Config
    from bot.domain.channel import Channel
    from bot.storage.engine.database import Database
    from knowledge.base import KnowledgeBase

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
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
        try_token: str,
    ) -> None:
        self.try_token = try_token
        self.config = config
        self.clock = clock
        self.node = node
        self.channels = channels
        self.database = database
        self.not_ready = "starting"
        self.calendar = ShopCalendar(hours=config.hours, zone=config.shop.timezone)
        self.metrics = Metrics()
        self.standings = {name: Standing(name, clock=clock, metrics=self.metrics) for name in channels}
        self.facts: dict[str, Callable[[], str]] = {
            f"channel {name}": standing.says for name, standing in self.standings.items()
        }
        self.live = Live()
        self.to_decide, self.to_send = Bell(), Bell()
        self.deciding = asyncio.Lock()
        self.receiver = Receiver(
            database=database,
            echoes={name: channel.echoes for name, channel in channels.items()},
            clock=clock,
            to_decide=self.to_decide,
            live=self.live,
            metrics=self.metrics,
        )
        self.same_words = SameWords()
        self._slow_lane = SlowLane(clock=SystemClock())
        self._own_hosts = own_hosts(config, channels.values())
        self.embeddings: Embeddings | None = None
        self._meanings: MeaningReader | None = None
        self.manual = starter_manual()
        self._titles = {entry.id: entry.title for entry in self.manual.entries}
        self.invite_delay = timedelta(minutes=config.invites.delay_minutes) if config.invites.enabled else None

    async def prepare(self) -> None:
        """Bring the database up to date, and give an empty one the starter manual."""
        await self.database.write(upgrade)
        if self.database.dialect == "sqlite":
            await self.database.write(conversations.release_all)
            await self.database.write(fits.release_all)
        await publish_manual(
            database=self.database,
            manual=self.manual,
            author=AUTHOR_OF_STARTER,
            note="",
            clock=self.clock,
            only_first=True,
        )
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

    def connect_model(self, session: ClientSession) -> None:
        """Let a model of meaning help, if the owner has named one."""
        settings = self.config.semantic
        if settings.endpoint != "":
            self.embeddings = Embeddings(settings=settings, session=session, clock=self.clock)
            self._meanings = MeaningReader(embedder=self.embeddings, within_seconds=settings.timeout_ms / 1000)

    def title_of(self, entry_id: str) -> str:
        """What people call an entry of the manual in use."""
        return self._titles.get(entry_id, entry_id)

    def heard(self, topic: str) -> None:
        """Another process says that this conversation has changed."""
        self.live.heard(topic)
        self.to_decide.ring()
        self.to_send.ring()

    async def decide_next(self, in_use: KnowledgeInUse, deliverer: Deliverer) -> None:
        """Decide about what is new, or wait for something new."""
        async with self.deciding:
            done = await self._decide(in_use, deliverer)
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
            channels=self.channels,
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
        self.manual = base.manual
        self._titles = {entry.id: entry.title for entry in base.manual.entries}
