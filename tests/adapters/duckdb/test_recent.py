"""What was appended last is read as the file has it, without asking the file."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.contract.log.batches import make_batch, open_log, row, silent

from limner.adapters.duckdb import log as log_module
from limner.adapters.duckdb import recent
from limner.adapters.duckdb.log import DuckDBLog
from limner.model.timeline import Kind
from limner.timeline.shard import read_arrays

COLUMNS = [("t", Kind.TEXT), ("n", Kind.NUMBER), ("products[].sku", Kind.TEXT), ("products[].price", Kind.NUMBER)]


def test_the_tail_is_the_same_with_and_without_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "MOST", 40)
    chance = random.Random(1)
    file, log = open_log(tmp_path)
    asked: list[str] = []
    read = log_module.read_table
    monkeypatch.setattr(log_module, "read_table", lambda *given: (asked.append(given[1]), read(*given))[1])
    for number in range(20):
        if number in (3, 9):
            log.promote(COLUMNS[: number - 2], silent)
        products = [{"sku": f"s{chance.randrange(9)}", "price": chance.random()} for _ in range(chance.randrange(3))]
        log.append(
            make_batch(
                [
                    row(
                        f"{number}-{one}",
                        ids={"user_id": f"u{chance.randrange(5)}"} if chance.random() < 0.8 else {},
                        properties={"t": f"word{chance.randrange(9)}", "n": chance.random(), "products": products},
                    )
                    for one in range(chance.randrange(1, 6))
                ]
            )
        )
        compare(log, DuckDBLog(file, "Asia/Shanghai"), chance)
    asked.clear()
    log.tail(log.watermark() - 20, log.watermark())
    assert asked == []
    file.close()


def compare(log: DuckDBLog, other: DuckDBLog, chance: random.Random) -> None:
    last = log.watermark()
    for _ in range(10):
        after = chance.randrange(last + 1)
        until = chance.randrange(after, last + 2)
        mine, its = log.tail(after, until), other.tail(after, until)
        assert mine.to_pydict() == its.to_pydict()
        if mine.num_rows:
            for one, two in zip(read_arrays(mine), read_arrays(its), strict=True):
                assert {n: getattr(c, "dtype", None) for n, c in one.items()} == {
                    n: getattr(c, "dtype", None) for n, c in two.items()
                }
