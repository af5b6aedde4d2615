"""The settings of the desk: a page that lists channels, one for waits, one for groups, one for routing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.actions.reception.report_agreement import report_agreement
from bot.actions.reception.report_routing import report_routing
from bot.config import WEEKDAYS
from bot.domain.guarding.ladder import RUNG_ACTIONS
from bot.storage.guarding import answering
from bot.web.console.settings import forms
from bot.web.console.settings.forms import ORDER_COLUMNS
from bot.web.console.settings.parts import PARTS
from bot.web.shared.signed_in import ConsoleRoute, visitor_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aiohttp import web
    from aiohttp.typedefs import Handler
    from multidict import MultiDictProxy

    from bot.clock import Clock
    from bot.domain.desk.settings import DeskSettings
    from bot.storage.engine.database import Database
    from bot.web.console.settings.channels import ChannelLine
    from bot.web.console.settings.desk_setter import DeskSetter
    from bot.web.console.settings.forms import Wrong
    from bot.web.shared.signed_in import SignedIn

SETTINGS = "console/settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPages:
    """Everything these pages touch: setting what a form wants, and what entries are called."""

    database: Database
    clock: Clock
    signed_in: SignedIn
    setter: DeskSetter
    title_of: Callable[[str], str]
    lines: Callable[[], Iterable[ChannelLine]]
    other_platforms: Sequence[str]
    """Those whose channels stand in the file only."""

    async def first(self, request: web.Request) -> web.Response:
        return self.signed_in.sent_on(request, f"{SETTINGS}/channels")

    async def channels(self, request: web.Request) -> web.Response:
        await self.setter.refresh()
        return await self._show(request, "channels")

    async def waits(self, request: web.Request) -> web.Response:
        return await self._show(request, "waits")

    async def set_waits(self, request: web.Request) -> web.Response:
        return await self._save(request, "waits", forms.with_ladder)

    async def groups(self, request: web.Request) -> web.Response:
        return await self._show(request, "groups")

    async def set_group(self, request: web.Request) -> web.Response:
        everybody = [each.id for each in await self.database.read(answering.who_may_answer)]

        def wanted(settings: DeskSettings, form: MultiDictProxy[Any]) -> DeskSettings:
            if form.get("do") == "remove":
                return forms.without_group(settings, form)
            return forms.with_group(settings, form, everybody)

        return await self._save(request, "groups", wanted)

    async def routing(self, request: web.Request) -> web.Response:
        return await self._show(request, "routing")

    async def agreement(self, request: web.Request) -> web.Response:
        return await self._show(request, "agreement")

    async def set_rule(self, request: web.Request) -> web.Response:
        return await self._save(request, "routing", _rules)

    async def _save(
        self,
        request: web.Request,
        part: str,
        wanted: Callable[[DeskSettings, MultiDictProxy[Any]], DeskSettings],
    ) -> web.Response:
        wrong = await self.setter.save(request, part, wanted)
        if wrong is not None:
            return await self._show(request, part, wrong=wrong)
        return self.signed_in.sent_on(request, f"{SETTINGS}/{part}?done=yes")

    async def _show(self, request: web.Request, part: str, *, wrong: Wrong | None = None) -> web.Response:
        desk, people = self.setter.desk(), await self.database.read(answering.who_may_answer)
        return self.signed_in.console.page(
            request,
            f"console/settings/{part}.html",
            at="settings",
            visitor=visitor_of(request),
            status=422 if wrong else 200,
            parts=PARTS,
            part=part,
            wrong=wrong,
            done="done" in request.query,
            desk=desk,
            settings=desk.settings,
            lines=list(self.lines()),
            other_platforms=self.other_platforms,
            removed="removed" in request.query,
            actions=RUNG_ACTIONS,
            percents={rung.action: f"{rung.percent:g}" for rung in desk.settings.ladder},
            weekdays=WEEKDAYS,
            columns=ORDER_COLUMNS,
            people=people,
            people_names={each.id: each.name for each in people},
            members={(group.id, each.staff_id): each for group in desk.settings.groups for each in group.members},
            report=await self._report(part),
            title_of=self.title_of,
        )

    async def _report(self, part: str) -> object:
        if part == "routing":
            return await report_routing(database=self.database, clock=self.clock)
        return await report_agreement(database=self.database, clock=self.clock) if part == "agreement" else None


def _rules(settings: DeskSettings, form: MultiDictProxy[Any]) -> DeskSettings:
    match form.get("do"):
        case "up":
            return forms.moved_rule(settings, form)
        case "remove":
            return forms.without_rule(settings, form)
        case _:
            return forms.with_rule(settings, form)


def settings_routes(pages: SettingsPages) -> list[ConsoleRoute]:
    def route(method: str, path: str, handler: Handler) -> ConsoleRoute:
        return ConsoleRoute(method=method, path=f"/console/settings{path}", handler=handler, right="manage")

    return [
        route("GET", "", pages.first),
        route("GET", "/channels", pages.channels),
        route("GET", "/waits", pages.waits),
        route("POST", "/waits", pages.set_waits),
        route("GET", "/groups", pages.groups),
        route("POST", "/groups", pages.set_group),
        route("GET", "/routing", pages.routing),
        route("POST", "/routing", pages.set_rule),
        route("GET", "/agreement", pages.agreement),
    ]
