"""A message that nobody can decide about is never silence: its buyer gets a person, and all beside it goes on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from bot.actions.failures.retry_messages import retry_messages, set_aside_messages
from tests.shop import accepted
from tests.windows import open_for

if TYPE_CHECKING:
    from tests.conftest import OpenShop
    from tests.shop import Shop

COURIER = "默认发中通。"
DISPATCH = "下单后48小时内发货。"
REFUSES = {
    "sqlite": [
        """CREATE TRIGGER refuse BEFORE INSERT ON decision WHEN NEW.conversation_id = 1
           BEGIN SELECT RAISE(ABORT, 'refused'); END"""
    ],
    "postgresql": [
        """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
           'BEGIN IF NEW.conversation_id = 1 THEN RAISE USING ERRCODE = $$23514$$; END IF; RETURN NEW; END'""",
        "CREATE TRIGGER refuse BEFORE INSERT ON decision FOR EACH ROW EXECUTE FUNCTION refuse()",
    ],
}
BROKEN_MEMORY = b'{"stale_turns": "many"}'


async def _poison(shop: Shop, buyer: str = "小王") -> list[str]:
    """Let a buyer write into a conversation at whose memory the rules fail; returns what they hear after that."""
    await shop.buyer_says("什么时候发货", buyer=buyer)
    await shop.change("UPDATE conversation SET memory = :bad", bad=BROKEN_MEMORY)
    return await shop.buyer_says("发什么快递", buyer=buyer)


async def test_the_buyer_hears_that_a_person_comes_and_the_desk_hears_why(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        assert await _poison(shop) == [shop.say("hand-over-open", queue_position="1")]
    assert await shop.mode() == "waiting"
    assert shop.desk_heard == [("conversation.handed_over", "小王")]
    assert shop.notices[0]["reason_code"] == "cannot_be_decided"
    assert shop.notices[0]["summary"] == "发什么快递"
    told = [record for record in caplog.records if "cannot be decided about" in record.message]
    assert len(told) == 1
    assert "快递" not in caplog.text


async def test_the_conversation_goes_on_without_what_the_rules_failed_at(shop: Shop) -> None:
    await _poison(shop)
    assert await shop.buyer_says("什么时候发货") == [DISPATCH]
    assert await shop.rows("SELECT state FROM inbox ORDER BY id") == [("done",), ("poison",), ("done",)]


async def test_out_of_hours_he_hears_when_the_shop_opens(open_shop: OpenShop) -> None:
    shop = await open_shop(hours={"every_day": []})
    heard = await _poison(shop)
    assert len(heard) == 1
    assert await shop.mode() == "waiting"


async def test_who_has_a_person_hears_nothing_and_the_person_goes_on(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.staff_says("我来说")
    await shop.change("UPDATE conversation SET memory = :bad", bad=BROKEN_MEMORY)
    assert await shop.buyer_says("发什么快递") == []
    assert await shop.mode() == "human"
    assert shop.desk_heard == []


async def test_it_is_counted_shown_and_tried_again(shop: Shop) -> None:
    await _poison(shop)
    await shop.runs_jobs()
    assert "xiaoer_poison_messages 1.0" in (await shop.asks("/metrics"))[1]
    (found,) = await set_aside_messages(database=shop.bot.database, most=10)
    assert (found.channel, found.conversation, found.buyer, found.words) == ("tea", "c-小王", "小王", "发什么快递")
    assert found.problem.startswith("TypeError at ")
    assert await retry_messages(database=shop.bot.database, numbers=[found.number + 1]) == 0
    assert await retry_messages(database=shop.bot.database, numbers=[]) == 1
    await shop.settles()
    assert shop.buyer_heard[-1] == COURIER
    await shop.runs_jobs()
    assert "xiaoer_poison_messages 0.0" in (await shop.asks("/metrics"))[1]


async def test_the_good_message_beside_it_is_answered(shop: Shop) -> None:
    """One of two messages of one buyer cannot be read: the other one is decided about, whichever came first."""
    for bad in (0, 1):
        buyer = f"buyer-{bad}"
        await shop.stops()
        await shop.opens()
        for number, words in enumerate(("什么时候发货", "发什么快递")):
            accepted(await shop.delivers(words, buyer=buyer, message_id=f"{buyer}-{number}"))
        await shop.settles()
        await shop.change(
            "UPDATE inbox SET state = 'new', body = CASE WHEN external_id = :bad THEN :nothing ELSE body END"
            " WHERE external_id LIKE :his",
            bad=f"{buyer}-{bad}",
            nothing=b"[]",
            his=f"{buyer}-%",
        )
        await shop.settles()
        await shop.buyer_says("在吗", buyer=buyer)
        states = await shop.rows("SELECT state FROM inbox WHERE external_id LIKE :his ORDER BY id", his=f"{buyer}-%")
        assert [row.state for row in states[:2]] == (["poison", "done"] if bad == 0 else ["done", "poison"])


@pytest.mark.parametrize("sent_at", [-62_135_596_800_000_000, 253_402_214_400_000_000, 2**62, -(2**62)])
@pytest.mark.parametrize("column", ["inbox.sent_at", "conversation.last_buyer_at", "conversation.unanswered_since"])
async def test_any_stored_date_is_survived(open_shop: OpenShop, sent_at: int, column: str) -> None:
    shop = await open_shop(reply_windows=["douyin", open_for(48)])
    await shop.buyer_says("什么时候发货")
    table, name = column.split(".")
    await shop.stops()
    await shop.opens()
    accepted(await shop.delivers("人工", message_id="m-wild"))
    await shop.settles()
    await shop.change(f"UPDATE {table} SET {name} = :at", at=sent_at)  # noqa: S608 - names of ours
    await shop.change("UPDATE inbox SET state = 'new' WHERE external_id = 'm-wild'")
    assert COURIER in await shop.buyer_says("发什么快递")
    assert await shop.rows("SELECT id FROM inbox WHERE state IN ('new', 'poison')") == []


async def test_what_the_database_refuses_does_not_take_the_others_along(shop: Shop) -> None:
    """A trigger refuses one decision: its buyer gets a person, the other one an answer."""
    await shop.buyer_says("你好", buyer="小王")
    await shop.buyer_says("你好", buyer="小李")
    for statement in REFUSES[shop.bot.database.dialect]:
        await shop.change(statement)
    accepted(await shop.delivers("发什么快递", buyer="小王"))
    assert await shop.buyer_says("发什么快递", buyer="小李") == [COURIER]
    await shop.settles()
    assert shop.heard("小王")[-1] == shop.say("hand-over-open", queue_position="1")
    assert await shop.mode("小王") == "waiting"
