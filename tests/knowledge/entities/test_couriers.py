from __future__ import annotations

import pytest

from knowledge.entities.couriers import COURIERS, courier_in
from knowledge.entities.extract import notice


@pytest.mark.parametrize(
    ("text", "courier"),
    [
        ("能发顺丰吗", "顺丰"),
        ("发SF可以吗", "顺丰"),
        ("顺风多少钱", "顺丰"),
        ("祝老板一路顺风", None),
        ("中通还是圆通", "中通"),
        ("其中通过了吗", None),
        ("园通的吧", "圆通"),
        ("申通", "申通"),
        ("不要韵达 发申通", "申通"),
        ("别发韵达", "韵达"),
        ("要不要发韵达", "韵达"),
        ("特别韵达", "韵达"),
        ("能不能发极兔", "极兔"),
        ("京东快递到我这吗", "京东"),
        ("可以走京东吗", "京东"),
        ("京东比你便宜", None),
        ("能用京东e卡吗", None),
        ("你们在京东店也有吗", None),
        ("EMS能到村里吗", "EMS"),
        ("items", None),
        ("发邮政吗", "邮政"),
        ("邮政编码是多少", None),
        ("德邦到哪了", "德邦"),
        ("发什么快递", None),
        ("中通快递单号 70000000000001", None),
        ("SF0000000000001 换成圆通", "圆通"),
        ("申通买2件", "申通"),
    ],
)
def test_a_courier_is_named(text: str, courier: str | None) -> None:
    assert notice(text, products=()).courier == courier
    assert courier is None or courier in COURIERS


def test_every_courier_is_known_by_its_own_name() -> None:
    assert [courier_in(f"发{courier}快递".lower()) for courier in COURIERS] == list(COURIERS)
