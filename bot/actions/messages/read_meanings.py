"""Read what texts mean by a model's vectors, in the short time there is; without them the matcher decides alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.matching.embeddings import NoVectors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.matching.embeddings import Embedder, Meanings, Meant

MOST_REMEMBERED = 2_000


class MeaningReader:
    """Asks the model for each text once: a buyer whose rest is awaited, or another, may bring the same words again."""

    def __init__(self, *, embedder: Embedder, within_seconds: float) -> None:
        self._embedder = embedder
        self._within_seconds = within_seconds
        self._meanings: Meanings | None = None
        self._known: dict[str, tuple[Meant, ...]] = {}

    async def read(self, texts: Sequence[str], meanings: Meanings) -> Mapping[str, tuple[Meant, ...]]:
        """What the model takes each text for, best first. Texts that it could not be asked for in time are left out."""
        if self._meanings is not meanings or len(self._known) > MOST_REMEMBERED:
            self._meanings, self._known = meanings, {}
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            try:
                vectors = await self._embedder.embed(new, within_seconds=self._within_seconds)
            except NoVectors:
                return {text: self._known[text] for text in texts if text in self._known}
            self._known |= dict(zip(new, meanings.meant(vectors), strict=True))
        return {text: self._known[text] for text in texts}
