"""A Douyin app's channel, against vectors and documented samples: no independent library speaks this."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest

from adapters.contract import (
    AccessToken,
    BadPayload,
    BadSettings,
    BadSignature,
    HandedOver,
    LoginExpired,
    Message,
    Outbound,
    Reply,
    Request,
    Sent,
    Text,
    TryLater,
    Unknown,
    Wire,
)
from adapters.contract import Refused as RefusedForGood
from adapters.douyin_im.adapter import NEEDS, DouyinImAdapter
from adapters.http import open_session
from tests.recorder import Reaction, Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

PAYLOADS = Path(__file__).parent / "payloads"
NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
SECRET = "dy-secret"
DAY = 86_400
OK = {"data": {"error_code": 0, "description": "", "msg_id": "dy-msg-9"}, "extra": {"error_code": 0}}


def channel(**settings: object) -> DouyinImAdapter:
    given = {"client_key": "dy-app-1", "client_secret": SECRET} | settings
    return DouyinImAdapter.configure(channel="dy", settings=given)


def signed(body: bytes, *, secret: str = SECRET) -> Request:
    signature = hashlib.sha1(secret.encode() + body).hexdigest()  # noqa: S324 - it is how Douyin signs
    return Request(headers={"x-douyin-signature": signature, "msg-id": "delivery-1"}, body=body)


def delivered(name: str) -> Request:
    return signed((PAYLOADS / f"{name}.json").read_bytes())


# Settings and the door


def test_what_is_missing_is_said_all_at_once() -> None:
    with pytest.raises(BadSettings) as refusal:
        DouyinImAdapter.configure(channel="dy", settings={})
    assert {each.field for each in refusal.value.problems} == set(NEEDS)


def test_no_secret_is_shown() -> None:
    shown = repr(channel(refresh_token="the-refresh"))
    assert [each for each in (SECRET, "the-refresh") if each in shown] == []


def test_the_vector_of_the_challenge_comes_out() -> None:
    body = (PAYLOADS / "challenge.json").read_bytes()
    request = Request(headers={"x-douyin-signature": "f76a589bf14313f3a63d2a5e1904d5033c35db77"}, body=body)
    reply = channel(client_secret="***", client_key="abc").receive(request, now=NOW).reply

    assert reply is not None
    assert (reply.body, reply.content_type) == (b'{"challenge":12345}', "application/json")


def test_a_message_is_read_and_taken() -> None:
    received = channel().receive(delivered("text"), now=NOW)

    assert received.reply is not None
    assert received.reply.body == b"success"
    event = received.events[0].event
    assert isinstance(event, Message)
    assert event.content == Text("新疆包邮吗")
    assert channel().receive(delivered("was_read"), now=NOW).events == ()


def test_what_douyin_did_not_send_is_refused() -> None:
    body = (PAYLOADS / "text.json").read_bytes()
    flipped = bytearray(body)
    flipped[40] ^= 1
    good = signed(body)
    for request in (
        Request(body=body),
        signed(body, secret="another"),
        Request(headers=good.headers, body=bytes(flipped)),
        Request(headers={"x-douyin-signature": "签名"}, body=body),
        signed(body.replace(b"dy-app-1", b"dy-app-2")),
        signed(body.replace(b'"dy-app-1"', b"[]")),
    ):
        with pytest.raises(BadSignature):
            channel().receive(request, now=NOW)
    with pytest.raises(BadPayload):
        channel().receive(signed(b"[]"), now=NOW)


# Sends


@pytest.fixture
def douyin() -> Iterator[Recorder]:
    with Recorder(usually=OK) as recorder:
        yield recorder


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with open_session() as session:
        yield Wire(session=session, token="AT")


def calling(douyin: Recorder, **settings: object) -> DouyinImAdapter:
    return channel(api_url=douyin.url, allow_private_api_url=True, **settings)


def outbound(content: Any) -> Outbound:
    talk = "dy-shop-1|dy-talk-1|dy-buyer-1"
    return Outbound(reply_id="r-1", conversation_id=talk, created_at=NOW, content=content)


async def say(douyin: Recorder, wire: Wire) -> object:
    content = Reply(kind="answer", text="好的 😀", in_reply_to=("dy-msg-1",))
    return await calling(douyin).send(wire=wire, outbound=outbound(content), now=NOW)


async def test_a_text_leaves_as_documented(douyin: Recorder, wire: Wire) -> None:
    assert await say(douyin, wire) == Sent("dy-msg-9")

    (call,) = douyin.calls
    assert (call.method, call.path, call.query) == ("POST", "/im/send/msg/", {"open_id": "dy-shop-1"})
    assert call.headers["access-token"] == "AT"
    assert call.json["content"] == {"msg_type": 1, "text": {"text": "好的 😀"}}
    assert b"\\u" not in call.body


async def test_notices_are_for_nobody_there(douyin: Recorder, wire: Wire) -> None:
    notice = HandedOver(reason_code="r", reason="r", queue_position=1)
    assert await calling(douyin).send(wire=wire, outbound=outbound(notice), now=NOW) == Sent()
    assert douyin.calls == []


@pytest.mark.parametrize(
    ("code", "kind", "fault"),
    [
        (10008, LoginExpired, "wrong_credentials"),
        (2190008, LoginExpired, "wrong_credentials"),
        (2100004, TryLater, "platform_trouble"),
        (28003070, TryLater, "too_fast"),
        (28001018, RefusedForGood, "no_permission"),
        (2190004, RefusedForGood, "no_permission"),
        (28003082, RefusedForGood, "window_over"),
        (99999, RefusedForGood, "unknown_refusal"),
    ],
)
async def test_each_code_has_its_outcome(
    douyin: Recorder, wire: Wire, code: int, kind: type[object], fault: str
) -> None:
    error = {"error_code": code, "description": "something new"}
    douyin.answers("/im/send/msg/", OK | {"data": error}, OK | {"extra": error})

    for _ in range(2):
        outcome = await say(douyin, wire)
        assert isinstance(outcome, kind)
        assert getattr(outcome, "reason", "") == f"Douyin {code}: something new"
        assert getattr(outcome, "fault", "") == fault


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Reaction(body=b"", status=502), Unknown),
        (Reaction(body=b"", status=429), TryLater),
        (Reaction(body=b"<html>"), Unknown),
        (Reaction(body=b"{}"), Unknown),
        (Reaction(body=b'{"data": {}}'), Unknown),
    ],
)
async def test_an_answer_that_says_nothing_is_no_yes(
    douyin: Recorder, wire: Wire, answer: Reaction, kind: type[object]
) -> None:
    douyin.answers("/im/send/msg/", answer)
    assert isinstance(await say(douyin, wire), kind)


# Tokens and checks


def token(value: str, **more: object) -> dict[str, object]:
    return {"data": {"error_code": 0, "access_token": value, "expires_in": 7200, **more}, "message": "success"}


async def test_the_app_logs_in_by_itself(douyin: Recorder, wire: Wire) -> None:
    douyin.answers("/oauth/client_token/", token("APP"), {"data": {"error_code": 10003, "description": "bad secret"}})

    got = await calling(douyin).log_in(session=wire.session, former=None, now=NOW)
    assert got == AccessToken(value="APP", lasts_seconds=7200)
    assert douyin.calls[0].json == {
        "client_key": "dy-app-1",
        "grant_type": "client_credential",
        "client_secret": SECRET,
    }
    wrong = await calling(douyin).log_in(session=wire.session, former=None, now=NOW)
    assert isinstance(wrong, RefusedForGood)
    assert "bad secret" in wrong.reason


def refreshed(value: str, *, left_days: float) -> dict[str, object]:
    """Douyin's samples have these numbers as text."""
    return token(value, expires_in="1296000", refresh_expires_in=str(int(left_days * DAY)))


