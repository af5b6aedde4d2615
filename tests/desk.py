"""People at the desk of a shop in a test: each sees conversations as the pages show them, and acts by a click.

li = await colleague(shop, "小李")
assert await li.answers("今天就发") == Done(...)
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.actions.desk.answer_buyer import answer_buyer
from bot.actions.desk.take_over import take_over
from bot.actions.desk.undo_answer import undo_answer
from bot.domain.desk.conversations import Click, Done
from bot.storage.accounts import people
from bot.storage.desk import queue, talk
from bot.storage.desk.replies import Said
from bot.storage.desk.views import Asking
from tests.shop import BUYER, conversation_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.accounts.staff import Role, Staff
    from bot.domain.channels.channel import Channel
    from bot.domain.desk.conversations import Answered, Bubble, ConversationView, News, QueueItem, View
    from bot.storage.desk.clicks import Clicks
    from tests.shop import Shop

UNDO_SECONDS = 5
_keys = itertools.count(1)


@dataclass(kw_only=True)
class Colleague:
    """One person before the desk. They act upon the version that they saw last, or upon the newest."""

    shop: Shop
    staff: Staff
    groups: tuple[int, ...] = ()
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def clicks(self) -> Clicks:
        return self.shop.bot.clicks

    @property
    def channels(self) -> Mapping[str, Channel]:
        return self.shop.bot.channels

    # What they see

    async def looks(self, buyer: str = BUYER) -> ConversationView:
        """Open the conversation, as it is now."""
        number = await self.number(buyer)
        view = await self.shop.bot.database.read(talk.read_view, number, self._looking())
        assert view is not None
        self.seen[buyer] = view.header.version
        self.shop.clock.advance(seconds=1)
        return view

    async def reads_on(self, view: ConversationView) -> News:
        news = await self.shop.bot.database.read(
            talk.read_news, view.header.conversation_id, view.cursor, self._looking()
        )
        assert news is not None
        return news

    async def queue(self, view: View = "all") -> list[QueueItem]:
        page = await self.shop.bot.database.read(queue.read_page, self._asking(), view, now=self.shop.clock.now())
        return list(page.items)

    async def buyers(self, view: View = "all") -> list[str]:
        return [item.buyer for item in await self.queue(view)]

    async def says(self, buyer: str = BUYER) -> list[str]:
        """The conversation in short: who said what, the oldest first."""
        return [in_short(bubble) for bubble in (await self.looks(buyer)).page.bubbles]

    # What they do

    async def answers(self, *words: str, buyer: str = BUYER, key: str = "", undo_seconds: float = 0) -> Answered:
        said = Said(texts=words)
        done = await answer_buyer(
            clicks=self.clicks,
            who=self.staff,
            click=await self.click(buyer, key),
            said=said,
            channels=self.channels,
            undo_seconds=undo_seconds,
        )
        return await self._after(done, buyer)

    async def takes_back(self, key: str, buyer: str = BUYER) -> Answered:
        done = await undo_answer(clicks=self.clicks, who=self.staff, click=await self.click(buyer), answer_key=key)
        return await self._after(done, buyer)

    async def takes_over(self, buyer: str = BUYER) -> Answered:
        done = await take_over(clicks=self.clicks, who=self.staff, click=await self.click(buyer))
        return await self._after(done, buyer)

    async def click(self, buyer: str = BUYER, key: str = "") -> Click:
        """A click upon what they saw last there; they look first where they have not yet."""
        if buyer not in self.seen:
            await self.looks(buyer)
        number = await self.number(buyer)
        return Click(conversation_id=number, seen_version=self.seen[buyer], key=key or f"k{next(_keys)}")

    async def number(self, buyer: str = BUYER) -> int:
        """The conversation of this buyer, who may be named by the platform's own id of it as well."""
        ids = {"ours": conversation_of(buyer), "theirs": buyer}
        rows = await self.shop.rows("SELECT id FROM conversation WHERE external_id IN (:ours, :theirs)", **ids)
        return int(rows[0].id)

    async def _after(self, done: Answered, buyer: str) -> Answered:
        if isinstance(done, Done):
            self.seen[buyer] = done.version
        self.shop.clock.advance(seconds=1)
        await self.shop.settles()
        return done

    def _looking(self) -> talk.Looking:
        return talk.Looking(who=self.staff, now=self.shop.clock.now(), title_of=lambda entry: f"<{entry}>")

    def _asking(self) -> Asking:
        return Asking(who=self.staff, groups=self.groups)


async def colleague(shop: Shop, name: str, role: Role = "agent", channels: tuple[str, ...] | None = None) -> Colleague:
    """Somebody works here from now on."""
    number = await shop.bot.database.write(people.add, name=name, role=role, at=shop.clock.now(), channels=channels)
    assert number is not None
    packed = None if channels is None else people.packed(channels)
    return Colleague(shop=shop, staff=people.staff_in(number, name, role, packed))


def in_short(bubble: Bubble) -> str:
    """Who said it and what, with what became of it where that is not simply "sent"."""
    who = bubble.name or bubble.who
    if bubble.who == "system":
        values = ",".join(f"{name}={value}" for name, value in bubble.values.items() if value)
        return f"— {bubble.kind} {bubble.name} {values}".rstrip()
    state = "" if bubble.delivery in (None, "sent") else f" [{bubble.delivery}]"
    return f"{who}: {bubble.text or bubble.picture}{state}"
