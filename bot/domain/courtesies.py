"""What a buyer says to be polite, or to let a thing rest: it wants no answer of a manual, no choice and no person."""

from __future__ import annotations

import re

LONGEST_COURTESY_CHARACTERS = 24

_STICKER = re.compile(r"\[[^\[\]\s\d]{1,8}\]")
_NOT_SAID = re.compile(r"[\W_]+")
_WONDERS = re.compile(r"[?？]")
_ENDS = "[的哒滴得吧呢嘞啦了呀啊哦喔噢咯勒叭哈嗯]*+"
_NODS = (
    rf"我?(?:自己)?(?:(?:知道|明白|懂|学?会)(?:该?(?:怎么|咋))?[用弄装贴连做选办]?[了啦咯喽]|搞定|"
    rf"(?:(?:弄|搞|装|修|连)[好上通]|解决|能用|好使)[了啦咯喽]){_ENDS}|"
    rf"[哦噢喔嗷奥嗯恩唔昂]++{_ENDS}|en+|e?m{{2,}}|好{{1,4}}{_ENDS}|行{{1,3}}{_ENDS}|[成妥]{_ENDS}|可以{_ENDS}|没问题{_ENDS}|"
    rf"o+k+(?:ay|k)*{_ENDS}|k{{1,3}}|我?(?:收到|知道|明白|了解|清楚|懂|晓得|看到){_ENDS}|"
    rf"[哈嘿嘻]++|呵{{2,}}|h{{2,}}|不用(?:再)?(?:回复?)?(?:我)?{_ENDS}|没事儿?{_ENDS}|(?:那?我)?(?:就|先|再)?等(?:着|等|下|一下)?[吧啦了哈]*+|[就先](?:这样|那样){_ENDS}|"
    rf"(?:(?:那|我|就|先|再|自己|回头|回去|还是){{1,4}}+(?:[看逛想]一?[看逛想下]|(?:对比|比较)一?下|考虑(?:考虑|一?下)?)|考虑(?:考虑|一?下))"
    rf"(?:再[说定买拍])?{_ENDS}|"
    rf"就这些(?:问题)?{_ENDS}|没有?(?:别的|其[他它]的?)?问题了{_ENDS}|没有?(?:别的|其[他它]的?)了{_ENDS}"
)
_THANKS = r"谢{1,3}[你您啦了哈]*|多谢|感谢|辛苦[了啦]*|麻烦[了啦你您]*|thx|thanks?|thankyou|3q"
_NOD = re.compile(rf"[那我]?(?>(?:{_NODS})(?:{_THANKS}|亲|老板|哥|姐)*+)++")
"""Possessive throughout: a row of one character is read once, however many ways there are to part it."""
_THANKS_AFTER = re.compile(
    rf"(?!\w*[没不错坏破少漏掉丢断裂差慢假退换怎])\w{{2,10}}[了啦咯喽](?:{_THANKS})(?:亲|老板|哥|姐)*+"
)
"""Thanks after something done, "按您说的调亮了 谢谢", that speaks of no trouble."""
_RECEIVED = (
    "(?:我的?)?(?:东西|货|快递|包裹|宝贝)?(?:已经|已|都|刚)?(?:收到|到手|到)(?:货|东西|快递|包裹|宝贝)?[了啦咯喽]"
)
_TO_HIM = "亲|老板|客服|小二|哥|姐|非常|太|真是?|那|先"
_TAKES_LEAVE = re.compile(
    rf"(?:{_TO_HIM})*+(?>(?:{_THANKS}|{_RECEIVED}|再见|再会|拜{{1,4}}|886?|晚安|回见|回头见|bye)(?:{_TO_HIM}|[啊呀哈哦啦了的])*+)++"
)
_ONLY_CAME = re.compile(rf"(?:{_TO_HIM})*+{_RECEIVED}(?:{_TO_HIM}|[啊呀哈哦啦了的])*+")
_SO = (
    "(?:真的?|很|挺|特别|非常|超级?|蛮|太|还|相当|好|都|也|[穿用吃喝闻戴摸看]着|"
    "质量|味道|口感|东西|做工|包装|快递|物流|发货|服务|颜色)"
)
_GOOD = (
    "(?:暖和|好[吃喝用看闻]|漂亮|喜欢|满意|舒服|合适|合身|不错|"
    "给力|新鲜|实惠|划算|厚实|保暖|结实|精致|点赞|[五5]星|满分)"
)
_PRAISE = (
    f"{_SO}*(?:{_GOOD}|{_SO}[好棒赞甜香值快])|(?:已经?|给|打|送|你们?|您|个|了)*+(?:全?[五5]星|全)?好评(?:已经?|给|打|送|了|上|啦)*+|"
    "(?:下次|以后)(?:还|再|会|来|买|要)++|(?:还|再|会|一定|要)*+回购|推荐给(?:朋友|同事|家人)"
)
_IS_PLEASED = re.compile(rf"(?:{_RECEIVED})?+(?>(?:{_PRAISE})(?:{_THANKS}|亲|老板|[的啊呀哈哦啦了呢噢])*+)++")
_GIVEN_UP = re.compile(
    r"(?:没有?(?:的话)?|没货|那|哎|唉|额|呃|还是|就|好吧|行吧)*(?:算|罢)了[吧啦呗]?(?:(?:不用|不要|不需要|不麻烦|没事)了?[吧啦]?)?"
)
_NEEDS_NOTHING = re.compile(r"(?:那|哦|额|我)?(?:先|又|现在)?(?:不用|不要|不需要|没事|没事儿|不找|不等)了[吧啦呀]?")

