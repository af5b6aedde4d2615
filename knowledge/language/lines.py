"""Word lists that ship: one entry a line, and remarks that begin with #."""

from __future__ import annotations

from importlib.resources import files


def lines_of(name: str) -> list[str]:
    """The lines of a list in `knowledge/data` that are no remarks."""
    lines = (files("knowledge") / "data" / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
