from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.alert_peers import FakeRobots, Scripted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bot.cli.conftest import Xiaoer

CONFIG = """
[[alerts]]
name = "desk"
kind = "wecom"
url = "http://127.0.0.1:{port}/wecom/send?key={key}"
allow_private_url = true
events = ["hand_over", "low_rating"]
"""


@contextmanager
def robots(*answers: Scripted) -> Iterator[FakeRobots]:
    """Robots on a thread of their own: the command has an event loop to itself."""
    up, done = threading.Event(), threading.Event()
    found: list[FakeRobots] = []

    async def serve() -> None:
        async with FakeRobots() as peers:
            peers.next_answers(*answers)
            found.append(peers)
            up.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="robots")
    thread.start()
    up.wait()
    try:
        yield found[0]
    finally:
        done.set()
        thread.join()


def test_a_test_arrives_and_says_so(xiaoer: Xiaoer, tmp_path: Path) -> None:
    with robots() as peers:
        (tmp_path / "config.toml").write_text(CONFIG.format(port=peers.port, key="K"))
        result = xiaoer("alerts", "test", "desk")
        assert (result.exit_code, result.stdout) == (0, "desk has taken the test; look whether people read it there.\n")
        assert peers.said == ["小二：测试提醒：收到就说明设置对了"]


def test_a_test_that_does_not_arrive_says_what_to_do(xiaoer: Xiaoer, tmp_path: Path) -> None:
    with robots() as peers:
        (tmp_path / "config.toml").write_text(CONFIG.format(port=peers.port, key="other"))
        result = xiaoer("alerts", "test", "desk")
    assert result.exit_code == 1
    assert result.stderr.startswith("the test did not arrive: it answered 93000; url is not that of")
    assert "there is no alert night in the settings; there are: desk" in xiaoer("alerts", "test", "night").stderr


def test_the_list_names_them_with_their_events(xiaoer: Xiaoer, tmp_path: Path) -> None:
    assert "there is no [[alerts]] table" in xiaoer("alerts", "list").stdout
    (tmp_path / "config.toml").write_text(CONFIG.format(port=1, key="K"))
    assert xiaoer("alerts", "list").stdout == "desk  wecom  hand_over, low_rating\n"


def test_check_names_them_and_asks_nobody(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG.format(port=1, key="K"))
    checked = xiaoer("check")
    assert checked.exit_code == 0, checked.stderr
    assert "alerts     desk (wecom)" in checked.stdout.splitlines()


def test_every_slip_of_channels_and_alerts_is_told_together(xiaoer: Xiaoer, tmp_path: Path) -> None:
    slips = '[[channels]]\nname = "a"\nplatform = "nobody"\n[[alerts]]\nname = "b"\nkind = "pigeon"\n'
    (tmp_path / "config.toml").write_text(slips)
    told = xiaoer("check").stderr
    assert "channels[1].platform: there is no platform 'nobody'" in told
    assert "alerts[1].kind: there is no kind 'pigeon'; there are: feishu" in told
    more = '[[alerts]]\nname = "b"\nkind = "feishu"\nevent = ["x"]\nevents = ["hand_over", "birthday"]\n'
    (tmp_path / "config.toml").write_text("[server]\nport = 'x'\n" + more + more)
    told = xiaoer("check").stderr
    for words in (
        "server.port: must be a whole number",
        "alerts[1].events[2]: must be one of 'hand_over'",
        'alerts[2].name: "b" is used 2 times',
        'alerts[1].event: is not a setting we know; did you mean "events"?',
        "alerts[1].url: is missing; it is the robot's address",
    ):
        assert words in told, told
