"""What people of the shop are told of, wherever they are: what happened, and the words for it.

Several alerts that come together are told in one message, as many as it holds.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from adapters.alerts.contract import Note, Told
from adapters.contract import Text
from bot.dialogue.acts import Away, Dismiss, HandOver
from bot.dialogue.reasons import in_words
from bot.domain.delivering.outgoing import reply_key
from bot.domain.desk.notices import summary
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from adapters.alerts.contract import Messenger
    from bot.config import AlertEvent
    from bot.dialogue.acts import Decision, Heard
    from bot.dialogue.state import Conversation
    from knowledge.reasons.reason import Reason
    from knowledge.reasons.sentences import Language

LOW_SCORE = 2
"""A mark of so much or less is told."""
WORDS_CHARACTERS, REASON_CHARACTERS, NAME_CHARACTERS = 120, 80, 40
"""So much of each is told: with the longest link of all, one alert fits the smallest message."""
PERSON_NEEDED: tuple[AlertEvent, ...] = ("hand_over", "reply_window")
"""What no longer needs telling once a person has spoken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing that people should hear of. `key` is its own: what has the same one is told a single time.

    `words` are the buyer's, or the program's about a trouble. `since` is when the buyer began to wait.
    """

    key: str
    event: AlertEvent | Literal["test"]
    at: datetime
    channel: str = ""
    conversation_id: int | None = None
    buyer: str = ""
    words: str = ""
    reason: Reason | None = None
    since: datetime | None = None
    reply_by: datetime | None = None
    score: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One `[[alerts]]` table of the configuration, ready to use."""

    name: str
    messenger: Messenger
    events: tuple[AlertEvent, ...]
    language: Language


def alerts_of_decision(
    conversation: Conversation,
    heard: Sequence[Heard],
    decision: Decision,
    *,
    becomes: Conversation,
    at: datetime,
) -> tuple[Alert, ...]:
    """What a decision about these messages gives people to know."""
    words = summary([message.content.text for message in heard if isinstance(message.content, Text)])
    about = partial(Alert, **_who(conversation), words=words, at=at)
    act = decision.act
    if isinstance(act, Dismiss):
        once = f"advert:{conversation.id}:{conversation.episode}"
        return (about(key=once, event="advert", reason=because("report_advertisement")),)
    if isinstance(act, HandOver | Away) and conversation.mode != "waiting":
        since = min(message.sent_at for message in heard)
        key = reply_key(conversation.channel, heard[-1].external_id, "alert")
        return (about(key=key, event="hand_over", reason=act.reason, since=since, reply_by=becomes.reply_by),)
    return ()


def alert_of_rating(
    conversation: Conversation, *, episode: int, score: int, comment: str, at: datetime
) -> tuple[Alert, ...]:
    """What a mark gives people to know: nothing, if it is not a low one."""
    if score > LOW_SCORE:
        return ()
    key = f"rated:{conversation.id}:{episode}"
    return (Alert(key=key, event="low_rating", **_who(conversation), words=comment, score=score, at=at),)


def alert_of_need(
    conversation: Conversation, event: AlertEvent, reason: Reason, *, key: str, words: str, at: datetime
) -> Alert:
    """What to tell of a buyer for whom a person is called without a decision."""
    since, reply_by = conversation.unanswered_since, conversation.reply_by
    about = partial(Alert, **_who(conversation), words=words, reason=reason, at=at)
    return about(key=f"alert:{key}", event=event, since=since, reply_by=reply_by)


def _who(conversation: Conversation) -> dict[str, Any]:
    return {"channel": conversation.channel, "conversation_id": conversation.id, "buyer": conversation.buyer}


# The words


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How alerts are put into words: in which language, by whose clock, with links to where (no address: none)."""

    language: Language
    zone: ZoneInfo
    desk_url: str = ""

    def how_many_fit(self, alerts: Sequence[Alert], *, fits: Callable[[Note], bool], now: datetime) -> int:
        """How many of these, from the first on, one message holds; the first one always."""
        for count in range(len(alerts), 1, -1):
            if fits(self.note(alerts[:count], key="", now=now)):
                return count
        return min(1, len(alerts))

    def note(self, alerts: Sequence[Alert], *, key: str, now: datetime) -> Note:
        """One message that tells all of these."""
        words = _words(self.language)
        one = len(alerts) == 1
        title = words["from"] + (words[alerts[0].event] if one else words["several"].format(count=len(alerts)))
        return Note(
            key=key, title=title, told=tuple(self._told(each, now) for each in alerts), open_words=words["open"]
        )

    def _told(self, alert: Alert, now: datetime) -> Told:
        return Told(
            headline=_words(self.language)[alert.event],
            said=self._named(alert),
            facts=self._why(alert, now),
            link=self._link(alert),
        )

    def _named(self, alert: Alert) -> str:
        words, said = _words(self.language), _shortened(alert.words, WORDS_CHARACTERS)
        who = _shortened(alert.buyer, NAME_CHARACTERS)
        if who:
            who = words["who"].format(buyer=who, channel=alert.channel)
        return words["said"].format(who=who, words=said) if who and said else who or said

    def _why(self, alert: Alert, now: datetime) -> str:
        words = _words(self.language)
        parts = []
        if alert.score is not None:
            parts.append(words["scored"].format(score=alert.score))
        if alert.reason is not None:
            parts.append(_shortened(in_words(alert.reason, self.language), REASON_CHARACTERS))
        if alert.since is not None and (minutes := int((now - alert.since).total_seconds()) // 60) > 0:
            parts.append(words["waits"].format(minutes=minutes))
        if alert.reply_by is not None:
            parts.append(words["reply_by"].format(time=alert.reply_by.astimezone(self.zone).strftime("%H:%M")))
        return words["between"].join(parts)

    def _link(self, alert: Alert) -> str:
        if not self.desk_url or alert.conversation_id is None:
            return ""
        return f"{self.desk_url}/console/inbox/{alert.conversation_id}"


def _shortened(text: str, characters: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= characters else line[: characters - 1] + "…"


@cache
def _words(language: Language) -> Mapping[str, str]:
    return tomllib.loads(files("bot.domain").joinpath(f"alerts.{language}.toml").read_text("utf-8"))
