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
from adapters.telegram.payloads import read_update, write_message

PAYLOADS = Path(__file__).parent / "payloads"
SENT_AT = datetime(2025, 11, 30, 2, 0, tzinfo=UTC)
BUYER = Author(kind="buyer", id="5000000001", name="小王 同学")


def raw(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def content(name: str) -> object:
    inbound, reply = read_update(raw(name))
    assert inbound is not None
    assert (inbound.conversation_id, inbound.left_out, reply) == ("5000000001", (), None)
    assert isinstance(inbound.event, Message)
    assert inbound.event.author == BUYER
    return inbound.event.content


def with_message(**changes: object) -> bytes:
    update = json.loads(raw("text"))
    update["message"] |= changes
    return json.dumps(update).encode()


def test_text() -> None:
    inbound, _ = read_update(raw("text"))
    assert inbound == Inbound(
        external_id="700000001",
        conversation_id="5000000001",
        event=Message(author=BUYER, content=Text("新疆包邮吗")),
        sent_at=SENT_AT,
        raw=raw("text"),
    )


def test_start() -> None:
    inbound, _ = read_update(raw("start"))
    assert inbound is not None
    assert inbound.event == ConversationOpened(buyer=BUYER)


def test_photo() -> None:
    assert content("photo") == Image("", media="large-photo-example")


def test_voice() -> None:
    assert content("voice") == Unsupported("voice")


def test_video() -> None:
    assert content("video") == Unsupported("video")


def test_sticker() -> None:
    assert content("sticker") == Unsupported("sticker")


def test_location() -> None:
    assert content("location") == Unsupported("location")


def test_document() -> None:
    assert content("document") == Unsupported("document")


def test_contact() -> None:
    assert content("contact") == Unsupported("contact")


def test_new_kind() -> None:
    assert content("new_kind") == Unsupported("message")


def test_edited_text() -> None:
    assert content("edited_text") == Text("西藏包邮吗")
    inbound, _ = read_update(raw("edited_text"))
    assert inbound is not None
    assert inbound.sent_at == SENT_AT.replace(minute=1)


def test_click() -> None:
    inbound, reply = read_update(raw("click"))
    assert inbound is not None
    assert inbound.event == Message(author=BUYER, content=Text("发货时间"))
    assert inbound.conversation_id == "5000000001"
    assert reply is not None
    answered = {"method": "answerCallbackQuery", "callback_query_id": "77000000000000001"}
    assert json.loads(reply.body) == answered


def test_group_text() -> None:
    assert read_update(raw("group_text")) == (None, None)


def test_poll_answer() -> None:
    assert read_update(raw("poll_answer")) == (None, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{}", "update_id"),
        (b'{"update_id":"7"}', "update_id"),
        (b'{"update_id":7,"message":[]}', "message"),
        (b'{"update_id":7,"message":{"text":"x"}}', "message.chat"),
        (with_message(chat={"type": "private"}), "message.chat.id"),
        (b"[]", "body"),
    ],
)
def test_what_cannot_be_read_is_told(body: bytes, field: str) -> None:
    with pytest.raises(BadPayload) as refusal:
        read_update(body)
    assert [each.field for each in refusal.value.problems] == [field]


@pytest.mark.parametrize(
    "changes",
    [
        {"photo": []},
        {"photo": ["x"]},
        {"photo": [{"file_id": 5}]},
        {"photo": {}},
        {"from": 7},
        {"date": "soon"},
        {"from": {"first_name": 3}},
    ],
)
def test_what_is_odd_beside_the_words_never_loses_them(changes: dict[str, Any]) -> None:
    inbound, _ = read_update(with_message(**changes))
    assert inbound is not None
    assert isinstance(inbound.event, Message)
    assert inbound.event.content == Text("新疆包邮吗")


def test_a_choice_has_a_button_for_each_title_and_a_number_where_the_title_is_too_long() -> None:
    long = "长" * 22
    written = write_message(Reply(kind="clarify", text="您是想问：", choices=("运费", long)), chat="5")
    assert written == {
        "chat_id": "5",
        "text": "您是想问：",
        "reply_markup": {
            "inline_keyboard": [
                [{"text": "运费", "callback_data": "运费"}],
                [{"text": long, "callback_data": "2"}],
            ]
        },
    }
