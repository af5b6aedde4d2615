"""WeChat's messages and our values, both ways. Pure: no network, no clock, no signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import orjson

from adapters.contract import (
    Author,
    BadPayload,
    ConversationClosed,
    ConversationOpened,
    Image,
    Inbound,
    Message,
    ProductCard,
    Text,
    Unsupported,
)
from adapters.fields import Fields, read_seconds
from adapters.wechat.body import product_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapters.contract import Content, Event, Problem, Reply

KIND_LIMIT_CHARACTERS = 50
BUYER_LIMIT_CHARACTERS = 100
TIME_LIMIT_CHARACTERS = 40
TITLE_LIMIT_CHARACTERS = 500
TRANSFER = "transfer_customer_service"


# In


def read_inbound(document: Mapping[str, object], *, raw: bytes) -> Inbound | None:
    """Read one delivery; None for an event that belongs to no conversation. Raises `BadPayload`.

    A message is known by its own id. Events carry none, and are known by who caused them, and when.
    """
    problems: list[Problem] = []
    left_out: list[Problem] = []
    fields = Fields(document, problems, left_out=left_out)
    buyer = fields.id("FromUserName", limit_characters=BUYER_LIMIT_CHARACTERS)
    kind = fields.line("MsgType", limit_characters=KIND_LIMIT_CHARACTERS)
    is_event = kind == "event"
    if not kind:
        fields.note("MsgType", "is missing")
    event = _read_event(fields, buyer) if is_event else _read_message(fields, buyer, kind)
    external_id = _event_id(fields, buyer) if is_event else fields.id("MsgId")
    if problems:
        raise BadPayload((*problems, *left_out))
    if event is None:
        return None
    return Inbound(
        external_id=external_id,
        conversation_id=buyer,
        event=event,
        sent_at=read_seconds(fields.line("CreateTime")),
        raw=raw,
        left_out=tuple(left_out),
    )


def _event_id(fields: Fields, buyer: str) -> str:
    kind = fields.line("Event", limit_characters=KIND_LIMIT_CHARACTERS)
    return f"{kind}:{buyer}:{fields.id('CreateTime', limit_characters=TIME_LIMIT_CHARACTERS)}"


def _read_message(fields: Fields, buyer: str, kind: str) -> Message:
    read = CONTENTS.get(kind)
    return Message(author=Author(id=buyer), content=Unsupported(kind) if read is None else read(fields))


def _read_text(fields: Fields) -> Text:
    """What was typed; a click on a menu comes as the words of the line that was clicked."""
    return Text(fields.text("Content"))


def _read_image(fields: Fields) -> Content:
    url, media = fields.address("PicUrl"), fields.optional_id("MediaId") or ""
    return Image(url, media) if url or media else Unsupported("image")


def _read_page(fields: Fields) -> Content:
    """A page of a mini-program, which is how buyers show a product."""
    page, title = fields.optional_id("PagePath"), fields.line("Title", limit_characters=TITLE_LIMIT_CHARACTERS)
    return Unsupported("miniprogrampage") if page is None else ProductCard(product_of(page), title)


CONTENTS: Mapping[str, Callable[[Fields], Content]] = {
    "text": _read_text,
    "image": _read_image,
    "miniprogrampage": _read_page,
}


def _read_event(fields: Fields, buyer: str) -> Event | None:
    read = EVENTS.get(fields.line("Event", limit_characters=KIND_LIMIT_CHARACTERS))
    return None if read is None else read(fields, buyer)


def _read_followed(_fields: Fields, buyer: str) -> ConversationOpened:
    return ConversationOpened(buyer=Author(id=buyer))


def _read_accepted(fields: Fields, _buyer: str) -> Message:
    """A person has the buyer now, in WeChat's own customer service; what they write there is not shown to us."""
    account = fields.optional_id("ToKfAccount") or fields.optional_id("KfAccount") or ""
    kind = fields.line("Event", limit_characters=KIND_LIMIT_CHARACTERS)
    return Message(author=Author(kind="staff", id=account), content=Unsupported(kind))


def _read_closed(fields: Fields, _buyer: str) -> ConversationClosed:
    return ConversationClosed(closed_by=fields.line("KfAccount"))


EVENTS: Mapping[str, Callable[[Fields, str], Event]] = {
    "subscribe": _read_followed,
    "user_enter_tempsession": _read_followed,
    "kf_create_session": _read_accepted,
    "kf_switch_session": _read_accepted,
    "kf_close_session": _read_closed,
}


# Out


def write_text(reply: Reply, *, buyer: str) -> dict[str, object]:
    return {"touser": buyer, "msgtype": "text", "text": {"content": reply.text}}


def write_picture(media: str, *, buyer: str) -> dict[str, object]:
    """A picture that was handed in."""
    return {"touser": buyer, "msgtype": "image", "image": {"media_id": media}}


def write_menu(reply: Reply, *, buyer: str) -> dict[str, object]:
    """The same with its choices as lines that can be clicked."""
    lines = [{"id": str(number), "content": choice} for number, choice in enumerate(reply.choices, 1)]
    menu = {"head_content": reply.text, "list": lines, "tail_content": ""}
    return {"touser": buyer, "msgtype": "msgmenu", "msgmenu": menu}


def write_transfer(document: Mapping[str, object], *, as_json: bool) -> bytes | None:
    """The answer to a delivery that passes its message on to WeChat's own customer service; None for events.

    It is JSON or XML as the delivery was, with both ends exchanged.
    """
    if document.get("MsgType") == "event":
        return None
    buyer, account, moment = (str(document.get(each, "")) for each in ("FromUserName", "ToUserName", "CreateTime"))
    if as_json:
        seconds = int(moment) if read_seconds(moment) else 0
        return orjson.dumps({"ToUserName": buyer, "FromUserName": account, "CreateTime": seconds, "MsgType": TRANSFER})
    return (
        f"<xml><ToUserName>{escape(buyer)}</ToUserName><FromUserName>{escape(account)}</FromUserName>"
        f"<CreateTime>{escape(moment)}</CreateTime><MsgType>{TRANSFER}</MsgType></xml>"
    ).encode()


def read_quietest_person(online: Fields) -> str | None:
    """Of the people who are online, the account of the one who has the fewest buyers; None when nobody is."""
    people = [Fields(each, []) for each in online.objects("kf_online_list")]
    there = [(each.number("accepted_case") or 0, account) for each in people if (account := _account_online(each))]
    return min(there)[1] if there else None


def _account_online(person: Fields) -> str | None:
    return person.optional_id("kf_account") if person.number("status") else None
