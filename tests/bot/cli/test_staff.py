from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from bot.clock import SystemClock
from bot.storage.engine.database import open_database
from tests.people import joins

if TYPE_CHECKING:
    from pathlib import Path

    from bot.domain.accounts.staff import Role
    from tests.bot.cli.conftest import Xiaoer

LINK = re.compile(r"http://127\.0\.0\.1:8080/console/invite/[\w-]{43}\n")


async def _join(url: str, name: str, role: Role) -> None:
    async with open_database(url) as database:
        await joins(database, role, clock=SystemClock(), name=name, channels=["tea"] if role == "agent" else None)


def test_there_is_nobody_at_first_and_no_database_is_made(xiaoer: Xiaoer, tmp_path: Path) -> None:
    said = xiaoer("staff", "list").stdout

    assert said == "Nobody has an account yet; `xiaoer staff invite --role owner` makes a link for the first one.\n"
    assert not (tmp_path / "var").exists()


@pytest.mark.usefixtures("stocked")
def test_a_link_for_somebody_new_is_printed(xiaoer: Xiaoer) -> None:
    assert LINK.fullmatch(xiaoer("staff", "invite", "--role", "owner").stdout)


@pytest.mark.usefixtures("stocked")
def test_a_channel_that_there_is_not_is_told(xiaoer: Xiaoer) -> None:
    result = xiaoer("staff", "invite", "--role", "agent", "--channel", "tea")

    assert (result.exit_code, result.stderr) == (1, "there is no channel tea; there are: none\n")


def test_people_are_listed_reset_and_removed(xiaoer: Xiaoer, stocked: str) -> None:
    asyncio.run(_join(stocked, "店主", "owner"))
    asyncio.run(_join(stocked, "小李", "agent"))

    listed = xiaoer("staff", "list").stdout.splitlines()
    assert listed[0].startswith("店主  owner  all channels  no code  seen ")
    assert listed[1].startswith("小李  agent  tea  no code  seen ")
    assert LINK.fullmatch(xiaoer("staff", "reset", "小 李").stdout)
    assert xiaoer("staff", "remove", "小李").stdout == "小李 is removed.\n"
    assert len(xiaoer("staff", "list").stdout.splitlines()) == 1


@pytest.mark.parametrize("verb", ["reset", "remove"])
def test_nobody_of_that_name_is_told(xiaoer: Xiaoer, stocked: str, verb: str) -> None:
    asyncio.run(_join(stocked, "店主", "owner"))

    assert xiaoer("staff", verb, "小张").stderr == "nobody is called 小张; `xiaoer staff list` shows who there is\n"


def test_the_last_owner_stays(xiaoer: Xiaoer, stocked: str) -> None:
    asyncio.run(_join(stocked, "店主", "owner"))

    result = xiaoer("staff", "remove", "店主")

    assert result.exit_code == 1
    assert "they are the last owner" in result.stderr
