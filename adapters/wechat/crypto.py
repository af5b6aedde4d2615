"""How WeChat and WeCom prove and encrypt what they deliver; the same for all of their products.

A signature is the SHA-1 of the callback token and a few more texts, sorted and joined. What is encrypted is AES-256-CBC
over 16 random bytes, the length of the message, the message and the id of its receiver, padded to 32 bytes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from adapters.contract import BadSignature

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

TOLERANCE_SECONDS = 300
"""How far off a signed time may be. The redeliveries of most products end within seconds."""

_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")
_BLOCK_BYTES = 32
_RANDOM_BYTES = 16
_LENGTH_BYTES = 4
_LONGEST_TIMESTAMP_DIGITS = 12
_UNREADABLE = BadSignature("the body cannot be decrypted: is encoding_aes_key the one of the platform's page?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackKeys:
    """What one callback address shares with WeChat. `receiver` is the app id or corp id that deliveries are for."""

    token: bytes = field(repr=False)
    receiver: bytes
    aes_key: bytes | None = field(default=None, repr=False)


def read_aes_key(text: str) -> bytes:
    """Read an EncodingAESKey. Raises ValueError with a sentence that never repeats it."""
    if not _AES_KEY.fullmatch(text):
        raise ValueError("must be the 43 letters and figures that the platform's page shows as EncodingAESKey")
    return base64.b64decode(text + "=")


def sign(token: bytes, *texts: bytes) -> str:
    """Return the signature over the token and these texts."""
    return hashlib.sha1(b"".join(sorted((token, *texts))), usedforsecurity=False).hexdigest()


def check_signature(
    keys: CallbackKeys,
    query: Mapping[str, str],
    *,
    name: str,
    now: datetime,
    encrypted: str | None = None,
    tolerance_seconds: int = TOLERANCE_SECONDS,
) -> None:
    """Compare the signature called `name` in the query with ours. Raises `BadSignature`.

    "signature" proves the query alone; "msg_signature" proves the `encrypted` part of the body (or of the query) too.
    """
    timestamp, nonce, given = (_bytes(query.get(each, "")) for each in ("timestamp", "nonce", name))
    if not given:
        raise BadSignature(f"{name} is missing from the address; only the platform's own deliveries carry it")
    texts = (timestamp, nonce) if encrypted is None else (timestamp, nonce, _bytes(encrypted))
    if not hmac.compare_digest(given, sign(keys.token, *texts).encode()):
        raise BadSignature(f"{name} does not match: is token the one of the platform's page?")
    _check_time(timestamp, now, tolerance_seconds)


def _check_time(timestamp: bytes, now: datetime, tolerance_seconds: int) -> None:
    if not timestamp.isdigit() or len(timestamp) > _LONGEST_TIMESTAMP_DIGITS:
        raise BadSignature("timestamp must be the time in whole seconds since 1970")
    if abs(now.timestamp() - int(timestamp)) > tolerance_seconds:
        raise BadSignature(f"timestamp is more than {tolerance_seconds} seconds off: is this machine's clock right?")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def decrypt(keys: CallbackKeys, encrypted: str) -> bytes:
    """Return the message inside. Raises `BadSignature` when it is not readable with our key, or not meant for us."""
    plain = _without_padding(_decrypt(keys, encrypted))[_RANDOM_BYTES:]
    end = _LENGTH_BYTES + int.from_bytes(plain[:_LENGTH_BYTES], "big")
    if len(plain) < end:
        raise _UNREADABLE
    if not hmac.compare_digest(plain[end:], keys.receiver):
        raise BadSignature("the message is encrypted for another account: is the id of this channel the right one?")
    return plain[_LENGTH_BYTES:end]


def _decrypt(keys: CallbackKeys, encrypted: str) -> bytes:
    try:
        sealed = base64.b64decode(encrypted, validate=True)
    except ValueError:
        raise _UNREADABLE from None
    if keys.aes_key is None or not sealed or len(sealed) % _BLOCK_BYTES:
        raise _UNREADABLE
    decryptor = _cipher(keys.aes_key).decryptor()
    return decryptor.update(sealed) + decryptor.finalize()


def _without_padding(plain: bytes) -> bytes:
    length = plain[-1]
    if not 1 <= length <= _BLOCK_BYTES or plain[-length:] != bytes([length]) * length:
        raise _UNREADABLE
    return plain[:-length]


def encrypt(keys: CallbackKeys, message: bytes) -> str:
    """Return the message as WeChat reads it. Raises ValueError where the channel has no key."""
    if keys.aes_key is None:
        raise ValueError("a channel without encoding_aes_key answers in plain XML")
    plain = os.urandom(_RANDOM_BYTES) + len(message).to_bytes(_LENGTH_BYTES, "big") + message + keys.receiver
    length = _BLOCK_BYTES - len(plain) % _BLOCK_BYTES
    encryptor = _cipher(keys.aes_key).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([length]) * length) + encryptor.finalize()).decode()


def _cipher(key: bytes) -> Cipher[CBC]:
    return Cipher(AES(key), CBC(key[:16]))
