"""The buyer writes exactly one of these texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.answers.conditions.condition import Cell, Condition, Rank, quoted
from knowledge.language.normalisation import fold
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from knowledge.manual.entry import Circumstances, Manual, When
    from knowledge.reasons.reason import Reason


def _against(when: When, _: Manual, circumstances: Circumstances) -> Reason | None:
    is_one = fold(circumstances.text) in {fold(words) for words in when.words}
    return None if is_one else because("other_words")


WORDS = Condition(
    cells=(Cell(field="words", form="texts"),),
    rank=Rank.WORDS,
    said=lambda when: because("exact_words_are", words=quoted(when.words)),
    against=_against,
)
