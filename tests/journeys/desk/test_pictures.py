"""Pictures at the desk: a buyer's, fetched by whoever first looks and kept; a person's, sent by the platform's way."""

from __future__ import annotations

import asyncio
import io
import json
from typing import TYPE_CHECKING

from PIL import Image

from bot.actions.erase_buyer import erase_buyer
from tests.chatwoot_shop import ChatwootShop, talk_of
from tests.picture_desk import photo, sits_down, states
from tests.platform_shop import BUYER, DouyinShop, OaShop, PlatformShop
from tests.platform_shops_abroad import TelegramShop, chat_of
from tests.recorder import Reaction

if TYPE_CHECKING:
    from tests.journeys.conftest import Opening
    from tests.recorder import Call

FILE = "/file/bot600:AA-example/photos/1.jpg"
GET_FILE = "/bot600:AA-example/getFile"
SEND_PHOTO = "/bot600:AA-example/sendPhoto"
MEDIA, UPLOAD = "/cgi-bin/media/get", "/cgi-bin/media/upload"


async def telegram_photo(shop: TelegramShop) -> None:
    chat = chat_of(BUYER)
    sizes = [{"file_id": "small"}, {"file_id": "large-photo-example"}]
    said = {"message_id": 9, "from": {"id": chat, "is_bot": False, "first_name": BUYER}, "date": shop.now_seconds}
    update = {"update_id": 7, "message": {**said, "chat": {"id": chat, "type": "private"}, "photo": sizes}}
    posted = shop.signed_body(json.dumps(update).encode())
    await shop.posts_body(posted.body, headers=posted.headers)
    await shop.settles()


async def test_a_picture_on_telegram_is_fetched_once_and_kept_without_its_place(opening: Opening) -> None:
    shop = await opening(TelegramShop)
    shop.recorder.answers(GET_FILE, {"ok": True, "result": {"file_path": "photos/1.jpg"}})
    shop.recorder.answers(FILE, Reaction(body=photo(), content_type="application/octet-stream"))
    await telegram_photo(shop)
    assert shop.recorder.to(GET_FILE) == []  # nobody has looked yet
    li = await sits_down(shop)

    told = [await li.picture(), await li.picture()]
    assert told[0] == told[1] == {"outcome": "done", "picture": told[0]["picture"]}
    assert shop.recorder.to(GET_FILE)[0].json == {"file_id": "large-photo-example"}
    assert len(shop.recorder.to(FILE)) == 1

    status, body, kind = await li.get(f"pictures/{told[0]['picture']}")
    assert (status, kind, Image.open(io.BytesIO(body)).size) == (200, "image/jpeg", (40, 30))
    assert b"SECRET-CAMERA" not in body
    stranger = await sits_down(shop, channels=("elsewhere",))
    for path in (f"pictures/{told[0]['picture']}", "bubbles/i1/picture"):
        assert (await stranger.get(path))[0] == 404


async def test_why_a_picture_cannot_be_had_is_said_and_it_may_be_tried_again(opening: Opening) -> None:
    shop = await opening(TelegramShop)
    file = {"ok": True, "result": {"file_path": "photos/1.jpg"}}
    shop.recorder.answers(GET_FILE, Reaction(status=400, body=b'{"ok":false,"description":"wrong file_id"}'), file)
    huge = Reaction(body=b"\xff\xd8\xff" + b"0" * 10 * 1024 * 1024, content_type="image/jpeg")
    looks_like_one = Reaction(body=b"\xff\xd8\xff but is none", content_type="image/jpeg")
    script = Reaction(body=b"<svg onload=alert(1)>", content_type="image/png")
    found = Reaction(body=photo(), content_type="image/jpeg")
    shop.recorder.answers(FILE, Reaction(status=404), huge, looks_like_one, script, Reaction(status=500), found)
    await telegram_photo(shop)
    li = await sits_down(shop)

    told = [await li.picture() for _ in range(7)]
    assert [each.get("why", each["outcome"]) for each in told] == [
        "refused",
        "gone",
        "too_large",
        "no_picture",
        "no_picture",
        "not_reached",
        "done",
    ]
    assert "wrong file_id" in told[0]["said"]
    assert (await li.picture("i999"))["why"] == "no_such_picture"


