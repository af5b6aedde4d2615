"""What people do, each thing once and in order: a click is carried out in one transaction, or refused with the reason.

It is refused when a person has done something to the conversation since the version that this one saw: two people who
act at once are told who was faster. What the buyer or the bot does meanwhile refuses nobody: a person wins.
A click that comes again, with its key, does nothing and gets the first result.
What moves a buyer is done to several of their conversations at once: to all of them, or to none where somebody was
faster in one.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import orjson
from sqlalchemy import insert, or_, select

from bot.domain.desk.conversations import LONGEST_KEY, Done, NotPossible, SomebodyWasFaster
from bot.storage import conversations
from bot.storage.accounts import audit
from bot.storage.announcing import announce
from bot.storage.desk import same_buyer
from bot.storage.tables.desk import staff_action
from bot.storage.tables.messages import conversation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection

    from bot.clock import Clock
    from bot.dialogue.state import Conversation
    from bot.domain.accounts.audit import AuditAction
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Answered, Click, Verb
    from bot.live import Bell, Live
    from bot.storage.engine.database import Database

log = logging.getLogger(__name__)

BESIDE_OTHERS: tuple[Verb, ...] = ("note", "tag", "propose", "correct", "merge", "split")
"""What two people may do at once."""
LOGGED: Mapping[Verb, AuditAction] = MappingProxyType(
    {
        "take_over": "conversation.taken_over",
        "hand_back": "conversation.handed_back",
        "transfer": "conversation.transferred",
        "block": "buyer.blocked",
        "unblock": "buyer.unblocked",
        "merge": "buyer.merged",
        "split": "buyer.split",
    }
)
"""What owners find in the audit log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Did:
    """What a click came to. `said` is told of it in the conversation, `bubbles` names what was added to it.

    `logged` stands in the audit log beside it.
    """

    said: Mapping[str, str] = field(default_factory=dict)
    logged: Mapping[str, object] = field(default_factory=dict)
    undo_until: datetime | None = None
    bubbles: tuple[str, ...] = ()
    not_called: tuple[str, ...] = ()
    along: tuple[int, ...] = ()


class Work(Protocol):
    """The middle of a click: it looks at everything before it writes anything."""

    def __call__(self, connection: Connection, found: Conversation, at: datetime, /) -> Did | NotPossible: ...


class GoesAlong(Protocol):
    """Whether what is done to a conversation is done to this other one of the same buyer too, by the same work."""

    def __call__(self, connection: Connection, found: Conversation, other: Conversation, /) -> bool: ...


def nothing_goes_along(connection: Connection, found: Conversation, other: Conversation, /) -> bool:
    """Most of what people do is about the conversation that they click."""
    del connection, found, other
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicks:
    """Where people's clicks are carried out, and whoever watches is told."""

    database: Database
    live: Live
    to_send: Bell
    clock: Clock

    async def carry_out(
        self, who: Staff, click: Click, verb: Verb, work: Work, goes_along: GoesAlong = nothing_goes_along
    ) -> Answered:
        """Do it for this person. Raises `StorageDown`; then nothing was written."""
        answered, changed = await self.database.write(
            _carry_out, who=who, click=click, verb=verb, do=work, goes_along=goes_along, at=self.clock.now()
        )
        for each in changed:
            facts = {"channel": each.channel, "conversation": each.id, "staff": who.id, "verb": verb}
            log.info("a person did something", extra=facts)
            self.live.changed(each.channel, each.external_id)
        if changed and isinstance(answered, Done):
            self._ring_for_what_leaves(answered)
        return answered

    def _ring_for_what_leaves(self, done: Done) -> None:
        self.to_send.ring()
        if done.undo_until is not None:
            held_seconds = (done.undo_until - self.clock.now()).total_seconds()
            asyncio.get_running_loop().call_later(max(0.0, held_seconds), self.to_send.ring)


def key_of(who: Staff, click: Click) -> str:
    """The key under which a click is kept: nobody's keys can meet another's."""
    return f"{who.id}:{click.conversation_id}:{click.key}"


