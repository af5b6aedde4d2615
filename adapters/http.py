"""Calls a platform over HTTP, once, and turns whatever becomes of it into words the bot can act on.

The session that `open_session` gives never follows into a private network: the address is looked at in the moment of
connecting, so a name that leads there, or is changed to lead there, does not help. Only a channel whose owner said so
may connect to one, and none to a link-local address.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from aiohttp import (
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    InvalidURL,
    TCPConnector,
)
from yarl import URL

from adapters.contract import Refused, TryLater, Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.contract import Fault

ANSWER_LIMIT_BYTES = 64 * 1024
LONGEST_RETRY_AFTER_SECONDS = 86_400.0
# Shorter than what usual servers grant (5 s and more): a connection they are just closing costs an unknown outcome.
KEEP_ALIVE_SECONDS = 4.0

_HOST_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{,61}[a-z0-9_])?)*")

_IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_IPV4_NOT_PUBLIC = ipaddress.IPv4Network("192.0.0.0/24")
_IPV6_PUBLIC = ipaddress.IPv6Network("2000::/3")
_IPV6_NOT_PUBLIC = tuple(
    ipaddress.IPv6Network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_IPV6_OF_IPV4 = tuple(ipaddress.IPv6Network(each) for each in ("::ffff:0:0/96", "64:ff9b::/96"))

_NEVER = tuple(
    ipaddress.ip_network(each)
    for each in (
        "169.254.0.0/16",
        "100.100.100.200/32",
        "100.96.0.96/32",
        "192.0.0.192/32",
        "fe80::/10",
        "fd00:ec2::254/128",
    )
)
"""Where clouds hand a machine its credentials; no shop has anything there."""

# aiohttp makes sockets far below `post`, and a session may be shared; the task carries the permission.
_private_allowed: ContextVar[bool] = ContextVar("private_allowed", default=False)


class PrivateAddress(OSError):
    """A name leads into a private network, where this channel may not go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a platform answered. `body` is empty when it was longer than the limit (64 kB) or broke off, as `cut` says.

    `location` is where a redirect leads; nobody has followed it.
    """

    status: int
    body: bytes
    retry_after_seconds: float | None = None
    content_type: str = ""
    cut: Literal["", "too_long", "broken_off"] = ""
    location: str = ""


def open_session() -> ClientSession:
    """Return the session for one channel; the caller closes it. Keeps no cookies, unpacks nothing, uses no proxy."""
    connector = TCPConnector(
        limit=0,
        keepalive_timeout=KEEP_ALIVE_SECONDS,
        socket_factory=_open_socket,
    )
    return ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        auto_decompress=False,
        headers={"Accept-Encoding": "identity", "User-Agent": "xiaoer"},
    )


async def post(
    *,
    session: ClientSession,
    url: URL,
    body: bytes,
    headers: Mapping[str, str],
    timeout_seconds: float,
    allow_private: bool,
    now: datetime,
    limit_bytes: int = ANSWER_LIMIT_BYTES,
) -> Answer | TryLater | Refused | Unknown:
    """Post once, without following redirects. An `Answer` is left to the caller to understand."""
    return await call(
        "POST",
        session=session,
        url=url,
        body=body,
        headers=headers,
        timeout_seconds=timeout_seconds,
        allow_private=allow_private,
        now=now,
        limit_bytes=limit_bytes,
    )


async def call(
    method: str,
    *,
    session: ClientSession,
    url: URL,
    body: bytes | None,
    headers: Mapping[str, str],
    timeout_seconds: float,
    allow_private: bool,
    now: datetime,
    limit_bytes: int = ANSWER_LIMIT_BYTES,
) -> Answer | TryLater | Refused | Unknown:
    """Call once, without following redirects."""
    permission = _private_allowed.set(allow_private)
    timeout = _timeout(timeout_seconds)
    data = None if body is None else BytesIO(body)  # which is written piece by piece: a picture has megabytes
    try:
        async with session.request(
            method, url, data=data, headers=headers, timeout=timeout, allow_redirects=False
        ) as response:
            retry_after_seconds = read_retry_after(response.headers.get("Retry-After", ""), now=now)
            body, cut = await _read_body(response, limit_bytes)
            return Answer(
                status=response.status,
                body=body,
                retry_after_seconds=retry_after_seconds,
                content_type=response.content_type,
                cut=cut,
                location=response.headers.get("Location", ""),
            )
    except ClientConnectorError as error:
        return _not_connected(url, error)
    except InvalidURL:
        return Refused(f"{url.raw_host} is not an address that can be called; nothing was sent", fault="bad_address")
    except ConnectionTimeoutError:
        return TryLater(f"{url.raw_host} did not take the connection in time", fault="slow_connection")
    except TimeoutError:
        return Unknown(f"{url.raw_host} did not answer within {timeout_seconds:g} seconds", fault="no_answer")
    except ClientError as error:
        said = f"{url.raw_host} broke off before it answered ({type(error).__name__})"
        return Unknown(said, fault="broken_off")
    finally:
        _private_allowed.reset(permission)


@cache
def _timeout(seconds: float) -> ClientTimeout:
    return ClientTimeout(total=seconds, connect=seconds / 2)


def _not_connected(url: URL, error: ClientConnectorError) -> TryLater | Refused:
    if isinstance(error.os_error, PrivateAddress):
        said = f"{url.raw_host} leads into a private network; nothing was sent"
        return Refused(said, fault="private_network")
    said = f"no connection to {url.raw_host} ({type(error.os_error).__name__})"
    return TryLater(said, fault=_fault_of(error))


def _fault_of(error: ClientConnectorError) -> Fault:
    match error:
        case ClientConnectorDNSError():
            return "unknown_host"
        case ClientSSLError():
            return "no_tls"
        case _:
            return "no_connection"


async def _read_body(response: ClientResponse, limit_bytes: int) -> tuple[bytes, Literal["", "too_long", "broken_off"]]:
    """Read at most so much. The status is known by now, so a body that breaks off changes nothing."""
    body = bytearray()
    try:
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > limit_bytes:
                return b"", "too_long"
    except (TimeoutError, ClientError):
        return b"", "broken_off"
    return bytes(body), ""


def read_retry_after(value: str, *, now: datetime) -> float | None:
    """Read the header as seconds from `now`, whether it is a number or a date; at most a day, None when unreadable."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), LONGEST_RETRY_AFTER_SECONDS)
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - now).total_seconds()
    except (ValueError, OverflowError, TypeError, LookupError):  # what the reader of dates is known to raise
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_SECONDS)


