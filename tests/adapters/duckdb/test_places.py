"""Rows are found by their seqs wherever back-fills and erasures left them, with one pass over the log after each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.contract.log.batches import make_batch, open_log, row

from limner.adapters.duckdb import places
from limner.adapters.duckdb.file import LogFile
from limner.adapters.duckdb.log import DuckDBLog

ROWS = 5_000
COLUMNS = "e.event_id, e.time"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[LogFile, DuckDBLog]]:
    file, log = open_log(tmp_path)
    log.append(make_batch([row(str(number), time=number) for number in range(ROWS)]))
    yield file, log
    file.close()


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many runs each pass found."""
    found: list[int] = []
    find = places.find_runs

    def find_noted(batches: object) -> places.Runs:
        runs = find(batches)  # type: ignore[arg-type]
        found.append(len(runs.first))
        return runs

    monkeypatch.setattr(places, "find_runs", find_noted)
    return found


def compare(file: LogFile, seqs: list[int]) -> None:
    """With what a scan finds."""
    there = {seq: rest for seq, *rest in file.cursor().execute("SELECT seq, event_id, time FROM event").fetchall()}
    wanted = {seq: tuple(there[seq]) for seq in seqs if seq in there}
    assert places.read_few(file, seqs, "event_id, time") == wanted
    rows = places.read_rows(file, seqs, COLUMNS).to_pylist()
    assert {each["seq"]: (each["event_id"], each["time"]) for each in rows} == wanted
    assert len(rows) == len(wanted)


def move(file: LogFile, seqs: str) -> None:
    """Write these rows anew, at the end, as a back-fill of lists does."""
    with file.transaction() as cursor:
        cursor.execute("ALTER TABLE event ADD COLUMN IF NOT EXISTS p9 BIGINT[]")
        cursor.execute(f"UPDATE event SET p9 = [seq] WHERE {seqs}")


def append(log: DuckDBLog, first: int, count: int) -> None:
    log.append(make_batch([row(str(number), time=number) for number in range(first, first + count)]))


def test_as_they_were_appended_no_pass_is_made(opened: tuple[LogFile, DuckDBLog], passes: list[int]) -> None:
    file, log = opened
    compare(file, [1, ROWS, 17, 3_000])
    append(log, ROWS, 10)
    compare(file, [ROWS + 10, 5])
    assert passes == []


def test_where_they_were_written_anew_one_pass_finds_them(opened: tuple[LogFile, DuckDBLog], passes: list[int]) -> None:
    file, log = opened
    chance = np.random.default_rng(3)
    for turn, moved in enumerate(["seq > 4096", "seq BETWEEN 100 AND 900", "seq % 50 = 7", "seq <= 5000"]):
        move(file, moved)
        for _ in range(3):
            compare(file, chance.integers(1, log.watermark() + 1, 300).tolist())
        compare(file, list(range(1, log.watermark() + 1, 3)))
        append(log, ROWS + turn * 10, 10)  # and what comes then lies behind them
        compare(file, list(range(log.watermark() - 20, log.watermark() + 1)))
        assert len(passes) <= turn + 1
    assert len(passes) >= 3
    assert passes[0] <= 4


def test_who_is_not_there_is_looked_for_once(opened: tuple[LogFile, DuckDBLog], passes: list[int]) -> None:
    file, log = opened
    with file.transaction() as cursor:
        cursor.execute("DELETE FROM event WHERE seq IN (7, 8, 2000)")
    for _ in range(3):
        compare(file, [6, 7, 8, 9, 2000, 2001, 10**9])
    assert len(passes) == 1
    append(log, ROWS, 1)
    compare(file, [6, 9, ROWS + 1])
    assert len(passes) == 1, "all that is there is found where it was expected"


def test_where_they_lie_in_too_many_runs_they_are_looked_for_by_seq(
    opened: tuple[LogFile, DuckDBLog], passes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, log = opened
    monkeypatch.setattr(places, "MOST_RUNS", 100)
    move(file, "seq % 2 = 0")
    compare(file, [2, 3, 4, 77, 78, 10**9])
    append(log, ROWS, 10)
    compare(file, [4, 5, ROWS + 9])
    assert passes == [0]
