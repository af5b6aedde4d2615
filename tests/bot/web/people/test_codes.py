"""Codes from a phone, and the recovery codes for when it is lost."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pyotp

from bot.seal import KEY_BYTES, Seal
from bot.storage.accounts import people
from bot.storage.tables.staff import staff
from tests.bot.web.people.conftest import actions, everything, on_sqlite
from tests.console import PASSWORD, People, console_of

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from bot.storage.engine.database import Database
    from tests.console import Shown, Visitor
    from tests.fakes import FakeClock

KEY = base64.b64encode(bytes(range(KEY_BYTES))).decode()


async def _switches_code_on(visitor: Visitor, clock: FakeClock) -> tuple[str, list[str]]:
    """Give the phone's secret and the recovery codes."""
    page = await visitor.goes_to("/console/me/code")
    secret = page.hidden("/console/me/code")["secret"]
    code = pyotp.TOTP(secret).at(clock.now())
    done = await visitor.sends("/console/me/code", page, code=code)
    assert done.status == 200, done.text
    return secret, _codes(done)


def _codes(page: Shown) -> list[str]:
    return [each.partition("</li>")[0] for each in page.text.partition('class="codes"')[2].split("<li>")[1:]]


@on_sqlite
async def test_with_a_code_the_password_alone_lets_nobody_in(shop: People, clock: FakeClock) -> None:
    owner = await shop.owner()
    secret, codes = await _switches_code_on(owner, clock)
    clock.advance(seconds=60)
    visitor = await shop.browser()

    half = await visitor.signs_in("店主", PASSWORD)
    assert "输入验证码" in half.text
    assert (await visitor.goes_to("/console/me")).address.startswith("/console/sign-in")
    wrong = await visitor.sends("/console/sign-in/code", half, code="000000")
    assert wrong.status == 422
    done = await visitor.sends("/console/sign-in/code", wrong, code=pyotp.TOTP(secret).at(clock.now()))
    assert done.address == "/console/me"
    assert len(codes) == 10


async def test_a_code_works_once(shop: People, clock: FakeClock) -> None:
    owner = await shop.owner()
    secret, _ = await _switches_code_on(owner, clock)
    clock.advance(seconds=60)
    code = pyotp.TOTP(secret).at(clock.now())
    first, second = await shop.browser(), await shop.browser()

    assert (await first.sends("/console/sign-in/code", await first.signs_in("店主", PASSWORD), code=code)).status == 200
    late = await second.sends("/console/sign-in/code", await second.signs_in("店主", PASSWORD), code=code)

    assert late.status == 422


@on_sqlite
async def test_a_recovery_code_lets_its_person_in_once(shop: People, database: Database, clock: FakeClock) -> None:
    owner = await shop.owner()
    _, codes = await _switches_code_on(owner, clock)
    typed = codes[3].lower().replace("-", " ")
    statuses = []
    for code in (typed, typed, "", "ABCDE-FGHJK"):
        visitor = await shop.browser()
        half = await visitor.signs_in("店主", PASSWORD)
        statuses.append((await visitor.sends("/console/sign-in/code", half, code=code)).status)

    assert statuses == [200, 422, 422, 422]
    assert "sign_in.recovery_code_used" in await actions(database)


@on_sqlite
async def test_half_a_sign_in_is_over_soon_and_after_too_many_codes_one_waits(shop: People, clock: FakeClock) -> None:
    owner = await shop.owner()
    secret, _ = await _switches_code_on(owner, clock)
    visitor = await shop.browser()
    half = await visitor.signs_in("店主", PASSWORD)

    tries = [await visitor.sends("/console/sign-in/code", half, code=f"00000{each}") for each in range(6)]
    assert [each.status for each in tries] == [422] * 5 + [429]

    clock.advance(minutes=5)
    late = await visitor.sends("/console/sign-in/code", half, code=pyotp.TOTP(secret).at(clock.now()))
    assert "验证超时" in late.text


@on_sqlite
async def test_codes_are_switched_off_and_renewed_only_with_a_fresh_proof(shop: People, clock: FakeClock) -> None:
    owner = await shop.owner()
    secret, old = await _switches_code_on(owner, clock)
    clock.advance(minutes=11)

    me = await owner.goes_to("/console/me")
    asked = await owner.sends("/console/me/recovery-codes", me)
    assert asked.address.startswith("/console/prove")
    assert (await owner.sends("/console/prove", asked, given="nonsense")).status == 422
    proved = await owner.sends("/console/prove", asked, given=pyotp.TOTP(secret).at(clock.now()))
    assert proved.address == "/console/me"
    new = _codes(await owner.sends("/console/me/recovery-codes", await owner.goes_to("/console/me")))
    assert len(set(new) - set(old)) == 10

    done = await owner.sends("/console/me/code/off", await owner.goes_to("/console/me"))
    assert "验证码已关闭" in done.text
    assert (await (await shop.browser()).signs_in("店主", PASSWORD)).address.startswith("/console/me")


@on_sqlite
async def test_a_wrong_code_switches_nothing_on(shop: People) -> None:
    owner = await shop.owner()
    page = await owner.goes_to("/console/me/code")

    wrong = await owner.sends("/console/me/code", page, code="123")
    assert wrong.status == 422
    assert wrong.hidden("/console/me/code")["secret"] == page.hidden("/console/me/code")["secret"]
    made_up = await owner.sends("/console/me/code", None, secret="<b>", code="1", proof=page.hidden()["proof"])
    assert made_up.status == 422
    assert "未开启" in (await owner.goes_to("/console/me")).text


@on_sqlite
async def test_with_a_key_the_database_holds_no_secret_of_a_phone(
    database: Database, clock: FakeClock, database_url: str, stack: AsyncExitStack
) -> None:
    shop = People(await stack.enter_async_context(console_of(database, clock, database_url, key=KEY)), stack)
    owner = await shop.owner()
    secret, _ = await _switches_code_on(owner, clock)
    assert secret not in await database.read(everything, [staff])

    clock.advance(minutes=11)
    asked = await owner.goes_to("/console/staff")
    proved = await owner.sends("/console/prove", asked, given=pyotp.TOTP(secret).at(clock.now()))
    assert proved.address == "/console/staff"
    clock.advance(seconds=60)
    visitor = await shop.browser()
    half = await visitor.signs_in("店主", PASSWORD)
    done = await visitor.sends("/console/sign-in/code", half, code=pyotp.TOTP(secret).at(clock.now()))
    assert done.address == "/console/me"


async def test_a_secret_from_before_the_key_is_encrypted_and_without_the_key_recovery_codes_are_left(
    shop: People, database: Database, clock: FakeClock, database_url: str, stack: AsyncExitStack
) -> None:
    secret, codes = await _switches_code_on(await shop.owner(), clock)
    assert secret in await database.read(everything, [staff])

    for _ in range(2):  # as two starts do
        await database.write(people.seal_codes, Seal.read(KEY))
    assert secret not in await database.read(everything, [staff])

    with_key = People(await stack.enter_async_context(console_of(database, clock, database_url, key=KEY)), stack)
    statuses = []
    for house, recovery_code in ((with_key, ""), (shop, ""), (shop, codes[0])):
        clock.advance(seconds=60)
        visitor = await house.browser()
        half = await visitor.signs_in("店主", PASSWORD)
        code = recovery_code or pyotp.TOTP(secret).at(clock.now())
        statuses.append((await visitor.sends("/console/sign-in/code", half, code=code)).status)
    assert statuses == [200, 422, 200]
