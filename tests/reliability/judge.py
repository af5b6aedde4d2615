"""Says what went wrong, from two ledgers that the bot never touches: what was delivered to it, and what came back.

Nothing here knows how the bot works, only what it promises: every accepted question is answered, once and in order,
every closed conversation is asked once how it went, and nothing is given up in silence.
"""

from __future__ import annotations

import dataclasses
import json
import operator
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeVar
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tests.fakes import Received

T = TypeVar("T")

ACCEPTED, DUPLICATE = 202, 200
SHOP_ZONE = ZoneInfo("Asia/Shanghai")
EXPECTED_KINDS = {"welcome", "answer", "invite"}


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One event and every status that its deliveries were answered with, in order.

    `place` counts the events of one conversation, in the order they were accepted; `episode` counts its closings.
    """

    id: str
    what: Literal["question", "closed"]
    conversation: str
    episode: int
    place: int
    statuses: list[int] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        return ACCEPTED in self.statuses or DUPLICATE in self.statuses


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Every finding is a sentence. `left` are rows that nothing will ever move again."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    disordered: tuple[str, ...] = ()
    not_invited: tuple[str, ...] = ()
    invited_twice: tuple[str, ...] = ()
    silently_unknown: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        return not any(getattr(self, each.name) for each in dataclasses.fields(self))

    def __str__(self) -> str:
        lines = []
        for each in dataclasses.fields(self):
            found = getattr(self, each.name)
            lines.append(f"{each.name.replace('_', ' '):>16}: {len(found)}")
            lines += [f"{'':>18}{sentence}" for sentence in found[:5]]
        return "\n".join(lines)


def judge(
    *,
    deliveries: Sequence[Delivery],
    received: Sequence[Received],
    rows: Mapping[str, int],
    unknown: Iterable[str] = (),
    troubles: Iterable[str] = (),
) -> Verdict:
    """Compare the ledgers. `rows` counts unsettled rows by what they are, `unknown` names the conversations with a
    reply of unknown outcome, `troubles` are things that the harness itself noticed."""
    taken = [each for each in received if each.taken]
    replies = _grouped((each for each in taken if each.type == "reply.created"), lambda each: each.conversation_id)
    heard_of = {each.conversation_id for each in taken if each.type == "conversation.handed_over"}
    by_conversation = _grouped(deliveries, lambda each: each.conversation)
    return Verdict(
        lost=tuple(_lost(deliveries, taken)),
        doubled=(*_accepted_twice(deliveries), *_answered_twice(taken), *_changed(received), *_welcomed_twice(taken)),
        disordered=tuple(
            finding
            for name, events in by_conversation.items()
            for finding in _disordered(events, replies.get(name, []))
        ),
        not_invited=tuple(_invites(by_conversation, replies, wrong=operator.lt)),
        invited_twice=tuple(_invites(by_conversation, replies, wrong=operator.gt)),
        silently_unknown=tuple(f"{name}: nobody was told" for name in unknown if name not in heard_of),
        left=tuple(f"{count} {what}" for what, count in sorted(rows.items()) if count),
        strange=(*_strange(taken), *troubles),
    )


def answers(reply: Received) -> tuple[str, ...]:
    """The messages that a reply says it answers."""
    named = reply.data.get("in_reply_to", ())
    return tuple(map(str, named)) if isinstance(named, list | tuple) else ()


def _part(reply: Received) -> int:
    """The number of a bubble; 0 for what is no number, which is strange as well."""
    part = reply.data.get("part")
    return part if type(part) is int else 0


def _grouped(items: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for each in items:
        groups[key(each)].append(each)
    return groups


def _answering(taken: Iterable[Received]) -> list[Received]:
    """What was said in answer to something, without greetings: those come of themselves, once a day."""
    return [each for each in taken if each.type == "reply.created" and answers(each) and each.kind != "welcome"]


def _lost(deliveries: Iterable[Delivery], taken: Iterable[Received]) -> Iterator[str]:
    parts: dict[tuple[str, ...], set[int]] = defaultdict(set)
    wanted: dict[tuple[str, ...], object] = {}
    for each in _answering(taken):
        parts[answers(each)].add(_part(each))
        wanted[answers(each)] = each.data.get("parts")
    whole = {name for batch, number in wanted.items() if len(parts[batch]) == number for name in batch}
    for delivery in deliveries:
        if delivery.what == "question" and delivery.accepted and delivery.id not in whole:
            yield f"{delivery.id} of {delivery.conversation}: accepted ({delivery.statuses}) and not wholly answered"


def _accepted_twice(deliveries: Iterable[Delivery]) -> Iterator[str]:
    for each in deliveries:
        if each.statuses.count(ACCEPTED) > 1:
            yield f"{each.id} of {each.conversation}: accepted as new {each.statuses.count(ACCEPTED)} times"


def _answered_twice(taken: Sequence[Received]) -> Iterator[str]:
    said: dict[tuple[tuple[str, ...], int, str], set[str]] = defaultdict(set)
    batches: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for each in _answering(taken):
        said[answers(each), _part(each), each.kind].add(each.webhook_id)
        for message in answers(each):
            batches[message].add(answers(each))
    for (batch, part, kind), ids in said.items():
        if len(ids) > 1:
            yield f"{kind} {part} to {', '.join(batch)}: taken under {len(ids)} ids"
    for message, answered in batches.items():
        if len(answered) > 1:
            yield f"{message}: answered {len(answered)} times, as part of {sorted(answered)}"


def _changed(received: Iterable[Received]) -> Iterator[str]:
    bodies: dict[str, set[str]] = defaultdict(set)
    for each in received:
        bodies[each.webhook_id].add(each.body)
    for name, different in bodies.items():
        if len(different) > 1:
            yield f"{name}: sent again with other bytes"


def _welcomed_twice(taken: Iterable[Received]) -> Iterator[str]:
    days = Counter((each.conversation_id, _local_day(each), _part(each)) for each in taken if each.kind == "welcome")
    for (conversation, day, _), times in days.items():
        if times > 1:
            yield f"{conversation}: welcomed {times} times on {day}"


def _local_day(reply: Received) -> str:
    """The shop's day on which it was written down, whenever it arrived."""
    written = datetime.fromisoformat(json.loads(reply.body)["timestamp"])
    return written.astimezone(SHOP_ZONE).date().isoformat()


