"""A Chatwoot channel: its door, its requests compared with chatwoot-sdk's, and each answer's outcome."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from chatwoot import ChatwootClient

from adapters.chatwoot.adapter import ChatwootAdapter
from adapters.contract import (
    BadPayload,
    BadSettings,
    BadSignature,
    HandedOver,
    Media,
    Outbound,
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
from tests.fakes import MORNING
from tests.recorder import Reaction, Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from adapters.contract import SendOutcome

PAYLOADS = Path(__file__).parent / "payloads"
SECRET, TOKEN, PATH_SECRET = "of-the-bots-page", "bot-example", "a-path-part-that-nobody-guesses"
SETTINGS = {
    "api_url": "https://chatwoot.shop.example",
    "account_id": 1,
    "access_token": TOKEN,
    "webhook_secret": SECRET,
}
TALK = "/api/v1/accounts/1/conversations/9"
HOOK = "https://bot.shop.example/webhooks/cw"
PICTURE = Media(body=b"\xff\xd8\xff-jpeg", content_type="image/jpeg")
NOTICE = HandedOver(reason_code="asks_person", reason="买家要人工", queue_position=1, summary="转人工")


@pytest.fixture
def chatwoot() -> Iterator[Recorder]:
    message = {"id": 55, "content": "hi", "message_type": 1, "created_at": 1, "private": False, "conversation_id": 9}
    with Recorder(usually=message) as recorder:
        recorder.answers(f"{TALK}/labels", {"payload": ["vip"]})
        recorder.answers(f"{TALK}/toggle_status", {"success": True, "current_status": "open", "conversation_id": 9})
        yield recorder


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with open_session() as session:
        yield Wire(session=session)


def adapter(**settings: object) -> ChatwootAdapter:
    return ChatwootAdapter.configure(channel="cw", settings={**SETTINGS, **settings})


def calling(recorder: Recorder, **settings: object) -> ChatwootAdapter:
    return adapter(api_url=recorder.url, allow_private_api_url=True, **settings)


async def send(to: ChatwootAdapter, wire: Wire, content: Reply | HandedOver | Returned) -> SendOutcome:
    outbound = Outbound(reply_id="r-1", conversation_id="9", created_at=MORNING, content=content)
    return await to.send(wire=wire, outbound=outbound, now=MORNING)


async def show(to: ChatwootAdapter, wire: Wire) -> SendOutcome:
    content = Reply(kind="staff", text="", picture="kept-here")
    outbound = Outbound(reply_id="r-1", conversation_id="9", created_at=MORNING, content=content, picture=PICTURE)
    return await to.send(wire=wire, outbound=outbound, now=MORNING)


def signed(body: bytes, *, seconds: int | None = None, secret: str = SECRET) -> dict[str, str]:
    at = str(int(MORNING.timestamp()) if seconds is None else seconds)
    digest = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"x-chatwoot-timestamp": at, "x-chatwoot-signature": f"sha256={digest}", "x-chatwoot-delivery": "d-1"}


def body(name: str = "buyer_text") -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


# The door


def test_the_published_signature_is_taken() -> None:
    channel, raw = adapter(webhook_secret="secret"), b'{"event":"message_created"}'
    headers = {
        "x-chatwoot-timestamp": "1700000000",
        "x-chatwoot-signature": "sha256=4fbf414139098588cc31e819ccebf960699d147368b51572e7657c1332d9c962",
    }
    at = MORNING.fromtimestamp(1700000000, MORNING.tzinfo)
    with pytest.raises(BadPayload, match="conversation"):  # past the door: the vector's body names no message
        channel.receive(Request(headers=headers, body=raw), now=at)


def test_a_signed_event_comes_in_and_a_bent_one_does_not() -> None:
    raw = body()
    (inbound,) = adapter().receive(Request(headers=signed(raw), body=raw), now=MORNING).events
    assert inbound.external_id == "101"
    now = int(MORNING.timestamp())
    for headers in (
        {},
        signed(raw, secret="another"),
        signed(raw + b" "),
        signed(raw, seconds=now - 301),
        signed(raw, seconds=now + 301),
        signed(raw) | {"x-chatwoot-signature": "sha256=ä\udcff"},
    ):
        with pytest.raises(BadSignature):
            adapter().receive(Request(headers=headers, body=raw), now=MORNING)
    for seconds in (now - 299, now + 299):
        assert adapter().receive(Request(headers=signed(raw, seconds=seconds), body=raw), now=MORNING).events


def test_an_old_server_proves_itself_by_the_address() -> None:
    old = ChatwootAdapter.configure(
        channel="cw",
        settings={k: v for k, v in SETTINGS.items() if k != "webhook_secret"} | {"path_secret": PATH_SECRET},
    )
    assert old.receive(Request(path=f"/webhooks/cw/{PATH_SECRET}", body=body()), now=MORNING).events
    for path in ("/webhooks/cw", "/webhooks/cw/guessed", f"/webhooks/cw/{PATH_SECRET}/x"):
        with pytest.raises(BadSignature, match="path_secret"):
            old.receive(Request(path=path, body=body()), now=MORNING)


def test_another_accounts_event_is_not_ours() -> None:
    raw = body()
    with pytest.raises(BadSignature, match="account 1"):
        adapter(account_id=2).receive(Request(headers=signed(raw), body=raw), now=MORNING)


# What goes out


async def test_our_requests_are_those_of_the_sdk(chatwoot: Recorder, wire: Wire) -> None:
    ours = calling(chatwoot)
    assert await send(ours, wire, Reply(kind="answer", text='好的 😀 "亲"')) == Sent("55")
    assert await send(ours, wire, NOTICE) == Sent("55")
    mine = [(*call.said, call.headers["api_access_token"]) for call in chatwoot.calls]
    chatwoot.calls.clear()
    with ChatwootClient(base_url=chatwoot.url, api_token=TOKEN) as theirs:
        theirs.messages.create(1, 9, content='好的 😀 "亲"')
        theirs.conversations.toggle_status(account_id=1, conversation_id=9, status="open")
        theirs.messages.create(1, 9, content="买家要人工\n\n转人工", private=True)
        theirs.conversations.labels.list(1, 9)
        theirs.conversations.labels.add(1, 9, ["vip", "xiaoer-asks-person"])
    assert mine == [(*call.said, call.headers["api_access_token"]) for call in chatwoot.calls]


async def test_a_picture_leaves_as_chatwoots_reference_has_it(chatwoot: Recorder, wire: Wire) -> None:
    """chatwoot-sdk sends no files: by httpx, which it calls with, goes the form that Chatwoot's OpenAPI describes."""
    assert await show(calling(chatwoot), wire) == Sent("55")
    form = {"message_type": "outgoing", "private": "false"}
    files = {"attachments[]": ("picture.jpeg", PICTURE.body, PICTURE.content_type)}
    login = {"api_access_token": TOKEN}
    async with httpx.AsyncClient(base_url=chatwoot.url, headers=login) as theirs:
        await theirs.post(f"{TALK}/messages", data=form, files=files)
    ours, reference = chatwoot.calls
    assert (ours.method, ours.path, ours.query) == (reference.method, reference.path, reference.query)
    assert ours.headers["api_access_token"] == reference.headers["api_access_token"] == TOKEN
    assert ours.form == reference.form == {**_as_bytes(form), "attachments[]": PICTURE.body}
    assert ours.files == reference.files == {"attachments[]": ("picture.jpeg", "image/jpeg")}


