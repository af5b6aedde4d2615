"""What was done in the shop, and by whom: the audit log as owners read it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from bot.domain.accounts.audit import AUDIT_ACTIONS, AuditAction
from bot.storage.accounts import audit, people
from bot.web.shared.console import chosen_language
from bot.web.shared.numbers import number_in
from bot.web.shared.pages import PLAIN_GUARDS
from bot.web.shared.signed_in import ConsoleRoute, staff_of, visitor_of
from knowledge.workbook.tables import to_csv

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.clock import Clock
    from bot.storage.accounts.audit import Logged
    from bot.storage.engine.database import Database
    from bot.web.shared.signed_in import SignedIn

PAGE = 100
EXPORTED_AT_MOST = 50_000
COLUMNS = ("number", "at", "staff_id", "staff", "action", "about", "detail", "address", "digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPages:
    """Everything these pages touch."""

    database: Database
    clock: Clock
    signed_in: SignedIn

    async def show(self, request: web.Request) -> web.Response:
        action, before = _action(request.query), number_in(request.query.get("before"))
        found = await self.database.read(audit.newest, action=action, before=before, most=PAGE)
        chain = await self.database.read(audit.verify) if "verify" in request.query else None
        language = chosen_language(request)
        pages, names = self.signed_in.console.pages, await self.database.read(people.names)

        def about(what: str) -> str:
            """Name a person by their name, and other things as they are logged."""
            kind, _, number = what.partition(" ")
            name = names.get(number_in(number) or 0) if kind == "staff" else None
            return what if name is None else pages.say(language, "auditpage.person", name=name)

        def detail(name: str, value: object) -> str:
            """Say a code in words where there are any."""
            words = pages.words[language]
            said = "、".join(map(str, value)) if isinstance(value, list) else str(value)
            said = words.get(f"role.{said}") or words.get(f"auditpage.{name}_{said}") or said
            return f"{words.get(f'auditpage.{name}') or name} {said}"

        return self.signed_in.console.page(
            request,
            "console/audit.html",
            about=about,
            detail=detail,
            at="audit",
            visitor=visitor_of(request),
            found=found,
            action=action,
            actions=AUDIT_ACTIONS,
            older=found[-1].id if len(found) == PAGE else None,
            chain=chain,
        )

    async def export(self, request: web.Request) -> web.Response:
        """The log as a file, newest first; that it was taken stands in the log from then on."""
        await self.database.write(
            audit.note, "export.made", by=staff_of(request), at=self.clock.now(), about="audit log",
            address=self.signed_in.doors.address_of(request),
        )  # fmt: skip
        found = await self.database.read(audit.newest, most=EXPORTED_AT_MOST)
        headers = {"Content-Disposition": "attachment; filename=audit.csv", "Cache-Control": "no-store", **PLAIN_GUARDS}
        table = await asyncio.to_thread(to_csv, COLUMNS, map(_row, found))
        return web.Response(body=table, content_type="text/csv", charset="utf-8", headers=headers)


def audit_routes(pages: AuditPages) -> list[ConsoleRoute]:
    log = "/console/audit"
    return [
        ConsoleRoute(method="GET", path=log, handler=pages.show, right="manage"),
        ConsoleRoute(
            method="POST", path=f"{log}/export", handler=pages.export, right="manage", fresh_proof=True, form_on=log
        ),
    ]


def _row(logged: Logged) -> tuple[str, ...]:
    entry = logged.entry
    detail = orjson.dumps(entry.detail).decode() if entry.detail else ""
    who = "" if entry.staff_id is None else str(entry.staff_id)
    said = (who, entry.staff_name, entry.action, entry.about, detail, entry.address, logged.digest)
    return (str(logged.id), entry.at.isoformat(), *said)


def _action(query: Mapping[str, str]) -> AuditAction | None:
    return next((each for each in AUDIT_ACTIONS if each == query.get("action")), None)
