"""The rules of answering, in order. Each looks at one question and rules, or says in words why it does not apply."""

from __future__ import annotations

import dataclasses
import re
from itertools import takewhile
from typing import TYPE_CHECKING

from adapters.contract import Image, OrderCard, ProductCard, Text, Unsupported
from bot.domain.adverts import is_advertisement, leads_outside
from bot.domain.certainty import certainty, is_sure
from bot.domain.courtesies import gives_up, is_acknowledgement
from bot.domain.decision import Clarify, Dismiss, Rate, RuleTried
from bot.domain.links import linked_product
from bot.domain.rulings import answer, ask_on, carried, clarify, hand_over, lines, quiet
from bot.domain.satisfaction import read_rating
from bot.domain.tempers import is_upset, looks_furious
from bot.domain.turn import (
    COMPLAINT_ENTRY,
    FAREWELL_ENTRY,
    GREETING_ENTRY,
    PERSON_ENTRY,
    SHORT_CHARACTERS,
    SMALL_TALK,
    Judged,
    Ruling,
    asks,
    ends_as_question,
    is_around_a_name,
)
from bot.domain.wishes import (
    OPEN,
    asks_after_person,
    is_opener,
    looks_for_anybody,
    number_picked,
    refuses_choice,
    wants_person,
    without_refusal,
)
from knowledge.matching import ANSWER_AT, CLARIFY_AT
from knowledge.passing import InPassing, told_in_passing
from knowledge.text import fold
from knowledge.variables import depends_on, takes_figures

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from bot.domain.links import LinkedProduct
    from bot.domain.turn import Question
    from knowledge.base import KnowledgeBase
    from knowledge.entry import Entry
    from knowledge.matching import Candidate

SAME_QUESTION = 3
"""The third identical question goes to a person."""
STALE_TURNS = 6
"""So many bot turns without a new word from the other side, and it is likely another bot."""
MISSES = 2
"""So many turns without an answer, and a person is called instead of asking back once more."""
CHOICES = 3
ALTERNATIVE = 0.35
"""A further entry is offered in a choice when it has at least this share of the best one's confidence."""
SATISFIED = 4
TITLE_CHARACTERS = 2
"""So much of a title names the choice."""
FRAGMENT_CHARACTERS = 4
LIKELY_BY_ITSELF = 0.5
"""What is about another entry with this confidence says nothing more about the one that was just answered."""
GOES_ON = "那"
GOES_ON_AT = 0.6
STAYS_AT = 0.75
"""The confidence at which a question that goes on from an answer is answered, or stays with it: context speaks too."""
CLARIFY = "clarify"
LEADS_AT = 0.6
"""The confidence at which the only likely entry of a part is answered, where another part is sure."""
SMALL_TALK_AT = 0.5
"""A kind word does no harm: small talk is answered at less than what a question needs."""
NEVER_OFFERED = {*SMALL_TALK, COMPLAINT_ENTRY}
COMPLAINT_AT = 0.6
"""Words that are likely a complaint go to a person, calmly: nobody is asked to pick his anger from a list."""
ACKNOWLEDGED = "好的"
"""Every acknowledgement is answered as this one is."""
THIS_ONE = "这款"
SPOKEN_OF_AT, SPOKEN_OF_AHEAD = 0.45, 0.15
"""How likely an entry must be, and ahead of the next, when the question speaks of the very thing that it answers."""
_BARE_ORDER_NUMBER = re.compile(
    r"(?:我的|这是|订单|单子|编号|单号|号|是|[:：,，\s])*[\d-]+(?:这个|这单|订单|单号|[,，\s])*"
)


def _blocked(question: Question) -> Ruling | str:
    if question.conversation.blocked_at is None:
        return "the buyer is not blocked"
    return quiet(question, "the buyer is blocked")


def _person_has_spoken(question: Question) -> Ruling | str:
    if question.conversation.mode != "human":
        return "no person leads this conversation"
    return quiet(question, "a person leads this conversation")


