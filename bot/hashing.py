"""Hashing passwords: on purpose slow, so off the event loop, and never more at once than the machine takes."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import hash_secret_raw

from bot.errors import TooBusy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MEMORY_KIB = 19 * 1024
TIMES = 2
LANES = 1
AT_ONCE = 2
WAITING_AT_MOST = 40
RETRY_AFTER_SECONDS = 5
DIGEST_BYTES = 32
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCAxNg$U6OJUMWD6q7dnWeBwqXG73rSyaViIDgI2NrRTQPdVjA"
"""What the password of a name that nobody has is compared with, so that it takes as long as anybody's."""


@dataclass(slots=True)
class Hasher:
    """argon2id with what OWASP recommends for it: 19 MiB, twice. Raises `TooBusy` when too many wait already."""

    _argon2: PasswordHasher = field(
        default_factory=lambda: PasswordHasher(time_cost=TIMES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)
    )
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _waiting: int = 0

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        async with self._turn():
            return await asyncio.to_thread(self._argon2.hash, password)

    async def fits(self, password: str, kept: str) -> bool:
        """Say whether this is the password that was kept; a name without one takes as long to refuse."""
        async with self._turn():
            return await asyncio.to_thread(self._fits, password, kept)

    async def digest(self, code: str, *, salt: str) -> str:
        """What is kept of a recovery code: the same for the same salt, so that one look finds it among ten."""
        async with self._turn():
            return await asyncio.to_thread(_digest, code, salt)

    def is_old(self, kept: str) -> bool:
        """Say whether it was hashed with less than we ask for today."""
        return self._argon2.check_needs_rehash(kept)

    def _fits(self, password: str, kept: str) -> bool:
        try:
            fits = self._argon2.verify(kept or NOBODYS, password)
        except (VerificationError, InvalidHashError):
            return False
        return fits and kept != ""

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._waiting >= WAITING_AT_MOST:
            raise TooBusy(retry_after_seconds=RETRY_AFTER_SECONDS)
        self._waiting += 1
        try:
            async with self._turns:
                yield
        finally:
            self._waiting -= 1


def _digest(code: str, salt: str) -> str:
    return hash_secret_raw(code.encode(), bytes.fromhex(salt), TIMES, MEMORY_KIB, LANES, DIGEST_BYTES, Type.ID).hex()
