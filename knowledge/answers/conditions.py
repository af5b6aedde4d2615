"""Whether the conditions of an answer hold, and in words what they are and why they do not."""

from __future__ import annotations

from functools import lru_cache, reduce
from typing import TYPE_CHECKING, get_args

from knowledge.answers.delivery_dates import arrival, day_state, waits_for_region
from knowledge.answers.facts import clock_states, reached, region_group
from knowledge.entities.dates import TODAY
from knowledge.entities.names import names_in
from knowledge.language.normalisation import fold
from knowledge.manual.entry import ANY, ARRIVALS, CLOCK_STATES, DAY_STATES, ORDER_STATUSES, REACHES, RegionGroup
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from knowledge.manual.entry import Arrival, Circumstances, DayState, Manual, When
    from knowledge.reasons.reason import Reason, Value

_CODES = frozenset(
    (
        *(f"order_{each}" for each in ORDER_STATUSES),
        *(f"time_{each}" for each in CLOCK_STATES),
        *(f"day_{each}" for each in DAY_STATES),
        *(f"arrival_{each}" for each in ARRIVALS),
        *(f"reach_{each}" for each in REACHES),
        *get_args(RegionGroup),
    )
)


@lru_cache(maxsize=4096)  # the same few hundred conditions, looked at for every answer
def conditions_of(when: When) -> Reason:
    """The conditions of an answer as staff read them; the code `default` when it has none."""
    conditions = tuple(_conditions(when))
    return reduce(lambda one, other: because("together", one=one, other=other), conditions or (because("default"),))


def failures(when: When, manual: Manual, circumstances: Circumstances) -> tuple[Reason, ...]:
    """What speaks against an answer here, but for what is not known, in the order of precedence."""
    return (*_of_precedence(when, circumstances), *_of_attributes(when, manual, circumstances))


def _of_precedence(when: When, circumstances: Circumstances) -> Iterable[Reason]:
    if not _words_hold(when, circumstances):
        yield because("other_words")
    if not _dates_hold(when, circumstances.local_time.date()):
        yield because("not_on_these_dates")
    if not _holds(when.order_status, circumstances.order_status):
        yield _status_now(circumstances.order_status)
    if not _product_holds(when, circumstances.product_id):
        yield _product_now(circumstances.product_id)


def _of_attributes(when: When, manual: Manual, circumstances: Circumstances) -> Iterable[Reason]:
    if not _mentions_hold(when, manual, circumstances):
        yield because("not_mentioned")
    if not _region_holds(when, manual, circumstances):
        yield _region_now(circumstances.region)
    if when.clock and not when.clock & clock_states(manual, circumstances):
        yield because("not_at_this_time")
    if not _holds(when.channels, circumstances.channel):
        yield because("another_channel")
    yield from _against_the_days(when, manual, circumstances)
    if when.reaches and not when.reaches & reached(manual, circumstances):
        yield _named_now(circumstances)
    if circumstances.times_asked < when.asked_at_least:
        yield because("asked_so_far", times=circumstances.times_asked)


def has_dates(when: When) -> bool:
    """Whether an answer holds on certain days only."""
    return when.first_day is not None or when.last_day is not None


# Whether they hold


def _holds(wanted: frozenset[str], value: str | None) -> bool:
    return not wanted or value in wanted


def _words_hold(when: When, circumstances: Circumstances) -> bool:
    return not when.words or fold(circumstances.text) in {fold(words) for words in when.words}


def _mentions_hold(when: When, manual: Manual, circumstances: Circumstances) -> bool:
    """Whether the question, or what was told before it, holds one of the words, where there are any."""
    told = (circumstances.text, circumstances.told)
    return not when.mentions or any(mentioned(when, manual, said) for said in told if said)


def mentioned(when: When, manual: Manual, text: str) -> bool:
    """Whether a text holds one of the words, other than in the name of a product: 保温杯 asks nothing of 保温."""
    said = fold(text)
    words = [word for word in _folded(when.mentions) if word in said]
    if not words:
        return False
    name = names_in(said, products=manual.products).product
    return not name or any(word in said.replace(name, " ") for word in words)


@lru_cache(maxsize=4096)
def _folded(mentions: frozenset[str]) -> tuple[str, ...]:
    return tuple(map(fold, mentions))


