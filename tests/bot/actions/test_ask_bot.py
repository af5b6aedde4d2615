from __future__ import annotations

import pytest

from adapters.contract import Surroundings
from bot.actions.ask_bot import ask_bot
from bot.config import Config
from bot.domain.calendar import ShopCalendar, shop_at
from bot.domain.decision import Answer, Away
from knowledge.base import KnowledgeBase
from tests.fakes import MORNING
from tests.small_manual import NONSENSE, small_manual

CALENDAR = ShopCalendar(hours=Config().hours, zone=Config().shop.timezone)


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    return KnowledgeBase.build(revision=4, manual=small_manual())


def test_a_first_message_is_decided_about_without_the_days_welcome(knowledge: KnowledgeBase) -> None:
    shop = shop_at(CALENDAR, MORNING)
    decision = ask_bot(
        "要不要运费", knowledge=knowledge, shop=shop, channel="tea", surroundings=Surroundings(region="新疆")
    )
    assert isinstance(decision.act, Answer)
    assert [bubble.text for bubble in decision.bubbles] == ["新疆满199元包邮。"]
    assert decision.why.revision == 4


def test_the_shops_hours_at_that_moment_count(knowledge: KnowledgeBase) -> None:
    night = MORNING.replace(hour=18)
    decision = ask_bot(
        NONSENSE, knowledge=knowledge, shop=shop_at(CALENDAR, night), channel="tea", surroundings=Surroundings()
    )
    assert isinstance(decision.act, Away)


def test_asking_twice_remembers_nothing(knowledge: KnowledgeBase) -> None:
    shop = shop_at(CALENDAR, MORNING)
    once, again = (
        ask_bot("发什么快递", knowledge=knowledge, shop=shop, channel="tea", surroundings=Surroundings())
        for _ in range(2)
    )
    assert once == again
