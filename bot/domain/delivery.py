"""What becomes of a reply after one attempt to send it. Pure: an outcome and a moment in, a verdict out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from adapters.clean import clean_line, is_clean_id
from adapters.contract import Refused, Sent, TryLater, Unknown

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.contract import Capabilities, SendOutcome

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 60.0
LONGEST_ASKED_PAUSE_SECONDS = 86_400.0
GIVE_UP_HOURS = 24
"""A reply that the platform has not taken by then is no help to the buyer any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The state the row goes to; `not_before` is when a queued one may be tried again."""

    state: Literal["sent", "queued", "unknown", "failed", "expired"]
    not_before: datetime
    platform_message_id: str | None = None
    error: str = ""


def tidy(outcome: object) -> SendOutcome:
    """What an adapter says became of a send, fit to be written down and counted with, whatever the adapter is like."""
    match outcome:
        case Sent(their_id):
            return Sent(their_id if isinstance(their_id, str) and is_clean_id(their_id) else None)
        case Refused(reason):
            return Refused(clean_line(str(reason)))
        case TryLater(reason, seconds):
            pause = seconds if seconds is not None and math.isfinite(seconds) else 0.0
            return TryLater(clean_line(str(reason)), min(max(0.0, pause), LONGEST_ASKED_PAUSE_SECONDS))
        case Unknown(reason):
            return Unknown(clean_line(str(reason)))
    return Unknown(f"the adapter gave no outcome but {type(outcome).__name__}")


def judge(
    outcome: SendOutcome, *, capabilities: Capabilities, tries: int, created_at: datetime, now: datetime, jitter: float
) -> Verdict:
    """Say what follows from an outcome. `tries` counts this attempt; `jitter` in [0, 1) spreads retries.

    Nothing is repeated unless it was a definite no, or the platform drops a second delivery of the same key.
    """
    match outcome:
        case Sent(platform_message_id):
            return Verdict(state="sent", not_before=now, platform_message_id=platform_message_id)
        case Refused(reason):
            return Verdict(state="failed", not_before=now, error=reason)
        case TryLater(reason, retry_after_seconds):
            pause = max(retry_after_seconds or 0.0, _pause_seconds(tries, jitter))
        case unknown:
            reason = unknown.reason
            if capabilities.resend == "never":
                return Verdict(state="unknown", not_before=now, error=reason)
            pause = _pause_seconds(tries, jitter)
    again = now + timedelta(seconds=pause)
    if again > created_at + timedelta(hours=GIVE_UP_HOURS):
        return Verdict(state="expired", not_before=now, error=f"given up after {GIVE_UP_HOURS} h: {reason}")
    return Verdict(state="queued", not_before=again, error=reason)


def _pause_seconds(tries: int, jitter: float) -> float:
    """Twice as long after each try, up to a minute, and never the same for all."""
    return float(min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(tries - 1, 10)) * (0.5 + jitter / 2))
