"""Quick phrases on a page: one's own, those of one's groups and the shop's; written there, or taken from Excel."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from aiohttp import web

from adapters.clean import clean_line
from bot.actions.phrases.export_phrases import export_phrases
from bot.actions.phrases.import_phrases import import_phrases
from bot.actions.phrases.picture_phrase import add_picture, picture_of_phrase, take_picture_out
from bot.actions.phrases.save_phrase import delete_phrase, save_phrase
from bot.domain.desk.phrases import MOST_BUBBLES, Phrase, found, may_change, may_use
from bot.errors import Unpublishable
from bot.storage.answering import phrases
from bot.web.console.inbox.answers import answer_json, patiently
from bot.web.console.inbox.pictures import KEPT_HEADERS
from bot.web.shared.console import chosen_language
from bot.web.shared.doors import read_picture_body
from bot.web.shared.numbers import number_in
from bot.web.shared.pages import PLAIN_GUARDS
from bot.web.shared.signed_in import ConsoleRoute, staff_of, visitor_of

if TYPE_CHECKING:
    from bot.actions.phrases.picture_phrase import NotPictured
    from bot.actions.phrases.save_phrase import NotKept
    from bot.domain.desk.phrases import Scope
    from bot.web.console.inbox.shop import Shop

LARGEST_FILE_BYTES = 5 * 1024 * 1024
MOST_SHOWN = 500
PHRASES = "console/phrases"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BETWEEN_BUBBLES = re.compile(r"\n[ \t]*\n\s*")


class Shelf(NamedTuple):
    """Whose phrases: `key` stands in addresses, `name` is a group's."""

    key: str
    scope: Scope
    owner_id: int
    name: str
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PhrasePages:
    """Everything these pages touch."""

    shop: Shop

    async def show(self, request: web.Request) -> web.Response:
        return await self._list(request)

    async def show_one(self, request: web.Request) -> web.Response:
        shelf, phrase = self._shelf(request), await self._phrase(request)
        return self._form(request, shelf if phrase.id == 0 else self._shelf_of(request, phrase), phrase)

    async def save(self, request: web.Request) -> web.Response:
        shelf, before, form = self._shelf(request), await self._phrase(request), await request.post()
        if before.id:
            shelf = self._shelf_of(request, before)
        bubbles = tuple(_BETWEEN_BUBBLES.split(str(form.get("bubbles", "")).replace("\r\n", "\n").strip()))
        phrase = dataclasses.replace(
            before, scope=shelf.scope, owner_id=shelf.owner_id, title=str(form.get("title", "")), bubbles=bubbles
        )
        clicks, who = self.shop.clicks, staff_of(request)
        kept = await save_phrase(
            database=clicks.database, clock=clicks.clock, who=who, groups=self.shop.groups_of(who), phrase=phrase
        )
        if isinstance(kept, str):
            return self._form(request, shelf, phrase, problem=kept)
        to = f"/{kept}?done=saved" if form.get("then") == "pictures" else f"?of={shelf.key}&done=saved"
        return self.shop.signed_in.sent_on(request, PHRASES + to)

    async def show_picture(self, request: web.Request) -> web.Response:
        who = staff_of(request)
        found = await picture_of_phrase(
            database=self.shop.clicks.database,
            who=who,
            groups=self.shop.groups_of(who),
            phrase_id=number_in(request.match_info["phrase"]) or 0,
            name=request.match_info["phrase_picture"],
        )
        if found is None:
            raise web.HTTPNotFound(text="there is no such picture", headers=PLAIN_GUARDS)
        return web.Response(body=found.body, content_type=found.mime, headers=KEPT_HEADERS)

    async def add_picture(self, request: web.Request) -> web.Response:
        """Take the picture that the page's script sends as it is; the answer says why it is not kept, or null."""
        phrase, clicks, who = await self._phrase(request), self.shop.clicks, staff_of(request)
        problem = await add_picture(
            database=clicks.database,
            clock=clicks.clock,
            redrawer=self.shop.redrawer,
            who=who,
            groups=self.shop.groups_of(who),
            phrase_id=phrase.id,
            data=await read_picture_body(request, PLAIN_GUARDS),
        )
        return answer_json({"problem": problem})

    async def take_picture_out(self, request: web.Request) -> web.Response:
        phrase, who, clicks = await self._phrase(request), staff_of(request), self.shop.clicks
        problem = await take_picture_out(
            database=clicks.database,
            clock=clicks.clock,
            who=who,
            groups=self.shop.groups_of(who),
            phrase_id=phrase.id,
            name=str((await request.post()).get("picture", "")),
        )
        if problem is not None:
            return self._form(request, self._shelf_of(request, phrase), phrase, problem=problem)
        return self.shop.signed_in.sent_on(request, f"{PHRASES}/{phrase.id}?done=saved")

    async def delete(self, request: web.Request) -> web.Response:
        phrase, who = await self._phrase(request), staff_of(request)
        problem = await delete_phrase(
            database=self.shop.clicks.database, who=who, groups=self.shop.groups_of(who), phrase_id=phrase.id
        )
        if problem is not None:
            return self._form(request, self._shelf_of(request, phrase), phrase, problem=problem)
        return self.shop.signed_in.sent_on(request, f"{PHRASES}?of={self._shelf_of(request, phrase).key}&done=deleted")

    async def take_in(self, request: web.Request) -> web.Response:
        """Add what a spreadsheet holds; the script sends the file as it is, its name beside it."""
        shelf, who, clicks = self._shelf(request), staff_of(request), self.shop.clicks
        data = await request.content.read(LARGEST_FILE_BYTES + 1)
        while len(data) <= LARGEST_FILE_BYTES and (more := await request.content.read(LARGEST_FILE_BYTES)):
            data += more
        if len(data) > LARGEST_FILE_BYTES:
            raise web.HTTPRequestEntityTooLarge(max_size=LARGEST_FILE_BYTES, actual_size=len(data))
        try:
            imported = await import_phrases(
                database=clicks.database,
                clock=clicks.clock,
                who=who,
                groups=self.shop.groups_of(who),
                scope=shelf.scope,
                owner_id=shelf.owner_id,
                data=data,
                name=clean_line(request.query.get("name", ""), limit_characters=100),
                language=chosen_language(request),
            )
        except Unpublishable as bad:
            return answer_json({"problems": bad.problems})
        return answer_json({"problems": ["403"]} if imported is None else imported)

    async def give_out(self, request: web.Request) -> web.Response:
        shelf, who = self._shelf(request), staff_of(request)
        workbook = await export_phrases(
            database=self.shop.clicks.database,
            who=who,
            groups=self.shop.groups_of(who),
            scope=shelf.scope,
            owner_id=shelf.owner_id,
        )
        headers = {
            "Content-Disposition": f'attachment; filename="phrases-{shelf.key}.xlsx"',
            "Cache-Control": "no-store",
        }
        return web.Response(body=workbook, content_type=XLSX, headers=headers)

    def shelves(self, request: web.Request) -> tuple[Shelf, ...]:
        """Those whose phrases this person may use, their own first."""
        who, names = staff_of(request), self.shop.groups()
        groups = self.shop.groups_of(who)
        return (
            Shelf("own", "own", who.id, "", may_change("own", who.id, who, groups)),
            *(
                Shelf(f"group-{each}", "group", each, names[each], may_change("group", each, who, groups))
                for each in groups
            ),
            Shelf("shop", "shop", 0, "", may_change("shop", 0, who, groups)),
        )

    def _shelf(self, request: web.Request) -> Shelf:
        """The one that the query names; the shop's where it names none of them."""
        shelves = self.shelves(request)
        return next((each for each in shelves if each.key == request.query.get("of")), shelves[-1])

    def _shelf_of(self, request: web.Request, phrase: Phrase) -> Shelf:
        owner = (phrase.scope, phrase.owner_id)
        return next(each for each in self.shelves(request) if (each.scope, each.owner_id) == owner)

    async def _phrase(self, request: web.Request) -> Phrase:
        """The phrase that the path names, a new one for 0. Raises 404 for what is not theirs to see."""
        number, who = number_in(request.match_info["phrase"]), staff_of(request)
        if number == 0:
            return Phrase(id=0, scope="shop", owner_id=0, title="", bubbles=())
        phrase = None if number is None else await self.shop.clicks.database.read(phrases.read_one, number)
        if phrase is None or not may_use(phrase, who, self.shop.groups_of(who)):
            raise web.HTTPNotFound(text="no such phrase")
        return phrase

    async def _list(self, request: web.Request) -> web.Response:
        shelf, query = self._shelf(request), request.query.get("q", "")[:100]
        theirs = await self.shop.clicks.database.read(phrases.read_of, (shelf.scope, shelf.owner_id))
        return self.shop.console.page(
            request,
            "phrases/list.html",
            at="phrases",
            visitor=visitor_of(request),
            shelf=shelf,
            shelves=self.shelves(request),
            phrases=found(theirs, query, most=MOST_SHOWN),
            count=len(theirs),
            q=query,
            done=request.query.get("done", ""),
        )

    def _form(
        self, request: web.Request, shelf: Shelf, phrase: Phrase, problem: NotKept | NotPictured | None = None
    ) -> web.Response:
        return self.shop.console.page(
            request,
            "phrases/form.html",
            at="phrases",
            visitor=visitor_of(request),
            status=422 if problem else 200,
            shelf=shelf,
            phrase=phrase,
            problem=problem,
            done=request.query.get("done", ""),
            most=MOST_BUBBLES,
        )