async def test_a_buyer_is_erased_while_their_picture_is_fetched_and_it_is_kept_nowhere(opening: Opening) -> None:
    shop, loop = await opening(TelegramShop), asyncio.get_running_loop()

    async def erases() -> None:
        (theirs,) = await shop.rows("SELECT channel, buyer FROM conversation")
        whose = {"channel": theirs.channel, "buyer": theirs.buyer}
        gone = await erase_buyer(database=shop.bot.database, clock=shop.clock, **whose)
        assert gone["conversation"] == 1

    def picture(_: Call) -> Reaction:
        asyncio.run_coroutine_threadsafe(erases(), loop).result()
        return Reaction(body=photo(), content_type="image/jpeg")

    shop.recorder.answers(GET_FILE, {"ok": True, "result": {"file_path": "photos/1.jpg"}})
    shop.recorder.answers(FILE, picture)
    await telegram_photo(shop)
    li = await sits_down(shop)
    assert (await li.picture())["why"] == "no_such_picture"
    assert await shop.rows("SELECT name FROM media") == []


async def test_a_picture_on_wechat_goes_with_what_was_said(opening: Opening) -> None:
    shop = await opening(OaShop)
    shop.recorder.answers(MEDIA, {"errcode": 40007, "errmsg": "invalid media_id"}, Reaction(body=photo()))
    media = "<PicUrl></PicUrl><MediaId><![CDATA[media-cup-1]]></MediaId><MsgId>77</MsgId>"
    await shop.brings("image", BUYER, media)
    await shop.settles()
    li = await sits_down(shop)

    assert (await li.picture())["why"] == "gone"
    shop.clock.advance(days=350)
    name = (await (await sits_down(shop)).picture())["picture"]
    assert await kept(shop) == [name]
    await shop.time_passes(days=16)  # the message is 366 days old, and the picture was fetched 16 days ago
    assert await kept(shop) == []


async def test_a_picture_that_lies_open_is_fetched_inside_only_where_the_owner_runs_the_platform(
    opening: Opening,
) -> None:
    shop = await opening(ChatwootShop)
    inside = shop.recorder.url
    elsewhere = inside.replace("127.0.0.1", "localhost")
    shop.recorder.answers("/disk", Reaction(body=photo(), content_type="image/jpeg"))
    li = await sits_down(shop)

    for address in (f"{elsewhere}/disk", f"{inside}/disk"):
        await attach(shop, address)
        told = await li.picture()
        assert told["outcome"] == ("done" if address.startswith(inside) else "not"), told
    assert len(shop.recorder.to("/disk")) == 1


async def test_a_persons_picture_reaches_telegram_without_its_place_and_once(opening: Opening) -> None:
    shop = await opening(TelegramShop)
    shop.recorder.answers(SEND_PHOTO, {"ok": True, "result": {"message_id": 5}})
    await shop.hears("什么时候发货")
    li = await sits_down(shop)

    name = (await li.hands_in(photo()))["picture"]
    said = [await li.answers("click-1", texts=["您看"], pictures=[name]) for _ in range(2)]
    assert said[0] == said[1]
    assert said[0]["outcome"] == "done"
    [sent] = shop.recorder.to(SEND_PHOTO)
    assert sent.form["chat_id"] == str(chat_of(BUYER)).encode()
    assert Image.open(io.BytesIO(sent.form["photo"])).size == (40, 30)
    assert b"SECRET-CAMERA" not in sent.body
    assert shop.words()[-1] == "您看"


