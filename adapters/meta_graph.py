"""What WhatsApp, Messenger and Instagram share: Meta's signature, its handshake, its Graph API and the errors of it."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from adapters.api import read_answer
from adapters.clean import clean_line
from adapters.contract import BadSignature, OwnReply, Refused, TryLater, Unknown
from adapters.http import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.api import Api
    from adapters.contract import Media, PlatformFault, Request
    from adapters.fields import Fields

API_URL = "https://graph.facebook.com/v26.0"
APP_PAGE = "developers.facebook.com, your app, App settings › Basic › App secret"
VERIFY = "any word of your own; enter the same as Verify token where the app's webhook is set up"

_QUOTED_CHARACTERS = 150
LARGEST_CODE = 10**9


def verify(request: Request, *, app_secret: str) -> None:
    """Check the signature over the raw bytes. Raises `BadSignature`."""
    right = b"sha256=" + hmac.new(app_secret.encode(), request.body, "sha256").hexdigest().encode()
    given = request.headers.get("x-hub-signature-256", "").encode("utf-8", "surrogateescape")
    if not hmac.compare_digest(given, right):
        raise BadSignature("x-hub-signature-256 does not match: is app_secret that of this app?")


def shake_hands(request: Request, *, verify_token: str) -> OwnReply:
    """Answer Meta's question whether the address is ours. Raises `BadSignature` where it does not know our word."""
    given = request.query.get("hub.verify_token", "").encode("utf-8", "surrogatepass")
    if request.query.get("hub.mode") != "subscribe" or not hmac.compare_digest(given, verify_token.encode()):
        raise BadSignature("hub.verify_token is not the channel's verify_token")
    return OwnReply(body=request.query.get("hub.challenge", "").encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """What error codes mean, by code or by subcode: those that pass, and those for good."""

    later: Mapping[int, PlatformFault]
    refused: Mapping[int, PlatformFault]

    def meaning(self, number: int) -> PlatformFault:
        """What one says."""
        return self.refused.get(number) or self.later.get(number) or "unknown_refusal"


COMMON = Codes(
    later={
        4: "too_fast",
        32: "too_fast",
        613: "too_fast",
        80007: "too_fast",
    },
    refused={
        10: "no_permission",
        100: "content_refused",
        190: "wrong_credentials",
        200: "no_permission",
        368: "account_restricted",
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The Graph API with one access token."""

    api: Api
    access_token: str = field(repr=False)
    codes: Codes

    @property
    def login(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access_token}"}

    async def post(
        self, path: str, payload: Mapping[str, object], *, session: ClientSession, now: datetime
    ) -> Fields | TryLater | Refused | Unknown:
        answer = await self.api.post(path, payload, session=session, now=now, headers=self.login)
        return self._understand(answer) if isinstance(answer, Answer) else answer

    async def post_picture(
        self,
        path: str,
        name: str,
        picture: Media,
        *,
        fields: Mapping[str, str],
        session: ClientSession,
        now: datetime,
    ) -> Fields | TryLater | Refused | Unknown:
        """Post a picture as a file of a form."""
        answer = await self.api.post_picture(
            path, name, picture, session=session, now=now, fields=fields, headers=self.login
        )
        return self._understand(answer) if isinstance(answer, Answer) else answer

    async def get(
        self, path: str, *, session: ClientSession, now: datetime, query: Mapping[str, str] | None = None
    ) -> Fields | TryLater | Refused | Unknown:
        answer = await self.api.get(path, session=session, now=now, headers=self.login, query=query)
        return self._understand(answer) if isinstance(answer, Answer) else answer

    def _understand(self, answer: Answer) -> Fields | TryLater | Refused | Unknown:
        fields = read_answer(answer)
        if answer.status == HTTPStatus.OK:
            return fields
        error = fields.optional_inner("error")
        numbers = [error.number(name, at_most=LARGEST_CODE) for name in ("error_subcode", "code")]
        told = clean_line(error.line("message"), limit_characters=_QUOTED_CHARACTERS)
        for number in filter(None, numbers):
            said = f"Meta {number}: {told}".rstrip(": ")
            if number in self.codes.refused:
                return Refused(said, fault=self.codes.refused[number])
            if number in self.codes.later:
                return TryLater(said, answer.retry_after_seconds, fault=self.codes.later[number])
        said = f"Meta answered {answer.status}: {told}".rstrip(": ")
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            return TryLater(said, answer.retry_after_seconds, fault="too_fast")
        is_ours = HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
        return Refused(said, fault="unknown_refusal") if is_ours else Unknown(said, fault="platform_trouble")
