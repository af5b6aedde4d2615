"""A question in careless letters as a careful typist would have written it: pinyin, initials, homophones.

Only words of the shop's own manual come into it, so "baoyou" becomes 包邮 where the manual speaks of 包邮, and so does
包油. A name of another kind ("pro", "iphone") is no row of syllables that the manual knows and stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from knowledge.couriers import COURIERS
from knowledge.pieces import blurred, spelled
from knowledge.regions import is_place, provinces
from knowledge.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from knowledge.cutting import Cut

EXAMPLES_READ = 20_000
LONGEST_WORDS = 3
LONGEST_SYLLABLES = 7
_OFTEN = 1_000
"""How often a word counts that is no example's but every shop's."""

INITIALS: Mapping[str, str] = MappingProxyType(
    {
        "by": "包邮",
        "kd": "快递",
        "fh": "发货",
        "th": "退货",
        "tk": "退款",
        "hh": "换货",
        "fp": "发票",
        "yf": "运费",
        "wl": "物流",
        "sf": "顺丰",
        "xh": "现货",
        "zp": "正品",
        "yh": "优惠",
        "rg": "人工",
        "kf": "客服",
        "dh": "单号",
        "dz": "地址",
        "cm": "尺码",
        "zl": "质量",
        "sm": "什么",
        "zm": "怎么",
        "zmy": "怎么样",
        "dsq": "多少钱",
        "yhq": "优惠券",
        "yfx": "运费险",
        "zrg": "转人工",
        "xj": "新疆",
        "smsh": "什么时候",
        "sshou": "什么时候",
        "smsj": "什么时间",
    }
)
_EVERYWHERE = (
    *("人工", "转人工", "找人工", "客服", "真人", "找真人", "老板", "你好", "在吗", "谢谢", "请问", "可以", "包邮"),
    *("多少钱", "什么", "怎么", "什么时候", "吗", "呢", "的", "了", "我", "你", "要", "有", "不", "能", "是", "到"),
    *("帮", *COURIERS),
)
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_LETTERS = re.compile(r"(?<![a-z])[a-z]++(?: [a-z]++)*+(?!\d{6})")
"""Not the letters of a number such as SF0000000000."""
_NUMERAL = re.compile("[一二两三四五六七八九十百千万]")
_SAID_ELSEWHERE: Mapping[str, str] = MappingProxyType(
    {
        "神马": "什么",
        "肿么": "怎么",
        "木有": "没有",
        "莫得": "没有",
        "冇": "没有",
        "咋个": "怎么",
        "咋": "怎么",
        "啷个": "怎么",
        "啥子": "什么",
        "可唔可以": "可不可以",
        "系唔系": "是不是",
        "有冇": "有没有",
        "几多钱": "多少钱",
        "几多": "多少",
        "平啲": "便宜点",
        "平点": "便宜点",
        "新彊": "新疆",
    }
)
"""Words of the net and of other regions that every shop's buyers use."""
_PRICE = re.compile(r"(?<![么好太很])多钱|几(?:块|个)?钱|几块(?=一|$)|(?:啥|什么)价(?:格|钱|位)?")
"""How else one asks what something costs."""
_ELSEWHERE = re.compile("|".join(sorted(_SAID_ELSEWHERE, key=len, reverse=True)))
_PARTICLE = re.compile("[了着过的得吗呢吧啊不没]")
_PARTICLES = ("ma", "me", "ne", "bu")
_LEAD = re.compile(
    r"^(?:(?:好[的吧]?|行吧?|ok)?那(?:么|(?!个|款|种|件|边|里|双|条))"
    r"|所以|然后|还有就是|就是(?!说)|另外|对了|我想知道|想知道)(?=\S{2})"
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

    @cached_property
    def _known(self) -> Counter[str]:
        """Every word, and how often it is written."""
        seen = Counter[str](dict.fromkeys((*provinces(), *_EVERYWHERE), _OFTEN))
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
        plain = _ELSEWHERE.sub(lambda found: _SAID_ELSEWHERE[found[0]], _LEAD.sub("", folded))
        written = _LETTERS.sub(lambda found: self._written(found[0]), _PRICE.sub("多少钱", plain))
        return fold(_HAN.sub(lambda found: self._respelled(found[0]), written))

    def _written(self, letters: str) -> str:
        """Pinyin or initials as characters; what is neither stays."""
        tokens = letters.split(" ")
        initials = [token[:-2] if token.endswith(_PARTICLES) else token for token in tokens]
        if all(token in INITIALS for token in initials):
            return "".join(INITIALS[token] for token in initials)
        typed = [spelled(token) or _spelled(INITIALS.get(token, "")) for token in tokens]
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
        is_careless = is_careless and len(_PARTICLE.sub("", meant)) > 1
        return is_careless and self._cut(meant) == (meant,) and not _NUMERAL.search(written + meant)

    def _is_courier(self, written: str, meant: str) -> bool:
        """Whether a word sounds like a courier's name: "顺风" does, "的帮" in "是的帮我看看" is no word."""
        return meant in COURIERS and self._cut(written) == (written,)


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
