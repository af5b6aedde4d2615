"""The webhook channel: signed requests in, signed requests out, both by Standard Webhooks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from yarl import URL

from adapters import standard_webhooks
from adapters.checking import failed, warning, well, wrong
from adapters.clean import clean_line
from adapters.contract import Capabilities, Received, Refused, Sent, TryLater, Unknown
from adapters.fields import Fields, Reading
from adapters.http import Answer, find_url_problem, post
from adapters.webhook.payloads import read_inbound, read_platform_message_id, write_outbound, write_test

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.checking import Finding
    from adapters.contract import Outbound, Request, SendOutcome, Wire

SETTINGS = ("secret", "reply_url", "allow_private_reply_url", "pictures", "messages_per_minute")
NEEDS: Mapping[str, str] = {
    "secret": "for both directions; make one with `echo whsec_$(openssl rand -base64 32)`",
    "reply_url": "the address of your own program that takes our replies",
}
MESSAGES_PER_MINUTE = 120
SECRETS_AT_MOST = 4
CAPABILITIES = Capabilities(resend="same_key", announces=True, desk=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAdapter:
    """One webhook channel. The first secret is the current one; former ones may hold during a change."""

    channel: str
    secrets: tuple[bytes, ...] = field(repr=False)
    reply_url: URL = field(repr=False)
    allow_private_reply_url: bool = False
    messages_per_minute: int = MESSAGES_PER_MINUTE
    capabilities: Capabilities = CAPABILITIES

    @classmethod
    def configure(cls, *, channel: str, settings: Mapping[str, object]) -> WebhookAdapter:
        with Reading(settings, SETTINGS) as fields:
            allow_private = fields.flag("allow_private_reply_url")
            return cls(
                channel=channel,
                secrets=_read_secrets(fields),
                reply_url=URL(_read_reply_url(fields, allow_private=allow_private)),
                allow_private_reply_url=allow_private,
                messages_per_minute=fields.messages_per_minute(usually=MESSAGES_PER_MINUTE),
                capabilities=replace(CAPABILITIES, pictures=fields.flag("pictures")),
            )

    def receive(self, request: Request, *, now: datetime) -> Received:
        """Check the signature, then read: one event a delivery."""
        body = request.body
        webhook_id = standard_webhooks.verify(secrets=self.secrets, headers=request.headers, body=body, now=now)
        return Received((read_inbound(body, webhook_id=webhook_id),))

    @property
    def home(self) -> URL | None:
        """A program of the owner's keeps pictures where it takes our replies."""
        return self.reply_url if self.allow_private_reply_url else None

    async def send(self, *, wire: Wire, outbound: Outbound, now: datetime) -> SendOutcome:
        """Post it to the reply address, once. The session must come from `adapters.http.open_session`."""
        body = write_outbound(outbound)
        signature = standard_webhooks.sign(secrets=self.secrets, webhook_id=outbound.reply_id, now=now, body=body)
        answer = await self._post(wire.session, body, signature, now)
        return _understand(answer) if isinstance(answer, Answer) else answer

    async def send_test(
        self, *, session: ClientSession, test_id: str, now: datetime
    ) -> int | TryLater | Refused | Unknown:
        """Post `channel.tested`, signed as replies are."""
        body = write_test(self.channel, at=now)
        signature = standard_webhooks.sign(secrets=self.secrets, webhook_id=test_id, now=now, body=body)
        answer = await self._post(session, body, signature, now)
        return answer.status if isinstance(answer, Answer) else answer

    async def check(self, *, session: ClientSession, webhook_url: str, now: datetime) -> tuple[Finding, ...]:
        """Post a body without a signature: a receiver that is there, and looks at signatures, turns it away."""
        del webhook_url  # the shop's own program delivers; nobody can be asked whether it knows the address
        answer = await self._post(session, b"{}", {}, now)
        return (_judge(answer) if isinstance(answer, Answer) else failed(answer),)

    async def _post(
        self, session: ClientSession, body: bytes, signature: Mapping[str, str], now: datetime
    ) -> Answer | TryLater | Refused | Unknown:
        return await post(
            session=session,
            url=self.reply_url,
            body=body,
            headers={**signature, "Content-Type": "application/json"},
            timeout_seconds=self.capabilities.send_timeout_seconds,
            allow_private=self.allow_private_reply_url,
            now=now,
        )


def _judge(answer: Answer) -> Finding:
    """Say what the receiver thinks of a request that nobody has signed."""
    match answer.status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN | HTTPStatus.BAD_REQUEST:
            return well("the receiver at reply_url answers, and turns away what is not signed")
        case HTTPStatus.NOT_FOUND | HTTPStatus.METHOD_NOT_ALLOWED:
            return wrong(
                f"the receiver answered {answer.status}: it takes no POST at the path of reply_url; correct it"
            )
        case status if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return warning("the receiver took a request without a signature: let it check `webhook-signature` first")
        case status:
            return wrong(f"the receiver answered {status} to a request without a signature; it should answer 401")


def _understand(answer: Answer) -> SendOutcome:
    """Turn the receiver's status into what we do next."""
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES or answer.status == HTTPStatus.CONFLICT:
        return Sent(read_platform_message_id(answer.body))
    match answer.status:
        case HTTPStatus.GONE | HTTPStatus.UNPROCESSABLE_ENTITY:
            words = _quote(answer.body)
            said = f"the receiver answered {answer.status} {words}".rstrip()
            return Refused(said, fault="unknown_refusal" if words else "bad_status")
        case HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.SERVICE_UNAVAILABLE:
            said = f"the receiver answered {answer.status}"
            return TryLater(said, answer.retry_after_seconds, fault="bad_status")
        case _:
            return Unknown(f"the receiver answered {answer.status}", fault="bad_status")


def _quote(body: bytes) -> str:
    return clean_line(body.decode("utf-8", "replace"))


def _read_secrets(fields: Fields) -> tuple[bytes, ...]:
    given = fields.raw("secret")
    texts = given if isinstance(given, list) else [given]
    if given is None or not texts or "" in texts:
        fields.note("secret", f"is missing; {standard_webhooks.HOW_TO_MAKE_ONE}")
        return ()
    if len(texts) > SECRETS_AT_MOST:
        fields.note("secret", f"may be four at most (the current one and former ones), not {len(texts)}")
    return tuple(secret for text in texts if (secret := _read_secret(fields, text)) is not None)


def _read_secret(fields: Fields, text: object) -> bytes | None:
    if not isinstance(text, str):
        fields.note("secret", f"must be text, or a list of up to four; {standard_webhooks.HOW_TO_MAKE_ONE}")
        return None
    try:
        return standard_webhooks.read_secret(text)
    except ValueError as error:
        fields.note("secret", str(error))
        return None


def _read_reply_url(fields: Fields, *, allow_private: bool) -> str:
    value = fields.raw("reply_url")
    if isinstance(value, str) and value:
        problem = find_url_problem(value, allow_private=allow_private, switch="allow_private_reply_url")
        if problem is None:
            return value
        fields.note("reply_url", problem)
    else:
        fields.note("reply_url", "is missing; it is the https:// address that receives our replies")
    return ""
