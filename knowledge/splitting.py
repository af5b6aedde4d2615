"""One message → the questions in it. Cuts where people cut: at marks and numbers, line breaks, spaces, "还有"."""

from __future__ import annotations

import re

from knowledge.text import without_list_numbers

MOST_PARTS = 6
SHORTEST_PART_CHARACTERS = 2

_HAN = r"[\u4e00-\u9fff]"
_BREAKS = re.compile(
    r"[?？!！。;；\n\r]+|[,，、]+|"
    rf"(?<={_HAN})\s+(?={_HAN})|"
    r"(?:还有就是|还有一个问题|还有个问题|还想问一?下|再问一?下|顺便问一?下|另外问一?下|另外|以及|顺便|再就是)|"
    r"还有(?=什么时候)|还有(?!没有|没|货|吗|么|多少|不|几|的|现货|库存|什么|人)|"
    rf"(?<=(?<![干这那怎])[吗嘛])(?=\s*{_HAN}{{2}})"
)


def split(text: str) -> tuple[str, ...]:
    """The parts of a message that could each be a question, in order; the whole message when there is only one.

    Cheap and generous: whether a part is a question is for the matcher to say, and a part that is none does no harm.
    """
    parts = [part.strip() for part in _BREAKS.split(without_list_numbers(text))]
    parts = [part for part in parts if len(part) >= SHORTEST_PART_CHARACTERS]
    return tuple(parts[:MOST_PARTS]) if len(parts) > 1 else (text,)
