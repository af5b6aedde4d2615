"""What a rule can rule: the acts, with the bubbles that go with them and what is remembered."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.config import TRY_OUT_CHANNEL
from bot.dialogue.acts import Answer, Away, Bubble, Clarify, HandOver, StayQuiet
from bot.dialogue.cues.own_words import speaks_of_all
from bot.dialogue.cues.questions import asks, only_tells
from bot.dialogue.cues.wishes import wants_something_done
from bot.dialogue.dates.days_meant import days_meant
from bot.dialogue.thresholds import SHOWS_AT, is_sure
from bot.dialogue.utterance import FAREWELL_ENTRY, PERSON_ENTRY, SMALL_TALK, Response, only_names
from knowledge.answers.conditions import depends_on
from knowledge.answers.facts import only_product_with_chart, price_yuan, product_of
from knowledge.answers.invented import has_invented_price
from knowledge.answers.templates import TOLD_BY_REGION, goes_by_product, takes_figures, tells_by_region
from knowledge.entities.bare_values import bare_value_in
from knowledge.entities.measurements import asks_what_fits
from knowledge.entities.regions import is_overseas, speaks_of_region
from knowledge.language.normalisation import fold
from knowledge.manual.entry import Circumstances
from knowledge.phrases.phrase import Phrase
from knowledge.reasons.reason import Reason, because
from knowledge.relevance.keywords import stands_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from adapters.contract import ReplyKind
    from bot.dialogue.state import Memory
    from bot.dialogue.utterance import Question
    from knowledge.answers.choose import Chosen
    from knowledge.manual.entry import Entry, NamedDays

_DAYS = ("day", "paid_on")
PASSING = (*_DAYS, "amount_yuan", "quantity")
"""What is named for one question and what belongs to it, and not remembered beyond."""
NAMED_CHARACTERS = 20
"""So much of a question is repeated to say that a person will answer it."""
_KINDS = "色码号"
_SENDS_THERE = Phrase("asking", "sends_there")
"""With the name of a place and nothing else it asks whether parcels go there at all."""


def carried(question: Question, asked: str = "") -> Question:
    """The question with the day, sum and number that the one before named, as it belongs to that one.

    `asked`: what it comes to in full, where its own words are only "那新疆呢" or "1".
    """
    memory = question.memory
    is_today = memory.passing_on == question.shop.local_time.date().isoformat()
    before = {name: said for name, said in memory.passing.items() if is_today or name not in _DAYS}
    return dataclasses.replace(question, folded=asked or question.folded, named={**before, **question.named})


def _with_passing(memory: Memory, question: Question) -> Memory:
    passing = {name: question.named[name] for name in PASSING if name in question.named}
    today = question.shop.local_time.date().isoformat()
    return memory.knowing(passing=passing, passing_on=today if passing else None)


def quiet(question: Question, reason: Reason) -> Response:
    return Response(act=StayQuiet(reason=reason), memory=question.memory, reason=reason)


def answer(question: Question, entry_id: str, *, confidence: float, reason: Reason) -> Response:
    """Say what the entry says here, or hand over when the manual itself asks for a person or lacks a fact."""
    entry = question.knowledge.entry(entry_id)
    if other := _another_thing(question, entry):
        question = dataclasses.replace(question, memory=dataclasses.replace(question.memory, product_id=None))
        reason = reason.and_also(because("of_another_thing", other=other))
    else:
        question = _about_the_only_one(question, entry, confidence)
    times = question.memory.asked.get(entry_id, 0) + 1
    chosen = question.knowledge.answer(entry_id, circumstances_of(_with_its_price(question, entry), entry_id, times))
    if entry is None or chosen.missing:
        return _lacking(question, entry_id, confidence, reason, chosen)
    if kept_back := _kept_back(question, entry, chosen, reason):
        return kept_back
    memory = question.memory
    asked_already = memory.wanted == entry_id
    names_it = asked_already and only_names(question.typed, question.names)
    if chosen.asks and (question.only_tells_figures or (names_it and set(chosen.bubbles) <= set(memory.last_said))):
        return _ask_for_the_rest(question, entry_id, confidence, chosen)
    memory = dataclasses.replace(
        memory,
        misses=0,
        choice=(),
        asked={**memory.asked, entry_id: times},
        wanted=entry_id if chosen.asks or (entry.needs_product and memory.product_id is None) else None,
        last_entry=memory.last_entry if entry_id in SMALL_TALK else entry_id,
        last_said=chosen.bubbles,
    )
    if entry_id not in SMALL_TALK:
        memory = _with_passing(memory, question)
    bubbles = tuple(
        Bubble(kind=_kind(entry_id), text=text, entry=entry_id, confidence=confidence) for text in chosen.bubbles
    )
    bubbles = _marked(bubbles, chosen)
    if not asked_already and not entry.hands_over:
        bubbles = (*bubbles, *(Bubble(kind="clarify", text=text) for text in chosen.asks))
    answered = dataclasses.replace(question, memory=memory)
    if entry.hands_over:
        why = reason.and_also(because("manual_hands_over", entry=entry_id))
        response = hand_over(answered, why, entry=entry_id, confidence=confidence)
        called = HandOver(reason=why, entry=entry_id, confidence=confidence)
        return dataclasses.replace(_after_its_answer(response, called, bubbles, question), chosen=chosen)
    act = Answer(entry=entry_id, confidence=confidence)
    response = Response(act=act, bubbles=bubbles, memory=memory, reason=reason, chosen=chosen)
    if set(chosen.bubbles) <= set(question.memory.last_said) and question.typed not in question.memory.recent:
        return _as_said(answered, entry_id, response, question.memory, was_asked=asked_already)
    return response


def _kept_back(question: Question, entry: Entry, chosen: Chosen, reason: Reason) -> Response | None:
    """A person for an answer that is silent on the matter, or that would tell a buyer an invented address or price."""
    if silent := _says_nothing_of(question, entry, chosen):
        return hand_over(
            question,
            reason.and_also(because("says_nothing_of", entry=entry.id, silent=silent)),
            asked_for=bool(question.matters),
        )
    if chosen.examples and question.conversation.channel != TRY_OUT_CHANNEL:
        needs = because("fact_invented", entry=entry.id, missing=", ".join(chosen.examples))
        return hand_over(question, needs, entry=entry.id)
    return None


def _marked(bubbles: tuple[Bubble, ...], chosen: Chosen) -> tuple[Bubble, ...]:
    """With a word on what of them is still an example, for who tries the bot out."""
    if not chosen.examples:
        return bubbles
    text = f"{bubbles[-1].text}（{'、'.join(chosen.examples)}是样例，上线前换成自己的）"
    return (*bubbles[:-1], dataclasses.replace(bubbles[-1], text=text))


def _after_its_answer(response: Response, called: HandOver, said: tuple[Bubble, ...], question: Question) -> Response:
    """A hand-over with what the manual says before it, which nobody who waits already hears twice running."""
    if question.conversation.mode != "waiting":
        return dataclasses.replace(response, bubbles=(*said, *response.bubbles))
    if {bubble.text for bubble in said} <= set(question.memory.last_said):
        return response
    return dataclasses.replace(response, act=called, bubbles=(*said, *response.bubbles))


def _another_thing(question: Question, entry: Entry | None) -> str:
    """What the question is asked of that nobody has told us about, and cannot be the product that was spoken of."""
    names, product = question.knowledge.names_in(question.folded), question.memory.product_id
    is_named = bool(question.names.product or names.product) or not question.typed
    if entry is None or product is None or is_named or not goes_by_product(entry):
        return ""
    return question.knowledge.other_thing(names.without(question.folded), entry, product)


def _about_the_only_one(question: Question, entry: Entry | None, confidence: float) -> Question:
    """Where no product is known: the question about the only one that it can be about, by its words.

    "要墨绿给的白的" is hardly about stock, so its colour names no product yet.
    """
    memory = question.memory
    if entry is None or memory.product_id is not None or question.names.product:
        return question
    shown = question.knowledge.product_shown(question.folded, entry) if confidence >= SHOWS_AT else None
    only = shown or _worn(question, entry) or _sole(question, entry)
    if only is None:
        return question
    return dataclasses.replace(question, memory=dataclasses.replace(memory, product_id=only))


def _worn(question: Question, entry: Entry) -> str | None:
    """A buyer's size is asked of the only product that has a chart to read it from."""
    height_cm, weight_kg = question.memory.height_cm, question.memory.weight_kg
    is_told = height_cm is not None or weight_kg is not None
    if not takes_figures(entry) or not (is_told or asks_what_fits(question.folded)):
        return None
    return only_product_with_chart(question.knowledge.manual)


