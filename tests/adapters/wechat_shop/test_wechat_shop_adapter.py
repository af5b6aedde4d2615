"""A WeChat Shop's channel: envelopes that wechatpy encrypts, sends as documented, and each error code's outcome."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from wechatpy.crypto import PrpCrypto

from adapters.contract import (
    AccessToken,
    BadPayload,
    BadSettings,
    BadSignature,
    HandedOver,
    LoginExpired,
    Message,
    Outbound,
    ProductCard,
    Reply,
    Request,
    Sent,
    TryLater,
    Unknown,
    Wire,
)
from adapters.contract import Refused as RefusedForGood
from adapters.http import open_session
from adapters.wechat.crypto import read_aes_key, sign
from adapters.wechat_shop.adapter import NEEDS, WechatShopAdapter
from tests.recorder import Reaction, Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

PAYLOADS = Path(__file__).parent / "payloads"
NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
TIMESTAMP, NONCE = "1796004000", "1514711492"
TOKEN, APP_ID = "token123", "wx49f0ab532d5d035a"
AES_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
SETTINGS = {"app_id": APP_ID, "app_secret": "app-secret", "token": TOKEN, "encoding_aes_key": AES_KEY}
SEND = "/channels/ec/commkf/sendmsg"
OK = {"errcode": 0, "errmsg": "ok"}


def channel(**settings: object) -> WechatShopAdapter:
    return WechatShopAdapter.configure(channel="shop", settings=SETTINGS | settings)


def query(*signed: str, name: str) -> dict[str, str]:
    signature = sign(TOKEN.encode(), *(each.encode() for each in (TIMESTAMP, NONCE, *signed)))
    return {"timestamp": TIMESTAMP, "nonce": NONCE, name: signature}


def sealed(message: bytes, *, app_id: str = APP_ID) -> Request:
    """What WeChat would post, encrypted by wechatpy."""
    encrypted = PrpCrypto(read_aes_key(AES_KEY)).encrypt(message, app_id).decode()
    body = orjson.dumps({"ToUserName": "gh_teashop", "Encrypt": encrypted})
    return Request(query=query(name="signature") | query(encrypted, name="msg_signature"), body=body)


def delivered(name: str) -> Request:
    return sealed((PAYLOADS / f"{name}.json").read_bytes())


def test_what_is_missing_is_said_all_at_once() -> None:
    with pytest.raises(BadSettings) as refusal:
        WechatShopAdapter.configure(channel="shop", settings={})
    assert {each.field for each in refusal.value.problems} == set(NEEDS)


def test_no_secret_is_shown() -> None:
    assert [each for each in ("app-secret", TOKEN, AES_KEY) if each in repr(channel())] == []


def test_its_people_need_our_desk() -> None:
    capabilities = channel().capabilities
    assert (capabilities.needs_desk, capabilities.desk, capabilities.resend) == (True, False, "same_key")


def test_the_handshake_gives_back_what_it_was_asked() -> None:
    asked = query(name="signature") | {"echostr": "5927782489442352469"}
    reply = channel().receive(Request(method="GET", query=asked), now=NOW).reply

    assert reply is not None
    assert reply.body == b"5927782489442352469"


def test_a_card_is_read_and_taken() -> None:
    received = channel().receive(delivered("product_card"), now=NOW)

    assert received.reply is not None
    assert received.reply.body == b"success"
    event = received.events[0].event
    assert isinstance(event, Message)
    assert event.content == ProductCard("tea-250g")
    assert channel().receive(delivered("order_event"), now=NOW).events == ()


def test_what_is_delivered_again_for_hours_is_taken() -> None:
    late = NOW + timedelta(hours=3, minutes=45)

    assert len(channel().receive(delivered("text"), now=late).events) == 1
    with pytest.raises(BadSignature, match="seconds off"):
        channel().receive(delivered("text"), now=NOW + timedelta(hours=5))


def test_what_wechat_did_not_send_is_refused() -> None:
    good = delivered("text")
    plain = (PAYLOADS / "text.json").read_bytes()
    for request in (
        Request(query=query(name="signature"), body=plain),
        Request(query=query(name="signature"), body=good.body),
        Request(query=good.query, body=good.body.replace(b'"Encrypt":"', b'"Encrypt":"AA')),
        sealed(plain, app_id="wx0000000000000000"),
    ):
        with pytest.raises(BadSignature):
            channel().receive(request, now=NOW)


def test_a_shop_set_to_xml_is_told_so() -> None:
    with pytest.raises(BadPayload, match="choose JSON"):
        channel().receive(sealed(b"<xml><Event>commkf_send_msg_to_kf</Event></xml>"), now=NOW)


# Sends


@pytest.fixture
def wechat() -> Iterator[Recorder]:
    with Recorder(usually={**OK, "msg_id": 77}) as recorder:
        yield recorder


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with open_session() as session:
        yield Wire(session=session, token="AT")


def calling(wechat: Recorder) -> WechatShopAdapter:
    return channel(api_url=wechat.url, allow_private_api_url=True)


async def send(wechat: Recorder, wire: Wire, content: Any = None) -> object:
    said = content or Reply(kind="answer", text="好的 😀")
    outbound = Outbound(reply_id="r-1", conversation_id="o-buyer-1", created_at=NOW, content=said)
    return await calling(wechat).send(wire=wire, outbound=outbound, now=NOW)


async def test_a_text_leaves_as_documented(wechat: Recorder, wire: Wire) -> None:
    assert await send(wechat, wire) == Sent("77")
    assert await send(wechat, wire) == Sent("77")

    first, again = wechat.calls
    assert (first.method, first.path, first.query) == ("POST", SEND, {"access_token": "AT"})
    assert first.json["text"] == {"content": "好的 😀"}
    assert first.body == again.body
    assert b"\\u" not in first.body


async def test_notices_are_for_nobody_there(wechat: Recorder, wire: Wire) -> None:
    assert await send(wechat, wire, HandedOver(reason_code="r", reason="r", queue_position=1)) == Sent()
    assert wechat.calls == []


@pytest.mark.parametrize(
    ("code", "kind", "fault"),
    [
        (40001, LoginExpired, "wrong_credentials"),
        (42001, LoginExpired, "wrong_credentials"),
        (45009, TryLater, "allowance_used"),
        (45011, TryLater, "too_fast"),
        (45035, RefusedForGood, "address_not_allowed"),
        (48001, RefusedForGood, "no_permission"),
        (99999, RefusedForGood, "unknown_refusal"),
    ],
)
async def test_each_code_has_its_outcome(
    wechat: Recorder, wire: Wire, code: int, kind: type[object], fault: str
) -> None:
    wechat.answers(SEND, {"errcode": code, "errmsg": "something new"})
    outcome = await send(wechat, wire)

    assert isinstance(outcome, kind)
    assert getattr(outcome, "reason", "") == f"WeChat {code}: something new"
    assert getattr(outcome, "fault", "") == fault


async def test_an_answer_that_says_nothing_is_no_yes(wechat: Recorder, wire: Wire) -> None:
    wechat.answers(SEND, Reaction(body=b"<html>"), Reaction(body=b"{}"), Reaction(body=b"", status=500))
    assert [type(await send(wechat, wire)) for _ in range(3)] == [Unknown] * 3


async def test_it_logs_in_and_checks_itself(wechat: Recorder, wire: Wire) -> None:
    wechat.answers("/cgi-bin/stable_token", {"access_token": "NEW", "expires_in": 7200}, {"errcode": 40125})
    wechat.answers("/channels/ec/basics/info/get", {"errcode": 48001, "errmsg": "api unauthorized"}, OK)

    got = await calling(wechat).log_in(session=wire.session, former=None, now=NOW)
    assert got == AccessToken(value="NEW", lasts_seconds=7200)
    (secret,) = await calling(wechat).check(session=wire.session, webhook_url="", now=NOW)
    assert secret.fault == "wrong_credentials"
    wechat.answers("/cgi-bin/stable_token", {"access_token": "NEW", "expires_in": 7200})
    found = [await calling(wechat).check(session=wire.session, webhook_url="", now=NOW) for _ in range(2)]
    assert [[each.verdict for each in one] for one in found] == [["wrong", "warning"], ["well", "warning"]]
