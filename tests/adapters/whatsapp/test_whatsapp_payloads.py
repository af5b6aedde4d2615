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
    Image,
    Inbound,
    Message,
    ProductCard,
    Reply,
    ReplyFailed,
    Text,
    Unsupported,
)
from adapters.whatsapp.payloads import read_events, write_message

PAYLOADS = Path(__file__).parent / "payloads"
NUMBER = "100000000000000"
SENT_AT = datetime(2025, 11, 30, 2, 0, tzinfo=UTC)
BUYER = Author(kind="buyer", id="8600000000001", name="小王")


def raw(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def events(name: str) -> tuple[Inbound, ...]:
    return read_events(raw(name), phone_number_id=NUMBER)


def content(name: str) -> object:
    [inbound] = events(name)
    assert (inbound.conversation_id, inbound.left_out, inbound.sent_at) == (BUYER.id, (), SENT_AT)
    assert isinstance(inbound.event, Message)
    assert inbound.event.author == BUYER
    return inbound.event.content


def with_message(**changes: object) -> bytes:
    body = json.loads(raw("text"))
    message = body["entry"][0]["changes"][0]["value"]["messages"][0]
    message |= changes
    return json.dumps(body).encode()


def test_text() -> None:
    [inbound] = events("text")
    assert inbound.external_id == "wamid.example-1"
    assert content("text") == Text("新疆包邮吗")
    assert json.loads(inbound.raw) == json.loads(raw("text"))["entry"][0]["changes"][0]["value"]["messages"][0]


def test_image() -> None:
    assert content("image") == Image("", media="media-example")


def test_audio() -> None:
    assert content("audio") == Unsupported("audio")


def test_video() -> None:
    assert content("video") == Unsupported("video")


def test_document() -> None:
    assert content("document") == Unsupported("document")


def test_sticker() -> None:
    assert content("sticker") == Unsupported("sticker")


def test_location() -> None:
    assert content("location") == Unsupported("location")


def test_contacts() -> None:
    assert content("contacts") == Unsupported("contacts")


def test_button_reply() -> None:
    assert content("button_reply") == Text("发货时间")


def test_list_reply() -> None:
    assert content("list_reply") == Text("运费是多少")


def test_template_button() -> None:
    assert content("template_button") == Text("5")


def test_cart_of_one() -> None:
    assert content("cart_of_one") == ProductCard("cup-1")


def test_cart_of_two() -> None:
    assert content("cart_of_two") == Unsupported("order")


def test_unsupported() -> None:
    assert content("unsupported") == Unsupported("unsupported")


def test_reaction() -> None:
    assert events("reaction") == ()


def test_statuses() -> None:
    assert events("statuses") == ()


def test_failed() -> None:
    [inbound] = events("failed")
    assert (inbound.external_id, inbound.conversation_id) == ("failed:wamid.ours", BUYER.id)
    assert inbound.event == ReplyFailed(platform_message_id="wamid.ours", reason="Meta 131026: Message undeliverable")
    assert inbound.event.fault == "no_such_buyer"


def test_another_number() -> None:
    assert events("another_number") == ()


def test_batch() -> None:
    said = [each.event.content for each in events("batch") if isinstance(each.event, Message)]
    assert said == [Text("第一句"), Text("第二句"), Text("第三句")]


def test_template_status() -> None:
    assert events("template_status") == ()


@pytest.mark.parametrize(
    "body", [b"{}", b'{"entry":{}}', b"[]", b"\xff", with_message(id=None), with_message(**{"from": 5})]
)
def test_what_cannot_be_read_is_told(body: bytes) -> None:
    with pytest.raises(BadPayload):
        read_events(body, phone_number_id=NUMBER)


@pytest.mark.parametrize("changes", [{"timestamp": 5}, {"timestamp": "9" * 13}, {"timestamp": "999999999999"}])
def test_what_is_odd_beside_the_words_never_loses_them(changes: dict[str, Any]) -> None:
    [inbound] = read_events(with_message(**changes), phone_number_id=NUMBER)
    assert isinstance(inbound.event, Message)
    assert inbound.event.content == Text("新疆包邮吗")
    assert inbound.sent_at is None


@pytest.mark.parametrize(
    ("kind", "given", "becomes"),
    [
        ("image", {}, Unsupported("image")),
        ("interactive", {}, Unsupported("interactive")),
        ("interactive", {"interactive": {"type": "nfm_reply", "nfm_reply": {}}}, Unsupported("interactive")),
        ("order", {}, Unsupported("order")),
        (None, {}, Unsupported("message")),
    ],
)
def test_a_kind_without_its_own_fields_goes_to_a_person(kind: object, given: dict[str, Any], becomes: object) -> None:
    [inbound] = read_events(with_message(type=kind, text=None, **given), phone_number_id=NUMBER)
    assert isinstance(inbound.event, Message)
    assert inbound.event.content == becomes


def test_many_choices_are_a_list_and_those_that_cannot_be_told_apart_stay_words() -> None:
    titles = tuple(f"第{number}个" for number in range(1, 12))
    four = write_message(Reply(kind="clarify", text="哪个？", choices=titles[:4]), buyer="1")
    assert four["interactive"]["type"] == "list"  # type: ignore[index]  # a JSON value
    for choices, text in (
        (titles, "哪个？"),
        (("长" * 30, "长" * 31), "哪个？"),
        (titles[:2], "长" * 1_025),
        ((), "好"),
    ):
        assert write_message(Reply(kind="clarify", text=text, choices=choices), buyer="1")["type"] == "text"
