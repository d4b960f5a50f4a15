"""What a log may hold in memory."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from threading import Thread

import numpy as np
import pyarrow as pa
from tests.contract.log.batches import Row, make_batch, row

from limner.adapters.duckdb.file import LogFile, scalar
from limner.adapters.duckdb.log import DuckDBLog
from limner.model.timeline import Kind


def cached(file: LogFile) -> int:
    """Bytes of the file that are in memory."""
    query = "SELECT sum(memory_usage_bytes)::BIGINT FROM duckdb_memory() WHERE tag = 'BASE_TABLE'"
    return int(scalar(file.cursor(), query))


def fill(file: LogFile) -> None:
    """With what takes some 48 MB to read."""
    file.cursor().execute("CREATE TABLE many AS SELECT hash(n) AS h, hash(n + 1) AS i FROM range(3_000_000) r(n)")


def read(file: LogFile) -> None:
    file.cursor().execute("SELECT max(h), max(i) FROM many").fetchall()


def test_what_is_more_than_the_cache_is_given_back(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "log.duckdb", memory="400MB", cache="16MB", threads=1)
    fill(file)
    with file.room():
        read(file)
        with file.room():
            pass
        file.trim()
        assert cached(file) > 40_000_000  # somebody is still at it
    assert cached(file) < 16_000_000
    read(file)
    assert cached(file) > 40_000_000  # whoever needs more may have it
    file.trim()
    assert cached(file) < 16_000_000
    file.close()


def test_blocks_in_use_stay(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "log.duckdb", memory="400MB", cache="1MB", threads=1)
    fill(file)
    file.trim()
    query = "SELECT h FROM many ORDER BY h"
    with closing(file.fresh_cursor()) as cursor:
        reader = cursor.sql(query).to_arrow_reader(100_000)
        first = next(reader)
        file.trim()
        rest = list(reader)
    assert first.num_rows + sum(batch.num_rows for batch in rest) == 3_000_000
    assert scalar(file.cursor(), "SELECT current_setting('memory_limit')") == "381.4 MiB"
    file.close()


def test_a_log_with_little_memory_answers_as_one_with_much(tmp_path: Path) -> None:
    answers = []
    for cache in (None, "64MB"):
        file = LogFile(tmp_path / f"{cache}.duckdb", memory="400MB", cache=cache, threads=1)
        log = DuckDBLog(file, "UTC")
        for first in range(0, 60_000, 30_000):
            log.append(make_batch([row(str(first + n), ids={"user_id": f"u{n % 50}"}) for n in range(30_000)]))
        log.promote([("amount", Kind.NUMBER)], lambda what, done, total: None)
        assert log.append(make_batch([row("1"), row("59999"), row("new")])).duplicate == 2
        placement = pa.table({"fragment": np.arange(50, dtype=np.int32), "customer": np.arange(50, dtype=np.int32)})
        answers.append(pa.Table.from_batches(log.sorted_rows(placement, 60_000).batches).to_pydict())
        file.close()
    assert answers[0] == answers[1]
    assert len(answers[0]["seq"]) == 60_000


def test_what_an_append_adds_is_counted_as_the_file_counts_it(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "log.duckdb", threads=1)
    log = DuckDBLog(file, "Asia/Shanghai")
    log.promote([("city", Kind.TEXT)], lambda *_: None)
    log.expect()
    chance, seen = np.random.default_rng(1), set[int]()
    for step in range(12):
        picked = chance.integers(6 * (step + 1), size=5).tolist()
        seen.update(picked)
        log.append(make_batch([make_row(number) for number in picked]))
        counted = file.counts()
        assert file._counted == ((0, file.commits), counted)
        file._counted = None
        assert counted == file.counts()
    assert counted.entries == counted.seq == len(seen)
    file.close()


def test_columns_that_are_filled_are_had_while_somebody_writes(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "log.duckdb", threads=1)
    wanted = [("city", Kind.TEXT)]
    before = DuckDBLog(file, "Asia/Shanghai")
    before.append(make_batch([make_row(1)]))
    before.promote(wanted, lambda *_: None)
    later = DuckDBLog(file, "Asia/Shanghai")
    asking = Thread(target=later.promote, args=(wanted, lambda *_: None))
    with file.transaction():
        asking.start()
        asking.join(30)
        assert not asking.is_alive()
    file.close()


def make_row(number: int) -> Row:
    identifiers, properties = {"user_id": f"u{number % 9}"}, {"city": f"c{number}"}
    return row(f"e{number}", name=f"n{number % 4}", ids=identifiers, properties=properties)
