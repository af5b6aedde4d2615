"""The responses to one turn put together: one act, at most three bubbles, and nothing that was asked left out. Pure."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, cast

from bot.dialogue.acts import Answer, Clarify, Dismiss, HandOver, Rate, RuleTried, Suggest
from bot.dialogue.policy.matched import leads_clearly
from bot.dialogue.question import Judged, Response
from bot.dialogue.responses.hand_over import hand_over
from bot.dialogue.responses.lines import NAMED_CHARACTERS, lines
from bot.dialogue.thresholds import ASKED_BACK_AT
from bot.dialogue.turn.outcomes import (
    is_about,
    is_answered_apart,
    is_left_over,
    says_something,
    subject_of,
    wants_person,
)
from bot.dialogue.utterance import COMPLAINT_ENTRY
from knowledge.reasons.reason import Reason, because

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dialogue.acts import Bubble
    from bot.dialogue.question import Question

BUBBLES_PER_TURN = 3


def put_together(judged: Sequence[Judged]) -> Judged:
    """One response for the turn: a person where one is wanted, with the answers there are; else what was answered."""
    if len(judged) == 1:
        return judged[0]
    dismissed = [each for each in judged if isinstance(each.response.act, Dismiss)]
    answers = [each for each in judged if says_something(each)]
    wanted = [each for each in judged if wants_person(each)]
    left_over = [each for each in judged if is_left_over(each) and not is_about(each, answers)]
    if dismissed:
        return dismissed[-1]
    if wanted:
        return _with_answers(wanted, answers, left_over)
    asked_back = [each for each in judged if may_be_asked_back(each) and not is_about(each, answers)]
    asks_back = len(asked_back) == 1 and all(each in asked_back for each in left_over)
    is_said = judged[0].question.conversation.mode != "waiting" or any(each.response.bubbles for each in left_over)
    calls = bool(left_over) and not asks_back and is_said
    if calls and len(answers) + len(left_over) > 1:
        return _handed_on(answers, left_over)
    if answers:
        return _asked_back(answers, asked_back[0]) if asks_back else _several_answers(answers)
    firm = [each for each in judged if isinstance(each.response.act, Clarify | Rate)]
    said = [each for each in judged if isinstance(each.response.act, Answer)]
    return (left_over or firm or said or list(judged))[-1]


def may_be_asked_back(judged: Judged) -> bool:
    """Whether a question back will do instead of a person: which place or product, or whether this entry is meant."""
    act = judged.response.act
    waits_for_a_name = isinstance(act, Clarify) and judged.response.memory.wanted in act.entries
    return waits_for_a_name or leads_clearly(judged, at=ASKED_BACK_AT)


def _asked_back(answers: Sequence[Judged], open_question: Judged) -> Judged:
    """Answer what can be answered, and ask back about the one question that is only likely."""
    asked, base = open_question.response, _several_answers(answers, room=BUBBLES_PER_TURN - 1)
    memory = dataclasses.replace(base.response.memory, choice=asked.memory.choice, wanted=asked.memory.wanted)
    if isinstance(asked.act, Suggest):
        memory = dataclasses.replace(memory, last_entry=asked.act.entry)
    bubbles = (*base.response.bubbles, _as_one(asked.bubbles))
    named = f"“{open_question.question.said.text.strip()[:NAMED_CHARACTERS]}”"
    reason = because("answers_some_asks_back", answered=len(answers), count=len(answers) + 1, named=named)
    response = dataclasses.replace(base.response, bubbles=bubbles, memory=memory, reason=reason)
    return dataclasses.replace(base, response=response, tried=_left_over(base, reason))


def _with_answers(wanted: Sequence[Judged], answers: Sequence[Judged], left_over: Sequence[Judged]) -> Judged:
    """The answers, and then a person, who also hears what is left over; to somebody angry the apology comes first."""
    *others, last = wanted
    named = lines(last.question, "handoff", "handed-on", {"question": _in_quotes(left_over)}) if left_over else ()
    calls = (*_in_one((*named, *last.response.bubbles)),) if named else last.response.bubbles
    if not answers and not others:
        return dataclasses.replace(last, response=dataclasses.replace(last.response, bubbles=calls))
    known = [tuple(bubble for bubble in each.response.bubbles if bubble.kind == "answer") for each in others]
    memory = last.response.memory
    if answers:
        together = _several_answers(answers).response
        distinct = _distinct(answers)
        known = [*(_new(each, distinct[:place]) for place, each in enumerate(distinct)), *known]
        memory = dataclasses.replace(memory, asked=together.memory.asked, last_said=together.memory.last_said)
    said = (_packed(list(filter(None, known)), max(1, BUBBLES_PER_TURN - len(calls))), calls)
    first, then = reversed(said) if getattr(last.response.act, "entry", None) == COMPLAINT_ENTRY else said
    return dataclasses.replace(
        last, response=dataclasses.replace(last.response, bubbles=(*first, *then), memory=memory)
    )


def _in_quotes(asked: Sequence[Judged]) -> str:
    return "、".join(f"“{each.question.said.text.strip()[:NAMED_CHARACTERS]}”" for each in asked)


def _handed_on(answers: Sequence[Judged], left_over: Sequence[Judged]) -> Judged:
    """Answer what can be answered, and name to the buyer what a person will answer."""
    base = _several_answers(answers) if answers else left_over[0]
    memory = base.response.memory if answers else base.question.memory
    named = _in_quotes(left_over)
    reason = because(
        "answers_some_person_for_rest", answered=len(answers), count=len(answers) + len(left_over), named=named
    )
    handed = _passed_on(dataclasses.replace(left_over[-1].question, memory=memory), reason, named)
    said = _in_one(handed.bubbles)
    answered = _several_answers(answers, room=BUBBLES_PER_TURN - len(said)).response.bubbles if answers else ()
    response = dataclasses.replace(handed, bubbles=(*answered, *said), chosen=base.response.chosen)
    return Judged(question=base.question, response=response, tried=_left_over(base, reason))


def _passed_on(question: Question, reason: Reason, named: str) -> Response:
    """A person for these questions; a buyer who waits already is only told that they are passed on."""
    if question.conversation.mode != "waiting":
        return hand_over(question, reason, first="handed-on", values={"question": named})
    memory = dataclasses.replace(question.memory, misses=question.memory.misses + 1)
    bubbles = lines(question, "handoff", "handed-on", {"question": named})
    return Response(act=HandOver(reason=reason), bubbles=bubbles, memory=memory, reason=reason)


def _left_over(base: Judged, reason: Reason) -> tuple[RuleTried, ...]:
    lost = [each._replace(won=False) for each in base.tried]
    return (*lost, RuleTried("merging", "left over", won=True, reason=reason))


def _in_one(bubbles: Sequence[Bubble]) -> tuple[Bubble, ...]:
    """Bubbles as one, so that much fits into a turn; what is said once only stays by itself."""
    free = [bubble for bubble in bubbles if bubble.once is None]
    joined = (dataclasses.replace(free[0], text="".join(bubble.text for bubble in free)),) if free else ()
    return (*joined, *(bubble for bubble in bubbles if bubble.once is not None))


def _several_answers(answers: Sequence[Judged], *, room: int = BUBBLES_PER_TURN) -> Judged:
    """Each question once, in order, in at most `room` bubbles: nothing that was asked is left out."""
    distinct = _distinct(answers)
    first, last = distinct[0], answers[-1]
    bubbles = _packed([_new(each, distinct[:place]) for place, each in enumerate(distinct)], room)
    act = cast("Answer", first.response.act)  # none but answers come here
    also = dict.fromkeys(entry for entry, *_ in map(subject_of, distinct) if entry != act.entry)
    act = dataclasses.replace(act, also=tuple(also))
    memories = [each.response.memory for each in distinct]
    memory = dataclasses.replace(
        last.response.memory,
        asked={entry: max(each.asked.get(entry, 0) for each in memories) for one in memories for entry in one.asked},
        last_said=tuple(dict.fromkeys(text for each in memories for text in each.last_said)),
    )
    response = dataclasses.replace(first.response, act=act, bubbles=bubbles, memory=memory)
    return dataclasses.replace(first, response=response)


def _distinct(answers: Sequence[Judged]) -> list[Judged]:
    """The answers that say something which those before do not, in order; the first one always."""
    found = list(answers[:1])
    for each in answers[1:]:
        if is_answered_apart(each, found):
            found.append(each)
    return found


def _new(judged: Judged, before: Sequence[Judged]) -> tuple[Bubble, ...]:
    said = {bubble.text for each in before for bubble in each.response.bubbles}
    return tuple(bubble for bubble in judged.response.bubbles if bubble.text not in said)


def _packed(answers: Sequence[tuple[Bubble, ...]], room: int) -> tuple[Bubble, ...]:
    """All bubbles where there is room, else each answer in one; what is still too much shares the last bubble."""
    bubbles = [bubble for each in answers for bubble in each]
    if len(bubbles) > room and len(answers) > 1:
        bubbles = [_as_one(each) for each in answers if each]
    head, tail = bubbles[: room - 1], bubbles[room - 1 :]
    return (*head, _as_one(tail)) if tail else tuple(head)


def _as_one(bubbles: Sequence[Bubble]) -> Bubble:
    return dataclasses.replace(bubbles[0], text="\n".join(bubble.text for bubble in bubbles))
