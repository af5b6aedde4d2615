"""What is wrong with a manual as a whole: errors keep it from being published, warnings are for staff to weigh.

A single value that makes no sense (an entry without a default, a blank question) cannot exist; see `entry.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from knowledge.deadlines import days_taken
from knowledge.entry import ANY, EXAMPLES_AT_LEAST
from knowledge.facts import (
    BULK_FACT,
    BULK_REACHES,
    CUTOFF_FACT,
    DELIVERY_DAYS_FACTS,
    FREE_POSTAGE_FACT,
    POSTAGE_REACHES,
    PROMOTION_FACTS,
    REMOTE_FACT,
    REMOTE_FREE_POSTAGE_FACT,
    SHIPS_FROM_FACT,
)
from knowledge.manual import starter_manual
from knowledge.regions import REGION_GROUPS, region_names
from knowledge.sizes import read_chart
from knowledge.text import fold
from knowledge.variables import ARRIVAL_DAYS, ARRIVAL_FACTS, COMPUTED, FITTING_SIZE, LINE_VARIABLES, variables_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from knowledge.entry import Answer, Entry, Fact, Line, Manual, Product, When

LINES = (
    "welcome",
    "choice",
    "choice-one",
    "suggested",
    "choice-unclear",
    "hand-over-open",
    "hand-over-closed",
    "holding",
    "away",
    "waiting-still",
    "left-queue",
    "in-queue",
    "after-misses",
    "unsupported-content",
    "product-card",
    "order-card",
    "which-product",
    "which-region",
    "which-size",
    "as-said",
    "noted",
    "courtesy",
    "same-for",
    "go-on",
    "handed-on",
    "calm",
    "invite",
    "thanks-good",
    "thanks-bad",
    "ad-reply",
    "expired",
    "promotion-on",
    "promotion-off",
)
"""The bot's own lines that a manual must have; without one of them the bot would fall silent where it should speak."""

_PROMOTION_LINE = "promotion-on"
RELIED_ON: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "greeting": ("打招呼", "买家说“你好”“在吗”时，机器人没有话回"),
        "farewell": ("道谢、再见", "买家说“谢谢”“好的”时，机器人不回，或者当成没听懂"),
        "human": ("找人工客服", "买家换着说法要人工时，机器人听不出来"),
        "complaint": ("投诉、差评", "买家不满意时，只有话说得很重才听得出来，才转人工"),
        "robot-question": ("是不是机器人", "买家问“是机器人吗”没有话回；写在别的编号下的，问“人工费”会答成它"),
        "working-hours": ("人工几点上班", "买家问人工几点上班没有话回；写在别的编号下的，问“人工费”会答成它"),
    }
)
"""The entries that the bot knows by their ids: what each is about, and what the bot does without it."""
NAMED_AT_MOST = 8
"""So many names stand in one finding before it says how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong: how bad, where (for staff to find it), and what, in a sentence."""

    level: Literal["error", "warning"]
    where: str
    problem: str


def lint(manual: Manual, *, today: date, channels: Collection[str] | None = None) -> tuple[Finding, ...]:
    """Everything that is wrong with a manual, errors first. An empty tuple means that nothing is.

    `today` is the day in the shop's zone; `channels` the names of the shop's channels, when they are known.
    """
    found = [finding for rule in _RULES for finding in rule(manual)]
    found += [*_past(manual, today), *_unknown_channels(manual, channels)]
    return tuple(sorted(found, key=lambda finding: finding.level != "error"))


def _error(where: str, problem: str) -> Finding:
    return Finding(level="error", where=where, problem=problem)


def _warning(where: str, problem: str) -> Finding:
    return Finding(level="warning", where=where, problem=problem)


# Where


def _at_entry(entry: Entry) -> str:
    return f"条目 {entry.id}"


def _at_answer(entry: Entry, number: int) -> str:
    return f"条目 {entry.id} 第 {number} 条回答"


def _at_fact(fact: Fact) -> str:
    return f"资料 {fact.name}"


def _at_line(line: Line) -> str:
    return f"机器人用语 {line.id}"


