"""No buyer is told an invented address or price; who tries the bot out is, with a word that it is an example."""

from __future__ import annotations

import dataclasses

import pytest

from bot.config import TRY_OUT_CHANNEL
from bot.dialogue.acts import Answer, HandOver
from knowledge.base import KnowledgeBase
from knowledge.manual.files import starter_manual
from tests.own_starter import own_starter
from tests.talk import Talk

ASKED = ["退货寄到哪里", "有优惠券吗", "毛衣多少钱"]


@pytest.fixture(scope="module")
def shipped() -> KnowledgeBase:
    return KnowledgeBase.build(revision=1, manual=starter_manual())


@pytest.mark.parametrize("asked", ASKED)
def test_a_buyer_gets_a_person_instead(shipped: KnowledgeBase, asked: str) -> None:
    decision = Talk(shipped).turn(asked)
    assert isinstance(decision.act, HandOver)
    assert decision.act.reason.code == "fact_invented"
    said = "".join(bubble.text for bubble in decision.bubbles)
    assert not any(invented in said for invented in ("样例区", "小满", "5元券", "269元"))


@pytest.mark.parametrize("asked", ASKED)
def test_who_tries_it_out_sees_it_marked(shipped: KnowledgeBase, asked: str) -> None:
    talk = Talk(shipped)
    talk.conversation = dataclasses.replace(talk.conversation, channel=TRY_OUT_CHANNEL)
    decision = talk.turn(asked)
    assert isinstance(decision.act, Answer)
    assert "是样例，上线前换成自己的" in decision.bubbles[-1].text


@pytest.mark.parametrize("asked", ASKED)
def test_the_shops_own_is_told(asked: str) -> None:
    talk = Talk(KnowledgeBase.build(revision=1, manual=own_starter()))
    decision = talk.turn(asked)
    assert isinstance(decision.act, Answer)
    assert not any("样例" in bubble.text for bubble in decision.bubbles)


def test_what_is_a_harmless_default_is_told(shipped: KnowledgeBase) -> None:
    assert isinstance(Talk(shipped).turn("包邮吗").act, Answer)
