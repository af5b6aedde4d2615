"""How much the bot says on a channel, or for a group of the shop's people there. Pure.

off      nothing, and it does not think either
shadow   it thinks, and nobody sees it: what people then say is compared with it
assist   it thinks, and people at the desk see its drafts
cover    people first; it speaks when they are late or the shop is closed
first    it answers what it knows, and hands the rest to people
mixed    first for a share of the buyers, cover for the others; each buyer always on the same side
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import Field

from bot.config import BotMode, Section, Whole

if TYPE_CHECKING:
    from collections.abc import Iterable

Voice = Literal["off", "shadow", "assist", "cover", "first"]
"""What a mode means for one buyer."""
BOT_MODES: tuple[BotMode, ...] = get_args(BotMode)
SILENT: frozenset[Voice] = frozenset({"off", "shadow", "assist"})
"""Where the bot says nothing by itself, whatever happens."""
AS_IT_COMES: BotMode = "first"


class ChannelMode(Section):
    """The mode of a channel; with a `group` that of its conversations there, 0 is all others."""

    channel: str
    group: Whole = 0
    mode: BotMode = AS_IT_COMES
    share_percent: Annotated[Whole, Field(ge=0, le=100)] = 50


def mode_of(modes: Iterable[ChannelMode], *, channel: str, group: int = 0) -> ChannelMode:
    """The mode that holds there: the group's own before the channel's."""
    here = {each.group: each for each in modes if each.channel == channel}
    return here.get(group) or here.get(0) or ChannelMode(channel=channel)


def voices(mode: ChannelMode) -> frozenset[Voice]:
    """All that it can mean for a buyer."""
    return frozenset({"first", "cover"}) if mode.mode == "mixed" else frozenset({mode.mode})


def voice_of(mode: ChannelMode, *, buyer: str) -> Voice:
    """What it means for this buyer; of a mixed channel always the same, on every node and after every restart."""
    if mode.mode != "mixed":
        return mode.mode
    digest = hashlib.blake2b(f"{mode.channel}\n{buyer}".encode(), digest_size=8).digest()
    return "first" if int.from_bytes(digest) % 100 < mode.share_percent else "cover"
