"""What a buyer says to be polite, or to let a thing rest: it wants no answer of a manual, no choice and no person."""

from __future__ import annotations

import re

from knowledge.phrases.phrase import Phrase

LONGEST_COURTESY_CHARACTERS = 24

_STICKER = re.compile(r"\[[^\[\]\s\d]{1,8}\]")
_NOT_SAID = re.compile(r"[\W_]+")
_WONDERS = re.compile(r"[?？]")
_NOD = Phrase("courtesy", "acknowledgement")
_THANKS_AFTER = Phrase("courtesy", "thanks_for_something_done")
_THANKS = Phrase("courtesy", "thanks")
_TAKES_LEAVE = Phrase("courtesy", "takes_leave")
_ONLY_CAME = Phrase("courtesy", "says_it_came")
_IS_PLEASED = Phrase("courtesy", "is_pleased")
_GIVEN_UP = Phrase("courtesy", "gives_up")
_NEEDS_NOTHING = Phrase("courtesy", "needs_nothing")
_BUYS = Phrase("courtesy", "buys")


def is_acknowledgement(text: str) -> bool:
    """Whether the buyer only lets us know that they have read it: "哦", "好哒", "ok 收到"; "嗯？" and "可以吗" ask."""
    return _says_only(_NOD, text)


def gives_up(text: str) -> bool:
    """Whether the buyer lets it be and says nothing more: "算了", "那算了吧". About a price that may be haggling."""
    return _GIVEN_UP.says(_plain(text)[:LONGEST_COURTESY_CHARACTERS])


def needs_nothing(text: str) -> bool:
    """Whether what the buyer asked for before is no longer needed: "不用了", "没事了", "不等了"."""
    return _NEEDS_NOTHING.says(_plain(text)[:LONGEST_COURTESY_CHARACTERS])


def thanks(text: str) -> bool:
    """Whether a courtesy has a word of thanks in it: "好的谢谢"."""
    return _THANKS.says(_plain(text)[:LONGEST_COURTESY_CHARACTERS])


def takes_leave(text: str) -> bool:
    """Whether the buyer only thanks, says goodbye or that it has come: "谢谢", "拜拜啦亲", "收到货了"."""
    return _says_only(_TAKES_LEAVE, text)


def thanks_for_something_done(text: str) -> bool:
    """Whether a text says what has come about and thanks for it, "按您说的调亮了 谢谢", and tells of no trouble."""
    return _says_only(_THANKS_AFTER, text)


def says_it_came(text: str) -> bool:
    """Whether a text only says that it has come, and neither thanks nor goodbye: "收到了", "快递到了"."""
    return _says_only(_ONLY_CAME, text)


def is_pleased(text: str) -> bool:
    """Whether the buyer only says that they like it: "收到啦 很暖和", "好吃 五星好评"."""
    return _says_only(_IS_PLEASED, text)


def buys(text: str) -> bool:
    """Whether the buyer only says that they buy or have bought: "那我下单啦", "付好了"; no product is named."""
    return not _WONDERS.search(text) and _BUYS.says(_plain(text)[:LONGEST_COURTESY_CHARACTERS])


def _says_only(courtesy: Phrase, text: str) -> bool:
    """Whether the whole text is this courtesy, and no question mark stands in it."""
    plain = _plain(text)
    return not _WONDERS.search(text) and len(plain) <= LONGEST_COURTESY_CHARACTERS and courtesy.says(plain)


def _plain(text: str) -> str:
    return _NOT_SAID.sub("", _STICKER.sub("", text[: 4 * LONGEST_COURTESY_CHARACTERS].lower()))
