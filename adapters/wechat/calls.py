"""Calls the APIs of WeChat and WeCom: they answer 200 whatever happens, and say in `errcode` how it went.

What a code means for what we do next stands in one table for each product; a code that no table knows is a definite
no for good, as WeChat has said that it did not do it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from adapters.clean import clean_line
from adapters.contract import AccessToken, BadPayload, LoginExpired, NoMedia, Refused, Sent, TryLater, Unknown
from adapters.fields import Fields, read_object
from adapters.http import ANSWER_LIMIT_BYTES, Answer
from adapters.pictures import PICTURE_LIMIT_BYTES, not_handed_in, picture_in
from adapters.wechat.body import is_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.api import Api
    from adapters.contract import CallFault, Media, PlatformFault, SendOutcome, Wire

API_URL = "https://api.weixin.qq.com"
STABLE_TOKEN_SECONDS = 600
"""WeChat gives the same token again until it has five minutes left. One that has more, yet is refused, is forced."""

NO_SUCH_MEDIA = 40007

_BUSY_SECONDS = 60.0
_LIMIT_SECONDS = 600.0
_SMALLEST_CODE = -100_000
_QUOTED_CHARACTERS = 150


@dataclass(frozen=True, slots=True)
class RefusedWithCode(Refused):
    """A definite no for good, and the number by which WeChat says it."""

    code: int = field(kw_only=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """What error codes of `product` mean: the token has lapsed; it passes, in so many seconds; it is for good."""

    product: str
    login: frozenset[int]
    later: Mapping[int, tuple[PlatformFault, float]]
    refused: Mapping[int, PlatformFault]

    def with_refused(self, refused: Mapping[int, PlatformFault]) -> Codes:
        """The same, and what one product refuses."""
        return replace(self, refused={**self.refused, **refused})


WECHAT_CODES = Codes(
    product="WeChat",
    login=frozenset({40001, 40014, 42001}),
    later={
        -1: ("platform_trouble", 1.0),
        40164: ("address_not_allowed", _BUSY_SECONDS),
        45009: ("allowance_used", _LIMIT_SECONDS),  # the calls of a day
        45011: ("too_fast", _BUSY_SECONDS),
    },
    refused={
        40004: "media_refused",
        40005: "media_refused",
        40006: "media_refused",
        40007: "media_refused",
        40009: "media_refused",
        40013: "wrong_credentials",  # app_id
        40125: "wrong_credentials",  # app_secret
        40243: "wrong_credentials",  # app_secret is frozen
        45001: "media_refused",
        45002: "too_long",
        45035: "address_not_allowed",
        48001: "no_permission",
        50002: "account_restricted",
        87014: "content_refused",
    },
)


WECOM_CODES = Codes(
    product="WeCom",
    login=frozenset({40014, 41001, 42001}),
    later={
        -1: ("platform_trouble", 1.0),
        45009: ("too_fast", _BUSY_SECONDS),
        45033: ("too_fast", 1.0),
        60020: ("address_not_allowed", _BUSY_SECONDS),
    },
    refused={
        40001: "wrong_credentials",  # secret
        40004: "media_refused",
        40006: "media_refused",
        40007: "media_refused",
        40009: "media_refused",
        40013: "wrong_credentials",  # corp_id
        40058: "content_refused",
        45001: "media_refused",
        45002: "too_long",
        48002: "no_permission",
    },
)


async def post(
    api: Api,
    path: str,
    payload: Mapping[str, object],
    *,
    wire: Wire,
    now: datetime,
    codes: Codes,
    limit_bytes: int = ANSWER_LIMIT_BYTES,
) -> Fields | CallFault:
    """Post one JSON object with the access token; the fields of the answer, or what became of the call."""
    query = {"access_token": wire.token}
    answer = await api.post(path, payload, session=wire.session, now=now, query=query, limit_bytes=limit_bytes)
    return understand(answer, codes)


async def get(
    api: Api, path: str, *, wire: Wire, now: datetime, codes: Codes, query: Mapping[str, str] | None = None
) -> Fields | CallFault:
    """Get one JSON object with the access token."""
    query = {"access_token": wire.token, **(query or {})}
    return understand(await api.get(path, session=wire.session, now=now, query=query), codes)


def understand(answer: Answer | TryLater | Refused | Unknown, codes: Codes) -> Fields | CallFault:
    """The fields of an answer that says yes; else what to do next."""
    if not isinstance(answer, Answer):
        return answer
    if answer.status != HTTPStatus.OK:
        return _understand_status(answer, codes.product)
    try:
        fields = Fields(read_object(answer.body), [])
    except BadPayload:
        return Unknown(f"{codes.product}'s answer cannot be read", fault="unclear_answer")
    code = fields.number("errcode", at_least=_SMALLEST_CODE)
    return understand_code(code, fields.line("errmsg"), codes) if code else fields


def sent(answer: Fields | CallFault, *, their_id: str = "msgid") -> SendOutcome:
    """What became of a send: it arrived where WeChat says so in as many words."""
    if not isinstance(answer, Fields):
        return answer
    if answer.number("errcode") is None:
        return Unknown("the answer does not say whether it was sent", fault="unclear_answer")
    return Sent(answer.optional_id(their_id))


def _understand_status(answer: Answer, product: str) -> CallFault:
    said = f"{product} answered {answer.status}"
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return TryLater(said, answer.retry_after_seconds, fault="too_fast")
    return Unknown(said, fault="platform_trouble")


def understand_code(code: int, message: str, codes: Codes) -> CallFault:
    """Turn an error code into what we do next; the reason is what WeChat says itself."""
    said = f"{codes.product} {code}: {clean_line(message, limit_characters=_QUOTED_CHARACTERS)}".rstrip(": ")
    if code in codes.login:
        return LoginExpired(said)
    if code in codes.later:
        fault, seconds = codes.later[code]
        return TryLater(said, seconds, fault=fault)
    return RefusedWithCode(said, fault=codes.refused.get(code, "unknown_refusal"), code=code)


async def read_picture(api: Api, media: str, *, wire: Wire, now: datetime, codes: Codes) -> Media | NoMedia | CallFault:
    """Fetch a picture that a buyer sent; WeChat and WeCom keep it for three days."""
    answer = await api.get(
        "/cgi-bin/media/get",
        session=wire.session,
        now=now,
        query={"access_token": wire.token, "media_id": media},
        limit_bytes=PICTURE_LIMIT_BYTES,
    )
    if isinstance(answer, Answer) and answer.status == HTTPStatus.OK and not is_json(answer.body):
        return picture_in(answer)
    understood = understand(answer, codes)
    if isinstance(understood, RefusedWithCode) and understood.code == NO_SUCH_MEDIA:
        return NoMedia("gone")
    return NoMedia("no_picture") if isinstance(understood, Fields) else understood


async def hand_in_picture(api: Api, picture: Media, *, wire: Wire, now: datetime, codes: Codes) -> str | CallFault:
    """Hand in a picture that is about to be sent; what it is called there, for three days."""
    query = {"access_token": wire.token, "type": "image"}
    answer = await api.post_picture(
        "/cgi-bin/media/upload", "media", picture, session=wire.session, now=now, query=query
    )
    fields = understand(answer, codes)
    if not isinstance(fields, Fields):
        return not_handed_in(fields)
    media = fields.optional_id("media_id", limit_characters=1024)
    return media or TryLater("the picture was not taken", fault="unclear_answer")


async def log_in(
    api: Api, *, app_id: str, app_secret: str, session: ClientSession, former: AccessToken | None, now: datetime
) -> AccessToken | TryLater | Refused | Unknown:
    """Fetch the stable token of an account or a shop: the same for every process that asks, so none ends another's."""
    token = await _stable_token(api, app_id, app_secret, session=session, now=now, force=False)
    is_same = isinstance(token, AccessToken) and former is not None and former.value == token.value
    if is_same and isinstance(token, AccessToken) and token.lasts_seconds > STABLE_TOKEN_SECONDS:
        return await _stable_token(api, app_id, app_secret, session=session, now=now, force=True)
    return token


async def _stable_token(
    api: Api, app_id: str, app_secret: str, *, session: ClientSession, now: datetime, force: bool
) -> AccessToken | TryLater | Refused | Unknown:
    wanted = {"grant_type": "client_credential", "appid": app_id, "secret": app_secret, "force_refresh": force}
    answer = await api.post("/cgi-bin/stable_token", wanted, session=session, now=now)
    return read_token(understand(answer, WECHAT_CODES))


def read_token(fields: Fields | CallFault) -> AccessToken | TryLater | Refused | Unknown:
    """The access token in an answer; WeCom's answers name it alike."""
    if isinstance(fields, LoginExpired):
        return Refused(fields.reason, fault=fields.fault)
    if isinstance(fields, TryLater | Refused | Unknown):
        return fields
    value, seconds = fields.optional_id("access_token", limit_characters=1024), fields.number("expires_in")
    if not value or not seconds:
        return Unknown("the answer holds no access token", fault="unclear_answer")
    return AccessToken(value=value, lasts_seconds=float(seconds))
