"""Rules on what a buyer shows rather than says: a card, a picture, a link, the bare name of a product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.contract import Image, OrderCard, ProductCard, Text, Unsupported
from bot.dialogue.cues.links import linked_product
from bot.dialogue.responses.ask_back import ask_on
from bot.dialogue.responses.hand_over import hand_over
from bot.dialogue.thresholds import is_sure
from knowledge.phrases.phrase import Phrase
from knowledge.reasons.reason import Reason, because

if TYPE_CHECKING:
    from bot.dialogue.cues.links import LinkedProduct
    from bot.dialogue.question import Question, Response

THIS_ONE = "这款"
_WANTS_ONE = Phrase("card", "wants_one")


def card_or_picture(question: Question) -> Response | Reason:
    content = question.said.heard.content
    if isinstance(content, Image | Unsupported):
        return hand_over(question, because("not_text"), first="unsupported-content")
    if isinstance(content, ProductCard):
        return _about_product(question, content)
    if isinstance(content, Text) and (linked := linked_product(content.text, question.said.heard.own_hosts)):
        return _about_link(question, linked)
    if isinstance(content, OrderCard):
        return ask_on(question, "order-card", {}, because("order_card"))
    return because("plain_text")


def _about_product(question: Question, card: ProductCard) -> Response:
    title = question.knowledge.product_titles.get(card.product_id) or card.title
    if not title:
        return hand_over(question, because("no_such_product", product=card.product_id))
    return ask_on(question, "product-card", {"product": title}, because("product_card"))


def _about_link(question: Question, linked: LinkedProduct) -> Response | Reason:
    if question.said.text not in {"", linked.title}:
        return because("about_linked")
    titles = question.knowledge.product_titles
    title = titles.get(linked.product_id) or titles.get(question.named.get("product_id", "")) or linked.title
    return ask_on(question, "product-card", {"product": title or THIS_ONE}, because("product_link"))


def only_a_product(question: Question) -> Response | Reason:
    """Rule on a product's bare name and "我想买件毛衣", which are as good as its card."""
    title = question.knowledge.product_titles.get(question.named.get("product_id", ""))
    wants_it = bool(question.said.names.product) and _WANTS_ONE.says(question.said.names.without(question.folded))
    if title is None or not (question.said.only_names or wants_it) or is_sure(question.best):
        return because("not_only_product")
    if question.conversation.mode == "waiting" and question.said.asks:
        return because("follows_what_person_answers")
    return ask_on(question, "product-card", {"product": title}, because("only_product"))
