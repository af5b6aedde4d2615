"""What the bot says, made to fit what its platform takes: no bubble too long, and not more of them than it lets out."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.acts import Away, Bubble, HandOver
from bot.domain.delivering.text_parts import cut
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from adapters.contract import TextLimit
    from bot.dialogue.acts import Decision, ShopNow
    from knowledge.base import KnowledgeBase

QUOTA_ENDS = "quota-ends"


def fitted(
    decision: Decision,
    *,
    longest_text: TextLimit | None,
    buttons: int,
    most: int | None,
    has_desk: bool,
    shop: ShopNow,
    knowledge: KnowledgeBase,
) -> Decision:
    """The decision with bubbles that the platform takes, `most` of them at most.

    Where they are more than it takes before the buyer writes again, the last one says so, and a person is called for
    the rest: nothing ends in silence.
    """
    bubbles = _with_buttons_last(decision.bubbles, buttons)
    bubbles = tuple(part for bubble in bubbles for part in _cut(bubble, longest_text))
    if most is None or len(bubbles) <= most:
        return decision if bubbles == decision.bubbles else dataclasses.replace(decision, bubbles=bubbles)
    said = " ".join(knowledge.say(QUOTA_ENDS, {"quota": str(most)}))
    last = dataclasses.replace(bubbles[most - 1], kind="handoff", text=said, choices=())
    decision = dataclasses.replace(decision, bubbles=(*bubbles[: most - 1], last))
    if not has_desk or decision.mode in {"human", "waiting"}:
        return decision
    reason = because("quota_ends", quota=most)
    return dataclasses.replace(
        decision, act=HandOver(reason=reason) if shop.is_open else Away(reason=reason), mode="waiting"
    )


def _with_buttons_last(bubbles: tuple[Bubble, ...], most: int) -> tuple[Bubble, ...]:
    """The choices under the last bubble: many platforms let buttons go as soon as something is said below them."""
    choices = next((bubble.choices for bubble in bubbles if bubble.choices), ())
    if most == 0 or not choices:
        return bubbles
    kept = choices if len(choices) <= most else ()
    without = tuple(dataclasses.replace(bubble, choices=()) for bubble in bubbles)
    return (*without[:-1], dataclasses.replace(without[-1], choices=kept))


def _cut(bubble: Bubble, limit: TextLimit | None) -> tuple[Bubble, ...]:
    """The parts of a bubble; buttons stand under the last, and what is said once only is in all of its parts."""
    texts = cut(bubble.text, limit)
    if len(texts) == 1:
        return (bubble,)
    return tuple(
        dataclasses.replace(
            bubble,
            text=text,
            once=bubble.once if bubble.once is None or part == 1 else f"{bubble.once}:{part}",
            choices=bubble.choices if part == len(texts) else (),
        )
        for part, text in enumerate(texts, 1)
    )
