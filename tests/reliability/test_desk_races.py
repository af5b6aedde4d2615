"""Two people at once in one conversation, with the bot, the buyer and the sending side beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.desk import replies
from tests.databases import on_sqlite
from tests.reliability.desk_races import run_races

if TYPE_CHECKING:
    import pytest

RACES = 100


async def test_a_person_wins_every_race_and_nothing_is_lost_or_said_twice(database_url: str) -> None:
    takes_turns = database_url.startswith("sqlite")  # on PostgreSQL transactions overlap as they come
    assert await run_races(database_url, range(RACES), takes_turns=takes_turns) == []


@on_sqlite
async def test_an_answer_that_is_queued_whatever_has_left_is_caught(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "take_back", lambda *_args, **_kwargs: ["taken back, or so they say"])
    assert await run_races(database_url, range(30), takes_turns=True) != []
