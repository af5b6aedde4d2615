"""The channel of a Facebook page or an Instagram account: signed batches in, one message out at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.api import API_SETTINGS, read_api, read_secret_text
from adapters.checking import failed, well
from adapters.contract import Capabilities, Received, Reply, Sent, TextLimit
from adapters.fields import Fields, Reading
from adapters.messenger.payloads import (
    MOST_QUICK_REPLIES,
    read_events,
    write_action,
    write_address,
    write_message,
    write_picture,
)
from adapters.meta_graph import API_URL, APP_PAGE, COMMON, VERIFY, Codes, Graph, shake_hands, verify

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.checking import Finding
    from adapters.contract import Outbound, Request, SendOutcome, Wire

NEEDS: Mapping[str, str] = {
    "page_id": "the page's About › Page ID; for Instagram the account's id, on the app's Instagram page",
    "access_token": "developers.facebook.com, your app, Messenger (or Instagram) › Generate token for the page",
    "app_secret": APP_PAGE,
    "verify_token": VERIFY,
}
SETTINGS = (*NEEDS, "account", *API_SETTINGS, "messages_per_minute")
MESSAGES_PER_MINUTE = 60
INSTAGRAM_HOST = "graph.instagram.com"
ACCOUNTS = ("page", "instagram")
PICTURES_LAST = timedelta(days=1)
"""Instagram fetches a picture while it is sent, which is tried for a day at most."""
TEXT = TextLimit(at_most=2_000)
INSTAGRAM_TEXT = TextLimit(at_most=1_000, unit="bytes")
CODES = Codes(
    later=COMMON.later,
    refused={
        **COMMON.refused,
        551: "blocked_by_buyer",
        2018001: "no_such_buyer",
        2018278: "window_over",
        2534022: "window_over",
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessengerAdapter:
    """One page, or one Instagram account. Echoes show us what people answered."""

    channel: str
    page_id: str
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    graph: Graph
    is_instagram: bool = False
    messages_per_minute: int = MESSAGES_PER_MINUTE

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            resend="never",
            handshake=True,
            pictures=True,
            fetches_pictures_within=PICTURES_LAST if self.is_instagram else None,
            echoes="yes",
            longest_text=INSTAGRAM_TEXT if self.is_instagram else TEXT,
            reply_window_hours=24,
            buttons=MOST_QUICK_REPLIES,
        )

    @classmethod
    def configure(cls, *, channel: str, settings: Mapping[str, object]) -> MessengerAdapter:
        with Reading(settings, SETTINGS) as fields:
            given = {name: read_secret_text(fields, name, where=where) for name, where in NEEDS.items()}
            api, account = read_api(fields, usually=API_URL), fields.one_of("account", ACCOUNTS, strict=True)
            return cls(
                channel=channel,
                page_id=given["page_id"],
                app_secret=given["app_secret"],
                verify_token=given["verify_token"],
                graph=Graph(api=api, access_token=given["access_token"], codes=CODES),
                is_instagram=account == "instagram" or (account is None and api.url.host == INSTAGRAM_HOST),
                messages_per_minute=fields.messages_per_minute(usually=MESSAGES_PER_MINUTE),
            )

    def receive(self, request: Request, *, now: datetime) -> Received:  # noqa: ARG002 - Meta signs no time
        """Answer Meta's question whether we are there, or read a batch; what is another page's is not ours."""
        if request.method == "GET":
            return Received(reply=shake_hands(request, verify_token=self.verify_token))
        verify(request, app_secret=self.app_secret)
        return Received(events=read_events(request.body, page_id=self.page_id))

    async def send(self, *, wire: Wire, outbound: Outbound, now: datetime) -> SendOutcome:
        """Send one bubble. Notices never come: people answer at our own desk, or in the page's inbox."""
        if not isinstance(outbound.content, Reply):
            return Sent()
        buyer, session, shown = outbound.conversation_id, wire.session, outbound.picture_addresses
        if outbound.picture is None:
            reply = outbound.content
            message = write_message(reply, buyer=buyer) if shown is None else write_address(shown.whole, buyer=buyer)
            answer = await self.graph.post(self._messages, message, session=session, now=now)
        else:
            fields, picture = write_picture(buyer=buyer), outbound.picture
            answer = await self.graph.post_picture(
                self._messages, "filedata", picture, fields=fields, session=session, now=now
            )
        return Sent(answer.optional_id("message_id")) if isinstance(answer, Fields) else answer

    async def show_reading(self, *, wire: Wire, conversation_id: str, message_id: str, now: datetime) -> None:  # noqa: ARG002 - Meta shows it in a chat, for no message of its own
        for action in ("mark_seen", "typing_on"):
            seen = write_action(action, buyer=conversation_id)
            await self.graph.post(self._messages, seen, session=wire.session, now=now)

    async def check(self, *, session: ClientSession, webhook_url: str, now: datetime) -> tuple[Finding, ...]:
        """Ask for the page. Where Meta delivers is known to the app alone, and entered on its page."""
        del webhook_url
        page = await self.graph.get(f"/{self.page_id}", session=session, now=now, query={"fields": "name"})
        if not isinstance(page, Fields):
            return (failed(page),)
        return (well(f"Meta takes access_token: the page is {page.line('name')}"),)

    @property
    def _messages(self) -> str:
        return f"/{self.page_id}/messages"
