"""Scripts as browsers get them: without notes, indentation and the spaces that only set signs apart."""

from __future__ import annotations

import re

_NOTE = re.compile(r"^ *(?:/\*\*.*?\*/|//[^\n]*)\n", re.DOTALL | re.MULTILINE)
_QUOTED = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)""")
_SIGN = re.compile(r" ?([{}()\[\],;:=<>?&|*!]+) ?")


def without_what_is_for_readers(script: str) -> str:
    """Lines stay lines. In our scripts no quote goes on over several of them, and none stands inside another."""
    lines = (_tight(line.strip()) for line in _NOTE.sub("", script).splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def _tight(line: str) -> str:
    parts = _QUOTED.split(line)
    for at in range(0, len(parts), 2):
        code, slash, more = parts[at].partition("/")
        if slash and not more.startswith("/"):
            return line  # a pattern may hold spaces and quotes
        parts[at] = _SIGN.sub(r"\1", code)
        if slash:
            return "".join(parts[: at + 1]).rstrip()  # the rest is a note
    return "".join(parts)
