"""Every kind of event that Chatwoot sends an agent bot, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from adapters.chatwoot.payloads import read_event, write_labels, write_summary
from adapters.contract import (
    Author,
    BadPayload,
    ConversationClosed,
    HandedOver,
    Image,
    Inbound,
    Message,
    RatingCreated,
    Text,
    Unsupported,
)

PAYLOADS = Path(__file__).parent / "payloads"
BUYER = Author(id="7", name="小王")


def body(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def read(name: str) -> Inbound:
    found = read_event(body(name), delivery="d-1")
    assert found is not None
    assert found.left_out == ()
    return found


def test_buyer_text() -> None:
    raw = body("buyer_text")
    assert read("buyer_text") == Inbound(
        external_id="101",
        conversation_id="9",
        event=Message(author=BUYER, content=Text("什么时候发货")),
        sent_at=datetime(2026, 11, 22, 2, 0, tzinfo=UTC),
        raw=raw,
    )


def test_buyer_text_old_server() -> None:
    found = read("buyer_text_old_server")
    assert (found.external_id, found.sent_at) == ("102", datetime(2026, 11, 22, 2, 0, tzinfo=UTC))
    assert found.event == Message(author=BUYER, content=Text("什么时候发货"))


def test_buyer_image() -> None:
    picture = Image("https://chatwoot.shop.example/rails/active_storage/blobs/a.png")
    assert read("buyer_image").event == Message(author=BUYER, content=picture)


def test_buyer_voice() -> None:
    assert read("buyer_voice").event == Message(author=BUYER, content=Unsupported("audio"))


def test_buyer_nothing() -> None:
    assert read("buyer_nothing").event == Message(author=BUYER, content=Unsupported("sticker"))


def test_agent_text() -> None:
    staff = Author(kind="staff", id="2", name="客服小李")
    assert read("agent_text").event == Message(author=staff, content=Text("我来看看"))


def test_survey_answered() -> None:
    found = read("survey_answered")
    assert (found.external_id, found.conversation_id) == ("rated:107", "9")
    assert found.event == RatingCreated(score=2, comment="等太久")


def test_resolved() -> None:
    found = read("resolved")
    assert (found.external_id, found.conversation_id, found.event) == ("resolved:d-1", "9", ConversationClosed())


def test_status_changed() -> None:
    assert read("status_changed").event == ConversationClosed()


def test_bot_text() -> None:
    assert read_event(body("bot_text"), delivery="d-1") is None


def test_private_note() -> None:
    assert read_event(body("private_note"), delivery="d-1") is None


def test_greeting() -> None:
    assert read_event(body("greeting"), delivery="d-1") is None


def test_edited() -> None:
    assert read_event(body("edited"), delivery="d-1") is None


def test_opened() -> None:
    assert read_event(body("opened"), delivery="d-1") is None


def test_widget_opened() -> None:
    assert read_event(body("widget_opened"), delivery="d-1") is None


def test_an_end_without_a_deliverys_id_is_known_by_its_bytes() -> None:
    first, again = (read_event(body("resolved"), delivery="") for _ in range(2))
    other = read_event(body("resolved").replace(b"1764468000.5", b"1764468001.5"), delivery="")
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.external_id == again.external_id != other.external_id


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (1764468000, datetime(2025, 11, 30, 2, 0, tzinfo=UTC)),
        (1764468000000, datetime(2025, 11, 30, 2, 0, tzinfo=UTC)),
        ("2026-11-22T10:00:00+08:00", datetime(2026, 11, 22, 2, 0, tzinfo=UTC)),
        ("yesterday", None),
        (1e300, None),
        (None, None),
    ],
)
def test_moments_come_in_many_shapes(given: object, told: datetime | None) -> None:
    event = orjson.loads(body("buyer_text")) | {"created_at": given}
    found = read_event(orjson.dumps(event), delivery="")
    assert found is not None
    assert found.sent_at == told


def test_a_message_that_names_no_conversation_is_refused_in_words() -> None:
    for broken in ({"conversation": None}, {"id": "x"}, {"conversation": {"id": -1}}):
        with pytest.raises(BadPayload):
            read_event(orjson.dumps(orjson.loads(body("buyer_text")) | broken), delivery="")


def test_a_message_of_a_kind_that_is_none_is_nobodys() -> None:
    event = orjson.loads(body("buyer_text")) | {"message_type": {"id": 0}}
    assert read_event(orjson.dumps(event), delivery="") is None


def test_agents_read_why_and_the_last_words_and_labels_are_added() -> None:
    notice = HandedOver(reason_code="asks_person", reason="买家要人工", queue_position=1, summary="转人工", urgent=True)
    assert write_summary(notice) == "买家要人工\n\n转人工"
    assert write_labels(notice, ["vip", "xiaoer-urgent"]) == {"labels": ["vip", "xiaoer-urgent", "xiaoer-asks-person"]}
