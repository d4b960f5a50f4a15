"""The engine that works out SQL expressions over Arrow rows, and the reader of tables that others keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

NUMBER_SUFFIX = " as number"
"""`Expression.sql` names a column it reads as a number ``COLUMN as number``."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A scalar SQL expression, checked and written anew from its syntax tree."""

    sql: str
    columns: frozenset[str]
    """Columns read as they are; a dotted name (``address.city``) is one column."""
    numbers: frozenset[str]
    """Columns that stand in arithmetic or are compared with a number."""

    bare: str | None = None
    """The column's name, when the expression is nothing else."""


class Rows(Protocol):
    def parse(self, text: str) -> Expression:
        """Check an expression somebody wrote. It may use columns, constants and functions of the row alone: no
        subquery, aggregate, window, nor function that reads files, settings or the clock. DataError says which."""
        ...

    def select(
        self, rows: pa.Table, *stages: Mapping[str, str], parameters: Mapping[str, Any] | None = None
    ) -> pa.Table:
        """One projection after the other (name to SQL over the columns of the one before); rows keep their order.

        ``$name`` in the SQL stands for a parameter. DataError with the engine's reason when it cannot be worked out.
        """
        ...


@dataclass(frozen=True, slots=True)
class ForeignTable:
    """A table somebody else keeps: of a database, or a sheet of a workbook."""

    columns: tuple[str | None, ...]
    """The heads as they are."""
    batches: Iterator[Sequence[Sequence[Any]]]
    """Rows of Python values, a few thousand at a time; rows of nothing but None are there too."""
    first: int = 1
    """Number of the first row: 1 in a database, below the heads in a sheet."""
    size: int = 0
    """Rows; 0 = unknown."""
    serials: bool = False
    """Dates may be bare numbers, days since 1899-12-30."""


class Tables(Protocol):
    def open(self, place: str, table: str | None) -> ForeignTable:
        """A table of a database (a URL; default its ``table=``), or a sheet of a workbook (a path; default the first).

        DataError when there is no such thing, with the names there are; it never shows a password.
        """
        ...


def quote(name: str) -> str:
    """A column's name as SQL.

    >>> quote('Unit "net" price')
    '"Unit ""net"" price"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL constant.

    >>> literal("O'Neill")
    "'O''Neill'"
    """
    return "'" + text.replace("'", "''") + "'"
