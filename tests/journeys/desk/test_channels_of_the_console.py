"""An owner connects a shop's own program by the console: without a shell, and without a restart."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from bot.domain.channels.made import MadeChannel
from bot.storage.accounts import audit
from bot.storage.channels import made
from bot.web.shared.signed_in import COOKIE, FORM_PROOF_HEADER
from tests.console import Visitor
from tests.databases import on_sqlite
from tests.fakes import FakePlatform, Reaction
from tests.people import joins
from tests.reliability.lives import free_port
from tests.shop import CHANNEL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.console import Shown
    from tests.fakes import FakeClock
    from tests.shop import Shop

pytestmark = on_sqlite
LIST, NEW_WEBHOOK, NEW_WINDOW = (f"/console/settings/{each}" for each in ("channels", "new-webhook", "new-window"))
COFFEE = f"{LIST}/coffee"
SECRET_SHOWN = re.compile(r"whsec_[A-Za-z0-9+/]+=*")
QUESTION, ANSWER = "什么时候发货", "下单后48小时内发货。"
BUYER = "c-1"
DAY = 24


@pytest.fixture
async def owner(shop: Shop) -> AsyncIterator[Visitor]:
    person = await joins(shop.bot.database, "owner", clock=shop.clock, name="店主")
    async with Visitor(shop.bot.url) as visitor:
        visitor.has_cookie(COOKIE, person.token)
        yield visitor


@pytest.fixture
async def program(clock: FakeClock) -> AsyncIterator[FakePlatform]:
    """The shop's own program, which is not connected yet."""
    async with FakePlatform(clock=clock) as platform:
        yield platform


async def _connects(shop: Shop, owner: Visitor, program: FakePlatform, name: str = "coffee") -> Shown:
    """The owner adds a webhook for this program, and gives it what the page shows."""
    form = await owner.goes_to(NEW_WEBHOOK)
    page = await owner.sends(NEW_WEBHOOK, form, name=name, reply_url=program.reply_url, private="on")
    program.knows(_secret_on(page))
    program.webhook_url = f"{shop.bot.url}/webhooks/{name}"
    return page


def _secret_on(page: Shown) -> str:
    found = SECRET_SHOWN.findall(unescape(page.text))
    assert len(found) == 1, page.text
    return str(found[0])


async def _does(owner: Visitor, what: str, *, channel: str = COFFEE, **fields: str) -> Shown:
    return await owner.sends(f"{channel}/{what}", await owner.goes_to(channel), **fields)


async def _asks(shop: Shop, program: FakePlatform) -> int:
    answered = await program.buyer_says(QUESTION, conversation=BUYER)
    await shop.settles()
    return answered.status


async def _logged(shop: Shop) -> list[str]:
    return [each.entry.action for each in await shop.bot.database.read(audit.newest, most=9)]


async def test_a_program_is_connected_answered_given_a_new_secret_tested_and_let_go(
    shop: Shop, owner: Visitor, program: FakePlatform
) -> None:
    page = await _connects(shop, owner, program)
    assert f"{shop.bot.url}/webhooks/coffee" in page.text
    assert await _asks(shop, program) == 202
    assert program.heard(BUYER)[-1] == ANSWER
    for path in (LIST, COFFEE):
        assert SECRET_SHOWN.search((await owner.goes_to(path)).text) is None

    former = program.secret
    new = _secret_on(await _does(owner, "secret", former="holds"))
    assert (await _asks(shop, program), program.rejected) == (202, [])  # still with the former one, both ways
    program.knows(new)
    assert (await _asks(shop, program), program.rejected) == (202, [])
    shop.clock.advance(hours=DAY)
    await shop.runs_jobs()
    program.knows(former)
    assert await _asks(shop, program) == 401
    program.knows(new)

    owner = await _again(shop, owner)
    assert '对方收下了。 <small class="detail" dir="auto" lang="en">HTTP 200' in (await _does(owner, "test")).text
    assert program.ledger[-1].type == "channel.tested"

    assert (await _does(owner, "remove")).address == f"{LIST}?removed=yes"
    assert await _asks(shop, program) == 404
    assert (await owner.goes_to(COFFEE)).status == 404
    assert "channel coffee" not in (await shop.asks("/readyz"))[1]
    done = ["channel.removed", "channel.tested", "channel.secret_changed", "channel.added"]
    assert await _logged(shop) == done


