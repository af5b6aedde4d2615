"""One test for each recorded payload, named like it; then everything that can be wrong with one, and what we write."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.contract import (
    Author,
    ConversationClosed,
    ConversationOpened,
    Image,
    Inbound,
    Message,
    OrderCard,
    ProductCard,
    Reply,
    ReplyFailed,
    ReplyReference,
    Text,
    Unsupported,
)
from adapters.fields import Fields
from adapters.wechat.body import read_body
from adapters.wecom_kf.payloads import (
    FAILURES,
    choose_servicer,
    message_id_of,
    read_item,
    read_news,
    read_page,
    write_message,
    write_on_event,
)

PAYLOADS = Path(__file__).parent / "payloads"
ACCOUNT = "wk-teashop"
SENT_AT = datetime(2025, 11, 30, 2, 0, tzinfo=UTC)


def item(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_bytes())
    return read


def recorded(name: str) -> Inbound | None:
    return read_item(item(name), account=ACCOUNT)


def event(name: str) -> object:
    inbound = recorded(name)
    assert inbound is not None
    assert inbound.left_out == ()
    assert (inbound.external_id, inbound.conversation_id) == (f"kf-msg-{name}", "wm-buyer-1")
    assert inbound.sent_at == SENT_AT
    return inbound.event


def content(name: str) -> object:
    message = event(name)
    assert isinstance(message, Message)
    assert message.author == Author(kind="buyer", id="wm-buyer-1")
    return message.content


def notice(kind: str) -> Message:
    return Message(author=Author(kind="system"), content=Unsupported(kind))


def taken_by(person: str) -> Message:
    return Message(author=Author(kind="staff", id=person), content=Unsupported("session_status_change"))


# Recorded


def test_delivery() -> None:
    document = read_body((PAYLOADS / "delivery.xml").read_bytes())

    assert read_news(document, account=ACCOUNT) == "wake-1"
    assert read_news(document, account="wk-another") is None
    assert read_news(document | {"Event": "change_contact"}, account=ACCOUNT) is None
    assert read_news({"Event": "kf_msg_or_event"}, account=ACCOUNT) == ""


def test_text() -> None:
    assert content("text") == Text("新疆包邮吗")


def test_menu_click() -> None:
    assert content("menu_click") == Text("什么时候发货")


def test_image() -> None:
    assert content("image") == Image("", "media-cup-1")


def test_voice() -> None:
    assert content("voice") == Unsupported("voice")


def test_video() -> None:
    assert content("video") == Unsupported("video")


def test_file() -> None:
    assert content("file") == Unsupported("file")


def test_location() -> None:
    assert content("location") == Unsupported("location")


def test_link() -> None:
    assert content("link") == Unsupported("link")


def test_business_card() -> None:
    assert content("business_card") == Unsupported("business_card")


def test_mini_program() -> None:
    assert content("mini_program") == ProductCard("tea-250g", "明前龙井 250克")


def test_shop_product() -> None:
    assert content("shop_product") == ProductCard("tea-250g", "明前龙井 250克")


def test_shop_order() -> None:
    assert content("shop_order") == OrderCard("3700000000000000001", None, "明前龙井 250克")


def test_chat_record() -> None:
    assert content("chat_record") == Unsupported("merged_msg")


def test_channels() -> None:
    assert content("channels") == Unsupported("channels")


def test_note() -> None:
    assert content("note") == Unsupported("note")


def test_new_kind() -> None:
    assert content("new_kind") == Unsupported("red_packet_rain")


def test_person_text() -> None:
    assert event("person_text") == Message(author=Author(kind="staff", id="lin"), content=Text("我来帮您看一下"))


def test_opened() -> None:
    reference = ReplyReference(value="welcome-1", until=SENT_AT + timedelta(seconds=20))
    assert event("opened") == ConversationOpened(buyer=Author(id="wm-buyer-1"), reply_reference=reference)


def test_opened_again() -> None:
    assert recorded("opened_again") is None


def test_send_failed() -> None:
    assert event("send_failed") == ReplyFailed(platform_message_id="r-1", reason="WeCom fail_type 10")


def test_person_on_duty() -> None:
    assert recorded("person_on_duty") is None


def test_person_accepted() -> None:
    assert event("person_accepted") == taken_by("lin")


def test_person_passed_on() -> None:
    assert event("person_passed_on") == taken_by("zhao")


def test_person_ended() -> None:
    reference = ReplyReference(value="ended-1", until=SENT_AT + timedelta(seconds=20))
    assert event("person_ended") == ConversationClosed(closed_by="lin", reply_reference=reference)


def test_person_came_back() -> None:
    assert event("person_came_back") == taken_by("lin")


def test_buyer_took_back() -> None:
    assert event("buyer_took_back") == notice("user_recall_msg")


def test_person_took_back() -> None:
    assert event("person_took_back") == notice("servicer_recall_msg")


def test_person_refuses() -> None:
    assert event("person_refuses") == notice("reject_customer_msg_switch_change")


def test_new_event() -> None:
    assert event("new_event") == notice("something_new")


# A page of them


def test_a_page_keeps_the_order_and_leaves_out_what_belongs_to_nobody() -> None:
    page = {"msg_list": [item("text"), "nothing", item("person_on_duty"), item("person_text"), {"msgid": "lost"}]}

    read = read_page(Fields(page, []), account=ACCOUNT, since=None)
    assert [each.external_id for each in read] == ["kf-msg-text", "kf-msg-person_text"]
    assert read_page(Fields(page, []), account="wk-another", since=None) == ()
    assert read_page(Fields({"msg_list": {}}, []), account=ACCOUNT, since=None) == ()


def test_what_was_said_before_we_came_is_history() -> None:
    page = Fields({"msg_list": [item("text"), item("image") | {"send_time": None}]}, [])

    assert len(read_page(page, account=ACCOUNT, since=SENT_AT)) == 2
    later = read_page(page, account=ACCOUNT, since=SENT_AT + timedelta(seconds=1))
    assert [each.external_id for each in later] == ["kf-msg-image"]


# What can be wrong


def test_what_cannot_be_kept_is_left_out() -> None:
    text = item("text")
    assert read_item(text | {"msgid": None}, account=ACCOUNT) is None
    assert read_item(text | {"external_userid": 7}, account=ACCOUNT) is None
    assert read_item(item("opened") | {"event": []}, account=ACCOUNT) is None
    failed = item("send_failed")
    assert read_item(failed | {"event": failed["event"] | {"fail_msgid": ""}}, account=ACCOUNT) is None


def test_what_is_half_there_goes_to_a_person() -> None:
    for name in ("image", "shop_product", "shop_order", "mini_program"):
        kind = item(name)["msgtype"]
        inbound = read_item(item(name) | {kind: {}}, account=ACCOUNT)
        assert inbound is not None
        assert isinstance(inbound.event, Message)
        assert inbound.event.content == Unsupported(kind)


def test_who_speaks_unasked_is_nobody_to_answer() -> None:
    inbound = read_item(item("text") | {"origin": 9}, account=ACCOUNT)
    assert inbound is not None
    assert isinstance(inbound.event, Message)
    assert inbound.event.author == Author(kind="system")


@pytest.mark.parametrize("code", [*FAILURES, 0, 99])
def test_each_failure_has_its_code(code: int) -> None:
    failed = item("send_failed")
    inbound = read_item(failed | {"event": failed["event"] | {"fail_type": code}}, account=ACCOUNT)
    assert inbound is not None
    assert isinstance(inbound.event, ReplyFailed)
    assert inbound.event.fault == FAILURES.get(code, "unknown_refusal")


# Out


def test_a_bubble_carries_its_own_id() -> None:
    body = write_message(Reply(kind="answer", text="好的"), buyer="wm-buyer-1", account=ACCOUNT, message_id="r-1")

    assert body == {
        "touser": "wm-buyer-1",
        "open_kfid": ACCOUNT,
        "msgid": "r-1",
        "msgtype": "text",
        "text": {"content": "好的"},
    }


def test_a_choice_becomes_lines_to_click_where_they_fit() -> None:
    def kind(text: str, *choices: str) -> object:
        reply = Reply(kind="clarify", text=text, choices=choices)
        return write_on_event(reply, code="c", message_id="r-1")["msgtype"]

    assert kind("您想问哪一个？", "运费", "发货") == "msgmenu"
    assert kind("问" * 341, "运费") == "msgmenu"
    assert kind("问" * 342, "运费") == "text"
    assert kind("问", "费" * 43) == "text"
    assert kind("问", *"一二三四五六七八九十") == "msgmenu"
    assert kind("问", *"一二三四五六七八九十百") == "text"


def test_an_invite_has_a_line_for_each_score() -> None:
    body = write_on_event(Reply(kind="invite", text="请给本次服务打分"), code="ended-1", message_id="r-1")

    assert body["code"] == "ended-1"
    menu = body["msgmenu"]
    assert isinstance(menu, dict)
    assert [line["click"]["content"] for line in menu["list"]] == ["5", "4", "3", "2", "1"]


def test_an_id_that_wecom_would_not_take_becomes_one_that_it_does() -> None:
    assert message_id_of("r-0123456789abcdef0123456789abcd") == "r-0123456789abcdef0123456789abcd"
    long = message_id_of("r-0123456789abcdef0123456789abcd-unheard")
    assert len(long) == 32
    assert message_id_of("r-0123456789abcdef0123456789abcd-unheard") == long != message_id_of("回复")


def test_buyers_are_spread_over_those_who_receive() -> None:
    people = [{"userid": name, "status": 0} for name in ("lin", "zhao")]
    listed = Fields(
        {"servicer_list": [*people, {"userid": "away", "status": 1}, {"department_id": 2, "status": 0}]}, []
    )

    chosen = {choose_servicer(listed, buyer=f"wm-{number}") for number in range(20)}
    assert chosen == {"lin", "zhao"}
    assert choose_servicer(listed, buyer="wm-1") == choose_servicer(listed, buyer="wm-1")
    assert choose_servicer(Fields({"servicer_list": []}, []), buyer="wm-1") is None
