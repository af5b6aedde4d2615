"""Signatures are judged by two packages that are not ours, in both directions."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import standardwebhooks
import svix

from adapters.contract import BadSignature
from adapters.standard_webhooks import read_secret, sign, verify

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_" + base64.b64encode(bytes(range(64))).decode()
KEY = read_secret(SECRET)
OTHER_KEY = read_secret(OTHER_SECRET)
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
BODY = '{"text":"新疆包邮吗"}'.encode()

Signer = standardwebhooks.Webhook | svix.Webhook
ORACLES: tuple[Callable[[str], Signer], ...] = (standardwebhooks.Webhook, svix.Webhook)


def headers(**changes: str) -> dict[str, str]:
    signed = sign(secrets=(KEY,), webhook_id="msg_1", now=NOW, body=BODY)
    return signed | {name.replace("_", "-"): value for name, value in changes.items()}


def accepts(
    given: dict[str, str], *, body: bytes = BODY, now: datetime = NOW, secrets: tuple[bytes, ...] = (KEY,)
) -> bool:
    try:
        verify(secrets=secrets, headers=given, body=body, now=now)
    except BadSignature:
        return False
    return True


def test_the_published_vector_comes_out_to_the_letter() -> None:
    signed = sign(
        secrets=(KEY,),
        webhook_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        now=datetime.fromtimestamp(1614265330, UTC),
        body=b'{"test": 2432232314}',
    )

    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signed["webhook-timestamp"] == "1614265330"


@pytest.mark.parametrize("oracle", ORACLES)
def test_other_libraries_accept_what_we_sign(oracle: Callable[[str], Signer]) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - the oracles ask the machine's clock

    assert oracle(SECRET).verify(BODY, sign(secrets=(KEY,), webhook_id="r-1:1", now=now, body=BODY)) == {
        "text": "新疆包邮吗"
    }


@pytest.mark.parametrize("oracle", ORACLES)
def test_during_a_change_of_secret_either_one_accepts_what_we_sign(oracle: Callable[[str], Signer]) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - the oracles ask the machine's clock
    signed = sign(secrets=(KEY, OTHER_KEY), webhook_id="r-1:1", now=now, body=BODY)

    assert oracle(SECRET).verify(BODY, signed)
    assert oracle(OTHER_SECRET).verify(BODY, signed)


@pytest.mark.parametrize("oracle", ORACLES)
@pytest.mark.parametrize("secret", [SECRET, OTHER_SECRET])
def test_we_accept_what_other_libraries_sign(oracle: Callable[[str], Signer], secret: str) -> None:
    given = headers(webhook_signature=oracle(secret).sign("msg_1", NOW, BODY.decode()))

    assert verify(secrets=(KEY, OTHER_KEY), headers=given, body=BODY, now=NOW) == "msg_1"


@pytest.mark.parametrize("oracle", ORACLES)
def test_other_libraries_refuse_a_changed_body_of_ours_and_so_do_we(oracle: Callable[[str], Signer]) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - the oracles ask the machine's clock
    signed = sign(secrets=(KEY,), webhook_id="r-1:1", now=now, body=BODY)

    with pytest.raises((standardwebhooks.WebhookVerificationError, svix.WebhookVerificationError)):
        oracle(SECRET).verify(BODY + b" ", signed)
    assert not accepts(signed, body=BODY + b" ", now=now)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_every_header_is_needed_and_named_when_missing(name: str) -> None:
    given = headers()
    del given[name]

    with pytest.raises(BadSignature, match=name):
        verify(secrets=(KEY,), headers=given, body=BODY, now=NOW)


@pytest.mark.parametrize("sign_of", [-1, 1])
def test_a_request_may_be_five_minutes_off_and_not_more(sign_of: int) -> None:
    assert accepts(headers(), now=NOW + sign_of * timedelta(seconds=300))
    assert not accepts(headers(), now=NOW + sign_of * timedelta(seconds=301))


@pytest.mark.parametrize(
    "timestamp", ["", "now", "1.5", "-1", "+5", "0x10", "１７００００００００", "9" * 13, "9" * 5000, "²"]
)
def test_a_time_that_is_not_whole_seconds_is_refused(timestamp: str) -> None:
    assert not accepts(headers(webhook_timestamp=timestamp))


@pytest.mark.parametrize(
    "junk", ["v1,", "v1", ",", "", "v2,abc", "v1a,abc", "签名", "v1,签名==", "\udcff\udcfe", "\ud800", " "]
)
def test_junk_is_refused_and_does_not_hide_a_right_signature(junk: str) -> None:
    right = headers()["webhook-signature"]

    assert not accepts(headers(webhook_signature=junk))
    assert accepts(headers(webhook_signature=f"{junk} {right}")) is (junk != "\ud800")


def test_an_unknown_version_of_the_right_sum_is_refused() -> None:
    right = headers()["webhook-signature"].removeprefix("v1,")

    assert not accepts(headers(webhook_signature=f"v1a,{right} v2,{right} {right}"))


@pytest.mark.parametrize("webhook_id", ["消息", "caf\udce9", "\ud800"])
def test_an_id_that_is_not_ascii_is_compared_and_never_raises_anything_else(webhook_id: str) -> None:
    assert not accepts(headers(webhook_id=webhook_id))


def test_the_signature_covers_the_bytes_of_an_id_outside_utf_8() -> None:
    raw = b"caf\xe9"
    stamp = headers()["webhook-timestamp"].encode()
    right = standardwebhooks.webhooks.hmac_data(KEY, b".".join((raw, stamp, BODY)))
    given = headers(webhook_id=raw.decode("utf-8", "surrogateescape"))
    given["webhook-signature"] = "v1," + base64.b64encode(right).decode()

    assert accepts(given)


def test_another_shops_secret_is_refused() -> None:
    assert not accepts(headers(), secrets=(OTHER_KEY,))
    assert not accepts(headers(), secrets=())


@pytest.mark.parametrize("length", [24, 32, 64])
def test_a_secret_holds_24_to_64_bytes(length: int) -> None:
    assert read_secret("whsec_" + base64.b64encode(bytes(length)).decode()) == bytes(length)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hunter2", "begin with whsec_"),
        ("whsec_not base64!", "must be base64"),
        ("whsec_秘密", "must be base64"),
        ("whsec_", "24 to 64 bytes, not 0"),
        ("whsec_" + base64.b64encode(bytes(23)).decode(), "not 23"),
        ("whsec_" + base64.b64encode(bytes(65)).decode(), "not 65"),
    ],
)
def test_a_bad_secret_is_refused_with_how_to_make_one_and_never_shown(text: str, words: str) -> None:
    with pytest.raises(ValueError, match="openssl rand -base64 32") as refusal:
        read_secret(text)

    assert words in str(refusal.value)
    assert text == "whsec_" or text not in str(refusal.value)
