"""Deliveries of many events: one that cannot be read must not keep back the others, which would come again with it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from adapters.contract import BadPayload
from adapters.fields import Fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from adapters.contract import Inbound, Problem


def read_batch(
    items: Iterable[tuple[str, dict[str, object]]], read: Callable[[Fields, dict[str, object]], Inbound | None]
) -> tuple[Inbound, ...]:
    """Read each item, which comes with its place in the whole; `read` gives None where nobody says anything.

    What is wrong with one is told beside the others. Raises `BadPayload` where nothing at all could be read.
    """
    events: list[Inbound] = []
    wrong: list[Problem] = []
    for place, item in items:
        problems: list[Problem] = []
        left_out: list[Problem] = []
        event = read(Fields(item, problems, f"{place}.", left_out=left_out), item)
        wrong += problems
        if event is not None and not problems:
            events.append(dataclasses.replace(event, left_out=(*event.left_out, *left_out)))
    if wrong and not events:
        raise BadPayload(tuple(wrong))
    if wrong:
        events[0] = dataclasses.replace(events[0], left_out=(*events[0].left_out, *wrong))
    return tuple(events)


def objects_in(values: dict[str, object], name: str) -> Iterable[tuple[str, dict[str, object]]]:
    """The objects of a list, each with its place; none where there is no list."""
    given = values.get(name)
    items = given if isinstance(given, list) else []
    return [(f"{name}[{n}]", item) for n, item in enumerate(items, 1) if isinstance(item, dict)]
