"""`xiaoer knowledge`: the manual to Excel and back, and nothing half-way; and more questions for an entry."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from bot.actions.publish_manual import publish_manual
from bot.actions.read_manual import STARTER, read_manual
from bot.cli import Trouble, examples
from bot.cli.columns import columns
from bot.cli.findings import findings
from bot.cli.options import config_option, run, settings
from bot.clock import SystemClock
from bot.storage.database import open_database
from bot.storage.migrate import upgrade
from knowledge.base import KnowledgeBase
from knowledge.changes import changes
from knowledge.exporting import to_workbook
from knowledge.importing import from_workbook, questions_from_csv, with_questions
from knowledge.intents import read_intents
from knowledge.sheets import BadSpreadsheet
from knowledge.suggesting import suggest as suggested

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.actions.read_manual import Published
    from bot.config import Config
    from knowledge.changes import Changes, Difference
    from knowledge.entry import Entry, Manual
    from knowledge.suggesting import Suggestion

AUTHOR = "xiaoer knowledge import"
NAMED_AT_MOST = 12


@click.group(
    "knowledge",
    epilog=examples(
        "xiaoer knowledge export shop.xlsx",
        "xiaoer knowledge check shop.xlsx",
        "xiaoer knowledge import shop.xlsx",
        "xiaoer knowledge import more-questions.csv",
        "xiaoer knowledge suggest return-policy",
    ),
)
def command() -> None:
    """Take the shop's manual out to Excel, check an edited file, bring it back in, and find more questions for it."""


def _file(_context: click.Context, _argument: click.Parameter, given: Path) -> Path:
    if given.suffix.lower() not in {".xlsx", ".csv"}:
        raise click.BadParameter(f"{given.name} is neither an .xlsx nor a .csv file")
    return given


def _workbook(_context: click.Context, _argument: click.Parameter, given: Path) -> Path:
    if given.suffix.lower() != ".xlsx":
        raise click.BadParameter(f"{given.name} should end in .xlsx")
    return given


_FILE_TO_READ = click.argument(
    "file", type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=True), callback=_file
)


@command.command(
    "export",
    epilog=examples(
        "xiaoer knowledge export shop.xlsx",
        "xiaoer knowledge export before.xlsx --revision 3",
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), callback=_workbook)
@click.option("--revision", type=click.IntRange(min=1), metavar="N", help="An older revision [default: the newest].")
@config_option
def export(file: Path, revision: int | None, config_file: Path | None) -> None:
    """Write the whole manual to an Excel FILE: entries, questions, answers, facts, products and the bot's own lines.

    What is edited there comes back with `xiaoer knowledge import`. Without a database the starter manual is written.
    """
    published = run(read_manual(database_url=settings(config_file).database.url, revision=revision))
    try:
        file.write_bytes(to_workbook(published.manual))
    except BadSpreadsheet as bad:
        raise Trouble(str(bad)) from bad
    except OSError as problem:
        raise click.FileError(str(file), hint=problem.strerror) from problem
    click.echo(f"{_name(published.revision)} is in {file}: {len(published.manual.entries)} entries.")


@command.command(
    "import",
    epilog=examples(
        "xiaoer knowledge import shop.xlsx",
        "xiaoer knowledge import more-questions.csv --config shop.toml",
    ),
)
@_FILE_TO_READ
@config_option
def import_(file: Path, config_file: Path | None) -> None:
    """Publish FILE as a new revision of the manual; running servers use it within a second.

    An .xlsx FILE is the whole manual, as `export` writes it: what is not in it is gone. A .csv FILE with the columns
    entry,question adds example questions to entries that exist. Every bad row is named, and then nothing is imported.
    Older revisions are kept.
    """
    config = settings(config_file)
    run(_import(config, file))


@command.command(
    "check",
    epilog=examples(
        "xiaoer knowledge check shop.xlsx",
    ),
)
@_FILE_TO_READ
@config_option
def check(file: Path, config_file: Path | None) -> None:
    """Say what `import` would make of FILE, and import nothing."""
    config = settings(config_file)
    published = run(read_manual(database_url=config.database.url))
    manual = _read(file, published.manual, config)
    errors, warnings = findings(manual, config)
    _warn(warnings)
    if errors:
        raise Trouble("\n".join((*errors, f"{file.name} cannot be imported before this is mended.")))
    click.echo("\n".join(_told(changes(published.manual, manual))))


