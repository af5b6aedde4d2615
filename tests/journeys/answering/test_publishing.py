"""A manual is published while the bot runs: the very next message is answered from it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from bot.actions.knowledge.publish_manual import publish_manual
from bot.errors import Unpublishable
from knowledge.manual.entry import Answer
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from knowledge.manual.entry import Manual
    from tests.shop import Shop


def _with_answer(manual: Manual, entry_id: str, answer: str) -> Manual:
    entries = [
        dataclasses.replace(entry, answers=(Answer(bubbles=(answer,)),)) if entry.id == entry_id else entry
        for entry in manual.entries
    ]
    return dataclasses.replace(manual, entries=tuple(entries))


async def test_the_very_next_message_is_answered_from_the_new_manual(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.publishes(_with_answer(small_manual(), "dispatch", "今天就发。"))
    assert await shop.buyer_says("什么时候发货") == ["今天就发。"]
    revisions = await shop.rows("SELECT revision FROM decision ORDER BY id")
    assert revisions == [(1,), (2,)]


async def test_a_line_of_the_bot_is_text_in_the_manual(shop: Shop) -> None:
    manual = small_manual()
    lines = [
        dataclasses.replace(line, bubbles=("欢迎光临！",)) if line.id == "welcome" else line for line in manual.lines
    ]
    await shop.publishes(dataclasses.replace(manual, lines=tuple(lines)))
    assert (await shop.buyer_says("什么时候发货"))[0] == "欢迎光临！"


async def test_an_entry_that_is_gone_cannot_be_picked_from_an_old_choice(shop: Shop) -> None:
    await shop.buyer_says("怎么洗")
    manual = small_manual()
    kept = [entry for entry in manual.entries if not entry.id.endswith("-care")]
    await shop.publishes(dataclasses.replace(manual, entries=tuple(kept)))
    await shop.buyer_says("1")
    assert await shop.outcomes() == ["clarify", "hand_over"]


async def test_the_matcher_is_refined_in_the_background_and_answers_stay(shop: Shop) -> None:
    await shop.publishes(_with_answer(small_manual(), "dispatch", "今天就发。"))
    await shop.bot.in_use.refine()
    assert (await shop.buyer_says("什么时候发货"))[-1] == "今天就发。"


async def test_refining_an_older_manual_never_replaces_a_newer_one(shop: Shop) -> None:
    in_use = shop.bot.in_use
    await shop.publishes(_with_answer(small_manual(), "dispatch", "今天就发。"))
    newer = in_use.base
    assert newer.revision == 2
    await shop.bot.jobs["manual"].work()
    assert in_use.base.revision == 2


async def test_a_manual_with_a_mistake_is_not_published(shop: Shop) -> None:
    broken = _with_answer(small_manual(), "dispatch", "{nobody_knows}小时内发货。")
    with pytest.raises(Unpublishable) as refused:
        await publish_manual(database=shop.bot.database, manual=broken, author="小李", note="", clock=shop.clock)
    assert any("nobody_knows" in problem for problem in refused.value.problems)
    assert await shop.rows("SELECT id FROM manual_revision") == [(1,)]


async def test_publishing_keeps_who_when_and_why(shop: Shop) -> None:
    sound = dataclasses.replace(
        small_manual(), entries=tuple(entry for entry in small_manual().entries if entry.id != "towel-care")
    )
    shop.clock.advance(hours=1)
    revision = await publish_manual(
        database=shop.bot.database, manual=sound, author="小李", note="少一条", clock=shop.clock
    )
    assert revision == 2
    assert await shop.rows("SELECT author, note FROM manual_revision WHERE id = 2") == [("小李", "少一条")]
    first = await publish_manual(
        database=shop.bot.database, manual=sound, author="x", note="", clock=shop.clock, only_first=True
    )
    assert first is None
