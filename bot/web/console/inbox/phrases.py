"""Quick phrases at the desk: found by a few letters, and filled for the buyer whom they are said to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.contract import BadPayload
from adapters.fields import Fields, read_object
from bot.actions.phrases.fill_phrase import fill_phrase
from bot.web.console.inbox.answers import answer_json
from bot.web.console.inbox.shop import number_of
from bot.web.shared.doors import read_json_body
from bot.web.shared.http_outcomes import invalid
from bot.web.shared.numbers import number_in
from bot.web.shared.pages import PLAIN_GUARDS
from bot.web.shared.signed_in import staff_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from bot.web.console.inbox.shop import Shop

LONGEST_QUERY = 100
LONGEST_VALUE = 200


async def find(shop: Shop, request: web.Request) -> web.Response:
    """Those that fit what was typed, the best first; the most used for nothing typed."""
    who, query = staff_of(request), request.query.get("q", "")[:LONGEST_QUERY]
    found = await shop.phrases.find(query, who=who, groups=shop.groups_of(who))
    told = [{"id": each.id, "title": each.title, "bubbles": each.bubbles, "pictures": each.pictures} for each in found]
    return answer_json({"phrases": told})


async def fill(shop: Shop, request: web.Request) -> web.Response:
    """The phrase as it is said to this buyer, or the variables that nobody knows."""
    who, clicks = staff_of(request), shop.clicks
    try:
        values = _values(await read_json_body(request, PLAIN_GUARDS))
    except BadPayload as bad:
        return invalid(bad)
    filled = await fill_phrase(
        database=clicks.database,
        manual=shop.manual(),
        calendar=shop.calendar,
        clock=clicks.clock,
        channels=shop.channels,
        who=who,
        groups=shop.groups_of(who),
        conversation_id=number_of(request),
        phrase_id=number_in(request.match_info["phrase"]) or 0,
        values=values,
    )
    return answer_json({"outcome": "not", "reason": "no_such_phrase"} if filled is None else filled)


def _values(body: bytes) -> Mapping[str, str]:
    """What the person gave for the variables. Raises `BadPayload`."""
    given = Fields(read_object(body), []).raw("values")
    if not isinstance(given, dict):
        return {}
    return {name: value[:LONGEST_VALUE] for name, value in given.items() if isinstance(value, str) and value.strip()}
