"""One test for each recorded payload, named like it; then what can be wrong with one, and what we write."""

from __future__ import annotations

import json
from datetime import UTC, datetime
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
    Text,
    Unsupported,
)
from adapters.messenger.payloads import read_events, write_message

PAYLOADS = Path(__file__).parent / "payloads"
PAGE = "200000000000000"
SENT_AT = datetime(2025, 11, 30, 2, 0, tzinfo=UTC)
BUYER = Author(kind="buyer", id="buyer-example-1")


def raw(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def events(name: str) -> tuple[Inbound, ...]:
    return read_events(raw(name), page_id=PAGE)


def event(name: str) -> object:
    [inbound] = events(name)
    assert (inbound.conversation_id, inbound.left_out, inbound.sent_at) == (BUYER.id, (), SENT_AT)
    return inbound.event


def content(name: str) -> object:
    message = event(name)
    assert isinstance(message, Message)
    assert message.author == BUYER
    return message.content


def with_item(**changes: object) -> bytes:
    body = json.loads(raw("text"))
    body["entry"][0]["messaging"][0] |= changes
    return json.dumps(body).encode()


def test_text() -> None:
    assert content("text") == Text("新疆包邮吗")
    assert events("text")[0].external_id == "m_example-1"


def test_instagram_text() -> None:
    assert content("instagram_text") == Text("新疆包邮吗")


def test_image() -> None:
    assert content("image") == Image("https://img.shop.example/1.jpg")


def test_sticker() -> None:
    assert content("sticker") == Unsupported("sticker")


def test_audio() -> None:
    assert content("audio") == Unsupported("audio")


def test_story_mention() -> None:
    assert content("story_mention") == Unsupported("story_mention")


def test_unsupported() -> None:
    assert content("unsupported") == Unsupported("message")


def test_quick_reply() -> None:
    assert content("quick_reply") == Text("运费是多少，新疆西藏也包邮吗")


def test_postback() -> None:
    assert content("postback") == Text("发货时间")
    assert events("postback")[0].external_id == "m_example-p"


def test_get_started() -> None:
    assert event("get_started") == ConversationOpened(buyer=BUYER)


def test_referral() -> None:
    assert event("referral") == ConversationOpened(buyer=BUYER)
    assert events("referral")[0].external_id == "1764468000000:buyer-example-1"


def test_echo() -> None:
    assert event("echo") == Message(author=Author(kind="staff"), content=Text("同事来答您"))


def test_deleted() -> None:
    assert events("deleted") == ()


def test_read() -> None:
    assert events("read") == ()


def test_delivery() -> None:
    assert events("delivery") == ()


def test_reaction() -> None:
    assert events("reaction") == ()


def test_standby() -> None:
    assert events("standby") == ()


def test_another_page() -> None:
    assert events("another_page") == ()


def test_batch() -> None:
    said = [each.event.content for each in events("batch") if isinstance(each.event, Message)]
    assert said == [Text("第一句"), Text("第二句")]


@pytest.mark.parametrize("body", [b"{}", b'{"entry":{}}', b"[]", b"\xff", with_item(sender=None)])
def test_what_cannot_be_read_is_told(body: bytes) -> None:
    with pytest.raises(BadPayload):
        read_events(body, page_id=PAGE)


@pytest.mark.parametrize("changes", [{"timestamp": "soon"}, {"timestamp": 2**53}, {"recipient": 5}])
def test_what_is_odd_beside_the_words_never_loses_them(changes: dict[str, Any]) -> None:
    [inbound] = read_events(with_item(**changes), page_id=PAGE)
    assert isinstance(inbound.event, Message)
    assert inbound.event.content == Text("新疆包邮吗")


def test_choices_stand_below_as_quick_replies_that_bring_the_whole_title_back() -> None:
    long = "长" * 21
    written = write_message(Reply(kind="clarify", text="您是想问：", choices=("运费", long)), buyer="1")
    assert written == {
        "recipient": {"id": "1"},
        "messaging_type": "RESPONSE",
        "message": {
            "text": "您是想问：",
            "quick_replies": [
                {"content_type": "text", "title": "运费", "payload": "运费"},
                {"content_type": "text", "title": "长" * 19 + "…", "payload": long},
            ],
        },
    }
