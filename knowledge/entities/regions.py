"""Where a buyer lives, read from what they type: places → the province whose postage and delivery days hold.

The names are in `regions.toml`. A place that only looks like one (新疆棉, 北京路, "开封了还能退吗") is none, and of
"从上海发到新疆" only 新疆 counts, since parcels go to a place, not from it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, get_args

from knowledge.manual.entry import RegionGroup
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

REGION_GROUPS: frozenset[str] = frozenset(get_args(RegionGroup))

# What turns a place into a street or into where goods come from. "北京路上" is a buyer counting days, not a street.
_NOT_BEFORE = Phrase("place", "not_before")
_NOT_AFTER = Phrase("place", "not_after")
_SENT_TO = Phrase("place", "sent_to")
_TOWARDS = Phrase("place", "towards")
_FROM_HERE_TO = Phrase("place", "from_here_to")
_LEVEL = Phrase("place", "level")
_LATIN = re.compile(r"[a-z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a text: its province (or 国外, 港澳台), the city when one was named, and where it stands."""

    region: str
    city: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    region: str | None
    city: str | None = None
    careful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gazetteer:
    names: Mapping[str, _Name]
    lengths: Mapping[str, tuple[int, ...]]
    """First character → the lengths of the names that start with it, longest first."""
    starts: re.Pattern[str]
    """Any of these first characters."""
    provinces: tuple[str, ...]
    elsewhere: tuple[str, ...]
    overseas: frozenset[str]
    spoken_of_as: Mapping[str, tuple[str, ...]]
    """A province, `inland` or `overseas` → the words for places that it is one of."""


@cache
def _gazetteer() -> _Gazetteer:
    book = tomllib.loads(files("knowledge").joinpath("data", "regions.toml").read_text("utf-8"))
    names: dict[str, _Name] = {word: _Name(region=None) for word in book["not_places"]}
    for row in book["province"] + book["elsewhere"]:
        region = row["name"]
        names |= {name: _Name(region=region) for name in (region, row.get("full", region), *row["also"])}
        names |= {city: _Name(region=region, city=city) for city in row.get("cities", ())}
        names |= {city: _Name(region=region, city=city, careful=True) for city in row.get("careful", ())}
    elsewhere = tuple(row["name"] for row in book["elsewhere"])
    abroad = (row["name"] for row in book["province"] if row.get("overseas", False))
    lengths = _lengths_by_first_character(names)
    return _Gazetteer(
        names=names,
        lengths=lengths,
        starts=re.compile(f"[{re.escape(''.join(sorted(lengths)))}]"),
        provinces=tuple(row["name"] for row in book["province"]),
        elsewhere=elsewhere,
        overseas=frozenset((*abroad, *elsewhere)),
        spoken_of_as=_spoken_of_as(book["spoken_of_as"]),
    )


