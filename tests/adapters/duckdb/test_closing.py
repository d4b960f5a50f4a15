"""A log's file that is in use is closed: whoever asks is interrupted."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Event, Thread

import duckdb
import pytest

from limner.adapters.duckdb.file import LogFile, scalar
from limner.adapters.duckdb.rows import DuckDBRows
from limner.errors import Closed

ENDLESS = "SELECT count(*) FROM range(100_000_000_000) AS one(n) WHERE n % 7 = 3"


def run_beside(query: str, file: LogFile) -> tuple[Thread, list[BaseException]]:
    """Asked by another thread; what it met."""
    met: list[BaseException] = []
    begun = Event()

    def ask() -> None:
        cursor = file.cursor()
        begun.set()
        try:
            scalar(cursor, query)
        except BaseException as error:
            met.append(error)

    asking = Thread(target=ask, daemon=True)
    asking.start()
    assert begun.wait(10)
    time.sleep(0.2)
    return asking, met


def test_who_asks_for_long_is_interrupted(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "log.duckdb")
    asking, met = run_beside(ENDLESS, file)
    file.close()
    asking.join(10)
    assert [type(error) for error in met] == [duckdb.InterruptException]
    with pytest.raises(Closed):
        file.cursor()
    with pytest.raises(Closed):
        file.fresh_cursor()
    file.close()
    LogFile(tmp_path / "log.duckdb").close()


def test_who_reads_a_file_that_is_replaced_is_interrupted(tmp_path: Path) -> None:
    """As an erasure does, while somebody reads what needs no lock."""
    other = LogFile(tmp_path / "other.duckdb")
    with other.transaction() as cursor:
        cursor.execute("INSERT INTO meta VALUES ('which', 'the other')")
    other.close()
    file = LogFile(tmp_path / "log.duckdb")
    asking, met = run_beside(ENDLESS, file)
    file.replace_with(tmp_path / "other.duckdb")
    asking.join(10)
    assert [type(error) for error in met] == [duckdb.InterruptException]
    assert scalar(file.cursor(), "SELECT value FROM meta WHERE key = 'which'") == "the other"
    file.close()


def test_a_short_transaction_may_end(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "log.duckdb")
    written, go_on = Event(), Event()

    def write() -> None:
        with file.transaction() as cursor:
            cursor.execute("INSERT INTO meta VALUES ('ended', 'yes')")
            written.set()
            assert go_on.wait(10)
            time.sleep(0.2)

    writing = Thread(target=write, daemon=True)
    writing.start()
    assert written.wait(10)
    go_on.set()
    file.close()
    writing.join(10)
    again = LogFile(tmp_path / "log.duckdb")
    assert scalar(again.cursor(), "SELECT value FROM meta WHERE key = 'ended'") == "yes"
    again.close()


def test_rows_that_are_worked_out_are_interrupted() -> None:
    rows = DuckDBRows()
    met: list[BaseException] = []

    def ask() -> None:
        try:
            rows._connection.execute(ENDLESS).fetchall()
        except BaseException as error:
            met.append(error)

    asking = Thread(target=ask, daemon=True)
    asking.start()
    time.sleep(0.3)
    rows.close()
    asking.join(10)
    assert [type(error) for error in met] == [duckdb.InterruptException]
