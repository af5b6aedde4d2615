from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.contract import Capabilities, Refused, Sent, TryLater, Unknown
from bot.domain.delivering.delivery import GIVE_UP_HOURS, judge
from tests.fakes import MORNING

KEYED = Capabilities(resend="same_key")
UNKEYED = Capabilities(resend="never")


def _judge(outcome: Sent | Refused | TryLater | Unknown, *, tries: int = 1, jitter: float = 0.0, **more: object):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a Verdict, whose type is the thing tested
    given = {"capabilities": KEYED, "created_at": MORNING, "now": MORNING, **more}
    return judge(outcome, tries=tries, jitter=jitter, **given)  # type: ignore[arg-type]  # any keyword of judge


def test_what_arrived_is_sent_and_keeps_the_platforms_id() -> None:
    verdict = _judge(Sent("p-1"))
    assert (verdict.state, verdict.platform_message_id) == ("sent", "p-1")


def test_a_refusal_is_final_and_says_why() -> None:
    verdict = _judge(Refused("the buyer has blocked the shop"))
    assert (verdict.state, verdict.error) == ("failed", "the buyer has blocked the shop")


def test_a_definite_no_is_tried_again_wherever_it_is_sent() -> None:
    for capabilities in (KEYED, UNKEYED):
        assert _judge(TryLater("busy"), capabilities=capabilities).state == "queued"


def test_an_unknown_outcome_is_repeated_only_under_a_key() -> None:
    assert _judge(Unknown("reset"), capabilities=KEYED).state == "queued"
    verdict = _judge(Unknown("reset"), capabilities=UNKEYED)
    assert (verdict.state, verdict.error) == ("unknown", "reset")


@pytest.mark.parametrize(
    ("tries", "jitter", "pause_seconds"),
    [(1, 0.0, 0.25), (2, 0.0, 0.5), (3, 0.0, 1.0), (1, 1.0, 0.5), (8, 1.0, 60.0), (5_000, 1.0, 60.0)],
)
def test_pauses_double_up_to_a_minute_and_are_spread(tries: int, jitter: float, pause_seconds: float) -> None:
    verdict = _judge(Unknown("reset"), tries=tries, jitter=jitter)
    assert verdict.not_before == MORNING + timedelta(seconds=pause_seconds)


def test_the_platforms_own_pause_is_kept_when_it_is_longer() -> None:
    assert _judge(TryLater("busy", 30)).not_before == MORNING + timedelta(seconds=30)
    assert _judge(TryLater("busy", 0)).not_before == MORNING + timedelta(seconds=0.25)


def test_after_a_day_it_is_given_up_in_words() -> None:
    late = MORNING + timedelta(hours=GIVE_UP_HOURS)
    verdict = _judge(TryLater("busy"), now=late)
    assert (verdict.state, verdict.error) == ("expired", "given up after 24 h: busy")
    assert _judge(Unknown("reset"), now=late - timedelta(seconds=1)).state == "queued"