# Addresses


def find_url_problem(text: str, *, allow_private: bool, switch: str) -> str | None:
    """Say what is wrong with an address that a channel calls; None when nothing is. Asks no name server.

    `switch` is the setting by which an owner allows a private one.
    """
    if not text.isprintable() or " " in text or "\\" in text:
        return "must be one web address, without blanks"
    try:
        url = URL(text)
    except ValueError:
        return "is not a web address"
    if url.scheme not in {"http", "https"} or not url.raw_host or url.explicit_port == 0:
        return "must be a whole address that begins with https:// or http://"
    if url.raw_user is not None or url.raw_password is not None:
        return "must not hold a user name or password; the signature proves who we are"
    return _find_host_problem(url.raw_host.rstrip(".").lower(), allow_private=allow_private, switch=switch)


def _find_host_problem(host: str, *, allow_private: bool, switch: str) -> str | None:
    """Judge a host by its spelling. A name is looked at again when it is connected to."""
    address = _read_address(host)
    if address is None and not _HOST_NAME.fullmatch(host):
        return f"leads to {host[:100]}, which is neither a host name nor an IP address"
    is_local_name = host == "localhost" or host.endswith(".localhost")
    if allow_private or not (is_local_name or (address is not None and not _is_public(address))):
        return None
    return (
        f"leads to {host}, which is inside a private network; when that is meant, add {switch} = true to this channel"
    )


def is_public(address: str) -> bool:
    """Whether an IP address is one that the whole internet reaches. Raises ValueError when it is none."""
    return _is_public(ipaddress.ip_address(address))


def _is_never_called(address: str) -> bool:
    read = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    return any(read in network for network in _NEVER)


def _is_public(address: _IPAddress) -> bool:
    read = _unwrapped(address)
    if isinstance(read, ipaddress.IPv4Address):
        return read.is_global and not read.is_multicast and read not in _IPV4_NOT_PUBLIC
    return read in _IPV6_PUBLIC and not any(read in network for network in _IPV6_NOT_PUBLIC)


def _unwrapped(address: _IPAddress) -> _IPAddress:
    """The IPv4 address that one of IPv6 stands for, where it does."""
    if any(address in network for network in _IPV6_OF_IPV4):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def _read_address(name: str) -> _IPAddress | None:
    """Read an IP address in any spelling that an operating system would take: 127.1, 0x7f000001, 017700000001."""
    try:
        return ipaddress.IPv4Address(socket.inet_aton(name))
    except OSError:
        pass
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _open_socket(
    address: tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]],
) -> socket.socket:
    family, kind, protocol, _, place = address
    host = str(place[0])
    if not is_public(host) and (not _private_allowed.get() or _is_never_called(host)):
        # The same words for every address of a name, so that aiohttp hands on this very error.
        raise PrivateAddress("a private address")
    return socket.socket(family=family, type=kind, proto=protocol)