def _advertisement(question: Question) -> Ruling | str:
    if not is_advertisement(question.text, said_by_others=question.heard.said_by_others):
        return "sells nothing"
    today = question.shop.local_time.date().isoformat()
    once = f"advert:{question.conversation.channel}:{question.conversation.buyer}:{today}"
    silent = quiet(question, "an advertisement: one neutral line a day, and a note to report or block it")
    said = lines(question, "answer", "ad-reply")[:1]
    return dataclasses.replace(
        silent,
        act=Dismiss(reason=silent.reason),
        bubbles=tuple(dataclasses.replace(bubble, once=once) for bubble in said),
        memory=dataclasses.replace(question.memory, advertised=True),
    )


def _upset(question: Question) -> Ruling | str:
    best = question.best
    likely = best is not None and best.entry == COMPLAINT_ENTRY and COMPLAINT_AT <= best.confidence < ANSWER_AT
    if not (likely or is_upset(question.folded) or looks_furious(question.text)):
        return "neither angry nor threatening"
    reason = "the buyer is likely angry" if likely else "the buyer is angry or threatens"
    return hand_over(question, reason, entry=COMPLAINT_ENTRY, first="calm", asked_for=True)


def _leads_outside(question: Question) -> Ruling | str:
    if not leads_outside(question.text):
        return "stays on the platform"
    return hand_over(question, "the buyer wants to talk outside the platform")


def _nothing_new(question: Question) -> Ruling | str:
    turns = question.memory.stale_turns
    if turns < STALE_TURNS or question.typed not in question.memory.recent:
        return f"{turns} turns without a new word, {STALE_TURNS} are the limit"
    return quiet(question, f"{turns} turns without a new word: likely another bot")


def _picked_from_choice(question: Question) -> Ruling | str:
    choice = question.memory.choice
    if not choice or not all(map(question.knowledge.entry, choice)):
        return "no choice was offered"
    if refuses_choice(question.typed):
        return _none_of_them(question)
    number = _title_picked(question) or number_picked(question.typed, choices=len(choice))
    if number is None:
        return f"names none of the {len(choice)} choices"
    if number == OPEN:
        return _offered_again(question, choice)
    reason = f"picked number {number} of the choice"
    asked = carried(question, next(reversed(question.memory.recent), ""))
    return answer(asked, choice[number - 1], confidence=1.0, reason=reason)


def _none_of_them(question: Question) -> Ruling:
    """He means none of what he was offered: let him say it in other words, unless he has already."""
    memory = dataclasses.replace(question.memory, choice=(), misses=question.memory.misses + 1)
    if memory.misses > MISSES:
        return _no_match(question)
    return ask_on(dataclasses.replace(question, memory=memory), "go-on", {}, "means none of the choices")


def _offered_again(question: Question, choice: tuple[str, ...]) -> Ruling:
    """He picks, but it is not clear which one: ask once more."""
    if question.memory.misses >= MISSES:
        return _no_match(question)
    reason = f"picks, but none of the {len(choice)} choices"
    return clarify(carried(question), choice, confidence=1.0, reason=reason)


def _title_picked(question: Question) -> int | None:
    """The place of the only choice whose title the buyer wrote, or some of it."""
    titles = [fold(question.knowledge.title(entry)) for entry in question.memory.choice]
    if question.typed in titles:
        return titles.index(question.typed) + 1
    held = [place for place, title in enumerate(titles, 1) if question.typed in title]
    return held[0] if len(held) == 1 and len(question.typed) >= TITLE_CHARACTERS else None


def _rating(question: Question) -> Ruling | str:
    episode = question.conversation.open_invite
    if episode is None:
        return "no satisfaction invite is open"
    score = read_rating(question.typed)
    if score is None:
        return "the message is not a rating"
    line = "thanks-good" if score >= SATISFIED else "thanks-bad"
    return Ruling(
        act=Rate(score=score, episode=episode),
        bubbles=lines(question, "thanks", line),
        mode=question.conversation.mode,
        memory=question.conversation.memory,
        reason=f"answers the invite with {score} of 5",
    )


