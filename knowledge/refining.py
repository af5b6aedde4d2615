"""Fits the better matcher in a process of its own: it takes seconds of CPU, which would make every answer wait.

As a program (`python -m knowledge.refining`) it reads a manual as JSON and writes what the fitted matcher was taught;
`refine` is the side that asks.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import pickle
import signal
import sys
from typing import TYPE_CHECKING, cast

from knowledge.base import KnowledgeBase
from knowledge.manual import from_json, to_json

if TYPE_CHECKING:
    from knowledge.matching import Taught

POLITENESS = 10
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


async def refine(base: KnowledgeBase) -> KnowledgeBase:
    """The same knowledge with the better matcher. Cancelling it ends the work at once."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "knowledge.refining",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the parent, who ends this one
    )
    try:
        fitted, _ = await child.communicate(to_json(base.manual))
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        raise RuntimeError(f"fitting the matcher ended with code {child.returncode}; the quick one stays in use")
    taught = cast("Taught", pickle.loads(fitted))  # noqa: S301 - written by our own child just now
    return base.with_matcher(base.matcher.with_taught(taught))


def main() -> None:
    """The child's side."""
    os.nice(POLITENESS)
    if sys.platform == "linux":  # whoever asked may be killed: then nobody wants the answer
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    base = KnowledgeBase.build(revision=0, manual=from_json(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(pickle.dumps(base.refined().matcher.taught))


if __name__ == "__main__":
    main()
