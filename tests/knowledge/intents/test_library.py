"""The library of shop intents: large, varied, each wording in one place; and its reader, which tells all problems."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING

import pytest

from knowledge.intents.library import BadIntents, Intent, read_intents
from knowledge.language.normalisation import fold

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
[[intent]]
id = "order-notes"
title = "订单备注"
questions = ["在哪写备注", "帮我备注一下"]
"""


@cache
def library() -> tuple[Intent, ...]:
    return read_intents()


def problems_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(BadIntents) as bad:
        read_intents(folder)
    return bad.value.problems


def test_the_library_holds_at_least_120_intents() -> None:
    assert len(library()) >= 120


def test_every_intent_has_at_least_40_wordings_that_differ_in_more_than_particles() -> None:
    assert [intent.id for intent in library() if len({fold(text) for text in intent.questions}) < 40] == []


def test_no_wording_stands_twice() -> None:
    places = defaultdict(list)
    for intent in library():
        for text in intent.questions:
            places[fold(text)].append(f"{intent.id}: {text}")
    assert [where for where in places.values() if len(where) > 1] == []


def test_wordings_are_short_single_messages_that_say_something() -> None:
    texts = [text for intent in library() for text in intent.questions]
    assert [text for text in texts if not fold(text) or len(text) > 60 or "\n" in text] == []


def test_titles_tell_intents_apart() -> None:
    assert [title for title, count in Counter(intent.title for intent in library()).items() if count > 1] == []


def test_intents_are_read_in_the_order_of_files_and_places(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "a.toml").write_text(GOOD.replace("order-notes", "gift"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("别的文件不读", encoding="utf-8")
    assert read_intents(tmp_path) == (
        Intent(id="gift", title="订单备注", questions=("在哪写备注", "帮我备注一下")),
        Intent(id="order-notes", title="订单备注", questions=("在哪写备注", "帮我备注一下")),
    )


def test_one_id_used_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.toml").write_text(GOOD, encoding="utf-8")
    assert problems_of(tmp_path) == ("编号“order-notes”用了 2 次，每个意图的编号要不同",)


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes("[[intent]] # 备注".encode("gbk"))
    (tmp_path / "b.toml").write_text("[[intent", encoding="utf-8")
    (tmp_path / "c.toml").write_text('intents = "x"', encoding="utf-8")
    (tmp_path / "d.toml").write_text(
        'intent = ["x", {id = "坏", title = " ", questions = [], x = ""}, {id = "a", title = "b", questions = [""]}]',
        encoding="utf-8",
    )
    assert [problem.split("Expected")[0] for problem in problems_of(tmp_path)] == [
        "a.toml：不是 UTF-8 编码，请另存为 UTF-8",
        "b.toml：不是正确的 TOML：",
        "c.toml：不认识“intents”，只能写 [[intent]]",
        "c.toml：没有意图，要写成一个个 [[intent]]",
        "d.toml 第 1 个意图：要写成一个表",
        "d.toml 第 2 个意图：不认识的字段“x”",
        "d.toml 第 2 个意图：“id”要用小写英文字母、数字和连字符，如 order-notes",
        "d.toml 第 2 个意图：“title”要写成一段文字",
        "d.toml 第 2 个意图：“questions”要写成文字的列表，不能有空的",
        "d.toml 第 3 个意图：“questions”要写成文字的列表，不能有空的",
    ]
