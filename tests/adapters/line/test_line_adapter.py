"""A LINE channel: signatures as LINE's own library makes them, requests as it sends them, each answer's outcome."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from linebot.v3.messaging import (
    ApiClient,
    Configuration,
    ImageMessage,
    MessageAction,
    MessagingApi,
    PushMessageRequest,
    QuickReply,
    QuickReplyItem,
    ReplyMessageRequest,
    SetWebhookEndpointRequest,
    ShowLoadingAnimationRequest,
    TextMessage,
)
from linebot.v3.webhook import SignatureValidator, WebhookParser

from adapters.contract import (
    BadSettings,
    BadSignature,
    Media,
    Message,
    NoMedia,
    Outbound,
    PictureAddresses,
    Refused,
    Reply,
    ReplyReference,
    Request,
    Returned,
    Sent,
    Text,
    TryLater,
    Unknown,
    Wire,
)
from adapters.http import open_session
from adapters.line.adapter import ENDPOINT, PUSH, REPLY, LineAdapter
from tests.fakes import MORNING
from tests.recorder import Reaction, Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.recorder import Call

PAYLOADS = Path(__file__).parent / "payloads"
SECRET, TOKEN = "line-example-secret", "line-example-token"
SETTINGS = {"channel_secret": SECRET, "channel_access_token": TOKEN}
WHOLE = "https://shop.example/pictures/name/ticket"
HOOK = "https://shop.example/webhooks/line"
LATER = MORNING + timedelta(minutes=2)
TAKEN = {"sentMessages": [{"id": "461230966842064897", "quoteToken": "q"}]}
LAPSED = Reaction(status=400, body=b'{"message":"Invalid reply token"}')


@pytest.fixture
def line() -> Iterator[Recorder]:
    with Recorder(usually=TAKEN) as recorder:
        yield recorder


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with open_session() as session:
        yield Wire(session=session)


@pytest.fixture
def sdk(line: Recorder) -> Iterator[MessagingApi]:
    with ApiClient(Configuration(host=line.url, access_token=TOKEN)) as client:
        yield MessagingApi(client)


def calling(recorder: Recorder) -> LineAdapter:
    settings = SETTINGS | {"api_url": recorder.url, "allow_private_api_url": True}
    return LineAdapter.configure(channel="line", settings=settings)


async def say(adapter: LineAdapter, wire: Wire, *, is_repeat: bool = False, late: bool = False, **reply: Any) -> object:
    content = Reply(**{"kind": "answer", "text": '好的 😀 "亲"'} | reply)
    outbound = Outbound(reply_id="r-1", conversation_id="U-1", created_at=MORNING, content=content, is_repeat=is_repeat)
    return await adapter.send(wire=wire, outbound=outbound, now=LATER if late else MORNING)


def token(value: str = "reply-example") -> ReplyReference:
    return ReplyReference(value=value, until=MORNING + timedelta(seconds=50))


def signed(body: bytes, secret: str = SECRET) -> Request:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return Request(headers={"x-line-signature": base64.b64encode(digest).decode()}, body=body)


def said(call: Call) -> tuple[object, ...]:
    kept = {name: call.headers[name] for name in ("authorization", "x-line-retry-key") if name in call.headers}
    return call.method, call.path, kept, call.json


# Settings and door


def test_all_that_is_wrong_is_said_at_once_and_no_secret_is_shown() -> None:
    with pytest.raises(BadSettings) as refusal:
        LineAdapter.configure(channel="line", settings={"x": 1})
    assert [each.field for each in refusal.value.problems] == ["x", "channel_secret", "channel_access_token"]
    shown = repr(LineAdapter.configure(channel="line", settings=SETTINGS))
    assert [each for each in SETTINGS.values() if each in shown] == []


@pytest.mark.parametrize("name", sorted(path.stem for path in PAYLOADS.iterdir()))
def test_what_lines_own_library_takes_we_take_and_read_the_same_words(name: str) -> None:
    body = (PAYLOADS / f"{name}.json").read_bytes()
    request = signed(body)
    signature = request.headers["x-line-signature"]
    assert SignatureValidator(SECRET).validate(body.decode(), signature)
    ours = LineAdapter.configure(channel="line", settings=SETTINGS).receive(request, now=MORNING).events
    if name in {"text", "batch"}:
        theirs = WebhookParser(SECRET).parse(body.decode(), signature)
        words = [each.message.text for each in theirs if each.type == "message"]
        assert [each.event.content for each in ours if isinstance(each.event, Message)] == list(map(Text, words))


def test_a_changed_bit_another_secret_and_no_signature_are_turned_away() -> None:
    body = (PAYLOADS / "text.json").read_bytes()
    adapter = LineAdapter.configure(channel="line", settings=SETTINGS)
    changed = body.replace("新".encode(), "旧".encode())
    good = signed(body)
    for request in (
        Request(headers=good.headers, body=changed),
        signed(body, "another"),
        Request(body=body),
        Request(headers={"x-line-signature": "\udcff"}, body=body),
    ):
        with pytest.raises(BadSignature):
            adapter.receive(request, now=MORNING)


# Out: the same as LINE's own library says


async def test_a_reply_leaves_as_lines_own_library_sends_it(line: Recorder, wire: Wire, sdk: MessagingApi) -> None:
    assert await say(calling(line), wire, reply_reference=token()) == Sent("461230966842064897")
    message = TextMessage(text='好的 😀 "亲"')
    sdk.reply_message(ReplyMessageRequest(reply_token="reply-example", messages=[message]))
    ours, theirs = line.to(REPLY)
    wanted = theirs.json | {}
    wanted.pop("notificationDisabled", None)
    assert (ours.method, ours.path, ours.json) == (theirs.method, theirs.path, wanted)
    assert ours.headers["authorization"] == theirs.headers["authorization"]


async def test_a_push_with_choices_leaves_as_lines_own_library_sends_it(
    line: Recorder, wire: Wire, sdk: MessagingApi
) -> None:
    assert await say(calling(line), wire, choices=("运费", "发货")) == Sent("461230966842064897")
    [ours] = line.to(PUSH)
    items = [QuickReplyItem(action=MessageAction(label=text, text=text)) for text in ("运费", "发货")]
    message = TextMessage(text='好的 😀 "亲"', quickReply=QuickReply(items=items))
    sdk.push_message(
        PushMessageRequest(to="U-1", messages=[message]), x_line_retry_key=ours.headers["x-line-retry-key"]
    )
    theirs = line.to(PUSH)[1]
    theirs_json = theirs.json | {}
    theirs_json.pop("notificationDisabled", None)
    assert said(ours)[:3] == said(theirs)[:3]
    assert ours.json == theirs_json


async def test_loading_and_connecting_leave_as_lines_own_library_says_them(
    line: Recorder, wire: Wire, sdk: MessagingApi
) -> None:
    adapter = calling(line)
    await adapter.show_reading(wire=wire, conversation_id="U-1", message_id="1", now=MORNING)
    await adapter.connect(session=wire.session, webhook_url=HOOK, now=MORNING)
    sdk.show_loading_animation(ShowLoadingAnimationRequest(chatId="U-1", loadingSeconds=5))
    sdk.set_webhook_endpoint(SetWebhookEndpointRequest(endpoint=HOOK))
    for path in ("/v2/bot/chat/loading/start", ENDPOINT):
        ours, theirs = line.to(path)
        assert said(ours) == said(theirs)


# Out: the reply token is taken once, the push key drops a second copy


async def test_a_token_that_is_too_old_is_not_tried(line: Recorder, wire: Wire) -> None:
    assert await say(calling(line), wire, late=True, reply_reference=token()) == Sent("461230966842064897")
    assert [call.path for call in line.calls] == [PUSH]


async def test_a_token_that_line_has_let_lapse_is_followed_by_a_push(line: Recorder, wire: Wire) -> None:
    line.answers(REPLY, LAPSED)
    assert await say(calling(line), wire, reply_reference=token()) == Sent("461230966842064897")
    assert [call.path for call in line.calls] == [REPLY, PUSH]


async def test_a_reply_that_may_have_arrived_is_never_pushed_as_well(line: Recorder, wire: Wire) -> None:
    line.answers(REPLY, Reaction(status=500, body=b""), LAPSED)
    adapter = calling(line)
    assert await say(adapter, wire, reply_reference=token()) == Unknown("LINE answered 500")
    again = await say(adapter, wire, is_repeat=True, late=True, reply_reference=token())
    assert again == Unknown("LINE does not say whether it took the first copy", ends_here=True)
    assert [call.path for call in line.calls] == [REPLY, REPLY]


async def test_a_push_is_repeated_under_its_key_and_taken_once(line: Recorder, wire: Wire) -> None:
    line.answers(PUSH, Reaction(status=500, body=b""), Reaction(status=409, body=b'{"sentMessages":[{"id":"9"}]}'))
    adapter = calling(line)
    assert await say(adapter, wire) == Unknown("LINE answered 500")
    assert await say(adapter, wire, is_repeat=True) == Sent("9")
    first, second = line.to(PUSH)
    assert first.headers["x-line-retry-key"] == second.headers["x-line-retry-key"]


@pytest.mark.parametrize(
    ("status", "message", "outcome"),
    [
        (429, "Too many requests", TryLater("LINE answered 429: Too many requests", None)),
        (400, "The property is invalid", Refused("LINE answered 400: The property is invalid")),
        (404, "", Refused("LINE answered 404")),
        (503, "", Unknown("LINE answered 503")),
    ],
)
async def test_each_answer_has_its_outcome(
    line: Recorder, wire: Wire, status: int, message: str, outcome: object
) -> None:
    line.answers(PUSH, Reaction(status=status, body=f'{{"message":"{message}"}}'.encode()))
    assert await say(calling(line), wire) == outcome


@pytest.mark.parametrize(
    ("status", "message", "fault"),
    [
        (429, "You have reached your monthly limit.", "allowance_used"),
        (401, "Authentication failed", "wrong_credentials"),
        (403, "Access denied", "no_permission"),
        (400, "Something new", "unknown_refusal"),
    ],
)
async def test_what_is_refused_says_what_to_do(
    line: Recorder, wire: Wire, status: int, message: str, fault: str
) -> None:
    line.answers(PUSH, Reaction(status=status, body=f'{{"message":"{message}"}}'.encode()))
    outcome = await say(calling(line), wire)
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.fault) == (f"LINE answered {status}: {message}", fault)


async def test_a_notice_is_for_nobody_here(line: Recorder, wire: Wire) -> None:
    outbound = Outbound(reply_id="r", conversation_id="U-1", created_at=MORNING, content=Returned())
    assert await calling(line).send(wire=wire, outbound=outbound, now=MORNING) == Sent()
    assert line.calls == []


async def test_a_picture_leaves_as_lines_own_library_sends_it(line: Recorder, wire: Wire, sdk: MessagingApi) -> None:
    adapter = calling(line)
    lasts = adapter.capabilities.fetches_pictures_within
    assert lasts is not None
    assert lasts >= timedelta(days=7), "LINE fetches it when the buyer looks"
    for reference in (None, token()):
        content = Reply(kind="staff", text="", picture="kept", reply_reference=reference)
        shown = Outbound(
            reply_id="r-1",
            conversation_id="U-1",
            created_at=MORNING,
            content=content,
            picture_addresses=PictureAddresses(whole=WHOLE, preview=f"{WHOLE}/preview"),
        )
        assert await adapter.send(wire=wire, outbound=shown, now=MORNING) == Sent("461230966842064897")
        assert WHOLE not in repr(shown)
    message = ImageMessage(originalContentUrl=WHOLE, previewImageUrl=f"{WHOLE}/preview")
    [pushed], [replied] = line.to(PUSH), line.to(REPLY)
    key = pushed.headers["x-line-retry-key"]
    sdk.push_message(PushMessageRequest(to="U-1", messages=[message]), x_line_retry_key=key)
    sdk.reply_message(ReplyMessageRequest(reply_token="reply-example", messages=[message]))
    for ours, theirs in ((pushed, line.to(PUSH)[1]), (replied, line.to(REPLY)[1])):
        wanted = theirs.json | {}
        wanted.pop("notificationDisabled", None)
        assert (ours.method, ours.path, ours.json) == (theirs.method, theirs.path, wanted)


# Pictures, and looking


async def test_a_picture_is_fetched_by_its_message(line: Recorder, wire: Wire) -> None:
    picture = Reaction(body=b"\x89PNG\r\n\x1a\n....", content_type="image/png")
    line.answers("/v2/bot/message/46/content", picture, Reaction(status=404, body=b'{"message":"Not found"}'))
    adapter = calling(line)
    assert await adapter.read_media(wire=wire, media="46", now=MORNING) == Media(
        body=picture.body, content_type="image/png"
    )
    assert await adapter.read_media(wire=wire, media="46", now=MORNING) == NoMedia("gone")


@pytest.mark.parametrize(
    ("hook", "verdict"),
    [
        ({"endpoint": HOOK, "active": True}, "well"),
        ({"endpoint": HOOK, "active": False}, "warning"),
        ({"endpoint": "https://old.example", "active": True}, "wrong"),
    ],
)
async def test_looking_tells_whose_the_token_is_and_where_line_delivers(
    line: Recorder, wire: Wire, hook: dict[str, object], verdict: str
) -> None:
    line.answers("/v2/bot/info", {"displayName": "小满"})
    line.answers(ENDPOINT, hook)
    name, found = await calling(line).check(session=wire.session, webhook_url=HOOK, now=MORNING)
    assert (name.verdict, found.verdict) == ("well", verdict)


async def test_looking_with_a_wrong_token_says_so(line: Recorder, wire: Wire) -> None:
    for path in ("/v2/bot/info", ENDPOINT):
        line.answers(path, Reaction(status=401, body=b"{}"))
    adapter = calling(line)
    [looked] = await adapter.check(session=wire.session, webhook_url=HOOK, now=MORNING)
    [told] = await adapter.connect(session=wire.session, webhook_url=HOOK, now=MORNING)
    assert (looked.verdict, told.verdict) == ("wrong", "wrong")
