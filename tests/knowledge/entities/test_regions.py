from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.entities.regions import (
    REGION_GROUPS,
    group_of,
    place_in,
    provinces,
    region_in,
    region_names,
    speaks_of_region,
)

REMOTE = ("新疆", "西藏自治区", "内蒙")
BOOK = tomllib.loads(files("knowledge").joinpath("data", "regions.toml").read_text("utf-8"))


def test_all_thirty_four_provinces_are_known_by_short_and_full_name() -> None:
    assert len(provinces()) == len(set(provinces())) == 34
    for row in BOOK["province"]:
        assert region_in(f"{row['name']}包邮吗") == row["name"]
        assert region_in(f"寄到{row['full']}多少钱") == row["name"]


def test_every_name_of_the_book_leads_to_its_province() -> None:
    for row in BOOK["province"] + BOOK["elsewhere"]:
        for name in (*row["also"], *row.get("cities", ()), *row.get("careful", ())):
            assert region_in(f"寄到{name}") == row["name"], name


def test_every_prefecture_leads_to_its_province() -> None:
    table = Path(__file__).with_name("prefectures.txt").read_text("utf-8")
    rows = [line.split() for line in table.splitlines() if line and not line.startswith("#")]
    assert sum(len(prefectures) for _, *prefectures in rows) == 333
    for province, *prefectures in rows:
        for prefecture in prefectures:
            assert region_in(f"{prefecture}能送到吗") == region_in(province), prefecture


def test_no_name_stands_twice_in_the_book() -> None:
    rows = BOOK["province"] + BOOK["elsewhere"]
    names = [name for row in rows for name in (*row["also"], *row.get("cities", ()), *row.get("careful", ()))]
    assert len(names) == len(set(names))
    assert len(names) > 300


def test_what_region_in_returns_is_a_region_name() -> None:
    assert set(provinces()) | {"国外", "港澳台"} == region_names()


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("新疆包邮吗", "新疆"),
        ("喀什能到吗", "新疆"),
        ("我在伊犁", "新疆"),
        ("拉萨几天到", "西藏"),
        ("呼和浩特邮费多少", "内蒙古"),
        ("内蒙发不发", "内蒙古"),
        ("发苏州用什么快递", "江苏"),
        ("义乌的", "浙江"),
        ("吉林市包邮不", "吉林"),
        ("云南西双版纳多久", "云南"),
        ("青海海南州能送吗", "青海"),
        ("海南藏族自治州", "青海"),
        ("玉树藏族自治州邮费", "青海"),
        ("克州几天到", "新疆"),
        ("白银这边多久能到", "甘肃"),
        ("日照可以送到吗", "山东"),
        ("我在阿里", "西藏"),
        ("海南三亚", "海南"),
        ("上海南站自提", "上海"),
        ("澳门可以寄吗", "澳门"),
        ("能寄香港吗", "香港"),
        ("台湾多少邮费", "台湾"),
        ("港澳台发货吗", "港澳台"),
        ("可以寄国外吗", "国外"),
        ("我在美国怎么买", "国外"),
        ("寄到 XinJiang 要多少", "新疆"),
        ("HK ok?", "香港"),
        ("到北京路上要几天", "北京"),
        ("北京路费多少", "北京"),
        ("是不是新疆不包邮", "新疆"),
        ("江苏南京市", "江苏"),
    ],
)
def test_a_place_in_a_question_is_its_province(text: str, region: str) -> None:
    assert region_in(text) == region