async def _again(shop: Shop, owner: Visitor) -> Visitor:
    """The owner signs in on another day."""
    person = await joins(shop.bot.database, "owner", clock=shop.clock)
    owner.has_cookie(COOKIE, person.token)
    return owner


async def test_the_former_secret_is_over_as_soon_as_the_owner_says_so(
    shop: Shop, owner: Visitor, program: FakePlatform
) -> None:
    await _connects(shop, owner, program)
    new = _secret_on(await _does(owner, "secret", former="over"))
    assert await _asks(shop, program) == 401
    program.knows(new)
    assert await _asks(shop, program) == 202

    await _does(owner, "secret", former="holds")
    assert await _asks(shop, program) == 202
    assert (await _does(owner, "former")).address == f"{COFFEE}?done=ended"
    assert await _asks(shop, program) == 401


async def test_whichever_secret_the_program_has_by_now_holds_when_another_is_made(
    shop: Shop, owner: Visitor, program: FakePlatform
) -> None:
    await _connects(shop, owner, program)
    known = [program.secret, *[_secret_on(await _does(owner, "secret", former="holds")) for _ in range(2)]]
    for secret in known:
        program.knows(secret)
        assert await _asks(shop, program) == 202


async def test_a_name_whose_conversations_are_still_here_is_not_another_kind_of_channels(
    shop: Shop, owner: Visitor, program: FakePlatform
) -> None:
    program.from_now_on(Reaction(status=503))
    await _connects(shop, owner, program)
    assert await _asks(shop, program) == 202
    await _does(owner, "remove")
    window = await owner.sends(NEW_WINDOW, await owner.goes_to(NEW_WINDOW), name="coffee")
    assert (window.status, "别的渠道用过这个名称" in window.text) == (409, True)

    program.from_now_on(200)
    await _connects(shop, owner, program)
    assert {row.state for row in await shop.rows("SELECT state FROM outbox WHERE channel = 'coffee'")} == {"failed"}


async def test_what_is_switched_off_takes_nothing_in_and_still_answers(
    shop: Shop, owner: Visitor, program: FakePlatform
) -> None:
    await _connects(shop, owner, program)
    program.from_now_on(Reaction(status=503))
    assert await _asks(shop, program) == 202
    await _does(owner, "switch")
    refused = await program.buyer_says("在吗", conversation=BUYER)
    assert (refused.status, refused.headers["Retry-After"]) == (503, "60")

    program.from_now_on(200)
    shop.clock.advance(minutes=5)
    await shop.runs_jobs()
    await shop.settles()
    assert program.heard(BUYER)[-1] == ANSWER

    await _does(owner, "switch", on="yes")
    assert (await program.buyer_says("在吗", conversation=BUYER)).status == 202


async def test_what_cannot_leave_any_more_is_shown_to_people(shop: Shop, owner: Visitor, program: FakePlatform) -> None:
    await _connects(shop, owner, program)
    program.from_now_on(Reaction(status=503))
    assert await _asks(shop, program) == 202
    left = len(await shop.rows("SELECT id FROM outbox WHERE channel = 'coffee' AND state = 'queued'"))
    assert f"现在有 {left} 条回复还没送出" in (await owner.goes_to(COFFEE)).text

    await _does(owner, "remove")
    await shop.runs_jobs()
    states = await shop.rows("SELECT DISTINCT state, last_error FROM outbox WHERE channel = 'coffee'")
    assert [tuple(each) for each in states] == [("failed", "the channel was removed before this was sent")]
    assert ANSWER in (await owner.goes_to("/console/failed")).text
    assert '"buyer_name":"小王"' in (await owner.goes_to("/console/inbox/queue?view=bot")).text


async def test_what_was_made_is_there_after_a_restart_and_the_file_comes_first(
    shop: Shop, owner: Visitor, program: FakePlatform
) -> None:
    await _connects(shop, owner, program)
    await shop.restarts()
    program.webhook_url = f"{shop.bot.url}/webhooks/coffee"
    assert await _asks(shop, program) == 202

    in_file = await shop.has_another_channel("coffee")
    await shop.restarts()
    program.webhook_url = f"{shop.bot.url}/webhooks/coffee"
    assert await _asks(shop, program) == 401
    assert (await in_file.buyer_says(QUESTION, conversation="c-2", message_id="of-the-file")).status == 202
    async with Visitor(shop.bot.url) as visitor:
        await _again(shop, visitor)
        assert "以文件为准" in (await visitor.goes_to(LIST)).text
        assert "配置文件里有了同名的渠道" in (await visitor.goes_to(COFFEE)).text
        assert (await _does(visitor, "remove")).status == 200
    assert (await in_file.buyer_says("发什么快递", conversation="c-2", message_id="after-it")).status == 202


