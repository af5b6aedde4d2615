"""Who stands at the door: this very machine, our own page, or anybody. Shared by the pages that ask."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from aiohttp import HttpVersion11, web
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_BODY_BYTES = 256 * 1024
_SIGNS_OF_A_PROXY = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


def is_this_machine(request: web.Request) -> bool:
    """Say whether the browser runs on this machine and means it.

    The peer must be loopback; so must the name it asked for, or another site's page could point its own name here
    (DNS rebinding); and no proxy may stand between, since to us all its visitors would look like this machine.
    HTTP/1.0 is what some proxies speak when they say nothing else about themselves.
    """
    proxied = request.version < HttpVersion11 or any(name in request.headers for name in _SIGNS_OF_A_PROXY)
    return _is_loopback(request.remote) and _is_loopback(_host_of(request.host)) and not proxied


def is_our_page(request: web.Request) -> bool:
    """Say whether a POST comes from a page of ours (or from no browser at all), not from another site's page."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.host


def client_address(request: web.Request) -> str:
    """Return the address to count by: the peer's, or what a proxy on this machine says of it."""
    peer = request.remote or ""
    if _is_loopback(peer):
        return request.headers.get("X-Forwarded-For", peer).rpartition(",")[2].strip() or peer
    return peer


async def read_json_body(request: web.Request, refusal: Mapping[str, str]) -> bytes:
    """Return the body of a POST of our own page. Raises 403, 413 or 415; `refusal` are the headers of these."""
    if not is_our_page(request):
        raise web.HTTPForbidden(text="only the shop's own chat window may post here", headers=refusal)
    if request.content_type != "application/json" or "Content-Encoding" in request.headers:
        raise web.HTTPUnsupportedMediaType(text="send plain application/json", headers=refusal)
    body = await request.read()
    if len(body) > LARGEST_BODY_BYTES:
        raise web.HTTPRequestEntityTooLarge(
            max_size=LARGEST_BODY_BYTES, actual_size=len(body), text="at most 256 kB", headers=refusal
        )
    return body


def _host_of(authority: str) -> str | None:
    try:
        return URL(f"http://{authority}").host
    except ValueError:
        return None


def _is_loopback(host: str | None) -> bool:
    if host in {None, "", "localhost"}:
        return host == "localhost"
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False