def _sole(question: Question, entry: Entry) -> str | None:
    """In a shop with a single product, what has to be known of one is asked of that."""
    products = question.knowledge.manual.products
    return products[0].id if entry.needs_product and len(products) == 1 else None


def _with_its_price(question: Question, entry: Entry | None) -> Question:
    """Where the answer goes by a sum, and he names none but the one product that he buys, the sum is its price."""
    names = question.knowledge.names_in(question.folded)
    is_one = bool(names.product) and not question.knowledge.names_in(names.without(question.folded)).product
    if entry is None or not is_one or "amount_yuan" in question.named or not depends_on(entry, "amount_yuan"):
        return question
    manual, product_id = question.knowledge.manual, question.memory.product_id
    price, product = price_yuan(manual, product_id), product_of(manual, product_id)
    if price is None or product is None or has_invented_price(product):
        return question
    amount = price * int(question.named.get("quantity", 1))
    return dataclasses.replace(question, named={**question.named, "amount_yuan": str(amount)})


def _as_said(answered: Question, entry_id: str, response: Response, before: Memory, *, was_asked: bool) -> Response:
    """Other words, but the answer of just now: say once that it holds for this too, and then call a person."""
    if entry_id == FAREWELL_ENTRY:
        return quiet(answered, because("farewell_just_now"))
    if entry_id in SMALL_TALK:
        return response
    if answered.only_tells_figures and not was_asked:
        return quiet(answered, because("answered_for_these_figures"))
    if answered.only_tells_figures:
        return hand_over(answered, because("no_size_fits"), entry=entry_id)
    return no_more_to_say(answered, entry_id, response, before)


