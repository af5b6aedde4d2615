"""The shop's settings: one TOML file, checked whole, with every problem told at once and in words.

`load` is the door: past it every setting has its type and makes sense by itself. Any text value written as
"${NAME}" is taken from the environment variable NAME, so that secrets need not stand in the file.
"""

import datetime as dt
import difflib
import ipaddress
import itertools
import re
import tomllib
import unicodedata
import zoneinfo
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import holidays
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from adapters.contract import Problem
from bot.errors import CannotStart

MINUTES_A_DAY = 24 * 60
MINUTES_A_YEAR = 366 * MINUTES_A_DAY
HOURS_A_YEAR = 366 * 24
SECONDS_A_WEEK = 7 * 24 * 3600
LONGEST_OWN_DATES_DAYS = 366
TRY_OUT_CHANNEL = "try"
"""The try-out page's own channel; it exists without being configured, so nobody else may take its name."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
CALLED_OTHERWISE: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        (
            *("asia/beijing", "asia/peking", "beijing", "peking", "china", "asia/china", "shanghai", "北京", "上海"),
            *("北京时间", "中国时间", "中国标准时间", "chinastandardtime", "cst"),
            *("utc+8", "utc+08", "utc+08:00", "utc+0800", "gmt+8", "gmt+08", "gmt+08:00", "gmt+0800"),
            *("+8", "+08", "+08:00", "+0800", "东八区", "etc/gmt+8"),
        ),
        "Asia/Shanghai",
    )
)
"""What people write for a zone that has another name; Etc/GMT+8 is a name, but that of eight hours *behind* UTC."""
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class BadConfig(CannotStart):
    """The configuration is wrong. `problems` holds all of it, so that one look at the file puts everything right.

    `channels` hold what is their platforms' to check, in the order of the file, so that those can be asked as well.
    """

    def __init__(self, problems: tuple[Problem, ...], *, channels: "tuple[Channel, ...]" = ()) -> None:
        super().__init__(*(f"{each.field}: {each.problem}" for each in problems))
        self.problems = problems
        self.channels = channels


# Values that need reading


@dataclass(frozen=True, slots=True)
class Span:
    """From one time of day to another, half-open, in minutes after the midnight its day starts with.

    An end beyond 1,440 lies on the next day: "22:00-06:00" is 1,320 to 1,800.
    """

    start_minute: int
    end_minute: int

    @classmethod
    def read(cls, text: object) -> Self:
        """Read "09:00-18:00". An end at or before the start means over midnight. Raises ValueError with what to do."""
        found = (
            re.fullmatch(r"(\d{1,2}):(\d\d)\s*[-–~]\s*(\d{1,2}):(\d\d)", text.strip()) if type(text) is str else None
        )
        if found is None:
            raise ValueError(f'{text!r} is not a span of hours; write it like "09:00-18:00"')
        start_hour, start, end_hour, end = map(int, found.groups())
        start += 60 * start_hour
        end += 60 * end_hour
        if start >= MINUTES_A_DAY or end > MINUTES_A_DAY or int(found[2]) > 59 or int(found[4]) > 59:  # noqa: PLR2004 - minutes of an hour
            raise ValueError(f'"{text}" has no such time; hours start between 00:00 and 23:59 and end by 24:00')
        return cls(start, end if end > start else end + MINUTES_A_DAY)

    def __str__(self) -> str:
        end = self.end_minute if self.end_minute <= MINUTES_A_DAY else self.end_minute - MINUTES_A_DAY
        return f"{self.start_minute // 60:02}:{self.start_minute % 60:02}-{end // 60:02}:{end % 60:02}"


def _read_span(given: object) -> Span:
    return given if isinstance(given, Span) else Span.read(given)


def _read_spans(given: object) -> tuple[Span, ...]:
    if not isinstance(given, list | tuple):
        raise ValueError('must be a list of spans like ["09:00-12:00", "14:00-18:00"], or [] for closed')  # noqa: TRY004 - pydantic collects ValueError
    spans = sorted(map(_read_span, given), key=lambda span: span.start_minute)
    for early, late in itertools.pairwise(spans):
        if late.start_minute < early.end_minute:
            raise ValueError(f"{early} and {late} overlap; make one span of them")
    return tuple(spans)


def _read_holiday_spans(given: object) -> tuple[Span, ...]:
    if isinstance(given, str) and given != "closed":
        raise ValueError('must be "closed" or a list of spans like ["10:00-17:00"]')
    return () if given == "closed" else _read_spans(given)


def _read_zone(given: object) -> zoneinfo.ZoneInfo:
    if isinstance(given, zoneinfo.ZoneInfo):
        return given
    known_as = CALLED_OTHERWISE.get(unicodedata.normalize("NFKC", str(given)).replace(" ", "").lower())
    if known_as is not None:
        raise ValueError(f'{given!r} is not what that time zone is called; write "{known_as}"')
    try:
        return zoneinfo.ZoneInfo(str(given))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        hint = _nearest(str(given), zoneinfo.available_timezones()) or 'write it like "Asia/Shanghai"'
        raise ValueError(f"{given!r} is not a time zone; {hint}") from None


def _read_country(given: object) -> object:
    if isinstance(given, str) and (given == "" or given in holidays.list_supported_countries()):
        return given
    raise ValueError(
        f'{given!r} is not a country whose holidays are known; write two letters like "CN", or "" for none'
    )


def _read_database_url(given: object) -> object:
    """Refuse what cannot work. The address may hold a password, so no sentence repeats it."""
    if not isinstance(given, str):
        return given
    scheme, colon, rest = given.partition("://")
    if scheme == "sqlite" and colon:
        return _sqlite_url(given, rest)
    if scheme == "postgresql" and colon:
        return _postgresql_url(given)
    named = f'"{scheme}://" is not a database we speak' if colon else "is not a database address"
    raise ValueError(f'{named}; write "sqlite:///var/xiaoer.db" or "postgresql://user:password@host/name"')


def _sqlite_url(url: str, rest: str) -> str:
    if not rest.startswith("/"):
        raise ValueError('needs three slashes before the file: "sqlite:///var/xiaoer.db" (four for an absolute path)')
    if rest[1:] in {"", ":memory:"} or rest.endswith("/"):
        raise ValueError('needs a file to keep messages in: "sqlite:///var/xiaoer.db"')
    return url


def _postgresql_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        valid = parts.port is None or parts.port > 0
    except ValueError:
        valid = False
    if not valid:
        raise ValueError('is not a readable address; write "postgresql://user:password@host:5432/name"')
    if parts.path.strip("/") == "":
        raise ValueError('names no database; write its name at the end: "postgresql://user:password@host/name"')
    return url


def _read_endpoint(given: object) -> object:
    """Refuse what is no web address. It may hold a password, so no sentence repeats it."""
    if not isinstance(given, str) or given == "":
        return given
    try:
        parts = urlsplit(given)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and " " not in given
    except ValueError:
        valid = False
    if not valid:
        raise ValueError('is not a web address; write "http://127.0.0.1:11434/v1/embeddings", or "" for none')
    return given


def _read_hosts(given: object) -> tuple[str, ...]:
    """Bare names of hosts, as they stand in a link."""
    if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
        raise ValueError('must be a list of names like ["shop.example"]')
    for each in given:
        if not re.fullmatch(r"(?=.{1,253}\Z)\w[\w-]*(?:\.\w[\w-]*)+", each):
            raise ValueError(f'{each!r} is not a host; write its name alone, like "shop.example"')
    return tuple(each.lower() for each in given)


def _read_public_url(given: object) -> object:
    if not isinstance(given, str) or given == "":
        return given
    try:
        parts = urlsplit(given)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and "@" not in given
    except ValueError:
        valid = False
    if not valid or not re.fullmatch(r"(/[A-Za-z0-9_.~-]+)*/?", parts.path) or parts.query or parts.fragment:
        raise ValueError('is not an address; write "https://chat.shop.example" or "https://shop.example/kefu"')
    return given


def _read_networks(given: object) -> tuple[Network, ...]:
    if not isinstance(given, list | tuple):
        raise ValueError('must be a list of addresses or networks like ["127.0.0.1", "10.0.0.0/8"]')  # noqa: TRY004 - pydantic collects ValueError
    networks = []
    for each in given:
        try:
            networks.append(ipaddress.ip_network(str(each), strict=False))
        except ValueError:
            raise ValueError(f'{each!r} is no address or network; write "127.0.0.1" or "10.0.0.0/8"') from None
    return tuple(networks)


def _not_a_switch(given: object) -> object:
    if isinstance(given, bool):
        raise ValueError("must be a number, not true or false")  # noqa: TRY004 - pydantic collects ValueError
    return given


Spans = Annotated[tuple[Span, ...], BeforeValidator(_read_spans)]
DailySpan = Annotated[Span, BeforeValidator(_read_span)]
Whole = Annotated[int, BeforeValidator(_not_a_switch)]
Number = Annotated[float, BeforeValidator(_not_a_switch), Field(allow_inf_nan=False)]
Words = Annotated[str, Field(min_length=1)]


# The sections


class Section(BaseModel):
    """A table of the file: frozen, and no key that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Server(Section):
    host: Words = "127.0.0.1"
    port: Annotated[Whole, Field(ge=0, le=65535)] = 8080
    public_try_out: bool = False
    public_url: Annotated[str, BeforeValidator(_read_public_url)] = ""
    trusted_proxies: Annotated[tuple[Network, ...], BeforeValidator(_read_networks)] = ()
    metrics_token: Annotated[str, Field(repr=False)] = ""