async def test_a_returned_conversation_is_pending_again_and_an_advert_opens_none(
    chatwoot: Recorder, wire: Wire
) -> None:
    ours = calling(chatwoot)
    assert await send(ours, wire, Returned()) == Sent()
    assert [(call.path, call.json) for call in chatwoot.calls] == [(f"{TALK}/toggle_status", {"status": "pending"})]
    chatwoot.calls.clear()
    await send(ours, wire, HandedOver(reason_code="report_advertisement", reason="广告", queue_position=0))
    assert [call.path for call in chatwoot.calls] == [f"{TALK}/messages", f"{TALK}/labels", f"{TALK}/labels"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(429, TryLater), (401, Refused), (404, Refused), (413, Refused), (422, Refused), (500, Unknown), (302, Unknown)],
)
async def test_each_answer_has_its_outcome(status: int, outcome: type[object], chatwoot: Recorder, wire: Wire) -> None:
    chatwoot.answers(f"{TALK}/messages", Reaction(body=b'{"error":"no"}', status=status))
    for told in (
        await send(calling(chatwoot), wire, Reply(kind="answer", text="好")),
        await show(calling(chatwoot), wire),
    ):
        assert isinstance(told, outcome)
        assert TOKEN not in str(told)


async def test_a_hand_over_is_noted_once_whatever_opening_and_labelling_do(chatwoot: Recorder, wire: Wire) -> None:
    ours = calling(chatwoot)
    chatwoot.answers(f"{TALK}/toggle_status", Reaction(body=b"", status=500), Reaction(body=b"{}"))
    assert isinstance(await send(ours, wire, NOTICE), TryLater), "to open twice is as good as once"
    assert [call.path for call in chatwoot.calls] == [f"{TALK}/toggle_status"]
    refuses = Reaction(body=b'{"error":"Access to this endpoint is not authorized for bots"}', status=401)
    chatwoot.answers(f"{TALK}/labels", refuses)
    assert await send(ours, wire, NOTICE) == Sent("55")
    chatwoot.answers(f"{TALK}/messages", Reaction(body=b"", status=500))
    assert isinstance(await send(ours, wire, NOTICE), Unknown), "a note may be there already"


