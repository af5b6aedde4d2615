"""What WeChat's products and Douyin have of their own, beside the stories of every platform (tests/adapters/contract).

The platforms are played by a recorder; what they encrypt is encrypted by wechatpy.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.storage.accounts import people
from bot.storage.engine.database import open_database
from tests.platform_shop import BUYER, DouyinShop, KfShop, OaShop, WechatShopShop
from tests.small_manual import small_entry, small_manual

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from bot.config import Config
    from tests.fakes import FakeClock
    from tests.journeys.conftest import Opening

DISPATCH = "下单后48小时内发货。"
PERSON = "转人工"
LONG = small_entry("assembly", "安装说明", "安装说明|怎么安装|安装步骤", "第一步，先把零件摆好，再对照图纸。" * 400)
LISTED = {"kf_online_list": [{"kf_account": "lin@teashop", "status": 1, "accepted_case": 0}]}
SESSION = "/customservice/kfsession/create"


class LateOa(OaShop):
    """People come first there, at our own desk, and are late."""

    @property
    def config(self) -> Config:
        config = super().config
        late = config.channels[0].model_copy(update={"mode": "cover", "reply_windows": ("douyin",)})
        return config.model_copy(update={"channels": (late,)})


async def somebody_answers(url: str, clock: FakeClock) -> None:
    async with open_database(url) as database:
        await database.write(people.add, name="小李", role="agent", at=clock.now())


# Official Accounts


async def test_an_account_answers_hands_over_keeps_silent_and_asks_once(opening: Opening) -> None:
    shop = await opening(OaShop, hand_off="wechat")
    shop.recorder.answers("/cgi-bin/customservice/getonlinekflist", LISTED)

    assert await shop.hears("什么时候发货") == [shop.welcome, DISPATCH]
    assert await shop.says("发什么快递") == "success"
    await shop.settles()
    told = await shop.hears(PERSON)
    assert len(told) == 1
    assert [call.json for call in shop.recorder.to(SESSION)] == [{"openid": BUYER, "kf_account": "lin@teashop"}]
    assert await shop.mode_of() == "human"

    await shop.happens("kf_close_session", more="<KfAccount>lin@teashop</KfAccount>")
    await shop.time_passes(minutes=3)
    assert shop.words()[-1] == shop.say("invite")
    assert (await shop.hears("5")) == [shop.say("thanks-good")]
    await shop.time_passes(days=1)
    assert shop.words().count(shop.say("invite")) == 1


async def test_who_has_a_person_of_wechats_own_hears_the_bot_no_more(opening: Opening) -> None:
    shop = await opening(OaShop, hand_off="wechat")
    shop.recorder.answers("/cgi-bin/customservice/getonlinekflist", LISTED)
    await shop.hears(PERSON)
    seen = len(shop.words())

    assert "transfer_customer_service" in await shop.says("什么时候发货")
    await shop.settles()
    assert len(shop.words()) == seen


async def test_when_nobody_of_wechats_own_is_there_the_next_message_queues(opening: Opening) -> None:
    shop = await opening(OaShop, hand_off="wechat")
    shop.recorder.answers("/cgi-bin/customservice/getonlinekflist", {"kf_online_list": []})
    await shop.hears(PERSON)

    assert await shop.mode_of() == "waiting"
    assert "transfer_customer_service" in await shop.says("在吗")
    await shop.happens("kf_create_session", more="<KfAccount>lin@teashop</KfAccount>")
    assert await shop.mode_of() == "human"


async def test_at_our_desk_nothing_passes_on(opening: Opening, stocked_copy: str, clock: FakeClock) -> None:
    await somebody_answers(stocked_copy, clock)
    shop = await opening(OaShop)
    await shop.hears(PERSON)

    assert await shop.mode_of() == "waiting"
    assert await shop.says("在吗") == "success"
    assert shop.recorder.to(SESSION) == []


async def test_who_follows_is_welcomed(opening: Opening) -> None:
    shop = await opening(OaShop)
    await shop.happens("subscribe")

    assert shop.words() == [shop.welcome]
    assert await shop.hears("什么时候发货") == [DISPATCH]


async def test_a_click_on_a_menu_answers_its_line(opening: Opening) -> None:
    shop = await opening(OaShop)
    await shop.hears("怎么洗")
    sends = [call.json for call in shop.recorder.to("/cgi-bin/message/custom/send")]
    (menu,) = [each["msgmenu"] for each in sends if "msgmenu" in each]

    assert sorted(line["content"] for line in menu["list"]) == ["毛巾怎么洗", "茶杯怎么洗"]
    assert await shop.hears("毛巾怎么洗") == ["毛巾请冷水手洗。"]


async def test_what_is_more_than_wechat_takes_ends_with_a_word_and_a_person(
    opening: Opening, stocked_copy: str, clock: FakeClock
) -> None:
    await somebody_answers(stocked_copy, clock)
    shop = await opening(OaShop)
    long = dataclasses.replace(small_manual(), entries=(*small_manual().entries, LONG))
    await shop.publishes(long)

    heard = await shop.hears("安装说明")
    assert len(heard) == 5
    assert heard[-1] == shop.say("quota-ends", quota="5")
    assert all(len(each.encode()) <= 2_048 for each in heard)
    assert await shop.mode_of() == "waiting"


async def test_what_the_bot_says_for_a_late_person_is_cut_too(
    opening: Opening, stocked_copy: str, clock: FakeClock
) -> None:
    await somebody_answers(stocked_copy, clock)
    shop, manual, long = await opening(LateOa), small_manual(), "同事正在为您核对，请您稍等片刻。" * 80
    lines = [dataclasses.replace(line, bubbles=(long,)) if line.id == "holding" else line for line in manual.lines]
    await shop.publishes(dataclasses.replace(manual, lines=tuple(lines)))

    assert await shop.hears("转人工") == []
    await shop.time_passes(seconds=119)
    assert "".join(shop.words()) == long
    assert all(len(each.encode()) <= 2_048 for each in shop.words())


@pytest.mark.parametrize("code", [45047, 45015])
async def test_where_the_platform_takes_nothing_more_a_person_is_told(opening: Opening, code: int) -> None:
    shop = await opening(OaShop, hand_off="wechat")
    shop.recorder.answers("/cgi-bin/customservice/getonlinekflist", {"kf_online_list": []})
    shop.recorder.answers("/cgi-bin/message/custom/send", {"errcode": code, "errmsg": "out of limit"})
    await shop.hears("什么时候发货")

    assert await shop.mode_of() == "waiting"
    assert str(code) in (await shop.reasons())[0]


# WeCom's customer service


async def test_a_kf_account_answers_hands_over_keeps_silent_and_asks_once(opening: Opening) -> None:
    shop = await opening(KfShop)
    assert await shop.hears("什么时候发货") == [shop.welcome, DISPATCH]

    await shop.hears(PERSON)
    moved = [call.json for call in shop.recorder.to("/cgi-bin/kf/service_state/trans")]
    assert [(each["service_state"], each["servicer_userid"]) for each in moved] == [(3, "lin")]
    said, calls = [call.path for call in shop.recorder.calls], shop.recorder.calls
    last_word = max(place for place, call in enumerate(calls) if call.path == "/cgi-bin/kf/send_msg")
    assert last_word < said.index("/cgi-bin/kf/service_state/trans")
    assert await shop.mode_of() == "human"

    seen = len(shop.words())
    assert await shop.hears("什么时候发货") == []
    await shop.comes(shop.item("我来帮您看一下", origin=5, servicer_userid="lin"))
    await shop.settles()
    assert len(shop.words()) == seen

    ended = shop.event("session_status_change", change_type=3, old_servicer_userid="lin", msg_code="ended-1")
    await shop.comes(ended)
    await shop.time_passes(seconds=1)
    (asked,) = [call.json for call in shop.recorder.to("/cgi-bin/kf/send_msg_on_event")]
    assert (asked["code"], asked["msgtype"]) == ("ended-1", "msgmenu")
    shop.state = 0
    assert await shop.hears("5") == [shop.say("thanks-good")]
    await shop.time_passes(days=1)
    assert len(shop.recorder.to("/cgi-bin/kf/send_msg_on_event")) == 1


async def test_who_opens_the_chat_is_welcomed_by_the_code(opening: Opening) -> None:
    shop = await opening(KfShop)
    await shop.comes(shop.event("enter_session", welcome_code="welcome-1"))
    await shop.settles()

    (welcome,) = [call.json for call in shop.recorder.to("/cgi-bin/kf/send_msg_on_event")]
    assert (welcome["code"], welcome["text"]["content"]) == ("welcome-1", shop.welcome)
    assert await shop.hears("什么时候发货") == [DISPATCH]


async def test_a_person_who_writes_in_wecom_silences_the_bot(opening: Opening) -> None:
    shop = await opening(KfShop)
    await shop.comes(shop.item("什么时候发货"), shop.item("今天就发", origin=5, servicer_userid="lin"))
    await shop.settles()

    assert await shop.mode_of() == "human"
    assert await shop.hears("发什么快递") == []


async def test_a_crash_between_an_answer_and_the_cursor_answers_once(opening: Opening) -> None:
    shop = await opening(KfShop)
    before = await shop.cursor()
    assert await shop.hears("什么时候发货") == [shop.welcome, DISPATCH]
    sends = len(shop.recorder.to("/cgi-bin/kf/send_msg"))

    await shop.stops()
    async with open_database(shop.url) as database:
        await database.write(_put_back, before)
    await shop.opens()
    await shop.read_up_to(1)
    await shop.settles()
    assert len(shop.recorder.to("/cgi-bin/kf/send_msg")) == sends


async def test_pages_are_read_to_the_end_although_one_is_empty(opening: Opening) -> None:
    shop = await opening(KfShop)
    shop.page_size, shop.empty_pages = 2, 1
    questions = [shop.item("什么时候发货", buyer=f"wm-{number}") for number in range(5)]
    await shop.comes(*questions)
    await shop.settles()

    assert [shop.words(f"wm-{number}")[-1] for number in range(5)] == [DISPATCH] * 5


async def test_what_wecom_fails_to_bring_after_all_reaches_a_person(opening: Opening) -> None:
    shop = await opening(KfShop)
    await shop.hears("什么时候发货")
    answer = shop.recorder.to("/cgi-bin/kf/send_msg")[-1].json["msgid"]
    await shop.comes(shop.event("msg_send_fail", fail_msgid=answer, fail_type=10))
    await shop.settles()

    assert await shop.reasons() == ["WeCom fail_type 10"]
    assert [call.json["service_state"] for call in shop.recorder.to("/cgi-bin/kf/service_state/trans")] == [3]


@pytest.mark.parametrize("code", [95001, 95013, 95018])
async def test_where_wecom_takes_nothing_more_a_person_is_told(opening: Opening, code: int) -> None:
    shop = await opening(KfShop)
    shop.recorder.answers("/cgi-bin/kf/send_msg", {"errcode": code, "errmsg": "not now"})
    await shop.hears("什么时候发货")

    assert str(code) in (await shop.reasons())[0]
    assert len(shop.recorder.to("/cgi-bin/kf/service_state/trans")) == 1


# WeChat Shops


async def test_cards_are_questions(opening: Opening, stocked_copy: str, clock: FakeClock) -> None:
    await somebody_answers(stocked_copy, clock)
    shop = await opening(WechatShopShop)
    product = next(iter(shop.bot.in_use.base.product_titles))
    await shop.brings(shop.item("product_share", {"product_id": product}))
    await shop.settles()
    asked = shop.say("product-card", product=shop.bot.in_use.base.product_titles[product])
    assert "|".join(shop.words()[-2:]) == asked

    await shop.brings(shop.item("order_share", {"order_id": "3700000000000000001"}))
    await shop.settles()
    assert "|".join(shop.words()).endswith(shop.say("order-card"))


async def test_what_comes_out_of_order_and_thrice_is_answered_once_each(
    opening: Opening, stocked_copy: str, clock: FakeClock
) -> None:
    await somebody_answers(stocked_copy, clock)
    shop = await opening(WechatShopShop)
    first = shop.item("text", {"content": "什么时候发货"})
    second = shop.item("text", {"content": "发什么快递"})
    for item in (second, first, second, first, first, second):
        assert await shop.brings(item) == "success"
        await shop.settles()

    assert shop.words() == [shop.welcome, "默认发中通。", DISPATCH]


# Douyin


async def test_who_comes_in_on_douyin_is_welcomed_as_such(opening: Opening) -> None:
    shop = await opening(DouyinShop)
    await shop.happens("im_enter_direct_msg", BUYER, "dy-shop-1")
    await shop.settles()

    (welcome,) = [call.json for call in shop.recorder.to("/im/send/msg/")]
    assert (welcome["scene"], welcome["content"]["text"]["text"]) == ("im_enter_direct_msg", shop.welcome)


def _put_back(connection: Connection, cursor: str) -> None:
    """The database as it was before the cursor was kept."""
    connection.execute(text("UPDATE channel_state SET body = :body WHERE what = 'cursor'"), {"body": cursor.encode()})
