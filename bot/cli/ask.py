"""`xiaoer ask`: one question, as a buyer who has just come would ask it, and the whole account of the answer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
import orjson

from adapters.clean import clean_text
from adapters.contract import ORDER_STATUSES, Surroundings
from bot.actions.knowledge.read_manual import STARTER, read_manual
from bot.cli import examples
from bot.cli.shared.asking import asking
from bot.cli.shared.options import config_option, reader_language, run, settings
from bot.cli.shared.terminal_columns import columns
from bot.clock import SystemClock
from bot.config import TRY_OUT_CHANNEL
from bot.dialogue.reasons import in_words
from bot.storage.packing import explain
from knowledge.entities.regions import region_in
from knowledge.reasons.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from adapters.contract import OrderStatus
    from knowledge.base import KnowledgeBase
    from knowledge.manual.entry import Manual


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
        'xiaoer ask "包邮吗 几天能到" --quick',
    ),
)
@click.argument("question", callback=_question)
@config_option
@click.option("--product", metavar="ID", help="The product the buyer looks at.")
@click.option("--order-status", type=click.Choice(ORDER_STATUSES), help="The state of the buyer's order.")
@click.option(
    "--channel",
    metavar="NAME",
    default=TRY_OUT_CHANNEL,
    show_default=True,
    help="Where the buyer asks: a channel of the settings or of the console.",
)
@click.option("--region", metavar="PLACE", help="Where the buyer lives: a province or a large city, in Chinese.")
@click.option(
    "--at",
    metavar="TIME",
    callback=_moment,
    help="When the buyer asks, like 2026-11-22T22:30, in the shop's time unless an offset follows [default: now].",
)
@click.option("--quick", is_flag=True, help="Ask the quick matcher, as a server does until the refined one is fitted.")
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
    quick: bool,
    as_json: bool,
) -> None:
    """Ask the bot one question as a buyer who has just come would, and read what it would do and why.

    The shop's own manual answers, or the starter manual while there is no database. Nothing is stored, sent or
    changed. The day's welcome is left out.

    The answer comes from the matcher that buyers get: the refined one once a server has fitted it to this content of
    the manual, else the quick one.
    """
    config = settings(config_file)
    published = run(read_manual(database_url=config.database.url, shop_name=config.shop.own_name))
    knowledge = published.knowledge(quick_matcher=quick)
    if not quick and not knowledge.is_refined:
        _note("the quick matcher answers: the refined one is fitted by a running server, once for this manual")
    surroundings = Surroundings(
        product_id=_product(product, published.manual), order_status=order_status, region=_region(region)
    )
    moment = _in_zone(at, config.shop.timezone)
    decide = asking(config, knowledge=knowledge, channel=channel, at=moment, surroundings=surroundings)
    decision = decide(question)
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
    yield _done(told, knowledge)
    yield from _section("Says", [line for text in told["texts"] for line in f"- {text}".split("\n")] or ["(nothing)"])
    for number, part in enumerate(why["parts"], 1):
        yield ""
        yield f"Question {number}: {_done(part, knowledge)}"
        yield from _account(part, part["candidates"])
    if not why["parts"]:
        yield from _account(why, told["candidates"])
    elif why["rules"] not in [part["rules"] for part in why["parts"]]:
        yield from _section("Rules, put together", _rules([each for each in why["rules"] if each["won"]]))
    yield from _section("Asked", [_circumstances(why, knowledge)])


def _done(told: dict[str, Any], knowledge: KnowledgeBase) -> str:
    entries = " + ".join(_entry(each, knowledge) for each in (told["entry"], *told.get("also", ())) if each)
    return " · ".join(filter(None, [told["decision"], entries, _share(told["confidence"])]))


def _account(account: dict[str, Any], candidates: list[dict[str, Any]]) -> Iterator[str]:
    yield from _section("Understood", _understood(account))
    yield from _section("Could be meant", _candidates(candidates))
    yield from _section("Rules, in order", _rules(account["rules"]))
    yield from _section("Wording", _wording(account["answer"]))


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from (f"  {line}" for line in lines)


def _entry(entry_id: str, knowledge: KnowledgeBase) -> str:
    return f"{entry_id} {knowledge.title(entry_id)}"


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
            f"{each['score']:.2f}",
            each["entry"],
            each["title"],
            each["example"],
        )
        for each in candidates
    ]
    return [
        *columns([("confidence", *kinds, "sum", "entry", "title", "closest example"), *rows]),
        "What each kind of likeness adds makes the sum; confidence goes by that, and how far it is ahead of the next.",
    ]


def _rules(tried: list[dict[str, Any]]) -> list[str]:
    return columns(
        [("→" if each["won"] else "·", each["stage"], each["rule"], _said(each["reason"])) for each in tried]
    )


def _said(reason: dict[str, Any]) -> str:
    return in_words(Reason.from_plain(reason), reader_language())


def _wording(answer: dict[str, Any]) -> list[str]:
    if not answer["rule"]:
        return []
    return [f"→ {_said(answer['rule'])}", *(f"· {_said(lost)}" for lost in answer["lost"])]


def _understood(account: dict[str, Any]) -> list[str]:
    known = [
        f"{what}: {'、'.join(f'{name}={value}' for name, value in account[what].items())}"
        for what in ("named", "remembered")
        if account[what]
    ]
    return [f"{account['text']}  ({' / '.join(account['words'])})", *known]


def _circumstances(why: dict[str, Any], knowledge: KnowledgeBase) -> str:
    manual = "the starter manual" if knowledge.revision == STARTER else f"revision {knowledge.revision} of the manual"
    matcher = "refined" if why["matcher"] == "refined" else "quick"
    return f"{why['local_time']}, {'open' if why['open'] else 'closed'}, {manual}, the {matcher} matcher"
