"""What is known around a question: of the shop, the buyer, and what was named for this question alone."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.dialogue.dates.days_meant import days_meant
from knowledge.manual.entry import Circumstances

if TYPE_CHECKING:
    from datetime import date

    from bot.dialogue.acts import ShopNow
    from bot.dialogue.question import Question
    from bot.dialogue.state import Memory
    from knowledge.manual.entry import NamedDays


_DAYS = ("day", "paid_on")

PASSING = (*_DAYS, "amount_yuan", "quantity")
"""What is named for one question and what belongs to it, and not remembered beyond."""


def carried(question: Question, asked: str = "") -> Question:
    """The question with the day, sum and number that the one before named, as it belongs to that one.

    `asked`: what it comes to in full, where its own words are only "那新疆呢" or "1".
    """
    memory = question.memory
    is_today = memory.passing_on == question.shop.local_time.date().isoformat()
    before = {name: said for name, said in memory.passing.items() if is_today or name not in _DAYS}
    return dataclasses.replace(question, folded=asked or question.folded, named={**before, **question.named})


def with_passing(memory: Memory, question: Question) -> Memory:
    passing = {name: question.named[name] for name in PASSING if name in question.named}
    today = question.shop.local_time.date().isoformat()
    return memory.knowing(passing=passing, passing_on=today if passing else None)


def circumstances_of(question: Question, entry_id: str, times: int) -> Circumstances:
    """What is known around a question as it is put to this entry; this is the time number `times`.

    What was told before it counts for an entry that has not answered it yet.
    """
    amount, pieces = (question.named.get(name) for name in ("amount_yuan", "quantity"))
    named_day, named_days, pays_on = _days(question)
    return Circumstances(
        local_time=question.shop.local_time,
        is_open=question.shop.is_open,
        is_working_day=question.shop.is_working_day,
        text=question.folded,
        told="" if question.memory.last_entry == entry_id else " ".join(question.memory.told),
        region=question.memory.region,
        order_status=question.memory.order_status,
        channel=question.conversation.channel,
        product_id=question.memory.product_id,
        times_asked=times,
        named_day=named_day,
        named_days=named_days,
        pays_on=pays_on,
        days_ahead=question.shop.days_ahead,
        amount_yuan=None if amount is None else Decimal(amount),
        quantity=None if pieces is None else int(pieces),
        height_cm=question.memory.height_cm,
        weight_kg=question.memory.weight_kg,
    )


def circumstances_around(memory: Memory, shop: ShopNow, channel: str) -> Circumstances:
    """What is known of a buyer and of the shop, whatever is asked: for a person who looks for words to say."""
    return Circumstances(
        local_time=shop.local_time,
        is_open=shop.is_open,
        is_working_day=shop.is_working_day,
        days_ahead=shop.days_ahead,
        channel=channel,
        region=memory.region,
        order_status=memory.order_status,
        product_id=memory.product_id,
        height_cm=memory.height_cm,
        weight_kg=memory.weight_kg,
    )


def _days(question: Question) -> tuple[str | None, NamedDays | None, date | None]:
    """The day asked about, in words and as dates, and the one on which the buyer pays.

    Where only the latter is named, that one is asked about, but for today, and nothing has to be there on it. One that
    is over, or no single known day, is given as yesterday, from which nothing is counted.
    """
    today, asked, paid = question.shop.local_time.date(), question.named.get("day"), question.named.get("paid_on")
    if paid is None:
        return asked, _dates(question, asked), None
    paying = _dates(question, paid)
    pays_on = paying.first if paying and paying.first == paying.last else today - timedelta(days=1)
    if asked is not None:
        return asked, _dates(question, asked), pays_on
    if paying is None or pays_on == today:
        return None, None, pays_on
    return paid, dataclasses.replace(paying, due=None), pays_on


def _dates(question: Question, said: str | None) -> NamedDays | None:
    shop = question.shop
    return None if said is None else days_meant(said, today=shop.local_time.date(), holidays=shop.holidays)
