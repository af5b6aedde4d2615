"""What is said when the answer was said before, with the starter manual and the rules alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.talk import Talk


def test_the_same_answer_is_not_said_twice_running_in_other_words(talk: Talk) -> None:
    first = talk.says("什么时候发货")
    again = talk.says("多久发货")
    assert again == list(talk.knowledge.say("as-said", {}))
    assert first != again
    assert talk.says("几天能发货") == first
    assert talk.says("啥时候发货") == again
