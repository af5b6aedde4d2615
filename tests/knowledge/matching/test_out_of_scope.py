"""What a shop has no entry for, out of the library: nothing of its own, and only beside many examples."""

from __future__ import annotations

from functools import cache

from knowledge.intents.library import Intent, read_intents
from knowledge.manual.files import starter_manual
from knowledge.matching.matcher import Matcher
from knowledge.matching.out_of_scope import CHAT, WORDINGS


def matcher_of(*, most: int) -> Matcher:
    return Matcher.build(
        (entry.id, question) for entry in starter_manual().entries for question in entry.questions[:most]
    )


@cache
def beside_the_starter_manual() -> dict[str, Intent]:
    return {intent.id: intent for intent in matcher_of(most=1000).out_of_scope()}


def test_a_few_examples_are_left_alone_with_their_own() -> None:
    assert matcher_of(most=5).out_of_scope() == ()


def test_what_the_starter_manual_does_not_answer_lies_elsewhere() -> None:
    assert {"login", "privacy", "lottery", "confirm-receipt", "chat-weather"} & set(beside_the_starter_manual())
    assert len(beside_the_starter_manual()) > 60


def test_nothing_of_an_entry_lies_elsewhere_whatever_its_id() -> None:
    ours = {entry.id for entry in starter_manual().entries}
    assert not (ours | {"invoice-company", "invoice-paper", "washing"}) & set(beside_the_starter_manual())


def test_a_few_wordings_of_an_intent_are_enough_but_chat_is_about_everything() -> None:
    whole = {intent.id: len(intent.questions) for intent in read_intents()}
    for intent in beside_the_starter_manual().values():
        expected = whole[intent.id] if intent.id.startswith(CHAT) else min(WORDINGS, whole[intent.id])
        assert len(intent.questions) == expected
