"""A talk with the bot of the starter manual."""

from __future__ import annotations

import pytest

from knowledge.base import KnowledgeBase
from tests.own_starter import own_starter
from tests.talk import Talk


@pytest.fixture(scope="session")
def base() -> KnowledgeBase:
    return KnowledgeBase.build(revision=1, manual=own_starter())


@pytest.fixture
def talk(base: KnowledgeBase) -> Talk:
    return Talk(base)