_PIECES = "(?:[一两二俩三四五六七八九十]|[0-9]{1,3})(?:[个件条副只双套份款])?的?"
_BUYS = re.compile(
    rf"(?:那|我们?|就|先|再)*+[要来]{_PIECES}[吧哈了啦]?|"
    r"(?!(?:下单|拍下|拍|买|入手|订|付款|支付|付)$)"
    r"(?:那|行|好的?|嗯|ok|可以|就这样|我们?|咱|就|先|这|马上|现在|去|直接|再|已经?|都|刚)*+"
    r"(?:下了?单|拍|买|入手|订|付了?款|支付|付)(?:完|好|下)?(?:这[个款件]|它)?"
    rf"(?:{_PIECES}|[和跟加、了啦咯喽哈吧呗哦噢呀啊])*+|"
    rf"算了(?:还是|我|就|只)*+[要拍买]?{_PIECES}[了啦咯哈吧呗哦呀啊]*+"
)
"""Also that he has bought ("我拍了哈"), or how many ("算了 要两件吧"). A bare "下单" may ask how."""


def is_acknowledgement(text: str) -> bool:
    """Whether the buyer only lets us know that he has read it: "哦", "好哒", "ok 收到"; "嗯？" and "可以吗" ask."""
    return _says_only(_NOD, text)


def gives_up(text: str) -> bool:
    """Whether he lets it be and says nothing more: "算了", "那算了吧". About a price that may be haggling."""
    return bool(_GIVEN_UP.fullmatch(_plain(text)[:LONGEST_COURTESY_CHARACTERS]))


def needs_nothing(text: str) -> bool:
    """Whether what he asked for before is no longer needed: "不用了", "没事了", "不等了"."""
    return bool(_NEEDS_NOTHING.fullmatch(_plain(text)[:LONGEST_COURTESY_CHARACTERS]))


def takes_leave(text: str) -> bool:
    """Whether he only thanks, says goodbye or that it has come: "谢谢", "拜拜啦亲", "收到货了"."""
    return _says_only(_TAKES_LEAVE, text)


def thanks_for_something_done(text: str) -> bool:
    """Whether he says what has come about and thanks for it: "按您说的调亮了 谢谢". Who tells of trouble does not."""
    return _says_only(_THANKS_AFTER, text)


def says_it_came(text: str) -> bool:
    """Whether he only says that it has come, and neither thanks nor goodbye: "收到了", "快递到了"."""
    return _says_only(_ONLY_CAME, text)


def is_pleased(text: str) -> bool:
    """Whether he only says that he likes it: "收到啦 很暖和", "好吃 五星好评"."""
    return _says_only(_IS_PLEASED, text)


def buys(text: str) -> bool:
    """Whether he says that he buys or has bought and nothing else: "那我下单啦", "付好了"; no product is named."""
    return not _WONDERS.search(text) and bool(_BUYS.fullmatch(_plain(text)[:LONGEST_COURTESY_CHARACTERS]))


def _says_only(courtesy: re.Pattern[str], text: str) -> bool:
    """Whether the whole text is this courtesy, and no question mark stands in it."""
    plain = _plain(text)
    return not _WONDERS.search(text) and len(plain) <= LONGEST_COURTESY_CHARACTERS and bool(courtesy.fullmatch(plain))


def _plain(text: str) -> str:
    return _NOT_SAID.sub("", _STICKER.sub("", text[: 4 * LONGEST_COURTESY_CHARACTERS].lower()))
