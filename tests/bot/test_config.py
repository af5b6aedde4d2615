from __future__ import annotations

import itertools
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bot.config import (
    SECTIONS,
    WEEKDAYS,
    AlertPeer,
    BadConfig,
    Channel,
    Config,
    Hours,
    OwnDates,
    Section,
    Shop,
    Span,
    load,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Loads = Callable[..., Config]
    Wrongs = Callable[..., dict[str, str]]

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
NINE_TO_NINE = (Span(540, 1260),)


@pytest.fixture
def loads(tmp_path: Path) -> Loads:
    """Load a configuration from its text."""

    def load_text(text: str, environ: Mapping[str, str] | None = None) -> Config:
        file = tmp_path / "config.toml"
        file.write_text(text, encoding="utf-8")
        return load(file, environ or {})

    return load_text


@pytest.fixture
def wrongs(loads: Loads) -> Wrongs:
    """Load a configuration that is wrong, and return its problems by field."""

    def problems_of(text: str, environ: Mapping[str, str] | None = None) -> dict[str, str]:
        with pytest.raises(BadConfig) as refused:
            loads(text, environ)
        fields = [each.field for each in refused.value.problems]
        assert len(fields) == len(set(fields)), fields
        return {each.field: each.problem for each in refused.value.problems}

    return problems_of


# Defaults and the example


def test_without_a_file_the_shop_runs_on_defaults() -> None:
    config = load(None, {})
    assert config == Config()
    assert (config.server.host, config.server.port, config.server.public_try_out) == ("127.0.0.1", 8080, False)
    assert config.database.url == "sqlite:///var/xiaoer.db"
    assert config.shop.timezone == ZoneInfo("Asia/Shanghai")
    assert config.hours.week() == (NINE_TO_NINE,) * 7
    assert (config.conversation.quiet_close_minutes, config.conversation.hand_back_after_minutes) == (30, 30)
    assert (config.invites.enabled, config.invites.delay_minutes, str(config.invites.hours)) == (True, 2, "09:00-21:00")
    assert config.channels == ()


def test_the_example_says_the_defaults() -> None:
    example = load(EXAMPLE, {})
    assert example.model_copy(update={"hours": Hours()}) == Config()
    assert example.hours.week() == Hours().week()
    assert example.hours.model_copy(update={"every_day": None}) == Hours()


def test_the_example_has_every_setting() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    models: list[type[Section]] = [*SECTIONS.values(), OwnDates, Channel, AlertPeer]
    keys = set(itertools.chain.from_iterable(model.model_fields for model in models)) - {"dates", "settings"}
    assert [key for key in sorted(keys) if not re.search(rf"^(# )?{key} = ", text, re.MULTILINE)] == []
    tables = {*(f"[{name}]" for name in SECTIONS), "[[hours.dates]]", "[[channels]]", "[[alerts]]"}
    assert [table for table in tables if table not in text] == []


def test_what_the_example_shows_in_comments_loads_too(loads: Loads) -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    shown = "\n".join(re.sub(r"^# (?=\[\[|\w+ = )", "", line) for line in lines)
    secrets = dict.fromkeys(re.findall(r"\$\{(\w+)\}", shown), "s")
    config = loads(shown, secrets | {"XIAOER_ENCRYPTION_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="})
    assert config.hours.saturday == (Span(600, 1080),)
    assert config.hours.dates[0].open == ()
    assert config.channels[0].settings["secret"] == "s"


# Values


def test_zero_and_nothing_are_values(loads: Loads) -> None:
    config = loads('[server]\nport = 0\n[hours]\ncountry = ""\nevery_day = []\n[invites]\ndelay_minutes = 0\n')
    assert (config.server.port, config.hours.country, config.invites.delay_minutes) == (0, "", 0)
    assert config.hours.week() == ((),) * 7


def test_every_weekday_can_have_its_own_hours(loads: Loads) -> None:
    named = "\n".join(f'{day} = ["0{n}:00-10:00"]' for n, day in enumerate(WEEKDAYS, 1))
    assert loads(f"[hours]\n{named}").hours.week() == tuple((Span(60 * n, 600),) for n in range(1, 8))


def test_weekdays_that_are_not_named_are_closed_or_follow_every_day(loads: Loads) -> None:
    monday = '[hours]\nmonday = ["10:00-12:00"]\n'
    assert loads(monday).hours.week() == ((Span(600, 720),), *((),) * 6)
    assert loads(monday + 'every_day = ["09:00-21:00"]').hours.week() == ((Span(600, 720),), *(NINE_TO_NINE,) * 6)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("09:00-18:00", 540, 1080),
        ("9:00 - 18:00", 540, 1080),
        ("00:00-24:00", 0, 1440),
        ("22:00-06:00", 1320, 1800),
        ("22:00-00:00", 1320, 1440),
        ("09:00-09:00", 540, 1980),
    ],
)
def test_spans_are_read_in_minutes_and_run_over_midnight(text: str, start: int, end: int) -> None:
    assert Span.read(text) == Span(start, end)


