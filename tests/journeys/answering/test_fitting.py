"""The matcher is fitted once for a manual, by one node, and kept for the others and for the next start."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from typing import TYPE_CHECKING

import pytest

from bot.actions.knowledge.keep_knowledge import KnowledgeInUse, newest_knowledge
from bot.storage.knowledge import fits
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from tests.shop import Shop

KEPT = "SELECT key, owner, failures, length(body) AS size FROM matcher_fit"
LATER = "UPDATE matcher_fit SET due_ms = 0"
"""What a claim or a pause looks like once its time is over."""


@pytest.fixture
async def shop(shop: Shop) -> Shop:
    """One for whose manual nobody has fitted a matcher yet."""
    await shop.change("DELETE FROM matcher_fit")
    return shop


async def shelf_of(shop: Shop, node: str) -> KnowledgeInUse:
    """The shelf of another node on the same database."""
    base = await newest_knowledge(shop.bot.database)
    assert base is not None
    return KnowledgeInUse(base, database=shop.bot.database, node=node, clock=shop.clock, metrics=shop.bot.metrics)


def at_work(in_use: KnowledgeInUse) -> str:
    return in_use.base.matcher_at_work


def failed_fits(shop: Shop) -> float | None:
    return shop.bot.metrics.registry.get_sample_value("xiaoer_failures_total", {"part": "fit"})


async def test_a_buyer_is_answered_before_the_fit_and_after_it_and_everyone_can_see_which(shop: Shop) -> None:
    assert (await shop.asks("/readyz"))[1] == "ready\nmatcher: quick, until the refined one is fitted\n"
    assert await shop.buyer_says("什么时候发货") == [shop.welcome, "下单后48小时内发货。"]
    await shop.bot.in_use.refine()
    assert (await shop.asks("/readyz"))[1] == f"ready\nmatcher: {shop.bot.in_use.matcher_says()}\n"
    assert "until" not in shop.bot.in_use.matcher_says()
    assert await shop.buyer_says("什么时候发货", buyer="小李") == [shop.welcome, "下单后48小时内发货。"]


async def test_the_next_start_has_it_with_readyz(shop: Shop) -> None:
    await shop.bot.in_use.refine()
    fitted = shop.bot.in_use.base
    await shop.stops()
    await shop.opens()
    assert at_work(shop.bot.in_use) != "quick"
    assert shop.bot.in_use.base.find("快递走哪家呀") == fitted.find("快递走哪家呀")


async def test_another_answer_alone_needs_no_new_fit_and_another_question_does(shop: Shop) -> None:
    await shop.bot.in_use.refine()
    manual = small_manual()
    first = manual.entries[0]
    asked = dataclasses.replace(first, questions=(*first.questions, "什么时候能出库"))
    await shop.publishes(dataclasses.replace(manual, lines=manual.lines[::-1]))
    assert at_work(shop.bot.in_use) != "quick"
    await shop.publishes(dataclasses.replace(manual, entries=(asked, *manual.entries[1:])))
    assert at_work(shop.bot.in_use) == "quick"
    await shop.bot.in_use.refine()
    assert at_work(shop.bot.in_use) != "quick"
    assert len(await shop.rows(KEPT)) == 2


async def test_one_node_fits_and_the_others_take_what_it_fitted(shop: Shop) -> None:
    one, other = await shelf_of(shop, "one"), await shelf_of(shop, "other")
    await asyncio.gather(one.refine(), other.refine())
    assert sorted((one.base.is_refined, other.base.is_refined)) == [False, True]
    await asyncio.gather(one.refine(), other.refine())
    assert at_work(one) != "quick"
    assert at_work(other) != "quick"
    assert len(await shop.rows(KEPT)) == 1


async def test_a_node_that_dies_over_a_fit_is_replaced(shop: Shop) -> None:
    in_use = await shelf_of(shop, "alive")
    assert await shop.bot.database.write(fits.claim, in_use.base.fit_key, node="dead")
    await in_use.refine()
    assert at_work(in_use) == "quick"
    await shop.bot.database.write(fits.renew, in_use.base.fit_key, node="alive")  # which it does not hold
    await shop.change(LATER)
    await in_use.refine()
    assert at_work(in_use) != "quick"
    assert [row.owner for row in await shop.rows(KEPT)] == [None]


async def test_a_start_finds_no_claim_of_the_process_before_it(shop: Shop) -> None:
    node = "before"
    assert await shop.bot.database.write(fits.claim, shop.bot.in_use.base.fit_key, node=node)
    await shop.bot.database.write(fits.release_all, node="somebody else")
    assert not await shop.bot.database.write(fits.claim, shop.bot.in_use.base.fit_key, node="next")
    await shop.bot.database.write(fits.release_all, node=node)
    await shop.bot.in_use.refine()
    assert at_work(shop.bot.in_use) != "quick"


@pytest.mark.parametrize("program", ["/bin/false", "/bin/true", "/nowhere/python"])
async def test_a_fit_that_fails_is_told_counted_and_tried_again_later(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, program: str
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", program)
        await shop.bot.in_use.refine()
        await shop.bot.in_use.refine()  # too early: nothing is tried
        assert failed_fits(shop) == 1
        await shop.change(LATER)
        await shop.bot.in_use.refine()
    assert failed_fits(shop) == 2
    assert [row.failures for row in await shop.rows(KEPT)] == [2]
    assert "fitting the matcher failed" in caplog.text
    assert at_work(shop.bot.in_use) == "quick"
    assert (await shop.buyer_says("什么时候发货"))[-1] == "下单后48小时内发货。"
    await shop.change(LATER)
    await shop.bot.in_use.refine()
    assert at_work(shop.bot.in_use) != "quick"
    assert [row.failures for row in await shop.rows(KEPT)] == [0]


async def test_a_kept_fit_that_cannot_be_read_is_told_and_made_anew(shop: Shop) -> None:
    await shop.bot.in_use.refine()
    key = shop.bot.in_use.base.fit_key
    await shop.bot.database.write(fits.keep, key, b"PK\x03\x04 torn", at=shop.clock.now())
    await shop.restarts()
    assert at_work(shop.bot.in_use) == "quick"
    assert failed_fits(shop) == 1
    await shop.change(LATER)
    await shop.bot.in_use.refine()
    assert at_work(shop.bot.in_use) != "quick"


async def test_only_the_newest_fits_are_kept(shop: Shop) -> None:
    for number in range(fits.KEPT + 3):
        assert await shop.bot.database.write(fits.claim, f"key {number}", node="one")
        await shop.time_passes(seconds=1)
        await shop.bot.database.write(fits.keep, f"key {number}", b"fit", at=shop.clock.now())
    kept = {row.key for row in await shop.rows("SELECT key FROM matcher_fit WHERE body IS NOT NULL")}
    assert {f"key {number}" for number in range(4, fits.KEPT + 3)} <= kept
    assert len(kept) == fits.KEPT
