"""Texts that no person typed: a bridge's word for a picture, and a platform's notice in the buyer's name.

Which they are is data, `knowledge/phrases/lists/zh/machine_texts.toml`, with examples of what each is and is not.
"""

from __future__ import annotations

import dataclasses
import re
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from adapters.contract import Message, Text, Unsupported
from knowledge.phrases.lists import list_of

if TYPE_CHECKING:
    from adapters.contract import Inbound

NOTICE = "notice"
LONGEST_CHARACTERS = 300


class MachineText(NamedTuple):
    """One pattern for a whole text. `means` is the kind of what cannot be shown here, or `notice`."""

    means: Literal["image", "video", "voice", "file", "other", "notice"]
    pattern: re.Pattern[str]
    yes: tuple[str, ...]
    no: tuple[str, ...]


@cache
def machine_texts() -> tuple[MachineText, ...]:
    """All patterns, in order."""
    return tuple(
        MachineText(
            means=each["means"],
            pattern=re.compile(each["pattern"], re.IGNORECASE),
            yes=tuple(each["yes"]),
            no=tuple(each["no"]),
        )
        for each in list_of("machine_texts")["texts"]
    )


def meaning(text: str) -> str | None:
    """What a text stands for when a machine wrote it; None for a person's words."""
    said = text.strip()
    if not said or len(said) > LONGEST_CHARACTERS:
        return None
    return next((each.means for each in machine_texts() if each.pattern.fullmatch(said)), None)


def as_meant(inbound: Inbound) -> Inbound:
    """The same event, with a bridge's word for a picture as unsupported content, and a notice as the system's."""
    event = inbound.event
    if not isinstance(event, Message) or not isinstance(event.content, Text) or event.author.kind == "system":
        return inbound
    means = meaning(event.content.text)
    if means is None or (means == NOTICE and event.author.kind != "buyer"):
        return inbound
    if means == NOTICE:
        meant = dataclasses.replace(event, author=dataclasses.replace(event.author, kind="system"))
    else:
        meant = dataclasses.replace(event, content=Unsupported(means))
    return dataclasses.replace(inbound, event=meant)
