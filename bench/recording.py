"""A plugin of pytest that writes down what is decided while the tests run: see `bench/record_decisions.py`."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import bot.dialogue.decide as deciding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dialogue.acts import Decision, Heard, ShopNow
    from bot.dialogue.state import Conversation
    from knowledge.base import KnowledgeBase

FOLDER_VARIABLE = "XIAOER_RECORD"
LEFT_OUT = {"reason", "why"}

_decide = deciding.decide


def plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON knows
    """A value as JSON knows it: classes by name, figures to three digits."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [each.name for each in dataclasses.fields(value) if each.name not in LEFT_OUT]
        return {"is": type(value).__name__, **{name: plain(getattr(value, name)) for name in names}}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return round(value, 3) if isinstance(value, float) else str(value) if isinstance(value, datetime) else value


def line_of(where: str, said: Sequence[str], decision: Decision) -> str:
    record = {"where": where, "said": list(said), "decision": plain(decision)}
    return json.dumps(record, ensure_ascii=False, sort_keys=True)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Stand around `decide` before the modules that call it are imported: the conftests import them."""
    file = Path(os.environ[FOLDER_VARIABLE]) / os.environ.get("PYTEST_XDIST_WORKER", "one")

    def decide(
        *, heard: Sequence[Heard], conversation: Conversation, shop: ShopNow, knowledge: KnowledgeBase
    ) -> Decision:
        decision = _decide(heard=heard, conversation=conversation, shop=shop, knowledge=knowledge)
        where = os.environ.get("PYTEST_CURRENT_TEST", "").removesuffix(" (call)")
        with file.open("a", encoding="utf-8") as lines:
            print(line_of(where, [str(plain(each.content)) for each in heard], decision), file=lines)
        return decision

    deciding.decide = decide
