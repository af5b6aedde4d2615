"""What an account's owner lets us do ends in spite of renewals: it lasts as long as it can, and people hear of it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.platform_shop import DouyinShop

if TYPE_CHECKING:
    from tests.journeys.conftest import Opening
    from tests.recorder import Call

RENEWALS, LASTS = 5, timedelta(days=30)


class Granted:
    """Douyin's side of one authorisation, as its documentation has it."""

    def __init__(self, shop: DouyinShop) -> None:
        self.shop = shop
        self.ends_at = shop.clock.now() + LASTS
        self.renewed_at: list[datetime] = []
        shop.recorder.answers("/oauth/refresh_token/", self.refresh)
        shop.recorder.answers("/oauth/renew_refresh_token/", self.renew)

    def refresh(self, _call: Call) -> dict[str, object]:
        left = int((self.ends_at - self.shop.clock.now()).total_seconds())
        lent = {
            "error_code": 0,
            "access_token": "AT-1",
            "expires_in": str(15 * 86_400),
            "refresh_expires_in": str(left),
        }
        return {"data": lent if left > 0 else {"error_code": 10010}}

    def renew(self, _call: Call) -> dict[str, object]:
        if len(self.renewed_at) == RENEWALS:
            return {"data": {"error_code": 10020}}
        self.renewed_at.append(self.shop.clock.now())
        self.ends_at = self.renewed_at[-1] + LASTS
        renewed = {"refresh_token": f"R-{len(self.renewed_at)}", "expires_in": str(LASTS // timedelta(seconds=1))}
        return {"data": {"error_code": 0, **renewed}}


async def test_it_lasts_without_a_buyer_as_long_as_it_can_and_people_hear_a_month_ahead(opening: Opening) -> None:
    shop = await opening(DouyinShop, refresh_token="R-0")
    granted, began = Granted(shop), shop.clock.now()
    told: list[tuple[int, str]] = []
    while shop.clock.now() < granted.ends_at:
        await shop.bot.jobs["logins"].work()
        rows = await shop.rows("SELECT key, body FROM alert ORDER BY id")
        left = granted.ends_at - shop.clock.now()
        told += [(left.days, json.loads(row.body)["reason"]["code"]) for row in rows[len(told) :]]
        shop.clock.advance(hours=8)
    assert len(granted.renewed_at) == RENEWALS
    assert (granted.ends_at - began).days > 160
    assert told == [(30, "login_ends"), (6, "login_ends"), (0, "login_ends")]
