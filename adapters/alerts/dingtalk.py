"""A DingTalk group's custom robot. The signature stands in the address, beside the moment in milliseconds."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import orjson

from adapters.alerts.robots import KEYWORD, URL_SETTINGS, Robot, by_code, in_markdown, read_robot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.alerts.contract import Note, NoteOutcome, Told
    from adapters.alerts.robots import Meaning

SETTINGS: Mapping[str, str] = {
    **URL_SETTINGS,
    "secret": "the robot's signing secret (加签), which begins with SEC, where that is switched on",
    "keyword": KEYWORD,
}
EXAMPLE = "https://oapi.dingtalk.com/robot/send?access_token=…"
LONGEST_BYTES = 18_000
NEW_LINE = "  \n"
TOO_FAST = {130101: 600.0, 410100: 600.0, -1: 60.0}
"""A robot that was too fast is shut out for ten minutes; -1 is a system that is busy."""
MEANINGS: Mapping[int, Meaning] = {
    300005: ("robot_gone", "url is not that of a robot in use, copy it again from the group's settings"),
    310000: (
        "robot_rules",
        "its keyword, signature or addresses turned it away, so set keyword or secret as the robot's settings say",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DingTalkRobot:
    """20 messages a minute are allowed; at most 20 kB each."""

    robot: Robot
    seconds_between: float = 3.5

    @classmethod
    def configure(cls, settings: Mapping[str, object]) -> DingTalkRobot:
        return cls(robot=read_robot(settings, SETTINGS, example=EXAMPLE))

    def fits(self, note: Note) -> bool:
        return len(orjson.dumps(self._content(note))) <= LONGEST_BYTES

    async def send(self, *, session: ClientSession, note: Note, now: datetime) -> NoteOutcome:
        signed: dict[str, str] = {}
        if self.robot.secret:
            milliseconds = str(int(now.timestamp() * 1000))
            signed = {"timestamp": milliseconds, "sign": sign(self.robot.secret, milliseconds)}
        understand = partial(by_code, name="errcode", says="errmsg", later=TOO_FAST, meanings=MEANINGS)
        return await self.robot.post(
            session=session, content=self._content(note), understand=understand, now=now, signed=signed
        )

    def _content(self, note: Note) -> Mapping[str, object]:
        """A card whose button opens the desk (整体跳转 ActionCard); several things are told in Markdown, with links."""
        title = self.robot.titled(note.title)
        if len(note.told) == 1 and note.told[0].link:
            [told] = note.told
            card = {"title": title, "text": _in_markdown(title, [_lines(told)])}
            button = {"singleTitle": note.open_words, "singleURL": told.link}
            return {"msgtype": "actionCard", "actionCard": card | button}
        parts = [
            [*_bold(note.headline(number)), *_lines(each), *_link(each, note.open_words)]
            for number, each in enumerate(note.told, 1)
        ]
        return {"msgtype": "markdown", "markdown": {"title": title, "text": _in_markdown(title, parts)}}


def _in_markdown(title: str, parts: list[list[str]]) -> str:
    return "\n\n".join([f"#### {in_markdown(title)}", *(NEW_LINE.join(lines) for lines in parts if lines)])


def _lines(told: Told) -> list[str]:
    return [in_markdown(line) for line in told.lines]


def _bold(headline: str) -> list[str]:
    return [f"**{in_markdown(headline)}**"] if headline else []


def _link(told: Told, open_words: str) -> list[str]:
    return [f"[{open_words}]({told.link})"] if told.link else []


def sign(secret: str, milliseconds: str) -> str:
    """Return the signature of a moment, in Unix milliseconds; whoever puts it into an address quotes it."""
    digest = hmac.new(secret.encode(), f"{milliseconds}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
