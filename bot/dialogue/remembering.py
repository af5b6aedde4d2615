"""What the messages of a turn tell that is remembered: the product, the place, the state of an order, the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.contract import OrderCard, ProductCard, Text
from bot.dialogue.cues.links import linked_product
from bot.dialogue.state import Memory
from knowledge.answers.facts import size_chart
from knowledge.answers.templates import takes_figures
from knowledge.entities.measurements import Measurements, measurements_around, measurements_told
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dialogue.state import Conversation
    from bot.dialogue.utterance import Utterance
    from knowledge.base import KnowledgeBase
    from knowledge.entities.names import Names

_UNDERWAY = Phrase("around_a_place", "underway")
_OF_THE_SHOP = Phrase("around_a_place", "of_the_shop")
_SENT_FROM = Phrase("around_a_place", "sent_from")


def begin_episode(conversation: Conversation) -> Memory:
    """A closed conversation that the buyer takes up again starts anew, but is not welcomed or told twice."""
    memory = conversation.memory
    if conversation.mode != "closed":
        return memory
    return Memory(welcomed_on=memory.welcomed_on, away_told=memory.away_told)


def welcome_key(conversation: Conversation, day: str) -> str:
    """What the outbox accepts a single time: this buyer's welcome of a day."""
    return f"welcome:{conversation.channel}:{conversation.buyer}:{day}"


def remember_surroundings(said: Sequence[Utterance], memory: Memory, knowledge: KnowledgeBase) -> Memory:
    """Remember the product, order state and region that the messages carry with them; the newest wins."""
    for message in (each.heard for each in said):
        around, content = message.surroundings, message.content
        linked = linked_product(content.text, message.own_hosts) if isinstance(content, Text) else None
        product = content.product_id if isinstance(content, ProductCard) else around.product_id
        product = linked.product_id if linked and linked.product_id in knowledge.product_titles else product
        status = content.status if isinstance(content, OrderCard) else around.order_status
        memory = memory.knowing(
            product_id=product if product in knowledge.product_titles else memory.product_id,
            order_status=status or memory.order_status,
            region=around.region or memory.region,
        )
    return memory


def remember_names(said: Sequence[Utterance], memory: Memory, knowledge: KnowledgeBase) -> Memory:
    """Remember the product, the place and the figures that any message names: fragments belong together."""
    texts = [each.text for each in said]
    before, together, around = memory, knowledge.notice(" ".join(texts)), measurements_around(texts)
    recalled = measurements_around(texts, before=memory.recent)
    for each in said:
        named, told = each.typed_values, figures_told(each.text, before, memory, knowledge)
        memory = memory.knowing(
            product_id=named.product_id or memory.product_id,
            region=buyers_region(each.typed, each.typed_names, named.region) or memory.region,
            height_cm=named.height_cm
            or told.height_cm
            or around.height_cm
            or together.height_cm
            or memory.height_cm
            or recalled.height_cm,
            weight_kg=named.weight_kg
            or told.weight_kg
            or around.weight_kg
            or together.weight_kg
            or memory.weight_kg
            or recalled.weight_kg,
        )
    return memory


def figures_told(text: str, before: Memory, memory: Memory, knowledge: KnowledgeBase) -> Measurements:
    """The figures that a message consists of, where the last answer, or the one that waits, has a use for them.

    Both of them together are of use for any product with a size chart. `before` is what was known before this turn.
    """
    entry, chart = (
        knowledge.entry(memory.wanted or memory.last_entry or ""),
        size_chart(knowledge.manual, memory.product_id),
    )
    if entry is None or not takes_figures(entry):
        height_is_known = before.height_cm is not None
        told = (
            Measurements()
            if chart is None or memory.wanted
            else measurements_told(text, height_is_known=height_is_known)
        )
        is_one_of_them = memory.last_entry is None or height_is_known or before.weight_kg is not None
        return told if is_one_of_them or None not in told else Measurements()
    needs_height = before.height_cm is None and (chart is None or chart.by_height)
    return measurements_told(text, height_is_known=not needs_height)


def buyers_region(folded: str, names: Names, region: str | None) -> str | None:
    """The province named, unless it is where the parcel is, or where the shop and its goods are."""
    if not names.place:
        return region
    before, _, after = folded.partition(names.place)
    elsewhere = _UNDERWAY.says(folded) or _OF_THE_SHOP.says(before) or _SENT_FROM.pattern.match(after)
    return None if elsewhere else region
