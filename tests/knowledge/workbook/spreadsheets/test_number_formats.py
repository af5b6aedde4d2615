"""Numbers as a spreadsheet shows them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from knowledge.workbook.spreadsheets.number_formats import GENERAL, instant, is_date, shown, text_shown

NOON_2026_11_30 = "46356.5"
ACCOUNTING = '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '


@pytest.mark.parametrize(
    ("number", "code", "seen"),
    [
        ("0.95", "0%", "95%"),
        ("0.005", "0.0%", "0.5%"),
        ("46086", 'm"月"d"日"', "3月5日"),
        ("123", "000000", "000123"),
        ("1234.5", "¥#,##0.00", "¥1,234.50"),
        ("1234.5", "[$¥-804]#,##0.00", "¥1,234.50"),
        ("1234567", "#,##0", "1,234,567"),
        ("-1234", "#,##0;[Red]-#,##0", "-1,234"),
        ("-1234", "#,##0", "-1,234"),
        ("0", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        ("12.5", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "12.50"),
        ("99", '0"元"', "99元"),
        ("99", "0.0#", "99.0"),
        ("99.125", "0.0#", "99.13"),
        ("0.3333333333333", GENERAL, "0.333333333"),
        ("0.3", GENERAL, "0.3"),
        ("99", GENERAL, "99"),
        ("19.9", GENERAL, "19.9"),
        ("202611290001", GENERAL, "202611290001"),
        ("0.6666666667", "h:mm", "16:00"),
        ("0.6666666667", "h:mm:ss", "16:00:00"),
        ("1.25", "[h]:mm", "30:00"),
        ("46356", "yyyy/m/d", "2026/11/30"),
        ("46356", "yyyy-mm-dd", "2026-11-30"),
        ("46356", "[$-F800]dddd, mmmm dd, yyyy", "2026年11月30日"),
        ("46356.6666666667", "yyyy-mm-dd h:mm", "2026-11-30 16:00"),
        ("0.75", '上午/下午h"时"mm"分"', "下午6时00分"),
        ("0.75", "h:mm AM/PM", "6:00 PM"),
        ("46356", "aaaa", "星期一"),
        ("46356", "d-mmm-yy", "30-Nov-26"),
        ("13800138000", "000-0000-0000", "138-0013-8000"),
        ("12345", "0.00E+00", "1.23E+04"),
        ("0.5", "# ?/?", None),
        ("12", ";;;", ""),
        ("5", '[>=10]"多";[<10]"少"', "少"),
        ("1500000", '0.0,"千"', "1500.0千"),
        ("15000000", '0.0,,"M"', "15.0M"),
        ("0", "#", ""),
        ("0.5", "#.##", ".5"),
        ("1e-3", GENERAL, "0.001"),
        ("-0.001", "0.0", "0.0"),
        ("5", "[DBNum1]0", None),
        ("3", 'G/通用格式"件"', "3件"),
        ("0", '0;-0;"无"', "无"),
        ("46356", 'yyyy"年"m"月"d"日";@', "2026年11月30日"),
        ("0.0208333333", "mm:ss", "30:00"),
        ("1", GENERAL, "1"),
        ("100", GENERAL, "100"),
        ("0", GENERAL, "0"),
        ("46356", "mm-dd-yy", "11-30-26"),
        ("8", '0 "天"', "8 天"),
        ("46356.5", "yyyy/m/d h:mm;@", "2026/11/30 12:00"),
        ("1234", "#,##0_);(#,##0)", "1,234"),
        ("-1234", "#,##0_);(#,##0)", "(1,234)"),
        ("2", "00", "02"),
        ("0.12", "0.00%;[Red]-0.00%", "12.00%"),
        ("12", "0" * 121, None),
        ("-5", "yyyy/m/d", None),
        ("5", '[>=10]0;[=5]"五";0', "五"),
        ("7", '[<>7]0;"七"', "七"),
        ("7", "[<=6]0;[>7]0", None),
        ("8", "@", "8"),
        ("1.5", "ss.0", "00.0"),
        ("0.000694444", "[m]", "1"),
        ("8", "q0", None),
        ("46356", "ddd", "Mon"),
        ("46356", "mmmm", "November"),
        ("46356", "aaa", "周一"),
        ("12345", "0.00E-00", "1.23E04"),
        ("1e-15", GENERAL, "0.000000000000001"),
    ],
)
def test_a_number_is_shown_by_its_format(number: str, code: str, seen: str | None) -> None:
    assert shown(Decimal(number), code) == seen


@pytest.mark.parametrize(
    ("text", "code", "seen"),
    [
        ("5", '@"元"', "5元"),
        ("好", "@", "好"),
        ("好", GENERAL, "好"),
        ("好", ACCOUNTING, "好"),
        ("好", "0" * 200, "好"),
    ],
)
def test_a_text_may_have_a_format_too(text: str, code: str, seen: str) -> None:
    assert text_shown(text, code).strip() == seen


def test_days_count_from_1900_or_from_1904() -> None:
    assert f"{instant(Decimal(NOON_2026_11_30), since_1904=False)}" == "2026-11-30 12:00:00+00:00"
    assert f"{instant(Decimal(0), since_1904=True)}" == "1904-01-01 00:00:00+00:00"
    assert instant(Decimal(3_000_000), since_1904=False) is None
    assert shown(Decimal(0), "yyyy/m/d", since_1904=True) == "1904/1/1"


def test_a_format_tells_whether_it_shows_a_day() -> None:
    assert is_date("yyyy/m/d")
    assert is_date("[h]:mm")
    assert not is_date("0.00")
    assert not is_date("0" * 200)
