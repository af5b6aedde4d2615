"""A platform's own API: where it is, and one call of it.

Every channel that calls one may have `api_url` and `allow_private_api_url`: a proxy, a server of the owner's, a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import orjson
from aiohttp import FormData
from yarl import URL

from adapters.contract import BadPayload
from adapters.fields import Fields, read_object
from adapters.http import ANSWER_LIMIT_BYTES, Answer, call, find_url_problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.contract import Media, Refused, TryLater, Unknown

API_SETTINGS = ("api_url", "allow_private_api_url")


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """Where a platform takes calls. A call goes out once; what comes back is left to the adapter to understand."""

    url: URL
    allow_private: bool = False
    timeout_seconds: float = 10.0

    async def post(
        self,
        path: str,
        payload: object,
        *,
        session: ClientSession,
        now: datetime,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        limit_bytes: int = ANSWER_LIMIT_BYTES,
    ) -> Answer | TryLater | Refused | Unknown:
        """Post one JSON value, in UTF-8 without escapes."""
        as_json = {"Content-Type": "application/json", **(headers or {})}
        return await self.call(
            "POST",
            path,
            orjson.dumps(payload),
            session=session,
            now=now,
            headers=as_json,
            query=query,
            limit_bytes=limit_bytes,
        )

    async def post_picture(
        self,
        path: str,
        name: str,
        picture: Media,
        *,
        session: ClientSession,
        now: datetime,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer | TryLater | Refused | Unknown:
        """Post a picture as the file `name` of a form, with its other fields before it."""
        form = FormData(fields or {}, default_to_multipart=True)
        file_name = f"picture.{picture.content_type.removeprefix('image/')}"
        form.add_field(name, BytesIO(picture.body), filename=file_name, content_type=picture.content_type)
        written = form()
        as_form = {"Content-Type": written.headers["Content-Type"], **(headers or {})}
        body = await written.as_bytes()
        return await self.call("POST", path, body, session=session, now=now, headers=as_form, query=query)

    async def get(
        self,
        path: str,
        *,
        session: ClientSession,
        now: datetime,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        limit_bytes: int = ANSWER_LIMIT_BYTES,
    ) -> Answer | TryLater | Refused | Unknown:
        """Get what stands there."""
        return await self.call(
            "GET", path, None, session=session, now=now, headers=headers, query=query, limit_bytes=limit_bytes
        )

    async def call(
        self,
        method: str,
        path: str,
        body: bytes | None,
        *,
        session: ClientSession,
        now: datetime,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        limit_bytes: int = ANSWER_LIMIT_BYTES,
    ) -> Answer | TryLater | Refused | Unknown:
        """Any other call. A `path` that is a whole address is called as it is."""
        url = URL(path) if "://" in path else self.url.joinpath(*path.removeprefix("/").split("/"))
        return await call(
            method,
            session=session,
            url=url.update_query(query or {}),
            body=body,
            headers=headers or {},
            timeout_seconds=self.timeout_seconds,
            allow_private=self.allow_private,
            now=now,
            limit_bytes=limit_bytes,
        )


def read_api(fields: Fields, *, usually: str) -> Api:
    """Read `api_url` and `allow_private_api_url`; without them it is the platform's own address."""
    allow_private = fields.flag("allow_private_api_url")
    given = fields.raw("api_url")
    text = usually if given is None else given
    if not isinstance(text, str) or text == "":
        fields.note("api_url", f"must be an address in quotes; leave it out for {usually}")
        return Api(url=URL(usually))
    problem = find_url_problem(text, allow_private=allow_private, switch="allow_private_api_url")
    if problem is not None:
        fields.note("api_url", problem)
        return Api(url=URL(usually))
    return Api(url=URL(text), allow_private=allow_private)


def read_secret_text(fields: Fields, name: str, *, where: str) -> str:
    """Read a required key or secret; `where` says where the platform shows it. The value is never repeated."""
    value = fields.raw(name)
    if isinstance(value, str) and value and value.isprintable() and value == value.strip():
        return value
    fields.note(name, f"{'is missing' if value in (None, '') else 'must be text without blanks around it'}; {where}")
    return ""


def read_answer(answer: Answer) -> Fields:
    """The JSON object of an answer, field by field; an empty one where the body is something else."""
    try:
        return Fields(read_object(answer.body), [])
    except BadPayload:
        return Fields({}, [])
