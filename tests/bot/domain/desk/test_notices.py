from __future__ import annotations

import pytest

from bot.domain.desk.notices import summary


def test_a_summary_is_the_last_three_messages() -> None:
    assert summary(["一", " 二 ", "三", "四"]) == "二 / 三 / 四"
    assert summary([]) == ""


@pytest.mark.parametrize(("length", "shown"), [(200, 200), (201, 200)])
def test_a_summary_is_short_enough_to_read_at_a_glance(length: int, shown: int) -> None:
    assert len(summary(["字" * length])) == shown
