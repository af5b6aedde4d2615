"""Every decision keeps its why: enough to follow it, and to make it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from knowledge.language.normalisation import fold
from tests.small_manual import NONSENSE

if TYPE_CHECKING:
    from tests.shop import Shop


async def _whys(shop: Shop) -> list[dict[str, Any]]:
    rows = await shop.rows("SELECT body FROM decision ORDER BY id")
    return [orjson.loads(row.body) for row in rows]


async def test_an_answer_says_what_won_and_what_lost(shop: Shop) -> None:
    await shop.buyer_says("新疆包邮吗？？")
    (told,) = await _whys(shop)
    assert told["decision"] == "answer"
    assert told["entry"] == "postage"
    assert told["confidence"] == 1.0
    assert told["texts"] == shop.buyer_heard
    assert told["candidates"][0]["title"] == "运费多少"
    why = told["why"]
    assert why["text"] == fold("新疆包邮吗")
    assert why["named"] == {"region": "新疆"}
    assert why["revision"] == 1
    assert why["local_time"] == "2026-11-22T10:00:00+08:00"
    assert why["open"] is True
    assert why["answer"]["lost"]
    *lost, won = why["rules"]
    assert not any(rule["won"] for rule in lost)
    assert (won["stage"], won["rule"], won["won"]) == ("answer", "answer", True)
    assert all(rule["reason"] for rule in why["rules"])


async def test_silence_says_why(shop: Shop) -> None:
    await shop.staff_says("我来")
    await shop.buyer_says("什么时候发货")
    (told,) = await _whys(shop)
    assert told["decision"] == "stay_quiet"
    assert told["texts"] == []
    assert told["why"]["rules"][-1] == {
        "stage": "gate",
        "rule": "a person has spoken",
        "won": True,
        "reason": {"code": "person_leads"},
    }


async def test_every_turn_has_one(shop: Shop) -> None:
    turns = ["你好", "怎么洗", "1", NONSENSE, "什么时候发货", "人工"]
    for words in turns:
        await shop.buyer_says(words)
    whys = await _whys(shop)
    assert len(whys) == len(turns)
    assert all(each["why"]["rules"][-1]["won"] for each in whys)


async def test_the_same_inputs_on_the_same_revision_decide_the_same(shop: Shop) -> None:
    story = ["你好", "新疆包邮吗", "怎么退货", NONSENSE, "什么时候发货"]
    await shop.bot.in_use.refine()
    for words in story:
        await shop.buyer_says(words, buyer="小王")
    await shop.restarts()
    await shop.bot.in_use.refine()
    await shop.staff_says("来了", buyer="小王")  # the queue is empty again
    for words in story:
        await shop.buyer_says(words, buyer="小李")
    whys = await _whys(shop)
    assert whys[: len(story)] == whys[len(story) :]
