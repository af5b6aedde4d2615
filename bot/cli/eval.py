"""`xiaoer eval`: a file of questions with the entries they should find, and how good the answers to them are."""

from __future__ import annotations

import csv
import dataclasses
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import orjson

from adapters.contract import Surroundings
from bot.actions.knowledge.evaluate_answers import evaluate_answers
from bot.actions.knowledge.read_manual import STARTER, read_manual
from bot.cli import Trouble, examples
from bot.cli.shared.asking import asking
from bot.cli.shared.options import config_option, run, settings
from bot.cli.shared.terminal_columns import columns
from bot.clock import SystemClock
from bot.config import TRY_OUT_CHANNEL
from knowledge.answers.spoken_manual import spoken_manual
from knowledge.base import KnowledgeBase
from knowledge.improve.evaluate import BadLines, read_lines
from knowledge.manual.entry import Answer, Entry
from knowledge.manual.files import starter_manual
from knowledge.matching.matcher import ANSWER_AT, CLARIFY_AT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from bot.actions.knowledge.evaluate_answers import Evaluation
    from bot.config import Config
    from knowledge.improve.evaluate import Asked, Line
    from knowledge.manual.entry import Manual

HEADER = [
    *("question", "expected", "decision"),
    *(f"{what}{place}" for place in (1, 2, 3) for what in ("entry", "confidence")),
]
SHOWN = 3
ORDER = ("answer", "suggest", "clarify", "hand_over", "none")
"""What harms most when it is wrong comes first."""
EXISTING_FILE = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True)


class _Ready(NamedTuple):
    """What is asked, and how long it took to make: `build_seconds` until it could answer at its best."""

    name: str
    knowledge: KnowledgeBase
    build_seconds: float

    @property
    def entries(self) -> Collection[str]:
        return {entry.id for entry in self.knowledge.manual.entries}

    @property
    def examples(self) -> int:
        return sum(len(entry.questions) for entry in self.knowledge.manual.entries)


