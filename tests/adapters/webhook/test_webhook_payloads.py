"""One test for each recorded payload, named like it; then everything that can be wrong with one."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.contract import (
    Author,
    BadPayload,
    BadSignature,
    ConversationClosed,
    HandedOver,
    Image,
    Inbound,
    Media,
    Message,
    OrderCard,
    Outbound,
    ProductCard,
    RatingCreated,
    RefundUpdated,
    Reply,
    Request,
    Returned,
    Surroundings,
    Text,
    Unsupported,
)
from adapters.standard_webhooks import sign
from adapters.webhook.adapter import WebhookAdapter
from adapters.webhook.payloads import read_inbound, read_platform_message_id, write_outbound

PAYLOADS = Path(__file__).parent / "payloads"
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def recorded(name: str) -> Inbound:
    return read_inbound((PAYLOADS / f"{name}.json").read_bytes(), webhook_id="msg_1")


def message(inbound: Inbound) -> Message:
    assert isinstance(inbound.event, Message)
    return inbound.event


def full(**changes: Any) -> dict[str, Any]:
    """The recorded message with fields of its `data` changed; None takes one away."""
    envelope: dict[str, Any] = json.loads((PAYLOADS / "buyer_text.json").read_bytes())
    for path, value in changes.items():
        place = envelope["data"]
        *way, last = path.split("__")
        for step in way:
            place = place[step]
        place[last] = value
    return envelope


def read(envelope: object, *, webhook_id: str = "msg_1") -> Inbound:
    return read_inbound(json.dumps(envelope).encode(), webhook_id=webhook_id)


def problems(envelope: object, *, webhook_id: str = "msg_1") -> dict[str, str]:
    with pytest.raises(BadPayload) as refusal:
        read(envelope, webhook_id=webhook_id)
    return {each.field: each.problem for each in refusal.value.problems}


# Recorded


def test_buyer_text() -> None:
    inbound = recorded("buyer_text")

    assert inbound == Inbound(
        external_id="m-1001",
        conversation_id="c-77",
        event=Message(
            author=Author(kind="buyer", id="b-9", name="小王"),
            content=Text("新疆包邮吗"),
            surroundings=Surroundings(page="product", product_id="tea-250g", credit_level=2, orders=0, tags=("新客",)),
        ),
        sent_at=NOW,
        raw=(PAYLOADS / "buyer_text.json").read_bytes(),
    )
    assert inbound.sent_at is not None
    assert inbound.sent_at.tzinfo is UTC


def test_least_text() -> None:
    inbound = recorded("least_text")

    assert (inbound.external_id, inbound.conversation_id, inbound.sent_at) == ("m-1", "c-1", None)
    assert inbound.event == Message(author=Author(), content=Text("在吗"))


def test_picture() -> None:
    assert message(recorded("picture")).content == Image("https://img.shop.example/2026/11/cup.jpg")


def test_product_card() -> None:
    assert message(recorded("product_card")).content == ProductCard("tea-250g", "明前龙井 250克")


def test_order_card() -> None:
    assert message(recorded("order_card")).content == OrderCard("o-55", "shipped", "明前龙井 250克 × 2")


def test_voice() -> None:
    assert message(recorded("voice")).content == Unsupported("voice")


def test_staff_text() -> None:
    assert message(recorded("staff_text")).author == Author(kind="staff", id="s-1", name="客服小李")


def test_system_notice() -> None:
    assert message(recorded("system_notice")).author == Author(kind="system")


def test_closed() -> None:
    inbound = recorded("closed")

    assert (inbound.external_id, inbound.conversation_id) == ("conversation.closed:msg_1", "c-77")
    assert inbound.event == ConversationClosed(closed_by="s-1")
    assert inbound.sent_at == NOW + timedelta(hours=1)


def test_rating() -> None:
    inbound = recorded("rating")

    assert (inbound.external_id, inbound.conversation_id) == ("rating.created:msg_1", "c-77")
    assert inbound.event == RatingCreated(score=5, comment="很快，很耐心")


def test_refund() -> None:
    inbound = recorded("refund")

    assert (inbound.external_id, inbound.conversation_id) == ("refund.updated:msg_1", "")
    assert inbound.event == RefundUpdated(refund_id="rf-8", order_id="o-55", state="waiting_for_shop")


def test_every_recorded_payload_has_a_test_of_its_name() -> None:
    assert {f"test_{each.stem}" for each in PAYLOADS.glob("*.json")} <= set(globals())


# What may be missing or different


def test_fields_nobody_knows_are_ignored() -> None:
    envelope = full(author__vip=True, content__html="<b>x</b>", extra={"deep": [1, 2, 3]})
    envelope["version"] = 7

    assert read(envelope).event == recorded("buyer_text").event


def test_null_counts_as_missing() -> None:
    inbound = read(full(author=None, sent_at=None, came_from=None, buyer=None))

    assert inbound.sent_at is None
    assert inbound.event == Message(author=Author(), content=Text("新疆包邮吗"))


def test_an_order_may_come_without_its_state() -> None:
    assert message(read(full(content={"kind": "order", "order_id": "o-1"}))).content == OrderCard("o-1")


def test_a_refund_may_belong_to_a_conversation() -> None:
    envelope: dict[str, Any] = {"type": "refund.updated", "data": {"refund_id": "rf-1", "conversation_id": "c-5"}}

    assert read(envelope).conversation_id == "c-5"


def test_an_empty_text_is_still_a_message() -> None:
    assert message(read(full(content__text=""))).content == Text("")


def test_a_rating_without_words_is_a_rating() -> None:
    envelope = {"type": "rating.created", "data": {"conversation_id": "c-1", "score": 1}}

    assert read(envelope).event == RatingCreated(score=1)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-11-22T02:00:00Z", NOW),
        ("2026-11-22t02:00:00z", NOW),
        ("2026-11-22 10:00:00+08:00", NOW),
        ("2026-11-22T02:00:00.5Z", NOW + timedelta(milliseconds=500)),
        ("2026-11-22T02:00:00.123456789Z", NOW + timedelta(microseconds=123456)),
        ("2026-11-21T19:00:00-07:00", NOW),
    ],
)
def test_times_are_read_in_any_zone(written: str, utc: datetime) -> None:
    assert read(full(sent_at=written)).sent_at == utc


# What is wrong


def test_all_problems_are_told_at_once_and_in_words() -> None:
    envelope = full(
        message_id=1001,
        conversation_id=" \n",
        author={"kind": "robot", "id": "b" * 201, "name": ["小王"]},
        content={"kind": "order", "order_id": None, "status": "lost"},
        sent_at="yesterday",
        came_from={"page": 3, "product_id": {}},
        buyer={"credit_level": 1.5, "orders": -1, "tags": "新客"},
    )
    envelope["timestamp"] = 1700000000

    assert problems(envelope) == {
        "timestamp": "must be a time with its zone in the form 2026-11-22T10:00:00+08:00 (RFC 3339)",
        "data.message_id": "must be text, not a number; put it in quotes",
        "data.conversation_id": "must be 1 to 200 visible characters, without line breaks",
        "data.author.kind": "must be one of buyer, staff, system; send staff for whoever speaks for the shop, "
        "another bot too, system for a notice of the platform",
        "data.author.id": "must be 1 to 200 visible characters, without line breaks",
        "data.author.name": "must be text, not a list",
        "data.content.order_id": "is missing",
        "data.content.status": "must be one of unpaid, paid, shipped, signed, refunding, closed",
        "data.sent_at": "must be a time with its zone in the form 2026-11-22T10:00:00+08:00 (RFC 3339)",
        "data.came_from.page": "must be text, not a number; put it in quotes",
        "data.came_from.product_id": "must be text, not an object",
        "data.buyer.credit_level": "must be a whole number from 0 to 2147483647",
        "data.buyer.orders": "must be a whole number from 0 to 2147483647",
        "data.buyer.tags": "must be a list of texts",
    }


@pytest.mark.parametrize(
    ("envelope", "fields"),
    [
        ({}, {"type", "data"}),
        ({"type": "message.created"}, {"data"}),
        ({"type": "message.deleted", "data": {}}, {"type"}),
        ({"type": ["message.created"], "data": []}, {"type", "data"}),
        ({"type": "message.created", "data": {}}, {"data.message_id", "data.conversation_id", "data.content"}),
        ({"type": "rating.created", "data": {}}, {"data.score", "data.conversation_id"}),
        ({"type": "conversation.closed", "data": {}}, {"data.conversation_id"}),
        ({"type": "refund.updated", "data": {}}, {"data.refund_id"}),
        (full(content=[]), {"data.content"}),
        (full(content={}), {"data.content.kind"}),
        (full(content={"kind": 5}), {"data.content.kind"}),
        (full(content={"kind": "text"}), {"data.content.text"}),
        (full(content={"kind": "text", "text": None}), {"data.content.text"}),
        (full(content={"kind": "text", "text": True}), {"data.content.text"}),
        (full(author="b-9"), {"data.author"}),
        (full(author__kind="robot"), {"data.author.kind"}),
    ],
)
def test_whatever_is_missing_or_of_the_wrong_kind_is_named(envelope: dict[str, Any], fields: set[str]) -> None:
    assert set(problems(envelope)) == fields


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"author__id": 9}, "data.author.id"),
        ({"author__name": ["小王"]}, "data.author.name"),
        ({"came_from": "product"}, "data.came_from"),
        ({"came_from__page": 3}, "data.came_from.page"),
        ({"came_from__product_id": "a\nb"}, "data.came_from.product_id"),
        ({"buyer": []}, "data.buyer"),
        ({"buyer__credit_level": 1.5}, "data.buyer.credit_level"),
        ({"buyer__tags": ["新客"] * 51}, "data.buyer.tags"),
        ({"buyer__tags": ["新客", 3]}, "data.buyer.tags"),
        ({"buyer__orders": True}, "data.buyer.orders"),
        ({"buyer__orders": 10**30}, "data.buyer.orders"),
        ({"sent_at": 1700000000}, "data.sent_at"),
    ],
)
@pytest.mark.parametrize("kind", ["buyer", "staff"])
def test_an_optional_field_that_cannot_be_read_is_left_out_and_noted(
    changes: dict[str, Any], field: str, kind: str
) -> None:
    inbound = read(full(author__kind=kind, **changes))

    assert [each.field for each in inbound.left_out] == [field]
    assert (message(inbound).author.kind, message(inbound).content) == (kind, Text("新疆包邮吗"))


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "image"},
        {"kind": "image", "url": 5},
        {"kind": "image", "url": "/uploads/reply.png"},
        {"kind": "image", "url": "https://img.example/a b.png"},
        {"kind": "image", "url": "media-id-77"},
        {"kind": "product"},
        {"kind": "product", "product_id": 5},
        {"kind": "order", "order_id": "a\x00", "status": "lost"},
    ],
)
def test_what_was_said_counts_even_where_its_own_fields_cannot_be_read(content: dict[str, object]) -> None:
    inbound = read(full(author__kind="staff", content=content))

    assert inbound.left_out
    assert message(inbound).author.kind == "staff"
    assert message(inbound).content == Unsupported(str(content["kind"]))


def test_an_unknown_type_hears_which_ones_we_know() -> None:
    assert problems({"type": "message.deleted", "data": {}}) == {
        "type": "must be one of message.created, conversation.closed, rating.created, refund.updated"
    }


@pytest.mark.parametrize("score", [0, 6, 5.0, "5", True, -1, 10**30])
def test_a_score_is_a_whole_number_from_1_to_5(score: object) -> None:
    envelope = {"type": "rating.created", "data": {"conversation_id": "c-1", "score": score}}

    assert problems(envelope) == {"data.score": "must be a whole number from 1 to 5"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("kind", "gift"), ("closed_by", "me"), ("disputed", "no"), ("due_at", "soon"), ("state", 3), ("order_id", 55)],
)
def test_a_refund_is_checked_though_nobody_acts_on_it_yet(name: str, value: object) -> None:
    envelope = {"type": "refund.updated", "data": {"refund_id": "rf-1", name: value}}

    assert [each.field for each in read(envelope).left_out] == [f"data.{name}"]


@pytest.mark.parametrize("webhook_id", ["m" * 151, "a\udcff", "a\x00b"])
def test_an_event_that_can_only_be_known_by_its_webhook_id_needs_a_clean_one(webhook_id: str) -> None:
    envelope = {"type": "conversation.closed", "data": {"conversation_id": "c-1"}}

    assert set(problems(envelope, webhook_id=webhook_id)) == {"webhook-id"}


@pytest.mark.parametrize("bad", ["", "m\x00", "m\n1", "m\u200b1", "\u202em", "m\ud83d", "m" * 201, "\ufeffm"])
def test_an_id_that_cannot_be_told_from_another_is_refused_not_repaired(bad: str) -> None:
    assert set(problems(full(message_id=bad))) == {"data.message_id"}


@pytest.mark.parametrize("good", ["m", "m" * 200, "消息-1", "a b/c?d=#e", "<script>", "🙂"])
def test_any_visible_characters_make_an_id(good: str) -> None:
    assert read(full(message_id=good)).external_id == good


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-22T02:00:00",
        "2026-11-22",
        "2026-02-30T00:00:00Z",
        "2026-11-22T24:00:00Z",
        "20261122T020000Z",
        "2026-W47-7T00:00:00Z",
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59-08:00",
        "２０２６-11-22T02:00:00Z",
        "2026-11-22T02:00:00Z\n",
        "",
    ],
)
def test_a_time_without_a_zone_or_out_of_the_calendar_counts_as_missing(written: str) -> None:
    inbound = read(full(sent_at=written))

    assert inbound.sent_at is None
    assert [each.field for each in inbound.left_out] == ["data.sent_at"]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "//img.shop.example/a.jpg",
        "https://",
        "https://a b",
        "https://a\u202eb",
        'https://x/"onerror="x',
        "https://x/" + "a" * 4096,
        "",
    ],
)
def test_a_picture_whose_address_is_not_safe_to_show_is_not_shown(url: str) -> None:
    inbound = read(full(content={"kind": "image", "url": url}))

    assert message(inbound).content == Unsupported("image")


# What senders get wrong in the bytes


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"7",
        b"{",
        b'{"type": NaN}',
        b'{"type": Infinity}',
        b'{"type": 1e999}',
        b'{"type": "message.created", "data": {"text": "\xff\xfe"}}',
        b'{"type": "\xed\xa0\x80"}',
        b'{"type": "\\ud800", "data": }',
        b"\xef\xbb\xbf{}",
        b"\x00",
        b"[" * 2000 + b"]" * 2000,
        b'{"a":' * 1100 + b"1" + b"}" * 1100,
        "{}".encode("utf-16"),
        b"type=message.created",
    ],
)
def test_what_is_not_one_json_object_in_utf_8_is_told_so(body: bytes) -> None:
    with pytest.raises(BadPayload) as refusal:
        read_inbound(body, webhook_id="msg_1")

    assert [each.field for each in refusal.value.problems] == ["body"]


def test_a_thousand_levels_in_a_field_nobody_reads_are_ignored() -> None:
    body = json.dumps(full()).replace('"data": {', '"data": {"deep": ' + "[" * 1000 + "]" * 1000 + ", ", 1).encode()

    assert read_inbound(body, webhook_id="msg_1").event == recorded("buyer_text").event


def test_a_thousand_levels_in_a_field_we_read_are_a_problem_in_words() -> None:
    body = b'{"type":"message.created","data":{"content":' + b"[" * 1000 + b"]" * 1000 + b"}}"

    with pytest.raises(BadPayload, match=r"data\.content: must be an object, not a list"):
        read_inbound(body, webhook_id="msg_1")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (r"包邮吗\ud83d", "包邮吗\ufffd"),
        (r"包邮吗\ude00\ud83d", "包邮吗\ufffd\ufffd"),
        (r"\uD83D\uDE00包邮吗\uDFFF", "😀包邮吗\ufffd"),
        (r"a\\ud800\ud800", "a\\ud800\ufffd"),
    ],
)
def test_half_an_emoji_costs_the_buyer_only_that(written: str, kept: str) -> None:
    body = json.dumps(full(content__text="HERE")).replace("HERE", written).encode()

    assert message(read_inbound(body, webhook_id="msg_1")).content == Text(kept)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("包\x00邮\x07吗\x7f", "包邮吗"),
        ("包\u200b邮\u2060吗\ufeff", "包邮吗"),
        ("\u202e吗邮包\u202c\u2066!\u2069\u200f", "吗邮包!"),
        ("一\r\n二\r三\u2028四\x0b五", "一\n二\n三\n四\n五"),
        ("a\tb", "a\tb"),
        ("\U000e0041\ue000\ufffe\U0001ffff", "\ue000"),
        ("👨\u200d👩\u200d👧 ❤️\u200d🔥", "👨\u200d👩\u200d👧 ❤️\u200d🔥"),
        ("包\u200d邮", "包邮"),
        ("<script>alert('x')</script>", "<script>alert('x')</script>"),
        ("\u3000全角　空格", "\u3000全角　空格"),
        ("😀😀😀", "😀😀😀"),
    ],
)
def test_unseen_characters_go_and_all_others_stay(sent: str, kept: str) -> None:
    assert message(read(full(content__text=sent))).content == Text(kept)


def test_a_text_of_twenty_thousand_characters_is_kept_whole_and_a_longer_one_is_cut() -> None:
    whole = "包邮吗？" * 5000

    assert message(read(full(content__text=whole))).content == Text(whole)
    assert message(read(full(content__text=whole + "还有"))).content == Text(whole)
    assert message(read(full(content__text="\u200b" * 30_000 + whole + "还有"))).content == Text(whole)


def test_names_and_titles_become_one_short_line() -> None:
    inbound = read(full(author__name=" 小\n王\u202e" + "王" * 300, content={"kind": "voice\x00" + "x" * 90}))

    assert message(inbound).author.name == "小 王" + "王" * 197
    assert message(inbound).content == Unsupported("voice" + "x" * 45)


# Fuzz: whatever is signed, nothing else comes out

ADAPTER = WebhookAdapter.configure(
    channel="tea", settings={"secret": SECRET, "reply_url": "https://shop.example/replies"}
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PLACES = [
    (*way, name)
    for way, names in {
        (): ("type", "timestamp", "data"),
        ("data",): ("message_id", "conversation_id", "author", "content", "sent_at", "came_from", "buyer", "score"),
        ("data", "author"): ("kind", "id", "name"),
        ("data", "content"): ("kind", "text", "url", "product_id", "order_id", "status", "title"),
        ("data", "came_from"): ("page", "product_id"),
        ("data", "buyer"): ("credit_level", "orders", "tags"),
    }.items()
    for name in names
]


def receive_signed(body: bytes) -> Inbound | None:
    headers = sign(secrets=ADAPTER.secrets, webhook_id="msg_1", now=NOW, body=body)
    try:
        return ADAPTER.receive(Request(headers=headers, body=body), now=NOW).events[0]
    except BadPayload as refusal:
        problems = refusal.problems
    assert problems
    assert all(each.problem and each.field for each in problems)
    return None


def assert_clean(inbound: Inbound) -> None:
    """All that leaves the door can be stored on both databases and shown."""
    texts = [inbound.external_id, inbound.conversation_id, *all_texts(asdict(inbound.event))]
    assert all(each.encode() and "\x00" not in each for each in texts if each)
    assert inbound.sent_at is None or inbound.sent_at.tzinfo is UTC


def all_texts(value: object) -> list[str]:
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, tuple):
        return [text for each in value for text in all_texts(each)]
    return [value] if isinstance(value, str) else []


@settings(max_examples=300)
@given(body=st.binary(max_size=300))
@example(body=b'{"type":"\\ud800')
def test_any_bytes_are_read_or_refused_in_words(body: bytes) -> None:
    receive_signed(body)


@settings(max_examples=600)
@given(
    kind=st.sampled_from(["message.created", "conversation.closed", "rating.created", "refund.updated"]), data=st.data()
)
def test_a_message_with_anything_in_any_place_is_read_or_refused_in_words(kind: str, data: st.DataObject) -> None:
    envelope = full()
    envelope["type"] = kind
    for way in data.draw(st.lists(st.sampled_from(PLACES), max_size=3)):
        place: Any = envelope
        for step in way[:-1]:
            place = place.get(step) if isinstance(place, dict) else None
        if isinstance(place, dict):
            place[way[-1]] = data.draw(ANY_JSON)
    inbound = receive_signed(json.dumps(envelope).encode())

    if inbound is not None:
        assert_clean(inbound)


@settings(max_examples=200)
@given(
    body=st.binary(max_size=50),
    headers=st.dictionaries(
        st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]),
        st.text(st.characters()) | st.just("1795312800") | st.just("v1,\udcff"),
    ),
)
def test_any_headers_that_are_not_a_signature_are_refused(body: bytes, headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        ADAPTER.receive(Request(headers=headers, body=body), now=NOW)


# Out


def outbound(content: Reply | HandedOver | Returned) -> Outbound:
    return Outbound(reply_id="r-5f", conversation_id="c-77", created_at=NOW + timedelta(seconds=1), content=content)


def test_a_reply_is_written_as_the_contract_has_it() -> None:
    reply = Reply(
        kind="answer",
        text="亲，新疆满199元包邮，不满需补15元邮费哦。",
        in_reply_to=("m-1001",),
        entry="postage-remote",
        confidence=0.970011,
    )

    assert json.loads(write_outbound(outbound(reply))) == {
        "type": "reply.created",
        "timestamp": "2026-11-22T02:00:01Z",
        "data": {
            "reply_id": "r-5f",
            "conversation_id": "c-77",
            "in_reply_to": ["m-1001"],
            "kind": "answer",
            "part": 1,
            "parts": 1,
            "content": {"kind": "text", "text": "亲，新疆满199元包邮，不满需补15元邮费哦。"},
            "entry": "postage-remote",
            "confidence": 0.97,
        },
    }


def test_a_persons_picture_goes_whole_and_a_card_beside_its_words() -> None:
    picture = Media(body=b"\xff\xd8\xff-jpeg", content_type="image/jpeg")
    shown = replace(outbound(Reply(kind="staff", text="", picture="kept")), picture=picture)
    assert json.loads(write_outbound(shown))["data"]["content"] == {
        "kind": "image",
        "content_type": "image/jpeg",
        "data": "/9j/LWpwZWc=",
    }
    card = json.loads(write_outbound(outbound(Reply(kind="staff", text="500毫升保温杯", card="product:cup-500"))))[
        "data"
    ]
    assert (card["content"]["text"], card["card"]) == ("500毫升保温杯", {"kind": "product", "id": "cup-500"})


def test_the_bots_own_lines_have_no_entry() -> None:
    data = json.loads(write_outbound(outbound(Reply(kind="welcome", text="欢迎", part=1, parts=2))))["data"]

    assert (data["entry"], data["confidence"], data["in_reply_to"], data["parts"]) == (None, None, [], 2)


def test_the_same_thing_is_the_same_bytes_in_any_zone_and_precision() -> None:
    shanghai = timezone(timedelta(hours=8))
    reply = Reply(kind="answer", text="好的", confidence=0.123456789)
    stored = Outbound(
        reply_id="r-5f",
        conversation_id="c-77",
        created_at=(NOW + timedelta(seconds=1, microseconds=999_999)).astimezone(shanghai),
        content=reply,
    )

    assert write_outbound(stored) == write_outbound(outbound(reply))


def test_a_hand_over_is_announced_with_its_deadline() -> None:
    notice = HandedOver(
        reason_code="no_match",
        reason="手册里没有能回答的",
        queue_position=2,
        reply_by=NOW,
        summary="问电压",
        group="售前",
        assignee="小李",
    )

    assert json.loads(write_outbound(outbound(notice))) == {
        "type": "conversation.handed_over",
        "timestamp": "2026-11-22T02:00:01Z",
        "data": {
            "conversation_id": "c-77",
            "reason_code": "no_match",
            "reason": "手册里没有能回答的",
            "group": "售前",
            "assignee": "小李",
            "queue_position": 2,
            "reply_by": "2026-11-22T02:00:00Z",
            "summary": "问电压",
        },
    }


def test_an_urgent_hand_over_says_so_and_may_have_no_deadline() -> None:
    data = json.loads(
        write_outbound(outbound(HandedOver(reason_code="asked", reason="买家要找人工", queue_position=1, urgent=True)))
    )["data"]

    assert data["urgent"] is True
    assert data["reply_by"] is None


def test_a_return_says_only_where() -> None:
    assert json.loads(write_outbound(outbound(Returned()))) == {
        "type": "conversation.returned",
        "timestamp": "2026-11-22T02:00:01Z",
        "data": {"conversation_id": "c-77"},
    }


@pytest.mark.parametrize(
    ("body", "message_id"),
    [
        (b'{"message_id": "p-1"}', "p-1"),
        (b'{"message_id": 1}', None),
        (b'{"message_id": ""}', None),
        (b'{"message_id": "p\\u0000"}', None),
        (b"{}", None),
        (b"[]", None),
        (b"ok", None),
        (b"", None),
    ],
)
def test_the_receivers_id_is_kept_when_it_is_one(body: bytes, message_id: str | None) -> None:
    assert read_platform_message_id(body) == message_id
