"""The channel of an Official Account: its door, its sends compared with wechatpy's, and each error code's outcome."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from wechatpy import WeChatClient, parse_message
from wechatpy.crypto import WeChatCrypto

from adapters.contract import (
    AccessToken,
    BadPayload,
    BadSettings,
    BadSignature,
    HandedOver,
    LoginExpired,
    Media,
    Message,
    NoMedia,
    Outbound,
    Reply,
    Request,
    Returned,
    Sent,
    Text,
    TryLater,
    Unknown,
    Wire,
)
from adapters.contract import Refused as RefusedForGood
from adapters.http import open_session
from adapters.wechat.body import read_body
from adapters.wechat.crypto import sign
from adapters.wechat_oa.adapter import WechatOaAdapter
from tests.recorder import Reaction, Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

PAYLOADS = Path(__file__).parent / "payloads"
NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
TIMESTAMP = str(int(NOW.timestamp()))
NONCE = "1514711492"
TOKEN, APP_ID = "token123", "wx49f0ab532d5d035a"
AES_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
PICTURE = Media(body=b"\xff\xd8\xff-jpeg", content_type="image/jpeg")
PLAIN = {"app_id": APP_ID, "app_secret": "app-secret", "token": TOKEN}
SAFE = PLAIN | {"encoding_aes_key": AES_KEY}
SEND = "/cgi-bin/message/custom/send"
OK = {"errcode": 0, "errmsg": "ok"}


def channel(**settings: object) -> WechatOaAdapter:
    return WechatOaAdapter.configure(channel="oa", settings=PLAIN | settings)


def query(*signed: str, name: str = "signature") -> dict[str, str]:
    signature = sign(TOKEN.encode(), *(each.encode() for each in (TIMESTAMP, NONCE, *signed)))
    return {"timestamp": TIMESTAMP, "nonce": NONCE, name: signature}


def plain(name: str) -> Request:
    return Request(query=query(), body=next(PAYLOADS.glob(f"{name}.*")).read_bytes())


def sealed(name: str, *, app_id: str = APP_ID) -> Request:
    """What WeChat would post in safe mode, made by wechatpy."""
    message = next(PAYLOADS.glob(f"{name}.*")).read_text("utf-8")
    body = WeChatCrypto(TOKEN, AES_KEY, app_id).encrypt_message(message, NONCE, TIMESTAMP).encode()
    signed = query(str(read_body(body)["Encrypt"]), name="msg_signature")
    return Request(query=query() | signed | {"encrypt_type": "aes"}, body=body)


def problems(settings: Mapping[str, object]) -> dict[str, str]:
    with pytest.raises(BadSettings) as refusal:
        WechatOaAdapter.configure(channel="oa", settings=settings)
    return {each.field: each.problem for each in refusal.value.problems}


# Settings


def test_what_is_missing_is_said_all_at_once() -> None:
    found = problems({"encoding_aes_key": "short", "hand_off": "phone", "colour": "red", "api_url": "http://127.0.0.1"})

    assert set(found) == {"app_id", "app_secret", "token", "encoding_aes_key", "hand_off", "colour", "api_url"}
    assert "43 letters" in found["encoding_aes_key"]
    assert "allow_private_api_url" in found["api_url"]
    assert problems(PLAIN | {"encoding_aes_key": ""})["encoding_aes_key"].startswith("is missing")


def test_no_secret_is_shown() -> None:
    shown = repr(WechatOaAdapter.configure(channel="oa", settings=SAFE))
    assert [each for each in ("app-secret", TOKEN, AES_KEY) if each in shown] == []


def test_a_desk_of_wechats_own_is_a_desk_that_wants_to_hear() -> None:
    ours, theirs = channel().capabilities, channel(hand_off="wechat").capabilities

    assert (ours.desk, ours.announces) == (False, False)
    assert (theirs.desk, theirs.announces) == (True, True)
    assert channel(hand_off="desk").capabilities == ours
    assert (ours.reply_window_hours, ours.replies_per_message) == (48, 5)


# In


def test_the_handshake_gives_back_what_it_was_asked() -> None:
    asked = query() | {"echostr": "5927782489442352469"}
    reply = channel().receive(Request(method="GET", query=asked), now=NOW).reply

    assert reply is not None
    assert reply.body == b"5927782489442352469"
    with pytest.raises(BadSignature):
        channel().receive(Request(method="GET", query=asked | {"nonce": "1"}), now=NOW)


def test_a_message_in_the_clear_is_answered_with_success() -> None:
    received = channel().receive(plain("text"), now=NOW)

    assert received.reply is not None
    assert received.reply.body == b"success"
    assert received.with_person is None
    event = received.events[0].event
    assert isinstance(event, Message)
    assert event.content == Text("新疆包邮吗")


def test_an_encrypted_message_is_read() -> None:
    adapter = channel(encoding_aes_key=AES_KEY)

    assert adapter.receive(sealed("text"), now=NOW).events == channel().receive(plain("text"), now=NOW).events


def test_what_belongs_to_no_conversation_is_taken_and_not_kept() -> None:
    received = channel().receive(plain("menu_tap"), now=NOW)

    assert (received.events, received.reply and received.reply.body) == ((), b"success")


def test_what_wechat_did_not_send_is_refused() -> None:
    safe, open_one = channel(encoding_aes_key=AES_KEY), channel()
    good = sealed("text")
    forged = [
        (open_one, Request(body=plain("text").body)),
        (open_one, Request(query=query() | {"signature": "0" * 40}, body=plain("text").body)),
        (safe, plain("text")),
        (safe, Request(query=query(), body=good.body)),
        (safe, sealed("text", app_id="wx0000000000000000")),
        (safe, Request(query=good.query, body=good.body.replace(b"<Encrypt><![CDATA[", b"<Encrypt><![CDATA[AA", 1))),
    ]
    for adapter, request in forged:
        with pytest.raises(BadSignature):
            adapter.receive(request, now=NOW)
    with pytest.raises(BadSignature, match="seconds off"):
        safe.receive(good, now=NOW + timedelta(seconds=301))


def test_an_entity_bomb_is_refused_before_it_is_read() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><xml><MsgType>&b;</MsgType></xml>'
    with pytest.raises(BadPayload, match="DTD"):
        channel().receive(Request(query=query(), body=bomb), now=NOW)
    with pytest.raises(BadSignature, match="not encrypted"):
        channel(encoding_aes_key=AES_KEY).receive(Request(query=query(), body=bomb), now=NOW)


# WeChat's own customer service


def test_a_message_may_pass_on_to_wechats_own_people() -> None:
    received = channel(hand_off="wechat").receive(plain("text"), now=NOW)

    assert received.with_person is not None
    passed_on = read_body(received.with_person.body)
    assert passed_on["MsgType"] == "transfer_customer_service"
    assert (passed_on["ToUserName"], passed_on["FromUserName"]) == ("o-buyer-1", "gh_teashop")
    assert channel(hand_off="wechat").receive(plain("person_closed"), now=NOW).with_person is None


def test_in_safe_mode_wechatpy_reads_what_passes_on() -> None:
    received = channel(hand_off="wechat", encoding_aes_key=AES_KEY).receive(sealed("text"), now=NOW)

    assert received.with_person is not None
    envelope = read_body(received.with_person.body)
    signature, timestamp, nonce = (str(envelope[each]) for each in ("MsgSignature", "TimeStamp", "Nonce"))
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    opened = crypto.decrypt_message(received.with_person.body, signature, timestamp, nonce)
    assert parse_message(opened).target == "o-buyer-1"


def test_an_account_set_to_json_is_answered_in_json() -> None:
    adapter = channel(hand_off="wechat", encoding_aes_key=AES_KEY)
    received = adapter.receive(sealed("text_of_mini_program"), now=NOW)

    assert received.with_person is not None
    assert received.with_person.content_type == "application/json"
    assert set(read_body(received.with_person.body)) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}


# Out: the same as wechatpy says


@pytest.fixture
def wechat() -> Iterator[Recorder]:
    with Recorder(usually=OK) as recorder:
        yield recorder


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with open_session() as session:
        yield Wire(session=session, token="AT")


@pytest.fixture
def sdk(wechat: Recorder) -> WeChatClient:
    client = WeChatClient(APP_ID, "app-secret", access_token="AT")
    client.API_BASE_URL = f"{wechat.url}/cgi-bin/"
    return client


def calling(wechat: Recorder, **settings: object) -> WechatOaAdapter:
    return channel(api_url=wechat.url, allow_private_api_url=True, **settings)


def outbound(content: Reply | HandedOver | Returned) -> Outbound:
    return Outbound(reply_id="r-1", conversation_id="o-buyer-1", created_at=NOW, content=content)


async def say(adapter: WechatOaAdapter, wire: Wire, **reply: Any) -> object:
    content = Reply(**{"kind": "answer", "text": "满99元包邮。"} | reply)
    return await adapter.send(wire=wire, outbound=outbound(content), now=NOW)


async def test_a_text_leaves_as_wechatpy_sends_it(wechat: Recorder, wire: Wire, sdk: WeChatClient) -> None:
    assert await say(calling(wechat), wire, text='好的 😀 "亲"') == Sent()
    sdk.message.send_text("o-buyer-1", '好的 😀 "亲"')

    ours, theirs = wechat.calls
    assert ours.said == theirs.said
    assert "好的 😀".encode() in ours.body
    assert b"\\u" not in ours.body


async def show(adapter: WechatOaAdapter, wire: Wire) -> object:
    shown = replace(outbound(Reply(kind="staff", text="", picture="kept")), picture=PICTURE)
    return await adapter.send(wire=wire, outbound=shown, now=NOW)


async def test_a_picture_leaves_as_wechatpy_sends_it(wechat: Recorder, wire: Wire, sdk: WeChatClient) -> None:
    wechat.answers("/cgi-bin/media/upload", {"type": "image", "media_id": "media-1"})
    assert await show(calling(wechat), wire) == Sent()
    sdk.media.upload("image", ("picture.jpeg", BytesIO(PICTURE.body), PICTURE.content_type))
    sdk.message.send_image("o-buyer-1", "media-1")

    handed_in, ours, their_way_in, theirs = wechat.calls
    assert (handed_in.method, handed_in.path, handed_in.query) == ("POST", their_way_in.path, their_way_in.query)
    assert handed_in.form == their_way_in.form == {"media": PICTURE.body}
    assert ours.said == theirs.said


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"errcode": 40009, "errmsg": "invalid image size"}, RefusedForGood),
        ({"errcode": 42001, "errmsg": "access_token expired"}, LoginExpired),
        (Reaction(status=502), TryLater),  # the buyer has seen nothing: not like a send nobody knows the outcome of
        ({"type": "image"}, TryLater),
    ],
)
async def test_a_picture_that_is_not_taken_is_not_sent(
    wechat: Recorder, wire: Wire, answer: Any, kind: type[object]
) -> None:
    wechat.answers("/cgi-bin/media/upload", answer)
    assert isinstance(await show(calling(wechat), wire), kind)
    assert wechat.to(SEND) == []


async def test_a_choice_leaves_as_wechatpy_sends_it(wechat: Recorder, wire: Wire, sdk: WeChatClient) -> None:
    assert await say(calling(wechat), wire, text="您想问哪一个？", choices=("运费", "发货")) == Sent()
    lines = [{"id": "1", "content": "运费"}, {"id": "2", "content": "发货"}]
    sdk.message.send_msg_menu("o-buyer-1", {"head_content": "您想问哪一个？", "list": lines, "tail_content": ""})

    ours, theirs = wechat.calls
    assert ours.said == theirs.said


@pytest.mark.parametrize("code", [40008, 40200])
async def test_who_takes_no_menu_gets_the_words(wechat: Recorder, wire: Wire, code: int) -> None:
    wechat.answers(SEND, {"errcode": code, "errmsg": "invalid message type"}, OK)

    assert await say(calling(wechat), wire, text="您想问哪一个？", choices=("运费", "发货")) == Sent()
    assert [call.json["msgtype"] for call in wechat.calls] == ["msgmenu", "text"]


async def test_a_person_is_given_the_buyer_as_wechatpy_does_it(wechat: Recorder, wire: Wire, sdk: WeChatClient) -> None:
    listed = [
        {"kf_account": "lin@teashop", "status": 1, "kf_id": "1", "accepted_case": 4},
        {"kf_account": "zhao@teashop", "status": 1, "kf_id": "2", "accepted_case": 1},
        {"kf_account": "away@teashop", "status": 0, "kf_id": "3", "accepted_case": 0},
    ]
    wechat.answers("/cgi-bin/customservice/getonlinekflist", {"kf_online_list": listed})
    notice = HandedOver(reason_code="asked_for_person", reason="买家要人工", queue_position=1)

    assert await calling(wechat, hand_off="wechat").send(wire=wire, outbound=outbound(notice), now=NOW) == Sent()
    assert sdk.customservice.get_online_accounts() == listed
    # wechatpy calls this one at WeChat's own address, whatever it is told; so only its words are compared.
    assert [call.said for call in wechat.calls[:1]] == [wechat.calls[2].said]
    assert wechat.calls[1].path == "/customservice/kfsession/create"
    assert wechat.calls[1].json == {"openid": "o-buyer-1", "kf_account": "zhao@teashop"}


async def test_a_named_person_is_given_the_buyer_without_asking_who_is_there(wechat: Recorder, wire: Wire) -> None:
    notice = HandedOver(reason_code="r", reason="r", queue_position=1, assignee="lin@teashop")

    assert await calling(wechat, hand_off="wechat").send(wire=wire, outbound=outbound(notice), now=NOW) == Sent()
    assert [call.json for call in wechat.calls] == [{"openid": "o-buyer-1", "kf_account": "lin@teashop"}]


async def test_when_nobody_is_there_the_next_message_queues(wechat: Recorder, wire: Wire) -> None:
    wechat.answers("/cgi-bin/customservice/getonlinekflist", {"kf_online_list": []})
    notice = HandedOver(reason_code="r", reason="r", queue_position=1)
    outcome = await calling(wechat, hand_off="wechat").send(wire=wire, outbound=outbound(notice), now=NOW)

    assert isinstance(outcome, RefusedForGood)
    assert outcome.fault == "nobody_online"
    assert len(wechat.calls) == 1


async def test_a_list_that_is_not_given_says_why(wechat: Recorder, wire: Wire) -> None:
    wechat.answers(
        "/cgi-bin/customservice/getonlinekflist", {"errcode": 65400, "errmsg": "please enable new custom service"}
    )
    notice = HandedOver(reason_code="r", reason="r", queue_position=1)
    outcome = await calling(wechat, hand_off="wechat").send(wire=wire, outbound=outbound(notice), now=NOW)

    assert isinstance(outcome, RefusedForGood)
    assert outcome.fault == "no_permission"


async def test_nothing_is_told_when_the_bot_has_the_buyer_again(wechat: Recorder, wire: Wire) -> None:
    assert await calling(wechat).send(wire=wire, outbound=outbound(Returned()), now=NOW) == Sent()
    assert wechat.calls == []


async def test_the_buyer_sees_that_somebody_types(wechat: Recorder, wire: Wire) -> None:
    await calling(wechat).show_reading(wire=wire, conversation_id="o-buyer-1", message_id="1", now=NOW)

    assert wechat.calls[0].path == "/cgi-bin/message/custom/typing"
    assert wechat.calls[0].json == {"touser": "o-buyer-1", "command": "Typing"}


# Outcomes


@pytest.mark.parametrize(
    ("code", "kind", "fault"),
    [
        (-1, TryLater, "platform_trouble"),
        (40001, LoginExpired, "wrong_credentials"),
        (40003, RefusedForGood, "no_such_buyer"),
        (40014, LoginExpired, "wrong_credentials"),
        (40164, TryLater, "address_not_allowed"),
        (42001, LoginExpired, "wrong_credentials"),
        (43004, RefusedForGood, "blocked_by_buyer"),
        (45009, TryLater, "allowance_used"),
        (45011, TryLater, "too_fast"),
        (45015, RefusedForGood, "window_over"),
        (45047, RefusedForGood, "quota_used"),
        (48001, RefusedForGood, "no_permission"),
        (50002, RefusedForGood, "account_restricted"),
        (99999, RefusedForGood, "unknown_refusal"),
    ],
)
async def test_each_code_has_its_outcome(
    wechat: Recorder, wire: Wire, code: int, kind: type[object], fault: str
) -> None:
    wechat.answers(SEND, {"errcode": code, "errmsg": "something new"})
    outcome = await say(calling(wechat), wire)

    assert isinstance(outcome, kind)
    assert getattr(outcome, "reason", "") == f"WeChat {code}: something new"
    assert getattr(outcome, "fault", "") == fault


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Reaction(body=b"", status=502), Unknown),
        (Reaction(body=b"", status=429), TryLater),
        (Reaction(body=b"<html>gateway</html>"), Unknown),
        (Reaction(body=b"{"), Unknown),
        (Reaction(body=b"[]"), Unknown),
        (Reaction(body=b""), Unknown),
        (Reaction(body=b"{}"), Unknown),
        (Reaction(body=b'{"errcode": "none"}'), Unknown),
    ],
)
async def test_an_answer_that_says_nothing_is_no_yes(
    wechat: Recorder, wire: Wire, answer: Reaction, kind: type[object]
) -> None:
    wechat.answers(SEND, answer)
    assert isinstance(await say(calling(wechat), wire), kind)


# Tokens


async def log_in(adapter: WechatOaAdapter, wire: Wire, former: AccessToken | None = None) -> object:
    return await adapter.log_in(session=wire.session, former=former, now=NOW)


async def test_the_stable_token_is_fetched(wechat: Recorder, wire: Wire) -> None:
    wechat.answers("/cgi-bin/stable_token", {"access_token": "NEW", "expires_in": 7200})

    assert await log_in(calling(wechat), wire) == AccessToken(value="NEW", lasts_seconds=7200)
    assert wechat.calls[0].json == {
        "grant_type": "client_credential",
        "appid": APP_ID,
        "secret": "app-secret",
        "force_refresh": False,
    }
    assert wechat.calls[0].query == {}


async def test_a_token_that_is_refused_before_its_time_is_forced(wechat: Recorder, wire: Wire) -> None:
    same, new = ({"access_token": value, "expires_in": 7000} for value in ("OLD", "NEW"))
    wechat.answers("/cgi-bin/stable_token", same, new)
    former = AccessToken(value="OLD", lasts_seconds=7200)

    assert await log_in(calling(wechat), wire, former) == AccessToken(value="NEW", lasts_seconds=7000)
    assert [call.json["force_refresh"] for call in wechat.calls] == [False, True]


async def test_a_token_near_its_end_is_not_forced(wechat: Recorder, wire: Wire) -> None:
    wechat.answers("/cgi-bin/stable_token", {"access_token": "OLD", "expires_in": 400})
    former = AccessToken(value="OLD", lasts_seconds=7200)

    assert await log_in(calling(wechat), wire, former) == AccessToken(value="OLD", lasts_seconds=400)
    assert len(wechat.calls) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "fault"),
    [
        ({"errcode": 40013, "errmsg": "invalid appid"}, RefusedForGood, "wrong_credentials"),
        ({"errcode": 40125, "errmsg": "invalid appsecret"}, RefusedForGood, "wrong_credentials"),
        ({"errcode": 40001, "errmsg": "invalid credential"}, RefusedForGood, "wrong_credentials"),
        ({"errcode": 40164, "errmsg": "invalid ip 203.0.113.9, not in whitelist"}, TryLater, "address_not_allowed"),
        ({"access_token": "", "expires_in": 7200}, Unknown, "unclear_answer"),
        ({"access_token": "AT"}, Unknown, "unclear_answer"),
    ],
)
async def test_a_login_that_fails_says_what_to_do(
    wechat: Recorder, wire: Wire, answer: dict[str, object], kind: type[object], fault: str
) -> None:
    wechat.answers("/cgi-bin/stable_token", answer)
    outcome = await log_in(calling(wechat), wire)

    assert isinstance(outcome, kind)
    assert getattr(outcome, "fault", "") == fault


# Pictures and checks


async def test_a_picture_is_fetched_when_a_person_looks(wechat: Recorder, wire: Wire, sdk: WeChatClient) -> None:
    wechat.answers("/cgi-bin/media/get", Reaction(body=b"\xff\xd8\xffjpeg", content_type="image/jpeg"))
    picture = await calling(wechat).read_media(wire=wire, media="media-cup-1", now=NOW)
    sdk.media.download("media-cup-1")

    assert picture == Media(body=b"\xff\xd8\xffjpeg", content_type="image/jpeg")
    ours, theirs = wechat.calls
    assert (ours.method, ours.path, ours.query) == (theirs.method, theirs.path, theirs.query)


async def test_a_picture_that_is_gone_or_none_says_so(wechat: Recorder, wire: Wire) -> None:
    script = Reaction(body=b"<svg onload='x'>", content_type="image/svg+xml")
    gone_answer = {"errcode": 40007, "errmsg": "invalid media_id"}
    wechat.answers("/cgi-bin/media/get", gone_answer, {"video_url": "x"}, script)
    gone, other, active = [await calling(wechat).read_media(wire=wire, media="m", now=NOW) for _ in range(3)]

    assert (gone, other, active) == (NoMedia("gone"), NoMedia("no_picture"), NoMedia("no_picture"))


async def check(wechat: Recorder, wire: Wire, **settings: object) -> list[tuple[str, str | None]]:
    found = await calling(wechat, **settings).check(session=wire.session, webhook_url="", now=NOW)
    return [(each.verdict, each.fault) for each in found]


async def test_a_check_says_in_words_what_is_wrong(wechat: Recorder, wire: Wire) -> None:
    secret = {"errcode": 40125, "errmsg": "invalid appsecret"}
    wechat.answers("/cgi-bin/stable_token", secret, {"access_token": "AT", "expires_in": 7200})

    assert await check(wechat, wire) == [("wrong", "wrong_credentials")]
    assert [each[0] for each in await check(wechat, wire, hand_off="wechat")] == ["well", "well"]
    wechat.answers("/cgi-bin/customservice/getkflist", {"errcode": 48001, "errmsg": "api unauthorized"})
    wechat.answers("/cgi-bin/get_api_domain_ip", {"errcode": 40164, "errmsg": "invalid ip 203.0.113.9"})
    address, permission = await check(wechat, wire, hand_off="wechat")
    assert (address[1], permission[1]) == ("address_not_allowed", "no_permission")
    assert len(await check(wechat, wire)) == 1
