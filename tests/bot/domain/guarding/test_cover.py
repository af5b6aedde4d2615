from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.guarding.cover import Draft, Late, Say, Withhold, counts_for, cover
from bot.domain.reply_windows.presets import chosen

ASKED = datetime(2026, 11, 22, 4, tzinfo=UTC)
LATE = Late(asked_at=ASKED, voice="first", led=False, is_open=True)
DRAFT = Draft(texts=("默认发中通。",), entry="courier")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, Say("holding")),
        ({"led": True}, Say("holding-led")),
        ({"draft": DRAFT}, Say("answer", DRAFT)),
        ({"draft": DRAFT, "is_open": False}, Say("answer", DRAFT)),
        ({"is_open": False}, Say("away")),
        ({"is_open": False, "led": True}, Say("away")),
        ({"is_open": False, "told_when_open": True}, Withhold("told_when_open")),
        ({"covered": True, "draft": DRAFT}, Withhold("covered_before")),
        ({"voice": "cover"}, Say("holding")),
        ({"voice": "off"}, Withhold("bot_is_silent")),
        ({"voice": "shadow", "draft": DRAFT}, Withhold("bot_is_silent")),
        ({"voice": "assist", "draft": DRAFT}, Withhold("bot_is_silent")),
        ({"typed_at": ASKED}, Withhold("person_types")),
        ({"typed_at": ASKED - timedelta(seconds=1)}, Say("holding")),
        ({"messages_left": 0}, Withhold("no_messages_left")),
        ({"messages_left": 1}, Say("holding")),
    ],
)
def test_what_a_late_buyer_hears(changes: dict[str, Any], said: Say | Withhold) -> None:
    assert cover(dataclasses.replace(LATE, **changes)) == said


def test_it_says_for_which_line_a_word_counts_and_for_which_not() -> None:
    windows = chosen(["taobao"])
    assert counts_for(windows, "answer") == {
        "slow-reply-reminder": None,
        "three-minute-reply": False,
        "reply-the-same-day": True,
    }
    assert set(counts_for(windows, "holding").values()) == {False}
