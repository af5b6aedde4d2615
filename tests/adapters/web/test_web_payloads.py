"""One test for each recorded payload, named like it; then everything that a visitor can get wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.contract import (
    Author,
    BadPayload,
    Inbound,
    Message,
    ProductCard,
    Surroundings,
    Text,
)
from adapters.web.payloads import read_inbound

PAYLOADS = Path(__file__).parent / "payloads"
VISITOR = "Zm9vYmFyLXZpc2l0b3ItZXhhbXBsZS0wMQ"


def recorded(name: str, *, try_out: bool = False) -> Inbound:
    return read_inbound((PAYLOADS / f"{name}.json").read_bytes(), try_out=try_out)


def message(inbound: Inbound) -> Message:
    assert isinstance(inbound.event, Message)
    return inbound.event


def typed(**changes: Any) -> bytes:
    """The recorded question with fields changed; None takes one away."""
    return json.dumps(json.loads((PAYLOADS / "typed_question.json").read_bytes()) | changes).encode()


def problems(body: bytes) -> dict[str, str]:
    with pytest.raises(BadPayload) as refusal:
        read_inbound(body, try_out=True)
    return {each.field: each.problem for each in refusal.value.problems}


def test_typed_question() -> None:
    assert recorded("typed_question") == Inbound(
        external_id=f"{VISITOR}:3b1f7c4e-0001",
        conversation_id=VISITOR,
        event=Message(author=Author(kind="buyer", id=VISITOR), content=Text("新疆包邮吗")),
        raw=(PAYLOADS / "typed_question.json").read_bytes(),
    )


def test_product_card() -> None:
    assert message(recorded("product_card")).content == ProductCard("tea-250g", "明前龙井 250克")


def test_numbered_choice() -> None:
    assert message(recorded("numbered_choice")).content == Text("2")


def test_try_out_question() -> None:
    assert message(recorded("try_out_question", try_out=True)).surroundings == Surroundings(
        product_id="tea-250g",
        order_status="paid",
        region="新疆",
        pretend_at=datetime(2026, 11, 22, 15, 30, tzinfo=UTC),
    )


def test_every_recorded_payload_has_a_test_of_its_name() -> None:
    assert {f"test_{each.stem}" for each in PAYLOADS.glob("*.json")} <= set(globals())


def test_a_visitor_of_the_shop_cannot_pretend_another_time() -> None:
    around = message(recorded("try_out_question", try_out=False)).surroundings

    assert around.pretend_at is None
    assert around.region == "新疆"
    assert read_inbound(typed(surroundings={"pretend_at": "soon"}), try_out=False)


def test_two_visitors_may_number_their_messages_alike() -> None:
    other = read_inbound(typed(visitor="b" * 32), try_out=False)

    assert other.external_id != recorded("typed_question").external_id
    assert other.conversation_id == "b" * 32


def test_what_a_visitor_types_is_cleaned_like_any_other_text() -> None:
    inbound = read_inbound(typed(text="包\x00邮\u200b吗\u202e\r\n<b>"), try_out=False)

    assert message(inbound).content == Text("包邮吗\n<b>")
    assert message(read_inbound(typed(text="吗" * 20_001), try_out=False)).content == Text("吗" * 20_000)


def test_all_problems_are_told_at_once_and_in_words() -> None:
    body = typed(
        message_id=5,
        visitor="short",
        surroundings={"product_id": 7, "order_status": "lost", "region": [], "pretend_at": "noon"},
    )

    assert problems(body) == {
        "visitor": "must be 32 to 64 characters out of A-Z, a-z, 0-9, - and _, made at random",
        "message_id": "must be text, not a number; put it in quotes",
        "surroundings.product_id": "must be text, not a number; put it in quotes",
        "surroundings.order_status": "must be one of unpaid, paid, shipped, signed, refunding, closed",
        "surroundings.region": "must be text, not a list",
        "surroundings.pretend_at": "must be a time with its zone in the form 2026-11-22T10:00:00+08:00 (RFC 3339)",
    }


@pytest.mark.parametrize(
    "visitor", ["a" * 31, "a" * 65, "a" * 31 + "/", "a" * 31 + "访", "a" * 32 + "\n", "", None, 5, []]
)
def test_a_visitors_id_is_long_and_plain(visitor: object) -> None:
    assert set(problems(typed(visitor=visitor))) == {"visitor"}


@pytest.mark.parametrize("message_id", ["", None, "m" * 101, "m\x00", 5])
def test_a_message_has_an_id(message_id: object) -> None:
    assert set(problems(typed(message_id=message_id))) == {"message_id"}


@pytest.mark.parametrize(
    "changes", [{"text": None}, {"choice": 1}, {"product": {"product_id": "tea-250g"}}, {"text": None, "choice": None}]
)
def test_a_message_says_exactly_one_thing(changes: dict[str, object]) -> None:
    assert problems(typed(**changes)) == {"text": "give exactly one of text, product, choice, picture"}


@pytest.mark.parametrize("choice", [0, 10, 1.0, "2", True, []])
def test_a_choice_is_a_number_from_1_to_9(choice: object) -> None:
    assert problems(typed(text=None, choice=choice)) == {"choice": "must be a whole number from 1 to 9"}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"text": 5}, {"text"}),
        ({"text": None, "product": {}}, {"product.product_id"}),
        ({"text": None, "product": "tea-250g"}, {"product", "product.product_id"}),
    ],
)
def test_whatever_is_of_the_wrong_kind_is_named(changes: dict[str, object], fields: set[str]) -> None:
    assert set(problems(typed(**changes))) == fields


@pytest.mark.parametrize(
    "surroundings", [[], {"product_id": 7}, {"order_status": "lost"}, {"region": []}, {"pretend_at": "noon"}]
)
def test_surroundings_that_cannot_be_read_are_left_out(surroundings: object) -> None:
    inbound = read_inbound(typed(surroundings=surroundings), try_out=True)

    assert len(inbound.left_out) == 1
    assert message(inbound).surroundings == Surroundings()


@settings(max_examples=200)
@given(body=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(body: bytes) -> None:
    with pytest.raises(BadPayload):
        read_inbound(body, try_out=True)


@settings(max_examples=300)
@given(
    changes=st.dictionaries(
        st.sampled_from(["message_id", "visitor", "text", "product", "choice", "surroundings"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.characters())
        | st.dictionaries(
            st.sampled_from(["product_id", "order_status", "region", "pretend_at", "title"]),
            st.none() | st.integers() | st.text(st.characters()) | st.just("\ud800"),
        ),
    )
)
def test_anything_in_any_place_is_read_or_refused_in_words(changes: dict[str, object]) -> None:
    try:
        inbound = read_inbound(typed(**changes), try_out=True)
    except BadPayload as refusal:
        told = refusal.problems
    else:
        assert inbound.external_id.encode()
        return
    assert all(each.field and each.problem for each in told)
