"""What the audit log can say is said by something that people do."""

from __future__ import annotations

from bot.domain.accounts.audit import AUDIT_ACTIONS
from tests.house.tree import python_files, texts

NAMES_THEM = "bot/domain/accounts/audit.py"


def test_every_action_of_the_audit_log_is_noted_somewhere() -> None:
    sources = "".join(texts()[path] for path in python_files("bot/") if path != NAMES_THEM)

    assert [action for action in AUDIT_ACTIONS if f'"{action}"' not in sources] == []
