"""What the bot would say to the buyer's last words, for the person who answers: its draft and what else may be meant.

Nothing is stored, and nothing is said by itself.
"""

from __future__ import annotations

import asyncio
import dataclasses
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from bot.dialogue.acts import Answer, Suggest
from bot.dialogue.decide import decide
from bot.dialogue.responses.circumstances import circumstances_around
from bot.dialogue.utterance import PERSON_ENTRY, ROBOT_ENTRY, SMALL_TALK
from bot.domain.calendar import shop_at
from bot.domain.planning.plan import heard_of
from bot.storage.answering import last_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.clock import Clock
    from bot.dialogue.acts import Decision, ShopNow
    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.calendar import ShopCalendar
    from bot.domain.planning.plan import Claimed
    from bot.storage.engine.database import Database
    from knowledge.base import KnowledgeBase

MOST = 3
LEAST_CONFIDENCE = 0.05
"""What is less likely is no help to anybody."""
NOT_FOR_PEOPLE = {*SMALL_TALK, PERSON_ENTRY, ROBOT_ENTRY}
"""A person greets in their own words, fetches nobody, and is no robot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One answer to edit and send. `missing` names the variables that nobody has filled yet."""

    entry: str
    title: str
    confidence: float
    texts: tuple[str, ...]
    missing: tuple[str, ...] = ()


async def suggest_answers(
    *,
    database: Database,
    knowledge: KnowledgeBase,
    calendar: ShopCalendar,
    clock: Clock,
    who: Staff,
    conversation_id: int,
) -> tuple[Suggestion, ...]:
    """Up to three, the likeliest first; none where the buyer has asked nothing that the manual knows."""
    found = await database.read(last_words.read, conversation_id)
    if found is None or not who.may_in("see", found.conversation.channel) or not found.unread:
        return ()
    shop = shop_at(calendar, clock.now())
    return await asyncio.to_thread(_think, found, shop, knowledge)


def _think(found: Claimed, shop: ShopNow, knowledge: KnowledgeBase) -> tuple[Suggestion, ...]:
    heard = [heard_of(row) for row in found.unread]
    conversation = _as_if_new(found.conversation, shop)
    decision = decide(heard=heard, conversation=conversation, shop=shop, knowledge=knowledge)
    return tuple(islice(_several(decision, conversation, shop, knowledge), MOST))


def _as_if_new(conversation: Conversation, shop: ShopNow) -> Conversation:
    """As the bot would see it if it led: what it remembers of the buyer, and no pending question of its own."""
    today = shop.local_time.date().isoformat()
    memory = dataclasses.replace(
        conversation.memory, welcomed_on=today, last_said=(), choice=(), misses=0, recent=(), away_told=None
    )
    return dataclasses.replace(
        conversation, mode="bot", blocked_at=None, waiting_since=None, open_invite=None, memory=memory
    )


def _several(
    decision: Decision, conversation: Conversation, shop: ShopNow, knowledge: KnowledgeBase
) -> Iterator[Suggestion]:
    """What it would say, and then what its other candidates say."""
    told: set[str] = set()
    act, said = decision.act, tuple(bubble.text for bubble in decision.bubbles if bubble.kind == "answer")
    if isinstance(act, Answer | Suggest) and said and act.entry not in NOT_FOR_PEOPLE:
        told.add(act.entry)
        yield Suggestion(entry=act.entry, title=knowledge.title(act.entry), confidence=act.confidence, texts=said)
    candidates = [*decision.why.candidates, *(each for part in decision.why.parts for each in part.candidates)]
    for candidate in sorted(candidates, key=lambda each: -each.confidence):
        entry = candidate.entry
        if entry in told or entry in NOT_FOR_PEOPLE or candidate.confidence < LEAST_CONFIDENCE:
            continue
        told.add(entry)
        chosen = knowledge.answer(entry, circumstances_around(decision.memory, shop, conversation.channel))
        if chosen.bubbles:
            yield Suggestion(
                entry=entry,
                title=knowledge.title(entry),
                confidence=candidate.confidence,
                texts=chosen.bubbles,
                missing=chosen.missing,
            )
