"""When what lies in the WAL is brought into the file.

DuckDB does so in the commit by which the WAL becomes too long, and whoever committed waits for some tenths of a second
to go on with what he stored. Where somebody calls `tidy` after that, commits leave it to him.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from limner.adapters.duckdb.closing import BROKEN_OFF
from limner.adapters.duckdb.file import USUAL_WAL, LogFile, is_full, wal_of

FULL = 16 << 20
"""Bytes of a WAL that `tidy` brings into the file."""
LONGEST = "48MiB"
"""The commit that finds more does so all the same: an import's, or one of a long backlog."""
ENDLESS = "1TB"


def shorten_commits(file: LogFile) -> None:
    """From now on somebody calls `tidy`. And let checkpoints leave row groups as they are: else they merge those of
    some checkpoints now and then, and write four times as much, half a second and more instead of some tenths."""
    file.configure("checkpoint_threshold", LONGEST)
    file.configure("max_vacuum_tasks", 0)


def tidy(file: LogFile) -> None:
    """Bring a WAL that has become long into the file. Who wants to write waits meanwhile; who reads does not."""
    if measure(wal_of(file.path)) < FULL:
        return
    with file.nobody_writing() as cursor:
        if file.keepers:
            return
        try:
            cursor.execute("CHECKPOINT")
        except duckdb.Error as error:  # what it has stays in the WAL, which is as safe, until the next time
            if not (is_full(error) or isinstance(error, (duckdb.TransactionException, *BROKEN_OFF))):
                raise


@contextmanager
def put_off(file: LogFile) -> Iterator[None]:
    """What the file has stays as it is; what is stored goes to the WAL. Several may want that at once."""
    with file.nobody_writing() as cursor:
        file.keepers += 1
        cursor.execute(f"SET checkpoint_threshold = '{ENDLESS}'")
    try:
        yield
    finally:
        with file.nobody_writing() as cursor:
            file.keepers -= 1
            if not file.keepers:
                cursor.execute(f"SET checkpoint_threshold = '{file.configured('checkpoint_threshold', USUAL_WAL)}'")


def measure(path: Path) -> int:
    """Bytes of a file that need not be there."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
