"""Twice delivered, oddly worded, a database gone or full, a row that nobody can read: nothing lost, no false yes."""

from __future__ import annotations

import asyncio
import resource
import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from tests.fakes import FakeClock, FakePlatform
from tests.postgres import Postgres
from tests.shop import Settings, Shop, accepted, stock
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

DISPATCH = "下单后48小时内发货。"


async def test_a_second_delivery_is_a_duplicate_and_never_answered_twice(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货", message_id="m-1")
    again = await shop.delivers("什么时候发货", message_id="m-1")
    assert (again.status, again.json) == (200, {"status": "duplicate"})
    again = await shop.platform.buyer_says(again=True)
    assert again.status == 200
    await shop.settles()
    assert shop.buyer_heard == [shop.welcome, DISPATCH]


async def test_the_same_delivery_many_times_at_once_is_accepted_once(shop: Shop) -> None:
    answered = await asyncio.gather(*[shop.delivers("什么时候发货", message_id="m-1") for _ in range(30)])
    assert sorted(each.status for each in answered) == [200] * 29 + [202]
    await shop.settles()
    assert shop.buyer_heard == [shop.welcome, DISPATCH]


async def test_a_second_delivery_after_a_restart_is_a_duplicate(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货", message_id="m-1")
    await shop.restarts()
    assert (await shop.delivers("什么时候发货", message_id="m-1")).status == 200
    await shop.settles()
    assert shop.buyer_heard == [shop.welcome, DISPATCH]


async def test_the_same_words_in_two_messages_are_two_messages(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    assert await shop.buyer_says("什么时候发货") == [DISPATCH]


async def test_a_closing_delivered_twice_is_one(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    assert (await shop.platform.close(again=True)).status == 200


@pytest.mark.parametrize(
    "words",
    [
        "字" * 20_000,
        "\x00发\x00货",
        "\u202e发货\u2066",
        "\u200b\u200d\ufeff",
        "😀😀😀",
        "<script>alert(1)</script>",
        "'; DROP TABLE inbox; --",
        "{shop_name} %s {0}",
        " ",
        "[微笑][微笑]",
        "ﷺ" * 300,
    ],
    ids=lambda words: words.encode("unicode_escape").decode()[:24],
)
async def test_odd_words_are_taken_and_the_next_question_is_answered(shop: Shop, words: str) -> None:
    accepted(await shop.delivers(words))
    await shop.settles()
    assert "默认发中通。" in await shop.buyer_says("发什么快递")
    assert await shop.rows("SELECT id FROM inbox WHERE state IN ('new', 'poison')") == []


@pytest.mark.parametrize("year", ["0001", "1970", "9999"])
async def test_a_platform_whose_clock_is_wild_is_answered(shop: Shop, year: str) -> None:
    data = {
        "message_id": "m-1",
        "conversation_id": "c-小王",
        "author": {"kind": "buyer", "id": "b-1"},
        "content": {"kind": "text", "text": "什么时候发货"},
        "sent_at": f"{year}-01-01T00:00:00+14:00",
    }
    answered = await shop.platform.deliver("message.created", data)
    assert answered.status in {202, 400}
    await shop.settles()
    assert await shop.rows("SELECT id FROM inbox WHERE state = 'poison'") == []
    assert DISPATCH in await shop.buyer_says("什么时候发货")
    await shop.time_passes(hours=1)


async def test_a_row_that_nobody_can_read_is_set_aside_and_others_are_answered(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货", buyer="小王")
    await shop.change("UPDATE inbox SET state = 'new', body = :bad", bad=b"{}")
    assert await shop.buyer_says("发什么快递", buyer="小李") == [shop.welcome, "默认发中通。"]
    await shop.settles()
    assert await shop.rows("SELECT state FROM inbox ORDER BY id") == [("poison",), ("done",)]
    assert await shop.buyer_says("发什么快递", buyer="小王") == ["默认发中通。"]


async def test_a_memory_that_nobody_can_read_is_begun_anew(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.change("UPDATE conversation SET memory = :bad", bad=b"no json")
    assert await shop.buyer_says("发什么快递") == ["默认发中通。"]


async def test_a_conversation_about_which_no_rule_can_decide_is_set_aside_for_people(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货", buyer="小王")
    await shop.change("UPDATE conversation SET memory = :bad", bad=b'{"recent": 1, "choice": [[1]]}')
    await shop.delivers("发什么快递", buyer="小王")
    assert await shop.buyer_says("发什么快递", buyer="小李") == [shop.welcome, "默认发中通。"]


async def test_bad_deliveries_write_nothing(shop: Shop) -> None:
    missing = await shop.platform.deliver("message.created", {"content": {"kind": "text", "text": "在吗"}})
    assert missing.status == 400
    unsigned = await shop.platform.post(shop.platform.posted[-1], headers={"content-type": "application/json"})
    assert unsigned.status == 401
    shop.clock.advance(minutes=6)
    late = shop.platform.sign(shop.platform.posted[-1])
    shop.clock.advance(minutes=6)
    assert (await shop.platform.post(shop.platform.posted[-1], headers=late)).status == 401
    assert await shop.rows("SELECT id FROM inbox") == []
    assert await shop.rows("SELECT id FROM conversation") == []


# A database that is away


@pytest.fixture
def own_server() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture
async def shop_on_own_server(own_server: Postgres, clock: FakeClock) -> AsyncIterator[Shop]:
    await own_server.run("CREATE DATABASE shop")
    await stock(own_server.url("shop"), small_manual())
    async with (
        FakePlatform(clock=clock) as platform,
        Shop(url=own_server.url("shop"), clock=clock, platform=platform, settings=Settings.make()) as shop,
    ):
        yield shop


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
async def test_a_server_that_goes_away_means_503_and_recovery_alone(
    own_server: Postgres, shop_on_own_server: Shop, how: signal.Signals
) -> None:
    shop = shop_on_own_server
    await shop.buyer_says("什么时候发货")
    own_server.stop(how)
    refused = await shop.delivers("发什么快递", message_id="m-1")
    assert refused.status == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert (await shop.asks("/readyz"))[0] == 503
    assert (await shop.asks("/livez"))[0] == 200
    own_server.start()
    await _until_ready(shop)
    assert await shop.buyer_says("发什么快递", message_id="m-1") == ["默认发中通。"]


async def test_a_server_that_goes_away_while_replies_are_on_the_wire_loses_none(
    own_server: Postgres, shop_on_own_server: Shop
) -> None:
    shop = shop_on_own_server
    shop.platform.next_answers("timeout")
    await shop.delivers("怎么退货")
    await shop.platform.until(lambda: len(shop.platform.ledger) == 1)
    own_server.stop()
    shop.platform.let_go()
    own_server.start()
    await _until_ready(shop)
    await shop.settles()
    await shop.time_passes(minutes=1)
    assert shop.buyer_heard == [
        shop.welcome,
        "签收7天内可以退货。",
        "在订单里点申请退货就行。",
        "退货地址会在审核后发给您。",
    ]


async def test_stopping_while_the_server_is_away_ends_in_order(own_server: Postgres, shop_on_own_server: Shop) -> None:
    await shop_on_own_server.buyer_says("什么时候发货")
    own_server.stop()
    await shop_on_own_server.stops()
    own_server.start()
    await shop_on_own_server.opens()
    heard = await shop_on_own_server.buyer_says("发什么快递", buyer="小李")  # 小王's claim has to run out first
    assert heard == [shop_on_own_server.welcome, "默认发中通。"]


@pytest.fixture
async def shop_on_file(stocked_file: Path, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Shop]:
    shutil.copy(stocked_file, tmp_path / "shop.db")
    async with (
        FakePlatform(clock=clock) as platform,
        Shop(url=f"sqlite:///{tmp_path / 'shop.db'}", clock=clock, platform=platform, settings=Settings.make()) as shop,
    ):
        yield shop


@pytest.fixture
def full_disk() -> Iterator[FullDisk]:
    disk = FullDisk()
    yield disk
    disk.empties()


class FullDisk:
    """No file of this process may grow beyond a limit: writes fail as on a disk that is full."""

    def __init__(self) -> None:
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def fills(self, at_bytes: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (at_bytes, self._before[1]))

    def empties(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._before)


async def test_a_full_disk_means_503_and_recovery_alone(shop_on_file: Shop, full_disk: FullDisk) -> None:
    shop = shop_on_file
    await shop.buyer_says("什么时候发货")
    full_disk.fills(4096)
    refused = await shop.delivers("发什么快递" + "字" * 9_000, message_id="m-1")
    ready, _ = await shop.asks("/readyz")
    full_disk.empties()
    assert refused.status == 503
    assert ready == 503
    await _until_ready(shop)
    assert await shop.buyer_says("发什么快递", message_id="m-1") == ["默认发中通。"]


async def test_a_folder_that_is_removed_means_503_and_not_ready(shop_on_file: Shop, tmp_path: Path) -> None:
    shop = shop_on_file
    await shop.buyer_says("什么时候发货")
    _move(tmp_path, tmp_path / "aside")
    refused = await shop.delivers("发什么快递", message_id="m-1")
    assert refused.status == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert (await shop.asks("/readyz"))[0] == 503
    _move(tmp_path / "aside", tmp_path)
    await _until_ready(shop)
    assert await shop.buyer_says("发什么快递", message_id="m-1") == ["默认发中通。"]


def _move(here: Path, there: Path) -> None:
    there.mkdir(exist_ok=True)
    for each in here.glob("shop.db*"):
        each.rename(there / each.name)


async def test_a_shop_on_a_folder_that_nobody_may_use_does_not_start(tmp_path: Path, clock: FakeClock) -> None:
    in_the_way = tmp_path / "a file"
    in_the_way.touch()
    url = f"sqlite:///{in_the_way / 'shop.db'}"
    async with FakePlatform(clock=clock) as platform:
        shop = Shop(url=url, clock=clock, platform=platform, settings=Settings.make())
        with pytest.raises(Exception, match="cannot be opened"):
            await shop.opens()


async def _until_ready(shop: Shop) -> None:
    async with asyncio.timeout(10):
        while (await shop.asks("/readyz"))[0] != 200:
            pass
