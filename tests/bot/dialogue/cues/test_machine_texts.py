"""Texts that no person typed, by their own examples."""

from __future__ import annotations

import pytest

from adapters.contract import Author, Inbound, Message, Text, Unsupported
from bot.dialogue.cues.machine_texts import as_meant, machine_texts, meaning

YES = [(each.means, text) for each in machine_texts() for text in each.yes]
NO = [text for each in machine_texts() for text in each.no]


@pytest.mark.parametrize(("means", "text"), YES)
def test_each_example_is_what_it_is_listed_for(means: str, text: str) -> None:
    assert meaning(text) == means
    assert meaning(f" {text}\n") == means


@pytest.mark.parametrize("text", [*NO, "", "新疆包邮吗", "[微笑]", "[系统消息]" + "x" * 300])
def test_a_persons_words_stay_his(text: str) -> None:
    assert meaning(text) is None


def _said(text: str, kind: str) -> Inbound:
    author = Author(kind=kind, id="b-9")  # type: ignore[arg-type]  # one of three
    return Inbound(external_id="m-1", conversation_id="c-1", event=Message(author=author, content=Text(text)))


@pytest.mark.parametrize("kind", ["buyer", "staff"])
def test_a_picture_is_unsupported_content_whoever_sent_it(kind: str) -> None:
    meant = as_meant(_said("[图片]", kind)).event
    assert isinstance(meant, Message)
    assert (meant.content, meant.author.kind) == (Unsupported("image"), kind)


def test_a_notice_in_the_buyers_name_is_the_systems_and_keeps_its_words() -> None:
    meant = as_meant(_said("对方撤回了一条消息", "buyer")).event
    assert meant == Message(author=Author(kind="system", id="b-9"), content=Text("对方撤回了一条消息"))


def test_whoever_writes_like_a_notice_among_staff_is_a_person() -> None:
    said = _said("[自动回复]您好", "staff")
    assert as_meant(said) == said
