"""Whether a person said what the bot would have said: the same figures, the same yes or no, and mostly the same words.

It is strict: what cannot be told to agree does not, so that nobody goes live upon a guess.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge.language.normalisation import fold
from knowledge.language.segmentation import general_cutter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SHARED_WORDS = 0.5
"""More than this part of the shorter text's words has to stand in the other one."""
ENOUGH = 20
"""With fewer comparisons nothing is advised."""
SAFE = 0.9
"""What the agreement surely reaches where it is safe to go live."""
Z = 1.96
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_NOT = re.compile(r"[不没无未别]\w{0,1}$")
_SAYS_NOTHING = frozenset("亲您你我的了呢吗啊哦哈呀嗯是在有会就都也和到给请好这那后内") | {
    *("我们", "你们", "这边", "可以", "一下", "之内", "之后", "左右"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How often people said of one entry what the bot would have said; `at_least` surely so, by Wilson's interval."""

    entry: str
    agreed: int
    compared: int

    @property
    def share(self) -> float:
        return self.agreed / self.compared if self.compared else 0.0

    @property
    def at_least(self) -> float:
        return at_least(self.agreed, self.compared)

    @property
    def advice(self) -> str:
        """`go` where the bot may answer by itself, `wait` while too little was compared, `look` where people differ."""
        if self.compared < ENOUGH:
            return "wait"
        return "go" if self.at_least >= SAFE else "look"


def agree(drafted: str, said: str) -> bool:
    """Whether both say the same to the buyer."""
    mine, theirs = _read(drafted), _read(said)
    if mine.figures and theirs.figures and mine.figures.isdisjoint(theirs.figures):
        return False
    shared = mine.words.keys() & theirs.words.keys()
    if any(mine.words[word] != theirs.words[word] for word in shared):
        return False
    shorter = min(len(mine.words), len(theirs.words))
    return shorter > 0 and len(shared) / shorter > SHARED_WORDS


def by_entry(compared: Iterable[tuple[str, bool]]) -> list[Agreement]:
    """The agreement of each entry, those compared most often first."""
    counts: dict[str, list[int]] = {}
    for entry, agreed in compared:
        count = counts.setdefault(entry, [0, 0])
        count[0] += agreed
        count[1] += 1
    found = [Agreement(entry=entry, agreed=agreed, compared=many) for entry, (agreed, many) in counts.items()]
    return sorted(found, key=lambda each: (-each.compared, each.entry))


def at_least(agreed: int, compared: int) -> float:
    """The lower end of Wilson's interval at 95 %."""
    if compared == 0:
        return 0.0
    share, part = agreed / compared, Z * Z / compared
    spread = Z * math.sqrt(share * (1 - share) / compared + part / (4 * compared))
    return max(0.0, (share + part / 2 - spread) / (1 + part))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """What of a text is compared: its figures, and its words with whether each is denied."""

    figures: frozenset[str]
    words: Mapping[str, bool]


@lru_cache(maxsize=4096)
def _read(text: str) -> _Text:
    folded = fold(text)
    words: dict[str, bool] = {}
    before = ""
    for word in general_cutter()(folded):
        if word.strip() and word not in _SAYS_NOTHING and not _FIGURE.fullmatch(word) and word.isalnum():
            denied = bool(_NOT.search(before))
            bare = word.lstrip("不没无未别")
            words[bare or word] = denied or bare != word
        before = (before + word)[-3:]
    return _Text(figures=frozenset(_FIGURE.findall(folded)), words=words)
