from __future__ import annotations

from bot.web.shared.rate_limit import ALLOWED, RateLimit, take_all
from tests.fakes import FakeClock


class Turned(FakeClock):
    def monotonic(self) -> float:
        return self.now().timestamp()


def test_a_key_may_come_so_often_and_then_waits_its_share_of_a_minute() -> None:
    clock = Turned()
    limit = RateLimit(per_minute=2, clock=clock)

    assert [limit.take("buyer") for _ in range(2)] == [ALLOWED, ALLOWED]

    assert limit.take("buyer") == 30
    clock.advance(seconds=29)
    assert 0 < limit.take("buyer") <= 1
    clock.advance(seconds=1)
    assert limit.take("buyer") == ALLOWED


def test_keys_do_not_slow_each_other() -> None:
    limit = RateLimit(per_minute=1, clock=Turned())

    assert [limit.take(key) for key in ("one", "one", "another")] == [ALLOWED, 60, ALLOWED]


def test_a_long_pause_saves_up_no_more_than_a_minute() -> None:
    clock = Turned()
    limit = RateLimit(per_minute=1, clock=clock)

    limit.take("buyer")
    clock.advance(days=1)

    assert [limit.take("buyer"), limit.take("buyer")] == [ALLOWED, 60]


def test_the_longest_unused_key_is_forgotten_when_there_are_too_many() -> None:
    limit = RateLimit(per_minute=1, clock=Turned(), keys_at_most=2)

    for key in ("old", "newer", "newest"):
        limit.take(key)

    assert [limit.take(key) for key in ("newest", "newer", "old")] == [60, 60, ALLOWED]


def test_where_one_of_several_is_too_early_none_of_them_pays() -> None:
    clock = Turned()
    buyers, window = RateLimit(per_minute=2, clock=clock), RateLimit(per_minute=4, clock=clock)
    both = [(buyers, "noisy"), (buyers, "quiet"), (window, "")]

    assert [take_all(both[:1]), take_all(both), take_all(both)] == [ALLOWED, ALLOWED, 30]

    assert [buyers.wait_seconds("quiet"), window.wait_seconds("")] == [ALLOWED, ALLOWED]
    assert [buyers.take("quiet"), buyers.take("quiet")] == [ALLOWED, 30]
    assert [window.take("") for _ in range(4)] == [ALLOWED, ALLOWED, ALLOWED, 15]
    assert take_all([]) == ALLOWED
