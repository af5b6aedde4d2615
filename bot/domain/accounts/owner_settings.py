"""What owners set in the console; what the configuration file says comes before it, and is shown as fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from bot.config import Hours, Retention

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.config import Config

SettingsSection = Literal["hours", "retention"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerSettings:
    """What holds now. `fixed` names what stands in the file: "hours" as a whole, "retention.raw_days" by itself.

    `versions` are those of what was set here, by section; 0 where nothing was.
    """

    hours: Hours
    retention: Retention
    fixed: frozenset[str]
    versions: Mapping[SettingsSection, int]


def in_force(config: Config, kept: Mapping[SettingsSection, tuple[int, Mapping[str, Any]]]) -> OwnerSettings:
    """Put together what the file says and what was set in the console. What cannot be read any more is left out."""
    fixed = {f"retention.{key}" for key in config.retention.model_fields_set}
    hours = config.hours
    if "hours" in config.model_fields_set:
        fixed.add("hours")
    else:
        hours = _read(Hours, kept.get("hours"), {}) or config.hours
    in_file = config.retention.model_dump(include=config.retention.model_fields_set)
    retention = _read(Retention, kept.get("retention"), in_file) or config.retention
    versions: dict[SettingsSection, int] = {section: version for section, (version, _) in kept.items()}
    return OwnerSettings(hours=hours, retention=retention, fixed=frozenset(fixed), versions=versions)


def _read(section: type[Any], kept: tuple[int, Mapping[str, Any]] | None, in_file: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one of the two
    if kept is None:
        return None
    try:
        return section.model_validate({**kept[1], **in_file})
    except ValidationError:  # an older version of the program had other bounds
        return None
