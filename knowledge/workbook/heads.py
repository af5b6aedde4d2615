"""What the heads of a question list mean, by the names that owners and chat programs give them (`heads.toml`)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["question", "wordings", "answer", "keywords", "group", "number", "remark"]
_NUMBER = re.compile(r"[\d一二三四五六①-⑨\W_]+")
_NOT_SAID = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The columns (counted from 0) of one list of questions and answers; two may stand side by side.

    A list may have keywords in place of questions. Several answers are one where only a number tells their heads apart.
    """

    questions: tuple[int, ...]
    answers: tuple[int, ...]
    keywords: tuple[int, ...]
    groups: tuple[int, ...]


def kind_of(head: str) -> Kind | None:
    """What a column with this head holds; None when nobody knows."""
    said = _NOT_SAID.sub("", unicodedata.normalize("NFKC", head).lower())
    return next((kind for kind, pattern in _patterns().items() if pattern.fullmatch(said)), None)


def blocks_of(heads: Mapping[int, str]) -> tuple[Block, ...]:
    """The lists that a row of heads begins; none when it is no row of heads."""
    blocks, kinds = [], list[tuple[int, Kind]]()
    for column, head in sorted(heads.items()):
        kind = kind_of(head)
        if kind == "question" and {"question", "answer"} <= {each for _, each in kinds}:
            blocks.append(kinds)
            kinds = [one for one in kinds if one[1] == "group"]
        if kind is not None:
            kinds.append((column, kind))
    blocks.append(kinds)
    found = tuple(_block(kinds, heads) for kinds in blocks)
    return tuple(block for block in found if (block.questions or block.keywords) and block.answers)


def _block(kinds: list[tuple[int, Kind]], heads: Mapping[int, str]) -> Block:
    def of(*wanted: Kind) -> tuple[int, ...]:
        return tuple(column for column, kind in kinds if kind in wanted)

    answers = tuple(at for at in of("answer") if _unnumbered(heads[at]) == _unnumbered(heads[of("answer")[0]]))
    return Block(
        questions=(*of("question"), *of("wordings")), answers=answers, keywords=of("keywords"), groups=of("group")
    )


def _unnumbered(head: str) -> str:
    return _NUMBER.sub("", head)


@cache
def _patterns() -> dict[Kind, re.Pattern[str]]:
    book = tomllib.loads(files("knowledge").joinpath("data", "heads.toml").read_text("utf-8"))
    return {kind: re.compile(told["pattern"]) for kind, told in book.items()}  # type: ignore[misc]  # the file's tables are the kinds
