"""A whole bot on one platform that it speaks natively, which a recorder plays: what buyers do, and what they see.

async with OaShop(...) as shop:
    assert await shop.hears("什么时候发货") == ["下单后48小时内发货。"]
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from aiohttp import ClientSession
from wechatpy.crypto import PrpCrypto

from adapters.wechat.crypto import CallbackKeys, encrypt, read_aes_key, sign
from bot.config import Config
from bot.live import Bell
from bot.storage.people.take_over import take_over
from tests.recorder import Reaction, Recorder
from tests.shop import CHANNEL, Settings, Shop

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.fakes import FakeClock, FakePlatform
    from tests.recorder import Call

TOKEN, AES_KEY = "token123", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
BUYER = "o-buyer-1"
OK = {"errcode": 0, "errmsg": "ok"}
TOKENS = {**OK, "access_token": "AT-1", "expires_in": 7200}


@dataclass(frozen=True, kw_only=True)
class Posted:
    """One delivery of a platform, kept so that it can be made again."""

    body: bytes
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def saying(answer: Mapping[str, object]) -> Reaction:
    """What a platform says that answers 200 whatever happens."""
    return Reaction(body=json.dumps(answer).encode())


class PlatformShop(Shop, ABC):
    """A shop whose only channel is on one of these platforms. `words` are what its buyers have seen, in order."""

    platform_name = ""
    own_settings: Mapping[str, object] = {}
    send_path = ""
    """Where our bubbles go."""
    over = Reaction()
    """What the platform says when it takes no more of us before the buyer writes again."""
    login_path = ""
    """Where it lends access tokens; "" where it lends none."""
    lapsed = Reaction()
    """What it says to a token that does not hold any more."""
    recorder_kind: type[Recorder] = Recorder
    public_url = ""
    """Where the owner said that the bot is reached."""
    renewed_token: Mapping[str, object] = {**TOKENS, "access_token": "AT-2"}
    """What it lends to who logs in again."""

    def __init__(self, *, url: str, clock: FakeClock, unused: FakePlatform, **own: object) -> None:
        super().__init__(url=url, clock=clock, platform=unused, settings=Settings.make())
        self.recorder = self.recorder_kind(usually=OK)
        self.channel = CHANNEL
        self._own = own
        self._numbers = itertools.count(1)
        self.copies = 1
        self.posted: list[Posted] = []

    async def __aenter__(self) -> Self:
        self.recorder.__enter__()
        return await super().__aenter__()

    async def __aexit__(self, *_: object) -> None:
        await super().__aexit__()
        self.recorder.__exit__()

    @property
    def config(self) -> Config:
        own = {**self.own_settings, **self._own, "api_url": self.recorder.url, "allow_private_api_url": True}
        channel = {"name": self.channel, "platform": self.platform_name, "settings": own}
        return Config.model_validate(
            {
                "server": {"port": 0, "public_url": self.public_url},
                "database": {"url": self.url},
                "shop": {"name": "小满生活馆"},
                "conversation": {"patience_seconds": 0},
                "channels": [channel],
            }
        )

    # What each platform does in its own way

    @abstractmethod
    async def says(self, words: str, buyer: str = BUYER) -> str:
        """A buyer writes; returns what the platform was answered."""

    @abstractmethod
    def words(self, buyer: str = BUYER) -> list[str]:
        """What a buyer has seen of us, in order."""

    @abstractmethod
    def text_of(self, call: Call) -> str:
        """The words of one of our requests."""

    @abstractmethod
    def signed_body(self, body: bytes) -> Posted:
        """Any body, made to look like the platform's own."""

    def forged(self, posted: Posted) -> list[Posted]:
        """The same by somebody who does not know the secret: a bit is another, or the signature is missing."""
        changed = bytearray(posted.body)
        changed[len(changed) // 2] ^= 1
        return [replace(posted, body=bytes(changed)), replace(posted, query={}, headers={})]

    async def brings_much(self, said: Sequence[tuple[str, str]]) -> None:
        """Many messages at once, each with its buyer: in one delivery where the platform can."""
        await asyncio.gather(*(self.says(words, buyer) for buyer, words in said))

    # What is the same

    async def hears(self, words: str, buyer: str = BUYER) -> list[str]:
        """A buyer writes, and everything follows from it; returns what they saw after that."""
        seen = len(self.words(buyer))
        await self.says(words, buyer)
        await self.settles()
        return self.words(buyer)[seen:]

    async def posts_body(
        self, body: bytes, *, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> str:
        """Post it, so many copies of it at once, all of which are taken."""
        self.posted.append(Posted(body=body, query=query or {}, headers=headers or {}))
        answered = await asyncio.gather(*(self.posts_raw(self.posted[-1]) for _ in range(self.copies)))
        assert {status // 100 for status, _ in answered} == {2}, answered
        return answered[0][1]

    async def posts_raw(self, posted: Posted) -> tuple[int, str]:
        """Post something as it is: the status of the answer, and its text."""
        async with (
            ClientSession() as session,
            session.post(self.door, params=posted.query, data=posted.body, headers=posted.headers) as response,
        ):
            return response.status, await response.text()

    @property
    def door(self) -> str:
        return f"{self.bot.url}/webhooks/{self.channel}"

    @property
    def now_seconds(self) -> int:
        return int(self.clock.now().timestamp())

    def number(self) -> int:
        return next(self._numbers)

    async def mode_of(self, buyer: str = BUYER) -> str:
        found = await self.rows("SELECT mode FROM conversation WHERE buyer = :buyer", buyer=buyer)
        return str(found[0].mode)

    async def a_person_speaks(self, buyer: str = BUYER) -> None:
        """Somebody of the shop answers this buyer at our desk."""
        found = await self.rows("SELECT id FROM conversation WHERE buyer = :buyer", buyer=buyer)
        await self.bot.database.write(take_over, [found[0].id], at=self.clock.now())

    async def until_called(self, path: str, *, times: int = 1) -> None:
        """Return when so many calls of ours have come to this path of the platform."""
        bell = Bell()
        async with asyncio.timeout(30):
            while len(self.recorder.to(path)) < times:
                await bell.wait(at_most_seconds=0.01)

    async def reasons(self) -> list[str]:
        """Why each reply that nobody got did not arrive."""
        found = await self.rows("SELECT last_error FROM outbox WHERE state IN ('failed', 'unknown') ORDER BY id")
        return [row.last_error for row in found]


def signed(now_seconds: int, *texts: str, name: str = "signature") -> dict[str, str]:
    """What WeChat writes into the address: its signature over the query, or over what is encrypted too."""
    timestamp, nonce = str(now_seconds), "1514711492"
    signature = sign(TOKEN.encode(), *(each.encode() for each in (timestamp, nonce, *texts)))
    return {"timestamp": timestamp, "nonce": nonce, name: signature}


def encrypted(message: str, receiver: str) -> str:
    sealed: bytes = PrpCrypto(read_aes_key(AES_KEY)).encrypt(message, receiver)
    return sealed.decode()


class OaShop(PlatformShop):
    """A shop with an Official Account, in plain mode."""

    platform_name = "wechat-oa"
    own_settings: Mapping[str, object] = {"app_id": "wx-oa", "app_secret": "app-secret", "token": TOKEN}
    send_path = "/cgi-bin/message/custom/send"
    over = saying({"errcode": 45047, "errmsg": "out of response count limit"})
    login_path = "/cgi-bin/stable_token"
    lapsed = saying({"errcode": 42001, "errmsg": "access_token expired"})

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.recorder.answers("/cgi-bin/stable_token", TOKENS)

    async def says(self, words: str, buyer: str = BUYER) -> str:
        number = self.number()
        return await self.brings("text", buyer, f"<Content><![CDATA[{words}]]></Content><MsgId>{number}</MsgId>")

    def text_of(self, call: Call) -> str:
        return _text_of(call.json)

    def signed_body(self, body: bytes) -> Posted:
        return Posted(body=body, query=signed(self.now_seconds))

    def forged(self, posted: Posted) -> list[Posted]:
        """In plain mode WeChat signs the query alone."""
        return [replace(posted, query={**posted.query, "nonce": "1"}), replace(posted, query={})]

    async def happens(self, event: str, buyer: str = BUYER, more: str = "") -> None:
        await self.brings("event", buyer, f"<Event>{event}</Event>{more}")
        await self.settles()

    async def brings(self, kind: str, buyer: str, inner: str) -> str:
        body = (
            f"<xml><ToUserName>gh_teashop</ToUserName><FromUserName>{buyer}</FromUserName>"
            f"<CreateTime>{self.now_seconds}</CreateTime><MsgType>{kind}</MsgType>{inner}</xml>"
        )
        return await self.posts_body(body.encode(), query=signed(self.now_seconds))

    def words(self, buyer: str = BUYER) -> list[str]:
        sends = [call.json for call in self.recorder.to("/cgi-bin/message/custom/send")]
        return [_text_of(each) for each in sends if each["touser"] == buyer]


class SafeOaShop(OaShop):
    """The same in safe mode (安全模式): its deliveries are encrypted."""

    own_settings: Mapping[str, object] = {**OaShop.own_settings, "encoding_aes_key": AES_KEY}

    def signed_body(self, body: bytes) -> Posted:
        return sealed_body(self.now_seconds, body, "wx-oa")


class KfShop(PlatformShop):
    """A shop with a customer-service account of WeCom. `news` is all that WeCom could ever hand out, in order."""

    platform_name = "wecom-kf"
    own_settings: Mapping[str, object] = {
        "corp_id": "ww-teashop",
        "secret": "secret",
        "token": TOKEN,
        "encoding_aes_key": AES_KEY,
        "open_kfid": "wk-teashop",
    }
    send_path = "/cgi-bin/kf/send_msg"
    over = saying({"errcode": 95001, "errmsg": "send msg count limit"})
    login_path = "/cgi-bin/gettoken"
    lapsed = saying({"errcode": 42001, "errmsg": "access_token expired"})

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.news: list[dict[str, object]] = []
        self.page_size = 1_000
        self.empty_pages = 0
        self.state = 0
        self.recorder.answers("/cgi-bin/gettoken", TOKENS)
        self.recorder.answers("/cgi-bin/kf/sync_msg", self._page)
        self.recorder.answers("/cgi-bin/kf/service_state/get", lambda _: {**OK, "service_state": self.state})
        self.recorder.answers("/cgi-bin/kf/service_state/trans", self._moves)
        self.recorder.answers("/cgi-bin/kf/servicer/list", {**OK, "servicer_list": [{"userid": "lin", "status": 0}]})
        self.recorder.answers("/cgi-bin/kf/send_msg", lambda call: {**OK, "msgid": call.json["msgid"]})
        self.recorder.answers("/cgi-bin/kf/send_msg_on_event", lambda call: {**OK, "msgid": call.json["msgid"]})

    def _page(self, call: Call) -> dict[str, object]:
        """From where the cursor stands; now and then a page is empty although there is more."""
        start = int(call.json["cursor"].removeprefix("c-") or 0)
        if self.empty_pages:
            self.empty_pages -= 1
            return {**OK, "next_cursor": f"c-{start}-", "has_more": 1, "msg_list": []} | {"next_cursor": f"c-0{start}"}
        items = self.news[start : start + self.page_size]
        end = start + len(items)
        return {**OK, "next_cursor": f"c-{end}", "has_more": int(end < len(self.news)), "msg_list": items}

    def _moves(self, call: Call) -> dict[str, object]:
        self.state = call.json["service_state"]
        return {**OK, "msg_code": "moved-1"}

    async def says(self, words: str, buyer: str = BUYER) -> str:
        return await self.comes(self.item(words, buyer))

    def text_of(self, call: Call) -> str:
        return _text_of(call.json)

    def signed_body(self, body: bytes) -> Posted:
        return sealed_body(self.now_seconds, body, "ww-teashop")

    async def brings_much(self, said: Sequence[tuple[str, str]]) -> None:
        await self.comes(*(self.item(words, buyer) for buyer, words in said))

    def item(self, words: str, buyer: str = BUYER, *, origin: int = 3, **more: object) -> dict[str, object]:
        return {
            "msgid": f"kf-{self.number()}",
            "open_kfid": "wk-teashop",
            "external_userid": buyer,
            "send_time": self.now_seconds,
            "origin": origin,
            "msgtype": "text",
            "text": {"content": words},
            **more,
        }

    def event(self, kind: str, buyer: str = BUYER, **more: object) -> dict[str, object]:
        about = {"event_type": kind, "open_kfid": "wk-teashop", "external_userid": buyer, **more}
        number, now = self.number(), self.now_seconds
        return {"msgid": f"kf-{number}", "send_time": now, "origin": 4, "msgtype": "event", "event": about}

    async def comes(self, *items: dict[str, object]) -> str:
        """WeCom has these, and says so; returns when they are read."""
        self.news += items
        answered = await self.wakes()
        await self.read_up_to(len(self.news))
        return answered

    async def wakes(self) -> str:
        message = (
            "<xml><ToUserName>ww-teashop</ToUserName><MsgType>event</MsgType><Event>kf_msg_or_event</Event>"
            "<Token>wake-1</Token><OpenKfId>wk-teashop</OpenKfId></xml>"
        )
        sealed = encrypted(message, "ww-teashop")
        body = f"<xml><ToUserName>ww-teashop</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()
        return await self.posts_body(body, query=signed(self.now_seconds, sealed, name="msg_signature"))

    async def read_up_to(self, count: int) -> None:
        bell = Bell()
        async with asyncio.timeout(30):
            while await self.cursor() != f" c-{count}":
                await bell.wait(at_most_seconds=0.01)

    async def cursor(self) -> str:
        found = await self.rows("SELECT body FROM channel_state WHERE what = 'cursor'")
        return bytes(found[0].body).decode() if found and found[0].body is not None else ""

    def words(self, buyer: str = BUYER) -> list[str]:
        """What was sent, each id once, as WeCom does it; words by a code are for whoever the code was about."""
        paths = ("/cgi-bin/kf/send_msg", "/cgi-bin/kf/send_msg_on_event")
        sends = {call.json["msgid"]: call.json for call in self.recorder.calls if call.path in paths}
        return [_text_of(each) for each in sends.values() if each.get("touser", buyer) == buyer]


class WechatShopShop(PlatformShop):
    """A shop on WeChat Shop, whose people answer at our desk."""

    platform_name = "wechat-shop"
    own_settings: Mapping[str, object] = {
        "app_id": "wx-shop",
        "app_secret": "app-secret",
        "token": TOKEN,
        "encoding_aes_key": AES_KEY,
    }
    send_path = "/channels/ec/commkf/sendmsg"
    over = saying({"errcode": 45015, "errmsg": "response out of time limit"})
    login_path = "/cgi-bin/stable_token"
    lapsed = saying({"errcode": 42001, "errmsg": "access_token expired"})

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.recorder.answers("/cgi-bin/stable_token", TOKENS)
        self.recorder.answers("/channels/ec/commkf/sendmsg", {**OK, "msg_id": 77})

    async def says(self, words: str, buyer: str = BUYER) -> str:
        return await self.brings(self.item("text", {"content": words}, buyer))

    def text_of(self, call: Call) -> str:
        return _text_of(call.json)

    def signed_body(self, body: bytes) -> Posted:
        return sealed_body(self.now_seconds, body, "wx-shop")

    def item(self, kind: str, inner: dict[str, object], buyer: str = BUYER) -> dict[str, object]:
        return {
            "ToUserName": "gh_teashop",
            "FromUserName": buyer,
            "CreateTime": self.now_seconds,
            "MsgType": "event",
            "Event": "commkf_send_msg_to_kf",
            "msg_id": str(self.number()),
            "msg_type": kind,
            "msg_event": "EVENT_TYPE_SEND_MSG",
            kind: inner,
        }

    async def brings(self, item: dict[str, object]) -> str:
        sealed = encrypted(json.dumps(item), "wx-shop")
        body = json.dumps({"ToUserName": "gh_teashop", "Encrypt": sealed}).encode()
        return await self.posts_body(body, query=signed(self.now_seconds, sealed, name="msg_signature"))

    def words(self, buyer: str = BUYER) -> list[str]:
        """What was sent, each `request_id` once, as WeChat does it."""
        sends = {call.json["request_id"]: call.json for call in self.recorder.to("/channels/ec/commkf/sendmsg")}
        return [_text_of(each) for each in sends.values() if each["open_id"] == buyer]


class DouyinShop(PlatformShop):
    """A shop with a business account on Douyin."""

    platform_name = "douyin-im"
    own_settings: Mapping[str, object] = {"client_key": "dy-app-1", "client_secret": "dy-secret"}
    send_path = "/im/send/msg/"
    over = saying({"data": {"error_code": 28003070, "description": "over frequency"}})
    login_path = "/oauth/client_token/"
    renewed_token: Mapping[str, object] = {"data": {"error_code": 0, "access_token": "AT-2", "expires_in": 7200}}
    lapsed = saying({"data": {"error_code": 2190008, "description": "token expired"}})

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        token = {"error_code": 0, "access_token": "AT-1", "expires_in": 7200}
        self.recorder.answers("/oauth/client_token/", {"data": token})
        self.recorder.answers("/im/send/msg/", lambda _: {"data": {"error_code": 0, "msg_id": f"dy-{self.number()}"}})

    async def says(self, words: str, buyer: str = BUYER) -> str:
        return await self.happens("im_receive_msg", buyer, "dy-shop-1", message_type="text", text=words)

    def text_of(self, call: Call) -> str:
        return str(call.json["content"]["text"]["text"])

    def signed_body(self, body: bytes) -> Posted:
        signature = hashlib.sha1(b"dy-secret" + body).hexdigest()  # noqa: S324 - it is how Douyin signs
        return Posted(body=body, headers={"X-Douyin-Signature": signature, "Msg-Id": f"d-{self.number()}"})

    async def shop_says(self, words: str, buyer: str = BUYER) -> None:
        await self.happens("im_send_msg", "dy-shop-1", buyer, message_type="text", text=words)
        await self.settles()

    async def happens(self, event: str, sender: str, receiver: str, **content: object) -> str:
        about = {"conversation_short_id": "dy-talk-1", "server_message_id": f"in-{self.number()}", **content}
        said = {"event": event, "client_key": "dy-app-1", "from_user_id": sender, "to_user_id": receiver}
        body = json.dumps({**said, "content": {"create_time": self.now_seconds * 1000, **about}}).encode()
        signature = hashlib.sha1(b"dy-secret" + body).hexdigest()  # noqa: S324 - it is how Douyin signs
        return await self.posts_body(body, headers={"X-Douyin-Signature": signature, "Msg-Id": f"d-{self.number()}"})

    def words(self, buyer: str = BUYER) -> list[str]:
        sends = [call.json for call in self.recorder.to("/im/send/msg/")]
        return [each["content"]["text"]["text"] for each in sends if each["to_user_id"] == buyer]


def sealed_body(now_seconds: int, body: bytes, receiver: str) -> Posted:
    """Any bytes, encrypted and signed as WeChat does it."""
    keys = CallbackKeys(token=TOKEN.encode(), receiver=receiver.encode(), aes_key=read_aes_key(AES_KEY))
    sealed = encrypt(keys, body)
    envelope = f"<xml><ToUserName>any</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()
    return Posted(body=envelope, query=signed(now_seconds, sealed, name="msg_signature"))


def _text_of(sent: dict[str, Any]) -> str:
    """The words of a bubble; of a menu those above its lines."""
    return str(sent["msgmenu"]["head_content"] if "msgmenu" in sent else sent["text"]["content"])