def no_more_to_say(question: Question, entry_id: str, response: Response, before: Memory) -> Response:
    """Instead of an answer that says nothing new: that answer again for who names another place, product or day.

    Who asks or tells something else hears a word on it, and the second time gets a person.
    """
    if _names_another(question):
        return response
    if question.conversation.mode == "waiting":
        return hand_over(question, response.reason.and_also(because("same_as_just_now")), asked_for=True)
    if (reason := _why_a_person(question, entry_id, before)) is not None:
        called = hand_over(question, response.reason.and_also(reason), entry=entry_id)
        return dataclasses.replace(called, chosen=response.chosen)
    told = lines(question, "answer", "as-said" if _asks_more(question) else "noted")
    said = (*before.last_said, *(each.text for each in told))
    return dataclasses.replace(response, bubbles=told, memory=dataclasses.replace(response.memory, last_said=said))


def _names_another(question: Question) -> bool:
    """Whether these words only name a place, a product or a courier that was not named before, or another day."""
    named = only_named(question)
    is_new = bool(named) and not any(name in text for name in named for text in question.memory.recent)
    return is_new or any(bare_value_in(question.names.without(question.typed)))


def only_named(question: Question) -> tuple[str, ...]:
    """The places, products and couriers that the question is nothing but the names of."""
    return tuple(filter(None, question.names)) if only_names(question.typed, question.names) else ()


def _where_to(question: Question) -> tuple[str, ...]:
    """The place to which parcels may not go at all: beyond the customs line, or because just that is asked."""
    region, names = question.named.get("region"), question.names
    asks_just_that = not names.courier and _SENDS_THERE.says(names.without(question.folded))
    return (names.place,) if names.place and ((region and is_overseas(region)) or asks_just_that) else ()


def says_nothing_of_the_way(question: Question, entry: Entry) -> bool:
    """Whether he asks if parcels go to a place at all, and neither this entry nor its questions speak of places."""
    region = question.named.get("region")
    if region is None or not _where_to(question) or depends_on(entry, "region") or tells_by_region(entry):
        return False
    said = question.knowledge.words_of(entry.id, question.memory.product_id)
    return question.names.place not in said and not speaks_of_region(said, region)


def _is_for_what_is_named(question: Question, entry: Entry, chosen: Chosen) -> bool:
    """Whether an answer to a name ("新疆呢") goes by it or speaks of it, or the name is asked for by itself."""
    names, memory, knowledge = question.names, question.memory, question.knowledge
    if chosen.is_spoken_of or (question.best and question.best.confidence == 1 and question.best.entry == entry.id):
        return True
    said = fold("\n".join((entry.title, *chosen.bubbles)))
    if all(name in said for name in filter(None, names)):
        return True
    if names.courier:
        return False
    if names.product and not (goes_by_product(entry) or depends_on(entry, "amount_yuan")):
        return memory.product_id in knowledge.products_in(said)
    if names.place and memory.region is not None and not depends_on(entry, "region"):
        return tells_by_region(entry) or speaks_of_region(said, memory.region)
    return True


