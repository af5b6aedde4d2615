"""Addresses from which a platform fetches one picture, for a while: the name of the picture, and a signed moment."""

from __future__ import annotations

import base64
import hmac
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from adapters.contract import PictureAddresses

if TYPE_CHECKING:
    from datetime import timedelta

PATH = "/pictures"
PREVIEW = "preview"
NAME = re.compile(r"[\w-]{24}", re.ASCII)
"""How pictures that are kept here are called."""
_UNTIL = re.compile(r"[1-9]\d{0,10}", re.ASCII)


def addresses(base: str, name: str, *, key: bytes, since: datetime, within: timedelta) -> PictureAddresses:
    """Where a picture is fetched from below this address of ours. The same for every attempt to send it."""
    whole = f"{base}{PATH}/{name}/{_ticket(key, name, str(int((since + within).timestamp())))}"
    return PictureAddresses(whole=whole, preview=f"{whole}/{PREVIEW}")


def opens(ticket: str, name: str, *, key: bytes, now: datetime) -> bool:
    """Whether this ticket was made here for this picture, and has not lapsed."""
    until = ticket.partition(".")[0]
    if not ticket.isascii() or not _UNTIL.fullmatch(until):
        return False
    return hmac.compare_digest(ticket, _ticket(key, name, until)) and now < datetime.fromtimestamp(int(until), UTC)


def _ticket(key: bytes, name: str, until: str) -> str:
    signed = hmac.digest(key, f"{name}\n{until}".encode(), "sha256")
    return f"{until}.{base64.urlsafe_b64encode(signed).decode().rstrip('=')}"
