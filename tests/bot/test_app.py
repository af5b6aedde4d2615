"""How a bot starts, what it refuses, and how it stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.app import running
from bot.clock import SystemClock
from bot.config import BadConfig, Config
from bot.domain.channels.modes import ChannelMode
from bot.domain.reply_windows.presets import chosen
from bot.errors import AlreadyRunning, CannotStart
from bot.storage.accounts import people
from bot.storage.engine.database import open_database
from bot.storage.engine.presence import is_there
from bot.wiring.channels import open_channels
from tests.fakes import SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shop import Shop

SOUND = {"secret": SECRET, "reply_url": "https://shop.example/replies"}


def _config(*channels: dict[str, object]) -> Config:
    return Config.model_validate({"channels": channels})


def test_the_try_out_page_has_a_channel_without_being_configured() -> None:
    assert list(open_channels(_config())) == ["try"]


def test_a_channel_keeps_what_its_platform_promises() -> None:
    promises = {"reply_windows": ["douyin", "wechat"], "mode": "mixed", "mixed_share_percent": 30}
    channels = open_channels(_config({"name": "tea", "platform": "webhook", "settings": SOUND, **promises}))
    assert channels["tea"].windows == chosen(["douyin", "wechat"])
    assert channels["tea"].mode == ChannelMode(channel="tea", mode="mixed", share_percent=30)


def test_what_the_file_leaves_out_is_set_in_the_console() -> None:
    channels = open_channels(_config({"name": "tea", "platform": "webhook", "settings": SOUND}))
    assert (channels["tea"].windows, channels["tea"].mode) == (None, None)


@pytest.mark.parametrize("given", ["doyin", {"kind": "human-reply", "name": "soon", "within_seconds": 0}])
def test_a_window_that_cannot_be_is_told_by_its_channel(given: object) -> None:
    with pytest.raises(BadConfig) as bad:
        open_channels(_config({"name": "a", "platform": "webhook", "settings": SOUND, "reply_windows": [given]}))
    assert [problem.field for problem in bad.value.problems] == ["channels[1].reply_windows"]


def test_the_mistakes_of_all_channels_are_told_at_once() -> None:
    with pytest.raises(BadConfig) as bad:
        open_channels(
            _config(
                {"name": "a", "platform": "carrier-pigeon"},
                {"name": "b", "platform": "webhook", "settings": SOUND},
                {"name": "c", "platform": "webhook", "settings": {"secret": "short"}},
            )
        )
    assert [problem.field for problem in bad.value.problems] == [
        "channels[1].platform",
        "channels[3].secret",
        "channels[3].reply_url",
    ]
    assert "there are: " in bad.value.problems[0].problem


async def test_a_wrong_configuration_starts_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    config = Config.model_validate({"database": {"url": url}, "channels": [{"name": "a", "platform": "pigeon"}]})
    with pytest.raises(BadConfig):
        async with running(config, clock=SystemClock()):
            pass
    assert not is_there(url)


async def test_an_empty_database_is_made_ready_with_the_starter_manual(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'deep' / 'shop.db'}"
    config = Config.model_validate({"server": {"port": 0}, "database": {"url": url}})
    async with running(config, clock=SystemClock()) as bot:
        assert bot.in_use.base.revision == 1
        assert bot.in_use.base.entry("postage-remote") is not None
        with pytest.raises(AlreadyRunning, match="stop it first"):
            async with running(config, clock=SystemClock()):
                pass
    async with running(config, clock=SystemClock()) as bot:
        assert bot.in_use.base.revision == 1


async def test_the_jobs_are_named_and_harmless_at_any_time(shop: Shop) -> None:
    assert {"manual", "windows", "close", "invites", "figures"} <= set(shop.bot.jobs)
    for _ in range(3):
        for job in shop.bot.jobs.values():
            await job.work()
    assert await shop.rows("SELECT id FROM outbox") == []


async def test_a_manual_that_vanished_while_running_leaves_the_one_in_use(shop: Shop) -> None:
    await shop.change("DELETE FROM manual_revision")
    await shop.bot.jobs["manual"].work()
    assert await shop.buyer_says("发什么快递") == [shop.welcome, "默认发中通。"]


async def test_claims_are_let_go_when_the_bot_stops(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    assert await shop.rows("SELECT owner IS NULL FROM conversation") in ([(False,)], [(0,)])
    await shop.stops()
    await shop.opens()
    assert await shop.rows("SELECT owner FROM conversation") == [(None,)]


async def test_a_shop_whose_own_workbench_would_go_dark_needs_people_at_our_desk(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    settings = {"app_id": "wx1", "app_secret": "s", "token": "t", "encoding_aes_key": "k" * 43}
    shop = {"name": "wx", "platform": "wechat-shop", "settings": settings}
    config = Config.model_validate({"database": {"url": url}, "server": {"port": 0}, "channels": [shop]})

    with pytest.raises(CannotStart, match="channel wx: wechat-shop shows its chats to nobody but us") as refusal:
        async with running(config, clock=SystemClock()):
            pass
    assert "make an account at /console" in str(refusal.value)
    async with open_database(url) as database:
        await database.write(people.add, name="小李", role="owner", at=SystemClock().now())
    async with running(config, clock=SystemClock(), tick=False) as bot:
        assert bot.url