@command.command(
    "suggest",
    epilog=examples(
        "xiaoer knowledge suggest return-policy",
        "xiaoer knowledge suggest return-policy --most 40 --json",
    ),
)
@click.argument("entry_id", metavar="ENTRY")
@click.option("--most", type=click.IntRange(min=1), default=20, show_default=True, help="How many questions to show.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@config_option
def suggest(*, entry_id: str, most: int, as_json: bool, config_file: Path | None) -> None:
    """Find more ways to ask for ENTRY, for one that has few example questions.

    They come from the library of what buyers of any shop ask: wordings of what the entry's own questions are about,
    the most different first. Those that only other goods are asked about in, and those that the bot answers surely
    already, are left out. Nothing is changed: put the ones that fit into the manual, or into a CSV file for `import`.
    """
    published = run(read_manual(database_url=settings(config_file).database.url))
    knowledge = KnowledgeBase.build(revision=published.revision, manual=published.manual)
    entry = _entry(entry_id, published)
    found = suggested(entry, knowledge=knowledge, intents=read_intents(), most=most)
    if as_json:
        click.echo(orjson.dumps(_as_json(entry, found), option=orjson.OPT_INDENT_2))
    else:
        click.echo("\n".join(_readable(entry, found)))


def _entry(entry_id: str, published: Published) -> Entry:
    known = {entry.id: entry for entry in published.manual.entries}
    if entry_id not in known:
        close = difflib.get_close_matches(entry_id, known, n=3)
        hint = f"; did you mean {', '.join(close)}?" if close else "; `xiaoer knowledge export` shows what there is"
        raise Trouble(f"{_name(published.revision)} has no entry {entry_id}{hint}")
    return known[entry_id]


def _as_json(entry: Entry, found: Sequence[Suggestion]) -> dict[str, object]:
    """`understood` is what the bot takes the question for today, with that `confidence`; null when for nothing."""
    return {
        "entry": entry.id,
        "title": entry.title,
        "examples": len(entry.questions),
        "suggestions": [
            {
                "question": each.question,
                "intent": each.intent.id,
                "intent_title": each.intent.title,
                "understood": each.understood,
                "confidence": round(each.confidence, 4),
            }
            for each in found
        ],
    }


def _readable(entry: Entry, found: Sequence[Suggestion]) -> Iterator[str]:
    yield f"{entry.id} {entry.title}: {len(entry.questions)} example questions"
    if not found:
        yield "The library has nothing more that is like them; write some as your buyers would type them."
        return
    rows = [(each.question, each.intent.title, each.understood or "-", f"{each.confidence:.2f}") for each in found]
    yield from ("", *columns([("could be asked as", "from the intent", "today taken for", "sure"), *rows]), "")
    yield "They are of shops of all kinds: leave out what your buyers would not ask, or mean something else by."
    yield "Put those that fit into a CSV file (entry,question) and bring them in with `xiaoer knowledge import`."


async def _import(config: Config, file: Path) -> None:
    published = await read_manual(database_url=config.database.url)
    manual = _read(file, published.manual, config)
    if manual == published.manual:
        click.echo(f"Nothing has changed: {_name(published.revision)} stays in use.")
        return
    async with open_database(config.database.url) as database:
        await database.write(upgrade)
        revision = await publish_manual(
            database=database, manual=manual, author=AUTHOR, note=file.name, clock=SystemClock()
        )
    click.echo(f"Revision {revision} is published; running servers use it within a second.")
    click.echo("\n".join(_told(changes(published.manual, manual))))
    _warn(findings(manual, config)[1])


def _read(file: Path, manual: Manual, config: Config) -> Manual:
    """The manual that the file makes of this one. A bad row stops everything; what else is wrong is named with it."""
    data = file.read_bytes()
    try:
        if file.suffix.lower() == ".xlsx":
            return from_workbook(data, name=file.name)
        known = {entry.id for entry in manual.entries}
        return with_questions(manual, questions_from_csv(data, name=file.name, known=known))
    except BadSpreadsheet as bad:
        errors = [] if bad.manual is None else findings(bad.manual, config)[0]
        raise Trouble("\n".join((str(bad), *errors, "Nothing was imported."))) from bad


def _warn(warnings: Sequence[str]) -> None:
    for warning in warnings:
        click.echo(warning, err=True)


def _told(found: Changes) -> Iterator[str]:
    """One line for each kind of thing that has changed."""
    kinds = {"entries": found.entries, "facts": found.facts, "products": found.products, "lines": found.lines}
    rows = [(name, _difference(difference)) for name, difference in kinds.items() if difference]
    before, after = found.questions_before, found.questions_after
    yield from columns([*rows, ("questions", f"{after} ({after - before:+})" if after != before else f"{after}")])


def _difference(difference: Difference) -> str:
    parts = {"added": difference.added, "changed": difference.changed, "removed": difference.removed}
    return "; ".join(f"{len(names)} {what}: {_names_of(names)}" for what, names in parts.items() if names)


def _names_of(names: tuple[str, ...]) -> str:
    more = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")


def _name(revision: int) -> str:
    return "The starter manual" if revision == STARTER else f"Revision {revision}"
