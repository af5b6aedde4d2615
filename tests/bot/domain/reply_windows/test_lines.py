"""Worked examples of every preset, at its bounds, whatever zone the server lives in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.reply_windows.lines import Wait, next_line, running_lines
from bot.domain.reply_windows.presets import chosen, presets

CHINA = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = CHINA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def due(preset: str, name: str, asked: datetime, zone: ZoneInfo = CHINA) -> datetime:
    found = {line.window.name: line.due_at for line in running_lines(chosen([preset]), Wait(asked_at=asked), zone)}
    return found[name]


@pytest.mark.parametrize(
    ("preset", "name", "asked", "answered_by"),
    [
        ("taobao", "three-minute-reply", "2026-11-22T07:59:59", "2026-11-22T08:03:00"),
        ("taobao", "three-minute-reply", "2026-11-22T08:00:00", "2026-11-22T08:03:00"),
        ("taobao", "three-minute-reply", "2026-11-22T22:59:59", "2026-11-22T23:02:59"),
        ("taobao", "three-minute-reply", "2026-11-22T23:00:00", "2026-11-23T08:03:00"),
        ("taobao", "slow-reply-reminder", "2026-11-22T03:00:00", "2026-11-22T03:01:40"),
        ("taobao", "reply-the-same-day", "2026-11-22T23:00:00", "2026-11-23T00:00:00"),
        ("taobao", "reply-the-same-day", "2026-11-22T00:00:00", "2026-11-23T00:00:00"),
        ("taobao", "reply-the-same-day", "2026-11-22T23:59:59.999999", "2026-11-23T00:00:00"),
        ("douyin", "three-minute-reply", "2026-11-22T07:59:59", "2026-11-22T08:03:00"),
        ("douyin", "three-minute-reply", "2026-11-22T08:00:00", "2026-11-22T08:03:00"),
        ("douyin", "three-minute-reply", "2026-11-22T12:00:00.5", "2026-11-22T12:03:00.5"),
        ("douyin", "three-minute-reply", "2026-11-22T22:59:59", "2026-11-22T23:02:59"),
        ("douyin", "three-minute-reply", "2026-11-22T23:00:00", "2026-11-23T08:03:00"),
        ("kuaishou", "five-minute-reply", "2026-11-22T07:59:59", "2026-11-22T08:05:00"),
        ("kuaishou", "five-minute-reply", "2026-11-22T23:59:59", "2026-11-23T00:04:59"),
        ("kuaishou", "five-minute-reply", "2026-11-23T00:00:00", "2026-11-23T08:05:00"),
        ("jd", "thirty-second-reply", "2026-11-22T08:59:59", "2026-11-22T09:00:30"),
        ("jd", "thirty-second-reply", "2026-11-22T22:59:59", "2026-11-22T23:00:29"),
        ("jd", "thirty-second-reply", "2026-11-22T23:00:00", "2026-11-23T09:00:30"),
        ("xiaohongshu", "three-minute-reply", "2026-11-22T08:30:00", "2026-11-22T09:03:00"),
        ("xiaohongshu", "three-minute-reply", "2026-11-22T23:00:00", "2026-11-23T09:03:00"),
        ("pinduoduo", "one-hour-reply", "2026-11-22T22:59:59", "2026-11-22T23:59:59"),
        ("pinduoduo", "one-hour-reply", "2026-11-22T23:00:00", "2026-11-23T09:00:00"),
        ("pace", "first-six-seconds", "2026-11-22T03:00:00", "2026-11-22T03:00:06"),
        ("pace", "first-fifteen-seconds", "2026-11-22T03:00:00", "2026-11-22T03:00:15"),
    ],
)
def test_by_when_each_platform_wants_an_answer(preset: str, name: str, asked: str, answered_by: str) -> None:
    assert due(preset, name, at(asked)) == at(answered_by)
    assert due(preset, name, at(asked).astimezone(UTC)) == at(answered_by)
    assert due(preset, name, at(asked).astimezone(NEW_YORK)) == at(answered_by)


def test_wechat_sets_no_line_but_a_limit() -> None:
    assert running_lines(chosen(["wechat"]), Wait(asked_at=at("2026-11-22T12:00")), CHINA) == ()


def test_every_preset_has_a_test_here_and_says_where_it_is_from() -> None:
    assert set(presets()) == {
        *("taobao", "douyin", "wechat", "kuaishou", "jd", "xiaohongshu", "pinduoduo", "pace"),
    }
    for preset in presets().values():
        assert preset.read_on.year >= 2026
        for window in preset.windows:
            assert window.source
            assert window.title("zh") != window.name
            assert window.title("en") != window.name


def test_a_natural_day_is_that_of_the_shop_and_as_long_as_its_clocks_make_it() -> None:
    asked = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai, 10:30 in New York
    assert due("taobao", "reply-the-same-day", asked) == at("2026-11-23T00:00")
    assert due("taobao", "reply-the-same-day", asked, NEW_YORK) == at("2026-11-23T00:00", NEW_YORK)
    spring = at("2026-03-29T00:30", BERLIN)
    assert due("taobao", "reply-the-same-day", spring, BERLIN) - spring == timedelta(hours=22, minutes=30)


def test_the_end_of_a_day_is_near_only_in_its_last_hour() -> None:
    (line,) = running_lines(
        [window for window in chosen(["taobao"]) if window.kind == "natural-day"],
        Wait(asked_at=at("2026-11-22T08:00")),
        CHINA,
    )
    assert (line.starts_at, line.due_at) == (at("2026-11-22T23:00"), at("2026-11-23T00:00"))
    assert line.share_at(at("2026-11-22T23:30")) == 0.5
    assert line.share_at(at("2026-11-22T12:00")) < 0


def test_an_answer_at_the_last_moment_is_in_time_and_one_a_moment_later_is_not() -> None:
    wait = Wait(asked_at=at("2026-11-22T12:00"))
    last = at("2026-11-22T12:03")
    line = next_line(chosen(["douyin"]), wait, CHINA, now=last)
    assert line is not None
    assert line.share_at(last) == 1
    assert line.share_at(last + timedelta(milliseconds=1)) > 1


def test_the_next_line_is_the_nearest_ahead_and_then_the_last_that_passed() -> None:
    windows, wait = chosen(["taobao"]), Wait(asked_at=at("2026-11-22T12:00"))

    def name(now: str) -> str:
        line = next_line(windows, wait, CHINA, now=at(now))
        assert line is not None
        return line.window.name

    assert name("2026-11-22T12:00:10") == "slow-reply-reminder"
    assert name("2026-11-22T12:01:40") == "slow-reply-reminder"
    assert name("2026-11-22T12:01:41") == "three-minute-reply"
    assert name("2026-11-22T12:05") == "reply-the-same-day"
    assert name("2026-11-24T12:00") == "reply-the-same-day"
    assert next_line((), wait, CHINA, now=at("2026-11-22T12:00")) is None


def test_the_bots_word_stops_the_clock_only_where_it_counts() -> None:
    asked = at("2026-11-22T12:00:00")
    said = asked + timedelta(seconds=1)
    answered = Wait(asked_at=asked, buyer_at=asked, bot_said_at=said)
    assert running_lines(chosen(["kuaishou"]), answered, CHINA) == ()
    assert [line.due_at for line in running_lines(chosen(["douyin"]), answered, CHINA)] == [
        asked + timedelta(minutes=3)
    ]
    assert [line.due_at for line in running_lines(chosen(["jd"]), answered, CHINA)] == [asked + timedelta(seconds=30)]
    asks_on = Wait(asked_at=asked, buyer_at=asked + timedelta(minutes=1), bot_said_at=said)
    assert [line.due_at for line in running_lines(chosen(["kuaishou"]), asks_on, CHINA)] == [
        said + timedelta(minutes=5)
    ]
    long_ago = Wait(asked_at=asked, buyer_at=asked, bot_said_at=asked - timedelta(minutes=1))
    assert [line.due_at for line in running_lines(chosen(["kuaishou"]), long_ago, CHINA)] == [
        asked + timedelta(minutes=5)
    ]
