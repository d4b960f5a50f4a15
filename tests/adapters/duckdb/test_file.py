"""What a log may hold in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from tests.contract.log.batches import make_batch, row

from limner.adapters.duckdb.file import LogFile, scalar
from limner.adapters.duckdb.log import DuckDBLog
from limner.model.timeline import Kind


def limit(file: LogFile) -> str:
    return str(scalar(file.cursor(), "SELECT current_setting('memory_limit')"))


def cached(file: LogFile) -> int:
    """Bytes of the file that are in memory."""
    query = "SELECT sum(memory_usage_bytes)::BIGINT FROM duckdb_memory() WHERE tag = 'BASE_TABLE'"
    return int(scalar(file.cursor(), query))


def test_there_is_room_as_long_as_somebody_works_on_all_of_it(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "log.duckdb", memory="400MB", cache="100MB", threads=1)
    small = limit(file)
    with file.room():
        large = limit(file)
        with file.room():
            assert limit(file) == large != small
        assert limit(file) == large
    assert limit(file) == small
    file.close()


def test_what_it_has_read_makes_room_when_the_work_is_done(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "log.duckdb", memory="400MB", cache="64MB", threads=1)
    file.cursor().execute("CREATE TABLE many AS SELECT hash(n) AS h, hash(n + 1) AS i FROM range(8_000_000) r(n)")
    with file.room():
        file.cursor().execute("SELECT max(h), max(i) FROM many").fetchall()
        assert cached(file) > 100_000_000
    assert cached(file) < 64_000_000
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
