"""The page of the desk: its frame and the facts that its script starts with. All else comes by the stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.dialogue.thresholds import SUGGEST_AT
from bot.domain.channels.channel import why_no_pictures
from bot.domain.desk.conversations import VIEWS
from bot.web.shared.signed_in import staff_of, visitor_of
from knowledge.matching.matcher import ANSWER_AT, CLARIFY_AT

if TYPE_CHECKING:
    from aiohttp import web

    from bot.web.console.inbox.shop import Shop


async def show(shop: Shop, request: web.Request) -> web.Response:
    """The desk, with the conversation open that the path names, if any."""
    staff, visitor = staff_of(request), visitor_of(request)
    named = request.match_info.get("conversation")
    may_answer = staff.may("answer")
    facts = {
        "proof": visitor.proof,
        "me": {"id": staff.id, "name": staff.name},
        "may_answer": may_answer,
        "may_see_why": staff.may("see_private"),
        "views": VIEWS,
        "no_pictures": {name: why_no_pictures(channel) or "" for name, channel in shop.channels.items()},
        "open": None if named is None else int(named),
        "products": {product.id: product.title for product in shop.manual().products},
    }
    return shop.console.page(
        request,
        "inbox/page.html",
        at="inbox",
        visitor=visitor,
        facts=facts,
        views=VIEWS,
        may_answer=may_answer,
        answer_at=ANSWER_AT,
        suggest_at=SUGGEST_AT,
        clarify_at=CLARIFY_AT,
    )
