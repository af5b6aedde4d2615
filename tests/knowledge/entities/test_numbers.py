from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.entities.numbers import number_in_words


@pytest.mark.parametrize(
    ("numeral", "number"),
    [
        ("零", 0),
        ("两", 2),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("一百二", 120),
        ("一千五", 1500),
        ("一千零五十", 1050),
        ("三百二十五", 325),
        ("一万", 10_000),
        ("一万二", 12_000),
        ("两万三千", 23_000),
        ("一万零五", 10_005),
        ("一百万", 1_000_000),
        ("一六五", 165),
        ("", None),
        ("万", None),
        ("两三", None),
        ("三四百", None),
        ("十百", None),
        ("零十", None),
        ("一百千", None),
        ("一万二三", None),
    ],
)
def test_simple_chinese_numerals_are_numbers(numeral: str, number: int | None) -> None:
    assert number_in_words(numeral) == number


@given(st.integers(1, 9999))
def test_a_number_written_out_in_full_is_read_back(number: int) -> None:
    assert number_in_words(_written_out(number)) == number


def _written_out(number: int) -> str:
    text, zero = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            text += ("零" if zero and text else "") + "零一二三四五六七八九"[digit] + unit
            zero = False
        else:
            zero = True
    return text
