"""Browsers get our scripts without what is for readers alone, and otherwise as they were written."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from bot.web.shared.pages import load_pages
from bot.web.shared.scripts import without_what_is_for_readers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

SCRIPT = """\
// Counts to ten.

import { make } from "./elements.js";

/** Makes a row.
 *  Nobody else does. */
export function row({ words, at }, ...more) {
  // the first is bold
  const pattern = /[ ,] "x"/u;
  const all = []; // of "them", as they're called
  return at > 0 && words ? make("b", { class: "row first", title: `${words("a . b")} , ${at}` }, ...more) : null;
}
"""
FOR_BROWSERS = """\
import{make}from "./elements.js";
export function row({words,at},...more){
const pattern = /[ ,] "x"/u;
const all=[];
return at>0&&words?make("b",{class:"row first",title:`${words("a . b")} , ${at}`},...more):null;
}
"""


def _scripts(under: Traversable, path: str = "") -> Iterator[tuple[str, str]]:
    for item in under.iterdir():
        if item.is_dir():
            yield from _scripts(item, f"{path}{item.name}/")
        elif item.name.endswith(".js"):
            yield f"{path}{item.name}", item.read_text("utf-8")


def test_notes_indentation_and_loose_spaces_are_left_out_and_nothing_else() -> None:
    assert without_what_is_for_readers(SCRIPT) == FOR_BROWSERS
    assert without_what_is_for_readers(FOR_BROWSERS) == FOR_BROWSERS


SCRIPTS = dict(_scripts(files("bot.web") / "static"))


@pytest.mark.parametrize("path", SCRIPTS)
def test_no_sign_of_a_script_is_lost(path: str) -> None:
    written = re.sub(r"^\s*/\*\*.*?\*/$", "", SCRIPTS[path], flags=re.DOTALL | re.MULTILINE).splitlines()
    code = [line for line in written if line.strip() and not line.lstrip().startswith("//")]
    served = load_pages().static[path].body.decode()

    assert _signs(served) == _signs("\n".join(code))
    assert served.count("\n") == len(code)


def _signs(script: str) -> str:
    """All but spaces, and notes behind code."""
    return "".join(re.sub(r"(^|[ ;,{(]) *// .*", r"\1", script, flags=re.MULTILINE).split())


@pytest.mark.parametrize("path", SCRIPTS)
def test_no_quote_goes_on_over_lines_or_stands_inside_another(path: str) -> None:
    for line in without_what_is_for_readers(SCRIPTS[path]).splitlines():
        assert line.count("`") % 2 == 0, line
        assert not re.search(r"`[^`]*\$\{[^}`]*`", line), line
