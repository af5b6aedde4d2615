from __future__ import annotations

import pytest

from bot.domain.accounts.staff import Staff
from bot.domain.desk.mentions import called_in

NAMES = ("小李", "小李子", "王 小明", "Li", "Li Wei", "Zoë")
PEOPLE = [Staff(id=number, name=name, role="agent") for number, name in enumerate(NAMES, 1)]


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("请@小李看一下", ["小李"]),
        ("@小李子 在吗", ["小李子"]),
        ("＠小李，＠王小明", ["小李", "王 小明"]),
        ("@王 小明 @王　小明", ["王 小明"]),
        ("@li wei please", ["Li Wei"]),
        ("@LI", ["Li"]),
        ("@Lisa 和 @liwei2", []),
        ("@Li是谁", ["Li"]),
        ("发到 shop@li.example", []),
        ("@Zoe\N{COMBINING DIAERESIS}!", ["Zoë"]),
        ("小李 @ @@小李", ["小李"]),
        ("@", []),
    ],
)
def test_a_name_behind_an_at_calls_whoever_has_it(text: str, called: list[str]) -> None:
    assert [each.name for each in called_in(text, PEOPLE)] == called
