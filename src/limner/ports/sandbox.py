"""Where people's queries run: apart from everything else, over data that stands still, and not for ever."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

VIEWS = ("events", "tags", "items", "customers")
"""All that a query may read."""


@dataclass(frozen=True, slots=True)
class Limits:
    seconds: float = 60.0
    memory: str = "1GB"
    """As DuckDB writes it; what does not fit is spilled up to twice that, then refused."""
    rows: int = 100_000_000
    """More than customers cannot be right."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What a query is shown. Nothing of it changes meanwhile."""

    log: Path | None
    """A copy of the log; None = the query reads neither events nor items."""
    placement: pa.Table
    """fragment, customer."""
    tags: pa.Table
    """customer_id and a column per tag; without columns where the query does not read them."""
    as_of: int
    """µs UTC: later events are not shown."""
    zone: str


class Sandbox(Protocol):
    def check(self, query: str) -> frozenset[str]:
        """The views the query reads. DataError unless it is one SELECT that reads nothing else."""
        ...

    def run(self, query: str, exhibit: Exhibit, folder: Path, limits: Limits) -> pa.Table:
        """The query's rows: ``customer_id`` (text) and ``value``. ``folder`` is empty and its own.

        DataError with the reason when it is wrong, has other columns, takes too long or too much.
        """
        ...
