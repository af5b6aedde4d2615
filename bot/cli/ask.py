"""`xiaoer ask`: one question, as a buyer who has just come would ask it, and the whole account of the answer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
import orjson

from adapters.clean import clean_text
from adapters.contract import ORDER_STATUSES, Surroundings
from bot.actions.ask_bot import ask_bot
from bot.actions.decide_replies import shop_at
from bot.actions.read_manual import STARTER, read_manual
from bot.cli import examples
from bot.cli.columns import columns
from bot.cli.options import config_option, run, settings
from bot.clock import SystemClock
from bot.config import TRY_OUT_CHANNEL
from bot.domain.calendar import ShopCalendar
from bot.storage.packing import explain
from knowledge.base import KnowledgeBase
from knowledge.regions import region_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from adapters.contract import OrderStatus
    from knowledge.entry import Manual


def _moment(_context: click.Context, _option: click.Parameter, given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        return datetime.fromisoformat(given)
    except ValueError:
        raise click.BadParameter(f'"{given}" is no time; write it like 2026-11-22T22:30') from None


def _question(_context: click.Context, _argument: click.Parameter, given: str) -> str:
    text = clean_text(given)
    if not text.strip():
        raise click.BadParameter("nothing is asked; put the question in quotes")
    return text


@click.command(
    "ask",
    epilog=examples(
        'xiaoer ask "新疆包邮吗"',
        'xiaoer ask "什么时候发货" --at 2026-11-22T22:30 --order-status paid',
        'xiaoer ask "起球吗" --product sweater --json',
    ),
)
@click.argument("question", callback=_question)
@config_option
@click.option("--product", metavar="ID", help="The product the buyer looks at.")
@click.option("--order-status", type=click.Choice(ORDER_STATUSES), help="The state of the buyer's order.")
@click.option("--channel", metavar="NAME", default=TRY_OUT_CHANNEL, show_default=True, help="Where he asks.")
@click.option("--region", metavar="PLACE", help="Where he lives: a province or a large city, in Chinese.")
@click.option(
    "--at",
    metavar="TIME",
    callback=_moment,
    help="When he asks, like 2026-11-22T22:30; the shop's time unless an offset stands behind it [default: now].",
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole decision as JSON.")
def command(
    *,
    question: str,
    config_file: Path | None,
    product: str | None,
    order_status: OrderStatus | None,
    channel: str,
    region: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Ask the bot one question as a buyer who has just come, and read what it would do and why.

    The shop's own manual answers, or the starter manual while there is no database. Nothing is stored, sent or
    changed. The day's welcome is left out.
    """
    config = settings(config_file)
    published = run(read_manual(database_url=config.database.url))
    knowledge = KnowledgeBase.build(revision=published.revision, manual=published.manual)
    calendar = ShopCalendar(hours=config.hours, zone=config.shop.timezone)
    surroundings = Surroundings(
        product_id=_product(product, published.manual), order_status=order_status, region=_region(region)
    )
    shop = shop_at(calendar, _in_zone(at, config.shop.timezone))
    decision = ask_bot(question, knowledge=knowledge, shop=shop, channel=channel, surroundings=surroundings)
    told = explain(decision, knowledge.title)
    if as_json:
        click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    else:
        click.echo("\n".join(_readable(told, knowledge)))


def _in_zone(given: datetime | None, zone: ZoneInfo) -> datetime:
    if given is None:
        return SystemClock().now()
    return given.replace(tzinfo=zone) if given.tzinfo is None else given


def _product(given: str | None, manual: Manual) -> str | None:
    known = [product.id for product in manual.products]
    if given is not None and given not in known:
        _note(f"the manual has no product {given}, so none counts as known; there are: {', '.join(known)}")
    return given


def _region(given: str | None) -> str | None:
    found = None if given is None else region_in(given)
    if given is not None and found is None:
        _note(f"{given} is no province or city we know, so no region counts as known")
    return found


def _note(text: str) -> None:
    click.echo(f"Note: {text}", err=True)


def _readable(told: dict[str, Any], knowledge: KnowledgeBase) -> Iterator[str]:
    """The decision for people: what is done, what is said, and then the account of it."""
    why = told["why"]
    yield " · ".join(filter(None, [told["decision"], _entry(told["entry"], knowledge), _share(told["confidence"])]))
    yield from _section("Says", [line for text in told["texts"] for line in f"- {text}".split("\n")] or ["(nothing)"])
    yield from _section("Could be meant", _candidates(told["candidates"]))
    yield from _section("Rules, in order", _rules(why["rules"]))
    yield from _section("Wording", _wording(why["answer"]))
    yield from _section("Understood", _understood(why, knowledge))


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from (f"  {line}" for line in lines)


def _entry(entry_id: str | None, knowledge: KnowledgeBase) -> str:
    return "" if entry_id is None else f"{entry_id} {knowledge.title(entry_id)}"


def _share(confidence: float | None) -> str:
    return "" if confidence is None else f"{confidence:.2f}"


def _candidates(candidates: list[dict[str, Any]]) -> list[str]:
    if not candidates:
        return ["(nothing)"]
    kinds = list(candidates[0]["parts"])
    rows = [
        (
            _share(each["confidence"]),
            *(f"{each['parts'].get(kind, 0):.2f}" for kind in kinds),
            each["entry"],
            each["title"],
            each["example"],
        )
        for each in candidates
    ]
    return columns([("confidence", *kinds, "entry", "title", "closest example"), *rows])


def _rules(tried: list[dict[str, Any]]) -> list[str]:
    return columns([("→" if each["won"] else "·", each["rule"], each["reason"]) for each in tried])


def _wording(answer: dict[str, Any]) -> list[str]:
    if not answer["rule"]:
        return []
    return [f"→ {answer['rule']}", *(f"· {lost}" for lost in answer["lost"])]


def _understood(why: dict[str, Any], knowledge: KnowledgeBase) -> list[str]:
    named = "、".join(f"{name}={value}" for name, value in why["named"].items())
    manual = "the starter manual" if knowledge.revision == STARTER else f"revision {knowledge.revision} of the manual"
    return [
        f"{why['text']}  ({' / '.join(why['words'])})",
        *([named] if named else []),
        f"{why['local_time']}, {'open' if why['open'] else 'closed'}, {manual}",
    ]
