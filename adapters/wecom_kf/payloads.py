"""What WeCom's customer service says, and our values, both ways. Pure: no network, no clock, no signatures."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson

from adapters.contract import (
    Author,
    ConversationClosed,
    ConversationOpened,
    Image,
    Inbound,
    Message,
    OrderCard,
    ProductCard,
    ReplyFailed,
    ReplyReference,
    Text,
    Unsupported,
)
from adapters.fields import Fields, read_seconds
from adapters.wechat.body import product_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from adapters.contract import Content, Event, PlatformFault, Problem, Reply

BUYER, EVENT, SERVICER = 3, 4, 5
KIND_LIMIT_CHARACTERS = 50
TITLE_LIMIT_CHARACTERS = 500
CODE_LIMIT_CHARACTERS = 1_024
CODE_SECONDS = 20
"""How long WeCom takes a welcome, or a word after the end of a session, by the code that came with the event."""
HEAD_LIMIT_BYTES = 1_024
LINE_LIMIT_BYTES = 128
MOST_LINES = 10
RATINGS = ("5", "4", "3", "2", "1")
"""The lines under an invite; a click on one is what the buyer would have typed."""

_MESSAGE_ID = re.compile(r"[0-9A-Za-z_-]{1,32}")

FAILURES: Mapping[int, PlatformFault] = {
    1: "wrong_settings",  # the customer-service account has been deleted
    2: "no_permission",  # the app has been turned off
    4: "window_over",
    5: "window_over",
    6: "quota_used",
    8: "no_permission",  # the company is not verified
    10: "blocked_by_buyer",
    11: "nobody_online",  # nobody of the company is signed in to WeCom
    12: "content_refused",
    13: "content_refused",
}


# In


def read_news(document: Mapping[str, object], *, account: str) -> str | None:
    """The token of a delivery that says that this account has news; None where it says something else."""
    fields = Fields(document, [])
    is_news = fields.line("Event") == "kf_msg_or_event"
    if not is_news or fields.line("OpenKfId") not in {account, ""}:
        return None
    return fields.optional_id("Token", limit_characters=CODE_LIMIT_CHARACTERS) or ""


def read_page(fields: Fields, *, account: str, since: datetime | None) -> tuple[Inbound, ...]:
    """Read the events of one page, in order.

    `since` leaves out what was said before, and answered by whoever did so before us.
    """
    items = fields.objects("msg_list")
    read = [inbound for item in items if (inbound := read_item(item, account=account)) is not None]
    return tuple(each for each in read if since is None or each.sent_at is None or each.sent_at >= since)


def read_item(item: Mapping[str, object], *, account: str) -> Inbound | None:
    """Read one message or event; None for what belongs to no conversation, or to another account.

    An item without an id or a buyer could not be kept, and a page cannot be turned away for it.
    """
    problems: list[Problem] = []
    left_out: list[Problem] = []
    fields = Fields(item, problems, left_out=left_out)
    inner = fields.optional_inner("event")
    external_id, where = fields.id("msgid"), inner if fields.line("msgtype") == "event" else fields
    buyer, owner = where.optional_id("external_userid"), where.optional_id("open_kfid")
    if problems or buyer is None or owner not in {account, None}:
        return None
    sent_at = read_seconds(str(fields.number("send_time") or ""))
    event = _read_event(inner, buyer, sent_at) if where is inner else _read_message(fields, buyer)
    if event is None or problems:
        return None
    return Inbound(
        external_id=external_id,
        conversation_id=buyer,
        event=event,
        sent_at=sent_at,
        raw=orjson.dumps(item),
        left_out=tuple(left_out),
    )


def _read_message(fields: Fields, buyer: str) -> Message:
    kind = fields.line("msgtype", limit_characters=KIND_LIMIT_CHARACTERS)
    read, inner = CONTENTS.get(kind), fields.optional_inner(kind)
    content = Unsupported(kind) if read is None else read(inner)
    return Message(author=_read_author(fields, buyer), content=content)


def _read_author(fields: Fields, buyer: str) -> Author:
    """Who wrote it. Our own messages are not among what WeCom gives back."""
    origin = fields.number("origin")
    if origin == SERVICER:
        return Author(kind="staff", id=fields.optional_id("servicer_userid") or "")
    return Author(id=buyer) if origin == BUYER else Author(kind="system")


def _read_text(inner: Fields) -> Text:
    return Text(inner.optional_text("content"))


def _read_image(inner: Fields) -> Content:
    media = inner.optional_id("media_id", limit_characters=CODE_LIMIT_CHARACTERS)
    return Unsupported("image") if media is None else Image("", media)


def _read_product(inner: Fields) -> Content:
    product_id, title = inner.optional_id("product_id"), inner.line("title", limit_characters=TITLE_LIMIT_CHARACTERS)
    return Unsupported("channels_shop_product") if product_id is None else ProductCard(product_id, title)


def _read_order(inner: Fields) -> Content:
    """An order of the shop in WeChat Channels. Its state comes in words that differ, so it is left to people."""
    order_id, title = (
        inner.optional_id("order_id"),
        inner.line("product_titles", limit_characters=TITLE_LIMIT_CHARACTERS),
    )
    return Unsupported("channels_shop_order") if order_id is None else OrderCard(order_id, None, title)


def _read_mini_program(inner: Fields) -> Content:
    page, title = inner.optional_id("pagepath"), inner.line("title", limit_characters=TITLE_LIMIT_CHARACTERS)
    return Unsupported("miniprogram") if page is None else ProductCard(product_of(page), title)


CONTENTS: Mapping[str, Callable[[Fields], Content]] = {
    "text": _read_text,
    "image": _read_image,
    "channels_shop_product": _read_product,
    "channels_shop_order": _read_order,
    "miniprogram": _read_mini_program,
}


def _read_event(inner: Fields, buyer: str, sent_at: datetime | None) -> Event | None:
    kind = inner.line("event_type", limit_characters=KIND_LIMIT_CHARACTERS)
    read = EVENTS.get(kind)
    if read is None:
        return Message(author=Author(kind="system"), content=Unsupported(kind))
    return read(inner, buyer, sent_at)


def _read_opened(inner: Fields, buyer: str, sent_at: datetime | None) -> Event | None:
    """The buyer has opened the chat; without a code WeCom lets nobody welcome them."""
    welcome = _reference(inner, "welcome_code", sent_at)
    return None if welcome is None else ConversationOpened(buyer=Author(id=buyer), reply_reference=welcome)


def _read_failed(inner: Fields, _buyer: str, _sent_at: datetime | None) -> Event | None:
    number, ours = inner.number("fail_type") or 0, inner.optional_id("fail_msgid")
    if ours is None:
        return None
    fault = FAILURES.get(number, "unknown_refusal")
    return ReplyFailed(platform_message_id=ours, reason=f"WeCom fail_type {number}", fault=fault)


def _read_session(inner: Fields, _buyer: str, sent_at: datetime | None) -> Event | None:
    """A person took the session, passed it on, ended it, or took it up again."""
    if inner.number("change_type") == SESSION_ENDED:
        closed_by = inner.line("old_servicer_userid")
        return ConversationClosed(closed_by=closed_by, reply_reference=_reference(inner, "msg_code", sent_at))
    person = Author(kind="staff", id=inner.optional_id("new_servicer_userid") or "")
    return Message(author=person, content=Unsupported("session_status_change"))


SESSION_ENDED = 3

EVENTS: Mapping[str, Callable[[Fields, str, datetime | None], Event | None]] = {
    "enter_session": _read_opened,
    "msg_send_fail": _read_failed,
    "session_status_change": _read_session,
}


def _reference(inner: Fields, name: str, sent_at: datetime | None) -> ReplyReference | None:
    code = inner.optional_id(name, limit_characters=CODE_LIMIT_CHARACTERS)
    until = None if sent_at is None else sent_at + timedelta(seconds=CODE_SECONDS)
    return None if code is None else ReplyReference(value=code, until=until)


# Out


def write_message(reply: Reply, *, buyer: str, account: str, message_id: str) -> dict[str, object]:
    return {"touser": buyer, "open_kfid": account, "msgid": message_id} | _write_content(reply)


def write_picture(media: str, *, buyer: str, account: str, message_id: str) -> dict[str, object]:
    """A picture that was handed in."""
    to = {"touser": buyer, "open_kfid": account, "msgid": message_id}
    return to | {"msgtype": "image", "image": {"media_id": media}}


def write_on_event(reply: Reply, *, code: str, message_id: str) -> dict[str, object]:
    """The same by the code of an event: a welcome, or the word after a session."""
    return {"code": code, "msgid": message_id} | _write_content(reply)


def _write_content(reply: Reply) -> dict[str, object]:
    choices = RATINGS if reply.kind == "invite" and not reply.choices else reply.choices
    if not choices or not _fits_menu(reply.text, choices):
        return {"msgtype": "text", "text": {"content": reply.text}}
    lines = [{"type": "click", "click": {"id": str(number), "content": each}} for number, each in enumerate(choices, 1)]
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": reply.text, "list": lines, "tail_content": ""}}


def _fits_menu(text: str, choices: tuple[str, ...]) -> bool:
    longest = max(len(each.encode()) for each in choices)
    return len(text.encode()) <= HEAD_LIMIT_BYTES and len(choices) <= MOST_LINES and longest <= LINE_LIMIT_BYTES


def message_id_of(reply_id: str) -> str:
    """The id by which WeCom knows our message again: the reply's own where it may be one."""
    return (
        reply_id if _MESSAGE_ID.fullmatch(reply_id) else hashlib.blake2b(reply_id.encode(), digest_size=16).hexdigest()
    )


def choose_servicer(listed: Fields, *, buyer: str) -> str | None:
    """One of those who receive buyers just now, the same for the same buyer, and spread over all; None without any."""
    people = [Fields(each, []) for each in listed.objects("servicer_list")]
    there = sorted(name for each in people if each.number("status") == 0 and (name := each.optional_id("userid")))
    place = int.from_bytes(hashlib.blake2b(buyer.encode(), digest_size=4).digest(), "big")
    return there[place % len(there)] if there else None
