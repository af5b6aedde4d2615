"""A Messenger channel: Meta's signature judged by pywa, requests as Meta's reference has them, each error's outcome."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pywa.utils import webhook_updates_validator

from adapters.contract import (
    BadSettings,
    BadSignature,
    Media,
    Outbound,
    OwnReply,
    PictureAddresses,
    Refused,
    Reply,
    Request,
    Returned,
    Sent,
    TextLimit,
    TryLater,
    Unknown,
    Wire,
)
from adapters.http import open_session
from adapters.messenger.adapter import MessengerAdapter
from tests.fakes import MORNING
from tests.recorder import Reaction, Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

PAYLOADS = Path(__file__).parent / "payloads"
PAGE = "200000000000000"
SECRET, TOKEN, VERIFY = "app-example-secret", "access-example", "verify-example"
SETTINGS = {"page_id": PAGE, "access_token": TOKEN, "app_secret": SECRET, "verify_token": VERIFY}
SEND = f"/{PAGE}/messages"


@pytest.fixture
def meta() -> Iterator[Recorder]:
    with Recorder(usually={"recipient_id": "b", "message_id": "m_ours"}) as recorder:
        yield recorder


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with open_session() as session:
        yield Wire(session=session)


def channel(**settings: object) -> MessengerAdapter:
    return MessengerAdapter.configure(channel="page", settings=SETTINGS | settings)


def calling(recorder: Recorder) -> MessengerAdapter:
    return channel(api_url=recorder.url, allow_private_api_url=True)


async def say(adapter: MessengerAdapter, wire: Wire, **reply: Any) -> object:
    content = Reply(**{"kind": "answer", "text": '好的 😀 "亲"'} | reply)
    outbound = Outbound(reply_id="r-1", conversation_id="buyer-1", created_at=MORNING, content=content)
    return await adapter.send(wire=wire, outbound=outbound, now=MORNING)


def signed(body: bytes, secret: str = SECRET) -> Request:
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Request(headers={"x-hub-signature-256": signature}, body=body)


def test_all_that_is_wrong_is_said_at_once_and_no_secret_is_shown() -> None:
    with pytest.raises(BadSettings) as refusal:
        MessengerAdapter.configure(channel="page", settings={"x": 1})
    assert [each.field for each in refusal.value.problems] == ["x", *SETTINGS]
    assert [each for each in (SECRET, TOKEN, VERIFY) if each in repr(channel())] == []


def test_instagram_takes_shorter_texts_and_is_known_by_its_address_or_said_to_be_it() -> None:
    own, proxy = "https://graph.instagram.com/v26.0", "https://proxy.shop.example"
    for instagram in (channel(api_url=own), channel(api_url=proxy, account="instagram")):
        assert instagram.capabilities.longest_text == TextLimit(at_most=1_000, unit="bytes")
    for page in (channel(), channel(api_url=proxy), channel(account="page")):
        assert page.capabilities.longest_text == TextLimit(at_most=2_000)
    with pytest.raises(BadSettings) as refusal:
        channel(account="threads")
    assert [each.field for each in refusal.value.problems] == ["account"]


def test_the_handshake_gives_back_what_it_was_asked() -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
    assert channel().receive(Request(method="GET", query=query), now=MORNING).reply == OwnReply(body=b"1158201444")
    with pytest.raises(BadSignature):
        channel().receive(Request(method="GET", query=query | {"hub.verify_token": "x"}), now=MORNING)


@pytest.mark.parametrize("name", sorted(path.stem for path in PAYLOADS.iterdir()))
def test_what_pywa_takes_we_take_and_what_it_refuses_we_refuse(name: str) -> None:
    good = signed((PAYLOADS / f"{name}.json").read_bytes())
    changed = Request(headers=good.headers, body=good.body.replace(b"page", b"Page").replace(b"insta", b"Insta"))
    for request in (good, changed, signed(good.body, "another")):
        if webhook_updates_validator(SECRET, request.body, request.headers["x-hub-signature-256"]):
            channel().receive(request, now=MORNING)
        else:
            with pytest.raises(BadSignature):
                channel().receive(request, now=MORNING)


async def test_a_picture_leaves_as_metas_reference_has_it(meta: Recorder, wire: Wire) -> None:
    content = Reply(kind="staff", text="", picture="kept")
    shown = Outbound(
        reply_id="r-1",
        conversation_id="buyer-1",
        created_at=MORNING,
        content=content,
        picture=Media(body=b"\xff\xd8\xff-jpeg", content_type="image/jpeg"),
    )
    assert await calling(meta).send(wire=wire, outbound=shown, now=MORNING) == Sent("m_ours")
    [call] = meta.to(SEND)
    form = call.form
    assert form.pop("filedata") == b"\xff\xd8\xff-jpeg"
    assert json.loads(form.pop("recipient")) == {"id": "buyer-1"}
    assert json.loads(form.pop("message")) == {"attachment": {"type": "image", "payload": {}}}
    assert form == {"messaging_type": b"RESPONSE"}
    assert channel().capabilities.fetches_pictures_within is None


async def test_instagram_is_told_where_a_picture_lies(meta: Recorder, wire: Wire) -> None:
    """As Meta's reference has it, and as Chatwoot sends it (app/services/instagram/base_send_service.rb)."""
    instagram = channel(api_url=meta.url, allow_private_api_url=True, account="instagram")
    assert instagram.capabilities.fetches_pictures_within is not None
    where = "https://shop.example/pictures/name/ticket"
    shown = Outbound(
        reply_id="r-1",
        conversation_id="buyer-1",
        created_at=MORNING,
        content=Reply(kind="staff", text="", picture="kept"),
        picture_addresses=PictureAddresses(whole=where, preview=f"{where}/preview"),
    )
    assert await instagram.send(wire=wire, outbound=shown, now=MORNING) == Sent("m_ours")
    [call] = meta.to(SEND)
    assert call.json == {
        "recipient": {"id": "buyer-1"},
        "messaging_type": "RESPONSE",
        "message": {"attachment": {"type": "image", "payload": {"url": where}}},
    }


