from __future__ import annotations

import asyncio
import base64
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from adapters import PLATFORMS
from adapters.simulation import DRIVERS
from bot.domain.channels.made import MadeChannel
from bot.storage.accounts import people
from bot.storage.channels import made
from bot.storage.engine.database import open_database
from tests.fakes import MORNING, SECRET
from tests.platform_shop import AES_KEY
from tests.real_bot import RealBot
from tests.recorder import Recorder
from tests.reliability.lives import free_port
from tests.shop import stock
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

    from tests.bot.cli.conftest import Xiaoer

CONFIG = """
[database]
url = "sqlite:///{folder}/shop.db"
[conversation]
patience_seconds = 0
[[channels]]
name = "my-webhook"
platform = "webhook"
secret = "{secret}"
reply_url = "{peer}/replies"
allow_private_reply_url = true
[[channels]]
name = "my-web"
platform = "web"
messages_per_minute = 6000
[[channels]]
name = "my-other-web"
platform = "web"
messages_per_minute = 6000
[[channels]]
name = "my-telegram"
platform = "telegram"
token = "1:example"
secret_token = "hush"
api_url = "{peer}"
allow_private_api_url = true
[[channels]]
name = "my-line"
platform = "line"
channel_secret = "hush"
channel_access_token = "example"
api_url = "{peer}"
allow_private_api_url = true
[[channels]]
name = "my-whatsapp"
platform = "whatsapp"
phone_number_id = "100"
access_token = "example"
app_secret = "hush"
verify_token = "word"
api_url = "{peer}"
allow_private_api_url = true
[[channels]]
name = "my-messenger"
platform = "messenger"
page_id = "200"
access_token = "example"
app_secret = "hush"
verify_token = "word"
api_url = "{peer}"
allow_private_api_url = true
[[channels]]
name = "my-chatwoot"
platform = "chatwoot"
account_id = 1
access_token = "bot-example"
webhook_secret = "hush"
api_url = "{peer}"
allow_private_api_url = true
[[channels]]
name = "my-wechat-oa"
platform = "wechat-oa"
app_id = "wx-1"
app_secret = "hush"
token = "hush"
encoding_aes_key = "{aes_key}"
api_url = "{peer}"
allow_private_api_url = true
[[channels]]
name = "my-wechat-shop"
platform = "wechat-shop"
app_id = "wx-2"
app_secret = "hush"
token = "hush"
encoding_aes_key = "{aes_key}"
api_url = "{peer}"
allow_private_api_url = true
[[channels]]
name = "my-douyin-im"
platform = "douyin-im"
client_key = "dy-1"
client_secret = "hush"
api_url = "{peer}"
allow_private_api_url = true
[[channels]]
name = "my-wecom-kf"
platform = "wecom-kf"
corp_id = "ww-1"
secret = "hush"
token = "hush"
encoding_aes_key = "{aes_key}"
open_kfid = "wk-1"
api_url = "http://127.0.0.1:{played_port}"
allow_private_api_url = true
"""
READS_ITS_OWN_ANSWER = {"wechat-oa", "wechat-shop", "wecom-kf", "douyin-im"}
"""These are answered alike, whether a delivery is new or not."""
SCRIPT = """# two buyers
小王: 什么时候发货
小李：新疆包邮吗
wait 0.1

小王: 发什么快递
"""


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RealBot, Path]]:
    """One bot with a channel of each platform that can be played."""
    folder = tmp_path_factory.mktemp("simulated")
    asyncio.run(_stocked(f"sqlite:///{folder}/shop.db"))
    lent = {"access_token": "AT", "expires_in": 7200, "errcode": 0, "error_code": 0}
    with Recorder(usually={"ok": True, "result": {"message_id": 5}, "id": 5, "data": lent, **lent}) as peer:
        settings = {
            "folder": folder,
            "secret": SECRET,
            "peer": peer.url,
            "aes_key": AES_KEY,
            "played_port": free_port(),
        }
        (folder / "config.toml").write_text(CONFIG.format(**settings))
        with RealBot(folder / "config.toml") as running:
            yield running, folder


async def _stocked(url: str) -> None:
    """With somebody who may answer: without them, a WeChat Shop keeps the bot from starting."""
    await stock(url, small_manual())
    async with open_database(url) as database:
        await database.write(people.add, name="小李", role="agent", at=MORNING)


def said(folder: Path, channel: str) -> list[tuple[str, str]]:
    """Conversation and words of all that buyers said there."""
    with closing(sqlite3.connect(folder / "shop.db")) as database:
        rows = database.execute(
            "SELECT talk.external_id, inbox.body FROM inbox JOIN conversation AS talk ON talk.id = conversation_id"
            " WHERE inbox.channel = ? AND author = 'buyer' ORDER BY inbox.sent_at, inbox.id",
            (channel,),
        ).fetchall()
    return [(talk, re.findall(r'"text":"([^"]+)"', bytes(body).decode())[0]) for talk, body in rows]


def test_every_platform_can_be_played() -> None:
    assert PLATFORMS.keys() == DRIVERS.keys()


@pytest.mark.parametrize("platform", DRIVERS)
def test_buyers_speak_each_platforms_own_form(
    platform: str, xiaoer: Xiaoer, bot: tuple[RealBot, Path], tmp_path: Path
) -> None:
    running, folder = bot
    (tmp_path / "talk.txt").write_text(SCRIPT)
    options = ("--config", folder / "config.toml", "--url", running.url, "--per-minute", "0", "--script", "talk.txt")
    result = xiaoer("simulate", "--platform", platform, "--again", "100", *options)
    assert result.exit_code == 0, result.output
    assert ("6 accepted" if platform in READS_ITS_OWN_ANSWER else "3 accepted, 3 duplicate") in result.stdout
    heard = said(folder, f"my-{platform}")
    assert sorted(words for _, words in heard) == sorted(["什么时候发货", "新疆包邮吗", "发什么快递"])
    assert len({talk for talk, _ in heard}) == 2
    assert all(talk.startswith(("simulated-", "9000")) for talk, _ in heard)


