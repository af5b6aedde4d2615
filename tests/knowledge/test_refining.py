"""The better matcher is fitted in a process of its own, under the event loop that the server runs on."""

from __future__ import annotations

import asyncio

import pytest
import uvloop

from knowledge.base import KnowledgeBase
from knowledge.refining import fit
from tests.small_manual import small_manual


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_fit_comes_back_from_its_process(run: object) -> None:
    fitted = run(fit(small_manual()))  # type: ignore[operator]  # either runs a coroutine

    base = KnowledgeBase.build(revision=1, manual=small_manual())
    assert base.with_fit(fitted).is_refined