@pytest.mark.parametrize(("text", "said"), [("9:00-18:00", "09:00-18:00"), ("22:00-06:00", "22:00-06:00")])
def test_spans_say_themselves(text: str, said: str) -> None:
    assert str(Span.read(text)) == said


@pytest.mark.parametrize("text", ["24:00-02:00", "09:00-24:01", "09:60-10:00", "09:00-10:60", "9-18", "", 9, None])
def test_what_is_no_span_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"write it like|no such time"):
        Span.read(text)


def test_spans_are_put_in_order_and_may_touch(loads: Loads) -> None:
    config = loads('[hours]\nevery_day = ["13:00-18:00", "09:00-13:00"]')
    assert config.hours.week()[0] == (Span(540, 780), Span(780, 1080))


def test_holidays_are_closed_or_have_their_own_hours(loads: Loads) -> None:
    assert loads('[hours]\nholidays = "closed"').hours.holidays == ()
    assert loads('[hours]\nholidays = ["10:00-16:00"]').hours.holidays == (Span(600, 960),)


def test_own_dates_are_one_day_or_several(loads: Loads) -> None:
    text = '[[hours.dates]]\ndate = 2027-02-05\nlast_date = 2027-02-11\nopen = []\nname = "春节"\n'
    text += '[[hours.dates]]\ndate = "2026-11-11"\nopen = ["00:00-24:00"]\n'
    spring, eleven = loads(text).hours.dates
    assert (spring.date, spring.last_day, spring.open, spring.name) == (date(2027, 2, 5), date(2027, 2, 11), (), "春节")
    assert (eleven.date, eleven.last_day, eleven.open) == (date(2026, 11, 11), date(2026, 11, 11), (Span(0, 1440),))


def test_a_channel_keeps_the_platforms_own_keys_for_its_adapter(loads: Loads) -> None:
    (channel,) = loads(
        '[[channels]]\nname = "my-shop"\nplatform = "webhook"\nmode = "assist"\n'
        'reply_windows = ["douyin", {kind = "natural-day", name = "today"}]\n'
        'secret = "hunter2"\norigins = ["https://shop.example"]\nsettings = 1\n'
    ).channels
    assert (channel.mode, channel.mixed_share_percent) == ("assist", 50)
    assert channel.reply_windows == ("douyin", {"kind": "natural-day", "name": "today"})
    assert channel.settings == {"secret": "hunter2", "origins": ["https://shop.example"], "settings": 1}


def test_nothing_can_be_changed_afterwards(loads: Loads) -> None:
    config = loads('[[channels]]\nname = "a"\nplatform = "web"\n')
    with pytest.raises(ValidationError):
        config.server.port = 1
    with pytest.raises(TypeError):
        config.channels[0].settings["secret"] = "x"  # type: ignore[index]  # what the test tries is forbidden


def test_secrets_do_not_show_when_a_configuration_is_printed(loads: Loads) -> None:
    text = (
        '[database]\nurl = "postgresql://shop:hunter2@db/x"\n[[channels]]\nname = "a"\nplatform = "b"\nkey = "hunter2"'
    )
    assert "hunter2" not in repr(loads(text))


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///var/xiaoer.db",
        "sqlite:////srv/xiaoer.db",
        "postgresql://user:password@db:5432/xiaoer",
        "postgresql:///xiaoer?host=/run/postgresql",
    ],
)
def test_sqlite_and_postgresql_are_spoken(url: str, loads: Loads) -> None:
    assert loads(f'[database]\nurl = "{url}"').database.url == url


# The environment


