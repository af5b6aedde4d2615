"""A Slack channel's incoming webhook. Nothing is signed: the address is the secret. It answers in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from adapters.alerts.robots import NOTHING_KNOWN, URL_SETTINGS, Robot, answered, quote, read_robot
from adapters.contract import Refused, Sent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.alerts.contract import Note, NoteOutcome
    from adapters.alerts.robots import Meaning
    from adapters.http import Answer

SETTINGS: Mapping[str, str] = URL_SETTINGS
EXAMPLE = "https://hooks.slack.com/services/…"
LONGEST_BYTES, MOST_TOLD, LONGEST_TITLE, LONGEST_SECTION = 6_000, 40, 150, 3_000
MARKS = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
"""What Slack would read as links and calls: a buyer's words must not call the whole channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackWebhook:
    """One message a second is allowed, of 50 blocks. A text of such length stays whole, its marks written out too."""

    robot: Robot
    seconds_between: float = 1.2

    @classmethod
    def configure(cls, settings: Mapping[str, object]) -> SlackWebhook:
        return cls(robot=read_robot(settings, SETTINGS, example=EXAMPLE))

    def fits(self, note: Note) -> bool:
        return len(note.whole.encode()) <= LONGEST_BYTES and len(note.told) <= MOST_TOLD

    async def send(self, *, session: ClientSession, note: Note, now: datetime) -> NoteOutcome:
        content = {"text": note.whole.translate(MARKS), "unfurl_links": False, "blocks": _blocks(note)}
        return await self.robot.post(session=session, content=content, understand=_understand, now=now)


def _blocks(note: Note) -> list[Mapping[str, object]]:
    """A heading, and a section for each thing told. A link and no button: a button would want a server to press at."""
    heading = {"type": "header", "text": {"type": "plain_text", "text": note.title[:LONGEST_TITLE]}}
    texts = [_section(note, number) for number in range(1, len(note.told) + 1)]
    return [heading, *({"type": "section", "text": {"type": "mrkdwn", "text": text}} for text in texts if text)]


def _section(note: Note, number: int) -> str:
    about = note.told[number - 1]
    headline = note.headline(number).translate(MARKS)
    lines = [f"*{headline}*" if headline else "", *(line.translate(MARKS) for line in about.lines)]
    if about.link:
        lines.append(f"<{about.link.translate(MARKS)}|{note.open_words}>")
    return "\n".join(line for line in lines if line)[:LONGEST_SECTION]


GONE: Meaning = ("robot_gone", "make a new webhook for a channel that is there")


def _understand(answer: Answer) -> NoteOutcome:
    said = quote(answer)
    if answer.status == HTTPStatus.OK and said == "ok":
        return Sent()
    fault, hint = GONE if answer.status in {403, 404, 410} else NOTHING_KNOWN
    return Refused(answered(answer.status, said, hint=hint), fault=fault)
