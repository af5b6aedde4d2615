"""Buyers' text made comparable: width, script, case, emoji, greetings and particles; and cut into words.

Nothing is read at import. jieba's dictionary is read once, by `load_words` or by whoever first asks for words; it lives
in this module's own tokenizer, so jieba's global one, its log and its cache file in the temp folder are never touched.
"""

from __future__ import annotations

import html
import re
import threading
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import jieba
from opencc import OpenCC

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 2000
"""Characters of a message that are looked at; the rest is cut off before anything else happens."""
FREQUENT_ENOUGH = 50
"""Words of jieba's dictionary seen less often than this are left out: a fifth of the size, a fifth of the load time."""
SHOP_WORD_FREQUENCY = 20_000

_SPACES = re.compile(r"\s+")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ud800-\udfff\U000e0000-\U000e0fff]"
)
_STICKER = re.compile(r"\[[^\[\]\s\d][^\[\]\s]{0,7}\]|/:[^\s\u4e00-\u9fff]{1,5}|#E-s\d+")
_NOT_SAID = re.compile(r"(?<=\d)[.:](?=\d)|(?<=\d)%|([^\w]|_)+")
_NEEDLESS_SPACE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")
_DICTIONARY_LINE = re.compile(r"^(\S+) (\d+)", re.MULTILINE)

_OPENING = re.compile(
    r"^(?:(?:亲爱的|亲亲|亲(?!子|肤|戚|自|密|测|水|和|友|情|身|口|手|生|朋)|你好啊?(?![评多像贵慢久长差大几坏吃看用难友烦])"
    r"|您好啊?|hello|hi|hey|哈喽|哈啰|嗨|在吗|在么|在不在|在嘛|有人吗|有人在吗|老板娘?(?!键)|掌柜的?|店家|卖家|小二|美女|帅哥|小姐姐"
    r"|客服(?=\s|你好|您好|在|请问|小姐)|早上好|上午好|中午好|下午好|晚上好|打扰一?下|打扰了"
    r"|请问一?下?|请教一?下|我?想?要?(?:问问|问一下|问下|咨询一下|咨询下|了解一下|了解下)|我想问|我想咨询"
    r"|麻烦(?:问|你|您)一?下?|那个|呃+|额+|嗯+|哦+|啊+)\s*)+(?=\S)"
)
_CLOSING = re.compile(
    r"(?<=\S\S)\s*(?:(?:[吗呢啊呀哦噢喔哟诶欸哇啦嘞咯哈吧嗯嘿]|(?<![什怎这那多要])么|(?<!干)嘛"
    r"|谢谢(?:你|您|啦|了|亲)?|多谢|感谢|谢了|辛苦(?:了|啦)|麻烦(?:了|啦|你了|您了)|(?<!母)(?<!父)(?<!相)亲|在吗|老板|hello|hi|thanks)\s*)+$"
)


def fold(text: str) -> str:
    """Comparable form of a message: equal folds mean the same words were typed. Pure; never raises.

    Width, case, script (traditional becomes simplified), HTML entities, invisible characters, emoji, sticker codes and
    punctuation no longer matter. Greetings and particles around the question go, unless nothing else was said ("在吗").
    """
    return _fold(text[:LONGEST])


@lru_cache(maxsize=4096)
def _fold(text: str) -> str:
    if "&" in text:
        text = html.unescape(text)
    text = _SPACES.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFKC", _UNSEEN.sub("", text))))
    text = _STICKER.sub(" ", text).lower()
    text = _NOT_SAID.sub(lambda found: " " if found[1] else found[0], text).strip()
    text = _NEEDLESS_SPACE.sub("", _OPENING.sub("", _simplified(text)))
    return _CLOSING.sub("", text)


def _simplified(text: str) -> str:
    if not _HAN.search(text):
        return text
    converted: str = _converter().convert(text)
    return converted


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


class _Words:
    """A tokenizer of our own, filled once from the frequent part of jieba's dictionary; shop words are added to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shop_words: frozenset[str] = frozenset()
        self._tokenizer: jieba.Tokenizer | None = None

    def learn(self, vocabulary: Iterable[str]) -> None:
        asked = {fold(word).replace(" ", "") for word in vocabulary}
        with self._lock:
            tokenizer = self._tokenizer or _frequent_words()
            new = {word for word in asked if len(word) > 1} - self._shop_words
            for word in sorted(new):
                tokenizer.add_word(word, SHOP_WORD_FREQUENCY)
            self._shop_words |= new
            self._tokenizer = tokenizer
        if new:
            words.cache_clear()

    def cut(self, folded: str) -> list[str]:
        if self._tokenizer is None:
            self.learn(())
        assert self._tokenizer is not None
        found: list[str] = self._tokenizer.lcut(folded, HMM=False)
        return found


def _frequent_words() -> jieba.Tokenizer:
    dictionary = (files("jieba") / "dict.txt").read_text(encoding="utf-8")
    frequencies: dict[str, int] = {}
    for word, count in _DICTIONARY_LINE.findall(dictionary):
        if len(word) == 1 or len(count) > 2 or int(count) >= FREQUENT_ENOUGH:
            frequencies[word] = int(count)
    total = sum(frequencies.values())
    for word in tuple(frequencies):
        for length in range(2, len(word)):
            frequencies.setdefault(word[:length], 0)
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = frequencies, total, True
    return tokenizer


_WORDS = _Words()


def load_words(vocabulary: Iterable[str] = ()) -> None:
    """Read jieba's dictionary (about 0.2 s, once) and learn the shop's own words. Call it off the event loop."""
    _WORDS.learn(vocabulary)


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words of a folded text, in order."""
    return tuple(word for word in _WORDS.cut(text) if word != " ")