class Database(Section):
    url: Annotated[str, BeforeValidator(_read_database_url), Field(repr=False)] = "sqlite:///var/xiaoer.db"


class Shop(Section):
    name: Words = "小店"
    hosts: Annotated[tuple[str, ...], BeforeValidator(_read_hosts)] = ()
    timezone: Annotated[zoneinfo.ZoneInfo, BeforeValidator(_read_zone)] = zoneinfo.ZoneInfo("Asia/Shanghai")

    @property
    def own_name(self) -> str:
        """The name that the owner has given; "" where it is only the default."""
        return self.name if "name" in self.model_fields_set else ""


class OwnDates(Section):
    """Days that follow their own hours, whatever the week and the public holidays say."""

    date: dt.date
    last_date: dt.date | None = None
    open: Spans
    name: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not dt.timedelta() <= self.last_day - self.date < dt.timedelta(days=LONGEST_OWN_DATES_DAYS):
            raise ValueError("last_date must be on or after date, and within a year of it")
        return self

    @property
    def last_day(self) -> dt.date:
        return self.date if self.last_date is None else self.last_date


class Hours(Section):
    """When people work. Where some weekdays are named, the others follow every_day, and without it are closed."""

    country: Annotated[str, BeforeValidator(_read_country)] = "CN"
    every_day: Spans | None = None
    monday: Spans | None = None
    tuesday: Spans | None = None
    wednesday: Spans | None = None
    thursday: Spans | None = None
    friday: Spans | None = None
    saturday: Spans | None = None
    sunday: Spans | None = None
    holidays: Annotated[tuple[Span, ...], BeforeValidator(_read_holiday_spans)] = ()
    dates: tuple[OwnDates, ...] = ()

    def week(self) -> tuple[tuple[Span, ...], ...]:
        """Return the spans of Monday to Sunday."""
        named: tuple[tuple[Span, ...] | None, ...] = tuple(getattr(self, day) for day in WEEKDAYS)
        other = self.every_day
        if other is None:
            other = DEFAULT_DAY if all(spans is None for spans in named) else ()
        return tuple(other if spans is None else spans for spans in named)


