"""What platforms told us: on disk before the platform hears "accepted", and settled by the ids that were read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update

from adapters.contract import ConversationOpened, Message, RefundUpdated, ReplyFailed
from bot.clock import believable
from bot.storage.announcing import announce
from bot.storage.conversations import lock
from bot.storage.desk.clicks import record_elsewhere
from bot.storage.echoes import is_our_echo
from bot.storage.engine.dialects import insert_new
from bot.storage.engine.prepared import Prepared
from bot.storage.packing import EVENT_KINDS, pack_event
from bot.storage.people.blocking import blocked_since, introduce
from bot.storage.people.reply_failed import reply_failed
from bot.storage.people.take_over import take_over
from bot.storage.tables.messages import conversation, inbox, is_new

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from adapters.contract import Author, Echoes, Inbound


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One event at the door of one channel."""

    channel: str
    inbound: Inbound
    received_at: datetime
    echoes: Echoes = "auto"
    announces: bool = False

    @property
    def sent_at(self) -> datetime:
        """When it was sent, as far as the platform is to be believed: never later than it arrived here."""
        told = believable(self.inbound.sent_at, now=self.received_at)
        return self.received_at if told is None else min(told, self.received_at)

    @property
    def key(self) -> tuple[str, str]:
        """The idempotency key."""
        return self.channel, self.inbound.external_id

    @property
    def conversation(self) -> tuple[str, str]:
        """Whose conversation it belongs to, in the platform's ids."""
        return self.channel, self.inbound.conversation_id


def store(connection: Connection, arrivals: Sequence[Arrival]) -> list[bool]:
    """Write what is new of these, in one go. For each, whether it was new; a second delivery is not.

    A person's message takes the conversation over in this same transaction, before the platform hears "accepted".
    """
    ids = _conversations(connection, arrivals)
    if len(arrivals) > 1 or any(map(_concerns_people, arrivals)):
        lock(connection, ids.values())
    new = _insert(connection, arrivals, ids)
    fresh = []
    for arrival in arrivals:
        fresh.append(arrival.key in new)
        new.discard(arrival.key)  # the same message twice in one batch: only the first is new
    for arrival, first in zip(arrivals, fresh, strict=True):
        if first and _concerns_people(arrival):
            _tell_people(connection, arrival, ids[arrival.conversation])
    announce(
        connection, {"/".join(arrival.conversation) for arrival, first in zip(arrivals, fresh, strict=True) if first}
    )
    return fresh


def settle(connection: Connection, ids: Sequence[int], state: str) -> None:
    """These rows, and only these, have been dealt with."""
    if ids:
        _SETTLE.run(connection, {"ids": list(ids), "becomes": state})


def has_new(connection: Connection, conversation_id: int) -> bool:
    """Whether a message waits for a decision there."""
    rows = select(inbox.c.id).where(inbox.c.conversation_id == conversation_id, is_new()).limit(1)
    return connection.execute(rows).first() is not None


def count_new(connection: Connection) -> tuple[int, datetime | None]:
    """How many rows wait for a decision, and since when the oldest does."""
    row = connection.execute(select(func.count(), func.min(inbox.c.received_at)).where(is_new())).one()
    return row[0], row[1]


def _author(arrival: Arrival) -> str:
    event = arrival.inbound.event
    return event.author.kind if isinstance(event, Message) else "system"


def _concerns_people(arrival: Arrival) -> bool:
    """Whether a person speaks, or has to hear of it, in the accepting transaction."""
    return _author(arrival) == "staff" or isinstance(arrival.inbound.event, ReplyFailed)


def _staff_name(arrival: Arrival) -> str:
    event = arrival.inbound.event
    return event.author.name if isinstance(event, Message) else ""


def _conversations(connection: Connection, arrivals: Sequence[Arrival]) -> dict[tuple[str, str], int]:
    """The row of each conversation named here, made where it is new. In one order, so that nodes never deadlock."""
    named = {arrival.conversation: arrival for arrival in reversed(arrivals)}
    found = _find_conversations(connection, list(named))
    missing = [named[key] for key in sorted(named.keys() - found.keys())]
    if missing:
        blocked = _blocked(connection, missing)
        rows = [_new_conversation(arrival) for arrival in missing]
        for row in rows:
            row["blocked_at"] = blocked.get((row["channel"], row["buyer"]))
        _INSERT_CONVERSATION.run_each(connection, rows)
        found |= _find_conversations(connection, [arrival.conversation for arrival in missing])
    _introduce(connection, arrivals, found)
    return {key: row.id for key, row in found.items()}


def _introduce(connection: Connection, arrivals: Sequence[Arrival], found: Mapping[tuple[str, str], Row[Any]]) -> None:
    """Learn who the buyer is where a person, a notice or the platform opened the conversation, and heed their block."""
    for arrival in arrivals:
        row, buyer = found[arrival.conversation], _buyer(arrival)
        if buyer is not None and buyer.id not in {"", row.buyer} and row.buyer == row.external_id:
            introduce(
                connection, row.id, channel=arrival.channel, buyer=buyer.id, name=buyer.name, at=arrival.received_at
            )