def _says_just_that(question: Question, entry: Entry, chosen: Chosen) -> bool:
    """Whether an answer is for the very matter that is asked about, by its words, or those that its entry is asked in.

    Of an entry that tells several things by what is mentioned, only the answer for somebody's health will do.
    """
    when, tells_several = entry.answers[chosen.number - 1].when, any(each.when.mentions for each in entry.answers)
    of_health = any(sign.is_health for sign in question.matters)
    asked = () if tells_several and of_health else (entry.title, *entry.questions)
    return speaks_of_all(question.matters, fold("\n".join((*asked, *when.mentions, *chosen.bubbles))))


def _says_nothing_of(question: Question, entry: Entry, chosen: Chosen) -> str:
    """What is asked about and an answer does not speak of: a matter of its own, or the bare name of another thing."""
    if question.matters and not _says_just_that(question, entry, chosen):
        return "、".join(sign.words for sign in question.matters)
    named = only_named(question) or _where_to(question)
    return "、".join(named) if named and not _is_for_what_is_named(question, entry, chosen) else ""


def say_again(question: Question, entry_id: str, chosen: Chosen, reason: Reason) -> Response:
    """The whole answer, though it may be that of just now: he asks for what it speaks of."""
    memory = question.memory
    said = (*memory.last_said, *chosen.bubbles)
    return Response(
        act=Answer(entry=entry_id, confidence=1.0),
        bubbles=tuple(Bubble(kind="answer", text=text, entry=entry_id, confidence=1.0) for text in chosen.bubbles),
        memory=dataclasses.replace(memory, misses=0, choice=(), wanted=None, last_entry=entry_id, last_said=said),
        reason=reason,
        chosen=chosen,
    )


def speaks_of_it(question: Question, entry_id: str, said: Iterable[str]) -> bool:
    """Whether the entry is asked about what these words ask about, or what was said just now speaks of that.

    With the last question before them they look like that question, whatever they are: "孕妇能用吗", "小孩呢".
    """
    subject = question.subject
    if not subject or question.knowledge.is_asked_about(entry_id, subject):
        return True
    folded = fold("\n".join((*question.memory.recent[-1:], *said)))
    return stands_in(subject, folded) or _is_of_a_kind(question.folded, folded)


def _is_of_a_kind(folded: str, said: str) -> bool:
    """Whether it is a colour or a size and others were told: "红色呢" upon "驼色和燕麦色可选"."""
    return folded[-1] in _KINDS and folded[-1] in said


def _why_a_person(question: Question, entry_id: str, before: Memory) -> Reason | None:
    """Why a person is needed for what the manual says nothing new on; None where a word on it is enough for now.

    What was noted before is no answer, so the first question after it is not asked for the second time.
    """
    is_asked, said = _asks_more(question), question.knowledge.say
    if is_asked and not is_sure(question.best) and not speaks_of_it(question, entry_id, before.last_said):
        return because("says_nothing_of_asked", entry=entry_id)
    if not is_asked and wants_something_done(question.text):
        return because("wants_done_all_said", entry=entry_id)
    told_before = said("as-said", {}) if is_asked else (*said("as-said", {}), *said("noted", {}))
    if set(told_before) & set(before.last_said):
        return because("all_said_and_asks_on", entry=entry_id)
    return None


def _asks_more(question: Question) -> bool:
    return asks(question.text) and not only_tells(question.text)


def _lacking(question: Question, entry_id: str, confidence: float, reason: Reason, chosen: Chosen) -> Response:
    """Ask the buyer for what only he can tell of what the answer lacks; what nobody has set is for a person."""
    entry, memory, lacks = question.knowledge.entry(entry_id), question.memory, set(chosen.missing)
    of_products = {"product"}.union(*(product.attributes for product in question.knowledge.manual.products))
    needs_product = entry is not None and entry.needs_product and memory.product_id is None
    can_ask = bool(lines(question, "clarify", "which-product"))  # a revision from before has no such line
    if can_ask and needs_product and lacks & of_products and lacks <= of_products | TOLD_BY_REGION:
        return _ask_which(question, entry_id, confidence, reason)
    if lacks <= TOLD_BY_REGION and memory.region is None:
        return _ask_where(question, entry_id, confidence, reason)
    return hand_over(
        question, because("fact_missing", entry=entry_id, missing=", ".join(chosen.missing)), entry=entry_id
    )


