"""Every platform has a page in both languages: what to click, its settings and limits, what was verified."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
import tomllib
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, web

from adapters import PLATFORMS, load_platform, needs_of
from bot.live import Bell
from tests.house.test_example_config import SECRET, SECRETS, settings_of
from tests.house.tree import ROOT
from tests.real_bot import RealBot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FOLDER = ROOT / "docs/platforms"
BOTH = ("", ".zh-CN")
SECTIONS = {
    "": ("What to click", "Settings", "Limits", "What was verified", "When it does not work"),
    ".zh-CN": ("要点哪里", "设置", "限制", "验证过什么", "不通的时候"),
}
WRITTEN = sorted(PLATFORMS)


def page(platform: str, language: str) -> str:
    return (FOLDER / f"{platform}{language}.md").read_text("utf-8")


def test_every_platform_has_its_pages_and_every_page_its_platform() -> None:
    names = {path.name.removesuffix(".md").removesuffix(".zh-CN") for path in FOLDER.iterdir()}
    assert names == {*WRITTEN, "bridge"}


@pytest.mark.parametrize("platform", WRITTEN)
def test_both_languages_have_the_same_parts_and_show_the_same(platform: str) -> None:
    english, chinese = (page(platform, language) for language in BOTH)
    for language, text in zip(BOTH, (english, chinese), strict=True):
        assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == SECTIONS[language]
    blocks = [re.findall(r"^```\w+\n(.*?)^```", text, re.MULTILINE | re.DOTALL) for text in (english, chinese)]
    assert blocks[0] == blocks[1]
    assert len(set(re.findall(r"`([^`\n]+)`", english)) ^ set(re.findall(r"`([^`\n]+)`", chinese))) == 0


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("platform", WRITTEN)
def test_its_settings_are_those_of_the_code(platform: str, language: str) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \| [^|]+ \|$", page(platform, language), re.MULTILINE))
    assert set(rows) == settings_of(platform)
    required = {"": "required", ".zh-CN": "必填"}[language]
    assert {name for name, default in rows.items() if default == required} == set(needs_of(platform))


@pytest.mark.parametrize("platform", WRITTEN)
def test_the_table_that_it_shows_makes_a_channel(platform: str) -> None:
    (shown,) = re.findall(r"^```toml\n(.*?)^```", page(platform, ""), re.MULTILINE | re.DOTALL)
    secrets = (
        dict.fromkeys(re.findall(r"\$\{(\w+)\}", shown), "in-the-example") | SECRETS | {"XIAOER_MY_SHOP_SECRET": SECRET}
    )
    text = re.sub(r"\$\{(\w+)\}", lambda found: secrets[found[1]], shown)
    (table,) = tomllib.loads(text)["channels"]
    assert table.pop("platform") == platform
    load_platform(platform).configure(channel=table.pop("name"), settings=table)


@pytest.mark.parametrize("language", BOTH)
def test_the_readme_says_of_each_platform_what_was_verified(language: str) -> None:
    readme = (ROOT / f"README{language}.md").read_text("utf-8")
    rows = re.findall(
        r"^\| (?:\[[^]]+\]\(docs/platforms/[\w.-]+\)|[^|]+) `([\w-]+)` \| [^|]+ \| [^|]+ \|$", readme, re.MULTILINE
    )
    assert sorted(rows) == sorted(PLATFORMS)


# The bridge


def test_the_bridge_has_60_lines_at_most_and_is_the_same_in_both_languages() -> None:
    codes = {re.findall(r"^```python\n(.*?)^```", page("bridge", each), re.MULTILINE | re.DOTALL)[0] for each in BOTH}
    assert len(codes) == 1
    assert len([line for line in codes.pop().splitlines() if line]) <= 60


@contextmanager
def bridge(folder: Path, **settings: str) -> Iterator[None]:
    """The very text of the page, at work."""
    (code,) = re.findall(r"^```python\n(.*?)^```", page("bridge", ""), re.MULTILINE | re.DOTALL)
    (folder / "bridge.py").write_text(code, "utf-8")
    environment = {**os.environ, "XIAOER_SECRET": SECRET, "BRIDGE_DATABASE": str(folder / "bridge.db"), **settings}
    with subprocess.Popen(
        [sys.executable, str(folder / "bridge.py")], env=environment, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def test_a_buyer_of_a_closed_platform_is_answered_once_through_the_bridge(tmp_path: Path) -> None:
    heard: list[object] = []

    async def take(request: web.Request) -> web.Response:
        heard.append(await request.json())
        return web.Response(status=503 if len(heard) == 1 else 200)

    platform = web.Application()
    platform.router.add_post("/send", take)
    runner = web.AppRunner(platform)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = free_port()
    (tmp_path / "config.toml").write_text(
        f'[database]\nurl = "sqlite:///{tmp_path}/shop.db"\n[conversation]\npatience_seconds = 0\n'
        f'[[channels]]\nname = "my-shop"\nplatform = "webhook"\nsecret = "{SECRET}"\n'
        f'reply_url = "http://127.0.0.1:{port}/from-xiaoer"\nallow_private_reply_url = true\n'
    )
    bot = RealBot(tmp_path / "config.toml")
    await asyncio.to_thread(bot.start)
    try:
        settings = {
            "XIAOER_WEBHOOK": f"{bot.url}/webhooks/my-shop",
            "PLATFORM_SEND": f"http://127.0.0.1:{runner.addresses[0][1]}/send",
            "BRIDGE_PORT": str(port),
        }
        with bridge(tmp_path, **settings):
            event = {"from_shop": False, "buyer": "b-1", "msg_id": "1", "session": "s-1", "text": "新疆包邮吗"}
            assert [await delivered(port, event), await delivered(port, event)] == [202, 200]
            await until(lambda: len(heard) == 4)
            assert heard[0] == heard[1], "the platform was busy at first"
            assert "新疆" in str(heard)
            staff = {**event, "from_shop": True, "msg_id": "2", "text": "我来"}
            assert await delivered(port, staff) == 202
            assert await delivered(port, {**event, "msg_id": "3"}) == 202
        assert len(heard) == 4, "a person has spoken, and a reply that went out is not sent again"
    finally:
        await asyncio.to_thread(bot.stop)
        await runner.cleanup()


async def delivered(port: int, event: dict[str, object]) -> int:
    """What the bridge answers the platform; it may only just be starting."""
    bell = Bell()
    async with ClientSession() as session:
        for _ in range(200):
            try:
                async with session.post(f"http://127.0.0.1:{port}/from-platform", json=event) as answer:
                    return answer.status
            except OSError:
                await bell.wait(at_most_seconds=0.05)
    raise AssertionError("the bridge is not there")


async def until(true: Callable[[], bool]) -> None:
    bell = Bell()
    for _ in range(1000):
        if true():
            return
        await bell.wait(at_most_seconds=0.01)
    raise AssertionError("it did not come to that")