def test_a_text_may_come_from_the_environment(loads: Loads) -> None:
    text = '[server]\nport = "${PORT}"\n[[channels]]\nname = "a"\nplatform = "b"\nkeys = ["${OLD}", "x${OLD}"]'
    config = loads(text, {"PORT": "9000", "OLD": ""})
    assert config.server.port == 9000
    assert config.channels[0].settings == {"keys": ["", "x${OLD}"]}


def test_what_the_environment_does_not_have_is_named_once(wrongs: Wrongs) -> None:
    text = '[server]\nport = "${PORT}"\n[[channels]]\nname = "a"\nplatform = "b"\nkeys = ["x", "${OLD}"]'
    found = wrongs(text)
    assert found.keys() == {"server.port", "channels[1].keys[2]"}
    assert "environment variable PORT" in found["server.port"]


def test_the_environment_wins_over_the_file(loads: Loads) -> None:
    environ = {"XIAOER_PORT": "0", "XIAOER_HOST": "0.0.0.0", "XIAOER_DATABASE_URL": "sqlite:///other.db"}  # noqa: S104 - read, not bound to
    for config in (load(None, environ), loads("[server]\nport = 1\n", environ)):
        assert (config.server.host, config.server.port) == ("0.0.0.0", 0)  # noqa: S104 - read, not bound to
        assert config.database.url == "sqlite:///other.db"


def test_an_empty_value_in_the_environment_is_not_overlooked() -> None:
    with pytest.raises(BadConfig, match=r"database\.url: is not a database address"):
        load(None, {"XIAOER_DATABASE_URL": ""})


# Problems


