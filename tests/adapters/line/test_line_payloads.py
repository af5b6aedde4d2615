"""One test for each recorded payload, named like it; then what can be wrong with one, and what we write."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.contract import (
    Author,
    BadPayload,
    ConversationOpened,
    Image,
    Inbound,
    Message,
    Reply,
    ReplyReference,
    Text,
    Unsupported,
)
from adapters.line.payloads import read_events, write_message

PAYLOADS = Path(__file__).parent / "payloads"
SENT_AT = datetime(2025, 11, 30, 2, 0, tzinfo=UTC)
BUYER = Author(kind="buyer", id="U-buyer-example-1")
UNTIL = SENT_AT + timedelta(seconds=50)


def raw(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def events(name: str) -> tuple[Inbound, ...]:
    return read_events(raw(name), now=SENT_AT)


def message(name: str) -> Message:
    [inbound] = events(name)
    assert (inbound.conversation_id, inbound.left_out, inbound.sent_at) == (BUYER.id, (), SENT_AT)
    assert isinstance(inbound.event, Message)
    assert inbound.event.author == BUYER
    assert inbound.event.reply_reference is not None
    assert inbound.event.reply_reference.until == UNTIL
    return inbound.event


def with_event(**changes: object) -> bytes:
    body = json.loads(raw("text"))
    body["events"][0] |= changes
    return json.dumps(body).encode()


def test_text() -> None:
    [inbound] = events("text")
    assert inbound.external_id == "01EXAMPLE0001"
    assert inbound.event == Message(
        author=BUYER,
        content=Text("新疆包邮吗"),
        reply_reference=ReplyReference(value="reply-example-0", until=UNTIL),
    )
    assert json.loads(inbound.raw) == json.loads(raw("text"))["events"][0]


def test_image() -> None:
    image = message("image").content
    assert isinstance(image, Image)
    assert image == Image("", media=json.loads(raw("image"))["events"][0]["message"]["id"])


def test_image_elsewhere() -> None:
    assert message("image_elsewhere").content == Image("https://img.shop.example/1.jpg")


def test_sticker() -> None:
    assert message("sticker").content == Unsupported("sticker")


def test_video() -> None:
    assert message("video").content == Unsupported("video")


def test_audio() -> None:
    assert message("audio").content == Unsupported("audio")


def test_file() -> None:
    assert message("file").content == Unsupported("file")


def test_location() -> None:
    assert message("location").content == Unsupported("location")


def test_new_kind() -> None:
    assert message("new_kind").content == Unsupported("hologram")


def test_postback() -> None:
    assert message("postback").content == Text("发货时间")


def test_follow() -> None:
    [inbound] = events("follow")
    reference = ReplyReference(value="reply-example-f", until=UNTIL)
    assert inbound.event == ConversationOpened(buyer=BUYER, reply_reference=reference)


def test_unfollow() -> None:
    assert events("unfollow") == ()


def test_group_text() -> None:
    assert events("group_text") == ()


def test_standby() -> None:
    assert events("standby") == ()


def test_no_events() -> None:
    assert events("no_events") == ()


def test_batch() -> None:
    assert [each.event.content for each in events("batch") if isinstance(each.event, Message)] == [
        Text("第一句"),
        Text("第二句"),
    ]


@pytest.mark.parametrize("body", [b"{}", b'{"events":{}}', b"[]", b"\xff", with_event(webhookEventId=None)])
def test_what_cannot_be_read_is_told(body: bytes) -> None:
    with pytest.raises(BadPayload):
        read_events(body, now=SENT_AT)


def test_one_event_that_cannot_be_read_keeps_back_no_other() -> None:
    body = json.loads(raw("batch"))
    body["events"][0].pop("webhookEventId")
    [left] = read_events(json.dumps(body).encode(), now=SENT_AT)
    assert [each.field for each in left.left_out] == ["events[1].webhookEventId"]


@pytest.mark.parametrize(
    "changes",
    [{"timestamp": "soon"}, {"timestamp": 2**53}, {"replyToken": 5}, {"deliveryContext": 3}, {"mode": None}],
)
def test_what_is_odd_beside_the_words_never_loses_them(changes: dict[str, Any]) -> None:
    [inbound] = read_events(with_event(**changes), now=SENT_AT)
    assert isinstance(inbound.event, Message)
    assert inbound.event.content == Text("新疆包邮吗")


def test_choices_stand_below_as_quick_replies_with_short_labels() -> None:
    long = "长" * 21
    written = write_message(Reply(kind="clarify", text="您是想问：", choices=("运费", long)))
    assert written["quickReply"] == {
        "items": [
            {"type": "action", "action": {"type": "message", "label": "运费", "text": "运费"}},
            {"type": "action", "action": {"type": "message", "label": "长" * 19 + "…", "text": long}},
        ]
    }