def _disordered(events: Sequence[Delivery], replies: Sequence[Received]) -> Iterator[str]:
    place = {each.id: each.place for each in events}
    spoken = [
        (min(place.get(name, -1) for name in answers(each)), _part(each), each.conversation_id)
        for each in _answering(replies)
    ]
    for (first, part, _), (then, next_part, conversation) in pairwise(spoken):
        if (then, next_part) < (first, part):
            yield f"{conversation}: part {next_part} for event {then} came after part {part} for event {first}"
    yield from _invited_early(events, replies)


def _invited_early(events: Sequence[Delivery], replies: Sequence[Received]) -> Iterator[str]:
    """The invite of the day comes after every answer of the first episode and before the next one's."""
    episode = {each.id: each.episode for each in events}
    invites = 0
    for each in replies:
        if each.kind == "invite":
            invites += _part(each) == 1
        elif each.kind == "answer" and any((episode.get(name, invites) > 0) != (invites > 0) for name in answers(each)):
            yield f"{each.conversation_id}: {', '.join(answers(each))} answered after {invites} invites"


def _invites(
    events: Mapping[str, Sequence[Delivery]],
    replies: Mapping[str, Sequence[Received]],
    *,
    wrong: Callable[[int, int], bool],
) -> Iterator[str]:
    for name, those in events.items():
        closings = any(each.what == "closed" and each.accepted for each in those)  # a buyer is asked once a day
        invites = sum(each.kind == "invite" and _part(each) == 1 for each in replies.get(name, ()))
        if wrong(invites, closings):
            yield f"{name}: {'closed' if closings else 'not closed'}, invited {invites} times"


def _strange(taken: Iterable[Received]) -> Iterator[str]:
    """All questions are ones the manual knows: nobody should be handed over, refused or asked back."""
    for each in taken:
        if each.type != "reply.created" or each.kind not in EXPECTED_KINDS or not _part(each):
            yield f"{each.conversation_id}: {each.type} {each.kind} {each.text or each.data.get('reason')}"
