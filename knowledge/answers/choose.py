"""Which of an entry's answers holds right now, and in words why that one and not another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from knowledge.answers.conditions import Named, named_by
from knowledge.answers.conditions.question.mentions import mentioned
from knowledge.answers.invented import examples_in
from knowledge.answers.templates import COMPUTED, filled, value_of, variables_in
from knowledge.reasons.reason import Reason, because

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from knowledge.manual.entry import Answer, Circumstances, Entry, Manual


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The answer that won. `number` is its place in the entry, from 1.

    `rule` says what made it win, `lost` the same of each of the others and why not. `missing` names the
    variables that nobody can fill: while it is not empty the bubbles still hold them as `{name}` and must not be sent.
    `asks` is what to ask the buyer, since a better answer holds once they have told. `examples` are the titles of
    invented addresses and prices in it, which no buyer may be told. `is_spoken_of`: the question itself
    speaks of what an answer that holds is for, by a word, a sum or a number; the state of an order may weigh more.
    """

    bubbles: tuple[str, ...]
    rule: Reason
    lost: tuple[Reason, ...]
    missing: tuple[str, ...]
    number: int = 1
    asks: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    is_spoken_of: bool = False


def answer(
    manual: Manual, entry: Entry, circumstances: Circumstances, known: Mapping[str, str] = MappingProxyType({})
) -> Chosen:
    """Choose among the entry's answers and fill the winner.

    Exact words > dates > order status > product > attributes (what is mentioned, region, clock, channel, day, arrival,
    reach, what is known) > nth time > default. More conditions of one rank win over fewer, then one that names the very
    product or province over one that names them all or their group, then one for what the question itself mentions over
    one for what was told before it, then the earlier in the entry.

    What the question mentions and nobody has set for its product is missing: no other attribute is told instead.
    `known` has what is worked out already of what stands for variables.
    """
    named = [named_by(each.when) for each in entry.answers]
    weighed = [_weigh(each, manual, circumstances) for each in named]
    spoken_of = [each.is_spoken_of(manual, circumstances.text) for each in named]
    best = max(range(len(weighed)), key=lambda place: (not weighed[place].fails, weighed[place].rank, -place))
    is_spoken_of = any(spoken and not found.fails for spoken, found in zip(spoken_of, weighed, strict=True))
    if not is_spoken_of and _is_of_the_product(entry.answers[best], circumstances):
        best = next(
            (place for place, found in enumerate(weighed) if spoken_of[place] and _lacks_attribute(found)), best
        )
    bubbles, missing = filled(manual, entry.answers[best].bubbles, known, circumstances)
    return Chosen(
        bubbles=bubbles,
        rule=named[best].said,
        lost=tuple(_lost(place + 1, each, weighed[place]) for place, each in enumerate(named) if place != best),
        missing=tuple(dict.fromkeys((*missing, *weighed[best].lacks))),
        number=best + 1,
        asks=_asks(manual, [each for each in weighed if each.rank > weighed[best].rank], circumstances),
        examples=examples_in(manual, entry.answers[best].bubbles, circumstances),
        is_spoken_of=is_spoken_of,
    )


def _lost(number: int, named: Named, found: _Weighed) -> Reason:
    failure = found.fails or because("lower_precedence")
    return because("lost", number=number, conditions=named.said, failure=failure)


def _is_of_the_product(answer: Answer, circumstances: Circumstances) -> bool:
    return circumstances.product_id is not None and bool(answer.when.products or variables_in(answer.bubbles))


def _lacks_attribute(found: _Weighed) -> bool:
    """Whether all that keeps an answer from holding is that nobody has set what it tells."""
    return bool(set(found.lacks) - COMPUTED.keys())


class _Weighed(NamedTuple):
    """An answer here; an empty rank where more speaks against it than that `lacks` are not known."""

    rank: tuple[int, ...]
    fails: Reason | None
    lacks: tuple[str, ...]


def _asks(manual: Manual, better: Iterable[_Weighed], circumstances: Circumstances) -> tuple[str, ...]:
    """The questions whose answers would let a better one hold; those of the first that can be asked for."""
    for each in better:
        asked = dict.fromkeys(
            question
            for name in each.lacks
            if name in COMPUTED
            for question in COMPUTED[name].asks(manual, circumstances)
        )
        if asked:
            return tuple(asked)
    return ()


def _weigh(named: Named, manual: Manual, circumstances: Circumstances) -> _Weighed:
    against = named.failures(manual, circumstances)
    needed = sorted(named.needed(manual, circumstances))
    lacks = tuple(name for name in needed if not value_of(manual, name, {}, circumstances))
    failures = (*against, *((because("not_known_yet", names=lacks),) if lacks else ()))
    fails = reduce(Reason.and_also, failures) if failures else None
    if against:
        return _Weighed((), fails, ())
    is_mentioned = mentioned(named.when, manual, circumstances.text)
    return _Weighed((*named.rank(circumstances), is_mentioned), fails, lacks)