def _blocked(connection: Connection, arrivals: Sequence[Arrival]) -> dict[tuple[str, str], datetime]:
    """Those of these new conversations' buyers who are blocked: a new conversation is no way round a block."""
    found: dict[tuple[str, str], datetime] = {}
    for channel in {arrival.channel for arrival in arrivals}:
        buyers = [str(_new_conversation(arrival)["buyer"]) for arrival in arrivals if arrival.channel == channel]
        since = blocked_since(connection, channel=channel, buyers=buyers)
        found |= {(channel, buyer): moment for buyer, moment in since.items()}
    return found


def _find_conversations(connection: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Row[Any]]:
    found: dict[tuple[str, str], Row[Any]] = {}
    for channel in {channel for channel, _ in keys}:
        external_ids = [external_id for in_channel, external_id in keys if in_channel == channel]
        rows = _BY_EXTERNAL_ID.rows(connection, {"in_channel": channel, "external_ids": external_ids})
        found |= {(channel, row.external_id): row for row in rows}
    return found


def _buyer(arrival: Arrival) -> Author | None:
    match arrival.inbound.event:
        case Message(author=author) if author.kind == "buyer":
            return author
        case ConversationOpened(buyer=buyer):
            return buyer
        case _:
            return None


def _new_conversation(arrival: Arrival) -> dict[str, Any]:
    buyer = _buyer(arrival)
    channel, external_id = arrival.conversation
    return {
        "channel": channel,
        "external_id": external_id,
        "buyer": buyer.id if buyer and buyer.id else external_id,
        "buyer_name": buyer.name if buyer else "",
        "memory": b"",
        "created_at": arrival.received_at,
    }


def _insert(
    connection: Connection, arrivals: Sequence[Arrival], ids: dict[tuple[str, str], int]
) -> set[tuple[str, str]]:
    rows = _INSERT.rows_of_each(connection, [_row(arrival, ids[arrival.conversation]) for arrival in arrivals])
    return {(row.channel, row.external_id) for row in rows}


def _row(arrival: Arrival, conversation_id: int) -> dict[str, Any]:
    inbound = arrival.inbound
    return {
        "channel": arrival.channel,
        "external_id": inbound.external_id,
        "conversation_id": conversation_id,
        "author": _author(arrival),
        "kind": EVENT_KINDS[type(inbound.event)],
        "body": pack_event(inbound.event),
        "raw": inbound.raw,
        "sent_at": arrival.sent_at,
        "received_at": arrival.received_at,
        "state": _first_state(arrival),
    }


def waits_for_decision(arrival: Arrival) -> bool:
    """Whether somebody has to decide about it."""
    return _first_state(arrival) == "new"


def _first_state(arrival: Arrival) -> str:
    """Whether anything is left to decide: not about what people say, notices, or what nothing acts on yet."""
    event = arrival.inbound.event
    if isinstance(event, Message):
        return {"buyer": "new", "staff": "human", "system": "ignored"}[event.author.kind]
    return "ignored" if isinstance(event, RefundUpdated | ReplyFailed) else "new"


def _tell_people(connection: Connection, arrival: Arrival, conversation_id: int) -> None:
    event = arrival.inbound.event
    if isinstance(event, ReplyFailed):
        reply_failed(connection, conversation_id, event, announces=arrival.announces, at=arrival.received_at)
    else:
        _person_spoke(connection, arrival, conversation_id)


def _person_spoke(connection: Connection, arrival: Arrival, conversation_id: int) -> None:
    """A person's message takes over, unless it is our own coming back."""
    if is_our_echo(
        connection,
        channel=arrival.channel,
        conversation_id=conversation_id,
        external_id=arrival.inbound.external_id,
        text=getattr(getattr(arrival.inbound.event, "content", None), "text", None),
        at=arrival.received_at,
        echoes=arrival.echoes,
    ):
        key = (inbox.c.channel == arrival.channel, inbox.c.external_id == arrival.inbound.external_id)
        connection.execute(update(inbox).where(*key).values(state="ignored"))
    else:
        take_over(connection, [conversation_id], at=arrival.received_at)
        cause = f"{arrival.channel}:{arrival.inbound.external_id}"
        record_elsewhere(connection, conversation_id, name=_staff_name(arrival), cause=cause, at=arrival.received_at)


# The statements

_INSERT = Prepared(lambda dialect: insert_new(dialect, inbox).returning(inbox.c.channel, inbox.c.external_id))
_INSERT_CONVERSATION = Prepared(lambda dialect: insert_new(dialect, conversation))
_SETTLE = Prepared(
    update(inbox).where(inbox.c.id.in_(bindparam("ids", expanding=True))).values(state=bindparam("becomes"))
)
_BY_EXTERNAL_ID = Prepared(
    select(conversation.c.external_id, conversation.c.id, conversation.c.buyer).where(
        conversation.c.channel == bindparam("in_channel"),
        conversation.c.external_id.in_(bindparam("external_ids", expanding=True)),
    )
)
