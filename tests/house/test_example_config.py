"""The example names the platforms' own settings too, and a shop that takes all it shows can start.

That it has every setting of ours and says the defaults is told in tests/bot/test_config.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from adapters import PLATFORMS
from adapters.alerts import KINDS, settings_of_kind
from bot.config import load
from bot.wiring.alert_peers import open_alerts
from bot.wiring.channels import open_channels
from tests.house.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = (ROOT / "config.example.toml").read_text("utf-8")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SECRETS = dict.fromkeys(re.findall(r"\$\{(XIAOER_\w+)\}", EXAMPLE), "in-the-example") | {
    "XIAOER_MY_SHOP_SECRET": SECRET,
    "XIAOER_TELEGRAM_TOKEN": "600:in-the-example",
    "XIAOER_ENCRYPTION_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "XIAOER_OA_AES_KEY": "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR",
    "XIAOER_SHOP_AES_KEY": "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR",
    "XIAOER_KF_AES_KEY": "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR",
}
SET_BY_THE_PROGRAM = {"try_out"}


def settings_of(platform: str) -> set[str]:
    """The keys that a platform's adapter knows, by its own constant."""
    module = __import__(f"adapters.{platform.replace('-', '_')}.adapter", fromlist=["SETTINGS"])
    return {str(name) for name in module.SETTINGS} - SET_BY_THE_PROGRAM


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_example_has_every_setting_of_every_platform(platform: str) -> None:
    shown = set(re.findall(r"^# (\w+) = ", EXAMPLE, re.MULTILINE))
    assert settings_of(platform) - shown == set()


def test_a_shop_that_takes_all_the_example_shows_can_start(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(re.sub(r"(?m)^# (?=\[\[|\w+ = )", "", EXAMPLE), "utf-8")
    taken = load(config, SECRETS)
    channels = open_channels(taken)
    assert {channel.platform for channel in channels.values()} == set(PLATFORMS)
    assert {each.kind for each in taken.alerts} == set(KINDS)
    assert open_alerts(taken).keys() == {each.name for each in taken.alerts}


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_has_every_setting_of_every_kind_of_alert(kind: str) -> None:
    tables = EXAMPLE.split("# [[alerts]]")
    shown = {key for table in tables if f'kind = "{kind}"' in table for key in re.findall(r"(?m)^# (\w+) = ", table)}
    of_all = set(re.findall(r"(?m)^# (\w+) = .*" + kind + ".*:", EXAMPLE))
    assert settings_of_kind(kind).keys() - shown - of_all == set()