def _ask_where(question: Question, entry_id: str, confidence: float, reason: Reason) -> Response:
    """The answer depends on where the parcel goes, which nobody has said: ask once, the next message may tell."""
    tells_product = question.memory.product_id != question.conversation.memory.product_id
    if question.memory.wanted == entry_id and not tells_product:
        return hand_over(question, because("region_asked_already", entry=entry_id), entry=entry_id)
    return _ask_once(question, entry_id, confidence, "which-region", reason.and_also(because("depends_on_place")))


def _ask_which(question: Question, entry_id: str, confidence: float, reason: Reason) -> Response:
    """The answer is another for each product, and he has named none: ask once, the next message may tell."""
    if question.memory.wanted == entry_id:
        return hand_over(question, because("product_asked_already", entry=entry_id), entry=entry_id)
    return _ask_once(question, entry_id, confidence, "which-product", reason.and_also(because("depends_on_product")))


def _ask_once(question: Question, entry_id: str, confidence: float, line: str, reason: Reason) -> Response:
    return Response(
        act=Clarify(entries=(entry_id,), confidence=confidence),
        bubbles=lines(question, "clarify", line),
        memory=_with_passing(dataclasses.replace(question.memory, wanted=entry_id, choice=()), question),
        reason=reason,
    )


def _ask_for_the_rest(question: Question, entry_id: str, confidence: float, chosen: Chosen) -> Response:
    """He told some of what the answer needs: ask for the rest, instead of saying what holds for anybody."""
    return Response(
        act=Clarify(entries=(entry_id,), confidence=confidence),
        bubbles=tuple(Bubble(kind="clarify", text=text) for text in chosen.asks),
        memory=dataclasses.replace(question.memory, wanted=entry_id, last_entry=entry_id),
        reason=because("tells_part_of_need"),
    )


def _kind(entry_id: str) -> ReplyKind:
    return "farewell" if entry_id == FAREWELL_ENTRY else "answer"


def circumstances_of(question: Question, entry_id: str, times: int) -> Circumstances:
    """What is known around a question as it is put to this entry, for the so many-th time.

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


def _days(question: Question) -> tuple[str | None, NamedDays | None, date | None]:
    """The day asked about, in words and as dates, and the one on which the buyer pays.

    Where he only names the latter, that one is asked about, but for today, and nothing has to be there on it. One that
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


def clarify(question: Question, entries: tuple[str, ...], *, confidence: float, reason: Reason) -> Response:
    """Offer these entries by number, or ask whether the only one is meant."""
    numbers = [str(number) for number in range(1, len(entries) + 1)]
    titles = [question.knowledge.title(entry) for entry in entries]
    values = {
        "choice": titles[0],
        "choices": "\n".join(f"{number}. {title}" for number, title in zip(numbers, titles, strict=True)),
        "numbers": "或".join(filter(None, ["、".join(numbers[:-1]), numbers[-1]])),
    }
    bubbles = lines(question, "clarify", "choice" if len(entries) > 1 else "choice-one", values)
    if question.memory.choice == entries and len(entries) > 1:  # he did not pick from these: a plainer way out
        bubbles = (*bubbles[:1], *lines(question, "clarify", "choice-unclear", values))
    return Response(
        act=Clarify(entries=entries, confidence=confidence),
        bubbles=tuple(dataclasses.replace(bubble, choices=tuple(titles)) for bubble in bubbles[:1]) + bubbles[1:],
        memory=_with_passing(
            dataclasses.replace(question.memory, choice=entries, misses=question.memory.misses + 1), question
        ),
        reason=reason,
    )


def ask_on(question: Question, line: str, values: Mapping[str, str], reason: Reason) -> Response:
    """Ask the buyer what he wants to know, by the line that fits."""
    bubbles = lines(question, "clarify", line, values)
    return Response(act=Clarify(entries=(), confidence=1.0), bubbles=bubbles, memory=question.memory, reason=reason)


