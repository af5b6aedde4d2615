"""Fire, shocks and harm to people, of which a person should hear at once; and what only asks whether they may come."""

from __future__ import annotations

from bot.dialogue.cues.questions import ends_as_question
from knowledge.phrases.phrase import Phrase

_DANGER = Phrase("danger", "danger")


def tells_of_danger(folded: str, text: str) -> bool:
    """Whether harm has come or is on its way: "冒烟了", "被电到了"; "会漏电吗" and "防烫伤" only speak of it.

    `text` is the message before it was folded, which takes the 吗 away.
    """
    said = f"{folded}吗" if ends_as_question(text) else folded
    return _DANGER.says(said)