def _answers(manual: Manual) -> Iterator[tuple[Entry, Answer, str]]:
    for entry in manual.entries:
        for number, answer in enumerate(entry.answers, start=1):
            yield entry, answer, _at_answer(entry, number)


def _some(names: Collection[str]) -> str:
    """These names, and of many the first few."""
    more = f" 等 {len(names)} 个" if len(names) > NAMED_AT_MOST else ""
    return "、".join(list(names)[:NAMED_AT_MOST]) + more


# Names that stand once


def _twins(manual: Manual) -> Iterator[Finding]:
    named = {
        "条目": Counter(entry.id for entry in manual.entries),
        "资料": Counter(fact.name for fact in manual.facts),
        "商品": Counter(product.id for product in manual.products),
        "机器人用语": Counter(line.id for line in manual.lines),
    }
    for what, names in named.items():
        for name, times in names.items():
            if times > 1:
                yield _error(f"{what} {name}", f"有 {times} 个同样的编号，只能留一个")


def _relied_on(manual: Manual) -> Iterator[Finding]:
    ids = {entry.id for entry in manual.entries}
    for id_, (title, loss) in RELIED_ON.items():
        if id_ not in ids:
            back = f"把管“{title}”的那一条的编号写成 {id_}，没有就补一条"
            yield _warning(f"条目 {id_}", f"没有编号是这个的条目：{loss}。{back}")


def _shared_names(manual: Manual) -> Iterator[Finding]:
    called: dict[str, dict[str, str]] = {}
    for product in manual.products:
        for name in (product.title, *product.aliases):
            called.setdefault(fold(name), {})[product.id] = name
    for products in called.values():
        if len(products) > 1:
            name = next(iter(products.values()))
            yield _warning(
                f"商品 {'、'.join(products)}", f"都叫“{name}”，买家只这样说认不出是哪一款；给每款写个不一样的名称或别名"
            )


def _questions(manual: Manual) -> Iterator[Finding]:
    """A question that two entries claim has no right answer; one that an entry lists twice only looks like two."""
    first: dict[str, Entry] = {}
    few: dict[str, int] = {}
    for entry in manual.entries:
        asked = {fold(question): question for question in entry.questions}
        for folded, question in asked.items():
            holder = first.setdefault(folded, entry)
            if holder is not entry:
                yield _error(_at_entry(entry), f"问法“{question}”在条目 {holder.id} 里也有，只能放在一个条目里")
        if len(asked) < len(entry.questions):
            yield _warning(_at_entry(entry), f"有 {len(entry.questions) - len(asked)} 个问法和别的问法其实一样")
        if len(asked) < EXAMPLES_AT_LEAST:
            few[entry.id] = len(asked)
    if few:
        named = _some([f"{id_}（{number} 个）" for id_, number in few.items()])
        yield _warning("条目", f"问法太少，至少写 {EXAMPLES_AT_LEAST} 个才认得准：{named}")


# Answers and their conditions


def _shadowed(manual: Manual) -> Iterator[Finding]:
    for entry in manual.entries:
        first: dict[When, int] = {}
        for number, answer in enumerate(entry.answers, start=1):
            same = first.setdefault(answer.when, number)
            if same != number:
                yield _warning(_at_answer(entry, number), f"条件和第 {same} 条一样，永远轮不到它")


def _conditions(manual: Manual) -> Iterator[Finding]:
    products = {product.id for product in manual.products} | {ANY}
    regions = region_names() | REGION_GROUPS
    set_facts = {fact.name for fact in manual.facts if fact.value.strip()}
    for _, answer, where in _answers(manual):
        for product in sorted(answer.when.products - products):
            yield _error(where, f"条件里的商品“{product}”不存在")
        for region in sorted(answer.when.regions - regions):
            yield _error(where, f"条件里的地区“{region}”不认识，要写省份的简称，如“新疆”")
        for name in sorted(_facts_behind(answer.when) - set_facts):
            yield _error(where, f"条件{_lack(manual, name)}")
        yield from _never_known(manual, answer.when, where)
    if not manual.products:
        for entry in manual.entries:
            if entry.needs_product:
                yield _error(_at_entry(entry), "要先知道是哪款商品，可是店里一款商品也没有")


