"""Copy a database file that stands still: a child process of its own, ``python -m limner.adapters.duckdb.still``.

A process that opens and closes the file of its own database would let go of DuckDB's lock on it, hence the child; it
is also polite to those who serve meanwhile, and ends with whoever started it. It writes the bytes done so far to
stdout, a line each: first 0, after which it waits for a line on stdin.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

HEADS = 3 * 4096
"""Bytes at the beginning that every checkpoint changes."""
STEP = 32 << 20
MOVED = 3
"""Exit status: a checkpoint came in between, and what was copied is worth nothing."""
POLITE = 10


def copy_still(source: Path, target: Path) -> int:
    heads = read_heads(source)
    tell(0)
    if not sys.stdin.readline():
        return MOVED  # nobody wants it any more
    with source.open("rb") as read, target.open("wb") as written:
        while part := read.read(STEP):
            written.write(part)
            written.flush()
            os.fdatasync(written.fileno())  # little by little, or a sync of the journal would wait for all of it
            tell(written.tell())
    return 0 if read_heads(source) == heads else MOVED


def read_heads(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEADS)


def tell(done: int) -> None:
    print(done, flush=True)  # noqa: T201


if __name__ == "__main__":
    os.nice(POLITE)
    try:
        sys.exit(copy_still(Path(sys.argv[1]), Path(sys.argv[2])))
    except OSError as error:
        sys.exit(f"{error.strerror} ({error.filename or sys.argv[2]})")
