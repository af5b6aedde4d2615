"""Sets what a form wants for the desk, upon the settings that its page was made from, or nothing at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.actions.reception.set_desk import set_desk
from bot.web.console.settings.forms import Refused
from bot.web.shared.signed_in import staff_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web
    from multidict import MultiDictProxy

    from bot.clock import Clock
    from bot.domain.desk.now import DeskNow
    from bot.domain.desk.settings import DeskSettings
    from bot.storage.engine.database import Database
    from bot.web.console.settings.forms import Wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSetter:
    """How the desk stands, and taking in what was just set."""

    database: Database
    clock: Clock
    desk: Callable[[], DeskNow]
    refresh: Callable[[], Awaitable[None]]

    async def save(
        self, request: web.Request, part: str, wanted: Callable[[DeskSettings, MultiDictProxy[Any]], DeskSettings]
    ) -> Wrong | None:
        """None once it holds, else why it does not. `part` is the page that the audit log names."""
        form, desk = await request.post(), self.desk()
        if str(form.get("seen")) != str(desk.revision):
            return "somebody_was_faster"
        try:
            settings = wanted(desk.settings, form)
        except Refused as refused:
            return refused.code
        done = await set_desk(
            database=self.database,
            wanted=settings,
            seen=desk.revision,
            by=staff_of(request),
            about=part,
            clock=self.clock,
        )
        await self.refresh()
        return None if done else "somebody_was_faster"
