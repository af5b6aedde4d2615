"""A WhatsApp business number's channel: signed batches in, one message out at a time, within 24 hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.api import API_SETTINGS, read_api, read_secret_text
from adapters.checking import failed, well
from adapters.contract import Capabilities, Received, Refused, Reply, Sent, TextLimit, TryLater
from adapters.fields import Fields, Reading
from adapters.meta_graph import API_URL, APP_PAGE, VERIFY, Graph, shake_hands, verify
from adapters.pictures import PICTURE_LIMIT_BYTES, not_handed_in, picture_in
from adapters.whatsapp.payloads import CODES, MOST_ROWS, read_events, write_message, write_picture, write_template

if TYPE_CHECKING:
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.checking import Finding
    from adapters.contract import CallFault, Media, NoMedia, Outbound, Request, SendOutcome, Wire

NEEDS: Mapping[str, str] = {
    "phone_number_id": "developers.facebook.com, your app, WhatsApp › API Setup › Phone number ID",
    "access_token": "business.facebook.com, Settings › System users › Generate token, whatsapp_business_messaging",
    "app_secret": APP_PAGE,
    "verify_token": VERIFY,
}
SETTINGS = (*NEEDS, "invite_template", *API_SETTINGS, "messages_per_minute")
MESSAGES_PER_MINUTE = 60
TEMPLATE_LANGUAGE = "zh_CN"


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatsappAdapter:
    """One number. With `invite_template` ("name" or "name:zh_CN") invites leave as that, at any time."""

    channel: str
    phone_number_id: str
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    invite_template: str = ""
    graph: Graph
    messages_per_minute: int = MESSAGES_PER_MINUTE

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            resend="never",
            handshake=True,
            pictures=True,
            echoes="no",
            longest_text=TextLimit(at_most=4_096),
            reply_window_hours=24,
            buttons=MOST_ROWS,
            invites_any_time=self.invite_template != "",
        )

    @classmethod
    def configure(cls, *, channel: str, settings: Mapping[str, object]) -> WhatsappAdapter:
        with Reading(settings, SETTINGS) as fields:
            given = {name: read_secret_text(fields, name, where=where) for name, where in NEEDS.items()}
            return cls(
                channel=channel,
                phone_number_id=given["phone_number_id"],
                app_secret=given["app_secret"],
                verify_token=given["verify_token"],
                invite_template=fields.line("invite_template"),
                graph=Graph(api=read_api(fields, usually=API_URL), access_token=given["access_token"], codes=CODES),
                messages_per_minute=fields.messages_per_minute(usually=MESSAGES_PER_MINUTE),
            )

    def receive(self, request: Request, *, now: datetime) -> Received:  # noqa: ARG002 - Meta signs no time
        """Answer Meta's question whether we are there, or read a batch; messages of other numbers are not ours."""
        if request.method == "GET":
            return Received(reply=shake_hands(request, verify_token=self.verify_token))
        verify(request, app_secret=self.app_secret)
        return Received(events=read_events(request.body, phone_number_id=self.phone_number_id))

    async def send(self, *, wire: Wire, outbound: Outbound, now: datetime) -> SendOutcome:
        """Send one bubble. Notices never come: people answer at our own desk."""
        if not isinstance(outbound.content, Reply):
            return Sent()
        message = await self._write(outbound.content, outbound, wire=wire, now=now)
        if not isinstance(message, Mapping):
            return message
        answer = await self.graph.post(self._messages, message, session=wire.session, now=now)
        if not isinstance(answer, Fields):
            return answer
        sent = answer.inner_each("messages")
        return Sent(sent[0].optional_id("id") if sent else None)

    async def _write(
        self, reply: Reply, outbound: Outbound, *, wire: Wire, now: datetime
    ) -> Mapping[str, object] | CallFault:
        buyer = outbound.conversation_id
        if outbound.picture is not None:
            media = await self._hand_in(outbound.picture, wire=wire, now=now)
            return write_picture(media, buyer=buyer) if isinstance(media, str) else media
        if reply.kind != "invite" or self.invite_template == "":
            return write_message(reply, buyer=buyer)
        name, _, language = self.invite_template.partition(":")
        return write_template(name, language or TEMPLATE_LANGUAGE, buyer=buyer)

    async def _hand_in(self, picture: Media, *, wire: Wire, now: datetime) -> str | CallFault:
        """Hand in a picture that is about to be sent; what it is called there, for 30 days."""
        about = {"messaging_product": "whatsapp", "type": picture.content_type}
        path = f"/{self.phone_number_id}/media"
        taken = await self.graph.post_picture(path, "file", picture, fields=about, session=wire.session, now=now)
        if not isinstance(taken, Fields):
            return not_handed_in(taken)
        return taken.optional_id("id") or TryLater("the picture was not taken", fault="unclear_answer")

    async def show_reading(self, *, wire: Wire, conversation_id: str, message_id: str, now: datetime) -> None:  # noqa: ARG002 - WhatsApp knows the chat by the message
        read = {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": message_id,
            "typing_indicator": {"type": "text"},
        }
        await self.graph.post(self._messages, read, session=wire.session, now=now)

    async def read_media(self, *, wire: Wire, media: str, now: datetime) -> Media | NoMedia | CallFault:
        """Ask where the picture lies, which Meta says for five minutes, and fetch it."""
        told = await self.graph.get(f"/{media}", session=wire.session, now=now)
        if not isinstance(told, Fields):
            return told
        url = told.address("url")
        if url == "":
            return Refused("Meta does not say where the picture lies", fault="unclear_answer")
        answer = await self.graph.api.get(
            url, session=wire.session, now=now, headers=self.graph.login, limit_bytes=PICTURE_LIMIT_BYTES
        )
        return picture_in(answer)

    async def check(self, *, session: ClientSession, webhook_url: str, now: datetime) -> tuple[Finding, ...]:
        """Ask for the number. Where Meta delivers is known to the app alone, and entered on its page."""
        del webhook_url
        asked = {"fields": "display_phone_number,verified_name"}
        number = await self.graph.get(f"/{self.phone_number_id}", session=session, now=now, query=asked)
        if not isinstance(number, Fields):
            return (failed(number),)
        return (well(f"Meta takes access_token: the number is that of {number.line('verified_name')}"),)

    @property
    def _messages(self) -> str:
        return f"/{self.phone_number_id}/messages"
