from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.config import Hours, Span
from bot.domain.calendar import ShopCalendar
from bot.domain.guarding.ladder import LADDER, Rung, first_step_at, split, steps
from bot.domain.reply_windows.lines import Wait
from bot.domain.reply_windows.presets import chosen

CHINA = ZoneInfo("Asia/Shanghai")
CALENDAR = ShopCalendar(hours=Hours(every_day=(Span.read("09:00-21:00"),), country=""), zone=CHINA)
NEVER = ShopCalendar(hours=Hours(every_day=(), country=""), zone=CHINA)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def plan(preset: str, asked: str, calendar: ShopCalendar = CALENDAR) -> list[tuple[str, str]]:
    found = steps(chosen([preset]), Wait(asked_at=at(asked)), ladder=LADDER, calendar=calendar)
    return [(step.action, step.at.astimezone(CHINA).isoformat()[:19]) for step in found]


def test_while_the_shop_is_open_people_are_told_first_and_the_bot_speaks_before_the_line() -> None:
    assert plan("douyin", "2026-11-22T12:00:00") == [
        ("remind", "2026-11-22T12:00:54"),
        ("alert", "2026-11-22T12:01:30"),
        ("reassign", "2026-11-22T12:01:48"),
        ("cover", "2026-11-22T12:01:58"),
        ("missed", "2026-11-22T12:03:00"),
    ]


def test_while_it_is_closed_only_the_bot_keeps_the_line_and_people_hear_of_it_in_the_morning() -> None:
    assert plan("douyin", "2026-11-22T22:00:00") == [
        ("cover", "2026-11-22T22:01:58"),
        ("missed", "2026-11-22T22:03:00"),
        ("remind", "2026-11-23T09:00:00"),
        ("alert", "2026-11-23T09:00:00"),
        ("reassign", "2026-11-23T09:00:00"),
    ]


def test_of_a_shop_that_never_opens_nobody_is_called() -> None:
    assert [action for action, _ in plan("douyin", "2026-11-22T22:00:00", NEVER)] == ["cover", "missed"]


def test_a_day_has_its_ladder_in_its_last_hour() -> None:
    taobao = plan("taobao", "2026-11-22T12:00:00")
    assert ("cover", "2026-11-22T23:39:36") in taobao
    assert ("missed", "2026-11-23T00:00:00") in taobao


def test_what_was_done_is_not_due_again_and_the_next_moment_is_told() -> None:
    found = steps(chosen(["douyin"]), Wait(asked_at=at("2026-11-22T12:00")), ladder=LADDER, calendar=CALENDAR)
    due, next_at = split(found, done=set(), now=at("2026-11-22T12:01:30"))
    assert [step.action for step in due] == ["remind", "alert"]
    assert next_at == at("2026-11-22T12:01:48")
    due, next_at = split(found, done={("three-minute-reply", "remind")}, now=at("2026-11-22T12:01:30"))
    assert [step.action for step in due] == ["alert"]
    due, next_at = split(found, done=set(), now=at("2026-11-22T13:00"))
    assert (len(due), next_at) == (5, None)


@pytest.mark.parametrize("preset", ["douyin", "jd", "pace"])
def test_the_first_step_is_known_when_the_wait_begins(preset: str) -> None:
    wait = Wait(asked_at=at("2026-11-22T12:00"))
    first = first_step_at(chosen([preset]), wait, ladder=LADDER, calendar=CALENDAR)
    assert first == steps(chosen([preset]), wait, ladder=LADDER, calendar=CALENDAR)[0].at


def test_without_lines_nobody_looks() -> None:
    wait = Wait(asked_at=at("2026-11-22T12:00"))
    assert first_step_at((), wait, ladder=LADDER, calendar=CALENDAR) is None
    assert first_step_at(chosen(["wechat"]), wait, ladder=LADDER, calendar=CALENDAR) is None


def test_the_rungs_are_the_shops_to_set() -> None:
    ladder = (Rung(action="cover", percent=50),)
    found = steps(chosen(["jd"]), Wait(asked_at=at("2026-11-22T12:00")), ladder=ladder, calendar=CALENDAR)
    assert [(step.action, step.at - at("2026-11-22T12:00")) for step in found] == [
        ("cover", timedelta(seconds=15)),
        ("missed", timedelta(seconds=30)),
    ]
