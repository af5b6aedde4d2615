"""Buyers type one thought in several messages. How long to wait for the rest of it, and when not to wait at all.

A message that is complete and sure of its answer never waits; an unfinished or unsure one waits a little longer than
people pause between two sends, and never so long that the first answer misses the golden six seconds.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.contract import Text
from bot.dialogue.acts import Answer, Away, Clarify, Dismiss, HandOver, Rate, StayQuiet
from bot.dialogue.cues.wishes import is_opener
from bot.dialogue.utterance import SMALL_TALK

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.dialogue.acts import Decision, Heard

UNSURE_SECONDS = 1.2
UNFINISHED_SECONDS = 3.0
FRAGMENT_CHARACTERS = 4
"""So few characters behind another message are a piece of a thought, and likely not its last."""
LONGEST_SECONDS = 4.0
"""Counted from the first message that waits."""


def wait_until(heard: Sequence[Heard], decision: Decision, *, now: datetime, longest_seconds: float) -> datetime | None:
    """Until when to wait for the rest, or None to act now. `longest_seconds` is the shop's own cap (0 = never wait)."""
    pause = _pause_seconds(heard, decision)
    if pause == 0 or longest_seconds == 0:
        return None
    cap = min(LONGEST_SECONDS, longest_seconds)
    first, last = heard[0].arrived_at, heard[-1].arrived_at
    until = min(last + timedelta(seconds=min(pause, cap)), first + timedelta(seconds=cap))
    set_back = first > now  # by somebody who has set the clock back since: what then says how long was waited?
    return until if until > now and not set_back else None


def _pause_seconds(heard: Sequence[Heard], decision: Decision) -> float:
    last = heard[-1].content
    if not isinstance(last, Text) or not _more_may_help(decision):
        return 0
    pause = UNFINISHED_SECONDS if is_unfinished(last.text) else _unsure_seconds(decision)
    in_fragments = len(heard) > 1 and len(last.text.strip()) <= FRAGMENT_CHARACTERS
    return UNFINISHED_SECONDS if pause and in_fragments else pause


def _more_may_help(decision: Decision) -> bool:
    """Whether the rest of a thought could change anything: not while a person speaks, nor for a sender of adverts."""
    silent = isinstance(decision.act, StayQuiet) and decision.mode != "waiting"
    return not silent and not isinstance(decision.act, Rate | Dismiss)


def _unsure_seconds(decision: Decision) -> float:
    act = decision.act
    unsure = isinstance(act, Clarify | StayQuiet) or (isinstance(act, HandOver | Away) and act.entry is None)
    small_talk = isinstance(act, Answer) and act.entry in SMALL_TALK
    return UNSURE_SECONDS if unsure or small_talk else 0


def is_unfinished(text: str) -> bool:
    """Whether these words only open a question, or break off in the middle of one."""
    return is_opener(text) or text.rstrip().endswith((",", "，", "、"))