def _named_at_last(question: Question) -> Ruling | str:
    wanted = question.memory.wanted
    if wanted is None or question.knowledge.entry(wanted) is None:
        return "no answer waits for a product, a place or a figure"
    tells = {"product_id", "region"} & question.named.keys() or question.only_tells_figures
    if not tells and not _is_card(question):
        return "names none of them"
    is_bare = question.only_names or question.only_tells_figures
    if is_sure(question.best) and question.best.entry != wanted and not is_bare:
        return f"asks for {question.best.entry} instead"
    asked = _last_question(question) if is_bare or _is_card(question) else ""
    belongs = carried(question, asked) if is_bare or not is_sure(question.best) else question
    return answer(belongs, wanted, confidence=1.0, reason="names what was asked for")


def _same_about_another(question: Question) -> Ruling | str:
    """Rule on "那新疆呢" and "保温杯呢": the last question again, about another place or product."""
    entry = question.knowledge.entry(question.memory.last_entry or "")
    if entry is None:
        return "nothing was answered before"
    if not question.only_names:
        return "says more than a place or a product"
    last = entry.id
    asked = _last_question(question)
    before = question.knowledge.names_in(asked)
    now = question.names.instead_of(before, asked)
    meant = _sure_entry(question, now) or last
    if meant == last and not (question.names.place or question.names.product or before.courier):
        return "the last question was not about a courier"
    best = question.best
    is_about_it = best is None or best.entry == last or best.confidence < LIKELY_BY_ITSELF
    if meant == last and question.names.place and not (depends_on(entry, "region") or is_about_it):
        return f"the last answer, {last}, does not go by them"
    reason = f"the last question, {meant}, about another place or product"
    return answer(carried(question, now), meant, confidence=1.0, reason=reason)


def _same_for_another(question: Question) -> Ruling | str:
    """Rule on "那170 130呢": the question about sizes again, or what it would be of the product before him."""
    last, sizes = question.knowledge.entry(question.memory.last_entry or ""), question.knowledge.size_entry
    if not question.only_tells_figures or sizes is None:
        return "says more than a height or a weight, or nothing asked about them before"
    if last is None or not takes_figures(last):
        return answer(question, sizes, confidence=1.0, reason=f"{sizes} for the height and weight that he tells")
    reason = f"the last question, {last.id}, for another height or weight"
    return answer(carried(question), last.id, confidence=1.0, reason=reason)


def _same_on_another_day(question: Question) -> Ruling | str:
    """Rule on "那周六呢" and "买100呢": the last question again, of another day or with another sum or number."""
    last = question.knowledge.entry(question.memory.last_entry or "")
    if last is None:
        return "nothing was answered before"
    told = told_in_passing(question.names.without(question.folded))
    if not any(told):
        return "says more than a day, a sum or a number"
    if told.figure is not None:
        told = InPassing(amount_yuan=told.figure) if depends_on(last, "amount_yuan") else _pieces(told.figure)
    named = {name: str(value) for name, value in told._asdict().items() if value is not None}
    if not any(depends_on(last, name) for name in named):
        return f"the last answer, {last.id}, does not go by them"
    again = carried(dataclasses.replace(question, named={**question.named, **named}))
    reason = f"the last question, {last.id}, of another day or with another sum or number"
    return answer(again, last.id, confidence=1.0, reason=reason)


def _pieces(figure: Decimal) -> InPassing:
    return InPassing(quantity=int(figure)) if figure == int(figure) else InPassing()


def _last_question(question: Question) -> str:
    return next(iter(_last_questions(question)), "")


def _last_questions(question: Question) -> list[str]:
    """The buyer's words that asked something, rather than only named another place or product; the last ones first."""
    names_in = question.knowledge.names_in
    return [text for text in reversed(question.memory.recent) if not is_around_a_name(names_in(text).without(text))]


def _with_the_last_question(question: Question) -> Ruling | str:
    """Rule on "运费呢" after "我要退货" and on "怎么赔" after "有运费险吗": a few words that go on from a question."""
    last = question.memory.last_entry
    if last is None or not 0 < len(question.folded) <= SHORT_CHARACTERS or question.only_names:
        return "does not go on from a question in a few words"
    for asked in (_last_question(question), question.knowledge.title(last)):
        meant = next(iter(question.knowledge.find(f"{asked} {question.folded}").candidates), None)
        if is_sure(meant) and _belongs(question, meant.entry):
            return answer(question, meant.entry, confidence=meant.confidence, reason=f"belongs to “{asked}”")
    return "belongs to none of the questions before for sure"


