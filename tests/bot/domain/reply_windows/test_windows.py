from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.reply_windows.limits import closes_at, messages_at_most, open_hours
from bot.domain.reply_windows.presets import chosen
from bot.domain.reply_windows.window import READER, BadWindow, HumanReply, NaturalDay, Quota, Token

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_channel_names_presets_and_may_put_a_window_of_its_own_in_the_place_of_one() -> None:
    own = {"kind": "human-reply", "name": "three-minute-reply", "within_seconds": 120, "hours": "09:00-22:00"}
    (window,) = chosen(["douyin", own])
    assert isinstance(window, HumanReply)
    assert (window.within_seconds, str(window.hours)) == (120, "09:00-22:00")
    names = [each.name for each in chosen(["douyin", "wechat", {"kind": "natural-day", "name": "today"}])]
    assert names == ["three-minute-reply", "two-days-five-messages", "today"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("doyin", "there is no preset 'doyin'; there are: douyin, jd"),
        ({}, "kind: must be one of human-reply, natural-day, quota, token"),
        ({"kind": "soon", "name": "a"}, "kind: must be one of"),
        ({"kind": "quota", "name": "a"}, "limits nothing; add within_hours"),
        ({"kind": "human-reply", "name": "a"}, "within_seconds"),
        ({"kind": "human-reply", "name": "a", "within_seconds": 0}, "within_seconds"),
        ({"kind": "human-reply", "name": "a", "within_seconds": True}, "must be a number, not true or false"),
        ({"kind": "human-reply", "name": "a", "within_seconds": 9, "hours": "soon"}, "is not a span of hours"),
        ({"kind": "token", "name": "A B", "within_seconds": 9}, "name"),
    ],
)
def test_what_cannot_be_is_refused_in_words(given: object, problem: str) -> None:
    with pytest.raises(BadWindow) as refused:
        chosen([given])
    assert problem in str(refused.value)


def test_who_counts() -> None:
    (douyin,), (kuaishou,), (jd,) = chosen(["douyin"]), chosen(["kuaishou"]), chosen(["jd"])
    assert [window.counts("robot") for window in (douyin, kuaishou, jd)] == [False, True, None]
    assert {window.counts("human") for window in (douyin, kuaishou, jd)} == {True}
    assert {window.counts("human_assisted") for window in (douyin, kuaishou, jd)} == {True}
    assert {window.counts("system_auto") for window in (douyin, kuaishou, jd)} == {False}


def test_until_when_and_how_much_may_be_sent() -> None:
    wechat = chosen(["wechat"])
    assert closes_at(wechat, NOON) == NOON + timedelta(hours=48)
    assert (open_hours(wechat), messages_at_most(wechat)) == (48, 5)
    both = [*wechat, Token(name="token", within_seconds=60)]
    assert closes_at(both, NOON) == NOON + timedelta(seconds=60)
    assert messages_at_most(both) == 1
    only_messages = [Quota(name="six", messages=6)]
    assert (closes_at(only_messages, NOON), open_hours(only_messages), messages_at_most(only_messages)) == (
        None,
        None,
        6,
    )
    assert (closes_at(chosen(["douyin"]), NOON), messages_at_most(chosen(["douyin"]))) == (None, None)


def test_hours_are_counted_on_the_stopwatch_not_on_the_wall() -> None:
    half = [Quota(name="half", within_hours=0.5)]
    assert closes_at(half, NOON) == NOON + timedelta(minutes=30)


@pytest.mark.parametrize(
    "window",
    [
        HumanReply(name="a", within_seconds=9, hours="22:00-06:00"),  # type: ignore[arg-type]  # read from a text
        NaturalDay(name="b", robot_counts="unknown"),
        Quota(name="c", within_hours=0.5, messages=2),
        Token(name="d", within_seconds=60),
    ],
)
def test_a_window_is_the_same_after_it_was_kept(window: HumanReply | NaturalDay | Quota | Token) -> None:
    assert READER.validate_json(window.model_dump_json()) == window
