"""Forms of the settings, read: what holds so far and a form in, what should hold out, or what is wrong as a code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from pydantic import ValidationError

from bot.config import WEEKDAYS
from bot.domain.channels.modes import BOT_MODES, ChannelMode
from bot.domain.desk.settings import DeskSettings, next_id
from bot.domain.guarding.ladder import RUNG_ACTIONS, Rung
from bot.domain.reply_windows.presets import presets
from bot.domain.reply_windows.window import BadWindow, read_window
from bot.domain.routing.people import Group, Member
from bot.domain.routing.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from multidict import MultiDictProxy

    from bot.domain.desk.settings import Given

Wrong = Literal[
    "somebody_was_faster",
    "not_understood",
    "fixed_in_the_file",
    "window_cannot_be",
    "percent_cannot_be",
    "group_name",
    "group_is_used",
    "no_such_group",
    "hours_cannot_be",
    "number_cannot_be",
    "rule_takes_nobody",
]
WRONGS: tuple[Wrong, ...] = get_args(Wrong)
OWN_LINE = "own-line"
"""The name of the line that a channel sets for itself beside its presets."""
ORDER_COLUMNS = ("channels", "pages", "products", "order_states", "intents", "tags")


class Refused(Exception):
    """The form cannot be taken; `code` says why."""

    def __init__(self, code: Wrong) -> None:
        super().__init__(code)
        self.code = code


def changed(settings: DeskSettings, **changes: object) -> DeskSettings:
    """The settings with these parts anew. Raises `Refused` where they do not fit together."""
    try:
        return DeskSettings.model_validate({**dict(settings), **changes})
    except ValidationError as error:
        idle = any("takes nobody" in str(each["msg"]) for each in error.errors())
        raise Refused("rule_takes_nobody" if idle else "not_understood") from None


def with_modes(settings: DeskSettings, form: Mapping[str, Any], channel: str) -> DeskSettings:
    """The mode of a channel, and those of groups there; a group without one follows its channel."""
    modes = [each for each in settings.modes if each.channel != channel]
    for group in (0, *(each.id for each in settings.groups)):
        mode = str(form.get(f"mode_{group}", ""))
        if mode == "" and group:
            continue
        if mode not in BOT_MODES:
            raise Refused("not_understood")
        share = _whole(form.get(f"share_{group}", "50"), at_most=100)
        modes.append(ChannelMode(channel=channel, group=group, mode=mode, share_percent=share))
    return changed(settings, modes=modes)


def with_windows(settings: DeskSettings, form: MultiDictProxy[Any], channel: str) -> DeskSettings:
    """The presets of a channel, and one line of its own."""
    chosen: list[Given] = [str(each) for each in form.getall("preset", []) if str(each) in presets()]
    seconds, hours = str(form.get("seconds", "")).strip(), str(form.get("hours", "")).strip()
    if seconds:
        given = {"kind": "human-reply", "name": OWN_LINE, "within_seconds": _whole(seconds, at_most=604_800)}
        try:
            chosen.append(read_window(given | ({"hours": hours} if hours else {})))
        except BadWindow:
            raise Refused("window_cannot_be") from None
    return changed(settings, windows={**settings.windows, channel: tuple(chosen)})


def with_ladder(settings: DeskSettings, form: Mapping[str, Any]) -> DeskSettings:
    """At which part of the time each step is taken; an empty field leaves the step out."""
    rungs = []
    for action in RUNG_ACTIONS:
        text = str(form.get(action, "")).strip()
        if text:
            try:
                rungs.append(Rung(action=action, percent=float(text)))
            except (ValueError, ValidationError):
                raise Refused("percent_cannot_be") from None
    return changed(settings, ladder=rungs)


def with_group(settings: DeskSettings, form: MultiDictProxy[Any], staff: Collection[int]) -> DeskSettings:
    """A group, new or changed, with those of the staff who are ticked."""
    number, name = _whole(form.get("group", "0")), str(form.get("name", "")).strip()
    if not name or any(each.name == name and each.id != number for each in settings.groups):
        raise Refused("group_name")
    if number and settings.group(number) is None:
        raise Refused("no_such_group")
    group = _group(form, number or next_id(each.id for each in settings.groups), name[:40], staff)
    if number == 0:
        return changed(settings, groups=(*settings.groups, group))
    return changed(settings, groups=tuple(group if each.id == number else each for each in settings.groups))


def without_group(settings: DeskSettings, form: Mapping[str, Any]) -> DeskSettings:
    """A group is taken away, where nothing leads to it."""
    number = _whole(form.get("group", "0"))
    if any(rule.group == number for rule in settings.rules) or any(mode.group == number for mode in settings.modes):
        raise Refused("group_is_used")
    return changed(settings, groups=tuple(each for each in settings.groups if each.id != number))


def with_rule(settings: DeskSettings, form: Mapping[str, Any]) -> DeskSettings:
    """One more rule, at the end or where it is to stand."""
    number = next_id(each.id for each in settings.rules)
    columns: dict[str, Any] = {name: _list(form.get(name, "")) for name in ORDER_COLUMNS}
    level = str(form.get("level_at_least", "")).strip()
    group = _whole(form.get("group", "0"))
    if settings.group(group) is None:
        raise Refused("no_such_group")
    try:
        rule = Rule(
            id=number,
            group=group,
            note=str(form.get("note", "")).strip()[:200],
            level_at_least=_whole(level) if level else None,
            **columns,
        )
    except ValidationError:
        raise Refused("not_understood") from None
    place = min(max(1, _whole(form.get("place", "") or str(len(settings.rules) + 1))), len(settings.rules) + 1)
    return changed(settings, rules=(*settings.rules[: place - 1], rule, *settings.rules[place - 1 :]))


def moved_rule(settings: DeskSettings, form: Mapping[str, Any]) -> DeskSettings:
    """A rule changes places with the one before it."""
    rules, number = list(settings.rules), _whole(form.get("rule", "0"))
    place = next((n for n, each in enumerate(rules) if each.id == number), 0)
    if place:
        rules[place - 1], rules[place] = rules[place], rules[place - 1]
    return changed(settings, rules=rules)


def without_rule(settings: DeskSettings, form: Mapping[str, Any]) -> DeskSettings:
    """A rule is taken away."""
    number = _whole(form.get("rule", "0"))
    return changed(settings, rules=[each for each in settings.rules if each.id != number])


def _group(form: MultiDictProxy[Any], number: int, name: str, staff: Collection[int]) -> Group:
    members = tuple(_member(form, each) for each in sorted(staff) if f"in_{each}" in form)
    hours = str(form.get("hours", "")).strip()
    days = tuple(day for day in WEEKDAYS if day in form.getall("days", []))
    try:
        return Group.model_validate(
            {"id": number, "name": name, "members": members, "hours": hours or None, "days": days}
        )
    except ValidationError:
        raise Refused("hours_cannot_be") from None


def _member(form: MultiDictProxy[Any], staff_id: int) -> Member:
    hours = str(form.get(f"hours_{staff_id}", "")).strip()
    days = tuple(day for day in WEEKDAYS if day in form.getall(f"days_{staff_id}", []))
    try:
        return Member.model_validate(
            {
                "staff_id": staff_id,
                "weight": _whole(form.get(f"weight_{staff_id}", "10"), at_most=100),
                "chats_at_most": _whole(form.get(f"chats_{staff_id}", "20"), at_most=1_000),
                "hours": hours or None,
                "days": days,
            }
        )
    except ValidationError:
        raise Refused("hours_cannot_be") from None


def _whole(given: object, *, at_most: int = 10**9) -> int:
    text = str(given).strip()
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(at_most)) or int(text) > at_most:
        raise Refused("number_cannot_be")
    return int(text)


def _list(given: object) -> tuple[str, ...]:
    """Several values in one field, with commas between them."""
    parts = str(given).replace("，", ",").replace("、", ",").split(",")
    return tuple(part.strip() for part in parts if part.strip())
