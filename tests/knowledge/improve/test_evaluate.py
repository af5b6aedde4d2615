from __future__ import annotations

import pytest

from knowledge.improve.evaluate import (
    Asked,
    BadLines,
    Decision,
    Line,
    LineProblem,
    auroc,
    coverage_at,
    figures,
    latency,
    read_lines,
)


def asked(entry: str, *found: tuple[str, float], decision: Decision = "none") -> Asked:
    told = tuple(name for name, _ in found[:1]) if decision in {"answer", "suggest"} else ()
    return Asked(entry=entry, question="?", found=found, decision=decision, told=told)


RUN = (
    asked("a", ("a", 0.9), ("b", 0.1), decision="answer"),
    asked("a", ("b", 0.5), ("a", 0.4), decision="clarify"),
    asked("b", ("a", 0.8), ("c", 0.1), ("d", 0.05), ("b", 0.01), decision="answer"),
    asked("c"),
    asked("", ("a", 0.85), decision="answer"),
    asked("", ("b", 0.2)),
)


def test_figures_are_those_counted_by_hand() -> None:
    told = figures(RUN)
    assert (told.answerable, told.unanswerable) == (4, 2)
    assert told.first == 1 / 4
    assert told.among_three == 2 / 4
    assert told.mean_reciprocal_rank == pytest.approx((1 + 1 / 2 + 1 / 4 + 0) / 4)
    assert told.coverage == 3 / 6
    assert told.precision == pytest.approx(1 / 3)
    assert told.clarified == 1 / 6
    assert told.false_answers == 1 / 2
    assert told.auroc == 1.0
    assert told.coverage_at_90 == told.coverage_at_95 == 1 / 6


def test_a_share_of_nothing_is_unknown() -> None:
    nothing = figures(())
    assert nothing.first is nothing.precision is nothing.coverage is nothing.auroc is None
    assert nothing.coverage_at_90 is None
    only_foreign = figures([asked("", ("a", 0.2))])
    assert only_foreign.first is None
    assert only_foreign.false_answers == 0


@pytest.mark.parametrize(
    ("higher", "lower", "expected"),
    [
        ([0.9, 0.8], [0.1, 0.2], 1.0),
        ([0.1], [0.9], 0.0),
        ([0.5], [0.5], 0.5),
        ([0.9, 0.5], [0.5, 0.1], 3.5 / 4),
        ([], [0.5], None),
        ([0.5], [], None),
    ],
)
def test_auroc_is_the_chance_of_ranking_right(higher: list[float], lower: list[float], expected: float | None) -> None:
    assert auroc(higher, lower) == expected


def test_lines_of_equal_confidence_are_answered_together_or_not_at_all() -> None:
    tied = [asked("a", ("a", 0.9)), asked("a", ("a", 0.5)), asked("a", ("b", 0.5)), asked("a", ("b", 0.5))]
    assert coverage_at(tied, 0.9) == 1 / 4
    assert coverage_at(tied, 0.5) == 1.0


def test_coverage_may_grow_again_after_a_mistake() -> None:
    run = [asked("a", ("b", 0.99)), *(asked("a", ("a", 0.9 - place / 100)) for place in range(9))]
    assert coverage_at(run, 0.9) == 1.0


def test_latency_takes_the_nearest_rank() -> None:
    told = latency([float(number) for number in range(1, 201)])
    assert (told.p50_ms, told.p99_ms) == (100.0, 198.0)
    assert latency([7.0]).p99_ms == 7.0
    with pytest.raises(ValueError, match="Nothing was timed"):
        latency([])


def test_lines_are_read_with_and_without_an_entry() -> None:
    data = '\ufeffEntry, question\r\npostage,包邮吗\r\n,今天天气怎么样\r\n\r\nsize,"L,XL有吗"\r\n'.encode()
    assert read_lines(data) == (
        Line(entry="postage", question="包邮吗"),
        Line(entry="", question="今天天气怎么样"),
        Line(entry="size", question="L,XL有吗"),
    )


def test_every_bad_line_is_named() -> None:
    with pytest.raises(BadLines) as caught:
        read_lines("entry,question\na,好\nb\nc,d,e\na,  \n".encode())
    assert [problem.line for problem in caught.value.problems] == [3, 4, 5]
    assert "1 cells instead of two" in caught.value.problems[0].problem
    assert caught.value.problems[2] == LineProblem(line=5, problem="no question")
    assert str(caught.value).startswith("line 3: 1 cells")


@pytest.mark.parametrize(
    ("data", "line", "problem"),
    [
        (b"", 1, "first line"),
        ("question,entry\n包邮吗,a\n".encode(), 1, "first line"),
        (b"entry,question\na,\xff\n", 2, "not UTF-8"),
        (b'entry,question\na,"open\n', 2, "not CSV"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(data: bytes, line: int, problem: str) -> None:
    with pytest.raises(BadLines) as caught:
        read_lines(data)
    assert caught.value.problems[0].line == line
    assert problem in caught.value.problems[0].problem
