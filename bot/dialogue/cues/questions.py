"""Whether words ask something, agree with something, or only tell it."""

from __future__ import annotations

from knowledge.phrases.phrase import Phrase

SHORTEST_QUESTION_CHARACTERS = 3

_ASKS = Phrase("question", "asks")
_TELLS = Phrase("question", "tells")
_ASKS_OF_ANOTHER = Phrase("question", "asks_of_another")
_AGREES = Phrase("question", "agrees")
_ENDS_AS_QUESTION = Phrase("question", "ends_as_question")


def is_question(text: str) -> bool:
    """Whether these words ask something by themselves, rather than only begin or surround a question.

    "起球吗" does, but not "好不好", which only asks whether we agree.
    """
    return len(text.strip()) >= SHORTEST_QUESTION_CHARACTERS and asks(text) and not _AGREES.says(text.strip())


def asks(text: str) -> bool:
    """Whether a question word or particle is in it."""
    return _ASKS.says(text)


def only_tells(text: str) -> bool:
    """Whether its 呢 tells something rather than asks it: "没付款呢", "等着呢"."""
    return _TELLS.says(text) and not asks(_TELLS.without(text))


def asks_of_another(text: str) -> bool:
    """Whether it asks the same of something else: "那耳机呢"."""
    return _ASKS_OF_ANOTHER.says(text)


def ends_as_question(text: str) -> bool:
    """Whether its last word is a particle that makes a question of a whole sentence."""
    return _ENDS_AS_QUESTION.says(text)
