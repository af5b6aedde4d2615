"""The shop's time zone, whatever people call it."""

from __future__ import annotations

import unicodedata
import zoneinfo
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.config.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

CALLED_OTHERWISE: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        (
            *("asia/beijing", "asia/peking", "beijing", "peking", "china", "asia/china", "shanghai", "北京", "上海"),
            *("北京时间", "中国时间", "中国标准时间", "chinastandardtime", "cst"),
            *("utc+8", "utc+08", "utc+08:00", "utc+0800", "gmt+8", "gmt+08", "gmt+08:00", "gmt+0800"),
            *("+8", "+08", "+08:00", "+0800", "东八区", "etc/gmt+8"),
        ),
        "Asia/Shanghai",
    )
)
"""What people write for a zone that has another name; Etc/GMT+8 is a name, but that of eight hours *behind* UTC."""


def read_zone(given: object) -> zoneinfo.ZoneInfo:
    if isinstance(given, zoneinfo.ZoneInfo):
        return given
    known_as = CALLED_OTHERWISE.get(unicodedata.normalize("NFKC", str(given)).replace(" ", "").lower())
    if known_as is not None:
        raise ValueError(f'{given!r} is not what that time zone is called; write "{known_as}"')
    try:
        return zoneinfo.ZoneInfo(str(given))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        hint = nearest(str(given), zoneinfo.available_timezones()) or 'write it like "Asia/Shanghai"'
        raise ValueError(f"{given!r} is not a time zone; {hint}") from None
