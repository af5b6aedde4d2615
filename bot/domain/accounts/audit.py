"""What is written into the audit log, and the chain that shows whether anybody changed it afterwards."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

AuditAction = Literal[
    "account.made",
    "account.role_changed",
    "account.removed",
    "account.link_made",
    "account.password_set",
    "account.code_switched_on",
    "account.code_switched_off",
    "account.recovery_codes_made",
    "sign_in.done",
    "sign_in.refused",
    "sign_in.recovery_code_used",
    "sign_out.done",
    "sign_out.elsewhere",
    "settings.changed",
    "channel.added",
    "channel.settings_changed",
    "channel.secret_changed",
    "channel.former_secret_ended",
    "channel.tested",
    "channel.switched_on",
    "channel.switched_off",
    "channel.removed",
    "manual.published",
    "conversation.taken_over",
    "conversation.handed_back",
    "conversation.transferred",
    "buyer.blocked",
    "buyer.unblocked",
    "buyer.merged",
    "buyer.split",
    "buyer.exported",
    "buyer.erased",
    "export.made",
    "message.retried",
    "message.given_up",
    "alert.tested",
]
"""Each is noted somewhere, and has its words in `translations/`, under `audit`."""
AUDIT_ACTIONS: tuple[AuditAction, ...] = get_args(AuditAction)
BEGINNING = "0" * 64
"""What the first entry is chained to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One thing that was done. Without a `staff_id` it was done in the shell, or by nobody who is known.

    `about` names what it was done to (a conversation, a person, a setting); buyers' words never stand here.
    """

    at: datetime
    staff_id: int | None
    staff_name: str
    action: str
    about: str
    detail: Mapping[str, object]
    address: str

    def digest(self, before: str) -> str:
        """The link of the chain: it changes with every letter of this entry and of all entries before it."""
        said = (self.at, self.staff_id, self.staff_name, self.action, self.about, self.detail, self.address)
        return hashlib.sha256(before.encode() + orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
