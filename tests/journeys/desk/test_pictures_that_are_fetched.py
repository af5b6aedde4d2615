"""Pictures for platforms that fetch them: by an address of ours that opens one picture, for a while, and no other."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import pytest
from PIL import Image

from adapters.contract import PREVIEW_BYTES, WHOLE_BYTES
from bot.actions.erase_buyer import erase_buyer
from bot.web.platform.pictures import A_PICTURE_PER_MINUTE
from tests.picture_desk import photo, sits_down, states
from tests.platform_shop import BUYER, PlatformShop
from tests.platform_shops_abroad import InstagramShop, LineShop

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.conftest import Opening
    from tests.recorder import Call

LONGEST_WAIT_SECONDS = 20
PUBLIC_URL = "https://shop.example/kefu"
AnyShop = TypeVar("AnyShop", bound=PlatformShop)


@dataclass(frozen=True, kw_only=True)
class Got:
    """What came back for an address."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def size(self) -> tuple[int, int]:
        return Image.open(io.BytesIO(self.body)).size


class Fetcher:
    """A platform that fetches what our messages point at as a stranger over HTTP: `at_once`, while it takes them.

    The proxy with TLS before the bot is left out: what stands behind the shop's public address is asked for.
    """

    def __init__(self, shop: PlatformShop, addresses_in: Callable[[Any], list[str]], *, at_once: bool = True) -> None:
        self.addresses: list[str] = []
        self.got: list[Got] = []
        self._at_once = at_once
        self._shop = shop
        self._addresses_in = addresses_in
        self._usual = shop.recorder.usual(shop.send_path)
        shop.recorder.answers(shop.send_path, self._takes)

    def _takes(self, call: Call) -> Any:
        found = self._addresses_in(call.json)
        self.addresses += found
        self.got += [self.gets(each) for each in found if self._at_once]
        return self._usual(call) if callable(self._usual) else self._usual

    async def fetches(self, address: str, *, method: str = "GET") -> Got:
        """The same at any other time."""
        return await asyncio.to_thread(self.gets, address, method=method)

    def gets(self, address: str, *, method: str = "GET") -> Got:
        assert address.startswith(f"{PUBLIC_URL}/")
        bot = urlsplit(self._shop.bot.url)
        with closing(HTTPConnection(bot.hostname or "", bot.port, timeout=LONGEST_WAIT_SECONDS)) as connection:
            connection.request(method, address.removeprefix("https://shop.example"))
            answer = connection.getresponse()
            return Got(status=answer.status, body=answer.read(), headers=dict(answer.headers))


def of_line(said: Any) -> list[str]:
    return [
        each[name] for each in said["messages"] for name in ("originalContentUrl", "previewImageUrl") if name in each
    ]


def of_instagram(said: Any) -> list[str]:
    attachment = said["message"].get("attachment")
    return [attachment["payload"]["url"]] if attachment else []


class PublicLineShop(LineShop):
    public_url = PUBLIC_URL


class PublicInstagramShop(InstagramShop):
    public_url = PUBLIC_URL


async def test_a_persons_words_and_pictures_reach_line_which_fetches_them_from_the_bot(opening: Opening) -> None:
    shop = await opening(PublicLineShop)
    line = Fetcher(shop, of_line)
    await shop.hears("什么时候发货")
    li = await sits_down(shop)

    names = [(await li.hands_in(photo()))["picture"] for _ in range(2)]
    assert (await li.answers("click-1", texts=["您看"], pictures=names))["outcome"] == "done"
    kinds = [call.json["messages"][0]["type"] for call in shop.recorder.to(shop.send_path)]
    assert kinds[-3:] == ["text", "image", "image"]
    assert await states(shop, "staff") == ["sent"] * 3
    assert [(each.status, each.size) for each in line.got] == [(200, (40, 30))] * 4
    for got in line.got:
        assert got.headers["Content-Type"] == "image/jpeg"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Cache-Control"] == "private, no-store"
        assert "sandbox" in got.headers["Content-Security-Policy"]
        assert b"SECRET-CAMERA" not in got.body


