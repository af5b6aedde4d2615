"""WhatsApp's webhook and our values, both ways. Pure: no network, no clock, no signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from adapters.batches import objects_in, read_batch
from adapters.clean import shortened
from adapters.contract import (
    Author,
    BadPayload,
    Image,
    Inbound,
    Message,
    Problem,
    ProductCard,
    ReplyFailed,
    Text,
    Unsupported,
)
from adapters.fields import read_object, read_seconds
from adapters.meta_graph import COMMON, LARGEST_CODE, Codes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from adapters.contract import Content, Reply
    from adapters.fields import Fields

KIND_LIMIT_CHARACTERS = 50
MOST_BUTTONS, BUTTON_CHARACTERS = 3, 20
MOST_ROWS, ROW_CHARACTERS = 10, 24
CAPTIONED_CHARACTERS = 1_024
"""A text with buttons may be no longer than this."""
CHOOSE = "请选择"
CODES = Codes(
    later={
        **COMMON.later,
        130429: "too_fast",
        131048: "account_restricted",  # buyers have reported the number as spam
        131056: "too_fast",
    },
    refused={
        **COMMON.refused,
        131026: "no_such_buyer",
        131031: "account_restricted",
        131042: "account_restricted",  # until its payment is put right
        131047: "window_over",
        131051: "content_refused",
        131053: "media_refused",
        132001: "wrong_settings",  # invite_template
    },
)
SAYS_NOTHING = frozenset({"reaction", "system", "ephemeral", "request_welcome"})


# In


def read_events(body: bytes, *, phone_number_id: str) -> tuple[Inbound, ...]:
    """Read one delivery: messages to this number, and what became of ours. Raises `BadPayload`."""
    values = read_object(body)
    if not isinstance(values.get("entry"), list):
        raise BadPayload((Problem("entry", "must be a list"),))
    found: list[tuple[str, dict[str, object]]] = []
    for place, value in _values(values, phone_number_id):
        for name, beside in (("messages", {"_names": _names(value)}), ("statuses", {"_is_status": True})):
            found += [(f"{place}.{where}", item | beside) for where, item in objects_in(value, name)]
    return read_batch(found, _read)


def _values(values: dict[str, object], phone_number_id: str) -> Iterator[tuple[str, dict[str, object]]]:
    """What concerns messages of this number: an app may serve several."""
    for entry_place, entry in objects_in(values, "entry"):
        for change_place, change in objects_in(entry, "changes"):
            value = change.get("value")
            if change.get("field") == "messages" and isinstance(value, dict) and _is_ours(value, phone_number_id):
                yield f"{entry_place}.{change_place}.value", value


def _is_ours(value: dict[str, object], phone_number_id: str) -> bool:
    metadata = value.get("metadata")
    return isinstance(metadata, dict) and metadata.get("phone_number_id") == phone_number_id


def _names(value: dict[str, object]) -> dict[str, object]:
    """Buyers' names by their numbers."""
    contacts = [item for _, item in objects_in(value, "contacts")]
    profiles = {str(each.get("wa_id")): each.get("profile") for each in contacts}
    return {number: profile.get("name") for number, profile in profiles.items() if isinstance(profile, dict)}


def _read(fields: Fields, item: dict[str, object]) -> Inbound | None:
    return _read_status(fields, item) if "_is_status" in item else _read_message(fields, item)


def _read_message(message: Fields, item: dict[str, object]) -> Inbound | None:
    kind = message.line("type", limit_characters=KIND_LIMIT_CHARACTERS)
    if kind in SAYS_NOTHING:
        return None
    number = message.id("from")
    author = Author(id=number, name=message.optional_inner("_names").line(number))
    content = CONTENTS[kind](message) if kind in CONTENTS else Unsupported(kind or "message")
    item = {name: value for name, value in item.items() if name != "_names"}
    return Inbound(
        external_id=message.id("id"),
        conversation_id=number,
        event=Message(author=author, content=content),
        sent_at=read_seconds(message.line("timestamp")),
        raw=orjson.dumps(item),
    )


