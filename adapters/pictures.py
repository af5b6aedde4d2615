"""Pictures of buyers: how large they may be, their kind by their first bytes, and fetching one that lies open."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from yarl import URL

from adapters.contract import Media, NoMedia, Refused, TryLater, Unknown
from adapters.http import Answer, call, find_url_problem

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.contract import CallFault, Wire

PICTURE_LIMIT_BYTES = 10 * 1024 * 1024
MOST_REDIRECTS = 3
PATIENCE_SECONDS = 10.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})
GONE = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""What keepers of files say to an address that is no more, or has lapsed."""

_KINDS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


def picture_in(answer: Answer | TryLater | Refused | Unknown) -> Media | NoMedia | CallFault:
    """The picture that was fetched, if it is one that a browser shows and that holds no script."""
    if not isinstance(answer, Answer):
        return answer
    if answer.status in GONE:
        return NoMedia("gone")
    if answer.status != HTTPStatus.OK:
        return TryLater(f"it was answered {answer.status}", fault="bad_status")
    if answer.cut == "broken_off":
        return Unknown("it broke off in the middle of the picture", fault="broken_off")
    return NoMedia("too_large") if answer.cut == "too_long" else _as_picture(answer.body)


def _as_picture(body: bytes) -> Media | NoMedia:
    kind = next((kind for start, kind in _KINDS.items() if body.startswith(start)), None)
    if kind is None and body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        kind = "image/webp"
    return NoMedia("no_picture") if kind is None else Media(body=body, content_type=kind)


def not_handed_in(fault: CallFault) -> CallFault:
    """What becomes of a reply whose picture was not taken: the buyer has seen nothing, so it may be tried again."""
    return TryLater(f"the picture: {fault.reason}", fault=fault.fault) if isinstance(fault, Unknown) else fault


async def read_address(address: str, *, wire: Wire, home: URL | None, now: datetime) -> Media | NoMedia | CallFault:
    """Fetch a picture from where it lies. Inside a private network it is fetched from `home` alone.

    Whoever keeps files sends us on, often: every step is looked at like the first.
    """
    url = URL(address)
    for _ in range(1 + MOST_REDIRECTS):
        allow_private = home is not None and url.origin() == home.origin()
        problem = find_url_problem(str(url), allow_private=allow_private, switch="the channel's own switch")
        if problem is not None:
            return Refused(f"the picture's address {problem}", fault="bad_address")
        answer = await call(
            "GET",
            session=wire.session,
            url=url,
            body=None,
            headers={},
            timeout_seconds=PATIENCE_SECONDS,
            allow_private=allow_private,
            now=now,
            limit_bytes=PICTURE_LIMIT_BYTES,
        )
        if not isinstance(answer, Answer) or answer.status not in REDIRECTS:
            return picture_in(answer)
        url = _next(url, answer.location)
    return Refused("the picture's address leads from one place to the next without end", fault="bad_address")


def _next(url: URL, location: str) -> URL:
    """Where a redirect leads; what cannot be read leads nowhere, which is refused there."""
    try:
        return url.join(URL(location))
    except ValueError:
        return URL("nowhere:")
