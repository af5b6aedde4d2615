"""My own account: where I am signed in, and my password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.storage.tables.staff import session
from tests.bot.web.people.conftest import OTHER, on_sqlite
from tests.console import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from bot.storage.engine.database import Database
    from tests.console import People


@on_sqlite
async def test_one_signs_out_here_and_elsewhere(shop: People) -> None:
    here = await shop.agent("小李")
    there, third = await shop.browser(), await shop.browser()
    for each in (there, third):
        await each.signs_in("小李", PASSWORD)

    me = await here.goes_to("/console/me")
    assert me.text.count("Chrome · Windows") == 3
    ended = await here.sends("/console/me/sessions/end", me)
    assert "已退出" in ended.text
    for each in (there, third):
        assert (await each.goes_to("/console/me")).address.startswith("/console/sign-in")

    left = await here.sends("/console/sign-out", ended)
    assert left.address == "/console/sign-in"
    assert (await here.goes_to("/console/me")).address.startswith("/console/sign-in")


@on_sqlite
async def test_somebody_elses_session_is_not_there(shop: People, database: Database) -> None:
    own, other = await shop.agent("小李"), await shop.agent("小王")
    me, numbers = await own.goes_to("/console/me"), await database.read(_session_ids)

    for number in (numbers[1], 0, "x", "9" * 30):
        answer = await own.sends(f"/console/me/sessions/{number}/end", None, proof=me.hidden("sign-out")["proof"])
        assert answer.status == 404
    assert (await other.goes_to("/console/me")).status == 200


@on_sqlite
async def test_a_new_password_signs_all_others_out(shop: People) -> None:
    here, there = await shop.agent("小李"), await shop.browser()
    await there.signs_in("小李", PASSWORD)

    me = await here.goes_to("/console/me")
    wrong = await here.sends("/console/me/password", me, current=OTHER, password=OTHER, again=OTHER)
    assert "现在的密码不对" in wrong.text
    short = await here.sends("/console/me/password", me, current=PASSWORD, password="tea", again="tea")
    assert "太短了" in short.text
    done = await here.sends("/console/me/password", me, current=PASSWORD, password=OTHER, again=OTHER)
    assert "密码已修改" in done.text

    assert (await there.goes_to("/console/me")).address.startswith("/console/sign-in")
    assert (await there.signs_in("小李", PASSWORD)).status == 422
    assert (await there.signs_in("小李", OTHER)).address == "/console/me"


def _session_ids(connection: Connection) -> Sequence[int]:
    return connection.execute(select(session.c.id).order_by(session.c.id)).scalars().all()
