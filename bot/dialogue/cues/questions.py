"""Whether words ask something, agree with something, or only tell it."""

from __future__ import annotations

import re

SHORTEST_QUESTION_CHARACTERS = 3

_ASKS = re.compile(
    r"[?？吗么呢嘛]|多少|怎|为何|什么|啥|咋|几|哪|谁|多[大长久高重远]|可不可以|可以|支持|有没|"
    r"([^\W时动不没])[不没]\1|(?<![不没还都也就又才我你他她从绝决偏直根说可])[不没][啊呀哦]?\W*$|"
    r"(?:[是发要用走选买寄拍]\w{1,8}|[a-z0-9])还是(?![不没])\w|(?:(?<!还)是|[会能有没]|应该|包邮)[^\W吧就再]{0,8}吧\W*$"
)
"""Also "好不好", "有券没", "是棉的还是毛的" and "还没发吧", but neither "时不时" nor "货还没", "我也不", "退了吧"."""
_TELLS = re.compile(r"(?:(?<!有)没\w{1,6}|着\w{0,2})呢")


_ASKS_OF_ANOTHER = re.compile(r"那?\w{1,8}呢\W*")
_AGREES = re.compile(
    r"(?:这样|那)?(?:[好行是对成在]|可以|知道|明白|懂)(?:[不没](?:[好行是对成]|可以|知道|明白|懂)?)?[了的啊]?[吗么嘛吧呢]?\W*"
    r"|怎么样\W*|怎么办\W*|咋办\W*|为什么\W*|为啥\W*|(?:您|你)?说呢\W*|人呢\W*"
)
_ENDS_AS_QUESTION = re.compile(r"[吗嘛么]\W*$")


def is_question(text: str) -> bool:
    """Whether these words ask something by themselves, rather than only begin or surround a question.

    "起球吗" does, but not "好不好", which only asks whether we agree.
    """
    return len(text.strip()) >= SHORTEST_QUESTION_CHARACTERS and asks(text) and not _AGREES.fullmatch(text.strip())


def asks(text: str) -> bool:
    """Whether a question word or particle is in it."""
    return bool(_ASKS.search(text))


def only_tells(text: str) -> bool:
    """Whether its 呢 tells something rather than asks it: "没付款呢", "等着呢"."""
    return bool(_TELLS.search(text)) and not asks(_TELLS.sub("", text))


def asks_of_another(text: str) -> bool:
    """Whether it asks the same of something else: "那耳机呢"."""
    return bool(_ASKS_OF_ANOTHER.fullmatch(text))


def ends_as_question(text: str) -> bool:
    """Whether its last word is a particle that makes a question of a whole sentence."""
    return bool(_ENDS_AS_QUESTION.search(text))
