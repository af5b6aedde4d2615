from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.bot.cli.conftest import Xiaoer


def test_it_makes_a_database_and_leaves_one_that_is_up_to_date(xiaoer: Xiaoer, tmp_path: Path) -> None:
    for _ in range(2):
        result = xiaoer("migrate")
        assert (result.exit_code, result.stdout, result.stderr) == (0, "The database is up to date.\n", "")
    assert (tmp_path / "var" / "xiaoer.db").exists()


def test_a_database_that_was_only_made_is_answered_for_by_the_starter_manual(xiaoer: Xiaoer) -> None:
    xiaoer("migrate")
    assert "the starter manual" in xiaoer("ask", "新疆包邮吗", "--quick").stdout


def test_a_database_out_of_reach_is_told_in_a_sentence(xiaoer: Xiaoer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAOER_DATABASE_URL", "postgresql://xiaoer:hush-hush@127.0.0.1:1/shop")
    result = xiaoer("migrate")
    assert result.exit_code == 1
    assert result.stderr.startswith("the database is out of reach")
    assert "hush-hush" not in result.stderr
