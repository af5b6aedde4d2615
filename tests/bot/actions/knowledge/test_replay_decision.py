from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.actions.knowledge.replay_decision import replay_decision
from bot.dialogue.acts import Answer
from bot.storage.packing import explain

if TYPE_CHECKING:
    from tests.shop import Shop


async def test_a_decision_that_does_not_exist_cannot_be_made_again(shop: Shop) -> None:
    with pytest.raises(LookupError, match="no decision 7"):
        await replay_decision(7, database=shop.bot.database)


@pytest.mark.parametrize("refined", [False, True])
async def test_a_decision_is_made_again_with_the_matcher_of_then(shop: Shop, *, refined: bool) -> None:
    if refined:
        await shop.bot.in_use.refine()
    await shop.buyer_says("什么时候发货")
    stored, again, knowledge = await replay_decision(1, database=shop.bot.database)
    assert isinstance(again.act, Answer)
    assert knowledge.is_refined is refined
    assert knowledge.revision == 1
    assert explain(again, knowledge.title)["texts"] == shop.buyer_heard
    assert b"dispatch" in stored
