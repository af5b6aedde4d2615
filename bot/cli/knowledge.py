"""`xiaoer knowledge`: the manual to Excel and back, and nothing half-way; and more questions for an entry."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from bot.actions.knowledge.import_manual import import_manual, look_over
from bot.actions.knowledge.read_manual import STARTER, read_manual
from bot.cli import Trouble, examples
from bot.cli.shared.channels import read_all_channels
from bot.cli.shared.options import config_option, reader_language, run, settings
from bot.cli.shared.terminal_columns import columns
from bot.clock import SystemClock
from bot.config import Database
from bot.errors import Unpublishable
from bot.storage.engine.database import open_database
from bot.storage.engine.presence import file_of, is_there
from bot.storage.engine.schema import upgrade
from knowledge.base import KnowledgeBase
from knowledge.improve.suggest import suggest as suggested
from knowledge.intents.library import read_intents
from knowledge.manual.differences import changes
from knowledge.workbook.exporting import to_workbook
from knowledge.workbook.spreadsheets.sheets import BadSpreadsheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.actions.knowledge.import_manual import LookedOver
    from bot.actions.knowledge.read_manual import Published
    from bot.config import Config
    from knowledge.improve.suggest import Suggestion
    from knowledge.manual.differences import Changes, Difference
    from knowledge.manual.entry import Entry

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


_TABLES = frozenset({".xlsx", ".xlsm", ".csv", ".tsv"})
_OTHER_TABLES = frozenset({".xls", ".xlsb", ".et", ".ods", ".numbers", ".xml", ".htm", ".html"})


def _file(_context: click.Context, _argument: click.Parameter, given: Path) -> Path:
    kind = given.suffix.lower()
    if kind in _OTHER_TABLES:
        raise click.BadParameter(
            f"{given.name} is a table of another kind: open it in Excel or WPS, save as .xlsx (另存为 .xlsx)"
        )
    if kind not in _TABLES:
        raise click.BadParameter(
            f"{given.name} is neither an .xlsx nor a .csv file: save the table as .xlsx (另存为 .xlsx)"
        )
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

    Bring the edited file back with `xiaoer knowledge import`. Without a database the starter manual is written. An
    existing FILE is never overwritten.
    """
    if file.exists():
        raise Trouble(f"{file} is there already and stays as it is: give another name, or move it away first.")
    published = run(read_manual(database_url=settings(config_file).database.url, revision=revision))
    try:
        workbook = to_workbook(published.manual)
        with file.open("xb") as new:
            new.write(workbook)
    except BadSpreadsheet as bad:
        raise Trouble("\n".join(row.said(reader_language()) for row in bad.rows)) from bad
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
@click.option("--new", is_flag=True, help="Make a new database where there is none yet, without asking.")
@config_option
def import_(*, file: Path, new: bool, config_file: Path | None) -> None:
    """Publish FILE as a new revision of the manual; running servers use it within a second.

    FILE may be a workbook as `export` writes it. That is the whole manual: what is not in it is gone. FILE may be your
    own list of questions and answers, .xlsx or .csv, with columns such as 问题 and 答案. It replaces all entries
    except the few that the bot relies on. Or FILE has the columns entry,question and adds example questions. If there
    are faults, each is named with its row and nothing is imported. Older revisions are kept.
    """
    run(_import(settings(config_file), file, file.read_bytes(), makes_new=new))


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
    run(_check(settings(config_file), file, file.read_bytes()))


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

    They come from the library of what buyers of any shop ask, and are about the same thing as the entry's own
    questions; the most different come first. Questions about other goods only are left out, and so are those that
    the bot already answers surely. Nothing is changed: put the fitting ones into the manual, or into a CSV file for
    `import`.
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


async def _check(config: Config, file: Path, data: bytes) -> None:
    published = await read_manual(database_url=config.database.url)
    looked_over = await _look_over(config, file, data, published)
    _tell(looked_over)
    click.echo("\n".join(_told(changes(published.manual, looked_over.manual))))
    _warn(looked_over)


async def _look_over(config: Config, file: Path, data: bytes, published: Published) -> LookedOver:
    try:
        return await look_over(
            data=data,
            name=file.name,
            before=published.manual,
            clock=SystemClock(),
            zone=config.shop.timezone,
            channels=frozenset(await read_all_channels(config)),
            language=reader_language(),
        )
    except Unpublishable as bad:
        raise Trouble(f"{bad}\nNothing was imported.") from bad


async def _import(config: Config, file: Path, data: bytes, *, makes_new: bool) -> None:
    if not is_there(config.database.url):
        await _look_over(config, file, data, await read_manual(database_url=config.database.url))
        _agree_to_make(config, makes_new=makes_new)
    async with open_database(config.database.url) as database:
        await database.write(upgrade)
        try:
            imported = await import_manual(
                database=database,
                data=data,
                name=file.name,
                author=AUTHOR,
                clock=SystemClock(),
                zone=config.shop.timezone,
                channels=frozenset(await read_all_channels(config)),
                language=reader_language(),
            )
        except Unpublishable as bad:
            raise Trouble(f"{bad}\nNothing was imported.") from bad
    if imported.revision is None:
        click.echo(f"Nothing has changed: {_name(imported.before_revision)} stays in use.")
        return
    click.echo(f"Revision {imported.revision} is published; running servers use it within a second.")
    _tell(imported.looked_over)
    click.echo("\n".join(_told(changes(imported.before, imported.looked_over.manual))))
    _warn(imported.looked_over)


def _agree_to_make(config: Config, *, makes_new: bool) -> None:
    """A database that the settings name may be made; where they name none, this may just be the wrong folder."""
    file = (file_of(config.database.url) or Path()).absolute()
    where = f"There is no database yet; this import makes a new one: {file}"
    if makes_new or config.database != Database():
        click.echo(where)
    elif sys.stdin.isatty():
        click.confirm(f"{where}\nMake it?", abort=True)
    else:
        raise Trouble(
            f"{where}.\nRun it again with --new if that is right; if the shop has a database already, "
            "go to its folder, or name its settings with --config."
        )


def _tell(looked_over: LookedOver) -> None:
    for note in looked_over.notes:
        click.echo(note)


def _warn(looked_over: LookedOver) -> None:
    for warning in looked_over.warnings:
        click.echo(f"Warning: {warning}", err=True)


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
