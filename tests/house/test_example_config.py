"""The example names the platforms' own settings too, and a shop that takes all it shows can start.

That it has every setting of ours and says the defaults is told in tests/bot/test_config.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from adapters import PLATFORMS
from bot.channels import open_channels
from bot.config import load
from tests.house.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = (ROOT / "config.example.toml").read_text("utf-8")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SET_BY_THE_PROGRAM = {"try_out"}


def settings_of(platform: str) -> set[str]:
    """The keys that a platform's adapter knows, by its own constant."""
    module = __import__(f"adapters.{platform}.adapter", fromlist=["SETTINGS"])
    return {str(name) for name in module.SETTINGS} - SET_BY_THE_PROGRAM


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_example_has_every_setting_of_every_platform(platform: str) -> None:
    shown = set(re.findall(r"^# (\w+) = ", EXAMPLE, re.MULTILINE))
    assert settings_of(platform) - shown == set()


def test_a_shop_that_takes_all_the_example_shows_can_start(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(re.sub(r"(?m)^# (?=\[\[|\w+ = )", "", EXAMPLE), "utf-8")
    channels = open_channels(load(config, {"XIAOER_MY_SHOP_SECRET": SECRET}))
    assert {channel.platform for channel in channels.values()} == set(PLATFORMS)
