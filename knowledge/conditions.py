"""Whether the conditions of an answer hold, and in words what they are and why they do not."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from knowledge.days import TODAY
from knowledge.deadlines import arrival, day_state, waits_for_region
from knowledge.entry import ANY
from knowledge.facts import clock_states, reached, region_group
from knowledge.names import names_in
from knowledge.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from knowledge.entry import Arrival, Circumstances, DayState, Manual, When

_STATUS_WORDS = MappingProxyType(
    {
        "unpaid": "未付款",
        "paid": "已付款",
        "shipped": "已发货",
        "signed": "已签收",
        "refunding": "退款中",
        "closed": "已关闭",
    }
)
_CLOCK_WORDS = MappingProxyType(
    {
        "before_cutoff": "截单前",
        "after_cutoff": "截单后",
        "closed_day": "休息日",
        "open": "营业中",
        "closed": "已打烊",
    }
)
_DAY_NOW = MappingProxyType({"working": "是发货日", "closed": "是休息日", None: "说不准是不是发货日"})
_DAY_WORDS = MappingProxyType({"working": "发货日", "closed": "休息日"})
_ARRIVAL_WORDS = MappingProxyType({"in_time": "来得及", "perhaps": "说不准", "late": "来不及"})
_ARRIVAL_NOW = MappingProxyType({**_ARRIVAL_WORDS, None: "算不出来"})
_REACH_WORDS = MappingProxyType(
    {
        "free_postage": "金额够包邮",
        "below_free_postage": "金额不够包邮",
        "bulk": "数量够团购",
        "below_bulk": "数量不够团购",
    }
)
_GROUP_WORDS = MappingProxyType(
    {"same_province": "省内", "ordinary": "普通地区", "remote": "偏远地区", "overseas": "港澳台及海外"}
)


@lru_cache(maxsize=4096)  # the same few hundred conditions, looked at for every answer
def in_words(when: When) -> str:
    """The conditions of an answer as staff read them; 默认 when it has none."""
    return "，".join(_conditions_in_words(when)) or "默认"


def failures(when: When, manual: Manual, circumstances: Circumstances) -> tuple[str, ...]:
    """What speaks against an answer here, but for what is not known, in the order of precedence."""
    return (*_of_precedence(when, circumstances), *_of_attributes(when, manual, circumstances))


def _of_precedence(when: When, circumstances: Circumstances) -> Iterable[str]:
    if not _words_hold(when, circumstances):
        yield "原话不一样"
    if not _dates_hold(when, circumstances.local_time.date()):
        yield "不在日期内"
    if not _holds(when.order_status, circumstances.order_status):
        yield _status_now(circumstances.order_status)
    if not _product_holds(when, circumstances.product_id):
        yield _product_now(circumstances.product_id)


def _of_attributes(when: When, manual: Manual, circumstances: Circumstances) -> Iterable[str]:
    if not _mentions_hold(when, manual, circumstances):
        yield "没有提到"
    if not _region_holds(when, manual, circumstances):
        yield _region_now(circumstances.region)
    if when.clock and not when.clock & clock_states(manual, circumstances):
        yield "时间不符"
    if not _holds(when.channels, circumstances.channel):
        yield "渠道不符"
    yield from _against_the_days(when, manual, circumstances)
    if when.reaches and not when.reaches & reached(manual, circumstances):
        yield _named_now(circumstances)
    if circumstances.times_asked < when.asked_at_least:
        yield f"现在是第{circumstances.times_asked}次问"


def has_dates(when: When) -> bool:
    """Whether an answer holds on certain days only."""
    return when.first_day is not None or when.last_day is not None


# Whether they hold


def _holds(wanted: frozenset[str], value: str | None) -> bool:
    return not wanted or value in wanted


def _words_hold(when: When, circumstances: Circumstances) -> bool:
    return not when.words or fold(circumstances.text) in {fold(words) for words in when.words}


def _mentions_hold(when: When, manual: Manual, circumstances: Circumstances) -> bool:
    """Whether the question, or what was told before it, holds one of the words, where there are any."""
    told = (circumstances.text, circumstances.told)
    return not when.mentions or any(mentioned(when, manual, said) for said in told if said)


def mentioned(when: When, manual: Manual, text: str) -> bool:
    """Whether a text holds one of the words, other than in the name of a product: 保温杯 asks nothing of 保温."""
    said = fold(text)
    words = [word for word in _folded(when.mentions) if word in said]
    if not words:
        return False
    name = names_in(said, products=manual.products).product
    return not name or any(word in said.replace(name, " ") for word in words)


@lru_cache(maxsize=4096)
def _folded(mentions: frozenset[str]) -> tuple[str, ...]:
    return tuple(map(fold, mentions))


def _dates_hold(when: When, today: date) -> bool:
    return (when.first_day is None or when.first_day <= today) and (when.last_day is None or today <= when.last_day)


def _product_holds(when: When, product_id: str | None) -> bool:
    return _holds(when.products, product_id) or (product_id is not None and ANY in when.products)


def _region_holds(when: When, manual: Manual, circumstances: Circumstances) -> bool:
    return _holds(when.regions, circumstances.region) or region_group(manual, circumstances) in when.regions


def _against_the_days(when: When, manual: Manual, circumstances: Circumstances) -> Iterable[str]:
    """Nothing speaks against a day of arrival while all that is missing is where the buyer lives."""
    if when.day and (state := day_state(manual, circumstances)) not in when.day:
        yield _day_now(circumstances, state)
    if when.arrives and not lacks_region(when, manual, circumstances):
        arrives = arrival(manual, circumstances)
        if arrives not in when.arrives:
            yield _arrival_now(circumstances, arrives)


def lacks_region(when: When, manual: Manual, circumstances: Circumstances) -> bool:
    """Whether an answer that depends on the day of arrival only lacks the region."""
    is_due = circumstances.named_days is not None and circumstances.named_days.due is not None
    return bool(when.arrives) and is_due and waits_for_region(manual, circumstances)


# What they are


def _conditions_in_words(when: When) -> Iterable[str]:
    if when.words:
        yield f"原话是{_either(f'“{words}”' for words in when.words)}"
    if has_dates(when):
        yield f"日期在{when.first_day or '不限'}到{when.last_day or '不限'}"
    if when.order_status:
        yield f"订单{_either(_STATUS_WORDS[status] for status in when.order_status)}"
    if when.products:
        yield "知道是哪款商品" if ANY in when.products else f"商品是{_either(when.products)}"
    if when.mentions:
        yield f"提到{_either(f'“{word}”' for word in when.mentions)}"
    if when.regions:
        yield f"收货地是{_either(_GROUP_WORDS.get(region, region) for region in when.regions)}"
    if when.clock:
        yield f"时间是{_either(_CLOCK_WORDS[state] for state in when.clock)}"
    if when.channels:
        yield f"渠道是{_either(when.channels)}"
    yield from _named_in_words(when)
    if when.asked_at_least > 1:
        yield f"第{when.asked_at_least}次问起"


def _named_in_words(when: When) -> Iterable[str]:
    if when.day:
        yield f"问到的那天是{_either(_DAY_WORDS[state] for state in when.day)}"
    if when.arrives:
        yield f"到货{_either(_ARRIVAL_WORDS[state] for state in when.arrives)}"
    if when.reaches:
        yield f"说到的{_either(_REACH_WORDS[reach] for reach in when.reaches)}"
    if when.knows:
        yield f"已经知道{'、'.join(sorted(when.knows))}"


def _either(options: Iterable[str]) -> str:
    return "或".join(sorted(options))


# Why they do not hold


def _status_now(status: str | None) -> str:
    return "不知道订单状态" if status is None else f"订单{_STATUS_WORDS.get(status, status)}"


def _product_now(product_id: str | None) -> str:
    return "不知道是哪款商品" if product_id is None else "不是这款商品"


def _region_now(region: str | None) -> str:
    return "不知道收货地" if region is None else f"收货地是{region}"


def _day_now(circumstances: Circumstances, state: DayState | None) -> str:
    if circumstances.named_day is None or circumstances.named_day in TODAY:
        return "没有问到别的日子"
    return f"{circumstances.named_day}{_DAY_NOW[state]}"


def _arrival_now(circumstances: Circumstances, state: Arrival | None) -> str:
    if circumstances.named_day is None:
        return "没有问到要哪天到"
    return f"{circumstances.named_day}到货{_ARRIVAL_NOW[state]}"


def _named_now(circumstances: Circumstances) -> str:
    unnamed = circumstances.amount_yuan is None and circumstances.quantity is None
    return "没有说到金额或数量" if unnamed else "金额数量不符"
