"""What group robots have in common: a secret address to post JSON to, and an answer whose body says how it went."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import orjson
from yarl import URL

from adapters.api import read_answer
from adapters.clean import clean_line
from adapters.contract import Refused, Sent, TryLater, Unknown
from adapters.fields import Reading
from adapters.http import Answer, find_url_problem, post

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.alerts.contract import NoteOutcome
    from adapters.contract import PlatformFault
    from adapters.fields import Fields

TIMEOUT_SECONDS = 10.0
URL_SETTINGS = {
    "url": "the robot's whole address; whoever has it can write there, so best take it from the environment",
    "allow_private_url": "true lets the address be on this machine or in a private network",
}
KEYWORD = "the word that the robot wants in every message, where it is set to want one"
NOTHING: Mapping[str, str] = MappingProxyType({})
WIDE = str.maketrans("[]<>`*#~|\\", "［］＜＞｀＊＃～｜＼")
Meaning: TypeAlias = "tuple[PlatformFault, str]"
"""What the number of an error says, by a code for people of the shop, and what an engineer is to do."""
NOTHING_KNOWN: Meaning = ("unknown_refusal", "")
OVERLOADED = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Robot:
    """A group robot's address, and what it wants of every message where it is set so."""

    url: URL = field(repr=False)
    secret: str = field(repr=False, default="")
    keyword: str = ""
    allow_private: bool = False

    def titled(self, title: str) -> str:
        """The title, with the word that the robot wants to hear."""
        return title if self.keyword in title else f"{self.keyword} {title}"

    async def post(
        self,
        *,
        session: ClientSession,
        content: Mapping[str, object],
        understand: Callable[[Answer], NoteOutcome],
        now: datetime,
        signed: Mapping[str, str] = NOTHING,
    ) -> NoteOutcome:
        """Post the content as JSON, once; what is `signed` belongs to the address."""
        return await call(
            session=session,
            url=self.url.update_query(signed),
            allow_private=self.allow_private,
            content=content,
            understand=understand,
            now=now,
        )


def read_robot(settings: Mapping[str, object], known: Mapping[str, str], *, example: str) -> Robot:
    """Read the settings of a robot, or raise `BadSettings` with every problem."""
    with Reading(settings, known) as fields:
        allow_private = fields.flag("allow_private_url")
        return Robot(
            url=_read_url(fields, allow_private=allow_private, example=example),
            secret=read_text(fields, "secret"),
            keyword=read_text(fields, "keyword"),
            allow_private=allow_private,
        )


async def call(
    *,
    session: ClientSession,
    url: URL,
    allow_private: bool,
    content: Mapping[str, object],
    understand: Callable[[Answer], NoteOutcome],
    now: datetime,
) -> NoteOutcome:
    """Post the content as JSON, once; `understand` an answer, unless its status says all there is to say."""
    answer = await post(
        session=session,
        url=url,
        body=orjson.dumps(content),
        headers={"Content-Type": "application/json; charset=utf-8"},
        timeout_seconds=TIMEOUT_SECONDS,
        allow_private=allow_private,
        now=now,
    )
    if not isinstance(answer, Answer):
        return answer
    said = f"{url.raw_host} answered {answer.status}"
    if answer.status in OVERLOADED:
        return TryLater(said, _asked_pause(answer), fault="too_fast")
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unknown(said, fault="platform_trouble")
    return understand(answer)


def _asked_pause(answer: Answer) -> float | None:
    """How long it wants us to wait: by its header, or (Telegram) by its body."""
    parameters = read_answer(answer).optional_inner("parameters")
    asked = parameters.number("retry_after")
    return answer.retry_after_seconds if asked is None else float(asked)


def by_code(
    answer: Answer, *, name: str, says: str, later: Mapping[int, float], meanings: Mapping[int, Meaning]
) -> NoteOutcome:
    """Understand an answer whose field `name` is 0 when all went well, and an error's number otherwise.

    `says` is the field of the peer's own words, `later` holds the numbers that mean "too fast" with the seconds to
    wait, and `meanings` what to do about others.
    """
    fields = read_answer(answer)
    code = fields.raw(name)
    if type(code) is not int:
        return _without_code(answer)
    if code == 0:
        return Sent()
    words = str(fields.raw(says) or "")
    if code in later:
        return TryLater(answered(code, words), later[code], fault="too_fast")
    fault, hint = meanings.get(code, NOTHING_KNOWN)
    return Refused(answered(code, words, hint=hint), fault=fault)


def _without_code(answer: Answer) -> NoteOutcome:
    if answer.status == HTTPStatus.OK:
        return without_word()
    return Refused(answered(answer.status, quote(answer)), fault="unknown_refusal")


def without_word() -> Unknown:
    """What to make of an answer that may be a yes."""
    return Unknown("it answered 200 without saying how it went", fault="unclear_answer")


def answered(code: int, words: str, *, hint: str = "") -> str:
    """What a peer answered: the number, what to do about it, and behind a colon its own words, which no log shows."""
    said = f"it answered {code}; {hint}" if hint else f"it answered {code}"
    return f"{said}: {clean_line(words)}".removesuffix(": ")


def quote(answer: Answer) -> str:
    """The peer's own words, on one line."""
    return clean_line(answer.body.decode("utf-8", "replace"))


# Settings


def _read_url(fields: Fields, *, allow_private: bool, example: str) -> URL:
    """The robot's address. It is a secret, so no sentence repeats it."""
    given = fields.raw("url")
    if not isinstance(given, str) or not given:
        fields.note("url", f"is missing; it is the robot's address, such as {example}")
        return URL()
    problem = find_url_problem(given, allow_private=allow_private, switch="allow_private_url")
    if problem is not None:
        fields.note("url", problem)
        return URL()
    return URL(given)


def in_markdown(text: str) -> str:
    """Words of others, whose signs make no links, pictures or calls of their own: wide twins stand in their place."""
    return text.translate(WIDE)


def read_text(fields: Fields, name: str) -> str:
    """An optional text of the settings, as it stands."""
    value = fields.raw(name)
    if isinstance(value, str):
        return value
    if value is not None:
        fields.note(name, "must be text in quotes")
    return ""
