from __future__ import annotations

from typing import TYPE_CHECKING

from tests.adapters.contract.test_stories import PLATFORMS
from tests.reliability.platform_kills import kill_between_send_and_settle

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_kill_between_send_and_settle_shows_the_buyers_of_each_platform_every_bubble_once(
    tmp_path: Path,
) -> None:
    outcomes = await kill_between_send_and_settle(PLATFORMS, tmp_path)
    assert {name: outcome for name, outcome in outcomes.items() if not outcome.is_right} == {}
    assert {outcome.resend for outcome in outcomes.values()} == {"same_key", "never"}
    assert len(outcomes) == len(PLATFORMS)
