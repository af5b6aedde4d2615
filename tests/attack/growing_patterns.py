"""Which patterns take ever longer with the length of what they read: `python -m tests.attack.growing_patterns`.

Every pattern that our code or data compiles is written down while all modules are imported, all phrases are asked and
strange messages are decided about. Then each reads texts made for it: what one of its repetitions repeats, said again
and again, after what comes before it and with an end that fits nothing. It reads them as our code has it read: a
pattern that has to fit from the start is not tried at every place.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
import re
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from re import _constants as ops  # type: ignore[attr-defined]  # the parser has no public door
from re import _parser as parser  # type: ignore[attr-defined]  # as above
from typing import TYPE_CHECKING, Any

import click

from tests.patience import TakesTooLong, alarm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Self

ROOT = Path(__file__).parents[2]
OURS = ("bot", "knowledge", "adapters")
SHORT, LONG = 300, 600
"""Characters; no message that is read is longer than the second."""
TOO_LONG_SECONDS = 0.004
FAR_TOO_LONG_SECONDS = 0.3
GROWS_FASTER_THAN = 2.6
"""Twice the text may take twice as long and a little more."""
SAMPLES = 6
ENDS = ("", "\x00", "店", "1", "!", " ", "呢？")
MANY = 8
ANCHORED = {"match", "fullmatch"}
CATEGORIES = {
    ops.CATEGORY_DIGIT: "1",
    ops.CATEGORY_NOT_DIGIT: "店",
    ops.CATEGORY_SPACE: " ",
    ops.CATEGORY_NOT_SPACE: "店",
    ops.CATEGORY_WORD: "店",
    ops.CATEGORY_NOT_WORD: "，",
}
REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)


@dataclass(frozen=True)
class Slow:
    """A pattern and the text that it takes too long for; `times` is how much longer than for half of it."""

    pattern: re.Pattern[str]
    where: str
    text: str
    seconds: float
    times: float


class Collected:
    """Stands where patterns are compiled, and keeps ours with the place in our code that asked, or the phrase."""

    def __init__(self) -> None:
        self.found: dict[re.Pattern[str], str] = {}
        self.phrase = ""
        self._compile = re._compile  # type: ignore[attr-defined]  # noqa: SLF001 - what all doors of `re` go through

    def __enter__(self) -> Self:
        re._compile = self  # type: ignore[attr-defined]  # noqa: SLF001 - see above
        return self

    def __exit__(self, *_: object) -> None:
        re._compile = self._compile  # type: ignore[attr-defined]  # noqa: SLF001 - see above

    def __call__(self, pattern: Any, flags: int) -> Any:
        compiled = self._compile(pattern, flags)
        frame = sys._getframe(2)  # noqa: SLF001 - who called the door of `re`
        file = Path(frame.f_code.co_filename)
        if isinstance(compiled.pattern, str) and file.is_relative_to(ROOT) and file.parts[len(ROOT.parts)] in OURS:
            self.found.setdefault(compiled, self.phrase or f"{file.relative_to(ROOT)}:{frame.f_lineno}")
        return compiled


def patterns(messages: int = 300) -> dict[re.Pattern[str], str]:
    """Every pattern of ours that has to do with text, and where it is compiled."""
    with Collected() as collected:
        for module in [each for root in OURS for each in _modules(root)]:
            importlib.import_module(module)
        _use_all(collected, messages)
    return collected.found


def _modules(root: str) -> Iterator[str]:
    package = importlib.import_module(root)
    found = pkgutil.walk_packages(package.__path__, f"{root}.")
    return (each.name for each in found if "migrations" not in each.name and not each.name.endswith("__main__"))


def _use_all(collected: Collected, messages: int) -> None:
    from bot.dialogue.decide import decide  # noqa: PLC0415 - what importing compiles is to be seen
    from knowledge.base import KnowledgeBase  # noqa: PLC0415 - as above
    from knowledge.manual.files import starter_manual  # noqa: PLC0415 - as above
    from knowledge.phrases.phrase import Phrase, themes  # noqa: PLC0415 - as above
    from tests.attack.fuzzed_messages import Fuzz  # noqa: PLC0415 - as above
    from tests.talk import NEW, OPEN, heard  # noqa: PLC0415 - as above

    for theme, book in themes().items():
        for name in book.keys() - {"fragments"}:
            collected.phrase = f"phrases/zh/{theme}.toml [{name}]"
            Phrase(theme, name).says("")
    collected.phrase = ""
    knowledge = KnowledgeBase.build(revision=1, manual=starter_manual())
    fuzz = Fuzz(1, [text for entry in knowledge.manual.entries for text in entry.questions])
    for _ in range(messages):
        decide(heard=heard(fuzz.message()[1]), conversation=NEW, shop=OPEN, knowledge=knowledge)


@cache
def source() -> str:
    """All our code."""
    return "\n".join(each.read_text("utf-8") for root in OURS for each in (ROOT / root).rglob("*.py"))


def methods_of(where: str) -> set[str]:
    """How our code has the pattern read: `search`, `sub`, `match`, `fullmatch` and so on."""
    if named := re.fullmatch(r"phrases/zh/(\w+)\.toml \[(\w+)\]", where):
        return _methods_of_phrase(*named.groups())
    file, _, line = where.partition(":")
    code = (ROOT / file).read_text("utf-8")
    assigned = re.match(r"\s*(?:self\.)?(\w+)\b.*= ", code.splitlines()[int(line) - 1])
    methods = set(re.findall(rf"\b{assigned[1]}\.(\w+)\(", code)) if assigned else set()
    return methods or {"search", "fullmatch"}


def _methods_of_phrase(theme: str, phrase: str) -> set[str]:
    from knowledge.phrases.phrase import themes  # noqa: PLC0415 - not before what importing compiles was seen

    variable = re.search(rf'(\w+) = Phrase\("{theme}", "{phrase}"\)', source())
    used = set(re.findall(rf"\b{variable[1]}\.(?:pattern\.)?(\w+)", source())) if variable else {"says"}
    says = "fullmatch" if themes()[theme][phrase].get("reads") == "whole" else "search"
    return {says if each == "says" else each for each in used}


def slow_ones(found: Mapping[re.Pattern[str], str], seed: int = 1) -> Iterator[Slow]:
    """Those that take too long for a text made for them, each with the worst that was found."""
    for pattern, where in found.items():
        worst: Slow | None = None
        methods = methods_of(where)
        for text in texts_for(pattern, random.Random(seed)):  # noqa: S311 - seeded: the same texts every time
            slow = _measured(pattern, where, *text, methods=methods)
            if slow is not None and (worst is None or slow.seconds > worst.seconds):
                worst = slow
            if worst is not None and worst.seconds > FAR_TOO_LONG_SECONDS:
                break
        if worst is not None:
            yield worst


def _measured(
    pattern: re.Pattern[str], where: str, start: str, piece: str, end: str, *, methods: set[str]
) -> Slow | None:
    """None where it is quick, or takes no longer than twice as long for twice the text."""
    half, whole = (_of_length(length, start, piece, end) for length in (SHORT, LONG))
    after = _seconds(pattern, whole, methods=methods)
    if after > TOO_LONG_SECONDS:  # a second look: something else may have held it up
        after = min(after, _seconds(pattern, whole, methods=methods))
    if after <= TOO_LONG_SECONDS:
        return None
    if after > FAR_TOO_LONG_SECONDS:
        return Slow(pattern, where, whole, after, float("inf"))
    times = after / max(_seconds(pattern, half, methods=methods), 1e-7)
    return Slow(pattern, where, whole, after, times) if times > GROWS_FASTER_THAN else None


def _of_length(length: int, start: str, piece: str, end: str) -> str:
    return start + piece * max(1, (length - len(start) - len(end)) // len(piece)) + end


def _seconds(pattern: re.Pattern[str], text: str, *, methods: set[str]) -> float:
    began = time.thread_time()
    try:
        with alarm(FAR_TOO_LONG_SECONDS):
            if "fullmatch" in methods:
                pattern.fullmatch(text)
            pattern.match(text)
            for _ in () if methods <= ANCHORED else pattern.finditer(text):
                pass
    except TakesTooLong:
        pass
    return time.thread_time() - began


def texts_for(pattern: re.Pattern[str], dice: random.Random) -> set[tuple[str, str, str]]:
    """Beginnings, pieces to be repeated, and ends."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    return {
        (start, piece, dice.choice(ENDS))
        for before, body in _repeated([], tree)
        for _ in range(SAMPLES)
        for start in {"", _said(before, dice)[: SHORT // 2]}
        if (piece := _said(body, dice)[: SHORT // 4])
    }


def _repeated(before: list[Any], tree: Iterable[Any]) -> Iterator[tuple[list[Any], list[Any]]]:
    """Each repetition without a narrow bound: what stands before it, and what is repeated."""
    so_far = list(before)
    for op, given in tree:
        if op in REPEATS and given[1] >= MANY:
            yield list(so_far), list(given[2])
        for inner in _inner(op, given):
            yield from _repeated(so_far, inner)
        so_far.append((op, given))


def _inner(op: Any, given: Any) -> list[Any]:
    if op in REPEATS:
        return [given[2]]
    if op is ops.SUBPATTERN:
        return [given[3]]
    if op is ops.BRANCH:
        return list(given[1])
    if op in (ops.ASSERT, ops.ASSERT_NOT):
        return [given[1]]
    return [given] if op is ops.ATOMIC_GROUP else []


def _said(tree: Iterable[Any], dice: random.Random) -> str:
    """Some text that the pattern reads, as far as can be told without its look-arounds."""
    return "".join(_one(op, given, dice) for op, given in tree)


def _one(op: Any, given: Any, dice: random.Random) -> str:
    if op is ops.LITERAL:
        return chr(given)
    if op is ops.IN:
        return _member(given, dice)
    if op is ops.ANY or op is ops.NOT_LITERAL:
        return dice.choice("店a1，")
    if op in REPEATS:
        low, high, body = given
        return "".join(_said(body, dice) for _ in range(dice.randint(low, max(low, min(high, low + 2)))))
    if op is ops.BRANCH:
        return _said(dice.choice(given[1]), dice)
    inner = [] if op in (ops.ASSERT, ops.ASSERT_NOT) else _inner(op, given)
    return "".join(_said(each, dice) for each in inner)


def _member(given: list[Any], dice: random.Random) -> str:
    op, value = dice.choice(given)
    if given[0][0] is ops.NEGATE:
        return dice.choice("店a1，z ")
    if op is ops.RANGE:
        return chr(dice.randint(*value))
    return CATEGORIES.get(value, "店") if op is ops.CATEGORY else chr(value)


@click.command()
@click.option("--seed", default=1, show_default=True)
def main(seed: int) -> None:
    """Fails when a pattern grows faster than the text it reads."""
    found = patterns()
    click.echo(f"{len(found)} patterns")
    slow = 0
    for each in slow_ones(found, seed):
        slow += 1
        click.echo(f"{each.seconds * 1000:.1f} ms, {each.times:.1f} times, {each.where}: {each.pattern.pattern[:90]!r}")
        click.echo(f"    {each.text[:60]!r}")
    if slow:
        raise click.ClickException(f"{slow} patterns grow faster than what they read")


if __name__ == "__main__":
    main()