def test_three_mistakes_are_three_sentences(wrongs: Wrongs) -> None:
    found = wrongs('[server]\nprot = 80\n[shop]\ntimezone = "Asia/Shangai"\n[invites]\ndelay_minutes = -1\n')
    assert found == {
        "server.prot": 'is not a setting we know; did you mean "port"?',
        "shop.timezone": "'Asia/Shangai' is not a time zone; did you mean \"Asia/Shanghai\"?",
        "invites.delay_minutes": "must be 0 or more",
    }


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        ("[sever]", "sever", 'did you mean "server"?'),
        ("[server]\ntimezone = 'x'", "server.timezone", "belongs under [shop]"),
        ("[desk]\nundo_second = 3", "desk.undo_second", 'did you mean "undo_seconds"?'),
        ("[server]\nqqqq = 'x'", "server.qqqq", "known here: host, port, public_try_out"),
        ("[[hours.dates]]\ndate = 2026-01-01\nopen = []\nlastdate = 1", "hours.dates[1].lastdate", '"last_date"'),
        ("server = 5", "server", "must be a table"),
        ("channels = 5", "channels", "must be a list of tables"),
        ("channels = [5]", "channels[1]", "must be a table"),
        ("[server]\nhost = ''", "server.host", "is empty"),
        ("[server]\nhost = 5", "server.host", "must be text in quotes"),
        ("[server]\nport = 65536", "server.port", "must be 65535 or less"),
        ("[server]\nport = true", "server.port", "must be a number, not true or false"),
        ("[server]\nport = 80.5", "server.port", "must be a whole number"),
        ("[server]\nport = 'eighty'", "server.port", "must be a whole number"),
        ("[server]\nport = []", "server.port", "must be a whole number"),
        ("[server]\npublic_try_out = 3", "server.public_try_out", "must be true or false"),
        ("[server]\npublic_url = 'shop.example'", "server.public_url", "is not an address"),
        ("[server]\npublic_url = 'https://shop.example/?a=b'", "server.public_url", "is not an address"),
        ("[server]\npublic_url = 'https://shop.example/a b'", "server.public_url", "is not an address"),
        ("[server]\npublic_url = 8080", "server.public_url", "must be text in quotes"),
        ("[server]\ntrusted_proxies = '127.0.0.1'", "server.trusted_proxies", "must be a list of addresses"),
        ("[server]\ntrusted_proxies = ['nginx']", "server.trusted_proxies", "'nginx' is no address or network"),
        ("[server]\nmetrics_token = 1", "server.metrics_token", "must be text in quotes"),
        ("[server]\npublic_try_out = []", "server.public_try_out", "must be true or false"),
        ("[server]\npublic_try_out = 'maybe'", "server.public_try_out", "must be true or false"),
        ("[database]\nurl = 5", "database.url", "must be text in quotes"),
        ("[database]\nurl = 'var/xiaoer.db'", "database.url", "is not a database address"),
        ("[database]\nurl = 'mysql://h/x'", "database.url", '"mysql://" is not a database we speak'),
        ("[database]\nurl = 'postgresql+asyncpg://h/x'", "database.url", "is not a database we speak"),
        ("[database]\nurl = 'sqlite://var/x.db'", "database.url", "three slashes"),
        ("[database]\nurl = 'sqlite:///:memory:'", "database.url", "needs a file"),
        ("[database]\nurl = 'sqlite:///var/'", "database.url", "needs a file"),
        ("[database]\nurl = 'postgresql://h'", "database.url", "names no database"),
        ("[database]\nurl = 'postgresql://h:x/y'", "database.url", "not a readable address"),
        ("[database]\nurl = 'postgresql://[h/y'", "database.url", "not a readable address"),
        ("[shop]\ntimezone = ''", "shop.timezone", 'write it like "Asia/Shanghai"'),
        ("[shop]\ntimezone = '/etc/passwd'", "shop.timezone", "is not a time zone"),
        ("[shop]\ntimezone = 8", "shop.timezone", "is not a time zone"),
        ("[hours]\ncountry = 'XX'", "hours.country", "not a country"),
        ("[hours]\ncountry = []", "hours.country", "not a country"),
        ("[hours]\nmonday = '09:00-18:00'", "hours.monday", "must be a list of spans"),
        ("[hours]\nmonday = ['9-18']", "hours.monday", "write it like"),
        ("[hours]\nmonday = ['09:00-12:00', '11:00-14:00']", "hours.monday", "overlap"),
        ("[hours]\nholidays = 'shut'", "hours.holidays", 'must be "closed"'),
        ("[[hours.dates]]\ndate = 2026-01-01", "hours.dates[1].open", "is required"),
        ("[[hours.dates]]\ndate = '1.1.'\nopen = []", "hours.dates[1].date", "must be a date like"),
        ("[[hours.dates]]\ndate = []\nopen = []", "hours.dates[1].date", "must be a date like"),
        ("[[hours.dates]]\ndate = 2026-01-01T10:00:00\nopen = []", "hours.dates[1].date", "without a time"),
        ("[[hours.dates]]\ndate = 2026-01-02\nlast_date = 2026-01-01\nopen = []", "hours.dates[1]", "on or after"),
        ("[[hours.dates]]\ndate = 2026-01-02\nlast_date = 2028-01-01\nopen = []", "hours.dates[1]", "within a year"),
        ("[conversation]\nquiet_close_minutes = 0", "conversation.quiet_close_minutes", "must be more than 0"),
        ("[conversation]\nquiet_close_minutes = nan", "conversation.quiet_close_minutes", "must be a number"),
        ("[conversation]\nquiet_close_minutes = 'x'", "conversation.quiet_close_minutes", "must be a number"),
        ("[conversation]\nquiet_close_minutes = []", "conversation.quiet_close_minutes", "must be a number"),
        ("[conversation]\nhand_back_after_minutes = 1e9", "conversation.hand_back_after_minutes", "or less"),
        ("[invites]\nhours = '21:00-25:00'", "invites.hours", "no such time"),
        ("[[channels]]\nplatform = 'web'", "channels[1].name", "is required"),
        ("[[channels]]\nname = 'a'", "channels[1].platform", "is required"),
        ("[[channels]]\nname = '我的店'\nplatform = 'web'", "channels[1].name", "letters, digits"),
        ("[[channels]]\nname = 'try'\nplatform = 'web'", "channels[1].name", "choose another name"),
        (
            "[[channels]]\nname = 'a'\nplatform = 'b'\nreply_windows = 'douyin'",
            "channels[1].reply_windows",
            'must be a list like ["douyin"]',
        ),
        ("[[channels]]\nname = 'a'\nplatform = 'b'\nmode = 'loud'", "channels[1].mode", "must be one of"),
        (
            "[[channels]]\nname = 'a'\nplatform = 'b'\nmixed_share_percent = 30",
            "channels[1].mixed_share_percent",
            'only beside mode = "mixed"',
        ),
        (
            "[[channels]]\nname = 'a'\nplatform = 'b'\nmode = 'mixed'\nmixed_share_percent = 101",
            "channels[1].mixed_share_percent",
            "100 or less",
        ),
        (
            "[[channels]]\nname = 'a'\nplatform = 'b'\nreply_window = ['jd']",
            "channels[1].reply_window",
            'did you mean "reply_windows"?',
        ),
        ("[semantic]\nendpoint = 'http://127.0.0.1/v1/embeddings'", "semantic.model", "is needed beside an endpoint"),
        ("[semantic]\nendpoint = 'localhost:11434'\nmodel = 'm'", "semantic.endpoint", "is not a web address"),
        ("[semantic]\nendpoint = 'http://[::1/'\nmodel = 'm'", "semantic.endpoint", "is not a web address"),
        ("[semantic]\nendpoint = 7\nmodel = 'm'", "semantic.endpoint", "must be text in quotes"),
        ("[semantic]\ntimeout_ms = 0", "semantic.timeout_ms", "must be more than 0"),
        ("semantic = 1", "semantic", "must be a table"),
    ],
)
def test_each_problem_says_where_and_what_to_do(text: str, field: str, says: str, wrongs: Wrongs) -> None:
    found = wrongs(text)
    assert found.keys() == {field}
    assert says in found[field]