def phrase_routes(shop: Shop) -> list[ConsoleRoute]:
    """The pages of quick phrases."""
    pages, of_one = PhrasePages(shop=shop), f"/{PHRASES}/{{phrase}}"

    async def take_in(_: Shop, request: web.Request) -> web.Response:
        return await pages.take_in(request)

    async def on_file(request: web.Request) -> web.Response:
        return await patiently(take_in)(shop, request)

    async def add_one(_: Shop, request: web.Request) -> web.Response:
        return await pages.add_picture(request)

    async def on_picture(request: web.Request) -> web.Response:
        return await patiently(add_one)(shop, request)

    return [
        ConsoleRoute(method="GET", path=f"/{PHRASES}", handler=pages.show, right="see"),
        ConsoleRoute(method="GET", path=f"/{PHRASES}/export", handler=pages.give_out, right="see"),
        ConsoleRoute(method="POST", path=f"/{PHRASES}/import", handler=on_file, right="answer"),
        ConsoleRoute(method="GET", path=of_one, handler=pages.show_one, right="see"),
        ConsoleRoute(method="POST", path=of_one, handler=pages.save, right="answer"),
        ConsoleRoute(method="POST", path=f"{of_one}/delete", handler=pages.delete, right="answer"),
        ConsoleRoute(method="POST", path=f"{of_one}/pictures", handler=on_picture, right="answer"),
        ConsoleRoute(method="POST", path=f"{of_one}/pictures/out", handler=pages.take_picture_out, right="answer"),
        ConsoleRoute(
            method="GET", path=f"{of_one}/pictures/{{phrase_picture}}", handler=pages.show_picture, right="see"
        ),
    ]