def _never_known(manual: Manual, when: When, where: str) -> Iterator[Finding]:
    attributes = {name for product in manual.products for name in product.attributes}
    facts = {fact.name for fact in manual.facts}
    for name in sorted(when.knows - COMPUTED.keys() - attributes - facts):
        yield _error(where, f"条件“已经知道 {name}”：没有这个资料、商品属性或能算出来的内容")
    texts = (text for product in manual.products for text in product.attributes.values())
    if FITTING_SIZE in when.knows and not any(map(read_chart, texts)):
        yield _warning(
            where, "没有一款商品的尺码表能读懂，这条回答用不上；写成“M：身高158到164厘米、体重48到55公斤；L：…”"
        )


def _facts_behind(when: When) -> set[str]:
    """The facts without which a condition never holds."""
    needed = {
        CUTOFF_FACT: bool(when.clock & {"before_cutoff", "after_cutoff"}),
        **dict.fromkeys(ARRIVAL_FACTS, bool(when.arrives)),
        REMOTE_FACT: bool(when.arrives) or "remote" in when.regions,
        SHIPS_FROM_FACT: bool(when.arrives) or "same_province" in when.regions,
        FREE_POSTAGE_FACT: bool(when.reaches & POSTAGE_REACHES),
        BULK_FACT: bool(when.reaches & BULK_REACHES),
    }
    computed = (COMPUTED[name].facts for name in when.knows if name in COMPUTED)
    return {name for name, is_needed in needed.items() if is_needed}.union(*computed) - set(PROMOTION_FACTS)


def _unknown_channels(manual: Manual, channels: Collection[str] | None) -> Iterator[Finding]:
    if channels is None:
        return
    for _, answer, where in _answers(manual):
        for channel in sorted(answer.when.channels - set(channels)):
            yield _warning(where, f"条件里的渠道“{channel}”没有开通，这条回答用不上")


# Variables

_VARIABLE_OR_BRACE = re.compile(r"[{｛][^\W\d]\w*[}｝]|[{}｛｝]")


def _variables(manual: Manual) -> Iterator[Finding]:
    facts = {fact.name: fact.value.strip() for fact in manual.facts}
    for entry, answer, where in _answers(manual):
        yield from _stray_braces(where, answer.bubbles)
        for name in variables_in(answer.bubbles):
            if name in COMPUTED:
                yield from _unset(where, COMPUTED[name].facts, facts, manual)
                yield from _untold(where, name, answer.when)
            elif name not in answer.when.knows:
                about = _products_of(manual, entry, answer)
                yield from _unfilled(where, name, facts, about, manual, is_named=bool(answer.when.products - {ANY}))
    for line in manual.lines:
        yield from _stray_braces(_at_line(line), line.bubbles)
        for name in variables_in(line.bubbles):
            yield from _unfilled_in_line(line, name, facts, manual)


def _stray_braces(where: str, bubbles: Iterable[str]) -> Iterator[Finding]:
    if any(found in "{}｛｝" for bubble in bubbles for found in _VARIABLE_OR_BRACE.findall(bubble)):
        yield _error(where, "花括号不成对，或者里面不是名称；买家会看到它。写成 {名称}，名称里没有空格和标点")


def _lack(manual: Manual, name: str) -> str:
    """That a fact is needed, by its title: it stands there empty, or its row is gone."""
    title = next((fact.title for fact in manual.facts if fact.name == name), None)
    if title is not None:
        return f"要用到资料“{name}”（{title}），还没有填"
    known_as = "".join(f"（{fact.title}）" for fact in _starter().facts if fact.name == name)
    return f"要用到资料“{name}”{known_as}，工作表“资料”里没有这一行了：把它补上，或者把用到它的地方改掉"


@cache
def _starter() -> Manual:
    return starter_manual()


def _unset(where: str, names: Iterable[str], facts: Mapping[str, str], manual: Manual) -> Iterator[Finding]:
    """A promotion may be unset: there is none then, and the bot says so."""
    for name in names:
        if not facts.get(name) and name not in PROMOTION_FACTS:
            yield _error(where, _lack(manual, name))