def _read_status(status: Fields, item: dict[str, object]) -> Inbound | None:
    """Of all that becomes of our messages only that one did not arrive is news."""
    if status.line("status") != "failed":
        return None
    number = status.id("id")
    errors = status.inner_each("errors")
    code, title = (errors[0].number("code", at_most=LARGEST_CODE), errors[0].line("title")) if errors else (None, "")
    return Inbound(
        external_id=f"failed:{number}"[:200],
        conversation_id=status.id("recipient_id"),
        event=ReplyFailed(
            platform_message_id=number, reason=f"Meta {code or 0}: {title}".rstrip(": "), fault=CODES.meaning(code or 0)
        ),
        sent_at=read_seconds(status.line("timestamp")),
        raw=orjson.dumps({name: value for name, value in item.items() if name != "_is_status"}),
    )


def _read_text(message: Fields) -> Text:
    return Text(message.optional_inner("text").optional_text("body"))


def _read_image(message: Fields) -> Image | Unsupported:
    media = message.optional_inner("image").optional_id("id")
    return Image("", media=media) if media else Unsupported("image")


def _read_click(message: Fields) -> Text | Unsupported:
    """A click on one of our buttons or rows: its id is the whole title."""
    clicked = message.optional_inner("interactive")
    reply = clicked.optional_inner(clicked.line("type") or "button_reply")
    words = reply.optional_text("id") or reply.optional_text("title")
    return Text(words) if words else Unsupported("interactive")


def _read_template_click(message: Fields) -> Text:
    return Text(message.optional_inner("button").optional_text("text"))


def _read_cart(message: Fields) -> ProductCard | Unsupported:
    """A cart of one product is a question about it; a larger one is a person's work."""
    items = message.optional_inner("order").inner_each("product_items")
    product = items[0].optional_id("product_retailer_id") if len(items) == 1 else None
    return Unsupported("order") if product is None else ProductCard(product)


CONTENTS: Mapping[str, Callable[[Fields], Content]] = {
    "text": _read_text,
    "image": _read_image,
    "interactive": _read_click,
    "button": _read_template_click,
    "order": _read_cart,
}


# Out


def write_message(reply: Reply, *, buyer: str) -> Mapping[str, object]:
    """A text, with its choices as buttons or as a list where WhatsApp takes them."""
    written = _write_choice(reply) or {"type": "text", "text": {"body": reply.text, "preview_url": False}}
    return {"messaging_product": "whatsapp", "recipient_type": "individual", "to": buyer, **written}


def write_picture(media: str, *, buyer: str) -> Mapping[str, object]:
    """A picture that was handed in."""
    to = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": buyer}
    return {**to, "type": "image", "image": {"id": media}}


def _write_choice(reply: Reply) -> Mapping[str, object] | None:
    as_buttons = len(reply.choices) <= MOST_BUTTONS
    longest = BUTTON_CHARACTERS if as_buttons else ROW_CHARACTERS
    titles = [shortened(title, longest) for title in reply.choices]
    told_apart = 0 < len(titles) == len(set(titles)) <= MOST_ROWS
    if not told_apart or len(reply.text) > CAPTIONED_CHARACTERS:
        return None
    items = [{"id": whole, "title": title} for whole, title in zip(reply.choices, titles, strict=True)]
    action = _write_buttons(items) if as_buttons else _write_rows(items)
    kind = "button" if as_buttons else "list"
    return {"type": "interactive", "interactive": {"type": kind, "action": action, "body": {"text": reply.text}}}


def _write_buttons(items: list[dict[str, str]]) -> Mapping[str, object]:
    return {"buttons": [{"type": "reply", "reply": item} for item in items]}


def _write_rows(items: list[dict[str, str]]) -> Mapping[str, object]:
    return {"button": CHOOSE, "sections": [{"title": CHOOSE, "rows": items}]}


def write_template(name: str, language: str, *, buyer: str) -> Mapping[str, object]:
    """A message that Meta has approved beforehand: it may go out at any time."""
    template = {"name": name, "language": {"code": language}, "components": []}
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": buyer,
        "type": "template",
        "template": template,
    }
