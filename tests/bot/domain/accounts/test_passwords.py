from __future__ import annotations

import pytest

from bot.domain.accounts.passwords import BadPassword, what_is_wrong

NAMES = ("Li Xiaohua", "小满生活馆")


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("今天天气很好我们去喝茶", None),
        ("tea at four, under the plum", None),
        ("x7!Qm2", "too_short"),
        ("", "too_short"),
        ("ab cd" * 41, "too_long"),
        ("ab cd" * 40, None),
        ("20261130123456", "only_digits"),
        ("１２３４５６７８９０", "only_digits"),
        ("abababababab", "too_even"),
        ("Password2026!", "well_known"),
        ("!!iloveyou!!", "well_known"),
        ("woaini1314!!", "well_known"),
        ("li xiaohua 1988", "is_the_name"),
        ("LI XIAOHUA!", "is_the_name"),
        ("小满生活馆2026年", None),
        ("小满生活馆123456", "is_the_name"),
    ],
)
def test_what_is_refused_and_why(password: str, wrong: BadPassword | None) -> None:
    assert what_is_wrong(password, names=NAMES) == wrong
