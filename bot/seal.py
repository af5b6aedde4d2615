"""Secrets that have to lie in the database lie there encrypted, with a key that lies elsewhere."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken

if TYPE_CHECKING:
    from typing import Self

KEY_BYTES = 32
HOW_TO_MAKE_ONE = "make one with  openssl rand -base64 32  and keep it outside the database and its backups"


@dataclass(frozen=True, slots=True)
class Seal:
    """Closes and opens with one key. What another key closed cannot be opened, and counts as lost."""

    _fernet: Fernet

    @classmethod
    def read(cls, key: str) -> Self:
        """Read a key: 32 bytes in base64, either spelling. Raises ValueError with a sentence that never repeats it."""
        try:
            raw = base64.urlsafe_b64decode(key.replace("+", "-").replace("/", "_"))
        except (ValueError, binascii.Error):
            raw = b""
        if len(raw) != KEY_BYTES:
            raise ValueError(f"must be {KEY_BYTES} bytes in base64; {HOW_TO_MAKE_ONE}")
        return cls(Fernet(base64.urlsafe_b64encode(raw)))

    def close(self, secret: bytes) -> bytes:
        return self._fernet.encrypt(secret)

    def open(self, sealed: bytes) -> bytes | None:
        """The secret; None where it was closed with another key."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            return None
