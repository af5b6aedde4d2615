"""Buyers' text made comparable: width, script, case, emoji, greetings and particles."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC

from knowledge.phrases.phrase import Phrase

_POLITE = 60
"""Greetings and particles are looked for in so many characters at either end; spam may repeat them a thousand times."""
LONGEST = 2000
"""Characters of a message that are looked at; the rest is cut off before anything else happens."""

_SPACES = re.compile(r"\s+")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ud800-\udfff\U000e0000-\U000e0fff]"
)
_STICKER = re.compile(r"\[[^\[\]\s\d][^\[\]\s]{0,7}\]|/:[^\s\u4e00-\u9fff]{1,5}|#E-s\d+")
_LIST_NUMBER = re.compile(
    r"(?<![\d.])(?:[①-⑨]|[(（]?[1-9１-９](?:[)）、]|[.．](?!\d))|[一二三四五六七八九]、)\s*(?=[^\W\d])"
)
_NOT_SAID = re.compile(r"(?<=\d)[.:](?=\d)|(?<=\d)%|([^\w]|_)+")
_NEEDLESS_SPACE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")

_OPENING = Phrase("greeting", "opening")
_CLOSING = Phrase("greeting", "closing")


def without_list_numbers(text: str) -> str:
    """The text with a line for each point of a list: "1.包邮吗 2.几天到" counts questions, not things. Pure.

    A list counts from one, at the beginning of the text or of a sentence.
    """
    points = 0

    def line_break(found: re.Match[str]) -> str:
        nonlocal points
        number = next(int(unicodedata.numeric(letter)) for letter in found[0] if letter.isnumeric())
        if number != points + 1 or (number == 1 and text[: found.start()][-1:].isalnum()):
            return found[0]
        points = number
        return "\n"

    return _LIST_NUMBER.sub(line_break, text)


def fold(text: str) -> str:
    """Comparable form of a message: equal folds mean the same words were typed. Pure; never raises.

    Width, case, script (traditional becomes simplified), HTML entities, invisible characters, emoji, sticker codes,
    list numbers and punctuation no longer matter. Greetings and particles around the question go, unless nothing else
    was said ("在吗").
    """
    return _fold(text[:LONGEST])


def same_letters(text: str) -> str:
    """The text with every letter in its usual form: width, case and script no longer matter, and all words stay."""
    return _simplified(unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).lower())


@lru_cache(maxsize=16_384)
def _fold(text: str) -> str:
    if "&" in text:
        text = html.unescape(text)
    text = without_list_numbers(text)
    text = _SPACES.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFKC", _UNSEEN.sub("", text))))
    text = _STICKER.sub(" ", text).lower()
    text = _NOT_SAID.sub(lambda found: " " if found[1] else found[0], text).strip()
    text = _simplified(text)
    text = _NEEDLESS_SPACE.sub("", _OPENING.without(text[:_POLITE]) + text[_POLITE:])
    return text[:-_POLITE] + _CLOSING.without(text[-_POLITE:])


def _simplified(text: str) -> str:
    if not _HAN.search(text):
        return text
    converted: str = _converter().convert(text)
    return converted


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")
