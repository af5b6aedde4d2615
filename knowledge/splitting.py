"""One message → the questions in it. Cuts where people cut: at marks and numbers, line breaks, spaces, "还有"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from knowledge.text import without_list_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_PARTS = 10
SHORTEST_PART_CHARACTERS = 2

_HAN = r"[\u4e00-\u9fff]"
_BREAKS = re.compile(
    r"[?？!！。;；\n\r]+|[,，、]+|"
    rf"(?<={_HAN})\s+(?={_HAN})|"
    r"(?:还有就是|还有一个问题|还有个问题|还想问一?下|再问一?下|顺便问一?下|另外问一?下|另外|以及|顺便|再就是)|"
    r"还有(?=什么时候)|还有(?!没有|没|货|吗|么|多少|不|几|的|现货|库存|什么|人)|"
    rf"(?<=(?<![干这那怎])[吗嘛])(?=\s*{_HAN}{{2}})"
)


_JOINED = r"(?:\s|和|跟|与|或者?|还有|以及|[、，,])*"
_AS_ONE = re.compile(
    r"一起|一块|一共|总共|加起来|合[计并单在]|拼单|凑单?|搭配|区别|不同|对比|比较?|哪[个款种件]|还是|怎么选"
)
"""What is asked of two things together, or of one beside the other."""


def one_for_each(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """The question for each of these names, where the text asks it of all: "毛衣和杯子多少钱". Else the text alone."""
    if len(names) > 1 and not _AS_ONE.search(text):
        name = "|".join(re.escape(each) for each in names)
        row = re.search(rf"(?:{name})(?:{_JOINED}(?:{name}))+", text, re.IGNORECASE)
        if row:
            return tuple(text.replace(row[0], each, 1) for each in re.findall(name, row[0], re.IGNORECASE))
    return (text,)


def split(text: str) -> tuple[str, ...]:
    """The parts of a message that could each be a question, in order; the whole message when there is only one.

    Cheap and generous: whether a part is a question is for the matcher to say, and a part that is none does no harm.
    """
    parts = [part.strip() for part in _BREAKS.split(without_list_numbers(text))]
    parts = [part for part in parts if len(part) >= SHORTEST_PART_CHARACTERS]
    return tuple(dict.fromkeys(parts))[:MOST_PARTS] if len(parts) > 1 else (text,)
