"""A sample of the garbage that `make attack` sends in full: none of it raises, and a retry has the same bytes."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.http import LONGEST_RETRY_AFTER_SECONDS, read_retry_after
from tests.garbage import NOW, send_to_garbage

KINDS = 200


async def test_no_garbage_raises_and_a_retry_is_the_same_bytes() -> None:
    told = await send_to_garbage(range(KINDS))
    assert told.raised == {}
    assert told.changed == []
    assert told.outcomes.total() == 2 * KINDS
    assert {name.partition(" ")[0] for name in told.outcomes} == {"Sent", "TryLater", "Refused", "Unknown"}


def test_a_zone_that_no_clock_has_is_known_to_overflow() -> None:
    with pytest.raises(OverflowError):
        parsedate_to_datetime("Mon, 01 Jan 2026 00:00:00 +99999999999999")


@given(
    st.text(st.characters())
    | st.from_regex(
        r"\A[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,20} \d{1,3}:\d\d(:\d{1,3})? ([+-]\d{1,20}|[A-Z]{1,4})\Z"
    )
)
@example("Mon, 01 Jan 2026 00:00:00 +99999999999999")
@example("Mon, 01 Jan 0001 00:00:00 +2359")
@example("Fri, 31 Dec 9999 23:59:59 -2359")
def test_any_retry_after_is_seconds_within_a_day_or_nothing(value: str) -> None:
    seconds = read_retry_after(value, now=NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_RETRY_AFTER_SECONDS