async def test_a_persons_picture_that_wechat_does_not_take_is_said_so(opening: Opening) -> None:
    shop = await opening(OaShop)
    shop.recorder.answers(UPLOAD, {"errcode": 40009, "errmsg": "invalid image size"}, {"media_id": "m-1"})
    await shop.hears("什么时候发货")
    li = await sits_down(shop)

    name = (await li.hands_in(photo()))["picture"]
    assert (await li.answers("click-1", pictures=[name]))["outcome"] == "done"
    assert (await shop.reasons())[-1] == "WeChat 40009: invalid image size"
    [row] = await shop.rows("SELECT fault FROM outbox WHERE state = 'failed'")
    assert row.fault == "media_refused"
    assert (await li.answers("click-2", pictures=[name]))["outcome"] == "done"
    sent = shop.recorder.to(shop.send_path)[-1].json
    assert sent == {"touser": BUYER, "msgtype": "image", "image": {"media_id": "m-1"}}


async def test_a_persons_words_and_pictures_reach_chatwoot_in_their_order(opening: Opening) -> None:
    shop = await opening(ChatwootShop)
    await shop.hears("什么时候发货")
    li = await sits_down(shop)
    before = len(shop.recorder.calls)

    names = [(await li.hands_in(photo()))["picture"] for _ in range(2)]
    said = [await li.answers("click-1", texts=["您看", "这两张"], pictures=names) for _ in range(2)]
    assert said[0] == said[1]
    assert said[0]["outcome"] == "done"
    to_buyer = [call.path for call in shop.recorder.calls[before:] if call.path in {"/messages", "/pictures"}]
    assert to_buyer == ["/messages", "/messages", "/pictures", "/pictures"]
    assert shop.words()[-2:] == ["您看", "这两张"]
    for sent in shop.recorder.to("/pictures"):
        assert sent.query["talk"] == str(talk_of(BUYER))
        assert Image.open(io.BytesIO(sent.form["attachments[]"])).size == (40, 30)
        assert b"SECRET-CAMERA" not in sent.body
    assert await states(shop, "staff") == ["sent"] * 4


async def test_a_picture_whose_fate_chatwoot_does_not_say_is_shown_to_people_and_not_sent_again(
    opening: Opening,
) -> None:
    shop = await opening(ChatwootShop)
    shop.recorder.answers("/pictures", Reaction(status=500), Reaction(status=422, body=b'{"error":"File is too big"}'))
    await shop.hears("什么时候发货")
    li = await sits_down(shop)

    for number, state in enumerate(["unknown", "failed"], 1):
        name = (await li.hands_in(photo()))["picture"]
        await li.answers(f"click-{number}", texts=["您看"], pictures=[name])
        await shop.time_passes(minutes=10)
        assert len(shop.recorder.to("/pictures")) == number
        assert (await states(shop, "staff"))[-2:] == ["sent", state]
    assert await shop.reasons() == ["Chatwoot answered 500", "Chatwoot answered 422: File is too big"]


async def test_what_cannot_be_sent_is_refused_with_the_reason(opening: Opening) -> None:
    shop = await opening(OaShop)
    await shop.hears("什么时候发货")
    li = await sits_down(shop)
    assert await li.hands_in(b"") == {"outcome": "not", "reason": "no_picture"}
    assert await li.hands_in(b"GIF89a and then nothing") == {"outcome": "not", "reason": "no_picture"}
    assert (await li.answers("click-1", pictures=["of-somebody-else"]))["reason"] == "no_such_picture"


async def test_a_channel_that_takes_no_pictures_says_so(opening: Opening) -> None:
    shop = await opening(DouyinShop)
    await shop.hears("什么时候发货")
    li = await sits_down(shop)
    assert await li.hands_in(photo()) == {"outcome": "not", "reason": "pictures_not_here"}
    assert (await li.answers("click-1", pictures=["any"]))["reason"] == "pictures_not_here"


