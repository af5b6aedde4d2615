"""A WeCom group's robot. Nothing is signed: the key in the address is the secret."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from adapters.alerts.robots import URL_SETTINGS, Robot, by_code, in_markdown, read_robot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.alerts.contract import Note, NoteOutcome, Told
    from adapters.alerts.robots import Meaning

SETTINGS: Mapping[str, str] = URL_SETTINGS
EXAMPLE = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…"
LONGEST_BYTES = 4_096
TOO_FAST = {45009: 60.0, 45033: 60.0, -1: 60.0}
MEANINGS: Mapping[int, Meaning] = {
    93000: ("robot_gone", "url is not that of a robot in use, copy it again from the group's settings")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WeComRobot:
    """20 messages a minute are allowed; the Markdown of each has at most 4,096 bytes."""

    robot: Robot
    seconds_between: float = 3.5

    @classmethod
    def configure(cls, settings: Mapping[str, object]) -> WeComRobot:
        return cls(robot=read_robot(settings, SETTINGS, example=EXAMPLE))

    def fits(self, note: Note) -> bool:
        return len(_markdown(note).encode()) <= LONGEST_BYTES

    async def send(self, *, session: ClientSession, note: Note, now: datetime) -> NoteOutcome:
        understand = partial(by_code, name="errcode", says="errmsg", later=TOO_FAST, meanings=MEANINGS)
        content = {"msgtype": "markdown", "markdown": {"content": _markdown(note)}}
        return await self.robot.post(session=session, content=content, understand=understand, now=now)


def _markdown(note: Note) -> str:
    """The title in bold; what was said as a quotation, what presses in orange, and a link to the desk."""
    parts = [
        "\n".join(_lines(each, note.headline(number), note.open_words)) for number, each in enumerate(note.told, 1)
    ]
    return "\n\n".join([f"**{in_markdown(note.title)}**", *filter(None, parts)])


def _lines(told: Told, headline: str, open_words: str) -> Iterator[str]:
    if headline:
        yield f"**{in_markdown(headline)}**"
    if told.said:
        yield f"> {in_markdown(told.said)}"
    if told.facts:
        yield f'<font color="warning">{in_markdown(told.facts)}</font>'
    if told.link:
        yield f"[{open_words}]({told.link})"