def _belongs(question: Question, entry_id: str) -> bool:
    """Whether these few words may be about an entry that they are taken for only after the last question.

    An answer of the entry is for what they hold, or they must be a fragment that asks something, or buyers must ask for
    this entry with these very words in it. What is sure by itself is no fragment, and may not be a whole question
    either; courtesy belongs to nothing, and what is likely about something else adds nothing to the last answer.
    """
    best, said = question.best, question.folded.removeprefix(GOES_ON)
    if best is not None and (best.entry in SMALL_TALK or best.entry == entry_id):
        return best.entry == entry_id and not is_sure(best)
    entry = question.knowledge.entry(entry_id)
    if entry is None or _speaks_of_an_answer(said, entry):
        return entry is not None
    if best is not None and best.confidence >= LIKELY_BY_ITSELF and entry_id == question.memory.last_entry:
        return False
    is_figure = any(told_in_passing(question.names.without(said))) or not any(map(str.isalpha, said))
    if not is_sure(best) and not is_figure and len(said) <= FRAGMENT_CHARACTERS and asks(question.text):
        return True
    is_whole = is_sure(best) and ends_as_question(question.text)
    return not is_whole and any(said in fold(each) for each in entry.questions)


def _speaks_of_an_answer(said: str, entry: Entry) -> bool:
    """Whether one of the entry's answers is for a thing that these words hold."""
    return any(word in said for each in entry.answers for word in each.when.mentions)


def _more_about_the_same(question: Question) -> Ruling | str:
    """Rule on "多少钱" after "能发顺丰吗": a short question about what the last one named."""
    if question.memory.last_entry is None or is_sure(question.best):
        return "is understood by itself, or the first question"
    names = question.knowledge.names_in(_last_question(question))
    if any(question.names) or not any(names) or len(question.folded) > SHORT_CHARACTERS:
        return "is no short question about what the last one named"
    meant = _sure_entry(question, "".join(names) + question.folded)
    if meant is None:
        return f"not sure with {'、'.join(filter(None, names))} either"
    return answer(question, meant, confidence=1.0, reason=f"about what the last question named: {meant}")


def _follow_up(question: Question) -> Ruling | str:
    """Rule on "怎么领" after a question about coupons, and on "那什么时候到", which goes on to the next thing."""
    best, last = question.best, question.memory.last_entry
    if last is None or best is None or is_sure(best):
        return "does not go on from an answer"
    needed = STAYS_AT if best.entry == last else GOES_ON_AT if question.typed.startswith(GOES_ON) else ANSWER_AT
    if best.confidence < needed:
        return f"{best.entry} at {best.confidence:.2f}, going on from {last} needs {needed:.2f}"
    return answer(question, best.entry, confidence=best.confidence, reason=f"goes on from {last}")


def _sure_entry(question: Question, text: str) -> str | None:
    best = next(iter(question.knowledge.find(text).candidates), None)
    return best.entry if is_sure(best) else None


def _only_a_product(question: Question) -> Ruling | str:
    """Rule on a product's bare name, which is as good as its card."""
    title = question.knowledge.product_titles.get(question.named.get("product_id", ""))
    if title is None or not question.only_names or is_sure(question.best):
        return "not just the name of a product"
    return ask_on(question, "product-card", {"product": title}, "only names a product")


def _is_card(question: Question) -> bool:
    return isinstance(question.heard.content, ProductCard)


def _card_or_picture(question: Question) -> Ruling | str:
    content = question.heard.content
    if isinstance(content, Image | Unsupported):
        return hand_over(question, "sent something that is not text", first="unsupported-content")
    if isinstance(content, ProductCard):
        return _about_product(question, content)
    if isinstance(content, Text) and (linked := linked_product(content.text)):
        return _about_link(question, linked)
    if isinstance(content, OrderCard):
        return ask_on(question, "order-card", {}, "an order card opens a question about that order")
    return "plain text"


def _about_product(question: Question, card: ProductCard) -> Ruling:
    title = question.knowledge.product_titles.get(card.product_id) or card.title
    if not title:
        return hand_over(question, f"the manual has no product {card.product_id}")
    return ask_on(question, "product-card", {"product": title}, "a product card opens a question about it")


