"""The links that are printed for the owner: at the shop's public address, else for a browser on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.config import Server

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not bound to


def try_link(server: Server, token: str, *, at: str) -> str:
    """The try-out page; `at` is where this process listens. It is for this machine unless the owner allows all."""
    base = _base(server, at) if server.public_try_out else _here(at)
    return f"{base}/?token={token}"


def console_link(server: Server, *, at: str) -> str:
    return f"{_base(server, at)}/console"


def invite_link(server: Server, token: str, *, at: str = "") -> str:
    """A link that lets somebody in once. Without `at` where a process would listen by the settings."""
    return f"{_base(server, at or f'http://{server.host}:{server.port}')}/console/invite/{token}"


def _base(server: Server, at: str) -> str:
    return server.public_url.rstrip("/") or _here(at)


def _here(at: str) -> str:
    host, _, port = at.removeprefix("http://").rpartition(":")
    return f"http://{_shown(host)}:{port}"


def _shown(host: str) -> str:
    if host in EVERYWHERE:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
