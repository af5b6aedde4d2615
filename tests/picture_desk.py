"""Somebody of the shop who sends and looks at pictures, by the requests of the desk's script."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from aiohttp import ClientSession
from PIL import Image

from bot.storage.answering import phrases
from bot.web.shared.signed_in import COOKIE, SECURE
from tests.people import joins

if TYPE_CHECKING:
    from bot.domain.accounts.staff import Role
    from tests.people import Person
    from tests.platform_shop import PlatformShop


class Desk:
    """Somebody at the desk of this shop, in a browser."""

    def __init__(self, shop: PlatformShop, person: Person) -> None:
        self.shop = shop
        self.person = person

    async def picture(self, bubble: str = "") -> dict[str, Any]:
        """Press "load" on the only picture, or on what this bubble holds."""
        rows = await self.shop.rows("SELECT max(id) AS id FROM inbox WHERE kind = 'message'")
        status, body, _ = await self.get(f"bubbles/{bubble or f'i{rows[0].id}'}/picture")
        assert status == 200
        answer: dict[str, Any] = json.loads(body)
        return answer

    async def hands_in(self, data: bytes) -> dict[str, Any]:
        """Attach a picture."""
        address, headers = await self.address("pictures"), {"Content-Type": "image/jpeg"}
        async with self.browser() as browser, browser.post(address, data=io.BytesIO(data), headers=headers) as response:
            answer: dict[str, Any] = await response.json()
        return answer

    async def answers(self, key: str, *, leaves: bool = True, **said: object) -> dict[str, Any]:
        """Send; it `leaves` once it can no longer be taken back."""
        found = await self.shop.rows("SELECT fence FROM conversation")
        address, click = await self.address("answer"), {"key": key, "seen_version": found[0].fence, **said}
        async with self.browser() as browser, browser.post(address, json=click) as response:
            answer: dict[str, Any] = await response.json()
        if leaves:
            await self.shop.time_passes(seconds=6)
        return answer

    async def makes_phrase(self, title: str, *pictures: bytes) -> tuple[int, list[str]]:
        """Write a phrase of the shop and give it pictures; its number, and the names of those that were taken."""
        await self.posts_form("phrases/0?of=shop", {"title": title, "bubbles": "看这张图"})
        [row] = await self.shop.rows("SELECT id FROM quick_phrase")
        for picture in pictures:
            await self.posts(f"phrases/{row.id}/pictures", picture)
        phrase = await self.shop.bot.database.read(phrases.read_one, row.id)
        assert phrase is not None
        return row.id, list(phrase.pictures)

    async def posts(self, path: str, data: bytes | dict[str, Any]) -> dict[str, Any]:
        """What a script of the console sends: a picture, or JSON."""
        given = {"json": data} if isinstance(data, dict) else {"data": data, "headers": {"Content-Type": "image/jpeg"}}
        async with self.browser() as browser, browser.post(self.console(path), **given) as response:
            answer: dict[str, Any] = await response.json()
        return answer

    async def posts_form(self, path: str, fields: dict[str, str]) -> None:
        async with self.browser() as browser, browser.post(self.console(path), data=fields) as response:
            assert response.status == 200

    async def get(self, path: str) -> tuple[int, bytes, str]:
        return await self.get_console(f"inbox/{await self.number()}/{path}")

    async def get_console(self, path: str) -> tuple[int, bytes, str]:
        async with self.browser() as browser, browser.get(self.console(path)) as response:
            return response.status, await response.read(), response.content_type

    async def address(self, path: str) -> str:
        return self.console(f"inbox/{await self.number()}/{path}")

    async def number(self) -> int:
        [found] = await self.shop.rows("SELECT id FROM conversation")
        number: int = found.id
        return number

    def console(self, path: str) -> str:
        return f"{self.shop.bot.url}/console/{path}"

    def browser(self) -> ClientSession:
        token = self.person.token
        cookie = f"{COOKIE}={token}; {SECURE}{COOKIE}={token}"  # the second is asked for behind TLS
        return ClientSession(headers={**self.person.headers, "Cookie": cookie})


async def sits_down(shop: PlatformShop, role: Role = "agent", channels: tuple[str, ...] | None = None) -> Desk:
    return Desk(shop, await joins(shop.bot.database, role, clock=shop.clock, channels=channels))


def photo() -> bytes:
    """A photo with a place in it, as phones make them."""
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    Image.new("RGB", (40, 30), "teal").save(file, "JPEG", exif=exif)
    return file.getvalue()


async def states(shop: PlatformShop, kind: str) -> list[str]:
    """What became of the bubbles of this kind, in order."""
    return [row.state for row in await shop.rows("SELECT state FROM outbox WHERE kind = :kind ORDER BY id", kind=kind)]
