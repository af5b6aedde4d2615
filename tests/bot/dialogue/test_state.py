from __future__ import annotations

from typing import get_args

import pytest

from bot.dialogue.state import TURNS, Event, Mode

MODES = set(get_args(Mode))


def test_every_event_has_its_turns() -> None:
    assert set(get_args(Event)) == TURNS.keys()
    for becomes in TURNS.values():
        assert becomes.keys() | set(becomes.values()) <= MODES


@pytest.mark.parametrize("event", ["person spoke", "ended", "blocked"])
def test_nobody_can_be_in_the_way_of_a_person_an_end_or_a_block(event: Event) -> None:
    assert TURNS[event].keys() == MODES


def test_a_person_who_leads_is_neither_called_nor_silenced_by_a_block() -> None:
    assert "human" not in TURNS["person called"]
    assert TURNS["blocked"]["human"] == "human"
    assert TURNS["person left"] == {"human": "bot"}
