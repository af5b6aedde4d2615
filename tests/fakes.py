"""What stands outside the house in tests: a clock that is told the time, and a platform that can be told to fail."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
from collections import deque
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, Protocol, Self, TextIO

from aiohttp import ClientSession, web
from standardwebhooks import Webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

# A Sunday morning in a shop in Shanghai.
MORNING = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TOLERANCE_SECONDS = 300


class FakeClock:
    """Stands still until it is told to move; always aware UTC."""

    def __init__(self, at: datetime = MORNING) -> None:
        self._now = at.astimezone(UTC)
        self._steady_seconds = self._now.timestamp()

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._steady_seconds

    def advance(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        passed = timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        self._now += passed
        self._steady_seconds += passed.total_seconds()

    def set(self, moment: datetime) -> None:
        """Somebody sets the clock on the wall; no time passes."""
        self._now = moment.astimezone(UTC)


class Clock(Protocol):
    def now(self) -> datetime: ...


Fault = Literal["timeout", "never", "reset", "reset_after"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """How the platform takes one reply.

    `fault`: "timeout" takes it and never answers; "never" neither takes it nor answers; "reset" cuts the connection
    first, "reset_after" takes it and then cuts. `slow_seconds` is real time before an ordinary answer.
    """

    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    fault: Fault | None = None
    slow_seconds: float = 0.0

    @property
    def takes_it(self) -> bool:
        if self.fault is not None:
            return self.fault in {"timeout", "reset_after"}
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One signed request of ours, as the ledger has it.

    `taken` is true once for each `webhook_id`: then the buyer saw it. `repeat` means that they had seen it before, and
    the platform dropped this copy. `platform_message_id` is what an answer would tell us.
    """

    number: int
    at: datetime
    webhook_id: str
    type: str
    conversation_id: str
    data: Mapping[str, object]
    body: str
    taken: bool
    repeat: bool
    platform_message_id: str
    reaction: str

    @property
    def text(self) -> str:
        """The words of a reply; empty for a notice."""
        content = self.data.get("content")
        return str(content["text"]) if isinstance(content, dict) else ""

    @property
    def kind(self) -> str:
        return str(self.data.get("kind", ""))