def _untold(where: str, name: str, when: When) -> Iterator[Finding]:
    if name not in when.knows and not COMPUTED[name].is_sure(when):
        yield _error(where, f"“{{{name}}}”要买家说了才有：给这条回答加上条件“已经知道 {name}”")


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
        yield _error(where, f"“{{{name}}}”不是资料，也不是商品属性，也不是能算出来的内容")
    elif not is_attribute and not facts[name]:
        yield _error(where, _lack(manual, name))
    elif about is None and not facts.get(name):
        yield _error(where, f"“{name}”是商品属性：请勾选“需要先知道商品”，或给这条回答加上商品条件")
    elif is_attribute:
        weigh = _error if is_named else _warning
        lacking = [each.id for each in about or () if not each.attributes.get(name, facts.get(name, "")).strip()]
        if lacking:
            yield weigh(where, f"商品 {_some(lacking)} 没有填“{name}”，买家问到它只能转人工")


def _unfilled_in_line(line: Line, name: str, facts: Mapping[str, str], manual: Manual) -> Iterator[Finding]:
    if name in LINE_VARIABLES.get(line.id, ()) or (line.id == _PROMOTION_LINE and name in PROMOTION_FACTS):
        return
    if name in COMPUTED:
        unset = tuple(_unset(_at_line(line), COMPUTED[name].facts, facts, manual))
        yield from unset
        if not unset and not COMPUTED[name].fill(manual, None):
            yield _error(_at_line(line), f"“{{{name}}}”在这句话里没有内容可填")
    elif name not in facts:
        yield _error(_at_line(line), f"“{{{name}}}”不是资料，也不是这句话能用的内容")
    elif not facts[name]:
        yield _error(_at_line(line), _lack(manual, name))


# Facts and lines

_PLAIN_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,2})?")
_HOURS_AND_MINUTES = re.compile(r"([01]?\d|2[0-3])[:：][0-5]\d")


def _facts(manual: Manual) -> Iterator[Finding]:
    used = _used_facts(manual)
    compared = set().union(*(_facts_compared(answer.when) for _, answer, _ in _answers(manual)))
    counted = (
        set(DELIVERY_DAYS_FACTS.values()) if any(_counts_days(answer) for _, answer, _ in _answers(manual)) else ()
    )
    for fact in manual.facts:
        value = fact.value.strip()
        if value and (fact.unit == "HH:MM" or fact.name == CUTOFF_FACT) and not _HOURS_AND_MINUTES.fullmatch(value):
            yield _error(_at_fact(fact), f"“{value}”不是时间，要写成 16:00 这样")
        if value and fact.unit == "date" and _date_of(value) is None:
            yield _error(_at_fact(fact), f"“{value}”不是日期，要写成 2026-11-11 这样")
        if value and fact.name in compared and not _PLAIN_NUMBER.fullmatch(value):
            yield _error(_at_fact(fact), f"“{value}”不是数字，没法和买家说的金额或数量比")
        if value and fact.name in counted and days_taken(value) is None:
            yield _warning(_at_fact(fact), f"“{value}”看不出是几天，算不出哪天到货；写成 3-5 或 3")
    unused = [f"{fact.name}（{fact.title}）" for fact in manual.facts if fact.name not in used]
    if unused:
        yield _warning("资料", f"没有一条回答用到，改了也不起作用：{_some(unused)}")


def _facts_compared(when: When) -> set[str]:
    """The facts that what a buyer names is compared with."""
    postage = {FREE_POSTAGE_FACT, REMOTE_FREE_POSTAGE_FACT} if when.reaches & POSTAGE_REACHES else set()
    return postage | ({BULK_FACT} if when.reaches & BULK_REACHES else set())


def _counts_days(answer: Answer) -> bool:
    """Whether an answer depends on the day on which a parcel usually arrives."""
    return bool(answer.when.arrives) or ARRIVAL_DAYS in {*answer.when.knows, *variables_in(answer.bubbles)}


