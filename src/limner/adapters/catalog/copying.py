"""A copy of a SQLite file while it is in use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from limner.errors import Unavailable


def copy_sqlite(source: Path, target: Path) -> None:
    """All of it, as it is at one instant; writers wait for some milliseconds."""
    try:
        with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
            original.backup(copy)
    except sqlite3.Error as error:
        raise Unavailable(f"{source} cannot be copied: {error}.") from error
