from __future__ import annotations

import asyncio
import dataclasses
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from bot.domain.channels.made import MadeChannel
from bot.storage.accounts import audit
from bot.storage.channels import made
from bot.storage.engine.database import open_database
from knowledge.manual.files import starter_manual
from tests.bot.cli.conftest import shop_manual
from tests.fakes import MORNING
from tests.shop import stock

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from tests.bot.cli.conftest import Xiaoer
    from tests.postgres import Postgres

GOOD = """
[[channels]]
name = "tea"
platform = "webhook"
secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
reply_url = "https://shop.example/xiaoer"
"""
MISTAKES = """
[server]
port = "front"

[[channels]]
name = "tea shop"
platform = "webhook"
secret = "short"

[[channels]]
name = "telegraph"
platform = "telegraph"
"""


LINE = """
[server]
public_url = "{public_url}"

[[channels]]
name = "my-line"
platform = "line"
channel_secret = "line-secret"
channel_access_token = "line-example"
"""


def test_a_fresh_folder_is_fine_and_stays_empty(xiaoer: Xiaoer, tmp_path: Path) -> None:
    result = xiaoer("check")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[:2] == [
        "settings   built-in defaults",
        "channels   none but the try-out page",
    ]
    assert f"the starter manual, {len(starter_manual().entries)} entries" in result.stdout
    assert result.stdout.endswith("Nothing stands in the way of `xiaoer serve`.\n")
    assert list(tmp_path.iterdir()) == []


def test_channels_of_the_console_are_looked_at_as_those_of_the_file(
    xiaoer: Xiaoer, tmp_path: Path, stocked: str
) -> None:
    window = MadeChannel(name="window", platform="web", settings={"origins": []})

    async def make() -> None:
        async with open_database(stocked) as database:
            await database.write(made.add, window, seal=None, staff_id=1, at=MORNING)

    asyncio.run(make())
    (tmp_path / "config.toml").write_text(GOOD, "utf-8")
    result = xiaoer("check")
    assert "channels   tea (webhook), window (web)" in result.stdout
    assert "Warning: channel window (web): nobody of the shop can answer there" in result.stderr
    assert xiaoer("staff", "invite", "--role", "agent", "--channel", "window").exit_code == 0


