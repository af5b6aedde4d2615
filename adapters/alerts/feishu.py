"""A Feishu (or Lark) group's custom robot. Signed by HMAC-SHA256 with an empty message: the text to sign is the key."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import orjson

from adapters.alerts.robots import KEYWORD, URL_SETTINGS, Robot, by_code, read_robot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.alerts.contract import Note, NoteOutcome, Told
    from adapters.alerts.robots import Meaning

SETTINGS: Mapping[str, str] = {
    **URL_SETTINGS,
    "secret": "the robot's signing secret (签名校验), where that is switched on",
    "keyword": KEYWORD,
}
EXAMPLE = "https://open.feishu.cn/open-apis/bot/v2/hook/…"
LONGEST_BYTES = 18_000
TOO_FAST = {11232: 60.0, 11233: 60.0}
MEANINGS: Mapping[int, Meaning] = {
    19001: ("robot_gone", "url is not that of a robot in use, copy it again from the group's settings"),
    19021: (
        "robot_rules",
        "the signature does not match, so copy secret again, and look whether this machine's clock is right",
    ),
    19022: ("robot_rules", "this machine's address is not on the robot's list, so add it there"),
    19024: ("robot_rules", "the robot wants its keyword in every message, so set keyword to it"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeishuRobot:
    """100 messages a minute and 5 a second are allowed; at most 20 kB each."""

    robot: Robot
    seconds_between: float = 1.0

    @classmethod
    def configure(cls, settings: Mapping[str, object]) -> FeishuRobot:
        return cls(robot=read_robot(settings, SETTINGS, example=EXAMPLE))

    def fits(self, note: Note) -> bool:
        return len(orjson.dumps(self._card(note))) <= LONGEST_BYTES

    async def send(self, *, session: ClientSession, note: Note, now: datetime) -> NoteOutcome:
        signed: dict[str, object] = {}
        if self.robot.secret:
            seconds = str(int(now.timestamp()))
            signed = {"timestamp": seconds, "sign": sign(self.robot.secret, seconds)}
        content = signed | {"msg_type": "interactive", "card": self._card(note)}
        understand = partial(by_code, name="code", says="msg", later=TOO_FAST, meanings=MEANINGS)
        return await self.robot.post(session=session, content=content, understand=understand, now=now)

    def _card(self, note: Note) -> Mapping[str, object]:
        """A message card (消息卡片). Its words are plain text: a buyer's must call nobody and link nowhere."""
        return {
            "config": {"wide_screen_mode": True},
            "header": {"title": _plain(self.robot.titled(note.title)), "template": "orange"},
            "elements": [
                element
                for number, each in enumerate(note.told, 1)
                for element in _elements(each, note.headline(number), note.open_words)
            ],
        }


def _elements(told: Told, headline: str, open_words: str) -> Iterator[Mapping[str, object]]:
    for line in (headline, told.said or told.headline):
        if line:
            yield {"tag": "div", "text": _plain(line)}
    if told.facts:
        yield {"tag": "note", "elements": [_plain(told.facts)]}
    if told.link:
        button = {"tag": "button", "text": _plain(open_words), "type": "primary", "url": told.link}
        yield {"tag": "action", "actions": [button]}


def _plain(words: str) -> Mapping[str, object]:
    return {"tag": "plain_text", "content": words}


def sign(secret: str, seconds: str) -> str:
    """Return the signature of a moment, in Unix seconds."""
    digest = hmac.new(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