def hand_over(
    question: Question,
    reason: Reason,
    *,
    entry: str | None = None,
    confidence: float | None = None,
    first: str | None = None,
    values: Mapping[str, str] | None = None,
    asked_for: bool = False,
) -> Response:
    """Bring in a person, with a line that is true now: the place in the queue, or when the shop opens.

    Where nobody can come it says so, and that the shop will read what was left.
    """
    if not question.conversation.has_desk:
        return _left_for_the_shop(question, HandOver(reason=reason, entry=entry, confidence=confidence), first)
    if question.conversation.mode == "waiting":
        if asks(question.text) and not (asked_for and _is_news(question)):
            return left_to_the_person(question, reason)
        return still_waiting(question, reason)
    memory = dataclasses.replace(question.memory, choice=(), misses=0, reassured=False)
    apology = lines(question, "handoff", first, values) if first else ()
    if question.shop.is_open:
        place = question.conversation.waiting_ahead + 1
        bubbles = lines(question, "handoff", "hand-over-open", {"queue_position": str(place)})
        return Response(
            act=HandOver(reason=reason, entry=entry, confidence=confidence),
            bubbles=(*apology, *bubbles),
            mode="waiting",
            memory=dataclasses.replace(memory, position_told=place),
            reason=reason,
        )
    return Response(
        act=Away(reason=reason, entry=entry, confidence=confidence),
        bubbles=(*apology, *_away(question, "hand-over-closed" if asked_for or apology else "away")),
        mode="waiting",
        memory=dataclasses.replace(memory, away_told=question.shop.closed_period, position_told=None),
        reason=reason,
    )


def _left_for_the_shop(question: Question, act: HandOver, first: str | None) -> Response:
    """Nobody waits where there is no desk: the first time it says how the shop will answer, and then that it is noted.

    Of what is said first, only that nothing was understood promises no person.
    """
    missed = lines(question, "handoff", first) if first == "after-misses" else ()
    line = "message-noted" if question.memory.reassured else "no-desk"
    memory = dataclasses.replace(question.memory, choice=(), misses=0, reassured=True)
    bubbles = (*missed, *lines(question, "handoff", line))
    return Response(act=act, bubbles=bubbles, mode="bot", memory=memory, reason=act.reason)


def _away(question: Question, line: str) -> tuple[Bubble, ...]:
    """The opening time, once for each closed period."""
    period = question.shop.closed_period
    if question.memory.away_told == period:
        return ()
    once = f"away:{question.conversation.id}:{period}"
    bubbles = lines(question, "away", line, {"opens_at": question.shop.opens_at})
    return tuple(dataclasses.replace(bubble, once=f"{once}:{part}") for part, bubble in enumerate(bubbles, 1))


def still_waiting(
    question: Question,
    reason: Reason,
    *,
    calls: bool = False,
    entry: str | None = PERSON_ENTRY,
    first: tuple[Bubble, ...] = (),
) -> Response:
    """They wait already and keep their place: who calls hears each time where he stands, who tells something once.

    `first` comes before it.
    """
    if first or calls or _is_news(question):
        return where_they_stand(question, reason, entry=entry, first=first)
    return quiet(question, reason.and_also(because("waits_at_place", place=question.conversation.waiting_ahead + 1)))


def _is_news(question: Question) -> bool:
    """Whether they have not heard yet that a person will see what they write, or stand elsewhere by now."""
    memory, is_open = question.memory, question.shop.is_open
    place = question.conversation.waiting_ahead + 1 if is_open else None
    return (is_open and not memory.reassured) or memory.position_told != place


def where_they_stand(
    question: Question, reason: Reason, *, entry: str | None = PERSON_ENTRY, first: tuple[Bubble, ...] = ()
) -> Response:
    """Their place in the queue, or when the shop opens; true each time."""
    place, is_open = question.conversation.waiting_ahead + 1, question.shop.is_open
    if is_open:
        told = lines(question, "handoff", "waiting-still", {"queue_position": str(place)})
    else:
        told = lines(question, "away", "hand-over-closed", {"opens_at": question.shop.opens_at})
    memory = dataclasses.replace(question.memory, position_told=place if is_open else None, reassured=True)
    reason = reason.and_also(because("waits_at_place", place=place))
    return Response(act=HandOver(reason=reason, entry=entry), bubbles=(*first, *told), memory=memory, reason=reason)


def left_to_the_person(question: Question, reason: Reason) -> Response:
    """Tell them that the person will answer this question, by its own words."""
    named = f"“{question.text.strip()[:NAMED_CHARACTERS]}”"
    bubbles = lines(question, "handoff", "handed-on", {"question": named})
    return Response(act=HandOver(reason=reason), bubbles=bubbles, memory=question.memory, reason=reason)


def lines(
    question: Question, kind: ReplyKind, line: str, values: Mapping[str, str] | None = None
) -> tuple[Bubble, ...]:
    return tuple(Bubble(kind=kind, text=text) for text in question.knowledge.say(line, values or {}))
