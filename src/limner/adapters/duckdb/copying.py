"""A copy of the log while events go on being stored, at the speed of the disk.

Between two checkpoints DuckDB writes over nothing that the last one refers to: what is new goes to the WAL and to free
blocks. So the WAL is copied in a moment in which nothing is stored, and the file afterwards at leisure, with
checkpoints put off; its heads tell whether one came nevertheless. (Copying row by row takes thirty times as long and
1.2 GB, see docs/adr/0007.)
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from limner.adapters.duckdb.checkpoints import put_off
from limner.adapters.duckdb.file import LogFile, scalar, wal_of
from limner.adapters.duckdb.still import MOVED
from limner.errors import Unavailable
from limner.ports.copies import CopiedLog
from limner.ports.log import Progress

TRIES = 3


def copy_log(file: LogFile, target: Path, still: Callable[[], None], progress: Progress) -> CopiedLog:
    """See `ports.copies.Copies.log`."""

    def stop_for_a_moment() -> None:
        with file.transaction():  # whoever stores something waits
            copy_if_there(wal_of(file.path), wal_of(target))
            still()

    for _ in range(TRIES):
        with put_off(file):
            whole = copy_file(file.path, target, stop_for_a_moment, progress)
        if whole:
            return settle_copy(target)
    raise Unavailable("The log could not be copied: it was rewritten meanwhile.", hint="Give the command again.")


def copy_if_there(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    if source.exists():
        shutil.copyfile(source, target)


def copy_file(source: Path, target: Path, first: Callable[[], None], progress: Progress) -> bool:
    """In a process of its own, after ``first``; False: a checkpoint came in between."""
    words = [sys.executable, "-P", "-m", "limner.adapters.duckdb.still", str(source), str(target)]
    size, pipe = source.stat().st_size, subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as child:  # noqa: S603 - our own
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        for line in child.stdout:
            if not int(line):
                first()
            progress("copy", min(int(line), size), size)
            if not int(line):
                child.stdin.write("go\n")
                child.stdin.flush()
        said = child.stderr.read().strip()
    if child.returncode not in (0, MOVED):
        raise Unavailable(f"The log cannot be copied: {said or f'exit status {child.returncode}'}.")
    return child.returncode == 0


def settle_copy(path: Path) -> CopiedLog:
    """Bring what is in the copy's WAL into its file, and see what it holds."""
    copy = LogFile(path, memory="1GB", threads=1)
    try:
        cursor = copy.cursor()
        seq = int(scalar(cursor, "SELECT coalesce(max(seq), 0) FROM event"))
        decisions = "fragment IS NULL AND starts_with(event_id, 'decision-') AND s.name = 'limner'"
        by_hand = scalar(cursor, f"SELECT count(*) FROM event e JOIN source s ON s.code = e.source WHERE {decisions}")
        cursor.execute("CHECKPOINT")
    finally:
        copy.close()
    return CopiedLog(seq, seq - int(by_hand))
