"""The channel of a customer-service account: its door, its pulls, its sends as wechatpy makes them, the outcomes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from adapters.contract import (
    AccessToken,
    BadSettings,
    BadSignature,
    Fetched,
    HandedOver,
    LoginExpired,
    Media,
    Outbound,
    Reply,
    ReplyReference,
    Request,
    Returned,
    Sent,
    TryLater,
    Unknown,
    Wire,
)
from adapters.contract import Refused as RefusedForGood
from adapters.http import open_session
from adapters.wechat.body import read_body
from adapters.wecom_kf.adapter import NEEDS, WecomKfAdapter
from tests.recorder import Reaction, Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from adapters.checking import Finding

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
TIMESTAMP, NONCE = "1796004000", "1514711492"
TOKEN, CORP_ID = "token123", "ww-teashop"
AES_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
SETTINGS = {
    "corp_id": CORP_ID,
    "secret": "secret",
    "token": TOKEN,
    "encoding_aes_key": AES_KEY,
    "open_kfid": "wk-teashop",
}
OK = {"errcode": 0, "errmsg": "ok"}
PULL, STATE, TRANS = "/cgi-bin/kf/sync_msg", "/cgi-bin/kf/service_state/get", "/cgi-bin/kf/service_state/trans"
SEND, ON_EVENT, PEOPLE = "/cgi-bin/kf/send_msg", "/cgi-bin/kf/send_msg_on_event", "/cgi-bin/kf/servicer/list"

WECHATPY = json.loads((HERE / "wechatpy_2.json").read_bytes())
"""What wechatpy 2.0.0a26 sends and encrypts, written down by `record_wechatpy.py`."""


def channel(**settings: object) -> WecomKfAdapter:
    return WecomKfAdapter.configure(channel="kf", settings=SETTINGS | settings)


def delivered(envelope: str = WECHATPY["delivery"], **changes: str) -> Request:
    signature = str(read_body(envelope.encode())["MsgSignature"])
    query = {"timestamp": TIMESTAMP, "nonce": NONCE, "msg_signature": signature} | changes
    return Request(query=query, body=envelope.encode())


def said(name: str) -> tuple[Any, ...]:
    """What wechatpy says for the same intent."""
    return tuple(WECHATPY["calls"][name])


# Settings and the door


def test_what_is_missing_is_said_all_at_once() -> None:
    with pytest.raises(BadSettings) as refusal:
        WecomKfAdapter.configure(channel="kf", settings={})
    assert {each.field for each in refusal.value.problems} == set(NEEDS)


def test_no_secret_is_shown() -> None:
    shown = repr(channel(secret="the-secret"))
    assert [each for each in ("the-secret", TOKEN, AES_KEY) if each in shown] == []


def test_the_handshake_is_read_and_given_back_in_the_clear() -> None:
    asked = read_body(WECHATPY["handshake"].encode())
    query = {
        "timestamp": TIMESTAMP,
        "nonce": NONCE,
        "msg_signature": str(asked["MsgSignature"]),
        "echostr": str(asked["Encrypt"]),
    }
    reply = channel().receive(Request(method="GET", query=query), now=NOW).reply

    assert reply is not None
    assert reply.body == b"5927782489442352469"
    with pytest.raises(BadSignature):
        channel().receive(Request(method="GET", query=query | {"nonce": "1"}), now=NOW)
    with pytest.raises(BadSignature):
        channel().receive(Request(method="GET", query=query | {"echostr": ""}), now=NOW)


def test_a_delivery_wakes_us() -> None:
    received = channel().receive(delivered(), now=NOW)

    assert (received.wake, received.events) == ("wake-1", ())
    assert received.reply is not None
    assert received.reply.body == b"success"


def test_a_delivery_for_another_account_of_the_app_wakes_nobody() -> None:
    assert channel(open_kfid="wk-another").receive(delivered(), now=NOW).wake is None


def test_what_wecom_did_not_send_is_refused() -> None:
    for adapter, request in (
        (channel(), delivered(msg_signature="0" * 40)),
        (channel(), delivered(nonce="1")),
        (channel(corp_id="ww-another"), delivered()),
        (channel(), Request(query=delivered().query, body=(HERE / "payloads/delivery.xml").read_bytes())),
    ):
        with pytest.raises(BadSignature):
            adapter.receive(request, now=NOW)
    with pytest.raises(BadSignature, match="seconds off"):
        channel().receive(delivered(), now=NOW + timedelta(seconds=301))


# Pulls


@pytest.fixture
def wecom() -> Iterator[Recorder]:
    with Recorder(usually=OK) as recorder:
        yield recorder


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with open_session() as session:
        yield Wire(session=session, token="AT")


def calling(wecom: Recorder, **settings: object) -> WecomKfAdapter:
    return channel(api_url=wecom.url, allow_private_api_url=True, **settings)


def item(number: int, *, minutes_ago: float = 0) -> dict[str, object]:
    return {
        "msgid": f"kf-{number}",
        "open_kfid": "wk-teashop",
        "external_userid": "wm-buyer-1",
        "send_time": int((NOW - timedelta(minutes=minutes_ago)).timestamp()),
        "origin": 3,
        "msgtype": "text",
        "text": {"content": f"第{number}句"},
    }


def page(*items: dict[str, object], following: str, more: int = 0) -> dict[str, object]:
    return {**OK, "next_cursor": following, "has_more": more, "msg_list": list(items)}


async def fetch(wecom: Recorder, wire: Wire, *, cursor: str = " cursor-1", wake: str = "wake-1") -> Fetched:
    fetched = await calling(wecom).fetch(wire=wire, cursor=cursor, wake=wake, now=NOW)
    assert isinstance(fetched, Fetched)
    return fetched


async def test_a_pull_leaves_as_wechatpy_makes_it_and_names_the_account(wecom: Recorder, wire: Wire) -> None:
    wecom.answers(PULL, page(item(1), following="cursor-2"))
    fetched = await fetch(wecom, wire)

    assert [each.external_id for each in fetched.events] == ["kf-1"]
    assert (fetched.cursor, fetched.more) == (" cursor-2", False)
    method, path, query, body = said("pull")
    ours = wecom.calls[0].json
    # wechatpy leaves the account out, without which WeCom gives the messages of all of them.
    assert wecom.calls[0].said == (method, path, query, body | {"voice_format": 0, "open_kfid": "wk-teashop"})
    assert {name: ours[name] for name in body} == body


async def test_an_empty_page_may_have_more_behind_it(wecom: Recorder, wire: Wire) -> None:
    wecom.answers(PULL, page(following="cursor-2", more=1), page(item(1), following="cursor-3"))

    first = await fetch(wecom, wire)
    assert (first.events, first.more) == ((), True)
    second = await fetch(wecom, wire, cursor=first.cursor)
    assert [each.external_id for each in second.events] == ["kf-1"]
    assert [call.json["cursor"] for call in wecom.calls] == ["cursor-1", "cursor-2"]


async def test_a_cursor_that_does_not_move_is_not_followed_for_ever(wecom: Recorder, wire: Wire) -> None:
    wecom.answers(PULL, page(following="cursor-1", more=1), page(following="", more=1))

    assert (await fetch(wecom, wire)).more is False
    again = await fetch(wecom, wire)
    assert (again.cursor, again.more) == (" cursor-1", False)


async def test_the_first_pull_leaves_out_what_was_said_before_we_came(wecom: Recorder, wire: Wire) -> None:
    old, new = item(1, minutes_ago=60), item(2, minutes_ago=9)
    wecom.answers(
        PULL, page(old, new, following="c-2", more=1), page(old, new, following="c-3"), page(old, following="c-4")
    )

    first = await fetch(wecom, wire, cursor="")
    second = await fetch(wecom, wire, cursor=first.cursor)
    third = await fetch(wecom, wire, cursor=second.cursor)
    assert [[each.external_id for each in one.events] for one in (first, second, third)] == [
        ["kf-2"],
        ["kf-2"],
        ["kf-1"],
    ]
    assert [call.json["cursor"] for call in wecom.calls] == ["", "c-2", "c-3"]


async def test_a_token_that_woke_us_too_long_ago_is_left_out(wecom: Recorder, wire: Wire) -> None:
    wecom.answers(PULL, {"errcode": 95007, "errmsg": "invalid msg token"}, page(item(1), following="cursor-2"))

    assert len((await fetch(wecom, wire)).events) == 1
    assert [call.json["token"] for call in wecom.calls] == ["wake-1", ""]


@pytest.mark.parametrize(("code", "kind"), [(42001, LoginExpired), (45009, TryLater), (95000, RefusedForGood)])
async def test_a_pull_that_fails_says_how(wecom: Recorder, wire: Wire, code: int, kind: type[object]) -> None:
    wecom.answers(PULL, {"errcode": code, "errmsg": "no"})
    assert isinstance(await calling(wecom).fetch(wire=wire, cursor="", wake="", now=NOW), kind)


# Sends


def outbound(content: Reply | HandedOver | Returned, *, is_repeat: bool = False) -> Outbound:
    return Outbound(reply_id="r-1", conversation_id="wm-buyer-1", created_at=NOW, content=content, is_repeat=is_repeat)


async def say(wecom: Recorder, wire: Wire, *, is_repeat: bool = False, **reply: Any) -> object:
    content = Reply(**{"kind": "answer", "text": "好的 😀"} | reply)
    return await calling(wecom).send(wire=wire, outbound=outbound(content, is_repeat=is_repeat), now=NOW)


async def test_a_picture_leaves_as_wechatpy_sends_it(wecom: Recorder, wire: Wire) -> None:
    wecom.answers("/cgi-bin/media/upload", {**OK, "media_id": "media-1"})
    wecom.answers(SEND, {**OK, "msgid": "r-1"})
    welcome = ReplyReference(value="welcome-1", until=NOW + timedelta(seconds=20))
    shown = replace(
        outbound(Reply(kind="staff", text="", picture="kept", reply_reference=welcome)),
        picture=Media(body=b"a picture", content_type="image/jpeg"),
    )

    assert await calling(wecom).send(wire=wire, outbound=shown, now=NOW) == Sent("r-1")
    handed_in, sent = wecom.calls
    form = {name: value.decode() for name, value in handed_in.form.items()}
    assert (handed_in.method, handed_in.path, handed_in.query, form) == said("hand_in")
    assert sent.said == said("picture")


async def test_a_text_leaves_as_wechatpy_sends_it(wecom: Recorder, wire: Wire) -> None:
    wecom.answers(SEND, {**OK, "msgid": "r-1"})

    assert await say(wecom, wire) == Sent("r-1")
    assert wecom.calls[0].said == said("text")
    assert b"\\u" not in wecom.calls[0].body


async def test_a_choice_leaves_as_wechatpy_sends_it(wecom: Recorder, wire: Wire) -> None:
    await say(wecom, wire, text="您想问哪一个？", choices=("运费", "发货"))
    assert wecom.calls[0].said == said("menu")


async def test_a_welcome_goes_by_its_code_while_that_holds(wecom: Recorder, wire: Wire) -> None:
    for until, path in ((NOW + timedelta(seconds=1), ON_EVENT), (None, ON_EVENT), (NOW, SEND)):
        reference = ReplyReference(value="welcome-1", until=until)
        await say(wecom, wire, kind="welcome", text="您好", reply_reference=reference)
        assert wecom.calls[-1].path == path
    assert wecom.calls[0].said == said("welcome")


async def test_a_second_copy_is_known_by_its_id(wecom: Recorder, wire: Wire) -> None:
    wecom.answers(SEND, {"errcode": 40058, "errmsg": "invalid Request Parameter, msgid is duplicated"})

    assert await say(wecom, wire, is_repeat=True) == Sent("r-1")
    assert isinstance(await say(wecom, wire), RefusedForGood)


@pytest.mark.parametrize(
    ("code", "kind", "fault"),
    [
        (-1, TryLater, "platform_trouble"),
        (40014, LoginExpired, "wrong_credentials"),
        (42001, LoginExpired, "wrong_credentials"),
        (45009, TryLater, "too_fast"),
        (45033, TryLater, "too_fast"),
        (60020, TryLater, "address_not_allowed"),
        (95000, RefusedForGood, "wrong_settings"),
        (95001, RefusedForGood, "quota_used"),
        (95002, RefusedForGood, "window_over"),
        (95013, RefusedForGood, "window_over"),
        (95017, RefusedForGood, "no_permission"),
        (95018, RefusedForGood, "person_has_buyer"),
        (99999, RefusedForGood, "unknown_refusal"),
    ],
)
async def test_each_code_has_its_outcome(
    wecom: Recorder, wire: Wire, code: int, kind: type[object], fault: str
) -> None:
    wecom.answers(SEND, {"errcode": code, "errmsg": "something new"})
    outcome = await say(wecom, wire)

    assert isinstance(outcome, kind)
    assert getattr(outcome, "reason", "") == f"WeCom {code}: something new"
    assert getattr(outcome, "fault", "") == fault


async def test_an_answer_that_says_nothing_is_no_yes(wecom: Recorder, wire: Wire) -> None:
    wecom.answers(SEND, Reaction(body=b"<html>"), Reaction(body=b"{}"), Reaction(body=b"", status=500))
    assert [type(await say(wecom, wire)) for _ in range(3)] == [Unknown] * 3


# Giving the session to a person


async def hand_over(wecom: Recorder, wire: Wire, *, assignee: str | None = None) -> object:
    notice = HandedOver(reason_code="asked_for_person", reason="买家要人工", queue_position=1, assignee=assignee)
    return await calling(wecom).send(wire=wire, outbound=outbound(notice), now=NOW)


async def test_a_session_goes_to_who_receives_as_wechatpy_gives_it(wecom: Recorder, wire: Wire) -> None:
    wecom.answers(STATE, {**OK, "service_state": 1})
    wecom.answers(PEOPLE, {**OK, "servicer_list": [{"userid": "lin", "status": 0}, {"userid": "zhao", "status": 1}]})

    assert await hand_over(wecom, wire) == Sent()
    assert [call.said for call in wecom.calls] == [said("state"), said("who_receives"), said("give_to_person")]


async def test_when_nobody_receives_the_buyer_queues(wecom: Recorder, wire: Wire) -> None:
    wecom.answers(STATE, {**OK, "service_state": 0})
    wecom.answers(PEOPLE, {**OK, "servicer_list": []}, {"errcode": 48002, "errmsg": "no permission"})

    assert await hand_over(wecom, wire) == Sent()
    assert wecom.calls[-1].said == said("queue")
    assert await hand_over(wecom, wire) == Sent()
    assert wecom.calls[-1].said == said("queue")


@pytest.mark.parametrize("code", [95014, 95019])
async def test_who_has_just_stopped_receiving_leaves_the_buyer_to_the_queue(
    wecom: Recorder, wire: Wire, code: int
) -> None:
    wecom.answers(STATE, {**OK, "service_state": 0})
    wecom.answers(TRANS, {"errcode": code, "errmsg": "not a servicer"}, OK)

    assert await hand_over(wecom, wire, assignee="lin") == Sent()
    assert [call.said for call in wecom.to(TRANS)] == [said("give_to_person"), said("queue")]


@pytest.mark.parametrize("state", [2, 3])
async def test_a_buyer_who_has_a_person_is_not_taken_from_them(wecom: Recorder, wire: Wire, state: int) -> None:
    wecom.answers(STATE, {**OK, "service_state": state})

    assert await hand_over(wecom, wire) == Sent()
    assert wecom.to(TRANS) == []


async def test_a_session_that_is_over_cannot_be_given(wecom: Recorder, wire: Wire) -> None:
    wecom.answers(STATE, {**OK, "service_state": 4}, {"errcode": 95013, "errmsg": "session end"})
    wecom.answers(TRANS, {"errcode": 95016, "errmsg": "not allowed"})

    for fault in ("person_has_buyer", "window_over"):
        outcome = await hand_over(wecom, wire)
        assert isinstance(outcome, RefusedForGood)
        assert outcome.fault == fault


async def test_nothing_is_told_when_the_bot_has_the_buyer_again(wecom: Recorder, wire: Wire) -> None:
    assert await calling(wecom).send(wire=wire, outbound=outbound(Returned()), now=NOW) == Sent()
    assert wecom.calls == []


# Logging in, pictures, checks


async def test_a_login_leaves_as_wechatpy_makes_it(wecom: Recorder, wire: Wire) -> None:
    wecom.answers("/cgi-bin/gettoken", {**OK, "access_token": "NEW", "expires_in": 7200}, {"errcode": 40001})

    got = await calling(wecom).log_in(session=wire.session, former=None, now=NOW)
    assert got == AccessToken(value="NEW", lasts_seconds=7200)
    assert wecom.calls[0].said == said("log_in")
    wrong = await calling(wecom).log_in(session=wire.session, former=None, now=NOW)
    assert isinstance(wrong, RefusedForGood)
    assert wrong.fault == "wrong_credentials"


async def test_a_picture_is_fetched_when_a_person_looks(wecom: Recorder, wire: Wire) -> None:
    wecom.answers("/cgi-bin/media/get", Reaction(body=b"\xff\xd8\xffjpeg", content_type="image/jpeg"))
    picture = await calling(wecom).read_media(wire=wire, media="media-cup-1", now=NOW)

    assert picture == Media(body=b"\xff\xd8\xffjpeg", content_type="image/jpeg")
    assert wecom.calls[0].query == {"access_token": "AT", "media_id": "media-cup-1"}


async def check(wecom: Recorder, wire: Wire) -> tuple[Finding, ...]:
    return await calling(wecom).check(session=wire.session, webhook_url="", now=NOW)


async def test_a_check_says_in_words_what_is_wrong(wecom: Recorder, wire: Wire) -> None:
    wecom.answers("/cgi-bin/gettoken", {"errcode": 40001}, {**OK, "access_token": "AT", "expires_in": 7200})
    wecom.answers(
        "/cgi-bin/kf/account/list",
        {"errcode": 95017, "errmsg": "api is off"},
        {**OK, "account_list": [{"open_kfid": "wk-other"}]},
        {**OK, "account_list": [{"open_kfid": "wk-teashop"}]},
    )
    wecom.answers(PEOPLE, {**OK, "servicer_list": []}, {**OK, "servicer_list": [{"userid": "lin", "status": 0}]})

    found = [await check(wecom, wire) for _ in range(5)]
    assert [each[-1].verdict for each in found] == ["wrong", "wrong", "wrong", "wrong", "well"]
    assert [each[-1].fault for each in found] == ["wrong_credentials", "no_permission", None, None, None]
    words = ("40001", "95017: api is off", "it may use: wk-other", "nobody receives", "somebody receives")
    assert [expected in each[-1].said for each, expected in zip(found, words, strict=True)] == [True] * 5
    assert wecom.calls[2].said == said("accounts")
