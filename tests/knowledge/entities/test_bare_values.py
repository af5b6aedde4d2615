from __future__ import annotations

from decimal import Decimal

import pytest

from knowledge.entities.bare_values import BareValue, bare_value_in


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("那周六呢", {"day": "周六"}),
        ("礼拜天可以吗", {"day": "周日"}),
        ("那周五之前呢", {"day": "周五前"}),
        ("买100呢", {"figure": Decimal(100)}),
        ("那五十呢", {"figure": Decimal(50)}),
        ("100块钱的呢", {"amount_yuan": Decimal(100)}),
        ("那3件呢", {"quantity": 3}),
        ("我买俩呢", {"quantity": 2}),
        ("1.5件呢", {}),
        ("那5呢", {}),
        ("那周六能到吗", {}),
        ("周六还是周日呢", {}),
        ("100还是200呢", {}),
        ("100块钱有吗", {}),
        ("那新疆呢", {}),
        ("", {}),
    ],
)
def test_a_day_or_a_figure_that_is_all_that_is_said_is_told(text: str, told: dict[str, object]) -> None:
    assert bare_value_in(text) == BareValue(**told)  # type: ignore[arg-type]  # any of its fields
