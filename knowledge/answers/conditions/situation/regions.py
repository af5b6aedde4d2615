"""The parcel goes to one of these provinces or groups of regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from knowledge.answers.conditions.condition import Cell, Condition, States, either
from knowledge.answers.facts import REMOTE_FACT, SHIPS_FROM_FACT, region_group
from knowledge.entities.regions import REGION_GROUPS, region_names
from knowledge.manual.entry import RegionGroup
from knowledge.reasons.faults import fault
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.answers.conditions.condition import Shop
    from knowledge.manual.entry import Circumstances, Manual, When
    from knowledge.reasons.faults import Fault
    from knowledge.reasons.reason import Reason

_GROUPS = States(prefix="", names=get_args(RegionGroup))


def _against(when: When, manual: Manual, circumstances: Circumstances) -> Reason | None:
    if circumstances.region is None:
        return because("region_unknown")
    if circumstances.region in when.regions or region_group(manual, circumstances) in when.regions:
        return None
    return because("region_is", regions=circumstances.region)


def _facts(when: When) -> frozenset[str]:
    told_by = {"remote": REMOTE_FACT, "same_province": SHIPS_FROM_FACT}
    return frozenset(fact for group, fact in told_by.items() if group in when.regions)


def _errors(when: When, _: Shop) -> Iterator[Fault]:
    unknown = sorted(when.regions - region_names() - REGION_GROUPS)
    return (fault("condition_no_region", region=region) for region in unknown)


REGIONS = Condition(
    cells=(Cell(field="regions", form="regions", states=_GROUPS),),
    said=lambda when: because("region_is", regions=either(map(_GROUPS.said, sorted(when.regions)))),
    against=_against,
    is_exact=lambda when, circumstances: circumstances.region in when.regions - REGION_GROUPS,
    goes_by=lambda _: frozenset({"region"}),
    facts=_facts,
    errors=_errors,
)
