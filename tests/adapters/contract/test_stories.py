"""One list of stories for every platform that is spoken natively: what must hold wherever a buyer writes.

A platform joins by a `PlatformShop` (tests/platform_shop.py): how it delivers, and how what we send is read.
"""

from __future__ import annotations

import threading
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import pytest

from adapters.contract import LogsIn
from bot.domain.desk.conversations import Done
from bot.storage.accounts import people
from bot.storage.engine.database import open_database
from tests.chatwoot_shop import ChatwootShop
from tests.desk import colleague
from tests.fakes import FakePlatform
from tests.platform_shop import BUYER, DouyinShop, KfShop, OaShop, PlatformShop, WechatShopShop, saying
from tests.platform_shops_abroad import LineShop, MessengerShop, TelegramShop, WhatsappShop
from tests.recorder import LONGEST_WAIT_SECONDS, Reaction

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from adapters.contract import Capabilities
    from tests.fakes import FakeClock
    from tests.recorder import Call

PLATFORMS: tuple[type[PlatformShop], ...] = (
    OaShop,
    KfShop,
    WechatShopShop,
    DouyinShop,
    TelegramShop,
    LineShop,
    WhatsappShop,
    MessengerShop,
    ChatwootShop,
)
QUESTION, DISPATCH = "什么时候发货", "下单后48小时内发货。"
COURIER = "默认发中通。"
BUSY = Reaction(status=429, body=b"{}")
BROKEN = Reaction(status=500, body=b"{}")
CUT = Reaction(resets=True)


@pytest.fixture
def stocked_copy(stocked_file: Path, tmp_path: Path) -> str:
    """A database of this story's own; what is told here depends on no dialect."""
    (tmp_path / "shop.db").write_bytes(stocked_file.read_bytes())
    return f"sqlite:///{tmp_path / 'shop.db'}"


@pytest.fixture
async def shop(request: pytest.FixtureRequest, stocked_copy: str, clock: FakeClock) -> AsyncIterator[PlatformShop]:
    """A shop on one of the platforms, at whose desk somebody may answer."""
    url = stocked_copy
    async with open_database(url) as database:
        await database.write(people.add, name="小李", role="agent", at=clock.now())
    async with AsyncExitStack() as stack:
        unused = await stack.enter_async_context(FakePlatform(clock=clock))
        made: PlatformShop = request.param(url=url, clock=clock, unused=unused)
        yield await stack.enter_async_context(made)


everywhere = pytest.mark.parametrize("shop", PLATFORMS, indirect=True, ids=lambda kind: kind.platform_name)
batching = pytest.mark.parametrize(
    "shop", [KfShop, LineShop, WhatsappShop, MessengerShop], indirect=True, ids=lambda kind: kind.platform_name
)
lending = pytest.mark.parametrize(
    "shop", [each for each in PLATFORMS if each.login_path], indirect=True, ids=lambda kind: kind.platform_name
)


def offers(shop: PlatformShop) -> Capabilities:
    return shop.bot.channels["tea"].adapter.capabilities


def fits(shop: PlatformShop, words: str) -> bool:
    """Whether the platform takes such a text, counted as it counts."""
    limit = offers(shop).longest_text
    assert limit is not None
    encoding, width = {"characters": ("utf-32-le", 4), "bytes": ("utf-8", 1), "utf-16": ("utf-16-le", 2)}[limit.unit]
    return 0 < len(words.encode(encoding)) // width <= limit.at_most


