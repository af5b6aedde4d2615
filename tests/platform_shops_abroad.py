"""The same for Telegram, LINE, WhatsApp and Messenger. What they sign is signed by hand, with the standard library."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.platform_shop import BUYER, PlatformShop, Posted
from tests.recorder import Reaction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.recorder import Call

APP_SECRET = b"app-example-secret"


class TelegramShop(PlatformShop):
    """A shop with a Telegram bot. Buyers are known by numbers; theirs is made of their name."""

    platform_name = "telegram"
    own_settings: Mapping[str, object] = {"token": "600:AA-example", "secret_token": "hush-hush"}
    send_path = "/bot600:AA-example/sendMessage"
    over = Reaction(status=403, body=b'{"ok":false,"description":"Forbidden"}')

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.recorder.answers(self.send_path, lambda _: {"ok": True, "result": {"message_id": self.number()}})

    async def says(self, words: str, buyer: str = BUYER) -> str:
        posted = self.signed_body(json.dumps(self._update(words, buyer)).encode())
        return await self.posts_body(posted.body, headers=posted.headers)

    def _update(self, words: str, buyer: str) -> dict[str, object]:
        number, chat = self.number(), chat_of(buyer)
        user = {"id": chat, "is_bot": False, "first_name": buyer}
        said = {"message_id": number, "from": user, "chat": {"id": chat, "type": "private"}, "date": self.now_seconds}
        return {"update_id": 700_000_000 + number, "message": {**said, "text": words}}

    def signed_body(self, body: bytes) -> Posted:
        return Posted(body=body, headers={"X-Telegram-Bot-Api-Secret-Token": "hush-hush"})

    def forged(self, posted: Posted) -> list[Posted]:
        """Telegram signs no body: it shows the secret."""
        return [replace(posted, headers={"X-Telegram-Bot-Api-Secret-Token": "hush-husi"}), replace(posted, headers={})]

    def words(self, buyer: str = BUYER) -> list[str]:
        sends = self.recorder.to(self.send_path)
        return [self.text_of(call) for call in sends if call.json["chat_id"] == str(chat_of(buyer))]

    def text_of(self, call: Call) -> str:
        return str(call.json["text"])

    async def mode_of(self, buyer: str = BUYER) -> str:
        return await super().mode_of(str(chat_of(buyer)))

    async def a_person_speaks(self, buyer: str = BUYER) -> None:
        await super().a_person_speaks(str(chat_of(buyer)))


def chat_of(buyer: str) -> int:
    return int(hashlib.sha256(buyer.encode()).hexdigest()[:10], 16)


class LineShop(PlatformShop):
    """A shop with a LINE account. LINE drops what comes again under a retry key, and takes a reply token once."""

    platform_name = "line"
    own_settings: Mapping[str, object] = {"channel_secret": "line-secret", "channel_access_token": "line-example"}
    send_path = "/v2/bot/message/push"
    over = Reaction(status=429, body=b'{"message":"You have reached your monthly limit."}')

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.recorder.answers(self.send_path, lambda _: {"sentMessages": [{"id": str(self.number())}]})

    async def says(self, words: str, buyer: str = BUYER) -> str:
        await self.brings_much([(buyer, words)])
        return ""

    async def brings_much(self, said: Sequence[tuple[str, str]]) -> None:
        posted = self.signed_body(json.dumps({"events": [self._event(*each) for each in said]}).encode())
        await self.posts_body(posted.body, headers=posted.headers)

    def _event(self, buyer: str, words: str) -> dict[str, object]:
        number = self.number()
        return {
            "type": "message",
            "mode": "active",
            "timestamp": self.now_seconds * 1000,
            "source": {"type": "user", "userId": buyer},
            "webhookEventId": f"01EXAMPLE{number}",
            "message": {"id": str(number), "type": "text", "text": words},
        }

    def signed_body(self, body: bytes) -> Posted:
        digest = hmac.new(b"line-secret", body, hashlib.sha256).digest()
        return Posted(body=body, headers={"x-line-signature": base64.b64encode(digest).decode()})

    def words(self, buyer: str = BUYER) -> list[str]:
        """What was sent, each retry key once, as LINE does it."""
        sends = {call.headers["x-line-retry-key"]: call for call in self.recorder.to(self.send_path)}
        return [self.text_of(call) for call in sends.values() if call.json["to"] == buyer]

    def text_of(self, call: Call) -> str:
        return str(call.json["messages"][0].get("text", ""))


class MetaShop(PlatformShop):
    """What WhatsApp and Messenger share."""

    async def says(self, words: str, buyer: str = BUYER) -> str:
        await self.brings_much([(buyer, words)])
        return ""

    async def brings_much(self, said: Sequence[tuple[str, str]]) -> None:
        posted = self.signed_body(json.dumps(self.batch(said)).encode())
        await self.posts_body(posted.body, headers=posted.headers)

    @abstractmethod
    def batch(self, said: Sequence[tuple[str, str]]) -> dict[str, object]:
        """One delivery of many messages."""

    def signed_body(self, body: bytes) -> Posted:
        digest = hmac.new(APP_SECRET, body, hashlib.sha256).hexdigest()
        return Posted(body=body, headers={"X-Hub-Signature-256": f"sha256={digest}"})


class WhatsappShop(MetaShop):
    """A shop with a WhatsApp number."""

    platform_name = "whatsapp"
    own_settings: Mapping[str, object] = {
        "phone_number_id": "100",
        "access_token": "wa-example",
        "app_secret": APP_SECRET.decode(),
        "verify_token": "word",
    }
    send_path = "/100/messages"
    over = Reaction(status=400, body=b'{"error":{"code":131047,"message":"24 hours"}}')

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.recorder.answers(self.send_path, lambda _: {"messages": [{"id": f"wamid.{self.number()}"}]})

    def batch(self, said: Sequence[tuple[str, str]], number_id: str = "100") -> dict[str, object]:
        messages = [
            {
                "from": buyer,
                "id": f"wamid.in-{self.number()}",
                "timestamp": str(self.now_seconds),
                "type": "text",
                "text": {"body": words},
            }
            for buyer, words in said
        ]
        value = {"metadata": {"phone_number_id": number_id}, "messages": messages}
        return {"entry": [{"id": "waba", "changes": [{"field": "messages", "value": value}]}]}

    def words(self, buyer: str = BUYER) -> list[str]:
        return [self.text_of(call) for call in self.recorder.to(self.send_path) if call.json["to"] == buyer]

    def text_of(self, call: Call) -> str:
        said = call.json
        return str(said["text"]["body"] if said["type"] == "text" else said["interactive"]["body"]["text"])


class MessengerShop(MetaShop):
    """A shop with a Facebook page. What is said in the page's name comes back as an echo."""

    platform_name = "messenger"
    own_settings: Mapping[str, object] = {
        "page_id": "200",
        "access_token": "page-example",
        "app_secret": APP_SECRET.decode(),
        "verify_token": "word",
    }
    send_path = "/200/messages"
    over = Reaction(
        status=400, body=b'{"error":{"code":10,"error_subcode":2018278,"message":"outside of allowed window"}}'
    )

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.recorder.answers(self.send_path, lambda _: {"message_id": f"m_{self.number()}"})

    def batch(self, said: Sequence[tuple[str, str]], page: str = "200") -> dict[str, object]:
        messaging = [self._item(buyer, page, {"mid": f"m_in-{self.number()}", "text": words}) for buyer, words in said]
        return {"object": "page", "entry": [{"id": page, "messaging": messaging}]}

    def _item(self, sender: str, receiver: str, message: dict[str, object]) -> dict[str, object]:
        about = {"sender": {"id": sender}, "recipient": {"id": receiver}, "timestamp": self.now_seconds * 1000}
        return {**about, "message": message}

    async def shop_says(self, words: str, buyer: str = BUYER) -> None:
        """Somebody answers in the page's own inbox, or our own words come back."""
        message = {"mid": f"m_echo-{self.number()}", "text": words, "is_echo": True}
        item = self._item("200", buyer, message)
        posted = self.signed_body(json.dumps({"entry": [{"id": "200", "messaging": [item]}]}).encode())
        await self.posts_body(posted.body, headers=posted.headers)
        await self.settles()

    def words(self, buyer: str = BUYER) -> list[str]:
        sends = self.recorder.to(self.send_path)
        return [self.text_of(call) for call in sends if call.json["recipient"]["id"] == buyer]

    def text_of(self, call: Call) -> str:
        return str(call.json["message"].get("text", ""))


class InstagramShop(MessengerShop):
    """A shop with an Instagram account; its API is behind a proxy of the owner's."""

    own_settings: Mapping[str, object] = {**MessengerShop.own_settings, "account": "instagram"}
