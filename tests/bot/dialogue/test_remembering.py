from __future__ import annotations

import dataclasses

import pytest

from adapters.contract import OrderCard, ProductCard, Surroundings
from bot.dialogue.question import question_of
from bot.dialogue.remembering import begin_episode, remember_names, remember_surroundings
from bot.dialogue.state import Memory
from bot.dialogue.utterance import read
from knowledge.base import KnowledgeBase
from tests.small_manual import small_manual
from tests.talk import NEW, OPEN, heard, said


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase.build(revision=1, manual=small_manual())


def test_a_new_episode_forgets_all_but_the_welcome_and_the_opening_time() -> None:
    memory = Memory(misses=1, region="新疆", welcomed_on="2026-11-22", away_told="night", advertised=True)
    talk = dataclasses.replace(NEW, memory=memory)
    assert begin_episode(talk) is memory
    closed = dataclasses.replace(talk, mode="closed")
    assert begin_episode(closed) == Memory(welcomed_on="2026-11-22", away_told="night")


def test_what_comes_with_messages_is_remembered_and_the_newest_counts(base: KnowledgeBase) -> None:
    looks_at = Surroundings(product_id="lamp-1", order_status="paid", region="新疆")
    first, second = heard("在吗", ProductCard(product_id="pillow-1"))
    first = dataclasses.replace(first, surroundings=looks_at)
    memory = remember_surroundings([read(each, base) for each in (first, second)], Memory(), base)
    assert (memory.product_id, memory.order_status, memory.region) == ("pillow-1", "paid", "新疆")
    unknown = remember_surroundings(said(base, ProductCard(product_id="hat-9")), memory, base)
    assert unknown.product_id == "pillow-1"
    order = remember_surroundings(said(base, OrderCard(order_id="o-1", status="shipped")), memory, base)
    assert order.order_status == "shipped"


def test_what_any_message_of_a_turn_names_is_remembered(base: KnowledgeBase) -> None:
    memory = remember_names(said(base, "云朵枕", "寄到新疆", "多少钱"), Memory(), base)
    assert (memory.product_id, memory.region) == ("pillow-1", "新疆")


@pytest.mark.parametrize(
    ("words", "region"),
    [
        ("寄到新疆多久", "新疆"),
        ("我在新疆", "新疆"),
        ("新疆呢", "新疆"),
        ("新疆发货吗", "新疆"),
        ("货到新疆要几天", "新疆"),
        ("快递卡在武汉了", None),
        ("物流到武汉三天了", None),
        ("包裹一直在武汉", None),
        ("是不是义乌发的", None),
        ("你们店在义乌吗", None),
        ("是义乌的厂吗", None),
    ],
)
def test_only_where_he_lives_is_remembered_of_the_places_named(
    words: str, region: str | None, base: KnowledgeBase
) -> None:
    assert remember_names(said(base, words), Memory(), base).region == region
    question = question_of(said(base, words)[0], conversation=NEW, memory=Memory(), shop=OPEN)
    assert question.memory.region == region


def test_a_place_on_the_way_leaves_the_one_he_lives_in(base: KnowledgeBase) -> None:
    assert remember_names(said(base, "包裹停在武汉不动了"), Memory(region="新疆"), base).region == "新疆"
