"""What people found for the manual as they answered: the editor takes each into it, or drops it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from adapters.clean import clean_line, clean_text
from bot.actions.knowledge.drop_draft import drop_draft
from bot.actions.knowledge.take_draft import Wanted, take_draft
from bot.errors import Unpublishable
from bot.storage.accounts import audit
from bot.storage.knowledge import for_the_manual
from bot.web.shared.console import chosen_language
from bot.web.shared.numbers import number_in
from bot.web.shared.pages import PLAIN_GUARDS
from bot.web.shared.signed_in import ConsoleRoute, staff_of, visitor_of
from knowledge.improve.evaluate import HEADER
from knowledge.workbook.tables import to_csv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.storage.knowledge.for_the_manual import Draft, Kind
    from bot.web.console.inbox.shop import Shop

DRAFTS = "console/knowledge/drafts"
AT_ONCE = 100
MOST_CORRECTIONS = 10_000
LONGEST_TITLE = 60
LONGEST_TEXT = 4_000
KINDS: Mapping[str, Kind] = {"a": "answer", "c": "correction"}
"""How a kind stands in addresses, before the number."""
_BETWEEN_BUBBLES = re.compile(r"\n[ \t]*\n\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPages:
    """Everything these pages touch."""

    shop: Shop

    async def show(self, request: web.Request) -> web.Response:
        drafts = await self.shop.clicks.database.read(for_the_manual.read_open, staff_of(request), most=AT_ONCE)
        return self.shop.console.page(
            request,
            "drafts/list.html",
            at="drafts",
            visitor=visitor_of(request),
            drafts=drafts,
            name_of=name_of,
            title_of=self.shop.wording.title_of,
            at_once=AT_ONCE,
            done=request.query.get("done", ""),
        )

    async def show_one(self, request: web.Request) -> web.Response:
        draft = await self._draft(request)
        title = draft.question.splitlines()[0] if draft.question else ""
        asked = Wanted(
            entry=draft.entry or "",
            questions=tuple(draft.question.splitlines()),
            title=title[:LONGEST_TITLE],
            bubbles=(draft.answer,),
        )
        return self._form(request, draft, asked)

    async def take(self, request: web.Request) -> web.Response:
        draft, form, clicks = await self._draft(request), await request.post(), self.shop.clicks
        wanted = _wanted(form)
        try:
            revision = await take_draft(
                database=clicks.database,
                clock=clicks.clock,
                who=staff_of(request),
                draft=draft,
                wanted=wanted,
                language=chosen_language(request),
            )
        except Unpublishable as bad:
            return self._form(request, draft, wanted, bad.problems)
        return self._sent_on(request, "gone" if revision is None else "taken")

    async def drop(self, request: web.Request) -> web.Response:
        dropped = await drop_draft(database=self.shop.clicks.database, draft=await self._draft(request))
        return self._sent_on(request, "dropped" if dropped else "gone")

    async def give_out(self, request: web.Request) -> web.Response:
        """The corrected questions with their right entries: what `xiaoer eval` asks; the log says that it was taken."""
        clicks, who = self.shop.clicks, staff_of(request)
        corrections = await clicks.database.read(for_the_manual.read_corrections, who, most=MOST_CORRECTIONS)
        await clicks.database.write(
            audit.note,
            "export.made",
            by=who,
            at=clicks.clock.now(),
            about="corrections",
            address=self.shop.signed_in.doors.address_of(request),
        )
        lines = [(each.entry or "", " ".join(each.question.split())) for each in corrections if each.question.strip()]
        headers = {
            "Content-Disposition": 'attachment; filename="corrections.csv"',
            "Cache-Control": "no-store",
            **PLAIN_GUARDS,
        }
        return web.Response(body=to_csv(HEADER, lines), content_type="text/csv", headers=headers)

    def _sent_on(self, request: web.Request, done: str) -> web.Response:
        return self.shop.signed_in.sent_on(request, f"{DRAFTS}?done={done}")

    async def _draft(self, request: web.Request) -> Draft:
        """The one that the path names. Raises 404 for what is settled, not there, or not theirs to see."""
        name = request.match_info["draft"]
        kind, number = KINDS.get(name[:1]), number_in(name[1:])
        if kind is not None and number is not None:
            found = await self.shop.clicks.database.read(for_the_manual.find, staff_of(request), kind, number)
            if found is not None:
                return found
        raise web.HTTPNotFound(text="no such draft")

    def _form(self, request: web.Request, draft: Draft, wanted: Wanted, problems: Sequence[str] = ()) -> web.Response:
        entries = self.shop.manual().entries
        return self.shop.console.page(
            request,
            "drafts/one.html",
            at="drafts",
            visitor=visitor_of(request),
            status=422 if problems else 200,
            draft=draft,
            name=name_of(draft),
            wanted=wanted,
            problems=problems,
            entries=sorted(entries, key=lambda each: each.title),
            groups=list(dict.fromkeys(each.group for each in entries)),
            title_of=self.shop.wording.title_of,
            longest_title=LONGEST_TITLE,
            longest_text=LONGEST_TEXT,
        )


def draft_routes(shop: Shop) -> list[ConsoleRoute]:
    """The list, one of them, and what becomes of it."""
    pages, path = DraftPages(shop=shop), f"/{DRAFTS}"
    of_one = f"{path}/{{draft}}"
    return [
        ConsoleRoute(method="GET", path=path, handler=pages.show, right="edit_manual"),
        ConsoleRoute(
            method="POST",
            path=f"{path}/corrections",
            handler=pages.give_out,
            right="edit_manual",
            fresh_proof=True,
            form_on=path,
        ),
        ConsoleRoute(method="GET", path=of_one, handler=pages.show_one, right="edit_manual"),
        ConsoleRoute(method="POST", path=f"{of_one}/take", handler=pages.take, right="edit_manual"),
        ConsoleRoute(method="POST", path=f"{of_one}/drop", handler=pages.drop, right="edit_manual"),
    ]


def name_of(draft: Draft) -> str:
    """How it stands in addresses."""
    return f"{draft.kind[0]}{draft.number}"


def _wanted(form: Mapping[str, object]) -> Wanted:
    def text(name: str) -> str:
        return clean_text(str(form.get(name, "")).replace("\r\n", "\n"))[:LONGEST_TEXT].strip()

    return Wanted(
        entry=str(form.get("entry", "")),
        questions=tuple(line.strip() for line in text("questions").splitlines() if line.strip()),
        title=clean_line(str(form.get("title", "")), limit_characters=LONGEST_TITLE),
        group=clean_line(str(form.get("group", "")), limit_characters=LONGEST_TITLE),
        bubbles=tuple(_BETWEEN_BUBBLES.split(text("answer"))),
    )