class Since:
    """What went out since this was made, whether the platform took it or not."""

    def __init__(self, shop: PlatformShop) -> None:
        self._shop = shop
        self._calls = len(shop.recorder.to(shop.send_path))

    async def __aenter__(self) -> Self:
        found = await self._shop.rows("SELECT coalesce(max(id), 0) AS newest FROM outbox")
        self._newest = found[0].newest
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is held."""

    async def first(self) -> None:
        """Return when a bubble is on its way to the platform."""
        await self._shop.until_called(self._shop.send_path, times=self._calls + 1)

    @property
    def sends(self) -> list[str]:
        shop = self._shop
        return [shop.text_of(call) for call in shop.recorder.to(shop.send_path)[self._calls :]]

    async def rows(self) -> list[tuple[str, str]]:
        """State and error of each reply."""
        query = "SELECT state, last_error FROM outbox WHERE id > :newest AND kind != 'handed_over' ORDER BY id"
        return [(row.state, row.last_error) for row in await self._shop.rows(query, newest=self._newest)]

    async def states(self) -> list[str]:
        return [state for state, _ in await self.rows()]


def react(shop: PlatformShop, *reactions: Reaction) -> None:
    """The next sends meet these, and all is well again after them."""
    usual = shop.recorder.usual(shop.send_path)
    shop.recorder.answers(shop.send_path, *reactions, usual)


async def wants_person(shop: PlatformShop, buyer: str) -> bool:
    return await shop.mode_of(buyer) in {"waiting", "human"}


# A whole talk


async def a_buyer_is_asked_once_how_it_went(shop: PlatformShop) -> None:
    await shop.hears(QUESTION, "o-asked")
    await shop.time_passes(minutes=31)
    await shop.time_passes(minutes=3)
    asked = shop.words("o-asked").count(shop.say("invite"))
    await shop.time_passes(minutes=40)
    assert (asked, shop.words("o-asked").count(shop.say("invite"))) == (1, 1)
    assert await shop.hears("5", "o-asked") == [shop.say("thanks-good")]


async def a_question_is_answered_a_person_called_and_the_bot_is_silent_for_them(shop: PlatformShop) -> None:
    assert await shop.hears(QUESTION) == [shop.welcome, DISPATCH]
    assert len(await shop.hears("转人工")) == 1
    assert await wants_person(shop, BUYER)
    await shop.a_person_speaks()
    assert await shop.hears("发什么快递") == []
    assert await shop.mode_of() == "human"


TALKS = (
    a_buyer_is_asked_once_how_it_went,
    a_question_is_answered_a_person_called_and_the_bot_is_silent_for_them,
)


# What comes in


async def three_copies_at_once_and_one_a_minute_later_are_one_message(shop: PlatformShop) -> None:
    shop.copies = 3
    assert await shop.hears(QUESTION, "o-copies") == [shop.welcome, DISPATCH]
    shop.copies = 1
    shop.clock.advance(seconds=60)
    status, _ = await shop.posts_raw(shop.posted[-1])
    await shop.settles()
    assert (status // 100, shop.words("o-copies")) == (2, [shop.welcome, DISPATCH])


async def messages_of_two_buyers_in_any_order_are_each_answered_once(shop: PlatformShop) -> None:
    await shop.says(QUESTION, "o-first")
    await shop.says("发什么快递", "o-second")
    await shop.says("发什么快递", "o-first")
    await shop.says(QUESTION, "o-second")
    await shop.settles()
    assert shop.words("o-first") == [shop.welcome, DISPATCH, COURIER]
    assert shop.words("o-second") == [shop.welcome, COURIER, DISPATCH]


async def a_forged_delivery_is_turned_away_and_nothing_of_it_is_written(shop: PlatformShop) -> None:
    await shop.hears(QUESTION, "o-forged")
    before = await shop.rows("SELECT count(*) AS n FROM inbox")
    for forged in shop.forged(shop.posted[-1]):
        status, _ = await shop.posts_raw(forged)
        assert status == 401
    assert await shop.rows("SELECT count(*) AS n FROM inbox") == before


async def a_stale_delivery_is_turned_away_where_the_time_is_signed(shop: PlatformShop) -> None:
    await shop.hears(QUESTION, "o-stale")
    shop.clock.advance(hours=5)
    status, _ = await shop.posts_raw(shop.posted[-1])
    await shop.settles()
    signed = f"{shop.posted[-1].query}{shop.posted[-1].headers}".lower()
    assert status in ({401} if "timestamp" in signed else {200, 202})
    assert shop.words("o-stale") == [shop.welcome, DISPATCH]


async def what_is_signed_and_makes_no_sense_is_a_no_in_words(shop: PlatformShop) -> None:
    for body in NO_SENSE:
        status, _ = await shop.posts_raw(shop.signed_body(body))
        assert status in {200, 202, 400, 401}
    assert await shop.hears(QUESTION, "o-sense") == [shop.welcome, DISPATCH]


async def a_very_long_text_is_read_and_answered_in_bubbles_that_the_platform_takes(shop: PlatformShop) -> None:
    async with Since(shop) as since:
        await shop.says("请问" + "很长的话" * 4_999, "o-long")
        await shop.settles()
    assert shop.words("o-long")
    assert all(fits(shop, words) for words in since.sends)


NO_SENSE = (
    b"{}",
    b"",
    b"\xff\xfe\x00",
    "发货".encode("gb18030"),
    '{"text": "发货"}'.encode("utf-16"),
    b"[" * 5_000,
    b'{"update_id":1e999,"events":[{}],"entry":[{"changes":7,"messaging":[1]}]}',
    b"<!DOCTYPE x [<!ENTITY a 'aa'>]><xml><ToUserName>&a;</ToUserName></xml>",
)
COMES_IN = (
    three_copies_at_once_and_one_a_minute_later_are_one_message,
    messages_of_two_buyers_in_any_order_are_each_answered_once,
    a_forged_delivery_is_turned_away_and_nothing_of_it_is_written,
    a_stale_delivery_is_turned_away_where_the_time_is_signed,
    what_is_signed_and_makes_no_sense_is_a_no_in_words,
    a_very_long_text_is_read_and_answered_in_bubbles_that_the_platform_takes,
)


@batching
async def test_a_hundred_messages_in_one_delivery_are_each_answered(shop: PlatformShop) -> None:
    buyers = [f"o-many-{number}" for number in range(100)]
    await shop.brings_much([(buyer, QUESTION) for buyer in buyers])
    await shop.settles(within_seconds=30)
    heard = [shop.words(buyer) for buyer in buyers]
    assert heard == [[shop.welcome, DISPATCH]] * 100


# What goes out


async def a_person_who_speaks_between_two_bubbles_is_not_talked_over(shop: PlatformShop) -> None:
    gate = threading.Event()
    usual = shop.recorder.usual(shop.send_path)

    def answers_late(call: Call) -> Any:
        gate.wait(timeout=LONGEST_WAIT_SECONDS)
        return answer_to(call, usual)

    shop.recorder.answers(shop.send_path, answers_late, usual)
    async with Since(shop) as since:
        await shop.says(QUESTION, "o-spoken-to")
        await since.first()
        await shop.a_person_speaks("o-spoken-to")
        gate.set()
        await shop.settles()
    assert since.sends == [shop.welcome]
    assert await since.states() == ["sent", "cancelled"]


async def what_a_person_writes_at_length_is_cut_for_the_platform_too(shop: PlatformShop) -> None:
    await shop.hears(QUESTION, "o-written-to")
    [talk, *_] = await shop.rows("SELECT external_id FROM conversation ORDER BY id DESC")
    long = "先把零件摆好，再对照图纸。" * 150
    async with Since(shop) as since:
        assert isinstance(await (await colleague(shop, "小张")).answers(long, buyer=talk.external_id), Done)
    assert "".join(since.sends) == long
    assert all(fits(shop, words) for words in since.sends)
    assert set(await since.states()) == {"sent"}


async def a_busy_platform_is_asked_again_and_each_bubble_arrives_once(shop: PlatformShop) -> None:
    react(shop, BUSY)
    async with Since(shop) as since:
        await shop.says(QUESTION, "o-busy")
        await shop.settles()
        await shop.time_passes(minutes=11)
    assert since.sends == [shop.welcome, shop.welcome, DISPATCH]
    assert await since.states() == ["sent", "sent"]


async def sends_of_unknown_outcome_are_repeated_only_under_a_key(shop: PlatformShop) -> None:
    react(shop, BROKEN, CUT)
    async with Since(shop) as since:
        await shop.says(QUESTION, "o-unknown")
        await shop.settles()
        await shop.time_passes(minutes=2)
        await shop.time_passes(minutes=2)
    if offers(shop).resend == "same_key":
        assert since.sends == [shop.welcome, shop.welcome, shop.welcome, DISPATCH]
        assert await since.states() == ["sent", "sent"]
    else:
        assert since.sends == [shop.welcome, DISPATCH]
        assert await since.states() == ["unknown", "unknown"]
        assert await wants_person(shop, "o-unknown")


async def when_the_quota_or_the_window_has_ended_a_person_is_called_in_words(shop: PlatformShop) -> None:
    react(shop, shop.over)
    async with Since(shop) as since:
        await shop.says(QUESTION, "o-over")
        await shop.settles()
        [(state, reason), *_] = await since.rows()
    assert len(reason) > 10
    assert state in {"failed", "queued"}
    assert state == "queued" or await wants_person(shop, "o-over")
    await shop.time_passes(minutes=11)


async def what_is_late_for_the_window_is_not_sent_and_a_person_is_told(shop: PlatformShop) -> None:
    usual = shop.recorder.usual(shop.send_path)
    shop.recorder.answers(shop.send_path, BUSY)
    async with Since(shop) as since:
        await shop.says(QUESTION, "o-late")
        await shop.settles()
        await shop.time_passes(hours=(offers(shop).reply_window_hours or 24) + 1)
    async with Since(shop) as later:
        await shop.time_passes(minutes=11)
    shop.recorder.answers(shop.send_path, usual)
    assert "expired" in await since.states()
    assert not {shop.welcome, DISPATCH} & set(later.sends)


async def a_bot_that_ends_with_a_bubble_on_the_wire_repeats_it_only_under_a_key(shop: PlatformShop) -> None:
    """It stops without waiting; tests/reliability/ kills a real process at that point."""
    gate = threading.Event()
    usual = shop.recorder.usual(shop.send_path)
    shop.recorder.answers(shop.send_path, replace(CUT, waits_for=gate), usual)
    async with Since(shop) as since:
        await shop.says(QUESTION, "o-cut-off")
        await since.first()
        await shop.stops()
        gate.set()
        await shop.opens()
        assert (await since.states())[0] in {"sending", "unknown", "queued"}
        await shop.runs_jobs()
    if offers(shop).resend == "same_key":
        assert since.sends == [shop.welcome, shop.welcome, DISPATCH]
    else:
        assert since.sends == [shop.welcome, DISPATCH]
        assert (await since.states())[:2] == ["unknown", "sent"]
        assert await wants_person(shop, "o-cut-off")
        told = await shop.rows("SELECT event FROM alert ORDER BY id DESC LIMIT 1")
        assert [row.event for row in told] == ["unknown_send"]


GOES_OUT = (
    a_person_who_speaks_between_two_bubbles_is_not_talked_over,
    what_a_person_writes_at_length_is_cut_for_the_platform_too,
    a_busy_platform_is_asked_again_and_each_bubble_arrives_once,
    sends_of_unknown_outcome_are_repeated_only_under_a_key,
    when_the_quota_or_the_window_has_ended_a_person_is_called_in_words,
    a_bot_that_ends_with_a_bubble_on_the_wire_repeats_it_only_under_a_key,
    what_is_late_for_the_window_is_not_sent_and_a_person_is_told,
)


@everywhere
async def test_every_story(
    shop: PlatformShop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One bot for all of them, each with buyers of its own: a start costs more than a story."""
    monkeypatch.setattr("bot.app.FINISH_SENDS_SECONDS", 0.05)
    for story in (*COMES_IN, *TALKS):
        await story(shop)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
    for story in GOES_OUT:
        await story(shop)


