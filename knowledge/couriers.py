"""The couriers of the country, as buyers name them."""

from __future__ import annotations

import re

COURIERS = ("顺丰", "中通", "圆通", "申通", "韵达", "京东", "EMS", "邮政", "极兔", "德邦")
"""What `Named.courier` can be."""

_COURIER = re.compile(
    r"(?:(?P<顺丰>顺丰|(?<!一路)顺风(?!车|耳)|(?<![a-z0-9])sf(?![a-z0-9]))"
    r"|(?P<中通>中通(?!过))|(?P<圆通>[圆园]通)|(?P<申通>申通(?!过))|(?P<韵达>韵达)"
    r"|(?P<京东>京东(?=快递|物流|快运|配送|送|寄)|(?<=[发走用寄换])京东(?!店|旗舰|商城|自营|价|上|平台|e?卡|白条|支付|金融|会员|券|豆))"
    r"|(?P<EMS>(?<![a-z])ems(?![a-z])|特快专递)|(?P<邮政>邮政(?!编码)|邮局)|(?P<极兔>[极急]兔)|(?P<德邦>德邦)"
    r")(?!(?:快递|速递|单号|号|是|\s)*+\d{10})"
)
"""Not the one in "中通 75300000000001", which is a parcel's number and no wish."""
_REFUSED = re.compile(r"(?:(?<!要)不要|(?<!特)别|不想要?|(?<!能)不能|除了)(?:再?给?我?[发走用寄])?$")


def courier_named(said: str) -> re.Match[str] | None:
    """Where a folded text names a courier first."""
    return _COURIER.search(said)


def courier_in(said: str) -> str | None:
    """The first courier that a folded text names, one that is not refused ("不要韵达") before one that is."""
    found = tuple(_COURIER.finditer(said))
    wanted = (match for match in found if not _REFUSED.search(said, 0, match.start()))
    first = next(wanted, found[0] if found else None)
    return None if first is None else first.lastgroup
