"""What is wrong with a manual in this shop, in sentences for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.config import TRY_OUT_CHANNEL
from knowledge.finding import some, told
from knowledge.invented import as_shipped
from knowledge.lint import lint
from knowledge.spoken_manual import spoken_manual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config import Config
    from knowledge.entry import Manual


def findings(manual: Manual, config: Config) -> tuple[list[str], list[str]]:
    """The errors, which keep a manual from being published, and the warnings."""
    today = SystemClock().now().astimezone(config.shop.timezone).date()
    found = lint(manual, today=today, channels=channels_of(config))
    errors = told(each for each in found if each.level == "error")
    warnings = told(each for each in found if each.level == "warning")
    shipped = still_shipped(spoken_manual(manual, config.shop.own_name))
    return errors, [f"Warning: {line}" for line in (*warnings, *shipped)]


def channels_of(config: Config) -> frozenset[str]:
    """The names that a condition on a channel may have."""
    return frozenset({TRY_OUT_CHANNEL, *(channel.name for channel in config.channels)})


def still_shipped(manual: Manual) -> Iterator[str]:
    """What of a manual is still an example of the program, each kind in one sentence."""
    shipped = as_shipped(manual)
    if shipped.invented:
        named = "、".join(f"{fact.name}（{fact.title}：{fact.value}）" for fact in shipped.invented)
        yield f"资料: 还是虚构的样例，上线前换成自己的，其中的地址和价格在换掉以前不会发给买家，会转人工：{named}"
    if shipped.products:
        named = "、".join(f"{product.id}（{product.title}）" for product in shipped.products)
        yield f"商品: 还是虚构的样例商品，上线前换成自己的或删掉：{named}"
    if shipped.defaults:
        named = some([f"{fact.name}（{fact.title}：{fact.value}）" for fact in shipped.defaults])
        yield f"资料: 还是出厂的默认值，看一遍对不对：{named}"
