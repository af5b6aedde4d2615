"""Who works in the shop, and what each of them may do. Nothing is allowed that does not stand here."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

Role = Literal["viewer", "agent", "editor", "owner"]
"""Each may do what those before it may: look, answer buyers, keep the manual and look after others, own the shop."""
Right = Literal["see", "answer", "see_private", "edit_manual", "supervise", "manage"]
"""Read conversations and figures · answer buyers · read phone numbers, addresses and order numbers · change and publish
the manual and the shop's phrases · reassign other people's conversations and read what they did · staff, settings,
exports, erasing and the audit log."""

ROLES: tuple[Role, ...] = get_args(Role)
RIGHTS: tuple[Right, ...] = get_args(Right)
_ADDED: Mapping[Role, tuple[Right, ...]] = MappingProxyType(
    {
        "viewer": ("see",),
        "agent": ("answer", "see_private"),
        "editor": ("edit_manual", "supervise"),
        "owner": ("manage",),
    }
)


def rights_of(role: Role) -> frozenset[Right]:
    """All that a role may do."""
    return frozenset(right for each in ROLES[: ROLES.index(role) + 1] for right in _ADDED[each])


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """One person of the shop; `name` is what buyers and colleagues read.

    `channels` are those whose conversations they may touch; None is all of them, and an owner's is always None.
    """

    id: int
    name: str
    role: Role
    channels: frozenset[str] | None = None

    def may(self, right: Right) -> bool:
        """Say whether their role has this right."""
        return right in rights_of(self.role)

    def may_in(self, right: Right, channel: str) -> bool:
        """Say whether they have this right for the conversations of a channel."""
        return self.may(right) and (self.channels is None or channel in self.channels)


def name_key(name: str) -> str:
    """A name as it is compared: 小 李, 小李 and a full-width spelling of it are one person's."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
