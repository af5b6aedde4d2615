"""What the desk asks for beside its stream: older bubbles, further pages, colleagues, and the bot's reasons."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from bot.actions.beside.suggest_answers import suggest_answers
from bot.domain.desk import entries
from bot.domain.desk.conversations import Page
from bot.storage import decisions
from bot.storage.answering import places
from bot.storage.desk import colleagues, queue, talk
from bot.storage.search import finding
from bot.web.console.inbox.answers import answer_json
from bot.web.console.inbox.shop import number_of, view_of
from bot.web.shared.console import chosen_language
from bot.web.shared.numbers import number_in
from bot.web.shared.signed_in import staff_of

if TYPE_CHECKING:
    from bot.web.console.inbox.shop import Shop

LONGEST_PLACE = 200
LONGEST_CURSOR = 1_500
MOST_ENTRIES = 8


async def read_queue(shop: Shop, request: web.Request) -> web.Response:
    """A further page of a view."""
    view = view_of(request)
    after, now = request.query.get("after", "")[:LONGEST_PLACE], shop.clicks.clock.now()
    return answer_json(
        await shop.clicks.database.read(queue.read_page, shop.asking(request), view, now=now, after=after)
    )


async def read_found(shop: Shop, request: web.Request) -> web.Response:
    """Buyers and messages that hold the words."""
    query = request.query.get("q", "")[:LONGEST_PLACE]
    return answer_json(await shop.clicks.database.read(finding.find, query, who=staff_of(request)))


async def read_earlier(shop: Shop, request: web.Request) -> web.Response:
    """What came before the oldest bubble of a page."""
    before = request.query.get("before", "")[:LONGEST_CURSOR]
    page = await shop.clicks.database.read(talk.read_page, number_of(request), before, shop.looking(request))
    return answer_json(Page(bubbles=(), before="") if page is None else page)


async def read_colleagues(shop: Shop, request: web.Request) -> web.Response:
    """Whom a conversation can be passed on to."""
    place = await shop.clicks.database.read(places.place_of, number_of(request))
    people = await shop.clicks.database.read(colleagues.who_may_answer, place.channel) if place else []
    groups = [{"id": number, "name": name} for number, name in shop.groups().items()]
    return answer_json({"people": [{"id": each.id, "name": each.name} for each in people], "groups": groups})


async def read_callable(shop: Shop, request: web.Request) -> web.Response:
    """Whom a note can call there."""
    database = shop.clicks.database
    place = await database.read(places.place_of, number_of(request))
    everybody = await database.read(colleagues.everybody)
    able = [each.name for each in everybody if place and each.may_in("see", place.channel)]
    return answer_json({"names": [name for name in able if name != staff_of(request).name]})


async def read_entries(shop: Shop, request: web.Request) -> web.Response:
    """Where a question belongs: entries by what is typed, or with nothing typed those that the bot finds for it."""
    query, like = (request.query.get(name, "")[:LONGEST_PLACE] for name in ("q", "like"))
    knowledge = shop.knowledge()
    if knowledge is None:
        return answer_json({"entries": ()})
    if query.strip():
        found = await asyncio.to_thread(entries.found, knowledge.manual.entries, query, most=MOST_ENTRIES)
    else:
        candidates = (await asyncio.to_thread(knowledge.find, like)).candidates[:MOST_ENTRIES]
        found = [entry for each in candidates if (entry := knowledge.entry(each.entry)) is not None]
    return answer_json(
        {"entries": [{"id": each.id, "title": each.title, "asked": each.questions[0]} for each in found]}
    )


async def read_drafts(shop: Shop, request: web.Request) -> web.Response:
    """What the bot would say now, and what else the buyer may mean."""
    clicks, knowledge = shop.clicks, shop.knowledge()
    if knowledge is None:
        return answer_json({"drafts": ()})
    drafts = await suggest_answers(
        database=clicks.database,
        knowledge=knowledge,
        calendar=shop.calendar,
        clock=clicks.clock,
        who=staff_of(request),
        conversation_id=number_of(request),
    )
    return answer_json({"drafts": drafts})


async def read_why(shop: Shop, request: web.Request) -> web.Response:
    """Why the bot decided so, in the reader's language."""
    number = number_in(request.match_info["decision"]) or 0
    body = await shop.clicks.database.read(decisions.read_body, number_of(request), number)
    if body is None:
        return answer_json({"outcome": "not", "reason": "no_such_decision"})
    said = shop.wording.say(body, chosen_language(request))
    return web.Response(body=said, content_type="application/json", headers={"Cache-Control": "no-store"})
