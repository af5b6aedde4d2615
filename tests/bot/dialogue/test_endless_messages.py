"""A message that repeats a word for ever must not keep the bot thinking: no pattern may try all ways to part it."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from tests.talk import Talk

HANGS_AFTER_SECONDS = 20


def _give_up(_number: int, _frame: FrameType | None) -> None:
    pytest.fail("the bot is still thinking")


@pytest.fixture(autouse=True)
def _ended_when_it_hangs() -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(HANGS_AFTER_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    "said",
    [
        "店" * 480,
        *(letter * 480 for letter in "会能冒电烫手肿吃用卡怕"),
        "你们店" * 160 + "吗",
        "朝阳" + "族" * 470,
        "凑够" * 200 + "100",
        "我老公" * 150 + "哈",
        "刚刚" * 200 + "，运费多少",
        "我想要" * 150 + "人工",
        "在不在" * 150 + "？",
        "不对 " * 150,
        "1." * 240,
        "先不用" * 150,
        "，" * 480 + "包邮吗",
        "问一下" * 150 + "店",
        "在不在" * 150 + "店",
        "我想问" * 150 + "店",
        "不对 " * 150 + "店",
    ],
)
def test_a_word_repeated_for_ever_is_decided_at_once(talk: Talk, said: str) -> None:
    talk.turn("包邮吗")
    assert talk.turn(said).why.rules[-1].won
