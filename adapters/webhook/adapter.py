"""The webhook channel: signed requests in, signed requests out, both by Standard Webhooks."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from yarl import URL

from adapters import standard_webhooks
from adapters.clean import clean_line
from adapters.contract import BadSettings, Capabilities, Received, Refused, Sent, TryLater, Unknown
from adapters.fields import Fields
from adapters.http import Answer, find_url_problem, post
from adapters.webhook.payloads import read_inbound, read_platform_message_id, write_outbound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.contract import Outbound, Problem, Request, SendOutcome

SETTINGS = ("secret", "reply_url", "allow_private_reply_url", "messages_per_minute")
MESSAGES_PER_MINUTE = 120
SECRETS_AT_MOST = 2
CAPABILITIES = Capabilities(resend="same_key", announces=True, desk=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAdapter:
    """One webhook channel. The first secret is the current one; a second may hold during a change."""

    channel: str
    secrets: tuple[bytes, ...] = field(repr=False)
    reply_url: URL = field(repr=False)
    allow_private_reply_url: bool = False
    messages_per_minute: int = MESSAGES_PER_MINUTE
    capabilities: Capabilities = CAPABILITIES

    @classmethod
    def configure(cls, *, channel: str, settings: Mapping[str, object]) -> WebhookAdapter:
        problems: list[Problem] = []
        fields = Fields(settings, problems)
        fields.note_unknown(SETTINGS)
        allow_private = fields.flag("allow_private_reply_url")
        secrets = _read_secrets(fields)
        reply_url = _read_reply_url(fields, allow_private=allow_private)
        per_minute = fields.messages_per_minute(usually=MESSAGES_PER_MINUTE)
        if problems:
            raise BadSettings(tuple(problems))
        return cls(
            channel=channel,
            secrets=secrets,
            reply_url=URL(reply_url),
            allow_private_reply_url=allow_private,
            messages_per_minute=per_minute,
        )

    def receive(self, request: Request, *, now: datetime) -> Received:
        """Check the signature, then read: one event a delivery."""
        body = request.body
        webhook_id = standard_webhooks.verify(secrets=self.secrets, headers=request.headers, body=body, now=now)
        return Received((read_inbound(body, webhook_id=webhook_id),))

    async def send(self, *, session: ClientSession, outbound: Outbound, now: datetime) -> SendOutcome:
        """Post it to the reply address, once. The session must come from `adapters.http.open_session`."""
        body = write_outbound(outbound)
        signature = standard_webhooks.sign(secrets=self.secrets, webhook_id=outbound.reply_id, now=now, body=body)
        answer = await post(
            session=session,
            url=self.reply_url,
            body=body,
            headers=signature | {"Content-Type": "application/json"},
            timeout_seconds=self.capabilities.send_timeout_seconds,
            allow_private=self.allow_private_reply_url,
            now=now,
        )
        return _understand(answer) if isinstance(answer, Answer) else answer


def _understand(answer: Answer) -> SendOutcome:
    """Turn the receiver's status into what we do next."""
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES or answer.status == HTTPStatus.CONFLICT:
        return Sent(read_platform_message_id(answer.body))
    match answer.status:
        case HTTPStatus.GONE | HTTPStatus.UNPROCESSABLE_ENTITY:
            return Refused(f"the receiver answered {answer.status} {_quote(answer.body)}".rstrip())
        case HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.SERVICE_UNAVAILABLE:
            return TryLater(f"the receiver answered {answer.status}", answer.retry_after_seconds)
        case _:
            return Unknown(f"the receiver answered {answer.status}")


def _quote(body: bytes) -> str:
    return clean_line(body.decode("utf-8", "replace"))


def _read_secrets(fields: Fields) -> tuple[bytes, ...]:
    given = fields.raw("secret")
    texts = given if isinstance(given, list) else [given]
    if given is None or not texts or "" in texts:
        fields.note("secret", f"is missing; {standard_webhooks.HOW_TO_MAKE_ONE}")
        return ()
    if len(texts) > SECRETS_AT_MOST:
        fields.note("secret", f"may be two at most (the current and the former one), not {len(texts)}")
    return tuple(secret for text in texts if (secret := _read_secret(fields, text)) is not None)


def _read_secret(fields: Fields, text: object) -> bytes | None:
    if not isinstance(text, str):
        fields.note("secret", f"must be text, or a list of up to two; {standard_webhooks.HOW_TO_MAKE_ONE}")
        return None
    try:
        return standard_webhooks.read_secret(text)
    except ValueError as error:
        fields.note("secret", str(error))
        return None


def _read_reply_url(fields: Fields, *, allow_private: bool) -> str:
    value = fields.raw("reply_url")
    if isinstance(value, str) and value:
        problem = find_url_problem(value, allow_private=allow_private)
        if problem is None:
            return value
        fields.note("reply_url", problem)
    else:
        fields.note("reply_url", "is missing; it is the https:// address that receives our replies")
    return ""
