"""Addresses in the file: of the database, of the shop, of servers that are asked. Passwords are never repeated."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def read_database_url(given: object) -> object:
    """Refuse what cannot work. The address may hold a password, so no sentence repeats it."""
    if not isinstance(given, str):
        return given
    scheme, colon, rest = given.partition("://")
    if scheme == "sqlite" and colon:
        return _sqlite_url(given, rest)
    if scheme == "postgresql" and colon:
        return _postgresql_url(given)
    named = f'"{scheme}://" is not a database we speak' if colon else "is not a database address"
    raise ValueError(f'{named}; write "sqlite:///var/xiaoer.db" or "postgresql://user:password@host/name"')


def _sqlite_url(url: str, rest: str) -> str:
    if not rest.startswith("/"):
        raise ValueError('needs three slashes before the file: "sqlite:///var/xiaoer.db" (four for an absolute path)')
    if rest[1:] in {"", ":memory:"} or rest.endswith("/"):
        raise ValueError('needs a file to keep messages in: "sqlite:///var/xiaoer.db"')
    return url


def _postgresql_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        valid = parts.port is None or parts.port > 0
    except ValueError:
        valid = False
    if not valid:
        raise ValueError('is not a readable address; write "postgresql://user:password@host:5432/name"')
    if parts.path.strip("/") == "":
        raise ValueError('names no database; write its name at the end: "postgresql://user:password@host/name"')
    return url


def read_endpoint(given: object) -> object:
    """Refuse what is no web address. It may hold a password, so no sentence repeats it."""
    if not isinstance(given, str) or given == "":
        return given
    try:
        parts = urlsplit(given)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and " " not in given
    except ValueError:
        valid = False
    if not valid:
        raise ValueError('is not a web address; write "http://127.0.0.1:11434/v1/embeddings", or "" for none')
    return given


def read_hosts(given: object) -> tuple[str, ...]:
    """Bare names of hosts, as they stand in a link."""
    if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
        raise ValueError('must be a list of names like ["shop.example"]')
    for each in given:
        if not re.fullmatch(r"(?=.{1,253}\Z)\w[\w-]*(?:\.\w[\w-]*)+", each):
            raise ValueError(f'{each!r} is not a host; write its name alone, like "shop.example"')
    return tuple(each.lower() for each in given)


def read_public_url(given: object) -> object:
    if not isinstance(given, str) or given == "":
        return given
    try:
        parts = urlsplit(given)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and "@" not in given
    except ValueError:
        valid = False
    if not valid or not re.fullmatch(r"(/[A-Za-z0-9_.~-]+)*/?", parts.path) or parts.query or parts.fragment:
        raise ValueError('is not an address; write "https://chat.shop.example" or "https://shop.example/kefu"')
    return given


def read_networks(given: object) -> tuple[Network, ...]:
    if not isinstance(given, list | tuple):
        raise ValueError('must be a list of addresses or networks like ["127.0.0.1", "10.0.0.0/8"]')  # noqa: TRY004 - pydantic collects ValueError
    networks = []
    for each in given:
        try:
            networks.append(ipaddress.ip_network(str(each), strict=False))
        except ValueError:
            raise ValueError(f'{each!r} is no address or network; write "127.0.0.1" or "10.0.0.0/8"') from None
    return tuple(networks)
