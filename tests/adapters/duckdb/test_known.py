"""The keys of all events in memory: no duplicate gets past them, however the log grows and whoever leaves it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contract.log.batches import make_batch, open_log, row

from limner.adapters.duckdb import codes, known
from limner.adapters.duckdb.erasure import DuckDBErasure
from limner.adapters.duckdb.hashing import Keys
from limner.adapters.duckdb.known import KnownKeys
from limner.adapters.duckdb.log import DuckDBLog
from limner.adapters.duckdb.slots import add_keys, find_keys


@given(st.lists(st.integers(0, 2**64 - 1), max_size=10), st.lists(st.integers(0, 2**64 - 1), max_size=5))
def test_a_key_that_was_added_is_found(added: list[int], others: list[int]) -> None:
    slots = np.zeros(16, np.uint32)
    add_keys(slots, np.array(added[::2], np.uint64))
    add_keys(slots, np.array(added[1::2], np.uint64))
    assert find_keys(slots, np.array(added, np.uint64)).all()
    marks = {key & 0xFFFFFFFF for key in added} | {0, 1}
    found = find_keys(slots, np.array(others, np.uint64)).tolist()
    assert not any(known for key, known in zip(others, found, strict=True) if key & 0xFFFFFFFF not in marks)


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are taken in from the first append on, into a table that has to grow at once."""
    monkeypatch.setattr(known, "PATIENCE", 0)
    monkeypatch.setattr(known, "SMALLEST", 2)


def count_sealed(log: DuckDBLog) -> tuple[int, int]:
    """Tables that are full, and how many of them are in memory all the same."""
    tables = log._memory.keys._sealed
    return len(tables), sum(table.base is None for table in tables)


@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize("full", [False, True], ids=["room on the disk", "full disk"])
def test_full_tables_leave_memory_and_are_still_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    def refuse(**where: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(known, "LARGEST", 8)
    if full:
        monkeypatch.setattr(known, "TemporaryFile", refuse)
    file, log = open_log(tmp_path)
    for first in range(0, 40, 4):
        assert log.append(make_batch([row(str(number)) for number in range(first, first + 4)])).accepted == 4
    assert count_sealed(log) == ((5, 5) if full else (5, 0))
    everything = [row(str(number)) for number in range(41)]
    assert (log.append(make_batch(everything[::-1])).duplicate, log.watermark()) == (40, 41)
    assert [entry.name for entry in tmp_path.iterdir() if not entry.name.startswith("log.duckdb")] == []
    late = DuckDBLog(file, "UTC")  # takes in all of it at once
    assert (late.append(make_batch([*everything, row("41")])).accepted, count_sealed(late)[0]) == (1, 6)
    file.close()


@pytest.mark.usefixtures("_small")
def test_duplicates_are_found_as_the_log_grows(tmp_path: Path) -> None:
    file, log = open_log(tmp_path)
    for first in range(0, 60, 5):
        appended = log.append(make_batch([row(str(number)) for number in range(first, first + 10)]))
        assert (appended.accepted, appended.duplicate) == ((10, 0) if first == 0 else (5, 5))
    assert log.append(make_batch([row("0"), row("64"), row("0", source="app")])).duplicate == 2
    file.close()


@pytest.mark.usefixtures("_small")
def test_what_is_not_in_the_log_is_not_looked_for_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[list[bool]] = []
    real = KnownKeys.may_hold

    def remember(self: KnownKeys, cursor: Any, keys: Keys) -> npt.NDArray[np.bool_]:
        found = real(self, cursor, keys)
        answers.append(found.tolist())
        return found

    monkeypatch.setattr(KnownKeys, "may_hold", remember)
    file, log = open_log(tmp_path)
    for batch in ("1", "2", "34", "25"):
        log.append(make_batch([row(event_id) for event_id in batch]))
    assert answers == [[False], [False], [False, False], [True, False]]
    file.close()


@pytest.mark.usefixtures("_small")
def test_events_stored_by_others_and_after_an_erasure_are_known(tmp_path: Path) -> None:
    file, log = open_log(tmp_path)
    log.append(make_batch([row("1"), row("2", ids={"user_id": "u2"}), row("3", ids={"user_id": "u2"})]))
    log.append(make_batch([row("4", ids={"user_id": "u2"})]))
    DuckDBErasure(file, tmp_path / "key").erase(frozenset({1}), frozenset({1}))
    assert DuckDBLog(file, "UTC").append(make_batch([row("5"), row("6")])).accepted == 2
    assert log.append(make_batch([row("1"), row("5"), row("6"), row("7")])).duplicate == 3
    file.close()


def test_appends_that_are_expected_scan_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, log = open_log(tmp_path)
    log.append(make_batch([row(str(number), name=f"n{number}") for number in range(20)]))
    served = DuckDBLog(file, "Asia/Shanghai")
    served.expect()
    for module in (known, codes):  # where whoever does not know asks the file
        monkeypatch.setattr(module, "read_table", lambda *given: pytest.fail("the log was scanned"))
    again = served.append(make_batch([row(str(number), name=f"n{number}") for number in range(20, 25)]))
    assert (again.accepted, again.duplicate, again.first_seq) == (5, 0, 21)
    assert served.append(make_batch([row("3"), row("24"), row("25")])).accepted == 1
    file.close()
