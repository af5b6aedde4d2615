"""To whom nothing, or nearly nothing, is said, with the starter manual and the rules alone."""

from __future__ import annotations

from bot.domain.decision import Dismiss, StayQuiet
from tests.talk import Talk, entries


def test_a_smile_needs_no_answer(talk: Talk) -> None:
    assert isinstance(talk.turn("😊[微笑]").act, StayQuiet)


def test_an_advertisement_is_dismissed_even_behind_a_greeting(talk: Talk) -> None:
    decision = talk.turn("你好", "我们专业刷单，加V：abc12345")
    assert isinstance(decision.act, Dismiss)
    assert decision.memory.advertised
    assert len(decision.bubbles) == 1
    assert entries(talk.turn("包邮吗")) == ["free-postage"]
