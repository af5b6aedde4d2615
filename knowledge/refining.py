"""Fits the better matcher in a process of its own: it takes seconds of CPU, which would make every answer wait.

As a program (`python -m knowledge.refining`) it reads a manual as JSON and writes what the matcher was taught;
`fit` is the side that asks.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from typing import TYPE_CHECKING

from knowledge.base import KnowledgeBase
from knowledge.manual.files import from_json, to_json

if TYPE_CHECKING:
    from knowledge.manual.entry import Manual

POLITENESS = 19
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class FitFailed(Exception):
    """The process that should have fitted did not."""


async def fit(manual: Manual) -> bytes:
    """What `KnowledgeBase.fitted` returns for that manual. Cancelling it ends the work at once. Raises `FitFailed`."""
    try:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "knowledge.refining",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **ONE_THREAD},  # the other cores are for buyers
            start_new_session=True,  # Ctrl-C is for the parent, who ends this one
        )
    except OSError as problem:
        raise FitFailed(f"its process cannot be started: {problem}") from problem
    try:
        fitted, _ = await child.communicate(to_json(manual))
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        raise FitFailed(f"its process ended with code {child.returncode}")
    return fitted


def main() -> None:
    """The child's side."""
    os.nice(POLITENESS)
    if sys.platform == "linux":  # whoever asked may be killed: then nobody wants the answer
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    base = KnowledgeBase.build(revision=0, manual=from_json(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(base.fitted())


if __name__ == "__main__":
    main()
