"""Which addresses a reply may go to, by their spelling."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from yarl import URL

from adapters.contract import Refused
from adapters.http import find_url_problem, is_public, open_session, post, read_retry_after

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "１２７.0.0.1",
        "127。0。0。1",
        "0",
        "0.0.0.0",  # noqa: S104 - an address to refuse, nothing listens
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "198.18.0.1",
        "192.0.0.8",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[2001:db8::1]",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[fec0::1]",
        "[fc00::1]",
        "[fd12::1]",
        "[ff02::1]",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "ⓛocalhost",
        "shop.localhost",
    ],
)
def test_no_spelling_of_a_private_address_gets_by(host: str) -> None:
    for url in (f"http://{host}/", f"https://{host}:8443/replies?x=1"):
        problem = find_url_problem(url, allow_private=False, switch="allow_private_api_url")

        assert problem is not None
        assert "allow_private_api_url = true" in problem
        assert find_url_problem(url, allow_private=True, switch="allow_private_api_url") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/replies",
        "http://shop.example",
        "HTTPS://Shop.Example:8443/replies?token=x",
        "https://店.example/回复",
        "https://a_b.shop.example./",
        "http://8.8.8.8/",
        "http://[2606:4700::1111]:8080/",
        "http://[64:ff9b::808:808]/",
        "https://localhost.shop.example/",
    ],
)
def test_public_addresses_are_welcome(url: str) -> None:
    assert find_url_problem(url, allow_private=False, switch="allow_private_api_url") is None


@pytest.mark.parametrize(
    "url",
    [
        "shop.example/replies",
        "//shop.example",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///replies",
        "https:shop.example",
        "https://shop.example:0/",
        "https://shop.example:99999/",
        "https://shop.example:x/",
        "https://[::1",
        "https://user:secret@shop.example/",
        "https://user@shop.example/",
        "https://shop.example\\@127.0.0.1/",
        " https://shop.example/",
        "https://shop.example/\n",
        "https://shop.\u200bexample/",
        "https://*.shop.example/",
        "https://a..b/",
        "https://-a.example/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 127 + "example/",
        "https://a%00b.example/",
        "https://%31%32%37.0.0.1/",
        "",
    ],
)
def test_what_is_not_a_whole_address_is_told_so_even_where_private_ones_are_allowed(url: str) -> None:
    problem = find_url_problem(url, allow_private=True, switch="allow_private_api_url")

    assert problem is not None
    assert "secret" not in problem


def test_an_address_is_public_or_not_whatever_its_family() -> None:
    assert is_public("8.8.8.8")
    assert is_public("2606:4700::1111")
    assert not is_public("192.168.0.1")
    assert not is_public("::ffff:10.0.0.1")


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "[fe80::1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "100.100.100.200",
        "[fd00:ec2::254]",
    ],
)
async def test_where_clouds_keep_the_credentials_of_a_machine_nothing_is_sent_whatever_is_allowed(host: str) -> None:
    async with open_session() as session:
        url = URL(f"http://{host}/latest")
        outcome = await post(
            session=session, url=url, body=b"{}", headers={}, timeout_seconds=1, allow_private=True, now=NOW
        )
    assert isinstance(outcome, Refused)
    assert "leads into a private network; nothing was sent" in outcome.reason


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("30", 30.0),
        (" 30 ", 30.0),
        ("86401", 86_400.0),
        ("9" * 400, 86_400.0),
        ("Sun, 22 Nov 2026 02:00:45 GMT", 45.0),
        ("Sun, 22 Nov 2026 10:00:45 +0800", 45.0),
        ("Sun, 22 Nov 2026 02:00:45 -0000", 45.0),
        ("Sun, 22 Nov 2026 01:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("３０", None),
        ("Sun, 99 Nov 2026 02:00:45 GMT", None),
    ],
)
def test_retry_after_is_read_as_a_number_or_a_date_and_never_longer_than_a_day(
    value: str, seconds: float | None
) -> None:
    assert read_retry_after(value, now=NOW) == seconds
