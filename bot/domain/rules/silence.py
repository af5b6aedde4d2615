"""Rules that keep the bot silent, or nearly so: a person has come, an advertisement, no words, nothing new."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from adapters.contract import Text
from bot.domain.adverts import is_advertisement, leads_outside
from bot.domain.certainty import is_sure
from bot.domain.decision import Dismiss, HandOver
from bot.domain.rulings import left_to_the_person, lines, quiet, still_waiting
from bot.domain.turn import FAREWELL_ENTRY, asks

if TYPE_CHECKING:
    from bot.domain.turn import Question, Ruling

STALE_TURNS = 6
"""So many bot turns without a new word from the other side, and it is likely another bot."""


def blocked(question: Question) -> Ruling | str:
    if question.conversation.blocked_at is None:
        return "the buyer is not blocked"
    return quiet(question, "the buyer is blocked")


def person_has_spoken(question: Question) -> Ruling | str:
    if question.conversation.mode != "human":
        return "no person leads this conversation"
    return quiet(question, "a person leads this conversation")


def too_old(question: Question) -> Ruling | str:
    """Rule on what comes in a day late, after an outage: people see it, and nobody hears an answer out of the blue."""
    if not question.heard.is_late:
        return "was sent a short time ago"
    silent = quiet(question, "was sent too long ago to be answered as new")
    has_desk = question.conversation.has_desk
    if question.conversation.mode == "waiting":
        return silent
    return dataclasses.replace(silent, act=HandOver(reason=silent.reason), mode="waiting" if has_desk else "bot")


def advertisement(question: Question) -> Ruling | str:
    if question.memory.advertised and is_sure(question.best) and question.best.entry == FAREWELL_ENTRY:
        return quiet(question, "sells something, and takes his leave")
    advertises_on = question.memory.advertised and leads_outside(question.text)
    if not advertises_on and not is_advertisement(question.text, said_by_others=question.heard.said_by_others):
        return "sells nothing"
    today = question.shop.local_time.date().isoformat()
    once = f"advert:{question.conversation.channel}:{question.conversation.buyer}:{today}"
    silent = quiet(question, "an advertisement: one neutral line a day, and a note to report or block it")
    said = lines(question, "answer", "ad-reply")[:1]
    return dataclasses.replace(
        silent,
        act=Dismiss(reason=silent.reason),
        bubbles=tuple(dataclasses.replace(bubble, once=once) for bubble in said),
        memory=dataclasses.replace(question.memory, advertised=True),
    )


def nothing_new(question: Question) -> Ruling | str:
    turns = question.memory.stale_turns
    if turns < STALE_TURNS or question.typed not in question.memory.recent:
        return f"{turns} turns without a new word, {STALE_TURNS} are the limit"
    return quiet(question, f"{turns} turns without a new word: likely another bot")


def wordless(question: Question) -> Ruling | str:
    if question.typed or not isinstance(question.heard.content, Text):
        return "says something"
    return quiet(question, "says nothing in words")


def already_waiting(question: Question) -> Ruling | str:
    if question.conversation.mode != "waiting":
        return "does not wait for a person"
    reason = "waits for a person, and the bot has no likely answer"
    if asks(question.text):
        return left_to_the_person(question, reason)
    return still_waiting(question, reason, entry=None)
