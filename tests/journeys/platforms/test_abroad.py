"""What Telegram, LINE and WhatsApp have beside words: a chat that is opened, buttons, typing, reply tokens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.config import Conversation
from tests.platform_shop import BUYER
from tests.platform_shops_abroad import LineShop, TelegramShop, chat_of
from tests.recorder import Reaction

if TYPE_CHECKING:
    from bot.config import Config
    from tests.journeys.conftest import Opening

DISPATCH = "下单后48小时内发货。"
TYPING = "/bot600:AA-example/sendChatAction"
REPLY = "/v2/bot/message/reply"


class PatientTelegram(TelegramShop):
    """It awaits the rest of a question."""

    @property
    def config(self) -> Config:
        return super().config.model_copy(update={"conversation": Conversation(patience_seconds=4)})


class TokenLine(LineShop):
    """Its events bring a reply token, by which the first bubble leaves."""

    def _event(self, buyer: str, words: str) -> dict[str, object]:
        return {**super()._event(buyer, words), "replyToken": f"reply-{words}"}


async def test_who_opens_the_chat_is_welcomed_once(opening: Opening) -> None:
    shop = await opening(TelegramShop)
    assert await shop.hears("/start") == [shop.welcome]
    assert await shop.hears("/start") == []
    assert await shop.hears("什么时候发货") == [DISPATCH]


async def test_a_choice_has_buttons_and_a_click_says_its_title(opening: Opening) -> None:
    shop = await opening(TelegramShop)
    await shop.hears("/start")
    await shop.hears("发货快递")
    asked = [call.json for call in shop.recorder.to(shop.send_path) if "reply_markup" in call.json]
    assert len(asked) == 1
    [[button], *_] = asked[0]["reply_markup"]["inline_keyboard"]
    click = {
        "update_id": 1,
        "callback_query": {
            "id": "77",
            "from": {"id": chat_of(BUYER), "first_name": BUYER},
            "message": {"message_id": 5, "chat": {"id": chat_of(BUYER), "type": "private"}},
            "data": button["callback_data"],
        },
    }
    status, answered = await shop.posts_raw(shop.signed_body(json.dumps(click).encode()))
    assert (status, json.loads(answered)["method"]) == (200, "answerCallbackQuery")
    await shop.settles()
    assert await shop.rows("SELECT outcome FROM decision ORDER BY id DESC LIMIT 1") == [("answer",)]


async def test_while_the_rest_of_a_question_is_awaited_the_buyer_sees_typing(opening: Opening) -> None:
    shop = await opening(PatientTelegram)
    await shop.says("那个")
    await shop.until_called(TYPING)
    assert shop.recorder.to(TYPING)[0].json == {"chat_id": str(chat_of(BUYER)), "action": "typing"}
    assert shop.words() == []


async def test_a_platform_that_cannot_show_typing_loses_nothing(opening: Opening) -> None:
    shop = await opening(PatientTelegram)
    shop.recorder.answers(TYPING, Reaction(status=500, body=b"<html>"))
    await shop.says("那个")
    await shop.until_called(TYPING)
    await shop.says("什么时候发货")
    await shop.settles()
    assert shop.words() == [shop.welcome, DISPATCH]


async def test_the_first_bubble_leaves_by_the_reply_token_and_the_rest_by_push(opening: Opening) -> None:
    shop = await opening(TokenLine)
    await shop.says("什么时候发货")
    await shop.settles()
    [replied] = shop.recorder.to(REPLY)
    assert replied.json["replyToken"] == "reply-什么时候发货"
    assert [shop.text_of(replied), *shop.words()] == [shop.welcome, DISPATCH]