def forms(douyin: Recorder, path: str) -> list[dict[str, str]]:
    return [dict(parse_qsl(call.body.decode())) for call in douyin.to(path)]


async def test_an_authorisation_is_renewed_when_it_nears_its_end_and_not_before(douyin: Recorder, wire: Wire) -> None:
    answers = [refreshed(f"A-{number}", left_days=left) for number, left in enumerate((30, 15, 2.9, 30), 1)]
    douyin.answers("/oauth/refresh_token/", *answers)
    douyin.answers("/oauth/renew_refresh_token/", token("", refresh_token="R-2", expires_in="2592000"))
    lent: AccessToken | None = None
    lasts: list[float] = []
    for _ in answers:
        got = await calling(douyin, refresh_token="R-1").log_in(session=wire.session, former=lent, now=NOW)
        assert isinstance(got, AccessToken)
        lent, lasts = got, [*lasts, got.lasts_seconds / DAY]
    assert lasts == [15, 13, 15, 15]
    asked = {"client_key": "dy-app-1", "grant_type": "refresh_token"}
    by = [{**asked, "refresh_token": each} for each in ("R-1", "R-1", "R-1", "R-2")]
    assert forms(douyin, "/oauth/refresh_token/") == by
    assert forms(douyin, "/oauth/renew_refresh_token/") == [{"client_key": "dy-app-1", "refresh_token": "R-1"}]

    anew = await calling(douyin, refresh_token="R-9").log_in(session=wire.session, former=lent, now=NOW)
    assert isinstance(anew, AccessToken)
    assert forms(douyin, "/oauth/refresh_token/")[-1]["refresh_token"] == "R-9", "its owner has authorised us anew"


