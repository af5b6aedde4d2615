"""Cuts jieba's dictionary to what is frequent, a sixth of it, and writes `knowledge/data/dictionary.txt` anew."""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path

from knowledge.language.segmentation import DICTIONARY

_FREQUENT = re.compile(r"^(?:\S(?= )|\S+(?= \d{3}| [5-9]\d)) \d+", re.MULTILINE)
"""Lines worth keeping: single characters, and words that jieba has seen fifty times."""


def cut_dictionary() -> str:
    """The frequent words of the installed jieba, each with how often it was seen, a line for each."""
    whole = Path(str(distribution("jieba").locate_file("jieba/dict.txt"))).read_text(encoding="utf-8")
    return "\n".join(_FREQUENT.findall(whole)) + "\n"


if __name__ == "__main__":
    DICTIONARY.write_text(cut_dictionary(), encoding="utf-8")
