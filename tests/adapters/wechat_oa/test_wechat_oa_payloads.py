"""One test for each recorded payload, named like it; then everything that can be wrong with one, and what we write."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from wechatpy import parse_message
from wechatpy.replies import TransferCustomerServiceReply

from adapters.contract import (
    Author,
    BadPayload,
    ConversationClosed,
    ConversationOpened,
    Image,
    Inbound,
    Message,
    ProductCard,
    Reply,
    Text,
    Unsupported,
)
from adapters.wechat.body import read_body
from adapters.wechat_oa.payloads import read_inbound, write_menu, write_text, write_transfer

PAYLOADS = Path(__file__).parent / "payloads"
SENT_AT = datetime(2025, 11, 30, 2, 0, tzinfo=UTC)


def raw(name: str) -> bytes:
    return next(PAYLOADS.glob(f"{name}.*")).read_bytes()


def recorded(name: str) -> Inbound | None:
    return read_inbound(read_body(raw(name)), raw=raw(name))


def event(name: str) -> object:
    inbound = recorded(name)
    assert inbound is not None
    assert inbound.left_out == ()
    assert inbound.conversation_id == "o-buyer-1"
    assert inbound.sent_at == SENT_AT
    return inbound.event


def content(name: str) -> object:
    message = event(name)
    assert isinstance(message, Message)
    assert message.author == Author(kind="buyer", id="o-buyer-1")
    return message.content


def with_fields(**changes: object) -> dict[str, object]:
    return {name: value for name, value in (read_body(raw("text")) | changes).items() if value is not None}


def problems(document: dict[str, object]) -> list[str]:
    with pytest.raises(BadPayload) as refusal:
        read_inbound(document, raw=b"")
    return [each.field for each in refusal.value.problems]


# Recorded


def test_text() -> None:
    assert recorded("text") == Inbound(
        external_id="2400000000000001",
        conversation_id="o-buyer-1",
        event=Message(author=Author(kind="buyer", id="o-buyer-1"), content=Text("新疆包邮吗")),
        sent_at=SENT_AT,
        raw=raw("text"),
    )


def test_text_of_mini_program() -> None:
    inbound = recorded("text_of_mini_program")

    assert inbound is not None
    assert inbound.external_id == "2400000000000011"
    assert content("text_of_mini_program") == Text("新疆包邮吗")


def test_menu_click() -> None:
    assert content("menu_click") == Text("什么时候发货")


def test_image() -> None:
    assert content("image") == Image("http://img.wechat.example/cup/0", "media-cup-1")


def test_voice() -> None:
    assert content("voice") == Unsupported("voice")


def test_video() -> None:
    assert content("video") == Unsupported("video")


def test_short_video() -> None:
    assert content("short_video") == Unsupported("shortvideo")


def test_location() -> None:
    assert content("location") == Unsupported("location")


def test_link() -> None:
    assert content("link") == Unsupported("link")


def test_mini_program_card() -> None:
    assert content("mini_program_card") == ProductCard("tea-250g", "明前龙井 250克")


def test_new_kind() -> None:
    assert content("new_kind") == Unsupported("red_packet_rain")


def test_followed() -> None:
    assert event("followed") == ConversationOpened(buyer=Author(id="o-buyer-1"))
    inbound = recorded("followed")
    assert inbound is not None
    assert inbound.external_id == "subscribe:o-buyer-1:1764468000"


def test_entered_session() -> None:
    assert event("entered_session") == ConversationOpened(buyer=Author(id="o-buyer-1"))


def test_unfollowed() -> None:
    assert recorded("unfollowed") is None


def test_menu_tap() -> None:
    assert recorded("menu_tap") is None


def test_new_event() -> None:
    assert recorded("new_event") is None


def test_person_accepted() -> None:
    author = Author(kind="staff", id="lin@teashop")
    assert event("person_accepted") == Message(author=author, content=Unsupported("kf_create_session"))


def test_person_switched() -> None:
    author = Author(kind="staff", id="zhao@teashop")
    assert event("person_switched") == Message(author=author, content=Unsupported("kf_switch_session"))


def test_person_closed() -> None:
    assert event("person_closed") == ConversationClosed(closed_by="lin@teashop")


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*.xml")), ids=lambda path: path.stem)
def test_wechatpy_reads_the_same_person_time_and_id(path: Path) -> None:
    theirs, ours = parse_message(path.read_bytes()), recorded(path.stem)

    if ours is None:
        assert theirs.type in {"event", "unknown"}
        return
    assert theirs.source == ours.conversation_id
    assert theirs.time == int(SENT_AT.timestamp())
    assert str(theirs.id) in {ours.external_id, "0"}


# What can be wrong


def test_what_is_missing_is_named() -> None:
    assert problems(with_fields(FromUserName=None)) == ["FromUserName"]
    assert problems(with_fields(MsgId=None, Content=None)) == ["Content", "MsgId"]
    assert problems(with_fields(MsgType=None)) == ["MsgType"]
    assert problems(with_fields(MsgType="event", CreateTime=None)) == ["CreateTime"]
    assert problems(with_fields(FromUserName={"deep": "1"})) == ["FromUserName"]


def test_a_picture_that_cannot_be_shown_goes_to_a_person() -> None:
    inbound = read_inbound(with_fields(MsgType="image", PicUrl="javascript:alert(1)"), raw=b"")
    assert inbound is not None
    assert isinstance(inbound.event, Message)
    assert inbound.event.content == Unsupported("image")
    assert [each.field for each in inbound.left_out] == ["PicUrl"]


def test_a_card_without_a_page_goes_to_a_person() -> None:
    inbound = read_inbound(with_fields(MsgType="miniprogrampage", Title="龙井"), raw=b"")
    assert inbound is not None
    assert isinstance(inbound.event, Message)
    assert inbound.event.content == Unsupported("miniprogrampage")


def test_a_time_that_is_none_is_left_out() -> None:
    inbound = read_inbound(with_fields(CreateTime="soon"), raw=b"")
    assert inbound is not None
    assert inbound.sent_at is None


# Out


def test_a_text_is_written_as_it_is() -> None:
    body = write_text(Reply(kind="answer", text='好的 "亲" <b>'), buyer="o-buyer-1")

    assert body == {"touser": "o-buyer-1", "msgtype": "text", "text": {"content": '好的 "亲" <b>'}}


def test_choices_become_lines_to_click() -> None:
    body = write_menu(Reply(kind="clarify", text="您想问哪一个？", choices=("运费", "发货")), buyer="o-buyer-1")

    assert body["msgmenu"] == {
        "head_content": "您想问哪一个？",
        "list": [{"id": "1", "content": "运费"}, {"id": "2", "content": "发货"}],
        "tail_content": "",
    }


def test_passing_on_to_wechats_own_customer_service_says_what_wechatpy_says() -> None:
    document = read_body(raw("text"))
    theirs = TransferCustomerServiceReply(message=parse_message(raw("text")), time=1764468000).render()

    ours = write_transfer(document, as_json=False)
    assert ours is not None
    assert read_body(ours) == read_body(theirs.encode())
    in_json = write_transfer(document, as_json=True)
    assert in_json is not None
    assert json.loads(in_json) == read_body(ours) | {"CreateTime": 1764468000}


def test_what_is_passed_on_breaks_out_of_no_element() -> None:
    ours = write_transfer(with_fields(FromUserName="<a>&]]>"), as_json=False)
    assert ours is not None
    assert read_body(ours)["ToUserName"] == "<a>&]]>"


def test_events_are_not_passed_on() -> None:
    assert write_transfer(read_body(raw("followed")), as_json=False) is None
