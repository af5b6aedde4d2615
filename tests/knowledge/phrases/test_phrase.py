"""Each phrase of the data files says its own examples of yes and none of its examples of no."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from knowledge.language.normalisation import fold
from knowledge.phrases.phrase import SHARED, BadPhrase, Phrase, themes

if TYPE_CHECKING:
    from collections.abc import Callable

THEMES = sorted(themes())
KEYS = {"patterns", "unless", "reads", "form", "yes", "no"}
FORMS: dict[str, Callable[[str], str]] = {
    "folded": fold,
    "typed": str,
    "unspaced": lambda text: re.sub(r"\s+", "", text.lower()),
    "bare": lambda text: re.sub(r"[\s,，.。!！?？~～、]+", "", fold(text)),
    "letters": lambda text: re.sub(r"[\W_]+", "", re.sub(r"\[\w+\]", "", text.lower())),
    "no pauses": lambda text: re.sub(r"[\s.。…,，、:：~～!！?？]+", "", text.lower()),
}
"""How texts are when a phrase is looked for in them, by the name that the data files have for it."""


def _phrases(theme: str) -> dict[str, Phrase]:
    return {name: Phrase(theme, name) for name in themes()[theme] if name != "fragments"}


@pytest.mark.parametrize("theme", THEMES)
def test_examples_are_told_apart(theme: str) -> None:
    wrong = []
    for name, phrase in _phrases(theme).items():
        table = themes()[theme][name]
        formed = FORMS[table.get("form", "folded")]
        wrong += [f"{name} should say {text!r}" for text in table["yes"] if not phrase.says(formed(text))]
        wrong += [f"{name} should not say {text!r}" for text in table["no"] if phrase.says(formed(text))]
    assert wrong == []


@pytest.mark.parametrize("theme", THEMES)
def test_every_phrase_has_examples_and_nothing_that_is_not_read(theme: str) -> None:
    for name in _phrases(theme):
        table = themes()[theme][name]
        assert set(table) <= KEYS, name
        assert table["patterns"], name
        assert table["yes"], name
        assert table["no"], name
        assert table.get("reads", "part") in ("whole", "part"), name


@pytest.mark.parametrize("theme", THEMES)
def test_every_fragment_is_used(theme: str) -> None:
    book = themes()[theme]
    said = str(themes()) if theme == SHARED else str(book)
    assert [name for name in book.get("fragments", {}) if not re.search(rf"\{{{name}\}}", said)] == []


def test_a_phrase_that_is_nowhere_says_where_to_add_it() -> None:
    with pytest.raises(BadPhrase, match=r"temper\.toml: add it"):
        Phrase("temper", "joy").says("好开心")