def _about_link(question: Question, linked: LinkedProduct) -> Ruling | str:
    if question.text not in {"", linked.title}:
        return "asks about what is linked"
    titles = question.knowledge.product_titles
    title = titles.get(linked.product_id) or titles.get(question.named.get("product_id", "")) or linked.title
    return ask_on(
        question, "product-card", {"product": title or THIS_ONE}, "a product's link opens a question about it"
    )


def _asks_after_person(question: Question) -> Ruling | str:
    if question.conversation.mode != "waiting":
        return "does not wait for a person"
    if not asks_after_person(question.text):
        return "does not ask when the person comes"
    return hand_over(question, "asks when the person comes", asked_for=True)


def _person_wanted(question: Question) -> Ruling | str:
    best = question.best
    if wants_person(question.folded):
        return hand_over(question, "the buyer asks for a person", entry=PERSON_ENTRY, asked_for=True)
    if best and best.entry == PERSON_ENTRY and is_sure(best):
        return hand_over(question, "the buyer asks for a person", entry=PERSON_ENTRY, asked_for=True)
    return "no wish for a person"


def _wordless(question: Question) -> Ruling | str:
    if question.typed or not isinstance(question.heard.content, Text):
        return "says something"
    return quiet(question, "says nothing in words")


def _looks_for_anybody(question: Question) -> Ruling | str:
    if (
        not any(map(looks_for_anybody, (question.typed, question.text)))
        or question.knowledge.entry(GREETING_ENTRY) is None
    ):
        return "does not look for anybody"
    if is_sure(question.best) and question.best.entry not in SMALL_TALK:
        return f"{question.best.entry} fits for sure"
    return answer(question, GREETING_ENTRY, confidence=1.0, reason="looks whether anybody is there")


def _courtesy(question: Question) -> Ruling | str:
    """Rule on "哦", "不用人工" and, unless it is about a price, "算了": one kind line, and then nothing more."""
    if not _lets_be(question):
        return "wants something"
    if question.knowledge.exact_words.get(question.folded, FAREWELL_ENTRY) != FAREWELL_ENTRY:
        return "staff bound an answer to these words"
    memory = question.memory
    is_open = not gives_up(question.text) and bool(memory.choice or memory.wanted)
    if is_open or question.conversation.mode == "waiting":
        return quiet(question, "wants nothing more, and something is still open")
    if question.knowledge.entry(FAREWELL_ENTRY) is None:
        return quiet(question, "wants nothing more")
    noted = dataclasses.replace(question, folded=ACKNOWLEDGED)
    ruling = answer(noted, FAREWELL_ENTRY, confidence=1.0, reason="wants nothing more")
    if tuple(bubble.text for bubble in ruling.bubbles) == memory.last_said:
        return quiet(question, "wants nothing more, once more")
    return ruling


def _lets_be(question: Question) -> bool:
    """Whether nothing more is wanted: it was read, or given up, or a person is refused and nothing is asked."""
    refuses = bool(question.text) and not without_refusal(question.text)
    return refuses or is_acknowledgement(question.text) or (gives_up(question.text) and not _haggles(question))


def _haggles(question: Question) -> bool:
    """Whether the talk is about the very matter, the price, that the words would break off."""
    last = question.knowledge.entry(question.memory.last_entry or "")
    meant = question.knowledge.entry(question.best.entry if question.best else "")
    return last is not None and meant is not None and last.group == meant.group


def _exact_words(question: Question) -> Ruling | str:
    entry = question.knowledge.exact_words.get(question.folded)
    if entry is None:
        return "no answer is bound to exactly these words"
    return answer(question, entry, confidence=1.0, reason="exactly the words that staff bound to this answer")


def _only_opens(question: Question) -> Ruling | str:
    """Rule on "那个" and "说错了": the question itself is still to come."""
    if not is_opener(question.text) or question.conversation.mode == "waiting":
        return "asks something"
    if is_sure(question.best) and (question.best.entry in SMALL_TALK or ends_as_question(question.text)):
        return f"{question.best.entry} fits for sure"
    return ask_on(question, "go-on", {}, "only opens a question")


