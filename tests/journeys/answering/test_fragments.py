"""A thought in several messages: the bot waits for the rest of it, answers once, and always in time."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tests.shop import accepted, conversation_of
from tests.small_manual import NONSENSE

if TYPE_CHECKING:
    from tests.conftest import OpenShop
    from tests.shop import Shop

DISPATCH = "下单后48小时内发货。"
XINJIANG = "新疆满199元包邮。"


async def _types(shop: Shop, *said: tuple[str, float]) -> list[tuple[float, str]]:
    """Let the buyer type these, each some seconds after the one before; what they heard, and when."""
    start, heard = shop.clock.now(), list[tuple[float, str]]()
    for words, seconds_later in said:
        heard += await _seconds_pass(shop, seconds_later, start.timestamp())
        for text in await shop.buyer_says(words):
            heard.append(((shop.clock.now() - start).total_seconds(), text))
    return heard + await _seconds_pass(shop, 6, start.timestamp())


async def _seconds_pass(shop: Shop, seconds: float, start: float) -> list[tuple[float, str]]:
    """Turn the clock in small steps, and note what is heard at each."""
    heard = []
    for _ in range(round(seconds * 5)):
        before = len(shop.buyer_heard)
        shop.clock.advance(seconds=0.2)
        await shop.settles()
        at = round(shop.clock.now().timestamp() - start, 1)
        heard += [(at, text) for text in shop.buyer_heard[before:]]
    return heard


async def test_four_messages_are_one_question_with_one_answer(patient_shop: Shop) -> None:
    shop = patient_shop
    heard = await _types(shop, ("我想问下", 0), ("那个", 0.8), ("新疆", 0.8), ("包邮吗", 0.8))
    assert [text for _, text in heard] == [shop.welcome, XINJIANG]
    assert heard[-1][0] < 4.0
    assert len(shop.replies()[-1].data["in_reply_to"]) == 4  # type: ignore[arg-type]  # a list of ids
    assert await shop.outcomes() == ["answer"]


async def test_a_slow_typist_is_answered_four_seconds_after_his_first_word(patient_shop: Shop) -> None:
    heard = await _types(patient_shop, *[("那个", seconds) for seconds in (0, 1.4, 1.4, 1.0, 1.4)])
    first = heard[0][0]
    assert 3.8 <= first <= 4.2


async def test_what_is_complete_and_sure_is_answered_at_once(patient_shop: Shop) -> None:
    heard = await _types(patient_shop, ("什么时候发货", 0))
    assert heard == [(0.0, patient_shop.welcome), (0.0, DISPATCH)]


async def test_the_rest_that_comes_after_the_answer_is_a_follow_up(patient_shop: Shop) -> None:
    heard = await _types(patient_shop, ("邮费怎么算", 0), ("新疆的", 1.0))
    assert [text for _, text in heard][1:] == ["江浙沪包邮。", XINJIANG]


async def test_an_unfinished_word_that_stays_alone_is_answered_after_three_seconds(patient_shop: Shop) -> None:
    heard = await _types(patient_shop, ("在吗", 0))
    seconds, text = heard[0]
    assert (round(seconds), text) == (3, patient_shop.welcome)


async def test_an_unclear_message_waits_a_moment_for_what_makes_it_clear(patient_shop: Shop) -> None:
    heard = await _types(patient_shop, ("新疆", 0), ("要不要运费", 1.0))
    assert heard == [(1.0, patient_shop.welcome), (1.0, XINJIANG)]


async def test_the_end_of_a_conversation_ends_the_wait(patient_shop: Shop) -> None:
    shop = patient_shop
    assert await shop.buyer_says("我想问下") == []
    await shop.closes()
    assert await shop.mode() == "closed"
    assert shop.buyer_heard[:1] == [shop.welcome]


async def test_waiting_for_one_buyer_holds_up_no_other(patient_shop: Shop) -> None:
    shop = patient_shop
    assert await shop.buyer_says("我想问下", buyer="小王") == []
    assert await shop.buyer_says("什么时候发货", buyer="小李") == [shop.welcome, DISPATCH]


async def test_a_wait_is_cut_short_by_a_person(patient_shop: Shop) -> None:
    shop = patient_shop
    await shop.buyer_says("我想问下")
    await shop.staff_says("您说")
    await shop.buyer_says("那个")
    assert await shop.time_passes(seconds=6) == []
    assert await shop.rows("SELECT id FROM inbox WHERE state = 'new'") == []


async def test_a_burst_that_arrives_together_is_read_together(open_shop: OpenShop) -> None:
    shop = await open_shop()
    await shop.stops()
    await shop.opens()
    for words in ("新疆", "包邮吗"):
        accepted(await shop.delivers(words))
    await shop.settles()
    assert XINJIANG in shop.buyer_heard


@pytest.mark.parametrize("seconds", [0, 1])
async def test_the_owner_sets_how_long_to_wait(open_shop: OpenShop, seconds: float) -> None:
    shop = await open_shop(conversation={"patience_seconds": seconds})
    heard = await _types(shop, (NONSENSE, 0))
    assert heard[0][0] == pytest.approx(seconds, abs=0.21)


async def test_nobody_waits_past_the_cap_whatever_he_types(patient_shop: Shop) -> None:
    shop = patient_shop
    words = itertools.cycle(("我想问下", "那个，", NONSENSE, "毛巾，", "新疆"))
    for buyer in range(5):
        name = f"买家{buyer}"
        for _ in range(4):
            accepted(await shop.delivers(next(words), buyer=name))
            shop.clock.advance(seconds=0.9)
    for _ in range(3):
        shop.clock.advance(seconds=1.4)
        await shop.settles()
    late = await shop.rows("SELECT id FROM inbox WHERE state = 'new'")
    assert late == []
    heard = {each.conversation_id for each in shop.platform.replies()}
    assert heard == {conversation_of(f"买家{buyer}") for buyer in range(5)}
