"""A text that is too long for one bubble of a platform, cut into parts: after a sentence where there is one."""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from adapters.contract import TextLimit

_JOINER = "\u200d"
_SKINS = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)
_ENDS = (  # and how much of the part has to stand before one
    (re.compile(r"\n\s*\n"), 0.5),  # a paragraph
    (re.compile(r"\n|(?:[。！？!?；;…]|\.(?=\s))+[”’」』）)\"']*"), 0.0),  # a line or a sentence
    (re.compile(r"[，、,：:]|\s"), 0.5),  # a clause or a word
)
_NEVER_FIRST = frozenset("。！？!?；;…”’」』）)，、,")
_SIZES: Mapping[str, Callable[[str], int]] = {
    "characters": lambda _: 1,
    "utf-16": lambda letter: 2 if ord(letter) > 0xFFFF else 1,  # noqa: PLR2004 - the last that UTF-16 writes as one
    "bytes": lambda letter: len(letter.encode()),
}


def cut(text: str, limit: TextLimit | None) -> tuple[str, ...]:
    """The text in parts that the platform takes, in order; no part ends inside what people see as one character."""
    return (text,) if limit is None else tuple(_parts(text, limit))


def _parts(text: str, limit: TextLimit) -> Iterator[str]:
    size = _SIZES[limit.unit]
    while text:
        room = sum(upto <= limit.at_most for upto in accumulate(map(size, text)))
        end = len(text) if room == len(text) else _end(text, max(1, room))
        if part := text[:end].strip("\n "):
            yield part
        text = text[end:]


def _end(text: str, room: int) -> int:
    """Where the first part ends: after the last paragraph, sentence or word that fits."""
    for pattern, share in _ENDS:
        ends = (found.end() for found in pattern.finditer(text, 0, room) if text[found.end()] not in _NEVER_FIRST)
        end = max(ends, default=0)
        if end > room * share:
            return end
    return next((place for place in range(room, 0, -1) if _may_cut(text, place)), room)


def _may_cut(text: str, place: int) -> bool:
    """Whether what stands before and after this place is not one character to a reader."""
    before, after = text[place - 1], text[place]
    joined = _JOINER in (before, after) or ord(after) in _SKINS or ord(after) in _TAGS
    return not (joined or unicodedata.category(after).startswith("M") or _inside_flag(text, place))


def _inside_flag(text: str, place: int) -> bool:
    """Flags are pairs of letters of their own: whether an odd number of them stands right before."""
    if ord(text[place]) not in _FLAG_LETTERS:
        return False
    letters = next((n for n in range(place) if ord(text[place - 1 - n]) not in _FLAG_LETTERS), place)
    return letters % 2 == 1