def _asked_again_and_again(question: Question) -> Ruling | str:
    times = _times_asked(question)
    if times < SAME_QUESTION or not question.typed or (question.best and question.best.entry in SMALL_TALK):
        return f"asked {times} times in the same words, {SAME_QUESTION} go to a person"
    if question.conversation.mode == "waiting":
        return "already waits for a person"
    if _has_more_to_say(question):
        return f"asked {times} times in the same words, and there is an answer for that"
    return hand_over(question, f"asked {times} times in the same words")


def _times_asked(question: Question) -> int:
    """How many times he asked in these words, now included, since he last told what may change the answer."""
    typed = question.typed
    since = takewhile(
        lambda text: text == typed or not _tells(text, question.knowledge), reversed(question.memory.recent)
    )
    return list(since).count(typed) + 1


def _tells(text: str, knowledge: KnowledgeBase) -> bool:
    named = knowledge.notice(text)
    return any((named.region, named.product_id, named.height_cm, named.weight_kg))


def _has_more_to_say(question: Question) -> bool:
    """Whether the manual has an answer for him who asks this for so many times."""
    entry = question.knowledge.entry(question.best.entry) if is_sure(question.best) else None
    times = question.memory.asked.get(entry.id, 0) + 1 if entry else 0
    return entry is not None and any(each.when.asked_at_least == times for each in entry.answers)


def _sure_answer(question: Question) -> Ruling | str:
    best = question.best
    if best is None:
        return "nothing in the manual comes near"
    if not is_sure(best):
        return f"{best.entry} at {best.confidence:.2f}, an answer needs {ANSWER_AT:.2f}"
    return answer(question, best.entry, confidence=best.confidence, reason=_ahead(question))


def _speaks_of_it(question: Question) -> Ruling | str:
    """Rule on "毛衣掉色吗": likely about care, and it speaks of what an answer about care is for."""
    likely = (*(each.confidence for each in question.findings.candidates), 0.0, 0.0)
    best = question.best
    if best is None or likely[0] < SPOKEN_OF_AT or likely[0] - likely[1] < SPOKEN_OF_AHEAD:
        return f"{likely[0]:.2f} before {likely[1]:.2f}, it needs {SPOKEN_OF_AT:.2f} and {SPOKEN_OF_AHEAD:.2f} ahead"
    ruling = answer(question, best.entry, confidence=best.confidence, reason=f"speaks of what {best.entry} answers")
    if ruling.chosen is None or not ruling.chosen.is_spoken_of:
        return f"speaks of nothing that {best.entry} has an answer for"
    return ruling


def _only_a_number(question: Question) -> Ruling | str:
    """Rule on a bare order number: nobody but a person can look it up."""
    if not _BARE_ORDER_NUMBER.fullmatch(question.typed) or "order_number" not in question.named:
        return "not just an order number"
    return hand_over(question, "sends an order number, which only a person can look up")


def _already_waiting(question: Question) -> Ruling | str:
    if question.conversation.mode != "waiting":
        return "does not wait for a person"
    return quiet(question, "waits for a person, and the bot is not sure of an answer")


def _close_candidates(question: Question) -> Ruling | str:
    best, memory = question.best, question.memory
    if best is None or certainty(best.confidence) == "none":
        return f"{best.confidence if best else 0:.2f} at best, a choice needs {CLARIFY_AT:.2f}"
    if memory.misses >= MISSES:
        return f"missed {memory.misses} times already"
    likely = [each for each in question.findings.candidates if each.entry not in NEVER_OFFERED]
    if not likely or certainty(likely[0].confidence) == "none":
        return _small_talk_at_most(question, best)
    best = likely[0]
    offered = tuple(each.entry for each in likely if each.confidence >= ALTERNATIVE * best.confidence)[:CHOICES]
    if memory.choice == offered[:1]:
        return f"was asked whether he means {best.entry}, and did not say yes"
    return clarify(question, offered, confidence=best.confidence, reason=_likely(question, best))


def _likely(question: Question, best: Candidate) -> str:
    reason = f"{best.entry} at {best.confidence:.2f} is likely, not sure"
    others = [each for each in question.findings.candidates if each is not best]
    return f"{reason}; {best.confidence - others[0].confidence:.2f} ahead of {others[0].entry}" if others else reason


