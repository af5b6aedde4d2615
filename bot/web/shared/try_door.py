"""Who may try the bot out: while nobody has an account whoever has the link of this start, then who is signed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.storage.accounts import people

if TYPE_CHECKING:
    from aiohttp import web

    from bot.web.shared.signed_in import SignedIn


@dataclass(slots=True, kw_only=True)
class TryDoor:
    """Looks at each visitor of the try-out page and of its chat window. Raises `StorageDown`."""

    signed_in: SignedIn
    _has_staff: bool = field(default=False, init=False)
    """Once somebody has an account somebody always will: the last owner cannot be removed."""

    async def has_staff(self) -> bool:
        """Say whether anybody of the shop has an account, after which the link of the start opens nothing."""
        self._has_staff = self._has_staff or await self.signed_in.database.read(people.any_there)
        return self._has_staff

    async def lets_in(self, request: web.Request) -> bool:
        """Say whether this visitor may ask the bot, and read why it answers so."""
        if not await self.has_staff():
            return self.signed_in.doors.may_try_out(request)
        return await self.signed_in.session_of(request) is not None
