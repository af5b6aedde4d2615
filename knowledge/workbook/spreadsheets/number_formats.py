"""A number as a spreadsheet shows it: 0.95 under `0%` is 95%, 46356 under `yyyy/m/d` 2026/11/30, 7 under `000` 007.

A format is up to four sections apart by `;` (above zero, below, zero, text), each a row of placeholders and plain text.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

GENERAL = "General"
BUILT_IN: Mapping[int, str] = MappingProxyType(
    {
        0: GENERAL,
        1: "0",
        2: "0.00",
        3: "#,##0",
        4: "#,##0.00",
        5: "¥#,##0;¥-#,##0",
        6: "¥#,##0;¥-#,##0",
        7: "¥#,##0.00;¥-#,##0.00",
        8: "¥#,##0.00;¥-#,##0.00",
        9: "0%",
        10: "0.00%",
        11: "0.00E+00",
        14: "yyyy/m/d",
        15: "d-mmm-yy",
        16: "d-mmm",
        17: "mmm-yy",
        18: "h:mm AM/PM",
        19: "h:mm:ss AM/PM",
        20: "h:mm",
        21: "h:mm:ss",
        22: "yyyy/m/d h:mm",
        **dict.fromkeys((27, 36, 50, 57), 'yyyy"年"m"月"'),
        **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
        30: "m/d/yy",
        31: 'yyyy"年"m"月"d"日"',
        32: 'h"时"mm"分"',
        33: 'h"时"mm"分"ss"秒"',
        **dict.fromkeys((34, 55), '上午/下午h"时"mm"分"'),
        **dict.fromkeys((35, 56), '上午/下午h"时"mm"分"ss"秒"'),
        37: "#,##0;-#,##0",
        38: "#,##0;-#,##0",
        39: "#,##0.00;-#,##0.00",
        40: "#,##0.00;-#,##0.00",
        41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
        42: '_ ¥* #,##0_ ;_ ¥* -#,##0_ ;_ ¥* "-"_ ;_ @_ ',
        43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
        44: '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ',
        45: "mm:ss",
        46: "[h]:mm:ss",
        47: "mm:ss.0",
        48: "##0.0E+0",
        49: "@",
        52: 'yyyy"年"m"月"',
    }
)
"""The formats that a workbook names by number only, as a Chinese Excel shows them."""
_SYSTEM_FORMATS = MappingProxyType({"[$-F800]": 'yyyy"年"m"月"d"日"', "[$-F400]": "h:mm:ss"})
LONGEST_FORMAT_CHARACTERS = 120
MOST_DIGITS = 15
"""A spreadsheet keeps this many digits of a number; the rest of a longer one is lost."""
_GENERAL_DIGITS = 10
_LAST_DAY = 2_958_466
"""The first number after 9999-12-31."""
_MARCH_1900 = 61
_SECONDS_A_DAY = 86_400

_TOKEN = re.compile(
    r"""
      "(?P<quoted>[^"]*)"?
    | \\(?P<escaped>.)
    | [_*](?P<space>.)
    | \[(?P<bracket>[^\]]*)\]
    | (?P<general>General|G/通用格式)
    | (?P<noon>AM/PM|A/P|上午/下午)
    | (?P<power>E[+-])
    | (?P<digit>[0#?])
    | (?P<mark>[.,%@])
    | (?P<date>y+|m+|d+|h+|s+|a{3,4}|e+)
    | (?P<letter>[A-Za-z])
    | (?P<plain>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_SECTION = re.compile(r'(?:"[^"]*"?|\\.|[_*].|\[[^\]]*\]|[^;])*', re.DOTALL)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_COLOUR = re.compile(
    r"black|blue|cyan|green|magenta|red|white|yellow|colou?r ?\d+|[黑蓝青绿红白黄]色?|洋红|颜色 ?\d+", re.IGNORECASE
)


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_DAY_LETTERS = "一二三四五六日"


class _Token(NamedTuple):
    kind: str
    text: str


_AS_TEXT = _Token("mark", "@")


def shown(number: Decimal, code: str, *, since_1904: bool = False) -> str | None:
    """What a cell with this number and format shows; None where the format is one that is not read here."""
    sections = _sections(code)
    if sections is None:
        return None
    section, value = _section_for(number, sections)
    kinds = {token.kind for token in section}
    if "unknown" in kinds or "letter" in kinds:
        return None
    if "date" in kinds or "elapsed" in kinds:
        return _date_shown(value, section, since_1904=since_1904)
    if "general" in kinds or _AS_TEXT in section:
        return "".join(
            general(value) if token.kind == "general" or token == _AS_TEXT else token.text for token in section
        ).strip()
    return _number_shown(value, section)


def text_shown(text: str, code: str) -> str:
    """What a cell with this text and format shows: `@"元"` writes 元 behind it."""
    sections = _sections(code) or []
    section = sections[3] if len(sections) > 3 else sections[0] if len(sections) == 1 else []  # noqa: PLR2004 - the fourth is for text
    if not any(token == _AS_TEXT for token in section):
        return text
    return "".join(text if token == _AS_TEXT else token.text for token in section)


def is_date(code: str) -> bool:
    sections = _sections(code)
    return sections is not None and any(token.kind in {"date", "elapsed"} for token in sections[0])


def instant(number: Decimal, *, since_1904: bool) -> datetime | None:
    """The day and time that a number stands for, to the second; None when it stands for none. Its zone says nothing."""
    if not 0 <= number < _LAST_DAY:
        return None
    if since_1904:
        start = datetime(1904, 1, 1, tzinfo=UTC)
    else:
        start = datetime(1899, 12, 30 if number >= _MARCH_1900 else 31, tzinfo=UTC)
    return start + timedelta(seconds=int((number * _SECONDS_A_DAY).to_integral_value(ROUND_HALF_UP)))


def general(number: Decimal) -> str:
    """A number without a format: as many decimals as a cell has room for, and every digit of a long one."""
    decimals = max(_GENERAL_DIGITS - max(number.adjusted() + 1, 1), 0)
    rounded = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = format(rounded if rounded or not number else number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


# Sections


@lru_cache(maxsize=256)
def _sections(code: str) -> list[list[_Token]] | None:
    if len(code) > LONGEST_FORMAT_CHARACTERS:
        return None
    for mark, meant in _SYSTEM_FORMATS.items():
        code = meant if code.upper().startswith(mark) else code
    return [list(_tokens(text)) for text in _split(code)]


def _split(code: str) -> Iterator[str]:
    start = 0
    while start <= len(code):
        found = _SECTION.match(code, start)
        end = found.end() if found else len(code)
        yield code[start:end]
        start = end + 1


def _tokens(section: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(section):
        kind = found.lastgroup or "plain"
        text = found[kind]
        if kind == "bracket":
            yield from _bracket(text)
        elif kind in {"quoted", "escaped", "plain"}:
            yield _Token("text", text)
        elif kind != "space":
            yield _Token(kind, text)


def _bracket(text: str) -> Iterator[_Token]:
    """A currency, a colour, a condition or a time that runs past a day; anything else is not read here."""
    if text.startswith("$"):
        yield _Token("text", text[1:].rpartition("-")[0] if "-" in text else text[1:])
    elif _ELAPSED.fullmatch(text):
        yield _Token("elapsed", text.lower())
    elif _CONDITION.fullmatch(text):
        yield _Token("condition", text)
    elif not _COLOUR.fullmatch(text):
        yield _Token("unknown", text)


def _section_for(number: Decimal, sections: Sequence[list[_Token]]) -> tuple[list[_Token], Decimal]:
    """The section that a number falls into, and the number as that section shows it: its sign may be the section's."""
    numeric = sections[:3]
    for section in numeric:
        said = next((token.text for token in section if token.kind == "condition"), None)
        if said is not None and _holds(number, said):
            return section, number
    plain = [section for section in numeric if all(token.kind != "condition" for token in section)]
    if not plain:
        return [_Token("unknown", "")], number
    if len(plain) < len(numeric):
        return plain[0], number
    if number < 0 and len(plain) > 1:
        return plain[1], -number
    return (plain[2] if number == 0 and len(plain) > 2 else plain[0]), number  # noqa: PLR2004 - the third is for zero


def _holds(number: Decimal, condition: str) -> bool:
    found = _CONDITION.fullmatch(condition)
    sign, bound = (found[1], Decimal(found[2])) if found else ("=", number)
    return {
        "<": number < bound,
        "<=": number <= bound,
        ">": number > bound,
        ">=": number >= bound,
        "=": number == bound,
        "<>": number != bound,
    }[sign]


# Numbers


def _number_shown(number: Decimal, section: Sequence[_Token]) -> str | None:
    """The digits in the places that the section keeps for them, the leftmost place taking all that are left."""
    if any(token.kind == "power" for token in section):
        return _with_power(number, section)
    places = [at for at, token in enumerate(section) if token.kind == "digit"]
    if not places:
        return "".join(token.text for token in section if token.kind in {"text", "mark"}).strip()
    if any(token == _Token("text", "/") for token in section[places[0] : places[-1]]):
        return None
    point = next(
        (at for at, token in enumerate(section) if token == ("mark", ".") and at > places[0] - 2), len(section)
    )
    whole, decimals = [at for at in places if at < point], [at for at in places if at > point]
    for token in section:
        number = number * 100 if token == ("mark", "%") else number
    commas = [at for at, token in enumerate(section) if token == ("mark", ",")]
    last_whole = (whole or [-1])[-1]
    number = number.scaleb(-3 * sum(last_whole < at < point or at > places[-1] for at in commas))
    rounded = abs(number).quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    written, _, fraction = format(rounded, "f").partition(".")
    filled = _fill_whole(written.lstrip("0"), section, whole, thousands=any(at < last_whole for at in commas))
    filled |= _fill_decimals(fraction, section, decimals)
    text = "".join(
        filled.get(at, token.text) for at, token in enumerate(section) if _is_seen(at, token, filled, fraction)
    )
    return ("-" if number < 0 and rounded else "") + text.strip()


def _is_seen(at: int, token: _Token, filled: Mapping[int, str], fraction: str) -> bool:
    if token == ("mark", ".") and fraction:
        return True
    return at in filled or token.kind == "text" or token == ("mark", "%")


def _fill_whole(digits: str, section: Sequence[_Token], places: Sequence[int], *, thousands: bool) -> dict[int, str]:
    filled, taken = dict[int, str](), 0
    for at in reversed(places):
        is_leftmost = at == places[0]
        take = len(digits) if is_leftmost else min(1, len(digits))
        text = digits[len(digits) - take :] or ("0" if section[at].text == "0" else "")
        digits = digits[: len(digits) - take]
        filled[at] = _grouped(text, taken) if thousands else text
        taken += len(text)
    return filled


def _grouped(text: str, taken: int) -> str:
    """Digits with a comma before each third one, counted from the end; `taken` digits stand behind them already."""
    out = ""
    for digit in reversed(text):
        out = digit + ("," if taken and taken % 3 == 0 else "") + out
        taken += 1
    return out


def _fill_decimals(fraction: str, section: Sequence[_Token], places: Sequence[int]) -> dict[int, str]:
    needed = max((number for number, at in enumerate(places, 1) if section[at].text == "0"), default=0)
    kept = fraction[:needed] + fraction[needed:].rstrip("0")
    return {at: kept[number : number + 1] for number, at in enumerate(places)}


def _with_power(number: Decimal, section: Sequence[_Token]) -> str:
    power = next(at for at, token in enumerate(section) if token.kind == "power")
    point = next((at for at, token in enumerate(section) if token == ("mark", ".")), power)
    decimals = sum(token.kind == "digit" for token in section[point:power])
    digits = sum(token.kind == "digit" for token in section[power:])
    mantissa, _, exponent = f"{number:.{decimals}E}".partition("E")
    sign = "-" if exponent.startswith("-") else "+" if section[power].text.endswith("+") else ""
    return f"{mantissa}E{sign}{exponent.lstrip('+-').zfill(digits)}"


# Days and times


def _date_shown(number: Decimal, section: Sequence[_Token], *, since_1904: bool) -> str | None:
    moment = instant(number, since_1904=since_1904)
    if moment is None:
        return None
    has_noon = any(token.kind == "noon" for token in section)
    return "".join(
        _part_shown(at, token, section, moment, number, has_noon=has_noon) for at, token in enumerate(section)
    ).strip()


def _part_shown(
    at: int, token: _Token, section: Sequence[_Token], moment: datetime, number: Decimal, *, has_noon: bool
) -> str:
    said = token.text.lower()
    match token.kind:
        case "noon":
            shown_part = token.text.partition("/")[0 if moment.hour < 12 else 2]  # noqa: PLR2004 - noon
        case "elapsed":
            shown_part = _elapsed(said, number)
        case "date" if said in {"m", "mm"} and _are_minutes(at, section):
            shown_part = _padded(moment.minute, said)
        case "date" if said[0] == "h":
            shown_part = _padded((moment.hour - 1) % 12 + 1 if has_noon else moment.hour, said)
        case "date":
            shown_part = _date_part(said, moment)
        case "digit":  # a part of a second
            shown_part = "0"
        case _:
            shown_part = token.text.replace("@", "")
    return shown_part


def _date_part(said: str, moment: datetime) -> str:
    weekday = moment.weekday()
    parts = {
        "y": f"{moment.year % 100:02}",
        "yy": f"{moment.year % 100:02}",
        "m": f"{moment.month}",
        "mm": f"{moment.month:02}",
        "mmm": _MONTHS[moment.month - 1][:3],
        "mmmm": _MONTHS[moment.month - 1],
        "d": f"{moment.day}",
        "dd": f"{moment.day:02}",
        "ddd": _WEEKDAYS[weekday][:3],
        "dddd": _WEEKDAYS[weekday],
        "aaa": f"周{_DAY_LETTERS[weekday]}",
        "aaaa": f"星期{_DAY_LETTERS[weekday]}",
        "s": f"{moment.second}",
        "ss": f"{moment.second:02}",
    }
    return parts.get(said, f"{moment.year}")


def _padded(number: int, said: str) -> str:
    return f"{number:02}" if len(said) > 1 else f"{number}"


def _elapsed(said: str, number: Decimal) -> str:
    seconds = int((number * _SECONDS_A_DAY).to_integral_value(ROUND_HALF_UP))
    whole = {"h": seconds // 3600, "m": seconds // 60, "s": seconds}[said[0]]
    return str(whole).zfill(len(said))


def _are_minutes(at: int, section: Sequence[_Token]) -> bool:
    """Whether an m is minutes: right after the hours, or right before the seconds."""
    parts = [(place, token.text[0].lower()) for place, token in enumerate(section) if token.kind in {"date", "elapsed"}]
    here = next(number for number, (place, _) in enumerate(parts) if place == at)
    before = parts[here - 1][1] if here else ""
    after = parts[here + 1][1] if here + 1 < len(parts) else ""
    return before == "h" or after == "s"
