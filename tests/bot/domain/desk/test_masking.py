from __future__ import annotations

import pytest

from bot.domain.desk.masking import masked


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("单号 6920051234567890 没到", "单号 ••••7890 没到"),
        ("电话138 0000 1234", "电话••••1234"),
        ("电话138.0000.1234", "电话••••1234"),
        ("我电话一三八零零零零幺二三四", "我电话••••"),
        ("寄到浙江省杭州市西湖区文三路259号3幢501室，急", "寄到浙江省杭州市西湖区••••，急"),
        ("寄到 文 三 路 2 5 9 号 谢谢", "寄到 •••• 谢谢"),
        ("住阳光花园 3 幢 2 单元 501 室", "••••"),
        ("send it to 221 Baker Street, Apt 3 please", "send it to •••• please"),
        ("发到 a.b@mail.example", "发到 a••••@mail.example"),
        ("加我微信 abc12345", "加我••••"),
        ("新疆包邮吗，2件299元，什么时候到杭州", "新疆包邮吗，2件299元，什么时候到杭州"),
        ("", ""),
    ],
)
def test_what_is_private_is_hidden_and_the_rest_stays(typed: str, shown: str) -> None:
    assert masked(typed) == shown