def test_two_channels_cannot_share_a_name(wrongs: Wrongs) -> None:
    one = '[[channels]]\nname = "shop"\nplatform = "web"\n'
    found = wrongs(one * 2)
    assert found.keys() == {"channels[1].name", "channels[2].name"}
    assert "used 2 times" in found["channels[1].name"]


def test_problems_of_every_kind_come_together(wrongs: Wrongs) -> None:
    text = '[server]\nport = "x"\n[[channels]]\nname = "try"\nplatform = ""\nsecret = "${NOPE}"\n'
    assert wrongs(text).keys() == {"server.port", "channels[1].name", "channels[1].platform", "channels[1].secret"}


def test_no_problem_repeats_a_secret(loads: Loads) -> None:
    text = '[database]\nurl = "mysql://shop:hunter2@db/x"\n[[channels]]\nname = "a"\nplatform = 5\nsecret = "hunter2"\n'
    with pytest.raises(BadConfig) as refused:
        loads(text)
    assert "hunter2" not in str(refused.value)
    assert len(refused.value.sentences) == 2


# The file itself


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"none\.toml: there is no such file; copy config\.example\.toml"):
        load(tmp_path / "none.toml", {})


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="cannot be read"):
        load(tmp_path, {})


def test_a_slip_in_the_toml_is_one_sentence_with_its_line(wrongs: Wrongs) -> None:
    (problem,) = wrongs("[server]\nhost = localhost\n").values()
    assert "line 2" in problem
    assert "missing its quotes" in problem
    (problem,) = wrongs("[server]\n\nport 80\n").values()
    assert "line 3" in problem
    assert "quotes" not in problem


def test_a_file_saved_as_gbk_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes('[shop]\nname = "小店"\n'.encode("gbk"))
    with pytest.raises(BadConfig, match="save it as UTF-8"):
        load(file, {})


def test_a_byte_order_mark_from_windows_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes('[shop]\nname = "茶铺"\n'.encode("utf-8-sig"))
    assert load(file, {}).shop.name == "茶铺"


@pytest.mark.parametrize(
    "written",
    [
        "Asia/Beijing",
        "beijing",
        "北京时间",
        "UTC+8",
        "GMT+8",
        "utc + 08:00",
        "ＵＴＣ＋８",
        "+08:00",
        "Etc/GMT+8",
        "CST",
    ],
)
def test_other_names_for_the_time_of_china_are_put_right_in_words(wrongs: Wrongs, written: str) -> None:
    found = wrongs(f'[shop]\ntimezone = "{written}"\n')
    assert found == {"shop.timezone": f"'{written}' is not what that time zone is called; write \"Asia/Shanghai\""}


@pytest.mark.parametrize("written", ["Asia/Shanghai", "PRC", "Asia/Hong_Kong", "UTC", "Europe/Berlin"])
def test_real_names_of_zones_are_taken(tmp_path: Path, written: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[shop]\ntimezone = "{written}"\n', encoding="utf-8")
    assert load(file, {}).shop.timezone.key == written


def test_sections_can_be_built_in_code_too() -> None:
    assert Shop(timezone=ZoneInfo("Europe/Berlin")).timezone.key == "Europe/Berlin"
    assert Hours(monday=(Span(540, 600),)).week()[0] == (Span(540, 600),)
