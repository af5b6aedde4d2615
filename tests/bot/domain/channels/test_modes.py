from __future__ import annotations

import pytest

from bot.domain.channels.modes import ChannelMode, mode_of, voice_of

MODES = (
    ChannelMode(channel="tea", mode="assist"),
    ChannelMode(channel="tea", group=2, mode="first"),
    ChannelMode(channel="cups", group=2, mode="off"),
)


@pytest.mark.parametrize(
    ("channel", "group", "mode"),
    [("tea", 0, "assist"), ("tea", 1, "assist"), ("tea", 2, "first"), ("cups", 0, "first"), ("cups", 2, "off")],
)
def test_a_groups_mode_comes_before_its_channels(channel: str, group: int, mode: str) -> None:
    assert mode_of(MODES, channel=channel, group=group).mode == mode


@pytest.mark.parametrize("share", [0, 1, 30, 99, 100])
def test_a_mixed_channel_gives_the_bot_its_share_of_buyers_and_each_stays_on_their_side(share: int) -> None:
    mode = ChannelMode(channel="tea", mode="mixed", share_percent=share)
    voices = [voice_of(mode, buyer=f"buyer-{n}") for n in range(5_000)]
    assert voices == [voice_of(mode, buyer=f"buyer-{n}") for n in range(5_000)]
    assert set(voices) <= {"first", "cover"}
    assert abs(voices.count("first") / 5_000 - share / 100) < 0.02


def test_who_was_with_the_bot_stays_there_when_its_share_grows() -> None:
    less, more = (ChannelMode(channel="tea", mode="mixed", share_percent=share) for share in (20, 60))
    buyers = [f"buyer-{n}" for n in range(1_000)]
    assert all(voice_of(more, buyer=each) == "first" for each in buyers if voice_of(less, buyer=each) == "first")
