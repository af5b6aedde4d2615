from __future__ import annotations

import pytest

from bot.dialogue.cues.dangers import tells_of_danger
from knowledge.language.normalisation import fold


def tells(words: str) -> bool:
    return tells_of_danger(fold(words), words)


@pytest.mark.parametrize(
    "words",
    [
        *("插线板冒烟了", "插頭冒煙了！！", "昨晚突然着火了", "电池鼓包", "手机快炸了", "有股焦味", "一插上就会漏电"),
        *("我被电了一下", "电到孩子了", "没用两次就冒烟了", "不进电还冒烟", "漏电了怎么办", "起火了你们管吗"),
        *("玻璃碴扎到脚了", "把孩子的手夹伤了", "烫到宝宝了", "手被烫起泡", "流鼻血了", "嘴巴肿起来了"),
        *("涂完脸红肿", "戴了两天耳朵起疹子", "人晕倒了", "喘不上气", "去医院检查了", "送医院了"),
        *("小孩误吞了纽扣", "猫吃了一直吐 吃完就吐了", "喝完住院了"),
    ],
)
def test_fire_shocks_and_harm_to_people_are_danger(words: str) -> None:
    assert tells(words)


@pytest.mark.parametrize(
    "words",
    [
        *(
            "会冒烟吗",
            "会不会突然爆炸",
            "漏电吗",
            "不漏电吧",
            "有漏电保护没",
            "容易着火吗",
            "怕烫到手",
            "防烫伤不",
            "能送医院吗",
        ),
        *("如果误食了怎么办", "万一中毒呢", "可以防止触电吗", "鼓包吗", "没有焦味"),
        *(
            "烫伤膏",
            "爆炸头假发",
            "点不着火",
            "一起火锅",
            "空气炸锅",
            "鸡翅炸了20分钟还不熟",
            "送到医院门口",
            "寄到住院部",
        ),
        *(
            "在住院 过几天收货",
            "家电到了没",
            "充电到一半",
            "手机划伤",
            "手机壳有划伤",
            "扎头发的",
            "消肿吗",
            "用了会肿吗",
            "穿着有点痒",
            "水肿能喝吗",
            "灿烂脸",
        ),
    ],
)
def test_what_may_happen_and_what_only_sounds_like_it_is_no_danger(words: str) -> None:
    assert not tells(words)
