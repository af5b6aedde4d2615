"""What becomes of a reply after one attempt to send it. Pure: an outcome and a moment in, a verdict out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from adapters.clean import clean_line, is_clean_id
from adapters.contract import FAULTS, LoginExpired, Refused, Sent, TryLater, Unknown
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.contract import Capabilities, Fault, SendOutcome
    from knowledge.reasons.reason import Reason

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
    fault: Fault | None = None


def tidy(outcome: object) -> SendOutcome:
    """What an adapter says became of a send, fit to be written down and counted with, whatever the adapter is like."""
    match outcome:
        case Sent(their_id):
            return Sent(their_id if isinstance(their_id, str) and is_clean_id(their_id) else None)
        case Refused(reason, fault):
            return Refused(clean_line(str(reason)), fault=_known(fault))
        case TryLater(reason, seconds, fault):
            pause = seconds if seconds is not None and math.isfinite(seconds) else 0.0
            pause = min(max(0.0, pause), LONGEST_ASKED_PAUSE_SECONDS)
            return TryLater(clean_line(str(reason)), pause, fault=_known(fault))
        case LoginExpired(reason, fault):
            return TryLater(clean_line(str(reason)), fault=_known(fault))
        case Unknown(reason, ends_here, fault):
            return Unknown(clean_line(str(reason)), ends_here=bool(ends_here), fault=_known(fault))
    return Unknown(f"the adapter gave no outcome but {type(outcome).__name__}", fault="program_trouble")


def _known(fault: object) -> Fault | None:
    return next((each for each in FAULTS if each == fault), None)


def not_heard(state: str, *, error: str, fault: str) -> Reason:
    """Why a person is called for a reply: by the code of what kept it, and in the words that were written down."""
    problem = because("told_with_words", fault=because(fault), words=error) if fault else error
    if state == "unknown":
        return because("reply_perhaps_heard", problem=problem)
    return because("reply_not_heard", problem=problem)


def judge(
    outcome: SendOutcome, *, capabilities: Capabilities, tries: int, created_at: datetime, now: datetime, jitter: float
) -> Verdict:
    """Say what follows from an outcome. `tries` counts this attempt; `jitter` in [0, 1) spreads retries.

    Nothing is repeated unless it was a definite no, or the platform drops a second delivery of the same key.
    """
    match outcome:
        case Sent(platform_message_id):
            return Verdict(state="sent", not_before=now, platform_message_id=platform_message_id)
        case Refused(reason, fault):
            return Verdict(state="failed", not_before=now, error=reason, fault=fault)
        case TryLater(reason, retry_after_seconds, fault):
            pause = max(retry_after_seconds or 0.0, _pause_seconds(tries, jitter))
        case unknown:
            reason, fault = unknown.reason, unknown.fault
            if capabilities.resend == "never" or (isinstance(unknown, Unknown) and unknown.ends_here):
                return Verdict(state="unknown", not_before=now, error=reason, fault=fault)
            pause = _pause_seconds(tries, jitter)
    again = now + timedelta(seconds=pause)
    if again > created_at + timedelta(hours=GIVE_UP_HOURS):
        said = f"given up after {GIVE_UP_HOURS} h: {reason}"
        return Verdict(state="expired", not_before=now, error=said, fault=fault)
    return Verdict(state="queued", not_before=again, error=reason, fault=fault)


def _pause_seconds(tries: int, jitter: float) -> float:
    """Twice as long after each try, up to a minute, and never the same for all."""
    return float(min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(tries - 1, 10)) * (0.5 + jitter / 2))
