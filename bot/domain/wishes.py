"""Short things a buyer says that are commands rather than questions: a wish for a person, a number out of a choice."""

from __future__ import annotations

import re

_ASKS_FOR_PERSON = re.compile(
    r"(请|麻烦|帮我|给我|我要|我想|要|想|能不能|可以|可不可以|直接|快|赶紧|能)*"
    r"(转接?|换|接|找|叫|喊|联系|有没有|有|来个|来|是)?(一?下|一?个|你们?|你们的)*"
    r"(人工(客服|服务|座席|坐席|回复|接待)?|真人(客服)?|真人工|活人|客服(小姐姐|小哥哥|人员)?|在线客服|人)"
    r"(来|出来|回复|接待|处理|服务|在吗|在不在|在么|呢|吗|么|啊|吧|一下|说话|聊|可以吗|行吗)*"
)
_PLAIN_PERSON = re.compile(r"(rengong|zhuanrengong|human|agent|realperson|talktoahuman|kefu)")
_NOT_ENOUGH = {
    "人",
    "有人",
    "是人",
    "有人吗",
    "有人么",
    "是人吗",
    "有人在吗",
    "客服",
    "客服在吗",
    "客服在不在",
    "有客服吗",
    "在线客服",
}
"""Said as a greeting ("anybody there?") rather than as a wish for a person."""

_NUMBERS = {
    **dict(zip("123456789", range(1, 10), strict=True)),
    **dict(zip("①②③④⑤⑥⑦⑧⑨", range(1, 10), strict=True)),
    **dict(zip("一二三四五六七八九", range(1, 10), strict=True)),
}
_PICK = re.compile(
    r"(?:选|我选|就|是|问|问的是|想问)?第?([1-9①-⑨一二三四五六七八九])(?:个|号|项|条)?(?:吧|呀|啊|的)?[.。、]?"
)


def wants_person(folded: str) -> bool:
    """Whether the whole message is a wish for a person. 人工费, 人工智能 or 真人模特 inside a question is not."""
    plain = re.sub(r"[\s,，.。!！?？~]+", "", folded)
    if plain in _NOT_ENOUGH:
        return False
    return bool(_ASKS_FOR_PERSON.fullmatch(plain) or _PLAIN_PERSON.fullmatch(plain))


def number_picked(folded: str, *, choices: int) -> int | None:
    """The place in a choice (from 1) that the message names, or None when it names none of those offered."""
    found = _PICK.fullmatch(folded.strip())
    if found is None:
        return None
    number = _NUMBERS[found[1]]
    return number if number <= choices else None
