"""The account that a decision gives of itself: what was read, named, remembered, and which rules were tried. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.dialogue.acts import Part, Why
from bot.dialogue.question import in_plain

if TYPE_CHECKING:
    from bot.dialogue.question import Judged, Question

REMEMBERED = ("region", "product_id", "order_status", "height_cm", "weight_kg", "last_entry", "wanted")
"""What of a memory decides about an answer, beside what was named in passing."""


def why_of(judged: Judged) -> Why:
    question = judged.question
    return Why(
        **_account(judged),
        revision=question.knowledge.revision,
        local_time=question.shop.local_time,
        is_open=question.shop.is_open,
        is_refined=question.knowledge.is_refined,
        matcher=question.knowledge.matcher_at_work,
    )


def part_of(judged: Judged) -> Part:
    return Part(**_account(judged), act=judged.response.act)


def _account(judged: Judged) -> dict[str, Any]:
    """The fields of an `Account`."""
    question, chosen = judged.question, judged.response.chosen
    return {
        "text": question.folded,
        "words": question.findings.words,
        "named": question.named,
        "remembered": _remembered(question),
        "candidates": question.findings.candidates,
        "rules": judged.tried,
        "answer_rule": chosen.rule if chosen else None,
        "answer_lost": chosen.lost if chosen else (),
    }


def _remembered(question: Question) -> dict[str, str]:
    memory = question.memory
    known = {name: getattr(memory, name) for name in REMEMBERED} | dict(memory.passing)
    return {name: in_plain(value) for name, value in known.items() if value is not None and name not in question.named}
