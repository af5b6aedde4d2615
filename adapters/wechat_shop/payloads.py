"""What a WeChat Shop delivers, and our values, both ways. Pure: no network, no clock, no signatures."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from adapters.contract import (
    Author,
    BadPayload,
    Image,
    Inbound,
    Message,
    OrderCard,
    ProductCard,
    Text,
    Unsupported,
)
from adapters.fields import Fields, read_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapters.contract import Content, Problem, Reply

CHAT_EVENT = "commkf_send_msg_to_kf"
KIND_LIMIT_CHARACTERS = 50
TITLE_LIMIT_CHARACTERS = 500


# In


def read_inbound(document: Mapping[str, object], *, raw: bytes) -> Inbound | None:
    """Read one delivery; None for events of orders and the like, which come to the same address.

    A message is known by its number, which grows in the order of writing; deliveries keep no order.
    """
    problems: list[Problem] = []
    left_out: list[Problem] = []
    fields = Fields(document, problems, left_out=left_out)
    if fields.line("Event", limit_characters=KIND_LIMIT_CHARACTERS) != CHAT_EVENT:
        return None
    buyer, external_id = fields.id("FromUserName"), fields.id("msg_id")
    content = _read_content(fields)
    if problems:
        raise BadPayload((*problems, *left_out))
    return Inbound(
        external_id=external_id,
        conversation_id=buyer,
        event=Message(author=Author(id=buyer), content=content),
        sent_at=read_seconds(fields.line("CreateTime")),
        raw=raw,
        left_out=tuple(left_out),
    )


def _read_content(fields: Fields) -> Content:
    kind = fields.line("msg_type", limit_characters=KIND_LIMIT_CHARACTERS)
    read = CONTENTS.get(kind)
    return Unsupported(kind) if read is None else read(fields.optional_inner(kind))


def _read_text(inner: Fields) -> Content:
    return Text(inner.text("content"))


def _read_image(inner: Fields) -> Content:
    url = inner.address("cos_url")
    return Image(url) if url else Unsupported("image")


def _read_product(inner: Fields) -> Content:
    """The card names the product by its number alone; the manual knows its title."""
    product_id, title = inner.optional_id("product_id"), inner.line("title", limit_characters=TITLE_LIMIT_CHARACTERS)
    return Unsupported("product_share") if product_id is None else ProductCard(product_id, title)


def _read_order(inner: Fields) -> Content:
    order_id = inner.optional_id("order_id")
    return Unsupported("order_share") if order_id is None else OrderCard(order_id)


CONTENTS: Mapping[str, Callable[[Fields], Content]] = {
    "text": _read_text,
    "image": _read_image,
    "product_share": _read_product,
    "order_share": _read_order,
}


# Out


def write_text(reply: Reply, *, buyer: str, reply_id: str) -> dict[str, object]:
    return {
        "request_id": request_id_of(reply_id),
        "open_id": buyer,
        "msg_type": "text",
        "text": {"content": reply.text},
    }


def request_id_of(reply_id: str) -> str:
    """The id by which WeChat knows a call again: the same for the same reply."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"xiaoer:{reply_id}"))


def read_message_id(answer: Fields) -> str | None:
    """WeChat's own id for what it took, a number or text."""
    given = answer.raw("msg_id")
    return str(given) if isinstance(given, int | str) and given != "" else None
