"""What the phrases of anger come to; their examples stand with them in `knowledge/phrases/zh/temper.toml`."""

from __future__ import annotations

from bot.dialogue.cues.tempers import is_calm, is_upset, looks_furious
from knowledge.language.normalisation import fold
from knowledge.phrases.phrase import themes

TEMPER = themes()["temper"]


def test_who_is_upset_is_not_calm() -> None:
    assert [text for text in TEMPER["upset"]["yes"] if is_calm(fold(text)) or not is_upset(fold(text))] == []


def test_praise_worry_and_denial_are_calm() -> None:
    assert [text for text in TEMPER["speaks_of_anger"]["yes"] if not is_calm(fold(text)) or is_upset(fold(text))] == []


def test_a_face_is_seen_in_what_was_typed() -> None:
    assert looks_furious("😡😡")
    assert not looks_furious("怒江包邮吗")
