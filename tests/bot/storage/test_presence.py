from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.engine.presence import is_there, what_forbids_making

if TYPE_CHECKING:
    from pathlib import Path

SERVER = "postgresql://xiaoer@127.0.0.1/shop"


def test_a_file_is_there_when_it_exists_and_a_server_always_may_be(tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    assert not is_there(f"sqlite:///{file}")
    file.touch()
    assert is_there(f"sqlite:///{file}")
    assert is_there(SERVER)


def test_only_a_file_can_be_forbidden(tmp_path: Path) -> None:
    assert what_forbids_making(SERVER) is None
    assert what_forbids_making(f"sqlite:///{tmp_path / 'a' / 'b' / 'shop.db'}") is None
    (tmp_path / "a").touch()
    told = what_forbids_making(f"sqlite:///{tmp_path / 'a' / 'b' / 'shop.db'}")
    assert told is not None
    assert told.endswith("a is a file, not a folder")