async def test_an_address_opens_its_own_picture_for_a_month_also_after_a_restart_and_nothing_else(
    opening: Opening,
) -> None:
    shop = await opening(PublicLineShop)
    line = Fetcher(shop, of_line)
    await shop.hears("什么时候发货")
    li = await sits_down(shop)
    names = [(await li.hands_in(photo()))["picture"] for _ in range(2)]
    await li.answers("click-1", pictures=names)
    whole, preview, another, _ = line.addresses

    await shop.restarts()
    assert [(await line.fetches(each)).status for each in (whole, preview)] == [200, 200]
    head = await line.fetches(whole, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert (await line.fetches(whole, method="POST")).status == 405

    base, ticket = whole.rsplit("/", 1)
    until, signature = ticket.split(".")
    bent = signature[:-2] + ("A" if signature[-2] != "A" else "B") + signature[-1]
    for forged in (
        f"{base}/{until}.{bent}",
        f"{base}/{int(until) + 1}.{signature}",
        f"{base}/0{until}.{signature}",
        f"{base}/{until}.{signature}=",
        f"{base}/{until}",
        f"{base}/{until}.",
        f"{base}/.{signature}",
        f"{base}/99999999999999999999.{signature}",
        f"{base}/%E2%91%A0.{signature}",
        f"{base}/",
        base,
        base.rsplit("/", 1)[0],
        f"{base.rsplit('/', 1)[0]}/",
        f"{another.rsplit('/', 1)[0]}/{ticket}",
        f"{base.rsplit('/', 1)[0]}/{'x' * 24}/{ticket}",
        f"{base.rsplit('/', 1)[0]}/%00/{ticket}",
        f"{whole}/preview/",
        f"{whole}/other",
    ):
        assert (await line.fetches(forged)).status == 404, forged

    shop.clock.advance(days=29)
    assert (await line.fetches(whole)).status == 200
    shop.clock.advance(days=1)
    assert [(await line.fetches(each)).status for each in (whole, preview)] == [404, 404]


async def test_what_is_erased_and_what_nobody_sent_cannot_be_fetched(opening: Opening) -> None:
    shop = await opening(PublicLineShop)
    line = Fetcher(shop, of_line)
    await shop.hears("什么时候发货")
    li = await sits_down(shop)
    name = (await li.hands_in(photo()))["picture"]
    await li.answers("click-1", pictures=[name])
    [whole, _] = line.addresses
    assert (await line.fetches(whole)).status == 200
    await shop.change("UPDATE media SET staff_id = NULL")
    assert (await line.fetches(whole)).status == 404, "a buyer's own"
    await shop.change("UPDATE media SET staff_id = 1")
    assert (await line.fetches(whole)).status == 200
    await erase_buyer(database=shop.bot.database, clock=shop.clock, channel=shop.channel, buyer=BUYER)
    assert (await line.fetches(whole)).status == 404


async def test_a_picture_that_is_too_large_for_the_platform_is_fetched_smaller(opening: Opening) -> None:
    shop = await opening(PublicLineShop)
    line = Fetcher(shop, of_line, at_once=False)
    await shop.hears("什么时候发货")
    li = await sits_down(shop)
    name = (await li.hands_in(noise(1_600)))["picture"]
    [kept] = await shop.rows("SELECT length(body) AS size FROM media")
    assert kept.size > WHOLE_BYTES
    await li.answers("click-1", pictures=[name])
    whole, preview = [await line.fetches(each) for each in line.addresses]
    assert (whole.headers["Content-Type"], preview.headers["Content-Type"]) == ("image/png", "image/png")
    assert (len(whole.body) <= WHOLE_BYTES, whole.size) == (True, (1_400, 1_400))
    assert (len(preview.body) <= PREVIEW_BYTES, preview.size) == (True, (480, 480))


async def test_one_picture_is_not_fetched_without_end(opening: Opening) -> None:
    shop = await opening(PublicLineShop)
    line = Fetcher(shop, of_line)
    await shop.hears("什么时候发货")
    li = await sits_down(shop)
    await li.answers("click-1", pictures=[(await li.hands_in(photo()))["picture"]])
    [whole, _] = line.addresses
    statuses = [(await line.fetches(whole)).status for _ in range(A_PICTURE_PER_MINUTE)]
    assert statuses == [200] * (A_PICTURE_PER_MINUTE - 2) + [429] * 2
    shop.clock.advance(minutes=1)
    assert (await line.fetches(whole)).status == 200


async def test_a_persons_picture_reaches_instagram_which_fetches_it_while_it_is_sent(opening: Opening) -> None:
    shop = await opening(PublicInstagramShop)
    instagram = Fetcher(shop, of_instagram)
    await shop.hears("什么时候发货")
    li = await sits_down(shop)
    name = (await li.hands_in(photo()))["picture"]
    assert (await li.answers("click-1", texts=["您看"], pictures=[name]))["outcome"] == "done"
    assert [(each.status, each.size) for each in instagram.got] == [(200, (40, 30))]
    assert await states(shop, "staff") == ["sent", "sent"]
    [address] = instagram.addresses
    shop.clock.advance(days=1)
    assert (await instagram.fetches(address)).status == 404


@pytest.mark.parametrize("kind", [LineShop, InstagramShop])
@pytest.mark.parametrize("public_url", ["", "http://shop.example"])
async def test_without_an_https_address_of_ours_the_desk_says_what_is_missing(
    kind: type[PlatformShop], public_url: str, opening: Opening
) -> None:
    unreachable: type[PlatformShop] = type("Unreachable", (kind,), {"public_url": public_url})
    shop = await opening(unreachable)
    await shop.hears("什么时候发货")
    li, editor = await sits_down(shop), await sits_down(shop, "editor")
    assert await li.hands_in(photo()) == {"outcome": "not", "reason": "pictures_need_address"}
    assert (await li.answers("click-1", pictures=["any"]))["reason"] == "pictures_need_address"
    page = (await li.get_console("inbox"))[1].decode()
    [facts] = re.findall(r'id="facts">(.*?)</script>', page)
    assert json.loads(facts)["no_pictures"] == {"try": "", shop.channel: "pictures_need_address"}
    number, _ = await editor.makes_phrase("尺码表", photo())
    filled = await li.posts(f"inbox/{await li.number()}/phrases/{number}", {"values": {}})
    assert (filled["pictures"], filled["left_out"]) == ([], 1)


async def test_an_address_that_is_taken_away_before_a_picture_leaves_is_told_to_people(opening: Opening) -> None:
    shop = await opening(PublicLineShop)
    Fetcher(shop, of_line)
    await shop.hears("什么时候发货")
    li = await sits_down(shop)
    name = (await li.hands_in(photo()))["picture"]
    await li.answers("click-1", pictures=[name], leaves=False)
    shop.public_url = ""
    await shop.restarts()
    await shop.time_passes(seconds=6)
    [row] = await shop.rows("SELECT state, fault FROM outbox WHERE kind = 'staff'")
    assert (row.state, row.fault) == ("failed", "no_public_address")


def noise(side: int) -> bytes:
    """Every dot another colour, and none quite opaque: nothing of it can be packed."""
    file = io.BytesIO()
    Image.frombytes("RGBA", (side, side), os.urandom(side * side * 4)).save(file, "PNG")
    return file.getvalue()
