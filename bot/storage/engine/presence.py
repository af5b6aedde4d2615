"""Whether a database is there at all, asked without making one: opening a SQLite file would create it."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy.engine import make_url


def is_there(url: str) -> bool:
    """False for a SQLite file that does not exist yet. Of a server this says nothing: asking it is the only way."""
    path = file_of(url)
    return path is None or path.exists()


def what_forbids_making(url: str) -> str | None:
    """Why the SQLite file that is not there yet could not be made; None when nothing stands against it."""
    path = file_of(url)
    if path is None:
        return None
    folder = next(each for each in path.absolute().parents if each.exists())
    if not folder.is_dir():
        return f"{path} cannot be made: {folder} is a file, not a folder"
    return None if os.access(folder, os.W_OK) else f"{path} cannot be made: this user may not write in {folder}"


def file_of(url: str) -> Path | None:
    """The file of a SQLite database; None for a server."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None
