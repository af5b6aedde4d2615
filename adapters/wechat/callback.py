"""A channel's callback address at WeChat or WeCom: its keys, what comes in opened, what goes back sealed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import orjson

from adapters.api import read_secret_text
from adapters.contract import BadSignature, OwnReply
from adapters.wechat.body import read_encrypted
from adapters.wechat.crypto import (
    TOLERANCE_SECONDS,
    CallbackKeys,
    check_signature,
    decrypt,
    encrypt,
    read_aes_key,
    sign,
)

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.contract import Request
    from adapters.fields import Fields

CALLBACK_SETTINGS = ("token", "encoding_aes_key")
TAKEN = OwnReply(body=b"success")
"""What WeChat reads as "accepted"; after any other answer it delivers again."""

_NOT_ENCRYPTED = "the delivery is not encrypted: choose 安全模式 on the platform's page"


def read_keys(fields: Fields, *, receiver: str, where: str, plain_mode: bool = False) -> CallbackKeys:
    """Read `token` and `encoding_aes_key`, which only a channel in plain mode may leave out."""
    token = read_secret_text(fields, "token", where=where)
    has_key = fields.has("encoding_aes_key") or not plain_mode
    aes_key = _read_aes_key(fields, where) if has_key else None
    return CallbackKeys(token=token.encode(), receiver=receiver.encode(), aes_key=aes_key)


def _read_aes_key(fields: Fields, where: str) -> bytes | None:
    text = read_secret_text(fields, "encoding_aes_key", where=where)
    try:
        return read_aes_key(text) if text else None
    except ValueError as error:
        fields.note("encoding_aes_key", str(error))
        return None


def open_delivery(
    keys: CallbackKeys, request: Request, *, now: datetime, tolerance_seconds: int = TOLERANCE_SECONDS
) -> bytes:
    """The body as it was before it was encrypted, once it is proved to be the platform's. Raises `BadSignature`."""
    if keys.aes_key is None:
        check_signature(keys, request.query, name="signature", now=now, tolerance_seconds=tolerance_seconds)
        return request.body
    encrypted = read_encrypted(request.body)
    if encrypted == "":
        raise BadSignature(_NOT_ENCRYPTED)
    check_signature(
        keys,
        request.query,
        name="msg_signature",
        now=now,
        encrypted=encrypted,
        tolerance_seconds=tolerance_seconds,
    )
    return decrypt(keys, encrypted)


def seal_answer(keys: CallbackKeys, answer: bytes, *, now: datetime, as_json: bool) -> OwnReply:
    """An answer as the platform reads it: encrypted and signed where its deliveries are."""
    if keys.aes_key is not None:
        answer = _write_envelope(keys, answer, now=now, as_json=as_json)
    return OwnReply(body=answer, content_type="application/json" if as_json else "application/xml")


def _write_envelope(keys: CallbackKeys, answer: bytes, *, now: datetime, as_json: bool) -> bytes:
    encrypted, timestamp, nonce = encrypt(keys, answer), str(int(now.timestamp())), os.urandom(8).hex()
    signature = sign(keys.token, timestamp.encode(), nonce.encode(), encrypted.encode())
    if as_json:
        envelope = {"Encrypt": encrypted, "MsgSignature": signature, "TimeStamp": int(timestamp), "Nonce": nonce}
        return orjson.dumps(envelope)
    return (
        f"<xml><Encrypt>{encrypted}</Encrypt><MsgSignature>{signature}</MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{nonce}</Nonce></xml>"
    ).encode()