async def test_a_text_leaves_as_metas_reference_has_it(meta: Recorder, wire: Wire) -> None:
    assert await say(calling(meta), wire) == Sent("m_ours")
    [call] = meta.to(SEND)
    assert (call.method, call.headers["authorization"]) == ("POST", f"Bearer {TOKEN}")
    assert call.json == {
        "recipient": {"id": "buyer-1"},
        "messaging_type": "RESPONSE",
        "message": {"text": '好的 😀 "亲"'},
    }
    assert "好的 😀".encode() in call.body


async def test_reading_is_shown_and_then_typing(meta: Recorder, wire: Wire) -> None:
    await calling(meta).show_reading(wire=wire, conversation_id="buyer-1", message_id="m", now=MORNING)
    assert [call.json["sender_action"] for call in meta.to(SEND)] == ["mark_seen", "typing_on"]


def error(code: int, subcode: int | None = None) -> bytes:
    return json.dumps({"error": {"message": "words", "code": code, "error_subcode": subcode}}).encode()


@pytest.mark.parametrize(
    ("status", "body", "outcome", "fault"),
    [
        (400, error(10, 2018278), Refused("Meta 2018278: words"), "window_over"),
        (400, error(551), Refused("Meta 551: words"), "blocked_by_buyer"),
        (400, error(613), TryLater("Meta 613: words"), "too_fast"),
        (403, error(200), Refused("Meta 200: words"), "no_permission"),
        (429, b"", TryLater("Meta answered 429"), "too_fast"),
        (500, error(1200), Unknown("Meta answered 500: words"), "platform_trouble"),
        (200, b"{}", Sent(), None),
    ],
)
async def test_each_answer_has_its_outcome(
    *, meta: Recorder, wire: Wire, status: int, body: bytes, outcome: object, fault: str | None
) -> None:
    meta.answers(SEND, Reaction(status=status, body=body))
    said = await say(calling(meta), wire)
    assert (said, getattr(said, "fault", None)) == (outcome, fault)


async def test_a_notice_is_for_nobody_here(meta: Recorder, wire: Wire) -> None:
    outbound = Outbound(reply_id="r", conversation_id="1", created_at=MORNING, content=Returned())
    assert await calling(meta).send(wire=wire, outbound=outbound, now=MORNING) == Sent()
    assert meta.calls == []


async def test_looking_says_whose_the_page_is(meta: Recorder, wire: Wire) -> None:
    meta.answers(f"/{PAGE}", {"name": "小满"}, Reaction(status=401, body=error(190)))
    [found] = await calling(meta).check(session=wire.session, webhook_url="", now=MORNING)
    assert (found.verdict, "小满" in found.said) == ("well", True)
    [found] = await calling(meta).check(session=wire.session, webhook_url="", now=MORNING)
    assert found.verdict == "wrong"
