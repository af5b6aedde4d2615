"""Where people of the shop read, as fakes: an HTTP server that answers as each robot does, and a mail server."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import re
from collections import deque
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from html import unescape
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import parse_qs

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from email.message import EmailMessage

Kind = Literal["feishu", "dingtalk", "wecom", "slack", "telegram"]
SECRET = "SEC-of-a-robot"
TOKEN = "110201543:example-of-a-bot"


@dataclass(frozen=True, kw_only=True)
class Scripted:
    """How the next message is taken. `hangs` takes it and never answers."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False


GOOD: Mapping[str, object] = {
    "feishu": {"code": 0, "msg": "success", "data": {}},
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "wecom": {"errcode": 0, "errmsg": "ok"},
    "slack": "ok",
    "telegram": {"ok": True, "result": {"message_id": 5}},
}


class FakeRobots:
    """All kinds on one server. It checks signatures and keywords as the peers document, by code of its own.

    `said` holds the texts that people have read, in order; `turned_away` why it refused a message.
    """

    def __init__(self, *, keyword: str = "") -> None:
        self.said: list[str] = []
        self.bodies: list[Mapping[str, Any]] = []
        self.turned_away: list[str] = []
        self._keyword = keyword
        self._next: deque[Scripted] = deque()
        self._grown, self._let_go = asyncio.Event(), asyncio.Event()
        self._open = AsyncExitStack()
        self.port = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/feishu/hook", self._taking("feishu", self._feishu_fault))
        app.router.add_post("/dingtalk/send", self._taking("dingtalk", self._dingtalk_fault))
        app.router.add_post("/wecom/send", self._taking("wecom", self._wecom_fault))
        app.router.add_post("/slack/hook", self._taking("slack", self._slack_fault))
        app.router.add_post(f"/telegram/bot{TOKEN}/sendMessage", self._taking("telegram", self._telegram_fault))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        self._open.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        self._open.callback(self._let_go.set)
        self.port = runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def settings(self, kind: Kind, *, secret: bool = True) -> dict[str, object]:
        """The keys of an `[[alerts]]` table of this kind that leads here."""
        base = f"http://127.0.0.1:{self.port}/{kind}"
        if kind == "telegram":
            return {"token": TOKEN, "chat_id": "-1001", "api_url": base, "allow_private_api_url": True}
        path = {"feishu": "hook", "dingtalk": "send?access_token=T", "wecom": "send?key=K", "slack": "hook"}[kind]
        signed = {"secret": SECRET} if secret and kind in {"feishu", "dingtalk"} else {}
        return {"url": f"{base}/{path}", "allow_private_url": True, **signed}

    def next_answers(self, *answers: Scripted) -> None:
        self._next.extend(answers)

    async def hears(self, count: int, *, within_seconds: float = 20.0) -> list[str]:
        """Wait until people have read so many messages."""
        await self._grows(lambda: len(self.said) >= count, within_seconds)
        return self.said

    async def is_asked(self, count: int, *, within_seconds: float = 20.0) -> None:
        """Wait until so many messages have come in, taken or not."""
        await self._grows(lambda: len(self.bodies) >= count, within_seconds)

    async def _grows(self, enough: Callable[[], bool], within_seconds: float) -> None:
        try:
            async with asyncio.timeout(within_seconds):
                while not enough():
                    self._grown.clear()
                    await self._grown.wait()
        except TimeoutError:
            raise AssertionError(f"people have read only {self.said}; turned away: {self.turned_away}") from None

    def _taking(
        self, kind: Kind, fault: Callable[[web.Request, Mapping[str, Any]], object]
    ) -> Callable[[web.Request], Any]:
        async def take(request: web.Request) -> web.StreamResponse:
            content = json.loads(await request.read())
            self.bodies.append(content)
            self._grown.set()
            scripted = self._next.popleft() if self._next else None
            wrong = fault(request, content)
            if wrong is not None and scripted is None:
                self.turned_away.append(json.dumps(wrong))
                return web.json_response(wrong)
            if scripted is None or scripted.hangs:
                self.said.append(_readable(kind, content))
                self._grown.set()
            if scripted is None:
                return _answer(200, GOOD[kind], {})
            if scripted.hangs:
                await self._let_go.wait()
            return _answer(scripted.status, scripted.body, scripted.headers)

        return take

    def _feishu_fault(self, request: web.Request, content: Mapping[str, Any]) -> object:
        if "sign" in content:
            key = f"{content['timestamp']}\n{SECRET}".encode()
            if content["sign"] != base64.b64encode(hmac.digest(key, b"", "sha256")).decode():
                return {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
        card = content.get("card", {})
        if content["msg_type"] != "interactive" or not card["elements"] or (request.content_length or 0) > 20_000:
            return {"code": 9499, "msg": "Bad Request"}
        if self._keyword not in "".join(_of_feishu(content)):
            return {"code": 19024, "msg": "Key Words Not Found"}
        return None

    def _dingtalk_fault(self, request: web.Request, content: Mapping[str, Any]) -> object:
        query = parse_qs(request.query_string)
        if "sign" in query:
            text = f"{query['timestamp'][0]}\n{SECRET}".encode()
            right = base64.b64encode(hmac.new(SECRET.encode(), text, hashlib.sha256).digest()).decode()
            if query["sign"][0] != right:
                return {"errcode": 310000, "errmsg": "sign not match"}
        kind = content["msgtype"]
        needed = {"actionCard": {"title", "text", "singleTitle", "singleURL"}, "markdown": {"title", "text"}}
        if not all(content[kind].get(name) for name in needed[kind]):
            return {"errcode": 40035, "errmsg": "invalid parameter"}
        if self._keyword not in content[kind]["title"] + content[kind]["text"]:
            return {"errcode": 310000, "errmsg": "keywords not in content"}
        return None if query.get("access_token") == ["T"] else {"errcode": 300005, "errmsg": "token is not exist"}

    @staticmethod
    def _wecom_fault(request: web.Request, content: Mapping[str, Any]) -> object:
        if content["msgtype"] != "markdown":
            return {"errcode": 40008, "errmsg": "invalid message type"}
        if len(content["markdown"]["content"].encode()) > 4_096:
            return {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}
        return None if request.query.get("key") == "K" else {"errcode": 93000, "errmsg": "invalid webhook url"}

    @staticmethod
    def _slack_fault(_request: web.Request, content: Mapping[str, Any]) -> object:
        heading, *sections = content["blocks"]
        fits = len(heading["text"]["text"]) <= 150 and all(0 < len(each["text"]["text"]) <= 3_000 for each in sections)
        is_known = heading["type"] == "header" and {each["type"] for each in sections} <= {"section"}
        calls = any("<!" in each["text"]["text"] for each in content["blocks"])
        return None if fits and is_known and not calls and len(sections) < 50 else {"error": "invalid_blocks"}

    @staticmethod
    def _telegram_fault(_request: web.Request, content: Mapping[str, Any]) -> object:
        if set(TAG.findall(content["text"])) - {"b", "i", "a"} or content["parse_mode"] != "HTML":
            return {"ok": False, "error_code": 400, "description": "Bad Request: can't parse entities"}
        if len(unescape(TAGS.sub("", content["text"]))) > 4_096:
            return {"ok": False, "error_code": 400, "description": "Bad Request: message is too long"}
        return None


TAG, TAGS = re.compile(r"<(\w+)"), re.compile(r"</?\w+[^>]*>")
MARKDOWN = (
    (re.compile(r"\[[^\]]*\]\(([^)]*)\)"), r"\1"),
    (re.compile(r"^(#+ |> )", re.MULTILINE), ""),
    (re.compile(r"\*\*|</?font[^>]*>"), ""),
)


def _readable(kind: Kind, content: Mapping[str, Any]) -> str:
    """What people read, line by line, and where a link or button leads in place of its words."""
    read = {"feishu": _of_feishu, "dingtalk": _of_dingtalk, "wecom": _of_wecom, "slack": _of_slack}
    lines = read.get(kind, _of_telegram)(content)
    return "\n".join(line.strip() for line in lines if line.strip())


def _of_feishu(content: Mapping[str, Any]) -> list[str]:
    card = content["card"]
    lines = [_plain(card["header"]["title"])]
    for each in card["elements"]:
        match each:
            case {"tag": "div", "text": text}:
                lines.append(_plain(text))
            case {"tag": "note", "elements": texts}:
                lines += map(_plain, texts)
            case {"tag": "action", "actions": [{"tag": "button", "text": words, "url": url}]} if _plain(words):
                lines.append(url)
            case _:
                raise AssertionError(f"no element of a card: {each}")
    return lines


def _plain(text: Mapping[str, str]) -> str:
    assert text["tag"] == "plain_text"
    return text["content"]


def _of_dingtalk(content: Mapping[str, Any]) -> list[str]:
    said = content[content["msgtype"]]
    return [*_without_markdown(said["text"]), said.get("singleURL", "")]


def _of_wecom(content: Mapping[str, Any]) -> list[str]:
    return _without_markdown(content["markdown"]["content"])


def _of_slack(content: Mapping[str, Any]) -> list[str]:
    text = "\n".join(each["text"]["text"] for each in content["blocks"])
    return unescape(re.sub(r"<([^|>]*)\|[^>]*>", r"\1", text).replace("*", "")).splitlines()


def _of_telegram(content: Mapping[str, Any]) -> list[str]:
    text = re.sub(r'<a href="([^"]*)">[^<]*</a>', r"\1", content["text"])
    return unescape(TAGS.sub("", text)).splitlines()


def _without_markdown(text: str) -> list[str]:
    for pattern, instead in MARKDOWN:
        text = pattern.sub(instead, text)
    return text.splitlines()


def _answer(status: int, body: object, headers: Mapping[str, str]) -> web.Response:
    if isinstance(body, str) or body is None:
        return web.Response(status=status, text=body or "", headers=headers)
    return web.json_response(body, status=status, headers=headers)


class FakeMailServer:
    """A mail server that speaks SMTP on a real socket, and answers to one command after the other as it is told."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.commands: list[str] = []
        self.answers: dict[str, str] = {}
        """First word of a command (or "END" for the end of the letter) → what to answer; "" cuts the connection."""
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    @property
    def settings(self) -> dict[str, object]:
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "tls": "none",
            "sender": "xiaoer@shop.example",
            "recipients": ["desk@shop.example", "owner@shop.example"],
        }

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._talk(reader, writer)
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        usual = {
            "EHLO": "250-here\r\n250 AUTH PLAIN LOGIN",
            "AUTH": "235 welcome",
            "DATA": "354 go on",
            "END": "250 ok",
        }
        await say("220 mail.shop.example")
        while line := (await reader.readline()).decode(errors="replace").strip():
            word = line.split()[0].upper()
            self.commands.append(line)
            answer = self.answers.get(word, usual.get(word, "250 ok"))
            if not answer:
                return
            await say(answer)
            if word == "QUIT":
                return
            if word == "DATA" and answer.startswith("354"):
                letter = await reader.readuntil(b"\r\n.\r\n")
                end = self.answers.get("END", usual["END"])
                if end.startswith("250") or not end:
                    self.letters.append(message_from_bytes(letter[:-5], policy=policy.default))
                if not end:
                    return
                await say(end)