@click.command(
    "eval",
    epilog=examples(
        "xiaoer eval --questions asked-in-october.csv",
        "xiaoer eval --questions test.csv --knowledge train.csv --rows answers.csv --json",
    ),
)
@click.option("--questions", type=EXISTING_FILE, required=True, metavar="FILE.csv", help="What is asked.")
@click.option("--knowledge", type=EXISTING_FILE, metavar="FILE.csv", help="Examples to answer from.")
@click.option(
    "--rows", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.csv", help="Where each answer is written."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@config_option
def command(
    *,
    questions: Path,
    knowledge: Path | None,
    rows: Path | None,
    as_json: bool,
    config_file: Path | None,
) -> None:
    """Ask every question of a file, alone and without history, and print how good the answers are.

    Files are CSV with the columns entry,question. In --questions an empty entry means that the bot should not answer.
    Without --knowledge the bot answers from the shop's own manual, or from the starter manual while there is no
    database. With --knowledge it knows the questions of that file only (lines without an entry teach nothing).

    The answers come from the bot that buyers get, with all its rules. Lines that do not get the right answer are
    printed one by one. The matcher is the refined one once a server has fitted it; --knowledge is fitted at once,
    which takes a while. Each question is timed by itself.
    """
    lines = _lines(questions)
    config = settings(config_file)
    ready = _from_manual(config) if knowledge is None else _from_examples(_lines(knowledge), knowledge.name, config)
    _note_strangers(lines, ready.entries)
    ask = asking(
        config,
        knowledge=ready.knowledge,
        channel=TRY_OUT_CHANNEL,
        at=SystemClock().now(),
        surroundings=Surroundings(),
    )
    evaluation = evaluate_answers(lines, ask=ask, clock=SystemClock())
    if rows is not None:
        _write_rows(rows, evaluation.asked)
    if as_json:
        click.echo(orjson.dumps(_figures(evaluation, ready), option=orjson.OPT_INDENT_2))
    else:
        click.echo("\n".join((*_table(evaluation, ready), *_failures(evaluation.asked))))


def _lines(file: Path) -> tuple[Line, ...]:
    """All lines of a file, or every bad one in a sentence; then nothing is asked."""
    try:
        lines = read_lines(file.read_bytes())
    except BadLines as bad:
        raise Trouble("\n".join(f"{file.name}, line {each.line}: {each.problem}" for each in bad.problems)) from bad
    if not lines:
        raise Trouble(f"{file.name} holds no question")
    return lines


def _from_manual(config: Config) -> _Ready:
    published = run(read_manual(database_url=config.database.url, shop_name=config.shop.own_name))
    clock = SystemClock()
    begun = clock.monotonic()
    knowledge = published.knowledge()
    if not knowledge.is_refined:
        click.echo("Note: the quick matcher answers: the refined one is fitted by a running server", err=True)
    return _Ready(
        name="the starter manual" if published.revision == STARTER else f"revision {published.revision} of the manual",
        knowledge=knowledge,
        build_seconds=clock.monotonic() - begun,
    )


def _from_examples(lines: Sequence[Line], name: str, config: Config) -> _Ready:
    clock = SystemClock()
    begun = clock.monotonic()
    spoken = spoken_manual(_manual_of(lines, name), config.shop.own_name)
    return _Ready(
        name=name,
        knowledge=KnowledgeBase.build(revision=STARTER, manual=spoken).refined(),
        build_seconds=clock.monotonic() - begun,
    )


def _manual_of(lines: Sequence[Line], name: str) -> Manual:
    """A manual that knows these questions; what it answers is nobody's matter here."""
    questions: dict[str, list[str]] = {}
    for line in lines:
        if line.entry:
            questions.setdefault(line.entry, []).append(line.question)
    if not questions:
        raise Trouble(f"{name} has no line with an entry, so nothing could be answered")
    entries = [
        Entry(id=entry, group="", title=asked[0], questions=tuple(asked), answers=(Answer(bubbles=(entry,)),))
        for entry, asked in questions.items()
    ]
    return dataclasses.replace(starter_manual(), entries=tuple(entries), products=())


def _note_strangers(lines: Sequence[Line], known: Collection[str]) -> None:
    strangers = sorted({line.entry for line in lines if line.entry} - set(known))
    if strangers:
        click.echo(f"Note: nothing is known of {', '.join(strangers)}: those lines count as missed", err=True)


def _write_rows(file: Path, asked: Sequence[Asked]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for each in asked:
        best = [cell for found in each.found[:SHOWN] for cell in found]
        missing = [""] * (2 * SHOWN - len(best))
        writer.writerow([each.question, each.entry, each.decision, *best, *missing])
    try:
        file.write_text(text.getvalue(), encoding="utf-8")
    except OSError as problem:
        raise click.FileError(str(file), hint=problem.strerror) from problem


def _failures(asked: Sequence[Asked]) -> Iterator[str]:
    """A line for each that does not get what it should, the wrong answers first."""
    failed = sorted((each for each in asked if not each.is_served), key=lambda each: ORDER.index(each.decision))
    if failed:
        yield ""
        yield f"Not as expected ({len(failed)}):"
        rows = [(each.decision, each.question, each.entry or "-", _of(each.told), _sureness(each)) for each in failed]
        yield from columns([("decision", "question", "expected", "got", "confidence"), *rows])


def _of(told: Sequence[str]) -> str:
    return ", ".join(told) or "-"


def _sureness(asked: Asked) -> str:
    return f"{asked.confidence:.2f}" if asked.found else "-"


def _figures(evaluation: Evaluation, ready: _Ready) -> dict[str, Any]:
    """The figures by the names they are printed under; shares are in [0, 1], a share of nothing is null."""
    found, took = evaluation.figures, evaluation.latency
    return {
        "knowledge": ready.name,
        "entries": len(ready.entries),
        "examples": ready.examples,
        "questions": len(evaluation.asked),
        "in_scope": found.answerable,
        "out_of_scope": found.unanswerable,
        "top1": found.first,
        "top3": found.among_three,
        "mrr": found.mean_reciprocal_rank,
        "coverage": found.coverage,
        "precision": found.precision,
        "suggested": found.suggested,
        "suggested_rightly": found.suggested_rightly,
        "clarified": found.clarified,
        "false_answers": found.false_answers,
        "auroc": found.auroc,
        "coverage_at_precision_90": found.coverage_at_90,
        "coverage_at_precision_95": found.coverage_at_95,
        "answer_at": ANSWER_AT,
        "clarify_at": CLARIFY_AT,
        "latency_p50_ms": took.p50_ms,
        "latency_p99_ms": took.p99_ms,
        "build_seconds": ready.build_seconds,
    }


def _table(evaluation: Evaluation, ready: _Ready) -> list[str]:
    found, took = evaluation.figures, evaluation.latency
    scope = f"{found.answerable} in scope, {found.unanswerable} out of scope"
    return [
        f"{len(evaluation.asked)} questions ({scope}), asked of {ready.name}:",
        f"{len(ready.entries)} entries, {ready.examples} examples",
        "",
        *columns(
            [
                ("top-1", _percent(found.first), "in-scope questions whose entry came first"),
                ("top-3", _percent(found.among_three), "... was among the first three"),
                ("MRR", _share(found.mean_reciprocal_rank), "mean reciprocal rank"),
                ("coverage", _percent(found.coverage), f"of all questions, answered at once (sure at {ANSWER_AT:.2f})"),
                ("precision", _percent(found.precision), "of those answers, right"),
                ("suggested", _percent(found.suggested), "answered, saying that it is a guess"),
                ("right guesses", _percent(found.suggested_rightly), "of those guesses, right"),
                ("clarified", _percent(found.clarified), f"asked back with a choice (at {CLARIFY_AT:.2f})"),
                ("false answers", _percent(found.false_answers), "of out-of-scope questions, answered"),
                ("AUROC", _share(found.auroc), "confidence tells right ones from out-of-scope ones"),
                ("coverage at 90 %", _percent(found.coverage_at_90), "if 90 % of the answers had to be right"),
                ("coverage at 95 %", _percent(found.coverage_at_95), "if 95 % of them had to be"),
                ("latency p50", f"{took.p50_ms:.2f} ms", "for one question"),
                ("latency p99", f"{took.p99_ms:.2f} ms", ""),
                ("build time", f"{ready.build_seconds:.2f} s", "until it answers at its best"),
            ]
        ),
    ]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"
