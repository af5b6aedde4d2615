"""Whatever happens to a conversation while the bot decides about it was either seen, or came after: in every order."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from bot.storage import conversations
from tests.reliability.interleaving import attack

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_no_order_of_what_happens_has_an_outcome_of_its_own(stocked_file: Path, tmp_path: Path) -> None:
    shutil.copy(stocked_file, tmp_path / "shop.db")
    report = await attack(f"sqlite:///{tmp_path / 'shop.db'}", orders=160, seed=20261130)
    assert report.orders == 160
    assert report.wrong == []


class AnyFence(int):
    """Equal to every fence: what a writer sees who does not look."""

    __hash__ = int.__hash__

    def __eq__(self, _other: object) -> bool:
        return True


async def test_a_writer_who_does_not_look_at_the_fence_is_caught(
    stocked_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "held", lambda _connection, ids, **_: dict.fromkeys(ids, AnyFence()))
    shutil.copy(stocked_file, tmp_path / "shop.db")
    report = await attack(f"sqlite:///{tmp_path / 'shop.db'}", orders=60, seed=1)
    assert report.wrong != []
