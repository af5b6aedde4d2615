from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.contract import Surroundings
from bot.actions.knowledge.ask_bot import ask_bot
from bot.actions.knowledge.evaluate_answers import evaluate_answers
from bot.config import Config
from bot.dialogue.acts import Answer
from bot.domain.calendar import ShopCalendar, shop_at
from knowledge.base import KnowledgeBase
from knowledge.improve.evaluate import Line
from tests.fakes import FakeClock
from tests.small_manual import NONSENSE, small_manual

if TYPE_CHECKING:
    from bot.dialogue.acts import Decision


class Stopwatch(FakeClock):
    """Each look at it comes a tenth of a second after the one before."""

    seconds = 0.0

    def monotonic(self) -> float:
        self.seconds += 0.1
        return self.seconds


KNOWLEDGE = KnowledgeBase.build(revision=1, manual=small_manual())
NOW = shop_at(ShopCalendar(hours=Config().hours, zone=Config().shop.timezone), FakeClock().now())


def ask(question: str) -> Decision:
    return ask_bot(question, knowledge=KNOWLEDGE, shop=NOW, channel="try", surroundings=Surroundings())


def test_each_line_is_decided_in_order_and_timed_by_itself() -> None:
    lines = [
        Line(entry="dispatch", question="什么时候发货"),
        Line(entry="postage", question="什么时候发货"),
        Line(entry="towel-care", question="怎么洗"),
        Line(entry="", question=NONSENSE),
        Line(entry="", question="[微笑]"),
        Line(entry="postage", question="发什么快递？新疆包邮吗"),
    ]
    evaluation = evaluate_answers(lines, ask=ask, clock=Stopwatch())
    assert [each.question for each in evaluation.asked] == [line.question for line in lines]
    assert [each.decision for each in evaluation.asked] == [
        *("answer", "answer", "clarify", "hand_over", "none", "answer"),
    ]
    assert [each.is_served for each in evaluation.asked] == [True, False, True, True, True, True]
    assert evaluation.asked[0].found[0] == ("dispatch", 1.0)
    assert (evaluation.figures.answerable, evaluation.figures.unanswerable) == (4, 2)
    assert evaluation.figures.precision == 2 / 3
    assert evaluation.latency.p50_ms == pytest.approx(100)
    assert evaluation.latency.p99_ms == pytest.approx(100)


def test_what_is_reported_is_what_the_bot_decides() -> None:
    questions = ("什么时候发货", "怎么洗", "邮费是多少呀", "充电器冒烟了", "人工", "你们是骗子", NONSENSE)
    evaluation = evaluate_answers([Line(entry="", question=each) for each in questions], ask=ask, clock=Stopwatch())
    for each in evaluation.asked:
        act = ask(each.question).act
        assert (each.decision == "answer") is isinstance(act, Answer)
        assert getattr(act, "entry", None) in {None, *each.told}


def test_nothing_to_ask_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="ask at least one line"):
        evaluate_answers([], ask=ask, clock=Stopwatch())
