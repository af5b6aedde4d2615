"""What owners set for the desk while the shop runs: modes, reply windows, the ladder, groups, routing. One document.

It is kept in revisions, each whole. What the configuration file sets comes before it, and is shown as fixed there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from bot.config import Section
from bot.domain.channels.modes import ChannelMode
from bot.domain.guarding.ladder import LADDER, Rung
from bot.domain.reply_windows.window import Window
from bot.domain.routing.people import Group
from bot.domain.routing.rules import Rule, unreachable

if TYPE_CHECKING:
    from collections.abc import Iterable

Given = str | Annotated[Window, Field(discriminator="kind")]
"""A preset by its name, or a window of the shop's own."""


class DeskSettings(Section):
    """All of it, frozen. `windows` of a channel that is not named are none."""

    modes: tuple[ChannelMode, ...] = ()
    windows: Mapping[str, tuple[Given, ...]] = {}
    ladder: Annotated[tuple[Rung, ...], Field(max_length=20)] = LADDER
    groups: tuple[Group, ...] = ()
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        known = {group.id for group in self.groups}
        if len(known) < len(self.groups) or len({rule.id for rule in self.rules}) < len(self.rules):
            raise ValueError("a group and a rule each have a number of their own")
        lost = [rule.id for rule in self.rules if rule.group not in known]
        if lost:
            raise ValueError(f"rule {lost[0]} leads to a group that is not there")
        idle = unreachable(self.rules)
        if idle:
            raise ValueError(f"rule {idle[0].id} takes nobody: the rules before it take everybody who would fit")
        return self

    def group(self, group_id: int) -> Group | None:
        """The group of that number; None for 0 and for one that was taken away."""
        return next((group for group in self.groups if group.id == group_id), None)

    def groups_of(self, staff_id: int) -> list[Group]:
        """The groups in which somebody is."""
        return [group for group in self.groups if any(each.staff_id == staff_id for each in group.members)]


def next_id(taken: Iterable[int]) -> int:
    """A number that none of these has."""
    return max(taken, default=0) + 1
