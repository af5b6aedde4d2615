"""Statements of the message path: written once in SQLAlchemy's language, and on SQLite run by the driver itself.

SQLAlchemy spends some 100 µs on a statement that SQLite answers in 10, which on a busy day is most of the work. Here
the text of a statement and the conversions of its values are made once. PostgreSQL gets the same statements through
SQLAlchemy: there the way to the server costs more than that.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import namedtuple
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import Select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import BindParameter
    from sqlalchemy.engine import Connection

    Statement = Select[Any] | UpdateBase

_DIALECT = pysqlite.dialect(paramstyle="named")
_LIST = re.compile(r"__\[POSTCOMPILE_(\w+)\]")
"""Where SQLAlchemy leaves a place for a list. It comes as JSON, so that the text is the same for every length."""


class Prepared:
    """One statement. Its values are given by name; rows have their columns as attributes.

    `statement` may be a function of the dialect's name, for the few that the two databases say differently.
    """

    __slots__ = ("_ready", "_statement", "_texts")

    def __init__(self, statement: Statement | Callable[[str], Statement]) -> None:
        self._statement = statement
        self._ready: dict[str, Statement] = {}
        self._texts: dict[tuple[str, ...], _Text] = {}

    def rows(self, connection: Connection, values: Mapping[str, object]) -> list[Any]:
        """Run it once, and return what it finds."""
        if connection.dialect.name == "sqlite":
            return self._text(values).rows(connection, values)
        return list(connection.execute(self._for(connection), dict(values)))

    def run(self, connection: Connection, values: Mapping[str, object]) -> None:
        """Run it once."""
        self.run_each(connection, [values])

    def run_each(self, connection: Connection, several: Sequence[Mapping[str, object]]) -> None:
        """Run it with each of these values, which all have the same names."""
        if not several:
            return
        if connection.dialect.name == "sqlite":
            self._text(several[0]).run_each(connection, several)
        else:
            connection.execute(self._for(connection), [dict(values) for values in several])

    def rows_of_each(self, connection: Connection, several: Sequence[Mapping[str, object]]) -> list[Any]:
        """The same, and return all that they find."""
        if not several:
            return []
        if connection.dialect.name == "sqlite":
            text = self._text(several[0])
            return [row for values in several for row in text.rows(connection, values)]
        return list(connection.execute(self._for(connection), [dict(values) for values in several]))

    def _for(self, connection: Connection) -> Statement:
        return self._said(connection.dialect.name)

    def _said(self, dialect: str) -> Statement:
        if dialect not in self._ready:
            given = self._statement
            self._ready[dialect] = given if isinstance(given, Select | UpdateBase) else given(dialect)
        return self._ready[dialect]

    def _text(self, values: Mapping[str, object]) -> _Text:
        names = tuple(values)
        text = self._texts.get(names)
        if text is None:
            text = self._texts[names] = _Text(self._said("sqlite"), names)
        return text


class _Text:
    """A statement as SQLite reads it, for values of these names, with the way values go in and come out."""

    __slots__ = ("_given", "_into", "_out", "_row", "_sql")

    def __init__(self, statement: Statement, names: Sequence[str]) -> None:
        compiled = statement.compile(dialect=_DIALECT, column_keys=list(names))
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        self._sql = _LIST.sub(r"SELECT value FROM json_each(:\1)", compiled.string)
        into = {name: json.dumps if bind.expanding else _processor(bind) for name, bind in binds.items()}
        self._into = {name: process for name, process in into.items() if process is not None}
        self._given = self._converted({name: bind.value for name, bind in binds.items() if name not in names})
        columns = list(statement.exported_columns)
        self._out = [column.type.dialect_impl(_DIALECT).result_processor(_DIALECT, None) for column in columns]
        self._row = _row_of([str(column.key) for column in columns])

    def rows(self, connection: Connection, values: Mapping[str, object]) -> list[Any]:
        try:
            found = _driver(connection).execute(self._sql, self._given | self._converted(values)).fetchall()
        except sqlite3.Error as problem:
            raise as_sqlalchemy(problem, self._sql) from problem
        return [self._row(*self._read(row)) for row in found]

    def run_each(self, connection: Connection, several: Iterable[Mapping[str, object]]) -> None:
        given = self._given
        try:
            _driver(connection).executemany(self._sql, [given | self._converted(values) for values in several])
        except sqlite3.Error as problem:
            raise as_sqlalchemy(problem, self._sql) from problem

    def _converted(self, values: Mapping[str, object]) -> dict[str, object]:
        into = self._into
        return {name: into[name](value) if name in into else value for name, value in values.items()}

    def _read(self, row: Sequence[object]) -> list[object]:
        return [value if read is None else read(value) for value, read in zip(row, self._out, strict=True)]


def as_sqlalchemy(problem: sqlite3.Error, sql: str) -> Exception:
    """The driver's error as SQLAlchemy would have raised it."""
    return DBAPIError.instance(sql, None, problem, sqlite3.Error)


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def _row_of(names: Sequence[str]) -> Callable[..., Any]:
    """What makes rows with these columns."""
    return namedtuple("Row", names)  # noqa: PYI024 - its fields are those of the statement


def _processor(bind: BindParameter[Any]) -> Callable[[Any], object] | None:
    return bind.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
