"""A WhatsApp channel: signatures and requests as pywa makes them, and each error's outcome."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pywa.client import WhatsApp
from pywa.types.callback import Button, Section, SectionList, SectionRow
from pywa.types.templates import TemplateLanguage
from pywa.utils import webhook_updates_validator

from adapters.contract import (
    BadSettings,
    BadSignature,
    Media,
    Outbound,
    OwnReply,
    Refused,
    Reply,
    Request,
    Returned,
    Sent,
    TryLater,
    Unknown,
    Wire,
)
from adapters.http import open_session
from adapters.whatsapp.adapter import WhatsappAdapter
from tests.fakes import MORNING
from tests.recorder import Reaction, Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.recorder import Call

PAYLOADS = Path(__file__).parent / "payloads"
NUMBER = "100000000000000"
SECRET, TOKEN, VERIFY = "app-example-secret", "access-example", "verify-example"
SETTINGS = {"phone_number_id": NUMBER, "access_token": TOKEN, "app_secret": SECRET, "verify_token": VERIFY}
SEND = f"/{NUMBER}/messages"
TAKEN = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": "1", "wa_id": "1"}],
    "messages": [{"id": "wamid.ours"}],
    "success": True,
}


@pytest.fixture
def meta() -> Iterator[Recorder]:
    with Recorder(usually=TAKEN) as recorder:
        yield recorder


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with open_session() as session:
        yield Wire(session=session)


@pytest.fixture
def sdk(meta: Recorder) -> Iterator[WhatsApp]:
    client = WhatsApp(phone_id=NUMBER, token=TOKEN)
    session = client.api._session  # noqa: SLF001 - it offers no other way to another address
    session.base_url = meta.url
    yield client
    session.close()


def calling(recorder: Recorder, **settings: object) -> WhatsappAdapter:
    given = SETTINGS | {"api_url": recorder.url, "allow_private_api_url": True} | settings
    return WhatsappAdapter.configure(channel="wa", settings=given)


async def say(adapter: WhatsappAdapter, wire: Wire, **reply: Any) -> object:
    content = Reply(**{"kind": "answer", "text": '好的 😀 "亲"'} | reply)
    outbound = Outbound(reply_id="r-1", conversation_id="8600000000001", created_at=MORNING, content=content)
    return await adapter.send(wire=wire, outbound=outbound, now=MORNING)


def signed(body: bytes, secret: str = SECRET) -> Request:
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Request(headers={"x-hub-signature-256": signature}, body=body)


def said(call: Call) -> tuple[object, ...]:
    return call.method, call.path, call.headers["authorization"], call.json


# Settings and door


def test_all_that_is_wrong_is_said_at_once_and_no_secret_is_shown() -> None:
    with pytest.raises(BadSettings) as refusal:
        WhatsappAdapter.configure(channel="wa", settings={"x": 1})
    assert [each.field for each in refusal.value.problems] == ["x", *SETTINGS]
    shown = repr(WhatsappAdapter.configure(channel="wa", settings=SETTINGS))
    assert [each for each in (SECRET, TOKEN, VERIFY) if each in shown] == []


def test_the_handshake_gives_back_what_it_was_asked() -> None:
    adapter = WhatsappAdapter.configure(channel="wa", settings=SETTINGS)
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
    assert adapter.receive(Request(method="GET", query=query), now=MORNING).reply == OwnReply(body=b"1158201444")
    for wrong in ({"hub.verify_token": "x"}, {"hub.mode": "x"}, {"hub.verify_token": "\ud800"}):
        with pytest.raises(BadSignature):
            adapter.receive(Request(method="GET", query=query | wrong), now=MORNING)


def test_the_published_vector_is_signed_alike() -> None:
    request = signed(b'{"object":"page"}', "appsecret")
    signature = "sha256=b38a2f589e8e63c7fc3318ee5fad162aa1c05bd62cb1ec87c9a61641619505e2"
    assert request.headers["x-hub-signature-256"] == signature
    assert webhook_updates_validator("appsecret", request.body, signature)


@pytest.mark.parametrize("name", sorted(path.stem for path in PAYLOADS.iterdir()))
def test_what_pywa_takes_we_take_and_what_it_refuses_we_refuse(name: str) -> None:
    adapter = WhatsappAdapter.configure(channel="wa", settings=SETTINGS)
    good = signed((PAYLOADS / f"{name}.json").read_bytes())
    changed = Request(headers=good.headers, body=good.body.replace(b"wa", b"WA"))
    for request in (good, changed, signed(good.body, "another"), Request(headers={"x-hub-signature-256": "\udcff"})):
        signature = request.headers["x-hub-signature-256"].encode("utf-8", "replace").decode()
        if webhook_updates_validator(SECRET, request.body, signature):
            adapter.receive(request, now=MORNING)
        else:
            with pytest.raises(BadSignature):
                adapter.receive(request, now=MORNING)


# Out: the same as pywa says


async def test_a_text_leaves_as_pywa_sends_it(meta: Recorder, wire: Wire, sdk: WhatsApp) -> None:
    assert await say(calling(meta), wire) == Sent("wamid.ours")
    sdk.send_message("8600000000001", '好的 😀 "亲"')
    ours, theirs = meta.to(SEND)
    assert said(ours) == said(theirs)
    assert "好的 😀".encode() in ours.body


async def test_a_picture_leaves_as_pywa_sends_it(meta: Recorder, wire: Wire, sdk: WhatsApp) -> None:
    meta.answers(f"/{NUMBER}/media", {"id": "media-1"}, {"id": "media-1"}, Reaction(status=502, body=b""))
    shown = Outbound(
        reply_id="r-1",
        conversation_id="8600000000001",
        created_at=MORNING,
        content=Reply(kind="staff", text="", picture="kept"),
        picture=Media(body=b"\xff\xd8\xff-jpeg", content_type="image/jpeg"),
    )
    assert await calling(meta).send(wire=wire, outbound=shown, now=MORNING) == Sent("wamid.ours")
    sdk.send_image("8600000000001", b"\xff\xd8\xff-jpeg", mime_type="image/jpeg")

    ours, theirs = meta.to(f"/{NUMBER}/media")
    assert ours.form == theirs.form
    ours, theirs = meta.to(SEND)
    assert said(ours) == said(theirs)
    assert isinstance(await calling(meta).send(wire=wire, outbound=shown, now=MORNING), TryLater)
    assert len(meta.to(SEND)) == 2


async def test_three_choices_leave_as_pywa_sends_buttons(meta: Recorder, wire: Wire, sdk: WhatsApp) -> None:
    titles = ("运费", "发货", "退货")
    await say(calling(meta), wire, text="哪一个？", choices=titles)
    sdk.send_message("8600000000001", "哪一个？", buttons=[Button(title=each, callback_data=each) for each in titles])
    ours, theirs = meta.to(SEND)
    assert said(ours) == said(theirs)


async def test_four_choices_leave_as_pywa_sends_a_list(meta: Recorder, wire: Wire, sdk: WhatsApp) -> None:
    titles = ("运费", "发货", "退货", "发票")
    await say(calling(meta), wire, text="哪一个？", choices=titles)
    rows = [SectionRow(title=each, callback_data=each) for each in titles]
    sections = SectionList(button_title="请选择", sections=[Section(title="请选择", rows=rows)])
    sdk.send_message("8600000000001", "哪一个？", buttons=sections)
    ours, theirs = meta.to(SEND)
    assert said(ours) == said(theirs)


async def test_typing_leaves_as_pywa_shows_it(meta: Recorder, wire: Wire, sdk: WhatsApp) -> None:
    await calling(meta).show_reading(wire=wire, conversation_id="1", message_id="wamid.A", now=MORNING)
    sdk.indicate_typing("wamid.A")
    ours, theirs = meta.to(SEND)
    assert said(ours) == said(theirs)


async def test_an_invite_leaves_as_the_named_template(meta: Recorder, wire: Wire, sdk: WhatsApp) -> None:
    adapter = calling(meta, invite_template="rate_us")
    assert adapter.capabilities.invites_any_time
    assert not calling(meta).capabilities.invites_any_time
    await say(adapter, wire, kind="invite")
    sdk.send_template("8600000000001", name="rate_us", language=TemplateLanguage.CHINESE_CHN, params=[])
    ours, theirs = meta.to(SEND)
    assert said(ours) == said(theirs)


# Out: what becomes of it


def error(code: int, message: str = "words", **more: object) -> bytes:
    return json.dumps({"error": {"message": message, "code": code, **more}}).encode()


@pytest.mark.parametrize(
    ("status", "body", "outcome", "fault"),
    [
        (400, error(131047), Refused("Meta 131047: words"), "window_over"),
        (400, error(131026), Refused("Meta 131026: words"), "no_such_buyer"),
        (400, error(131056), TryLater("Meta 131056: words"), "too_fast"),
        (400, error(130429), TryLater("Meta 130429: words"), "too_fast"),
        (400, error(5), Refused("Meta answered 400: words"), "unknown_refusal"),
        (429, b"", TryLater("Meta answered 429"), "too_fast"),
        (500, error(2), Unknown("Meta answered 500: words"), "platform_trouble"),
        (200, b"<html>", Sent(), None),
    ],
)
async def test_each_answer_has_its_outcome(
    *, meta: Recorder, wire: Wire, status: int, body: bytes, outcome: object, fault: str | None
) -> None:
    meta.answers(SEND, Reaction(status=status, body=body))
    said = await say(calling(meta), wire)
    assert (said, getattr(said, "fault", None)) == (outcome, fault)


async def test_an_expired_token_is_told_in_words_and_not_shown(meta: Recorder, wire: Wire) -> None:
    meta.answers(SEND, Reaction(status=401, body=error(190, "Session has expired")))
    outcome = await say(calling(meta), wire)
    assert isinstance(outcome, Refused)
    assert outcome.fault == "wrong_credentials"
    assert TOKEN not in outcome.reason


async def test_a_notice_is_for_nobody_here(meta: Recorder, wire: Wire) -> None:
    outbound = Outbound(reply_id="r", conversation_id="1", created_at=MORNING, content=Returned())
    assert await calling(meta).send(wire=wire, outbound=outbound, now=MORNING) == Sent()
    assert meta.calls == []


# Pictures, and looking


async def test_a_picture_is_asked_for_and_fetched_from_where_meta_says(meta: Recorder, wire: Wire) -> None:
    body = b"\xff\xd8\xff..."
    meta.answers("/media-example", {"url": f"{meta.url}/lookaside"}, {}, Reaction(status=404, body=b""))
    meta.answers("/lookaside", Reaction(body=body, content_type="image/jpeg"))
    asked = [await calling(meta).read_media(wire=wire, media="media-example", now=MORNING) for _ in range(3)]
    assert asked[0] == Media(body=body, content_type="image/jpeg")
    assert [type(each) for each in asked[1:]] == [Refused, Refused]
    assert meta.to("/lookaside")[0].headers["authorization"] == f"Bearer {TOKEN}"


async def test_looking_says_whose_the_number_is(meta: Recorder, wire: Wire) -> None:
    meta.answers(f"/{NUMBER}", {"verified_name": "小满"}, Reaction(status=401, body=error(190)))
    adapter = calling(meta)
    [found] = await adapter.check(session=wire.session, webhook_url="", now=MORNING)
    assert (found.verdict, "小满" in found.said) == ("well", True)
    [found] = await adapter.check(session=wire.session, webhook_url="", now=MORNING)
    assert found.verdict == "wrong"
