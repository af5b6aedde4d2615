"""What the desk's routes touch, put together once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.desk.conversations import VIEWS
from bot.storage.desk.talk import Looking
from bot.storage.desk.views import Asking
from bot.web.shared.signed_in import staff_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from aiohttp import web

    from bot.actions.phrases.find_phrases import PhraseShelf
    from bot.domain.accounts.staff import Staff
    from bot.domain.calendar import ShopCalendar
    from bot.domain.channels.channel import Calls, Channel
    from bot.domain.desk.conversations import View
    from bot.domain.desk.now import DeskNow
    from bot.redrawing import Redrawer
    from bot.storage.desk.clicks import Clicks
    from bot.web.console.inbox.together import Together
    from bot.web.console.wording import Wording
    from bot.web.shared.console import Console
    from bot.web.shared.signed_in import SignedIn
    from bot.web.shared.streams import Streams
    from knowledge.base import KnowledgeBase
    from knowledge.manual.entry import Manual


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The desk of one shop. `knowledge` gives the manual in memory, None before it is there.

    `standing` tells how the desk stands: modes, windows, groups. What people say leaves after `undo_seconds`;
    `invite_delay` None = nobody is invited when a conversation ends.
    """

    console: Console
    signed_in: SignedIn
    clicks: Clicks
    streams: Streams
    together: Together
    channels: Mapping[str, Channel]
    manual: Callable[[], Manual]
    knowledge: Callable[[], KnowledgeBase | None]
    standing: Callable[[], DeskNow]
    wires: Calls
    redrawer: Redrawer
    phrases: PhraseShelf
    wording: Wording
    calendar: ShopCalendar
    undo_seconds: float
    invite_delay: timedelta | None

    def asking(self, request: web.Request) -> Asking:
        """Who looks at the queue."""
        who = staff_of(request)
        return Asking(who=who, groups=self.groups_of(who))

    def groups_of(self, who: Staff) -> tuple[int, ...]:
        """The numbers of the groups that this person is in."""
        groups = self.standing().settings.groups
        return tuple(each.id for each in groups if any(member.staff_id == who.id for member in each.members))

    def groups(self) -> Mapping[int, str]:
        """The shop's groups: their names by number."""
        return {each.id: each.name for each in self.standing().settings.groups}

    def looking(self, request: web.Request) -> Looking:
        """Who looks at a conversation, and when."""
        return Looking(who=staff_of(request), now=self.clicks.clock.now(), title_of=self.wording.title_of)


def view_of(request: web.Request) -> View:
    """The view that the query names; all, where it names none of them."""
    asked = request.query.get("view")
    return next((view for view in VIEWS if view == asked), "all")


def number_of(request: web.Request) -> int:
    """The conversation that the path names; the guard has looked whether it is theirs."""
    return int(request.match_info["conversation"])
