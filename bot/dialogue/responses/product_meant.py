"""Which product a question is about that names none, and what that one costs."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.thresholds import SHOWS_AT
from knowledge.answers.conditions import depends_on
from knowledge.answers.facts import only_product_with_chart, price_yuan, product_of
from knowledge.answers.invented import has_invented_price
from knowledge.answers.templates import goes_by_product, takes_figures
from knowledge.entities.measurements import asks_what_fits

if TYPE_CHECKING:
    from bot.dialogue.question import Question
    from knowledge.manual.entry import Entry


def another_thing(question: Question, entry: Entry | None) -> str:
    """What the question is asked of that nobody has told us about, and cannot be the product that was spoken of."""
    names, product = question.knowledge.names_in(question.folded), question.memory.product_id
    is_named = bool(question.said.names.product or names.product) or not question.said.typed
    if entry is None or product is None or is_named or not goes_by_product(entry):
        return ""
    return question.knowledge.other_thing(names.without(question.folded), entry, product)


def about_the_only_one(question: Question, entry: Entry | None, confidence: float) -> Question:
    """Where no product is known: the question about the only one that it can be about, by its words.

    "要墨绿给的白的" is hardly about stock, so its colour names no product yet.
    """
    memory = question.memory
    if entry is None or memory.product_id is not None or question.said.names.product:
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


def with_its_price(question: Question, entry: Entry | None) -> Question:
    """Where the answer goes by a sum, and the buyer names only the product that they buy, the sum is its price."""
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
