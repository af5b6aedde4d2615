"""What a manual looks like as a workbook: which sheets, which columns each has, and the words for conditions."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from knowledge.manual.entry import BUBBLES_PER_ANSWER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.workbook.sheets import RowProblem

ID, TITLE, GROUP, QUESTION = "编号", "标题", "分组", "问法"
HANDS_OVER, NEEDS_PRODUCT = "答完转人工", "需要先知道商品"
WORDS, FIRST_DAY, LAST_DAY, STATUS, PRODUCT = "原话是", "开始日期", "结束日期", "订单状态", "商品"
REGION, CLOCK, CHANNEL, ASKED = "收货地区", "时间", "渠道", "第几次问起"
DAY, ARRIVES, REACHES, KNOWS, MENTIONS = "问到的那天", "按时到货", "金额数量", "已经知道", "提到"
NAME, VALUE, UNIT, ALIASES, ATTRIBUTE, OF_ENTRY = "名称", "内容", "单位", "别名", "属性", "条目标题"
WRITTEN_AS = "回答里这样写"
BUBBLES = tuple(f"消息{number}" for number in range(1, BUBBLES_PER_ANSWER + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    title: str
    width_characters: int = 14
    needed: bool = True
    also: tuple[str, ...] = ()
    """Other names that a header may have."""
    yes_or_no: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    columns: tuple[Column, ...]
    also: tuple[str, ...] = ()


_ID = Column(title=ID, width_characters=22, also=("id", "entry", "条目", "条目编号"))
_OF_ENTRY = Column(title=OF_ENTRY, width_characters=26, needed=False)
_QUESTION = Column(
    title=QUESTION, width_characters=60, also=("question", "问题", "相似问法", "用户问法", "买家问法", "买家问题")
)
_BUBBLES = tuple(Column(title=title, width_characters=50, needed=title == BUBBLES[0]) for title in BUBBLES)
QUESTIONS_CSV = Layout(columns=(_ID, _QUESTION))
LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        "条目": Layout(
            columns=(
                _ID,
                Column(title=GROUP, also=("类目", "分类")),
                Column(title=TITLE, width_characters=36, also=("标准问",)),
                Column(title=HANDS_OVER, yes_or_no=True, also=("转人工",)),
                Column(title=NEEDS_PRODUCT, yes_or_no=True, also=("需要商品",)),
            )
        ),
        "问法": Layout(columns=(_ID, _OF_ENTRY, _QUESTION), also=("相似问法",)),
        "回答": Layout(
            columns=(
                _ID,
                _OF_ENTRY,
                Column(title=WORDS, width_characters=18),
                *(Column(title=title) for title in (FIRST_DAY, LAST_DAY, STATUS)),
                Column(title=PRODUCT, width_characters=18),
                *(
                    Column(title=title)
                    for title in (REGION, CLOCK, CHANNEL, DAY, ARRIVES, REACHES, KNOWS, MENTIONS, ASKED)
                ),
                *_BUBBLES,
            )
        ),
        "资料": Layout(
            columns=(
                Column(title=NAME, width_characters=26),
                Column(title=TITLE, width_characters=36),
                Column(title=VALUE, width_characters=60),
                Column(title=UNIT, width_characters=26),
            ),
            also=("事实", "店铺资料"),
        ),
        "商品": Layout(
            columns=(
                _ID,
                Column(title=NAME, width_characters=36),
                Column(title=ALIASES, width_characters=36, also=("叫法",)),
            )
        ),
        "商品属性": Layout(
            columns=(
                Column(title=PRODUCT, width_characters=22),
                Column(title=ATTRIBUTE, width_characters=22),
                Column(title=VALUE, width_characters=70),
                Column(title=WRITTEN_AS, width_characters=18, needed=False),
            )
        ),
        "机器人用语": Layout(columns=(_ID, Column(title=TITLE, width_characters=40), *_BUBBLES)),
    }
)
UNIT_WORDS = MappingProxyType(
    {"几点（写成 16:00）": "HH:MM", "日期（写成 2026-11-11）": "date", "几项（用、隔开）": "list"}
)
STATUS_WORDS = MappingProxyType(
    {
        "未付款": "unpaid",
        "已付款": "paid",
        "已发货": "shipped",
        "已签收": "signed",
        "退款中": "refunding",
        "已关闭": "closed",
    }
)
CLOCK_WORDS = MappingProxyType(
    {
        "截单前": "before_cutoff",
        "截单后": "after_cutoff",
        "休息日": "closed_day",
        "营业中": "open",
        "已打烊": "closed",
    }
)
DAY_WORDS = MappingProxyType({"发货日": "working", "休息日": "closed"})
ARRIVAL_WORDS = MappingProxyType({"来得及": "in_time", "说不准": "perhaps", "来不及": "late"})
REACH_WORDS = MappingProxyType(
    {"够包邮": "free_postage", "不够包邮": "below_free_postage", "够团购": "bulk", "不够团购": "below_bulk"}
)
GROUP_WORDS = MappingProxyType(
    {"省内": "same_province", "普通地区": "ordinary", "偏远地区": "remote", "港澳台及海外": "overseas"}
)
REGIONS_TOGETHER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "江浙沪": ("江苏", "浙江", "上海"),
        "江浙沪皖": ("江苏", "浙江", "上海", "安徽"),
        "京津冀": ("北京", "天津", "河北"),
        "东三省": ("辽宁", "吉林", "黑龙江"),
        "东北三省": ("辽宁", "吉林", "黑龙江"),
    }
)
"""Provinces that people name in one word."""
ANY_PRODUCT = "任意商品"


@cache
def attribute_titles() -> Mapping[str, str]:
    """The name of an attribute in answers → what the workbook calls it."""
    return tomllib.loads(files("knowledge").joinpath("data", "attributes.toml").read_text("utf-8"))


def in_order(problems: Sequence[RowProblem]) -> tuple[RowProblem, ...]:
    """As they stand in the workbook."""
    place = {title: number for number, title in enumerate(LAYOUTS)}
    return tuple(sorted(problems, key=lambda one: (place.get(one.sheet, -1), one.row)))
