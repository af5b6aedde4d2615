"""A Telegram channel: its door, its requests compared with python-telegram-bot's, and each answer's outcome."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from adapters.checking import well
from adapters.contract import (
    BadSettings,
    BadSignature,
    Media,
    NoMedia,
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
from adapters.pictures import PICTURE_LIMIT_BYTES
from adapters.telegram.adapter import TelegramAdapter
from tests.fakes import MORNING
from tests.recorder import Reaction, Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.recorder import Call

PAYLOADS = Path(__file__).parent / "payloads"
TOKEN, SECRET = "600:AA-example_token", "hush-hush_1"
SETTINGS = {"token": TOKEN, "secret_token": SECRET}
HOOK = "https://shop.example/webhooks/tg"
PICTURE = Media(body=b"\xff\xd8\xff-jpeg", content_type="image/jpeg")
BLOCKED = Reaction(status=403, body=b'{"ok":false,"description":"Forbidden"}')
TOO_LARGE = PICTURE_LIMIT_BYTES + 1
SEND = f"/bot{TOKEN}/sendMessage"
MESSAGE = {"message_id": 42, "date": 1764468000, "chat": {"id": 5, "type": "private"}, "text": "好的"}


@pytest.fixture
def telegram() -> Iterator[Recorder]:
    with Recorder(usually={"ok": True, "result": MESSAGE}) as recorder:
        me = {"id": 600, "is_bot": True, "first_name": "小店", "username": "tea_bot"}
        recorder.answers(f"/bot{TOKEN}/getMe", {"ok": True, "result": me})
        yield recorder


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with open_session() as session:
        yield Wire(session=session)


def calling(recorder: Recorder) -> TelegramAdapter:
    settings = SETTINGS | {"api_url": recorder.url, "allow_private_api_url": True}
    return TelegramAdapter.configure(channel="tg", settings=settings)


async def say(adapter: TelegramAdapter, wire: Wire, **reply: Any) -> object:
    content = Reply(**{"kind": "answer", "text": '好的 😀 "亲"'} | reply)
    outbound = Outbound(reply_id="r-1", conversation_id="5", created_at=MORNING, content=content)
    return await adapter.send(wire=wire, outbound=outbound, now=MORNING)


async def show(adapter: TelegramAdapter, wire: Wire) -> object:
    content = Reply(kind="staff", text="", picture="kept-here")
    outbound = Outbound(reply_id="r-1", conversation_id="5", created_at=MORNING, content=content, picture=PICTURE)
    return await adapter.send(wire=wire, outbound=outbound, now=MORNING)


def request(secret: str | None = SECRET, *, name: str = "text") -> Request:
    headers = {} if secret is None else {"x-telegram-bot-api-secret-token": secret}
    return Request(headers=headers, body=(PAYLOADS / f"{name}.json").read_bytes())


def said(call: Call) -> tuple[str, str, dict[str, Any]]:
    """What Telegram reads: it takes parameters as JSON and as a form alike, with JSON inside."""
    is_json = call.headers["content-type"] == "application/json"
    given = call.json if is_json else dict(parse_qsl(call.body.decode()))
    opened = {
        name: json.loads(value) if isinstance(value, str) and value[:1] in "[{" else value
        for name, value in given.items()
    }
    return call.method, call.path, opened


# Settings and door


def test_all_that_is_wrong_is_said_at_once_and_no_secret_is_shown() -> None:
    with pytest.raises(BadSettings) as refusal:
        TelegramAdapter.configure(channel="tg", settings={"token": "nonsense", "secret_token": "with blank", "x": 1})
    assert [each.field for each in refusal.value.problems] == ["x", "token", "secret_token"]
    assert "nonsense" not in str(refusal.value)
    shown = repr(TelegramAdapter.configure(channel="tg", settings=SETTINGS))
    assert TOKEN not in shown
    assert SECRET not in shown


@pytest.mark.parametrize("secret", [None, "", SECRET + "x", SECRET[:-1], "\udcff"])
def test_who_does_not_know_the_secret_is_turned_away(secret: str | None) -> None:
    adapter = TelegramAdapter.configure(channel="tg", settings=SETTINGS)
    with pytest.raises(BadSignature):
        adapter.receive(request(secret), now=MORNING)
    assert len(adapter.receive(request(), now=MORNING).events) == 1
    assert adapter.receive(request(name="group_text"), now=MORNING).events == ()


# Out: the same as python-telegram-bot says


async def test_a_text_leaves_as_python_telegram_bot_sends_it(telegram: Recorder, wire: Wire) -> None:
    assert await say(calling(telegram), wire) == Sent("42")
    async with Bot(TOKEN, base_url=f"{telegram.url}/bot") as bot:
        await bot.send_message(chat_id="5", text='好的 😀 "亲"')
    ours, theirs = telegram.to(SEND)
    assert said(ours) == said(theirs)
    assert "好的 😀".encode() in ours.body


async def test_a_choice_leaves_as_python_telegram_bot_sends_it(telegram: Recorder, wire: Wire) -> None:
    assert await say(calling(telegram), wire, text="哪一个？", choices=("运费", "发货")) == Sent("42")
    buttons = [[InlineKeyboardButton(text, callback_data=text)] for text in ("运费", "发货")]
    async with Bot(TOKEN, base_url=f"{telegram.url}/bot") as bot:
        await bot.send_message(chat_id="5", text="哪一个？", reply_markup=InlineKeyboardMarkup(buttons))
    ours, theirs = telegram.to(SEND)
    assert said(ours) == said(theirs)


async def test_typing_and_connecting_leave_as_python_telegram_bot_says_them(telegram: Recorder, wire: Wire) -> None:
    for method in ("sendChatAction", "setWebhook"):
        telegram.answers(f"/bot{TOKEN}/{method}", {"ok": True, "result": True})
    adapter = calling(telegram)
    await adapter.show_reading(wire=wire, conversation_id="5", message_id="1", now=MORNING)
    found = await adapter.connect(session=wire.session, webhook_url=HOOK, now=MORNING)
    assert found == (well(f"Telegram delivers to {HOOK} from now on"),)
    updates = ["message", "edited_message", "callback_query"]
    async with Bot(TOKEN, base_url=f"{telegram.url}/bot") as bot:
        await bot.send_chat_action(chat_id="5", action="typing")
        await bot.set_webhook(HOOK, secret_token=SECRET, allowed_updates=updates)
    for method in ("sendChatAction", "setWebhook"):
        ours, theirs = telegram.to(f"/bot{TOKEN}/{method}")
        assert said(ours) == said(theirs)


# Out: what becomes of it


@pytest.mark.parametrize(
    ("status", "answer", "outcome"),
    [
        (200, b'{"ok":true,"result":{"message_id":7}}', Sent("7")),
        (200, b'{"ok":true,"result":true}', Sent()),
        (429, b'{"ok":false,"parameters":{"retry_after":7}}', TryLater("Telegram answered 429", 7.0)),
        (429, b"", TryLater("Telegram answered 429", None)),
        (500, b"", Unknown("Telegram answered 500")),
        (200, b"<html>", Unknown("Telegram's answer cannot be read")),
        (400, b'{"ok":false,"description":"no such chat"}', Refused("Telegram answered 400: no such chat")),
    ],
)
async def test_each_answer_has_its_outcome(
    telegram: Recorder, wire: Wire, status: int, answer: bytes, outcome: object
) -> None:
    telegram.answers(SEND, Reaction(status=status, body=answer))
    assert await say(calling(telegram), wire) == outcome


@pytest.mark.parametrize(
    ("status", "said", "fault"),
    [
        (403, "Forbidden: bot was blocked by the user", "blocked_by_buyer"),
        (401, "Unauthorized", "wrong_credentials"),
        (404, "Not Found", "wrong_credentials"),
        (400, "Bad Request: chat not found", "no_such_buyer"),
        (400, "Bad Request: message is too long", "too_long"),
        (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", "media_refused"),
        (400, "Bad Request: something new", "unknown_refusal"),
    ],
)
async def test_what_is_refused_says_what_to_do(
    telegram: Recorder, wire: Wire, status: int, said: str, fault: str
) -> None:
    answer = Reaction(status=status, body=json.dumps({"ok": False, "description": said}).encode())
    telegram.answers(SEND, answer)
    outcome = await say(calling(telegram), wire)
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.fault) == (f"Telegram answered {status}: {said}", fault)
    assert TOKEN not in outcome.reason


async def test_a_picture_leaves_as_python_telegram_bot_sends_it(telegram: Recorder, wire: Wire) -> None:
    taken = {"ok": True, "result": MESSAGE}
    telegram.answers(f"/bot{TOKEN}/sendPhoto", taken, taken, BLOCKED)
    assert await show(calling(telegram), wire) == Sent("42")
    async with Bot(TOKEN, base_url=f"{telegram.url}/bot") as bot:
        await bot.send_photo(chat_id="5", photo=PICTURE.body)
    ours, theirs = telegram.to(f"/bot{TOKEN}/sendPhoto")
    assert ours.form == theirs.form == {"chat_id": b"5", "photo": PICTURE.body}
    assert isinstance(await show(calling(telegram), wire), Refused)


async def test_a_notice_is_for_nobody_here(telegram: Recorder, wire: Wire) -> None:
    outbound = Outbound(reply_id="r", conversation_id="5", created_at=MORNING, content=Returned())
    assert await calling(telegram).send(wire=wire, outbound=outbound, now=MORNING) == Sent()
    assert telegram.calls == []


# Pictures, and looking


async def test_a_picture_is_fetched_by_its_id_and_only_as_a_picture(telegram: Recorder, wire: Wire) -> None:
    telegram.answers(f"/bot{TOKEN}/getFile", {"ok": True, "result": {"file_path": "photos/file_1.jpg"}})
    picture = Reaction(body=b"\xff\xd8\xff....", content_type="application/octet-stream")
    telegram.answers(
        f"/file/bot{TOKEN}/photos/file_1.jpg", picture, Reaction(body=b"<svg>", content_type="image/svg+xml")
    )
    adapter = calling(telegram)
    first = await adapter.read_media(wire=wire, media="large-photo-example", now=MORNING)
    assert first == Media(body=picture.body, content_type="image/jpeg")
    assert await adapter.read_media(wire=wire, media="x", now=MORNING) == NoMedia("no_picture")
    telegram.answers(f"/file/bot{TOKEN}/photos/file_1.jpg", Reaction(status=404), Reaction(body=b"\xff" * TOO_LARGE))
    assert await adapter.read_media(wire=wire, media="x", now=MORNING) == NoMedia("gone")
    assert await adapter.read_media(wire=wire, media="x", now=MORNING) == NoMedia("too_large")
    telegram.answers(f"/bot{TOKEN}/getFile", Reaction(status=400, body=b"{}"))
    assert isinstance(await adapter.read_media(wire=wire, media="x", now=MORNING), Refused)


@pytest.mark.parametrize(
    ("hook", "verdict"),
    [
        ({"url": HOOK}, "well"),
        ({"url": ""}, "wrong"),
        ({"url": "https://old.example/"}, "wrong"),
        ({"url": HOOK, "last_error_message": "Wrong response: 401"}, "warning"),
    ],
)
async def test_looking_tells_whose_the_token_is_and_where_telegram_delivers(
    telegram: Recorder, wire: Wire, hook: dict[str, str], verdict: str
) -> None:
    telegram.answers(f"/bot{TOKEN}/getWebhookInfo", {"ok": True, "result": hook})
    name, found = await calling(telegram).check(session=wire.session, webhook_url=HOOK, now=MORNING)
    assert name == well("Telegram takes the token: the bot is @tea_bot")
    assert found.verdict == verdict


async def test_looking_with_a_wrong_token_says_so(telegram: Recorder, wire: Wire) -> None:
    telegram.answers(f"/bot{TOKEN}/getMe", Reaction(status=401, body=b'{"ok":false}'))
    [found] = await calling(telegram).check(session=wire.session, webhook_url=HOOK, now=MORNING)
    assert found.verdict == "wrong"
    telegram.answers(f"/bot{TOKEN}/setWebhook", Reaction(status=400, body=b'{"ok":false,"description":"bad webhook"}'))
    [found] = await calling(telegram).connect(session=wire.session, webhook_url=HOOK, now=MORNING)
    assert (found.verdict, "bad webhook" in found.said) == ("wrong", True)