def test_a_platform_that_is_asked_is_played_on_this_machine_only(
    xiaoer: Xiaoer, bot: tuple[RealBot, Path], tmp_path: Path
) -> None:
    running, folder = bot
    config = re.sub(
        r'"http://127.0.0.1:\d+"(?=[^"]*$)', '"https://qyapi.weixin.qq.com"', (folder / "config.toml").read_text()
    )
    (tmp_path / "config.toml").write_text(config)
    (tmp_path / "talk.txt").write_text("小王: 在吗")
    options = ("--platform", "wecom-kf", "--url", running.url, "--script", "talk.txt")
    away = xiaoer("simulate", *options)
    assert (away.exit_code, 'such as "http://127.0.0.1:8090"' in away.stderr) == (1, True)
    (tmp_path / "config.toml").write_text(config.replace("https://qyapi.weixin.qq.com", running.url))
    taken = xiaoer("simulate", *options)
    assert (taken.exit_code, "cannot be listened at" in taken.stderr) == (1, True)


def test_the_manuals_questions_are_asked_the_same_way_twice(xiaoer: Xiaoer, bot: tuple[RealBot, Path]) -> None:
    running, folder = bot
    options = ("--config", folder / "config.toml", "--url", running.url, "--per-minute", "0", "--buyers", "5")
    first, again = (xiaoer("simulate", "--channel", "my-other-web", "--shuffled", *options) for _ in range(2))
    assert first.exit_code == again.exit_code == 0, first.output
    lines = [{line for line in result.stdout.splitlines() if "→ accepted" in line} for result in (first, again)]
    assert lines[0] == lines[1]
    assert len({line.partition(":")[0] for line in lines[0]}) == 5


def test_a_channel_that_an_owner_added_in_the_console_is_played_too(
    xiaoer: Xiaoer, bot: tuple[RealBot, Path], tmp_path: Path
) -> None:
    running, folder = bot
    secret = "whsec_" + base64.b64encode(b"s" * 32).decode()
    settings = {"reply_url": "http://127.0.0.1:9/", "allow_private_reply_url": True}
    channel = MadeChannel(name="of-the-console", platform="webhook", settings=settings, secret=secret)
    asyncio.run(_added(f"sqlite:///{folder}/shop.db", channel))
    (tmp_path / "talk.txt").write_text("小王: 在吗")
    options = ("--config", folder / "config.toml", "--url", running.url, "--script", "talk.txt")
    result = xiaoer("simulate", "--channel", channel.name, *options)
    assert (result.exit_code, "1 accepted" in result.stdout) == (0, True), result.output
    assert [words for _, words in said(folder, channel.name)] == ["在吗"]


async def _added(url: str, channel: MadeChannel) -> None:
    async with open_database(url) as database:
        await database.write(made.add, channel, seal=None, staff_id=1, at=MORNING)


def test_a_door_that_is_shut_and_a_wrong_secret_are_told(
    xiaoer: Xiaoer, bot: tuple[RealBot, Path], tmp_path: Path
) -> None:
    running, folder = bot
    config = (folder / "config.toml").read_text().replace('"hush"', '"another"')
    (tmp_path / "other.toml").write_text(config)
    (tmp_path / "talk.txt").write_text("小王: 在吗")
    options = ("--config", "other.toml", "--script", "talk.txt")
    refused = xiaoer("simulate", "--platform", "telegram", "--url", running.url, *options)
    assert (refused.exit_code, "refused with 401" in refused.stdout) == (1, True)
    gone = xiaoer("simulate", "--platform", "web", "--url", "http://127.0.0.1:1", *options)
    assert "no connection to 127.0.0.1" in gone.stdout
    assert said_by(gone) == ["not all was taken; the log of the bot says why"]


def test_where_real_buyers_have_written_it_refuses(xiaoer: Xiaoer, bot: tuple[RealBot, Path], tmp_path: Path) -> None:
    _, folder = bot
    with closing(sqlite3.connect(folder / "shop.db")) as there, closing(sqlite3.connect(tmp_path / "shop.db")) as here:
        there.backup(here)
        here.execute(
            "INSERT INTO conversation (channel, external_id, buyer, memory, created_at) VALUES ('a', 'c', 'b', '', 0)"
        )
        here.commit()
    config = (folder / "config.toml").read_text().replace(str(folder), str(tmp_path))
    (tmp_path / "config.toml").write_text(config)
    refused = xiaoer("simulate", "--platform", "web")
    assert refused.exit_code == 1
    assert "--beside-real-buyers" in refused.stderr
    unknown = xiaoer("simulate", "--channel", "nobody")
    assert "there are: my-webhook (webhook), my-web (web)" in unknown.stderr


def test_a_script_that_cannot_be_read_names_its_line(xiaoer: Xiaoer, bot: tuple[RealBot, Path], tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_text("小王: 在吗\n\n没有冒号\n")
    _, folder = bot
    result = xiaoer("simulate", "--platform", "web", "--config", folder / "config.toml", "--script", "talk.txt")
    assert said_by(result) == ['talk.txt: line 3 is neither "name: words" nor "wait 30"']


def said_by(command: Result) -> list[str]:
    """What it said on stderr, without the log of the bot that runs beside it in this process."""
    return [line for line in command.stderr.splitlines() if not line.startswith("{")]
