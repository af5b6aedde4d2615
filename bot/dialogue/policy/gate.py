"""Rules that keep the bot silent, or nearly so: a person has come, an advertisement, no words, nothing new."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from adapters.contract import Text
from bot.dialogue.acts import Dismiss, HandOver, Rate
from bot.dialogue.cues.adverts import is_advertisement, leads_outside
from bot.dialogue.cues.ratings import read_rating
from bot.dialogue.responses.hand_over import left_to_the_person, still_waiting
from bot.dialogue.responses.lines import lines, quiet
from bot.dialogue.thresholds import STALE_TURNS, is_sure
from bot.dialogue.utterance import FAREWELL_ENTRY
from knowledge.reasons.reason import Reason, because

if TYPE_CHECKING:
    from bot.dialogue.question import Question, Response


def blocked(question: Question) -> Response | Reason:
    if question.conversation.blocked_at is None:
        return because("not_blocked")
    return quiet(question, because("blocked"))


def person_has_spoken(question: Question) -> Response | Reason:
    """The bot is silent; but the mark that answers the person's invite counts."""
    if question.conversation.mode != "human":
        return because("no_person_leads")
    silent = quiet(question, because("person_leads"))
    episode, found = question.conversation.open_invite, read_rating(question.said.text)
    if episode is None or found is None or found.score is None:
        return silent
    mark = Rate(score=found.score, episode=episode, comment=found.comment)
    return dataclasses.replace(silent, act=mark, reason=silent.reason.and_also(because("rates", score=found.score)))


def too_old(question: Question) -> Response | Reason:
    """Rule on what comes in a day late, after an outage: people see it, and nobody hears an answer out of the blue."""
    if not question.said.heard.is_late:
        return because("sent_lately")
    silent = quiet(question, because("sent_too_long_ago"))
    has_desk = question.conversation.has_desk
    if question.conversation.mode == "waiting":
        return silent
    return dataclasses.replace(silent, act=HandOver(reason=silent.reason), mode="waiting" if has_desk else "bot")


def advertisement(question: Question) -> Response | Reason:
    if question.memory.advertised and is_sure(question.best) and question.best.entry == FAREWELL_ENTRY:
        return quiet(question, because("advertiser_takes_leave"))
    advertises_on = question.memory.advertised and leads_outside(question.said.text)
    if not advertises_on and not is_advertisement(
        question.said.text, said_by_others=question.said.heard.said_by_others
    ):
        return because("sells_nothing")
    today = question.shop.local_time.date().isoformat()
    once = f"advert:{question.conversation.channel}:{question.conversation.buyer}:{today}"
    silent = quiet(question, because("advertisement"))
    said = lines(question, "answer", "ad-reply")[:1]
    return dataclasses.replace(
        silent,
        act=Dismiss(reason=silent.reason),
        bubbles=tuple(dataclasses.replace(bubble, once=once) for bubble in said),
        memory=dataclasses.replace(question.memory, advertised=True),
    )


def nothing_new(question: Question) -> Response | Reason:
    turns = question.memory.stale_turns
    if turns < STALE_TURNS or question.said.typed not in question.memory.recent:
        return because("turns_without_news", turns=turns, limit=STALE_TURNS)
    return quiet(question, because("likely_another_bot", turns=turns))


def wordless(question: Question) -> Response | Reason:
    if question.said.typed or not isinstance(question.said.heard.content, Text):
        return because("says_something")
    return quiet(question, because("no_words"))


def already_waiting(question: Question) -> Response | Reason:
    if question.conversation.mode != "waiting":
        return because("not_waiting_for_person")
    reason = because("waits_nothing_likely")
    if question.said.asks:
        return left_to_the_person(question, reason)
    return still_waiting(question, reason, entry=None)
