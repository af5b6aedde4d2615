"""Where a request comes from: this machine, our own page, the shop's own proxy, or anybody. Shared by all that ask."""

from __future__ import annotations

import hmac
import ipaddress
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import HttpVersion11, web
from yarl import URL

from bot.web.shared.connections import PICTURES_PACE, Connection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

log = logging.getLogger(__name__)

LARGEST_BODY_BYTES = 256 * 1024
LARGEST_PICTURE_BYTES = 10 * 1024 * 1024
TRY_COOKIE = "xiaoer_try"
ONE_CUSTOMERS_BITS = 64
"""Whoever has an IPv6 address has all addresses that share this many leading bits."""
_SIGNS_OF_A_PROXY = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What the owner has decided about who may come in.

    An empty `try_token` or `metrics_token` opens nothing. `public_url` is where buyers reach us, "" when nobody said.
    """

    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    public_url: str = ""
    public_try_out: bool = False
    listens_here_only: bool = True
    try_token: str = ""
    metrics_token: str = ""
    _told: set[str] = field(default_factory=set)

    @property
    def path(self) -> str:
        """What stands before our own paths at the public address, without a slash at its end: "/kefu", or ""."""
        return URL(self.public_url).raw_path.rstrip("/") if self.public_url else ""

    def base_of(self, request: web.Request) -> str:
        """What stands before our paths in a link for somebody else, without a slash at its end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        return f"{'https' if self.is_https(request) else 'http'}://{request.host}"

    def address_of(self, request: web.Request) -> str:
        """Return the address to count by; what a whole IPv6 customer has counts as one.

        `X-Forwarded-For` is believed as far as proxies of ours wrote it, so it is read from the right; all its header
        lines count as one.
        """
        address = _address(request.remote or "")
        if address is None:
            return ""
        said = list(_said_by_proxies(request))
        if said and not self._is_trusted(address):
            self._tell_of_proxy(address)
        while said and self._is_trusted(address) and (before := _address(said.pop())) is not None:
            address = before
        return _customer(address)

    def is_https(self, request: web.Request) -> bool:
        """Say whether the browser speaks TLS to whoever stands before us."""
        if self.public_url.startswith("https:"):
            return True
        address, said = _address(request.remote or ""), ",".join(request.headers.getall("X-Forwarded-Proto", []))
        return address is not None and self._is_trusted(address) and said.rpartition(",")[2].strip() == "https"

    def may_try_out(self, request: web.Request) -> bool:
        """Say whether this browser may see the reasons: it has the link of this start, and is on this machine.

        The link is needed in any case: a proxy on this machine that says nothing of itself makes all look at home.
        """
        has_link = self.is_try_token(request.cookies.get(TRY_COOKIE, ""))
        return has_link and (self.public_try_out or is_this_machine(request))

    def is_try_token(self, given: str) -> bool:
        return self.try_token != "" and hmac.compare_digest(given.encode(), self.try_token.encode())

    def may_see_figures(self, request: web.Request) -> bool:
        """Say whether this supervisor may read figures and details: by the token, or on this machine without one."""
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.metrics_token:
            return hmac.compare_digest(given.strip().encode(), self.metrics_token.encode())
        return self.metrics_token == "" and self.listens_here_only and is_this_machine(request)

    def _is_trusted(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self.trusted_proxies)

    def _tell_of_proxy(self, address: IPv4Address | IPv6Address) -> None:
        """Say once that all visitors behind a proxy that is not named count as one: an owner would wonder."""
        if address.is_loopback and not self._told:
            self._told.add(str(address))
            log.warning(
                "a proxy on this machine passes buyers on and is not trusted, so all count as one address: "
                'set trusted_proxies = ["127.0.0.1", "::1"] under [server] once it sets X-Forwarded-For itself'
            )


def is_this_machine(request: web.Request) -> bool:
    """Say whether the browser runs on this machine and means it.

    The peer must be loopback; so must the name it asked for, or another site's page could point its own name here
    (DNS rebinding); and no proxy may stand between, since to us all its visitors would look like this machine.
    HTTP/1.0 is what some proxies speak when they say nothing else about themselves.
    """
    proxied = request.version < HttpVersion11 or any(name in request.headers for name in _SIGNS_OF_A_PROXY)
    return is_loopback(request.remote) and is_loopback(_host_of(request.host)) and not proxied


def is_loopback(host: str | None) -> bool:
    """Say whether a name or an address can only be reached from this machine."""
    address = _address(host or "")
    return host == "localhost" if address is None else address.is_loopback


def is_our_page(request: web.Request) -> bool:
    """Say whether a POST comes from a page of ours (or from no browser at all), not from another site's page."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.host


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


async def read_picture_body(request: web.Request, refusal: Mapping[str, str]) -> bytes:
    """Return the picture that our own page hands in. Raises 403, 413 or 415; `refusal` are the headers of these."""
    if not is_our_page(request):
        raise web.HTTPForbidden(text="only the shop's own pages may hand in pictures", headers=refusal)
    if not request.content_type.startswith("image/") or "Content-Encoding" in request.headers:
        raise web.HTTPUnsupportedMediaType(text="send a picture as it is", headers=refusal)
    if isinstance(request.protocol, Connection):
        request.protocol.pace = PICTURES_PACE
    body = bytearray()
    async for piece in request.content.iter_chunked(LARGEST_BODY_BYTES):  # not `read`: that stops where JSON should
        body += piece
        if len(body) > LARGEST_PICTURE_BYTES:
            raise web.HTTPRequestEntityTooLarge(
                max_size=LARGEST_PICTURE_BYTES, actual_size=len(body), text="at most 10 MB", headers=refusal
            )
    return bytes(body)


def _said_by_proxies(request: web.Request) -> Iterator[str]:
    for line in request.headers.getall("X-Forwarded-For", []):
        yield from line.split(",")


def _address(said: str) -> IPv4Address | IPv6Address | None:
    """Read an address as systems and proxies write it: "203.0.113.9:80", "[2001:db8::1]:80", "::ffff:203.0.113.9"."""
    text = said.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _customer(address: IPv4Address | IPv6Address) -> str:
    if address.version == 4:  # noqa: PLR2004 - of the protocol
        return str(address)
    return str(ipaddress.ip_network((int(address), ONE_CUSTOMERS_BITS), strict=False))


def _host_of(authority: str) -> str | None:
    try:
        return URL(f"http://{authority}").host
    except ValueError:
        return None
