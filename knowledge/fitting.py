"""What a fit has taught a matcher, kept as bytes; and the key that says which fit a knowledge base can use.

The bytes are plain arrays that anybody's database may hold: reading them runs nothing.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from dataclasses import asdict
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from knowledge.matching.calibration import Calibration
from knowledge.matching.classifier import Classifier
from knowledge.matching.index import Numbered, Vocabulary
from knowledge.matching.matcher import Taught

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

MODULES = (
    "fitting.py",
    "phrases/phrase.py",
    *(f"language/{name}.py" for name in ("lines", "normalisation", "pinyin", "segmentation", "synonyms")),
    *(f"matching/{name}.py" for name in ("calibration", "classifier", "features", "held_out", "index", "matcher")),
    *(f"matching/{name}.py" for name in ("out_of_scope", "regression", "string_similarity", "topic_model")),
)
DATA = (
    *(f"data/{name}" for name in ("topic_model.npz", "dictionary.txt", "pinyin.txt", "synonyms.txt", "weights.json")),
    *(f"phrases/zh/{name}.toml" for name in ("greeting", "shared")),
    "intents",
)
"""The modules and the data that a fit comes from: when one of them changes, all fits are made anew."""
SHIPPED = "starter_fit.npz"
"""The fit of the starter manual, written by `make fit`."""
_FINENESS = 127


class BadFit(ValueError):
    """These bytes are no fit, or not the one that was asked for."""


def key_of(*inputs: Iterable[object]) -> str:
    """The key of what is learned from these inputs by this version of the program: the same for the same."""
    return hashlib.sha256(version() + orjson.dumps([list(each) for each in inputs])).hexdigest()


@lru_cache(maxsize=1)
def version() -> bytes:
    """A hash of all that a fit comes from, beside the manual."""
    return hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in sources())).digest()


def sources() -> Iterator[bytes]:
    """The contents of all files that a fit comes from."""
    for name in (*MODULES, *DATA):
        found = files("knowledge") / name
        of_folder = [] if found.is_file() else sorted(found.iterdir(), key=lambda each: each.name)
        yield from (each.read_bytes() for each in of_folder or [found] if each.is_file())


def pack(taught: Taught, *, key: str) -> bytes:
    """The same bytes for what was taught alike; weights of features are rounded to a byte each."""
    told: dict[str, NDArray[Any]] = {"told": _as_bytes({"key": key, "calibration": asdict(taught.calibration)})}
    if taught.examples is not None:
        told |= _examples_told(taught.examples)
    if taught.classifier is not None:
        told |= _classifier_told(taught.classifier)
    data = io.BytesIO()
    np.savez_compressed(data, **told)  # type: ignore[arg-type]  # by name
    return data.getvalue()


def unpack(data: bytes, *, key: str) -> Taught:
    """What `pack` was given. Raises `BadFit` for anything else, and for the fit of another key."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            arrays = dict(found)
        told = orjson.loads(arrays["told"].tobytes())
        _refuse_unless(told["key"] == key, "it is one for other examples or of another version")
        classifier = _classifier(arrays) if "features" in arrays else None
        examples = _examples(arrays) if "examples" in arrays else None
        return Taught(classifier, Calibration(**told["calibration"]), examples)
    except (KeyError, TypeError, ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as problem:
        raise BadFit(f"the fit cannot be read: {problem}") from problem


def shipped_fit(key: str) -> bytes | None:
    """The fit that ships with the program, that of the starter manual, if it has this key."""
    data = (files("knowledge") / "data" / SHIPPED).read_bytes()
    with np.load(io.BytesIO(data)) as found:
        return data if orjson.loads(found["told"].tobytes())["key"] == key else None


def _refuse_unless(it_is_so: bool, problem: str) -> None:  # noqa: FBT001 - a condition
    if not it_is_so:
        raise ValueError(problem)


def _as_bytes(value: object) -> NDArray[np.uint8]:
    return np.frombuffer(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), np.uint8)


def _examples_told(numbered: Numbered) -> Mapping[str, NDArray[Any]]:
    return {
        "examples": numbered.columns,
        "examples_rows": numbered.rows,
        "examples_sizes": _sizes(numbered.numbers),
        "examples_names": _names(numbered.numbers),
    }


def _examples(told: Mapping[str, NDArray[Any]]) -> Numbered:
    numbers = _numbers(told["examples_sizes"], told["examples_names"])
    columns, rows = told["examples"], told["examples_rows"]
    count = sum(map(len, numbers))
    fits_together = len(columns) == len(rows) and (not len(columns) or 0 <= columns.min() <= columns.max() < count)
    _refuse_unless(bool(fits_together and (np.diff(rows) >= 0).all()), "its examples do not belong together")
    return Numbered(numbers, columns, rows)


def _sizes(numbers: Sequence[Mapping[str, int]]) -> NDArray[np.int64]:
    return np.array([len(each) for each in numbers], np.int64)


def _names(numbers: Sequence[Mapping[str, int]]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(feature for each in numbers for feature in each).encode(), np.uint8)


def _numbers(sizes: NDArray[np.int64], names: NDArray[np.uint8]) -> list[dict[str, int]]:
    features = names.tobytes().decode("utf-8").split("\n")
    ends = np.cumsum([0, *sizes.tolist()]).tolist()
    _refuse_unless(len(features) == max(ends[-1], 1), "its parts do not belong together")
    return [
        {feature: number for number, feature in enumerate(features[start:end], start=start)}
        for start, end in pairwise(ends)
    ]


def _classifier_told(classifier: Classifier) -> Mapping[str, NDArray[Any]]:
    weights = classifier.features.astype(np.float32) * classifier.scale
    scale = np.maximum(np.abs(weights).max(axis=0, initial=0), np.float32(1e-9)) / _FINENESS
    known = classifier.vocabulary.numbers
    return {
        "sizes": _sizes(known),
        "names": _names(known),
        "rarity": classifier.vocabulary.rarity,
        "unseen": np.float64(classifier.vocabulary.unseen),
        "features": np.round(weights / scale).astype(np.int8),
        "scale": scale,
        "wordings": classifier.wordings.astype(np.float16),
        "directions": classifier.directions,
        "alike": np.float64(classifier.alike),
    }


def _classifier(told: Mapping[str, NDArray[Any]]) -> Classifier:
    numbers = _numbers(told["sizes"], told["names"])
    fits_together = sum(map(len, numbers)) == len(told["rarity"]) == len(told["features"])
    _refuse_unless(fits_together, "its parts do not belong together")
    return Classifier(
        vocabulary=Vocabulary(numbers, told["rarity"], float(told["unseen"])),
        features=told["features"],
        scale=told["scale"],
        wordings=told["wordings"].astype(np.float32),
        directions=told["directions"],
        alike=float(told["alike"]),
    )
