"""The program's log, on stderr: an event, with its facts attached as `extra`.

On a terminal a line to read; elsewhere one JSON object a line. Secrets never get through: values whose name says that
they are secret, and anything in a text that looks like a key, are struck out on the way.
"""

from __future__ import annotations

import logging
import re
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import MemoryHandler
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TextIO

MOST_HELD = 1_000
"""How many lines are held back at most."""
STRUCK_OUT = "[secret]"
CHATTY = ("aiohttp.access", "alembic", "apscheduler", "jieba")

_SECRET_NAME = re.compile(r"(?i)secret|passw|token|api_?key|authorization|cookie|signature|credential")
_NAMED = r"""(?<![\w-])[\w-]{0,64}?(?:secret|password|token|api_?key|signature)\w*["']?\s*"""
_SENTENCE = r"(?:must|may|is|are|was|has|holds|needs|asks|says|names|should|cannot|does|belongs|write|add)\s"
"""How what is said of a setting begins: "channels[1].secret: must be base64". Such a sentence repeats no value."""
_NAMED_VALUE = rf"""(?i)({_NAMED}(?:=\s*|:(?!\s+{_SENTENCE})\s*)["']?)[^\s"'&,;}}，。；、）]+"""
_MIXED = r"(?<![\w+/-])(?=[\w+/-]*[A-Z])(?=[\w+/-]*[a-z])(?=[\w+/-]*\d)"
_NO_WORD = r"(?=[\w.+/=~-]*[A-Z\d=+/_])"
"""Credentials hold capitals, digits or signs; "basic understanding" is prose."""
_PATTERNS = (
    (re.compile(r"whsec_[\w+/=-]+", re.ASCII), STRUCK_OUT),
    (re.compile(r"\b(?:sk|pk|ghp|xox[abp])[-_][\w-]{8,}", re.ASCII), STRUCK_OUT),
    (re.compile(rf"\b((?i:bearer|basic))\s+{_NO_WORD}[\w.+/=~-]{{8,}}", re.ASCII), rf"\1 {STRUCK_OUT}"),
    (re.compile(r"(://[^\s:/@]*):[^\s/@]+@"), rf"\1:{STRUCK_OUT}@"),
    (re.compile(_NAMED_VALUE), rf"\1{STRUCK_OUT}"),
    (re.compile(_MIXED + r"[\w+-]{40,}={0,2}(?![\w+/])", re.ASCII), STRUCK_OUT),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def configure(*, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send everything that is logged to `stream` (stderr), replacing what was there. Called once, by whoever starts."""
    target = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(target)
    handler.setFormatter(ForPeople() if target.isatty() else JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


@contextmanager
def held() -> Iterator[Callable[[], None]]:
    """Hold back what is logged until the block calls what it is given, or ends; an error lets it all out at once."""
    root = logging.getLogger()
    own = root.handlers[:]
    holding = [MemoryHandler(MOST_HELD, flushLevel=logging.ERROR, target=each) for each in own]
    root.handlers[:] = holding

    def let_go() -> None:
        if root.handlers == holding:
            root.handlers[:] = own
        for each in holding:
            each.flush()

    try:
        yield let_go
    finally:
        let_go()


def redact(text: str) -> str:
    """Strike out whatever in a text looks like a key or a password."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, event, then the facts."""

    def format(self, record: logging.LogRecord) -> str:
        head = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _shown(record.getMessage()),
        }
        trouble = _trouble(self, record)
        return orjson.dumps({**head, **_facts(record), **head, **({"trouble": trouble} if trouble else {})}).decode()


class ForPeople(logging.Formatter):
    """A line to read: the local time, the level unless it is info, the event, then the facts."""

    def format(self, record: logging.LogRecord) -> str:
        level = "" if record.levelno == logging.INFO else f"{record.levelname} "
        facts = "".join(f"  {name}={value}" for name, value in _facts(record).items())
        line = _CONTROL.sub(" ", f"{level}{_shown(record.getMessage())}{facts}")
        trouble = _trouble(self, record)
        return f"{self.formatTime(record, '%H:%M:%S')} {line}" + (f"\n{trouble}" if trouble else "")


def _facts(record: logging.LogRecord) -> Mapping[str, object]:
    given = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    return {name: _fact(name, value) for name, value in given.items()}


def _fact(name: str, value: object) -> object:
    """Return what may be shown: numbers and nothing as they are, the rest as text that hides secrets."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if value.bit_length() < 64 else str(value)  # noqa: PLR2004 - what JSON readers hold
    return STRUCK_OUT if _SECRET_NAME.search(name) else _shown(str(value))


def _trouble(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    parts = []
    if record.exc_info:
        parts.append(formatter.formatException(record.exc_info))
    if record.stack_info:
        parts.append(formatter.formatStack(record.stack_info))
    return _shown("\n".join(parts))


def _shown(text: str) -> str:
    """Return a text as it may be written: no secrets, and no lone surrogates, which no encoding takes."""
    return redact(text.encode("utf-8", "replace").decode())
