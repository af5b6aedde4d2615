from __future__ import annotations

import asyncio

from tests.reliability.harness import Trial, run
from tests.reliability.victim import PLANTS


async def test_nothing_is_lost_doubled_or_out_of_order_while_the_program_is_killed() -> None:
    report = await run(Trial(messages=400, kills=12))
    assert report.verdict.clean, f"{report.verdict}\n{report.figures}"
    assert report.figures["kills"] == 12
    reached = {point.rpartition(" ")[0] for point in report.deaths}
    assert reached >= {"store", "send", "_write_and_take", "_settle_and_take"}, "fail points of functions that are gone"


async def test_two_nodes_on_one_database_survive_kills_and_a_freeze_beyond_the_lease() -> None:
    report = await run(Trial(messages=120, kills=4, database="postgresql", freezes=1))
    assert report.verdict.clean, f"{report.verdict}\n{report.figures}"


async def test_every_planted_bug_is_caught() -> None:
    planted = {
        "ack-before-commit": ("lost", ("store written", "store asked")),
        "no-unique-key": ("doubled", ("store committed", "send answered")),
        "blind-resend": ("doubled", ("send answered", "send asked")),
    }
    assert planted.keys() == PLANTS.keys()
    trials = (
        Trial(messages=80, kills=8, plant=plant, points=points, patience_seconds=6)
        for plant, (_, points) in planted.items()
    )
    reports = await asyncio.gather(*map(run, trials))  # at the same time: they wait more than they work
    for (plant, (shows, _)), report in zip(planted.items(), reports, strict=True):
        assert getattr(report.verdict, shows), f"{plant} went unseen\n{report.verdict}\n{report.figures}"