@lending
async def test_fifty_sends_whose_token_has_lapsed_log_in_once(shop: PlatformShop) -> None:
    await shop.hears(QUESTION)
    usual = shop.recorder.usual(shop.send_path)
    before = len(shop.recorder.to(shop.login_path))
    shop.recorder.answers(shop.login_path, saying(shop.renewed_token))
    shop.recorder.answers(shop.send_path, lambda call: answer_to(call, usual) if holds(call) else shop.lapsed)
    async with Since(shop) as since:
        await shop.brings_much([(f"o-many-{number}", QUESTION) for number in range(50)])
        await shop.settles(within_seconds=30)
    assert isinstance(shop.bot.channels["tea"].adapter, LogsIn)
    assert len(shop.recorder.to(shop.login_path)) - before in {1, 2}  # a stable token is asked for, then forced
    assert await since.states() == ["sent"] * 100


def answer_to(call: Call, usual: Any) -> Any:
    return usual(call) if callable(usual) else usual


def holds(call: Call) -> bool:
    """Whether it carries the newest token, wherever this platform wants it."""
    return "AT-2" in f"{call.query}{call.headers}"


@pytest.mark.parametrize("shop", [DouyinShop, MessengerShop], indirect=True, ids=lambda kind: kind.platform_name)
async def test_our_own_words_that_come_back_silence_nobody_and_a_persons_do(shop: DouyinShop | MessengerShop) -> None:
    await shop.hears(QUESTION)
    await shop.shop_says(shop.welcome)
    await shop.shop_says(DISPATCH)
    assert await shop.mode_of() == "bot"
    await shop.shop_says("亲，今天就发")
    assert await shop.mode_of() == "human"
    assert await shop.hears("发什么快递") == []
