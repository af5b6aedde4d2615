"""Many who send the same words: noticed for long texts, within a day, and without keeping everything for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.planning import same_words
from bot.domain.planning.same_words import SameWords

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OFFER = "我们提供各种服务,有需要的老板看过来"


def test_others_who_sent_the_same_are_counted_once_each() -> None:
    heard = SameWords()
    assert [heard.others(OFFER, sender, at=NOON) for sender in (1, 1, 2, 2, 3)] == [0, 0, 1, 1, 2]
    assert heard.others(f" {OFFER}！！", 4, at=NOON) == 3


def test_short_questions_are_the_same_because_the_question_is() -> None:
    heard = SameWords()
    assert [heard.others("什么时候发货", sender, at=NOON) for sender in (1, 2, 3)] == [0, 0, 0]


def test_yesterday_is_forgotten() -> None:
    heard = SameWords()
    heard.others(OFFER, 1, at=NOON)
    assert heard.others(OFFER, 2, at=NOON + timedelta(hours=23)) == 1
    assert heard.others(OFFER, 3, at=NOON + timedelta(hours=25)) == 1


def test_the_oldest_texts_and_senders_make_room() -> None:
    heard = SameWords()
    heard.others(OFFER, 1, at=NOON)
    for number in range(same_words.TEXTS_REMEMBERED):
        heard.others(f"第{number}条完全不一样的很长很长的消息", 2, at=NOON)
    assert heard.others(OFFER, 3, at=NOON) == 0
    for sender in range(100):
        heard.others(OFFER, sender, at=NOON)
    assert heard.others(OFFER, 1_000, at=NOON) == same_words.SENDERS_REMEMBERED
