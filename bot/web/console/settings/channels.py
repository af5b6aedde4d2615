"""Each channel's page; those made in the console are added, tested, given a new secret, switched off, removed there."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from aiohttp import web
from yarl import URL

from bot.actions.channels.add_channel import add_channel
from bot.actions.channels.change_channel import change_channel
from bot.actions.channels.remove_channel import remove_channel
from bot.actions.channels.send_test import send_test
from bot.config import TRY_OUT_CHANNEL
from bot.domain.channels import made as changes
from bot.domain.channels.made import OVERLAP, SIGNED, MadeChannel, new_secret, problem_with
from bot.errors import StorageDown
from bot.storage.channels import left_over, made
from bot.web.console.settings.parts import PARTS
from bot.web.shared.numbers import number_in
from bot.web.shared.signed_in import ConsoleRoute, staff_of, visitor_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from aiohttp.typedefs import Handler
    from multidict import MultiDictProxy

    from adapters.contract import BadSettings, Refused, TryLater, Unknown
    from bot.actions.channels.change_channel import Change
    from bot.actions.channels.keep_channels import ChannelKeeper
    from bot.clock import Clock
    from bot.domain.channels.channel import Channel
    from bot.domain.channels.made import ChannelProblem
    from bot.seal import Seal
    from bot.standing import Standing, Trouble
    from bot.storage.channels.made import Kept
    from bot.storage.engine.database import Database
    from bot.web.console.settings.answering import Answering
    from bot.web.console.settings.forms import Wrong as SettingsWrong
    from bot.web.shared.signed_in import SignedIn

    Wrong = ChannelProblem | Literal["in_file", "not_testable"]

LIST = "console/settings/channels"
FORMS: Mapping[str, str] = {"webhook": "new-webhook", "web": "new-window"}
"""Where each platform is asked for what it needs."""
DONE = ("added", "changed", "ended", "switched", "removed")
ANSWERS: Mapping[int, str] = {401: "signature", 403: "signature", 404: "path", 405: "path", 409: "taken"}
"""What a program means that answers a test so, beside what all know."""
TICKS: Mapping[str, str] = {"private": "allow_private_reply_url", "pictures": "pictures"}
"""Of a webhook: what is ticked, and the setting that it stands for."""
LONGEST_TEXT = 2_000
MOST_ORIGINS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLine:
    """One channel as the list shows it. `unusable` says why it cannot be opened: a word for it, and the whole of it."""

    name: str
    platform: str
    state: Literal["on", "off", "unusable", "in_file_as_well"]
    of_file: bool
    troubles: Sequence[Trouble] = ()
    unusable: tuple[ChannelProblem, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPages:
    """Everything these pages touch. `refresh` takes in what was just set, and `check` says whether it can be opened."""

    database: Database
    clock: Clock
    signed_in: SignedIn
    seal: Seal | None
    keeper: ChannelKeeper
    channels: Mapping[str, Channel]
    standings: Mapping[str, Standing]
    refresh: Callable[[], Awaitable[None]]
    check: Callable[[MadeChannel, datetime], object]
    answering: Answering

    def lines(self) -> Iterator[ChannelLine]:
        """Every channel of the file, then those of the console."""
        for name, channel in self.keeper.of_file.items():
            if name != TRY_OUT_CHANNEL:
                yield ChannelLine(
                    name=name, platform=channel.platform, state="on", of_file=True, troubles=self._troubles(name)
                )
        for kept in self.keeper.kept:
            if kept.state != "removed":
                yield self._line(kept)

    def _line(self, kept: Kept) -> ChannelLine:
        state: Literal["on", "off", "unusable", "in_file_as_well"] = "off" if kept.state == "off" else "on"
        troubles, unusable = self._troubles(kept.name), self.keeper.unusable.get(kept.name)
        if kept.name in self.keeper.of_file:
            state, troubles, unusable = "in_file_as_well", (), None
        elif unusable is not None:
            state = "unusable"
        return ChannelLine(
            name=kept.name,
            platform=kept.platform,
            state=state,
            of_file=False,
            troubles=troubles,
            unusable=None if unusable is None else _why_unusable(unusable),
        )

    def _troubles(self, name: str) -> Sequence[Trouble]:
        standing = self.standings.get(name)
        return () if standing is None else standing.troubles

    # Adding

    async def new(self, request: web.Request) -> web.Response:
        return self._form(request)

    async def add(self, request: web.Request) -> web.Response:
        platform, form = _platform_of(request), await request.post()
        secret = new_secret() if platform in SIGNED else ""
        channel = MadeChannel(
            name=_text(form, "name"), platform=platform, settings=_settings(form, platform), secret=secret
        )
        problem = await add_channel(
            database=self.database,
            seal=self.seal,
            clock=self.clock,
            by=staff_of(request),
            channel=channel,
            of_file=self.keeper.of_file,
            check=self.check,
        )
        if problem is not None:
            return self._form(request, typed=form, problem=problem)
        await self._take_in()
        if secret:
            return self._secret(request, channel.name, secret, rotated=False)
        return self.signed_in.sent_on(request, f"{LIST}/{channel.name}?done=added")

    # One of them

    async def show(self, request: web.Request) -> web.Response:
        await self.refresh()
        return await self._one(request)

    async def set_modes(self, request: web.Request) -> web.Response:
        return await self._answer(request, await self.answering.set_modes(request))

    async def set_windows(self, request: web.Request) -> web.Response:
        return await self._answer(request, await self.answering.set_windows(request))

    async def _answer(self, request: web.Request, wrong: SettingsWrong | None) -> web.Response:
        if wrong is not None:
            return await self._one(request, wrong=wrong)
        return self._back(request, "changed")

    async def set_settings(self, request: web.Request) -> web.Response:
        form = await request.post()

        def how(channel: MadeChannel, _now: datetime) -> MadeChannel:
            return changes.with_settings(channel, _settings(form, channel.platform))

        return await self._change(request, "channel.settings_changed", how, done="changed")

    async def new_secret(self, request: web.Request) -> web.Response:
        form, secret, now = await request.post(), new_secret(), self.clock.now()
        until = None if form.get("former") == "over" else now + OVERLAP

        def how(channel: MadeChannel, at: datetime) -> MadeChannel:
            return changes.with_new_secret(channel, secret, former_until=until, now=at)

        problem = await self._changed(request, "channel.secret_changed", how)
        if problem is not None:
            return await self._one(request, problem=problem)
        return self._secret(request, request.match_info["channel"], secret, rotated=True, until=until)

    async def end_former(self, request: web.Request) -> web.Response:
        return await self._change(
            request, "channel.former_secret_ended", lambda channel, _: changes.without_former(channel), done="ended"
        )

    async def switch(self, request: web.Request) -> web.Response:
        on = (await request.post()).get("on") == "yes"
        return await self._change(
            request,
            "channel.switched_on" if on else "channel.switched_off",
            lambda channel, _: changes.switched(channel, on=on),
            done="switched",
        )

    async def remove(self, request: web.Request) -> web.Response:
        name, seen = request.match_info["channel"], await _seen(request)
        await self.refresh()
        if await self._kept(name) is None:
            return await self._one(request, problem="in_file")
        if not await remove_channel(
            database=self.database, clock=self.clock, by=staff_of(request), name=name, seen=seen
        ):
            return await self._one(request, problem="somebody_was_faster")
        await self._take_in()
        return self.signed_in.sent_on(request, f"{LIST}?removed=yes")

    async def test(self, request: web.Request) -> web.Response:
        await self.refresh()
        channel = self.channels.get(request.match_info["channel"])
        answer = (
            None
            if channel is None
            else await send_test(database=self.database, channel=channel, clock=self.clock, by=staff_of(request))
        )
        if answer is None:
            return await self._one(request, problem="not_testable")
        return await self._one(request, tested=answer)

    async def _change(
        self, request: web.Request, change: Change, how: Callable[[MadeChannel, datetime], MadeChannel], *, done: str
    ) -> web.Response:
        problem = await self._changed(request, change, how)
        if problem is not None:
            return await self._one(request, problem=problem)
        return self._back(request, done)

    def _back(self, request: web.Request, done: str) -> web.Response:
        return self.signed_in.sent_on(request, f"{LIST}/{request.match_info['channel']}?done={done}")

    async def _changed(
        self, request: web.Request, change: Change, how: Callable[[MadeChannel, datetime], MadeChannel]
    ) -> Wrong | None:
        name = request.match_info["channel"]
        if await self._kept(name) is None:
            return "in_file"
        problem = await change_channel(
            database=self.database,
            seal=self.seal,
            clock=self.clock,
            by=staff_of(request),
            name=name,
            seen=await _seen(request),
            change=change,
            how=how,
            check=self.check,
        )
        await self._take_in()
        return problem

    async def _take_in(self) -> None:
        """What was just set holds here at once. It is set, and a secret is shown, also where that has to wait."""
        with suppress(StorageDown):
            await self.refresh()

    async def _kept(self, name: str) -> Kept | None:
        """What the console has of this name; None where it stands in the file alone. Raises 404 where it is nowhere."""
        kept = await self.database.read(made.find, name)
        if kept is None and (name not in self.keeper.of_file or name == TRY_OUT_CHANNEL):
            raise web.HTTPNotFound(text="no such channel")
        return kept

    # Pages

    def _form(
        self,
        request: web.Request,
        *,
        typed: MultiDictProxy[Any] | None = None,
        problem: ChannelProblem | None = None,
    ) -> web.Response:
        return self._page(
            request,
            "channel_new",
            problem=problem,
            platform=_platform_of(request),
            typed={} if typed is None else typed,
        )

    def _secret(
        self, request: web.Request, name: str, secret: str, *, rotated: bool, until: datetime | None = None
    ) -> web.Response:
        return self._page(
            request,
            "channel_secret",
            name=name,
            secret=secret,
            rotated=rotated,
            until=until,
            address=f"{self.signed_in.doors.base_of(request)}/webhooks/{name}",
        )

    async def _one(
        self,
        request: web.Request,
        *,
        problem: Wrong | None = None,
        wrong: SettingsWrong | None = None,
        tested: int | Refused | TryLater | Unknown | None = None,
    ) -> web.Response:
        name = request.match_info["channel"]
        kept = await self._kept(name)
        replies, buyers = await self.database.read(left_over.under_way, name)
        lines = {(each.name, each.of_file): each for each in self.lines()}
        base = self.signed_in.doors.base_of(request)
        form = await request.post() if problem else {}
        return self._page(
            request,
            "channel_one",
            problem=problem,
            wrong=wrong,
            **self.answering.shown(name),
            line=lines.get((name, False)) or lines[name, True],
            kept=kept,
            channel=None if kept is None else made.unpacked(kept, self.seal),
            replies=replies,
            buyers=buyers,
            tested=None if tested is None else _outcome(tested),
            address=f"{base}/webhooks/{name}",
            embed=f'<script src="{base}/chat/{name}/embed.js" defer></script>',
            typed=form,
            done=request.query.get("done") if request.query.get("done") in DONE else "",
        )

    def _page(
        self,
        request: web.Request,
        template: str,
        *,
        problem: Wrong | None = None,
        wrong: SettingsWrong | None = None,
        **values: object,
    ) -> web.Response:
        return self.signed_in.console.page(
            request,
            f"console/settings/{template}.html",
            at="settings",
            visitor=visitor_of(request),
            status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else _status_of(problem),
            parts=PARTS,
            part="channels",
            problem=problem,
            wrong=wrong,
            sealed=self.seal is not None,
            overlap_hours=int(OVERLAP.total_seconds() // 3600),
            now=self.clock.now(),
            **values,
        )


def channel_routes(pages: ChannelPages) -> list[ConsoleRoute]:
    one = f"/{LIST}/{{channel}}"

    def route(method: str, path: str, handler: Handler, *, form_on: str = "", proof: bool = True) -> ConsoleRoute:
        return ConsoleRoute(
            method=method, path=path, handler=handler, right="manage", fresh_proof=proof, form_on=form_on
        )

    adding = [f"/console/settings/{form}" for form in FORMS.values()]
    return [
        *(route("GET", path, pages.new) for path in adding),
        *(route("POST", path, pages.add, form_on=path) for path in adding),
        route("GET", one, pages.show, proof=False),
        route("POST", f"{one}/modes", pages.set_modes, proof=False),
        route("POST", f"{one}/windows", pages.set_windows, proof=False),
        route("POST", f"{one}/settings", pages.set_settings, form_on=one),
        route("POST", f"{one}/secret", pages.new_secret, form_on=one),
        route("POST", f"{one}/former", pages.end_former, form_on=one),
        route("POST", f"{one}/switch", pages.switch, form_on=one),
        route("POST", f"{one}/remove", pages.remove, form_on=one),
        route("POST", f"{one}/test", pages.test, form_on=one),
    ]


def _platform_of(request: web.Request) -> str:
    asked = request.path.rpartition("/")[2]
    return next(platform for platform, path in FORMS.items() if path == asked)


def _settings(form: MultiDictProxy[Any], platform: str) -> dict[str, object]:
    """What the adapter reads of this form."""
    if platform == "web":
        return {"origins": list(_origins(_text(form, "origins")))}
    ticked = {setting: True for tick, setting in TICKS.items() if tick in form}
    return {"reply_url": _text(form, "reply_url"), **ticked}


def _origins(text: str) -> Iterator[str]:
    """Sites as people write them down: a whole address, or the name alone."""
    for word in text.replace(",", " ").replace("，", " ").split()[: MOST_ORIGINS + 1]:
        address = word if "://" in word else f"https://{word}"
        try:
            yield str(URL(address).origin())
        except ValueError:
            yield word  # the adapter says what is wrong with it


def _text(form: MultiDictProxy[Any], name: str) -> str:
    return str(form.get(name, "")).strip()[:LONGEST_TEXT]


async def _seen(request: web.Request) -> int:
    return number_in(str((await request.post()).get("seen", ""))) or 0


def _status_of(problem: Wrong | None) -> int:
    if problem is None:
        return HTTPStatus.OK
    conflicts = ("somebody_was_faster", "in_file", "name_taken", "name_used", "name_in_file")
    return HTTPStatus.CONFLICT if problem in conflicts else HTTPStatus.UNPROCESSABLE_ENTITY


def _why_unusable(bad: BadSettings) -> tuple[ChannelProblem, str]:
    return problem_with([each.field for each in bad.problems]), str(bad)


def _outcome(answer: int | Refused | TryLater | Unknown) -> tuple[str, str]:
    """What became of a test: the key of its words, and what an engineer would say of it."""
    if not isinstance(answer, int):
        return f"fault.{answer.fault or 'no_connection'}", answer.reason
    if HTTPStatus.OK <= answer < HTTPStatus.MULTIPLE_CHOICES:
        word = "taken"
    elif HTTPStatus.MULTIPLE_CHOICES <= answer < HTTPStatus.BAD_REQUEST:
        word = "moved"
    else:
        word = ANSWERS.get(answer, "trouble")
    return f"channels_test.{word}", f"HTTP {answer}"
