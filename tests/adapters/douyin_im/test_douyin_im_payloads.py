"""One test for each recorded payload, named like it; then everything that can be wrong with one, and what we write."""

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
from adapters.douyin_im.payloads import account_of, read_challenge, read_inbound, write_text

PAYLOADS = Path(__file__).parent / "payloads"
SENT_AT = datetime(2025, 11, 30, 2, 0, tzinfo=UTC)
TALK = "dy-shop-1|dy-talk-1|dy-buyer-1"
WANG = Author(kind="buyer", id="dy-buyer-1", name="小王")


def document(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_bytes())
    return read


def recorded(name: str) -> Inbound | None:
    return read_inbound(document(name), message_id="delivery-1", raw=b"")


def event(name: str, *, own_id: str = "") -> object:
    inbound = recorded(name)
    assert inbound is not None
    assert inbound.left_out == ()
    assert (inbound.external_id, inbound.conversation_id) == (own_id or f"dy-msg-{name}", TALK)
    assert inbound.sent_at == SENT_AT
    return inbound.event


def content(name: str) -> object:
    message = event(name)
    assert isinstance(message, Message)
    assert message.author == WANG
    return message.content


def problems(changed: dict[str, Any], *, message_id: str = "delivery-1") -> list[str]:
    with pytest.raises(BadPayload) as refusal:
        read_inbound(changed, message_id=message_id, raw=b"")
    return [each.field for each in refusal.value.problems]


# Recorded


def test_challenge() -> None:
    answer = read_challenge(document("challenge"))

    assert answer == b'{"challenge":12345}'
    assert recorded("challenge") is None
    assert read_challenge(document("text")) is None


def test_text() -> None:
    assert content("text") == Text("新疆包邮吗")


def test_content_as_text() -> None:
    assert content("content_as_text") == Text("新疆包邮吗")


def test_local_image() -> None:
    assert content("local_image") == Image("https://img.douyin.example/cup")


def test_image() -> None:
    assert content("image") == Image("https://img.douyin.example/tea")


def test_local_video() -> None:
    assert content("local_video") == Unsupported("user_local_video")


def test_video() -> None:
    assert content("video") == Unsupported("video")


def test_emoji() -> None:
    assert content("emoji") == Unsupported("emoji")


def test_consult_card() -> None:
    assert content("consult_card") == Unsupported("retain_consult_card")


def test_other() -> None:
    assert content("other") == Unsupported("other")


def test_shop_wrote() -> None:
    author = Author(kind="staff", id="", name="小王")
    assert event("shop_wrote") == Message(author=author, content=Text("亲，满99元包邮哦"))


def test_came_in() -> None:
    reference = ReplyReference(value="dy-msg-came_in", until=SENT_AT + timedelta(seconds=30))
    assert event("came_in") == ConversationOpened(buyer=Author(id="dy-buyer-1"), reply_reference=reference)


def test_taken_back() -> None:
    notice = Message(author=Author(kind="system"), content=Unsupported("im_recall_msg"))
    assert event("taken_back", own_id="im_recall_msg:delivery-1") == notice


def test_was_read() -> None:
    assert recorded("was_read") is None


def test_authorized() -> None:
    assert recorded("authorized") is None


# What can be wrong


def test_what_is_missing_is_named() -> None:
    text = document("text")
    bare = text | {"from_user_id": None, "content": text["content"] | {"text": None, "server_message_id": 7}}

    assert problems(bare) == ["from_user_id", "content.text", "content.server_message_id"]
    assert problems(document("taken_back"), message_id="") == ["content.server_message_id"]
    assert problems(text | {"to_user_id": "shop|1"}) == ["to_user_id"]
    assert problems(text | {"content": "{"}) == ["body"]
    assert problems(text | {"content": 7}) == ["content"]


def test_a_picture_that_cannot_be_shown_goes_to_a_person() -> None:
    image = document("image")
    changed = image | {"content": image["content"] | {"resource_url": "javascript:alert(1)"}}
    inbound = read_inbound(changed, message_id="", raw=b"")
    assert inbound is not None
    assert isinstance(inbound.event, Message)
    assert inbound.event.content == Unsupported("image")


# Out


def test_an_answer_names_the_message_that_it_answers() -> None:
    body = write_text(Reply(kind="answer", text="好的 😀", in_reply_to=("dy-msg-1", "dy-msg-2")), conversation_id=TALK)

    assert body == {
        "msg_id": "dy-msg-2",
        "conversation_id": "dy-talk-1",
        "to_user_id": "dy-buyer-1",
        "scene": "im_reply_msg",
        "content": {"msg_type": 1, "text": {"text": "好的 😀"}},
    }
    assert account_of(TALK) == "dy-shop-1"


def test_a_welcome_names_the_coming_in() -> None:
    reference = ReplyReference(value="dy-msg-came_in")
    body = write_text(Reply(kind="welcome", text="您好", reply_reference=reference), conversation_id=TALK)

    assert (body["msg_id"], body["scene"]) == ("dy-msg-came_in", "im_enter_direct_msg")


def test_what_answers_nothing_names_nothing() -> None:
    assert write_text(Reply(kind="invite", text="请打分"), conversation_id=TALK)["msg_id"] == ""
