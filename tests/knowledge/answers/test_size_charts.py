"""Size charts as shops write them, and what fits whom."""

from __future__ import annotations

import math

import pytest

from knowledge.answers.size_charts import Bounds, is_unread_chart, read_chart

STARTER = (
    "S：身高150到158厘米、体重40到48公斤；M：158到164厘米、48到55公斤；L：164到170厘米、55到62公斤；"
    "XL：170到178厘米、62到72公斤；XXL：175到185厘米、72到85公斤"
)


def sizes_in(text: str) -> list[tuple[str, Bounds | None, Bounds | None]]:
    chart = read_chart(text)
    assert chart is not None
    return [(size.name, size.height_cm, size.weight_kg) for size in chart.sizes]


S_AND_M = [("S", (150, 158), (40, 48)), ("M", (158, 164), (48, 55))]


@pytest.mark.parametrize(
    "text",
    [
        "S：身高150到158厘米、体重40到48公斤；M：158到164厘米、48到55公斤",
        "S码 150-158cm 80~96斤，M码 158-164cm 96~110斤",
        "s码:1.50米至1.58米/40-48kg m码:1.58-1.64米/48-55KG",
        "S（身高150—158公分，体重40—48千克）\nM（身高158—164公分，体重48—55千克）",
        "Ｍ：１５８～１６４ｃｍ，４８～５５ｋｇ。Ｓ：１５０～１５８ｃｍ，４０～４８ｋｇ。",
        "S 身高150-158 体重80-96市斤 胸围88-92cm；M 身高158-164 体重96-110市斤 胸围92-96cm",
        "S 150cm-158cm 40kg-48kg, M 158cm-164cm 48kg-55kg",
        "S 150到158cm 40到48kg 净重1-2kg; M 158到164cm 48到55kg 净重1-2kg",
    ],
)
def test_the_usual_spellings_say_the_same(text: str) -> None:
    assert sizes_in(text) == S_AND_M


def test_a_chart_may_go_by_one_figure_alone() -> None:
    assert sizes_in("S 80-95斤 M 95-110斤") == [("S", None, (40, 47.5)), ("M", None, (47.5, 55))]
    children = [("110码", (105, 115), None), ("120码", (115, 125), None)]
    assert sizes_in("110码身高105-115；120码身高115-125") == children


def test_the_ends_of_a_chart_may_be_open() -> None:
    assert sizes_in("大码：75公斤以上；中码：50到75公斤；小码：50公斤以下") == [
        ("小码", None, (0, 50)),
        ("中码", None, (50, 75)),
        ("大码", None, (75, math.inf)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "容量500毫升，高23.5厘米，杯身直径6.8厘米，净重约290克",
        "单只耳机重4.6克，配大中小三副耳塞；充电盒6×4.8×2.5厘米",
        "S到XXL都有现货，驼色和燕麦色可选",
        "48×74厘米",
        "S 胸围88-92cm M 胸围92-96cm",
        "S 100-104cm M 104-108cm",
        "S 体重40-48 M 体重48-55",
        "S 40-48kg M 150-158cm",
        "S 40-48kg M 有货",
        "S 40-48kg 50-60kg",
        "M 40-48kg M 48-55kg",
    ],
)
def test_what_is_no_chart_or_leaves_a_doubt_is_not_read(text: str) -> None:
    assert read_chart(text) is None


def test_a_chart_knows_what_it_goes_by() -> None:
    both, weight, height = (read_chart(text) for text in (STARTER, "S 80-95斤 M 95-110斤", "S 身高150-158"))
    assert both is not None
    assert weight is not None
    assert height is not None
    assert [(chart.by_height, chart.by_weight) for chart in (both, weight, height)] == [
        (True, True),
        (False, True),
        (True, False),
    ]


@pytest.mark.parametrize(
    ("height_cm", "weight_kg", "fitting"),
    [
        (165, 55, ("L",)),  # 55 kilograms are M and L, the height decides
        (160, 50, ("M",)),
        (176, 68, ("XL",)),
        (164, 55, ("L", "M")),  # on the border of both
        (168, 50, ("L",)),  # M by weight, but too short
        (156, 54, ("M",)),  # S by height, but too tight
        (156, 55, ("M",)),  # 55 kilograms are M and L, the smaller is enough
        (161, 69, ("XL",)),  # M by height
        (178, 52, ()),  # M by weight, XL and XXL by height
        (155, 75, ()),  # S by height, XXL by weight
        (190, 90, ()),
        (140, 50, ()),
        (165, None, ()),
        (None, 55, ()),
        (None, None, ()),
    ],
)
def test_what_fits_the_larger_first(height_cm: float | None, weight_kg: float | None, fitting: tuple[str, ...]) -> None:
    chart = read_chart(STARTER)
    assert chart is not None
    assert chart.fitting(height_cm=height_cm, weight_kg=weight_kg) == fitting


@pytest.mark.parametrize(
    ("height_cm", "weight_kg", "is_outside"),
    [
        (165, 55, False),
        (155, 75, True),  # S by height, XXL by weight
        (190, None, True),
        (None, 30, True),
        (165, None, False),
        (None, None, False),
    ],
)
def test_nobody_fits_outside_the_chart_whatever_is_not_known_yet(
    height_cm: float | None,
    weight_kg: float | None,
    is_outside: bool,  # noqa: FBT001 - what is expected, not a switch
) -> None:
    chart = read_chart(STARTER)
    assert chart is not None
    assert chart.is_outside(height_cm=height_cm, weight_kg=weight_kg) is is_outside


def test_a_figure_that_the_chart_does_not_ask_for_changes_nothing() -> None:
    chart = read_chart("S 80-94斤 M 95-110斤")
    assert chart is not None
    assert chart.fitting(height_cm=None, weight_kg=50) == ("M",)
    assert chart.fitting(height_cm=199, weight_kg=50) == ("M",)
    assert chart.fitting(height_cm=None, weight_kg=47.2) == ("M", "S")  # between the two


def test_a_chart_that_cannot_be_read_is_known_for_one() -> None:
    assert is_unread_chart("S：身高150左右，M：身高高一点的，L：都行")
    assert not is_unread_chart("S：身高150到158厘米、体重40到48公斤；M：158到164厘米、48到55公斤")
    assert not is_unread_chart("容量500毫升，高23.5厘米")
