from __future__ import annotations

import pytest

from tests.reliability.harness import Trial, run
from tests.reliability.victim import PLANTS


async def test_nothing_is_lost_doubled_or_out_of_order_while_the_program_is_killed() -> None:
    report = await run(Trial(messages=400, kills=12))
    assert report.verdict.clean, f"{report.verdict}\n{report.figures}"
    assert report.figures["kills"] == 12


async def test_two_nodes_on_one_database_survive_kills_and_a_freeze_beyond_the_lease() -> None:
    report = await run(Trial(messages=120, kills=4, database="postgresql", freezes=1))
    assert report.verdict.clean, f"{report.verdict}\n{report.figures}"


@pytest.mark.parametrize(
    ("plant", "shows", "points"),
    [
        ("ack-before-commit", "lost", ("store written", "store asked")),
        ("no-unique-key", "doubled", ("store committed", "send answered")),
        ("blind-resend", "doubled", ("send answered", "send asked")),
    ],
)
async def test_a_planted_bug_is_caught(plant: str, shows: str, points: tuple[str, ...]) -> None:
    report = await run(Trial(messages=80, kills=8, plant=plant, points=points, patience_seconds=6))
    assert getattr(report.verdict, shows), f"{plant} went unseen\n{report.verdict}\n{report.figures}"


def test_every_plant_is_tried() -> None:
    assert set(PLANTS) == {"ack-before-commit", "no-unique-key", "blind-resend"}
