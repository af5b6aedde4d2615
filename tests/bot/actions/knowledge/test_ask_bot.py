from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.contract import Surroundings
from bot.actions.knowledge.ask_bot import ask_bot
from bot.config import Config
from bot.dialogue.acts import Answer, Away
from bot.domain.calendar import ShopCalendar, shop_at
from knowledge.base import KnowledgeBase
from tests.fakes import MORNING
from tests.small_manual import NONSENSE, small_manual

if TYPE_CHECKING:
    from datetime import datetime

    from bot.dialogue.acts import Decision

CALENDAR = ShopCalendar(hours=Config().hours, zone=Config().shop.timezone)


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    return KnowledgeBase.build(revision=4, manual=small_manual())


def asked(
    text: str,
    knowledge: KnowledgeBase,
    *,
    at: datetime = MORNING,
    region: str | None = None,
    own_hosts: tuple[str, ...] = (),
    has_desk: bool = True,
) -> Decision:
    return ask_bot(
        text,
        knowledge=knowledge,
        shop=shop_at(CALENDAR, at),
        channel="tea",
        surroundings=Surroundings(region=region),
        own_hosts=own_hosts,
        has_desk=has_desk,
    )


def test_a_first_message_is_decided_about_without_the_days_welcome(knowledge: KnowledgeBase) -> None:
    decision = asked("要不要运费", knowledge, region="新疆")
    assert isinstance(decision.act, Answer)
    assert [bubble.text for bubble in decision.bubbles] == ["新疆满199元包邮。"]
    assert decision.why.revision == 4


def test_the_shops_hours_at_that_moment_count(knowledge: KnowledgeBase) -> None:
    assert isinstance(asked(NONSENSE, knowledge, at=MORNING.replace(hour=18)).act, Away)


def test_links_to_the_shops_own_hosts_are_its_own(knowledge: KnowledgeBase) -> None:
    text = "https://tea.example/item/9 发什么快递"
    strange, own = asked(text, knowledge), asked(text, knowledge, own_hosts=("tea.example",))
    assert strange.why.text != own.why.text
    assert isinstance(own.act, Answer)


def test_without_a_desk_nobody_is_said_to_come(knowledge: KnowledgeBase) -> None:
    here, nobody = (asked("转人工", knowledge, has_desk=has_desk) for has_desk in (True, False))
    assert (here.mode, nobody.mode) == ("waiting", "bot")


def test_asking_twice_remembers_nothing(knowledge: KnowledgeBase) -> None:
    assert asked("发什么快递", knowledge) == asked("发什么快递", knowledge)
