"""Pages with something on them fit a phone: nothing is pushed off the side, neither the page nor a table of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select, update

from bot.clock import SystemClock
from bot.domain.accounts.staff import Staff
from bot.domain.desk.phrases import Phrase
from bot.storage.answering import phrases
from bot.storage.knowledge import for_the_manual
from bot.storage.tables.messages import inbox, outbox, rating
from tests.browser.faults import grave_faults, off_the_side
from tests.browser.test_desk import comes_in

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from bot.app import Running
    from tests.browser.conftest import Open, SitDown
    from tests.real_bot import RealBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = {
    "ratings": ".ratings-list table",
    "failed": "table",
    "phrases": "table",
    "phrases/1": "form",
    "knowledge/drafts": "table",
    "knowledge/drafts/a1": "form",
    "settings/alerts": "h1",
    "settings/agreement": "h1",
    "settings/waits": "h1",
    "settings/new-window": "h1",
    "settings/new-webhook": "h1",
}
LONG = "我上周在你们家买了一个保温杯，当时页面写的是316不锈钢，收到以后看杯底刻的是304"
UNBROKEN = "https://shop.example/" + "a" * 120


async def _stock(running: Running) -> None:
    """Everything that these pages list, in words that hardly fit."""
    owner, now, database = Staff(id=1, name="店主", role="owner"), SystemClock().now(), running.database
    await database.write(_go_wrong)
    draft = partial(for_the_manual.propose, question=LONG, answer=UNBROKEN, entry=None, at=now)
    await database.write(draft, 1, who=owner)
    phrase = Phrase(id=0, scope="shop", owner_id=0, title=LONG[:20], bubbles=(LONG, UNBROKEN))
    await database.write(phrases.add, [phrase], at=now)


def _go_wrong(connection: Connection) -> None:
    """What the first buyer said cannot be decided, no bubble reaches them, and they are dissatisfied."""
    connection.execute(update(outbox).values(state="failed", text=LONG + UNBROKEN))
    connection.execute(update(inbox).where(inbox.c.id == 1).values(state="poison", problem=UNBROKEN))
    talk = connection.execute(select(inbox.c.conversation_id).where(inbox.c.id == 1)).scalar_one()
    told = {"episode": 1, "score": 1, "comment": LONG + UNBROKEN, "source": "stars", "rated_at": SystemClock().now()}
    connection.execute(insert(rating).values(conversation_id=talk, **told))


@pytest.mark.parametrize(("lang", "width"), [("zh", 1440), ("en", 390)])
async def test_nothing_is_off_the_side(
    open_page: Open, sit_down: SitDown, own_bot: RealBot, lang: str, width: int
) -> None:
    await comes_in(open_page, own_bot, "什么时候发货")
    await own_bot.inside(_stock)
    page = await sit_down(own_bot, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    for path, shown in PAGES.items():
        await page.goto(f"{own_bot.url}/console/{path}?lang={lang}")
        await page.locator("main").locator(shown).first.wait_for()
        assert await off_the_side(page) == [], path
        assert await grave_faults(page) == [], path
