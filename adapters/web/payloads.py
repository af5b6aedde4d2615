"""What our own chat window posts, and our values. Pure: no network, no clock."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.contract import (
    KEPT_HERE,
    ORDER_STATUSES,
    Author,
    BadPayload,
    Image,
    Inbound,
    Message,
    ProductCard,
    Surroundings,
    Text,
)
from adapters.fields import Fields, read_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapters.contract import Content, Problem

MESSAGE_ID_LIMIT_CHARACTERS = 100
REGION_LIMIT_CHARACTERS = 50
TITLE_LIMIT_CHARACTERS = 500
LARGEST_CHOICE = 9

_PICTURE = re.compile(r"[A-Za-z0-9_-]{24}")
_VISITOR = re.compile(r"[A-Za-z0-9_-]{32,64}")


def read_inbound(body: bytes, *, try_out: bool) -> Inbound:
    """Read what a visitor sent. Raises `BadPayload` with every problem at once.

    The visitor's id is unguessable and is the conversation's; it stands before the page's message id, so that no
    visitor's numbering can meet another's. A pretended time counts on the try-out page only.
    """
    problems: list[Problem] = []
    left_out: list[Problem] = []
    fields = Fields(read_object(body), problems, left_out=left_out)
    visitor = _read_visitor(fields)
    message_id = fields.id("message_id", limit_characters=MESSAGE_ID_LIMIT_CHARACTERS)
    content = _read_content(fields)
    surroundings = _read_surroundings(fields.optional_inner("surroundings"), try_out=try_out)
    if problems:
        raise BadPayload((*problems, *left_out))
    message = Message(author=Author(kind="buyer", id=visitor), content=content, surroundings=surroundings)
    return Inbound(
        external_id=f"{visitor}:{message_id}",
        conversation_id=visitor,
        event=message,
        raw=body,
        left_out=tuple(left_out),
    )


def _read_visitor(fields: Fields) -> str:
    visitor = fields.id("visitor")
    if visitor and not _VISITOR.fullmatch(visitor):
        fields.note("visitor", "must be 32 to 64 characters out of A-Z, a-z, 0-9, - and _, made at random")
    return visitor


def _read_content(fields: Fields) -> Content:
    given = [name for name in CONTENTS if fields.has(name)]
    if len(given) != 1:
        fields.note("text", f"give exactly one of {', '.join(CONTENTS)}")
        return Text("")
    return CONTENTS[given[0]](fields)


def _read_text(fields: Fields) -> Text:
    return Text(fields.text("text"))


def _read_product(fields: Fields) -> ProductCard:
    product = fields.optional_inner("product")
    return ProductCard(product.id("product_id"), product.line("title", limit_characters=TITLE_LIMIT_CHARACTERS))


def _read_choice(fields: Fields) -> Text:
    """A click on a numbered choice says what the buyer would have typed."""
    return Text(str(fields.number("choice", at_least=1, at_most=LARGEST_CHOICE, strict=True)))


def _read_picture(fields: Fields) -> Image:
    """A picture that the window has handed in before; only its own conversation shows it."""
    name = fields.id("picture")
    if name and not _PICTURE.fullmatch(name):
        fields.note("picture", "must be the name of a picture that was handed in")
    return Image("", media=f"{KEPT_HERE}{name}")


CONTENTS: Mapping[str, Callable[[Fields], Content]] = {
    "text": _read_text,
    "product": _read_product,
    "choice": _read_choice,
    "picture": _read_picture,
}


def _read_surroundings(fields: Fields, *, try_out: bool) -> Surroundings:
    return Surroundings(
        product_id=fields.optional_id("product_id"),
        order_status=fields.one_of("order_status", ORDER_STATUSES),
        region=fields.line("region", limit_characters=REGION_LIMIT_CHARACTERS) or None,
        pretend_at=fields.moment("pretend_at") if try_out else None,
    )