@pytest.mark.parametrize(
    "text",
    [
        "",
        "包邮吗",
        "是新疆棉的吗",
        "开封了还能退吗",
        "收到开封后发现坏了",
        "日照下会褪色吗",
        "加大连衣裙有吗",
        "哈密瓜味的",
        "大理石纹的有吗",
        "送到南京路88号",
        "上海路12号",
        "黄河南岸",
        "黄河南路3号",
        "中山东路",
        "日本进口的吗",
        "是德国品牌吗",
        "新疆产的吗",
        "新 疆",
        "京东发货吗",
        "沪",
        "粤",
        "藏",
        "港",
        "台",
        "阿里旺旺",
        "四平方米够用吗",
        "weekhk",
        "hks",
        "三明治机",
        "你们从上海发货吗",
        "除了新疆都包邮吗",
        "我不是新疆的",
    ],
)
def test_a_word_that_only_looks_like_a_place_is_none(text: str) -> None:
    assert region_in(text) is None


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("从上海寄到新疆几天", "新疆"),
        ("上海到新疆几天", "新疆"),
        ("广东深圳发西藏多久", "西藏"),
        ("上海发货,新疆要几天", "新疆"),
        ("你们在杭州 东西发到喀什要多久", "新疆"),
        ("寄到新疆要多久,寄到北京呢", "新疆"),
        ("新疆和北京都包邮吗", "新疆"),
        ("浙江宁波寄到浙江杭州", "浙江"),
    ],
)
def test_of_two_places_the_one_where_the_parcel_goes_counts_else_the_first(text: str, region: str) -> None:
    assert region_in(text) == region


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("寄到开封", "河南"),
        ("开封市包邮吗", "河南"),
        ("河南开封", "河南"),
        ("我在日照", "山东"),
        ("到朝阳要几天", "辽宁"),
        ("开封包邮吗", None),
    ],
)
def test_a_city_that_is_also_an_everyday_word_counts_only_as_a_destination(text: str, region: str | None) -> None:
    assert region_in(text) == region


@pytest.mark.parametrize(
    ("text", "city"),
    [("江苏省南京市玄武区", "南京"), ("河南开封", "开封"), ("义乌", "义乌"), ("浙江", None), ("寄到宁波浙江", "宁波")],
)
def test_the_city_is_told_when_one_was_named(text: str, city: str | None) -> None:
    place = place_in(text)
    assert place is not None
    assert place.city == city


def test_a_place_says_where_it_stands() -> None:
    place = place_in("寄到喀什要几天")
    assert place is not None
    assert (place.start, place.end) == (2, 4)


@pytest.mark.parametrize(
    ("province", "ships_from", "group"),
    [
        ("浙江", "杭州", "same_province"),
        ("浙江", "浙江省义乌市", "same_province"),
        ("浙江省", "浙江", "same_province"),
        ("江苏", "杭州", "ordinary"),
        ("新疆", "杭州", "remote"),
        ("新疆", "乌鲁木齐", "same_province"),
        ("西藏", "杭州", "remote"),
        ("内蒙古", "杭州", "remote"),
        ("香港", "杭州", "overseas"),
        ("香港", "香港", "same_province"),
        ("国外", "国外", "overseas"),
        ("港澳台", "杭州", "overseas"),
        ("火星", "杭州", "ordinary"),
        ("新疆", "", "remote"),
        ("海外仓那边", "", "overseas"),
    ],
)
def test_the_group_follows_from_the_shops_own_facts(province: str, ships_from: str, group: str) -> None:
    assert group_of(province, remote=REMOTE, ships_from=ships_from) == group
    assert group in REGION_GROUPS


def test_a_remote_list_may_name_what_nobody_knows() -> None:
    assert group_of("某岛", remote=("某岛",), ships_from="杭州") == "remote"


@given(st.text())
def test_any_text_at_all_is_read_without_trouble(text: str) -> None:
    assert region_in(text) in region_names() | {None}


@pytest.mark.parametrize(
    ("text", "region", "does"),
    [
        ("除新疆、西藏外全国包邮", "新疆", True),
        ("除新疆、西藏外全国包邮", "上海", True),
        ("除新疆、西藏外全国包邮", "国外", False),
        ("除西藏、青海外全国包邮", "香港", False),
        ("偏远地区4到6天", "青海", True),
        ("江浙沪包邮", "浙江", True),
        ("江浙沪包邮", "四川", False),
        ("内蒙加10元", "内蒙古", True),
        ("港澳台不发", "台湾", True),
        ("很甜不酸", "新疆", False),
    ],
)
def test_whether_an_answer_speaks_of_a_province(text: str, region: str, *, does: bool) -> None:
    assert speaks_of_region(text, region) is does
