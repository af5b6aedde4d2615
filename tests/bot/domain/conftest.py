"""A talk with the bot of the starter manual."""

from __future__ import annotations

import pytest

from knowledge.base import KnowledgeBase
from knowledge.manual import starter_manual
from tests.talk import Talk


@pytest.fixture(scope="session")
def base() -> KnowledgeBase:
    return KnowledgeBase.build(revision=1, manual=starter_manual())


@pytest.fixture
def talk(base: KnowledgeBase) -> Talk:
    return Talk(base)