def record_elsewhere(connection: Connection, conversation_id: int, *, name: str, cause: str, at: datetime) -> None:
    """Note that a person wrote in the platform's own client, for whoever has seen an older version."""
    _keep(
        connection,
        Did(),
        conversation_id=conversation_id,
        staff_id=None,
        staff_name=name,
        verb="spoke_elsewhere",
        key=f"elsewhere:{cause}",
        at=at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meant:
    """A conversation that a click is about, as it stands; `key` is that of what is done to it."""

    found: Conversation
    seen_version: int
    key: str


def _carry_out(
    connection: Connection,
    *,
    who: Staff,
    click: Click,
    verb: Verb,
    do: Work,
    goes_along: GoesAlong,
    at: datetime,
) -> tuple[Answered, list[Conversation]]:
    """What it came to, and the conversations that it changed."""
    conversations.lock(connection, [click.conversation_id, *(each.conversation_id for each in click.beside)])
    found = next(iter(conversations.read_several(connection, [click.conversation_id], with_places=False)), None)
    if found is None or not who.may_in("see", found.channel):
        return NotPossible(reason="no_such_conversation"), []
    if not who.may_in("answer", found.channel) or not 0 < len(click.key) <= LONGEST_KEY:
        return NotPossible(reason="not_allowed"), []
    first = _Meant(found=found, seen_version=click.seen_version, key=key_of(who, click))
    done = _first_result(connection, first.key)
    if done is not None:
        return done, []
    others = [each for each in _beside(connection, who, click, found) if goes_along(connection, found, each.found)]
    faster = _faster_in_any(connection, who, verb, [first, *others])
    if faster is not None:
        return faster, []
    return _do_all(connection, first, others, who=who, verb=verb, do=do, at=at)


def _beside(connection: Connection, who: Staff, click: Click, found: Conversation) -> list[_Meant]:
    """What the person saw beside it of the same buyer, where they may answer."""
    seen = {each.conversation_id: each.version for each in click.beside if each.conversation_id != found.id}
    if not seen:
        return []
    buyers = same_buyer.others(connection, (found.channel, found.buyer))
    talks = conversations.read_several(connection, sorted(seen), with_places=False)
    theirs = [each for each in talks if (each.channel, each.buyer) in buyers and who.may_in("answer", each.channel)]
    own = key_of(who, click)
    return [_Meant(found=each, seen_version=seen[each.id], key=f"along:{each.id}:{own}") for each in theirs]


def _do_all(
    connection: Connection, first: _Meant, others: Sequence[_Meant], *, who: Staff, verb: Verb, do: Work, at: datetime
) -> tuple[Answered, list[Conversation]]:
    did = do(connection, first.found, at)
    if isinstance(did, NotPossible):
        return did, []
    along = [(each, what) for each in others if isinstance(what := do(connection, each.found, at), Did)]
    did = dataclasses.replace(did, along=tuple(each.found.id for each, _ in along))
    all_done = [(first, did), *along]
    first_done, *_ = [_keep_click(connection, each, what, who, verb, at=at) for each, what in all_done]
    announce(connection, {f"{each.found.channel}/{each.found.external_id}" for each, _ in all_done})
    for each, what in all_done:
        _log(connection, who, verb, each.found, what, at=at)
    return first_done, [each.found for each, _ in all_done]


def _keep_click(connection: Connection, meant: _Meant, did: Did, who: Staff, verb: Verb, *, at: datetime) -> Done:
    return _keep(
        connection,
        did,
        conversation_id=meant.found.id,
        staff_id=who.id,
        staff_name=who.name,
        verb=verb,
        key=meant.key,
        owed_since=meant.found.unanswered_since,
        at=at,
    )


def _log(connection: Connection, who: Staff, verb: Verb, found: Conversation, did: Did, *, at: datetime) -> None:
    """Tell the audit log; an answer to a buyer whom the bot had is a take-over too."""
    action = LOGGED.get(verb)
    if verb == "answer" and found.mode != "human":
        action = LOGGED["take_over"]
    if action is not None:
        audit.note(connection, action, by=who, at=at, about=f"conversation {found.id}", detail=did.logged)


def _first_result(connection: Connection, key: str) -> Done | None:
    kept = connection.execute(select(staff_action.c.result).where(staff_action.c.key == key)).scalar()
    if kept is None:
        return None
    fields = orjson.loads(kept)
    until = fields["undo_until"]
    return Done(
        version=fields["version"],
        undo_until=None if until is None else datetime.fromisoformat(until),
        bubbles=tuple(fields["bubbles"]),
        not_called=tuple(fields.get("not_called", ())),
        along=tuple(fields.get("along", ())),
    )


def _faster_in_any(connection: Connection, who: Staff, verb: Verb, meant: Sequence[_Meant]) -> SomebodyWasFaster | None:
    """Who was faster in any of these, told of the first of them."""
    found = next((faster for each in meant if (faster := _faster(connection, who, verb, each)) is not None), None)
    return None if found is None else dataclasses.replace(found, version=meant[0].found.fence)


def _faster(connection: Connection, who: Staff, verb: Verb, meant: _Meant) -> SomebodyWasFaster | None:
    version = meant.found.fence
    if verb in BESIDE_OTHERS or version == meant.seen_version:
        return None
    row = staff_action.c
    newest = connection.execute(
        select(row.staff_name, row.verb)
        .where(row.conversation_id == meant.found.id, row.version > meant.seen_version)
        .where(row.verb.not_in(BESIDE_OTHERS), or_(row.staff_id.is_(None), row.staff_id != who.id))
        .order_by(row.id.desc())
        .limit(1)
    ).first()
    return None if newest is None else SomebodyWasFaster(by=newest.staff_name, what=newest.verb, version=version)


def _keep(
    connection: Connection,
    did: Did,
    *,
    conversation_id: int,
    staff_id: int | None,
    staff_name: str,
    verb: Verb,
    key: str,
    at: datetime,
    owed_since: datetime | None = None,
) -> Done:
    """Write down what was done; its version is the conversation's after it."""
    table = conversation.c
    version: int = connection.execute(select(table.fence).where(table.id == conversation_id)).scalar_one()
    done = Done(
        version=version,
        undo_until=did.undo_until,
        bubbles=did.bubbles,
        not_called=did.not_called,
        along=did.along,
    )
    connection.execute(
        insert(staff_action).values(
            conversation_id=conversation_id,
            staff_id=staff_id,
            staff_name=staff_name,
            verb=verb,
            key=key,
            version=version,
            owed_since=owed_since,
            said=orjson.dumps(did.said),
            result=orjson.dumps(done),
            at=at,
        )
    )
    return done
