"""The files of this repository as they lie on the disk, without what .gitignore leaves out."""

from __future__ import annotations

from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


@lru_cache(maxsize=1)
def files() -> tuple[str, ...]:
    """Every file of ours, as its path from the root."""
    return tuple(sorted(_walk(ROOT, _ignored())))


@lru_cache(maxsize=1)
def texts() -> dict[str, str]:
    """What every file of ours says; those that hold no text are left out."""
    read = {path: (ROOT / path).read_bytes() for path in files()}
    return {path: said.decode() for path, said in read.items() if b"\0" not in said}


def python_files(*folders: str) -> list[str]:
    return [path for path in files() if path.endswith(".py") and path.startswith(folders)]


def folders() -> set[str]:
    """Every folder that holds a file of ours, as "bot/web/"."""
    return {f"{parent}/" for path in files() for parent in Path(path).parents if str(parent) != "."}


def _ignored() -> list[str]:
    return [".git", *(ROOT / ".gitignore").read_text("utf-8").split()]


def _walk(folder: Path, ignored: list[str]) -> Iterator[str]:
    for item in folder.iterdir():
        path = item.relative_to(ROOT).as_posix()
        if any(fnmatch(f"/{path}" if each.startswith("/") else item.name, each.rstrip("/")) for each in ignored):
            continue
        if item.is_dir():
            yield from _walk(item, ignored)
        elif not item.is_symlink():
            yield path