LONGEST_PATIENCE_SECONDS = 4
LONGEST_MODEL_MS = 2_000
DEFAULT_DAY = (Span(9 * 60, 21 * 60),)


class Conversation(Section):
    patience_seconds: Annotated[Number, Field(ge=0, le=LONGEST_PATIENCE_SECONDS)] = LONGEST_PATIENCE_SECONDS
    quiet_close_minutes: Annotated[Number, Field(gt=0, le=MINUTES_A_YEAR)] = 30
    hand_back_after_minutes: Annotated[Number, Field(gt=0, le=MINUTES_A_YEAR)] = 30
    answer_within_hours: Annotated[Number, Field(gt=0, le=HOURS_A_YEAR)] = 24


class Invites(Section):
    enabled: bool = True
    delay_minutes: Annotated[Number, Field(ge=0, le=MINUTES_A_YEAR)] = 2
    hours: DailySpan = Span(9 * 60, 21 * 60)


LEAST_KEPT_DAYS = 30
MOST_KEPT_DAYS = 36_500


class Retention(Section):
    """For how many days things are kept. Messages are what a second delivery is recognised by: not less than 30."""

    raw_days: Annotated[Whole, Field(ge=0, le=MOST_KEPT_DAYS)] = 7
    messages_days: Annotated[Whole, Field(ge=LEAST_KEPT_DAYS, le=MOST_KEPT_DAYS)] = 365
    decisions_days: Annotated[Whole, Field(ge=0, le=MOST_KEPT_DAYS)] = 30


