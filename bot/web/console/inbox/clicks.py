"""What people do at the desk, as it comes from their browser: one address for each verb, and an answer in JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from adapters.contract import BadPayload
from adapters.fields import Fields, read_object
from bot.actions.beside.correct_decision import correct_decision
from bot.actions.beside.look_on import look_on
from bot.actions.beside.mark_advert import mark_advert
from bot.actions.beside.merge_buyers import merge_buyers, split_buyers
from bot.actions.beside.propose_answer import propose_answer
from bot.actions.beside.save_draft import save_draft
from bot.actions.beside.tag_buyer import tag_buyer
from bot.actions.beside.write_note import write_note
from bot.actions.desk.answer_buyer import answer_buyer
from bot.actions.desk.block import block
from bot.actions.desk.close_conversation import close_conversation
from bot.actions.desk.hand_back import hand_back
from bot.actions.desk.invite_buyer import invite_buyer
from bot.actions.desk.send_again import send_again
from bot.actions.desk.snooze import snooze
from bot.actions.desk.take_over import take_over
from bot.actions.desk.transfer import transfer
from bot.actions.desk.undo_answer import undo_answer
from bot.domain.desk.cards import cards_of
from bot.domain.desk.conversations import LONGEST_KEY, MOST_BUBBLES, Click, Done, NotPossible, Seen, SomebodyWasFaster
from bot.errors import StorageDown
from bot.storage.desk.replies import Said
from bot.storage.desk.same_buyer import MOST
from bot.web.console.inbox.answers import answer_json
from bot.web.console.inbox.shop import number_of
from bot.web.shared.doors import read_json_body
from bot.web.shared.http_outcomes import RETRY_AFTER_SECONDS, invalid, try_later
from bot.web.shared.pages import PLAIN_GUARDS
from bot.web.shared.signed_in import staff_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from adapters.contract import Problem
    from bot.actions.beside.look_on import How
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Answered
    from bot.web.console.inbox.shop import Shop

LARGEST_VERSION = 2**53
MOST_TAGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One click with what came along: who, upon what, and the fields of its verb."""

    shop: Shop
    who: Staff
    click: Click
    given: Fields


async def do(shop: Shop, request: web.Request) -> web.Response:
    """Carry out a click, and say what came of it."""
    verb = VERBS.get(request.match_info["verb"])
    if verb is None:
        raise web.HTTPNotFound(text="there is no such verb", headers=PLAIN_GUARDS)
    try:
        given, problems = await _fields(request)
        click = Click(
            conversation_id=number_of(request),
            seen_version=given.number("seen_version", at_most=LARGEST_VERSION, strict=True) or 0,
            key=given.id("key", limit_characters=LONGEST_KEY),
            beside=_seen(given),
        )
        asked = Asked(shop=shop, who=staff_of(request), click=click, given=given)
        return invalid(BadPayload(tuple(problems))) if problems else answer_json(_told(await verb(asked)))
    except BadPayload as bad:
        return invalid(bad)
    except StorageDown:
        return try_later("the shop's database does not answer", RETRY_AFTER_SECONDS)


def _seen(given: Fields) -> tuple[Seen, ...]:
    """The same buyer's conversations that were shown beside it."""
    return tuple(
        Seen(
            conversation_id=each.number("conversation_id") or 0,
            version=each.number("seen_version", at_most=LARGEST_VERSION, strict=True) or 0,
        )
        for each in given.inner_each("beside")[:MOST]
    )


async def keep_draft(shop: Shop, request: web.Request) -> web.Response:
    """Keep what a person has typed so far."""
    return await _beside(shop, request, _keep_draft)


async def tell_typing(shop: Shop, request: web.Request) -> web.Response:
    """A person is writing an answer, or has stopped."""
    return await _beside(shop, request, _tell_typing)


async def _beside(
    shop: Shop, request: web.Request, do_it: Callable[[Shop, Staff, int, Fields], Awaitable[None]]
) -> web.Response:
    try:
        given, _ = await _fields(request)
        await do_it(shop, staff_of(request), number_of(request), given)
    except BadPayload as bad:
        return invalid(bad)
    except StorageDown:
        return try_later("the shop's database does not answer", RETRY_AFTER_SECONDS)
    return answer_json({"outcome": "done"})


async def _keep_draft(shop: Shop, who: Staff, conversation: int, given: Fields) -> None:
    clicks, text = shop.clicks, given.optional_text("text")
    await save_draft(database=clicks.database, clock=clicks.clock, who=who, conversation_id=conversation, text=text)


async def _tell_typing(shop: Shop, who: Staff, conversation: int, given: Fields) -> None:
    clicks = shop.clicks
    how: How = "types" if given.flag("types") else "looks"
    await look_on(
        database=clicks.database, live=clicks.live, clock=clicks.clock, who=who, conversation_id=conversation, how=how
    )


async def _fields(request: web.Request) -> tuple[Fields, list[Problem]]:
    """The fields of the body, and the list that what is wrong with them goes into. Raises `BadPayload`."""
    problems: list[Problem] = []
    return Fields(read_object(await read_json_body(request, PLAIN_GUARDS)), problems, left_out=[]), problems


def _told(answered: Answered) -> Mapping[str, object]:
    match answered:
        case Done():
            return {"outcome": "done", **asdict(answered)}
        case SomebodyWasFaster(by=by, what=what, version=version):
            return {"outcome": "faster", "by": by, "what": what, "version": version}
        case NotPossible(reason=reason):
            return {"outcome": "not", "reason": reason}


# The verbs