async def test_a_channel_of_the_file_is_shown_as_fixed_and_its_name_is_not_free(
    owner: Visitor, program: FakePlatform
) -> None:
    of_file = f"{LIST}/{CHANNEL}"
    assert "这个渠道写在配置文件里" in (await owner.goes_to(of_file)).text
    page = await _connects_wrongly(owner, name=CHANNEL, reply_url=program.reply_url)
    assert (page.status, "配置文件里已经有这个名称" in page.text) == (409, True)
    form = await owner.goes_to(of_file)
    for what in ("settings", "secret", "former", "switch", "remove"):
        proof = form.hidden("/test")["proof"]
        assert (await owner.sends(f"{of_file}/{what}", None, proof=proof, seen="1")).status == 409
    assert "对方收下了" in (await _does(owner, "test", channel=of_file)).text


async def test_staff_send_pictures_as_soon_as_an_owner_ticks_that_the_program_takes_them(
    shop: Shop, owner: Visitor, program: FakePlatform
) -> None:
    await _connects(shop, owner, program)
    assert await _asks(shop, program) == 202
    assert await _hands_in_a_picture(shop, owner) == {"outcome": "not", "reason": "pictures_not_here"}

    fields = {"reply_url": program.reply_url, "private": "on"}
    assert (await _does(owner, "settings", **fields, pictures="on")).address == f"{COFFEE}?done=changed"
    assert (await _hands_in_a_picture(shop, owner))["outcome"] == "done"
    assert 'name="pictures" value="on" checked' in (await owner.goes_to(COFFEE)).text
    assert (await _logged(shop))[0] == "channel.settings_changed"

    await _does(owner, "settings", **fields)
    assert (await _hands_in_a_picture(shop, owner))["outcome"] == "not"


async def _hands_in_a_picture(shop: Shop, owner: Visitor) -> dict[str, str]:
    (talk,) = await shop.rows("SELECT id FROM conversation WHERE channel = 'coffee'")
    proof, file = (await owner.goes_to(COFFEE)).hidden("/settings")["proof"], io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "JPEG")
    headers = {"Content-Type": "image/jpeg", "Sec-Fetch-Site": "same-origin", FORM_PROOF_HEADER: proof}
    address = f"{shop.bot.url}/console/inbox/{talk.id}/pictures"
    async with owner.session.post(address, data=file.getvalue(), headers=headers) as answer:
        told: dict[str, str] = await answer.json()
        return told


async def _connects_wrongly(owner: Visitor, **fields: str) -> Shown:
    return await owner.sends(NEW_WEBHOOK, await owner.goes_to(NEW_WEBHOOK), **fields)


WRONG = [
    ({"name": "a b", "reply_url": "https://shop.example/r"}, "只能用字母、数字"),
    ({"name": "try", "reply_url": "https://shop.example/r"}, "已经有这个名称的渠道"),
    ({"name": "new", "reply_url": "shop.example"}, "要填完整的地址"),
    ({"name": "new", "reply_url": "http://127.0.0.1/r"}, "请勾选下面那一项"),
    ({"name": "new", "reply_url": ""}, "要填完整的地址"),
]


async def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(owner: Visitor) -> None:
    for fields, said in WRONG:
        page = await _connects_wrongly(owner, **fields)
        assert said in page.text
        assert f'value="{fields["name"]}"' in page.text
        assert SECRET_SHOWN.search(page.text) is None


async def test_two_owners_who_change_it_at_once_are_told_who_was_faster(
    shop: Shop, owner: Visitor, program: FakePlatform
) -> None:
    await _connects(shop, owner, program)
    seen_before = await owner.goes_to(COFFEE)
    await _does(owner, "switch")
    page = await owner.sends(f"{COFFEE}/secret", seen_before, former="over")
    assert (page.status, "别人刚改过这个渠道" in page.text) == (409, True)
    assert SECRET_SHOWN.search(page.text) is None


ANSWERS = {
    401: "签名不对",
    404: "请核对回复地址的路径",
    302: "跳转到了别处",
    500: "对方没有收下。请看您程序的日志",
}


