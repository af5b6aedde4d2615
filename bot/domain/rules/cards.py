"""Rules on what a buyer shows rather than says: a card, a picture, a link, the bare name of a product."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.contract import Image, OrderCard, ProductCard, Text, Unsupported
from bot.domain.certainty import is_sure
from bot.domain.links import linked_product
from bot.domain.rulings import ask_on, hand_over
from bot.domain.turn import asks

if TYPE_CHECKING:
    from bot.domain.links import LinkedProduct
    from bot.domain.turn import Question, Ruling

THIS_ONE = "这款"
_WANTS_ONE = re.compile(
    r"(?:那|我们?|就|也|在)*+(?:想|要|打算|准备)++(?:[给帮替送]\w{1,6}?(?=[买入拍来订选挑看]))?(?:买|入手|拍|来|订|选|挑|看看?|了解)*+"
    r"(?:一?下)?(?:[一这那]?[件个条副只双台款])?"
)


def card_or_picture(question: Question) -> Ruling | str:
    content = question.heard.content
    if isinstance(content, Image | Unsupported):
        return hand_over(question, "sent something that is not text", first="unsupported-content")
    if isinstance(content, ProductCard):
        return _about_product(question, content)
    if isinstance(content, Text) and (linked := linked_product(content.text, question.heard.own_hosts)):
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


def only_a_product(question: Question) -> Ruling | str:
    """Rule on a product's bare name and "我想买件毛衣", which are as good as its card."""
    title = question.knowledge.product_titles.get(question.named.get("product_id", ""))
    wants_it = bool(question.names.product) and _WANTS_ONE.fullmatch(question.names.without(question.folded))
    if title is None or not (question.only_names or wants_it) or is_sure(question.best):
        return "not just the name of a product"
    if question.conversation.mode == "waiting" and asks(question.text):
        return "goes on from what a person will answer"
    return ask_on(question, "product-card", {"product": title}, "only names a product")