async def _answer(asked: Asked) -> Answered:
    given = asked.given
    titles = {product.id: product.title for product in asked.shop.manual().products}
    cards = cards_of(given.lines("cards", at_most=MOST_BUBBLES), titles)
    if cards is None:
        return NotPossible(reason="no_such_card")
    said = Said(
        texts=_texts(given),
        pictures=given.lines("pictures", at_most=MOST_BUBBLES),
        cards=cards,
        entry=given.optional_id("entry"),
        assisted=given.flag("assisted"),
        edited=given.flag("edited"),
    )
    shop = asked.shop
    return await answer_buyer(
        clicks=shop.clicks,
        who=asked.who,
        click=asked.click,
        said=said,
        channels=shop.channels,
        undo_seconds=shop.undo_seconds,
    )


def _texts(given: Fields) -> tuple[str, ...]:
    texts = given.raw("texts")
    return tuple(each for each in texts if isinstance(each, str)) if isinstance(texts, list) else ()


async def _undo(asked: Asked) -> Answered:
    key = asked.given.line("answer_key", limit_characters=LONGEST_KEY)
    return await undo_answer(clicks=asked.shop.clicks, who=asked.who, click=asked.click, answer_key=key)


async def _send_again(asked: Asked) -> Answered:
    bubble = asked.given.line("bubble")
    shop = asked.shop
    return await send_again(clicks=shop.clicks, who=asked.who, click=asked.click, bubble=bubble, channels=shop.channels)


async def _take_over(asked: Asked) -> Answered:
    return await take_over(clicks=asked.shop.clicks, who=asked.who, click=asked.click)


async def _hand_back(asked: Asked) -> Answered:
    shop = asked.shop
    return await hand_back(clicks=shop.clicks, who=asked.who, click=asked.click, desk=shop.standing())


async def _transfer(asked: Asked) -> Answered:
    given = asked.given
    return await transfer(
        clicks=asked.shop.clicks,
        who=asked.who,
        click=asked.click,
        groups=asked.shop.groups(),
        reason=given.optional_text("reason"),
        to_person=given.number("staff_id"),
        to_group=given.number("group_id"),
    )


async def _note(asked: Asked) -> Answered:
    text = asked.given.optional_text("text")
    return await write_note(clicks=asked.shop.clicks, who=asked.who, click=asked.click, text=text)


async def _invite(asked: Asked) -> Answered:
    shop = asked.shop
    knowledge = shop.knowledge()
    if knowledge is None:
        raise StorageDown("the manual is not in memory yet")
    return await invite_buyer(
        clicks=shop.clicks,
        who=asked.who,
        click=asked.click,
        knowledge=knowledge,
        channels=shop.channels,
        zone=shop.calendar.zone,
    )


async def _close(asked: Asked) -> Answered:
    shop, confirmed = asked.shop, asked.given.flag("even_unanswered")
    return await close_conversation(
        clicks=shop.clicks, who=asked.who, click=asked.click, confirmed=confirmed, invite_delay=shop.invite_delay
    )


async def _snooze(asked: Asked) -> Answered:
    until = asked.given.moment("until")
    return await snooze(clicks=asked.shop.clicks, who=asked.who, click=asked.click, until=until)


async def _block(asked: Asked) -> Answered:
    return await block(clicks=asked.shop.clicks, who=asked.who, click=asked.click)


async def _unblock(asked: Asked) -> Answered:
    return await block(clicks=asked.shop.clicks, who=asked.who, click=asked.click, lift=True)


async def _mark_advert(asked: Asked) -> Answered:
    return await mark_advert(clicks=asked.shop.clicks, who=asked.who, click=asked.click, advert=True)


async def _tag(asked: Asked) -> Answered:
    add, remove = (asked.given.lines(name, at_most=MOST_TAGS) for name in ("add", "remove"))
    return await tag_buyer(clicks=asked.shop.clicks, who=asked.who, click=asked.click, add=add, remove=remove)


async def _propose(asked: Asked) -> Answered:
    given, shop = asked.given, asked.shop
    return await propose_answer(
        clicks=shop.clicks,
        who=asked.who,
        click=asked.click,
        manual=shop.manual(),
        question=given.optional_text("question"),
        answer=given.optional_text("answer"),
        entry=given.optional_id("entry"),
    )


async def _correct(asked: Asked) -> Answered:
    given, shop = asked.given, asked.shop
    return await correct_decision(
        clicks=shop.clicks,
        who=asked.who,
        click=asked.click,
        manual=shop.manual(),
        decision_id=given.number("decision") or 0,
        entry=given.id("entry"),
    )


async def _merge(asked: Asked) -> Answered:
    other = asked.given.number("with") or 0
    return await merge_buyers(clicks=asked.shop.clicks, who=asked.who, click=asked.click, other_id=other)


async def _split(asked: Asked) -> Answered:
    other = asked.given.number("with") or 0
    return await split_buyers(clicks=asked.shop.clicks, who=asked.who, click=asked.click, other_id=other)


VERBS: Mapping[str, Callable[[Asked], Awaitable[Answered]]] = {
    "answer": _answer,
    "undo": _undo,
    "send_again": _send_again,
    "take_over": _take_over,
    "hand_back": _hand_back,
    "transfer": _transfer,
    "note": _note,
    "invite": _invite,
    "close": _close,
    "snooze": _snooze,
    "block": _block,
    "unblock": _unblock,
    "mark_advert": _mark_advert,
    "tag": _tag,
    "propose": _propose,
    "correct": _correct,
    "merge": _merge,
    "split": _split,
}