class Semantic(Section):
    """A model that turns texts into vectors, behind an address that speaks OpenAI's form; "" is off."""

    endpoint: Annotated[str, BeforeValidator(_read_endpoint)] = ""
    model: str = ""
    api_key: Annotated[str, Field(repr=False)] = ""
    timeout_ms: Annotated[Whole, Field(gt=0, le=LONGEST_MODEL_MS)] = 150


class Channel(Section):
    """One way buyers reach the shop. `settings` holds the platform's own keys, for its adapter to check."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    platform: Words
    reply_window_hours: Annotated[Number, Field(gt=0, le=HOURS_A_YEAR)] | None = None
    human_reply_seconds: Annotated[Whole, Field(gt=0, le=SECONDS_A_WEEK)] | None = None
    human_reply_hours: DailySpan | None = None
    echoes: Literal["yes", "no", "auto"] = "auto"
    settings: Annotated[Mapping[str, object], AfterValidator(MappingProxyType), Field(repr=False)] = {}


class Config(Section):
    """Everything the owner decided. Immutable; a change needs a restart."""

    server: Server = Server()
    database: Database = Database()
    shop: Shop = Shop()
    hours: Hours = Hours()
    conversation: Conversation = Conversation()
    invites: Invites = Invites()
    retention: Retention = Retention()
    semantic: Semantic = Semantic()
    channels: tuple[Channel, ...] = ()


# Reading the file

SECTIONS: Mapping[str, type[Section]] = MappingProxyType(
    {
        "server": Server,
        "database": Database,
        "shop": Shop,
        "hours": Hours,
        "conversation": Conversation,
        "invites": Invites,
        "retention": Retention,
        "semantic": Semantic,
    }
)
OVERRIDES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "XIAOER_HOST": ("server", "host"),
        "XIAOER_PORT": ("server", "port"),
        "XIAOER_DATABASE_URL": ("database", "url"),
    }
)
"""Settings that the environment may set without a file, as containers like to do."""


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the configuration; no path means the built-in defaults. Raises `BadConfig` with every problem.

    A problem's field is the place in the file (`server.port`, `channels[2].name`, `hours.dates[1].open`; counted from
    one). Values of channels and the database are never repeated in a problem: they may be secrets.
    """
    problems: list[Problem] = []
    raw = _from_environment({} if path is None else _read_file(path), "", environ, problems)
    _override(raw, environ)
    _keep_settings_apart(raw)
    problems += _beyond_one_value(raw)
    config, found = _validated(raw)
    told = {each.field for each in problems}
    problems += [each for each in found if each.field not in told]
    if config is None or problems:
        raise BadConfig(tuple(problems), channels=tuple(_for_their_platforms(raw)))
    return config


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        problem = "there is no such file; copy config.example.toml there, or leave --config out to run on the defaults"
    except UnicodeDecodeError:
        problem = "is not UTF-8 text; save it as UTF-8"
    except OSError as error:
        problem = f"cannot be read ({error.strerror}); give this user the right to read it"
    except tomllib.TOMLDecodeError as error:
        hint = "; is a text missing its quotes?" if "Invalid value" in str(error) else ""
        problem = f"is not valid TOML: {error}{hint}"
    raise BadConfig((Problem(str(path), problem),))


def _from_environment(value: object, place: str, environ: Mapping[str, str], problems: list[Problem]) -> Any:  # noqa: ANN401 - TOML
    """Put the environment's values where the file says "${NAME}"."""
    if isinstance(value, dict):
        return {
            key: _from_environment(item, f"{place}.{key}" if place else key, environ, problems)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_from_environment(item, f"{place}[{n}]", environ, problems) for n, item in enumerate(value, 1)]
    name = re.fullmatch(r"\$\{(\w+)\}", value) if isinstance(value, str) else None
    if name is None:
        return value
    if name[1] not in environ:
        problem = f"asks for the environment variable {name[1]}, which is not set; set it, or write the value here"
        problems.append(Problem(place, problem))
    return environ.get(name[1], value)


def _override(raw: dict[str, Any], environ: Mapping[str, str]) -> None:
    for name, (section, key) in OVERRIDES.items():
        table = raw.setdefault(section, {})
        if name in environ and isinstance(table, dict):
            table[key] = environ[name]


