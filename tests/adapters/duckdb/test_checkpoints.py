"""A WAL that has become long is brought into the file after a commit, not in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from limner.adapters.duckdb.checkpoints import FULL, measure, put_off, shorten_commits, tidy
from limner.adapters.duckdb.file import LogFile, scalar, wal_of


@pytest.fixture
def file(tmp_path: Path) -> Iterator[LogFile]:
    file = LogFile(tmp_path / "log.duckdb", threads=1)
    file.cursor().execute("CREATE TABLE many (n BIGINT)")
    shorten_commits(file)
    yield file
    file.close()


def store(file: LogFile, first: int, rows: int) -> None:
    with file.transaction() as cursor:
        cursor.execute("INSERT INTO many SELECT n FROM range(?, ?) r(n)", [first, first + rows])


def fill_wal(file: LogFile) -> int:
    """Until it is long; how many rows that took."""
    rows = 0
    while measure(wal_of(file.path)) < FULL:
        store(file, rows, 100_000)  # less than a row group, or it would go into the file at once
        rows += 100_000
    return rows


def test_no_commit_is_lengthened_and_what_was_stored_stays(file: LogFile) -> None:
    rows = fill_wal(file)
    store(file, rows, 1)
    assert measure(wal_of(file.path)) > FULL
    tidy(file)
    assert measure(wal_of(file.path)) < FULL
    assert scalar(file.cursor(), "SELECT count(*) FROM many") == rows + 1


def test_a_short_wal_stays_as_it_is(file: LogFile) -> None:
    store(file, 0, 1_000)
    before = measure(wal_of(file.path))
    tidy(file)
    assert measure(wal_of(file.path)) == before > 0


def test_who_reads_is_not_in_the_way(file: LogFile) -> None:
    rows = fill_wal(file)
    reader = file.fresh_cursor().sql("SELECT n FROM many").to_arrow_reader(100)
    first = reader.read_next_batch().num_rows
    tidy(file)
    assert measure(wal_of(file.path)) < FULL
    assert first + sum(batch.num_rows for batch in reader) == rows


def test_while_it_is_put_off_nothing_changes(file: LogFile) -> None:
    with put_off(file):
        rows = fill_wal(file)
        tidy(file)
        assert measure(wal_of(file.path)) > FULL
    assert scalar(file.cursor(), "SELECT current_setting('checkpoint_threshold')") == "48.0 MiB"
    tidy(file)
    assert measure(wal_of(file.path)) < FULL
    assert scalar(file.cursor(), "SELECT count(*) FROM many") == rows


def test_it_is_put_off_until_the_last_who_wants_that_is_done(file: LogFile) -> None:
    with ExitStack() as other:
        with put_off(file):
            other.enter_context(put_off(file))
        fill_wal(file)
        tidy(file)
        assert measure(wal_of(file.path)) > FULL
    assert scalar(file.cursor(), "SELECT current_setting('checkpoint_threshold')") == "48.0 MiB"
    tidy(file)
    assert measure(wal_of(file.path)) < FULL


def test_row_groups_are_left_as_they_are(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "log.duckdb")
    shorten_commits(file)
    cursor = file.cursor()
    cursor.execute("CREATE TABLE many (n BIGINT)")
    for first in range(0, 80_000, 20_000):
        cursor.execute("INSERT INTO many SELECT n FROM range(?, ?) r(n)", [first, first + 20_000])
        cursor.execute("CHECKPOINT")
    assert scalar(cursor, "SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('many')") == 4
    file.close()
