"""Folded text cut into words by jieba, with one shop's own words beside those of every shop.

Each cutter has a `jieba.Tokenizer` of its own, so that no revision's words reach another. Its dictionary is the
frequent part of jieba's (`dictionary.txt`, written by `python -m training.cut_dictionary`), which is read much faster.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from knowledge.language.normalisation import fold
from knowledge.language.synonyms import class_words

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its patterns are older than raw strings
    import jieba

Cut = Callable[[str], tuple[str, ...]]
"""From a folded text to its words, in order: Chinese as jieba cuts it, anything else as it was typed."""

DICTIONARY = Path(__file__).parents[1] / "data" / "dictionary.txt"
SHOP_WORD = 20_000
"""How often jieba shall have seen a shop's word: likelier than any two words it might be cut into."""
_RUN = re.compile(r"([\u3400-\u9fff\U00020000-\U000323af]+)|([^\s\u3400-\u9fff\U00020000-\U000323af]+)")
_REMEMBERED = 16_384


def cutter(vocabulary: Iterable[str] = ()) -> Cut:
    """What cuts one shop's texts: `vocabulary` are its own words. Safe to use from any thread."""
    tokenizer = jieba.Tokenizer(str(DICTIONARY))
    tokenizer.FREQ, tokenizer.total = dict(_dictionary().FREQ), _dictionary().total
    tokenizer.initialized = True
    for word in sorted({fold(each).replace(" ", "") for each in (*class_words(), *vocabulary)}):
        if len(word) > 1 and tokenizer.FREQ.get(word, 0) < SHOP_WORD:
            tokenizer.add_word(word, SHOP_WORD)

    @lru_cache(maxsize=_REMEMBERED)
    def cut(folded: str) -> tuple[str, ...]:
        words: list[str] = []
        for han, other in _RUN.findall(folded):
            words.extend(tokenizer.cut(han, cut_all=False, HMM=False) if han else (other,))
        return tuple(words)

    return cut


@lru_cache(maxsize=1)
def general_cutter() -> Cut:
    """What cuts texts that belong to no shop."""
    return cutter()


@lru_cache(maxsize=1)
def _dictionary() -> jieba.Tokenizer:
    """One that has read its dictionary, for all others to begin with.

    jieba's cache goes into a private folder and with it: by default it is a file in the shared temp folder, which jieba
    would believe whoever had written it.
    """
    jieba.setLogLevel(logging.CRITICAL)
    tokenizer = jieba.Tokenizer(str(DICTIONARY))
    with TemporaryDirectory() as private:
        tokenizer.tmp_dir = private
        tokenizer.initialize()
    return tokenizer
