"""A copy of the log is the log of one instant, whatever is stored while it is made."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.contract.log.batches import make_batch, open_log, row, silent

from limner.adapters.duckdb import copying
from limner.adapters.duckdb.file import LogFile, scalar
from limner.adapters.duckdb.log import DuckDBLog
from limner.adapters.duckdb.observations import DuckDBObservations
from limner.errors import Unavailable
from limner.identity.normalise import normalise_batch
from limner.model.timeline import Kind
from limner.ports.observations import Decision

SUMMARY = "SELECT count(*), max(seq), count(DISTINCT event_id), bit_xor(hash(properties)), sum(fragment) FROM event"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[LogFile, DuckDBLog]]:
    (tmp_path / "shop").mkdir()
    file, log = open_log(tmp_path / "shop")
    yield file, log
    file.close()


def append(log: DuckDBLog, first: int, count: int) -> None:
    rows = [
        row(f"e{n}", ids={"user_id": f"u{n % 7}"}, properties={"amount": n, "category": f"c{n % 3}"})
        for n in range(first, first + count)
    ]
    log.append(normalise_batch(make_batch(rows)))


def summary_of(file: LogFile) -> Any:
    return file.fresh_cursor().execute(SUMMARY).fetchall()


def copy(file: LogFile, folder: Path, still: Callable[[], None] = lambda: None) -> Path:
    folder.mkdir()
    copying.copy_log(file, folder / "log.duckdb", still, silent)
    return folder


def test_a_copy_is_what_the_log_was_while_nothing_was_stored(opened: tuple[LogFile, DuckDBLog], tmp_path: Path) -> None:
    file, log = opened
    append(log, 0, 500)
    stopping, failures = threading.Event(), []

    def store() -> None:
        try:
            for lot in range(1, 10_000):
                append(log, 1_000 * lot, 200)
                if stopping.is_set():
                    return
        except Exception as error:  # told below
            failures.append(error)

    thread = threading.Thread(target=store)
    thread.start()
    copies: list[tuple[Path, Any]] = []
    for number in range(4):
        then: list[Any] = []
        folder = copy(file, tmp_path / f"copy-{number}", lambda then=then: then.append(summary_of(file)))
        copies.append((folder, then[-1]))
    stopping.set()
    thread.join()
    assert not failures
    for folder, then in copies:
        assert [path.name for path in folder.iterdir()] == ["log.duckdb"]
        twin = LogFile(folder / "log.duckdb")
        assert summary_of(twin) == then
        twin.close()
    assert copies[-1][1][0][0] > copies[0][1][0][0], "events came in meanwhile"


def test_a_copy_goes_on_as_the_log_would(opened: tuple[LogFile, DuckDBLog], tmp_path: Path) -> None:
    """Numbers of rows, identifiers and words, promoted columns, duplicates."""
    file, log = opened
    append(log, 0, 50)
    log.promote([("amount", Kind.NUMBER), ("category", Kind.TEXT)], silent)
    append(log, 50, 50)
    twin_file, twin = open_log(copy(file, tmp_path / "copy"))
    for each in (log, twin):
        append(each, 90, 30)
        each.promote([("amount", Kind.TEXT)], silent)
    assert twin.watermark() == 120
    assert twin.vocabulary() == log.vocabulary()
    assert twin.tail(0, 200).equals(log.tail(0, 200))
    ours, theirs = (DuckDBObservations(each).identifier_table() for each in (file, twin_file))
    assert ours.equals(theirs)
    schema = "SELECT table_name, sql FROM duckdb_tables() WHERE NOT internal ORDER BY 1"
    assert file.cursor().execute(schema).fetchall() == twin_file.cursor().execute(schema).fetchall()
    twin_file.close()


def test_decisions_are_rows_and_no_events(opened: tuple[LogFile, DuckDBLog], tmp_path: Path) -> None:
    file, log = opened
    append(log, 0, 10)
    DuckDBObservations(file).decide(Decision("merge", (0,), (1,)))
    (tmp_path / "copy").mkdir()
    copied = copying.copy_log(file, tmp_path / "copy" / "log.duckdb", lambda: None, silent)
    assert (copied.seq, copied.events) == (11, 10)


def test_a_reader_in_the_middle_of_a_read_is_no_hindrance(opened: tuple[LogFile, DuckDBLog], tmp_path: Path) -> None:
    """DuckDB refuses to checkpoint then."""
    file, log = opened
    append(log, 0, 5_000)
    reader = file.fresh_cursor()
    stream = reader.sql("SELECT * FROM event").to_arrow_reader(100)
    stream.read_next_batch()
    append(log, 5_000, 1_000)
    twin = LogFile(copy(file, tmp_path / "copy") / "log.duckdb")
    assert summary_of(twin) == summary_of(file)
    twin.close()


def test_a_checkpoint_in_between_is_noticed(opened: tuple[LogFile, DuckDBLog], tmp_path: Path) -> None:
    file, log = opened
    append(log, 0, 100)
    disturbances: list[int] = []

    def disturb(what: str, done: int, total: int) -> None:
        if done == 0 and len(disturbances) < most:
            disturbances.append(done)
            append(log, 1_000 * len(disturbances), 1)
            file.cursor().execute("CHECKPOINT")

    most = copying.TRIES - 1
    (tmp_path / "copy").mkdir()
    assert copying.copy_log(file, tmp_path / "copy" / "log.duckdb", lambda: None, disturb).seq == 100 + most
    twin = LogFile(tmp_path / "copy" / "log.duckdb")
    assert summary_of(twin) == summary_of(file)
    twin.close()
    most = 99
    with pytest.raises(Unavailable, match="rewritten meanwhile"):
        copying.copy_log(file, tmp_path / "copy" / "log.duckdb", lambda: None, disturb)
    assert scalar(file.cursor(), "SELECT current_setting('checkpoint_threshold')") == "16.0 MiB"


def test_a_copy_that_finds_no_room_is_a_sentence(opened: tuple[LogFile, DuckDBLog], tmp_path: Path) -> None:
    file, log = opened
    append(log, 0, 10)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "log.duckdb").mkdir()
    with pytest.raises(Unavailable, match="Is a directory"):
        copying.copy_file(file.path, tmp_path / "taken" / "log.duckdb", lambda: None, silent)
