"""Answers that are never given, and answers and lines with a variable that nobody can fill."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from knowledge.entry import ANY
from knowledge.facts import PROMOTION_FACTS
from knowledge.finding import answers_of, at_answer, at_entry, at_line, at_product, error, some, warning
from knowledge.lint_facts import facts_behind, lacks_fact
from knowledge.regions import REGION_GROUPS, region_names
from knowledge.sizes import is_unread_chart, read_chart
from knowledge.variables import COMPUTED, FITTING_SIZE, LINE_VARIABLES, variables_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from knowledge.entry import Answer, Entry, Line, Manual, Product, When
    from knowledge.finding import Finding

_PROMOTION_LINE = "promotion-on"
_VARIABLE_OR_BRACE = re.compile(r"[{｛][^\W\d]\w*[}｝]|[{}｛｝]")

_PROMISES_PERSON = re.compile(
    r"(?:[给为帮][您你]|马上|这就|立即|现在)转接?(?:到|给)?(?:人工|客服|同事)"
    r"|(?:[给为帮][您你]|马上|这就|已经?)(?:请|叫|找|安排|通知|联系)(?:同事|客服|专人|人工)"
    r"|(?:同事|客服|专人)(?:马上|这就|会?(?:马上|尽快|立即))(?:来|联系|回复|处理)"
)


def lint_answers(manual: Manual, channels: Collection[str] | None) -> Iterator[Finding]:
    """Conditions that never hold, and variables without a value. `channels` are the shop's, when they are known."""
    yield from _variables(manual)
    yield from _incomplete_products(manual)
    yield from _conditions(manual)
    yield from _unread_charts(manual)
    yield from _shadowed(manual)
    yield from _promised_persons(manual)
    yield from _unknown_channels(manual, channels)


def _shadowed(manual: Manual) -> Iterator[Finding]:
    for entry in manual.entries:
        first: dict[When, int] = {}
        for number, answer in enumerate(entry.answers, start=1):
            same = first.setdefault(answer.when, number)
            if same != number:
                yield warning(at_answer(entry, number), f"条件和第 {same} 条一样，永远轮不到它")


def _promised_persons(manual: Manual) -> Iterator[Finding]:
    for entry, answer, where in answers_of(manual):
        promise = _PROMISES_PERSON.search("\n".join(answer.bubbles))
        if promise and not entry.hands_over:
            yield warning(where, f"说了“{promise[0]}”，可是没有人会知道：在这个条目的“答完转人工”里写“是”")


def _conditions(manual: Manual) -> Iterator[Finding]:
    products = {product.id for product in manual.products} | {ANY}
    regions = region_names() | REGION_GROUPS
    set_facts = {fact.name for fact in manual.facts if fact.value.strip()}
    for _, answer, where in answers_of(manual):
        for product in sorted(answer.when.products - products):
            yield error(where, f"条件里的商品“{product}”不存在")
        for region in sorted(answer.when.regions - regions):
            yield error(where, f"条件里的地区“{region}”不认识，要写省份的简称，如“新疆”")
        for name in sorted(facts_behind(answer.when) - set_facts):
            yield lacks_fact(where, manual, name, what="条件")
        yield from _never_known(manual, answer.when, where)
    if not manual.products:
        for entry in manual.entries:
            if entry.needs_product:
                yield error(at_entry(entry), "要先知道是哪款商品，可是店里一款商品也没有")


def _never_known(manual: Manual, when: When, where: str) -> Iterator[Finding]:
    attributes = {name for product in manual.products for name in product.attributes}
    facts = {fact.name for fact in manual.facts}
    for name in sorted(when.knows - COMPUTED.keys() - attributes - facts):
        yield error(where, f"条件“已经知道 {name}”：没有这个资料、商品属性或能算出来的内容")
    texts = (text for product in manual.products for text in product.attributes.values())
    if FITTING_SIZE in when.knows and not any(map(read_chart, texts)):
        yield warning(
            where, "没有一款商品的尺码表能读懂，这条回答用不上；写成“M：身高158到164厘米、体重48到55公斤；L：…”"
        )


def _unread_charts(manual: Manual) -> Iterator[Finding]:
    for product in manual.products:
        for name, text in product.attributes.items():
            if is_unread_chart(text):
                yield warning(
                    at_product(product),
                    f"“{name}”像是尺码表，可是读不懂，买家报身高体重时只能给他看原文；"
                    "写成“M：身高158到164厘米、体重48到55公斤；L：…”",
                )


def _unknown_channels(manual: Manual, channels: Collection[str] | None) -> Iterator[Finding]:
    if channels is None:
        return
    for _, answer, where in answers_of(manual):
        for channel in sorted(answer.when.channels - set(channels)):
            yield warning(where, f"条件里的渠道“{channel}”没有开通，这条回答用不上")


