from __future__ import annotations

import pytest

from knowledge.entities.extract import notice
from knowledge.entities.measurements import asks_what_fits, measurements_around, measurements_told


@pytest.mark.parametrize(
    ("text", "height_cm", "weight_kg"),
    [
        ("身高165体重110斤穿什么码", 165, 55.0),
        ("165/110穿多大", 165, 55.0),
        ("165 110斤", 165, 55.0),
        ("我170cm 130斤穿多大", 170, 65.0),
        ("1米65 111斤", 165, 55.5),
        ("一米六五 九十斤", 165, 45.0),
        ("1米7 60公斤", 170, 60.0),
        ("1.65米穿多大", 165, None),
        ("1.6m 50kg", 160, 50.0),
        ("身高1.75体重70", 175, 70.0),
        ("身高是一米八", 180, None),
        ("体重110穿啥码", None, 55.0),
        ("120斤穿多大", None, 60.0),
        ("身高165", 165, None),
        ("175cm55kg", 175, 55.0),
        ("165厘米 55 穿多大", 165, 55.0),
        ("身高16500体重", None, None),
        ("体重1斤", None, None),
        ("1米8大床用多大的", None, None),
        ("1.8米的床多大", None, None),
        ("裤长105cm多大码", None, None),
        ("3斤装多少钱", None, None),
        ("长120cm", None, None),
        ("175 96a的码", None, None),
        ("165 20件什么码", None, None),
        ("一米五八 96 毛衣", 158, 48.0),
        ("外套 168cm 120", 168, 60.0),
        ("150斤175穿什么码", 175, 75.0),
        ("买50斤150元", None, None),
        ("我158穿多大 98斤", 158, 49.0),
        ("150cm 200的床单", None, None),
        ("裤长1米05多大码", None, None),
        ("170码的有吗", None, None),
    ],
)
def test_height_and_weight_are_read_for_a_size(text: str, height_cm: int | None, weight_kg: float | None) -> None:
    named = notice(text, products=())
    assert (named.height_cm, named.weight_kg) == (height_cm, weight_kg)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("165 110斤", (165, 55.0)),
        ("165，110", (165, 55.0)),
        ("165/55kg", (165, 55.0)),
        ("110斤 165", (165, 55.0)),
        ("我165左右，110多斤吧", (165, 55.0)),
        ("身高一米六五体重一百一", (165, 55.0)),
        ("那170 130呢", (170, 65.0)),
        ("1米65", (165, None)),
        ("1.65", (165, None)),
        ("165cm", (165, None)),
        ("身高165", (165, None)),
        ("165", (165, None)),
        ("110", (None, 55.0)),
        ("55", (None, 55.0)),
        ("110斤", (None, 55.0)),
        ("2", (None, None)),
        ("170左右，110，90", (170, None)),
        ("999", (None, None)),
        ("毛衣165 110斤", (None, None)),
        ("那我哥180 150呢", (180, 75.0)),
        ("给女朋友160 90斤", (160, 45.0)),
        ("那我妈160呢", (None, None)),
        ("我老公", (None, None)),
        ("新疆", (None, None)),
        ("", (None, None)),
    ],
)
def test_figures_that_were_asked_for_are_read_from_little(text: str, figures: tuple[int | None, float | None]) -> None:
    assert measurements_told(text, height_is_known=False) == figures


@pytest.mark.parametrize(
    ("texts", "figures"),
    [
        (("我158", "穿多大", "96斤"), (158, 48.0)),
        (("选哪个码", "158"), (158, None)),
        (("96", "选哪个码"), (None, 48.0)),
        (("我158", "包邮吗", "96斤"), (None, None)),
        (("毛衣选哪个码", "什么颜色"), (None, None)),
        ((), (None, None)),
    ],
)
def test_figures_are_told_in_messages_of_their_own(
    texts: tuple[str, ...], figures: tuple[int | None, float | None]
) -> None:
    assert measurements_around(texts) == figures


def test_what_plainly_is_a_figure_is_recalled_when_a_size_is_asked_later() -> None:
    assert measurements_around(["穿多大"], before=["我158", "96斤"]) == (158, 48.0)
    assert measurements_around(["穿多大", "96"], before=["158", "好"]) == (None, 48.0)
    assert measurements_around(["包邮吗"], before=["我158"]) == (None, None)


@pytest.mark.parametrize(
    ("text", "asks"),
    [("我该穿多大", True), ("M码多大", True), ("有尺码表吗", True), ("杯子多大", False), ("条码在哪", False)],
)
def test_what_fits_somebody_is_asked(text: str, asks: bool) -> None:  # noqa: FBT001 - what is expected, not a switch
    assert asks_what_fits(text) is asks


def test_once_the_height_is_known_a_bare_number_is_the_weight() -> None:
    assert measurements_told("150", height_is_known=True) == (None, 75.0)
    assert measurements_told("160 150", height_is_known=True) == (160, 75.0)
    assert measurements_told("1.65", height_is_known=True) == (165, None)
