"""Counts the pieces that many intents of the library share, and writes `knowledge/data/stopwords.txt` anew."""

from __future__ import annotations

import re
from pathlib import Path

from knowledge.intents.library import read_intents
from knowledge.language.synonyms import class_words, meaning
from knowledge.relevance.stopwords import FILE, SHARED_BY, stopwords_in

HEAD = """\
# The stop words of what buyers of any shop ask: features that many intents share. <发货> is its synonym class.
# Written by `python -m training.count_stopwords`.
"""
KNOWLEDGE = Path(__file__).parent.parent / "knowledge" / "data"


def _lines() -> list[str]:
    names = {meaning(word): f"<{word}>" for word in reversed(class_words())}
    signs = re.compile("|".join(map(re.escape, names)))
    found = stopwords_in(read_intents())
    return [
        " ".join((name, *sorted(signs.sub(lambda sign: names[sign[0]], piece) for piece in found[name])))
        for name in SHARED_BY
    ]


if __name__ == "__main__":
    (KNOWLEDGE / FILE).write_text(HEAD + "\n".join(_lines()) + "\n", encoding="utf-8")
