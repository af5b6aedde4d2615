"""What is wrong with a manual as a whole: errors keep it from being published, warnings are for staff to weigh.

A single value that makes no sense (an entry without a default, a blank question) cannot exist; see `entry.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from knowledge.entry import EXAMPLES_AT_LEAST
from knowledge.finding import answers_of, at_entry, at_line, at_product, at_question, error, some, warning
from knowledge.lint_answers import lint_answers
from knowledge.lint_facts import lint_facts
from knowledge.lint_texts import lint_texts
from knowledge.manual import starter_manual
from knowledge.spoken_manual import NEWER_LINES
from knowledge.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from knowledge.entry import Entry, Manual
    from knowledge.finding import Finding

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
SAID = NEWER_LINES.union(LINES)
"""All lines that the bot may say: the newer ones come from the starter manual where a manual lacks them."""

RELIED_ON: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "greeting": ("打招呼", "买家说“你好”“在吗”时，机器人没有话回"),
        "farewell": ("道谢、再见", "买家说“谢谢”“好的”时，机器人不回，或者当成没听懂"),
        "human": ("找人工客服", "买家换着说法要人工时，机器人听不出来"),
        "complaint": ("投诉、差评", "买家不满意时，只有话说得很重才听得出来，才转人工"),
        "robot-question": ("是不是机器人", "买家问“是机器人吗”没有话回"),
        "working-hours": ("人工几点上班", "买家问“人工几点上班”没有话回"),
    }
)
"""The entries that the bot knows by their ids: what each is about, and what the bot does without it."""


_MORE = "现成的问法用 xiaoer knowledge suggest 加上编号来找"
_SEVERAL = re.compile(r"[,，;；]|(?<=[一-鿿])\s+(?=[一-鿿])")
"""What stands between words that were meant apart, but are one word to the bot."""


def lint(manual: Manual, *, today: date, channels: Collection[str] | None = None) -> tuple[Finding, ...]:
    """Everything that is wrong with a manual, errors first. An empty tuple means that nothing is.

    `today` is the day in the shop's zone; `channels` the names of the shop's channels, when they are known.
    """
    found = [
        *_twins(manual),
        *_missing_lines(manual),
        *_lines_never_said(manual),
        *_relied_on(manual),
        *_shared_names(manual),
        *_questions(manual),
        *_odd_words(manual),
        *lint_answers(replace(manual, lines=tuple(line for line in manual.lines if line.id in SAID)), channels),
        *lint_facts(manual),
        *lint_texts(manual, today),
    ]
    return tuple(sorted(found, key=lambda finding: finding.level != "error"))


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
                yield error(f"{what} {name}", f"有 {times} 个同样的编号，只能留一个")


def _relied_on(manual: Manual) -> Iterator[Finding]:
    ids = {entry.id for entry in manual.entries}
    for id_, (title, loss) in RELIED_ON.items():
        if id_ not in ids:
            back = f"把管“{title}”的那一条的编号写成 {id_}，没有就补一条"
            yield warning(f"条目 {id_}", f"没有编号是这个的条目：{loss}。{back}")


def _shared_names(manual: Manual) -> Iterator[Finding]:
    called: dict[str, dict[str, str]] = {}
    for product in manual.products:
        for name in (product.title, *product.aliases):
            called.setdefault(fold(name), {})[product.id] = name
    for products in called.values():
        if len(products) > 1:
            name = next(iter(products.values()))
            yield warning(
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
                yield error(at_question(entry, question), f"“{question}”在条目 {holder.id} 里也有，只能放在一个条目里")
        if len(asked) < len(entry.questions):
            yield warning(at_entry(entry), f"有 {len(entry.questions) - len(asked)} 个问法和别的问法其实一样")
        if len(asked) < EXAMPLES_AT_LEAST:
            few[entry.id] = len(asked)
    if few:
        named = some([f"{id_}（{number} 个）" for id_, number in few.items()])
        yield warning(
            "条目", f"问法太少，每条至少写 {EXAMPLES_AT_LEAST} 个才认得准，各条差不多多最好：{named}。{_MORE}"
        )


def _odd_words(manual: Manual) -> Iterator[Finding]:
    """Words that no buyer writes so."""
    for _, answer, where in answers_of(manual):
        yield from _not_apart(where, answer.when.mentions)
    for product in manual.products:
        yield from _not_apart(at_product(product), product.aliases)


def _not_apart(where: str, words: Iterable[str]) -> Iterator[Finding]:
    for word in sorted(words):
        if _SEVERAL.search(word):
            yield warning(where, f"“{word}”算一个词，买家不会这样说；是几个词的话，中间用“、”分开")


def _lines_never_said(manual: Manual) -> Iterator[Finding]:
    for line in manual.lines:
        if line.id not in SAID:
            yield warning(at_line(line), "机器人没有地方用这句话，这一行可以删掉")


def _missing_lines(manual: Manual) -> Iterator[Finding]:
    for line_id in LINES:
        if line_id not in {line.id for line in manual.lines}:
            wording = " ".join(next(line.bubbles for line in starter_manual().lines if line.id == line_id))
            back = f"在工作表“机器人用语”里补一行，编号写 {line_id}，消息可以写：{wording}"
            yield error(f"机器人用语 {line_id}", f"没有这句话，机器人到这一步就说不出话。{back}")