async def test_a_product_goes_as_its_name_where_the_platform_has_no_cards(opening: Opening) -> None:
    shop = await opening(TelegramShop)
    await shop.hears("什么时候发货")
    li = await sits_down(shop)
    product = next(iter(shop.bot.in_use.base.manual.products))
    assert (await li.answers("click-1", cards=["product:gone"]))["reason"] == "no_such_card"
    assert (await li.answers("click-2", cards=[f"product:{product.id}"]))["outcome"] == "done"
    assert shop.words()[-1] == product.title


async def test_a_phrases_picture_goes_with_its_words_where_the_channel_takes_pictures(opening: Opening) -> None:
    shop = await opening(TelegramShop)
    shop.recorder.answers(SEND_PHOTO, {"ok": True, "result": {"message_id": 5}})
    await shop.hears("什么时候发货")
    li, editor = await sits_down(shop), await sits_down(shop, "editor")
    number, pictures = await editor.makes_phrase("尺码表", photo(), b"no picture")
    assert len(pictures) == 1
    assert Image.open(io.BytesIO((await li.get_console(f"phrases/{number}/pictures/{pictures[0]}"))[1])).size == (
        40,
        30,
    )
    assert await li.posts(f"phrases/{number}/pictures", photo()) == {"problem": "not_allowed"}

    filled = await li.posts(f"inbox/{await li.number()}/phrases/{number}", {"values": {}})
    assert (filled["texts"], filled["left_out"]) == (["看这张图"], 0)
    assert filled["pictures"] != pictures, "a conversation has pictures of its own"
    assert (await li.answers("click-1", texts=filled["texts"], pictures=filled["pictures"]))["outcome"] == "done"
    [sent] = shop.recorder.to(SEND_PHOTO)
    assert Image.open(io.BytesIO(sent.form["photo"])).size == (40, 30)

    assert (await editor.get_console("phrases/nobody/pictures/none"))[0] == 404
    await editor.posts_form(f"phrases/{number}/pictures/out", {"picture": pictures[0]})
    assert (await li.get_console(f"phrases/{number}/pictures/{pictures[0]}"))[0] == 404
    assert await shop.rows("SELECT name FROM phrase_picture") == []
    assert await kept(shop) == filled["pictures"], "what was sent stays"


async def test_a_phrases_words_go_alone_where_the_channel_takes_no_pictures(opening: Opening) -> None:
    shop = await opening(DouyinShop)
    await shop.hears("什么时候发货")
    editor = await sits_down(shop, "editor")
    number, pictures = await editor.makes_phrase("尺码表", *[photo()] * 5)
    assert len(pictures) == 4, "five bubbles at most, the words among them"
    page = (await editor.get_console(f"phrases/{number}"))[1].decode()
    assert all(f'src="../../console/phrases/{number}/pictures/{name}"' in page for name in pictures)
    filled = await (await sits_down(shop)).posts(f"inbox/{await editor.number()}/phrases/{number}", {"values": {}})
    assert (filled["texts"], filled["pictures"], filled["left_out"]) == (["看这张图"], [], 4)

    await editor.posts_form(f"phrases/{number}", {"title": "尺码", "bubbles": "尺码见图"})
    assert len(await shop.rows("SELECT name FROM phrase_picture")) == 4, "the pictures stay when the words change"
    await editor.posts_form(f"phrases/{number}/delete", {})
    assert await shop.rows("SELECT name FROM phrase_picture") == []


async def kept(shop: PlatformShop) -> list[str]:
    return [row.name for row in await shop.rows("SELECT name FROM media")]


async def attach(shop: ChatwootShop, address: str) -> None:
    event = {
        "event": "message_created",
        "id": shop.number(),
        "created_at": shop.clock.now().isoformat(),
        "message_type": "incoming",
        "attachments": [{"file_type": "image", "data_url": address}],
        "sender": {"id": talk_of(BUYER), "name": BUYER, "type": "contact"},
        "conversation": {"id": talk_of(BUYER), "status": "pending"},
        "account": {"id": 1},
    }
    posted = shop.signed_body(json.dumps(event).encode())
    await shop.posts_body(posted.body, headers=posted.headers)
    await shop.settles()
