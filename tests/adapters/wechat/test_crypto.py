"""WeChat's signatures and encryption, judged by wechatpy in both directions and by published vectors."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.utils import check_signature as wechatpy_checks

from adapters.contract import BadPayload, BadSignature
from adapters.fields import read_milliseconds, read_seconds
from adapters.wechat.body import product_of, read_body, read_encrypted
from adapters.wechat.crypto import CallbackKeys, check_signature, decrypt, encrypt, read_aes_key, sign

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN = "token123"
APP_ID = "wx49f0ab532d5d035a"
AES_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
KEYS = CallbackKeys(token=TOKEN.encode(), receiver=APP_ID.encode(), aes_key=read_aes_key(AES_KEY))
NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
TIMESTAMP = str(int(NOW.timestamp()))
NONCE = "1514711492"
MESSAGE = "<xml><Content><![CDATA[什么时候发货]]></Content></xml>"


def sealed_by_wechatpy(message: str = MESSAGE, *, app_id: str = APP_ID) -> dict[str, str]:
    body = WeChatCrypto(TOKEN, AES_KEY, app_id).encrypt_message(message, NONCE, TIMESTAMP)
    return {name: str(value) for name, value in read_body(body.encode()).items()}


def query(sealed: Mapping[str, str], **changes: str) -> dict[str, str]:
    return {"timestamp": TIMESTAMP, "nonce": NONCE, "msg_signature": sealed["MsgSignature"]} | changes


def refused(sealed: Mapping[str, str], *, keys: CallbackKeys = KEYS, now: datetime = NOW, **changes: str) -> str:
    with pytest.raises(BadSignature) as refusal:
        check_signature(keys, query(sealed, **changes), name="msg_signature", now=now, encrypted=sealed["Encrypt"])
    return str(refusal.value)


# Signatures


@pytest.mark.parametrize(
    ("token", "timestamp", "nonce", "signature"),
    [
        ("AAAAA", "1714036504", "1514711492", "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        ("token123", "1348831860", "nonce456", "c161c545d8fdd28e895a2a0cbd6e90dbd88691bf"),
    ],
)
def test_the_published_vectors_come_out(token: str, timestamp: str, nonce: str, signature: str) -> None:
    assert sign(token.encode(), timestamp.encode(), nonce.encode()) == signature

    keys = CallbackKeys(token=token.encode(), receiver=b"")
    signed_at = datetime.fromtimestamp(int(timestamp), UTC)
    given_query = {"timestamp": timestamp, "nonce": nonce, "signature": signature}
    check_signature(keys, given_query, name="signature", now=signed_at)
    wechatpy_checks(token, signature, timestamp, nonce)


def test_wechatpy_takes_what_we_sign() -> None:
    signature = sign(TOKEN.encode(), TIMESTAMP.encode(), NONCE.encode())

    wechatpy_checks(TOKEN, signature, TIMESTAMP, NONCE)
    with pytest.raises(InvalidSignatureException):
        wechatpy_checks("another", signature, TIMESTAMP, NONCE)


def test_what_is_not_signed_with_our_token_is_refused() -> None:
    sealed = sealed_by_wechatpy()

    check_signature(KEYS, query(sealed), name="msg_signature", now=NOW, encrypted=sealed["Encrypt"])
    other = CallbackKeys(token=b"another", receiver=KEYS.receiver, aes_key=KEYS.aes_key)
    assert refused(sealed, keys=other).startswith("msg_signature does not match")
    assert refused(sealed, msg_signature="").startswith("msg_signature is missing")
    assert refused(sealed, nonce="1").startswith("msg_signature does not match")
    assert refused(sealed | {"Encrypt": sealed["Encrypt"][::-1]}).startswith("msg_signature does not match")
    assert refused(sealed, msg_signature="签名").startswith("msg_signature does not match")
    assert refused(sealed, nonce="\udcff").startswith("msg_signature does not match")


@pytest.mark.parametrize("seconds", [-301, 301])
def test_what_was_signed_long_ago_is_refused(seconds: int) -> None:
    sealed = sealed_by_wechatpy()
    near = NOW + timedelta(seconds=seconds - seconds // 301)

    check_signature(KEYS, query(sealed), name="msg_signature", now=near, encrypted=sealed["Encrypt"])
    assert "more than 300 seconds off" in refused(sealed, now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("timestamp", ["", "soon", "9" * 13])
def test_a_time_that_is_none_is_refused(timestamp: str) -> None:
    signature = sign(TOKEN.encode(), timestamp.encode(), NONCE.encode())
    with pytest.raises(BadSignature, match="whole seconds"):
        check_signature(
            KEYS, {"timestamp": timestamp, "nonce": NONCE, "signature": signature}, name="signature", now=NOW
        )


# Encryption


def test_we_read_what_wechatpy_encrypts() -> None:
    assert decrypt(KEYS, sealed_by_wechatpy()["Encrypt"]).decode() == MESSAGE


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_wechatpy_reads_what_we_encrypt(message: str) -> None:
    sealed = encrypt(KEYS, message.encode())

    assert PrpCrypto(KEYS.aes_key).decrypt(sealed, APP_ID) == message
    assert decrypt(KEYS, sealed).decode() == message


def test_a_message_for_another_account_is_refused_by_both() -> None:
    foreign = sealed_by_wechatpy(app_id="wx0000000000000000")

    with pytest.raises(BadSignature, match="another account"):
        decrypt(KEYS, foreign["Encrypt"])
    with pytest.raises(InvalidAppIdException):
        WeChatCrypto(TOKEN, AES_KEY, APP_ID).decrypt_message(
            {"Encrypt": foreign["Encrypt"]}, foreign["MsgSignature"], TIMESTAMP, NONCE
        )


def test_a_key_of_another_account_reads_nothing() -> None:
    other = CallbackKeys(token=KEYS.token, receiver=KEYS.receiver, aes_key=read_aes_key(AES_KEY[::-1]))

    with pytest.raises(BadSignature):
        decrypt(other, sealed_by_wechatpy()["Encrypt"])
    with pytest.raises(BadSignature, match="cannot be decrypted"):
        decrypt(CallbackKeys(token=KEYS.token, receiver=KEYS.receiver), sealed_by_wechatpy()["Encrypt"])


def test_no_flipped_bit_is_read_as_something_else() -> None:
    sealed = base64.b64decode(sealed_by_wechatpy("{}")["Encrypt"])
    read = []
    for place in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[place // 8] ^= 1 << place % 8
        try:
            read.append(decrypt(KEYS, base64.b64encode(flipped).decode()))
        except BadSignature:
            continue
    # Flips in the first block change its own random bytes, which nobody reads, and 16 bytes further on what is read.
    assert {len(each) for each in read} <= {2}


@pytest.mark.parametrize("encrypted", ["", "好", "AAAA", "A" * 43 + "=", "A" * 88, "not base64!"])
def test_what_cannot_be_an_encrypted_message_is_refused(encrypted: str) -> None:
    with pytest.raises(BadSignature):
        decrypt(KEYS, encrypted)


def test_a_length_that_points_beyond_the_end_is_refused() -> None:
    long = PrpCrypto(KEYS.aes_key)
    plain = b"r" * 16 + (4_000_000_000).to_bytes(4, "big") + b"{}" + APP_ID.encode()
    padding = 32 - len(plain) % 32
    sealed = base64.b64encode(long.cipher.encrypt(plain + bytes([padding]) * padding)).decode()

    with pytest.raises(BadSignature, match="cannot be decrypted"):
        decrypt(KEYS, sealed)


@pytest.mark.parametrize("text", ["", "short", AES_KEY + "=", AES_KEY[:-1] + "好", AES_KEY[:-1] + "/"])
def test_a_key_that_is_none_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match="43 letters and figures") as refusal:
        read_aes_key(text)
    assert not text or text not in str(refusal.value)


def test_a_channel_in_plain_mode_encrypts_nothing() -> None:
    with pytest.raises(ValueError, match="plain"):
        encrypt(CallbackKeys(token=b"t", receiver=b"r"), b"{}")


def test_keys_are_not_shown() -> None:
    assert TOKEN not in repr(KEYS)
    assert str(KEYS.aes_key) not in repr(KEYS)


# Bodies


def test_xml_and_json_read_alike() -> None:
    xml = (
        "<xml><MsgId>123</MsgId><Content><![CDATA[在吗 <b>]]></Content><Empty/>"
        "<SendPicsInfo><Count>1</Count></SendPicsInfo></xml>"
    )
    json = '{"MsgId":123,"Content":"在吗 <b>","Empty":"","SendPicsInfo":{"Count":1},"list":[1],"nothing":null}'

    read = {"MsgId": "123", "Content": "在吗 <b>", "Empty": "", "SendPicsInfo": {"Count": "1"}}
    assert read_body(xml.encode()) == read
    assert read_body(json.encode()) == read | {"list": [1], "nothing": None}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"<xml>",
        b"<xml>\xff</xml>",
        b'{"a":',
        b"[]",
        b'<?xml version="1.0" encoding="utf-16"?><xml/>' + b"\x00",
        b"<!DOCTYPE xml><xml><a>1</a></xml>",
        b'<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>',
        b'<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><Content>&f;</Content></xml>',
        b'<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/x.dtd"><xml/>',
    ],
)
def test_what_is_no_plain_document_is_refused(body: bytes) -> None:
    with pytest.raises(BadPayload):
        read_body(body)


def test_an_envelope_is_opened_without_reading_the_rest() -> None:
    sealed = sealed_by_wechatpy()["Encrypt"]
    for body in (
        f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>",
        f"<xml><Encrypt>\n {sealed} </Encrypt></xml>",
        f'{{"ToUserName":"gh_1","Encrypt":"{sealed}"}}',
    ):
        assert read_encrypted(body.encode()) == sealed
    for body in ("", "<xml/>", "<Encrypt></Encrypt>", "<Encrypt>&a;</Encrypt>", '{"Encrypt":7}', "{}"):
        assert read_encrypted(body.encode()) == ""


@pytest.mark.parametrize("inner", [b"<a/>" * 250_000, b"<Encrypt>" * 110_000, b"<Encrypt>A" * 100_000])
def test_a_stranger_makes_nobody_parse_for_long(inner: bytes) -> None:
    began = time.thread_time()
    assert read_encrypted(b"<xml>" + inner + b"</xml>") == ""
    assert time.thread_time() - began < 0.5
    with pytest.raises(BadPayload, match="longer than"):
        read_body(b"<xml>" + inner + b"</xml>")


def test_a_very_deep_document_does_no_harm() -> None:
    assert read_body(b"<a>" * 30_000 + b"</a>" * 30_000) == {"a": {"a": ""}}


def test_a_page_names_its_product_or_is_it() -> None:
    assert product_of("pages/goods/detail.html?scene=1&goodsId=tea-250g&x=2") == "tea-250g"
    assert product_of("pages/goods/detail?ID=7") == "7"
    assert product_of("pages/tea-250g") == "pages/tea-250g"
    assert product_of("pages/list?category_id=3") == "pages/list?category_id=3"


def test_times_are_read_or_left_out() -> None:
    assert read_seconds("1348831860") == datetime(2012, 9, 28, 11, 31, tzinfo=UTC)
    assert read_milliseconds("1348831860500") == datetime(2012, 9, 28, 11, 31, 0, 500_000, tzinfo=UTC)
    assert [read_seconds(text) for text in ("", "-1", "soon", "9" * 12, "１３４８８３１８６０")] == [None] * 5
