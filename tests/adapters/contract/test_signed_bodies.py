"""Some of the strange bodies that `make attack` brings by the ten thousand."""

from __future__ import annotations

import pytest

from tests.chatwoot_shop import ChatwootShop
from tests.platform_shop import DouyinShop, KfShop, OaShop, PlatformShop, WechatShopShop
from tests.platform_shops_abroad import LineShop, MessengerShop, TelegramShop, WhatsappShop
from tests.signed_bodies import fuzz

BODIES = 200


@pytest.mark.parametrize(
    "kind",
    [OaShop, KfShop, WechatShopShop, DouyinShop, TelegramShop, LineShop, WhatsappShop, MessengerShop, ChatwootShop],
    ids=lambda kind: kind.platform_name,
)
def test_no_signed_body_is_more_than_a_no(kind: type[PlatformShop]) -> None:
    found = fuzz(kind, bodies=BODIES, seed=7)
    assert found.wrong == []
    assert sum(found.taken.values()) == BODIES
    assert found.taken["not understood"] > 0
