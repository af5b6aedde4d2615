"""A question in careless letters as a careful typist would have written it: pinyin, initials, homophones.

Only words of the shop's own manual come into it, so "baoyou" becomes 包邮 where the manual speaks of 包邮, and so does
包油. A name of another kind ("pro", "iphone") is no row of syllables that the manual knows and stays as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING

from knowledge.entities.couriers import COURIERS
from knowledge.entities.regions import is_place, provinces
from knowledge.language.normalisation import fold
from knowledge.language.pinyin import blurred, spelled
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from knowledge.language.segmentation import Cut

EXAMPLES_READ = 20_000
LONGEST_WORDS = 3
LONGEST_SYLLABLES = 7
_OFTEN = 1_000
"""How often a word counts that is no example's but every shop's."""

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_LETTERS = re.compile(r"(?<![a-z])[a-z]++(?>(?: [a-z]++)*)(?!\d{6})")
"""Not the letters of a number such as SF0000000000."""
_PRICE = Phrase("spelling", "price")
_LEAD = Phrase("spelling", "lead")
_PARTICLE = Phrase("spelling", "particle")
_NUMERAL = Phrase("spelling", "numeral")
_PARTICLES = ("ma", "me", "ne", "bu")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Habits:
    """How buyers of every shop write: initials → words, words of the net and of other regions → usual ones."""

    everywhere: tuple[str, ...]
    initials: Mapping[str, str]
    said_elsewhere: Mapping[str, str]
    any_said_elsewhere: re.Pattern[str]


@cache
def _habits() -> _Habits:
    book = tomllib.loads(files("knowledge").joinpath("data", "spelling.toml").read_text("utf-8"))
    longest_first = sorted(book["said_elsewhere"], key=len, reverse=True)
    return _Habits(
        everywhere=(*book["everywhere"], *COURIERS),
        initials=book["initials"],
        said_elsewhere=book["said_elsewhere"],
        any_said_elsewhere=re.compile("|".join(longest_first)),
    )


class Spelling:
    """The words of a manual by their sound. Immutable; may be asked from any thread.

    The examples are read at the first careless message, or before it by `read`: that takes a tenth of a second.
    """

    def __init__(self, examples: Iterable[str], cut: Cut) -> None:
        self._cut = cut
        self._examples = tuple(islice(examples, EXAMPLES_READ))

    def read(self) -> int:
        """Read the examples now, and return how many words they have that sound different."""
        return len(self._by_sound)

    @property
    def is_read(self) -> bool:
        """Whether the examples have been read."""
        return "_by_sound" in vars(self)

    @cached_property
    def _known(self) -> Counter[str]:
        """Every word, and how often it is written."""
        seen = Counter[str](dict.fromkeys((*provinces(), *_habits().everywhere), _OFTEN))
        for example in self._examples:
            for run in _HAN.findall(fold(example)):
                seen.update(_rows_of_words(self._cut(run)))
        return seen

    @cached_property
    def _by_sound(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """The words of each sound, the usual one first."""
        words_of: dict[tuple[str, ...], list[str]] = {}
        for word, _ in self._known.most_common():
            words_of.setdefault(_heard(word), []).append(word)
        return {sound: tuple(each) for sound, each in words_of.items()}

    def _meant(self, spelling: Sequence[str]) -> str | None:
        """The usual word that is spelled like this, or else the only one that sounds like it."""
        found = self._by_sound.get(tuple(map(blurred, spelling)), ())
        exact = (word for word in found if _spelled(word) == tuple(spelling))
        return next(exact, found[0] if len(found) == 1 else None)

    def corrected(self, folded: str) -> str:
        """The folded text as it was probably meant; the same text when nothing in it looks careless."""
        plain = _in_usual_words(_LEAD.without(folded))
        written = _LETTERS.sub(lambda found: self._written(found[0]), _PRICE.pattern.sub("多少钱", plain))
        return fold(_HAN.sub(lambda found: self._respelled(found[0]), written))

    def _written(self, letters: str) -> str:
        """Pinyin or initials as characters; what is neither stays."""
        tokens = letters.split(" ")
        initials = [token[:-2] if token.endswith(_PARTICLES) else token for token in tokens]
        known = _habits().initials
        if all(token in known for token in initials):
            return "".join(known[token] for token in initials)
        typed = [spelled(token) or _spelled(known.get(token, "")) for token in tokens]
        found = self._fewest([sound for each in typed for sound in each]) if all(typed) and len(letters) > 1 else None
        return letters if found is None else found

    def _fewest(self, sounds: Sequence[str]) -> str | None:
        """The fewest words that sound like this from end to end; None when there are none."""
        best: list[tuple[int, str] | None] = [None] * len(sounds) + [(0, "")]
        for start in range(len(sounds) - 1, -1, -1):
            for end in range(min(start + LONGEST_SYLLABLES, len(sounds)), start, -1):
                rest, word = best[end], self._meant(sounds[start:end])
                if rest is None or word is None:
                    continue
                before = best[start]
                if before is None or rest[0] + 1 < before[0]:
                    best[start] = (rest[0] + 1, word + rest[1])
        return None if best[0] is None else best[0][1]

    def _respelled(self, run: str) -> str:
        """A run of characters with its homophones put right: where loose characters sound like a word."""
        loose, at = [False] * len(run), 0
        for word in self._cut(run):
            loose[at : at + len(word)] = [len(word) == 1] * len(word)
            at += len(word)
        sounds = _spelled(run)
        written, at = "", 0
        while at < len(run):
            meant = self._word_at(run, sounds, loose, at)
            written += meant or run[at]
            at += len(meant or run[at])
        return written

    def _word_at(self, run: str, sounds: Sequence[str], loose: Sequence[bool], at: int) -> str | None:
        for end in range(min(at + LONGEST_SYLLABLES, len(run)), at + 1, -1):
            written = run[at:end]
            if written in self._known or is_place(written):
                return written
            meant = self._meant(sounds[at:end])
            if meant is not None and (self._is_courier(written, meant) or self._is_odd(written, meant, loose[at:end])):
                return meant
        return None

    def _is_odd(self, written: str, meant: str, loose: Sequence[bool]) -> bool:
        """Loose characters that sound like one word, one of which the manual never uses by itself.

        "时侯" is odd, "是谁" is not; "得慌" sounds like no word but a row of them ("的换"). Numerals are known to all.
        One syllable tells nothing: 怀了 is no careless 坏了.
        """
        is_careless = all(loose) and any(character not in self._known for character in written)
        is_careless = is_careless and len(_PARTICLE.without(meant)) > 1
        return is_careless and self._cut(meant) == (meant,) and not _NUMERAL.pattern.search(written + meant)

    def _is_courier(self, written: str, meant: str) -> bool:
        """Whether a word sounds like a courier's name: "顺风" does, "的帮" in "是的帮我看看" is no word."""
        return meant in COURIERS and self._cut(written) == (written,)


def _in_usual_words(folded: str) -> str:
    habits = _habits()
    return habits.any_said_elsewhere.sub(lambda found: habits.said_elsewhere[found[0]], folded)


def _rows_of_words(cut: Sequence[str]) -> Iterable[str]:
    for length in range(1, LONGEST_WORDS + 1):
        for start in range(len(cut) - length + 1):
            row = "".join(cut[start : start + length])
            if len(row) <= LONGEST_SYLLABLES:
                yield row


def _heard(word: str) -> tuple[str, ...]:
    return tuple(map(blurred, _spelled(word)))


def _spelled(word: str) -> tuple[str, ...]:
    return tuple(sound for character in word for sound in spelled(character) or (character,))
