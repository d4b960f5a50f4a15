"""What was appended last is read as the file has it, without asking the file."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.contract.log.batches import make_batch, open_log, row, silent

from limner.adapters.duckdb import log as log_module
from limner.adapters.duckdb import recent
from limner.adapters.duckdb import sightings as sightings_module
from limner.adapters.duckdb.log import DuckDBLog
from limner.adapters.duckdb.sightings import Sightings
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


def test_who_was_seen_is_the_same_with_and_without_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(2)
    file, log = open_log(tmp_path)
    followed, asked = Sightings(file), list[str]()
    read = sightings_module.read_table
    monkeypatch.setattr(sightings_module, "read_table", lambda *given: (asked.append(given[1]), read(*given))[1])
    for number in range(30):
        if number == 15:
            asked.clear()
        kinds = ["user_id", "phone", *(["email"] if number > 9 else [])]
        ids = [{kind: f"{kind}{chance.randrange(40)}" for kind in chance.sample(kinds, 2)} for _ in range(4)]
        log.append(make_batch([row(f"{number}-{one}", ids=named) for one, named in enumerate(ids)]))
        if number % 3 == 0 or number > 15:
            mine = followed.observed()
            at_hand = list(asked)
            its = Sightings(file).observed()
            asked[:] = at_hand
            assert mine.types == its.types
            for name in ("node_types", "offsets", "nodes", "live"):
                assert getattr(mine, name).tolist() == getattr(its, name).tolist()
    assert asked == []
    file.close()
