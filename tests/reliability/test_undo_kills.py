"""A person's answer leaves when its undo has run out, and the program is killed before that, meanwhile and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.databases import on_sqlite
from tests.reliability.lives import Doom
from tests.reliability.undo_kills import DOOMS, kill_between_undo_and_send

if TYPE_CHECKING:
    from pathlib import Path


async def test_what_people_say_is_heard_once_or_never_and_the_desk_knows_which(
    database_url: str, tmp_path: Path
) -> None:
    outcome = await kill_between_undo_and_send(database_url, tmp_path)
    assert outcome.wrong == ()
    assert outcome.taken_back > 0
    assert outcome.undo_cut_short > 0
    assert outcome.reached >= {doom.point for doom in DOOMS}, "fail points of functions that are gone"


@on_sqlite
async def test_an_answer_that_leaves_twice_is_caught(database_url: str, tmp_path: Path) -> None:
    dooms = [Doom(point="send answered", passage=1, at_most_seconds=6.0)]
    outcome = await kill_between_undo_and_send(database_url, tmp_path, answers=3, dooms=dooms, plant="blind-resend")
    assert any("heard 2 times" in problem for problem in outcome.wrong), outcome
