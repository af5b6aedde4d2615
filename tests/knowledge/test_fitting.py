"""Fits as bytes, and the key that says what a fit is good for."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import grimp
import numpy as np
import pytest

from knowledge import fitting
from knowledge.base import KnowledgeBase, fit_key
from knowledge.fitting import DATA, MODULES, BadFit, key_of, pack, shipped_fit, sources, unpack
from knowledge.manual.files import starter_manual
from knowledge.matching.matcher import Matcher, Taught
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from knowledge.manual.entry import Manual

PAIRS = [
    *(("dispatch", text) for text in ("什么时候发货", "几时能寄出去", "多久可以发出", "今天发吗")),
    *(("postage", text) for text in ("包邮吗", "邮费怎么算", "要不要运费", "运费多少")),
]
ASKED = ("啥时候能发", "运费贵吗", "能开发票吗")


@pytest.fixture(scope="module")
def built() -> Matcher:
    return Matcher.build(PAIRS)


@pytest.fixture(scope="module")
def regressed(built: Matcher) -> Matcher:
    return built.regressed()


def test_what_was_learned_comes_back_from_its_bytes(built: Matcher, regressed: Matcher) -> None:
    again = built.with_taught(unpack(pack(regressed.taught, key="k"), key="k"))
    for question in ASKED:
        found, same = regressed.find(question).candidates, again.find(question).candidates
        assert [each.entry for each in found] == [each.entry for each in same]
        assert [each.confidence for each in found] == pytest.approx([each.confidence for each in same], abs=0.01)


def test_packing_is_exact_from_the_first_time_on(regressed: Matcher) -> None:
    once = pack(regressed.taught, key="k")
    assert once == pack(regressed.taught, key="k")
    assert pack(unpack(once, key="k"), key="k") == once


def test_that_nothing_was_learned_is_worth_keeping_too(built: Matcher) -> None:
    taught = Taught(None, built.taught.calibration)
    assert unpack(pack(taught, key="k"), key="k") == taught


def _arrays(**arrays: object) -> bytes:
    data = io.BytesIO()
    np.savez(data, **arrays)  # type: ignore[arg-type]  # by name
    return data.getvalue()


def _without(packed: bytes, name: str) -> bytes:
    with np.load(io.BytesIO(packed)) as arrays:
        return _arrays(**{each: value for each, value in arrays.items() if each != name})


@pytest.mark.parametrize("part", ["told", "rarity", "names", "scale", "alike", "examples_rows", "examples_names"])
def test_a_fit_that_lacks_a_part_is_refused(regressed: Matcher, part: str) -> None:
    with pytest.raises(BadFit):
        unpack(_without(pack(regressed.taught, key="k"), part), key="k")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no fit",
        b"PK\x03\x04 torn",
        _arrays(told=np.frombuffer(b"{}", np.uint8)),
        _arrays(told=np.frombuffer(b'{"key": "k", "calibration": {"bias": 1}}', np.uint8)),
        _arrays(told=np.array([print], dtype=object)),
    ],
)
def test_other_bytes_are_refused_and_run_nothing(data: bytes) -> None:
    with pytest.raises(BadFit):
        unpack(data, key="k")


def test_half_a_fit_is_refused(regressed: Matcher) -> None:
    packed = pack(regressed.taught, key="k")
    with pytest.raises(BadFit):
        unpack(packed[: len(packed) // 2], key="k")


@pytest.mark.parametrize(
    "examples", [{"examples": -1}, {"examples": 10_000}, {"examples_rows": -1}, {"examples_sizes": 1}]
)
def test_examples_that_do_not_belong_together_are_refused(built: Matcher, examples: dict[str, int]) -> None:
    with np.load(io.BytesIO(pack(built.taught, key="k"))) as arrays:
        told = dict(arrays)
    for name, value in examples.items():
        told[name] = np.append(told[name], value).astype(told[name].dtype)
    with pytest.raises(BadFit, match="belong together"):
        unpack(_arrays(**told), key="k")


def test_knowledge_that_has_its_fit_from_the_start_is_the_same_as_one_that_gets_it_later() -> None:
    manual = small_manual()
    quick = KnowledgeBase.build(revision=1, manual=manual)
    fitted = quick.fitted()
    later, at_once = quick.with_fit(fitted), KnowledgeBase.build(revision=1, manual=manual, fit=fitted)
    assert at_once.is_refined
    for question in ("包邮不", "几时能寄出去", "发的什么快递", "毛巾能机洗吗"):
        assert at_once.find(question) == later.find(question)
    with pytest.raises(BadFit, match="other examples"):
        KnowledgeBase.build(revision=1, manual=replace(manual, entries=manual.entries[1:]), fit=fitted)


def test_a_fit_with_more_examples_than_the_manual_is_refused() -> None:
    quick = KnowledgeBase.build(revision=1, manual=small_manual())
    taught = quick.matcher.taught
    assert taught.examples is not None
    more = taught.examples._replace(rows=taught.examples.rows + 1)
    with pytest.raises(BadFit, match="more examples"):
        KnowledgeBase.build(
            revision=1, manual=small_manual(), fit=pack(taught._replace(examples=more), key=quick.fit_key)
        )


def test_the_fit_of_another_manual_is_refused(regressed: Matcher) -> None:
    with pytest.raises(BadFit, match="other examples"):
        unpack(pack(regressed.taught, key="k"), key="another")


def test_a_key_stands_for_what_is_learned_from(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {key_of(PAIRS, ["羊绒衫"]), key_of(PAIRS[1:], ["羊绒衫"]), key_of(PAIRS, []), key_of(PAIRS[::-1], [])}
    assert len(keys) == 4
    assert key_of(PAIRS, []) == key_of(list(PAIRS), ())
    before = key_of(PAIRS)
    monkeypatch.setattr(fitting, "MODULES", MODULES[1:])  # as when one of them were another
    fitting.version.cache_clear()
    assert key_of(PAIRS) != before
    monkeypatch.undo()
    fitting.version.cache_clear()
    assert key_of(PAIRS) == before


def test_the_key_knows_all_that_a_fit_comes_from() -> None:
    graph = grimp.build_graph("knowledge", exclude_type_checking_imports=True)
    behind = graph.find_upstream_modules("knowledge.fitting") | {"knowledge.fitting"}
    rooms = {module for module in behind if graph.find_children(module)}
    named = {f"knowledge.{module.removesuffix('.py').replace('/', '.')}" for module in MODULES}
    assert named | {"knowledge.intents.library"} == behind - rooms


def test_the_data_that_a_fit_reads_is_in_its_key() -> None:
    read, folder = set(sources()), Path(fitting.__file__).parent
    intents = [each for each in (folder / "intents").iterdir() if each.is_file()]
    assert len(read) == len(MODULES) + len(DATA) - 1 + len(intents)
    assert {(folder / "data" / "weights.json").read_bytes(), (folder / "intents" / "chat.toml").read_bytes()} <= read


@pytest.fixture(scope="module")
def starter() -> Manual:
    return starter_manual()


def test_the_starter_manuals_fit_ships_and_is_up_to_date(starter: Manual) -> None:
    shipped = shipped_fit(fit_key(starter))
    assert shipped is not None, "the starter manual or the matcher has changed: run `make fit` and commit its file"
    assert KnowledgeBase.build(revision=1, manual=starter).with_fit(shipped).is_refined
    assert shipped_fit("another") is None
