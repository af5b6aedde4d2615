"""Make a stored decision again from what was stored with it: the proof that its why is the whole why."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.decide import decide
from bot.storage import decisions
from bot.storage.knowledge import fits, manuals
from bot.storage.packing import unpack_situation
from knowledge.answers.spoken_manual import spoken_manual
from knowledge.base import KnowledgeBase
from knowledge.fitting import shipped_fit
from knowledge.manual.files import from_json

if TYPE_CHECKING:
    from bot.dialogue.acts import Decision
    from bot.storage.engine.database import Database


async def replay_decision(decision_id: int, *, database: Database) -> tuple[bytes, Decision, KnowledgeBase]:
    """The stored account (JSON), the decision made anew, and the knowledge it was made on. Raises `LookupError`.

    The manual is the revision of then, with the matcher of then and what a model said then. That matcher is fitted
    anew, which takes its CPU, if its fit is no longer kept.
    """
    stored = await database.read(decisions.read_one, decision_id)
    if stored is None:
        raise LookupError(f"there is no decision {decision_id}")
    situation = unpack_situation(stored.situation)
    heard = [
        dataclasses.replace(
            message,
            said_by_others=situation.said_by_others.get(message.inbox_id, 0),
            own_hosts=situation.own_hosts,
            is_late=situation.is_late,
        )
        for message in await database.read(decisions.read_heard, situation.inbox_ids)
    ]
    manual = spoken_manual(from_json(await database.read(manuals.read, stored.revision)), situation.shop_name)
    knowledge = KnowledgeBase.build(revision=stored.revision, manual=manual)
    if situation.refined:
        fit = shipped_fit(knowledge.fit_key) or await database.read(fits.read, knowledge.fit_key)
        knowledge = knowledge.with_fit(fit or knowledge.fitted())
    knowledge = knowledge.with_meant(situation.meant)
    again = decide(heard=heard, conversation=situation.conversation, shop=situation.shop, knowledge=knowledge)
    return stored.body, again, knowledge