def _tables(raw: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    given = raw.get(key)
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def _keep_settings_apart(raw: dict[str, Any]) -> None:
    """Leave in each channel what is ours, and put the platform's keys under `settings`."""
    ours = Channel.model_fields.keys() - {"settings"}
    for channel in _tables(raw, "channels"):
        channel["settings"] = {key: channel.pop(key) for key in [*channel] if key not in ours}


def _beyond_one_value(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Find what no single value shows, even while single values are wrong."""
    semantic = raw.get("semantic")
    if isinstance(semantic, dict) and semantic.get("endpoint", "") != "" and semantic.get("model", "") == "":
        yield Problem("semantic.model", "is needed beside an endpoint; name the model to ask, as its server calls it")
    channels = _tables(raw, "channels")
    uses = Counter(str(channel.get("name")) for channel in channels)
    for n, channel in enumerate(channels, 1):
        name = channel.get("name")
        if name == TRY_OUT_CHANNEL:
            yield Problem(f"channels[{n}].name", f'"{name}" is the try-out page\'s own channel; choose another name')
        elif name is not None and uses[str(name)] > 1:
            yield Problem(f"channels[{n}].name", f'"{name}" is used {uses[str(name)]} times; give each channel its own')
        if "human_reply_hours" in channel and "human_reply_seconds" not in channel:
            problem = "says when people must answer, but not how fast; add human_reply_seconds, e.g. 180"
            yield Problem(f"channels[{n}].human_reply_hours", problem)
        for key in channel["settings"]:
            hint = _nearest(key, Channel.model_fields.keys() - {"settings"}, at_least=0.85)
            if hint:
                yield Problem(f"channels[{n}].{key}", f"is not a setting we know; {hint}")


def _validated(raw: Mapping[str, Any]) -> tuple[Config | None, list[Problem]]:
    try:
        return Config.model_validate(raw), []
    except ValidationError as error:
        return None, [Problem(_place(each["loc"]), _sentence(each)) for each in error.errors(include_url=False)]


def _for_their_platforms(raw: Mapping[str, Any]) -> Iterator[Channel]:
    """The platforms' own keys of each channel, whatever is wrong with ours."""
    for n, channel in enumerate(_tables(raw, "channels"), 1):
        platform = channel.get("platform")
        known = platform if isinstance(platform, str) and platform else "?"
        yield Channel(name=f"channel-{n}", platform=known, settings=channel["settings"])


def _place(loc: Iterable[int | str]) -> str:
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in loc).removeprefix(".")


SENTENCES = MappingProxyType(
    {
        "missing": "is required; add it",
        "bool_type": "must be true or false",
        "bool_parsing": "must be true or false",
        "int_type": "must be a whole number",
        "int_parsing": "must be a whole number",
        "int_from_float": "must be a whole number",
        "float_type": "must be a number",
        "float_parsing": "must be a number",
        "finite_number": "must be a number that ends",
        "string_type": "must be text in quotes",
        "string_too_short": "is empty; write something between the quotes",
        "string_pattern_mismatch": "may have only letters, digits, - and _ (64 at most): it becomes part of an address",
        "greater_than": "must be more than {gt:g}",
        "greater_than_equal": "must be {ge:g} or more",
        "less_than_equal": "must be {le:g} or less",
        "date_type": "must be a date like 2027-02-05",
        "date_parsing": "must be a date like 2027-02-05",
        "date_from_datetime_parsing": "must be a date like 2027-02-05",
        "date_from_datetime_inexact": "must be a date like 2027-02-05, without a time",
        "literal_error": "must be one of {expected}",
        "model_type": "must be a table: write its name in square brackets on a line of its own",
        "tuple_type": "must be a list of tables: write its name in double square brackets before each",
    }
)


def _sentence(error: ErrorDetails) -> str:
    kind = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind == "extra_forbidden":
        return _unknown(error["loc"])
    return SENTENCES[kind].format(**error.get("ctx", {})) if kind in SENTENCES else error["msg"]


def _unknown(loc: tuple[int | str, ...]) -> str:
    """Name the known key that was most likely meant, or the section where the key is at home."""
    key = str(loc[-1])
    section: type[Section] = Config
    if len(loc) > 1:
        section = OwnDates if "dates" in loc else SECTIONS[str(loc[0])]
    hint = _nearest(key, section.model_fields)
    elsewhere = [f"[{name}]" for name, other in SECTIONS.items() if key in other.model_fields]
    if not hint and elsewhere:
        hint = f"it belongs under {' or '.join(elsewhere)}"
    return f"is not a setting we know; {hint or 'known here: ' + ', '.join(section.model_fields)}"


def _nearest(word: str, known: Iterable[str], *, at_least: float = 0.6) -> str:
    close = difflib.get_close_matches(word.lower(), sorted(known), n=1, cutoff=at_least)
    return f'did you mean "{close[0]}"?' if close else ""
