"""One test for each recorded payload, named like it; then everything that can be wrong with one, and what we write."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.contract import (
    Author,
    BadPayload,
    Image,
    Inbound,
    Message,
    OrderCard,
    ProductCard,
    Reply,
    Text,
    Unsupported,
)
from adapters.fields import Fields
from adapters.wechat.body import read_body
from adapters.wechat_shop.payloads import read_inbound, read_message_id, write_text

PAYLOADS = Path(__file__).parent / "payloads"
SENT_AT = datetime(2025, 11, 30, 2, 0, tzinfo=UTC)


def document(name: str) -> dict[str, object]:
    return read_body((PAYLOADS / f"{name}.json").read_bytes())


def recorded(name: str) -> Inbound | None:
    return read_inbound(document(name), raw=b"")


def content(name: str, *, own_id: str) -> object:
    inbound = recorded(name)
    assert inbound is not None
    assert inbound.left_out == ()
    assert (inbound.external_id, inbound.conversation_id, inbound.sent_at) == (own_id, "o-buyer-1", SENT_AT)
    assert isinstance(inbound.event, Message)
    assert inbound.event.author == Author(kind="buyer", id="o-buyer-1")
    return inbound.event.content


def problems(changed: dict[str, object]) -> list[str]:
    with pytest.raises(BadPayload) as refusal:
        read_inbound(changed, raw=b"")
    return [each.field for each in refusal.value.problems]


# Recorded


def test_text() -> None:
    assert content("text", own_id="1001") == Text("新疆包邮吗")


def test_image() -> None:
    assert content("image", own_id="1002") == Image("https://img.wechat.example/cup")


def test_video() -> None:
    assert content("video", own_id="1003") == Unsupported("video")


def test_file() -> None:
    assert content("file", own_id="1004") == Unsupported("file")


def test_voice() -> None:
    assert content("voice", own_id="1005") == Unsupported("voice")


def test_product_card() -> None:
    assert content("product_card", own_id="1006") == ProductCard("tea-250g")


def test_order_card() -> None:
    assert content("order_card", own_id="1007") == OrderCard("3700000000000000001")


def test_new_kind() -> None:
    assert content("new_kind", own_id="1008") == Unsupported("red_packet_rain")


def test_number_for_id() -> None:
    assert content("number_for_id", own_id="1009") == Text("什么时候发货")


def test_order_event() -> None:
    assert recorded("order_event") is None


# What can be wrong


def test_what_is_missing_is_named() -> None:
    text = document("text")
    assert problems(text | {"FromUserName": None}) == ["FromUserName"]
    assert problems(text | {"msg_id": None, "text": {}}) == ["msg_id", "text.content"]


def test_what_is_half_there_goes_to_a_person() -> None:
    for name in ("image", "product_card", "order_card"):
        kind = str(document(name)["msg_type"])
        inbound = read_inbound(document(name) | {kind: {}}, raw=b"")
        assert inbound is not None
        assert isinstance(inbound.event, Message)
        assert inbound.event.content == Unsupported(kind)
    inbound = read_inbound(document("text") | {"msg_type": None}, raw=b"")
    assert inbound is not None
    assert isinstance(inbound.event, Message)
    assert inbound.event.content == Unsupported("")


# Out


def test_a_bubble_has_the_same_request_id_whenever_it_is_sent() -> None:
    first, again, other = (
        write_text(Reply(kind="answer", text="好的"), buyer="o-buyer-1", reply_id=reply_id)
        for reply_id in ("r-1", "r-1", "r-2")
    )

    assert first == again
    assert first["request_id"] != other["request_id"]
    assert uuid.UUID(str(first["request_id"]))
    assert first | {"request_id": ""} == {
        "request_id": "",
        "open_id": "o-buyer-1",
        "msg_type": "text",
        "text": {"content": "好的"},
    }


@pytest.mark.parametrize(("theirs", "read"), [(7, "7"), ("7", "7"), ("", None), (None, None), ([], None)])
def test_their_id_is_a_number_or_text(theirs: object, read: str | None) -> None:
    assert read_message_id(Fields({"msg_id": theirs}, [])) == read
