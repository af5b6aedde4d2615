from __future__ import annotations

import pytest

from bot.domain.desk.contacts import Contact, read_contact
from bot.domain.desk.masking import masked


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        (" 138-0000-0000 ", "phone", "138-0000-0000"),
        ("＋８６ １３８００００００００", "phone", "+86 13800000000"),
        ("(0571) 8000000", "phone", "(0571) 8000000"),
        ("wang.xiao+shop@mail.example", "email", "wang.xiao+shop@mail.example"),
        ("王＠邮箱.example", "email", "王@邮箱.example"),
    ],
)
def test_what_one_can_ring_or_write_to_is_taken_as_it_was_written(written: str, kind: str, value: str) -> None:
    contact = read_contact(written)
    assert contact is not None
    assert (contact.kind, contact.value) == (kind, value)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "   ",
        "我的微信",
        "123",
        "1" * 16,
        "a@b",
        "a@@b.example",
        "@b.example",
        "a b@c.example",
        "x" * 250 + "@b.example",
    ],
)
def test_what_is_neither_is_not_taken(written: str) -> None:
    assert read_contact(written) is None


def test_a_mail_address_is_masked_where_numbers_are() -> None:
    assert masked("打 13800000000 或写 wang.xiao@mail.example") == "打 ••••0000 或写 w••••@mail.example"
    assert masked("a@b 和 @小李") == "a@b 和 @小李"
    assert Contact(kind="phone", value="1") == Contact(kind="phone", value="1")
