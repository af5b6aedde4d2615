"""A buyer takes back what he just wrote, "不是，我是问运费" or "不是毛衣，是杯子": only the rest is meant.

Read as a question of its own, "不对" or "发错了" would be about a parcel with the wrong goods.
"""

from __future__ import annotations

import re

_MARK = r"[\s,，.。;；:：!！~～、…]"
_SORRY = r"(?:哦|噢|啊|额|呃|诶|哎呀?|不好意思|抱歉|对不起|sorry)"
_TYPED_WRONG = r"我?[说打讲骂问][错岔]了?字?"
_WRONG = rf"(?:不是的?|不对|不|错了|{_TYPED_WRONG})[啊哦呢哈呀]?"
_I_MEAN = r"(?:我的意思是|我[说问]的是|我(?:就|只)?是想?[说问指](?:的是)?(?!明|题))"
_IT_IS = r"(?:应该|就)?是(?!不是|否)"
_TAKEN_BACK = re.compile(
    rf"(?:{_SORRY}|{_MARK})*(?:"
    rf"(?:(?:{_WRONG})+{_MARK}+)+(?:{_I_MEAN}|{_IT_IS})?"
    rf"|(?:{_TYPED_WRONG}|[写填输]错了?){_MARK}*(?:{_I_MEAN}|{_IT_IS})"
    rf"|(?:我|又|也|并)*+(?:没有?|不是)问(?![题过好清])[^\s,，.。?？吗]{{0,14}}{_MARK}+(?:{_I_MEAN}|我[要想]?问的?)"
    rf"|不对(?:{_IT_IS}|(?=[a-z0-9]))|(?:不是|不对|不)?{_I_MEAN}"
    rf"|不是[^\s,，.。?？是吗么]{{1,8}}{_MARK}*(?:而|要的|我[要说问]的)?是(?![不否谁什哪])"
    rf"){_MARK}*(?=.)",
    re.IGNORECASE,
)
_NOTHING_ELSE = re.compile(
    rf"(?:{_SORRY}|{_MARK})*(?:(?:不是的?|不对|{_TYPED_WRONG})[啊哦呢哈呀]?{_MARK}*)+(?:{_SORRY}|{_MARK})*",
    re.IGNORECASE,
)
_ASKED_SOMETHING_ELSE = re.compile(
    r"(?:我|又|也|并|可|刚才?|根本)*+(?:没有?|不是(?:在|想|要)?)问(?![题过好清])[^吗?？就了直\s,，。]{0,14}[\s,，.。!！]*"
    r"|我?问的不是[^吗?？就了\s,，。]{1,10}[\s,，.。!！]*"
)


def without_correction(text: str) -> str:
    """What the buyer means after all: the text without the words that take something back before it.

    Unchanged when nothing follows, and when nothing is taken back ("不对版怎么退", "不是说包邮吗").
    """
    taken_back = _TAKEN_BACK.match(text)
    return text[taken_back.end() :] if taken_back else text


def only_takes_back(text: str) -> bool:
    """Whether these words only take something back, so that what is meant is still to come."""
    return bool(_NOTHING_ELSE.fullmatch(text)) or asked_something_else(text)


def asked_something_else(text: str) -> bool:
    """Whether he only says that he did not ask what was answered: "我没问你发货时间"."""
    return bool(_ASKED_SOMETHING_ELSE.fullmatch(text))
