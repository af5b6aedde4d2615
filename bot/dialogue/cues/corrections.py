"""A buyer takes back what they just wrote, "不是，我是问运费" or "不是毛衣，是杯子": only the rest is meant.

Read as a question of its own, "不对" or "发错了" would be about a parcel with the wrong goods.
"""

from __future__ import annotations

from knowledge.phrases.phrase import Phrase

_TAKEN_BACK = Phrase("correction", "taken_back")
_NOTHING_ELSE = Phrase("correction", "nothing_else")
_ASKED_SOMETHING_ELSE = Phrase("correction", "asked_something_else")


def without_correction(text: str) -> str:
    """What the buyer means after all: the text without the words that take something back before it.

    Unchanged when nothing follows, and when nothing is taken back ("不对版怎么退", "不是说包邮吗").
    """
    taken_back = _TAKEN_BACK.pattern.match(text)
    return text[taken_back.end() :] if taken_back else text


def only_takes_back(text: str) -> bool:
    """Whether these words only take something back, so that what is meant is still to come."""
    return _NOTHING_ELSE.says(text) or asked_something_else(text)


def asked_something_else(text: str) -> bool:
    """Whether the buyer only says that they did not ask what was answered: "我没问你发货时间"."""
    return _ASKED_SOMETHING_ELSE.says(text)
