"""Reading the file: from TOML and the environment to a `Config`, or to every problem at once."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from adapters.contract import Problem
from bot.config.problems import BadConfig, place_of, sentence_of
from bot.config.sections import TRY_OUT_CHANNEL, WITH_OWN_SETTINGS, AlertPeer, Channel, Config
from bot.config.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from bot.config.values import Section

OVERRIDES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "XIAOER_HOST": ("server", "host"),
        "XIAOER_PORT": ("server", "port"),
        "XIAOER_DATABASE_URL": ("database", "url"),
        "XIAOER_ENCRYPTION_KEY": ("database", "encryption_key"),
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
        channels, alerts = tuple(_for_their_platforms(raw)), tuple(_for_their_kinds(raw))
        raise BadConfig(tuple(problems), channels=channels, alerts=alerts)
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
    """Leave in each channel and each alert what is ours, and put the keys of its adapter under `settings`."""
    for tables, model in WITH_OWN_SETTINGS.items():
        ours = model.model_fields.keys() - {"settings"}
        for table in _tables(raw, tables):
            table["settings"] = {key: table.pop(key) for key in [*table] if key not in ours}


def _beyond_one_value(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Find what no single value shows, even while single values are wrong."""
    semantic = raw.get("semantic")
    if isinstance(semantic, dict) and semantic.get("endpoint", "") != "" and semantic.get("model", "") == "":
        yield Problem("semantic.model", "is needed beside an endpoint; name the model to ask, as its server calls it")
    for n, channel in enumerate(_tables(raw, "channels"), 1):
        name = channel.get("name")
        if name == TRY_OUT_CHANNEL:
            yield Problem(f"channels[{n}].name", f'"{name}" is the try-out page\'s own channel; choose another name')
        if "mixed_share_percent" in channel and channel.get("mode") != "mixed":
            problem = 'means something only beside mode = "mixed"; set that, or leave this out'
            yield Problem(f"channels[{n}].mixed_share_percent", problem)
    for tables, model in WITH_OWN_SETTINGS.items():
        yield from _in_tables(tables, _tables(raw, tables), model)


def _in_tables(kind: str, tables: list[dict[str, Any]], model: type[Section]) -> Iterator[Problem]:
    """Find names that are used twice, and keys that are a slip of the pen for one of ours."""
    uses = Counter(str(table.get("name")) for table in tables)
    for n, table in enumerate(tables, 1):
        name = table.get("name")
        if name is not None and uses[str(name)] > 1:
            yield Problem(f"{kind}[{n}].name", f'"{name}" is used {uses[str(name)]} times; give each its own')
        for key in table["settings"]:
            hint = nearest(key, model.model_fields.keys() - {"settings"}, at_least=0.85)
            if hint:
                yield Problem(f"{kind}[{n}].{key}", f"is not a setting we know; {hint}")


def _validated(raw: Mapping[str, Any]) -> tuple[Config | None, list[Problem]]:
    try:
        return Config.model_validate(raw), []
    except ValidationError as error:
        return None, [Problem(place_of(each["loc"]), sentence_of(each)) for each in error.errors(include_url=False)]


def _for_their_platforms(raw: Mapping[str, Any]) -> Iterator[Channel]:
    """The platforms' own keys of each channel, whatever is wrong with ours."""
    for n, channel in enumerate(_tables(raw, "channels"), 1):
        platform = channel.get("platform")
        known = platform if isinstance(platform, str) and platform else "?"
        yield Channel(name=f"channel-{n}", platform=known, settings=channel["settings"])


def _for_their_kinds(raw: Mapping[str, Any]) -> Iterator[AlertPeer]:
    """The same of each alert."""
    for n, alert in enumerate(_tables(raw, "alerts"), 1):
        kind = alert.get("kind")
        known = kind if isinstance(kind, str) and kind else "?"
        yield AlertPeer(name=f"alert-{n}", kind=known, settings=alert["settings"])
