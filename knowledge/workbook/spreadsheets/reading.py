"""Reads a spreadsheet in a process of its own, with limits of time and memory: the file may be a stranger's.

As a program (`python -m knowledge.workbook.spreadsheets.reading NAME`) it reads the file from its input and writes the
sheets as JSON; `read_spreadsheet` is the side that asks.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from dataclasses import asdict
from typing import Any

import orjson

from knowledge.reasons.faults import Fault, fault
from knowledge.workbook.spreadsheets.csv_file import read_csv
from knowledge.workbook.spreadsheets.sheets import LARGEST_FILE_BYTES, BadSpreadsheet, Sheet, refused
from knowledge.workbook.spreadsheets.xlsx import is_workbook, read_xlsx

CPU_SECONDS = 5
WAITING_SECONDS = 30.0
MEMORY_BYTES = 768 * 1024 * 1024
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ARCHIVE = b"PK"
_WEB_PAGE = (b"<html", b"<table", b"<!doctype html", b"<?xml", b"\xef\xbb\xbf<")


async def read_spreadsheet(data: bytes, *, name: str) -> tuple[Sheet, ...]:
    """The sheets of an Excel or CSV file; which of them it is, its content says. `name` is for messages.

    Raises `BadSpreadsheet` with a sentence that says what to do when it cannot be read. Cancelling it ends the work.
    """
    if len(data) > LARGEST_FILE_BYTES:
        largest = LARGEST_FILE_BYTES // 1024 // 1024
        megabytes = f"{len(data) / 1024 / 1024:.1f}"
        raise refused(fault("file_too_large", name=name, megabytes=megabytes, largest=largest))
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "knowledge.workbook.spreadsheets.reading",
        name,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the parent, who ends this one
    )
    try:
        answer, _ = await asyncio.wait_for(child.communicate(data), WAITING_SECONDS)
    except TimeoutError:
        answer = b""
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        raise refused(fault("file_takes_too_long", name=name))
    return _sheets_in(answer)


def sheets_of(data: bytes, *, name: str) -> tuple[Sheet, ...]:
    """Read the file right here. Raises `BadSpreadsheet`; knows no limits but those of its readers."""
    if data.startswith(_OLD_EXCEL):
        raise refused(fault("file_old_excel", name=name))
    if is_workbook(data):
        return read_xlsx(data, name=name)
    if data.startswith(_ARCHIVE) or not name.lower().endswith((".csv", ".txt", ".tsv")) or _is_web_page(data):
        raise refused(fault("file_no_excel", name=name))
    return read_csv(data, name=name)


def _is_web_page(data: bytes) -> bool:
    """Many shop systems export a web page and name it a table."""
    return data.lstrip()[:20].lower().startswith(_WEB_PAGE)


# Between the two processes


def _answer(data: bytes, name: str) -> bytes:
    try:
        sheets = sheets_of(data, name=name)
    except BadSpreadsheet as bad:
        return orjson.dumps({"problem": bad.rows[0].problem.to_plain()})
    return orjson.dumps({"sheets": [_plain(sheet) for sheet in sheets]})


def _plain(sheet: Sheet) -> dict[str, Any]:
    return {
        **{key: value for key, value in asdict(sheet).items() if key not in {"rows", "faults", "moments", "merged"}},
        "rows": [[row, list(cells.items())] for row, cells in sheet.rows.items()],
        "faults": [[*at, each.to_plain()] for at, each in sheet.faults.items()],
        "moments": [[*at, text] for at, text in sheet.moments.items()],
        "merged": list(sheet.merged),
    }


def _sheets_in(answer: bytes) -> tuple[Sheet, ...]:
    told = orjson.loads(answer)
    if "problem" in told:
        raise refused(Fault.from_plain(told["problem"]))
    return tuple(_sheet(raw) for raw in told["sheets"])


def _sheet(raw: dict[str, Any]) -> Sheet:
    return Sheet(
        title=raw["title"],
        rows={row: dict(cells) for row, cells in raw["rows"]},
        faults={(row, column): Fault.from_plain(each) for row, column, each in raw["faults"]},
        moments={(row, column): text for row, column, text in raw["moments"]},
        merged=frozenset((row, column) for row, column in raw["merged"]),
        is_hidden=raw["is_hidden"],
        hidden_rows=tuple(raw["hidden_rows"]),
        has_pictures=raw["has_pictures"],
    )


def main() -> None:
    """The child's side."""
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    if sys.platform == "linux":  # elsewhere the limit counts what is only set aside
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    sys.stdout.buffer.write(_answer(sys.stdin.buffer.read(), sys.argv[1]))


if __name__ == "__main__":
    main()
