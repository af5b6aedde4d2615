"""Short things a buyer says that are commands rather than questions: a wish for a person, a number out of a choice.

Only short texts are looked at: a wish is a few words, and the patterns below would take for ever over 我要我要我要.
"""

from __future__ import annotations

import re

from bot.dialogue.cues.corrections import only_takes_back
from knowledge.phrases.phrase import Phrase

LONGEST_WISH_CHARACTERS = 24
LONGEST_OPENER_CHARACTERS = 20

_MARKS = re.compile(r"[\s,，.。!！?？~～、]+")
_ASKS_FOR_PERSON = Phrase("wish", "asks_for_person")
_SOMEBODY = Phrase("wish", "asks_for_somebody")
_STILL_NO_PERSON = Phrase("wish", "still_no_person")
_NOT_A_MACHINE = Phrase("wish", "not_a_machine")
_IN_LETTERS = Phrase("wish", "in_letters")
_REFUSES_PERSON = Phrase("wish", "refuses_person")
_THERE = Phrase("wish", "anybody_there")
_ASKS_AFTER = Phrase("wish", "asks_after_person")
_WISHES = Phrase("wish", "wishes")
_WORK = Phrase("wish", "speaks_of_work")
_SAYS_PERSON = Phrase("wish", "says_person")
_DEAR = Phrase("wish", "finds_dear")
_PROMISED = Phrase("wish", "says_what_was_promised")
_OPENERS = Phrase("wish", "opens_a_question")
_TO_BE_DONE = Phrase("wish", "wants_something_done")
_PICK = Phrase("wish", "picks_a_number")
_YES = Phrase("wish", "says_yes")
_NO = Phrase("wish", "says_no")
_ALL = Phrase("wish", "wants_all")
_FIRST = Phrase("wish", "picks_the_first")
_LAST = Phrase("wish", "picks_the_last")
_GREETS_ANYBODY = Phrase("wish", "greets_anybody")

_WONDERS = re.compile(r"[?？]")
_PARTICLES = frozenset("的地得了着呀啊啥吗么嘛呢吧")
_PAUSES = re.compile(r"[\s.。…,，、:：~～!！?？]+")
_NUMBERS = {
    **dict(zip("123456789", range(1, 10), strict=True)),
    **dict(zip("①②③④⑤⑥⑦⑧⑨", range(1, 10), strict=True)),
    **dict(zip("一二三四五六七八九", range(1, 10), strict=True)),
}
OPEN = 0


def wants_person(folded: str) -> bool:
    """Whether the whole message is a wish for a person. 人工费, 人工智能 or 真人模特 inside a question is not."""
    plain = _MARKS.sub("", folded)
    if not plain or len(plain) > LONGEST_WISH_CHARACTERS or _GREETS_ANYBODY.says(plain):
        return False
    wishes = (_ASKS_FOR_PERSON, _SOMEBODY, _STILL_NO_PERSON, _NOT_A_MACHINE, _IN_LETTERS)
    return any(wish.says(plain) for wish in wishes)


def without_refusal(text: str) -> str:
    """The words without "不用转人工": a buyer who refuses a person must not be given one for it."""
    if speaks_of_work(text) or not _REFUSES_PERSON.says(text):
        return text
    return _REFUSES_PERSON.pattern.sub(" ", text).strip(" ,，.。!！~～、")


def asks_after_person(text: str) -> bool:
    """Whether a buyer who waits for a person asks where that person is: "人呢", "还要等多久", "还没来吗"."""
    return _ASKS_AFTER.says(_MARKS.sub("", text[: 2 * LONGEST_WISH_CHARACTERS]))


def looks_for_anybody(text: str) -> bool:
    """Whether the buyer only asks if anybody is there, which is a greeting: "有没有人", "在不在呀", bare "？？"."""
    plain = _MARKS.sub("", text)
    return _GREETS_ANYBODY.says(plain) or _THERE.says(plain) or (not plain and bool(_WONDERS.search(text)))


def wishes(text: str) -> bool:
    """Whether something is wanted in these words, rather than told."""
    return _WISHES.says(text) or wants_something_done(text)


def finds_dear(folded: str) -> bool:
    """Whether the words say that it costs too much and nothing else: "太贵了", "别家才99"."""
    return _DEAR.says(_MARKS.sub("", folded[: 2 * LONGEST_WISH_CHARACTERS]))


def says_what_was_promised(folded: str) -> bool:
    """Whether the buyer says what was promised: "说好送小样的", "客服说会补发"."""
    return _PROMISED.says(folded)


def speaks_of_work(folded: str) -> bool:
    """Whether 人工 and 真人 are said of goods and work (人工费, 真人模特, 手工缝制), and no person is wanted."""
    return _WORK.says(folded) and not _SAYS_PERSON.says(folded)


def number_picked(folded: str, *, choices: int) -> int | None:
    """The place in a choice (from 1) that the message names; `OPEN` when it picks, but none of those offered.

    None when it is no reply to a choice. A yes picks the only one that was offered.
    """
    plain = _MARKS.sub("", folded)
    found = _PICK.pattern.fullmatch(plain)
    if found is not None:
        return number if (number := _NUMBERS[found[1]]) <= choices else OPEN
    if _FIRST.says(plain):
        return 1
    if _LAST.says(plain):
        return choices
    if _YES.says(plain):
        return 1 if choices == 1 else OPEN
    return None


def refuses_choice(folded: str) -> bool:
    """Whether it is none of what was offered: "都不是", "不是这个"."""
    return _NO.says(_MARKS.sub("", folded))


def wants_all(folded: str) -> bool:
    """Whether all of what was offered is meant: "都要", "两个都想问"."""
    return _ALL.says(_MARKS.sub("", folded))


def wants_something_done(text: str) -> bool:
    """Whether the buyer wants something done, which no answer can do: "电话也换一个", "帮我问问"."""
    return _TO_BE_DONE.says(text)


def is_opener(text: str) -> bool:
    """Whether these words only open a question, or take back the last one: "我想问下", "那个", "在吗", "说错了"."""
    plain = _PAUSES.sub("", text.lower())
    if not 0 < len(plain) <= LONGEST_OPENER_CHARACTERS:
        return False
    return plain in _PARTICLES or _OPENERS.says(plain) or only_takes_back(plain)


def is_particle(text: str) -> bool:
    """Whether it is one of the small words that stand around others: "的", "了". Alone they say nothing."""
    return _PAUSES.sub("", text) in _PARTICLES
