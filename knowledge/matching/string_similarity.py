"""How alike whole wordings are, character by character: what features in any order cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz, process

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def string_similarity(
    text: str, examples: Sequence[str], shared: NDArray[np.float32], *, more_than: float
) -> NDArray[np.float32]:
    """Likeness in [0, 1] to each example that shares more than this of its characters, and 0 to the others.

    `shared` is how like the examples are by their characters in any order (see `index.py`). Each comparison costs time.
    """
    worth = np.flatnonzero(shared > more_than)
    compared = [examples[place] for place in worth.tolist()]
    alike = np.zeros(len(examples), np.float32)
    alike[worth] = process.cdist([text], compared, scorer=fuzz.ratio, dtype=np.float32)[0]
    return alike * np.float32(0.01)
