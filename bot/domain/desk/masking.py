"""Hide what is private in words from those who may not read it: phone numbers, order numbers, addresses.

What looks like one stands in `knowledge/phrases/zh/private.toml`. Of a place, the town stays: postage hangs on it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = 4
HIDDEN = "•" * 4
NUMBER_LENGTH = 7
_NUMBERS = tuple(Phrase("private", name) for name in ("mobile_number", "long_number", "number_in_words"))
_ADDRESSES = tuple(Phrase("private", name) for name in ("street_and_number", "house"))
_WAYS_TO_REACH = tuple(Phrase("private", name) for name in ("address_in_english", "messenger"))
_MAIL = Phrase("private", "mail_address")


def masked(text: str) -> str:
    """The words without addresses and ways to reach somebody; of long numbers the end stays, of mail the beginning."""
    for phrase in _ADDRESSES:
        text = _without(text, _spans(text, phrase))
    for phrase in _WAYS_TO_REACH:
        text = phrase.pattern.sub(HIDDEN, text)
    text = _MAIL.pattern.sub(lambda found: f"{found[0][0]}{HIDDEN}@", text)
    for phrase in _NUMBERS:
        text = phrase.pattern.sub(_end_of, text)
    return text


def masked_id(platform_id: str) -> str:
    """A platform's id of a buyer, which may be how to call them: of a long one the end stays."""
    return HIDDEN + (platform_id[-SHOWN:] if len(platform_id) >= NUMBER_LENGTH else "")


def _end_of(found: re.Match[str]) -> str:
    """Its last digits tell numbers apart; those in words are not told."""
    digits = re.sub(r"\D", "", found[0])
    return HIDDEN + (digits[-SHOWN:] if len(digits) >= NUMBER_LENGTH else "")


def _spans(text: str, phrase: Phrase) -> Iterator[tuple[int, int]]:
    """Where it stands, however many spaces are typed in between."""
    places = [place for place, sign in enumerate(text) if not sign.isspace()]
    for found in phrase.pattern.finditer("".join(text[place] for place in places)):
        yield places[found.start()], places[found.end() - 1] + 1


def _without(text: str, spans: Iterator[tuple[int, int]]) -> str:
    parts, upto = [], 0
    for start, end in spans:
        parts += [text[upto:start], HIDDEN]
        upto = end
    return "".join([*parts, text[upto:]])
