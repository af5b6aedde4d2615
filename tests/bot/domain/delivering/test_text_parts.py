"""A text that is too long is cut after sentences, and never inside what people see as one character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import TextLimit
from bot.domain.delivering.text_parts import cut

FAMILY, FLAG, THUMB, HEART = "👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "❤️"


def _size(text: str, unit: str) -> int:
    match unit:
        case "bytes":
            return len(text.encode())
        case "utf-16":
            return len(text.encode("utf-16-le")) // 2
        case _:
            return len(text)


def test_what_fits_is_left_alone() -> None:
    assert cut("什么时候发货", TextLimit(at_most=6)) == ("什么时候发货",)
    assert cut("什么时候发货", None) == ("什么时候发货",)


def test_it_is_cut_between_sentences_and_a_closing_quote_stays_with_its_sentence() -> None:
    text = "今天发货。他说“明天就到！”后天也行。"
    assert cut(text, TextLimit(at_most=14)) == ("今天发货。他说“明天就到！”", "后天也行。")
    assert cut(text, TextLimit(at_most=13)) == ("今天发货。", "他说“明天就到！”", "后天也行。")


def test_a_paragraph_is_kept_whole_where_it_fills_half() -> None:
    assert cut("第一段。还有。\n\n第二段。再说几句。", TextLimit(at_most=12)) == (
        "第一段。还有。",
        "第二段。再说几句。",
    )


def test_a_long_sentence_is_cut_between_words_and_one_without_any_wherever_it_must() -> None:
    assert cut("parcels leave within two days", TextLimit(at_most=15)) == ("parcels leave", "within two days")
    assert cut("长" * 10, TextLimit(at_most=4)) == ("长长长长", "长长长长", "长长")


@pytest.mark.parametrize("one", [FAMILY, FLAG, THUMB, HEART, "é"])
@pytest.mark.parametrize("unit", ["characters", "utf-16", "bytes"])
def test_no_part_ends_inside_a_character(one: str, unit: str) -> None:
    for at_most in range(_size(one, unit) + 2, 60):
        parts = cut(one * 20, TextLimit(at_most=at_most, unit=unit))  # type: ignore[arg-type]  # one of its units
        assert "".join(parts) == one * 20
        assert all(len(part) % len(one) == 0 for part in parts), (at_most, parts)


@given(st.text(min_size=1, max_size=200), st.integers(min_value=8, max_value=60), st.sampled_from(["utf-16", "bytes"]))
def test_every_part_fits_and_no_word_is_lost(text: str, at_most: int, unit: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    parts = cut(text, TextLimit(at_most=at_most, unit=unit))  # type: ignore[arg-type]  # one of its units
    assert all(0 < _size(part, unit) <= at_most for part in parts)
    blank = str.maketrans("", "", "\n ")
    assert "".join(parts).translate(blank) == text.translate(blank)