async def test_what_cannot_be_read_of_a_login_begins_anew_or_is_no_login(douyin: Recorder, wire: Wire) -> None:
    odd = AccessToken(value="A", lasts_seconds=1, renewal="what an earlier version kept")
    douyin.answers("/oauth/refresh_token/", refreshed("A", left_days=30), refreshed("", left_days=30))
    adapter = calling(douyin, refresh_token="R-1")
    got = [await adapter.log_in(session=wire.session, former=odd, now=NOW) for _ in range(2)]
    assert [type(each) for each in got] == [AccessToken, Unknown]
    assert [each["refresh_token"] for each in forms(douyin, "/oauth/refresh_token/")] == ["R-1", "R-1"]


async def test_one_that_douyin_renews_no_more_says_when_it_ends(douyin: Recorder, wire: Wire) -> None:
    over = {"data": {"error_code": 10020, "description": "renew limit"}}
    douyin.answers("/oauth/refresh_token/", refreshed("A", left_days=2), {"data": {"error_code": 10010}})
    douyin.answers("/oauth/renew_refresh_token/", over)
    adapter = calling(douyin, refresh_token="R-1")
    last = await adapter.log_in(session=wire.session, former=None, now=NOW)
    assert isinstance(last, AccessToken)
    assert (last.lasts_seconds, last.ends_at) == (2 * DAY, NOW + timedelta(days=2))
    gone = await adapter.log_in(session=wire.session, former=last, now=NOW)
    assert isinstance(gone, RefusedForGood)
    assert gone.fault == "authorisation_over"


async def test_a_renewal_that_nobody_answers_is_asked_for_again_tomorrow(douyin: Recorder, wire: Wire) -> None:
    douyin.answers("/oauth/refresh_token/", refreshed("A", left_days=3))
    douyin.answers("/oauth/renew_refresh_token/", Reaction(body=b"", status=500), token("", refresh_token="R-2"))
    adapter = calling(douyin, refresh_token="R-1")
    first = await adapter.log_in(session=wire.session, former=None, now=NOW)
    assert isinstance(first, AccessToken)
    assert (first.lasts_seconds, first.ends_at) == (DAY, None)
    await adapter.log_in(session=wire.session, former=first, now=NOW)
    assert len(douyin.to("/oauth/renew_refresh_token/")) == 2


async def test_a_check_of_an_account_renews_nothing(douyin: Recorder, wire: Wire) -> None:
    douyin.answers("/oauth/refresh_token/", refreshed("A", left_days=2), {"data": {"error_code": 10010}})
    adapter = calling(douyin, refresh_token="R-1")
    found = [await adapter.check(session=wire.session, webhook_url="", now=NOW) for _ in range(2)]
    assert [[each.verdict for each in one] for one in found] == [["well", "warning"], ["wrong"]]
    assert douyin.to("/oauth/renew_refresh_token/") == []


async def test_a_check_says_in_words_what_is_wrong(douyin: Recorder, wire: Wire) -> None:
    douyin.answers(
        "/oauth/client_token/", {"data": {"error_code": 10003, "description": "bad"}}, token("APP"), token("")
    )

    found = [await calling(douyin).check(session=wire.session, webhook_url="", now=NOW) for _ in range(3)]
    assert [[each.verdict for each in one] for one in found] == [["wrong"], ["well", "warning"], ["wrong"]]
