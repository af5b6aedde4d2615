"""How a buyer of the shop's own site can be reached when they have left: a phone number or a mail address."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from adapters.clean import clean_line

Kind = Literal["phone", "email"]
LONGEST = 254
FEWEST_DIGITS, MOST_DIGITS = 7, 15
_PHONE = re.compile(r"\+?[\d \-()./]+", re.ASCII)
_MAIL = re.compile(r"[^@\s,;<>\"']{1,64}@[^@\s.,;<>\"']+(?:\.[^@\s.,;<>\"']+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """As the buyer wrote it, with blanks and wide letters put right."""

    kind: Kind
    value: str


def read_contact(text: str) -> Contact | None:
    """What the buyer left, gently looked at: something one can ring, or write to. None where it is neither."""
    line = clean_line(unicodedata.normalize("NFKC", text), limit_characters=LONGEST + 1)
    if len(line) > LONGEST:
        return None
    if _MAIL.fullmatch(line):
        return Contact(kind="email", value=line)
    digits = sum(character.isdigit() for character in line)
    if _PHONE.fullmatch(line) and FEWEST_DIGITS <= digits <= MOST_DIGITS:
        return Contact(kind="phone", value=line)
    return None
