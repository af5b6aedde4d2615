"""What a turn comes to: what is said, in which mode, and what is remembered of it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.acts import Answer, Clarify, Decision, Dismiss, Rate, StayQuiet, Suggest
from bot.dialogue.remembering import begin_episode, welcome_key
from bot.dialogue.responses.lines import lines
from bot.dialogue.state import RECENT_TEXTS, TOLD_TEXTS
from bot.dialogue.trace import why_of
from bot.dialogue.utterance import GREETING_ENTRY, SMALL_TALK
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from bot.dialogue.acts import Act, Bubble
    from bot.dialogue.question import Judged, Question
    from bot.dialogue.state import Memory
    from bot.dialogue.utterance import Utterance


_CALL = Phrase("own_line", "reply_a_word")


def _told(before: Sequence[str], said: Sequence[Utterance], act: Act) -> tuple[str, ...]:
    """What the buyer has only told since the last question that was answered."""
    if isinstance(act, Answer | Suggest) and any(each.asks for each in said):
        return ()
    return (*before, *(each.typed for each in said if each.tells))[-TOLD_TEXTS:]


def decision_of(judged: Judged, said: Sequence[Utterance]) -> Decision:
    question, response = judged.question, judged.response
    memory = response.memory
    if not isinstance(response.act, Rate):
        before = begin_episode(question.conversation)
        memory = _remember_texts(memory, before.recent, [each.typed for each in said])
        memory = memory.knowing(told=_told(before.told, said, response.act))
    bubbles = response.bubbles
    if not isinstance(response.act, StayQuiet | Rate | Dismiss):
        memory, bubbles = _welcome(question, memory, bubbles, act=response.act)
    has_desk = question.conversation.has_desk
    mode = response.mode or ("bot" if question.conversation.mode == "closed" else question.conversation.mode)
    return Decision(
        act=response.act,
        bubbles=_without_calling(question, bubbles) if mode == "waiting" or not has_desk else bubbles,
        mode=mode,
        memory=memory,
        why=why_of(judged),
    )


def _without_calling(question: Question, bubbles: tuple[Bubble, ...]) -> tuple[Bubble, ...]:
    """The bubbles for a buyer in the queue, who need not reply 人工 any more, and does the rest once somebody comes.

    Where there is no desk nobody comes, and the buyer leaves a message instead.
    """
    line = "in-queue" if question.conversation.has_desk else "leave-message"
    instead = "".join(question.knowledge.say(line, {}))

    def waits(call: re.Match[str]) -> str:
        apart, then = (call[name] is not None for name in ("apart", "then"))
        return f"{'，' if apart else ''}{instead}{'后' if then else ''}"

    return tuple(dataclasses.replace(bubble, text=_CALL.pattern.sub(waits, bubble.text)) for bubble in bubbles)


def _remember_texts(memory: Memory, before: Sequence[str], folded: Sequence[str]) -> Memory:
    new = any(text not in before for text in folded)
    recent = (*before, *folded)[-RECENT_TEXTS:]
    return dataclasses.replace(memory, recent=recent, stale_turns=0 if new else memory.stale_turns + 1)


def _welcome(
    question: Question, memory: Memory, bubbles: tuple[Bubble, ...], *, act: Act
) -> tuple[Memory, tuple[Bubble, ...]]:
    """Greet once for each buyer, channel and local day; a bare opening is answered by the welcome alone.

    Words that open a question elsewhere may be one that staff have bound to an answer: that is said.
    """
    today = question.shop.local_time.date().isoformat()
    if memory.welcomed_on == today or question.said.heard.is_late:
        return memory, bubbles
    once = welcome_key(question.conversation, today)
    greeting = [
        dataclasses.replace(bubble, once=f"{once}:{part}")
        for part, bubble in enumerate(lines(question, "welcome", "welcome"), 1)
    ]
    only_opens = question.said.opens and _says_nothing_more(act)
    if greeting and bubbles and (only_opens or all(bubble.entry == GREETING_ENTRY for bubble in bubbles)):
        bubbles = ()
    return dataclasses.replace(memory, welcomed_on=today), (*greeting, *bubbles)


def _says_nothing_more(act: Act) -> bool:
    """Whether one who has been welcomed misses nothing without it: small talk, or that they may go on."""
    match act:
        case Answer(entry=entry, also=()):
            return entry in SMALL_TALK
        case Clarify(entries=()):
            return True
        case _:
            return False
