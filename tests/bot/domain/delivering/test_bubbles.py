"""What is said fits the platform: bubbles of a length that it takes, and no more of them than it lets out."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from adapters.contract import Capabilities, TextLimit
from bot.dialogue.acts import Answer, Away, Bubble, Decision, HandOver, ShopNow, Why
from bot.dialogue.state import Memory, Mode
from bot.domain.delivering.bubbles import fitted
from knowledge.base import KnowledgeBase
from knowledge.reasons.reason import because
from tests.fakes import MORNING
from tests.small_manual import small_manual

KNOWLEDGE = KnowledgeBase.build(revision=1, manual=small_manual())
OPEN = ShopNow(
    local_time=MORNING + timedelta(hours=8),
    is_open=True,
    is_working_day=True,
    opens_at="明天9:00",
    closed_period="",
)
CHOICES = ("发货", "快递")
QUOTA_LINE = KNOWLEDGE.say("quota-ends", {"quota": "5"})[0]


def _decision(*texts: str, mode: Mode = "bot") -> Decision:
    return Decision(
        act=Answer(entry="dispatch", confidence=1.0),
        bubbles=tuple(Bubble(kind="answer", text=text, entry="dispatch") for text in texts),
        mode=mode,
        memory=Memory(),
        why=Why(named={}, revision=1, local_time=OPEN.local_time, is_open=True),
    )


def _fit(decision: Decision, *, shop: ShopNow = OPEN, has_desk: bool = True, **capabilities: object) -> Decision:
    offered = dataclasses.replace(Capabilities(resend="never"), **capabilities)  # type: ignore[arg-type]  # its own fields
    return fitted(
        decision,
        longest_text=offered.longest_text,
        buttons=offered.buttons,
        most=offered.replies_per_message,
        has_desk=has_desk,
        shop=shop,
        knowledge=KNOWLEDGE,
    )


def test_without_limits_nothing_changes() -> None:
    decision = _decision("一。" * 5_000)
    assert _fit(decision) is decision
    short = _decision("一。", "二。")
    assert _fit(short, longest_text=TextLimit(at_most=10), replies_per_message=5) is short


def test_a_long_answer_becomes_bubbles_of_the_same_entry_with_buttons_under_the_last() -> None:
    bubble = Bubble(kind="clarify", text="第一句。第二句。", choices=("发货", "快递"), once="x")
    said = _fit(dataclasses.replace(_decision(), bubbles=(bubble,)), longest_text=TextLimit(at_most=5)).bubbles
    assert [each.text for each in said] == ["第一句。", "第二句。"]
    assert [each.choices for each in said] == [(), ("发货", "快递")]
    assert [each.once for each in said] == ["x", "x:2"]


@pytest.mark.parametrize(("buttons", "kept"), [(0, [CHOICES, ()]), (1, [(), ()]), (2, [(), CHOICES])])
def test_buttons_stand_under_the_last_bubble_where_the_platform_shows_so_many(
    buttons: int, kept: list[tuple[str, ...]]
) -> None:
    first, second = _decision("您是想问：", "回复1或2就行。").bubbles
    asked = dataclasses.replace(_decision(), bubbles=(dataclasses.replace(first, choices=CHOICES), second))
    assert [each.choices for each in _fit(asked, buttons=buttons).bubbles] == kept


def test_the_last_bubble_before_the_quota_ends_says_so_and_a_person_is_called() -> None:
    said = _fit(_decision(*"一二三四五六"), replies_per_message=5)
    assert [each.text for each in said.bubbles] == [*"一二三四", QUOTA_LINE]
    assert said.act == HandOver(reason=because("quota_ends", quota=5))
    assert said.mode == "waiting"


def test_as_many_as_the_quota_lets_out_are_said_whole() -> None:
    assert len(_fit(_decision(*"一二三四五"), replies_per_message=5).bubbles) == 5


def test_in_a_closed_shop_the_person_comes_later() -> None:
    closed = dataclasses.replace(OPEN, is_open=False)
    assert isinstance(_fit(_decision(*"一二三四五六"), shop=closed, replies_per_message=5).act, Away)


@pytest.mark.parametrize(("has_desk", "mode"), [(False, "bot"), (True, "waiting")])
def test_nobody_is_called_where_nobody_can_come_or_one_is_called_already(*, has_desk: bool, mode: Mode) -> None:
    said = _fit(_decision(*"一二三四五六", mode=mode), has_desk=has_desk, replies_per_message=5)
    assert (said.bubbles[-1].text, said.mode, type(said.act)) == (QUOTA_LINE, mode, Answer)