@dataclass(frozen=True, slots=True)
class Answered:
    """What the bot's front door answered to one of our deliveries."""

    status: int
    json: object
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A delivery of ours, kept so that it can be made again."""

    webhook_id: str
    body: bytes


class FakePlatform:
    """A real HTTP server that takes our replies, and a client that sends buyers' words.

    Signatures are made and checked by the `standardwebhooks` package, not by our code. `ledger` only grows, and with
    `ledger_path` each line is on the disk before the answer leaves, so that another process can judge.

        async with FakePlatform(clock=clock) as platform:
            platform.webhook_url = "http://127.0.0.1:8080/webhooks/tea"
            await platform.buyer_says("新疆包邮吗")
            assert await platform.hears(1) == ["亲，新疆满199元包邮，不满需补15元邮费哦。"]
    """

    def __init__(
        self,
        *,
        clock: Clock,
        secret: str = SECRET,
        webhook_url: str = "",
        ledger_path: Path | None = None,
        repeat_status: int = HTTPStatus.CONFLICT,
        port: int = 0,
    ) -> None:
        self.clock = clock
        self.secret = secret
        self.webhook_url = webhook_url
        self.ledger: list[Received] = []
        self.rejected: list[str] = []
        self.posted: list[Posted] = []
        self.usually = Reaction()
        self._next: deque[Reaction] = deque()
        self._taken: dict[str, Received] = {}
        self._oracle = Webhook(secret)
        self._numbers = itertools.count(1)
        self._message_numbers = itertools.count(1001)
        self._grown = asyncio.Event()
        self._let_go = asyncio.Event()
        self._repeat_status = repeat_status
        self._ledger_path = ledger_path
        self._ledger_file: TextIO | None = None
        self._port = port
        self._open = AsyncExitStack()

    # Life

    async def __aenter__(self) -> Self:
        if self._ledger_path is not None:
            self._ledger_file = self._open.enter_context(self._ledger_path.open("a", encoding="utf-8"))
        self._session = await self._open.enter_async_context(ClientSession())
        app = web.Application()
        app.router.add_post("/replies", self._take)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        self._open.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", self._port)
        await site.start()
        self._open.callback(self._let_go.set)
        self._port = runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    @property
    def port(self) -> int:
        return self._port

    @property
    def reply_url(self) -> str:
        """Where our replies go: `reply_url` of the channel, with `allow_private_reply_url = true`."""
        return f"http://127.0.0.1:{self._port}/replies"

    @property
    def channel_settings(self) -> dict[str, object]:
        """The platform's own keys of a channel that is connected here."""
        return {"secret": self.secret, "reply_url": self.reply_url, "allow_private_reply_url": True}

    def knows(self, secret: str) -> None:
        """Its owner has given it another secret."""
        self.secret, self._oracle = secret, Webhook(secret)

    # Told to fail

    def next_answers(self, *reactions: Reaction | int | Fault) -> None:
        """Say how the next requests are taken, in order; after them all is well again."""
        self._next.extend(_as_reaction(each) for each in reactions)

    def from_now_on(self, reaction: Reaction | int | Fault) -> None:
        """Say how every request is taken that `next_answers` does not name."""
        self.usually = _as_reaction(reaction)

    def let_go(self) -> None:
        """End all connections that hang in "timeout" or "never"."""
        self._let_go.set()
        self._let_go = asyncio.Event()

    # The ledger

    def heard(self, conversation: str | None = None) -> list[str]:
        """All that buyers (of one conversation) have seen of us, in order."""
        return [each.text for each in self.replies(conversation)]

    def replies(self, conversation: str | None = None) -> list[Received]:
        return [each for each in self._taken_in(conversation) if each.type == "reply.created"]

    def notices(self, conversation: str | None = None) -> list[Received]:
        """Hand-overs and returns that reached the shop's desk, in order."""
        return [each for each in self._taken_in(conversation) if each.type != "reply.created"]

    def _taken_in(self, conversation: str | None) -> list[Received]:
        return [each for each in self.ledger if each.taken and conversation in {None, each.conversation_id}]

    async def hears(self, count: int, conversation: str | None = None, *, within_seconds: float = 20.0) -> list[str]:
        """Wait until buyers have seen at least so many replies; fails with what there is."""
        await self.until(lambda: len(self.heard(conversation)) >= count, within_seconds=within_seconds)
        return self.heard(conversation)

    async def until(self, condition: Callable[[], bool], *, within_seconds: float = 20.0) -> None:
        """Wait for something about the ledger to become true."""
        try:
            async with asyncio.timeout(within_seconds):
                while not condition():
                    self._grown.clear()
                    await self._grown.wait()
        except TimeoutError:
            lines = "\n".join(f"  {each.number} {each.reaction} {each.body}" for each in self.ledger)
            raise AssertionError(f"not within {within_seconds:g} s; the ledger holds:\n{lines}") from None

    # Taking replies

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        reason = self._find_fault(request.headers, body)
        if reason is not None:
            self.rejected.append(reason)
            return web.json_response({"error": reason}, status=HTTPStatus.UNAUTHORIZED)
        reaction = self._next.popleft() if self._next else self.usually
        received = self._write_down(request.headers["webhook-id"], body.decode(), reaction)
        return await self._react(request, received, reaction)

    def _find_fault(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """Check a signature against the clock of this test; the package itself only knows the machine's."""
        seconds = headers.get("webhook-timestamp", "")
        if not seconds.isdigit() or "webhook-id" not in headers:
            return "webhook headers missing"
        at = datetime.fromtimestamp(int(seconds), UTC)
        if abs((self.clock.now() - at).total_seconds()) > TOLERANCE_SECONDS:
            return "webhook-timestamp is too far off"
        right = self._oracle.sign(headers["webhook-id"], at, body.decode())
        if right not in headers.get("webhook-signature", "").split(" "):
            return "webhook-signature does not match"
        return None

    def _write_down(self, webhook_id: str, body: str, reaction: Reaction) -> Received:
        """Append to the ledger, on the disk first when there is one."""
        envelope = json.loads(body)
        number = next(self._numbers)
        first = self._taken.get(webhook_id)
        received = Received(
            number=number,
            at=self.clock.now(),
            webhook_id=webhook_id,
            type=envelope["type"],
            conversation_id=envelope["data"].get("conversation_id", ""),
            data=envelope["data"],
            body=body,
            taken=first is None and reaction.takes_it,
            repeat=first is not None,
            platform_message_id=f"p-{number}" if first is None else first.platform_message_id,
            reaction=reaction.fault or str(int(reaction.status)),
        )
        if self._ledger_file is not None:
            self._ledger_file.write(_as_line(received))
            self._ledger_file.flush()
            os.fsync(self._ledger_file.fileno())
        if received.taken:
            self._taken[webhook_id] = received
        self.ledger.append(received)
        self._grown.set()
        return received

    async def _react(self, request: web.Request, received: Received, reaction: Reaction) -> web.StreamResponse:
        if reaction.fault in {"timeout", "never"}:
            await self._let_go.wait()
        if reaction.fault is not None:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        await asyncio.sleep(reaction.slow_seconds)
        status = self._repeat_status if received.repeat and reaction.takes_it else reaction.status
        body = reaction.body
        if body is None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            body = json.dumps({"message_id": received.platform_message_id}).encode()
        return web.Response(status=status, headers=reaction.headers, body=body)

    # Sending

    async def buyer_says(
        self,
        text: str = "",
        *,
        conversation: str = "c-77",
        message_id: str | None = None,
        buyer: str = "b-9",
        name: str = "小王",
        content: Mapping[str, object] | None = None,
        sent_at: datetime | None = None,
        again: bool = False,
        **more: object,
    ) -> Answered:
        """Deliver a buyer's message. `content` for cards and pictures; `more` for `came_from`, `buyer`.

        `again` delivers the very last thing once more, as a platform does that missed our answer.
        """
        author: dict[str, object] = {"kind": "buyer", "id": buyer, "name": name}
        said: dict[str, object] = dict(content) if content is not None else {"kind": "text", "text": text}
        if sent_at is not None:
            more["sent_at"] = sent_at.isoformat()
        return await self._says(author, said, conversation, message_id, more, again=again)

    async def staff_says(
        self, text: str, *, conversation: str = "c-77", message_id: str | None = None, again: bool = False
    ) -> Answered:
        """Deliver what a person typed in the platform's own client."""
        author: dict[str, object] = {"kind": "staff", "id": "s-1", "name": "客服小李"}
        return await self._says(author, {"kind": "text", "text": text}, conversation, message_id, {}, again=again)

    async def system_says(self, text: str, *, conversation: str = "c-77") -> Answered:
        return await self._says({"kind": "system"}, {"kind": "text", "text": text}, conversation, None, {}, again=False)

    async def echo(self, received: Received) -> Answered:
        """Deliver one of our own replies back to us, as platforms do with everything the shop sends."""
        return await self.staff_says(
            received.text, conversation=received.conversation_id, message_id=received.platform_message_id
        )

    async def close(self, *, conversation: str = "c-77", closed_by: str = "buyer", again: bool = False) -> Answered:
        """End a conversation on the platform."""
        return await self.deliver(
            "conversation.closed", {"conversation_id": conversation, "closed_by": closed_by}, again=again
        )

    async def rate(self, score: int, *, conversation: str = "c-77", comment: str = "", again: bool = False) -> Answered:
        """Deliver a rating that the buyer gave on the platform."""
        data = {"conversation_id": conversation, "score": score, "comment": comment}
        return await self.deliver("rating.created", data, again=again)

    async def _says(
        self,
        author: dict[str, object],
        content: dict[str, object],
        conversation: str,
        message_id: str | None,
        more: dict[str, object],
        *,
        again: bool,
    ) -> Answered:
        data: dict[str, object] = {
            "message_id": message_id or f"m-{next(self._message_numbers)}",
            "conversation_id": conversation,
            "author": author,
            "content": content,
            "sent_at": self.clock.now().isoformat(),
        }
        return await self.deliver("message.created", data | more, again=again)

    async def deliver(self, kind: str, data: Mapping[str, object], *, again: bool = False) -> Answered:
        """Sign and post any event; `again` posts the last one once more under its own webhook-id."""
        if not again:
            envelope = {"type": kind, "timestamp": self.clock.now().isoformat(), "data": data}
            body = json.dumps(envelope, ensure_ascii=False).encode()
            self.posted.append(Posted(webhook_id=f"msg_{len(self.posted) + 1}", body=body))
        return await self.post(self.posted[-1])

    async def post(self, posted: Posted, *, headers: Mapping[str, str] | None = None) -> Answered:
        """Post a body as it is, signed now; `headers` replace the signed ones, for whoever wants to cheat."""
        signed = self.sign(posted)
        async with self._session.post(
            self.webhook_url, data=posted.body, headers=signed if headers is None else headers
        ) as response:
            text = await response.text()
            told = json.loads(text) if response.content_type == "application/json" else text or None
            return Answered(response.status, told, dict(response.headers))

    def sign(self, posted: Posted) -> dict[str, str]:
        """Return the headers for a body, made by the `standardwebhooks` package for the clock's time."""
        now = self.clock.now()
        return {
            "content-type": "application/json",
            "webhook-id": posted.webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._oracle.sign(posted.webhook_id, now, posted.body.decode()),
        }


def _as_reaction(value: Reaction | int | Fault) -> Reaction:
    if isinstance(value, Reaction):
        return value
    return Reaction(status=value) if isinstance(value, int) else Reaction(fault=value)


def slowly(seconds: float, reaction: Reaction | int | Fault = HTTPStatus.OK) -> Reaction:
    """Return a reaction that first lets real time pass."""
    return replace(_as_reaction(reaction), slow_seconds=seconds)


def _as_line(received: Received) -> str:
    return (
        json.dumps(
            {
                "number": received.number,
                "at": received.at.isoformat(),
                "webhook_id": received.webhook_id,
                "type": received.type,
                "conversation_id": received.conversation_id,
                "data": received.data,
                "taken": received.taken,
                "repeat": received.repeat,
                "reaction": received.reaction,
            },
            ensure_ascii=False,
        )
        + "\n"
    )
