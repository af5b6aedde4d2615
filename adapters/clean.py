"""The one place where text from outside is made safe to store, compare and show.

Unseen characters go (NUL and other controls, zero-width, bidirectional overrides, lone surrogates); what people can
see stays exactly as it was written. Nothing is escaped here: pages do that when they show it.
"""

from __future__ import annotations

import re

TEXT_LIMIT_CHARACTERS = 20_000
LINE_LIMIT_CHARACTERS = 200

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# The joiner is unseen too, but between the parts of one emoji (a family, a rainbow flag) it is what makes it one.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff0-\ufffc\ufffe\uffff\U000e0000-\U000e0fff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]|(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"
)


def clean_text(value: str, *, limit_characters: int = TEXT_LIMIT_CHARACTERS) -> str:
    """Return what a person would see of it, line breaks kept as newlines, cut at the limit."""
    if value.isprintable():
        return value[:limit_characters]
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", value))[:limit_characters]


def clean_line(value: str, *, limit_characters: int = LINE_LIMIT_CHARACTERS) -> str:
    """Return the same on a single line without outer blanks: for names, titles and reasons."""
    if not value.isprintable():
        value = _UNSEEN.sub("", _LINE_ENDS.sub("\n", value))
    return " ".join(value.split())[:limit_characters]


def shortened(text: str, characters: int) -> str:
    """At most so many characters of it, the last of which shows that there were more."""
    return text if len(text) <= characters else f"{text[: characters - 1]}…"


def is_clean_id(value: str, *, limit_characters: int = LINE_LIMIT_CHARACTERS) -> bool:
    """Whether two of these can be told apart by looking at them: 1 to 200 characters, none of them unseen.

    An id is never repaired: two different ids could become one, and one message would be taken for the other.
    """
    return 0 < len(value) <= limit_characters and value.isprintable() and "\ufffd" not in value
