"""The rulings on one turn put together: one act, at most three bubbles, and nothing that was asked left out. Pure."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, cast

from bot.domain.decision import Answer, Clarify, Dismiss, Rate, RuleTried, Suggest
from bot.domain.outcomes import is_about, is_left_over, says_something, subject_of, wants_person
from bot.domain.rules.matches import ASKED_BACK_AT, leads_clearly
from bot.domain.rules.queue import NAMED_CHARACTERS
from bot.domain.rulings import hand_over
from bot.domain.turn import COMPLAINT_ENTRY, Judged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.decision import Bubble

BUBBLES_PER_TURN = 3


def put_together(judged: Sequence[Judged]) -> Judged:
    """One ruling for the turn: a person where one is wanted, with the answers there are; else what was answered."""
    if len(judged) == 1:
        return judged[0]
    dismissed = [each for each in judged if isinstance(each.ruling.act, Dismiss)]
    answers = [each for each in judged if says_something(each)]
    wanted = [each for each in judged if wants_person(each)]
    left_over = [each for each in judged if is_left_over(each) and not is_about(each, answers)]
    if dismissed:
        return dismissed[-1]
    if wanted:
        return _with_answers(wanted[-1], answers)
    asked_back = [each for each in judged if may_be_asked_back(each) and not is_about(each, answers)]
    asks_back = len(asked_back) == 1 and all(each in asked_back for each in left_over)
    calls = bool(left_over) and not asks_back and judged[0].question.conversation.mode != "waiting"
    if calls and len(answers) + len(left_over) > 1:
        return _handed_on(answers, left_over)
    if answers:
        return _asked_back(answers, asked_back[0]) if asks_back else _several_answers(answers)
    firm = [each for each in judged if isinstance(each.ruling.act, Clarify | Rate)]
    said = [each for each in judged if isinstance(each.ruling.act, Answer)]
    return (left_over or firm or said or list(judged))[-1]


def may_be_asked_back(judged: Judged) -> bool:
    """Whether a question back will do instead of a person: which place or product, or whether this entry is meant."""
    act = judged.ruling.act
    waits_for_a_name = isinstance(act, Clarify) and judged.ruling.memory.wanted in act.entries
    return waits_for_a_name or leads_clearly(judged, at=ASKED_BACK_AT)


def _asked_back(answers: Sequence[Judged], open_question: Judged) -> Judged:
    """Answer what can be answered, and ask back about the one question that is only likely."""
    asked, base = open_question.ruling, _several_answers(answers, room=BUBBLES_PER_TURN - 1)
    memory = dataclasses.replace(base.ruling.memory, choice=asked.memory.choice, wanted=asked.memory.wanted)
    if isinstance(asked.act, Suggest):
        memory = dataclasses.replace(memory, last_entry=asked.act.entry)
    bubbles = (*base.ruling.bubbles, _as_one(asked.bubbles))
    named = f"“{open_question.question.text.strip()[:NAMED_CHARACTERS]}”"
    reason = f"answers {len(answers)} of {len(answers) + 1} questions, asks back about {named}"
    ruling = dataclasses.replace(base.ruling, bubbles=bubbles, memory=memory, reason=reason)
    return dataclasses.replace(base, ruling=ruling, tried=_left_over(base, reason))


def _with_answers(last: Judged, answers: Sequence[Judged]) -> Judged:
    """The answers, and then a person; to somebody angry the apology comes first."""
    if not answers:
        return last
    together = _several_answers(answers, room=max(1, BUBBLES_PER_TURN - len(last.ruling.bubbles))).ruling
    memory = dataclasses.replace(last.ruling.memory, asked=together.memory.asked, last_said=together.memory.last_said)
    said = (together.bubbles, last.ruling.bubbles)
    first, then = reversed(said) if getattr(last.ruling.act, "entry", None) == COMPLAINT_ENTRY else said
    ruling = dataclasses.replace(last.ruling, bubbles=(*first, *then), memory=memory)
    return dataclasses.replace(last, ruling=ruling)


def _handed_on(answers: Sequence[Judged], left_over: Sequence[Judged]) -> Judged:
    """Answer what can be answered, and name to the buyer what a person will answer."""
    base = _several_answers(answers) if answers else left_over[0]
    memory = base.ruling.memory if answers else base.question.memory
    named = "、".join(f"“{each.question.text.strip()[:NAMED_CHARACTERS]}”" for each in left_over)
    reason = f"answers {len(answers)} of {len(answers) + len(left_over)} questions, a person is wanted for {named}"
    asked = dataclasses.replace(left_over[-1].question, memory=memory)
    handed = hand_over(asked, reason, first="handed-on", values={"question": named})
    said = _in_one(handed.bubbles)
    answered = _several_answers(answers, room=BUBBLES_PER_TURN - len(said)).ruling.bubbles if answers else ()
    ruling = dataclasses.replace(handed, bubbles=(*answered, *said), chosen=base.ruling.chosen)
    return Judged(question=base.question, ruling=ruling, tried=_left_over(base, reason))


def _left_over(base: Judged, reason: str) -> tuple[RuleTried, ...]:
    lost = [RuleTried(each.rule, won=False, reason=each.reason) for each in base.tried]
    return (*lost, RuleTried("left over", won=True, reason=reason))


def _in_one(bubbles: Sequence[Bubble]) -> tuple[Bubble, ...]:
    """Bubbles as one, so that much fits into a turn; what is said once only stays by itself."""
    free = [bubble for bubble in bubbles if bubble.once is None]
    joined = (dataclasses.replace(free[0], text="".join(bubble.text for bubble in free)),) if free else ()
    return (*joined, *(bubble for bubble in bubbles if bubble.once is not None))


def _several_answers(answers: Sequence[Judged], *, room: int = BUBBLES_PER_TURN) -> Judged:
    """Each question once, in order, in so many bubbles at most: nothing that was asked is left out."""
    distinct: dict[tuple[str, str, str], Judged] = {}
    unsaid: list[tuple[Bubble, ...]] = []
    for each in answers:
        said = {bubble.text for bubbles in unsaid for bubble in bubbles}
        new = tuple(bubble for bubble in each.ruling.bubbles if bubble.text not in said)
        if subject_of(each) not in distinct and (not distinct or any(bubble.entry is not None for bubble in new)):
            distinct[subject_of(each)] = each
            unsaid.append(new)
    first, last = next(iter(distinct.values())), answers[-1]
    bubbles = _packed(unsaid, room)
    act = cast("Answer", first.ruling.act)  # none but answers come here
    also = dict.fromkeys(entry for entry, *_ in distinct if entry != act.entry)
    act = dataclasses.replace(act, also=tuple(also))
    memories = [each.ruling.memory for each in distinct.values()]
    memory = dataclasses.replace(
        last.ruling.memory,
        asked={entry: max(each.asked.get(entry, 0) for each in memories) for one in memories for entry in one.asked},
        last_said=tuple(dict.fromkeys(text for each in memories for text in each.last_said)),
    )
    ruling = dataclasses.replace(first.ruling, act=act, bubbles=bubbles, memory=memory)
    return dataclasses.replace(first, ruling=ruling)


def _packed(answers: Sequence[tuple[Bubble, ...]], room: int) -> tuple[Bubble, ...]:
    """All bubbles where there is room, else each answer in one; what is still too much shares the last bubble."""
    bubbles = [bubble for each in answers for bubble in each]
    if len(bubbles) > room and len(answers) > 1:
        bubbles = [_as_one(each) for each in answers if each]
    head, tail = bubbles[: room - 1], bubbles[room - 1 :]
    return (*head, _as_one(tail)) if tail else tuple(head)


def _as_one(bubbles: Sequence[Bubble]) -> Bubble:
    return dataclasses.replace(bubbles[0], text="\n".join(bubble.text for bubble in bubbles))