def _used_facts(manual: Manual) -> set[str]:
    bubbles = [bubble for _, answer, _ in _answers(manual) for bubble in answer.bubbles]
    bubbles += [bubble for line in manual.lines for bubble in line.bubbles]
    used = set(variables_in(bubbles)).union(*(answer.when.knows for _, answer, _ in _answers(manual)))
    behind = (_facts_behind(answer.when) | _facts_compared(answer.when) for _, answer, _ in _answers(manual))
    return used.union(*(COMPUTED[name].facts for name in used if name in COMPUTED), *behind)


def _missing_lines(manual: Manual) -> Iterator[Finding]:
    for line_id in LINES:
        if line_id not in {line.id for line in manual.lines}:
            wording = " ".join(next(line.bubbles for line in _starter().lines if line.id == line_id))
            back = f"在工作表“机器人用语”里补一行，编号写 {line_id}，消息可以写：{wording}"
            yield _error(f"机器人用语 {line_id}", f"没有这句话，机器人到这一步就说不出话。{back}")


# Days gone by

_WRITTEN_DAY = re.compile(r"(?<!\d)(20\d\d)(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})(?!\d)")


def _past(manual: Manual, today: date) -> Iterator[Finding]:
    for _, answer, where in _answers(manual):
        if answer.when.last_day is not None and answer.when.last_day < today:
            yield _warning(where, f"条件里的日期 {answer.when.last_day} 已经过了，这条回答用不上了")
    begun = {_at_fact(fact) for fact in manual.facts if fact.unit == "date" and fact.name != PROMOTION_FACTS[-1]}
    for where, text in _texts(manual):
        days = (_date_of(found[0]) for found in _WRITTEN_DAY.finditer(text) if where not in begun)
        yield from (_warning(where, f"里面的日期 {day} 已经过了") for day in days if day is not None and day < today)


def _date_of(text: str) -> date | None:
    found = _WRITTEN_DAY.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


# Words that no shop should send

_FORBIDDEN = (
    (
        re.compile(r"(?:好评|晒图|晒单|五星).{0,4}返(?:现|红包|钱|券|利|\d)|返现.{0,4}好评"),
        "好评返现违反平台规则，会被处罚",
    ),
    (re.compile(r"[您你]?自己多试[下试]"), "把问题推回给买家，请写清楚怎么做，或者转人工"),
    (re.compile(r"我是真人|我不是机器人|不是机器人哦"), "自动回复不能冒充真人"),
)
_ABSOLUTE = re.compile(
    r"最好(?=的|[，。！!,]|$)|(?:质量|品质|效果|全网|全国|业内|同行里?)最好"
    r"|最低(?=价|的|[，。！!,]|$)|(?:全网|全国|价格|价钱)最低"
    r"|第一(?!次|时间|条|步|天|位|件|个|句|点|批|季|款|双|单|页|行|层|排|回|遍|年|周|月)"
)


def _banned(manual: Manual) -> Iterator[Finding]:
    for where, text in _texts(manual):
        for pattern, why in _FORBIDDEN:
            found = pattern.search(text)
            if found:
                yield _error(where, f"不能写“{found[0]}”：{why}")
        claim = _ABSOLUTE.search(text)
        if claim:
            yield _warning(where, f"“{claim[0]}”是绝对化的说法，广告法不允许，除非真有凭据")


def _texts(manual: Manual) -> Iterator[tuple[str, str]]:
    """Every text that a buyer may read, with where it stands."""
    for _, answer, where in _answers(manual):
        yield from ((where, bubble) for bubble in answer.bubbles)
    yield from ((_at_entry(entry), entry.title) for entry in manual.entries)
    yield from ((_at_fact(fact), fact.value) for fact in manual.facts)
    yield from ((_at_line(line), bubble) for line in manual.lines for bubble in line.bubbles)
    for product in manual.products:
        yield from ((f"商品 {product.id}", text) for text in (product.title, *product.attributes.values()))


_RULES: tuple[Callable[[Manual], Iterator[Finding]], ...] = (
    _twins,
    _missing_lines,
    _relied_on,
    _shared_names,
    _variables,
    _conditions,
    _questions,
    _shadowed,
    _facts,
    _banned,
)
