"""Every table of the file, with its defaults and its bounds."""

import zoneinfo
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from bot.config.addresses import Network, read_database_url, read_endpoint, read_hosts, read_networks, read_public_url
from bot.config.hours import MINUTES_A_DAY, DailySpan, Hours, Span
from bot.config.values import Name, Number, OwnSettings, Section, Whole, Words, not_a_text
from bot.config.zones import read_zone
from bot.seal import Seal

MINUTES_A_YEAR = 366 * MINUTES_A_DAY
HOURS_A_YEAR = 366 * 24
SECONDS_A_WEEK = 7 * 24 * 3600
LONGEST_PATIENCE_SECONDS = 4
LONGEST_MODEL_MS = 2_000
TRY_OUT_CHANNEL = "try"
"""The try-out page's own channel; it exists without being configured, so nobody else may take its name."""
BotMode = Literal["off", "shadow", "assist", "cover", "first", "mixed"]
"""How much the bot says on a channel; what each means stands in `bot/domain/channels/modes.py`."""


def read_encryption_key(given: str) -> str:
    if given != "":
        Seal.read(given)
    return given


class Server(Section):
    host: Words = "127.0.0.1"
    port: Annotated[Whole, Field(ge=0, le=65535)] = 8080
    public_try_out: bool = False
    public_url: Annotated[str, BeforeValidator(read_public_url)] = ""
    trusted_proxies: Annotated[tuple[Network, ...], BeforeValidator(read_networks)] = ()
    metrics_token: Annotated[str, Field(repr=False)] = ""
    development: bool = False


class Desk(Section):
    undo_seconds: Annotated[Whole, Field(ge=0, le=60)] = 5


class Database(Section):
    url: Annotated[str, BeforeValidator(read_database_url), Field(repr=False)] = "sqlite:///var/xiaoer.db"
    encryption_key: Annotated[str, AfterValidator(read_encryption_key), Field(repr=False)] = ""


class Shop(Section):
    name: Words = "小店"
    hosts: Annotated[tuple[str, ...], BeforeValidator(read_hosts)] = ()
    timezone: Annotated[zoneinfo.ZoneInfo, BeforeValidator(read_zone)] = zoneinfo.ZoneInfo("Asia/Shanghai")

    @property
    def own_name(self) -> str:
        """The name that the owner has given; "" where it is only the default."""
        return self.name if "name" in self.model_fields_set else ""


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

    endpoint: Annotated[str, BeforeValidator(read_endpoint)] = ""
    model: str = ""
    api_key: Annotated[str, Field(repr=False)] = ""
    timeout_ms: Annotated[Whole, Field(gt=0, le=LONGEST_MODEL_MS)] = 150


class Channel(Section):
    """One way buyers reach the shop. `settings` holds the platform's own keys, for its adapter to check.

    What is None here is set in the console.
    """

    name: Name
    platform: Words
    reply_windows: Annotated[tuple[str | Mapping[str, object], ...] | None, BeforeValidator(not_a_text)] = None
    mode: BotMode | None = None
    mixed_share_percent: Annotated[Whole, Field(ge=0, le=100)] = 50
    echoes: Literal["yes", "no", "auto"] = "auto"
    settings: OwnSettings = Field(default_factory=dict)


AlertEvent = Literal[
    "hand_over", "reply_window", "low_rating", "advert", "unknown_send", "channel_down", "login_ends", "manual_failed"
]
ALERT_EVENTS: tuple[AlertEvent, ...] = get_args(AlertEvent)


class AlertPeer(Section):
    """One place where people of the shop are told of what happens. `settings` holds the keys of its kind."""

    name: Name
    kind: Words
    events: tuple[AlertEvent, ...] = ALERT_EVENTS
    language: Literal["zh", "en"] = "zh"
    settings: OwnSettings = Field(default_factory=dict)


class Config(Section):
    """Everything the owner decided. Immutable; a change needs a restart."""

    server: Server = Server()
    database: Database = Database()
    shop: Shop = Shop()
    hours: Hours = Hours()
    conversation: Conversation = Conversation()
    invites: Invites = Invites()
    desk: Desk = Desk()
    retention: Retention = Retention()
    semantic: Semantic = Semantic()
    channels: tuple[Channel, ...] = ()
    alerts: tuple[AlertPeer, ...] = ()


SECTIONS: Mapping[str, type[Section]] = MappingProxyType(
    {name: type(field.default) for name, field in Config.model_fields.items() if isinstance(field.default, Section)}
)
"""The tables that stand once in a file, by name."""
WITH_OWN_SETTINGS: Mapping[str, type[Section]] = MappingProxyType({"channels": Channel, "alerts": AlertPeer})
"""The lists of tables in which an adapter finds its own keys beside ours."""
