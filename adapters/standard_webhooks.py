"""Standard Webhooks 1.0: the sender of a request, proved by an HMAC over its id, its time and its raw bytes.

https://www.standardwebhooks.com. Several secrets may hold at once, so that one can be changed without losing a message:
we accept either, and sign with each.
"""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING

from adapters.contract import BadSignature

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

TOLERANCE_SECONDS = 300
HOW_TO_MAKE_ONE = (
    'make one with  python -c "import base64,secrets;'
    "print('whsec_'+base64.b64encode(secrets.token_bytes(32)).decode())\""
    "  or  echo whsec_$(openssl rand -base64 32)"
)

_SHORTEST_SECRET_BYTES = 24
_LONGEST_SECRET_BYTES = 64
_LONGEST_TIMESTAMP_DIGITS = 12


def read_secret(text: str) -> bytes:
    """Read `whsec_…`. Raises ValueError with a sentence that never repeats the secret."""
    if not text.startswith("whsec_"):
        raise ValueError(f"must begin with whsec_; {HOW_TO_MAKE_ONE}")
    try:
        secret = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        raise ValueError(f"must be base64 after whsec_, with the = signs at its end; {HOW_TO_MAKE_ONE}") from None
    if not _SHORTEST_SECRET_BYTES <= len(secret) <= _LONGEST_SECRET_BYTES:
        raise ValueError(
            f"must hold {_SHORTEST_SECRET_BYTES} to {_LONGEST_SECRET_BYTES} bytes, not {len(secret)}; {HOW_TO_MAKE_ONE}"
        )
    return secret


def sign(*, secrets: Sequence[bytes], webhook_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers that prove that `body` is ours."""
    timestamp = str(int(now.timestamp()))
    signed = _signed_bytes(webhook_id.encode(), timestamp.encode(), body)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(secret, signed).decode() for secret in secrets),
    }


def verify(*, secrets: Sequence[bytes], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Return the webhook-id of a request that is genuine and at most five minutes off. Raises `BadSignature`."""
    webhook_id, timestamp, signatures = (
        _header_bytes(headers, name) for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    )
    _check_time(timestamp, now)
    signed = _signed_bytes(webhook_id, timestamp, body)
    wanted = [_signature(secret, signed) for secret in secrets]
    if not any(hmac.compare_digest(given, right) for given in signatures.split(b" ") for right in wanted):
        raise BadSignature("webhook-signature does not match: is the secret the same on both sides?")
    return headers["webhook-id"]


def _check_time(timestamp: bytes, now: datetime) -> None:
    if not timestamp.isdigit() or len(timestamp) > _LONGEST_TIMESTAMP_DIGITS:
        raise BadSignature("webhook-timestamp must be the time in whole seconds since 1970")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise BadSignature("webhook-timestamp is more than five minutes off: are both clocks right?")


def _header_bytes(headers: Mapping[str, str], name: str) -> bytes:
    """Return the header's own bytes: servers hand on what is not UTF-8 as escaped surrogates."""
    value = headers.get(name, "")
    if value == "":
        raise BadSignature(f"{name} is missing")
    try:
        return value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise BadSignature(f"{name} is not text") from None


def _signed_bytes(webhook_id: bytes, timestamp: bytes, body: bytes) -> bytes:
    return b".".join((webhook_id, timestamp, body))


def _signature(secret: bytes, signed: bytes) -> bytes:
    return b"v1," + base64.b64encode(hmac.digest(secret, signed, "sha256"))
