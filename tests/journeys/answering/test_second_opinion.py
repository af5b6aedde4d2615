"""A model of meaning helps where the wording leaves the bot in doubt; without it everything goes on as before."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Self

import orjson
import pytest

from bot.actions.knowledge.replay_decision import replay_decision
from bot.config import Config, Semantic
from bot.embeddings_server import RESTS_SECONDS
from bot.storage.packing import pack_why
from tests.databases import on_sqlite
from tests.fakes import FakePlatform
from tests.model import FakeModel
from tests.shop import Settings, Shop, accepted
from tests.small_manual import MORE_NONSENSE, NONSENSE, small_manual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.fakes import FakeClock

pytestmark = on_sqlite

KNOWS = {NONSENSE: "什么时候发货", MORE_NONSENSE: "怎么退货"}
AWAY, BACK = "embeddings server is away; answers go on without it", "embeddings server is back"


class Advised(Shop):
    """A shop that has connected a model."""

    model: FakeModel

    @property
    def config(self) -> Config:
        return super().config.model_copy(update={"semantic": Semantic.model_validate(self.model.settings)})

    async def learns(self) -> Self:
        """Let the examples be turned into vectors, as happens in the background by itself."""
        await self.bot.jobs["meanings"].work()
        return self

    async def whys(self) -> list[dict[str, Any]]:
        rows = await self.rows("SELECT body FROM decision ORDER BY id")
        return [orjson.loads(row.body) for row in rows]


@pytest.fixture
async def advised(database_url: str, clock: FakeClock) -> AsyncIterator[Advised]:
    async with FakeModel(KNOWS) as model, FakePlatform(clock=clock) as platform:
        shop = Advised(url=database_url, clock=clock, platform=platform, settings=Settings.make())
        shop.model = model
        async with shop:
            yield await shop.learns()


def asked_for_buyers(shop: Advised) -> list[str]:
    """The texts that the model was asked for, but for the examples."""
    examples = {question for entry in shop.bot.in_use.base.manual.entries for question in entry.questions}
    return [text for texts in shop.model.asked for text in texts if text not in examples]


async def test_what_the_wording_does_not_tell_the_model_may(advised: Advised) -> None:
    await advised.buyer_says(NONSENSE)
    (told,) = await advised.whys()
    assert told["decision"] == "clarify"
    best = told["candidates"][0]
    assert (best["entry"], best["example"]) == ("dispatch", "什么时候发货")
    assert best["parts"] == {"semantic": pytest.approx(best["confidence"], abs=1e-4)}
    assert any("什么时候发货" in text for text in advised.buyer_heard)
    assert await advised.buyer_says("1") == ["下单后48小时内发货。"]


async def test_the_model_is_asked_only_in_doubt_and_once_for_the_same_words(advised: Advised) -> None:
    for words in ("什么时候发货", "人工", "新疆包邮吗", "天王盖地虎"):
        await advised.buyer_says(words)
    assert asked_for_buyers(advised) == []
    for buyer in ("小李", "小张"):
        await advised.buyer_says(NONSENSE, buyer)
    assert asked_for_buyers(advised) == [NONSENSE]


async def test_while_a_person_is_awaited_the_model_alone_makes_the_bot_say_nothing(advised: Advised) -> None:
    await advised.buyer_says("人工")
    [seen] = await advised.buyer_says(NONSENSE)
    assert "同事也会看到" in seen
    assert await advised.buyer_says(NONSENSE) == []
    assert asked_for_buyers(advised) == [NONSENSE]


async def test_a_decision_with_the_model_can_be_made_again_without_it(advised: Advised) -> None:
    await advised.buyer_says(NONSENSE)
    await advised.buyer_says("什么时候发货")
    advised.model.status = 500
    for row in await advised.rows("SELECT id FROM decision ORDER BY id"):
        body, again, knowledge = await replay_decision(row.id, database=advised.bot.database)
        assert pack_why(again, knowledge.title) == body


async def test_a_sure_answer_waits_for_no_model(advised: Advised) -> None:
    advised.model.hangs = True
    accepted(await advised.delivers(NONSENSE, "小李"))
    await advised.model.hears(NONSENSE)
    accepted(await advised.delivers(MORE_NONSENSE, "小张"))
    accepted(await advised.delivers("什么时候发货", "小王"))
    advised.model.let_go()
    await advised.model.hears(MORE_NONSENSE)
    await advised.platform.until(lambda: "下单后48小时内发货。" in advised.heard("小王"))
    assert advised.heard("小张") == []
    advised.model.let_go()
    await advised.settles()
    assert await advised.outcomes("小张") == ["clarify"]


@pytest.mark.parametrize("trouble", ["slow", "wrong", "refusing"])
async def test_without_the_model_the_wording_decides_and_its_going_and_coming_are_told_once(
    advised: Advised, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    model = advised.model
    model.hangs, model.body, model.status = trouble == "slow", b"{}" if trouble == "wrong" else None, 200
    model.status = 500 if trouble == "refusing" else 200
    for number in range(3):
        await advised.buyer_says(NONSENSE, f"buyer-{number}")
        assert await advised.outcomes(f"buyer-{number}") == ["hand_over"]
    assert asked_for_buyers(advised) == [NONSENSE]
    model.hangs, model.body, model.status = False, None, 200
    advised.clock.advance(seconds=RESTS_SECONDS)
    await advised.buyer_says(NONSENSE, "小李")
    assert await advised.outcomes("小李") == ["clarify"]
    assert [each.message for each in caplog.records if each.name == "bot.embeddings_server"] == [AWAY, BACK]


async def test_a_new_manual_is_learned_in_the_background(advised: Advised) -> None:
    manual = small_manual()
    (await advised.learns()).model.asked.clear()
    fewer = dataclasses.replace(manual, entries=tuple(each for each in manual.entries if each.id != "dispatch"))
    await advised.publishes(fewer)
    await advised.buyer_says(NONSENSE, "小李")
    assert await advised.outcomes("小李") == ["hand_over"]
    assert advised.model.asked == []
    await advised.learns()
    await advised.buyer_says(MORE_NONSENSE, "小张")
    assert await advised.outcomes("小张") == ["clarify"]


async def test_examples_are_learned_when_the_model_comes_back(advised: Advised) -> None:
    advised.model.status = 500
    await advised.restarts()
    assert (await advised.learns()).bot.in_use.meanings is None
    advised.model.status = 200
    advised.clock.advance(seconds=RESTS_SECONDS)
    assert (await advised.learns()).bot.in_use.meanings is not None


async def test_a_shop_without_a_model_has_nothing_of_it(shop: Shop) -> None:
    assert "meanings" not in shop.bot.jobs
    await shop.buyer_says(NONSENSE)
    assert await shop.outcomes() == ["hand_over"]
