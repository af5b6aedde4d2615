"""What a buyer says to be polite, or to let a thing rest: it wants no answer of a manual, no choice and no person."""

from __future__ import annotations

import re

LONGEST_COURTESY_CHARACTERS = 24

_STICKER = re.compile(r"\[[^\[\]\s\d]{1,8}\]")
_NOT_SAID = re.compile(r"[\W_]+")
_WONDERS = re.compile(r"[?？]")
_ENDS = "[的哒滴得吧呢嘞啦了呀啊哦喔噢咯勒叭哈嗯]*+"
_NODS = (
    rf"[哦噢喔嗷奥嗯恩唔昂]++{_ENDS}|en+|e?m{{2,}}|好{{1,4}}{_ENDS}|行{{1,3}}{_ENDS}|[成妥]{_ENDS}|可以{_ENDS}|没问题{_ENDS}|"
    rf"o+k+(?:ay|k)*{_ENDS}|k{{1,3}}|我?(?:收到|知道|明白|了解|清楚|懂|晓得|看到){_ENDS}|"
    rf"[哈嘿嘻]++|呵{{2,}}|h{{2,}}|不用(?:再)?(?:回复?)?(?:我)?{_ENDS}|没事儿?{_ENDS}|[就先](?:这样|那样){_ENDS}"
)
_THANKS = r"谢{1,3}[你您啦了哈]*|多谢|感谢|辛苦[了啦]*|麻烦[了啦你您]*|thx|thanks?|thankyou|3q"
_NOD = re.compile(rf"[那我]?(?>(?:{_NODS})(?:{_THANKS}|亲|老板|哥|姐)*+)++")
"""Possessive throughout: a row of one character is read once, however many ways there are to part it."""
_ORDERED = re.compile(
    r"(?>那|嗯|好的?|行|我|都|先|现在|刚刚?|就)*+"
    r"(?:已经?(?:拍|买|付款?|下单|支付)[好完下过]?了?|(?:拍|买|付款?|下单?|支付)[好完下]?(?:了款|了单|[了啦咯喽嘞]))[哈啊啦呀哦亲]*+"
)
"""Good news, and nothing asked: "我拍了哈", "已付款"."""
_GIVEN_UP = re.compile(
    r"(?:那|哎|唉|额|呃|还是|就|好吧|行吧)*(?:算|罢)了[吧啦呗]?(?:(?:不用|不要|不需要|不麻烦|没事)了?[吧啦]?)?"
)
_NEEDS_NOTHING = re.compile(r"(?:那|哦|额|我)?(?:先|又|现在)?(?:不用|不要|不需要|没事|没事儿|不找|不等)了[吧啦呀]?")


def is_acknowledgement(text: str) -> bool:
    """Whether the buyer only lets us know that he has read it: "哦", "好哒", "ok 收到"; "嗯？" and "可以吗" ask."""
    if _WONDERS.search(text):
        return False
    plain = _plain(text)
    return 0 < len(plain) <= LONGEST_COURTESY_CHARACTERS and bool(_NOD.fullmatch(plain))


def has_ordered(text: str) -> bool:
    """Whether he only lets us know that he has ordered or paid: "我拍了哈", "付好了", "已下单"."""
    return not _WONDERS.search(text) and bool(_ORDERED.fullmatch(_plain(text)[:LONGEST_COURTESY_CHARACTERS]))


def gives_up(text: str) -> bool:
    """Whether he lets it be and says nothing more: "算了", "那算了吧". About a price that may be haggling."""
    return bool(_GIVEN_UP.fullmatch(_plain(text)[:LONGEST_COURTESY_CHARACTERS]))


def needs_nothing(text: str) -> bool:
    """Whether what he asked for before is no longer needed: "不用了", "没事了", "不等了"."""
    return bool(_NEEDS_NOTHING.fullmatch(_plain(text)[:LONGEST_COURTESY_CHARACTERS]))


def _plain(text: str) -> str:
    return _NOT_SAID.sub("", _STICKER.sub("", text[: 4 * LONGEST_COURTESY_CHARACTERS].lower()))
