"""Quick phrases: what people say again and again, found by a few letters."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from knowledge.language.initials import initials
from knowledge.language.normalisation import same_letters

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bot.domain.accounts.staff import Staff

Scope = Literal["own", "group", "shop"]
"""own: of one person · group: of one of the shop's groups · shop: everybody's."""
LONGEST_TITLE = 40
MOST_BUBBLES = 5
LONGEST_BUBBLE = 2_000


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """One phrase. `owner_id` is the person's or the group's, 0 for the shop's. A bubble may hold `{variables}`.

    `pictures` are the names of pictures that go after the words.
    """

    id: int
    scope: Scope
    owner_id: int
    title: str
    bubbles: tuple[str, ...]
    pictures: tuple[str, ...] = ()
    used: int = field(default=0, compare=False)

    @cached_property
    def looks(self) -> Looks:
        """What it is found by."""
        return looks_of(self.title, " ".join(self.bubbles))


Looks = tuple[str, str, str, str]


def looks_of(title: str, words: str) -> Looks:
    """What something with a title and words is found by: both, and the initials of both."""
    folded = same_letters(words)
    return same_letters(title), initials(title), folded, initials(folded[:60])


def found(phrases: Iterable[Phrase], query: str, *, most: int) -> list[Phrase]:
    """Those that fit what was typed, the best first: by the title before the words, by its beginning before the rest.

    Of those that fit equally well the most used come first; nothing typed fits all.
    """
    typed = as_typed(query)
    ranked = (
        (rank, -phrase.used, phrase.title, phrase) for phrase in phrases if (rank := rank_of(phrase.looks, typed))
    )
    return [phrase for *_, phrase in sorted(ranked, key=lambda each: each[:3])[:most]]


def as_typed(query: str) -> str:
    """The letters that somebody looks for something by."""
    return same_letters(query).replace(" ", "")


def rank_of(looks: Looks, typed: str) -> int:
    """How well it fits what was typed: 1 is best, 0 where it does not."""
    title, title_initials, words, word_initials = looks
    fits = (
        title.startswith(typed),
        title_initials.startswith(typed),
        typed in title,
        typed in title_initials,
        word_initials.startswith(typed),
        typed in words,
    )
    return next((rank for rank, fit in enumerate(fits, 1) if fit), 0)


def may_use(phrase: Phrase, who: Staff, groups: Collection[int]) -> bool:
    """Whether it is one of this person's: their own, one of their groups', or the shop's."""
    return (
        phrase.scope == "shop"
        or (phrase.scope == "own" and phrase.owner_id == who.id)
        or (phrase.scope == "group" and phrase.owner_id in groups)
    )


def may_change(scope: Scope, owner_id: int, who: Staff, groups: Collection[int]) -> bool:
    """Whether this person may write such phrases: their own, those of groups they look after, the shop's as editors."""
    if scope == "own":
        return owner_id == who.id and who.may("answer")
    if scope == "group":
        return who.may("edit_manual") or (who.may("supervise") and owner_id in groups)
    return who.may("edit_manual") and owner_id == 0