# Settings and credentials


def test_every_slip_is_told_at_once() -> None:
    with pytest.raises(BadSettings) as bad:
        ChatwootAdapter.configure(
            channel="cw",
            settings={
                "api_url": "http://127.0.0.1",
                "account_id": "one",
                "path_secret": "short",
                "survey": "both",
                "x": 1,
            },
        )
    assert {each.field for each in bad.value.problems} == {
        "api_url",
        "account_id",
        "access_token",
        "path_secret",
        "survey",
        "x",
    }
    assert adapter(survey="chatwoot").capabilities.native_survey
    assert not adapter().capabilities.native_survey
    assert TOKEN not in repr(adapter(admin_token="an-admins"))
    assert "an-admins" not in repr(adapter(admin_token="an-admins"))


async def looks(recorder: Recorder, wire: Wire, **settings: object) -> list[tuple[str, str]]:
    found = await calling(recorder, **settings).check(session=wire.session, webhook_url=HOOK, now=MORNING)
    return [(each.verdict, each.said) for each in found]


async def test_a_check_says_in_words_what_is_wrong(chatwoot: Recorder, wire: Wire) -> None:
    probe = "/api/v1/accounts/1/conversations/0/toggle_status"
    unauthorized, gone = Reaction(body=b"{}", status=401), Reaction(body=b"{}", status=404)
    chatwoot.answers("/api/v1/profile", {"id": 2, "name": "小李"}, unauthorized)
    [(verdict, words)] = await looks(chatwoot, wire)
    assert (verdict, "is a person's" in words) == ("wrong", True)
    chatwoot.answers(probe, unauthorized)
    [(verdict, words)] = await looks(chatwoot, wire)
    assert (verdict, "does not take access_token" in words) == ("wrong", True)
    chatwoot.answers(probe, gone)
    assert [each[0] for each in await looks(chatwoot, wire)] == ["well", "warning"], "nobody may look at the inboxes"
    with_admin = {"admin_token": "an-admins"}
    chatwoot.answers("/api/v1/accounts/1/inboxes", json_of(payload=[inbox(3), inbox(4, csat_survey_enabled=True)]))
    chatwoot.answers("/api/v1/accounts/1/inboxes/3/agent_bot", json_of(agent_bot={}))
    chatwoot.answers("/api/v1/accounts/1/inboxes/4/agent_bot", json_of(agent_bot={}))
    found = await looks(chatwoot, wire, **with_admin)
    assert [each[0] for each in found] == ["well", "wrong"]
    assert HOOK in found[1][1]
    connected = json_of(agent_bot={"id": 4, "outgoing_url": f"{HOOK}/{PATH_SECRET}"})
    chatwoot.answers("/api/v1/accounts/1/inboxes/3/agent_bot", connected)
    chatwoot.answers("/api/v1/accounts/1/inboxes/4/agent_bot", connected)
    assert [each[0] for each in await looks(chatwoot, wire, **with_admin)] == ["well", "warning"]
    others = inbox(3, greeting_enabled=True, working_hours_enabled=True, out_of_office_message="我们下班了")
    chatwoot.answers("/api/v1/accounts/1/inboxes", json_of(payload=[others]))
    told = " ".join(said for _, said in await looks(chatwoot, wire, survey="chatwoot", **with_admin))
    assert "its greeting" in told
    assert "outside business hours" in told
    assert "nobody asks how it went" in told


async def test_a_server_that_is_not_there_is_told_so(wire: Wire) -> None:
    gone = adapter(api_url="http://127.0.0.1:1", allow_private_api_url=True)
    (finding,) = await gone.check(session=wire.session, webhook_url=HOOK, now=MORNING)
    assert "no connection to 127.0.0.1" in finding.said


def inbox(number: int, **settings: object) -> dict[str, object]:
    usual = {"greeting_enabled": False, "working_hours_enabled": False, "csat_survey_enabled": False}
    return {"id": number, "name": f"收件箱{number}", **usual, **settings}


def _as_bytes(form: dict[str, str]) -> dict[str, bytes]:
    return {name: value.encode() for name, value in form.items()}


def json_of(**value: Any) -> Reaction:
    return Reaction(body=json.dumps(value).encode())