@pytest.mark.usefixtures("stocked")
def test_it_names_the_settings_the_channels_and_the_manual(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(GOOD)
    result = xiaoer("check")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[:3] == [
        "settings   config.toml",
        "channels   tea (webhook)",
        f"manual     revision 1, {len(shop_manual().entries)} entries",
    ]


@pytest.mark.parametrize(
    ("public_url", "times"), [("", 1), ("http://chat.shop.example", 1), ("https://chat.shop.example", 0)]
)
def test_a_platform_that_fetches_pictures_needs_an_https_address_of_ours(
    public_url: str, times: int, xiaoer: Xiaoer, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text(LINE.format(public_url=public_url), "utf-8")
    result = xiaoer("check")
    assert result.exit_code == 0, result.stderr
    assert result.stderr.count("channel my-line (line): people can send no pictures there") == times
    assert result.stderr.count("set server.public_url to the https address") == times


def test_mistakes_of_all_kinds_are_told_at_once(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(MISTAKES)
    result = xiaoer("check", "--config", "shop.toml")
    assert result.exit_code == 1
    assert sorted(line.partition(":")[0] for line in result.stderr.splitlines()) == [
        "channels[1].name",
        "channels[1].reply_url",
        "channels[1].secret",
        "channels[2].platform",
        "server.port",
    ]


def test_a_channel_alone_may_be_wrong(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(GOOD.replace("whsec_", ""))
    result = xiaoer("check")
    assert result.exit_code == 1
    assert result.stderr.startswith("channels[1].secret: ")


def test_a_sentence_about_a_secret_is_whole_and_repeats_none_of_it(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(GOOD.replace("LaLaSw", "LaLa"))  # the = at its end is lost
    told = xiaoer("check").stderr
    assert told.startswith(
        "channels[1].secret: must be base64 after whsec_, with the = signs at its end; make one with "
    )
    assert "MfKQ9r8G" not in told
    assert "[secret]" not in told


def test_other_settings_alone_may_be_wrong(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f'[shop]\ntimezone = "Nowhere"\n{GOOD}')
    result = xiaoer("check")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("shop.timezone: ")


def test_a_platform_that_is_not_named_is_told_once(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[[channels]]\nname = "tea"\n')
    result = xiaoer("check")
    assert result.stderr == "channels[1].platform: is required; add it\n"


def test_a_year_whose_working_days_are_unknown_is_a_warning(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[hours]\ncountry = ""\n')
    assert "make-up working days" not in xiaoer("check").stderr


@pytest.mark.usefixtures("stocked")
def test_what_is_odd_in_the_manual_is_a_warning(xiaoer: Xiaoer) -> None:
    result = xiaoer("check")
    assert result.exit_code == 0
    assert "Warning: " in result.stderr


def test_a_manual_that_buyers_would_meet_mistakes_in_stands_in_the_way(
    xiaoer: Xiaoer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    manual = shop_manual()
    asyncio.run(stock(url, dataclasses.replace(manual, lines=manual.lines[1:])))
    monkeypatch.setenv("XIAOER_DATABASE_URL", url)
    result = xiaoer("check")
    assert result.exit_code == 1
    assert manual.lines[0].id in result.stderr


def test_what_is_still_invented_is_named(xiaoer: Xiaoer, tmp_path: Path) -> None:
    told = xiaoer("check").stderr
    assert "return_address（退货地址：浙江省杭州市样例区示范路1号小满仓库）" in told
    assert "sweater-wool（羊毛圆领毛衣）" in told
    assert "dispatch_cutoff" in told
    assert "shop_name" not in told  # without a name of its own a shop is called 小店, whatever the fact says
    (tmp_path / "config.toml").write_text('[shop]\nname = "阿珍茶铺"\n', encoding="utf-8")
    assert "小满生活馆" not in xiaoer("check").stderr


def test_a_channel_on_which_nobody_can_answer_is_a_warning(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f'{GOOD}[[channels]]\nname = "site"\nplatform = "web"\n')
    told = xiaoer("check").stderr
    assert "Warning: channel site (web): nobody of the shop can answer there" in told
    assert "channel tea" not in told


def test_a_file_that_is_no_database_is_told_in_a_sentence(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "xiaoer.db").write_bytes(b"certainly no database " * 100)
    for command in ("check", "migrate"):
        result = xiaoer(command)
        assert result.exit_code == 1
        assert result.stderr.splitlines()[-1] == "the database did not take it: file is not a database"


@pytest.mark.parametrize(("name", "user"), [("nobody-made-it", ""), ("postgres", "stranger")])
def test_a_server_that_does_not_let_us_in_stands_in_the_way(
    xiaoer: Xiaoer, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, name: str, user: str
) -> None:
    url = urlsplit(postgres.url(name))
    who = f"{user}:hush-hush" if user else url.username
    monkeypatch.setenv("XIAOER_DATABASE_URL", url._replace(netloc=f"{who}@{url.hostname}:{url.port}").geturl())
    result = xiaoer("check")
    assert result.exit_code == 1
    assert f'"{user or name}" does not exist' in result.stderr
    assert "hush-hush" not in result.stderr


def test_a_database_that_cannot_be_made_or_reached_stands_in_the_way(
    xiaoer: Xiaoer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    result = xiaoer("check")
    assert result.exit_code == 1
    assert "var/xiaoer.db cannot be made" in result.stderr
    monkeypatch.setenv("XIAOER_DATABASE_URL", "postgresql://xiaoer:hush-hush@127.0.0.1:1/shop")
    result = xiaoer("check")
    assert result.exit_code == 1
    assert "the database is out of reach" in result.stderr
    assert "hush-hush" not in result.stderr


async def _log(url: str) -> None:
    async with open_database(url) as database:
        await database.write(audit.note, "account.made", by=None, at=MORNING, about="staff 1")


async def _tamper(url: str) -> None:
    async with open_database(url) as database:
        await database.write(_change_the_log)


def _change_the_log(connection: Connection) -> None:
    connection.execute(text("UPDATE audit SET about = 'staff 2'"))


def test_a_log_that_somebody_changed_is_told(xiaoer: Xiaoer, stocked: str) -> None:
    asyncio.run(_log(stocked))
    assert "audit log  1 entries, whole; fingerprint " in xiaoer("check").stdout

    asyncio.run(_tamper(stocked))

    result = xiaoer("check")
    assert result.exit_code == 1
    assert "the audit log is not as it was written from entry 1 on" in result.stderr