def _small_talk_at_most(question: Question, best: Candidate) -> Ruling | str:
    """Nobody picks a greeting from a list: it is answered when it is likely, and else it is not offered."""
    is_short = len(question.folded) <= SHORT_CHARACTERS
    if best.entry not in SMALL_TALK or best.confidence < SMALL_TALK_AT or not is_short:
        return f"{best.entry} at {best.confidence:.2f}, which is no choice to offer"
    return answer(question, best.entry, confidence=best.confidence, reason=f"{best.entry} is likely, and does no harm")


def _no_match(question: Question) -> Ruling:
    missed = question.memory.misses
    if missed:
        return hand_over(question, f"not understood {missed + 1} times", first="after-misses")
    return hand_over(question, "nothing in the manual answers this")


RULES: tuple[tuple[str, Callable[[Question], Ruling | str]], ...] = (
    ("blocked buyer", _blocked),
    ("a person has spoken", _person_has_spoken),
    ("advertisement", _advertisement),
    ("nothing new", _nothing_new),
    ("choice picked", _picked_from_choice),
    ("rating", _rating),
    ("named at last", _named_at_last),
    ("card or picture", _card_or_picture),
    ("asks after the person", _asks_after_person),
    ("person wanted", _person_wanted),
    ("courtesy", _courtesy),
    ("exact words", _exact_words),
    ("upset", _upset),
    ("outside the platform", _leads_outside),
    ("same about another", _same_about_another),
    ("same for another", _same_for_another),
    ("same on another day", _same_on_another_day),
    ("only a product", _only_a_product),
    ("anybody there", _looks_for_anybody),
    ("no words", _wordless),
    ("only opens", _only_opens),
    ("same question again", _asked_again_and_again),
    ("goes on from a question", _with_the_last_question),
    ("same subject", _more_about_the_same),
    ("goes on", _follow_up),
    ("answer", _sure_answer),
    ("order number", _only_a_number),
    ("already waiting", _already_waiting),
    ("speaks of it", _speaks_of_it),
    (CLARIFY, _close_candidates),
    ("no match", _no_match),
)
"""In order of precedence; the last one always rules."""


def judge(question: Question) -> Judged:
    tried: list[RuleTried] = []
    for name, rule in RULES[:-1]:
        outcome = rule(question)
        if isinstance(outcome, Ruling):
            return Judged(
                question=question, ruling=outcome, tried=(*tried, RuleTried(name, won=True, reason=outcome.reason))
            )
        tried.append(RuleTried(name, won=False, reason=outcome))
    ruling = _no_match(question)
    return Judged(
        question=question, ruling=ruling, tried=(*tried, RuleTried("no match", won=True, reason=ruling.reason))
    )


def leads_clearly(judged: Judged) -> bool:
    """Whether a question is likely about one entry and no other: beside a sure answer, that is sure enough.

    The quick matcher takes strange questions for likely ones too often.
    """
    act, won, knowledge = judged.ruling.act, judged.tried[-1].rule, judged.question.knowledge
    if won != CLARIFY or not isinstance(act, Clarify) or len(act.entries) > 1 or act.confidence < LEADS_AT:
        return False
    if not asks(judged.question.text):
        return False
    entry = knowledge.entry(act.entries[0])
    return knowledge.is_refined and entry is not None and not entry.hands_over


def answer_what_leads(judged: Judged) -> Judged:
    """The answer of the entry that leads clearly, instead of asking whether it is meant."""
    *lost, asked = judged.tried
    best = next(iter(judged.question.findings.candidates))
    reason = f"{asked.reason}; leads clearly beside what is sure"
    ruling = answer(judged.question, best.entry, confidence=best.confidence, reason=reason)
    tried = (*lost, asked._replace(won=False), RuleTried("leads", won=True, reason=reason))
    return dataclasses.replace(judged, ruling=ruling, tried=tried)


def _ahead(question: Question) -> str:
    best, *others = question.findings.candidates
    words = f"{best.confidence:.2f}, an answer needs {ANSWER_AT:.2f}"
    return f"{words}; {best.confidence - others[0].confidence:.2f} ahead of {others[0].entry}" if others else words
