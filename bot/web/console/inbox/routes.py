"""All that can be asked of the desk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.web.console.inbox import clicks, page, phrases, pictures, reading, stream
from bot.web.console.inbox.answers import patiently
from bot.web.shared.signed_in import ConsoleRoute

if TYPE_CHECKING:
    from aiohttp import web

    from bot.domain.accounts.staff import Right
    from bot.web.console.inbox.answers import Reader
    from bot.web.console.inbox.shop import Shop


def inbox_routes(shop: Shop) -> list[ConsoleRoute]:
    """The desk's routes. What is about one conversation names it, so that the guard looks whether it is theirs."""
    inbox, one = "/console/inbox", "/console/inbox/{conversation}"

    def read(path: str, reader: Reader, right: Right = "see") -> ConsoleRoute:
        return ConsoleRoute(method="GET", path=path, handler=partial(patiently(reader), shop), right=right)

    def write(path: str, writer: Reader) -> ConsoleRoute:
        return ConsoleRoute(method="POST", path=path, handler=partial(writer, shop), right="answer")

    async def follow(request: web.Request) -> web.StreamResponse:
        return await stream.follow(shop, request)

    return [
        read(inbox, page.show),
        ConsoleRoute(method="GET", path=f"{inbox}/events", handler=follow, right="see"),
        read(f"{inbox}/queue", reading.read_queue),
        read(f"{inbox}/search", reading.read_found),
        read(one, page.show),
        read(f"{one}/earlier", reading.read_earlier),
        read(f"{one}/colleagues", reading.read_colleagues, "answer"),
        read(f"{one}/callable", reading.read_callable, "answer"),
        read(f"{one}/drafts", reading.read_drafts, "answer"),
        read(f"{one}/entries", reading.read_entries, "answer"),
        read(f"{one}/why/{{decision}}", reading.read_why, "see_private"),
        read(f"{one}/phrases", phrases.find, "answer"),
        read(f"{one}/pictures/{{picture}}", pictures.read_kept),
        read(f"{one}/bubbles/{{bubble}}/picture", pictures.load),
        write(f"{one}/pictures", patiently(pictures.hand_in)),
        write(f"{one}/phrases/{{phrase}}", patiently(phrases.fill)),
        write(f"{one}/draft", clicks.keep_draft),
        write(f"{one}/typing", clicks.tell_typing),
        write(f"{one}/{{verb}}", clicks.do),
    ]
