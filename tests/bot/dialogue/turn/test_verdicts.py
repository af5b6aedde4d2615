"""The mark of a turn with several messages, and what else they want."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from bot.dialogue.acts import Rate
from bot.dialogue.state import Conversation, Memory
from bot.dialogue.turn.verdicts import apart_from_verdict
from tests.talk import NEW, NOW, said

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase

ASKED = dataclasses.replace(NEW, mode="closed", open_invite=1)


@pytest.mark.parametrize(
    ("texts", "rated", "left"),
    [
        (["3分", "发货太慢"], None, ["3分，发货太慢"]),
        (["5分", "什么时候发货"], Rate(score=5, episode=1, comment="什么时候发货"), ["什么时候发货"]),
        (["1星，骗子，我要投诉"], Rate(score=1, episode=1, comment="骗子，我要投诉"), ["骗子，我要投诉"]),
        (["5分，发什么快递"], Rate(score=5, episode=1, comment="发什么快递"), ["发什么快递"]),
        (["3分，发货太慢"], None, ["3分，发货太慢"]),
        (["什么时候发货", "在吗"], None, ["什么时候发货", "在吗"]),
        (["10分", "什么时候发货"], None, ["10分", "什么时候发货"]),
    ],
)
def test_a_mark_is_kept_apart_from_what_wants_an_answer(
    texts: list[str], rated: Rate | None, left: list[str], base: KnowledgeBase
) -> None:
    found, rest = apart_from_verdict(said(base, *texts), ASKED)
    assert found == rated
    assert [each.text for each in rest] == left


@pytest.mark.parametrize(
    "conversation",
    [
        dataclasses.replace(ASKED, open_invite=None),
        dataclasses.replace(ASKED, mode="human"),
        dataclasses.replace(ASKED, blocked_at=NOW),
        dataclasses.replace(ASKED, mode="bot", memory=Memory(choice=("dispatch-time", "courier"))),
    ],
)
def test_where_no_mark_is_heard_the_turn_stands_as_it_is(conversation: Conversation, base: KnowledgeBase) -> None:
    turn = said(base, "5分", "什么时候发货")
    assert apart_from_verdict(turn, conversation) == (None, turn)