async def test_the_outcome_of_a_test_is_said_in_words(shop: Shop, owner: Visitor, program: FakePlatform) -> None:
    await _connects(shop, owner, program)
    for answer, said in ANSWERS.items():
        program.next_answers(answer)
        page = (await _does(owner, "test")).text
        assert said in page
        assert f"HTTP {answer}</small>" in page


async def test_what_keeps_a_test_from_arriving_is_said_in_the_readers_language(
    shop: Shop, owner: Visitor, program: FakePlatform
) -> None:
    await _connects(shop, owner, program)
    program.next_answers(Reaction(fault="reset"))
    page = await _does(owner, "test")
    assert "没有答完就断了" in page.text
    nowhere = {
        "https://nobody.invalid/": "找不到这个域名",
        f"http://127.0.0.1:{free_port()}/": "连不上",
        program.reply_url.replace("http:", "https:"): "HTTPS 连不成",
    }
    for address, said in nowhere.items():
        await _does(owner, "settings", reply_url=address, private="on")
        page = await _does(owner, "test")
        assert said in page.text
        assert 'lang="en">no connection to ' in page.text


async def test_a_channel_in_trouble_says_so_in_the_readers_language(
    shop: Shop, owner: Visitor, program: FakePlatform
) -> None:
    await _connects(shop, owner, program)
    program.from_now_on(404)
    for number in range(3):
        await program.buyer_says(QUESTION, conversation=f"c-{number}")
    for _ in range(5):
        await shop.time_passes(seconds=5)
    for path in (LIST, COFFEE):
        page = (await owner.goes_to(path)).text
        assert "起，回复送不出去。 对方没有收下。" in page, shop.bot.standings["coffee"].troubles
    assert 'lang="en">the receiver answered 404' in page


async def test_a_chat_window_is_made_for_sites_as_people_write_them(shop: Shop, owner: Visitor) -> None:
    form = await owner.goes_to(NEW_WINDOW)
    page = await owner.sends(NEW_WINDOW, form, name="window", origins="shop.example\nhttps://m.shop.example/cart?x=1")
    assert page.address == f"{LIST}/window?done=added"
    assert f"&lt;script src=&#34;{shop.bot.url}/chat/window/embed.js&#34; defer&gt;" in page.text
    async with owner.session.get(f"{shop.bot.url}/chat/window") as window:
        assert (
            "frame-ancestors https://shop.example https://m.shop.example" in window.headers["Content-Security-Policy"]
        )

    await _does(owner, "switch", channel=f"{LIST}/window")
    assert (await shop.asks("/chat/window"))[0] == 503
    assert await shop.posts("/chat/window/messages", {"visitor": "v" * 32, "message_id": "1", "text": "在吗"}) == 503
    wrong = await _does(owner, "settings", channel=f"{LIST}/window", origins="https://*.shop.example")
    assert (wrong.status, "不能用 * 号" in wrong.text) == (422, True)


async def test_what_another_node_has_just_made_is_answered_by_a_node_that_did_not_hear_of_it(
    shop: Shop, program: FakePlatform
) -> None:
    channel = MadeChannel(name="coffee", platform="webhook", settings=_reached_at(program), secret=program.secret)
    await shop.bot.database.write(made.add, channel, seal=None, staff_id=1, at=shop.clock.now())

    program.webhook_url = f"{shop.bot.url}/webhooks/coffee"
    assert await _asks(shop, program) == 202
    assert program.heard(BUYER)[-1] == ANSWER


def _reached_at(program: FakePlatform) -> dict[str, object]:
    return {"reply_url": program.reply_url, "allow_private_reply_url": True}


async def test_what_waits_for_a_channel_that_left_the_file_is_shown_to_people_after_a_day(shop: Shop) -> None:
    gone = await shop.has_another_channel("gone")
    await shop.restarts()
    gone.from_now_on(Reaction(status=503))
    assert await _asks(shop, gone) == 202
    shop.gives_up_channel("gone")
    await shop.restarts()
    queued = "SELECT DISTINCT state, last_error FROM outbox WHERE channel = 'gone'"
    assert {row.state for row in await shop.rows(queued)} == {"queued"}

    shop.clock.advance(hours=DAY + 1)
    await shop.runs_jobs()
    (left,) = await shop.rows(queued)
    assert tuple(left) == ("failed", "no channel of this name is in the settings any more")
