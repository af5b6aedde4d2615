"""The same for Chatwoot, whose agents are the desk. Its signature is made by hand, with the standard library."""

from __future__ import annotations

import hashlib
import hmac
import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

from tests.platform_shop import BUYER, PlatformShop, Posted
from tests.recorder import Reaction, Recorder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.server import BaseHTTPRequestHandler

    from tests.recorder import Call

SECRET = "of-the-bots-page"


def talk_of(buyer: str) -> int:
    """A contact's number; it is that of their conversation too."""
    return int(hashlib.sha256(buyer.encode()).hexdigest()[:8], 16)


class TalkRecorder(Recorder):
    """Each conversation has a path of its own there; here they are one, notes for agents another, pictures a third."""

    def take(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        parts = request.path.split("/")
        if parts[-1] == "messages":
            request.path = f"/{_kind_of(request.headers['Content-Type'], body)}?talk={parts[-2]}"
        wire, request.rfile = request.rfile, BytesIO(body)
        super().take(request)
        request.rfile = wire


def _kind_of(content_type: str, body: bytes) -> str:
    if content_type.startswith("multipart/form-data"):
        return "pictures"
    return "notes" if json.loads(body)["private"] else "messages"


class ChatwootShop(PlatformShop):
    """A shop whose buyers write in an inbox of a Chatwoot."""

    platform_name = "chatwoot"
    own_settings: Mapping[str, object] = {"account_id": 1, "access_token": "bot-example", "webhook_secret": SECRET}
    send_path = "/messages"
    picture_path = "/pictures"
    recorder_kind = TalkRecorder
    over = Reaction(status=422, body=b'{"message":"Conversation cannot be replied to"}')

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        for path in (self.send_path, self.picture_path):
            self.recorder.answers(path, lambda _: {"id": 900_000 + self.number()})

    async def says(self, words: str, buyer: str = BUYER) -> str:
        return await self.happens("incoming", words, buyer, {"id": talk_of(buyer), "name": buyer, "type": "contact"})

    async def a_person_speaks(self, buyer: str = BUYER) -> None:
        """An agent answers in Chatwoot."""
        await self.happens("outgoing", "我来看看", buyer, {"id": 2, "name": "客服小李", "type": "user"})

    async def happens(self, kind: str, words: str, buyer: str, sender: Mapping[str, object]) -> str:
        event = {
            "event": "message_created",
            "id": self.number(),
            "content": words,
            "created_at": self.clock.now().isoformat(),
            "message_type": kind,
            "content_type": "text",
            "private": False,
            "sender": sender,
            "conversation": {"id": talk_of(buyer), "status": "pending"},
            "account": {"id": 1},
        }
        posted = self.signed_body(json.dumps(event).encode())
        return await self.posts_body(posted.body, headers=posted.headers)

    def signed_body(self, body: bytes) -> Posted:
        seconds = str(self.now_seconds)
        digest = hmac.new(SECRET.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
        return Posted(body=body, headers={"X-Chatwoot-Timestamp": seconds, "X-Chatwoot-Signature": f"sha256={digest}"})

    def words(self, buyer: str = BUYER) -> list[str]:
        """What the buyer has seen; notes are for agents."""
        sends = self.recorder.to(self.send_path)
        return [self.text_of(call) for call in sends if call.query["talk"] == str(talk_of(buyer))]

    def text_of(self, call: Call) -> str:
        return str(call.json["content"])

    async def mode_of(self, buyer: str = BUYER) -> str:
        return await super().mode_of(str(talk_of(buyer)))