def _dates_hold(when: When, today: date) -> bool:
    return (when.first_day is None or when.first_day <= today) and (when.last_day is None or today <= when.last_day)


def _product_holds(when: When, product_id: str | None) -> bool:
    return _holds(when.products, product_id) or (product_id is not None and ANY in when.products)


def _region_holds(when: When, manual: Manual, circumstances: Circumstances) -> bool:
    return _holds(when.regions, circumstances.region) or region_group(manual, circumstances) in when.regions


def _against_the_days(when: When, manual: Manual, circumstances: Circumstances) -> Iterable[Reason]:
    """Nothing speaks against a day of arrival while all that is missing is where the buyer lives."""
    if when.day and (state := day_state(manual, circumstances)) not in when.day:
        yield _day_now(circumstances, state)
    if when.arrives and not lacks_region(when, manual, circumstances):
        arrives = arrival(manual, circumstances)
        if arrives not in when.arrives:
            yield _arrival_now(circumstances, arrives)


def lacks_region(when: When, manual: Manual, circumstances: Circumstances) -> bool:
    """Whether an answer that depends on the day of arrival only lacks the region."""
    is_due = circumstances.named_days is not None and circumstances.named_days.due is not None
    return bool(when.arrives) and is_due and waits_for_region(manual, circumstances)


# What they are


def _conditions(when: When) -> Iterable[Reason]:
    if when.words:
        yield because("exact_words_are", words=_either(f"“{words}”" for words in when.words))
    if has_dates(when):
        yield because("dates_are", first=_day_or_any(when.first_day), last=_day_or_any(when.last_day))
    if when.order_status:
        yield because("order_is", status=_either(f"order_{status}" for status in when.order_status))
    if when.products:
        is_any = ANY in when.products
        yield because("product_is_known") if is_any else because("product_is", products=_either(when.products))
    if when.mentions:
        yield because("mentions", words=_either(f"“{word}”" for word in when.mentions))
    if when.regions:
        yield because("region_is", regions=_either(when.regions))
    if when.clock:
        yield because("time_is", clock=_either(f"time_{state}" for state in when.clock))
    if when.channels:
        yield because("channel_is", channels=_either(when.channels))
    yield from _named_conditions(when)
    if when.asked_at_least > 1:
        yield because("asked_at_least", times=when.asked_at_least)


def _named_conditions(when: When) -> Iterable[Reason]:
    if when.day:
        yield because("day_is", state=_either(f"day_{state}" for state in when.day))
    if when.arrives:
        yield because("arrival_is", arrival=_either(f"arrival_{state}" for state in when.arrives))
    if when.reaches:
        yield because("reaches", amount=_either(f"reach_{reach}" for reach in when.reaches))
    if when.knows:
        yield because("knows", names=tuple(sorted(when.knows)))


def _either(options: Iterable[str]) -> Value:
    """Any of these: codes in words, and all else as it is called."""
    named: Iterable[Value] = (because(each) if each in _CODES else each for each in sorted(options))
    return reduce(lambda one, other: because("either", one=one, other=other), named)


def _day_or_any(day: date | None) -> Value:
    return because("any_day") if day is None else day.isoformat()


# Why they do not hold


def _status_now(status: str | None) -> Reason:
    if status is None:
        return because("order_unknown")
    return because("order_is", status=because(f"order_{status}") if status in ORDER_STATUSES else status)


def _product_now(product_id: str | None) -> Reason:
    return because("product_unknown" if product_id is None else "another_product")


def _region_now(region: str | None) -> Reason:
    return because("region_unknown") if region is None else because("region_is", regions=region)


def _day_now(circumstances: Circumstances, state: DayState | None) -> Reason:
    if circumstances.named_day is None or circumstances.named_day in TODAY:
        return because("no_other_day")
    return because(f"named_day_{state or 'unknown'}", day=circumstances.named_day)


def _arrival_now(circumstances: Circumstances, state: Arrival | None) -> Reason:
    if circumstances.named_day is None:
        return because("no_day_of_arrival")
    return because("named_arrival", day=circumstances.named_day, arrival=because(f"arrival_{state or 'unknown'}"))


def _named_now(circumstances: Circumstances) -> Reason:
    unnamed = circumstances.amount_yuan is None and circumstances.quantity is None
    return because("nothing_reached" if unnamed else "another_amount")
