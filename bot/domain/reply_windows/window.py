"""What a reply window is: one promise that a platform, or the shop itself, wants kept. Data only.

    human-reply   answered by a person within some seconds, counted during some hours of the day
    natural-day   answered before the day ends on which the buyer asked
    quota         nothing may be sent later than some hours after the buyer's last message, nor more than some messages
    token         one message within some seconds after the buyer's last one

The first two are lines to keep, the others limits that the platform enforces by itself.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, PlainSerializer, TypeAdapter, ValidationError, model_validator

from bot.config import HOURS_A_YEAR, SECONDS_A_WEEK, DailySpan, Number, Section, Whole

if TYPE_CHECKING:
    from bot.domain.desk.conversations import SenderKind

Hours = Annotated[DailySpan, PlainSerializer(str)]
Seconds = Annotated[Whole, Field(gt=0, le=SECONDS_A_WEEK)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


class _Window(Section):
    """What every window says of itself. `robot_counts` is "unknown" where nobody could tell us."""

    name: Name
    title_zh: str = ""
    title_en: str = ""
    robot_counts: bool | Literal["unknown"] = False
    rules_of: str = ""
    source: str = ""
    confirmed: bool = False

    def title(self, language: str) -> str:
        """What people call it."""
        return (self.title_zh if language == "zh" else self.title_en) or self.name

    def counts(self, sender: SenderKind) -> bool | None:
        """Say whether an answer of that kind keeps this window; None when it is not known."""
        robot = None if self.robot_counts == "unknown" else self.robot_counts
        return {"human": True, "human_assisted": True, "robot": robot, "system_auto": False}[sender]


class HumanReply(_Window):
    """Answered within `within_seconds`. The clock runs inside `hours` only, by the time the buyer asked."""

    kind: Literal["human-reply"] = "human-reply"
    within_seconds: Seconds
    hours: Hours | None = None


class NaturalDay(_Window):
    """Answered before 24:00 of the shop's day on which the buyer asked."""

    kind: Literal["natural-day"] = "natural-day"


class Quota(_Window):
    """Not later than `within_hours` after the buyer's last message, and not more than `messages` since."""

    kind: Literal["quota"] = "quota"
    within_hours: Annotated[Number, Field(gt=0, le=HOURS_A_YEAR)] | None = None
    messages: Annotated[Whole, Field(ge=1, le=1_000)] | None = None

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.within_hours is None and self.messages is None:
            raise ValueError("limits nothing; add within_hours, e.g. 48, or messages, e.g. 5")
        return self


class Token(_Window):
    """One message, within `within_seconds` of the buyer's last one."""

    kind: Literal["token"] = "token"
    within_seconds: Seconds


Line = HumanReply | NaturalDay
Limit = Quota | Token
Window = Line | Limit
READER: TypeAdapter[Window] = TypeAdapter(Annotated[Window, Field(discriminator="kind")])


class Preset(Section):
    """The windows of one platform, as they were known on a date."""

    name: Name
    title_zh: str
    title_en: str
    read_on: dt.date
    windows: tuple[Annotated[Window, Field(discriminator="kind")], ...]


class BadWindow(ValueError):
    """A window that cannot be; the text says what to do."""


def read_window(given: object) -> Window:
    """One window from its fields. Raises `BadWindow` with everything that is wrong with it."""
    try:
        return READER.validate_python(given)
    except ValidationError as error:
        raise BadWindow("; ".join(map(_sentence, error.errors(include_url=False)))) from None


def _sentence(error: object) -> str:
    found = dict(error)  # type: ignore[call-overload]  # a TypedDict of pydantic's
    place = ".".join(str(part) for part in found["loc"] if part not in KINDS)
    if found["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        return f"kind: must be one of {', '.join(KINDS)}"
    message = str(found["msg"]).removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


KINDS = ("human-reply", "natural-day", "quota", "token")