def _spoken_of_as(table: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    found = {kind: tuple(table[kind]) for kind in ("inland", "overseas")}
    for word, together in table["together"].items():
        found |= {region: (*found.get(region, ()), word) for region in together}
    return found


def _lengths_by_first_character(names: Mapping[str, _Name]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for name in names:
        lengths.setdefault(name[0], set()).add(len(name))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


def provinces() -> tuple[str, ...]:
    """The 34 provincial-level divisions by their short names ("新疆"), in the official order."""
    return _gazetteer().provinces


def region_names() -> frozenset[str]:
    """Every name `region_in` can return: the provinces, 港澳台 and 国外."""
    gazetteer = _gazetteer()
    return frozenset((*gazetteer.provinces, *gazetteer.elsewhere))


def is_place(word: str) -> bool:
    """Whether a word is the name of a place that buyers live in, in Chinese."""
    name = _gazetteer().names.get(word)
    return name is not None and name.region is not None


def region_in(text: str) -> str | None:
    """The canonical province that a text names ("喀什" → "新疆"), 国外 or 港澳台 for abroad, None when it names none.

    The earliest place wins, and at one position the longest name. `text` is as typed or folded; simplified Chinese.
    """
    place = place_in(text)
    return None if place is None else place.region


def place_in(text: str) -> Place | None:
    """Like `region_in`, with the city and the position in `text.lower()`."""
    lowered = text.lower()
    chosen: Place | None = None
    for place in _places(lowered):
        if chosen is not None and not _says_more(lowered, chosen, place):
            break
        chosen = place
    return chosen


def is_overseas(region: str) -> bool:
    """Whether a region that `region_in` returns lies outside the mainland's customs line."""
    return region in _gazetteer().overseas


def speaks_of_region(text: str, region: str) -> bool:
    """Whether an answer says something of a province: by a name of it, or as one of those that it speaks of."""
    gazetteer = _gazetteer()
    names = (name for name, each in gazetteer.names.items() if each.region == region and each.city is None)
    if any(name in text for name in names):
        return True
    rest = re.sub("|".join(gazetteer.provinces), " ", text)  # 海外 does not stand in 青海外
    kind = "overseas" if is_overseas(region) else "inland"
    return any(word in rest for word in (*gazetteer.spoken_of_as[kind], *gazetteer.spoken_of_as.get(region, ())))


def group_of(province: str, *, remote: Sequence[str], ships_from: str) -> RegionGroup:
    """Which delivery days and postage hold for a province: the shop's facts decide what is near and what is remote.

    `remote` are the members of the remote-regions fact, `ships_from` the shop's city or province, as staff wrote them.
    Of a province that nobody knows, "ordinary" is said unless the shop lists it as remote.
    """
    return _group_of(province, tuple(remote), ships_from)


@lru_cache(maxsize=1024)  # the same few provinces are asked about all day
def _group_of(province: str, remote: tuple[str, ...], ships_from: str) -> RegionGroup:
    gazetteer = _gazetteer()
    region = region_in(province) or province
    if region == region_in(ships_from) and region in gazetteer.provinces:
        return "same_province"
    if region in gazetteer.overseas:
        return "overseas"
    return "remote" if region in {region_in(name) or name for name in remote} else "ordinary"


def _says_more(text: str, first: Place, second: Place) -> bool:
    """Whether the second place counts: the first one's city ("江苏南京"), or where the parcel goes ("上海到新疆")."""
    between = text[first.end : second.start].strip(" ,，、。")
    if first.region == second.region:
        return between in {"", "省", "市", "自治区"} and first.city is None and second.city is not None
    if _FROM_HERE_TO.pattern.fullmatch(between):
        return True
    return bool(_SENT_TO.pattern.search(between)) and not _TOWARDS.pattern.search(text, 0, first.start)


def _places(text: str) -> Iterator[Place]:
    gazetteer, at, before = _gazetteer(), 0, None
    while start := gazetteer.starts.search(text, at):
        at = start.start()
        found = _name_at(text, at, gazetteer)
        if found is None:
            at += 1
            continue
        place = _judged(text, at, found, before)
        if place is None:
            at += len(found) if gazetteer.names[found].region is None else 1
            continue
        yield place
        at, before = place.end, place


def _name_at(text: str, at: int, gazetteer: _Gazetteer) -> str | None:
    for length in gazetteer.lengths[text[at]]:
        name = text[at : at + length]
        if name in gazetteer.names:
            return name
    return None


def _judged(text: str, at: int, found: str, before: Place | None) -> Place | None:
    """The place that a name stands for here, or None when it is a word, a street or where goods come from."""
    name, end = _gazetteer().names[found], at + len(found)
    if (
        name.region is None
        or _NOT_BEFORE.pattern.match(text, end)
        or _NOT_AFTER.pattern.search(text, max(0, at - 4), at)
    ):
        return None
    if _LATIN.match(found) and (_LATIN.match(text[at - 1 : at]) or _LATIN.match(text, end)):
        return None
    behind_its_province = before is not None and before.region == name.region and before.end == at
    if name.careful and not (
        behind_its_province or _LEVEL.pattern.match(text, end) or _TOWARDS.pattern.search(text, max(0, at - 4), at)
    ):
        return None
    return Place(region=name.region, city=name.city, start=at, end=end)