def _variables(manual: Manual) -> Iterator[Finding]:
    facts = {fact.name: fact.value.strip() for fact in manual.facts}
    for entry, answer, where in answers_of(manual):
        yield from _stray_braces(where, answer.bubbles)
        for name in variables_in(answer.bubbles):
            if name in COMPUTED:
                yield from _unset(where, COMPUTED[name].facts, facts, manual)
                yield from _untold(where, name, answer.when)
            elif name not in answer.when.knows:
                about = _products_of(manual, entry, answer)
                yield from _unfilled(where, name, facts, about, manual, is_named=bool(answer.when.products - {ANY}))
    for line in manual.lines:
        yield from _stray_braces(at_line(line), line.bubbles)
        for name in variables_in(line.bubbles):
            yield from _unfilled_in_line(line, name, facts, manual)


def _stray_braces(where: str, bubbles: Iterable[str]) -> Iterator[Finding]:
    found = ((bubble, each) for bubble in bubbles for each in _VARIABLE_OR_BRACE.finditer(bubble))
    stray = next((_around(bubble, each) for bubble, each in found if each[0] in "{}｛｝"), None)
    if stray is not None:
        yield error(
            where, f"“{stray}”里的花括号不成对，或者里面不是名称；买家会看到它。写成 {{名称}}，名称里没有空格和标点"
        )


def _around(text: str, found: re.Match[str]) -> str:
    """A piece of the text with what was found in it, long enough to be found again."""
    return text[max(found.start() - 6, 0) : found.end() + 6].strip()


def _unset(where: str, names: Iterable[str], facts: Mapping[str, str], manual: Manual) -> Iterator[Finding]:
    """A promotion may be unset: there is none then, and the bot says so."""
    for name in names:
        if not facts.get(name) and name not in PROMOTION_FACTS:
            yield lacks_fact(where, manual, name)


def _untold(where: str, name: str, when: When) -> Iterator[Finding]:
    if name not in when.knows and not COMPUTED[name].is_sure(when):
        yield error(where, f"“{{{name}}}”要买家说了才有：给这条回答加上条件“已经知道 {name}”")


def _products_of(manual: Manual, entry: Entry, answer: Answer) -> tuple[Product, ...] | None:
    """The products that an answer may be about; None when it is also given while no product is known."""
    if answer.when.products - {ANY}:
        return tuple(product for product in manual.products if product.id in answer.when.products)
    return manual.products if entry.needs_product or answer.when.products else None


def _unfilled(
    where: str,
    name: str,
    facts: Mapping[str, str],
    about: tuple[Product, ...] | None,
    manual: Manual,
    *,
    is_named: bool,
) -> Iterator[Finding]:
    """A variable of an answer that nobody can fill: at all, or for one of the products that the answer is about."""
    is_attribute = any(name in product.attributes for product in manual.products)
    if not is_attribute and name not in facts:
        yield error(where, f"“{{{name}}}”不是资料，也不是商品属性，也不是能算出来的内容")
    elif not is_attribute and not facts[name]:
        yield lacks_fact(where, manual, name)
    elif about is None and not facts.get(name):
        yield error(where, f"“{name}”是商品属性：请勾选“需要先知道商品”，或给这条回答加上商品条件")
    elif is_attribute and is_named:
        lacking = [each.id for each in about or () if not _told_of(each, name, facts)]
        if lacking:
            yield error(where, f"商品 {some(lacking)} 没有填“{name}”，买家问到它只能转人工")


def _incomplete_products(manual: Manual) -> Iterator[Finding]:
    """Products that do not tell what an answer about any of them tells: those that lack the same stand together."""
    facts = {fact.name: fact.value.strip() for fact in manual.facts}
    attributes = {name for product in manual.products for name in product.attributes}
    told = dict.fromkeys(
        name
        for _, answer, _ in answers_of(manual)
        if not answer.when.products - {ANY}
        for name in variables_in(answer.bubbles)
        if name in attributes - COMPUTED.keys() - answer.when.knows
    )
    lacking: dict[tuple[str, ...], list[str]] = {}
    for product in manual.products:
        lacking.setdefault(tuple(name for name in told if not _told_of(product, name, facts)), []).append(product.id)
    for names, products in lacking.items():
        if names:
            yield warning(f"商品 {some(products)}", f"没有填“{'”“'.join(names)}”，回答里用到了：买家问到只能转人工")


def _told_of(product: Product, name: str, facts: Mapping[str, str]) -> str:
    return product.attributes.get(name, facts.get(name, "")).strip()


def _unfilled_in_line(line: Line, name: str, facts: Mapping[str, str], manual: Manual) -> Iterator[Finding]:
    if name in LINE_VARIABLES.get(line.id, ()) or (line.id == _PROMOTION_LINE and name in PROMOTION_FACTS):
        return
    if name in COMPUTED:
        unset = tuple(_unset(at_line(line), COMPUTED[name].facts, facts, manual))
        yield from unset
        if not unset and not COMPUTED[name].fill(manual, None):
            yield error(at_line(line), f"“{{{name}}}”在这句话里没有内容可填")
    elif name not in facts:
        yield error(at_line(line), f"“{{{name}}}”不是资料，也不是这句话能用的内容")
    elif not facts[name]:
        yield lacks_fact(at_line(line), manual, name)
